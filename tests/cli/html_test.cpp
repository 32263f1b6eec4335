// `quiesce check --html DIR`: which files there are, and what is said when they cannot be written.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "command_line.hpp"
#include "own_folder.hpp"

namespace quiesce::html_test {
namespace {

using test::content;
using test::Ran;
using test::says;

namespace fs = std::filesystem;

const char* const kMutexes = "tests/data/reports/two-mutexes.yaml";
const char* const kPeterson = "scenarios/textbook/peterson.yaml";

Ran quiesce(const std::string& arguments) {
  return test::run_in_shell(QUIESCE_EXECUTABLE, "quiesce " + arguments);
}

class Html : public test::OwnFolder {};

TEST_F(Html, WritesAnIndexAndAPageForEachScenarioBesideTheText) {
  const Ran ran = quiesce("check " + std::string(kMutexes) + " " + kPeterson + " --html " +
                          (folder_ / "deep/er").string());
  EXPECT_EQ(ran.code, 0) << ran.text;
  EXPECT_TRUE(says(ran, "deadlock in iommu_probe_device+1")) << ran.text;
  EXPECT_TRUE(fs::exists(folder_ / "deep/er/two-mutexes.html"));
  EXPECT_TRUE(fs::exists(folder_ / "deep/er/peterson.html"));
  const std::string index = content(folder_ / "deep/er/index.html");
  EXPECT_NE(index.find("\"href\":\"two-mutexes.html\""), std::string::npos);
  EXPECT_NE(index.find("quiesce check tests/data/reports/two-mutexes.yaml"), std::string::npos);
}

TEST_F(Html, ReplacesEarlierPagesAndLeavesOtherFiles) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "two-mutexes.html") << "old";
  std::ofstream(folder_ / "notes.txt") << "mine";
  EXPECT_EQ(quiesce("check " + std::string(kMutexes) + " --html " + folder_.string()).code, 0);
  EXPECT_NE(content(folder_ / "two-mutexes.html"), "old");
  EXPECT_EQ(content(folder_ / "notes.txt"), "mine");
}

TEST_F(Html, AFileInItsPlaceIsNamed) {
  std::ofstream(folder_) << "a file";
  const Ran ran = quiesce("check " + std::string(kMutexes) + " --html " + folder_.string());
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "cannot write the reports to '" + folder_.string() + "': it is no folder"))
      << ran.text;
}

TEST_F(Html, AFolderThatCannotBeMadeIsNamed) {
  const Ran ran = quiesce("check " + std::string(kMutexes) + " --html /proc/nowhere/report");
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "'/proc/nowhere/report': it cannot be made")) << ran.text;
}

TEST_F(Html, AFolderInWhichNothingCanBeWrittenIsNamedBeforeTheSearch) {
  fs::create_directories(folder_ / "index.html");
  const Ran ran = quiesce("check " + std::string(kMutexes) + " --html " + folder_.string());
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "cannot write '" + (folder_ / "index.html").string() + "'")) << ran.text;
  EXPECT_FALSE(says(ran, "deadlock in")) << ran.text;
}

TEST_F(Html, AFullDiskIsNoticed) {
  ASSERT_TRUE(fs::exists("/dev/full"));
  fs::create_directories(folder_);
  fs::create_symlink("/dev/full", folder_ / "two-mutexes.html");
  const Ran ran = quiesce("check " + std::string(kMutexes) + " --html " + folder_.string());
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "cannot write '" + (folder_ / "two-mutexes.html").string() + "'")) << ran.text;
}

TEST_F(Html, AMistakeInTheScenarioLeavesNoPage) {
  const Ran ran = quiesce("check /no/such/file.yaml --html " + folder_.string());
  EXPECT_EQ(ran.code, 2);
  EXPECT_FALSE(fs::exists(folder_ / "index.html"));
}

TEST_F(Html, NeedsANameAndGoesWithCheckAlone) {
  EXPECT_TRUE(says(quiesce("check " + std::string(kMutexes) + " --html ''"), "'--html' needs a value"));
  EXPECT_TRUE(
      says(quiesce("lint " + std::string(kMutexes) + " --html x"), "'--html' does not go with 'lint'"));
  EXPECT_TRUE(says(quiesce("check --check-footprints " + std::string(kMutexes) + " --html x"),
                   "'--check-footprints' does not go with '--html'"));
  for (const std::string option : {"format json", "report junit=x", "baseline x"}) {
    const std::string refused = "does not go with '--" + option.substr(0, option.find(' ')) + "'";
    EXPECT_TRUE(says(quiesce("check --check-footprints " + std::string(kMutexes) + " --" + option), refused));
  }
}

}  // namespace
}  // namespace quiesce::html_test
