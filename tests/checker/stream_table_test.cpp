// Stream tables, guarded registers and event records, in scenarios.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::stream_table_test {
namespace {

std::string machine(const std::string& smmu, const std::string& devices) {
  return "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate, evtq_entries: 2, " +
         smmu + " } }, devices: { " + devices + " } }\n";
}

std::string nic(const std::string& dma) { return "nic: { behind: smmu0, dma: { " + dma + " } }"; }

std::string task(const std::string& steps) {
  return "tasks: { t: { kind: kthread, run: [" + steps + "] } }\n";
}

std::string property(const std::string& never) { return "properties: { p: { never: '" + never + "' } }\n"; }

std::string invalidate(const std::string& command) {
  return "{ reserve_and_publish: slot = smmu0, with: 'commands(" + command +
         ", 1, nic)', sync: true }, poll: 'consumed(smmu0, smmu0.CMDQ_CONS, slot)', ";
}

constexpr const char* kTwoLevel = "stream_table: two_level, event_records: true";
constexpr const char* kRecorded = "smmu0.EVENTQ_PROD != smmu0.EVENTQ_CONS";

TEST(StreamTables, WithoutASecondLevelTableEveryAccessIsRecorded) {
  const std::string text = machine(kTwoLevel, nic("entry: absent")) + task("might_sleep");
  EXPECT_EQ(check_text(text + property(kRecorded)).status("p"), Status::kViolated);
  EXPECT_EQ(check_text(text + property("event_id(smmu0, 0) == 2")).status("p"), Status::kViolated);
  EXPECT_EQ(check_text(text + property("event_id(smmu0, 0) == 4")).status("p"), Status::kHolds);
}

TEST(StreamTables, AStreamIdBeyondTheTableIsRecordedInALinearOneToo) {
  const std::string beyond = machine("stream_log2size: 4", nic("stream_id: 16")) + task("might_sleep");
  EXPECT_EQ(check_text(beyond + property(kRecorded)).status("p"), Status::kViolated);
  const std::string within = machine("stream_log2size: 4", nic("stream_id: 15")) + task("might_sleep");
  EXPECT_EQ(check_text(within + property(kRecorded)).status("p"), Status::kHolds);
}

TEST(StreamTables, ADescriptorThatIsEmptiedStopsAccessesAfterItsInvalidation) {
  const std::string text = machine(kTwoLevel, nic("pages: 1"));
  const std::string free = "set: nic.frame0.freed = true";
  EXPECT_EQ(check_text(text + task("set: nic.l1std.Span = 0, " + invalidate("CFGI_STE_NONLEAF") + free))
                .status("stale_dma"),
            Status::kHolds);
  EXPECT_EQ(check_text(text + task("set: nic.l1std.Span = 0, " + invalidate("CFGI_STE") + free))
                .status("stale_dma"),
            Status::kViolated);
}

TEST(StreamTables, DevicesOfOneDescriptorShareIt) {
  const std::string text =
      machine(kTwoLevel, nic("entry: absent") + ", disk: { behind: smmu0, dma: { entry: absent } }") +
      task("set: disk.l1std.Span = 9");
  EXPECT_EQ(check_text(text + property("nic.l1std.Span == 9")).status("p"), Status::kViolated);
}

TEST(StreamTables, MistakesAreFound) {
  for (const std::string& text :
       {machine("sync: poll", nic("entry: absent")), machine("stream_split: 8", nic("pages: 1")),
        machine(kTwoLevel, nic("entry: absent") + ", disk: { behind: smmu0, dma: true }"),
        machine("sync: poll", nic("stream_id: 3") + ", disk: { behind: smmu0, dma: { stream_id: 3 } }"),
        machine("stream_table: two_level, stream_split: 7", nic("pages: 1")),
        std::string("machine: { cpus: 1, smmus: { s: { event_records: true } } }\n")}) {
    EXPECT_THROW(check_text(text + task("might_sleep")), sim::ScenarioError) << text;
  }
}

TEST(GuardedRegisters, AWriteWhileTheSmmuIsOnIsLost) {
  const std::string text = machine("sync: poll", nic("pages: 1")) + task("write: smmu0.STRTAB_BASE = 7");
  const Checked c = check_text(text + property("smmu0.STRTAB_BASE == 7"));
  EXPECT_EQ(c.status("p"), Status::kHolds);
  EXPECT_EQ(c.status("unpredictable_register"), Status::kHolds);
}

TEST(GuardedRegisters, BeforeVersion3_2ItIsUnpredictable) {
  EXPECT_EQ(check_text(machine("arch_minor: 1", nic("pages: 1")) + task("write: smmu0.STRTAB_BASE = 7"))
                .status("unpredictable_register"),
            Status::kViolated);
}

TEST(GuardedRegisters, AWriteOfASmmuThatIsOffArrives) {
  const std::string text =
      machine("sync: poll", nic("entry: abort")) +
      task("write: smmu0.CR0 = 0, poll: smmu0.CR0ACK == 0, write: smmu0.STRTAB_BASE = 7");
  EXPECT_EQ(check_text(text + property("smmu0.STRTAB_BASE == 7")).status("p"), Status::kViolated);
}

TEST(EventRecords, SayWhoFaultedAndHow) {
  const std::string text = machine("event_records: true, stall_model: stall", nic("mapped: false")) +
                           task("set: nic.cd0.S = true");
  EXPECT_EQ(
      check_text(text + property("event_device(smmu0, 0) == nic and event_stall(smmu0, 0)")).status("p"),
      Status::kViolated);
  EXPECT_EQ(check_text(text + property("event_device(smmu0, 0) != NULL and event_id(smmu0, 0) != 0x10"))
                .status("p"),
            Status::kHolds);
}

TEST(EventRecords, AHandlerCanAnswerTheStallThatItReads) {
  const std::string text = "globals: { done: bool }\n" +
                           machine("event_records: true, stall_model: forced", nic("mapped: false")) +
                           task("set: nic.bus_master = false, poll: not in_flight(nic), set: done = true") +
                           property("done");
  EXPECT_EQ(check_text(text).status("p"), Status::kViolated) << "where nothing was on its way";
  const std::string handler =
      "globals: { who: 'device?' }\n" +
      machine("event_records: true, stall_model: stall", nic("mapped: false")) +
      task("set: nic.cd0.S = true, " + invalidate("CFGI_CD") +
           "wait_until: 'event_device(smmu0, 0) != NULL', load: 'dev = event_device(smmu0, 0)', "
           "set: nic.iova0.frame = nic.frame0, "
           "{ reserve_and_publish: at = smmu0, with: 'commands(RESUME, 1, dev)', sync: true }, set: who = "
           "dev") +
      property("who == nic");
  EXPECT_EQ(check_text(handler).status("p"), Status::kViolated) << "the device was found";
}

TEST(EventRecords, AreAskedForOnlyWhereTheyAreKept) {
  EXPECT_THROW(check_text(machine("sync: poll", nic("pages: 1")) + task("might_sleep") +
                          property("event_id(smmu0, 0) == 4")),
               sim::ScenarioError);
}

TEST(NestedStreams, StopWhereTheHostTakesItsPageBack) {
  const std::string text =
      "machine: { cpus: 1, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate } }, "
      "devices: { nic: { behind: smmu0, dma: { pages: 1 } } }, "
      "domains: { host: { smmu: smmu0, pages: 1 } } }\n";
  const auto steps = [&](const std::string& invalidations) {
    return task(
        "set: nic.bus_master = false, poll: not in_flight(nic), set: nic.ste.Config = 7, set: nic.ste.S2TTB "
        "= host, "
        "set: nic.iova0.frame = host.frame0, { reserve_and_publish: a = smmu0, with: commands(CFGI_ALL), "
        "sync: true }, "
        "poll: 'consumed(smmu0, smmu0.CMDQ_CONS, a)', "
        "{ reserve_and_publish: b = smmu0, with: commands(TLBI_NSNH_ALL), sync: true }, "
        "poll: 'consumed(smmu0, smmu0.CMDQ_CONS, b)', set: nic.bus_master = true, "
        "set: host.iova0.frame = NULL, " +
        invalidations + "set: host.frame0.freed = true");
  };
  const std::string by_ipa =
      "{ reserve_and_publish: c = smmu0, with: 'commands(TLBI_S2_IPA, 1, host.iova0)', sync: true }, "
      "poll: 'consumed(smmu0, smmu0.CMDQ_CONS, c)', ";
  const std::string of_stage1 =
      "{ reserve_and_publish: d = smmu0, with: 'commands(TLBI_NH_ASID, 1, nic.domain)', sync: true }, "
      "poll: 'consumed(smmu0, smmu0.CMDQ_CONS, d)', ";
  EXPECT_EQ(check_text(text + steps(by_ipa)).status("stale_dma"), Status::kViolated)
      << "combined entries stay";
  EXPECT_EQ(check_text(text + steps(by_ipa + of_stage1)).status("stale_dma"), Status::kHolds);
  EXPECT_EQ(check_text(text + steps(of_stage1 + by_ipa)).status("stale_dma"), Status::kViolated)
      << "an entry of stage 2 alone is combined anew";
}

}  // namespace
}  // namespace quiesce::checker::stream_table_test
