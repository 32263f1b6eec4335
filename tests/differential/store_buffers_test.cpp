// Stores that wait in store buffers, against a definition of what can be seen that is not the machine's.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "random_litmus.hpp"
#include "sim/compile.hpp"
#include "sim/machine.hpp"

namespace quiesce::sim::store_buffers_test {
namespace {

/// What the scenario leaves in the globals r0, r1, ..., x and y, over all runs.
class Ends {
 public:
  explicit Ends(const std::string& text) : system_(compile(parse_document(text, "litmus.yaml"))) {
    for_each_initial(system_, [&](const std::byte* state) { add({state, state + system_.layout.bytes}); });
    while (!open_.empty()) {
      const std::vector<std::byte> state = open_.back();
      open_.pop_back();
      expand(state);
    }
  }

  [[nodiscard]] const std::set<LitmusOutcome>& outcomes() const { return outcomes_; }

 private:
  void add(std::vector<std::byte> state) {
    if (seen_.insert(state).second) open_.push_back(std::move(state));
  }

  void expand(const std::vector<std::byte>& state) {
    std::vector<std::byte> copy = state;
    std::vector<base::Write> undo;
    base::StateAccess access(copy.data(), undo);
    std::vector<Move> moves;
    Machine(system_, access).enabled(moves);
    for (const Move move : moves) {
      std::vector<std::byte> next = state;
      base::StateAccess into(next.data(), undo);
      Machine(system_, into).fire(move);
      add(std::move(next));
    }
    if (moves.empty()) outcomes_.insert(outcome_of(state));
  }

  [[nodiscard]] LitmusOutcome outcome_of(const std::vector<std::byte>& state) const {
    LitmusOutcome outcome;
    const auto value = [&](const std::string& name) {
      for (const Family& family : system_.program.families) {
        if (family.name != name) continue;
        outcome.push_back(family.constant ? family.init[0] : base::read_slot(state.data(), family.first));
        return true;
      }
      return false;
    };
    for (int i = 0; value("r" + std::to_string(i)); ++i) continue;
    value("x");
    value("y");
    return outcome;
  }

  System system_;
  std::set<std::vector<std::byte>> seen_;
  std::vector<std::vector<std::byte>> open_;
  std::set<LitmusOutcome> outcomes_;
};

std::set<LitmusOutcome> ends_of(const std::string& text) { return Ends(text).outcomes(); }

TEST(StoreBuffers, ShowExactlyWhatTheDefinitionSays) {
  std::size_t weak = 0;
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    const LitmusProgram program = random_litmus(seed, 3 + seed % 3);
    const std::size_t room = 1 + seed % 4;
    const std::string memory = "memory: buffered, store_buffer: " + std::to_string(room);
    const std::string text = litmus_text(program, memory);
    const std::set<LitmusOutcome> ends = ends_of(text);
    EXPECT_EQ(ends, outcomes_of(program, room)) << "seed " << seed << "\n" << text;
    if (ends != ends_of(litmus_text(program, "memory: sc"))) ++weak;
  }
  EXPECT_GE(weak, 40U) << "too few programs can tell that memory is not sequentially consistent";
}

TEST(StoreBuffers, ShowNothingNewWhereBarriersStandEverywhere) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const LitmusProgram program = with_barriers(random_litmus(seed, 3));
    EXPECT_EQ(ends_of(litmus_text(program, "memory: buffered")), ends_of(litmus_text(program, "memory: sc")))
        << "seed " << seed;
  }
}

TEST(StoreBuffers, LeaveOutNothingThatSequentialConsistencyShows) {
  for (std::uint32_t seed = 400; seed < 500; ++seed) {
    const LitmusProgram program = random_litmus(seed, 3);
    const std::set<LitmusOutcome> buffered = ends_of(litmus_text(program, "memory: buffered"));
    const std::set<LitmusOutcome> consistent = ends_of(litmus_text(program, "memory: sc"));
    EXPECT_TRUE(std::includes(buffered.begin(), buffered.end(), consistent.begin(), consistent.end()))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace quiesce::sim::store_buffers_test
