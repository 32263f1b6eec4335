// The machine in the schema: CPUs and scheduling, SMMUs, devices.
#include "sim/schema_parts.hpp"

namespace quiesce::sim::schema {
namespace {

/// Beside its knobs, an SMMU or a device may give values to the fields of its class.
Json object_of_machine(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", ref("value")}};
}

Json smmu() {
  return object_of_machine({{"model", one_word_of({"smmuv3"})},
                            {"profile", one_word_of({"architecture", "qemu-7.2"})},
                            {"cmdq_entries", number(1, 1 << 19)},
                            {"cmdq_window", number(1, 512)},
                            {"sync", one_word_of({"poll", "msi"})},
                            {"cr0_ack", one_word_of({"any", "immediate", "never"})},
                            {"cmdq", one_word_of({"async", "synchronous"})},
                            {"gbpa_abort", flag()},
                            {"arch_minor", number(0, 4)}});
}

Json device() {
  Json name_or_null = or_null(ref("name"));
  return object_of_machine({{"driver", ref("name")},
                            {"controls", name_or_null},
                            {"behind", name_or_null},
                            {"parent", name_or_null}});
}

}  // namespace

Json machine(Flavour flavour) {
  const auto deletable = [&](Json schema) {
    return flavour == Flavour::kOverlay ? or_null(std::move(schema)) : schema;
  };
  Json keys{{"cpus", number(1, 8)},
            {"reboot_cpu", number(0, 7)},
            {"kernel", {{"type", "string"}, {"pattern", "^v[0-9]+\\.[0-9]+"}}},
            {"preemption", one_word_of({"none", "voluntary", "full", "lazy"})},
            {"sched", one_word_of({"fair", "any"})},
            {"smmus", map_of(deletable(smmu()))},
            {"devices", map_of(deletable(device()))},
            {"registration_order", list_of(ref("name"))},
            {"panic_on_oops", flag()},
            {"soft_lockup_watchdog", flag()},
            {"watchdog_thresh", number(1, 60)},
            {"idle_before", flag()},
            {"hung_task_timeout", number(0, 1000)},
            {"rcu_stall_timeout", number(3, 300)},
            {"forms", map_of(deletable(ref("name")))},
            {"memory", one_word_of({"sc"})},
            {"knobs", map_of(deletable({{"type", {"integer", "boolean"}}}))}};
  if (flavour == Flavour::kOverlay) {
    for (auto& [key, schema] : keys.items()) schema = or_null(schema);
  }
  return map_with(keys);
}

}  // namespace quiesce::sim::schema
