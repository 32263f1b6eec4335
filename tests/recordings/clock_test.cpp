// Recorded consoles against what virtual time prints of the same set-ups: events, counts and intervals.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "checker/simulated_variant.hpp"
#include "shipped.hpp"
#include "simulated.hpp"

namespace quiesce::checker::clock_test {
namespace {

/// What a console says that a model can foresee.
struct Console {
  std::vector<double> timeouts_s;
  std::vector<double> lockups_s;
  std::string lockup;  ///< "CPU#0 stuck for 27s! [late_unmapper"
  double oops_s = -1;
  std::string oops_in;  ///< the routine at the top of its call trace
  double reboot_s = -1;

  void add(double at_s, const std::string& text) {
    const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
    if (says("CMD_SYNC timeout at")) timeouts_s.push_back(at_s);
    if (says("Unable to handle kernel NULL pointer dereference")) oops_s = at_s;
    if (says("reboot: Restarting system")) reboot_s = at_s;
    if (oops_s >= 0 && oops_in.empty() && in_trace_) oops_in = text.substr(text.find_first_not_of(' '));
    in_trace_ = says("Call trace:");
    const std::size_t lockup_at = text.find("CPU#");
    if (!says("BUG: soft lockup")) return;
    lockups_s.push_back(at_s);
    if (lockup.empty()) lockup = text.substr(lockup_at, text.rfind(':') - lockup_at);
  }

 private:
  bool in_trace_ = false;
};

Console recorded(const std::string& name) {
  std::ifstream in("tests/data/recordings/" + name + ".dmesg");
  EXPECT_TRUE(in) << name;
  Console console;
  for (std::string line; std::getline(in, line);) {
    double at_s = 0;
    int text = 0;
    if (std::sscanf(line.c_str(), "[%lf] %n", &at_s, &text) == 1)
      console.add(at_s, line.substr(static_cast<std::size_t>(text)));
  }
  return console;
}

/// Of one simulated run.
class Rig {
 public:
  Rig(const std::string& file, const std::string& variant)
      : simulated_(sim::variant_document(sim::load_scenario_document("scenarios/" + file, kLibraries),
                                         variant, kLibraries)) {}

  Console console(std::uint64_t number) {
    FoundRun whole;
    const SimulatedRun run = simulated_.simulator.record(1, number, {});
    EXPECT_EQ(run.end, RunEnd::kReset);
    whole.schedule = run.schedule;
    whole.times_us = run.times_us;
    Console console;
    for (const LogLine& line : explain(simulated_.system, whole).log)
      console.add(static_cast<double>(line.time_us) / 1e6, line.text);
    return console;
  }

 private:
  inline static const sim::LibraryDirs kLibraries{"scenarios/lib"};
  Simulated simulated_;
};

constexpr std::uint64_t kRuns = 20;

TEST(RecordedClock, LateUnmapsTimeOutAsFarApartAsRecorded) {
  const Console real = recorded("v3-late-unmap-voluntary");
  ASSERT_EQ(real.timeouts_s.size(), 30U);
  Rig rig("reboot/recorded-late-unmap.yaml", "shutdown");
  for (std::uint64_t number = 0; number < kRuns; ++number) {
    const Console run = rig.console(number);
    ASSERT_EQ(run.timeouts_s.size(), 30U);
    for (std::size_t i = 1; i < 30; ++i) {
      EXPECT_NEAR(run.timeouts_s[i] - run.timeouts_s[i - 1], 1.05, 0.02 * 1.05);
      EXPECT_NEAR(run.timeouts_s[i], real.timeouts_s[i], 0.05);
    }
  }
}

TEST(RecordedClock, TheSoftLockupIsReportedWhenItWas) {
  const Console real = recorded("v3-late-unmap-voluntary");
  ASSERT_EQ(real.lockups_s.size(), 1U);
  ASSERT_EQ(real.lockup, "CPU#0 stuck for 27s! [late_unmapper");
  Rig rig("reboot/recorded-late-unmap.yaml", "shutdown");
  for (std::uint64_t number = 0; number < kRuns; ++number) {
    const Console run = rig.console(number);
    ASSERT_EQ(run.lockups_s.size(), 1U);
    EXPECT_NEAR(run.lockups_s[0], real.lockups_s[0], 0.01);
    EXPECT_EQ(run.lockup, real.lockup);
  }
}

TEST(RecordedClock, TheRebootComesWhenItDid) {
  Rig shutdown("reboot/recorded-late-unmap.yaml", "shutdown");
  EXPECT_NEAR(shutdown.console(0).reboot_s, recorded("v3-late-unmap-voluntary").reboot_s, 0.05);
}

TEST(RecordedClock, WithTheSyscoreOrderTheRebootComesAtOnceWithoutATimeout) {
  ASSERT_TRUE(recorded("v3-late-unmap-syscore").timeouts_s.empty());
  Rig rig("reboot/recorded-late-unmap.yaml", "syscore");
  for (std::uint64_t number = 0; number < kRuns; ++number) {
    const Console run = rig.console(number);
    EXPECT_TRUE(run.timeouts_s.empty() && run.lockups_s.empty());
    EXPECT_LT(run.reboot_s - 6.903, 0.02);
  }
}

TEST(RecordedClock, TheOopsIsWhereItWasAndTheRebootSoonAfter) {
  const Console real = recorded("v3-remove-on-shutdown-map");
  ASSERT_EQ(real.oops_in.substr(0, real.oops_in.find('+')), "iommu_get_dma_domain");
  ASSERT_LT(real.reboot_s - real.oops_s, 0.02);
  Rig rig("remove/recorded-remove-map.yaml", "map");
  for (std::uint64_t number = 0; number < kRuns; ++number) {
    const Console run = rig.console(number);
    EXPECT_EQ(run.oops_in, "iommu_get_dma_domain");
    EXPECT_NEAR(run.oops_s, real.oops_s, 0.01);
    EXPECT_GT(run.reboot_s, run.oops_s);
    EXPECT_LT(run.reboot_s - run.oops_s, 0.02);
    EXPECT_TRUE(run.timeouts_s.empty());
  }
}

}  // namespace
}  // namespace quiesce::checker::clock_test
