// What the compiler says about mistakes with legacy SMMUs.
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::legacy_errors_test {
namespace {

std::string with(const std::string& machine, const std::string& steps) {
  return "quiesce: 1\nname: x\nmachine: { cpus: 1, smmus: { " + machine + " } }\ntasks: { t: { run: [" +
         steps + "] } }\n";
}

constexpr const char* kBoth = "old: { model: smmuv2 }, new: {}";

TEST(LegacyErrors, ARegisterOfTheOtherModel) {
  EXPECT_TRUE(contains(mistake(with(kBoth, "write: old.CR0 = 0")),
                       "'old' is an SMMUv2, which has no register 'CR0'"));
  EXPECT_TRUE(
      contains(mistake(with(kBoth, "write: new.sCR0 = 0")), "'new' is an SMMUv3, which has no register"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: v = decision(old)")), "'old' is an SMMUv2"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "clk_enable: new")), "clocks and power of an SMMUv3"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "{reserve_and_publish: v = old, with: commands(SYNC)}")),
                       "has no command queue"));
}

TEST(LegacyErrors, ANumberThatNoRegisterHas) {
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: 'v = old.SMR[1]'")), "there is no 'SMR[1]'"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: 'v = old.SMR[1]'")), "'mapping_groups' is 1"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: v = old.SMR")), "'SMR[NUMBER]'"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: 'v = old.sCR0[0]'")), "one register 'sCR0' alone"));
}

TEST(LegacyErrors, ADeviceForWhichNoSmmuHasRoomIsNotToldToMakeItLarger) {
  const auto behind = [](const std::string& knobs, const std::string& devices) {
    return mistake("machine: { cpus: 1, smmus: { old: { model: smmuv2" + knobs + " } }, devices: { " +
                   devices + " } }\n");
  };
  const std::string far = "d: { behind: old, dma: { stream_id: 300 } }";
  EXPECT_TRUE(contains(behind(", stream_matching: false, mapping_groups: 255", far),
                       "StreamIDs from there on need 'stream_matching: true'"));
  EXPECT_TRUE(contains(behind(", stream_matching: false", "d: { behind: old, dma: { stream_id: 30 } }"),
                       "make 'mapping_groups' larger"));
  std::string many;
  for (int i = 0; i < 40; ++i) many += (i == 0 ? "d" : ", d") + std::to_string(i) + ": { behind: old }";
  EXPECT_TRUE(contains(behind("", many), "has at most 31 context banks here"));
  EXPECT_TRUE(contains(behind(", context_banks: 1", "d: { behind: old }, e: { behind: old }"),
                       "make 'context_banks' larger"));
}

TEST(LegacyErrors, WhatARegisterDoesNotHave) {
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: v = old.sCR0.CLIENTPX")), "did you mean 'CLIENTPD'"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: 'v = old.FAR[0].FADDR'")), "no fields are modelled"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "load: v = old.sACR")), "is not modelled"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "write: old.sTLBGSTATUS = 0")), "is read-only"));
  EXPECT_TRUE(contains(mistake(with(kBoth, "write: 'old.TTBR0[0] = 1'")), "expected a reference (domain)"));
}

TEST(LegacyErrors, KnobsOfTheOtherModel) {
  EXPECT_TRUE(contains(mistake(with("s: { model: smmuv2, cmdq_entries: 4 }", "might_sleep")),
                       "'cmdq_entries' is a knob of 'model: smmuv3'"));
  EXPECT_TRUE(contains(mistake(with("s: { clocks: false }", "might_sleep")),
                       "'clocks' is a knob of 'model: smmuv2'"));
}

TEST(LegacyErrors, TooFewBanksAndGroups) {
  const std::string devices =
      "quiesce: 1\nname: x\nmachine: { cpus: 1, smmus: { s: { model: smmuv2, KNOB: 1 } }, "
      "devices: { a: { behind: s }, b: { behind: s } } }\ntasks: { t: { run: [might_sleep] } }\n";
  const auto knob = [&](const char* name) {
    std::string text = devices;
    return mistake(text.replace(text.find("KNOB"), 4, name));
  };
  EXPECT_TRUE(contains(knob("context_banks"), "no context bank for this device's domain"));
  EXPECT_TRUE(contains(knob("mapping_groups"), "no stream mapping group for this device"));
}

TEST(LegacyErrors, DmaThatTheModelDoesNotHave) {
  const auto dma = [](const std::string& model, const std::string& knobs) {
    return mistake("quiesce: 1\nname: x\nmachine: { cpus: 1, smmus: { s: { model: " + model +
                   " } }, devices: { d: { behind: s, dma: { " + knobs +
                   " } } } }\ntasks: { t: { run: [might_sleep] } }\n");
  };
  EXPECT_TRUE(contains(dma("smmuv2", "substreams: 1"), "'substreams' is for devices behind an SMMUv3"));
  EXPECT_TRUE(contains(dma("smmuv2", "entry: absent"), "'entry: absent' is for devices behind an SMMUv3"));
  EXPECT_TRUE(contains(dma("smmuv2", "stream_id: 40000"), "a StreamID behind an SMMUv2 has 15 bits"));
  EXPECT_TRUE(contains(dma("smmuv3", "direction: reads"), "'direction' is for devices behind an SMMUv2"));
  EXPECT_EQ(dma("smmuv2", "direction: reads, entry: bypass, stream_id: 7"), "no error");
}

TEST(LegacyErrors, LinesThatItDoesNotHave) {
  const std::string text =
      with(kBoth, "might_sleep") + "interrupts: { i: { handler: [might_sleep], from: old.context1 } }\n";
  EXPECT_TRUE(contains(mistake(text), "did you mean 'old.context0'"));
}

}  // namespace
}  // namespace quiesce::sim::legacy_errors_test
