// What the legacy SMMU's driver says on the console, to the letter.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::legacy_console_test {
namespace {

/// The console of the first run that the search shows for the property.
std::vector<std::string> console(const std::string& file, const std::string& variant,
                                 const std::string& property) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node document = sim::load_scenario_document(file, libraries);
  const sim::System system = sim::compile(sim::variant_document(document, variant, libraries));
  const Outcome outcome = check(system, {});
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    if (system.properties[i].name != property || outcome.properties[i].runs.empty()) continue;
    for (const LogLine& line : explain(system, outcome.properties[i].runs.front()).log)
      lines.push_back(line.text);
  }
  return lines;
}

bool says(const std::vector<std::string>& lines, const std::string& wanted) {
  return std::find(lines.begin(), lines.end(), wanted) != lines.end();
}

// "[PATCH v2 1/2] iommu/arm-smmu: don't unregister on shutdown", Vladimir Oltean, 2022-12-15
TEST(LegacyConsole, NamesTheUnknownStream) {
  const std::string path = testing::TempDir() + "legacy-console.yaml";
  std::ofstream(path) << R"(quiesce: 1
name: legacy-console
use: [linux/arm-smmu]
machine:
  cpus: 1
  kernel: v6.1
  smmus: { smmu0: { model: smmuv2, clocks: false, power_domain: false } }
  devices:
    smmu0.pdev: { driver: arm-smmu, controls: smmu0 }
    enetc: { behind: smmu0, dma: { entry: invalid, stream_id: 0x429, direction: writes } }
globals: { told: bool }
interrupts:
  fault: { from: smmu0.global, cpu: 0, handler: [call: arm_smmu_global_fault(smmu0), set: told = true] }
tasks: { t: { run: [wait_until: told] } }
properties: { silent: { never: told } }
)";
  EXPECT_TRUE(
      says(console(path, "default", "silent"),
           "arm-smmu smmu0: Blocked unknown Stream ID 0x429; boot with \"arm-smmu.disable_bypass=0\" to "
           "allow, but this may have security implications"));
}

TEST(LegacyConsole, SaysThatATlbSyncTimedOut) {
  EXPECT_TRUE(says(console("scenarios/remove/legacy-tlb-sync.yaml", "dead_tbu", "stale_dma"),
                   "arm-smmu smmu0: TLB sync timed out -- SMMU may be deadlocked"));
}

}  // namespace
}  // namespace quiesce::checker::legacy_console_test
