// Arrays with several indices: each has its own bounds.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::indices_test {
namespace {

const std::string kRows =
    "types: { row: int 0..1, col: int 0..2 }\n"
    "globals: { m: array row of array col of int 0..9, i: { type: int -3..9, init: 1 }, hit: bool }\n"
    "properties: { hit: { never: 'hit or m[0][2] == 7 or m[1][0] == 7' } }\n";

Checked rule(const std::string& steps) { return check_text(kRows + "rules: [ { do: [" + steps + "] } ]\n"); }
Checked task(const std::string& steps) {
  return check_text("machine: { cpus: 1 }\n" + kRows + "tasks: { t: { run: [" + steps + "] } }\n");
}

TEST(Indices, AnInnerOneBeyondItsRowIsARangeErrorInARule) {
  for (const std::string value : {"3", "5", "-1", "-3"}) {
    const Checked writes = rule("'i := " + value + "', 'm[0][i] := 7'");
    EXPECT_EQ(writes.status("range_error"), Status::kViolated) << value;
    EXPECT_EQ(writes.status("hit"), Status::kHolds) << value;
  }
  EXPECT_EQ(rule("'i := -1', 'm[1][i] := 7'").status("range_error"), Status::kViolated);
  EXPECT_EQ(rule("'i := 3', 'hit := m[0][i] == 0'").status("range_error"), Status::kViolated);
}

TEST(Indices, AnInnerOneBeyondItsRowIsARangeErrorInATask) {
  const Checked writes = task("set: i = -1, load: v = i, set: 'm[1][v] = 7'");
  EXPECT_EQ(writes.status("range_error"), Status::kViolated);
  EXPECT_EQ(writes.status("hit"), Status::kHolds);
  EXPECT_EQ(task("set: i = 3, load: v = i, set: 'hit = (m[0][v] == 0)'").status("range_error"),
            Status::kViolated);
}

TEST(Indices, OnesWithinTheirBoundsNameTheirElement) {
  const Checked writes = rule("'i := 2', 'm[0][i] := 7'");
  EXPECT_EQ(writes.status("range_error"), Status::kHolds);
  EXPECT_EQ(writes.status("hit"), Status::kViolated);
}

/// Of the second member alone: its row begins behind another one.
TEST(Indices, AnUnsetIdIsNoneInAnyPlace) {
  for (const std::string place : {"a[p][who]", "a[who][p]"}) {
    const Checked checked = check_text(
        "types: { pid: id 2 }\n"
        "globals:\n"
        "  a: array pid of array pid of int 0..3\n"
        "  is_second: { type: array pid of bool, init: [ false, true ] }\n"
        "  who: { type: pid, init: unset }\n"
        "rules:\n"
        "  - { for: { p: pid }, when: 'is_second[p]', do: ['" +
        place +
        " := 3'] }\n"
        "  - { do: ['who := unset'] }\n"
        "properties: { p: { never: 'exists(i, j) a[i][j] == 3' } }\n");
    EXPECT_EQ(checked.status("range_error"), Status::kViolated) << place;
    EXPECT_EQ(checked.status("p"), Status::kHolds) << place;
  }
}

TEST(Indices, DoNotKeepIdsFromBeingExchanged) {
  ExploreOptions options;
  options.reductions = {false, true, false};
  const Checked checked = check_text(
      "types: { pid: id 3 }\n"
      "globals: { likes: array pid of array pid of bool, pick: { type: array pid of pid, init: unset } }\n"
      "rules:\n"
      "  - { for: { p: pid, q: pid }, do: ['pick[p] := q'] }\n"
      "  - { for: { p: pid }, when: 'pick[p] != unset', do: ['likes[p][pick[p]] := true'] }\n"
      "properties: { p: { never: 'forall(p, q) likes[p][q]' } }\n",
      options);
  EXPECT_EQ(checked.status("p"), Status::kViolated);
  ASSERT_FALSE(checked.outcome.reductions.empty());
  EXPECT_EQ(checked.outcome.reductions.front(), "symmetry: 3 pids 0, 1, 2 (6 permutations)");
}

}  // namespace
}  // namespace quiesce::checker::indices_test
