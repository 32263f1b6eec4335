// Objects that are freed while somebody still uses them.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker {
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

}  // namespace
}  // namespace quiesce::checker
