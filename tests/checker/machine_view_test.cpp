// The machine that a finding shows: one claim each.
#include <gtest/gtest.h>

#include "checker/replay.hpp"
#include "driven_run.hpp"

namespace quiesce::checker::machine_view_test {
namespace {

constexpr const char* kCircle = R"(
machine: { cpus: 2, preemption: full }
locks: { l: mutex, m: mutex }
tasks:
  a: { cpu: 0, run: [mutex_lock: l, mutex_lock: m, mutex_unlock: m, mutex_unlock: l] }
  b: { cpu: 1, run: [mutex_lock: m, mutex_lock: l, mutex_unlock: l, mutex_unlock: m] }
)";

/// A task that ends as a finding after these steps.
std::string ends_after(const std::string& steps) {
  return "findings: [done]\ntasks: { t: { cpu: 0, run: [" + steps + ", finding: done] } }\n";
}

constexpr const char* kSmmu = "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8 } } }\n";

/// Every state that the changes lead to is the one that the machine is in.
void expect_the_states_of_the_run(const ShownFinding& shown) {
  const MachineCells view(shown.system);
  for (std::size_t k = 0; k <= shown.finding.steps.size(); ++k) {
    Schedule part = shown.schedule;
    part.steps.resize(k);
    const Replay replay(shown.system, part, nullptr);
    EXPECT_EQ(shown.texts(k), view.cells.texts(replay.state())) << "after step " << k;
  }
}

TEST(MachineView, HasTheStatesOfTheRun) {
  expect_the_states_of_the_run(show_finding("deadlock", kCircle));
  expect_the_states_of_the_run(
      show_finding("done", kSmmu + ends_after("{ write: smmu0.CR0 = 0 }, { poll: smmu0.CR0ACK == 0 }")));
}

TEST(MachineView, NamesTheHolderAndTheWaitersOfALock) {
  const ShownFinding shown = show_finding("deadlock", kCircle);
  const ReportLock& lock = named(shown.machine.locks, "l");
  EXPECT_EQ(lock.kind, "mutex");
  EXPECT_EQ(shown.text(lock.state, 0), "free");
  EXPECT_EQ(shown.at_end(lock.state), "held by a");
  EXPECT_EQ(shown.at_end(lock.waiters), "b");
  EXPECT_EQ(shown.at_end(named(shown.machine.contexts, "a").holds), "l");
}

TEST(MachineView, ATaskThatIsAboutToTakeALockDoesNotWaitForIt) {
  const ShownFinding shown =
      drive(kCircle, {"a: runs", "b: runs", "a: mutex_lock l", "b: mutex_lock m", "a: mutex_lock m"});
  const CellNumber waits = *named(shown.machine.contexts, "a").waits;
  EXPECT_EQ(shown.text(waits, 4), "a runs a+1 (mutex_lock m) on cpu0");
  EXPECT_EQ(shown.text(waits, 5), "a waits for m in a+1; m is held by b, which runs b+1 (mutex_lock l)");
}

TEST(MachineView, CountsReadersAndNamesTheWriter) {
  const std::string scenario = "machine: { cpus: 1 }\nlocks: { s: rwsem }\n";
  const ShownFinding reads = show_finding("done", scenario + ends_after("down_read: s, down_read: s"));
  EXPECT_EQ(reads.at_end(named(reads.machine.locks, "s").state), "2 readers");
  const ShownFinding writes = show_finding("done", scenario + ends_after("down_write: s"));
  EXPECT_EQ(writes.at_end(named(writes.machine.locks, "s").state), "written by t");
}

TEST(MachineView, KnowsWhatACpuDoes) {
  const ShownFinding shown = show_finding("done", R"(
machine: { cpus: 2, preemption: voluntary }
findings: [done]
tasks:
  t: { cpu: 0, run: [local_irq_disable, finding: done] }
  u: { cpu: 0, run: [might_sleep] }
)");
  const ReportCpu& cpu = named(shown.machine.cpus, "cpu0");
  EXPECT_EQ(shown.text(cpu.current, 0), "idle");
  EXPECT_EQ(shown.text(cpu.queue, 0), "t\nu");
  const std::size_t off = shown.step("local_irq_disable").number;
  EXPECT_EQ(shown.text(cpu.current, off), "t");
  EXPECT_EQ(shown.text(cpu.masked, off), "interrupts off");
  EXPECT_EQ(shown.text(*named(shown.machine.contexts, "t").state, off), "running on cpu0");
}

TEST(MachineView, TellsWhatOfCr0IsWrittenInForceAndAcknowledged) {
  const ShownFinding shown =
      show_finding("done", kSmmu + ends_after("{ write: smmu0.CR0 = 0 }, { poll: smmu0.CR0ACK == 0 }"));
  const ReportRegister& cr0 = named(named(shown.machine.smmus, "smmu0").registers, "CR0");
  const std::size_t written = shown.step("write smmu0.CR0").number;
  EXPECT_EQ(shown.text(cr0.written, written), "0x0");
  EXPECT_NE(shown.text(*cr0.in_force, written), "0x0");
  EXPECT_NE(shown.text(*cr0.acknowledged, written), "0x0");
  EXPECT_EQ(shown.at_end(*cr0.in_force), "0x0");
  EXPECT_EQ(shown.at_end(*cr0.acknowledged), "0x0");
  EXPECT_EQ(named(cr0.fields, "CMDQEN").lsb, 3U);
}

TEST(MachineView, NamesTheCommandsInTheRing) {
  const ShownFinding shown = show_finding(
      "done",
      kSmmu + ends_after("{ reserve_and_publish: n = smmu0, with: 'commands(CFGI_ALL)', sync: true }"));
  const ReportQueue& ring = named(named(shown.machine.smmus, "smmu0").queues, "CMDQ");
  EXPECT_EQ(ring.entries, 8U);
  const std::size_t put = shown.step("reserve_and_publish").number;
  EXPECT_EQ(shown.text(ring.slots[0], put - 1), "");
  EXPECT_EQ(shown.text(ring.slots[0], put), "CFGI_ALL");
  EXPECT_EQ(shown.text(ring.slots[1], put), "CMD_SYNC");
  EXPECT_EQ(shown.text(ring.prod, put), "0x2");
  EXPECT_EQ(shown.text(ring.cons, put), "0x0");
}

TEST(MachineView, ShowsPointersByTheNamesOfObjects) {
  const ShownFinding shown = show_finding("done", R"(
machine: { cpus: 1 }
classes: { group: { fields: { domain: 'dom?', used: int 0..3 } }, dom: { fields: { flag: bool } } }
objects: { g: { class: group, domain: d }, d: { class: dom } }
)" + ends_after("set: g.domain = NULL, set: g.used = 2"));
  const ReportObject& group = named(shown.machine.objects, "g");
  EXPECT_EQ(group.class_name, "group");
  const ReportObjectField& domain = named(group.fields, "domain");
  EXPECT_EQ(domain.ref, "dom");
  EXPECT_EQ(shown.text(domain.cell, 0), "d");
  EXPECT_EQ(shown.at_end(domain.cell), "NULL");
  EXPECT_EQ(named(group.fields, "used").ref, "");
  EXPECT_EQ(shown.at_end(named(group.fields, "used").cell), "2");
}

TEST(MachineView, HasListsTimersInterruptsAndWorks) {
  const ShownFinding shown = show_finding("done", R"(
machine: { cpus: 1 }
classes: { item: { fields: { n: bool } } }
objects: { x: { class: item }, y: { class: item } }
globals: { all: list of item, flag: bool }
routines: { handle: [set: flag = true] }
interrupts: { nic: { handler: handle() } }
timers: { tick: { handler: handle() } }
works: { w: { run: handle() } }
)" + ends_after("local_irq_disable, list_add_tail: y to all, list_add_tail: x to all, raise_irq: nic, "
                "{ mod_timer: tick, with: 20ms }, queue_work: w"));
  const std::size_t queued = shown.step("queue_work").number;
  EXPECT_EQ(shown.text(named(shown.machine.lists, "all").cell, 0), "empty");
  EXPECT_EQ(shown.text(named(shown.machine.lists, "all").cell, queued), "y, x");
  EXPECT_EQ(shown.text(named(shown.machine.interrupts, "nic").cell, queued), "on its way to cpu0");
  EXPECT_EQ(shown.text(named(shown.machine.timers, "tick").cell, queued), "armed: 20 ms left");
  EXPECT_EQ(shown.text(named(shown.machine.works, "w").cell, queued), "pending");
  EXPECT_EQ(shown.text(named(shown.machine.globals, "flag").cell, queued), "false");
}

TEST(MachineView, FollowsAnAccessThroughTheSmmu) {
  const ShownFinding shown =
      show_finding("untranslated_dma",
                   "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate } }, "
                   "devices: { nic: { behind: smmu0, dma: true } } }\n"
                   "tasks: { t: { kind: kthread, run: [write: smmu0.CR0 = 0] } }\n");
  const ReportSmmu& smmu = named(shown.machine.smmus, "smmu0");
  const CellNumber access = named(smmu.accesses, "nic").cell;
  EXPECT_EQ(shown.text(access, 0), "none");
  EXPECT_EQ(shown.text(access, shown.step("nic accesses").number), "page 0, issued");
  EXPECT_EQ(shown.text(access, shown.step("decides about").number), "page 0, decided: untranslated, by GBPA");
  EXPECT_EQ(shown.step("nic accesses").unit, "smmu0/nic");
}

TEST(MachineView, HasRegistersOfALegacySmmu) {
  const ShownFinding shown =
      show_finding("done", "machine: { cpus: 1, smmus: { smmu0: { model: smmuv2, context_banks: 2 } } }\n" +
                               ends_after("{ write: 'smmu0.SCTLR[1] = 1' }"));
  const ReportSmmu& smmu = named(shown.machine.smmus, "smmu0");
  EXPECT_EQ(smmu.model, "smmuv2");
  EXPECT_EQ(shown.at_end(named(smmu.registers, "SCTLR[1]").written), "0x1");
  EXPECT_EQ(named(named(smmu.registers, "SCTLR[1]").fields, "CFCFG").msb, 7U);
  EXPECT_EQ(shown.at_end(named(smmu.other, "power").cell), "on");
}

TEST(MachineView, OfATextbookModelIsItsGlobals) {
  const ShownFinding shown = show_finding("bad", R"(
globals: { x: int 0..3 }
rules: [{ name: up, when: x < 3, do: [x := x + 1] }]
properties: { bad: { never: x == 2 } }
end: x == 3
)");
  EXPECT_TRUE(shown.machine.cpus.empty());
  EXPECT_TRUE(shown.machine.smmus.empty());
  ASSERT_EQ(shown.machine.globals.size(), 1U);
  EXPECT_EQ(shown.at_end(shown.machine.globals[0].cell), "2");
}

}  // namespace
}  // namespace quiesce::checker::machine_view_test
