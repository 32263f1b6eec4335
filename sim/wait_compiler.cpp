// Compiles steps that wait, and steps that name timers, work, interrupts or findings.
#include <algorithm>
#include <cctype>

#include "sim/eval.hpp"
#include "sim/routine_compiler.hpp"

namespace quiesce::sim {
namespace {

/// Position of `name` among `all`, or -1.
template <class Infos>
int index_of(const Infos& all, const std::string& name) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

template <class Infos>
std::vector<std::string> names_of(const Infos& all) {
  std::vector<std::string> names;
  for (const auto& info : all) names.push_back(info.name);
  return names;
}

}  // namespace

void RoutineCompiler::compile_poll(const Node& step, const Node& argument) {
  const Typed condition = expressions_.compile_condition(parse_expr(argument));
  const Node* one_word = step.find("one_word");
  if (one_word == nullptr || one_word->scalar != "true")
    check_accesses(ExprCompiler::shared_reads(condition).count, argument.at);
  Step poll;
  poll.verb = Verb::kPoll;
  poll.value = expressions_.emit(condition);
  if (const Node* into = step.find("into")) compile_last_read(*into, poll);
  if (const Node* timeout = step.find("timeout")) {
    poll.argument = static_cast<std::int32_t>(parse_duration_us(*timeout));
    has_deadline_ = true;
  }
  const Node* sleeps = step.find("sleeps");
  poll.argument2 = sleeps != nullptr && sleeps->scalar == "true" ? 1 : 0;
  compile_otherwise(emit(poll), step.find("on_timeout"));
}

/// `into: NAME = EXPR`: what the poll read last.
// Linux v6.18 include/linux/iopoll.h: the `val` of readl_poll_timeout().
void RoutineCompiler::compile_last_read(const Node& into, Step& poll) {
  const Binding binding = parse_binding(into);
  const Typed value = expressions_.compile(binding.value);
  const Bound* known = scope_.find(binding.name);
  const bool again = known != nullptr && !known->is_constant;
  const base::Slot slot = again ? known->slot : new_local(value.type);
  if (!again) scope_.bind_local(binding.name, value.type, slot);
  poll.place = local_place(value.type, slot);
  poll.value2 = expressions_.emit(value);
}

void RoutineCompiler::compile_smp_send_stop(const Node& step) {
  Step stop;
  stop.verb = Verb::kSmpSendStop;
  if (const Node* timeout = step.find("timeout")) {
    stop.argument = static_cast<std::int32_t>(parse_duration_us(*timeout));
    has_deadline_ = true;
  }
  compile_otherwise(emit(stop), step.find("on_timeout"));
}

void RoutineCompiler::compile_wait(const Node& step, const VerbInfo& verb, const Node& argument) {
  const Typed condition = expressions_.compile_condition(parse_expr(argument));
  check_accesses(ExprCompiler::shared_reads(condition).count, argument.at);
  Step wait;
  wait.verb = verb.verb;
  wait.value = expressions_.emit(condition);
  if (verb.verb == Verb::kWaitEvent) {
    const Node* queue = step.find("with");
    Type type;
    if (queue != nullptr) wait.place = expressions_.compile_place(parse_expr(*queue), type);
    if (queue == nullptr || type.kind != TypeKind::kWaitQueue)
      error(argument.at, "'wait_event' needs 'with: WAIT_QUEUE'");
  }
  emit(wait);
}

void RoutineCompiler::compile_named(const VerbInfo& verb, const Node& node, const Node& argument) {
  Step step;
  step.verb = verb.verb;
  const auto lookup = [&](const auto& all, const char* what) {
    step.argument = index_of(all, argument.scalar);
    if (step.argument < 0) {
      std::string message = "unknown ";
      message.append(what).append(" '").append(argument.scalar).append("'");
      error(argument.at, message, nearest_name_hint(argument.scalar, names_of(all)),
            static_cast<unsigned>(argument.scalar.size()));
    }
  };
  switch (verb.verb) {
    case Verb::kRaiseIrq:
      lookup(world_.interrupts, "interrupt");
      break;
    case Verb::kRaiseSoftirq:
      lookup(world_.softirqs, "softirq");
      break;
    case Verb::kModTimer:
      lookup(world_.timers, "timer");
      if (const Node* with = node.find("with"))
        step.argument2 = static_cast<std::int32_t>(parse_duration_us(*with));
      if (step.argument2 <= 0) error(argument.at, "'mod_timer' needs 'with: DURATION'");
      break;
    case Verb::kDelTimer:
    case Verb::kDelTimerSync:
      lookup(world_.timers, "timer");
      break;
    case Verb::kQueueWork:
    case Verb::kFlushWork:
    case Verb::kCancelWorkSync:
      lookup(world_.works, "work");
      break;
    case Verb::kFinding: {
      const auto& kinds = world_.finding_kinds;
      const auto found = std::find(kinds.begin(), kinds.end(), argument.scalar);
      step.argument = static_cast<std::int32_t>(found - kinds.begin());
      if (found == kinds.end()) {
        error(argument.at, "unknown finding kind '" + argument.scalar + "'",
              nearest_name_hint(argument.scalar, kinds));
      }
      break;
    }
    case Verb::kPanic:
      step.argument = compile_message(argument);
      step.argument2 = message_may_fault(program_, step.argument) ? 1 : 0;
      break;
    case Verb::kSetCpusAllowed: {
      const auto cpu = world_.types.find("cpu");
      if (cpu == world_.types.end()) {
        error(argument.at, "there is no machine with CPUs");
        return;
      }
      const Typed target = expressions_.compile_as(parse_expr(argument), cpu->second);
      check_accesses(ExprCompiler::shared_reads(target).count, argument.at);
      step.value = expressions_.emit(target);
      break;
    }
    default: {
      const DurationRange range = parse_duration_range_us(argument);
      step.argument = static_cast<std::int32_t>(range.lo_us);
      step.argument2 = static_cast<std::int32_t>(range.hi_us);
      has_deadline_ = true;
    }
  }
  emit(step);
}

void RoutineCompiler::compile_log(const Node& node, const Node& argument) {
  if (const Node* limit = node.find("ratelimited")) {
    if (!limit->is_scalar() || !is_name(limit->scalar)) {
      error(limit->at,
            "'ratelimited' names the function of the kernel that limits how often this is printed");
    }
    program_.infos[info_].ratelimited = limit->scalar;
  }
  Step log;
  log.verb = Verb::kLog;
  bool looks_around = false;
  log.argument = compile_message(argument, &looks_around);
  log.argument2 = message_may_fault(program_, log.argument) ? 1 : 0;
  log.folded = !looks_around;
  emit(log);
}

/// A number is shown in decimal, or as printk() would with %x, %X, %o and a width.
void RoutineCompiler::check_format(const Node& format, const Type& type) {
  const std::string& text = format.scalar;
  if (text.empty() || type.name == "error") return;
  std::size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) ++digits;
  const std::string_view rest = std::string_view(text).substr(digits);
  const bool known = rest.empty() || rest == "d" || rest == "x" || rest == "X" || rest == "o" || rest == "b";
  if (digits > 2 || !known) {
    error(format.at, "'" + text + "' is no format: a width and one of d, x, X, o, b, such as 08x", "",
          static_cast<unsigned>(text.size()));
  } else if (type.kind != TypeKind::kInt) {
    error(format.at, "only a number has a format: this is shown by its name", "",
          static_cast<unsigned>(text.size()));
  }
}

int RoutineCompiler::compile_message(const Node& text, bool* looks_around) {
  std::vector<MessagePart> parts;
  std::string plain;
  const std::string& all = text.scalar;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] != '{') {
      plain += all[i];
      continue;
    }
    const std::size_t close = all.find('}', i);
    if (close == std::string::npos) {
      error(text.at, "'{' without '}' in a message");
      break;
    }
    std::string inside = all.substr(i + 1, close - i - 1);
    std::string format;
    if (const std::size_t colon = inside.rfind(':'); colon != std::string::npos) {
      format = inside.substr(colon + 1);
      inside.resize(colon);
    }
    const Typed value = expressions_.compile(parse_expr(with_text(text, inside, i + 1)));
    check_format(with_text(text, format, close - format.size()), value.type);
    if (!plain.empty()) parts.push_back({plain, kNoCode, "", {}});
    plain.clear();
    MessagePart part{"", expressions_.emit(value), format, {}};
    if (looks_around != nullptr && may_fault(program_, part.value))
      *looks_around = *looks_around || ExprCompiler::shared_reads(value).count > 0;
    if (value.type.kind != TypeKind::kInt) {
      for (std::int32_t v = 0; v <= value.type.hi; ++v) part.names.push_back(world_.show(value.type, v));
    }
    parts.push_back(std::move(part));
    i = close;
  }
  if (!plain.empty()) parts.push_back({plain, kNoCode, "", {}});
  program_.messages.push_back(std::move(parts));
  return static_cast<int>(program_.messages.size()) - 1;
}

}  // namespace quiesce::sim
