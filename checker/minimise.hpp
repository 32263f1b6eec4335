// Makes a run that shows a finding easy to read, by leaving steps out and firing what is left again: for
// runs that no breadth-first search chose, which are far from shortest.
//
// Parts are left out as in A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input",
// 2002; a step that is not possible any more is left out too.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "checker/failing.hpp"
#include "checker/paths.hpp"
#include "checker/schedule.hpp"

namespace quiesce::checker {

/// Firings that a minimisation may take; with fewer the run is just longer than need be.
inline constexpr std::uint64_t kMinimiseFirings = 200'000;

/// What a cycle must keep to: the states that it may visit, and whether its steps have to be fast ones.
struct CycleRule {
  std::function<bool(const std::byte*)> stays;  ///< may be empty: any state
  bool fast = false;
};

template <TransitionSystem Model>
class Minimiser {
 public:
  using Steps = std::vector<Transition>;
  using State = std::vector<std::byte>;

  explicit Minimiser(const Model& model, std::uint64_t firings = kMinimiseFirings)
      : model_(model), firings_(firings) {}

  /// A run from the same initial state that ends where the finding is first seen: no part of it can be left
  /// out, and its blocks of steps on one lane are put together where that keeps the finding. The run itself
  /// if it does not show the finding.
  [[nodiscard]] Run finite(const Run& run, Finding finding) {
    start_ = initial(run.initial);
    const auto shows = [&](const Steps& steps) { return up_to_finding(steps, finding); };
    std::optional<Steps> best = shows(run.steps);
    if (!best) return run;
    // Putting blocks together may let more be left out.
    for (bool changed = true; changed && firings_ > 0;) {
      *best = leave_out(*best, shows);
      changed = calm(*best, shows);
    }
    return {std::move(*best), run.initial};
  }

  /// A cycle from the state after `stem` that is fair and obeys the rule, with parts left out.
  [[nodiscard]] Steps cycle(const Run& stem, const Steps& steps, const CycleRule& rule) {
    start_ = initial(stem.initial);
    Effects effects;
    for (const Transition step : stem.steps) model_.fire(start_.data(), step, effects);
    const auto closes = [&](const Steps& some) -> std::optional<Steps> {
      std::optional<Steps> fired = all_possible(some);
      if (!fired || !is_fair_cycle(*fired, rule)) return std::nullopt;
      return fired;
    };
    if (!closes(steps)) return steps;
    return leave_out(steps, closes);
  }

 private:
  using Attempt = std::function<std::optional<Steps>(const Steps&)>;

  [[nodiscard]] State initial(std::uint32_t wanted) const {
    State found;
    std::uint32_t number = 0;
    model_.for_each_initial([&](const std::byte* state) {
      if (number++ == wanted) found.assign(state, state + model_.state_bytes());
    });
    QUIESCE_ASSERT(!found.empty(), "a run begins in no initial state");
    return found;
  }

  /// Fires the step if it is possible.
  bool try_step(State& state, Transition step, Effects& effects) {
    if (firings_ > 0) --firings_;
    bool possible = false;
    if (model_.classify(state.data()) == StateClass::kRunning)
      model_.for_each_enabled(state.data(), [&](Transition t) { possible = possible || t == step; });
    if (!possible) return false;
    effects.clear();
    model_.fire(state.data(), step, effects);
    return true;
  }

  [[nodiscard]] std::optional<Steps> up_to_finding(const Steps& steps, Finding finding) {
    State state = start_;
    Steps fired;
    Effects effects;
    const auto raised = [&] {
      return std::find(effects.findings.begin(), effects.findings.end(), finding) != effects.findings.end();
    };
    if (fails_in(model_, state.data(), finding)) return fired;
    for (const Transition step : steps) {
      if (!try_step(state, step, effects)) continue;
      fired.push_back(step);
      if (raised() || fails_in(model_, state.data(), finding)) return fired;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Steps> all_possible(const Steps& steps) {
    State state = start_;
    Steps fired;
    Effects effects;
    for (const Transition step : steps) {
      if (try_step(state, step, effects)) fired.push_back(step);
    }
    if (state != start_ || fired.empty()) return std::nullopt;
    return fired;
  }

  /// Leaves out parts of half the length, then of a quarter, down to single steps, for as long as that helps.
  [[nodiscard]] Steps leave_out(Steps steps, const Attempt& attempt) {
    for (std::size_t part = steps.size(); part > 0 && firings_ > 0;) {
      const std::size_t before = steps.size();
      for (std::size_t end = steps.size(); end > 0 && firings_ > 0;) {
        const std::size_t begin = end > part ? end - part : 0;
        Steps rest = steps;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                   rest.begin() + static_cast<std::ptrdiff_t>(end));
        if (const auto kept = attempt(rest); kept && kept->size() < steps.size()) steps = *kept;
        end = std::min(begin, steps.size());
      }
      if (part == 1 && steps.size() == before) break;
      part = std::max<std::size_t>(1, part / 2);
    }
    return steps;
  }

  [[nodiscard]] std::vector<std::uint16_t> lanes_of(const Steps& steps) const {
    State state = start_;
    std::vector<std::uint16_t> lanes;
    Effects effects;
    for (const Transition step : steps) {
      lanes.push_back(model_.lane(state.data(), step));
      model_.fire(state.data(), step, effects);
    }
    return lanes;
  }

  [[nodiscard]] std::size_t switches(const Steps& steps) const {
    const std::vector<std::uint16_t> lanes = lanes_of(steps);
    std::size_t count = 0;
    for (std::size_t i = 1; i < lanes.size(); ++i) count += lanes[i] != lanes[i - 1] ? 1 : 0;
    return count;
  }

  /// Whether some block of steps could be put next to another one on its lane.
  bool calm(Steps& steps, const Attempt& attempt) {
    bool any = false;
    for (bool changed = true; changed && firings_ > 0;) {
      changed = false;
      const std::vector<std::uint16_t> lanes = lanes_of(steps);
      for (std::size_t begin = 0; begin < lanes.size() && !changed; begin = end_of_block(lanes, begin))
        changed = move_block(steps, lanes, begin, attempt);
      any = any || changed;
    }
    return any;
  }

  [[nodiscard]] static std::size_t end_of_block(const std::vector<std::uint16_t>& lanes, std::size_t begin) {
    std::size_t end = begin + 1;
    while (end < lanes.size() && lanes[end] == lanes[begin]) ++end;
    return end;
  }

  /// Tries the block that begins there behind the one before it on its lane, and that one in front of it.
  bool move_block(Steps& steps, const std::vector<std::uint16_t>& lanes, std::size_t begin,
                  const Attempt& attempt) {
    std::size_t last = begin;  // one past the block before on this lane
    while (last > 0 && lanes[last - 1] != lanes[begin]) --last;
    if (last == 0) return false;
    std::size_t first = last - 1;
    while (first > 0 && lanes[first - 1] == lanes[begin]) --first;
    const std::size_t end = end_of_block(lanes, begin);
    const auto at = [](Steps& s, std::size_t i) { return s.begin() + static_cast<std::ptrdiff_t>(i); };
    Steps earlier = steps;
    std::rotate(at(earlier, last), at(earlier, begin), at(earlier, end));
    Steps later = steps;
    std::rotate(at(later, first), at(later, last), at(later, begin));
    const std::size_t now = switches(steps);
    for (const Steps& moved : {earlier, later}) {
      const auto kept = attempt(moved);
      if (!kept || kept->size() > steps.size() || switches(*kept) >= now) continue;
      steps = *kept;
      return true;
    }
    return false;
  }

  /// As find_fair_cycle has it: who is strong and can move somewhere moves, and who is weak and can move
  /// everywhere does. Ticks interrupt fast steps too.
  [[nodiscard]] bool is_fair_cycle(const Steps& steps, const CycleRule& rule) {
    State state = start_;
    std::set<Process> moves;
    std::set<Process> somewhere;
    std::set<Process> everywhere;
    Effects effects;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (rule.stays && !rule.stays(state.data())) return false;
      std::set<Process> here;
      model_.for_each_enabled(state.data(), [&](Transition t) {
        const Fairness fairness = model_.fairness(state.data(), t);
        const bool demands = is_obliged(fairness);
        if (demands && (!rule.fast || is_fast(fairness) || fairness == Fairness::kTick))
          here.insert(process_of(t, fairness));
      });
      const Fairness fairness = model_.fairness(state.data(), steps[i]);
      if (rule.fast && !is_fast(fairness)) return false;
      moves.insert(process_of(steps[i], fairness));
      somewhere.insert(here.begin(), here.end());
      if (i == 0) everywhere = here;
      std::erase_if(everywhere, [&](const Process& process) { return !here.contains(process); });
      effects.clear();
      model_.fire(state.data(), steps[i], effects);
    }
    const auto starves = [&](const Process& process) { return !moves.contains(process); };
    return std::none_of(everywhere.begin(), everywhere.end(), starves) &&
           std::none_of(somewhere.begin(), somewhere.end(), [&](const Process& process) {
             return is_strong(process.second) && starves(process);
           });
  }

  const Model& model_;
  std::uint64_t firings_;
  State start_;
};

/// The schedule with as few steps, and then as few switches from lane to lane, as leaving out and moving
/// steps can make it; it still shows the finding. One that goes round a cycle is left as it is: its cycle
/// has a rule of its own.
template <TransitionSystem Model>
[[nodiscard]] Schedule minimise(const Model& model, const Schedule& schedule, Finding finding,
                                std::uint64_t firings = kMinimiseFirings) {
  if (schedule.cycle_start) return schedule;
  Run run = Minimiser<Model>(model, firings).finite({schedule.steps, schedule.initial}, finding);
  Schedule minimal = schedule;
  minimal.steps = std::move(run.steps);
  return minimal;
}

}  // namespace quiesce::checker
