// What a scenario says about durations, and what it says wrongly.
#include "sim/timed/durations.hpp"

#include <gtest/gtest.h>

#include "sim/compile.hpp"
#include "sim/timed/quantity.hpp"

namespace quiesce::sim::timed::durations_test {
namespace {

constexpr const char* kScenario = R"(quiesce: 1
name: test
machine: { cpus: 2 }
globals: { x: int 0..3 }
routines: { work: { steps: [ set: x = 1, { set: x = 2, label: second } ] } }
tasks: { one: { cpu: 0, run: [ call: work() ] }, two: { cpu: 1, run: [ set: x = 3 ] } }
)";

struct Read {
  System system;
  Durations durations;
};

Read read(const std::string& durations, const Parameters& overrides = {}) {
  const Node document = parse_document(kScenario + durations, "t.yaml");
  Read all{compile(document), {}};
  all.durations = read_durations(document, all.system, overrides);
  return all;
}

std::string mistake(const std::string& durations) {
  try {
    static_cast<void>(read(durations));
    return "";
  } catch (const ScenarioError& error) {
    return error.diagnostics().front().message;
  }
}

std::int64_t drawn(const Distribution& distribution) {
  base::RandomNumbers random(1, 0);
  return distribution.draw(random);
}

/// Of the step with this place in the routine.
std::int64_t of_step(const Read& all, const std::string& routine, std::uint32_t number) {
  for (std::size_t pc = 1; pc < all.system.program.steps.size(); ++pc) {
    const StepInfo& info = all.system.program.infos[all.system.program.steps[pc].info];
    if (info.routine == routine && info.number == number)
      return drawn(all.durations.of_step(static_cast<Pc>(pc)));
  }
  ADD_FAILURE() << "no step " << routine << "+" << number;
  return -1;
}

TEST(Quantity, OfADurationHasAUnit) {
  EXPECT_EQ(parse_duration_ns("100ns"), 100);
  EXPECT_EQ(parse_duration_ns("1.5us"), 1500);
  EXPECT_EQ(parse_duration_ns("0.000000001s"), 1);
  EXPECT_EQ(parse_duration_ns("2min"), 120'000'000'000);
  for (const char* wrong :
       {"", "1", "s", "1h", "-1s", "1.s", ".5s", "1e3s", "1 s", "99999999999s", "1.0000000001s"})
    EXPECT_EQ(parse_duration_ns(wrong), std::nullopt) << wrong;
}

TEST(Quantity, OfARateIsTheTimeBetweenEvents) {
  EXPECT_EQ(interval_ns("1000"), 1'000'000);
  EXPECT_EQ(interval_ns("0.5"), 2'000'000'000);
  for (const char* wrong : {"0", "1s", "-1", "0.0000001", "10000000000"})
    EXPECT_EQ(interval_ns(wrong), std::nullopt);
}

TEST(Durations, AreTheUsualOnesWithoutASection) {
  const Read all = read("");
  EXPECT_EQ(of_step(all, "work", 0), 100);
  EXPECT_EQ(drawn(all.durations.usual[static_cast<std::size_t>(Takes::kContextSwitch)]), 4000);
  EXPECT_EQ(all.durations.hz, 250);
}

TEST(Durations, OfAKindAndOfAStepTakeTheirPlace) {
  const Read all = read("durations: { step: 7ns, steps: { work.second: 8ns, two+0: 9ns } }");
  EXPECT_EQ(of_step(all, "work", 0), 7);
  EXPECT_EQ(of_step(all, "work", 1), 8);
  EXPECT_EQ(of_step(all, "two", 0), 9);
}

TEST(Durations, NameParametersThatTheCallerMayReplace) {
  const std::string text = "durations: { parameters: { d: 5ns, r: 1000 }, step: d, traffic: { rate: r } }";
  EXPECT_EQ(of_step(read(text), "work", 0), 5);
  EXPECT_EQ(of_step(read(text, {{"d", "6ns"}}), "work", 0), 6);
  EXPECT_TRUE(read(text).durations.usual[static_cast<std::size_t>(Takes::kTraffic)].varies());
}

TEST(Durations, OfAWaitArePossibleThere) {
  const auto mistake_of = [](const std::string& wait, const std::string& duration) {
    const Node document = parse_document(
        "quiesce: 1\nname: t\nmachine: { cpus: 1 }\ntasks: { t: { cpu: 0, run: [ sleep: " + wait +
            " ] } }\ndurations: { steps: { t+0: " + duration + " } }\n",
        "t.yaml");
    const System system = compile(document);
    try {
      static_cast<void>(read_durations(document, system, {}));
      return std::string();
    } catch (const ScenarioError& error) {
      return error.diagnostics().front().message;
    }
  };
  EXPECT_EQ(mistake_of("1ms..5ms", "{ exponential: 1ms }"), "");
  EXPECT_EQ(mistake_of("1ms..5ms", "5ms"), "");
  EXPECT_EQ(mistake_of("1ms..5ms", "6ms"),
            "'t+0' waits for 1000us..5000us: what it takes has to be possible there");
  EXPECT_EQ(mistake_of("1ms", "{ exponential: 1ms }"),
            "'t+0' waits for 1000us..1000us: what it takes has to be possible there");
}

TEST(Durations, OfALoadedCpuAreLonger) {
  const Read all = read("durations: { load: { cpu1: 0.75 } }");
  EXPECT_EQ(all.durations.stretch[0], kFixedOne);
  EXPECT_EQ(all.durations.stretch[1], 4 * kFixedOne);
}

TEST(Durations, SayWhatIsWrong) {
  EXPECT_EQ(mistake("durations: 5"), "'durations' is a map of what takes how long");
  EXPECT_EQ(mistake("durations: { stepp: 1ns }"), "'durations' has no 'stepp'");
  EXPECT_EQ(mistake("durations: { step: 1 }"),
            "a duration is needed here, such as 100ns, 1.5us, 20ms, 1s or 2min, up to 1000000s");
  EXPECT_EQ(mistake("durations: { step: 2us..1us }"), "the first of these durations is the longer one");
  EXPECT_EQ(mistake("durations: { step: { gauss: 1us } }"),
            "there is no distribution 'gauss': there are exponential, rate, normal, log_normal and observed");
  EXPECT_EQ(mistake("durations: { traffic: { rate: 0 } }"),
            "a rate is a number per second from 0.000001 to 1000000000, such as 1000");
  EXPECT_EQ(mistake("durations: { step: { normal: { mean: 1us } } }"),
            "this is a map with 'mean' and 'deviation'");
  EXPECT_EQ(mistake("durations: { step: { observed: [] } }"),
            "'observed' is a list of durations, at most 100000");
  EXPECT_EQ(mistake("durations: { steps: { work+7: 1us } }"),
            "no step is called 'work+7': it is ROUTINE.LABEL or ROUTINE+NUMBER");
  EXPECT_EQ(mistake("durations: { devices: { nic: 1us } }"), "no device with 'dma' is called 'nic'");
  EXPECT_EQ(mistake("durations: { load: { cpu2: 0.5 } }"), "there is no CPU 'cpu2'");
  EXPECT_EQ(mistake("durations: { load: { cpu0: 1 } }"),
            "a CPU whose load is above 0.99 leaves no time for this");
  EXPECT_EQ(mistake("durations: { hz: 123 }"), "'hz' is 100, 250, 300 or 1000");
  EXPECT_EQ(mistake("durations: { parameters: { d: soon } }"),
            "a parameter is a duration or a number, such as 5s or 1000");
}

TEST(Durations, SayWhichParameterIsWrong) {
  EXPECT_EQ(
      mistake("durations: { parameters: { r: 1000 }, step: r }"),
      "a duration is needed here, such as 100ns, 1.5us, 20ms, 1s or 2min, up to 1000000s, but 'r' is 1000");
}

}  // namespace
}  // namespace quiesce::sim::timed::durations_test
