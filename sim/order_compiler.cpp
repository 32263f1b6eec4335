// Compiles barriers, and the order that a step's access has among those of its CPU.
#include <algorithm>

#include "sim/routine_compiler.hpp"

namespace quiesce::sim {

/// With `memory: sc`, and within a block that acts on memory as a whole, a barrier is nothing.
void RoutineCompiler::compile_barrier(const VerbInfo& verb, const Node& argument) {
  if (!argument.is_null()) error(argument.at, "'" + std::string(verb.name) + "' takes no argument");
  if (in_atomic_) {
    error(program_.infos[info_].at,
          "a barrier cannot stand in an 'atomic' block, which is one access to memory",
          "'order' of the block says how it is ordered");
  }
  if (world_.machine.store_buffer == 0) return;
  Step barrier;
  barrier.verb = verb.verb;
  emit(barrier);
}

std::string RoutineCompiler::order_of(const Node& step, const std::string& usual,
                                      const std::vector<std::string>& known) {
  const Node* order = step.find("order");
  if (order == nullptr) return usual;
  if (std::find(known.begin(), known.end(), order->scalar) != known.end()) return order->scalar;
  std::string all;
  for (const std::string& word : known) all += (all.empty() ? "" : " or ") + word;
  error(order->at, "the order of this step is " + all, nearest_name_hint(order->scalar, known),
        static_cast<unsigned>(std::max<std::size_t>(1, order->scalar.size())));
  return usual;
}

// Linux v6.18 Documentation/atomic_t.txt: a read-modify-write that returns a value is fully ordered unless
// its name says otherwise.
void RoutineCompiler::take_order(const Node& step, const VerbInfo& verb, const Node& argument, Pc made) {
  static const std::vector<std::string> kRmw{"relaxed", "acquire", "release", "full"};
  const Node* order = step.find("order");
  const Node* relaxed = step.find("relaxed");
  if (in_atomic_) {
    if (order != nullptr) error(order->at, "the steps of a block have the order of the block");
    if (relaxed != nullptr) error(relaxed->at, "the steps of a block have the order of the block");
    return;
  }
  const auto rmw = [&] {
    const std::string word = order_of(step, "full", kRmw);
    return word == "relaxed" || word == "acquire" ? Access::kRelaxedRmw : Access::kFullRmw;
  };
  switch (verb.verb) {
    case Verb::kSet:
      if (at(made).place.kind == Place::Kind::kLocal) {
        if (order != nullptr) error(order->at, "a local has no order: nobody else sees it");
      } else if (world_.is_freed_flag(at(made).place.family)) {
        at(made).access = Access::kFullRmw;  // an allocation, as kfree
      } else if (parse_assignment(argument).op != "=") {
        at(made).access = rmw();
      } else {
        const bool release = order_of(step, "relaxed", {"relaxed", "release"}) == "release";
        at(made).access = release ? Access::kReleaseStore : Access::kStore;
      }
      break;
    case Verb::kCmpxchg:
      at(made).access = rmw();
      break;
    case Verb::kLoad:
    case Verb::kPoll:
      // Abstraction: drops load-load reordering, so an acquire is an ordinary load.
      static_cast<void>(order_of(step, "relaxed", {"relaxed", "acquire"}));
      break;
    case Verb::kWrite:
      if (relaxed != nullptr && relaxed->scalar == "true") at(made).access = Access::kRelaxedWrite;
      break;
    default:
      break;
  }
}

/// An atomic block is one read-modify-write of all that it touches.
void RoutineCompiler::take_order_of_block(const Node& step, Pc first) {
  const bool is_relaxed = order_of(step, "full", {"relaxed", "full"}) == "relaxed";
  if (first == here()) return;
  at(first).access = is_relaxed ? Access::kRelaxedBlock : Access::kFullBlock;
  const auto reads_register = [&](CodeId code) {
    for (auto pc = static_cast<std::size_t>(code); code != kNoCode; ++pc) {
      if (program_.code[pc].op == Op::kEnd) return false;
      const Op op = program_.code[pc].op;
      if (op == Op::kRegister || op == Op::kLegacyRegister) return true;
    }
    return false;
  };
  for (Pc pc = first; is_relaxed && pc < here(); ++pc) {
    const Step& made = at(pc);
    const bool in_memory = made.verb != Verb::kWrite && made.verb != Verb::kWriteLegacy &&
                           !switches_smmu(made.verb) && made.verb != Verb::kPutCommands &&
                           made.verb != Verb::kReserveAndPublish &&
                           (made.verb < Verb::kListAddTail || made.verb > Verb::kTakeLast);
    if (in_memory && !reads_register(made.value) && !reads_register(made.value2)) continue;
    error(program_.infos[made.info].at, "a relaxed block has no lists, registers and commands");
    return;
  }
}

}  // namespace quiesce::sim
