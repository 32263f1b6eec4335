// Drivers, their hooks and the order of devices: what does not fit together is said.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::hook_errors_test {
namespace {

std::string mistake_with(const std::string& driver, const std::string& hooks, const std::string& invoke) {
  return mistake("machine: { cpus: 1, devices: { nic: { driver: " + driver + " } } }\ndrivers: { mynic: { " +
                 hooks + " } }\nglobals: { x: bool }\nroutines: { stop: [ set: x = true ] }\n" +
                 "tasks: { t: { run: [ invoke: " + invoke + " ] } }\n");
}

TEST(HookErrors, AHookThatNothingInvokes) {
  const std::string text = mistake_with("mynic", "shutdwn: stop", "driver.shutdown(nic)");
  EXPECT_TRUE(contains(text,
                       "x.yaml:2:21: error: nothing invokes the hook 'shutdwn'\n"
                       "    2 | drivers: { mynic: { shutdwn: stop } }\n"
                       "      |                     ^~~~~~~\n"
                       "      = did you mean 'shutdown'?\n"))
      << text;
}

TEST(HookErrors, AnInvokedHookThatIsMisspelt) {
  const std::string text = mistake_with("mynic", "shutdown: stop", "driver.shutdow(nic)");
  EXPECT_TRUE(contains(text, "x.yaml:5:30: error: nobody has the hook 'shutdow'")) << text;
  EXPECT_TRUE(contains(text, "did you mean 'shutdown'?")) << text;
}

TEST(HookErrors, AHookThatNobodyHasRunsNothing) {
  EXPECT_EQ(mistake_with("mynic", "", "driver.release(nic)"), "no error");
}

TEST(HookErrors, ADriverThatIsNotDeclared) {
  const std::string text = mistake_with("mynicc", "", "driver.shutdown(nic)");
  EXPECT_TRUE(contains(text, "x.yaml:1:47: error: 'drivers' has no 'mynicc'")) << text;
  EXPECT_TRUE(contains(text, "did you mean 'mynic'?")) << text;
}

TEST(HookErrors, ADriverMeansNothingWhereNobodyAsksForHooks) {
  EXPECT_EQ(mistake("machine: { cpus: 1, devices: { nic: { driver: mynic } } }\n"), "no error");
}

TEST(HookErrors, AHookWithOtherParametersIsNamed) {
  const std::string text = mistake_with("mynic", "shutdown: stop", "driver.shutdown(nic)");
  EXPECT_TRUE(contains(text, "error: 'stop' takes 0 arguments, not 1")) << text;
  EXPECT_TRUE(contains(text, "it is the hook at x.yaml:2:21")) << text;
}

std::string mistake_of_order(const std::string& order) {
  return mistake("machine:\n  cpus: 1\n  devices: { a: {}, b: {} }\n  registration_order: " + order + "\n");
}

TEST(HookErrors, TheOrderNamesEveryDeviceOnce) {
  EXPECT_EQ(mistake_of_order("[b, a]"), "no error");
  EXPECT_EQ(mistake_of_order("any"), "no error");
  EXPECT_TRUE(contains(mistake_of_order("[a]"), "x.yaml:4:23: error: 'registration_order' leaves out b"));
  EXPECT_TRUE(contains(mistake_of_order("[a, b, c]"), "x.yaml:4:30: error: unknown device 'c'"));
  EXPECT_TRUE(contains(mistake_of_order("[a, b, a]"), "x.yaml:4:30: error: 'a' is registered twice"));
  EXPECT_TRUE(contains(mistake_of_order("soon"), "is a list of devices, or 'any'"));
}

TEST(HookErrors, ADeviceBehindNoSmmuIsNamed) {
  const std::string text = mistake(
      "machine: { cpus: 1, smmus: { s0: {} }, devices: { s: { controls: s0 }, nic: {} } }\n"
      "globals: { x: bool }\n"
      "routines: { stop: { params: { d: device }, steps: [ write: d.domain.smmu.CR0 = 0 ] } }\n"
      "tasks: { t: { run: [ call: stop(nic), set: x = true ] } }\n");
  EXPECT_EQ(count_of(text, "error:"), 1U) << text;
  EXPECT_TRUE(contains(text, "device 'nic' says neither 'behind: s0' nor 'controls: s0'")) << text;
  EXPECT_TRUE(contains(text, "called from x.yaml:4:28")) << text;
}

}  // namespace
}  // namespace quiesce::sim::hook_errors_test
