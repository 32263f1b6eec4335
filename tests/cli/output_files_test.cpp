// Files that a run writes: none in place of what it reads, all of them though one fails, and whole or not at
// all.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "command_line.hpp"
#include "own_folder.hpp"

namespace quiesce::output_files_test {
namespace {

using test::content;
using test::Ran;
using test::says;

namespace fs = std::filesystem;

const std::string kMutexes = "tests/data/reports/two-mutexes.yaml";

Ran quiesce(const std::string& arguments) {
  return test::run_in_shell(QUIESCE_EXECUTABLE, "quiesce " + arguments);
}

/// With a scenario in its folder.
class OutputFiles : public test::OwnFolder {
 protected:
  void SetUp() override {
    OwnFolder::SetUp();
    fs::create_directories(folder_);
    fs::copy_file(kMutexes, folder_ / "s.yaml");
  }
};

TEST_F(OutputFiles, NoneStandsWhereTheScenarioDoes) {
  fs::create_symlink("s.yaml", folder_ / "link.yaml");
  const std::string before = content(folder_ / "s.yaml");
  for (const std::string option : {"--output ", "--report junit="}) {
    const std::string roundabout = "./../" + folder_.filename().string() + "/s.yaml";
    for (const std::string& name : {std::string("s.yaml"), std::string("link.yaml"), roundabout}) {
      const Ran ran = quiesce("check " + in("s.yaml") + " " + option + in(name));
      EXPECT_EQ(ran.code, 2) << ran.text;
      EXPECT_TRUE(says(ran, "is read by this run, and cannot be written too")) << ran.text;
    }
  }
  EXPECT_EQ(content(folder_ / "s.yaml"), before);
}

TEST_F(OutputFiles, NoneStandsWhereTheBaselineDoes) {
  EXPECT_EQ(quiesce("check " + in("s.yaml") + " --format json --output " + in("b.json")).code, 0);
  const std::string both = "check " + in("s.yaml") + " --baseline " + in("b.json");
  EXPECT_EQ(quiesce(both + " --output " + in("b.json")).code, 2);
  EXPECT_EQ(quiesce(both + " --output " + in("c.json")).code, 0);
}

TEST_F(OutputFiles, NoneStandsWhereTheScheduleDoes) {
  std::ofstream(folder_ / "run.txt") << "q1.";
  const Ran ran = quiesce("replay " + in("s.yaml") + " @" + in("run.txt") + " --output " + in("run.txt"));
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "is read by this run")) << ran.text;
  EXPECT_EQ(content(folder_ / "run.txt"), "q1.");
}

TEST_F(OutputFiles, NoTwoAreOne) {
  const Ran ran =
      quiesce("check " + in("s.yaml") + " --report junit=" + in("a") + " --report sarif=" + in("./a"));
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "would be written twice")) << ran.text;
  EXPECT_EQ(quiesce("check " + in("s.yaml") + " --report junit=/dev/null --report sarif=/dev/null").code, 0);
}

TEST_F(OutputFiles, NoneStandsWhereThePagesDo) {
  for (const std::string other : {"pages", "pages/index.html", "./pages/two-mutexes.html"}) {
    const Ran ran = quiesce("check " + in("s.yaml") + " --html " + in("pages") + " --output " + in(other));
    EXPECT_EQ(ran.code, 2) << ran.text;
    EXPECT_TRUE(says(ran, "would be written twice")) << ran.text;
  }
  EXPECT_FALSE(fs::exists(folder_ / "pages"));
}

TEST_F(OutputFiles, OthersMayStandBesideThePagesOfANewFolder) {
  EXPECT_EQ(
      quiesce("check " + in("s.yaml") + " --html " + in("new") + " --report json=" + in("new/r.json")).code,
      0);
  EXPECT_TRUE(content(folder_ / "new/r.json").starts_with("{"));
}

TEST_F(OutputFiles, OneThatCannotBeWrittenIsNamedBeforeTheSearch) {
  const Ran ran = quiesce("check " + in("s.yaml") + " --report junit=" + in("no/such/folder.xml"));
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "cannot write '" + in("no/such/folder.xml") + "'")) << ran.text;
  EXPECT_FALSE(says(ran, "deadlock in")) << ran.text;
}

TEST_F(OutputFiles, AllAreWrittenThoughOneFails) {
  const Ran ran =
      quiesce("check " + in("s.yaml") + " --report junit=/dev/full --report sarif=" + in("a.sarif") +
              " --html " + in("html") + " --output " + in("a.txt"));
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "cannot write '/dev/full'")) << ran.text;
  EXPECT_TRUE(fs::exists(folder_ / "a.sarif"));
  EXPECT_TRUE(fs::exists(folder_ / "html/index.html"));
  EXPECT_TRUE(fs::exists(folder_ / "a.txt"));
}

TEST_F(OutputFiles, PagesAreWrittenThoughNobodyReadsTheText) {
  EXPECT_EQ(quiesce("check " + in("s.yaml") + " --html " + in("html") + " > /dev/full").code, 2);
  EXPECT_TRUE(fs::exists(folder_ / "html/index.html"));
}

TEST_F(OutputFiles, AnOldOneStaysWhereThereIsNoRoomForTheNewOne) {
  std::ofstream(folder_ / "a.json") << "old";
  const Ran ran =
      test::run_in_shell(QUIESCE_EXECUTABLE, "(trap '' XFSZ; ulimit -f 0; quiesce check " + in("s.yaml") +
                                                 " --format json --output " + in("a.json") + ")");
  EXPECT_EQ(ran.code, 2) << ran.text;
  EXPECT_EQ(content(folder_ / "a.json"), "old");
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_FALSE(entry.path().string().ends_with(".part")) << entry.path();
}

TEST_F(OutputFiles, ALinkKeepsPointingToItsFile) {
  std::ofstream(folder_ / "target.json") << "old";
  fs::create_symlink("target.json", folder_ / "link.json");
  EXPECT_EQ(quiesce("check " + in("s.yaml") + " --format json --output " + in("link.json")).code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.json"));
  EXPECT_NE(content(folder_ / "target.json"), "old");
}

TEST_F(OutputFiles, AScenarioBelowTheFolderOfTheRunIsNamedFromThere) {
  const Ran ran =
      test::run_in_shell(QUIESCE_EXECUTABLE, "cd " + folder_.string() + " && quiesce check " + in("s.yaml") +
                                                 " --format json | grep '\"file\"'");
  EXPECT_TRUE(says(ran, "\"file\": \"s.yaml\"")) << ran.text;
}

TEST_F(OutputFiles, StandardOutputMayBeNamed) {
  EXPECT_EQ(quiesce("check " + in("s.yaml") + " --format json --output /dev/stdout > " + in("a.json")).code,
            0);
  EXPECT_TRUE(content(folder_ / "a.json").starts_with("{"));
}

}  // namespace
}  // namespace quiesce::output_files_test
