// Which assumptions of the legacy SMMU's model a verdict says that it rests on.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checked.hpp"
#include "checker/used_assumptions.hpp"

namespace quiesce::checker::assumptions_test {
namespace {

using Names = std::vector<std::string>;

std::string scenario(const std::string& knobs, const std::string& steps) {
  return "machine: { cpus: 1, smmus: { smmu0: { model: smmuv2" + knobs +
         " } }, devices: { smmu0.pdev: { controls: smmu0 }, nic: { behind: smmu0 } } }\n"
         "tasks: { t: { kind: kthread, run: [" +
         steps + "] } }\n";
}

/// Names of all that the search used.
Names used(const std::string& text) {
  const Checked checked = check_text(text);
  return assumption_names(checked.system, checked.outcome.assumptions);
}

TEST(Assumptions, AVerdictThatNeedsNoneNamesNone) {
  EXPECT_EQ(used(scenario("", "load: v = smmu0.sCR0")), Names{});
}

TEST(Assumptions, AnAccessWithoutClocksIsNamedByItsKnob) {
  const std::string steps = "clk_disable: smmu0, load: v = smmu0.sCR0";
  EXPECT_EQ(used(scenario("", steps)), Names{"unclocked-aborts"});
  EXPECT_EQ(used(scenario(", unclocked: ignored", steps)), Names{"unclocked-ignored"});
}

TEST(Assumptions, WhatOnlyOtherRunsUseIsNoneOfTheCounterexample) {
  const std::string steps =
      "choose: off in 0..1, { if: off == 1, then: [ clk_disable: smmu0, load: v = smmu0.sCR0 ], "
      "else: [ finding: lock_misuse ] }";
  const Checked checked = check_text(scenario("", steps));
  for (std::size_t i = 0; i < checked.system.properties.size(); ++i) {
    for (const FoundRun& run : checked.outcome.properties[i].runs) {
      const bool other = checked.system.properties[i].name == "lock_misuse";
      EXPECT_EQ(explain(checked.system, run).assumptions, other ? Names{} : Names{"unclocked-aborts"});
    }
  }
}

TEST(Assumptions, EachIsASentenceWithWhatSpeaksForIt) {
  const Checked checked = check_text(scenario("", "power_off: smmu0"));
  const std::vector<std::string> texts = assumption_texts(checked.system, checked.outcome.assumptions);
  ASSERT_FALSE(texts.empty());
  EXPECT_EQ(texts.front().substr(0, 60), "power-loss-resets: without power registers and TLB are lost,");
  EXPECT_NE(texts.front().find("(Linux v6.18 arm-smmu.c arm_smmu_runtime_resume()"), std::string::npos);
}

}  // namespace
}  // namespace quiesce::checker::assumptions_test
