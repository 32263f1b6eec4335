#include "sim/state_permutation.hpp"

#include <algorithm>

#include "sim/slot_names.hpp"

namespace quiesce::sim {

StateRoles::StateRoles(const Naming& naming) : naming_(naming) {}

RoleSlot StateRoles::role_of(std::size_t index, std::int32_t element) const {
  const Family& family = naming_.system.program.families[index];
  RoleSlot slot{family.slot(element), Role::kPlain, naming_.families.values_of(index)};
  for (const WorkLayout& work : naming_.system.layout.works) {
    if (work.flushes == slot.slot) slot.role = Role::kTaskPairs;
  }
  switch (family.type.kind) {
    case TypeKind::kMutex:
    case TypeKind::kSpinlock:
      slot.role = Role::kOwner;
      break;
    case TypeKind::kRwlock:
    case TypeKind::kRwsem:
      slot.role = Role::kSignedOwner;
      break;
    case TypeKind::kSrcu:
      slot.role = Role::kTaskPairs;
      break;
    default:
      if (slot.domain != kNoDomain) slot.role = Role::kMember;
  }
  return slot;
}

void StateRoles::move_families(const Permutation& g, std::vector<Move>& moves) const {
  const std::vector<Family>& families = naming_.system.program.families;
  for (std::size_t f = 0; f < families.size(); ++f) {
    if (families[f].constant) continue;
    const Family& to = families[static_cast<std::size_t>(g.families[f])];
    for (std::int32_t i = 0; i < families[f].count; ++i)
      moves.push_back({role_of(f, i), to.slot(naming_.element(g, f, i))});
  }
}

std::vector<RoleSlot> StateRoles::slots_of(const ContextLayout& c) const {
  const Layout& layout = naming_.system.layout;
  std::vector<RoleSlot> all{{c.pc, Role::kLocation}, {c.phase}, {c.relaxed}};
  for (int i = 0; i < c.frame_bytes; ++i)
    all.push_back({{static_cast<std::uint16_t>(c.frame + i), base::Width::kU8}});
  if (c.kind != ContextKind::kTask) return all;
  for (const base::Slot slot : {c.task_state, c.on_cpu, c.preempt_count, c.bh_count, c.pinned_to})
    all.push_back({slot});
  if (layout.rcu) {
    all.push_back({c.rcu_depth});
    all.push_back({c.awaited_cpus});
    all.push_back({c.awaited_tasks, Role::kTaskBits});
  }
  if (layout.leads) all.push_back({c.behind, Role::kTaskBits});
  if (c.hung_task != kNoTimer) all.push_back({c.hung_told});
  if (c.rcu_stall != kNoTimer) all.push_back({c.stall_told});
  return all;
}

void StateRoles::move_contexts(const Permutation& g, std::vector<Move>& moves) const {
  const std::vector<ContextLayout>& contexts = naming_.system.layout.contexts;
  for (ContextId id = 0; id < contexts.size(); ++id) {
    const std::vector<RoleSlot> from = slots_of(contexts[id]);
    const std::vector<RoleSlot> to = slots_of(contexts[naming_.context(g, id)]);
    for (std::size_t i = 0; i < from.size(); ++i) moves.push_back({from[i], to[i].slot});
  }
}

void StateRoles::move_zone(const Permutation& g, std::vector<Move>& moves) const {
  const std::vector<base::Slot> slots = naming_.system.layout.zone.slots();
  if (slots.empty()) return;
  for (const base::Slot bits : {slots[0], slots[1]}) moves.push_back({{bits, Role::kTimerBits}, bits});
  const std::size_t n = g.timers.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      moves.push_back({{slots[2 + i * n + j]}, slots[2 + g.timers[i] * n + g.timers[j]]});
  }
}

/// Only TTBR0 holds a name.
void StateRoles::move_legacy(const LegacyLayout& from, const LegacyLayout& to,
                             std::vector<Move>& moves) const {
  const std::vector<base::Slot> slots = hwmodel::v2::all_slots(from.smmu, from.config);
  const std::vector<base::Slot> others = hwmodel::v2::all_slots(to.smmu, to.config);
  const DomainId domains = naming_.families.find(TypeKind::kRef, "domain");
  for (std::size_t k = 0; k < std::min(slots.size(), others.size()); ++k) {
    const bool names = std::any_of(from.smmu.banks.begin(), from.smmu.banks.end(),
                                   [&](const hwmodel::v2::Bank& bank) { return bank.ttbr0 == slots[k]; });
    moves.push_back(
        {{slots[k], names ? Role::kMember : Role::kPlain, names ? domains : kNoDomain}, others[k]});
  }
}

std::vector<StateRoles::Move> StateRoles::moves(const Permutation& g) const {
  const Layout& layout = naming_.system.layout;
  std::vector<Move> all;
  const auto stays = [&](RoleSlot slot) { all.push_back({slot, slot.slot}); };
  stays({layout.machine_state});
  move_families(g, all);
  for (std::size_t i = 0; i < layout.smmus.size(); ++i) {
    const auto j = static_cast<std::size_t>(g.members[naming_.smmus][i]);
    if (layout.is_legacy(j)) continue;  // what_tells_apart() refuses it
    const std::vector<base::Slot> from = hwmodel::v3::all_slots(layout.smmus[i], layout.smmu_configs[i]);
    const std::vector<base::Slot> to = hwmodel::v3::all_slots(layout.smmus[j], layout.smmu_configs[j]);
    for (std::size_t k = 0; k < from.size(); ++k) all.push_back({{from[k]}, to[k]});
  }
  for (std::size_t i = layout.smmus.size(); i < layout.smmu_count(); ++i) {
    const auto j = static_cast<std::size_t>(g.members[naming_.smmus][i]);
    if (layout.is_legacy(j)) move_legacy(layout.legacy_of(i), layout.legacy_of(j), all);
  }
  for (std::size_t cpu = 0; cpu < layout.cpus.size(); ++cpu) {
    const CpuLayout& c = layout.cpus[cpu];
    for (const NamedSlot& named : control_slots(c, cpu)) {
      const bool names_task = named.slot == c.current || named.slot == c.moving;
      stays({named.slot, names_task ? Role::kOwner : Role::kPlain});
    }
  }
  move_contexts(g, all);
  for (const IrqLineLayout& line : layout.irqs) stays({line.state});
  for (const KernelTimerLayout& timer : layout.timers) stays({timer.pending});
  for (const BoundLayout& bound : layout.bounds) stays({bound.told});
  move_zone(g, all);
  return all;
}

bool StateRoles::is_of_frame(base::Slot slot) const {
  const std::vector<ContextLayout>& contexts = naming_.system.layout.contexts;
  return std::any_of(contexts.begin(), contexts.end(), [&](const ContextLayout& context) {
    return slot.offset >= context.frame && slot.offset < context.frame + context.frame_bytes;
  });
}

std::string StateRoles::unknown_slot() const {
  const std::vector<Move> known = moves(Permutation::identity(naming_.system));
  for (const NamedSlot& named : all_slots(naming_.system)) {
    const bool found = std::any_of(known.begin(), known.end(),
                                   [&](const Move& move) { return move.from.slot == named.slot; });
    if (!found) return named.name;
  }
  return "";
}

StatePermutation::StatePermutation(const Naming& naming, const StateRoles& roles, const FrameDomains& frames,
                                   Permutation g, base::PlantedDefect defect)
    : naming_(naming), frames_(frames), g_(std::move(g)) {
  for (const StateRoles::Move& move : roles.moves(g_)) {
    if (!(move.from.slot == move.to) || changes_values(move.from)) moves_.push_back(move);
  }
  std::vector<bool> renames(g_.members.size());
  for (std::size_t d = 1; d < renames.size(); ++d)
    renames[d] = !std::is_sorted(g_.members[d].begin(), g_.members[d].end());
  const bool any_local = std::any_of(frames.at.begin(), frames.at.end(), [&](const auto& locals) {
    return std::any_of(locals.begin(), locals.end(),
                       [&](const NamingLocal& local) { return renames[local.domain]; });
  });
  for (ContextId id = 0; any_local && id < naming.system.layout.contexts.size(); ++id)
    with_names_.push_back(id);
  plant(defect);
}

void StatePermutation::plant(base::PlantedDefect defect) {
  if (defect == base::PlantedDefect::kSlotLeftBehind && !moves_.empty()) moves_.erase(moves_.begin());
  if (defect != base::PlantedDefect::kNamesLeftBehind) return;
  with_names_.clear();
  for (StateRoles::Move& move : moves_) {
    if (move.from.role != Role::kLocation) move.from.role = Role::kPlain;
  }
}

bool StatePermutation::changes_values(const RoleSlot& slot) const {
  const auto moved = [](const auto& all) { return !std::is_sorted(all.begin(), all.end()); };
  switch (slot.role) {
    case Role::kPlain:
      return false;
    case Role::kMember:
      return moved(g_.members[slot.domain]);
    case Role::kLocation:
      return moved(g_.locations);
    case Role::kTimerBits:
      return moved(g_.timers);
    default:
      return moved(g_.members[naming_.tasks]);
  }
}

std::int32_t StatePermutation::mapped_bits(std::int32_t bits, unsigned width) const {
  const std::vector<std::int32_t>& tasks = g_.members[naming_.tasks];
  const auto mask = (1U << width) - 1;
  auto rest = static_cast<std::uint32_t>(bits);
  std::uint32_t to = rest;
  for (std::size_t task = 0; task < tasks.size(); ++task)
    to &= ~(mask << (width * static_cast<unsigned>(task)));
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    const std::uint32_t value = (rest >> (width * static_cast<unsigned>(task))) & mask;
    to |= value << (width * static_cast<unsigned>(tasks[task]));
  }
  return static_cast<std::int32_t>(to);
}

std::int32_t StatePermutation::mapped(const RoleSlot& slot, std::int32_t value) const {
  const auto tasks = static_cast<std::int32_t>(naming_.system.layout.tasks);
  const auto owner = [&](std::int32_t number) {
    if (number < 1 || number > tasks) return number;
    return g_.members[naming_.tasks][static_cast<std::size_t>(number - 1)] + 1;
  };
  switch (slot.role) {
    case Role::kPlain:
      return value;
    case Role::kMember:
      return naming_.value(g_, slot.domain, value);
    case Role::kOwner:
      return owner(value);
    case Role::kSignedOwner:
      return value < 0 ? -owner(-value) : value;
    case Role::kTaskBits:
      return mapped_bits(value, 1);
    case Role::kTaskPairs:
      return mapped_bits(value, 2);
    case Role::kLocation:
      return g_.locations[static_cast<std::size_t>(value)];
    case Role::kTimerBits: {
      std::int32_t bits = 0;
      for (std::size_t timer = 1; timer < g_.timers.size(); ++timer) {
        if (((value >> (timer - 1)) & 1) != 0) bits |= 1 << (g_.timers[timer] - 1);
      }
      return bits;
    }
  }
  return value;
}

void StatePermutation::apply(const std::byte* from, std::byte* to) const {
  for (const StateRoles::Move& move : moves_)
    base::write_slot(to, move.to, mapped(move.from, base::read_slot(from, move.from.slot)));
  for (const ContextId context : with_names_) rename_locals(context, from, to);
}

/// Locals were moved as bytes; those that hold names hold other ones now. The frame of a task that has
/// exited is empty.
void StatePermutation::rename_locals(ContextId id, const std::byte* from, std::byte* to) const {
  const ContextLayout& context = naming_.system.layout.contexts[id];
  const auto exited = static_cast<std::int32_t>(TaskState::kExited);
  if (context.kind == ContextKind::kTask && base::read_slot(from, context.task_state) == exited) return;
  const ContextLayout& target = naming_.system.layout.contexts[naming_.context(g_, id)];
  const auto pc = static_cast<std::size_t>(base::read_slot(from, context.pc));
  for (const NamingLocal& local : frames_.at[pc]) {
    const auto offset = static_cast<std::uint16_t>(context.frame + local.slot.offset);
    const auto moved = static_cast<std::uint16_t>(target.frame + local.slot.offset);
    const std::int32_t value = base::read_slot(from, {offset, local.slot.width});
    base::write_slot(to, {moved, local.slot.width}, naming_.value(g_, local.domain, value));
  }
}

std::vector<base::Slot> StatePermutation::touched() const {
  std::vector<base::Slot> all;
  for (const StateRoles::Move& move : moves_) all.push_back(move.to);
  for (const ContextId id : with_names_) {
    const ContextLayout& context = naming_.system.layout.contexts[id];
    for (int i = 0; i < context.frame_bytes; ++i)
      all.push_back({static_cast<std::uint16_t>(context.frame + i), base::Width::kU8});
  }
  return all;
}

}  // namespace quiesce::sim
