// Which rules can get in each other's way, derived from their code: the ground for stubborn sets.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/slot.hpp"
#include "sim/code.hpp"

namespace quiesce::sim {

struct System;

/// A set of rules, one bit each. All sets of one system have the same number of words.
class RuleSet {
 public:
  RuleSet() = default;
  explicit RuleSet(std::size_t rules) : words_((rules + 63) / 64, 0) {}

  void add(std::size_t rule) { words_[rule / 64] |= bit(rule); }
  void remove(std::size_t rule) { words_[rule / 64] &= ~bit(rule); }
  [[nodiscard]] bool contains(std::size_t rule) const { return (words_[rule / 64] & bit(rule)) != 0; }
  void clear() { words_.assign(words_.size(), 0); }
  [[nodiscard]] bool empty() const {
    for (const std::uint64_t word : words_) {
      if (word != 0) return false;
    }
    return true;
  }
  void add_all(const RuleSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  /// How many of these are not in `other`.
  [[nodiscard]] int count_outside(const RuleSet& other) const {
    int count = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) count += std::popcount(words_[i] & ~other.words_[i]);
    return count;
  }
  [[nodiscard]] std::size_t count_common(const RuleSet& other) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < words_.size(); ++i)
      count += static_cast<std::size_t>(std::popcount(words_[i] & other.words_[i]));
    return count;
  }
  /// Adds those of `some` that are not in this set yet to both this set and `fresh`.
  void add_new(const RuleSet& some, RuleSet& fresh) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      fresh.words_[i] |= some.words_[i] & ~words_[i];
      words_[i] |= some.words_[i];
    }
  }
  /// Removes the least member and returns it; `none` if the set is empty.
  std::size_t take_least(std::size_t none) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i] == 0) continue;
      const auto least = i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]));
      words_[i] &= words_[i] - 1;
      return least;
    }
    return none;
  }

 private:
  [[nodiscard]] static std::uint64_t bit(std::size_t rule) { return std::uint64_t{1} << (rule % 64); }

  std::vector<std::uint64_t> words_;
};

/// One of the conditions whose conjunction is a guard.
struct GuardConjunct {
  std::uint32_t code = 0;  ///< as RuleCode::conjuncts
  RuleSet makers;          ///< rules that may make it true where it is false: its necessary enabling set
};

/// A. Valmari, "Stubborn sets for reduced state space generation", 1990; in the form of A. Laarman, E. Pater,
/// J. van de Pol, H. Hansen, "Guard-based partial-order reduction", STTT 18(4), 2016.
struct RuleDependence {
  std::vector<std::vector<GuardConjunct>> guards;  ///< by rule; empty for a guard that always holds
  /// By rule: those that may be enabled together with it, and then disable it, be disabled by it, or
  /// not commute with it.
  std::vector<RuleSet> conflicts;
  RuleSet visible;  ///< rules that may change whether some property of states holds
};

/// Nothing if the system has more than rules, or so many of them that the sets would take too much memory.
[[nodiscard]] std::optional<RuleDependence> find_dependence(const System& system);

}  // namespace quiesce::sim
