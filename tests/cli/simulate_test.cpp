// `quiesce simulate`: what it refuses, its exit codes, and that what it prints can be used again.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "own_folder.hpp"

namespace quiesce::simulate_test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string kScenario = "tests/data/reports/race.yaml";
const std::string kEnd =
    "\nmachine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }\n"
    "globals: { x: bool }\n"
    "tasks: { t: { cpu: 0, run: [ sleep: 0us..10ms, { label: done, set: x = true } ] } }\n"
    "properties: { stays: { never: x } }\n";

/// Both outputs, and "exit N" at the end.
std::string run(const std::string& arguments) {
  std::string text = test::output_of(QUIESCE_EXECUTABLE, arguments);
  const std::size_t status = text.rfind("status ");
  if (status == std::string::npos) return text + "exit 0\n";
  return text.substr(0, status) + "exit " + std::to_string(std::stoi(text.substr(status + 7)) >> 8) + "\n";
}

std::string simulate(const std::string& options) { return run("simulate " + kScenario + " " + options); }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Simulate : public test::OwnFolder {
 protected:
  void SetUp() override {
    OwnFolder::SetUp();
    fs::create_directories(folder_);
  }

  [[nodiscard]] std::string scenario(const std::string& more) const {
    std::ofstream(folder_ / "own.yaml") << "quiesce: 1\nname: own" << kEnd << more;
    return in("own.yaml");
  }
  /// What `simulate` says of a scenario with these durations.
  [[nodiscard]] std::string with(const std::string& durations) const {
    return run("simulate " + scenario("durations: " + durations + "\n"));
  }
};

struct Mistake {
  const char* options;
  const char* message;
};

/// For the names of tests.
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.options; }

class SimulateMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(SimulateMistakes, AreNamed) {
  const std::string text = simulate(GetParam().options);
  EXPECT_TRUE(has(text, GetParam().message)) << text;
  EXPECT_TRUE(text.ends_with("exit 2\n")) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Options, SimulateMistakes,
    testing::Values(
        Mistake{"--runs 0", "'--runs'"}, Mistake{"--runs many", "'--runs'"},
        Mistake{"--until-ci 0", "'--until-ci'"}, Mistake{"--until-ci 2", "'--until-ci'"},
        Mistake{"--max-time 5", "'--max-time'"}, Mistake{"--set mean", "NAME=VALUE"},
        Mistake{"--set maen=1ms", "did you mean 'mean'?"},
        Mistake{"--set mean=soon", "a number or a duration such as 5s"},
        Mistake{"--set mean=1ms --set mean=2ms", "'--set' gives 'mean' two values"},
        Mistake{"--set maen=1ms", "in variant 'default'"}, Mistake{"--sweep mean=", "NAME=A,B,..."},
        Mistake{"--sweep mean=1:2:cubic:3", "neither log nor lin"},
        Mistake{"--sweep mean=2ms:1ms:log:3", "'--sweep'"},
        Mistake{"--sweep mean=0ms:1ms:log:3", "'--sweep'"}, Mistake{"--sweep mean=1:2ms:lin:3", "'--sweep'"},
        Mistake{"--sweep mean=1ms:2ms:lin:1000000", "N is no number from 2 to 1000"},
        Mistake{"--sweep mean=1ms:2ms:lin:2.5", "N is no number from 2 to 1000"},
        Mistake{"--sweep mean=1ms,2ms --sweep mean=3ms", "twice"},
        Mistake{"--sweep mean=1ms,2ms --set mean=3ms", "different parameters"},
        Mistake{"--run 3 --runs 5", "goes without '--runs'"},
        Mistake{"--guide q1.x --runs 5", "goes without '--runs'"}, Mistake{"--guide q1.x", "schedule"},
        Mistake{"--guide q1.x --max-time 1s", "a run ends with its schedule"},
        Mistake{"--format csv", "is of many runs"}, Mistake{"--runs 5 --format perfetto", "is of one run"},
        Mistake{"--variant nobody", "nobody"}));

TEST_F(Simulate, BadDurationsAreLocated) {
  const auto refused = [&](const std::string& durations, const std::string& message) {
    const std::string text = with(durations);
    EXPECT_TRUE(has(text, message) && has(text, "own.yaml:7:") && text.ends_with("exit 2\n")) << text;
  };
  refused("{ step: soon }", "a duration is needed here");
  refused("{ step: 2us..1us }", "the first of these durations is the longer one");
  refused("{ stepp: 1us }", "did you mean 'steps'?");
  refused("{ step: { rate: 0 } }", "a rate is a number per second");
  refused("{ step: { exponental: 1us } }", "did you mean 'exponential'?");
  refused("{ step: { normal: { mean: 1us } } }", "'mean' and 'deviation'");
  refused("{ step: { log_normal: { median: 1us, sigma: 9 } } }", "a number from 0 to 3");
  refused("{ step: { observed: [] } }", "a list of durations");
  refused("{ steps: { t.dome: 1us } }", "did you mean 't.done'?");
  refused("{ steps: { t+0: 11ms } }", "has to be possible there");
  refused("{ devices: { nic: 1us } }", "no device with 'dma' is called 'nic'");
  refused("{ load: { cpu3: 0.5 } }", "there is no CPU 'cpu3'");
  refused("{ load: { cpu0: 1 } }", "leaves no time");
  refused("{ hz: 60 }", "'hz' is 100, 250, 300 or 1000");
  refused("{ hz: 250.5 }", "'hz' is 100, 250, 300 or 1000");
  refused("{ steps: { t.done: 1us, t+1: 2us } }", "stands here already");
  refused("{ step: 1000001s }", "up to 1000000s");
  refused("{ step: { exponential: 1us, rate: 5 } }", "takes the first away, 'exponential: null'");
  refused("{ parameters: { 1us: 2us } }", "begins with a letter");
  refused("{ parameters: { a=b: 2us } }", "has letters, digits");
  refused("{ back_off: often }", "a duration is needed here");
  refused("{ parameters: { a: b } }", "a parameter is a duration or a number");
}

TEST_F(Simulate, WhatExpectDoesNotCallViolatedFails) {
  EXPECT_TRUE(run("simulate " + scenario("expect: { stays: violated }\n")).ends_with("exit 0\n"));
  for (const std::string expect : {"", "expect: { stays: holds }\n"}) {
    EXPECT_TRUE(run("simulate " + scenario(expect)).ends_with("exit 1\n")) << expect;
    const std::string many = run("simulate --runs 10 " + scenario(expect));
    EXPECT_TRUE(has(many, "! stays: 'expect' does not say so") && many.ends_with("exit 1\n")) << many;
  }
}

TEST_F(Simulate, WhatIsBrokenOffSaysSo) {
  const std::string text = simulate("--runs 100000000 --max-seconds 1");
  EXPECT_TRUE(has(text, "Ended early: max_seconds") && text.ends_with("exit 3\n")) << text;
}

TEST_F(Simulate, OneRunIsBrokenOffToo) {
  const std::string endless =
      "quiesce: 1\nname: endless\nmachine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }\n"
      "globals: { x: bool }\n"
      "tasks: { t: { cpu: 0, run: [ log: begins, { while: true, do: [ sleep: 1us ] } ] } }\n";
  std::ofstream(folder_ / "endless.yaml") << endless;
  const std::string text = run("simulate --max-seconds 0.01 " + in("endless.yaml"));
  EXPECT_TRUE(text.starts_with("run 0 of seed 1: broken_off") && text.ends_with("exit 3\n")) << text;
  EXPECT_TRUE(run("simulate " + in("endless.yaml")).ends_with("exit 3\n"));
  const std::string page = run("simulate --html " + in("page.html") + " " + in("endless.yaml"));
  EXPECT_TRUE(has(page, "too_many_events") && has(page, "'--max-time'") && page.ends_with("exit 2\n"))
      << page;
}

TEST_F(Simulate, WhatATaskPrintsBeforeAllElseIsPrinted) {
  std::ofstream(folder_ / "own.yaml")
      << "quiesce: 1\nname: own\nmachine: { cpus: 1 }\nglobals: { a: int 0..9 }\n"
         "tasks: { t: { cpu: 0, run: [ let: v = 1, log: 'first {v}', set: a = 1 ] } }\n";
  EXPECT_TRUE(has(run("simulate " + in("own.yaml")), "] first 1\n"));
}

TEST_F(Simulate, EachPointOfASweepHasARow) {
  std::ofstream(folder_ / "own.yaml")
      << "quiesce: 1\nname: own\nmachine: { cpus: 1, soft_lockup_watchdog: false, hung_task_timeout: 0 }\n"
         "globals: { x: bool }\ntasks: { t: { cpu: 0, run: [ set: x = true ] } }\n"
         "durations: { parameters: { p: 1us }, step: p }\nvariants:\n  quiet: {}\n"
         "  own: { properties: { stays: { never: x } }, expect: { stays: violated } }\n";
  const std::string text = run("simulate --format csv --runs 3 --sweep p=1us,2us " + in("own.yaml"));
  EXPECT_TRUE(has(text, "\nquiet,1us,3,,,,,,,0\r\n") && has(text, "\nown,2us,3,stays,3,1.000000,")) << text;
}

TEST_F(Simulate, PointsThatWereNotRunHaveOneLine) {
  const std::string text = simulate("--sweep mean=1ms,2ms,3ms --max-seconds 0.000001");
  EXPECT_TRUE(has(text, "\n    3 of 3 points were not run\n") && !has(text, "ended early")) << text;
  EXPECT_TRUE(text.ends_with("exit 3\n")) << text;
}

TEST_F(Simulate, FollowsTheScheduleOfAFindingFromAFile) {
  static_cast<void>(run("check " + kScenario + " --format json --output " + in("found.json")));
  std::ifstream found(folder_ / "found.json");
  const Json report = Json::parse(found);
  const std::string schedule = report["variants"][0]["properties"].back()["findings"][0]["schedule"];
  std::ofstream(folder_ / "schedule") << schedule << "\n";
  const std::string text = simulate("--guide @" + in("schedule"));
  EXPECT_TRUE(has(text, "two_is_first") && text.ends_with("exit 0\n")) << text;
  EXPECT_EQ(simulate("--guide " + schedule), text);
}

TEST_F(Simulate, ARunThatCountsMetIsTheRunOfItsNumber) {
  const Json report = Json::parse(test::output_of(
      QUIESCE_EXECUTABLE, "simulate " + kScenario + " --runs 50 --seed 3 --threads 2 --format json"));
  const Json& cause = report["variants"][0]["points"][0]["properties"][0]["causes"][0];
  const std::string number = std::to_string(cause["first_run"].get<int>());
  const std::string text = simulate("--seed 3 --run " + number);
  EXPECT_TRUE(has(text, cause["id"])) << text;
}

}  // namespace
}  // namespace quiesce::simulate_test
