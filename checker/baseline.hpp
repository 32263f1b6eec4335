// An earlier result, as `quiesce check --format json` wrote it, that a run is compared with.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::checker {

/// Findings are the same if scenario, variant, property and id are; find_scenario() says which scenarios are.
class Baseline {
 public:
  /// `name` is the file's; `run` are the scenarios that will be compared, of which names and files count.
  Baseline(RunReport earlier, std::string name, std::vector<ReportScenario> run);

  /// Marks in the variant what is new, what is known and what is gone. A property that the baseline does not
  /// have says nothing of it, and is left to its expectation.
  void compare(const ReportScenario& scenario, ReportVariant& variant);

  /// What the whole run is compared with, after all of its variants were.
  [[nodiscard]] ReportBaseline summary() const;

 private:
  const ReportVariant* find(const ReportScenario& scenario, const std::string& variant);

  RunReport earlier_;
  std::string name_;
  std::vector<ReportScenario> run_;
  std::vector<std::set<std::string>> compared_;  ///< variants of each earlier scenario
};

}  // namespace quiesce::checker
