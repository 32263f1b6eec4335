// The passing run that follows a failing one as far as possible, where it is known by hand.
#include "checker/nearest_passing.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "checked.hpp"
#include "checker/compare_reports.hpp"
#include "checker/report_routines.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::checker {
namespace {

struct Compiled {
  sim::Node document;
  sim::System system;
};

Compiled compiled(const std::string& text) {
  sim::Node document = sim::parse_document("quiesce: 1\nname: test\n" + text, "test.yaml");
  sim::System system = sim::compile(document);
  return {std::move(document), std::move(system)};
}

/// The nearest run of `passing` to the first finding of the property in `failing`.
NearestPassing nearest(const Compiled& failing, const Compiled& passing, const std::string& property,
                       std::uint64_t max_states = 100'000) {
  const Outcome outcome = check(failing.system, {});
  const auto index = find_property(failing.system, property);
  if (!index || outcome.properties[*index].runs.empty()) {
    ADD_FAILURE() << "no " << property;
    return {};
  }
  const ReportFinding finding = explain(failing.system, outcome.properties[*index].runs.front());
  const StepMap steps(align_routines(all_routines_of(failing.system, failing.document),
                                     all_routines_of(passing.system, passing.document)));
  NearestPassing found =
      find_nearest_passing(finding, property, steps, passing.system, {max_states, nullptr});
  std::string error;
  if (found.kind == NearestPassing::Kind::kFound) {
    const auto schedule = decode(found.schedule, error);
    EXPECT_TRUE(schedule && replays(passing.system, *schedule, error)) << error;
    EXPECT_FALSE(schedule && shown_by(passing.system, *schedule)) << "it does not pass";
  }
  return found;
}

/// "= = + -": what stands beside what up to where both part.
std::string beginning(const NearestPassing& nearest) {
  std::string text;
  for (std::size_t i = 0; i < nearest.parts; ++i) {
    const DiffTraceRow& row = nearest.rows[i];
    text += row.failing == 0 ? "+" : row.passing == 0 ? "-" : "=";
  }
  return text;
}

/// Two tasks read and write a counter; the reader of the old value loses an update.
std::string counter(const std::string& steps) {
  return R"(
machine: { cpus: 2, preemption: full }
globals: { x: int 0..3 }
locks: { l: mutex }
routines:
  increment:
    steps: [)" +
         steps + R"(]
tasks:
  one: { cpu: 0, run: [call: increment()] }
  two: { cpu: 1, run: [call: increment()] }
properties:
  both: { at_end: x == 2 }
expect: { both: holds }
)";
}

TEST(NearestPassing, AnEqualProgramFollowsToTheLastStepThatDecides) {
  const Compiled racy = compiled(counter("load: seen = x, set: x = seen + 1"));
  const NearestPassing found = nearest(racy, racy, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.farthest);
  EXPECT_TRUE(found.whole_variant);
  // Both run, one reads: it is lost when the other one reads before that is written.
  EXPECT_EQ(beginning(found).find_first_not_of('='), std::string::npos) << beginning(found);
  const ReportStep& first_other = found.steps.at(found.rows[found.parts].passing - 1);
  EXPECT_TRUE(first_other.text.starts_with("set")) << first_other.text;
}

TEST(NearestPassing, StepsOfTheFixArePutIn) {
  const Compiled racy = compiled(counter("load: seen = x, set: x = seen + 1"));
  const Compiled fixed =
      compiled(counter("mutex_lock: l, load: seen = x, set: x = seen + 1, mutex_unlock: l"));
  const NearestPassing found = nearest(racy, fixed, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_TRUE(found.farthest);
  EXPECT_NE(beginning(found).find("+="), std::string::npos) << beginning(found);
}

TEST(NearestPassing, StepsThatTheFixLacksAreLeftOut) {
  const Compiled broken = compiled(counter("cond_resched, load: seen = x, set: x = 3"));
  const Compiled fixed = compiled(counter("load: seen = x, set: x = 2"));
  const NearestPassing found = nearest(broken, fixed, "both");
  ASSERT_EQ(found.kind, NearestPassing::Kind::kFound);
  EXPECT_NE(beginning(found).find("-="), std::string::npos) << beginning(found);
}

TEST(NearestPassing, SaysThatNoRunPasses) {
  const Compiled broken = compiled(counter("load: seen = x, set: x = 3"));
  const NearestPassing found = nearest(broken, broken, "both");
  EXPECT_EQ(found.kind, NearestPassing::Kind::kNone);
  EXPECT_FALSE(found.whole_variant);
}

TEST(NearestPassing, SaysThatTheBudgetWasNotEnough) {
  const Compiled broken = compiled(counter("load: seen = x, set: x = 3"));
  EXPECT_EQ(nearest(broken, broken, "both", 4).kind, NearestPassing::Kind::kUnknown);
}

}  // namespace
}  // namespace quiesce::checker
