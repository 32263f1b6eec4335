// The footprint check notices a footprint that is too small.
#include <gtest/gtest.h>

#include "checked.hpp"
#include "checker/footprint_check.hpp"

namespace quiesce::checker::footprint_test {
namespace {

constexpr const char* kReader = R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
globals: { a: bool, b: bool }
tasks:
  reader: { cpu: 0, run: [load: x = a, set: b = x] }
  writer: { cpu: 1, run: [set: a = true] }
)";

TEST(FootprintCheck, PassesWhereEverythingWasDerived) {
  const Checked c = check_text(kReader);
  const FootprintReport report = check_footprints(c.system, {});
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.transitions, c.outcome.transitions);
}

TEST(FootprintCheck, NamesTheSlotAndTheStepThatWereNotDerived) {
  const Checked c = check_text(kReader);
  base::Slot a;
  for (const sim::Family& family : c.system.program.families) {
    if (family.name == "a") a = family.first;
  }
  const FootprintReport report = check_footprints(c.system, {}, a);
  ASSERT_FALSE(report.passed());
  std::string all;
  for (const std::string& violation : report.violations) all += violation + "\n";
  EXPECT_NE(all.find("reader in reader+0 (load x = a) reads"), std::string::npos) << all;
  EXPECT_NE(all.find("does something else"), std::string::npos) << all;
  EXPECT_NE(all.find("writer in writer+0 (set a = true) writes"), std::string::npos) << all;
}

}  // namespace
}  // namespace quiesce::checker::footprint_test
