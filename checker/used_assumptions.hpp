// What a search relied on although no source says it: the assumptions of hardware models that transitions
// used.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/system.hpp"

namespace quiesce::checker {

/// For each legacy SMMU a bit for each assumption (hwmodel/v2/assumptions.hpp). Workers add to one set.
class UsedAssumptions {
 public:
  explicit UsedAssumptions(const sim::System& system) : words_(system.layout.legacy.size()) {}

  void add(const std::vector<std::uint32_t>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if ((words[i] & ~words_[i].load(std::memory_order_relaxed)) != 0)
        words_[i].fetch_or(words[i], std::memory_order_relaxed);
    }
  }
  [[nodiscard]] std::vector<std::uint32_t> words() const;

 private:
  std::vector<std::atomic<std::uint32_t>> words_;
};

/// As one sentence each, with the name of the assumption before and what speaks for it behind.
[[nodiscard]] std::vector<std::string> assumption_texts(const sim::System& system,
                                                        const std::vector<std::uint32_t>& words);
/// Their names.
[[nodiscard]] std::vector<std::string> assumption_names(const sim::System& system,
                                                        const std::vector<std::uint32_t>& words);

}  // namespace quiesce::checker
