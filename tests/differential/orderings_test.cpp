// Orderings that force a failure, against a plain search: none of the runs that satisfy them ends well, and
// with one of them less some run does.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "checked.hpp"
#include "checker/explanation.hpp"
#include "checker/racing_steps.hpp"
#include "random_scenario.hpp"

namespace quiesce::checker::orderings_test {
namespace {

using Orderings = ReportExplanation::Orderings;

constexpr std::size_t kStatesMax = 400;
constexpr std::size_t kOrderingsMax = 3;

/// A state, and how often each step that matters was made.
struct Node {
  std::vector<std::byte> state;
  std::map<std::uint64_t, std::uint32_t> made;

  friend auto operator<=>(const Node&, const Node&) = default;
};

class PlainSearch {
 public:
  PlainSearch(const SystemModel& model, Finding finding, std::vector<Ordering> orderings)
      : model_(model), finding_(finding), orderings_(std::move(orderings)) {}

  /// Whether a run that satisfies all orderings and does not raise the finding comes to an end.
  [[nodiscard]] bool finds_good_end(const std::vector<std::vector<std::byte>>& starts) {
    for (const auto& start : starts) open_.push_back({start, {}});
    while (!open_.empty()) {
      const Node node = std::move(open_.back());
      open_.pop_back();
      if (!seen_.insert(node).second || fails_in(model_, node.state.data(), finding_)) continue;
      if (expand(node)) return true;
    }
    return false;
  }

 private:
  [[nodiscard]] static bool has_made(const Node& node, Event event) {
    const auto made = node.made.find(event.step);
    return made != node.made.end() && made->second >= event.occurrence;
  }

  /// True if a run may end here and is a good one.
  bool expand(const Node& node) {
    bool must_go_on = model_.waits_for_time(node.state.data());
    const bool running = model_.classify(node.state.data()) == StateClass::kRunning;
    if (running) {
      model_.for_each_enabled(node.state.data(), [&](Transition t) {
        must_go_on = must_go_on || model_.fairness(node.state.data(), t) != Fairness::kEnvironment;
        fire(node, t);
      });
    }
    const bool all = std::all_of(orderings_.begin(), orderings_.end(),
                                 [&](const Ordering& ordering) { return has_made(node, ordering.later); });
    return all && (!running || !must_go_on);
  }

  void fire(const Node& node, Transition t) {
    Node next = node;
    const std::uint64_t step = step_name(model_.system(), node.state.data(), t);
    bool matters = false;
    std::uint32_t most = 0;
    for (const Ordering& ordering : orderings_) {
      for (const Event event : {ordering.earlier, ordering.later}) {
        if (event.step != step) continue;
        matters = true;
        most = std::max(most, event.occurrence);
      }
    }
    if (matters) next.made[step] = std::min(most, next.made[step] + 1);
    for (const Ordering& ordering : orderings_) {
      const bool makes_later = has_made(next, ordering.later) && !has_made(node, ordering.later);
      if (makes_later && !has_made(node, ordering.earlier)) return;
    }
    Effects effects;
    model_.fire(next.state.data(), t, effects);
    if (std::find(effects.findings.begin(), effects.findings.end(), finding_) != effects.findings.end())
      return;
    open_.push_back(std::move(next));
  }

  const SystemModel& model_;
  Finding finding_;
  std::vector<Ordering> orderings_;
  std::vector<Node> open_;
  std::set<Node> seen_;
};

struct Tally {
  int forced = 0;
  int needed = 0;     ///< orderings without which a run ends well
  int undecided = 0;  ///< or goes on for ever, which the plain search does not see
};

void compare(const sim::System& system, const FoundRun& run, Tally& tally) {
  if (system.properties[run.finding.property].what >= sim::PropertyKind::kEventually) return;
  if (run.schedule.cycle_start) return;
  const SystemModel model(system);
  const ReportExplanation why = explain_failure(system, run, {});
  if (why.forced_by < Orderings::kSmallest || why.orderings.size() > kOrderingsMax) return;
  const StepsOfRun steps = steps_of(model, run.schedule);
  std::vector<Ordering> orderings;
  for (const ReportOrdering& one : why.orderings)
    orderings.push_back({steps.steps[one.earlier - 1].event, steps.steps[one.later - 1].event});
  std::vector<std::vector<std::byte>> starts;
  model.for_each_initial(
      [&](const std::byte* state) { starts.emplace_back(state, state + model.state_bytes()); });
  if (why.same_start) starts = {starts[run.schedule.initial]};
  EXPECT_FALSE(PlainSearch(model, run.finding, orderings).finds_good_end(starts))
      << system.properties[run.finding.property].name;
  ++tally.forced;
  for (std::size_t left_out = 0; left_out < orderings.size(); ++left_out) {
    std::vector<Ordering> rest = orderings;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
    ++(PlainSearch(model, run.finding, rest).finds_good_end(starts) ? tally.needed : tally.undecided);
  }
}

TEST(Orderings, ForceWhatTheyAreSaidToForceInRandomScenarios) {
  Tally tally;
  for (std::uint32_t seed = 0; seed < 3 * sim::random_phrases(); ++seed) {
    const std::string text = sim::random_scenario(seed, 1 + static_cast<int>(seed % 3));
    SCOPED_TRACE(text);
    const sim::System system = sim::compile(sim::parse_document(text, "random.yaml"));
    ExploreOptions options;
    options.max_states = kStatesMax;
    const Outcome outcome = check(system, options);
    if (outcome.bound) continue;
    for (const PropertyOutcome& property : outcome.properties) {
      for (const FoundRun& run : property.runs) compare(system, run, tally);
    }
  }
  EXPECT_GT(tally.forced, 50);
  EXPECT_GT(tally.needed, 20);
  EXPECT_LT(tally.undecided, tally.needed);
}

}  // namespace
}  // namespace quiesce::checker::orderings_test
