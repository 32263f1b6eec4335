#include "sim/routine_compiler.hpp"

#include <algorithm>
#include <limits>

#include "sim/rule_compiler.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kExpansionsMax = 120000;  ///< steps that compile to nothing count too

bool may_stand_in_atomic(Verb verb) {
  switch (verb) {
    case Verb::kNop:
    case Verb::kIf:
    case Verb::kSet:
    case Verb::kLet:
    case Verb::kLoad:
    case Verb::kCmpxchg:
    case Verb::kListAddTail:
    case Verb::kListDel:
    case Verb::kTakeFirst:
    case Verb::kTakeLast:
    case Verb::kWrite:
    case Verb::kWriteLegacy:
    case Verb::kClkEnable:
    case Verb::kClkDisable:
    case Verb::kPowerOn:
    case Verb::kPowerOff:
    case Verb::kReserveAndPublish:
    case Verb::kPutCommands:
    case Verb::kFinding:
    case Verb::kLog:
    case Verb::kJump:
    case Verb::kFrameEnd:
      return true;
    default:
      return false;
  }
}

/// Whether the step at `pc` goes back to one of those from `first` on.
bool goes_back(const Step& step, Pc pc, Pc first) {
  const auto is_back = [&](Pc to) { return to <= pc && to >= first; };
  return is_back(step.next) || is_back(step.other);
}

bool is_control(Verb verb) {
  switch (verb) {
    case Verb::kIf:
    case Verb::kWhile:
    case Verb::kRepeat:
    case Verb::kForEach:
    case Verb::kCall:
    case Verb::kInvoke:
    case Verb::kReturn:
    case Verb::kAtomic:
    case Verb::kGoto:
      return true;
    default:
      return false;
  }
}

}  // namespace

RoutineCompiler::RoutineCompiler(const World& world, Program& program, std::set<std::string>& written)
    : world_(world), program_(program), written_(written), expressions_(world, program, scope_) {
  if (program_.steps.empty()) program_.steps.emplace_back();  // the inactive location
  if (program_.infos.empty()) program_.infos.emplace_back();
}

Pc RoutineCompiler::compile_rule_body(const Node& body, const std::string& name, Scope& scope) {
  scope_ = scope;
  frame_top_ = frame_max_ = 0;
  frames_.push_back({name, "", 0, {}, {}, {}});
  open_labels();
  const Pc entry = here();
  in_atomic_ = true;
  compile_block(body);
  in_atomic_ = false;
  for (Pc pc = entry; pc < here(); ++pc) {
    at(pc).folded = true;
    if (!may_stand_in_rule(at(pc).verb))
      error(program_.infos[at(pc).info].at, "a rule's steps are assignments and 'if'");
    if (goes_back(at(pc), pc, entry)) error(program_.infos[at(pc).info].at, "a loop cannot stand in a rule");
  }
  Step end;
  end.verb = Verb::kExit;
  begin_step(body, nullptr, nullptr);
  emit(end);
  close_labels();
  frames_.pop_back();
  if (frame_max_ != 0) error(body.at, "a rule has no locals");
  scope_ = Scope();
  return entry;
}

void RoutineCompiler::compile_block(const Node& steps) {
  if (!steps.is_list()) {
    error(steps.at, "a list of steps is needed here");
    return;
  }
  const std::uint32_t outer = info_;
  for (const Node& step : steps.items) {
    if (failed()) return;
    compile_step(step);
  }
  info_ = outer;  // what is emitted behind the block belongs to the step that has it
}

bool RoutineCompiler::failed() const {
  return frames_.size() > 1 && world_.errors->met() > frames_.back().errors_before;
}

void RoutineCompiler::count_expansion(const Location& where) {
  if (++expansions_ > kExpansionsMax) too_many_steps(where);
}

void RoutineCompiler::too_many_steps(const Location& where) const {
  world_.errors->fatal(where, "the scenario expands to more than 60000 steps",
                       "a routine is copied to each place where it is called, and the 'do' of 'for_each' for "
                       "each value");
}

/// Finds the step's one verb and its label, if any; false if a mistake was reported.
bool RoutineCompiler::find_verb_of(const Node& step, const Node::Entry*& found, const Node::Entry*& label) {
  static const std::vector<std::string> kModifiers{
      "when",  "label",   "timeout",   "on_timeout", "on_failure", "sleeps", "then",
      "else",  "do",      "with",      "source",     "sync",       "into",   "one_word",
      "order", "relaxed", "if_listed", "required",   "ratelimited"};
  for (const Node::Entry& entry : step.entries) {
    if (entry.key == "label") {
      label = &entry;
      continue;
    }
    if (std::find(kModifiers.begin(), kModifiers.end(), entry.key) != kModifiers.end()) continue;
    if (find_verb(entry.key) == nullptr) {
      std::vector<std::string> valid = verb_names();
      valid.insert(valid.end(), kModifiers.begin(), kModifiers.end());
      error(entry.key_at, "unknown verb '" + entry.key + "'", nearest_name_hint(entry.key, valid),
            static_cast<unsigned>(entry.key.size()));
      return false;
    }
    if (found != nullptr) {
      error(entry.key_at, "a step has one verb: '" + found->key + "' or '" + entry.key + "'");
      return false;
    }
    found = &entry;
  }
  if (found == nullptr && label == nullptr) error(step.at, "this step has no verb");
  return found != nullptr || label != nullptr;
}

/// Modifiers that do not go with the verb are mistakes.
void RoutineCompiler::check_modifiers(const Node& step, const VerbInfo& verb, const Node::Entry* found) {
  for (const Node::Entry& entry : step.entries) {
    const bool always =
        entry.key == "when" || entry.key == "label" || entry.key == "source" || &entry == found;
    const std::string known = " " + std::string(verb.modifiers) + " ";
    if (!always && known.find(" " + entry.key + " ") == std::string::npos) {
      error(entry.key_at, "'" + entry.key + "' does not go with '" + std::string(verb.name) + "'");
    }
  }
}

void RoutineCompiler::compile_step(const Node& step) {
  count_expansion(step.at);
  if (step.is_scalar()) {  // a bare word, or an assignment of a rule: `x := 1`
    const VerbInfo* verb = find_verb(step.scalar);
    if (verb == nullptr && step.scalar.find(":=") != std::string::npos) {
      begin_step(step, find_verb("set"), &step);
      compile_assignment(step);
      return;
    }
    if (verb == nullptr) {
      error(step.at, "unknown verb '" + step.scalar + "'", nearest_name_hint(step.scalar, verb_names()),
            static_cast<unsigned>(step.scalar.size()));
      return;
    }
    static const Node kNothing;
    begin_step(step, verb, nullptr);
    Node nothing = kNothing;
    nothing.at = step.at;
    compile_verb(step, *verb, nothing);
    return;
  }
  if (!step.is_map()) {
    error(step.at, "a step is one verb with its argument");
    return;
  }
  const Node::Entry* found = nullptr;
  const Node::Entry* label = nullptr;
  if (!find_verb_of(step, found, label)) return;
  if (label != nullptr) define_label(label->value.scalar, label->value.at);
  const VerbInfo* verb = found != nullptr ? find_verb(found->key) : find_verb("label");
  const Node& argument = found != nullptr ? found->value : label != nullptr ? label->value : step;
  check_modifiers(step, *verb, found);
  begin_step(step, verb, &argument);
  const Pc before = here();
  Pc guard = kInactive;
  if (const Node* when = step.find("when")) {
    const Typed condition = expressions_.compile_condition(parse_expr(*when));
    if (condition.is_constant() && condition.a == 0 && condition.type.name != "error") return;
    if (!condition.is_constant()) {
      const SharedReads reads = ExprCompiler::shared_reads(condition);
      check_accesses(reads.count, when->at);
      Step branch;
      branch.verb = Verb::kIf;
      branch.argument = kGuardsStep;
      branch.value = expressions_.emit(condition);
      branch.folded = reads.may_fold();
      guard = emit(branch);
    }
  }
  compile_verb(step, *verb, argument);
  if (guard != kInactive) at(guard).other = here();
  if (label != nullptr && before < here() && !in_atomic_) {
    at(before).folded = false;
    program_.infos[at(before).info].label = label->value.scalar;
  }
}

void RoutineCompiler::compile_verb(const Node& step, const VerbInfo& verb, const Node& argument) {
  if (!is_control(verb.verb)) {
    const Pc first = here();
    compile_simple(step, verb, argument);
    if (first < here()) take_order(step, verb, argument, first);
    return;
  }
  switch (verb.verb) {
    case Verb::kIf:
      compile_if(step, argument);
      break;
    case Verb::kWhile:
      compile_while(step, argument);
      break;
    case Verb::kRepeat:
      compile_repeat(step, argument);
      break;
    case Verb::kForEach:
      compile_for_each(step, argument);
      break;
    case Verb::kCall:
      compile_call(argument);
      break;
    case Verb::kInvoke:
      compile_invoke(step, argument);
      break;
    case Verb::kReturn:
      compile_return(argument);
      break;
    case Verb::kAtomic:
      compile_atomic(step, argument);
      break;
    default:
      compile_goto(argument);
      break;
  }
}

void RoutineCompiler::compile_atomic(const Node& step, const Node& argument) {
  const Pc first = here();
  const bool outer = in_atomic_;
  in_atomic_ = true;
  compile_block(argument);
  in_atomic_ = outer;
  if (outer) return;
  for (Pc pc = first; pc < here(); ++pc) {
    at(pc).folded = pc != first;
    if (!may_stand_in_atomic(at(pc).verb)) {
      error(program_.infos[at(pc).info].at,
            "this verb may wait or switch, so it cannot stand in an 'atomic' block");
    }
    if (goes_back(at(pc), pc, first)) error(argument.at, "a loop cannot stand in an 'atomic' block");
  }
  take_order_of_block(step, first);
}

void RoutineCompiler::compile_goto(const Node& argument) {
  labels_.back().gotos.push_back({argument.scalar, emit_jump(), argument.at, in_atomic_});
}

void RoutineCompiler::open_labels() { labels_.emplace_back(); }

void RoutineCompiler::close_labels() {
  LabelScope closing = std::move(labels_.back());
  labels_.pop_back();
  for (Pending& pending : closing.gotos) {
    const auto found = closing.labels.find(pending.label);
    if (found != closing.labels.end()) {
      at(pending.from).next = found->second;
      if (pending.in_atomic && found->second <= pending.from)
        error(pending.at, "a loop cannot stand in an 'atomic' block");
      continue;
    }
    if (failed()) continue;  // the label may stand behind the mistake
    const bool outermost = labels_.empty() || labels_.size() < frames_.size();
    if (!outermost) {
      labels_.back().gotos.push_back(std::move(pending));
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [name, pc] : closing.labels) names.push_back(name);
    error(pending.at, "no label '" + pending.label + "' in '" + frames_.back().routine + "'",
          nearest_name_hint(pending.label, names));
  }
}

void RoutineCompiler::define_label(const std::string& label, const Location& where) {
  if (!labels_.back().labels.emplace(label, here()).second)
    error(where, "label '" + label + "' is defined twice");
}

void RoutineCompiler::break_folded_cycles(Pc first) {
  // Computation on locals is folded into the step before it. A loop of nothing else would never end
  // within a transition, so the target of its backward jump becomes a location.
  for (Pc pc = first; pc < here(); ++pc) {
    if (!program_.steps[pc].folded) continue;
    for (const Pc target : {program_.steps[pc].next, program_.steps[pc].other}) {
      if (target == kInactive || target > pc || target < first) continue;
      if (reaches_through_folded(target, pc)) program_.steps[target].folded = false;
    }
  }
}

/// What is folded before a task's first step goes into the initial state, where nobody hears a message.
void RoutineCompiler::unfold_first_messages(Pc first) {
  std::vector<Pc> open{first};
  std::set<Pc> seen{first};
  while (!open.empty()) {
    Step& step = program_.steps[open.back()];
    open.pop_back();
    if (!step.folded) continue;
    if (step.verb == Verb::kLog) {
      step.folded = false;
      continue;
    }
    for (const Pc next : {step.next, step.other}) {
      if (next != kInactive && seen.insert(next).second) open.push_back(next);
    }
  }
}

bool RoutineCompiler::reaches_through_folded(Pc from, Pc to) const {
  std::vector<Pc> open{from};
  std::set<Pc> seen{from};
  while (!open.empty()) {
    const Pc pc = open.back();
    open.pop_back();
    if (!program_.steps[pc].folded) continue;
    if (pc == to) return true;
    for (const Pc next : {program_.steps[pc].next, program_.steps[pc].other}) {
      if (next != kInactive && seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

}  // namespace quiesce::sim
