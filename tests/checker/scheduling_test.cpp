// Who gets a CPU when, and what an interrupt's end brings: one claim each.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::scheduling_test {
namespace {

constexpr const char* kWakeUp = R"(
locks: { c: completion }
globals: { asleep: bool, ran: bool, late: bool }
properties: { at_once: { never: late } }
tasks:
  sleeper: { cpu: 0, run: [set: asleep = true, wait_for_completion: c, set: ran = true] }
  waker:
    cpu: 0
    run:
      - { if: not asleep, then: [exit] }
      - complete: c
      - cond_resched
      - { if: not ran, then: [set: late = true] }
)";

// Linux v6.18 kernel/sched/fair.c check_preempt_wakeup_fair() may find that the waker goes on.
TEST(WakeUp, MayLeaveTheCpuToTheWaker) {
  for (const char* preemption : {"none", "voluntary", "full", "lazy"}) {
    const std::string machine = std::string("machine: { cpus: 1, preemption: ") + preemption + " }\n";
    EXPECT_EQ(check_text(machine + kWakeUp).status("at_once"), Status::kViolated) << preemption;
  }
}

// Linux v6.18 kernel/softirq.c __irq_exit_rcu() runs what is pending at the end of every interrupt.
TEST(Tick, RunsPendingSoftirqsAtItsEnd) {
  const Checked c = check_text(R"(
machine: { cpus: 1, preemption: none, soft_lockup_watchdog: false }
softirqs: { NET_RX: { handler: poll() } }
globals: { x: bool, met: bool }
routines: { poll: [{ if: x, then: [set: met = true] }] }
properties: { apart: { never: met } }
tasks: { a: { cpu: 0, run: [raise_softirq: NET_RX, set: x = true, delay: 1s, set: x = false] } }
)");
  EXPECT_EQ(c.status("apart"), Status::kViolated);
}

// The busy CPU's tick calls for help, and there is none while its interrupts are off.
TEST(IdleCpu, DoesNotSeeATaskBehindACpuWithoutTicks) {
  const std::string scenario = R"(
globals: { r: bool, go: bool, hog_on: bool }
goals: { prompt: { reboot_within: 5s } }
tasks:
  reboot: { cpu: any, run: [set: r = true, wait_until: go, machine_reset] }
  hog: { cpu: 0, run: [wait_until: r, local_irq_save, set: hog_on = true, delay: 30s, local_irq_restore] }
  waker: { cpu: 1, run: [wait_until: hog_on, set: go = true] }
)";
  const std::string machine = "machine: { cpus: 2, preemption: none, soft_lockup_watchdog: false }\n";
  EXPECT_EQ(check_text(machine + scenario).status("prompt"), Status::kViolated);
  std::string ticking = scenario;
  ticking.replace(ticking.find("local_irq_save"), 14, "cond_resched");
  ticking.replace(ticking.find("local_irq_restore"), 17, "cond_resched");
  EXPECT_EQ(check_text(machine + ticking).status("prompt"), Status::kHolds);
}

TEST(SoftLockup, IsReportedAlsoWhereInterruptsComeOnWithTheLastStep) {
  EXPECT_EQ(check_text("machine: { cpus: 1 }\n"
                       "tasks: { h: { run: [local_irq_disable, delay: 30s, local_irq_enable] } }\n")
                .status("soft_lockup"),
            Status::kViolated);
}

TEST(RetryLoop, ThatCountsItsRoundsEnds) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
globals: { x: bool, n: bool, gave_up: bool }
rules: [{ name: blink, do: [n := not n] }]
properties: { patient: { never: gave_up } }
tasks:
  t: { run: [{ repeat: 3, do: [{ if: x, then: [exit] }, cpu_relax] }, set: gave_up = true, set: x = true] }
)");
  EXPECT_EQ(c.status("patient"), Status::kViolated);
}

TEST(RetryLoop, ThatCountsThroughTwoLocalsEndsToo) {
  const Checked c = check_text(R"(
machine: { cpus: 1 }
globals: { f: bool, gave_up: bool }
tasks:
  t1:
    run:
      - let: n = 0
      - label: again
        load: v = f
      - if: not v and n < 3
        then: [let: m = n + 1, let: n = m, cpu_relax, goto: again]
      - set: gave_up = true
  t2: { run: [wait_until: gave_up, set: f = true] }
properties: { ends: { eventually: all_exited() } }
)");
  EXPECT_EQ(c.status("ends"), Status::kHolds);
  EXPECT_EQ(c.status("livelock"), Status::kHolds);
}

TEST(Tick, MakesNoCycleOfFastSteps) {
  EXPECT_EQ(check_text(R"(
machine: { cpus: 1, preemption: full }
globals: { f: bool, g: bool }
tasks: { t1: { run: [{ poll: f, timeout: 500ms }] }, t2: { run: [{ poll: g, timeout: 500ms }] } }
)")
                .status("livelock"),
            Status::kHolds);
}

TEST(RetryLoop, GoesOnAfterATickAndGivesTheCpuAway) {
  for (const char* order : {"cpu_relax, cond_resched", "cond_resched, cpu_relax"}) {
    const Checked c = check_text(std::string(R"(
machine: { cpus: 1, preemption: none }
globals: { f: bool }
properties: { ends: { eventually: all_exited() } }
tasks:
  a: { run: [{ while: not f, do: [)") +
                                 order + "] }] }\n  b: { run: [set: f = true] }\n");
    EXPECT_EQ(c.status("ends"), Status::kHolds) << order;
    EXPECT_EQ(c.status("livelock"), Status::kHolds) << order;
    EXPECT_EQ(c.status("soft_lockup"), Status::kHolds) << order;
  }
}

TEST(RetryLoop, SeesThatATaskIsGone) {
  const Checked c = check_text(R"(
machine: { cpus: 2 }
globals: { done: bool }
properties: { ends: { eventually: all_exited() } }
tasks:
  a: { cpu: 0, run: [might_sleep] }
  b: { cpu: 1, run: [{ while: not exited(a), do: [cpu_relax] }, set: done = true] }
)");
  EXPECT_EQ(c.status("ends"), Status::kHolds);
  EXPECT_EQ(c.status("livelock"), Status::kHolds);
}

TEST(StopIpi, IsNotGivenUpWhenAllCpusHaveStopped) {
  const Checked c = check_text(R"(
machine: { cpus: 2, preemption: none }
findings: [stuck]
tasks:
  r: { cpu: 0, run: [{ smp_send_stop: , timeout: 1s, on_timeout: [finding: stuck] }, machine_halt] }
  o: { cpu: 1, run: [delay: 2s] }
)");
  EXPECT_EQ(c.status("stuck"), Status::kHolds);
}

// A rule is a move of the environment, which need never come.
TEST(Eventually, DoesNotObligeTheEnvironment) {
  const Checked c = check_text(R"(
machine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }
globals: { sent: bool, got: bool }
rules: [{ name: answer, when: sent and not got, do: [got := true] }]
goals: { completes: reboot_completes }
tasks: { reboot: { run: [set: sent = true, wait_until: got, machine_reset] } }
)");
  EXPECT_EQ(c.status("completes"), Status::kViolated);
}

TEST(Rules, ReportWhatTheirGuardsDereference) {
  EXPECT_EQ(check_text(R"(
classes: { c: { fields: { busy: bool } } }
objects: { o: { class: c } }
globals: { g: 'c?', n: int 0..1 }
rules:
  - { name: r, when: not g.busy, do: [n := 1] }
  - { name: s, do: ['g := NULL'] }
)")
                .status("null_dereference"),
            Status::kViolated);
}

TEST(Rules, ReportWhatTheyDereference) {
  const Checked c = check_text(R"(
classes: { group: { fields: { domain: int 0..1 } } }
objects: { g0: { class: group } }
globals: { group: 'group?', seen: int 0..1, k: int 0..1 }
rules:
  - { name: clear, when: k == 0, do: ['group := NULL', k := 1] }
  - { name: use, when: k == 1, do: [seen := group.domain] }
)");
  EXPECT_EQ(c.status("null_dereference"), Status::kViolated);
}

TEST(Oops, OfAStepThatIsFoldedIntoAnotherOneIsAPanicInASoftirq) {
  const Checked c = check_text(R"(
machine: { cpus: 1, smmus: { smmu0: {} }, devices: { nic: { behind: smmu0 } } }
globals: { released: bool }
softirqs: { net_tx: { handler: unmap() } }
routines:
  unmap:
    - load: gone = released
    - let: 'domain: domain? = nic.domain if not gone else NULL'
    - if: domain.smmu == NULL
      then: [log: 'no SMMU']
tasks:
  t: { run: [set: released = true, raise_softirq: net_tx] }
)");
  EXPECT_EQ(c.status("null_dereference"), Status::kViolated);
  EXPECT_EQ(c.status("panic"), Status::kViolated);
}

TEST(Scheduling, ThisCpuIsTheOneWhereTheTaskGoesOnAfterItYielded) {
  const Checked c = check_text(R"(
machine: { cpus: 2, preemption: voluntary }
globals: { wrong: bool }
routines:
  look: [cond_resched: , { if: this_cpu != cpu1, then: [set: wrong = true] }]
properties: { right: { never: wrong } }
tasks:
  t: { cpu: 1, run: [call: look()] }
  u: { cpu: 1, run: [call: look()] }
)");
  EXPECT_EQ(c.status("right"), Status::kHolds);
}

}  // namespace
}  // namespace quiesce::checker::scheduling_test
