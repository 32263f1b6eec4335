// The steps of all routines, called or not.
#include "sim/routine_steps.hpp"

#include <gtest/gtest.h>

namespace quiesce::sim::routine_steps_test {
namespace {

std::vector<std::string> steps(const std::string& text) {
  std::vector<std::string> all;
  for (const RoutineStep& step : routine_steps(parse_document(text, "test.yaml")))
    all.push_back(step.routine + ":" + std::to_string(step.at.line) + " " + step.text);
  return all;
}

TEST(RoutineSteps, AreThoseInBlocksAndInEveryForm) {
  EXPECT_EQ(steps(R"(routines:
  a:
    - if: x
      then: [set: x = 1]
      else:
        - poll: y
          on_timeout: [log: late]
    - cpu_relax
  b:
    params: { d: device }
    forms:
      v5.15: [call: a()]
      v6.11:
        - atomic:
            - { set: x = 2, when: y }
)"),
            (std::vector<std::string>{"a:4 set: x = 1", "a:6 poll: y", "a:7 log: late", "a:8 cpu_relax",
                                      "b:12 call: a()", "b:15 set: x = 2"}));
}

TEST(RoutineSteps, LeaveOutWhatOnlyLeadsToThem) {
  EXPECT_EQ(steps("routines: { a: [label: l, goto: l, return, nop, { repeat: 2, do: [cond_resched] }] }"),
            std::vector<std::string>{"a:1 cond_resched"});
}

TEST(RoutineSteps, AreNoneWithoutRoutines) { EXPECT_TRUE(steps("quiesce: 1").empty()); }

}  // namespace
}  // namespace quiesce::sim::routine_steps_test
