// Declarations that were once taken as they stood, and meant something else.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::declaration_errors_test {
namespace {

std::string mistake_in_run(const std::string& step) {
  return mistake(
      "machine: { cpus: 2, smmus: { s0: {} } }\nglobals: { x: int 0..9, f: bool }\ntasks:\n  t:\n    run:\n"
      "      - " +
      step + "\n      - set: f = true\n");
}

TEST(DeclarationErrors, AKernelIsAVersion) {
  const auto kernel = [](const std::string& text) {
    return mistake("machine: { cpus: 1, kernel: " + text + " }\n");
  };
  EXPECT_EQ(kernel("v6.18"), "no error");
  EXPECT_TRUE(contains(kernel("6.18"), "x.yaml:1:29: error: 'kernel' is written v<major>.<minor>"));
  EXPECT_TRUE(contains(kernel("6.18"), "did you mean 'v6.18'?"));
  for (const std::string text : {"v6", "v6.x", "v6.18-rc1", "vv6.1", "v.1", "latest", "v6.1.2"})
    EXPECT_TRUE(contains(kernel(text), "error: 'kernel' is written")) << text;
}

TEST(DeclarationErrors, AKernelWithoutFormsIsOneMistake) {
  const std::string text = mistake(
      "machine: { cpus: 1, kernel: v5.10 }\n"
      "routines:\n  a: { forms: { v6.1: [ might_sleep ] } }\n  b: { forms: { v6.2: [ might_sleep ] } }\n"
      "tasks: { t: { run: [ call: a(), call: b() ] } }\n");
  EXPECT_EQ(count_of(text, "error:"), 1U) << text;
  EXPECT_TRUE(contains(text, "x.yaml:1:29: error: kernel v5.10 is older than every form of 'a' (v6.1), 'b'"))
      << text;
}

TEST(DeclarationErrors, AFormThatARoutineDoesNotHave) {
  const std::string text = mistake(
      "machine: { cpus: 1, forms: { a: fst } }\nroutines:\n  a: { forms: { fast: [ might_sleep ] } }\n");
  EXPECT_TRUE(contains(text, "x.yaml:1:33: error: routine 'a' has no form 'fst'")) << text;
  EXPECT_TRUE(contains(text, "did you mean 'fast'?")) << text;
}

TEST(DeclarationErrors, AHandlerIsMissedWhereItIsMissing) {
  for (const std::string section : {"interrupts", "timers", "softirqs"}) {
    const std::string text = mistake("machine: { cpus: 1 }\n" + section + ":\n  late: {}\n");
    EXPECT_TRUE(contains(text, "x.yaml:3:3: error: ")) << text;
    EXPECT_TRUE(contains(text, "'late' needs a handler")) << text;
  }
}

TEST(DeclarationErrors, AWireIsThatOfAnSmmuAndRaisesOneInterrupt) {
  const std::string machine = "machine: { cpus: 1, smmus: { s0: {} } }\nroutines: { h: [ might_sleep ] }\n";
  const std::string text = mistake(machine + "interrupts:\n  a: { handler: h(), from: s0.geror }\n");
  EXPECT_TRUE(contains(text, "x.yaml:4:28: error: no line of an SMMU and no device is called 's0.geror'"))
      << text;
  EXPECT_TRUE(contains(text, "did you mean 's0.gerror'?")) << text;
  EXPECT_TRUE(contains(mistake(machine + "interrupts:\n  a: { handler: h(), from: s0.gerror }\n"
                                         "  b: { handler: h(), from: [s0.priq, s0.gerror] }\n"),
                       "x.yaml:5:38: error: 's0.gerror' raises interrupt 'a' already"));
  EXPECT_EQ(mistake(machine + "interrupts:\n  a: { handler: h(), from: [s0.eventq, s0.gerror] }\n"),
            "no error");
}

TEST(DeclarationErrors, CommandsArePutSomewhere) {
  EXPECT_EQ(mistake_in_run("put_commands: s0 at 3\n        with: commands(SYNC)"), "no error");
  for (const std::string step : {"put_commands: s0\n        with: commands(SYNC)", "put_commands: s0 at 3",
                                 "put_commands: x at 3\n        with: commands(SYNC)"}) {
    EXPECT_TRUE(contains(mistake_in_run(step), "'put_commands' is written SMMU at INDEX"))
        << mistake_in_run(step);
  }
}

TEST(DeclarationErrors, NamesOfTheLanguageAreTaken) {
  for (const std::string name :
       {"machine_state", "EBUSY", "cpu0", "reboot_cpu", "current", "forall", "and"}) {
    const std::string text = mistake("machine: { cpus: 1 }\nglobals: { " + name + ": bool }\n");
    EXPECT_TRUE(contains(text, "x.yaml:2:12: error: '" + name + "' is a name of the language")) << text;
  }
  EXPECT_TRUE(contains(mistake("globals: { 'a b': bool }\n"), "'a b' is no name"));
  EXPECT_TRUE(contains(mistake("locks: { this_cpu: mutex }\n"), "is a name of the language"));
  EXPECT_TRUE(contains(mistake("functions: { used: { is: 'true' } }\n"), "function 'used' is built in"));
  EXPECT_TRUE(contains(mistake("types: { t: 'enum(A, EBUSY)' }\n"), "'EBUSY' is a name of the language"));
  EXPECT_EQ(mistake("globals: { cpu0: bool, EMPTY: bool, counter: int 0..1 }\n"), "no error");
}

TEST(DeclarationErrors, NumbersAndFlagsHaveNoQuotes) {
  EXPECT_TRUE(contains(mistake("machine: { cpus: '2' }\n"), "numbers are written without quotes"));
  EXPECT_TRUE(contains(mistake("machine: { cpus: 1, idle_before: 'true' }\n"), "without quotes"));
}

TEST(DeclarationErrors, ATimerHasOneCpu) {
  for (const std::string section : {"timers", "interrupts"}) {
    const std::string text =
        mistake("machine: { cpus: 2 }\n" + section + ":\n  tm: { cpu: any, handler: [ log: x ] }\n");
    EXPECT_TRUE(contains(text, "x.yaml:3:14: error: 'cpu' must be a number from 0 to 1")) << text;
  }
}

TEST(DeclarationErrors, MoreLinesThanThereAreNumbersFor) {
  for (const std::string section : {"timers", "interrupts"}) {
    std::string text = "machine: { cpus: 1 }\n" + section + ":\n";
    for (int i = 0; i < 101; ++i) text += "  l" + std::to_string(i) + ": { handler: [ log: x ] }\n";
    EXPECT_TRUE(contains(mistake(text), "x.yaml:103:3: error: at most 100 " + section)) << mistake(text);
  }
}

TEST(DeclarationErrors, CountsAreNumbers) {
  EXPECT_TRUE(contains(mistake("counts: { states: -1 }\n"), "'states' must be a number from 0 on"));
  EXPECT_TRUE(contains(mistake("counts: { state: 1 }\n"), "did you mean 'states'?"));
}

TEST(DeclarationErrors, FormatsOfMessages) {
  for (const std::string format : {"q", "%n", "999", "s", "x}{", ">8"}) {
    const std::string text = mistake_in_run("log: 'x is {x:" + format + "}'");
    EXPECT_TRUE(contains(text, "error: ")) << format;
  }
  EXPECT_TRUE(contains(mistake_in_run("log: '{x:q}'"), "x.yaml:6:18: error: 'q' is no format"))
      << mistake_in_run("log: '{x:q}'");
  EXPECT_TRUE(contains(mistake_in_run("log: '{f:x}'"), "only a number has a format"));
  for (const std::string format : {"", ":x", ":08x", ":4", ":X"})
    EXPECT_EQ(mistake_in_run("log: 'x is {x" + format + "}'"), "no error") << format;
}

TEST(DeclarationErrors, AReadOnlyRegisterIsNotWritten) {
  EXPECT_TRUE(contains(mistake_in_run("write: s0.CR0ACK = 0"), "register 'CR0ACK' is read-only"));
  EXPECT_EQ(mistake_in_run("write: s0.CR0 = 0"), "no error");
}

TEST(DeclarationErrors, SwappedLettersAreRecognised) {
  EXPECT_TRUE(contains(mistake_in_run("{ delay: 10ms, wiht: 10ms }"), "did you mean 'with'?"))
      << mistake_in_run("{ delay: 10ms, wiht: 10ms }");
}

TEST(DeclarationErrors, AnUnknownTypeOfAParameterIsPointedAt) {
  const std::string text = mistake(
      "machine: { cpus: 1, devices: { nic: {} } }\n"
      "routines: { r: { params: { d: devic }, steps: [ might_sleep ] } }\n"
      "tasks: { t: { run: [ call: r(nic) ] } }\n");
  EXPECT_TRUE(contains(text, "x.yaml:2:31: error: unknown type 'devic'")) << text;
}

TEST(DeclarationErrors, ParametersOfTheWrongShapeArePointedAt) {
  EXPECT_TRUE(
      contains(mistake("machine: { cpus: 1 }\nroutines: { r: { params: [a], steps: [cond_resched] } }\n"
                       "tasks: { t: { run: [cond_resched] } }\n"),
               "x.yaml:2:26: error: 'params' of a routine is a map of names and types"));
  EXPECT_TRUE(contains(mistake("machine: { cpus: 1 }\nfunctions: { f: { params: { a: }, is: a } }\n"
                               "tasks: { t: { run: [cond_resched] } }\n"),
                       "'params' of a function is a list of names"));
}

TEST(DeclarationErrors, AnUnknownDeviceOfAHookIsNamed) {
  const std::string text = mistake(
      "machine: { cpus: 1, devices: { nic: {} } }\ntasks: { t: { run: [ invoke: driver.stop(nick) ] } }\n");
  EXPECT_EQ(count_of(text, "error:"), 1U) << text;
  EXPECT_TRUE(contains(text, "did you mean 'nic'?")) << text;
}

TEST(DeclarationErrors, AStateThatIsTooLarge) {
  EXPECT_TRUE(
      contains(mistake("globals: { x: array int 0..2000000000 of bool }\n"), "at most 60000 elements"));
  EXPECT_TRUE(contains(mistake("globals: { x: array int 0..50000 of bool }\n"
                               "rules: [ { do: ['x[0] := true'] } ]\n"),
                       "x.yaml:1:12: error: the state is too large"));
}

TEST(DeclarationErrors, ARuleAssignsAndAsks) {
  const std::string head = "globals: { x: int 0..3, m: mutex }\n";
  const std::string words = "a rule's steps are assignments and 'if'";
  for (const std::string step :
       {"cmpxchg: x, with: [0, 1]", "finding: cmd_sync_timeout", "panic", "machine_reset",
        "wait_until: x == 3", "mutex_unlock: m", "log: hello", "sleep: 1s", "exit"}) {
    const std::string text = mistake(head + "rules: [ { do: [ { " + step + " } ] } ]\n");
    EXPECT_TRUE(contains(text, words)) << step << "\n" << text;
  }
  const std::string loop = mistake(head + "rules: [ { do: [ { while: x > 0, do: ['x := 1'] } ] } ]\n");
  EXPECT_TRUE(contains(loop, "a loop cannot stand in a rule")) << loop;
}

TEST(DeclarationErrors, AnIfDoesSomething) {
  EXPECT_TRUE(contains(mistake_in_run("if: f"), "x.yaml:6:13: error: 'if' needs 'then' or 'else'"));
}

}  // namespace
}  // namespace quiesce::sim::declaration_errors_test
