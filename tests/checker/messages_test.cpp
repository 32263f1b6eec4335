// What messages of `log` look at, and where they are steps of their own: one claim each.
#include <gtest/gtest.h>

#include <string>

#include "checked.hpp"

namespace quiesce::checker::messages_test {
namespace {

const std::string kThings =
    "machine: { cpus: 1 }\n"
    "classes: { thing: { freeable: true, fields: { n: int 0..9, next: 'thing?' } } }\n"
    "objects: { a: { class: thing, n: 3 }, b: { class: thing } }\n"
    "globals: { cur: { type: 'thing?', init: a }, x: int 0..9 }\n";

Status found(const std::string& kind, const std::string& tasks) {
  return check_text(kThings + "tasks: { " + tasks + " }\n").status(kind);
}

TEST(Messages, AreReadWhereTheirStepHasALabel) {
  EXPECT_EQ(found("use_after_free", "t: { run: [kfree: a, { label: l, log: '{a.n}' }] }"), Status::kViolated);
  EXPECT_EQ(found("null_dereference", "t: { run: [load: o = b.next, { label: l, log: '{o.n}' }] }"),
            Status::kViolated);
  EXPECT_EQ(found("use_after_free", "t: { run: [{ label: l, log: '{a.n}' }, kfree: a] }"), Status::kHolds);
}

TEST(Messages, AreReadWhereTheyComeFirst) {
  for (const char* steps :
       {"log: '{cur.n}'", "atomic: [log: '{cur.n}', set: x = 1]", "{ repeat: 2, do: [log: '{cur.n}'] }",
        "{ label: again, log: '{cur.n}' }, { goto: again, when: x == 1 }"}) {
    EXPECT_EQ(
        found("null_dereference", "z: { run: [set: cur = NULL] }, t: { run: [" + std::string(steps) + "] }"),
        Status::kViolated)
        << steps;
  }
}

TEST(Messages, OfAnUnclockedRegisterAreAnAccess) {
  const std::string machine =
      "machine: { cpus: 1, smmus: { smmu0: { model: smmuv2 } } }\nglobals: { x: int 0..9 }\n";
  const std::string task =
      "tasks: { t: { run: [clk_disable: smmu0, { label: l, log: '{smmu0.sGFSR}' }, set: x = 1] } }\n";
  const Checked c = check_text(machine + task + "properties: { p: { never: x == 1 } }\n");
  EXPECT_EQ(c.status("unclocked_access"), Status::kViolated);
  EXPECT_EQ(c.status("p"), Status::kHolds);
}

TEST(Messages, ThatReadWhatOthersChangeAreStepsOfTheirOwn) {
  EXPECT_EQ(found("use_after_free", "z: { run: [kfree: a] }, t: { run: [load: o = cur, log: '{o.n}'] }"),
            Status::kViolated)
      << "the other task may come between";
  const auto transitions = [](const std::string& message) {
    return check_text(kThings + "tasks: { t: { run: [set: x = 1" + message + "] } }\n").outcome.transitions;
  };
  EXPECT_EQ(transitions(", log: 'x is {x}'"), transitions(""))
      << "it is there, and read with the step before";
}

TEST(Messages, TellTasksApartThatPrintDifferentThings) {
  for (const std::string freed : {"a", "b"}) {
    const std::string tasks =
        "t: { run: [log: '{a.n}', set: x += 1] }, u: { run: [log: '{b.n}', set: x += 1] }";
    EXPECT_EQ(found("use_after_free", tasks + ", z: { run: [wait_until: x == 1, kfree: " + freed + "] }"),
              Status::kViolated)
        << "whoever of the two was first";
  }
}

}  // namespace
}  // namespace quiesce::checker::messages_test
