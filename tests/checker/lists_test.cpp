// Lists link objects: what is put on them, taken off and looked at must be there.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::lists_test {
namespace {

Checked run(const std::string& steps) {
  return check_text(
      "machine: { cpus: 1 }\n"
      "types: { pid: id 3 }\n"
      "classes: { node: { freeable: true, fields: { x: int 0..3 } } }\n"
      "objects: { m: { class: node }, n: { class: node }, o: { class: node } }\n"
      "globals:\n"
      "  all: { type: list of node, init: [m, n] }\n"
      "  ids: list of pid\n"
      "  some: { type: 'node?', init: m }\n"
      "tasks: { t: { run: [set: some = NULL, " +
      steps + "] } }\n");
}

Status found(const std::string& kind, const std::string& steps) { return run(steps).status(kind); }

TEST(Lists, HoldNoFreedObjects) {
  EXPECT_EQ(found("use_after_free", "kfree: m, list_del: m from all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "kfree: o, list_add_tail: o to all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "kfree: m, take_first: e from all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "kfree: n, take_last: e from all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "list_del: m from all, kfree: m, take_first: e from all"),
            Status::kHolds);
}

/// Their links are written too.
TEST(Lists, TouchTheNeighboursOfWhatComesAndGoes) {
  EXPECT_EQ(found("use_after_free", "kfree: m, list_del: n from all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "kfree: n, list_add_tail: o to all"), Status::kViolated);
  EXPECT_EQ(found("use_after_free", "kfree: m, list_add_tail: o to all"), Status::kHolds);
}

TEST(Lists, HoldNoNull) {
  EXPECT_EQ(found("null_dereference", "load: e = some, list_add_tail: e to all"), Status::kViolated);
  EXPECT_EQ(found("null_dereference", "load: e = some, list_del: e from all"), Status::kViolated);
}

TEST(Lists, AreCorruptedByWhatIsNotOnThemAndByWhatIsAlready) {
  EXPECT_EQ(found("range_error", "list_del: o from all"), Status::kViolated);
  EXPECT_EQ(found("range_error", "list_del: m from all, list_del: m from all"), Status::kViolated);
  EXPECT_EQ(found("range_error", "list_add_tail: m to all"), Status::kViolated);
  EXPECT_EQ(found("range_error", "list_del: m from all, list_add_tail: m to all"), Status::kHolds);
}

TEST(Lists, MayBeAskedToRemoveWhatIsOnThem) {
  EXPECT_EQ(found("range_error", "{ list_del: o from all, if_listed: true }, list_add_tail: o to all"),
            Status::kHolds);
  EXPECT_EQ(found("range_error", "{ list_del: m from all, if_listed: true }, list_add_tail: m to all"),
            Status::kHolds);
}

/// Ids have no links: they may wait in a list twice.
TEST(Lists, OfIdsMayHoldOneTwice) {
  EXPECT_EQ(found("range_error", "choose: p in pid, list_add_tail: p to ids, list_add_tail: p to ids"),
            Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::lists_test
