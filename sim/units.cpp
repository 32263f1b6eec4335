#include "sim/units.hpp"

#include <algorithm>

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/describe.hpp"

namespace quiesce::sim {
namespace {

namespace v2 = hwmodel::v2;
namespace v3 = hwmodel::v3;

std::size_t smmu_of(const System& system, Move move) {
  return static_cast<std::size_t>(move.actor - system.smmu_actor(0));
}

SmmuPart part_of_line(std::uint16_t line) {
  switch (static_cast<v3::Line>(line % v3::kLines)) {
    case v3::Line::kPriq:
      return SmmuPart::kPriq;
    case v3::Line::kEventq:
      return SmmuPart::kEventq;
    case v3::Line::kCmdSync:
      return SmmuPart::kCmdq;
    default:
      return SmmuPart::kRegisters;
  }
}

SmmuPart part_of(v3::HwTransition transition) {
  using Kind = v3::TransitionKind;
  switch (transition.kind) {
    case Kind::kCr0Acknowledges:
    case Kind::kIrqCtrlAcknowledges:
      return SmmuPart::kAcknowledges;
    case Kind::kCr0TakesEffect:
    case Kind::kIrqCtrlTakesEffect:
    case Kind::kGbpaUpdates:
    case Kind::kFails:
    case Kind::kStreamFollows:
      return SmmuPart::kRegisters;
    case Kind::kMessageLands:
    case Kind::kMessageAborts:
      return part_of_line(transition.field);
    case Kind::kEventqFails:
    case Kind::kRecordsStall:
      return SmmuPart::kEventq;
    case Kind::kFetchesStructure:
    case Kind::kDropsStructure:
    case Kind::kWalks:
    case Kind::kDropsTranslation:
      return SmmuPart::kCaches;
    default:
      return v3::is_of_streams(transition.kind) ? SmmuPart::kAccess : SmmuPart::kCmdq;
  }
}

SmmuPart part_of(v2::HwTransition transition) {
  using Kind = v2::TransitionKind;
  switch (transition.kind) {
    case Kind::kSyncCompletes:
      return SmmuPart::kAcknowledges;
    case Kind::kTbuDies:
      return SmmuPart::kRegisters;
    case Kind::kWalks:
    case Kind::kDropsTranslation:
      return SmmuPart::kCaches;
    default:
      return SmmuPart::kAccess;
  }
}

/// Of a transition of an access.
std::string name_of_source(const System& system, std::size_t smmu, std::uint16_t code) {
  if (system.layout.is_legacy(smmu)) {
    const v2::HwTransition transition = v2::decode_transition(code);
    const bool issues = transition.kind == v2::TransitionKind::kIssuesRead ||
                        transition.kind == v2::TransitionKind::kIssuesWrite;
    const std::size_t number = issues ? transition.field >> v2::kPageBits : transition.field;
    return system.layout.legacy_of(smmu).smmu.traffic.sources[number].name;
  }
  const v3::HwTransition transition = v3::decode_transition(code);
  const bool issues = transition.kind == v3::TransitionKind::kIssues;
  const std::size_t number = issues ? transition.field >> v3::kPageBits : transition.field;
  return system.layout.smmus[smmu].streams.sources[number].name;
}

std::string unit_of_smmu(const System& system, const Firing& firing) {
  const std::size_t smmu = smmu_of(system, firing.move);
  const std::string& name = system.smmus[smmu].name;
  const bool legacy = system.layout.is_legacy(smmu);
  if (records_fault(system, firing)) return name + (legacy ? "/registers" : "/EVENTQ");
  switch (part_of_smmu(system, firing.move)) {
    case SmmuPart::kRegisters:
    case SmmuPart::kAcknowledges:
      return name + "/registers";
    case SmmuPart::kCmdq:
      return name + "/CMDQ";
    case SmmuPart::kEventq:
      return name + "/EVENTQ";
    case SmmuPart::kPriq:
      return name + "/PRIQ";
    case SmmuPart::kCaches:
      return name + "/caches";
    case SmmuPart::kAccess:
      break;
  }
  return name + "/" + name_of_source(system, smmu, firing.move.choice);
}

std::string unit_of_context(const System& system, const Firing& firing) {
  const ContextLayout& context = system.layout.contexts[firing.move.actor];
  if (firing.move.choice >= choice::kRunOnIdle && firing.move.choice != choice::kWake)
    return cpu_name(firing.move.choice % 100U);
  if (context.kind == ContextKind::kTask)
    return cpu_name(static_cast<std::size_t>(base::read_slot(firing.before, context.on_cpu)));
  const std::string cpu = cpu_name(static_cast<std::size_t>(context.cpu));
  return cpu + (context.kind == ContextKind::kSoftirq ? "/softirq" : "/hardirq");
}

}  // namespace

SmmuPart part_of_smmu(const System& system, Move move) {
  return system.layout.is_legacy(smmu_of(system, move)) ? part_of(v2::decode_transition(move.choice))
                                                        : part_of(v3::decode_transition(move.choice));
}

bool records_fault(const System& system, const Firing& step) {
  const bool of_smmu = step.move.actor >= system.smmu_actor(0) && step.move.actor < system.time_actor();
  if (!of_smmu || part_of_smmu(system, step.move) != SmmuPart::kAccess) return false;
  const auto changed = [&](base::Slot slot) {
    return base::read_slot(step.before, slot) != base::read_slot(step.after, slot);
  };
  const std::size_t smmu = smmu_of(system, step.move);
  if (!system.layout.is_legacy(smmu)) return changed(system.layout.smmus[smmu].eventq_prod);
  const v2::Layout& layout = system.layout.legacy_of(smmu).smmu;
  return changed(layout.gfsr) || std::any_of(layout.banks.begin(), layout.banks.end(),
                                             [&](const v2::Bank& bank) { return changed(bank.fsr); });
}

std::string unit_of(const System& system, const Firing& firing) {
  const std::uint16_t actor = firing.move.actor;
  if (actor < system.cpu_actor(0)) return unit_of_context(system, firing);
  if (actor < system.tick_actor(0)) return cpu_name(static_cast<std::size_t>(actor - system.cpu_actor(0)));
  if (actor < system.smmu_actor(0)) return cpu_name(static_cast<std::size_t>(actor - system.tick_actor(0)));
  if (actor < system.time_actor()) return unit_of_smmu(system, firing);
  return actor == system.time_actor() ? "time" : "rules";
}

}  // namespace quiesce::sim
