// Hooks that a device's driver does not have: one claim each.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::hooks_test {
namespace {

std::string scenario(const std::string& driver, const std::string& device, const std::string& modifier) {
  return "machine: { cpus: 1, devices: { a: " + driver + ", b: { driver: has } } }\n" +
         "drivers: { has: { sync: sync }, lacks: {} }\nglobals: { x: int 0..9, which: { type: device, init: "
         "a } }\n" +
         "routines: { sync: { params: { dev: device }, steps: [set: x = 1] } }\n" +
         "tasks: { t: { run: [load: d = which, { invoke: driver.sync(" + device + ")" + modifier +
         " }, set: x = 2] } }\nproperties: { p: { never: x == 2 }, ran: { never: x == 1 } }\n";
}

TEST(Hooks, ThatAreRequiredAreNullWhereTheDriverHasNone) {
  for (const char* driver : {"{}", "{ driver: lacks }"}) {
    for (const char* device : {"a", "d"}) {
      const Checked c = check_text(scenario(driver, device, ", required: true"));
      EXPECT_EQ(c.status("null_dereference"), Status::kViolated) << driver << device;
      EXPECT_EQ(c.status("p"), Status::kHolds) << "the oops kills the task";
    }
  }
}

TEST(Hooks, ThatAreRequiredRunWhereTheDriverHasThem) {
  for (const char* device : {"a", "d"}) {
    const Checked c = check_text(scenario("{ driver: has }", device, ", required: true"));
    EXPECT_EQ(c.status("null_dereference"), Status::kHolds);
    EXPECT_EQ(c.status("ran"), Status::kViolated);
  }
}

TEST(Hooks, OfARequiredDriverAreLeftOutOnlyIfTheDeviceHasOne) {
  for (const char* device : {"a", "d"}) {
    const Checked none = check_text(scenario("{}", device, ", required: driver"));
    EXPECT_EQ(none.status("null_dereference"), Status::kViolated) << device;
    EXPECT_EQ(none.status("p"), Status::kHolds) << "the oops kills the task";
    const Checked lacks = check_text(scenario("{ driver: lacks }", device, ", required: driver"));
    EXPECT_EQ(lacks.status("null_dereference"), Status::kHolds) << device;
    EXPECT_EQ(lacks.status("p"), Status::kViolated);
  }
  const Checked has = check_text(scenario("{ driver: has }", "a", ", required: driver"));
  EXPECT_EQ(has.status("ran"), Status::kViolated);
}

TEST(Hooks, ThatAreNotRequiredAreLeftOut) {
  const Checked c = check_text(scenario("{ driver: lacks }", "d", ""));
  EXPECT_EQ(c.status("null_dereference"), Status::kHolds);
  EXPECT_EQ(c.status("p"), Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::hooks_test
