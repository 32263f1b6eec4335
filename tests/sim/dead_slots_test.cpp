// Which slots are dead where, in models small enough to be understood by hand.
#include "sim/dead_slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/compile.hpp"
#include "sim/document_loader.hpp"
#include "sim/slot_names.hpp"

namespace quiesce::sim::dead_slots_test {
namespace {

/// A scenario, and states that differ from its first one.
class Model {
 public:
  explicit Model(const std::string& text)
      : system_(compile(parse_document("quiesce: 1\nname: test\n" + text, "test.yaml"))), dead_(system_) {
    for_each_initial(system_, [&](const std::byte* state) {
      if (state_.empty()) state_.assign(state, state + system_.layout.bytes);
    });
  }

  Model& set(const std::string& name, std::int32_t value) {
    base::write_slot(state_.data(), slot(name), value);
    return *this;
  }

  /// Moves the first context to the location whose step begins with `text`.
  Model& at(const std::string& text, std::size_t context = 0) {
    for (Pc pc = 1; pc < system_.program.steps.size(); ++pc) {
      const Step& step = system_.program.steps[pc];
      if (step.folded || !system_.program.infos[step.info].text.starts_with(text)) continue;
      base::write_slot(state_.data(), system_.layout.contexts[context].pc, pc);
      return *this;
    }
    ADD_FAILURE() << "no step " << text;
    return *this;
  }

  [[nodiscard]] bool dead(const std::string& name) const { return dead_at(slot(name).offset); }
  /// The first local of the context.
  [[nodiscard]] bool dead_local(std::size_t context = 0) const {
    return dead_at(system_.layout.contexts[context].frame);
  }
  [[nodiscard]] const System& system() const { return system_; }

 private:
  [[nodiscard]] base::Slot slot(const std::string& name) const {
    for (const NamedSlot& named : all_slots(system_)) {
      if (named.name == name) return named.slot;
    }
    ADD_FAILURE() << "no slot " << name;
    return {};
  }
  [[nodiscard]] bool dead_at(std::uint16_t offset) const {
    const auto all = dead_.dead_in(state_.data());
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& reset) { return reset.slot.offset == offset; });
  }

  System system_;
  DeadSlots dead_;
  std::vector<std::byte> state_;
};

std::string steps_of(const std::string& rules) {
  return "types: { line: 'enum(A, B, C)' }\n"
         "globals: { pc: line, x: int 0..3, y: int 0..3, flag: bool, cells: array int 0..1 of int 0..3 }\n"
         "rules:\n" +
         rules;
}

constexpr const char* kWrittenThenRead =
    "  - { name: a, when: pc == A, do: ['x := 2', 'pc := B'] }\n"
    "  - { name: b, when: pc == B, do: ['flag := x == 2', 'pc := C'] }\n"
    "  - { name: c, when: pc == C and flag, do: ['pc := A'] }\n";

TEST(DeadSlots, AreThoseAfterTheLastRead) {
  Model model(steps_of(kWrittenThenRead));
  EXPECT_TRUE(model.set("pc", 0).dead("x"));
  EXPECT_FALSE(model.set("pc", 1).dead("x"));
  EXPECT_TRUE(model.set("pc", 2).dead("x"));
}

TEST(DeadSlots, AreNotThoseThatAPropertyReads) {
  Model model(steps_of(kWrittenThenRead) + "properties: { p: { never: x == 3 } }\n");
  EXPECT_FALSE(model.set("pc", 0).dead("x"));
}

TEST(DeadSlots, AreReadByAPropertyOnlyWhereItDependsOnThem) {
  Model model(steps_of(kWrittenThenRead) + "properties: { p: { never: x == 3 and pc == C } }\n");
  EXPECT_TRUE(model.set("pc", 0).dead("x"));
  EXPECT_FALSE(model.set("pc", 2).dead("x"));
}

TEST(DeadSlots, AreNotThoseThatAGoalReads) {
  Model model(steps_of(kWrittenThenRead) + "goals: { g: { always_possible: x == 2 } }\n");
  EXPECT_FALSE(model.set("pc", 0).dead("x"));
}

TEST(DeadSlots, AreNotKilledByAWriteThatMayNotHappen) {
  Model model(
      steps_of("  - name: a\n    when: pc == A\n    do: [{ if: flag, then: ['x := 2'] }, 'pc := B']\n"
               "  - { name: b, when: pc == B, do: ['flag := x == 2', 'pc := A'] }\n"));
  EXPECT_FALSE(model.set("pc", 0).dead("x"));
}

TEST(DeadSlots, AreNotKilledByAWriteThatMayBeOutOfBounds) {
  Model model(
      steps_of("  - { name: a, when: pc == A, do: ['x := y + 1', 'pc := B'] }\n"
               "  - { name: b, when: pc == B, do: ['flag := x == 2', 'y := 3', 'pc := C'] }\n"
               "  - { name: c, when: pc == C and flag, do: ['pc := A'] }\n"));
  EXPECT_FALSE(model.set("pc", 0).dead("x"));
}

TEST(DeadSlots, AreNotKilledByAWriteThatAFaultMaySkip) {
  Model model(
      steps_of("  - { name: a, when: pc == A, do: ['pc := B', 'cells[y] := 1', 'x := 2'] }\n"
               "  - { name: b, when: pc == B, do: ['flag := x == cells[0]', 'y := 3', 'pc := C'] }\n"
               "  - { name: c, when: pc == C and flag, do: ['x := 1', 'pc := A'] }\n"));
  EXPECT_FALSE(model.set("pc", 0).dead("x"));
}

TEST(DeadSlots, AreNotThoseThatAComputedIndexMayReach) {
  Model model(
      steps_of("  - { name: a, when: pc == A, do: ['cells[1] := y', 'pc := B'] }\n"
               "  - { name: b, when: pc == B, do: ['flag := cells[x % 2] == 2', 'x := 1', 'pc := C'] }\n"
               "  - { name: c, when: pc == C and flag, do: ['y := 1', 'pc := A'] }\n"));
  EXPECT_TRUE(model.set("pc", 0).dead("cells[1]"));
  EXPECT_FALSE(model.set("pc", 0).dead("cells[0]"));
  EXPECT_FALSE(model.set("pc", 1).dead("cells[1]"));
}

TEST(DeadSlots, AreThoseThatNothingReads) {
  Model model(
      steps_of("  - { name: a, when: not flag, do: ['x := (x + 1) % 4', 'y := x', 'flag := true'] }\n"
               "  - { name: b, when: flag, do: ['flag := false'] }\n"));
  EXPECT_TRUE(model.dead("x"));
  EXPECT_TRUE(model.dead("y"));
}

TEST(DeadSlots, AreNotCountersThatMayRunOver) {
  Model model(steps_of("  - { name: a, do: ['x := x + 1'] }\n"));
  EXPECT_FALSE(model.dead("x"));
}

std::string task_of(const std::string& steps) {
  return "machine: { cpus: 1 }\nglobals: { g: int 0..3, h: int 0..3 }\ntasks:\n  t:\n    run:\n" + steps +
         "properties: { p: { never: h == 3 and g == 3 } }\n";
}

TEST(DeadLocals, AreThoseAfterTheLastRead) {
  Model model(task_of("      - load: x = g\n      - set: h = x\n      - set: g = 1\n"));
  EXPECT_FALSE(model.at("set h").dead_local());
  EXPECT_TRUE(model.at("set g").dead_local());
}

TEST(DeadLocals, AreNotThoseThatTheNextRoundReads) {
  Model model(
      task_of("      - load: x = g\n      - while: g == 0\n        do:\n          - set: h = x\n"
              "          - set: g = 1\n"));
  EXPECT_FALSE(model.at("set g").dead_local());
}

TEST(DeadLocals, AreNotThoseThatAPollReadsAgain) {
  Model model(task_of("      - load: x = h\n      - poll: g == x\n      - set: g = 1\n"));
  EXPECT_FALSE(model.at("poll").dead_local());
  EXPECT_TRUE(model.at("set g").dead_local());
}

TEST(DeadLocals, AreNotThoseThatAnExchangeCompares) {
  Model model(
      task_of("      - load: x = g\n      - load: y = h\n"
              "      - { cmpxchg: x, with: [1, 2], on_failure: [set: h = y] }\n      - set: g = 1\n"));
  EXPECT_FALSE(model.at("load y").dead_local());
}

TEST(DeadLocals, AreThoseThatOnlyALogLineReads) {
  Model model(task_of("      - load: x = g\n      - set: h = 1\n      - set: g = 1\n      - log: 'x {x}'\n"));
  EXPECT_TRUE(model.at("set h").dead_local());
}

TEST(DeadLocals, OfAnInterruptHandlerAreItsOwn) {
  Model model(
      "machine: { cpus: 1 }\nglobals: { g: int 0..3, h: int 0..3 }\n"
      "interrupts: { line: { cpu: 0, handler: handle() } }\n"
      "routines:\n  handle:\n    - load: x = g\n    - set: h = x\n    - set: g = 1\n"
      "tasks:\n  t: { run: [raise_irq: line] }\nproperties: { p: { never: h == 3 and g == 3 } }\n");
  const auto level = static_cast<std::size_t>(model.system().layout.cpus[0].hardirq);
  EXPECT_FALSE(model.at("set h", level).dead_local(level));
  EXPECT_TRUE(model.at("set g", level).dead_local(level));
}

}  // namespace
}  // namespace quiesce::sim::dead_slots_test
