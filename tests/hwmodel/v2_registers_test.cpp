// The legacy SMMU's registers: reset values, what writes do, what cannot be written; sources at each test.
#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_registers_test {
namespace {

using LegacyRegisters = LegacySmmu;

class LegacyAfterReset : public LegacySmmu {
 protected:
  void SetUp() override {
    LegacySmmu::SetUp();
    reset(*access, layout, config);
    enable_clocks(*access, layout);
  }
};

// HPS SMMU_SCR0, SMMU_NSCR0 (683222): 0x00200001.
TEST_F(LegacyAfterReset, ClientpdIsSet) {
  EXPECT_EQ(read("sCR0"), 0x00200001);
  set(on, 1);
  EXPECT_EQ(access_page().by, Bypass::kClientpd);
}

// UG1087 SMMU_SMRn, SMMU_S2CRn, SMMU_CBn_SCTLR.
TEST_F(LegacyAfterReset, GroupsAreInvalidAndFaultAndBanksAreOff) {
  EXPECT_EQ(read("SMR", 1), 0);
  EXPECT_EQ(read("S2CR", 1), 0x00020000);
  EXPECT_EQ(read("SCTLR", 1), 0x00000100);
  EXPECT_EQ(read("sGFSR"), 0);
  EXPECT_EQ(read("FSR", 1), 0);
}

// Linux v6.18 arm-smmu.c arm_smmu_device_reset().
TEST_F(LegacyAfterReset, ADriversResetSequenceEnablesFaultsAndClientAccess) {
  config.mmu500 = false;
  enable(*access, layout, config, Unmatched::kFault);
  const std::int32_t faults = cr0::kGfre | cr0::kGfie | cr0::kGcfgfre | cr0::kGcfgfie;
  EXPECT_EQ(read("sCR0"), faults | cr0::kUsfcfg | cr0::kVmidpne | cr0::kPtm | cr0::kSmcfcfg);
  EXPECT_EQ(s2cr::type_of(read("S2CR")), s2cr::kFault);
  EXPECT_EQ(read("SCTLR"), 0);
  enable(*access, layout, config, Unmatched::kBypass);
  EXPECT_EQ(read("sCR0") & cr0::kUsfcfg, 0);
  EXPECT_EQ(s2cr::type_of(read("S2CR")), s2cr::kBypass);
}

// HPS SMMU_SCR0 (683567): GCFGFIE, GCFGFRE, STALLD, GSE are read-only 0, SMCFCFG read-only 1.
TEST_F(LegacyRegisters, OfMmu500WhatIsFixedInScr0CannotBeWritten) {
  write("sCR0", -1);
  EXPECT_EQ(read("sCR0") & cr0::kFixedInMmu500, cr0::kSmcfcfg);
  EXPECT_EQ(read("sCR0") | cr0::kFixedInMmu500, ~cr0::kReserved);
  write("sCR0", 0);
  EXPECT_EQ(read("sCR0"), cr0::kSmcfcfg);
  configure({.mmu500 = false});
  write("sCR0", -1);
  EXPECT_EQ(read("sCR0"), ~cr0::kReserved);
}

// Linux v6.18 arm-smmu.c arm_smmu_device_shutdown().
TEST_F(LegacyRegisters, AShutdownsWriteOfScr0DropsEveryReport) {
  write("sCR0", cr0::kClientpd);
  EXPECT_EQ(read("sCR0") & (cr0::kGfre | cr0::kGfie | cr0::kUsfcfg), 0);
  EXPECT_EQ(access_page().by, Bypass::kClientpd);
}

// HPS SMMU_NSGFSR.
TEST_F(LegacyRegisters, GfsrIsClearedByWritingOnes) {
  write("sGFSRRESTORE", kMulti | gfsr::kUsf | gfsr::kSmcf);
  write("sGFSR", gfsr::kUsf);
  EXPECT_EQ(read("sGFSR"), kMulti | gfsr::kSmcf);
  write("sGFSR", -1);
  EXPECT_EQ(read("sGFSR"), 0);
}

// HPS SMMU_NSGFSRRESTORE: write-only; "Restores the state of SMMU_GFSR".
TEST_F(LegacyRegisters, GfsrrestoreSetsBitsAndReadsZero) {
  write("sGFSRRESTORE", gfsr::kUsf);
  write("sGFSRRESTORE", gfsr::kIcf);
  EXPECT_EQ(read("sGFSR"), gfsr::kUsf | gfsr::kIcf);
  EXPECT_EQ(read("sGFSRRESTORE"), 0);
}

TEST_F(LegacyRegisters, StatusOfSyncsIsReadOnly) {
  EXPECT_EQ(write("sTLBGSTATUS", 1), WriteOutcome::kIgnored);
  EXPECT_EQ(write("TLBSTATUS", 1, 1), WriteOutcome::kIgnored);
  EXPECT_EQ(read("sTLBGSTATUS") | read("TLBSTATUS", 1), 0);
}

TEST_F(LegacyRegisters, TheRestIsKeptAsItIsWritten) {
  for (const char* name : {"sGFSYNR0", "sGFSYNR1", "SMR", "S2CR", "CBAR", "CBFRSYNRA", "SCTLR", "TTBR0",
                           "TCR", "FAR", "FSYNR0"}) {
    EXPECT_EQ(write(name, 0x55, 0), WriteOutcome::kDone);
    EXPECT_EQ(read(name, 0), 0x55) << name;
  }
}

// 2.3.1: with ID0.EXIDS = 0.
TEST_F(LegacyRegisters, WithoutExtendedStreamIdsTheyCannotBeEnabled) {
  const std::int32_t before = read("sCR0");
  EXPECT_EQ(write("sCR0", before | 1 << 3), WriteOutcome::kDone);
  EXPECT_EQ(read("sCR0"), before);
}

TEST_F(LegacyRegisters, OfAnIndexedRegisterEachOneIsItsOwn) {
  write("TTBR0", 1, 0);
  write("TTBR0", 2, 1);
  EXPECT_EQ(read("TTBR0", 0), 1);
  EXPECT_EQ(read("TTBR0", 1), 2);
  EXPECT_EQ(count_of(*find_register("TTBR0"), config), 2U);
  EXPECT_EQ(count_of(*find_register("SMR"), config), 2U);
  EXPECT_EQ(count_of(*find_register("sCR0"), config), 1U);
}

// Linux v6.18 arm-smmu.c arm_smmu_write_sme().
TEST_F(LegacyRegisters, WithoutStreamMatchingThereAreNoSmrs) {
  configure({.stream_matching = false});
  EXPECT_EQ(write("SMR", -1), WriteOutcome::kIgnored);
  EXPECT_EQ(read("SMR"), 0);
}

// Linux v6.18 arm-smmu.h.
TEST(LegacyRegisterMap, OffsetsAreThoseOfLinux) {
  EXPECT_EQ(find_register("sGFSR")->offset, 0x48U);
  EXPECT_EQ(find_register("sTLBGSTATUS")->offset, 0x74U);
  EXPECT_EQ(find_register("CBFRSYNRA")->offset, 0x400U);
  EXPECT_EQ(find_register("TLBSTATUS")->offset, 0x7f4U);
  EXPECT_EQ(find_register("nothing"), nullptr);
}

TEST(LegacyRegisterMap, BitsThatDecideAreTheFieldsOfTheTable) {
  const auto value_of = [](const char* reg, const char* field, std::int32_t bits) {
    return extract(*find_register(reg), find_field(*find_register(reg), field), bits);
  };
  EXPECT_EQ(value_of("sCR0", "CLIENTPD", cr0::kReset), 1);
  EXPECT_EQ(value_of("sCR0", "SMCFCFG", cr0::kReset), 1);
  EXPECT_EQ(value_of("sCR0", "USFCFG", cr0::kUsfcfg), 1);
  EXPECT_EQ(value_of("sCR0", "GCFGFIE", cr0::kGcfgfie), 1);
  EXPECT_EQ(value_of("sCR0", "BSU", cr0::kBsu), 3);
  EXPECT_EQ(value_of("sGFSR", "UCBF", gfsr::kUcbf), 1);
  EXPECT_EQ(value_of("sGFSYNR0", "WNR", gfsr::kWnr), 1);
  EXPECT_EQ(value_of("S2CR", "TYPE", s2cr::kReset), s2cr::kFault);
  EXPECT_EQ(value_of("SCTLR", "HUPCF", sctlr::kReset), 1);
  EXPECT_EQ(value_of("SCTLR", "CFCFG", sctlr::kCfcfg), 1);
  EXPECT_EQ(value_of("FSR", "SS", fsr::kSs), 1);
  EXPECT_EQ(value_of("FSR", "MULTI", kMulti), 1);
  EXPECT_EQ(value_of("FSYNR0", "WNR", fsr::kWnr), 1);
  EXPECT_EQ(value_of("TCR", "EPD0", kEpd0), 1);
  EXPECT_EQ(field_names(*find_register("RESUME")), std::vector<std::string>{"TNR"});
}

TEST_F(LegacyRegisters, AccessesKeepToTheirFootprint) {
  for (const bool matching : {true, false}) {
    configure({.stream_matching = matching});
    access_page();
    for (const Register& reg : tables::kRegisters) {
      if (!is_modelled(reg)) continue;
      for (const std::int32_t value : {0, 1, 0x10000, -1}) {
        const std::size_t index = count_of(reg, config) - 1;
        base::Footprint recorded;
        base::StateAccess recording(bytes.data(), undo, &recorded);
        static_cast<void>(read_register(recording, layout, config, reg, index, events));
        static_cast<void>(write_register(recording, layout, config, reg, index, value, events));
        EXPECT_TRUE(all_within(recorded, footprint(layout, config, reg, index)))
            << reg.name << " := " << value;
      }
    }
  }
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_registers_test
