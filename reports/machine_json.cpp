#include "reports/machine_json.hpp"

#include <optional>

namespace quiesce::reports {
namespace {

using namespace checker;
using Json = nlohmann::ordered_json;

template <class Number>
Json number_or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json();
}

template <class Item>
Json list_to_json(const std::vector<Item>& items);

Json to_json(const ReportCpu& cpu) {
  return {{"name", cpu.name},
          {"current", cpu.current},
          {"masked", cpu.masked},
          {"pending", cpu.pending},
          {"queue", cpu.queue},
          {"softirq", number_or_null(cpu.softirq)},
          {"hardirq", number_or_null(cpu.hardirq)}};
}

Json to_json(const ReportContext& context) {
  return {{"name", context.name},
          {"kind", context.kind},
          {"cpu", number_or_null(context.cpu)},
          {"where", context.where},
          {"callers", context.callers},
          {"state", number_or_null(context.state)},
          {"waits", number_or_null(context.waits)},
          {"holds", context.holds}};
}

Json to_json(const ReportLock& lock) {
  return {{"name", lock.name}, {"kind", lock.kind}, {"state", lock.state}, {"waiters", lock.waiters}};
}

Json to_json(const ReportRegisterField& field) {
  return {{"name", field.name}, {"lsb", field.lsb}, {"msb", field.msb}};
}

Json to_json(const ReportRegister& reg) {
  return {{"name", reg.name},
          {"written", reg.written},
          {"in_force", number_or_null(reg.in_force)},
          {"acknowledged", number_or_null(reg.acknowledged)},
          {"fields", list_to_json(reg.fields)}};
}

Json to_json(const ReportQueue& queue) {
  return {{"name", queue.name},
          {"entries", queue.entries},
          {"prod", queue.prod},
          {"cons", queue.cons},
          {"slots", queue.slots}};
}

Json to_json(const ReportNamedCell& cell) { return {{"name", cell.name}, {"cell", cell.cell}}; }

Json to_json(const ReportSmmu& smmu) {
  return {{"name", smmu.name},
          {"model", smmu.model},
          {"registers", list_to_json(smmu.registers)},
          {"queues", list_to_json(smmu.queues)},
          {"caches", list_to_json(smmu.caches)},
          {"accesses", list_to_json(smmu.accesses)},
          {"other", list_to_json(smmu.other)}};
}

Json to_json(const ReportObjectField& field) {
  return {{"name", field.name}, {"ref", field.ref.empty() ? Json() : Json(field.ref)}, {"cell", field.cell}};
}

Json to_json(const ReportObject& object) {
  return {{"name", object.name}, {"class", object.class_name}, {"fields", list_to_json(object.fields)}};
}

Json to_json(const ReportWaitNode& node) {
  return {{"id", node.id}, {"kind", node.kind}, {"where", node.where}};
}

Json to_json(const ReportWaitEdge& edge) {
  return {{"from", edge.from}, {"to", edge.to}, {"label", edge.label}};
}

Json to_json(const ReportRoutineStep& step) {
  return {{"offset", step.offsets.empty() ? Json() : Json(step.offsets.front())},
          {"offsets", step.offsets},
          {"depth", step.depth},
          {"line", step.line},
          {"label", step.label},
          {"text", step.text}};
}

Json to_json(const ReportRoutine& routine) {
  return {{"name", routine.name},
          {"source", routine.source},
          {"file", routine.file},
          {"line", routine.line},
          {"steps", list_to_json(routine.steps)}};
}

template <class Item>
Json list_to_json(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(to_json(item));
  return json;
}

}  // namespace

Json machine_to_json(const ReportMachine& machine) {
  return {{"cells", machine.cells},
          {"cpus", list_to_json(machine.cpus)},
          {"contexts", list_to_json(machine.contexts)},
          {"locks", list_to_json(machine.locks)},
          {"smmus", list_to_json(machine.smmus)},
          {"objects", list_to_json(machine.objects)},
          {"globals", list_to_json(machine.globals)},
          {"lists", list_to_json(machine.lists)},
          {"timers", list_to_json(machine.timers)},
          {"interrupts", list_to_json(machine.interrupts)},
          {"works", list_to_json(machine.works)}};
}

Json routines_to_json(const std::vector<ReportRoutine>& routines) { return list_to_json(routines); }

/// Pairs of a cell's number and its text.
Json cells_to_json(const std::vector<ReportCellChange>& changes) {
  Json json = Json::array();
  for (const ReportCellChange& change : changes) json.push_back(Json::array({change.cell, change.text}));
  return json;
}

Json wait_graph_to_json(const ReportWaitGraph& graph) {
  return {
      {"nodes", list_to_json(graph.nodes)}, {"edges", list_to_json(graph.edges)}, {"circle", graph.circle}};
}

}  // namespace quiesce::reports
