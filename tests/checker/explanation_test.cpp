// Why small systems fail, where the answer is known by hand.
#include "checker/explanation.hpp"

#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::explanation_test {
namespace {

using Lost = ReportExplanation::Lost;
using Orderings = ReportExplanation::Orderings;

/// The first finding of a property, explained.
struct Explained {
  ReportFinding finding;
  ReportExplanation why;

  /// "a: first+0", or the text of a step in a task itself.
  [[nodiscard]] std::string step(std::size_t number) const {
    const ReportStep& s = finding.steps.at(number - 1);
    return s.actor + ": " + s.text;
  }
  [[nodiscard]] std::vector<std::string> orderings() const {
    std::vector<std::string> all;
    for (const ReportOrdering& one : why.orderings)
      all.push_back(step(one.earlier) + " < " + step(one.later));
    std::sort(all.begin(), all.end());
    return all;
  }
};

Explained explained(const std::string& text, const std::string& property,
                    const ExplainOptions& options = {}) {
  const Checked c = check_text(text);
  const auto index = find_property(c.system, property);
  if (!index || c.outcome.properties[*index].runs.empty()) {
    ADD_FAILURE() << property << " is not violated";
    return {};
  }
  const FoundRun& run = c.outcome.properties[*index].runs.front();
  return {explain(c.system, run), explain_failure(c.system, run, options)};
}

constexpr const char* kTwoLocks = R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 0 }
locks: { m1: mutex, m2: mutex }
properties: { done: { eventually: all_exited() } }
tasks:
  a: { cpu: 0, run: [mutex_lock: m1, mutex_lock: m2, mutex_unlock: m2, mutex_unlock: m1] }
  b: { cpu: 1, run: [mutex_lock: m2, mutex_lock: m1, mutex_unlock: m1, mutex_unlock: m2] }
)";

TEST(Explanation, OfADeadlockIsThatEachTaskHasItsFirstLock) {
  for (const char* property : {"deadlock", "done"}) {
    const Explained e = explained(kTwoLocks, property);
    EXPECT_EQ(e.why.lost, Lost::kAtStep);
    const std::string lost = e.step(e.why.lost_at);
    EXPECT_TRUE(lost == "b: mutex_lock m2" || lost == "a: mutex_lock m1") << lost;
    EXPECT_EQ(e.why.lost_at, 4U) << "two picks, the first lock, the second";
    EXPECT_EQ(e.why.forced_by, Orderings::kSmallest);
    EXPECT_EQ(e.orderings(), (std::vector<std::string>{"a: mutex_lock m1 < b: mutex_lock m1",
                                                       "b: mutex_lock m2 < a: mutex_lock m2"}));
  }
}

constexpr const char* kUse = R"(
classes: { group: { fields: { domain: int 0..3 } } }
objects: { g: { class: group } }
globals: { current_group: { type: 'group?', init: g } }
tasks:
  user: { cpu: 0, run: [load: x = current_group, set: x.domain = 1] }
)";

TEST(Explanation, OfAUseAfterFreeIsOneOrdering) {
  const Explained e = explained(
      "machine: { cpus: 2 }" + std::string(kUse) + "  freer: { cpu: 1, run: [set: current_group = NULL] }\n",
      "null_dereference");
  EXPECT_EQ(e.step(e.why.lost_at), "freer: set current_group = NULL");
  EXPECT_EQ(e.why.forced_by, Orderings::kSmallest);
  EXPECT_EQ(e.orderings(),
            (std::vector<std::string>{"freer: set current_group = NULL < user: load x = current_group"}));
}

TEST(Explanation, LeavesOutRunsThatDoNotMakeTheSteps) {
  const Explained e = explained(R"(
machine: { cpus: 2 }
classes: { group: { fields: { domain: int 0..3 } } }
objects: { g: { class: group } }
globals: { head: { type: 'group?', init: g } }
tasks:
  user: { cpu: 0, run: [choose: c in 0..1, { if: c == 1, then: [load: x = head, set: x.domain = 1] }] }
  freer: { cpu: 1, run: [set: head = NULL] }
)",
                                "null_dereference");
  EXPECT_EQ(e.why.forced_by, Orderings::kSmallest);
  EXPECT_EQ(e.orderings(), (std::vector<std::string>{"freer: set head = NULL < user: load x = head"}))
      << "a run in which the user does not look is no run with this ordering";
}

TEST(Explanation, IsThatItFailsAlwaysWhereNothingElseCanHappen) {
  const Explained e = explained(
      "machine: { cpus: 1 }\nglobals: { a: bool }\nproperties: { bad: { never: a } }\n"
      "tasks: { t: { run: [set: a = true] } }\n",
      "bad");
  EXPECT_EQ(e.why.lost, Lost::kFromStart);
  EXPECT_EQ(e.why.forced_by, Orderings::kSmallest);
  EXPECT_TRUE(e.why.orderings.empty());
}

TEST(Explanation, NamesTheChoiceThatLostIt) {
  const Explained e = explained(R"(
machine: { cpus: 1 }
globals: { a: int 0..2, b: int 0..2 }
properties: { bad: { never: b == 2 } }
tasks: { t: { run: [set: a = 1, choose: c in 0..2, set: b = c] } }
)",
                                "bad");
  EXPECT_EQ(e.why.lost, Lost::kAtStep);
  EXPECT_EQ(e.step(e.why.lost_at).substr(0, 9), "t: choose");
  EXPECT_EQ(e.why.forced_by, Orderings::kNone) << "there is nobody else to come first";
}

TEST(Explanation, OfAGoalThatStaysPossibleHasNoPointOfNoReturn) {
  const Explained e = explained(R"(
globals: { a: int 0..1 }
properties: { up: { eventually: a == 1 } }
rules: [{ name: rest, when: a == 0, do: ['a := 0'] }, { name: up, when: a == 0, do: ['a := 1'] }]
)",
                                "up");
  EXPECT_EQ(e.why.lost, Lost::kNever) << "the rule that brings it about stays enabled for ever";
}

TEST(Explanation, OfATrapNamesTheStepInto) {
  const Explained e = explained(R"(
machine: { cpus: 1 }
globals: { a: int 0..2 }
properties: { can: { always_possible: a == 2 } }
tasks: { t: { run: [choose: c in 0..1, set: a = c, set: a = 2, set: a = 0] } }
)",
                                "can");
  EXPECT_EQ(e.why.lost, Lost::kAtStep);
  EXPECT_EQ(e.step(e.why.lost_at), "t: set a = 0") << "until then it could be reached";
}

/// An alarm need never come, as the verdicts have it; but who is stuck for good cannot avoid it.
TEST(Explanation, OfAnAlarmIsWhatItIsAbout) {
  const Explained e = explained(R"(
machine: { cpus: 2, soft_lockup_watchdog: false, hung_task_timeout: 120 }
locks: { m: mutex }
globals: { stop: bool }
tasks:
  holder: { cpu: 0, run: [mutex_lock: m, wait_until: stop] }
  waiter: { cpu: 1, run: [mutex_lock: m, mutex_unlock: m] }
)",
                                "hung_task");
  EXPECT_EQ(e.step(e.why.lost_at).substr(0, 8), "holder: ");
}

TEST(Explanation, IsUnknownWithinASmallBudget) {
  ExplainOptions options;
  options.max_states = 16;
  const Explained e = explained(kTwoLocks, "deadlock", options);
  EXPECT_EQ(e.why.lost, Lost::kUnknown);
  EXPECT_EQ(e.why.forced_by, Orderings::kUnknown);
}

TEST(Explanation, LeavesOrderingsOutWhenItIsToBeBrief) {
  ExplainOptions options;
  options.detail = ExplanationDetail::kBrief;
  const Explained e = explained(kTwoLocks, "deadlock", options);
  EXPECT_EQ(e.why.lost, Lost::kAtStep);
  EXPECT_EQ(e.why.forced_by, Orderings::kNotSought);
}

/// With fewer and fewer states to search, the set is first smallest, then not minimal or unknown; what is
/// said to be smallest is always the same.
TEST(Explanation, NeverCallsALargerSetSmallest) {
  bool was_less = false;
  for (std::uint64_t states = 4000; states > 20; states = states * 4 / 5) {
    ExplainOptions options;
    options.max_states = states;
    const Explained e = explained(kTwoLocks, "deadlock", options);
    if (e.why.forced_by == Orderings::kSmallest) {
      EXPECT_EQ(e.why.orderings.size(), 2U) << states;
    } else {
      was_less = true;
      EXPECT_NE(e.why.forced_by, Orderings::kNone) << states;
      if (e.why.forced_by >= Orderings::kMinimal) {
        EXPECT_GE(e.why.orderings.size(), 2U) << states;
      }
    }
  }
  EXPECT_TRUE(was_less);
}

/// Where tasks begin on different CPUs, an order may decide only for some of these beginnings.
TEST(Explanation, SaysThatARunHasToBeginAsItDid) {
  const Explained e = explained(R"(
machine: { cpus: 2, preemption: none }
globals: { a: int 0..2, home: { type: cpu, init: cpu1 } }
properties: { bad: { never: a == 2 } }
tasks:
  one: { cpu: any, run: [set: a = 1, load: h = home, { if: this_cpu == h, then: [set: a = 2] }] }
)",
                                "bad");
  EXPECT_EQ(e.why.forced_by, Orderings::kSmallest);
  EXPECT_TRUE(e.why.same_start);
  EXPECT_TRUE(e.why.orderings.empty());
}

}  // namespace
}  // namespace quiesce::checker::explanation_test
