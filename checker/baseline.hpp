// An earlier result, as `quiesce check --format json` wrote it, that a run is compared with.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::checker {

/// Findings are the same if scenario, variant, property and id are. Where several scenarios have one name,
/// their files must be the same too.
class Baseline {
 public:
  /// `name` is the file's.
  Baseline(RunReport earlier, std::string name);

  /// Marks in the variant what is new, what is known and what is gone. A property that the baseline does not
  /// have says nothing of it, and is left to its expectation.
  void compare(const ReportScenario& scenario, ReportVariant& variant);

  /// What the whole run is compared with, after all of its variants were.
  [[nodiscard]] ReportBaseline summary() const;

 private:
  struct Progress {
    std::string compared_with;  ///< file of the scenario that it was taken for
    std::set<std::string> variants;
  };

  const ReportVariant* find(const ReportScenario& scenario, const std::string& variant);

  RunReport earlier_;
  std::string name_;
  std::vector<Progress> progress_;  ///< by scenario
};

}  // namespace quiesce::checker
