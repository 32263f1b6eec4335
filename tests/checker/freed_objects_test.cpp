// Objects that are freed while somebody still uses them.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::freed_objects_test {
namespace {

constexpr const char* kGroups =
    "machine: { cpus: 2 }\n"
    "classes: { group: { freeable: true, fields: { domain: int 0..1, lock: mutex } } }\n"
    "objects: { g0: { class: group }, g1: { class: group } }\n"
    "globals: { current_group: { type: 'group?', init: g0 }, x: int 0..9 }\n";

Checked run(const std::string& tasks) { return check_text(kGroups + ("tasks: {" + tasks + "}\n")); }

Status found(const std::string& tasks) { return run(tasks).status("use_after_free"); }

TEST(FreedObjects, AReferenceLoadedBeforeTheFreeIsUsedAfterIt) {
  const std::string reader = "r: { run: [load: g = current_group, load: d = g.domain] }";
  EXPECT_EQ(found(reader + ", f: { run: [kfree: g0] }"), Status::kViolated);
  EXPECT_EQ(found(reader + ", f: { run: [kfree: g1] }"), Status::kHolds);
}

TEST(FreedObjects, AreFoundByWritesAndLocksToo) {
  EXPECT_EQ(found("a: { run: [kfree: g0, set: g0.domain = 1] }"), Status::kViolated);
  EXPECT_EQ(found("a: { run: [kfree: g0, mutex_lock: g0.lock, mutex_unlock: g0.lock] }"), Status::kViolated);
  EXPECT_EQ(found("a: { run: [set: g0.domain = 1, kfree: g0] }"), Status::kHolds);
}

TEST(FreedObjects, AreFreedOnce) {
  EXPECT_EQ(found("a: { run: [kfree: g0, kfree: g0] }"), Status::kViolated);
  EXPECT_EQ(found("a: { run: [kfree: g0, set: g0.freed = false, kfree: g0] }"), Status::kHolds);
}

TEST(FreedObjects, NothingIsFreedThroughNull) {
  const Checked c = run("a: { run: [set: current_group = NULL, load: g = current_group, kfree: g] }");
  EXPECT_EQ(c.status("use_after_free"), Status::kHolds);
  EXPECT_EQ(c.status("null_dereference"), Status::kHolds);
}

TEST(FreedObjects, TheFindingNamesTheFieldAndTheRunGoesOn) {
  const Checked c = run("a: { run: [kfree: g0, load: d = g0.domain, set: x = 1] }");
  const PropertyOutcome& found = c.outcome.properties[*find_property(c.system, "use_after_free")];
  ASSERT_EQ(found.runs.size(), 1U);
  EXPECT_EQ(c.system.causes[found.runs.front().finding.cause].detail, "group.domain");
  EXPECT_EQ(c.outcome.properties[*find_property(c.system, "panic")].status, Status::kHolds);
}

TEST(FreedObjects, WhetherOneIsFreedCanBeAsked) {
  EXPECT_EQ(found("a: { run: [kfree: g0, { if: not g0.freed, then: [set: g0.domain = 1] }] }"),
            Status::kHolds);
}

TEST(FreedObjects, ARoutineMayReturnAReference) {
  const std::string routine =
      "routines: { get: [ load: g = current_group, return: g ] }\ntasks: { a: { run: [ let: \"g: group? = "
      "NULL\", "
      "call: g = get(), ";
  const Checked used = check_text(kGroups + routine + "kfree: g, load: d = g0.domain] } }\n");
  EXPECT_EQ(used.status("use_after_free"), Status::kViolated);
  const Checked other = check_text(kGroups + routine + "kfree: g1, load: d = g.domain] } }\n");
  EXPECT_EQ(other.status("use_after_free"), Status::kHolds);
}

TEST(FreedObjects, AreNotLookedForWhereNoClassIsFreeable) {
  EXPECT_FALSE(find_property(check_text("machine: { cpus: 1 }\ntasks: { a: { run: [cpu_relax] } }\n").system,
                             "use_after_free"));
}

TEST(FreedObjects, AreFoundWhereOneBeginsFreedAndStaysSo) {
  const Checked c = check_text(
      "machine: { cpus: 1 }\n"
      "classes: { group: { freeable: true, fields: { domain: int 0..1 } } }\n"
      "objects: { g0: { class: group, freed: true }, g1: { class: group } }\n"
      "tasks: { a: { run: [set: g0.domain = 1] } }\n");
  EXPECT_EQ(c.status("use_after_free"), Status::kViolated);
}

TEST(FreedObjects, AreFoundInMessages) {
  EXPECT_EQ(found("a: { run: [kfree: g0, log: 'domain {g0.domain}'] }"), Status::kViolated);
  EXPECT_EQ(found("a: { run: [kfree: g0, log: 'domain {g1.domain}'] }"), Status::kHolds);
  EXPECT_EQ(found("a: { run: [kfree: g0, panic: 'domain {g0.domain}'] }"), Status::kViolated);
  EXPECT_EQ(found("a: { run: [log: 'domain {g0.domain}', kfree: g0] }"), Status::kHolds);
}

TEST(FreedObjects, ANullThatIsPrintedIsAnOops) {
  const Checked c =
      run("a: { run: [set: current_group = NULL, load: g = current_group, log: '{g.domain}', set: x = 1] }, "
          "b: { run: [wait_until: x == 1] }");
  EXPECT_EQ(c.status("null_dereference"), Status::kViolated);
  EXPECT_EQ(c.status("deadlock"), Status::kViolated);
}

TEST(FreedObjects, NoneWhoseLockIsHeldOrWaitedForIsFreed) {
  const auto misuse = [](const std::string& tasks) { return run(tasks).status("lock_misuse"); };
  EXPECT_EQ(misuse("a: { run: [mutex_lock: g0.lock, kfree: g0, mutex_unlock: g0.lock] }"), Status::kViolated);
  EXPECT_EQ(misuse("a: { run: [mutex_lock: g0.lock, mutex_unlock: g0.lock, kfree: g0] }"), Status::kHolds);
  EXPECT_EQ(misuse("a: { run: [mutex_lock: g0.lock, kfree: g1, mutex_unlock: g0.lock] }"), Status::kHolds);
  EXPECT_EQ(misuse("a: { run: [mutex_lock: g0.lock, mutex_unlock: g0.lock] }, b: { run: [kfree: g0] }"),
            Status::kViolated);
}

// Linux v6.18 include/linux/wait.h ___wait_event(); before v6.15 a woken task went to the queue first.
TEST(FreedObjects, AWaitQueueIsLookedAtByWhoeverSleepsAndWakes) {
  const auto waits = [](const std::string& kernel, const std::string& tasks) {
    return check_text("machine: { cpus: 2, kernel: " + kernel +
                      " }\n"
                      "classes: { dev: { freeable: true, fields: { wq: wait_queue } } }\n"
                      "objects: { p: { class: dev } }\n"
                      "globals: { done: bool, freed_it: bool, x: bool }\n"
                      "tasks: {" +
                      tasks + "}\n")
        .status("use_after_free");
  };
  const std::string waiter = "w: { run: [{ wait_event: done, with: p.wq }] }";
  EXPECT_EQ(waits("v6.18",
                  "w: { run: [{ wait_event: done, with: p.wq }, kfree: p] }, "
                  "i: { run: [set: done = true, wake_up: p.wq] }"),
            Status::kViolated);
  // Between its look at the condition and the queue somebody may free the latter.
  EXPECT_EQ(waits("v6.18", waiter + ", i: { run: [set: done = true, wake_up: p.wq, kfree: p] }"),
            Status::kViolated);
  const std::string on_one_cpu =
      "w: { cpu: 0, run: [{ wait_event: done, with: p.wq }] }, "
      "i: { cpu: 0, run: [set: done = true, wake_up: p.wq, kfree: p] }";
  EXPECT_EQ(waits("v6.18", on_one_cpu), Status::kHolds);
  EXPECT_EQ(waits("v6.1", on_one_cpu), Status::kViolated);
  EXPECT_EQ(waits("v6.18", waiter + ", i: { run: [wake_up: p.wq, kfree: p, set: done = true] }"),
            Status::kViolated);
}

TEST(FreedObjects, AStoreThatBecomesVisibleAfterTheFreeIsNamedByItsStep) {
  const std::string buffered =
      "machine: { cpus: 2, memory: buffered }\n"
      "classes: { group: { freeable: true, fields: { d: int 0..3 } } }\n"
      "objects: { g0: { class: group } }\n"
      "globals: { go: bool, x: int 0..3 }\n";
  const Checked late = check_text(buffered +
                                  "tasks:\n"
                                  "  a: { run: [set: g0.d = 1, set: go = true] }\n"
                                  "  r: { run: [wait_until: go, kfree: g0] }\n");
  ASSERT_EQ(late.status("use_after_free"), Status::kViolated);
  const PropertyOutcome& found = late.outcome.properties[*find_property(late.system, "use_after_free")];
  ASSERT_EQ(found.runs.size(), 1U);
  EXPECT_EQ(late.system.causes[found.runs.front().finding.cause].where, "a+0");
  const Checked ordered = check_text(buffered +
                                     "tasks:\n"
                                     "  a: { run: [set: g0.d = 1, { set: go = true, order: release }] }\n"
                                     "  r: { run: [wait_until: go, kfree: g0] }\n");
  EXPECT_EQ(ordered.status("use_after_free"), Status::kHolds);
}

TEST(FreedObjects, WhatACpuStoredItselfIsVisibleBeforeItFreesAndAfterItAllocates) {
  const Checked c = check_text(
      "machine: { cpus: 1, memory: buffered }\n"
      "classes: { group: { freeable: true, fields: { d: int 0..3 } } }\n"
      "objects: { g0: { class: group } }\n"
      "tasks: { a: { run: [set: g0.d = 1, kfree: g0, set: g0.freed = false, set: g0.d = 2] } }\n");
  EXPECT_EQ(c.status("use_after_free"), Status::kHolds);
}

TEST(FreedObjects, AreFoundInRules) {
  const auto in_rules = [](const std::string& rules) {
    return check_text(
               "classes: { group: { freeable: true, fields: { d: int 0..3 } } }\n"
               "objects: { g0: { class: group } }\n"
               "globals: { x: int 0..3 }\n"
               "rules:\n"
               "  - { name: free, when: not g0.freed, do: ['g0.freed := true'] }\n" +
               rules)
        .status("use_after_free");
  };
  EXPECT_EQ(in_rules("  - { name: write, do: ['g0.d := 1'] }\n"), Status::kViolated);
  EXPECT_EQ(in_rules("  - { name: read, do: ['x := g0.d'] }\n"), Status::kViolated);
  EXPECT_EQ(in_rules("  - { name: guard, when: g0.d == 0, do: ['x := 1'] }\n"), Status::kViolated);
  EXPECT_EQ(in_rules("  - { name: asks, when: not g0.freed and g0.d == 0, do: ['x := 1'] }\n"),
            Status::kHolds);
  EXPECT_EQ(in_rules("  - { name: other, do: ['x := 1'] }\n"), Status::kHolds);
}

TEST(FreedObjects, ADriverIsLookedUpInADeviceThatIsThere) {
  const auto invoked = [](const std::string& steps) {
    return check_text(
        "machine: { cpus: 1, devices: { nic: { driver: d }, disk: {} } }\n"
        "classes: { device: { freeable: true } }\n"
        "globals: { dev: 'device?', x: int 0..3 }\n"
        "drivers: { d: { shutdown: stop } }\n"
        "routines: { stop: { params: { dev: device }, steps: [set: x = 1] } }\n"
        "tasks: { a: { run: [" +
        steps + "] } }\n");
  };
  const std::string freed = "set: dev = nic, kfree: nic, load: d = dev, invoke: driver.shutdown(d)";
  EXPECT_EQ(invoked(freed).status("use_after_free"), Status::kViolated);
  EXPECT_EQ(invoked("kfree: nic, invoke: driver.shutdown(nic)").status("use_after_free"), Status::kViolated);
  const Checked live = invoked("set: dev = nic, load: d = dev, invoke: driver.shutdown(d), kfree: nic");
  EXPECT_EQ(live.status("use_after_free"), Status::kHolds);
  EXPECT_EQ(live.status("null_dereference"), Status::kHolds);
  const Checked null = invoked("set: dev = NULL, load: d = dev, invoke: driver.shutdown(d), set: x = 1");
  EXPECT_EQ(null.status("null_dereference"), Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::freed_objects_test
