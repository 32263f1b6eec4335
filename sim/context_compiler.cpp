// Compiles what has a program counter of its own: tasks, handlers, kworkers, ksoftirqd.
#include <algorithm>

#include "sim/routine_compiler.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kFrameBytesMax = 250;

}  // namespace

CompiledContext RoutineCompiler::compile_context(const Node& steps, const std::string& name) {
  const Pc entry = begin_context(name);
  if (steps.is_scalar()) {
    begin_step(steps, find_verb("call"), &steps);
    compile_call(steps);
  } else {
    compile_block(steps);
  }
  for (const Pc from : frames_.back().returns) at(from).next = here();
  Step end;
  end.verb = Verb::kExit;
  begin_step(steps, nullptr, nullptr);
  program_.infos[info_].text = "end of " + name;
  emit(end);
  const CompiledContext compiled = end_context(steps, name, entry);
  if (!in_handler_) unfold_first_messages(entry);
  return compiled;
}

CompiledContext RoutineCompiler::compile_handler(const Node& steps, const std::string& name) {
  in_handler_ = true;
  CompiledContext compiled = compile_context(steps, name);
  in_handler_ = false;
  return compiled;
}

CompiledContext RoutineCompiler::compile_kworker(const Node& run, const std::string& name,
                                                 std::int32_t work) {
  const Pc entry = begin_context(name);
  for (const char* part : {"__pending", "__running", "__flushes"})
    written_.insert(world_.works[static_cast<std::size_t>(work)].name + part);
  const auto emit_own = [&](Verb verb, const char* text) {
    begin_step(run, nullptr, nullptr);
    program_.infos[info_].text = text;
    Step step;
    step.verb = verb;
    step.argument = work;
    emit(step);
  };
  emit_own(Verb::kNextWork, "waits for work");
  begin_step(run, find_verb("call"), &run);
  compile_call(run);
  emit_own(Verb::kWorkDone, "the work is done");
  at(emit_jump()).next = entry;
  return end_context(run, name, entry);
}

Pc RoutineCompiler::begin_context(const std::string& name) {
  frame_top_ = frame_max_ = 0;
  scope_ = Scope();
  has_deadline_ = false;
  frames_.push_back({name, "", 0, {}, {}, {}});
  open_labels();
  return here();
}

CompiledContext RoutineCompiler::end_context(const Node& steps, const std::string& name, Pc entry) {
  close_labels();
  frames_.pop_back();
  break_folded_cycles(entry);
  if (frame_max_ > kFrameBytesMax) error(steps.at, "'" + name + "' needs too many locals");
  return {entry, static_cast<std::uint8_t>(std::min(frame_max_, kFrameBytesMax)), has_deadline_};
}

CompiledContext RoutineCompiler::compile_ksoftirqd(const std::string& name) {
  StepInfo info;
  info.routine = "run_ksoftirqd";
  info.source = "v6.18 kernel/softirq.c run_ksoftirqd";
  info.text = info.written = "runs pending softirqs, then sleeps";
  info.callers = {name};
  info_ = static_cast<std::uint32_t>(program_.infos.size());
  program_.infos.push_back(std::move(info));
  Step run;
  run.verb = Verb::kRunSoftirqs;
  run.next = here();
  return {emit(run), 0, false};
}

}  // namespace quiesce::sim
