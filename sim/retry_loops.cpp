#include "sim/retry_loops.hpp"

#include <algorithm>
#include <set>

namespace quiesce::sim {
namespace {

using Ranges = std::vector<std::pair<std::uint16_t, std::uint16_t>>;

void watch(base::Slot slot, Ranges& watched) {
  watched.emplace_back(slot.offset, static_cast<std::uint16_t>(slot.offset + base::bytes_of(slot.width)));
}

void add_reads(const System& system, CodeId code, Ranges& watched) {
  if (code == kNoCode) return;
  for (auto pc = static_cast<std::size_t>(code); system.program.code[pc].op != Op::kEnd; ++pc) {
    const Instruction& in = system.program.code[pc];
    if (reads_slot(in.op)) {
      watch(in.slot, watched);
    } else if (in.op == Op::kTaskExited) {
      watch(system.layout.contexts[static_cast<std::size_t>(in.a)].task_state, watched);
    } else if (in.op == Op::kMachineState) {
      watch(system.layout.machine_state, watched);
    } else if (in.op == Op::kCurrent) {
      for (const CpuLayout& cpu : system.layout.cpus) watch(cpu.current, watched);
    } else if (in.op == Op::kLoadAt) {
      const Family& family = system.program.families[static_cast<std::size_t>(in.a)];
      watched.emplace_back(family.first.offset, family.slot(family.count).offset);
    } else if (in.op == Op::kInFlight) {
      for (const hwmodel::v3::Layout& smmu : system.layout.smmus) {
        for (const hwmodel::v3::Source& source : smmu.streams.sources) watch(source.at, watched);
      }
      for (const LegacyLayout& legacy : system.layout.legacy) {
        for (const hwmodel::v2::Source& source : legacy.smmu.traffic.sources) watch(source.at, watched);
      }
    } else if (in.op == Op::kDecisionOf) {
      for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
        for (const base::Slot slot :
             hwmodel::v3::footprint(system.layout.smmus[i], system.layout.smmu_configs[i],
                                    hwmodel::v3::TransitionKind::kDecides))
          watch(slot, watched);
      }
      for (const LegacyLayout& legacy : system.layout.legacy) {
        for (const base::Slot slot :
             hwmodel::v2::footprint(legacy.smmu, legacy.config, hwmodel::v2::TransitionKind::kDecides))
          watch(slot, watched);
      }
    } else if (in.op == Op::kLegacyRegister) {
      for (const LegacyLayout& legacy : system.layout.legacy) {
        for (const auto& part : hwmodel::v2::named_parts(legacy.smmu, legacy.config))
          watch(part.slot, watched);
      }
    } else if (in.op == Op::kRegister || in.op == Op::kCommandWord || in.op == Op::kDecision ||
               in.op == Op::kEventField) {
      for (std::size_t i = 0; i < system.layout.smmus.size(); ++i) {
        const hwmodel::v3::Layout& smmu = system.layout.smmus[i];
        const auto end = smmu.ring.offset + system.layout.smmu_configs[i].cmdq_window;
        watched.emplace_back(smmu.cr0.written.offset, static_cast<std::uint16_t>(end));
        for (const hwmodel::v3::Programmed& kept : smmu.programmed) watch(kept.slot, watched);
        for (const base::Slot slot : hwmodel::v3::record_slots(smmu, system.layout.smmu_configs[i]))
          watch(slot, watched);
      }
    }
  }
}

/// The steps that lead on from a step.
using Successors = std::vector<std::vector<Pc>>;

Successors successors_of(const System& system) {
  Successors after(system.program.steps.size());
  for (Pc pc = 1; pc < system.program.steps.size(); ++pc) {
    const Step& step = system.program.steps[pc];
    if (step.verb == Verb::kExit) continue;
    for (const Pc next : {step.next, step.other}) {
      if (next != kInactive) after[pc].push_back(next);
    }
  }
  return after;
}

Successors reversed(const Successors& after) {
  Successors before(after.size());
  for (Pc pc = 1; pc < after.size(); ++pc) {
    for (const Pc next : after[pc]) before[next].push_back(pc);
  }
  return before;
}

std::set<Pc> reachable(const Successors& after, Pc from) {
  std::set<Pc> seen;
  std::vector<Pc> open = after[from];
  while (!open.empty()) {
    const Pc pc = open.back();
    open.pop_back();
    if (!seen.insert(pc).second) continue;
    open.insert(open.end(), after[pc].begin(), after[pc].end());
  }
  return seen;
}

/// Which locals of the loop are set from which: offsets within the frame.
using Dependences = std::set<std::pair<std::uint16_t, std::uint16_t>>;

void add_dependences(const System& system, const Step& step, Dependences& all) {
  if (step.place.kind != Place::Kind::kLocal || step.value == kNoCode) return;
  for (auto pc = static_cast<std::size_t>(step.value); system.program.code[pc].op != Op::kEnd; ++pc) {
    const Instruction& in = system.program.code[pc];
    if (in.op == Op::kLoadLocal) all.insert({step.place.slot.offset, in.slot.offset});
  }
}

/// Whether some local depends on its own value of the round before.
bool has_counter(Dependences all) {
  for (bool grew = true; grew;) {
    grew = false;
    const Dependences before = all;
    for (const auto& [to, by] : before) {
      for (const auto& [from, of] : before) grew = (by == from && all.insert({to, of}).second) || grew;
    }
  }
  return std::any_of(all.begin(), all.end(), [](const auto& pair) { return pair.first == pair.second; });
}

/// Routines are expanded in place, so a loop is what lies between a jump back and its target.
struct Loop {
  Pc first = kInactive;
  Pc last = kInactive;

  [[nodiscard]] bool contains(Pc pc) const { return first <= pc && pc <= last; }
  [[nodiscard]] int length() const { return last - first; }
};

std::vector<Loop> all_loops(const System& system) {
  std::vector<Loop> loops;
  for (Pc pc = 1; pc < system.program.steps.size(); ++pc) {
    const Step& step = system.program.steps[pc];
    for (const Pc target : {step.next, step.other}) {
      if (target != kInactive && target <= pc && step.verb != Verb::kExit) loops.push_back({target, pc});
    }
  }
  return loops;
}

/// Whether the innermost loop around the `cpu_relax` counts its rounds, not those of a loop within.
bool rounds_are_counted(const System& system, Pc relax) {
  const std::vector<Loop> loops = all_loops(system);
  Loop innermost;
  for (const Loop& loop : loops) {
    const bool first = innermost.first == kInactive;
    if (loop.contains(relax) && (first || loop.length() < innermost.length())) innermost = loop;
  }
  if (innermost.first == kInactive) return false;
  Dependences dependences;
  for (Pc pc = innermost.first; pc <= innermost.last; ++pc) {
    const bool within = std::any_of(loops.begin(), loops.end(), [&](const Loop& loop) {
      return loop.contains(pc) && !loop.contains(relax) && loop.length() < innermost.length();
    });
    if (!within) add_dependences(system, system.program.steps[pc], dependences);
  }
  return has_counter(dependences);
}

}  // namespace

void watch_retry_loops(System& system) {
  const Successors after = successors_of(system);
  const Successors before = reversed(after);
  for (Pc pc = 1; pc < system.program.steps.size(); ++pc) {
    if (system.program.steps[pc].verb != Verb::kCpuRelax) continue;
    if (rounds_are_counted(system, pc)) system.program.steps[pc].argument = kCountsRounds;
    Ranges watched;
    const std::set<Pc> leads_back = reachable(before, pc);
    for (const Pc in_loop : reachable(after, pc)) {
      if (!leads_back.contains(in_loop)) continue;
      const Step& step = system.program.steps[in_loop];
      for (const CodeId code : {step.value, step.value2, step.value3, step.place.index})
        add_reads(system, code, watched);
    }
    system.watched.insert(system.watched.end(), watched.begin(), watched.end());
  }
  std::sort(system.watched.begin(), system.watched.end());
  system.watched.erase(std::unique(system.watched.begin(), system.watched.end()), system.watched.end());
}

}  // namespace quiesce::sim
