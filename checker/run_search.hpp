// Whether there is a complete run that never shows what is watched for, or one that does: first by walking
// at random, which finds what is common at once, then by complete search within a budget.
#pragma once

#include <random>

#include "checker/explore.hpp"
#include "checker/liveness.hpp"
#include "checker/minimise.hpp"
#include "checker/monitored_model.hpp"

namespace quiesce::checker {

enum class Answer : std::uint8_t { kNo, kYes, kUnknown };

/// How much may be searched. What is left is shared by all searches for one explanation.
struct SearchBudget {
  std::uint64_t states = 0;          ///< left in all
  std::uint64_t states_at_once = 0;  ///< by one search; 0: only walks
  std::size_t walks = 0;             ///< before each search
  std::size_t walk_steps = 0;        ///< of each walk, at most
  const std::atomic<bool>* interrupted = nullptr;

  [[nodiscard]] bool is_used_up() const { return states == 0; }
  void use(std::uint64_t some) { states -= std::min(states, some); }
};

/// The answer, and the run behind a yes.
struct FoundRunOf {
  Answer answer = Answer::kUnknown;
  Run run;                        ///< of the monitored model
  std::vector<Transition> cycle;  ///< that it goes round for ever at its end
};

template <TransitionSystem Model>
class RunSearch {
 public:
  RunSearch(const MonitoredModel<Model>& model, SearchBudget& budget) : model_(model), budget_(budget) {}

  /// A complete and fair run that satisfies all orderings and never shows what is watched for.
  [[nodiscard]] FoundRunOf run_without() {
    const auto is_good = [&](const std::byte* state) {
      return !model_.has_seen(state) && model_.satisfies_all(state) && may_end(model_, state);
    };
    if (auto walked = walk(budget_.walks, 1, is_good); !walked.empty()) return walked.front();
    if (budget_.is_used_up() || budget_.states_at_once == 0) return {};
    const Exploration exploration = explore(model_, options(false));
    budget_.use(exploration.states());
    return good_run_in(exploration);
  }

  /// A run that ends where nothing was seen, of a model that finds such ends.
  [[nodiscard]] FoundRunOf run_to_good_end() {
    if (auto walked = walk_to_good_end()) return *walked;
    return search_good_end();
  }

  /// The same, and a short one: the shortest, or what is left of one that was met by chance.
  [[nodiscard]] FoundRunOf short_run_to_good_end() {
    FoundRunOf found = search_good_end();
    if (found.answer != Answer::kUnknown) return found;
    if (auto walked = walk_to_good_end()) {
      found = std::move(*walked);
      found.run = Minimiser<MonitoredModel<Model>>(model_).finite(found.run, {});
    }
    return found;
  }

  /// A run that shows it and satisfies all orderings, up to there.
  [[nodiscard]] FoundRunOf run_with() {
    const auto is_good = [&](const std::byte* state) {
      return model_.has_seen(state) && model_.satisfies_all(state);
    };
    if (auto walked = walk(budget_.walks, 1, is_good); !walked.empty()) return walked.front();
    return search_first();
  }

  /// Some complete runs, as different as chance will have them, on which it was seen or was not.
  [[nodiscard]] std::vector<FoundRunOf> some_runs(std::size_t walks, bool seen) {
    return walk(walks, walks, [&](const std::byte* state) {
      return model_.has_seen(state) == seen && may_end(model_, state);
    });
  }

 private:
  [[nodiscard]] std::optional<FoundRunOf> walk_to_good_end() {
    const auto is_good = [&](const std::byte* state) { return model_.is_good_end(state); };
    auto walked = walk(budget_.walks, 1, is_good);
    if (walked.empty()) return std::nullopt;
    return std::move(walked.front());
  }

  [[nodiscard]] FoundRunOf search_good_end() {
    QUIESCE_ASSERT(model_.finds_good_ends(), "the model looks for something else");
    return search_first();
  }

  /// A shortest run to what the model finds, within what is left of the budget.
  [[nodiscard]] FoundRunOf search_first() {
    if (budget_.is_used_up() || budget_.states_at_once == 0) return {};
    const Exploration exploration = explore(model_, options(true));
    budget_.use(exploration.states());
    if (!exploration.findings.empty())
      return run_to(exploration, exploration.findings.begin()->second.front().state);
    if (!exploration.complete()) return {};
    return {Answer::kNo, {}, {}};
  }

  [[nodiscard]] ExploreOptions options(bool first) const {
    ExploreOptions options;
    options.max_states = std::max<std::uint64_t>(1, std::min(budget_.states, budget_.states_at_once));
    options.first = first;
    options.interrupted = budget_.interrupted;
    return options;
  }

  /// Walks from each start in turn, and keeps up to `wanted` runs to good states.
  template <class IsGood>
  [[nodiscard]] std::vector<FoundRunOf> walk(std::size_t walks, std::size_t wanted, IsGood is_good) {
    std::mt19937 random;
    std::vector<FoundRunOf> found;
    for (std::size_t i = 0; i < walks && found.size() < wanted; ++i) {
      FoundRunOf one;
      one.run.initial = static_cast<std::uint32_t>(i % model_.starts().size());
      if (walk_once(one.run, random, is_good)) {
        one.answer = Answer::kYes;
        found.push_back(std::move(one));
      }
    }
    return found;
  }

  template <class IsGood>
  [[nodiscard]] bool walk_once(Run& run, std::mt19937& random, IsGood is_good) {
    std::vector<std::byte> state = model_.starts()[run.initial];
    state.resize(model_.state_bytes());
    Effects effects;
    std::vector<Transition> enabled;
    while (!is_good(state.data())) {
      enabled.clear();
      if (model_.classify(state.data()) == StateClass::kRunning)
        model_.for_each_enabled(state.data(), [&](Transition t) { enabled.push_back(t); });
      if (enabled.empty() || run.steps.size() == budget_.walk_steps || budget_.is_used_up()) return false;
      const Transition next = enabled[random() % enabled.size()];
      effects.clear();
      model_.fire(state.data(), next, effects);
      run.steps.push_back(next);
      budget_.use(1);
    }
    return true;
  }

  [[nodiscard]] FoundRunOf good_run_in(const Exploration& exploration) const {
    StateReader states(*exploration.store, model_.state_bytes());
    const std::size_t expanded = exploration.graph.first.size() - 1;
    std::vector<bool> counts(exploration.states(), false);
    for (StateId s = 0; s < expanded; ++s) {
      const std::byte* state = states.at(s);
      counts[s] = !model_.has_seen(state) && model_.satisfies_all(state);
      const bool ends = exploration.may_rest[s] != 0 || exploration.classes[s] != StateClass::kRunning;
      if (counts[s] && ends) return run_to(exploration, s);
    }
    if (!exploration.complete()) return {};
    const SubGraph part{&exploration.graph, std::move(counts), [](const StateGraph::Edge&) { return true; }};
    const auto bad = find_fair_cycle(part);
    if (!bad) return {Answer::kNo, {}, {}};
    FoundRunOf found = run_to(exploration, bad->state);
    found.cycle = bad->cycle;
    return found;
  }

  [[nodiscard]] FoundRunOf run_to(const Exploration& exploration, StateId state) const {
    const StateStore& store = *exploration.store;
    return {Answer::kYes, run_through(model_, store, ancestors_of(store, state), std::nullopt), {}};
  }

  const MonitoredModel<Model>& model_;
  SearchBudget& budget_;
};

}  // namespace quiesce::checker
