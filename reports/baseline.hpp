// An earlier result, as `quiesce check --format json` wrote it, that a run is compared with.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The text is no result: says where and why.
class BaselineError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Findings are the same if scenario, variant, property and id are. Where several scenarios have one name,
/// their files must be the same too.
class Baseline {
 public:
  /// Throws BaselineError, whose message begins with `name`.
  Baseline(const std::string& text, const std::string& name);

  /// Marks in the variant what is new, what is known and what is gone. A property that the baseline does not
  /// have says nothing of it, and is left to its expectation.
  void compare(const checker::ReportScenario& scenario, checker::ReportVariant& variant);

  /// What the whole run is compared with, after all of its variants were.
  [[nodiscard]] checker::ReportBaseline summary() const;

 private:
  struct Property {
    std::string kind;
    bool violated = false;
    std::map<std::string, std::string> findings;  ///< id, summary
  };
  struct Variant {
    std::map<std::string, Property> properties;
    bool compared = false;
  };
  struct Scenario {
    std::string name;
    std::string file;
    std::map<std::string, Variant> variants;
    std::string compared_with;  ///< file of the scenario that it was taken for
  };
  class Reader;

  Variant* find(const checker::ReportScenario& scenario, const std::string& variant);

  std::string name_;
  std::vector<Scenario> scenarios_;
};

}  // namespace quiesce::reports
