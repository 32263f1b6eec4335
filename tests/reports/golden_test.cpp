// Whole reports of small scenarios against recorded ones in tests/data/reports. After a wanted change:
//   QUIESCE_APPROVE=1 build/release/tests/quiesce_reports_tests --gtest_filter='*Golden*'
// rewrites them (from the root of the repository); look at the difference before you commit it.
#include "golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "quiesce_build.hpp"

namespace quiesce::golden_test {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kStepsKept = 4;  ///< at each end of a counterexample in JSON

std::string output_of(const std::string& arguments) { return test::output_of(QUIESCE_EXECUTABLE, arguments); }

/// What is measured differs from run to run, and a schedule begins with a hash of the compiled model, which
/// any change of the compiler may change. Long counterexamples would bury the shape of a report.
void mask(Json& json) {
  if (json.is_object()) {
    if (json.contains("measured")) json["measured"] = "masked";
    if (json.contains("schedule")) {
      const std::string schedule = json["schedule"];
      json["schedule"] = "q1.masked" + schedule.substr(schedule.find('.', 3));
    }
    if (json.contains("steps") && json["steps"].size() > 2 * kStepsKept) {
      Json& steps = json["steps"];
      const std::size_t left_out = steps.size() - 2 * kStepsKept;
      const auto from = steps.begin() + kStepsKept;
      *from = std::to_string(left_out) + " steps are left out here";
      steps.erase(from + 1, from + static_cast<std::ptrdiff_t>(left_out));
    }
  }
  for (Json& item : json) {
    if (item.is_structured()) mask(item);
  }
}

void compare(const std::string& text, const std::string& file) {
  quiesce::test::compare_with_recording(text, file);
}

class Golden : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] static std::string file() { return std::string("tests/data/reports/") + GetParam(); }
};

TEST_P(Golden, Text) { compare(output_of("check " + file() + ".yaml --all-findings"), file() + ".txt"); }

TEST_P(Golden, Json) {
  Json json = Json::parse(output_of("check " + file() + ".yaml --format json"), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  mask(json);
  compare(json.dump(2) + "\n", file() + ".json");
}

/// The names of tests hold letters, digits and underscores only.
std::string name_of(const testing::TestParamInfo<const char*>& parameter) {
  std::string name = parameter.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Reports, Golden,
                         testing::Values("two-mutexes", "null-dereference", "recorded-shutdown"), name_of);

/// The other formats are lines of text, in which little is volatile.
std::string masked(const std::string& text) {
  std::string result = std::regex_replace(text, std::regex(R"(time="[0-9.]+")"), R"(time="masked")");
  result = std::regex_replace(result, std::regex(R"(q1\.[0-9a-f]+\.)"), "q1.masked.");
  const std::string version = quiesce::kVersion;
  for (std::size_t at = 0; (at = result.find(version, at)) != std::string::npos;)
    result.replace(at, version.size(), "VERSION");
  return result;
}

struct Printed {
  const char* scenario;
  const char* format;
};

class GoldenFormat : public testing::TestWithParam<Printed> {};

TEST_P(GoldenFormat, IsAsRecorded) {
  const std::string file = std::string("tests/data/reports/") + GetParam().scenario;
  const std::string format = GetParam().format;
  compare(masked(output_of("check " + file + ".yaml --format " + format)), file + "." + format);
}

std::string name_of_format(const testing::TestParamInfo<Printed>& parameter) {
  std::string name = std::string(parameter.param.scenario) + "_" + parameter.param.format;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Reports, GoldenFormat,
                         testing::Values(Printed{"null-dereference", "junit"},
                                         Printed{"null-dereference", "sarif"},
                                         Printed{"null-dereference", "ktap"},
                                         Printed{"null-dereference", "markdown"},
                                         Printed{"null-dereference", "perfetto"}, Printed{"hostile", "junit"},
                                         Printed{"hostile", "ktap"}, Printed{"hostile", "markdown"}),
                         name_of_format);

/// Searches that are not complete, and profiles: options, and the name of the recording.
struct Searched {
  const char* name;
  const char* options;
};

class GoldenSearch : public testing::TestWithParam<Searched> {
 protected:
  [[nodiscard]] static std::string command() {
    return std::string("check tests/data/reports/two-mutexes.yaml ") + GetParam().options;
  }
  [[nodiscard]] static std::string file() {
    return std::string("tests/data/reports/two-mutexes-") + GetParam().name;
  }
};

TEST_P(GoldenSearch, Text) { compare(output_of(command()), file() + ".txt"); }

TEST_P(GoldenSearch, Json) {
  std::string text = output_of(command() + " --format json");
  text.erase(text.rfind('}') + 1);
  Json json = Json::parse(text, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  mask(json);
  compare(json.dump(2) + "\n", file() + ".json");
}

std::string name_of_search(const testing::TestParamInfo<Searched>& parameter) { return parameter.param.name; }

INSTANTIATE_TEST_SUITE_P(Reports, GoldenSearch,
                         testing::Values(Searched{"contexts", "--mode contexts=1"},
                                         Searched{"pct", "--mode pct --walks 100 --seed 7"},
                                         Searched{"states", "--max-states 20"},
                                         Searched{"profile", "--profile --variant opposite"}),
                         name_of_search);

const char* const kDiff = "diff tests/data/reports/two-mutexes.yaml opposite same_order";

TEST(GoldenDiff, Text) { compare(masked(output_of(kDiff)), "tests/data/reports/two-mutexes-diff.txt"); }

TEST(GoldenDiff, Json) {
  std::string text = output_of(std::string(kDiff) + " --format json");
  text.erase(text.rfind('}') + 1);
  Json json = Json::parse(text, nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  mask(json);
  compare(json.dump(2) + "\n", "tests/data/reports/two-mutexes-diff.json");
}

/// The command that a report prints shows the same finding again.
TEST(Golden, ReplayCommandsWork) {
  const std::string file = "tests/data/reports/two-mutexes.yaml";
  for (const std::string mode : {"", " --mode contexts", " --mode random --walks 50 --max-steps 100",
                                 " --mode pct --seed 9 --depth 3"}) {
    std::istringstream report(output_of("check " + file + mode));
    std::string line;
    while (std::getline(report, line) && line.find("quiesce replay ") == std::string::npos) {
    }
    const std::size_t verb = line.find("replay ");
    ASSERT_NE(verb, std::string::npos) << mode;
    const std::string replayed = output_of(line.substr(verb));
    EXPECT_TRUE(replayed.starts_with("deadlock in ")) << line << "\n" << replayed;
  }
}

/// What `simulate` prints: options, and the name of the recording.
class GoldenSimulation : public testing::TestWithParam<Searched> {};

TEST_P(GoldenSimulation, IsAsRecorded) {
  const std::string options = GetParam().options;
  std::string text = output_of("simulate tests/data/reports/race.yaml " + options);
  if (options.find("json") != std::string::npos) {
    Json json = Json::parse(text, nullptr, false);
    ASSERT_FALSE(json.is_discarded());
    mask(json);
    text = json.dump(2) + "\n";
  }
  compare(masked(text), std::string("tests/data/reports/race-") + GetParam().name);
}

std::string name_of_simulation(const testing::TestParamInfo<Searched>& parameter) {
  std::string name = parameter.param.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Reports, GoldenSimulation,
    testing::Values(Searched{"run.txt", "--run 1"}, Searched{"run.json", "--run 1 --format json"},
                    Searched{"runs.txt", "--runs 100"}, Searched{"runs.json", "--runs 100 --format json"},
                    Searched{"sweep.txt", "--runs 100 --sweep mean=1ms:9ms:lin:3"},
                    Searched{"sweep.csv", "--runs 100 --sweep mean=1ms:9ms:lin:3 --format csv"}),
    name_of_simulation);

}  // namespace
}  // namespace quiesce::golden_test
