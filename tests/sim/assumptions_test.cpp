// What the model of legacy SMMUs takes for true gets out of the machine.
#include "hwmodel/v2/assumptions.hpp"

#include <gtest/gtest.h>

#include "sim/compile.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim::assumptions_test {
namespace {

using hwmodel::v2::Assumption;

/// The assumptions of a run of a few moves, each the first that can happen.
std::uint32_t assumed_by(const std::string& steps) {
  const System system = compile(parse_document(
      "quiesce: 1\nname: x\nmachine: { cpus: 1, soft_lockup_watchdog: false, smmus: { s: { model: smmuv2, "
      "unclocked: ignored, tlb_sync: never } } }\ntasks: { t: { run: [" +
          steps + "] } }\n",
      "x.yaml"));
  std::vector<std::uint32_t> words(1);
  for_each_initial(system, [&](const std::byte* initial) {
    std::vector<std::byte> state(initial, initial + system.layout.bytes);
    std::vector<base::Write> undo;
    base::StateAccess access(state.data(), undo);
    Machine machine(system, access);
    machine.tell_assumptions(words);
    std::vector<Move> moves;
    for (int i = 0; i < 20; ++i) {
      machine.enabled(moves);
      if (moves.empty()) return;
      machine.fire(moves.front());
    }
  });
  return words[0];
}

TEST(Assumptions, OfWhatHappenedAreTold) {
  EXPECT_EQ(assumed_by("load: v = s.sCR0"), 0U);
  EXPECT_EQ(assumed_by("power_off: s"), bit_of(Assumption::kPowerLoss));
  EXPECT_EQ(assumed_by("clk_disable: s, load: v = s.sCR0"), bit_of(Assumption::kUnclockedAccess));
  EXPECT_EQ(assumed_by("clk_disable: s, write: s.sCR0 = 0"), bit_of(Assumption::kUnclockedAccess));
}

TEST(Assumptions, OfWhatWaitsAreToldToo) {
  EXPECT_EQ(assumed_by("write: s.sTLBGSYNC = 0, might_sleep"), bit_of(Assumption::kDeadTbu));
}

}  // namespace
}  // namespace quiesce::sim::assumptions_test
