// What a step is called in reports: one claim each.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/compile.hpp"

namespace quiesce::sim::step_texts_test {
namespace {

bool has_step(const std::string& steps, const std::string& text) {
  const System system =
      compile(parse_document("quiesce: 1\nname: x\nmachine: { cpus: 1, smmus: { smmu0: {} } }\nroutines: { "
                             "r: { params: { smmu: smmu }, "
                             "steps: [" +
                                 steps + "] } }\ntasks: { t: { run: [call: r(smmu0)] } }\n",
                             "x.yaml"));
  return std::any_of(system.program.infos.begin(), system.program.infos.end(),
                     [&](const StepInfo& info) { return info.text == text; });
}

TEST(StepTexts, NameWhatParametersStandFor) {
  EXPECT_TRUE(has_step("write: smmu.CR0 = 0", "write smmu0.CR0 = 0"));
}

TEST(StepTexts, LeaveTheWordsOfAMessageAsTheyAre) {
  EXPECT_TRUE(has_step("log: 'arm-smmu {smmu}: see arm-smmu.disable_bypass, smmu'",
                       "log arm-smmu {smmu0}: see arm-smmu.disable_bypass, smmu"));
}

}  // namespace
}  // namespace quiesce::sim::step_texts_test
