// A run of a scenario given as text whose steps a test chooses itself, one after the other.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "shown_finding.hpp"
#include "sim/describe.hpp"

namespace quiesce::checker {

/// The enabled move of this actor whose text begins so. Throws if there is none.
inline sim::Move find_move(const sim::System& system, const std::byte* state, const std::string& wanted) {
  std::vector<base::Write> undo;
  base::StateAccess access(const_cast<std::byte*>(state), undo);
  std::vector<sim::Move> moves;
  sim::Machine(system, access).enabled(moves);
  std::string all;
  for (const sim::Move move : moves) {
    const sim::MoveText text = sim::describe(system, state, move);
    const std::string line = text.actor + ": " + text.text;
    if (line.starts_with(wanted)) return move;
    all += "\n  " + line;
  }
  throw std::runtime_error("cannot do '" + wanted + "', only" + all);
}

/// Makes the steps that begin like these "actor: text", from the first initial state on.
inline ShownFinding drive(const std::string& scenario, const std::vector<std::string>& steps) {
  ShownFinding shown{
      sim::compile(sim::parse_document("quiesce: 1\nname: test\n" + scenario, "test.yaml")), {}, {}, {}};
  std::vector<std::byte> state;
  sim::for_each_initial(shown.system, [&](const std::byte* initial) {
    if (state.empty()) state.assign(initial, initial + shown.system.layout.bytes);
  });
  for (const std::string& wanted : steps) {
    const sim::Move move = find_move(shown.system, state.data(), wanted);
    std::vector<base::Write> undo;
    base::StateAccess access(state.data(), undo);
    sim::Machine(shown.system, access).fire(move);
    shown.schedule.steps.push_back({move.actor, move.choice});
  }
  const MachineCells view(shown.system);
  FoundRun run;
  run.schedule = shown.schedule;
  shown.finding = explain(shown.system, run, &view);
  shown.machine = view.machine;
  return shown;
}

}  // namespace quiesce::checker
