#include "reports/machine_schema.hpp"

namespace quiesce::reports::schema {
namespace {

/// Number of a value of the machine.
Json cell() { return ref("cell"); }

Json cpu() {
  return record({{"name", text()},
                 {"current", cell()},
                 {"masked", cell()},
                 {"pending", cell()},
                 {"queue", cell()},
                 {"softirq", count_or_null()},
                 {"hardirq", count_or_null()}});
}

Json context() {
  return record({{"name", text()},
                 {"kind", one_of({"task", "softirq", "hardirq"})},
                 {"cpu", count_or_null()},
                 {"where", cell()},
                 {"callers", cell()},
                 {"state", count_or_null()},
                 {"waits", count_or_null()},
                 {"holds", cell()}});
}

Json lock() {
  return record(
      {{"name", text()},
       {"kind", one_of({"mutex", "spinlock", "rwlock", "rwsem", "completion", "wait_queue", "srcu"})},
       {"state", cell()},
       {"waiters", cell()}});
}

Json named_cell() { return record({{"name", text()}, {"cell", cell()}}); }

Json smmu() {
  const Json field = record({{"name", text()}, {"lsb", count()}, {"msb", count()}});
  const Json reg = record({{"name", text()},
                           {"written", cell()},
                           {"in_force", count_or_null()},
                           {"acknowledged", count_or_null()},
                           {"fields", list_of(field)}});
  const Json queue = record({{"name", text()},
                             {"entries", count()},
                             {"prod", cell()},
                             {"cons", cell()},
                             {"slots", list_of(cell())}});
  return record({{"name", text()},
                 {"model", one_of({"smmuv3", "smmuv2"})},
                 {"registers", list_of(reg)},
                 {"queues", list_of(queue)},
                 {"caches", list_of(named_cell())},
                 {"accesses", list_of(named_cell())},
                 {"other", list_of(named_cell())}});
}

Json object() {
  const Json field = record({{"name", text()}, {"ref", {{"type", {"string", "null"}}}}, {"cell", cell()}});
  return record({{"name", text()}, {"class", text()}, {"fields", list_of(field)}});
}

}  // namespace

Json machine() {
  return record({{"cells", count()},
                 {"cpus", list_of(cpu())},
                 {"contexts", list_of(context())},
                 {"locks", list_of(lock())},
                 {"smmus", list_of(smmu())},
                 {"objects", list_of(object())},
                 {"globals", list_of(named_cell())},
                 {"lists", list_of(named_cell())},
                 {"timers", list_of(named_cell())},
                 {"interrupts", list_of(named_cell())},
                 {"works", list_of(named_cell())}});
}

Json routine() {
  const Json step = record({{"offset", count_or_null()},
                            {"offsets", list_of(count())},
                            {"depth", count()},
                            {"line", count()},
                            {"label", text()},
                            {"text", text()}});
  return record(
      {{"name", text()}, {"source", text()}, {"file", text()}, {"line", count()}, {"steps", list_of(step)}});
}

Json cell_changes() {
  return list_of(
      {{"type", "array"}, {"prefixItems", Json::array({cell(), text()})}, {"items", false}, {"minItems", 2}});
}

Json wait_graph() {
  const Json node =
      record({{"id", text()},
              {"kind", one_of({"task", "cpu", "lock", "completion", "grace_period", "hardware", "other"})},
              {"where", text()}});
  const Json edge = record({{"from", text()}, {"to", text()}, {"label", text()}});
  return record({{"nodes", list_of(node)}, {"edges", list_of(edge)}, {"circle", list_of(text())}});
}

Json enabling() {
  return record({{"step", count()},
                 {"kind", one_of({"register write", "acknowledge", "command", "interrupt", "wake-up",
                                  "unlock", "dma", "fault", "time", "scheduling", "state"})}});
}

}  // namespace quiesce::reports::schema
