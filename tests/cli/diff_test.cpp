// `quiesce diff`: exit codes, and what is said of what cannot be compared.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "golden.hpp"
#include "own_folder.hpp"

namespace quiesce::diff_test {
namespace {

namespace fs = std::filesystem;

const std::string kMutexes = "tests/data/reports/two-mutexes.yaml";

/// Both outputs, and "status N" if the exit code is not 0.
std::string run(const std::string& arguments) {
  std::string text = test::output_of(QUIESCE_EXECUTABLE, arguments);
  const std::size_t status = text.rfind("status ");
  if (status == std::string::npos) return text;
  const int code = std::stoi(text.substr(status + 7)) >> 8;
  return text.substr(0, status) + "exit " + std::to_string(code) + "\n";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Diff : public test::OwnFolder {
 protected:
  void SetUp() override {
    OwnFolder::SetUp();
    fs::create_directories(folder_);
  }

  [[nodiscard]] std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return in(name);
  }
  /// A result of the scenario with these options.
  [[nodiscard]] std::string result(const std::string& name, const std::string& options = "") const {
    static_cast<void>(run("check " + kMutexes + " --format json --output " + in(name) + " " + options));
    return in(name);
  }
};

TEST_F(Diff, VariantsThatDifferExitWithOne) {
  const std::string text = run("diff " + kMutexes + " opposite same_order");
  EXPECT_TRUE(text.ends_with("exit 1\n")) << text;
  EXPECT_TRUE(has(text, "gone       deadlock-b17f07")) << text;
  EXPECT_TRUE(has(text, "deadlock   violated -> holds")) << text;
  EXPECT_TRUE(has(text, "-- here they part --")) << text;
}

TEST_F(Diff, TheOtherWayRoundFindingsAreNew) {
  const std::string text = run("diff " + kMutexes + " same_order opposite");
  EXPECT_TRUE(has(text, "new        deadlock-b17f07")) << text;
  EXPECT_TRUE(has(text, "same_order makes 3 of 6 steps of the run of opposite")) << text;
  EXPECT_TRUE(has(text, "quiesce diff " + kMutexes + " opposite same_order")) << text;
}

TEST_F(Diff, TheCommandOfAPassingRunShowsIt) {
  std::istringstream text(run("diff " + kMutexes + " opposite same_order"));
  std::string line;
  while (std::getline(text, line) && !has(line, "quiesce replay ")) {
  }
  const std::string replayed = run(line.substr(std::min(line.size(), line.find("replay "))));
  EXPECT_TRUE(replayed.starts_with("replay: a run at the end of which nothing is wrong")) << replayed;
}

TEST_F(Diff, EqualResultsExitWithZero) {
  const std::string text = run("diff " + result("a.json") + " " + result("b.json"));
  EXPECT_TRUE(has(text, "2 of 2 variants are the same")) << text;
  EXPECT_FALSE(has(text, "exit ")) << text;
}

TEST_F(Diff, AVariantOfOneResultAloneIsADifference) {
  const std::string text = run("diff " + result("a.json") + " " + result("b.json", "--variant opposite"));
  EXPECT_TRUE(has(text, "Only in A: two-mutexes/same_order")) << text;
  EXPECT_TRUE(text.ends_with("exit 1\n")) << text;
}

TEST_F(Diff, AnIncompleteSearchExitsWithThree) {
  const std::string text = run("diff " + result("a.json", "--variant same_order --max-states 5") + " " +
                               result("b.json", "--variant same_order"));
  EXPECT_TRUE(text.ends_with("exit 3\n")) << text;
  EXPECT_TRUE(has(text, "inconclusive -> holds")) << text;
  EXPECT_TRUE(has(text, "A not complete: max_states")) << text;
  const std::string variants = run("diff " + kMutexes + " opposite same_order --max-states 3");
  EXPECT_TRUE(variants.ends_with("exit 3\n")) << variants;
}

TEST_F(Diff, ResultsHaveNoPassingRuns) {
  const std::string b = result("b.json", "--variant same_order");
  std::stringstream text;
  text << std::ifstream(b).rdbuf();
  std::string renamed = text.str();
  const std::string name = "\"name\": \"same_order\"";
  renamed.replace(renamed.find(name), name.size(), "\"name\": \"opposite\"");
  const std::string diff =
      run("diff " + result("a.json", "--variant opposite") + " " + written("c.json", renamed));
  EXPECT_TRUE(has(diff, "gone       deadlock-b17f07")) << diff;
  EXPECT_TRUE(has(diff, "Passing runs: only 'quiesce diff FILE A B' looks for them")) << diff;
  EXPECT_TRUE(has(diff, "Routines: none to compare")) << diff;
}

TEST_F(Diff, WritesAPageBesideTheText) {
  const std::string page = in("d.html");
  EXPECT_TRUE(has(run("diff " + kMutexes + " opposite same_order --html " + page), "Findings:"));
  std::stringstream html;
  html << std::ifstream(page).rdbuf();
  EXPECT_TRUE(has(html.str(), "quiesce.diff/1"));
  EXPECT_TRUE(has(html.str(), "Content-Security-Policy"));
}

TEST_F(Diff, MistakesAreNamed) {
  const std::string unknown = run("diff " + kMutexes + " opposite same_ordre");
  EXPECT_TRUE(has(unknown, "no variant 'same_ordre'") && has(unknown, "did you mean 'same_order'?"))
      << unknown;
  EXPECT_TRUE(unknown.ends_with("exit 2\n")) << unknown;
  const std::string twice = run("diff " + kMutexes + " opposite opposite");
  EXPECT_TRUE(has(twice, "both are 'opposite'") && twice.ends_with("exit 2\n")) << twice;
  EXPECT_TRUE(has(run("diff " + kMutexes), "'diff' needs a scenario and two of its variants"));
  EXPECT_TRUE(has(run("diff " + kMutexes + " opposite"), "names the variants of a scenario"));
  EXPECT_TRUE(has(run("diff /no/such.yaml a b"), "exit 2"));
  EXPECT_TRUE(has(run("diff " + kMutexes + " a b --format sarif"), "'--format' of 'diff' is text or json"));
  EXPECT_TRUE(has(run("diff a.json b c"), "'a.json' is no scenario"));
  EXPECT_TRUE(has(run("diff --variant x " + kMutexes + " a b"), "'--variant' does not go with 'diff'"));
}

TEST_F(Diff, FilesThatAreNoResultsAreNamed) {
  const std::string good = result("good.json");
  const auto beside = [&](const std::string& file) {
    std::string text = run("diff " + good + " " + file);
    EXPECT_TRUE(text.ends_with("exit 2\n")) << text;
    return text;
  };
  EXPECT_TRUE(has(beside(good), "both are '" + good + "'"));
  EXPECT_TRUE(has(beside(in("none.json")), "cannot read the result '" + in("none.json") + "'"));
  EXPECT_TRUE(has(beside(folder_.string()), "cannot read the result"));
  EXPECT_TRUE(has(beside(written("text.json", "no json")), "text.json:1:2: this is no JSON"));
  EXPECT_TRUE(has(beside(written("empty.json", "")), "empty.json:1:1: this is no JSON"));
  EXPECT_TRUE(has(beside(written("other.json", R"({"schema": "quiesce.coverage/1"})")),
                  "'/schema' is not quiesce.result/1"));
  std::stringstream text;
  text << std::ifstream(good).rdbuf();
  const std::string half = text.str().substr(0, text.str().size() / 2);
  EXPECT_TRUE(has(beside(written("half.json", half)), "this is no JSON"));
  EXPECT_TRUE(has(run("diff " + good + " " + good + " --max-states 7"), "goes with two variants only"));
}

TEST_F(Diff, WhatCannotBeWrittenIsNamed) {
  if (fs::exists("/dev/full")) {
    const std::string full = run("diff " + kMutexes + " opposite same_order --output /dev/full");
    EXPECT_TRUE(has(full, "cannot write '/dev/full'") && full.ends_with("exit 2\n")) << full;
    EXPECT_TRUE(
        has(run("diff " + kMutexes + " opposite same_order --html /dev/full"), "cannot write '/dev/full'"));
  }
  const std::string folder = run("diff " + kMutexes + " opposite same_order --html " + folder_.string());
  EXPECT_TRUE(has(folder, "cannot write '" + folder_.string() + "'")) << folder;
  EXPECT_FALSE(has(folder, "Findings:")) << "it is noticed before the search";
}

}  // namespace
}  // namespace quiesce::diff_test
