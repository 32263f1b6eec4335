// Why a run of a compiled scenario fails: from which step on it had to, and which orderings make every run
// fail. Both are answered by searches of their own, without reductions and within a budget.
#pragma once

#include <atomic>
#include <cstdint>

#include "checker/check_system.hpp"

namespace quiesce::checker {

enum class ExplanationDetail : std::uint8_t {
  kNone,
  kBrief,  ///< the point of no return alone
  kFull,
};

struct ExplainOptions {
  ExplanationDetail detail = ExplanationDetail::kFull;
  std::uint64_t max_states = 100'000;  ///< that may be searched for one run
  const std::atomic<bool>* interrupted = nullptr;
};

/// States to search for each of `runs` runs of a variant whose own search met `states`: little beside that
/// search, and enough for a small scenario.
[[nodiscard]] std::uint64_t default_explanation_states(std::uint64_t states, std::size_t runs);

/// `options.detail` must not be kNone.
[[nodiscard]] ReportExplanation explain_failure(const sim::System& system, const FoundRun& run,
                                                const ExplainOptions& options);

}  // namespace quiesce::checker
