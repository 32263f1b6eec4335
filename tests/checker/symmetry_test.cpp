// What is interchangeable, what is not and why, and what a search makes of it.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "checked.hpp"
#include "sim/canonical_states.hpp"

namespace quiesce::checker::symmetry_test {
namespace {

constexpr Reductions kSymmetry{false, true, false};

ExploreOptions with_symmetry() {
  ExploreOptions options;
  options.reductions = kSymmetry;
  return options;
}

/// A dead id names nobody: else it would be renamed with the others, and be another one than the dead id of
/// the same state as it is met again.
TEST(SymmetryAndDeadVariables, AgreeOnWhatADeadIdBecomes) {
  ExploreOptions options;
  options.reductions = {true, true, false};
  const Checked rules = check_text(
      "types: { pid: id 2, loc: 'enum(A, B)' }\n"
      "globals: { pc: { type: array pid of loc, init: A }, ref: { type: array pid of pid, init: unset }, g: "
      "int 0..3 }\n"
      "rules:\n"
      "  - { for: { p: pid }, when: 'pc[p] == A', do: ['ref[p] := unset', 'pc[p] := B'] }\n"
      "  - { for: { p: pid }, when: 'pc[p] == B', do: [{ if: 'ref[p] == unset', then: ['g := 1'] }, 'pc[p] "
      ":= A'] }\n"
      "properties: { n: { never: g == 1 } }\n",
      options);
  EXPECT_EQ(rules.status("n"), Status::kViolated);
  const Checked tasks = check_text(
      "machine: { cpus: 2 }\n"
      "types: { name: id 2 }\n"
      "globals: { last: { type: name, init: unset }, n: int 0..9, lock: mutex }\n"
      "routines:\n"
      "  note:\n"
      "    - choose: me in name\n"
      "    - load: seen = last\n"
      "    - set: last = me\n"
      "    - if: seen == me\n"
      "      then: [ set: n = 1 ]\n"
      "    - mutex_lock: lock\n"
      "    - set: n = 2\n"
      "    - mutex_unlock: lock\n"
      "tasks: { a: { cpu: 0, run: [ call: note, call: note ] }, b: { cpu: 1, run: [ call: note ] } }\n"
      "properties: { p: { at_end: n == 0 } }\n",
      options);
  EXPECT_EQ(tasks.status("p"), Status::kViolated);
}

Checked check_reduced(const std::string& text) { return check_text(text, with_symmetry()); }

bool says(const Checked& checked, const std::string& words) {
  for (const std::string& note : checked.outcome.reductions) {
    if (note.find(words) != std::string::npos) return true;
  }
  return false;
}

std::string notes(const Checked& checked) {
  std::string all;
  for (const std::string& note : checked.outcome.reductions) all += note + "\n";
  return all;
}

/// A shipped textbook model with some words replaced.
std::pair<std::uint64_t, std::uint64_t> counts(
    const std::string& name, const std::vector<std::pair<std::string, std::string>>& replacements) {
  std::ifstream in("scenarios/textbook/" + name + ".yaml");
  std::stringstream read;
  read << in.rdbuf();
  std::string text = read.str();
  text.resize(text.find("\nvariants:") + 1);
  for (const auto& [what, by] : replacements) text.replace(text.find(what), what.size(), by);
  const sim::System system = sim::compile(sim::parse_document(text, name));
  const Outcome outcome = check(system, with_symmetry());
  return {outcome.states, outcome.transitions};
}

using Counts = std::pair<std::uint64_t, std::uint64_t>;

// CMurphi ex/mux/n_peterson.m and mcslock1.m, mcslock2.m, with symmetry.
TEST(Symmetry, GivesThePublishedCountsOfPeterson) {
  EXPECT_EQ(counts("peterson", {}), (Counts{172, 516}));
  EXPECT_EQ(counts("peterson", {{"id 3", "id 4"}, {"int 0..3", "int 0..4"}, {"init: 3", "init: 4"}}),
            (Counts{1132, 4528}));
  EXPECT_EQ(counts("peterson", {{"id 3", "id 5"}, {"int 0..3", "int 0..5"}, {"init: 3", "init: 5"}}),
            (Counts{6770, 33850}));
}

TEST(Symmetry, GivesThePublishedCountsOfTheFirstMcsLock) {
  EXPECT_EQ(counts("mcslock1", {}), (Counts{81, 162}));
  EXPECT_EQ(counts("mcslock1", {{"id 2", "id 3"}}), (Counts{1285, 3855}));
  EXPECT_EQ(counts("mcslock1", {{"id 2", "id 4"}}), (Counts{23636, 94544}));
}

TEST(Symmetry, GivesThePublishedCountsOfTheSecondMcsLock) {
  EXPECT_EQ(counts("mcslock2", {}), (Counts{552, 1104}));
  EXPECT_EQ(counts("mcslock2", {{"id 2", "id 3"}}), (Counts{540219, 1620657}));
}

// stateright examples/2pc.rs: 8832 states of five resource managers, and 665 of them with symmetry. Those are
// not all least ones, so there are fewer here.
TEST(Symmetry, LeavesNoMoreOfTwoPhaseCommitThanPublished) {
  EXPECT_LE(counts("two-phase-commit", {{"id 3", "id 5"}}).first, 665U);
}

const std::string kTwoTasks = R"(
machine: { cpus: 1, preemption: none, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: int 0..9, y: int 0..9 }
)";

TEST(Symmetry, IsFoundInTasksThatRunTheSameCode) {
  const Checked checked =
      check_reduced(kTwoTasks + "tasks: { t: { run: [ set: x += 1 ] }, u: { run: [ set: x += 1 ] } }\n");
  EXPECT_TRUE(says(checked, "symmetry: 2 tasks t, u (2 permutations)")) << notes(checked);
}

TEST(Symmetry, ExchangesWhatTasksHaveOfTheirOwn) {
  const Checked checked = check_reduced(kTwoTasks +
                                        "locks: { m1: mutex, m2: mutex }\ntasks:\n"
                                        "  t: { run: [ mutex_lock: m1, set: x += 1, mutex_unlock: m1 ] }\n"
                                        "  u: { run: [ mutex_lock: m2, set: x += 1, mutex_unlock: m2 ] }\n");
  EXPECT_TRUE(says(checked, "symmetry: 2 tasks t, u")) << notes(checked);
}

TEST(Symmetry, IsNotSoughtInTasksThatDoDifferentThings) {
  const Checked checked =
      check_reduced(kTwoTasks + "tasks: { t: { run: [ set: x += 1 ] }, u: { run: [ cond_resched ] } }\n");
  EXPECT_TRUE(checked.outcome.reductions.empty()) << notes(checked);
}

TEST(Symmetry, IsRefusedWhereTasksUseDifferentNumbers) {
  const Checked checked =
      check_reduced(kTwoTasks + "tasks: { t: { run: [ set: x = 1 ] }, u: { run: [ set: x = 2 ] } }\n");
  EXPECT_TRUE(says(checked, "symmetry refused for t and u: step t+0 (set x = 1) and step u+0 (set x = 2)"))
      << notes(checked);
}

TEST(Symmetry, IsRefusedWithTheStepThatNamesOneOfTheTasksObjects) {
  const Checked checked = check_reduced(kTwoTasks + R"(
classes: { node: { fields: { mark: bool } } }
objects: { n1: { class: node }, n2: { class: node } }
tasks:
  t: { run: [ set: n1.mark = true ] }
  u: { run: [ set: n2.mark = true ] }
  w: { run: [ wait_until: n1.mark ] }
)");
  EXPECT_TRUE(says(checked, "symmetry refused for t and u: step w+0 (wait_until n1.mark) tells them apart"))
      << notes(checked);
}

TEST(Symmetry, IsRefusedWhereAPropertyNamesOneTask) {
  const Checked checked =
      check_reduced(kTwoTasks +
                    "tasks: { t: { run: [ set: x += 1 ] }, u: { run: [ set: x += 1 ] } }\n"
                    "properties: { p: { never: exited(t) and x == 1 } }\n");
  EXPECT_TRUE(says(checked, "property 'p' tells them apart")) << notes(checked);
  EXPECT_EQ(checked.status("p"), Status::kViolated);
}

TEST(Symmetry, IsRefusedWhereABoundIsOneTasks) {
  const Checked checked =
      check_reduced(kTwoTasks +
                    "tasks: { t: { run: [ set: x += 1 ] }, u: { run: [ set: x += 1 ] } }\n"
                    "goals: { p: { within: 1s, task: t } }\n");
  EXPECT_TRUE(says(checked, "property 'p' bounds one of them")) << notes(checked);
}

TEST(Symmetry, IsRefusedWhereObjectsBeginDifferently) {
  const Checked checked = check_reduced(kTwoTasks + R"(
classes: { node: { fields: { left: int 0..9 } } }
objects: { n1: { class: node, left: 3 }, n2: { class: node, left: 4 } }
tasks:
  t: { run: [ set: n1.left = 0 ] }
  u: { run: [ set: n2.left = 0 ] }
)");
  EXPECT_TRUE(says(checked, "'node.left' begins with different values")) << notes(checked);
}

TEST(Symmetry, IsRefusedForIdsThatBeginAsDifferentMembers) {
  const Checked checked = check_reduced(R"(
types: { pid: id 3 }
globals: { chosen: { type: pid, init: 1 }, seen: array pid of bool }
rules: [ { name: look, for: { i: pid }, when: 'chosen == i and not seen[i]', do: [ 'seen[i] := true' ] } ]
)");
  EXPECT_TRUE(says(checked, "symmetry refused for pid 0 and pid 1: 'chosen' begins with different values"))
      << notes(checked);
  EXPECT_TRUE(says(checked, "symmetry: 2 pids 0, 2")) << notes(checked);
}

std::string mistake_in_rule(const std::string& rule) {
  try {
    static_cast<void>(
        check_reduced("types: { pid: id 3 }\nglobals: { p: pid, q: pid, x: int 0..9 }\nrules: [ { name: r, " +
                      rule + " } ]\n"));
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

// The language itself keeps ids to comparisons for equality and to indices.
TEST(Symmetry, HasNoIdsThatAreOrderedOrAdded) {
  EXPECT_NE(mistake_in_rule("when: p < q, do: [ 'p := q' ]").find("only numbers can be ordered, not an id"),
            std::string::npos);
  EXPECT_NE(mistake_in_rule("do: [ 'x := p + 1' ]").find("expected a number"), std::string::npos);
}

const std::string kTwoReaders = R"(
machine: { cpus: 2, preemption: none, soft_lockup_watchdog: false, hung_task_timeout: 0 }
classes: { node: { fields: { mark: bool } } }
objects: { n: { class: node } }
globals: { head: 'node?' }
tasks:
  t: { run: [ load: p = head, set: p.mark = true ] }
  u: { run: [ load: p = head, set: p.mark = true ] }
)";

std::set<std::string> places(const Checked& checked, const std::string& property) {
  std::set<std::string> all;
  for (std::size_t i = 0; i < checked.system.properties.size(); ++i) {
    if (checked.system.properties[i].name != property) continue;
    for (const FoundRun& run : checked.outcome.properties[i].runs)
      all.insert(checked.system.causes[run.finding.cause].where);
  }
  return all;
}

TEST(Symmetry, ReportsAFindingUnderEachName) {
  const Checked reduced = check_reduced(kTwoReaders);
  EXPECT_EQ(places(reduced, "null_dereference"), (std::set<std::string>{"t+1", "u+1"}));
  EXPECT_EQ(places(check_text(kTwoReaders), "null_dereference"), places(reduced, "null_dereference"));
}

TEST(Symmetry, ShowsEachFindingByARunOfItsOwn) {
  const Checked checked = check_reduced(kTwoReaders);
  for (const PropertyOutcome& property : checked.outcome.properties) {
    for (const FoundRun& run : property.runs) {
      std::string error;
      EXPECT_TRUE(replays(checked.system, run.schedule, error)) << error;
      EXPECT_EQ(shown_by(checked.system, run.schedule), run.finding);
    }
  }
}

const std::string kFlippers = R"(
machine: { cpus: 2, preemption: none, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: int 0..2 }
tasks:
  t: { run: [ { while: x != 2, do: [ set: x = 1, set: x = 0 ] } ] }
  u: { run: [ { while: x != 2, do: [ set: x = 1, set: x = 0 ] } ] }
)";

TEST(Symmetry, IsGivenUpWhereFastStepsGoInCircles) {
  const Checked reduced = check_reduced(kFlippers);
  EXPECT_TRUE(says(reduced, "symmetry given up")) << notes(reduced);
  EXPECT_EQ(reduced.status("livelock"), check_text(kFlippers).status("livelock"));
  EXPECT_EQ(reduced.outcome.states, check_text(kFlippers).outcome.states);
}

TEST(Symmetry, IsKeptForGoalsOfRunsWithoutCircles) {
  const std::string text = kTwoTasks +
                           "tasks: { t: { run: [ set: x += 1 ] }, u: { run: [ set: x += 1 ] } }\n"
                           "goals: { both: { eventually: x == 2 }, three: { eventually: x == 3 } }\n";
  const Checked reduced = check_reduced(text);
  EXPECT_FALSE(says(reduced, "given up")) << notes(reduced);
  EXPECT_EQ(reduced.status("both"), Status::kHolds);
  EXPECT_EQ(reduced.status("three"), Status::kViolated);
  EXPECT_LT(reduced.outcome.states, check_text(text).outcome.states);
}

TEST(Symmetry, IsOffWhereCountsAreCompared) {
  const sim::Node plain = sim::parse_document("quiesce: 1\nname: a\n", "a.yaml");
  const sim::Node counted = sim::parse_document("quiesce: 1\nname: a\ncounts: { states: 3 }\n", "a.yaml");
  EXPECT_EQ(options_for(plain, with_symmetry()).reductions, kSymmetry);
  EXPECT_EQ(options_for(counted, with_symmetry()).reductions, Reductions{});
}

TEST(Symmetry, LeavesMembersOutWhenThereAreTooManyPermutations) {
  const Checked checked = check_reduced(R"(
types: { pid: id 9 }
globals: { seen: array pid of bool }
rules: [ { name: look, for: { i: pid }, when: 'not seen[i]', do: [ 'seen[i] := true' ] } ]
)");
  EXPECT_TRUE(says(checked, "7 of 9 interchangeable pids")) << notes(checked);
  EXPECT_EQ(checked.outcome.states, 8U * 2U * 2U);
}

TEST(Symmetry, IsRefusedWhereStoresAreBuffered) {
  const std::string tasks = "tasks: { a: { run: [ set: x += 1 ] }, b: { run: [ set: x += 1 ] } }\n";
  const std::string scenario = "globals: { x: int 0..2 }\n" + tasks;
  EXPECT_TRUE(says(check_text("machine: { cpus: 2 }\n" + scenario, with_symmetry()), "(2 permutations)"));
  const Checked buffered = check_text("machine: { cpus: 2, memory: buffered }\n" + scenario, with_symmetry());
  EXPECT_TRUE(says(buffered, "symmetry refused: stores wait in store buffers")) << notes(buffered);
}

}  // namespace
}  // namespace quiesce::checker::symmetry_test
