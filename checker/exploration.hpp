// What a search is asked, and what it brings back.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/frontier.hpp"
#include "checker/reductions.hpp"
#include "checker/state_store.hpp"
#include "checker/transition_system.hpp"

namespace quiesce::checker {

/// So many places of one finding are kept, to choose the run from that reads best.
inline constexpr std::size_t kOccurrencesMax = 1000;

/// How the runs are chosen that are looked at.
enum class SearchMode : std::uint8_t {
  kBreadthFirst,  ///< all of them
  kContexts,      ///< all with few switches, then all with one more
  kRandom,        ///< some: any transition that is enabled, one as likely as the other
  kPriorities,    ///< some: the enabled actor that has the highest random priority
};

/// As reports call it.
[[nodiscard]] constexpr const char* name_of(SearchMode mode) {
  constexpr const char* kNames[]{"breadth-first", "contexts", "random", "pct"};
  return kNames[static_cast<std::size_t>(mode)];
}

/// What is asked of random runs.
struct WalkOptions {
  std::uint64_t seed = 1;
  std::uint64_t walks = 1000;
  std::uint64_t max_steps = 10'000;
  std::uint32_t depth = 2;  ///< of SearchMode::kPriorities: orderings that a bug needs
};

/// States that a search can number: in 32 bits.
inline constexpr std::uint64_t kMostStates = std::numeric_limits<std::uint32_t>::max() - 1;

struct ExploreOptions {
  SearchMode mode = SearchMode::kBreadthFirst;
  std::uint32_t max_switches = std::numeric_limits<std::uint32_t>::max();  ///< of SearchMode::kContexts
  WalkOptions walks;
  bool profile = false;  ///< count afterwards what the states are made of
  bool taken = false;    ///< look afterwards for the steps on the way to an end; needs every transition
  std::uint64_t max_states = kMostStates;
  std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();
  double max_seconds = std::numeric_limits<double>::infinity();
  bool first = false;  ///< stop at the first finding
  unsigned threads = 1;
  StoreKind store = StoreKind::kAuto;
  Reductions reductions;
  const std::atomic<bool>* interrupted = nullptr;
};

struct Progress {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t frontier = 0;
  std::uint64_t depth = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
};

/// Where a finding was first seen: in a state, or by a transition out of it.
struct Occurrence {
  StateId state = kNoState;
  std::optional<Transition> transition;

  friend auto operator<=>(const Occurrence&, const Occurrence&) = default;
};

/// Each finding's shortest occurrences, all of one length.
using Findings = std::map<Finding, std::vector<Occurrence>>;

/// Every transition between stored states, grouped by source.
struct StateGraph {
  struct Edge {
    StateId target;
    Transition transition;
    Fairness fairness;
  };
  std::vector<std::size_t> first;  ///< first[s]..first[s+1]: edges of s; empty if no graph was kept
  std::vector<Edge> edges;
};

struct Exploration {
  std::unique_ptr<StateStore> store;
  StateGraph graph;
  Findings findings;
  std::vector<StateClass> classes;     ///< of every expanded state, if a graph was kept
  std::vector<std::uint8_t> may_rest;  ///< 1 where nothing has to happen any more; as `classes`
  std::uint64_t initial_states = 0;
  std::uint64_t transitions = 0;       ///< fired from distinct states, self-loops included
  std::uint64_t depth = 0;             ///< layers below the initial one
  std::vector<StateId> layers;         ///< first state of each layer
  std::vector<Unsearched> unsearched;  ///< what was left when it ended; of overlapping ones, most counts
  std::optional<std::string> bound;    ///< which bound ended the search before it was complete
  std::uint64_t frontier = 0;          ///< states not expanded when it ended
  double seconds = 0;

  [[nodiscard]] bool complete() const { return !bound; }
  [[nodiscard]] std::size_t states() const { return store->size(); }
  /// Length of the shortest run to the state; or the least number of switches, where layers go by that.
  [[nodiscard]] std::size_t layer_of(StateId state) const {
    return static_cast<std::size_t>(std::upper_bound(layers.begin(), layers.end(), state) - layers.begin()) -
           1;
  }
};

/// Looks at stored states, one at a time: what `at` returned is gone with its next call.
class StateReader {
 public:
  StateReader(const StateStore& store, std::size_t state_bytes) : store_(store), bytes_(state_bytes) {}
  [[nodiscard]] const std::byte* at(StateId id) {
    store_.load(id, bytes_.data());
    return bytes_.data();
  }

 private:
  const StateStore& store_;
  std::vector<std::byte> bytes_;
};

}  // namespace quiesce::checker
