// Which steps some run takes on its way to an end.
#include <gtest/gtest.h>

#include <set>

#include "checked.hpp"

namespace quiesce::checker::taken_steps_test {
namespace {

/// Lines of the text, from 1, whose steps are taken.
std::set<std::uint32_t> taken_lines(const std::string& text, unsigned threads = 1) {
  ExploreOptions options;
  options.taken = true;
  options.threads = threads;
  options.reductions.stubborn_sets = true;
  const Checked c = check_text(text, options);
  std::set<std::uint32_t> lines;
  for (std::size_t info = 0; info < c.outcome.taken.size(); ++info) {
    if (c.outcome.taken[info]) lines.insert(c.system.program.infos[info].at.line - 2);
  }
  return lines;
}

constexpr const char* kBranches = R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { ready: bool, x: int 0..9 }
routines:
  work:
    - set: x = 1
    - call: more()
    - { set: x = 2, when: ready }
  more:
    - set: x = 3
  empty:
    - cpu_relax
tasks:
  a: { run: [call: work()] }
)";

TEST(TakenSteps, AreThoseOfTheRunAndTheCallsTheyStandIn) {
  EXPECT_EQ(taken_lines(kBranches), (std::set<std::uint32_t>{5, 6, 9, 13}));
}

TEST(TakenSteps, DoNotDependOnThreads) { EXPECT_EQ(taken_lines(kBranches, 2), taken_lines(kBranches)); }

TEST(TakenSteps, LeaveOutWhatOnlyGoesRoundForEver) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { x: bool }
tasks:
  a:
    run:
      - choose: way in 0..1
      - if: way == 0
        then: [set: x = true]
        else:
          - while: true
            do: [cond_resched]
)"),
            (std::set<std::uint32_t>{6, 7, 8}));
}

TEST(TakenSteps, CountUpToTheWaitWhereARunEndsInADeadlock) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { never: bool, x: bool }
tasks:
  a:
    run:
      - set: x = true
      - wait_until: never
      - set: x = false
)"),
            (std::set<std::uint32_t>{6}));
}

TEST(TakenSteps, LeaveOutStepsWhoseConditionNeverHolds) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { n: int 0..9, l: list of pid }
types: { pid: id 2 }
routines:
  work:
    - { call: more(), when: n == 7 }
    - { invoke: syscore_ops.stop(), when: n == 7 }
    - repeat: 2
      do:
        - if: n == 7
          then:
            - set: n = 5
    - for_each: z in l
      do:
        - call: more()
    - { set: n = 5, when: n == 7 }
    - { exit: null, when: n == 7 }
    - call: ends()
  more:
    - set: n = 3
  ends:
    - { exit: null, when: n == 0 }
syscore_ops: { gic: { stop: more } }
tasks:
  a: { run: [call: work()] }
  b: { run: [set: n = 1, choose: p in pid, { list_add_tail: p to l, when: n == 7 }] }
)"),
            (std::set<std::uint32_t>{8, 10, 13, 18, 22, 25, 26}));
}

TEST(TakenSteps, TellATaskFromARoutineOfItsName) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { n: int 0..9, x: int 0..9 }
routines:
  same:
    - if: n == 7
      then:
        - call: inner()
  inner:
    - set: x = 1
tasks:
  same:
    run:
      - set: n = 2
      - call: inner()
      - call: inner()
  other:
    run:
      - call: same()
)"),
            (std::set<std::uint32_t>{5, 9, 13, 14, 15, 18}));
}

TEST(TakenSteps, ATaskMayCallTheRoutineOfItsName) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1 }
globals: { x: bool }
routines:
  same:
    - set: x = true
tasks:
  same: { run: [call: same()] }
)"),
            (std::set<std::uint32_t>{5, 7}));
}

}  // namespace
}  // namespace quiesce::checker::taken_steps_test
