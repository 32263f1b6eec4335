// Counterexamples are shortest, and among those the one with the fewest switches is shown.
#include <gtest/gtest.h>

#include "checked.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker::calmest_run_test {
namespace {

const Schedule& schedule_of(const Checked& c, const std::string& property) {
  for (std::size_t i = 0; i < c.system.properties.size(); ++i) {
    if (c.system.properties[i].name == property) return c.outcome.properties[i].runs.at(0).schedule;
  }
  throw std::out_of_range(property);
}

int switches(const Schedule& schedule) {
  int count = 0;
  for (std::size_t i = 1; i < schedule.steps.size(); ++i)
    count += schedule.steps[i].actor != schedule.steps[i - 1].actor ? 1 : 0;
  return count;
}

TEST(CalmestRun, LetsEachTaskGoOnAsLongAsItCan) {
  const Checked c = check_text(R"(
machine: { cpus: 2, soft_lockup_watchdog: false }
globals: { a: int 0..3, b: int 0..3 }
properties: { both: { never: a == 3 and b == 3 } }
tasks:
  one: { cpu: 0, run: [set: a = 1, set: a = 2, set: a = 3] }
  two: { cpu: 1, run: [set: b = 1, set: b = 2, set: b = 3] }
)");
  const Schedule& schedule = schedule_of(c, "both");
  EXPECT_EQ(schedule.steps.size(), 8U) << "two picks and six steps";
  EXPECT_EQ(switches(schedule), 1);
}

TEST(CalmestRun, WorksWhereNoGraphIsKept) {
  const Checked c = check_text(R"(
globals: { a: int 0..3 }
properties: { low: { never: a == 3 } }
rules: [{ name: up, when: a < 3, do: ['a := a + 1'] }]
)");
  EXPECT_EQ(schedule_of(c, "low").steps.size(), 3U);
}

}  // namespace
}  // namespace quiesce::checker::calmest_run_test
