// Declarations of what runs beside the tasks of a scenario: interrupts, timers, softirqs, work.
#include <algorithm>

#include "sim/expr.hpp"
#include "sim/knob_reader.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

namespace {

std::vector<std::string> names_of_lines(const SmmuInfo& smmu) {
  if (!smmu.is_legacy) return {hwmodel::v3::kLineNames.begin(), hwmodel::v3::kLineNames.end()};
  std::vector<std::string> names;
  for (std::size_t line = 0; line < hwmodel::v2::lines_of(smmu.legacy_config); ++line)
    names.push_back(hwmodel::v2::name_of(hwmodel::v2::Line{static_cast<std::uint8_t>(line)}));
  return names;
}

}  // namespace

int World::cpu_of_line(const Node& value) {
  int cpu = 0;
  KnobReader(value, *errors).number("cpu", cpu, 0, machine.cpus - 1);
  return cpu;
}

/// The lines of SMMUs that raise the interrupt: one, or a list of them; or the device whose message it is.
std::vector<SmmuLine> World::lines_of(const Node& value, int& device) {
  std::vector<SmmuLine> lines;
  const Node* from = value.find("from");
  if (from == nullptr || from->is_null()) return lines;
  for (std::size_t i = 0; from->is_scalar() && i < devices.size(); ++i) {
    if (devices[i].name != from->scalar) continue;
    if (!devices[i].dma) errors->error(from->at, "a device whose interrupt is a message needs 'dma'");
    device = static_cast<int>(i);
    return lines;
  }
  const auto add = [&](const Node& name) {
    if (const auto line = find_line(name)) lines.push_back(*line);
  };
  if (from->is_scalar()) add(*from);
  for (const Node& item : from->items) add(item);
  return lines;
}

std::optional<SmmuLine> World::find_line(const Node& name) {
  std::vector<std::string> valid;
  for (std::size_t smmu = 0; smmu < smmus.size(); ++smmu) {
    const std::vector<std::string> lines = names_of_lines(smmus[smmu]);
    for (std::size_t line = 0; line < lines.size(); ++line) {
      valid.push_back(smmus[smmu].name + "." + lines[line]);
      if (valid.back() != name.scalar) continue;
      for (const InterruptInfo& other : interrupts) {
        const auto same = [&](const SmmuLine& l) { return l.smmu == smmu && l.line == line; };
        if (std::any_of(other.from.begin(), other.from.end(), same))
          errors->error(name.at, "'" + name.scalar + "' raises interrupt '" + other.name + "' already");
      }
      return SmmuLine{smmu, line};
    }
  }
  for (const DeviceInfo& device : devices) {
    valid.push_back(device.name);
    if (device.name != name.scalar) continue;
    errors->error(name.at, "a list has lines of SMMUs alone",
                  "the message of a device is written 'from: " + device.name + "'",
                  static_cast<unsigned>(name.scalar.size()));
    return std::nullopt;
  }
  errors->error(name.at, "no line of an SMMU and no device is called '" + name.scalar + "'",
                nearest_name_hint(name.scalar, valid),
                static_cast<unsigned>(std::max<std::size_t>(1, name.scalar.size())));
  return std::nullopt;
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
      expect_keys(entry.value, {"handler", "cpu", "from"}, "interrupt '" + entry.key + "'");
      InterruptInfo info{entry.key, handler_of(entry, "interrupt"), cpu_of_line(entry.value), {}};
      info.from = lines_of(entry.value, info.device);
      interrupts.push_back(std::move(info));
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
