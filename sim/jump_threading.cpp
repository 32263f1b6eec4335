#include "sim/jump_threading.hpp"

#include <optional>

namespace quiesce::sim {
namespace {

bool asks_for_bits(const RuleInstruction& in) {
  return in.op == RuleOp::kUnlessBits || in.op == RuleOp::kUnlessOtherBits;
}

bool is_question(const RuleInstruction& in) { return in.op <= RuleOp::kUnlessOtherByte; }

bool of_the_same_slot(const RuleInstruction& a, const RuleInstruction& b) {
  return a.a.offset == b.a.offset && a.a.mask == b.a.mask;
}

/// What is known of a slot: its bits, or what they are not.
struct Fact {
  const RuleInstruction* about;
  bool is;
};

Fact if_held(const RuleInstruction& in) { return {&in, in.op == RuleOp::kUnlessBits}; }
Fact if_failed(const RuleInstruction& in) { return {&in, in.op == RuleOp::kUnlessOtherBits}; }

/// Whether the slot has the bits that `in` names; nothing if the fact does not tell.
std::optional<bool> answer(const Fact& fact, const RuleInstruction& in) {
  if (!of_the_same_slot(*fact.about, in)) return std::nullopt;
  if (fact.about->bits == in.bits) return fact.is;
  return fact.is ? std::optional(false) : std::nullopt;
}

class JumpThreader {
 public:
  explicit JumpThreader(std::vector<RuleInstruction>& code) : code_(code), is_target_(code.size()) {
    for (const RuleInstruction& in : code) {
      if (is_question(in) || in.op == RuleOp::kJump) is_target_[in.target] = true;
    }
  }

  void thread(std::size_t at) {
    RuleInstruction& in = code_[at];
    if (!is_question(in) && in.op != RuleOp::kJump) return;
    const std::vector<Fact> facts = known_behind(at);
    for (std::size_t hops = 0; hops < code_.size(); ++hops) {
      // Whoever counts steps is to see each of them.
      if (code_[in.target].pc != in.pc) return;
      const auto next = beyond(in.target, facts);
      if (!next) return;
      in.target = *next;
    }
  }

 private:
  /// What the questions before tell one who jumps from here. Nothing is stored between them.
  [[nodiscard]] std::vector<Fact> known_behind(std::size_t at) const {
    std::vector<Fact> facts;
    if (asks_for_bits(code_[at])) facts.push_back(if_failed(code_[at]));
    for (; at > 0 && !is_target_[at] && is_question(code_[at - 1]); --at) {
      if (asks_for_bits(code_[at - 1])) facts.push_back(if_held(code_[at - 1]));
    }
    return facts;
  }

  /// Where one who comes to `target` is led; nothing if that is not known.
  [[nodiscard]] std::optional<std::uint32_t> beyond(std::uint32_t target,
                                                    const std::vector<Fact>& facts) const {
    const RuleInstruction& there = code_[target];
    if (there.op == RuleOp::kJump && there.target != target) return there.target;
    if (!asks_for_bits(there)) return std::nullopt;
    for (const Fact& fact : facts) {
      if (const auto has_bits = answer(fact, there))
        return *has_bits == (there.op == RuleOp::kUnlessBits) ? target + 1 : there.target;
    }
    return std::nullopt;
  }

  std::vector<RuleInstruction>& code_;
  std::vector<bool> is_target_;
};

}  // namespace

void thread_jumps(std::vector<RuleInstruction>& code) {
  JumpThreader threader(code);
  // From the end, so that most targets have been threaded themselves.
  for (std::size_t at = code.size(); at > 0; --at) threader.thread(at - 1);
  for (std::size_t at = 1; at < code.size(); ++at) {
    const bool begins_step = code[at - 1].pc != code[at].pc;
    if (code[at].op == RuleOp::kJump && code[code[at].target].op == RuleOp::kDone && !begins_step)
      code[at] = RuleInstruction(code[code[at].target]);
  }
}

}  // namespace quiesce::sim
