// An earlier result, read from what `quiesce check --format json` wrote.
#pragma once

#include <stdexcept>
#include <string>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// The text is no result: says where and why.
class ResultError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a comparison needs: scenarios, variants, verdicts, findings without their steps, routines, and how
/// the search ended. Throws ResultError, whose message begins with `name`.
[[nodiscard]] checker::RunReport read_result(const std::string& text, const std::string& name);

}  // namespace quiesce::reports
