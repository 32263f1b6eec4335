// Who waits for whom at the end of a run: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::waits_test {
namespace {

using Lines = std::vector<std::string>;

/// The lines of the first finding of this property.
Lines waits(const std::string& property, const std::string& scenario) {
  const Checked c = check_text(scenario);
  for (std::size_t i = 0; i < c.system.properties.size(); ++i) {
    if (c.system.properties[i].name == property && !c.outcome.properties[i].runs.empty())
      return explain(c.system, c.outcome.properties[i].runs.front()).waits;
  }
  ADD_FAILURE() << "no " << property;
  return {};
}

TEST(Waits, FollowWhoHoldsALockUntilTheCircleCloses) {
  const Lines lines = waits("deadlock", R"(
machine: { cpus: 2, preemption: full }
locks: { l: mutex, m: mutex }
routines:
  first: [mutex_lock: l, mutex_lock: m, mutex_unlock: m, mutex_unlock: l]
  second: [mutex_lock: m, mutex_lock: l, mutex_unlock: l, mutex_unlock: m]
tasks:
  a: { cpu: 0, run: [call: first()] }
  b: { cpu: 1, run: [call: second()] }
)");
  EXPECT_EQ(lines,
            (Lines{"a waits for m in first+1; m is held by b, which waits for l in second+1; l is held by "
                   "a: a circle",
                   "b waits for l in second+1; l is held by a, which waits for m in first+1; m is held by "
                   "b: a circle"}));
}

TEST(Waits, SayWhatRunsOnTheCpuThatATaskWaitsFor) {
  const Lines lines = waits("soft_lockup", R"(
machine: { cpus: 1, preemption: voluntary }
globals: { n: int 0..1 }
routines: { outer: [set: n = 1, call: inner()], inner: [delay: 30s, set: n = 0] }
tasks:
  busy: { cpu: 0, run: [call: outer()] }
  reboot: { cpu: 0, run: [set: n = 1] }
)");
  EXPECT_EQ(lines, (Lines{"busy runs inner+0 (delay 30s) on cpu0, called from outer",
                          "reboot waits for cpu0, where busy runs inner+0 (delay 30s), called from outer"}));
}

TEST(Waits, NameTheLocksThatATaskTookWithIt) {
  EXPECT_EQ(waits("deadlock", R"(
machine: { cpus: 2 }
locks: { l: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: l] }
  b: { cpu: 1, run: [cond_resched, mutex_lock: l, mutex_unlock: l] }
)"),
            (Lines{"b waits for l in b+1; l is held by a, which has exited and still holds l"}));
}

TEST(Waits, NameTheLocksThatADeadTaskKeeps) {
  const Lines lines = waits("deadlock", R"(
machine: { cpus: 1 }
classes: { group: { fields: { domain: int 0..1 } } }
objects: { group0: { class: group } }
globals: { group: 'group?', seen: int 0..1 }
locks: { l: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: l, set: group = NULL, load: g = group, set: seen = g.domain] }
  b: { cpu: 0, run: [mutex_lock: l, mutex_unlock: l] }
)");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "a was killed by an oops and still holds l");
  EXPECT_TRUE(lines[1].ends_with("l is held by a, which was killed by an oops and still holds l"))
      << lines[1];
}

}  // namespace
}  // namespace quiesce::checker::waits_test
