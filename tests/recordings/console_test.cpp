// The consoles of recorded shutdowns against what the model says of the same set-up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker::console_test {
namespace {

struct Timeout {
  double at_s = 0;
  unsigned prod = 0;
  unsigned cons = 0;
};

struct Console {
  std::vector<Timeout> timeouts;
  std::vector<double> soft_lockups_s;
  double restart_s = -1;

  void add(double at_s, const std::string& text) {
    Timeout timeout{at_s, 0, 0};
    unsigned sync = 0;
    const std::size_t message = text.find("CMD_SYNC timeout at");
    if (message != std::string::npos &&
        std::sscanf(text.c_str() + message, "CMD_SYNC timeout at 0x%x [hwprod 0x%x, hwcons 0x%x]", &sync,
                    &timeout.prod, &timeout.cons) == 3) {
      timeouts.push_back(timeout);
    }
    if (text.find("BUG: soft lockup") != std::string::npos) soft_lockups_s.push_back(at_s);
    if (text.find("reboot: Restarting system") != std::string::npos) restart_s = at_s;
  }
};

Console recorded(const std::string& name) {
  std::ifstream in("tests/data/recordings/" + name + ".dmesg");
  EXPECT_TRUE(in) << name;
  Console console;
  for (std::string line; std::getline(in, line);) {
    double at = 0;
    int text = 0;
    if (std::sscanf(line.c_str(), "[%lf] %n", &at, &text) == 1)
      console.add(at, line.substr(static_cast<std::size_t>(text)));
  }
  return console;
}

sim::System compiled(const std::string& scenario, const std::string& variant) {
  const sim::LibraryDirs libraries{"scenarios/lib"};
  const sim::Node document = sim::load_scenario_document("scenarios/" + scenario, libraries);
  return sim::compile(sim::variant_document(document, variant, libraries));
}

/// The consoles of all runs to the end that the search shows, one for each goal that they refute.
std::vector<Console> predicted(const std::string& variant) {
  const sim::System system = compiled("reboot/recorded-late-unmap.yaml", variant);
  const Outcome outcome = check(system, {});
  std::vector<Console> consoles;
  for (const PropertyOutcome& property : outcome.properties) {
    for (const FoundRun& run : property.runs) {
      Console console;
      for (const LogLine& line : explain(system, run).log)
        console.add(static_cast<double>(line.time_us) / 1e6, line.text);
      if (console.restart_s >= 0) consoles.push_back(console);
    }
  }
  EXPECT_FALSE(consoles.empty());
  return consoles;
}

TEST(Console, PredictsEveryTimeoutOfALateUnmap) {
  const Console real = recorded("v3-late-unmap-voluntary");
  ASSERT_EQ(real.timeouts.size(), 30U);
  for (const Console& model : predicted("shutdown")) {
    ASSERT_EQ(model.timeouts.size(), 30U);
    for (std::size_t i = 0; i < 30; ++i) {
      const Timeout& expected = real.timeouts[i];
      EXPECT_EQ(model.timeouts[i].prod - model.timeouts[0].prod, expected.prod - real.timeouts[0].prod) << i;
      EXPECT_EQ(model.timeouts[i].prod - model.timeouts[i].cons, expected.prod - expected.cons) << i;
      EXPECT_EQ(model.timeouts[i].cons, model.timeouts[0].cons) << i;
      if (i == 0) continue;
      const double interval = model.timeouts[i].at_s - model.timeouts[i - 1].at_s;
      EXPECT_NEAR(interval, expected.at_s - real.timeouts[i - 1].at_s, 0.02 * interval) << i;
    }
  }
}

TEST(Console, PredictsTheSoftLockupAndWhenTheMachineRestarts) {
  const Console real = recorded("v3-late-unmap-voluntary");
  ASSERT_EQ(real.soft_lockups_s.size(), 1U);
  const double stuck_s = real.timeouts[0].at_s - 1.05;
  for (const Console& model : predicted("shutdown")) {
    ASSERT_EQ(model.soft_lockups_s.size(), 1U);
    // 24 s after the last heartbeat at the earliest; two samples and one wait later at the latest.
    EXPECT_GE(model.soft_lockups_s[0], 20);
    EXPECT_GE(real.soft_lockups_s[0] - stuck_s, 20);
    EXPECT_LE(real.soft_lockups_s[0] - stuck_s, model.soft_lockups_s[0] + 2 * 4 + 1.05);
    EXPECT_NEAR(model.restart_s, real.restart_s - stuck_s, 0.02 * model.restart_s);
  }
}

TEST(Console, PredictsThatAShutdownFromSyscoreIsSilent) {
  const Console real = recorded("v3-late-unmap-syscore");
  EXPECT_TRUE(real.timeouts.empty());
  EXPECT_TRUE(real.soft_lockups_s.empty());
  for (const Console& model : predicted("syscore")) {
    EXPECT_TRUE(model.timeouts.empty());
    EXPECT_TRUE(model.soft_lockups_s.empty());
  }
}

/// What is said between the release of the device and the end of the oops: its kinds of lines, and the
/// routines.
std::vector<std::string> oops_of(const std::vector<std::string>& lines) {
  std::vector<std::string> said;
  bool trace = false;
  for (const std::string& line : lines) {
    for (const char* const kind : {"Removing from iommu group 0", "Unable to handle kernel NULL pointer"}) {
      if (line.find(kind) != std::string::npos) said.emplace_back(kind);
    }
    if (line.find("Code:") != std::string::npos || line.find("end trace") != std::string::npos) trace = false;
    if (trace)
      said.push_back(line.substr(line.find_first_not_of(' '), line.find('+') - line.find_first_not_of(' ')));
    if (line.find("Call trace:") != std::string::npos) trace = true;
  }
  return said;
}

TEST(Console, PredictsTheOopsOfAMappingAfterTheRelease) {
  std::vector<std::string> real;
  std::ifstream in("tests/data/recordings/v3-remove-on-shutdown-map.dmesg");
  for (std::string line; std::getline(in, line);)
    real.push_back(line.substr(std::min<std::size_t>(line.size(), 15)));
  std::vector<std::string> recorded_oops = oops_of(real);
  ASSERT_EQ(recorded_oops.size(), 7U);
  recorded_oops.resize(5);  // kthread and ret_from_fork are no routines of the model
  const sim::System system = compiled("remove/recorded-remove-map.yaml", "map");
  const Outcome outcome = check(system, {});
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    if (system.properties[i].name != "null_dereference") continue;
    ASSERT_EQ(outcome.properties[i].runs.size(), 1U);
    std::vector<std::string> model;
    for (const LogLine& line : explain(system, outcome.properties[i].runs[0]).log) model.push_back(line.text);
    std::vector<std::string> said = oops_of(model);
    ASSERT_GT(said.size(), 3U);
    // The routine that oopses has no frame of its own, so the kernel's trace leaves out its caller, which is
    // in lr.
    EXPECT_EQ(said[3], "iommu_dma_map_page");
    said.erase(said.begin() + 3);
    EXPECT_EQ(said, recorded_oops);
  }
}

}  // namespace
}  // namespace quiesce::checker::console_test
