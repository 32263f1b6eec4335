// Errors of the command queue in scenarios: who is told, and what becomes of the queue.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::smmu_errors_test {
namespace {

/// A driver submits what this SMMU does not know, and a CMD_SYNC behind it.
std::string submits(const std::string& from, const std::string& handler) {
  return R"(
machine: { cpus: 2, smmus: { smmu0: { cmdq_entries: 8, cr0_ack: immediate } } }
globals: { told: bool }
interrupts: { error: { handler: on_error(), cpu: 1)" +
         from + R"( } }
routines:
  on_error: )" +
         handler + R"(
tasks:
  t:
    cpu: 0
    run:
      - reserve_and_publish: slot = smmu0
        with: commands(ATC_INV)
        sync: true
      - poll: consumed(smmu0, smmu0.CMDQ_CONS, slot)
        timeout: 1s
        on_timeout: [ finding: timed_out ]
findings: [timed_out]
properties:
  nobody_told: { never: told }
  error_shows: { never: smmu0.GERROR.CMDQ_ERR == 1 }
)";
}

TEST(SmmuErrors, AWireRaisesItsInterrupt) {
  const Checked c = check_text(submits(", from: smmu0.gerror", "[ set: told = true ]"));
  EXPECT_EQ(c.status("nobody_told"), Status::kViolated);
  EXPECT_EQ(c.status("timed_out"), Status::kViolated) << "nobody repaired anything";
}

TEST(SmmuErrors, AnotherWireDoesNot) {
  const Checked c = check_text(submits(", from: [smmu0.eventq, smmu0.priq]", "[ set: told = true ]"));
  EXPECT_EQ(c.status("nobody_told"), Status::kHolds);
  EXPECT_EQ(c.status("error_shows"), Status::kViolated);
}

TEST(SmmuErrors, ARewrittenCommandLetsTheQueueGoOn) {
  const Checked c = check_text(submits(", from: smmu0.gerror", R"(
    - load: gerror = smmu0.GERROR
    - load: cons = smmu0.CMDQ_CONS
    - put_commands: smmu0 at cons % 1048576
      with: commands(SYNC)
    - write: smmu0.GERRORN = gerror
)"));
  EXPECT_EQ(c.status("timed_out"), Status::kHolds);
  EXPECT_EQ(c.status("unpredictable_register"), Status::kHolds);
}

TEST(SmmuErrors, AcknowledgingWhatIsNotActiveIsFound) {
  const Checked c = check_text(submits(", from: smmu0.gerror", "[ write: smmu0.GERRORN = 4 ]"));
  EXPECT_EQ(c.status("unpredictable_register"), Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::smmu_errors_test
