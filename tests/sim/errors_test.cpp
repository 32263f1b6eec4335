// Every mistake gives a located message with the line, a caret and the nearest valid name.
#include <gtest/gtest.h>

#include "sim/compile.hpp"

namespace quiesce::sim::errors_test {
namespace {

std::string mistake(const std::string& text) {
  try {
    static_cast<void>(compile(parse_document(text, "x.yaml")));
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "";
}

TEST(Errors, AnUnknownRoutineIsPointedAt) {
  EXPECT_EQ(mistake("machine: { cpus: 1 }\n"
                    "routines: { go: [cond_resched] }\n"
                    "tasks:\n"
                    "  a:\n"
                    "    run:\n"
                    "      - call: goo()\n"),
            "x.yaml:6:15: error: unknown routine 'goo'\n"
            "    6 |       - call: goo()\n"
            "      |               ^~~\n"
            "      = did you mean 'go'?\n");
}

TEST(Errors, TwoSharedReadsInOneStepAreRefused) {
  const std::string text = mistake(
      "machine: { cpus: 1 }\nglobals: { a: int 0..3, b: int 0..3 }\n"
      "tasks: { t: { run: ['set: a = 1', 'set: b = 1'] } }\n");
  EXPECT_NE(text.find("unknown verb"), std::string::npos) << text;
  const std::string two = mistake(
      "machine: { cpus: 1 }\nglobals: { a: int 0..3, b: int 0..3 }\n"
      "tasks:\n  t:\n    run:\n      - set: a = a + b\n      - set: b = 1\n");
  EXPECT_NE(two.find("reads shared state more than once"), std::string::npos) << two;
}

TEST(Errors, RecursionIsNamed) {
  EXPECT_NE(mistake("machine: { cpus: 1 }\nroutines: { f: [call: f] }\ntasks: { t: { run: [call: f] } }\n")
                .find("'f' calls itself"),
            std::string::npos);
}

TEST(Errors, AResultThatIsAReferenceNeedsALocalOfItsClass) {
  const std::string head =
      "machine: { cpus: 2, devices: { nic: {} } }\nroutines: { get: [ return: nic ] }\ntasks: { t: { run: [";
  EXPECT_NE(mistake(head + "call: d = get()] } }\n").find("expected a number (int), not a reference"),
            std::string::npos);
  EXPECT_NE(
      mistake(head + "let: \"d: task? = NULL\", call: d = get()] } }\n").find("not a reference (device)"),
      std::string::npos);
  EXPECT_EQ(mistake(head + "let: \"d: device? = NULL\", call: d = get()] } }\n"), "");
}

TEST(Errors, WhatNeedsATaskIsRefusedInAHandler) {
  for (const std::string step : {"srcu_read_lock: s", "srcu_read_unlock: s", "machine_halt"}) {
    const std::string text = mistake(
        "machine: { cpus: 1 }\nlocks: { s: srcu }\nroutines: { f: [" + step +
        "] }\ninterrupts: { irq: { handler: f() } }\ntasks: { t: { run: [call: f(), raise_irq: irq] } }\n");
    EXPECT_NE(text.find("needs a task, and stands in a handler"), std::string::npos) << text;
  }
}

TEST(Errors, WhoLimitsTheRateOfAMessageIsNamed) {
  const auto with = [](const std::string& limit) {
    return mistake("machine: { cpus: 1 }\ntasks: { t: { run: [ { log: late, ratelimited: " + limit +
                   " } ] } }\n");
  };
  EXPECT_EQ(with("arm_smmu_global_fault"), "");
  for (const std::string limit : {"[]", "10", "two words", "''"}) {
    const std::string text = with(limit);
    EXPECT_NE(text.find("error: 'ratelimited' names the function"), std::string::npos) << text;
  }
  EXPECT_NE(mistake("machine: { cpus: 1 }\ntasks: { t: { run: [ { exit: , ratelimited: f } ] } }\n"), "");
}

TEST(Errors, AHookOfADeviceThatIsAlwaysNullIsRefused) {
  const std::string text = mistake(
      "machine: { cpus: 1, devices: { nic: { driver: d } } }\ndrivers: { d: { stop: f } }\n"
      "routines: { f: { params: { dev: device }, steps: [cond_resched] } }\n"
      "tasks:\n  t:\n    run:\n      - invoke: driver.stop(nic.parent)\n");
  EXPECT_NE(text.find("always NULL"), std::string::npos) << text;
}

TEST(Errors, YamlTrapsAreRefused) {
  EXPECT_NE(mistake("a: &x 1\n").find("anchors"), std::string::npos);
  EXPECT_NE(mistake("a: 1\na: 2\n").find("given twice"), std::string::npos);
  EXPECT_NE(mistake("a: yes\n").find("truth value"), std::string::npos);
  EXPECT_NE(mistake("a: [{call: f(a, b)}]\n").find("split at its comma"), std::string::npos);
  EXPECT_NE(mistake("a: 1\n---\nb: 2\n").find("one document"), std::string::npos);
}

TEST(Errors, HostileTextIsAnErrorAndNoCrash) {
  EXPECT_NE(mistake(std::string(100000, '[')), "");
  EXPECT_NE(mistake(std::string("a: \x01\n")).find("control characters"), std::string::npos);
  EXPECT_NE(mistake(std::string(5U << 20U, 'a')), "");
  EXPECT_NE(mistake("globals: { a: int 0..99999999999999999999 }\n").find("LO..HI"), std::string::npos);
}

}  // namespace
}  // namespace quiesce::sim::errors_test
