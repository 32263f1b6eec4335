// Rule code says of every state what the stack code says that it was made of, however wide the variables are
// and whichever quick operations have come in.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "sim/compile.hpp"
#include "sim/document_loader.hpp"
#include "sim/rule_machine.hpp"

namespace quiesce::sim::rule_operations_test {
namespace {

constexpr int kStates = 3000;

const std::string kVariables = R"(quiesce: 1
name: test
types: { cell: int 0..3, small: int -3..4, pid: id 3 }
globals:
  byte: int 0..9
  other: int 0..9
  signed: small
  minus: small
  half: int 0..1000
  wide: int -70000..70000
  far: int -70000..70000
  flag: bool
  at: array pid of int 0..3
  bytes: array cell of int 0..3
  signs: array cell of small
  halves: { type: array cell of int 0..1000, init: 7 }
  words: array cell of int -70000..70000
  never_stored: { type: array cell of int 0..3, init: 2 }
rules:
  - { name: go, for: { i: pid }, when: flag, do: [ 'at[i] := 1' ] }
  - name: none of them is a constant
    when: flag
    do:
      - flag := false
      - byte := 1
      - other := 1
      - signed := 1
      - minus := 1
      - half := 1
      - wide := 1
      - far := 1
      - bytes[byte % 4] := 1
      - signs[byte % 4] := 1
      - halves[byte % 4] := 1
      - words[byte % 4] := 1
)";

/// Random states of a scenario, each slot within the bounds of its type.
class States {
 public:
  explicit States(const System& system) : system_(system), state_(system.layout.bytes) {}

  std::byte* next() {
    for (const Family& family : system_.program.families) {
      for (std::int32_t i = 0; !family.constant && i < family.count; ++i) {
        std::uniform_int_distribution<std::int32_t> value(family.type.lo, family.type.hi);
        base::write_slot(state_.data(), family.slot(i), value(random_));
      }
    }
    return state_.data();
  }

 private:
  const System& system_;
  std::vector<std::byte> state_;
  std::mt19937 random_{20261121};
};

class OnConditions : public testing::TestWithParam<const char*> {};

TEST_P(OnConditions, BothAgreeInEveryState) {
  const System system = compile(
      parse_document(kVariables + "properties: { wrong: { never: '" + GetParam() + "' } }\n", "test.yaml"));
  const std::size_t property = system.properties.size() - 1;
  States states(system);
  int held = 0;
  for (int i = 0; i < kStates; ++i) {
    std::vector<base::Write> undo;
    base::StateAccess access(states.next(), undo);
    EvalFault fault;
    const Position nowhere{&system.program, &system.layout, kNoContext, -1};
    const bool by_stack = evaluate(system.properties[property].code, access, nowhere, fault) != 0 &&
                          fault.kind == EvalFault::Kind::kNone;
    RuleMachine machine(system, access);
    ASSERT_EQ(machine.condition_holds(system.rule_code.conditions[property]), by_stack);
    bool in_index = false;
    machine.for_each_never([&](std::uint16_t number) { in_index = in_index || number == property; });
    ASSERT_EQ(in_index, by_stack);
    held += by_stack ? 1 : 0;
  }
  EXPECT_GT(held, 0);
  EXPECT_LT(held, kStates);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, OnConditions,
    testing::Values("byte == other", "byte != other", "byte < other", "byte <= other", "signed < minus",
                    "signed <= byte", "signed == -2", "signed != minus", "half < byte + 300",
                    "half == 7 or half > 900", "wide < far", "wide % 8 == 3", "wide % 8 == -3",
                    "wide / 10000 == -2", "wide / 16 < signed", "wide % 7 == 2", "signed % 4 == -1",
                    "(half + 16 - byte) % 16 <= 6", "wide * 3 - far == 0 or far - wide < 1000",
                    "wide / 4096 == -3", "bytes[byte % 4] == 2", "signs[byte % 4] == -2",
                    "halves[byte % 4] > 500", "words[byte % 4] < signs[other % 4]", "bytes[byte] == 1",
                    "never_stored[byte] == 2", "halves[byte] > 500", "flag and (byte == 1 or other == 1)",
                    "not flag and byte == other",
                    "byte == 1 and other == 2 or byte == 1 and other == 3 or flag",
                    "byte == 1 or byte != 1 and other == 4",
                    "exists(i, j) i != j and at[i] == 3 and at[j] == 3", "forall(i) at[i] < 2 or wide > 0"));

struct Events {
  static constexpr bool kSeesSteps = false;
  void on_fault(const EvalFault&, Pc) { met_trouble = true; }
  void on_range_error(Pc) { met_trouble = true; }
  void on_freed(std::int32_t, Pc) { met_trouble = true; }
  void before_store(std::int32_t, base::Slot) {}
  bool met_trouble = false;
};

class OnStores : public testing::TestWithParam<const char*> {};

/// The value that the rule stores, told by a property.
TEST_P(OnStores, TheValueThatIsComputedIsTheOneThatIsStored) {
  const std::string step = GetParam();
  const std::string place = step.substr(0, step.find(" := "));
  const std::string value = step.substr(step.find(" := ") + 4);
  const System before = compile(parse_document(
      kVariables + "properties: { same: { never: '" + place + " == (" + value + ")' } }\n", "test.yaml"));
  const System system =
      compile(parse_document(kVariables + "  - { name: store, do: [ '" + step + "' ] }\n", "test.yaml"));
  States states(system);
  int stored = 0;
  for (int i = 0; i < kStates; ++i) {
    std::byte* const state = states.next();
    const std::vector<std::byte> old(state, state + system.layout.bytes);
    std::vector<base::Write> undo;
    base::StateAccess access(state, undo);
    Events events;
    RuleMachine(system, access).fire(system.rules.size() - 1, events);
    const std::vector<std::byte> logged(state, state + system.layout.bytes);
    base::undo_writes(state, undo);
    ASSERT_TRUE(std::equal(old.begin(), old.end(), state)) << "the log takes back what was stored";
    Events unlogged;
    RuleMachine(system, access).fire_unlogged(system.rules.size() - 1, unlogged);
    ASSERT_EQ(unlogged.met_trouble, events.met_trouble);
    if (events.met_trouble) continue;
    ASSERT_TRUE(std::equal(logged.begin(), logged.end(), state)) << "with a log and without";
    ++stored;
    // The right side does not read what was stored.
    std::vector<base::Write> none;
    base::StateAccess after(state, none);
    EXPECT_TRUE(RuleMachine(before, after).condition_holds(before.rule_code.conditions.back()));
  }
  EXPECT_GT(stored, 0);
}

INSTANTIATE_TEST_SUITE_P(Rules, OnStores,
                         testing::Values("byte := 3", "byte := other", "byte := wide % 8", "signed := minus",
                                         "signed := byte - 3", "half := byte * 16", "wide := far",
                                         "wide := -7", "wide := half / 8 - other", "bytes[byte] := other",
                                         "bytes[byte % 4] := 2", "signs[other % 4] := -2",
                                         "halves[byte % 4] := half", "words[byte % 4] := far / 4",
                                         "words[byte] := half", "halves[byte] := half",
                                         "flag := byte == other"));

}  // namespace
}  // namespace quiesce::sim::rule_operations_test
