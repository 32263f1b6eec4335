// Declarations of the machine: CPUs and scheduling, SMMUs, devices, tasks.
#include <algorithm>
#include <bit>
#include <charconv>

#include "sim/expr.hpp"
#include "sim/knob_reader.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

bool is_kernel_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (!text.starts_with("v") || dot == std::string_view::npos) return false;
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= 3 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return is_number(text.substr(1, dot - 1)) && is_number(text.substr(dot + 1));
}

/// Log2 of a number of entries; an error if it is no power of two.
unsigned log2_of(const Node& smmu, const char* key, int entries, Diagnostics& errors) {
  const auto log2 = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(entries)) - 1);
  if ((1 << log2) != entries)
    errors.error(smmu.find(key)->at, "'" + std::string(key) + "' must be a power of two");
  return log2;
}

void read_event_queue(const Node& smmu, hwmodel::v3::Config& config, Diagnostics& errors) {
  constexpr int kRecordsMax = 8;
  KnobReader knobs(smmu, errors);
  int events = 128;
  knobs.number("evtq_entries", events, 1, 1 << 19);
  config.evtq_log2size = log2_of(smmu, "evtq_entries", events, errors);
  const std::string aborts = knobs.choice("evtq_aborts", {"never", "sync", "async"}, "never");
  config.eventq_aborts = aborts == "sync"    ? hwmodel::v3::EventqAborts::kSync
                         : aborts == "async" ? hwmodel::v3::EventqAborts::kAsync
                                             : hwmodel::v3::EventqAborts::kNever;
  knobs.flag("event_records", config.event_records);
  if (config.event_records && events > kRecordsMax) {
    errors.error(
        smmu.find("event_records")->at,
        "'event_records' needs an event queue of at most " + std::to_string(kRecordsMax) + " entries",
        "evtq_entries: 4");
  }
}

/// Spec: IHI 0070G.b, 6.3.25.
void read_stream_table(const Node& smmu, hwmodel::v3::Config& config, Diagnostics& errors) {
  KnobReader knobs(smmu, errors);
  const bool two_level = knobs.choice("stream_table", {"linear", "two_level"}, "linear") == "two_level";
  if (two_level) config.stream_table = hwmodel::v3::StreamTableFormat::kTwoLevel;
  int log2size = static_cast<int>(config.stream_log2size);
  knobs.number("stream_log2size", log2size, 0, 16);
  config.stream_log2size = static_cast<unsigned>(log2size);
  config.stream_split = static_cast<unsigned>(std::stoi(knobs.choice("stream_split", {"6", "8", "10"}, "8")));
  const Node* split = smmu.find("stream_split");
  if (split != nullptr && !split->is_null() && !two_level)
    errors.error(split->at, "'stream_split' needs 'stream_table: two_level'");
}

}  // namespace

bool is_before(std::string_view version, int major, int minor) {
  const std::size_t dot = version.find('.');
  int numbers[2] = {0, 0};
  std::from_chars(version.data() + 1, version.data() + dot, numbers[0]);
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), numbers[1]);
  return numbers[0] < major || (numbers[0] == major && numbers[1] < minor);
}

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
  if (const Node* all = map_of_maps(*node, "smmus", "an SMMU")) read_smmus(*all, *node);
  if (const Node* all = map_of_maps(*node, "devices", "a device")) read_devices(*all);
  if (const Node* all = map_of_maps(*node, "domains", "a domain")) read_domains(*all);
  add_stream_objects(node->at);
  check_registration_order(*node);
}

/// The key, if it is there: names, each with a map of knobs or nothing.
const Node* World::map_of_maps(const Node& machine_node, const char* key, const char* each) {
  const Node* all = machine_node.find(key);
  if (all == nullptr || all->is_null()) return nullptr;
  if (!all->is_map()) {
    errors->error(all->at, "'" + std::string(key) + "' must be a map of names");
    return nullptr;
  }
  for (const Node::Entry& entry : all->entries) {
    if (!entry.value.is_map() && !entry.value.is_null()) {
      errors->error(entry.value.at, std::string(each) + " is a map, such as '" + entry.key + ": {}'");
    }
  }
  return all;
}

void World::read_machine_knobs(const Node& machine_node) {
  const Node* node = &machine_node;
  expect_keys(*node,
              {"cpus",
               "reboot_cpu",
               "kernel",
               "preemption",
               "sched",
               "smmus",
               "devices",
               "registration_order",
               "domains",
               "panic_on_oops",
               "soft_lockup_watchdog",
               "watchdog_thresh",
               "idle_before",
               "hung_task_timeout",
               "rcu_stall_timeout",
               "rcu",
               "preempt_count",
               "forms",
               "memory",
               "store_buffer",
               "knobs"},
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
  read_memory_knobs(*node);
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
  for (const char* key : {"forms", "knobs"}) {
    const Node* map = node->find(key);
    if (map != nullptr && !map->is_null() && !map->is_map())
      errors->error(map->at, "'" + std::string(key) + "' must be a map of names");
  }
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
    machine.wait_requeues = is_before(machine.kernel, 6, 15);
    return;
  }
  const std::string with_v = "v" + kernel->scalar;
  errors->error(kernel->at, "'kernel' is written v<major>.<minor>, such as v6.18",
                is_kernel_version(with_v) ? "did you mean '" + with_v + "'?" : "",
                static_cast<unsigned>(std::max<std::size_t>(1, kernel->scalar.size())));
}

// Linux v6.18 kernel/rcu/Kconfig PREEMPT_RCU, kernel/Kconfig.preempt PREEMPT_COUNT, PREEMPT_DYNAMIC: a
// preemptible kernel has both, also where it was booted as `none` or `voluntary`; others may be built with a
// preempt count, and then a tick outside such sections is a quiescent state (kernel/rcu/tree_plugin.h
// rcu_flavor_sched_clock_irq()).
void World::read_rcu_knobs(const Node& node) {
  KnobReader knobs(node, *errors);
  const bool preemptible = machine.preemption == Preemption::kFull || machine.preemption == Preemption::kLazy;
  machine.rcu_preempt =
      knobs.choice("rcu", {"sched", "preempt"}, preemptible ? "preempt" : "sched") == "preempt";
  machine.preempt_count = machine.rcu_preempt || preemptible;
  knobs.flag("preempt_count", machine.preempt_count);
  if ((machine.rcu_preempt || preemptible) && !machine.preempt_count) {
    errors->error(node.find("preempt_count")->at, "a preemptible kernel counts preemption");
  }
}

void World::read_memory_knobs(const Node& node) {
  KnobReader knobs(node, *errors);
  const bool buffered = knobs.choice("memory", {"sc", "buffered"}, "sc") == "buffered";
  int stores = 4;
  knobs.number("store_buffer", stores, 1, 8);
  if (buffered) machine.store_buffer = stores;
  const Node* given = node.find("store_buffer");
  if (!buffered && given != nullptr && !given->is_null())
    errors->error(given->at, "'store_buffer' needs 'memory: buffered'");
}

SmmuInfo World::read_smmuv3(const Node::Entry& entry) {
  SmmuInfo smmu;
  smmu.name = entry.key;
  smmu.at = entry.key_at;
  KnobReader knobs(entry.value, *errors);
  const std::string profile = knobs.choice("profile", {"architecture", "qemu-7.2"}, "architecture");
  const bool qemu = profile == "qemu-7.2";
  int entries = qemu ? 65536 : 256;
  knobs.number("cmdq_entries", entries, 1, 1 << 19);
  smmu.config.cmdq_log2size = log2_of(entry.value, "cmdq_entries", entries, *errors);
  int window = std::min(entries, 128);
  knobs.number("cmdq_window", window, 1, std::min(entries, 512));
  smmu.config.cmdq_window = static_cast<decltype(smmu.config.cmdq_window)>(window);
  const std::string sync = knobs.choice("sync", {"poll", "msi"}, "poll");
  smmu.config.msi = sync == "msi";
  if (qemu && smmu.config.msi)
    errors->error(entry.value.at, "the profile qemu-7.2 has no MSI: 'sync' must be poll");
  const std::string ack = knobs.choice("cr0_ack", {"any", "immediate", "never"}, qemu ? "immediate" : "any");
  smmu.config.cr0_ack = ack == "immediate" ? hwmodel::v3::Cr0Ack::kImmediate
                        : ack == "never"   ? hwmodel::v3::Cr0Ack::kNever
                                           : hwmodel::v3::Cr0Ack::kAny;
  const std::string cmdq = knobs.choice("cmdq", {"async", "synchronous"}, qemu ? "synchronous" : "async");
  smmu.config.cmdq = cmdq == "async" ? hwmodel::v3::CmdqMode::kAsync : hwmodel::v3::CmdqMode::kSynchronous;
  bool abort = false;
  knobs.flag("gbpa_abort", abort);
  smmu.config.gbpa_abort_reset = abort;
  knobs.flag("evictions", smmu.config.evictions);
  knobs.flag("interrupt_messages", smmu.config.interrupt_messages);
  knobs.flag("messages_abort", smmu.config.messages_abort);
  knobs.flag("service_failure_mode", smmu.config.service_failure_mode);
  const std::string atc = knobs.choice("atc_timeouts", {"never", "error", "hang"}, "never");
  smmu.config.atc_timeouts = atc == "error"  ? hwmodel::v3::AtcTimeouts::kError
                             : atc == "hang" ? hwmodel::v3::AtcTimeouts::kHang
                                             : hwmodel::v3::AtcTimeouts::kNever;
  const std::string stalls = knobs.choice("stall_model", {"terminate", "stall", "forced"}, "terminate");
  smmu.config.stalls = stalls == "stall"    ? hwmodel::v3::StallModel::kStallAndTerminate
                       : stalls == "forced" ? hwmodel::v3::StallModel::kStallForced
                                            : hwmodel::v3::StallModel::kTerminateOnly;
  read_event_queue(entry.value, smmu.config, *errors);
  read_stream_table(entry.value, smmu.config, *errors);
  if (knobs.choice("cons_updates", {"each", "batched"}, "each") == "batched")
    smmu.config.cons_updates = hwmodel::v3::ConsUpdates::kBatched;
  if (qemu && smmu.config.cons_updates != hwmodel::v3::ConsUpdates::kEach)
    errors->error(entry.value.at, "the profile qemu-7.2 updates CMDQ_CONS at once");
  knobs.flag("ats", smmu.config.ats);
  knobs.flag("cmdq_aborts", smmu.config.cmdq_aborts);
  if (qemu) smmu.config.deviations = hwmodel::v3::Deviations::kQemu72;
  if (qemu && smmu.config.ats) errors->error(entry.value.at, "the profile qemu-7.2 has no ATS");
  int minor = qemu ? 0 : 2;
  knobs.number("arch_minor", minor, 0, 4);
  smmu.config.arch_minor = static_cast<decltype(smmu.config.arch_minor)>(minor);
  return smmu;
}

void World::read_devices(const Node& all) {
  for (const Node::Entry& entry : all.entries) {
    DeviceInfo device;
    device.name = entry.key;
    device.at = entry.key_at;
    if (const Node* driver = entry.value.find("driver")) {
      device.driver = driver->scalar;
      device.driver_at = driver->at;
    }
    device.dma = read_dma(entry.value);
    add_object("device", entry.key, entry.key_at);
    const Node* behind = entry.value.find("behind");
    if (behind != nullptr && !behind->is_null() && behind->scalar != "NULL") {
      device.behind = behind->scalar;
      device.domain = static_cast<int>(domain_infos.size());
      domain_infos.push_back({entry.key + ".domain", entry.key, device.dma ? device.dma->pages : 0,
                              device.dma && device.dma->mapped, entry.key_at});
      add_object("domain", entry.key + ".domain", entry.key_at);
    }
    devices.push_back(device);
  }
}

/// Fields of the machine's objects whose values follow from its knobs.
void World::fill_smmus_and_domains() {
  const ClassInfo& smmu_class = classes["smmu"];
  for (std::size_t i = 0; i < smmus.size(); ++i) {
    families[static_cast<std::size_t>(smmu_class.fields.at("msi_polling"))].init[i] =
        smmus[i].config.msi ? 1 : 0;
    if (smmus[i].is_legacy) continue;
    families[static_cast<std::size_t>(smmu_class.fields.at("cmdq_entries"))].init[i] =
        1 << smmus[i].config.cmdq_log2size;
  }
  const Family& controls = families[static_cast<std::size_t>(classes["device"].fields.at("controls"))];
  for (std::size_t device = controls.init.size(); device-- > 0;) {
    if (controls.init[device] == 0) continue;
    families[static_cast<std::size_t>(smmu_class.fields.at("dev"))]
        .init[static_cast<std::size_t>(controls.init[device] - 1)] = static_cast<std::int32_t>(device) + 1;
  }
  Family& domain_of = families[static_cast<std::size_t>(classes["device"].fields.at("domain"))];
  Family& smmu_of = families[static_cast<std::size_t>(classes["domain"].fields.at("smmu"))];
  const Family& behind = families[static_cast<std::size_t>(classes["device"].fields.at("behind"))];
  std::size_t domain = 0;
  for (std::size_t i = 0; i < behind.init.size(); ++i) {
    if (behind.init[i] == 0) continue;
    domain_of.init[i] = static_cast<std::int32_t>(domain) + 1;
    smmu_of.init[domain++] = behind.init[i];
  }
  const Node* machine_of = section("machine");
  const Node* domains = machine_of != nullptr ? machine_of->find("domains") : nullptr;
  for (std::size_t i = 0; domains != nullptr && i < domains->entries.size(); ++i) {
    const Node* smmu = domains->entries[i].value.find("smmu");
    if (smmu == nullptr) {
      errors->error(domains->entries[i].key_at, "a domain needs 'smmu': whose translation table it is");
    } else if (const auto number = initial_value(smmu_of.type, *smmu)) {
      smmu_of.init[domain++] = *number;
    }
  }
  if (has_legacy()) attach_to_legacy();
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

}  // namespace quiesce::sim
