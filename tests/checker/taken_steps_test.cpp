// Which steps some run takes on its way to an end.
#include <gtest/gtest.h>

#include <set>

#include "checked.hpp"

namespace quiesce::checker {
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

TEST(TakenSteps, CountWhereARunEndsInADeadlock) {
  EXPECT_EQ(taken_lines(R"(machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { never: bool, x: bool }
tasks:
  a:
    run:
      - set: x = true
      - wait_until: never
      - set: x = false
)"),
            (std::set<std::uint32_t>{6, 7}));
}

}  // namespace
}  // namespace quiesce::checker
