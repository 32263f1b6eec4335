#include "checker/step_counts.hpp"

#include <limits>
#include <set>

#include "sim/describe.hpp"

namespace quiesce::checker {
namespace {

bool is_made_by_compiler(const sim::Step& step) {
  const bool ends = step.verb == sim::Verb::kExit && step.argument != sim::kIsStep;
  return step.verb == sim::Verb::kJump || step.verb == sim::Verb::kFrameEnd || ends;
}

bool is_conditional(sim::Verb verb) {
  return verb == sim::Verb::kIf || verb == sim::Verb::kPoll || verb == sim::Verb::kWaitUntil ||
         verb == sim::Verb::kWaitEvent;
}

/// In place of a step's number: a rule's guard comes after the steps of its body.
constexpr std::uint32_t kGuard = std::numeric_limits<std::uint32_t>::max();

}  // namespace

StepNames::StepNames(const sim::System& system) : by_pc_(system.program.steps.size(), kNone) {
  const sim::Program& program = system.program;
  std::set<std::uint32_t> more_than_a_branch;
  for (sim::Pc pc = 1; pc < program.steps.size(); ++pc) {
    const sim::Step& step = program.steps[pc];
    if (!is_made_by_compiler(step) && step.verb != sim::Verb::kIf) more_than_a_branch.insert(step.info);
  }
  std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> numbers;
  for (sim::Pc pc = 1; pc < program.steps.size(); ++pc) {
    const sim::Step& step = program.steps[pc];
    const sim::StepInfo& info = program.infos[step.info];
    if (is_made_by_compiler(step) || info.routine.empty()) continue;
    if (step.verb == sim::Verb::kIf && more_than_a_branch.contains(step.info)) continue;
    const auto [number, is_new] =
        numbers.try_emplace({info.routine, info.number}, static_cast<std::uint32_t>(places_.size()));
    by_pc_[pc] = number->second;
    if (!is_new) continue;
    places_.push_back({where(info), info.text});
    routines_.push_back(info.routine);
  }
}

StepCounts::StepCounts(const sim::System& system)
    : system_(system),
      tried_(system.program.steps.size()),
      outcomes_(system.program.steps.size()),
      rule_true_(system.rules.size()) {}

void StepCounts::look(std::span<const Transition> enabled, bool running) {
  ++looked_at_;
  if (running) ++running_;
  for (const Transition transition : enabled) {
    if (transition.actor == system_.rules_actor()) ++rule_true_[transition.choice];
  }
}

void StepCounts::add(const StepCounts& other) {
  for (std::size_t pc = 0; pc < tried_.size(); ++pc) {
    tried_[pc] += other.tried_[pc];
    for (std::size_t value = 0; value < 2; ++value) outcomes_[pc][value] += other.outcomes_[pc][value];
  }
  for (std::size_t rule = 0; rule < rule_true_.size(); ++rule) rule_true_[rule] += other.rule_true_[rule];
  looked_at_ += other.looked_at_;
  running_ += other.running_;
}

void StepCounts::add_branches(Conditions& conditions) const {
  std::map<std::uint32_t, std::size_t> met;  // conditions of one step, so far
  for (sim::Pc pc = 1; pc < tried_.size(); ++pc) {
    const sim::Step& step = system_.program.steps[pc];
    if (!is_conditional(step.verb)) continue;
    const sim::StepInfo& info = system_.program.infos[step.info];
    Condition& condition = conditions[{info.routine, info.number, met[step.info]++}];
    condition.place = {where(info), info.text};
    condition.was_tried = condition.was_tried || tried_[pc] != 0;
    condition.was_false = condition.was_false || outcomes_[pc][0] != 0;
    condition.was_true = condition.was_true || outcomes_[pc][1] != 0;
  }
}

void StepCounts::add_guards(Conditions& conditions) const {
  for (std::size_t rule = 0; rule < system_.rules.size(); ++rule) {
    if (system_.rules[rule].when == sim::kNoCode) continue;
    const sim::Step& body = system_.program.steps[system_.rules[rule].body];
    const std::string& name = system_.program.infos[body.info].routine;
    Condition& condition = conditions[{name, kGuard, 0}];
    condition.place = {name, "when"};
    condition.was_tried = running_ != 0;
    condition.was_false = condition.was_false || rule_true_[rule] < running_;
    condition.was_true = condition.was_true || rule_true_[rule] != 0;
  }
}

ReportCoverage StepCounts::coverage() const {
  ReportCoverage coverage;
  coverage.looked_at = looked_at_;
  const StepNames names(system_);
  std::vector<bool> taken(names.places().size());
  for (sim::Pc pc = 1; pc < tried_.size(); ++pc) {
    if (names.of(pc) != StepNames::kNone && tried_[pc] != 0) taken[names.of(pc)] = true;
  }
  coverage.steps = taken.size();
  for (std::size_t step = 0; step < taken.size(); ++step) {
    if (!taken[step]) coverage.never_taken.push_back(names.places()[step]);
  }
  Conditions conditions;
  add_branches(conditions);
  add_guards(conditions);
  coverage.conditions = conditions.size();
  for (const auto& [key, condition] : conditions) {
    if (!condition.was_tried) continue;
    ++coverage.conditions_tried;
    if (!condition.was_true) coverage.never_true.push_back(condition.place);
    if (!condition.was_false) coverage.never_false.push_back(condition.place);
  }
  return coverage;
}

}  // namespace quiesce::checker
