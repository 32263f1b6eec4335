// How a random run goes on: which of the enabled transitions is fired next.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "base/random_numbers.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// Any enabled transition, one as likely as the other.
class EvenChoice {
 public:
  void begin(base::RandomNumbers&) {}
  [[nodiscard]] Transition choose(std::span<const Transition> enabled, base::RandomNumbers& random) {
    return enabled[random.below(enabled.size())];
  }
};

/// Probabilistic concurrency testing: each actor has a random priority, and the highest that can move does.
/// At depth - 1 random steps the actor whose turn it is falls below all others. Of several transitions of
/// one actor, one is taken as likely as the other.
//
// S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatti, "A randomized scheduler with probabilistic
// guarantees of finding bugs", ASPLOS 2010.
class PriorityChoice {
 public:
  /// `steps`: no run that matters is longer. `depth` is at least 1.
  PriorityChoice(std::size_t actors, std::uint32_t depth, std::uint64_t steps)
      : priorities_(actors), falls_(depth - 1), steps_(steps) {}

  void begin(base::RandomNumbers& random) {
    std::iota(priorities_.begin(), priorities_.end(), static_cast<std::uint32_t>(falls_.size()) + 1);
    for (std::size_t i = priorities_.size(); i > 1; --i)
      std::swap(priorities_[i - 1], priorities_[random.below(i)]);
    for (std::uint64_t& fall : falls_) fall = 1 + random.below(steps_);
    step_ = 0;
  }

  [[nodiscard]] Transition choose(std::span<const Transition> enabled, base::RandomNumbers& random) {
    ++step_;
    for (std::size_t i = 0; i < falls_.size(); ++i) {
      if (falls_[i] == step_) priorities_[highest(enabled)] = static_cast<std::uint32_t>(i);
    }
    const std::uint16_t actor = highest(enabled);
    const auto own = [&](Transition t) { return t.actor == actor; };
    auto which = random.below(static_cast<std::uint64_t>(std::count_if(enabled.begin(), enabled.end(), own)));
    return *std::find_if(enabled.begin(), enabled.end(),
                         [&](Transition t) { return own(t) && which-- == 0; });
  }

 private:
  [[nodiscard]] std::uint16_t highest(std::span<const Transition> enabled) const {
    return std::max_element(
               enabled.begin(), enabled.end(),
               [&](Transition a, Transition b) { return priorities_[a.actor] < priorities_[b.actor]; })
        ->actor;
  }

  std::vector<std::uint32_t> priorities_;  ///< by actor, all different; the higher goes first
  std::vector<std::uint64_t> falls_;       ///< fall i happens at this step, to priority i
  std::uint64_t steps_;
  std::uint64_t step_ = 0;
};

}  // namespace quiesce::checker
