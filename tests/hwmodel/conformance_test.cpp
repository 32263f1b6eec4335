// Logs of situations that the recordings do not have, as QEMU 7.2 hw/arm/smmuv3.c writes them.
#include "hwmodel/v3/conformance.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace quiesce::hwmodel::v3::conformance_test {
namespace {

/// The line of the first mismatch; 0 if all conform.
int first_mismatch(const std::string& log) {
  std::stringstream in(log);
  Conformance conformance;
  const auto found = conformance.replay(in);
  return found ? found->line : 0;
}

// A queue of four entries, CMDQEN and EVENTQEN, all interrupts: seven lines.
constexpr const char* kStart =
    "smmuv3_write_mmio addr: 0x90 val:0x4000000040000002 size: 0x8(0)\n"
    "smmuv3_write_mmio addr: 0xa0 val:0x4000000041000001 size: 0x8(0)\n"
    "smmuv3_write_mmio addr: 0x50 val:0x5 size: 0x4(0)\n"
    "smmuv3_read_mmio addr: 0x54 val:0x5 size: 0x4(0)\n"
    "smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:0, cons_wrap:0\n"
    "smmuv3_write_mmio addr: 0x20 val:0xd size: 0x4(0)\n"
    "smmuv3_read_mmio addr: 0x24 val:0xd size: 0x4(0)\n";

constexpr const char* kIllegal =
    "smmuv3_cmdq_consume prod=2 cons=0 prod.wrap=0 cons.wrap=0\n"
    "smmuv3_cmdq_opcode <--- INVALID\n"
    "smmuv3_cmdq_consume_error Error on INVALID command execution: 1\n"
    "smmuv3_write_gerror toggled=0x1, new GERROR=0x1\n"
    "smmuv3_trigger_irq irq=3\n"
    "smmuv3_cmdq_consume_out prod:2, cons:0, prod_wrap:0, cons_wrap:0\n"
    "smmuv3_write_mmio addr: 0x98 val:0x2 size: 0x4(0)\n"
    "smmuv3_read_mmio addr: 0x9c val:0x1000000 size: 0x4(0)\n"
    "smmuv3_read_mmio addr: 0x60 val:0x1 size: 0x4(0)\n";

TEST(Conformance, AQueueStopsAtAnIllegalCommand) {
  EXPECT_EQ(first_mismatch(std::string(kStart) + kIllegal), 0);
}

TEST(Conformance, AStoppedQueueIsLookedAtAndLeftAlone) {
  const std::string log = std::string(kStart) + kIllegal;
  EXPECT_EQ(first_mismatch(log + "smmuv3_cmdq_consume prod=3 cons=0 prod.wrap=0 cons.wrap=0\n"
                                 "smmuv3_cmdq_consume_out prod:3, cons:0, prod_wrap:0, cons_wrap:0\n"
                                 "smmuv3_write_mmio addr: 0x98 val:0x3 size: 0x4(0)\n"),
            0);
  EXPECT_EQ(first_mismatch(log + "smmuv3_cmdq_consume prod=3 cons=0 prod.wrap=0 cons.wrap=0\n"
                                 "smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n"),
            0)
      << "the write is still to come";
  EXPECT_EQ(first_mismatch(log + "smmuv3_cmdq_consume prod=3 cons=0 prod.wrap=0 cons.wrap=0\n"
                                 "smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n"
                                 "smmuv3_cmdq_consume_out prod:3, cons:1, prod_wrap:0, cons_wrap:0\n"
                                 "smmuv3_write_mmio addr: 0x98 val:0x3 size: 0x4(0)\n"),
            18);
}

TEST(Conformance, AnAcknowledgedQueueGoesOn) {
  EXPECT_EQ(first_mismatch(std::string(kStart) + kIllegal +
                           "smmuv3_write_gerrorn acked=0x1, new GERRORN=0x1\n"
                           "smmuv3_cmdq_consume prod=2 cons=0 prod.wrap=0 cons.wrap=0\n"
                           "smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n"
                           "smmuv3_trigger_irq irq=2\n"
                           "smmuv3_cmdq_consume prod=2 cons=1 prod.wrap=0 cons.wrap=0\n"
                           "smmuv3_cmdq_opcode <--- SMMU_CMD_ATC_INV\n"
                           "smmuv3_unhandled_cmd Unhandled command type=64\n"
                           "smmuv3_cmdq_consume_out prod:2, cons:2, prod_wrap:0, cons_wrap:0\n"
                           "smmuv3_write_mmio addr: 0x64 val:0x1 size: 0x4(0)\n"
                           "smmuv3_read_mmio addr: 0x9c val:0x1000002 size: 0x4(0)\n"),
            0)
      << "ERR stays what it was";
}

TEST(Conformance, OfAWrongAcknowledgementIsFound) {
  EXPECT_EQ(first_mismatch(std::string(kStart) + kIllegal +
                           "smmuv3_write_gerrorn acked=0x0, new GERRORN=0x1\n"
                           "smmuv3_write_mmio addr: 0x64 val:0x1 size: 0x4(0)\n"),
            17);
}

// A linear stream table of 256 entries, and stream 8 in it: four lines.
constexpr const char* kLookUp =
    "smmuv3_write_mmio addr: 0x88 val:0x8 size: 0x4(0)\n"
    "smmuv3_config_cache_miss Config cache MISS for sid=0x8 (hits=0, misses=1, hit rate=0)\n"
    "smmuv3_find_ste sid=0x8 features:0x0, sid_split:0x0\n"
    "smmuv3_get_ste STE addr: 0x200\n";

/// Three lines.
std::string look_up_again(int misses) {
  return "smmuv3_config_cache_miss Config cache MISS for sid=0x8 (hits=0, misses=" + std::to_string(misses) +
         ", hit rate=0)\n"
         "smmuv3_find_ste sid=0x8 features:0x0, sid_split:0x0\n"
         "smmuv3_get_ste STE addr: 0x200\n";
}

TEST(Conformance, AFaultIsRecordedAndTellsSo) {
  EXPECT_EQ(first_mismatch(
                std::string(kStart) + kLookUp +
                "smmuv3_record_event SMMU_EVT_C_BAD_STE sid=0x8\n"
                "smmuv3_trigger_irq irq=0\n"
                "smmuv3_read_mmio addr: 0xa8 val:0x1 size: 0x4(0)\n"
                "smmuv3_config_cache_miss Config cache MISS for sid=0x8 (hits=0, misses=2, hit rate=0)\n"),
            0);
}

TEST(Conformance, AFullEventQueueIsAnError) {
  const std::string bad = "smmuv3_record_event SMMU_EVT_C_BAD_STE sid=0x8\n";
  const std::string irq = "smmuv3_trigger_irq irq=0\n";
  const std::string two =
      std::string(kStart) + kLookUp + bad + irq + look_up_again(2) + bad + irq + look_up_again(3) + bad;
  EXPECT_EQ(first_mismatch(two + "smmuv3_write_gerror toggled=0x4, new GERROR=0x4\n"
                                 "smmuv3_trigger_irq irq=3\n"
                                 "smmuv3_read_mmio addr: 0x60 val:0x4 size: 0x4(0)\n"),
            0);
  EXPECT_EQ(first_mismatch(two + "smmuv3_trigger_irq irq=0\n"), 23);
}

TEST(Conformance, ADisabledEventQueueRecordsNothing) {
  EXPECT_EQ(first_mismatch("smmuv3_write_mmio addr: 0x20 val:0x1 size: 0x4(0)\n" + std::string(kLookUp) +
                           "smmuv3_record_event SMMU_EVT_C_BAD_STE sid=0x8\n"),
            6);
}

TEST(Conformance, ADisabledSmmuTranslatesNothing) {
  const std::string passes =
      "smmuv3_translate_disable region sid=0x8 bypass (smmu disabled) iova:0x1000 is_write=1\n";
  EXPECT_EQ(first_mismatch(passes), 0);
  EXPECT_EQ(
      first_mismatch("smmuv3_translate_success region sid=0x8 iova=0x1000 translated=0x2000 perm=0x3\n"), 1);
  EXPECT_EQ(first_mismatch(std::string(kStart) + passes), 8);
}

TEST(Conformance, AHeldTranslationStaysUntilItIsInvalidated) {
  const std::string looked_up = std::string(kStart) + kLookUp;
  const std::string first =
      "smmuv3_translate_success region sid=0x8 iova=0x1000 translated=0x2000 perm=0x3\n";
  const std::string other =
      "smmuv3_config_cache_hit Config cache HIT for sid=0x8 (hits=1, misses=1, hit rate=50)\n"
      "smmuv3_translate_success region sid=0x8 iova=0x1000 translated=0x9000 perm=0x3\n";
  const std::string tlbi =
      "smmuv3_cmdq_consume prod=1 cons=0 prod.wrap=0 cons.wrap=0\n"
      "smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NH_VA\n"
      "smmuv3_s1_range_inval vmid=0 asid=1 addr=0x1000 tg=1 num_pages=0x1 ttl=3 leaf=1\n"
      "smmuv3_cmdq_consume_out prod:1, cons:1, prod_wrap:0, cons_wrap:0\n"
      "smmuv3_write_mmio addr: 0x98 val:0x1 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(looked_up + first + other), 14);
  EXPECT_EQ(first_mismatch(looked_up + first + tlbi + other), 0);
}

TEST(Conformance, AStreamEndsAsItsConfigurationSaysUntilThatIsInvalidated) {
  const std::string looked_up = std::string(kStart) + kLookUp;
  const std::string aborts = "smmuv3_translate_abort region sid=0x8 abort on iova:0x1000 is_write=0\n";
  const std::string passes = "smmuv3_translate_bypass region sid=0x8 STE bypass iova:0x1000 is_write=1\n";
  const std::string hit =
      "smmuv3_config_cache_hit Config cache HIT for sid=0x8 (hits=1, misses=1, hit rate=50)\n";
  EXPECT_EQ(first_mismatch(looked_up + aborts + hit + aborts), 0);
  EXPECT_EQ(first_mismatch(looked_up + aborts + hit + passes), 14);
  EXPECT_EQ(first_mismatch(
                looked_up + aborts +
                "smmuv3_config_cache_miss Config cache MISS for sid=0x8 (hits=0, misses=2, hit rate=0)\n"),
            13);
}

TEST(Conformance, AResetLeavesNoLine) {
  const std::string held = std::string(kStart) + kLookUp +
                           "smmuv3_translate_abort region sid=0x8 abort on iova:0x1000 is_write=0\n";
  const std::string reset =
      "smmuv3_read_mmio addr: 0x20 val:0x0 size: 0x4(0)\n"
      "smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:0, cons_wrap:0\n"
      "smmuv3_write_mmio addr: 0x20 val:0xd size: 0x4(0)\n"
      "smmuv3_config_cache_miss Config cache MISS for sid=0x8 (hits=0, misses=2, hit rate=0)\n";
  EXPECT_EQ(first_mismatch(held + "smmuv3_read_mmio addr: 0x0 val:0xd40101a size: 0x4(0)\n" + reset), 0);
  EXPECT_EQ(first_mismatch(held + reset), 13) << "nobody looked at IDR0: this is no reset";
}

TEST(Conformance, AContextDescriptorIsInvalidatedByStream) {
  EXPECT_EQ(first_mismatch(std::string(kStart) +
                           "smmuv3_cmdq_consume prod=1 cons=0 prod.wrap=0 cons.wrap=0\n"
                           "smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_CD\n"
                           "smmuv3_cmdq_cfgi_cd sid=0x8\n"
                           "smmuv3_config_cache_inv Config cache INV for sid=0x8\n"
                           "smmuv3_cmdq_consume_out prod:1, cons:1, prod_wrap:0, cons_wrap:0\n"
                           "smmuv3_write_mmio addr: 0x98 val:0x1 size: 0x4(0)\n"),
            0);
}

TEST(Conformance, AWriteOfConsReplacesTheError) {
  EXPECT_EQ(first_mismatch(std::string(kStart) + kIllegal +
                           "smmuv3_write_mmio addr: 0x9c val:0x0 size: 0x4(0)\n"
                           "smmuv3_read_mmio addr: 0x9c val:0x0 size: 0x4(0)\n"),
            0);
}

TEST(Conformance, AHeldConfigurationHasNoError) {
  EXPECT_EQ(
      first_mismatch(std::string(kStart) + kLookUp +
                     "smmuv3_translate_success region sid=0x8 iova=0x1000 translated=0x2000 perm=0x3\n"
                     "smmuv3_config_cache_hit Config cache HIT for sid=0x8 (hits=1, misses=1, hit rate=50)\n"
                     "smmuv3_record_event SMMU_EVT_C_BAD_STE sid=0x8\n"),
      14);
}

TEST(Conformance, ARegisterThatNobodyWroteIsZero) {
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x28 val:0x1 size: 0x4(0)\n"), 1);
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x90 val:0x13 size: 0x8(0)\n"), 0);
}

TEST(Conformance, LinesOfOthersAndPrefixesArePassedOver) {
  EXPECT_EQ(first_mismatch("pci_nvme_enqueue_event type 0x02\n"
                           "2034@1700000000.123:smmuv3_read_mmio addr: 0x24 val:0x0 size: 0x4(0)\n"),
            0);
}

TEST(Conformance, AnIdentificationRegisterIsAConstant) {
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x0 val:0xd40101a size: 0x4(0)\n"
                           "smmuv3_read_mmio addr: 0x0 val:0xd40101b size: 0x4(0)\n"),
            2);
}

TEST(Conformance, AWriteThatDoesNothingHasNoEffectsInFrontOfIt) {
  EXPECT_EQ(first_mismatch("smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:0, cons_wrap:0\n"
                           "smmuv3_write_mmio addr: 0x28 val:0xd75 size: 0x4(0)\n"),
            1);
}

TEST(Conformance, ATruncatedLineIsFound) { EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x24\n"), 1); }

TEST(Conformance, ALogThatEndsWithinALineSaysSo) {
  std::stringstream in(std::string(kStart) + "smmuv3_read_mmio addr: 0x2");
  Conformance conformance;
  const auto found = conformance.replay(in);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->line, 8);
  EXPECT_EQ(found->why, "the log ends within this line");
}

TEST(Conformance, AnEmptyLogIsNoRecording) {
  EXPECT_EQ(first_mismatch(""), 1);
  EXPECT_EQ(first_mismatch("pci_nvme_enqueue_event type 0x02\n"), 1);
}

TEST(Conformance, ALogMayHaveCarriageReturns) {
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x24 val:0x0 size: 0x4(0)\r\n"), 0);
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x24 val:0x1 size: 0x4(0)\r\n"), 1);
}

TEST(Conformance, WhatFtracePutsInFrontIsPassedOver) {
  EXPECT_EQ(first_mismatch(
                "  qemu-system-aar-812 [001] ..... 99.120: tracing_mark_write: smmuv3_read_mmio addr: 0x24 "
                "val:0x1 size: 0x4(0)\n"),
            1);
}

TEST(Conformance, WhatQemuSaysOfItsFunctionsIsPassedOver) {
  EXPECT_EQ(first_mismatch(
                "smmu_readll Unexpected 64-bit access to 0x20 (RAZ)\n"
                "smmuv3-iommu-memory-region-8-1 translation failed for iova=0x3000 (SMMU_EVT_F_TRANSLATION)\n"
                "smmuv3_read_mmio addr: 0x20 val:0x0 size: 0x8(0)\n"),
            0);
}

TEST(Conformance, AnEventThatQemuDoesNotHaveIsFound) {
  EXPECT_EQ(first_mismatch("smmuv3_read_mmio addr: 0x24 val:0x0 size: 0x4(0)\n"
                           "smmuv3_does_something addr: 0x24\n"),
            2);
}

// As QEMU does when the device behind the SMMU has a thread of its own: its lines stand between those of
// commands.
TEST(Conformance, AnotherThreadsAccessesStandBetweenCommands) {
  const std::string held = std::string(kStart) + kLookUp +
                           "smmuv3_translate_abort region sid=0x8 abort on iova:0x1000 is_write=0\n"
                           "smmuv3_cmdq_consume prod=2 cons=0 prod.wrap=0 cons.wrap=0\n"
                           "smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_STE\n"
                           "smmuv3_cmdq_cfgi_ste streamid= 0x8\n"
                           "smmuv3_config_cache_inv Config cache INV for sid=0x8\n";
  const std::string rest =
      "smmuv3_cmdq_consume prod=2 cons=1 prod.wrap=0 cons.wrap=0\n"
      "smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n"
      "smmuv3_cmdq_consume_out prod:2, cons:2, prod_wrap:0, cons_wrap:0 \n"
      "smmuv3_write_mmio addr: 0x98 val:0x2 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(held + look_up_again(2) + rest), 0);
  EXPECT_EQ(
      first_mismatch(
          held + "smmuv3_config_cache_hit Config cache HIT for sid=0x8 (hits=1, misses=1, hit rate=50)\n" +
          rest),
      17)
      << "the configuration has just been invalidated";
}

// Linux v6.1 drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c arm_smmu_device_reset(), after a kexec.
TEST(Conformance, ADriverFindsItEnabledAndStartsAnew) {
  const std::string again = std::string(kStart) +
                            "smmuv3_read_mmio addr: 0x0 val:0xd40101a size: 0x4(0)\n"
                            "smmuv3_read_mmio addr: 0x20 val:0xd size: 0x4(0)\n"
                            "smmuv3_read_mmio addr: 0x44 val:0x0 size: 0x4(0)\n"
                            "smmuv3_write_mmio addr: 0x44 val:0x80100000 size: 0x4(0)\n"
                            "smmuv3_read_mmio addr: 0x44 val:0x0 size: 0x4(0)\n"
                            "smmuv3_write_mmio addr: 0x20 val:0x0 size: 0x4(0)\n"
                            "smmuv3_read_mmio addr: 0x24 val:0x0 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(again + kStart), 0);
  EXPECT_EQ(first_mismatch(again + "smmuv3_read_mmio addr: 0x20 val:0xd size: 0x4(0)\n"), 15);
}

TEST(Conformance, OfTwoLinesThatContradictEachOtherTheStrangerIsWrong) {
  const std::string log = std::string(kStart) + kLookUp +
                          "smmuv3_translate_abort region sid=0x8 abort on iova:0x1000 is_write=0\n"
                          "smmuv3_cmdq_consume prod=1 cons=0 prod.wrap=0 cons.wrap=0\n"
                          "smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_STE\n";
  const std::string rest =
      "smmuv3_cmdq_consume_out prod:1, cons:1, prod_wrap:0, cons_wrap:0 \n"
      "smmuv3_write_mmio addr: 0x98 val:0x1 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(log +
                           "smmuv3_cmdq_cfgi_ste streamid= 0x9\n"
                           "smmuv3_config_cache_inv Config cache INV for sid=0x8\n" +
                           rest),
            15);
  EXPECT_EQ(first_mismatch(log +
                           "smmuv3_cmdq_cfgi_ste streamid= 0x8\n"
                           "smmuv3_config_cache_inv Config cache INV for sid=0x9\n" +
                           rest),
            16);
}

// Without the events of the walks nobody knows how large a block is: its pages are forgotten together.
TEST(Conformance, ABlockIsInvalidatedAsAWhole) {
  const auto translate = [](const char* translated, int hits, int rate) {
    return "smmuv3_config_cache_hit Config cache HIT for sid=0x8 (hits=" + std::to_string(hits) +
           ", misses=1, hit rate=" + std::to_string(rate) + ")\n" +
           "smmuv3_translate_success region sid=0x8 iova=0x201000 translated=" + translated + " perm=0x3\n";
  };
  const std::string first =
      std::string(kStart) + kLookUp +
      "smmuv3_translate_success region sid=0x8 iova=0x201000 translated=0x401000 perm=0x3\n";
  const std::string tlbi =
      "smmuv3_cmdq_consume prod=1 cons=0 prod.wrap=0 cons.wrap=0\n"
      "smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NH_VA\n"
      "smmuv3_s1_range_inval vmid=0 asid=1 addr=0x200000 tg=0 num_pages=0x1 ttl=0 leaf=1\n"
      "smmuv3_cmdq_consume_out prod:1, cons:1, prod_wrap:0, cons_wrap:0 \n"
      "smmuv3_write_mmio addr: 0x98 val:0x1 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(first + tlbi + translate("0x601000", 1, 50)), 0);
  EXPECT_EQ(first_mismatch(first + translate("0x601000", 1, 50)), 14);
}

// QEMU hw/arm/trace-events after 9.0: other names, and more numbers.
TEST(Conformance, LaterVersionsNameSomeEventsOtherwise) {
  const std::string log =
      std::string(kStart) + kLookUp +
      "smmuv3_propagate_event SMMU_EVT_C_BAD_STE sid=0x8\n"
      "smmuv3_trigger_irq irq=0\n" +
      look_up_again(2) +
      "smmuv3_translate_success region sid=0x8 iova=0x1000 translated=0x2000 perm=0x3 stage=1\n"
      "smmuv3_cmdq_consume prod=2 cons=0 prod.wrap=0 cons.wrap=0\n"
      "smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_STE\n"
      "smmuv3_cmdq_cfgi_ste streamid= 0x8\n"
      "smmu_config_cache_inv Config cache INV for sid=0x8\n"
      "smmuv3_cmdq_consume prod=2 cons=1 prod.wrap=0 cons.wrap=0\n"
      "smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NSNH_ALL\n"
      "smmuv3_cmdq_tlbi_nsnh \n"
      "smmu_iotlb_inv_all IOTLB invalidate all\n"
      "smmuv3_cmdq_consume_out prod:2, cons:2, prod_wrap:0, cons_wrap:0 \n"
      "smmuv3_write_mmio addr: 0x98 val:0x2 size: 0x4(0)\n";
  EXPECT_EQ(first_mismatch(log), 0);
  EXPECT_EQ(first_mismatch(log + "smmu_reset_exit \nsmmuv3_read_mmio addr: 0x20 val:0x0 size: 0x4(0)\n"), 0);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3::conformance_test
