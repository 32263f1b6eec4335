#include "sim/slot_names.hpp"

#include <utility>

namespace quiesce::sim {
namespace {

/// Copies that the SMMU keeps, TLB entries, and accesses on their way.
void add_streams(const hwmodel::v3::Streams& all, const std::string& smmu, std::vector<NamedSlot>& named) {
  if (!all.any()) return;
  for (const hwmodel::v3::Stream& stream : all.streams)
    named.push_back({smmu + ".CR0.SMMUEN as " + stream.name + " meets it", stream.smmuen});
  for (const hwmodel::v3::UnitName& name : all.units) {
    const bool is_descriptor = name.cd == hwmodel::v3::kOfL1std;
    const std::string owner = is_descriptor ? all.l1stds[name.stream].name : all.streams[name.stream].name;
    const std::string what = is_descriptor ? "" : name.cd < 0 ? ".ste" : ".cd" + std::to_string(name.cd);
    named.push_back({smmu + ": copy of " + owner + what, all.unit_of(name).copy});
  }
  for (const auto& [table, page] : all.entries) {
    named.push_back({smmu + ": TLB entry of page " + std::to_string(page) + " of " + all.tables[table].name,
                     all.tables[table].pages[page].entry});
  }
  for (const hwmodel::v3::Source& source : all.sources)
    named.push_back({smmu + ": access of " + source.name, source.at});
}

void add_smmu(const System& system, std::size_t i, std::vector<NamedSlot>& all) {
  const hwmodel::v3::Layout& smmu = system.layout.smmus[i];
  const std::string& name = system.smmus[i].name;
  const hwmodel::v3::Config& config = system.layout.smmu_configs[i];
  for (const hwmodel::v3::PartOfSmmu& part : hwmodel::v3::named_parts(smmu, config))
    all.push_back({name + part.name, part.slot});
  for (unsigned k = 0; k < config.cmdq_window; ++k) {
    const auto offset = static_cast<std::uint16_t>(smmu.ring.offset + k);
    all.push_back({name + ": ring[" + std::to_string(k) + "]", {offset, base::Width::kU8}});
  }
  const std::vector<base::Slot> records = hwmodel::v3::record_slots(smmu, config);
  for (std::size_t k = 0; k < records.size(); ++k)
    all.push_back({name + ": event record[" + std::to_string(k) + "]", records[k]});
  add_streams(smmu.streams, name, all);
}

void add_legacy(const System& system, std::size_t i, std::vector<NamedSlot>& all) {
  const LegacyLayout& legacy = system.layout.legacy_of(i);
  const std::string& name = system.smmus[i].name;
  for (const hwmodel::v2::PartOfSmmu& part : hwmodel::v2::named_parts(legacy.smmu, legacy.config))
    all.push_back({name + part.name, part.slot});
  const hwmodel::v2::Traffic& traffic = legacy.smmu.traffic;
  for (std::size_t entry = 0; entry < traffic.entries.size(); ++entry) {
    all.push_back({name + ": TLB entry of page " + std::to_string(entry % traffic.pages) + " in bank " +
                       std::to_string(entry / traffic.pages),
                   traffic.entries[entry]});
  }
  if (!traffic.any()) return;
  for (const hwmodel::v2::Source& source : traffic.sources)
    all.push_back({name + ": access of " + source.name, source.at});
}

void add_stores(const StoreBufferLayout& stores, const std::string& name, std::vector<NamedSlot>& all) {
  if (stores.entries.empty()) return;
  all.push_back({name + ", size", stores.count});
  all.push_back({name + ", barriers", stores.fences});
  for (const BufferedStoreLayout& entry : stores.entries) {
    for (const base::Slot slot : {entry.where, entry.how, entry.pc, entry.value}) all.push_back({name, slot});
    if (stores.indexed) all.push_back({name, entry.index});
  }
}

void add_locals(const ContextLayout& context, std::vector<NamedSlot>& all) {
  for (int i = 0; i < context.frame_bytes; ++i) {
    const auto offset = static_cast<std::uint16_t>(context.frame + i);
    all.push_back({context.name + ": locals", {offset, base::Width::kU8}});
  }
}

}  // namespace

std::vector<NamedSlot> control_slots(const Layout& layout, const ContextLayout& context) {
  std::vector<NamedSlot> all;
  const auto add = [&](const char* part, base::Slot slot) {
    all.push_back({context.name + ": " + part, slot});
  };
  add("pc", context.pc);
  add("phase", context.phase);
  add("relaxed", context.relaxed);
  if (context.kind != ContextKind::kTask) return all;
  add("state", context.task_state);
  add("on_cpu", context.on_cpu);
  add("preempt_count", context.preempt_count);
  add("bh_count", context.bh_count);
  add("pinned_to", context.pinned_to);
  if (layout.rcu) {
    add("rcu_depth", context.rcu_depth);
    add("awaited_cpus", context.awaited_cpus);
    add("awaited_tasks", context.awaited_tasks);
  }
  if (layout.leads) add("behind", context.behind);
  if (context.hung_task != kNoTimer) add("hung_told", context.hung_told);
  if (context.rcu_stall != kNoTimer) add("stall_told", context.stall_told);
  return all;
}

std::vector<NamedSlot> control_slots(const CpuLayout& cpu, std::size_t number) {
  std::vector<NamedSlot> all;
  for (const auto& [part, slot] : {std::pair{"current", cpu.current},
                                   {"irq_depth", cpu.irq_depth},
                                   {"need_resched", cpu.need_resched},
                                   {"resched_irq", cpu.resched_irq},
                                   {"tick_irq", cpu.tick_irq},
                                   {"stop_irq", cpu.stop_irq},
                                   {"online", cpu.online},
                                   {"moving", cpu.moving},
                                   {"softirq_pending", cpu.softirq_pending},
                                   {"softirq_round", cpu.softirq_round},
                                   {"softirq_between", cpu.softirq_between},
                                   {"lockup_state", cpu.lockup_state}}) {
    all.push_back({"cpu" + std::to_string(number) + ": " + part, slot});
  }
  add_stores(cpu.stores, "cpu" + std::to_string(number) + ": store buffer", all);
  return all;
}

std::string name_of(const System& system, const Family& family, std::int32_t i) {
  const std::size_t dot = family.name.find('.');
  if (dot != std::string::npos) {
    const auto cls = system.objects.find(family.name.substr(0, dot));
    if (cls != system.objects.end() && static_cast<std::size_t>(i) < cls->second.size())
      return cls->second[static_cast<std::size_t>(i)] + family.name.substr(dot);
  }
  return family.count == 1 ? family.name : family.name + "[" + std::to_string(i) + "]";
}

std::vector<NamedSlot> all_slots(const System& system) {
  const Layout& layout = system.layout;
  std::vector<NamedSlot> all{{"machine state", layout.machine_state}};
  const auto append = [&](const std::vector<NamedSlot>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  for (const Family& family : system.program.families) {
    if (family.constant) continue;
    for (std::int32_t i = 0; i < family.count; ++i)
      all.push_back({name_of(system, family, i), family.slot(i)});
  }
  for (std::size_t i = 0; i < layout.smmus.size(); ++i) add_smmu(system, i, all);
  for (std::size_t i = layout.smmus.size(); i < layout.smmu_count(); ++i) add_legacy(system, i, all);
  if (layout.freed_family >= 0) all.push_back({"next kernel", layout.next_kernel});
  for (std::size_t cpu = 0; cpu < layout.cpus.size(); ++cpu) append(control_slots(layout.cpus[cpu], cpu));
  for (const ContextLayout& context : layout.contexts) {
    append(control_slots(layout, context));
    add_locals(context, all);
  }
  for (std::size_t i = 0; i < layout.irqs.size(); ++i)
    all.push_back({"interrupt " + system.irq_names[i], layout.irqs[i].state});
  for (std::size_t i = 0; i < layout.timers.size(); ++i)
    all.push_back({"timer " + system.timer_names[i], layout.timers[i].pending});
  for (const BoundLayout& bound : layout.bounds)
    all.push_back({"bound " + system.properties[bound.property].name, bound.told});
  for (const base::Slot slot : layout.zone.slots()) all.push_back({"clocks", slot});
  return all;
}

}  // namespace quiesce::sim
