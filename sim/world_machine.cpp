// Declarations of the machine: CPUs and scheduling, SMMUs, devices, tasks, interrupts, timers, work.
#include <algorithm>
#include <charconv>

#include "sim/expr.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

/// Reads the keys of a map of knobs, each with a located complaint.
class KnobReader {
 public:
  KnobReader(const Node& map, Diagnostics& errors) : map_(map), errors_(errors) {}

  void number(const char* key, int& value, int lo, int hi) {
    const Node* node = map_.find(key);
    if (node == nullptr) return;
    int parsed = 0;
    const std::string& text = node->scalar;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (!node->is_scalar() || node->quoted || result.ec != std::errc{} ||
        result.ptr != text.data() + text.size() || parsed < lo || parsed > hi) {
      errors_.error(node->at,
                    std::string("'") + key + "' must be a number from " + std::to_string(lo) + " to " +
                        std::to_string(hi),
                    node->quoted ? "numbers are written without quotes" : "");
      return;
    }
    value = parsed;
  }

  void flag(const char* key, bool& value) {
    const Node* node = map_.find(key);
    if (node != nullptr && node->quoted) {
      errors_.error(node->at, std::string("'") + key + "' is true or false, without quotes");
      return;
    }
    const std::string chosen = choice(key, {"true", "false"}, value ? "true" : "false");
    value = chosen == "true";
  }

  std::string choice(const char* key, const std::vector<std::string>& valid, std::string value) {
    const Node* node = map_.find(key);
    if (node == nullptr) return value;
    if (node->is_scalar() && std::find(valid.begin(), valid.end(), node->scalar) != valid.end())
      return node->scalar;
    std::string list;
    for (const std::string& name : valid) list += (list.empty() ? "" : ", ") + name;
    errors_.error(node->at, std::string("'") + key + "' is one of " + list,
                  nearest_name_hint(node->scalar, valid),
                  static_cast<unsigned>(std::max<std::size_t>(1, node->scalar.size())));
    return value;
  }

 private:
  const Node& map_;
  Diagnostics& errors_;
};

bool is_kernel_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (!text.starts_with("v") || dot == std::string_view::npos) return false;
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= 3 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return is_number(text.substr(1, dot - 1)) && is_number(text.substr(dot + 1));
}

}  // namespace

void World::read_machine() {
  for (const char* name : {"device", "domain", "smmu", "task"}) classes[name].name = name;
  const Node* node = section("machine");
  const Node* tasks_node = section("tasks");
  if (tasks_node != nullptr) {
    for (const Node::Entry& entry : tasks_node->entries) add_object("task", entry.key, entry.key_at);
  }
  if (const Node* works_node = section("works")) {
    for (const Node::Entry& entry : works_node->entries)
      add_object("task", "kworker_" + entry.key, entry.key_at);
  }
  if (node == nullptr) return;
  read_machine_knobs(*node);
  if (has_softirqs()) {
    for (int i = 0; i < machine.cpus; ++i) add_object("task", "ksoftirqd/" + std::to_string(i), node->at);
  }
  if (const Node* all = node->find("smmus"); all != nullptr && all->is_map()) read_smmus(*all);
  if (const Node* all = node->find("devices"); all != nullptr && all->is_map()) read_devices(*all);
  check_registration_order(*node);
}

void World::read_machine_knobs(const Node& machine_node) {
  const Node* node = &machine_node;
  expect_keys(
      *node,
      {"cpus", "reboot_cpu", "kernel", "preemption", "sched", "smmus", "devices", "registration_order",
       "panic_on_oops", "soft_lockup_watchdog", "watchdog_thresh", "idle_before", "hung_task_timeout",
       "rcu_stall_timeout", "rcu", "preempt_count", "forms", "memory", "knobs"},
      "'machine'");
  KnobReader knobs(*node, *errors);
  machine.has_cpus = true;
  knobs.number("cpus", machine.cpus, 1, 8);
  knobs.number("reboot_cpu", machine.reboot_cpu, 0, machine.cpus - 1);
  read_kernel(*node);
  const std::string preemption =
      knobs.choice("preemption", {"none", "voluntary", "full", "lazy"}, "voluntary");
  machine.preemption = preemption == "none"   ? Preemption::kNone
                       : preemption == "full" ? Preemption::kFull
                       : preemption == "lazy" ? Preemption::kLazy
                                              : Preemption::kVoluntary;
  machine.sched = knobs.choice("sched", {"fair", "any"}, "fair") == "any" ? Sched::kAny : Sched::kFair;
  knobs.choice("memory", {"sc"}, "sc");
  knobs.flag("panic_on_oops", machine.panic_on_oops);
  knobs.flag("soft_lockup_watchdog", machine.soft_lockup_watchdog);
  knobs.flag("idle_before", machine.idle_before);
  knobs.number("watchdog_thresh", machine.watchdog_thresh_s, 1, 60);
  knobs.number("hung_task_timeout", machine.hung_task_timeout_s, 0, 1000);
  knobs.number("rcu_stall_timeout", machine.rcu_stall_timeout_s, 0, 300);
  read_rcu_knobs(*node);
  Type cpu{TypeKind::kId, -1, machine.cpus - 1, "cpu", {}, false};
  types.emplace("cpu", cpu);
  for (int i = 0; i < machine.cpus; ++i) add_constant("cpu" + std::to_string(i), i, cpu);
  add_constant("reboot_cpu", machine.reboot_cpu, cpu);
  if (const Node* forms = node->find("forms"); forms != nullptr && forms->is_map()) {
    for (const Node::Entry& entry : forms->entries) machine.forms[entry.key] = entry.value.scalar;
  }
  if (const Node* knob_map = node->find("knobs"); knob_map != nullptr && knob_map->is_map()) {
    for (const Node::Entry& entry : knob_map->entries) {
      const std::string& text = entry.value.scalar;
      std::int32_t value = text == "true" ? 1 : 0;
      if (text != "true" && text != "false") {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        if (parsed.ec != std::errc{}) errors->error(entry.value.at, "a knob is a number, true or false");
      }
      const bool flag = text == "true" || text == "false";
      add_constant(entry.key, value, flag ? bool_type() : int_type(value, value));
    }
  }
}

void World::read_kernel(const Node& node) {
  const Node* kernel = node.find("kernel");
  if (kernel == nullptr) return;
  if (kernel->is_scalar() && is_kernel_version(kernel->scalar)) {
    machine.kernel = kernel->scalar;
    return;
  }
  const std::string with_v = "v" + kernel->scalar;
  errors->error(kernel->at, "'kernel' is written v<major>.<minor>, such as v6.18",
                is_kernel_version(with_v) ? "did you mean '" + with_v + "'?" : "",
                static_cast<unsigned>(std::max<std::size_t>(1, kernel->scalar.size())));
}

// Linux v6.18 kernel/rcu/Kconfig PREEMPT_RCU, kernel/Kconfig.preempt PREEMPT_COUNT: a preemptible kernel
// has both; others may be built with a preempt count, and then a tick outside such sections is a
// quiescent state (kernel/rcu/tree_plugin.h rcu_flavor_sched_clock_irq()).
void World::read_rcu_knobs(const Node& node) {
  KnobReader knobs(node, *errors);
  const bool preemptible = machine.preemption == Preemption::kFull || machine.preemption == Preemption::kLazy;
  machine.rcu_preempt =
      knobs.choice("rcu", {"sched", "preempt"}, preemptible ? "preempt" : "sched") == "preempt";
  machine.preempt_count = preemptible;
  knobs.flag("preempt_count", machine.preempt_count);
  if (machine.rcu_preempt && !preemptible) {
    errors->error(node.find("rcu")->at, "'rcu: preempt' needs 'preemption: full' or 'lazy'");
  }
  if (preemptible && !machine.preempt_count) {
    errors->error(node.find("preempt_count")->at, "a preemptible kernel counts preemption");
  }
}

void World::read_smmus(const Node& all) {
  for (const Node::Entry& entry : all.entries) {
    SmmuInfo smmu;
    smmu.name = entry.key;
    KnobReader knobs(entry.value, *errors);
    knobs.choice("model", {"smmuv3"}, "smmuv3");
    const std::string profile = knobs.choice("profile", {"architecture", "qemu-7.2"}, "architecture");
    const bool qemu = profile == "qemu-7.2";
    int entries = qemu ? 65536 : 256;
    knobs.number("cmdq_entries", entries, 1, 1 << 19);
    unsigned log2 = 0;
    while ((1 << (log2 + 1)) <= entries) ++log2;
    if ((1 << log2) != entries) {
      errors->error(entry.value.find("cmdq_entries")->at, "'cmdq_entries' must be a power of two");
    }
    smmu.config.cmdq_log2size = static_cast<decltype(smmu.config.cmdq_log2size)>(log2);
    int window = std::min(entries, 128);
    knobs.number("cmdq_window", window, 1, std::min(entries, 512));
    smmu.config.cmdq_window = static_cast<decltype(smmu.config.cmdq_window)>(window);
    const std::string sync = knobs.choice("sync", {"poll", "msi"}, "poll");
    smmu.config.msi = sync == "msi";
    if (qemu && smmu.config.msi)
      errors->error(entry.value.at, "the profile qemu-7.2 has no MSI: 'sync' must be poll");
    const std::string ack =
        knobs.choice("cr0_ack", {"any", "immediate", "never"}, qemu ? "immediate" : "any");
    smmu.config.cr0_ack = ack == "immediate" ? hwmodel::v3::Cr0Ack::kImmediate
                          : ack == "never"   ? hwmodel::v3::Cr0Ack::kNever
                                             : hwmodel::v3::Cr0Ack::kAny;
    const std::string cmdq = knobs.choice("cmdq", {"async", "synchronous"}, qemu ? "synchronous" : "async");
    smmu.config.cmdq = cmdq == "async" ? hwmodel::v3::CmdqMode::kAsync : hwmodel::v3::CmdqMode::kSynchronous;
    bool abort = false;
    knobs.flag("gbpa_abort", abort);
    smmu.config.gbpa_abort_reset = abort;
    int minor = qemu ? 0 : 2;
    knobs.number("arch_minor", minor, 0, 4);
    smmu.config.arch_minor = static_cast<decltype(smmu.config.arch_minor)>(minor);
    smmus.push_back(smmu);
    add_object("smmu", entry.key, entry.key_at);
  }
}

void World::read_devices(const Node& all) {
  for (const Node::Entry& entry : all.entries) {
    DeviceInfo device;
    device.name = entry.key;
    if (const Node* driver = entry.value.find("driver")) {
      device.driver = driver->scalar;
      device.driver_at = driver->at;
    }
    devices.push_back(device);
    add_object("device", entry.key, entry.key_at);
    if (entry.value.find("behind") != nullptr) add_object("domain", entry.key + ".domain", entry.key_at);
  }
}

void World::read_tasks() {
  const Node* map = section("tasks");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    expect_keys(entry.value, {"cpu", "kind", "may_stall", "run", "title"}, "task '" + entry.key + "'");
    if (!entry.value.is_map()) continue;
    TaskInfo task;
    task.name = entry.key;
    task.at = entry.key_at;
    KnobReader knobs(entry.value, *errors);
    knobs.flag("may_stall", task.may_stall);
    task.kind = knobs.choice("kind", {"user", "kthread", "kworker", "init"}, "user");
    const Node* cpu = entry.value.find("cpu");
    if (cpu == nullptr || (cpu->is_scalar() && cpu->scalar == "any")) {
      task.cpus_allowed = (1U << static_cast<unsigned>(machine.cpus)) - 1;
    } else {
      int number = 0;
      knobs.number("cpu", number, 0, machine.cpus - 1);
      task.cpus_allowed = 1U << static_cast<unsigned>(number);
    }
    task.run = entry.value.find("run");
    if (task.run == nullptr || !task.run->is_list() || task.run->items.empty()) {
      errors->error(entry.key_at, "task '" + entry.key + "' needs 'run': a list of steps");
      continue;
    }
    tasks.push_back(task);
  }
}

int World::cpu_of_line(const Node& value) {
  int cpu = 0;
  KnobReader(value, *errors).number("cpu", cpu, 0, machine.cpus - 1);
  return cpu;
}

/// False, with a message, if the section has more entries than transitions have numbers for.
bool World::fits(const Node& map, std::size_t most, const char* what) {
  if (map.entries.size() <= most) return true;
  errors->error(map.entries[most].key_at,
                "at most " + std::to_string(most) + " " + what + " fit one scenario");
  return false;
}

const Node* World::handler_of(const Node::Entry& entry, const char* what) {
  const Node* handler = entry.value.find("handler");
  if (handler != nullptr && !handler->is_null()) return handler;
  errors->error(entry.key_at, std::string(what) + " '" + entry.key + "' needs a handler", "",
                static_cast<unsigned>(entry.key.size()));
  return nullptr;
}

void World::read_contexts() {
  if (const Node* map = section("interrupts"); map != nullptr && fits(*map, 100, "interrupts")) {
    for (const Node::Entry& entry : map->entries) {
      expect_keys(entry.value, {"handler", "cpu"}, "interrupt '" + entry.key + "'");
      interrupts.push_back({entry.key, handler_of(entry, "interrupt"), cpu_of_line(entry.value)});
    }
  }
  if (const Node* map = section("timers"); map != nullptr && fits(*map, 100, "timers")) {
    for (const Node::Entry& entry : map->entries) {
      expect_keys(entry.value, {"handler", "cpu", "context"}, "timer '" + entry.key + "'");
      KnobReader knobs(entry.value, *errors);
      const bool hard = knobs.choice("context", {"softirq", "hardirq"}, "softirq") == "hardirq";
      timers.push_back({entry.key, handler_of(entry, "timer"), hard, cpu_of_line(entry.value)});
    }
  }
  if (const Node* map = section("softirqs"); map != nullptr && fits(*map, 8, "softirqs")) {
    for (const Node::Entry& entry : map->entries) {
      expect_keys(entry.value, {"handler"}, "softirq '" + entry.key + "'");
      softirqs.push_back({entry.key, handler_of(entry, "softirq")});
    }
  }
}

/// A work item is a kworker of its own that sleeps until the work is pending.
// Linux v6.18 kernel/workqueue.c process_one_work(): pending is cleared before the function runs, so
// that it can be queued again meanwhile; one work item never runs twice at a time.
void World::read_works() {
  const Node* map = section("works");
  if (map == nullptr) return;
  for (const Node::Entry& entry : map->entries) {
    expect_keys(entry.value, {"run", "cpu"}, "work '" + entry.key + "'");
    const Node* run = entry.value.find("run");
    if (run == nullptr || !run->is_scalar()) {
      errors->error(entry.key_at, "work '" + entry.key + "' needs 'run': a routine");
      continue;
    }
    works.push_back({entry.key});
    add_family(entry.key + "__pending", bool_type(), 1, entry.key_at);
    add_family(entry.key + "__running", bool_type(), 1, entry.key_at);
    add_family(entry.key + "__flushes", int_type(INT32_MIN, INT32_MAX), 1, entry.key_at);
    TaskInfo task;
    task.name = "kworker_" + entry.key;
    task.kind = "kworker";
    task.daemon = true;
    task.at = entry.key_at;
    task.run = run;
    task.work = static_cast<int>(works.size()) - 1;
    task.cpus_allowed = (1U << static_cast<unsigned>(machine.cpus)) - 1;
    const Node* cpu = entry.value.find("cpu");
    if (cpu != nullptr && cpu->scalar != "any") {
      int number = 0;
      KnobReader(entry.value, *errors).number("cpu", number, 0, machine.cpus - 1);
      task.cpus_allowed = 1U << static_cast<unsigned>(number);
    }
    tasks.push_back(task);
  }
}

bool World::has_softirqs() const {
  if (const Node* softirqs_node = document->find("softirqs"))
    if (softirqs_node->is_map() && !softirqs_node->entries.empty()) return true;
  const Node* timers_node = document->find("timers");
  if (timers_node == nullptr || !timers_node->is_map()) return false;
  for (const Node::Entry& entry : timers_node->entries) {
    const Node* context = entry.value.find("context");
    if (context == nullptr || context->scalar != "hardirq") return true;
  }
  return false;
}

// Linux v6.18 kernel/softirq.c spawn_ksoftirqd(): one kthread bound to each CPU.
void World::read_ksoftirqds() {
  if (!machine.has_cpus || !has_softirqs()) return;
  for (int cpu = 0; cpu < machine.cpus; ++cpu) {
    TaskInfo task;
    task.name = "ksoftirqd/" + std::to_string(cpu);
    task.kind = "kthread";
    task.daemon = true;
    task.cpus_allowed = 1U << static_cast<unsigned>(cpu);
    tasks.push_back(task);
  }
}

}  // namespace quiesce::sim
