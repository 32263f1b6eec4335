// The command line as a user meets it: what is printed where, and with which exit code.
#include "command_line.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace quiesce::command_line_test {
namespace {

using test::Ran;
using test::says;

const char* const kPeterson = "scenarios/textbook/peterson.yaml";
const char* const kLateUnmap = "scenarios/reboot/smmuv3-late-unmap.yaml";

Ran shell(const std::string& command) { return test::run_in_shell(QUIESCE_EXECUTABLE, command); }

/// A file of the test's own that is gone when the test is over.
class OwnFile {
 public:
  explicit OwnFile(const std::string& text, const std::string& name = "")
      : path_(std::filesystem::temp_directory_path() /
              ("quiesce-" + std::to_string(getpid()) + name + ".yaml")) {
    std::ofstream(path_) << text;
  }
  ~OwnFile() { std::filesystem::remove(path_); }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const char* const kHead = "quiesce: 1\nname: z\n";

TEST(CommandLine, LimitsAreNumbersAboveZero) {
  for (const std::string option :
       {"--max-states -1", "--max-states=-5", "--max-states 0", "--max-states x", "--max-memory 0",
        "--max-memory=-1", "--max-memory 1.5", "--max-seconds nan", "--max-seconds=-1", "--max-seconds 0",
        "--max-seconds inf", "--max-seconds 1x"}) {
    const Ran ran = shell("quiesce check " + option + " " + kPeterson);
    EXPECT_EQ(ran.code, 2) << option << ran.text;
  }
  EXPECT_TRUE(says(shell("quiesce check --max-states=-5 x"), "'--max-states' is a number from 1 to"));
  EXPECT_EQ(shell(std::string("quiesce check --max-seconds 0.5 --max-states 1000 ") + kPeterson).code, 3);
}

TEST(CommandLine, ModesAreNamedAndTakeTheirOwnOptions) {
  for (const std::string option : {"--mode x",
                                   "--mode contexts=",
                                   "--mode contexts=-1",
                                   "--mode contexts=x",
                                   "--mode ''",
                                   "--mode random --seed x",
                                   "--mode random --walks 0",
                                   "--mode random --max-steps 0",
                                   "--mode pct --depth 0",
                                   "--mode pct --depth 101",
                                   "--seed 1",
                                   "--mode contexts --walks 5",
                                   "--mode random --depth 2",
                                   "--mode random --max-states 5",
                                   "--mode pct --store plain",
                                   "--mode pct --max-memory 5",
                                   "--mode random --profile",
                                   "--max-steps 5",
                                   "--check-footprints --mode random",
                                   "--check-footprints --profile"}) {
    const Ran ran = shell("quiesce check " + option + " " + kPeterson);
    EXPECT_EQ(ran.code, 2) << option << ran.text;
    EXPECT_TRUE(says(ran, "'--")) << option << ran.text;
  }
  EXPECT_TRUE(says(shell("quiesce check --mode contexts=x y"), "'--mode contexts=N' is a number from 0 to"));
  EXPECT_TRUE(says(shell("quiesce check --mode ramdom y"), "not 'ramdom'"));
}

TEST(CommandLine, ASearchOfSomeRunsIsInconclusiveAndAFindingCountsMore) {
  EXPECT_EQ(shell(std::string("quiesce check --mode random --walks 3 ") + kPeterson).code, 3);
  const OwnFile file(std::string(kHead) +
                     "globals: { x: int 0..9 }\nrules: [ { when: x < 9, do: ['x := x + 1'] } ]\n");
  for (const std::string mode : {"random", "pct", "contexts"}) {
    const Ran ran = shell("quiesce check --mode " + mode + " " + file.path());
    EXPECT_EQ(ran.code, 1) << mode << ran.text;
    EXPECT_TRUE(says(ran, "deadlock")) << ran.text;
  }
}

TEST(CommandLine, NoFileHasAnEmptyName) {
  const Ran ran = shell(std::string("quiesce check --output '' ") + kPeterson);
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "'--output' needs a value")) << ran.text;
}

TEST(CommandLine, OptionsAndWordsThatAVerbDoesNotTakeAreRefused) {
  EXPECT_EQ(shell("quiesce list --verbs extra").code, 2);
  EXPECT_EQ(shell("quiesce list --routines extra").code, 2);
  EXPECT_EQ(shell("quiesce list --routines --verbs").code, 2);
  EXPECT_EQ(shell("quiesce man extra").code, 2);
  EXPECT_EQ(shell("quiesce completion").code, 2);
  EXPECT_EQ(shell("quiesce completion tcsh").code, 2);
  EXPECT_EQ(shell("quiesce completion bash zsh").code, 2);
  EXPECT_EQ(shell("quiesce schema scenario extra").code, 2);
  EXPECT_EQ(shell("quiesce show a b c").code, 2);
  const Ran ran = shell(std::string("quiesce replay --profile ") + kPeterson + " x-1");
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(says(ran, "'--profile' does not go with 'replay'")) << ran.text;
}

TEST(CommandLine, AnUnknownVerbIsToldWithTheOnesThatThereAre) {
  EXPECT_TRUE(says(shell("quiesce"), "a verb is needed: check, ")) << shell("quiesce").text;
  EXPECT_TRUE(says(shell("quiesce completoin"), "'completion'")) << shell("quiesce completoin").text;
}

TEST(CommandLine, TheRoutinesOfTheLibraryAreListedOnceEach) {
  const Ran ran = shell("quiesce list --routines | sort | uniq -c | grep -w arm_smmu_device_disable");
  EXPECT_TRUE(says(ran, " 1 arm_smmu_device_disable\n")) << ran.text;
  EXPECT_EQ(ran.text.find('\n'), ran.text.size() - 1) << ran.text;
}

TEST(CommandLine, AFileThatLooksLikeAnOptionIsToldHowToBeNamed) {
  EXPECT_TRUE(says(shell("quiesce lint -dash.yaml"), "is written './-dash.yaml'"))
      << shell("quiesce lint -dash.yaml").text;
}

TEST(CommandLine, AVerbHasAHelpOfItsOwn) {
  const Ran ran = shell("quiesce list --help");
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(says(ran, "quiesce list [DIR...]") && says(ran, "--verbs")) << ran.text;
  EXPECT_FALSE(says(ran, "--max-states") || says(ran, "quiesce check")) << ran.text;
}

TEST(CommandLine, CoverageNamesWhatIsNotReachedAndSaysSoInItsExitCode) {
  const OwnFile file(std::string(kHead) +
                     "machine: { cpus: 1 }\nroutines: { r: [cpu_relax], s: [cond_resched] }\n"
                     "tasks: { a: { run: [call: r()] } }\n");
  const Ran ran = shell("quiesce coverage " + file.path());
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(says(ran, "1 scenario takes 1 of 2 steps of 2 routines")) << ran.text;
  EXPECT_TRUE(says(ran, "    4  cond_resched   (in no variant)")) << ran.text;
  EXPECT_TRUE(says(ran, "deadlock                in none")) << ran.text;
  EXPECT_EQ(shell("quiesce coverage").code, 2);
  EXPECT_EQ(shell("quiesce coverage --max-states 1 " + file.path()).code, 3);
}

TEST(CommandLine, CoverageNamesStepsThatAllVariantsEditAway) {
  const OwnFile file(
      std::string(kHead) +
      "machine: { cpus: 1 }\nroutines: { r: [{ label: gone, cond_resched: null }, cpu_relax] }\n"
      "tasks: { a: { run: [call: r()] } }\nedits: [{ in: r, delete: gone }]\n");
  const Ran ran = shell("quiesce coverage " + file.path());
  EXPECT_TRUE(says(ran, "cond_resched   (in no variant)")) << ran.text;
}

TEST(CommandLine, AFileIsOneScenarioHoweverItIsSpelled) {
  const OwnFile file(std::string(kHead) + "machine: { cpus: 1 }\ntasks: { a: { run: [cpu_relax] } }\n");
  const std::string spelled =
      file.path().substr(0, file.path().rfind('/')) + "/." + file.path().substr(file.path().rfind('/'));
  const Ran coverage = shell("quiesce coverage " + file.path() + " " + spelled);
  EXPECT_TRUE(says(coverage, "1 scenario takes")) << coverage.text;
  const Ran check =
      shell("quiesce check --format json " + file.path() + " " + spelled + " | grep -c '\"file\"'");
  EXPECT_EQ(check.text, "1\n");
}

TEST(CommandLine, AMistakeInALaterFileIsToldBeforeAnythingIsSearched) {
  const OwnFile good(std::string(kHead) + "machine: { cpus: 1 }\ntasks: { a: { run: [cpu_relax] } }\n");
  const OwnFile bad(std::string(kHead) + "machine: { cpus: 1 }\ntasks: { a: { run: [nonsense] } }\n", "-bad");
  for (const std::string verb : {"check", "coverage"}) {
    const Ran ran = shell("quiesce " + verb + " " + good.path() + " " + bad.path());
    EXPECT_EQ(ran.code, 2) << ran.text;
    EXPECT_TRUE(says(ran, "unknown verb 'nonsense'") && !says(ran, "deadlock")) << ran.text;
  }
}

TEST(CommandLine, AFullDiskIsNoSuccess) {
  for (const std::string words :
       {"--help", "--version", "list scenarios", "list --verbs", "list --routines", "man", "completion bash",
        "schema", "show arm_smmu_device_disable", "check scenarios/textbook/peterson.yaml"}) {
    const Ran ran = shell("quiesce " + words + " > /dev/full");
    EXPECT_EQ(ran.code, 2) << words;
    EXPECT_TRUE(says(ran, "cannot write to standard output")) << words << ": " << ran.text;
  }
}

TEST(CommandLine, AFolderWithoutScenariosIsAMistake) {
  for (const std::string verb : {"check", "lint", "list"}) {
    const Ran ran = shell("quiesce " + verb + " cmake");
    EXPECT_EQ(ran.code, 2) << verb;
    EXPECT_TRUE(says(ran, "there is no scenario in 'cmake'")) << ran.text;
  }
}

TEST(CommandLine, AnErrorOfAVariantNamesIt) {
  const OwnFile file(std::string(kHead) +
                     "globals: { x: int 0..9 }\nrules: [ { when: x < 9, do: ['x := x + 1'] } ]\n"
                     "variants:\n  a: {}\n  b: { properties: { p: { never: yy } } }\n  c: {}\n");
  for (const std::string verb : {"lint", "check"}) {
    const Ran ran = shell("quiesce " + verb + " " + file.path());
    EXPECT_EQ(ran.code, 2);
    EXPECT_TRUE(says(ran, "= in variant 'b'\n")) << ran.text;
  }
  const OwnFile everywhere(std::string(kHead) + "globals: { x: integer }\nvariants: { a: {}, b: {} }\n");
  EXPECT_FALSE(says(shell("quiesce lint " + everywhere.path()), "in variant"));
}

// AddressSanitizer reserves more addresses than these limits leave.
#ifndef QUIESCE_ADDRESS_SANITIZER
TEST(CommandLine, MemoryThatRunsOutIsABound) {
  const Ran ran = shell("ulimit -v 150000; quiesce check --max-memory 100000 --variant mainline " +
                        std::string(kLateUnmap));
  EXPECT_EQ(ran.code, 3) << ran.text;
  EXPECT_TRUE(says(ran, "max_memory: stopped after")) << ran.text;
}

TEST(CommandLine, TheLimitOfTheProcessBoundsTheSearch) {
  const Ran ran = shell("ulimit -v 300000; quiesce check --variant mainline " + std::string(kLateUnmap));
  EXPECT_EQ(ran.code, 3) << ran.text;
  EXPECT_TRUE(says(ran, "max_memory: stopped after")) << ran.text;
  EXPECT_TRUE(says(ran, "cmd_sync_timeout in")) << "what was found before is kept: " << ran.text;
}

#endif

TEST(CommandLine, ASignalEndsTheSearchAndTheOtherVariantsAreNotStarted) {
  for (const std::string signal : {"INT", "TERM"}) {
    const Ran ran =
        shell(std::string("timeout -s ") + signal + " 4 " + QUIESCE_EXECUTABLE + " check " + kLateUnmap);
    EXPECT_TRUE(says(ran, "interrupted: stopped after")) << ran.text;
    EXPECT_TRUE(says(ran, "lazy: interrupted: not started")) << ran.text;
    EXPECT_FALSE(says(ran, "! lazy")) << ran.text;
  }
}

TEST(CommandLine, ASignalHidesNoFailureThatIsCertain) {
  const std::string file = "/tmp/quiesce-fails-" + std::to_string(getpid()) + ".yaml";
  const std::string first = std::string("sed '0,/cmd_sync_timeout: violated/s//cmd_sync_timeout: holds/' ");
  const Ran ran = shell(first + kLateUnmap + " > " + file + "; timeout --preserve-status -s INT 4 " +
                        QUIESCE_EXECUTABLE + " check " + file + "; echo code $?; rm " + file);
  EXPECT_TRUE(says(ran, "lazy: interrupted: not started")) << ran.text;
  EXPECT_TRUE(says(ran, "code 1")) << ran.text;
}

TEST(CommandLine, ASignalLeavesNoScenarioUntold) {
  const std::string file = "/tmp/quiesce-signal-" + std::to_string(getpid()) + ".xml";
  const Ran ran = shell(std::string("timeout -s INT 2 ") + QUIESCE_EXECUTABLE +
                        " check scenarios/textbook scenarios/reboot --format junit --output " + file +
                        "; echo code $?; cat " + file + "; rm -f " + file);
  EXPECT_TRUE(says(ran, "code 124")) << "of timeout: the signal was sent";
  for (const std::string name : {"peterson", "smmuv3-late-unmap", "sva-two-exits"})
    EXPECT_TRUE(says(ran, "<testsuite name=\"" + name + "\"")) << name;
  EXPECT_TRUE(says(ran, "interrupted: not started"));
}

TEST(Replay, AFileIsReadUpToABound) {
  const Ran endless = shell(std::string("quiesce replay ") + kPeterson + " @/dev/zero");
  EXPECT_EQ(endless.code, 2);
  EXPECT_TRUE(says(endless, "longer than 1 MB")) << endless.text;
  const Ran binary = shell(std::string("quiesce replay ") + kPeterson + " @/bin/ls");
  EXPECT_EQ(binary.code, 2);
  EXPECT_TRUE(says(binary, "holds no schedule")) << binary.text;
  EXPECT_LT(binary.text.size(), 200U);
}

TEST(Replay, AnArgumentIsShownWithoutControlCharacters) {
  const Ran ran = shell(std::string("quiesce replay ") + kPeterson + " $'a\\033[2Jb'");
  EXPECT_EQ(ran.code, 2);
  EXPECT_FALSE(says(ran, "\033")) << ran.text;
}

TEST(Replay, ASearchThatWasEndedSaysSo) {
  const Ran ran = shell(std::string("quiesce replay --max-states 20 --variant mainline ") + kLateUnmap +
                        " cmd_sync_timeout-000000");
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(says(ran, "was ended (max_states) after 2"))
      << "20 states, and what was on its way: " << ran.text;
  EXPECT_TRUE(says(ran, "before it met 'cmd_sync_timeout-000000'")) << ran.text;
  EXPECT_EQ(shell(std::string("quiesce replay ") + kPeterson + " no-such").code, 2);
}

TEST(Replay, AScheduleIsHeadedByWhatItShows) {
  const OwnFile file(
      std::string(kHead) +
      "machine: { cpus: 1 }\nglobals: { x: bool, y: bool }\n"
      "tasks: { t: { run: [ set: x = true, wait_until: y ] }, u: { run: [ might_sleep, might_sleep, "
      "load: v = x, set: y = v ] } }\n"
      "properties: { p: { never: x }, e: { eventually: exited(t) and not x } }\n");
  const Ran found = shell("quiesce check --format json " + file.path() +
                          " | sed -n 's/.*\"schedule\": \"\\(.*\\)\".*/\\1/p' | head -1");
  const std::string schedule = found.text.substr(0, found.text.find('\n'));
  const Ran again = shell("quiesce replay " + file.path() + " '" + schedule + "'");
  EXPECT_EQ(again.code, 0) << again.text;
  EXPECT_TRUE(again.text.starts_with("replay: ")) << again.text;
  EXPECT_TRUE(says(again, "(default)")) << again.text;
}

TEST(Replay, ARunThatStaysWhereItIsSaysSo) {
  const OwnFile file(
      std::string(kHead) +
      "machine: { cpus: 1, hung_task_timeout: 0 }\nglobals: { y: bool }\n"
      "tasks: { t: { run: [ wait_until: y ] }, u: { run: [ choose: w in 0..1, set: y = true ] } }\n"
      "properties: { e: { eventually: false } }\n");
  EXPECT_TRUE(says(shell("quiesce check --all-findings " + file.path()), "-- here it stays forever --"))
      << shell("quiesce check --all-findings " + file.path()).text;
}

const char* const kUseAfterFree = R"(quiesce: 1
name: uaf
machine: { cpus: 2 }
classes: { group: { fields: { domain: bool } } }
objects: { g: { class: group } }
globals: { head: { type: 'group?', init: g } }
tasks:
  user: { cpu: 0, run: [load: x = head, set: x.domain = true] }
  freer: { cpu: 1, run: [set: head = NULL] }
expect: { null_dereference: violated }
)";

TEST(Explain, SaysAsMuchAsItIsAskedFor) {
  const OwnFile file(kUseAfterFree);
  const Ran full = shell("quiesce check " + file.path());
  EXPECT_TRUE(says(full, "Point of no return: step ") && says(full, "Fails whenever:")) << full.text;
  const Ran brief = shell("quiesce check --explain brief " + file.path());
  EXPECT_TRUE(says(brief, "Point of no return: step ") && !says(brief, "Fails whenever")) << brief.text;
  const Ran none = shell("quiesce check --explain none " + file.path());
  EXPECT_TRUE(says(none, "Replay:") && !says(none, "Point of no return")) << none.text;
  EXPECT_FALSE(says(shell("quiesce check --format json --explain none " + file.path()), "explanation"));
  EXPECT_EQ(shell("quiesce check --explain long " + file.path()).code, 2);
}

TEST(Explain, BelongsToAReplayedFindingAndItsSchedule) {
  const OwnFile file(kUseAfterFree);
  const std::string id = "$(quiesce check " + file.path() + " | grep -o 'null_dereference-[0-9a-f]*$')";
  const Ran by_id = shell("quiesce replay " + file.path() + " " + id);
  EXPECT_TRUE(says(by_id, "Fails whenever:")) << by_id.text;
  const std::size_t schedule = by_id.text.find("q1.");
  ASSERT_NE(schedule, std::string::npos);
  const Ran by_schedule = shell("quiesce replay " + file.path() + " '" +
                                by_id.text.substr(schedule, by_id.text.size() - schedule - 1) + "'");
  EXPECT_TRUE(says(by_schedule, "Fails whenever:")) << by_schedule.text;
}

}  // namespace
}  // namespace quiesce::command_line_test
