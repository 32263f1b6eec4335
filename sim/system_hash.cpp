#include "sim/system_hash.hpp"

namespace quiesce::sim {
namespace {

/// FNV-1a over the little-endian bytes of the numbers that it is given.
class Mixer {
 public:
  template <class... Numbers>
  void add(Numbers... numbers) {
    (add_one(static_cast<std::uint64_t>(static_cast<std::int64_t>(numbers))), ...);
  }
  void add(const std::string& text) {
    for (const char c : text) add_one(static_cast<unsigned char>(c));
    add_one(text.size());
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  void add_one(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) hash_ = (hash_ ^ ((value >> (8 * i)) & 0xff)) * 1099511628211ULL;
  }

  std::uint64_t hash_ = 14695981039346656037ULL;
};

void add_program(const Program& program, bool buffered, Mixer& mixer) {
  for (const Instruction& in : program.code) mixer.add(in.op, in.slot.offset, in.slot.width, in.a, in.b);
  for (const Step& step : program.steps) {
    mixer.add(step.verb, step.folded, step.next, step.other, step.value, step.value2, step.value3,
              step.argument, step.argument2);
    mixer.add(step.place.kind, step.place.slot.offset, step.place.family, step.place.index, step.place.lo,
              step.place.hi);
  }
  if (buffered) {
    for (const Step& step : program.steps) mixer.add(step.access);
  }
  for (const Family& family : program.families) {
    mixer.add(family.name);
    for (const std::int32_t value : family.init) mixer.add(value);
  }
}

void add_machine(const MachineInfo& m, Mixer& mixer) {
  mixer.add(m.cpus, m.reboot_cpu, m.preemption, m.sched, m.panic_on_oops, m.soft_lockup_watchdog,
            m.watchdog_thresh_s, m.idle_before, m.hung_task_timeout_s, m.rcu_stall_timeout_s, m.rcu_preempt,
            m.preempt_count, m.wait_requeues, m.store_buffer);
}

void add_layout(const Layout& layout, Mixer& mixer) {
  for (const ContextLayout& c : layout.contexts) {
    mixer.add(c.name);
    mixer.add(c.task_kind);
    mixer.add(c.kind, c.cpu, c.entry, c.cpus_allowed, c.may_stall, c.daemon, c.deadline, c.hung_task,
              c.rcu_stall);
  }
  for (const IrqLineLayout& line : layout.irqs) mixer.add(line.cpu, line.entry);
  for (const KernelTimerLayout& timer : layout.timers) mixer.add(timer.cpu, timer.hard, timer.entry);
  for (const BoundLayout& bound : layout.bounds) mixer.add(bound.context, bound.limit_us, bound.property);
  for (const hwmodel::v3::Config& config : layout.smmu_configs) mixer.add(hwmodel::v3::fingerprint(config));
  for (const hwmodel::v3::Layout& smmu : layout.smmus) {
    for (const hwmodel::v3::Stream& stream : smmu.streams.streams) mixer.add(stream.sid, stream.l1std);
    for (const hwmodel::v3::Source& source : smmu.streams.sources) {
      mixer.add(source.name);
      mixer.add(source.stream, source.ssid, source.first_page, source.pages, source.on.constant);
    }
  }
  for (const std::vector<TrafficLayout>& smmu : layout.traffic) {
    for (const TrafficLayout& traffic : smmu)
      mixer.add(traffic.device, traffic.irq, traffic.physical, traffic.first_frame);
  }
  for (const auto& lines : layout.smmu_irqs) {
    for (const int irq : lines) mixer.add(irq);
  }
  for (const LegacyLayout& legacy : layout.legacy) {
    mixer.add(hwmodel::v2::fingerprint(legacy.config), legacy.unmatched);
    for (const int irq : legacy.irqs) mixer.add(irq);
    for (const LegacyLayout::Written& written : legacy.attached)
      mixer.add(written.reg, written.index, written.value);
    for (const hwmodel::v2::Source& source : legacy.smmu.traffic.sources) {
      mixer.add(source.name);
      mixer.add(source.sid, source.first_page, source.pages, source.direction, source.on.constant);
    }
  }
  mixer.add(layout.bytes);
}

}  // namespace

std::uint64_t hash_of(const System& system) {
  Mixer mixer;
  add_program(system.program, system.machine.store_buffer != 0, mixer);
  add_machine(system.machine, mixer);
  add_layout(system.layout, mixer);
  for (const Pc entry : system.softirq_entries) mixer.add(entry);
  for (const Rule& rule : system.rules) mixer.add(rule.when, rule.body);
  for (const Property& property : system.properties) {
    mixer.add(property.name);
    mixer.add(property.what, property.code);
  }
  for (const std::vector<std::int32_t>& order : system.device_orders) {
    for (const std::int32_t device : order) mixer.add(device);
  }
  mixer.add(system.end);
  return mixer.value();
}

}  // namespace quiesce::sim
