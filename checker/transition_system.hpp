// The contract between a model and the search. A model needs no base class: it has these members.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "checker/state_shape.hpp"

namespace quiesce::checker {

/// One enabled instance: which actor moves and which of its alternatives. Stable across runs of the
/// same compiled model, so that a schedule is a list of these.
struct Transition {
  std::uint16_t actor = 0;
  std::uint16_t choice = 0;

  friend constexpr auto operator<=>(Transition, Transition) = default;
};

/// What a run may assume about an actor that could move.
enum class Fairness : std::uint8_t {
  kEnvironment,  ///< need never move: rules of textbook models
  kTraffic,      ///< the same, and no way on where nothing else moves: DMA, what caches drop
  kFinite,       ///< as traffic, and finitely often in a run: what a device interrupts for unasked
  kWeak,         ///< moves if it can move from some point on without interruption
  kStrong,       ///< moves if it can move again and again (a step of a running task, taking a lock)
  kScheduled,    ///< strong too, and a process of its own: being given a CPU
  kAlone,        ///< strong, and each such transition a process of its own: what becomes of one DMA access
  kTick,         ///< weak, and takes time: never part of a cycle of fast steps, but none goes on without it
  kTime,         ///< passing of a deadline: weak, and never part of a cycle of fast steps
  kObserver,     ///< watchdogs and bounds: they watch, and do not count as a way on
};

/// What fairness is owed to: an actor together with the kind of fairness, or one transition.
using Process = std::pair<std::uint32_t, Fairness>;

[[nodiscard]] constexpr Process process_of(Transition transition, Fairness fairness) {
  const std::uint32_t choice = fairness == Fairness::kAlone ? transition.choice + 1U : 0U;
  return {choice << 16U | transition.actor, fairness};
}

[[nodiscard]] constexpr bool is_strong(Fairness fairness) {
  return fairness == Fairness::kStrong || fairness == Fairness::kScheduled || fairness == Fairness::kAlone;
}
/// Neither the environment nor the passing of time.
[[nodiscard]] constexpr bool is_fast(Fairness fairness) {
  return fairness == Fairness::kWeak || is_strong(fairness);
}

/// Begins of traffic, and what caches drop: need never happen, and lead to nothing but themselves.
[[nodiscard]] constexpr bool is_traffic(Fairness fairness) {
  return fairness == Fairness::kTraffic || fairness == Fairness::kFinite;
}
/// Whether a state from which such a transition leads is not stuck.
[[nodiscard]] constexpr bool is_way_on(Fairness fairness) {
  return fairness != Fairness::kObserver && !is_traffic(fairness);
}
/// Whether a run must not rest where such a transition is possible.
[[nodiscard]] constexpr bool is_obliged(Fairness fairness) {
  return is_way_on(fairness) && fairness != Fairness::kEnvironment;
}

/// How a state stands towards the end of the run.
enum class StateClass : std::uint8_t {
  kRunning,
  kEnd,      ///< the run is over as it should be (machine reset, `end:` holds); terminal
  kStopped,  ///< the run is over in another way (panic, halt); terminal
};

/// A property that was seen to fail: `property` indexes the model's table of properties, `cause` its
/// table of causes (a step and what it did). Equal causes are one finding.
struct Finding {
  std::uint16_t property = 0;
  std::uint32_t cause = 0;

  friend constexpr auto operator<=>(const Finding&, const Finding&) = default;
};

/// What a transition did beside changing the state. Reused between calls; the caller clears it.
struct Effects {
  std::vector<base::Write> undo;
  std::vector<Finding> findings;

  void clear() {
    undo.clear();
    findings.clear();
  }
};

/// Goals are properties of runs. Each index below `goal_count()` is one of these.
enum class GoalKind : std::uint8_t {
  kEventually,      ///< every fair run reaches a state where the goal holds
  kAlwaysPossible,  ///< from every reachable state some run reaches one
};

template <class T>
concept TransitionSystem = requires(const T& model, std::byte* state, const std::byte* seen,
                                    Transition transition, Effects& effects, std::uint16_t index,
                                    std::vector<Transition>& enabled, void (*on_state)(const std::byte*),
                                    void (*on_transition)(Transition)) {
  { model.state_bytes() } -> std::same_as<std::size_t>;
  /// How the state is made up, for stores that keep its parts once.
  { model.state_shape() } -> std::same_as<StateShape>;
  /// Names the compiled model: a schedule of another one is refused.
  { model.model_hash() } -> std::same_as<std::uint64_t>;
  /// Calls back with every initial state, in a fixed order.
  model.for_each_initial(on_state);
  /// Calls back with every enabled transition, in an order that depends on the state alone.
  model.for_each_enabled(seen, on_transition);
  /// Puts those of the enabled transitions to the front that are enough to be fired here, as long as none of
  /// the others is put off for ever; returns how many they are. All of them without such a reduction.
  { model.choose_stubborn(seen, enabled) } -> std::same_as<std::size_t>;
  /// Fires in place; appends writes and findings to `effects`.
  model.fire(state, transition, effects);
  /// Makes the state the one that stands for it and others which no verdict tells apart, as the model's
  /// reductions have it; appends the writes. Without reductions every state stands for itself. If `undo`
  /// holds anything, these are all the writes since a state that stood for itself.
  model.canonicalize(state, effects.undo);
  /// Appends the state properties ("never") that fail here.
  model.check_state(seen, effects);
  /// Whether time alone will bring something other than an observer's alarm.
  { model.waits_for_time(seen) } -> std::same_as<bool>;
  /// Called where nothing but observers and traffic can move and the state is not terminal: appends deadlock,
  /// livelock or nothing. False if traffic may still lead to more than itself.
  { model.report_stuck(seen, effects) } -> std::same_as<bool>;
  { model.classify(seen) } -> std::same_as<StateClass>;
  /// Where the transition happens, for people: a CPU, a device, time. Runs with few changes read well.
  { model.lane(seen, transition) } -> std::same_as<std::uint16_t>;
  { model.actor_count() } -> std::same_as<std::size_t>;
  { model.fairness(seen, transition) } -> std::same_as<Fairness>;
  { model.goal_count() } -> std::same_as<std::size_t>;
  { model.goal_kind(index) } -> std::same_as<GoalKind>;
  /// Goals are latched by the caller: once reached on a run, reached for good.
  { model.goal_holds(index, seen) } -> std::same_as<bool>;
  /// Whether cycles of fast steps are to be reported (not for `rules:` models), and under which
  /// property; `cause` of such a finding comes from `livelock_cause(state on the cycle)`.
  { model.checks_livelock() } -> std::same_as<bool>;
  { model.livelock_cause(seen) } -> std::same_as<Finding>;
};

/// Offsets of slots that a transition has stored to, whether or not they held another value.
class StoredSlots {
 public:
  void clear() { count_ = 0; }
  void add(base::Slot slot) {
    if (count_ < offsets_.size()) offsets_[count_] = slot.offset;
    ++count_;
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// There were more than are known.
  [[nodiscard]] bool incomplete() const { return count_ > offsets_.size(); }
  [[nodiscard]] std::span<const std::uint16_t> offsets() const { return {offsets_.data(), count_}; }

 private:
  std::array<std::uint16_t, 32> offsets_;
  std::size_t count_ = 0;
};

/// What came of firing a transition on a copy of a state.
enum class OnCopy : std::uint8_t {
  kRefused,    ///< it has to be fired with `fire` after all, on the state as it was; the copy is spoilt
  kNoWrite,    ///< the successor is the state itself
  kSuccessor,  ///< the copy is the successor, which may be the state itself nevertheless
};

/// A model that can fire without saying what it wrote. Only where `fires_on_copies()`; then it has a single
/// actor.
template <class T>
concept FiresOnCopies = requires(const T& model, std::byte* state, Transition transition, StoredSlots& stored,
                                 void (*on_byte)(std::uint16_t, std::size_t)) {
  { model.fires_on_copies() } -> std::same_as<bool>;
  /// Calls back with each choice and each byte of the state that firing it reads or writes, but for bytes
  /// that never change: what firing does, and whether it is refused, is a function of these alone.
  model.for_each_touched(on_byte);
  { model.fire_on_copy(state, transition) } -> std::same_as<OnCopy>;
  /// Says where it stored something, too.
  { model.fire_on_copy(state, transition, stored) } -> std::same_as<OnCopy>;
};

}  // namespace quiesce::checker
