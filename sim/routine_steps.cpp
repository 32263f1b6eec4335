#include "sim/routine_steps.hpp"

#include <algorithm>
#include <string_view>

#include "sim/verbs.hpp"

namespace quiesce::sim {
namespace {

bool does_something(Verb verb) {
  switch (verb) {
    case Verb::kNop:
    case Verb::kIf:
    case Verb::kWhile:
    case Verb::kRepeat:
    case Verb::kForEach:
    case Verb::kReturn:
    case Verb::kAtomic:
    case Verb::kGoto:
    case Verb::kLabel:
    case Verb::kLet:
      return false;
    default:
      return true;
  }
}

class Collector {
 public:
  void collect(const std::string& routine, const Node& block) {
    for (const Node& step : block.items) {
      if (step.is_scalar()) {
        add(routine, step, step.scalar, nullptr);
        continue;
      }
      for (const Node::Entry& entry : step.entries) {
        if (entry.value.is_list() && is_block(entry.key)) {
          collect(routine, entry.value);
        } else {
          add(routine, step, entry.key, &entry.value);
        }
      }
    }
  }

  std::vector<RoutineStep> steps;

 private:
  static bool is_block(std::string_view key) {
    return std::find(kStepBlocks.begin(), kStepBlocks.end(), key) != kStepBlocks.end();
  }

  void add(const std::string& routine, const Node& step, const std::string& word, const Node* argument) {
    const VerbInfo* verb = find_verb(word);
    if (verb == nullptr || !does_something(verb->verb)) return;
    const bool has_text = argument != nullptr && argument->is_scalar() && !argument->scalar.empty();
    steps.push_back({routine, step.at, has_text ? word + ": " + argument->scalar : word});
  }
};

}  // namespace

std::vector<RoutineStep> routine_steps(const Node& document) {
  Collector collector;
  const Node* routines = document.find("routines");
  if (routines == nullptr) return {};
  for (const Node::Entry& entry : routines->entries) {
    const Node& routine = entry.value;
    const Node* steps = routine.is_list() ? &routine : routine.find("steps");
    if (steps != nullptr) collector.collect(entry.key, *steps);
    const Node* forms = routine.find("forms");
    if (forms == nullptr) continue;
    for (const Node::Entry& form : forms->entries) collector.collect(entry.key, form.value);
  }
  return std::move(collector.steps);
}

}  // namespace quiesce::sim
