// Which findings of two results are the same: those of one property that have one id.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::checker {

/// A finding that some result has, and another one has not or has too.
struct MatchedFinding {
  const ReportProperty* property = nullptr;
  const ReportFinding* finding = nullptr;
  bool in_other = false;
  bool certain = true;  ///< if it is not in the other: a search of all runs says so
};

[[nodiscard]] const ReportProperty* property_of(const ReportVariant& variant, const std::string& name);

[[nodiscard]] bool has_finding(const ReportProperty& property, const std::string& id);

/// Whether a search of all runs answered the property, so that what it did not meet is not there.
[[nodiscard]] bool is_answered(const ReportVariant& variant, const ReportProperty* property);

/// Each finding of the variant, beside those of the other.
[[nodiscard]] std::vector<MatchedFinding> match_findings(const ReportVariant& variant,
                                                         const ReportVariant& other);

/// The same scenario in another result: the one of its name and file, however the path is written; or the one
/// of its name, where that stands once in `own`, to which the scenario belongs, and once in `others`. Null
/// without one.
[[nodiscard]] const ReportScenario* find_scenario(const std::vector<ReportScenario>& others,
                                                  const std::vector<ReportScenario>& own,
                                                  const ReportScenario& scenario);

[[nodiscard]] const ReportVariant* find_variant(const ReportScenario& scenario, const std::string& name);

}  // namespace quiesce::checker
