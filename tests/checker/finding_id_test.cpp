// What findings are called: each cause once, and by a name that does not depend on what tasks are called.
#include <gtest/gtest.h>

#include <set>

#include "checked.hpp"

namespace quiesce::checker::finding_id_test {
namespace {

std::multiset<std::string> ids_of(const std::string& text) {
  const Checked c = check_text(text);
  std::multiset<std::string> ids;
  for (const PropertyOutcome& property : c.outcome.properties) {
    for (const FoundRun& run : property.runs) ids.insert(explain(c.system, run).id);
  }
  return ids;
}

std::string renamed(std::string text, const std::vector<std::pair<std::string, std::string>>& names) {
  for (const auto& [from, to] : names) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

constexpr const char* kManyCauses = R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
locks: { m1: mutex, m2: mutex, l: spinlock }
classes: { group: { fields: { domain: int 0..3 } } }
objects: { g: { class: group } }
globals: { head: 'group?', other: 'group?' }
routines:
  both: [mutex_lock: m2, mutex_lock: m1, mutex_unlock: m1, mutex_unlock: m2]
  use: [load: x = head, set: x.domain = 1]
properties: { soon: { within: 1s, task: TASK_ONE } }
tasks:
  TASK_ONE: { run: [mutex_lock: m1, mutex_lock: m2, mutex_unlock: m2, mutex_unlock: m1, call: use()] }
  TASK_TWO: { run: [call: both(), load: y = other, set: y.domain = 2] }
  TASK_THREE: { run: [wait_until: exited(TASK_ONE), spin_unlock: l, mutex_unlock: m1] }
)";

TEST(FindingId, StaysWhenTasksAreRenamed) {
  const std::string text = kManyCauses;
  const auto ids = ids_of(text);
  EXPECT_GT(ids.size(), 5U) << "deadlock, hung tasks, two fields, two locks";
  EXPECT_EQ(ids,
            ids_of(renamed(text, {{"TASK_ONE", "zebra"}, {"TASK_TWO", "middle"}, {"TASK_THREE", "ant"}})));
}

TEST(FindingId, BelongsToOneFinding) {
  const auto ids = ids_of(kManyCauses);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  const auto twins = ids_of(R"(
machine: { cpus: 1 }
locks: { m: mutex }
tasks: { a: { run: [mutex_unlock: m] }, b: { run: [mutex_unlock: m] } }
)");
  EXPECT_EQ(std::set<std::string>(twins.begin(), twins.end()).size(), 2U)
      << "equal steps of two tasks are two findings";
}

TEST(FindingId, IsOneForAStepOfARoutineInWhicheverTask) {
  EXPECT_EQ(ids_of(R"(
machine: { cpus: 1 }
locks: { m: mutex }
routines: { wrong: [mutex_unlock: m] }
tasks: { a: { run: [call: wrong()] }, b: { run: [call: wrong()] } }
)")
                .size(),
            1U);
}

std::multiset<std::string> ids_of_routine(const std::string& steps, const std::string& uses) {
  return ids_of(
      "machine: { cpus: 1 }\nlocks: { m: mutex, n: mutex }\n"
      "classes: { group: { fields: { lock: mutex } } }\nobjects: { g: { class: group }, h: { class: group } "
      "}\n"
      "globals: { x: int 0..1, y: int 0..1 }\nroutines: { r: { params: { it: group }, steps: [" +
      steps + "] } }\ntasks: { a: { run: [" + uses + "] } }\n");
}

TEST(FindingId, StaysWhenOtherStepsAreAddedBeforeItsOwn) {
  const std::string use = "call: r(g)";
  const auto ids = ids_of_routine("mutex_unlock: m", use);
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_EQ(ids, ids_of_routine("set: x = 1, mutex_lock: n, mutex_unlock: m, mutex_unlock: n", use));
  EXPECT_EQ(ids_of_routine("mutex_unlock: m, mutex_unlock: m", use).size(), 2U)
      << "of steps that say the same, each is a finding";
}

TEST(FindingId, StaysForALabelledStepWhateverIsWrittenThere) {
  const std::string use = "call: r(g)";
  const auto ids = ids_of_routine("{ set: x = 2, label: wrong }", use);
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_EQ(ids, ids_of_routine("set: y = 1, { set: \"x = 1 + 1\", label: wrong }", use));
}

TEST(FindingId, IsOneForAStepWhateverItsParametersStandFor) {
  const auto both = ids_of_routine("mutex_unlock: it.lock", "call: r(g), call: r(h)");
  EXPECT_EQ(both.size(), 1U);
  EXPECT_EQ(both, ids_of_routine("mutex_unlock: it.lock", "call: r(h)"));
}

TEST(FindingId, DependsOnWhichVariableAValueDoesNotFit) {
  EXPECT_NE(ids_of_routine("{ set: x = 2, label: wrong }", "call: r(g)"),
            ids_of_routine("{ set: y = 2, label: wrong }", "call: r(g)"));
}

TEST(FindingId, DependsOnTheCause) {
  const auto of_lock = [](const std::string& lock) {
    return ids_of("machine: { cpus: 1 }\nlocks: { m: mutex, n: mutex }\ntasks: { a: { run: [mutex_unlock: " +
                  lock + "] } }\n");
  };
  EXPECT_NE(of_lock("m"), of_lock("n"));
}

}  // namespace
}  // namespace quiesce::checker::finding_id_test
