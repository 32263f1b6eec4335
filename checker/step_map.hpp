// Which steps of two programs are the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/diff_report.hpp"

namespace quiesce::checker {

/// Steps by where they are, "routine+N", which a step that is put in before them changes. Those are the same
/// that say the same in the comparison of both programs.
class StepMap {
 public:
  explicit StepMap(const std::vector<DiffRoutine>& aligned);

  /// The same from B to A.
  [[nodiscard]] StepMap reversed() const;

  /// Where B has this step of A, if it has it. What is at no place is at none in B either.
  [[nodiscard]] std::optional<std::string> to_b(const std::string& place) const;
  /// Whether B has the step, and all calls by which it is reached.
  [[nodiscard]] bool is_in_b(const std::string& place, const std::vector<std::string>& callers) const;
  /// The other way round.
  [[nodiscard]] bool is_in_a(const std::string& place, const std::vector<std::string>& callers) const;

 private:
  StepMap() = default;

  std::map<std::string, std::string> to_b_;
  std::map<std::string, std::string> to_a_;
};

}  // namespace quiesce::checker
