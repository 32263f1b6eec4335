// What is said about a step: as it is written, and with what its parameters stand for.
#include <cctype>

#include "sim/routine_compiler.hpp"

namespace quiesce::sim {
namespace {

/// A scalar, or those of a map, without the steps below.
std::string scalars_of(const Node& argument) {
  if (argument.is_scalar()) return " " + argument.scalar;
  std::string text;
  if (!argument.is_map()) return text;
  for (const Node::Entry& entry : argument.entries) {
    if (entry.value.is_scalar()) text += " " + entry.key + " " + entry.value.scalar;
  }
  return text;
}

}  // namespace

/// With the names of what parameters stand for; of a message only where an expression stands.
std::string RoutineCompiler::show_argument(const Node& argument, bool is_message) const {
  if (!argument.is_scalar()) return "";
  bool in_expression = !is_message;
  std::string shown;
  std::string word;
  const auto flush = [&] {
    const Bound* bound = word.empty() ? nullptr : scope_.find(word);
    const bool object = in_expression && bound != nullptr && bound->is_constant &&
                        (bound->type.kind == TypeKind::kRef || bound->type.kind == TypeKind::kId);
    shown += object ? world_.show(bound->type, bound->value) : word;
    word.clear();
  };
  char before = ' ';
  for (const char c : argument.scalar) {
    const bool in_word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (in_word && (before != '.' || !word.empty())) {
      word += c;
    } else if (in_word) {
      shown += c;
    } else {
      flush();
      shown += c;
      if (is_message && (c == '{' || c == '}')) in_expression = c == '{';
    }
    before = in_word && word.empty() ? '.' : c;
  }
  flush();
  return shown;
}

void RoutineCompiler::begin_step(const Node& step, const VerbInfo* verb, const Node* argument) {
  Frame& frame = frames_.back();
  StepInfo info;
  info.routine = frame.routine;
  info.source = frame.source;
  info.number = frame.next_number++;
  info.at = step.at;
  info.callers = frame.callers;
  info.called_by = frame.called_by;
  if (verb != nullptr) {
    const bool is_message = verb->verb == Verb::kLog || verb->verb == Verb::kPanic;
    info.text = std::string(verb->name);
    info.written = info.text;
    if (argument != nullptr) info.written += scalars_of(*argument);
    if (argument != nullptr && argument->is_scalar()) info.text += " " + show_argument(*argument, is_message);
  }
  info_ = static_cast<std::uint32_t>(program_.infos.size());
  program_.infos.push_back(std::move(info));
}

}  // namespace quiesce::sim
