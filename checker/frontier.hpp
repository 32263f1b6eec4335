// In which order the search goes through the states that it meets: policies of its one loop. States are
// numbered as they arrive, so that a pass is a range of numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "checker/state_store.hpp"

namespace quiesce::checker {

/// Which transitions of a state a pass fires.
enum class Fired : std::uint8_t {
  kAll,
  kInContext,  ///< those that need no switch which nothing forces
  kSwitches,   ///< the others
};

/// One go through some states, each of which is looked at once.
struct Pass {
  StateId begin = 0;
  StateId end = 0;
  Fired fired = Fired::kAll;
  bool begins_layer = true;
};

/// States of which the search has still to fire something when it ends: everything, or the switches.
struct Unsearched {
  StateId begin = 0;
  StateId end = 0;
  Fired left = Fired::kAll;
};

/// How many states lie in any of the ranges.
[[nodiscard]] inline std::uint64_t states_in(std::vector<Unsearched> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const Unsearched& a, const Unsearched& b) { return a.begin < b.begin; });
  std::uint64_t count = 0;
  StateId counted_to = 0;
  for (const Unsearched& range : ranges) {
    const StateId from = std::max(range.begin, counted_to);
    if (range.end <= from) continue;
    count += range.end - from;
    counted_to = range.end;
  }
  return count;
}

/// Breadth-first: a layer holds the states at one distance from the initial ones.
class LayersByLength {
 public:
  static constexpr const char* kBound = "max_depth";

  LayersByLength() = default;
  /// So many layers are searched, and no others.
  explicit LayersByLength(std::uint64_t most) : most_(most) {}

  /// What to do next in a store of so many states; nothing if there is nothing new.
  [[nodiscard]] std::optional<Pass> next(StateId stored) {
    const Pass pass{end_, stored, Fired::kAll, true};
    if (pass.begin == pass.end) return std::nullopt;
    bound_reached_ = layers_ == most_;
    if (bound_reached_) return std::nullopt;
    ++layers_;
    end_ = stored;
    return pass;
  }
  /// A layer is left.
  [[nodiscard]] bool bound_reached() const { return bound_reached_; }
  /// What earlier passes have left to later ones.
  [[nodiscard]] std::optional<Unsearched> left_for_later() const { return std::nullopt; }

 private:
  std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t layers_ = 0;
  StateId end_ = 0;
  bool bound_reached_ = false;
};

/// Iterative context bounding: a layer holds the states that need one number of switches. First everything
/// that needs no switch is fired until nothing new comes, then the switches out of the whole layer, which
/// lead into the next.
//
// The search is complete where such a layer is empty: by then every transition of every state in the store
// was fired, in a pass of one kind or the other, and led into the store. So the store holds the initial
// states and whatever can be reached from them, by any number of switches.
//
// M. Musuvathi, S. Qadeer, "Iterative context bounding for systematic testing of multithreaded programs",
// PLDI 2007.
class LayersBySwitches {
 public:
  static constexpr const char* kBound = "max_switches";

  /// Runs with so many switches are searched, and no others.
  explicit LayersBySwitches(std::uint32_t most) : most_(most) {}

  [[nodiscard]] std::optional<Pass> next(StateId stored) {
    if (end_ < stored) {
      const Pass pass{end_, stored, Fired::kInContext, end_ == layer_};
      end_ = stored;
      return pass;
    }
    if (layer_ == stored) return std::nullopt;
    bound_reached_ = switches_ == most_;
    if (bound_reached_) return std::nullopt;
    ++switches_;
    const Pass pass{layer_, stored, Fired::kSwitches, false};
    layer_ = stored;
    return pass;
  }
  /// A layer is left from which no switch was tried.
  [[nodiscard]] bool bound_reached() const { return bound_reached_; }
  [[nodiscard]] std::optional<Unsearched> left_for_later() const {
    return layer_ == end_ ? std::nullopt : std::optional(Unsearched{layer_, end_, Fired::kSwitches});
  }

 private:
  std::uint32_t most_;
  std::uint32_t switches_ = 0;
  StateId layer_ = 0;  ///< first state of the current layer
  StateId end_ = 0;    ///< first state that no pass has seen
  bool bound_reached_ = false;
};

}  // namespace quiesce::checker
