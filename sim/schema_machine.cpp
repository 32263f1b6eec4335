// The machine in the schema: CPUs and scheduling, SMMUs, devices.
#include "sim/schema_parts.hpp"

namespace quiesce::sim::schema {
namespace {

/// In an overlay, null deletes any of these keys.
Json deletable_keys(Json properties, Flavour flavour) {
  if (flavour == Flavour::kOverlay) {
    for (auto& [key, schema] : properties.items()) schema = or_null(schema);
  }
  return properties;
}

/// Beside its knobs, an SMMU or a device may give values to the fields of its class.
Json object_of_machine(Json properties, Flavour flavour) {
  return {{"type", "object"},
          {"properties", deletable_keys(std::move(properties), flavour)},
          {"additionalProperties", ref("value")}};
}

Json smmu(Flavour flavour) {
  return object_of_machine({{"model", one_word_of({"smmuv3", "smmuv2"})},
                            {"profile", one_word_of({"architecture", "qemu-7.2"})},
                            {"cmdq_entries", number(1, 1 << 19)},
                            {"cmdq_window", number(1, 512)},
                            {"sync", one_word_of({"poll", "msi"})},
                            {"cr0_ack", one_word_of({"any", "immediate", "never"})},
                            {"cmdq", one_word_of({"async", "synchronous"})},
                            {"ats", flag()},
                            {"cmdq_aborts", flag()},
                            {"gbpa_abort", flag()},
                            {"evtq_entries", number(1, 1 << 19)},
                            {"evtq_aborts", one_word_of({"never", "sync", "async"})},
                            {"event_records", flag()},
                            {"cons_updates", one_word_of({"each", "batched"})},
                            {"stream_table", one_word_of({"linear", "two_level"})},
                            {"stream_log2size", number(0, 16)},
                            {"stream_split", {{"enum", {6, 8, 10}}}},
                            {"evictions", flag()},
                            {"interrupt_messages", flag()},
                            {"messages_abort", flag()},
                            {"service_failure_mode", flag()},
                            {"atc_timeouts", one_word_of({"never", "error", "hang"})},
                            {"stall_model", one_word_of({"terminate", "stall", "forced"})},
                            {"arch_minor", number(0, 4)},
                            {"context_banks", number(1, 31)},
                            {"mapping_groups", number(1, 255)},
                            {"stream_matching", flag()},
                            {"mmu500", flag()},
                            {"clocks", flag()},
                            {"power_domain", flag()},
                            {"retains_state", flag()},
                            {"stalled_status_interrupts", flag()},
                            {"tlb_sync", one_word_of({"completes", "may_hang", "never"})},
                            {"unclocked", one_word_of({"external_abort", "serror", "bus_hang", "ignored"})},
                            {"early_write_ack", flag()},
                            {"off_traffic", one_word_of({"clientpd_decides", "waits"})},
                            {"disable_bypass", flag()}},
                           flavour);
}

/// `dma: true`, or its knobs.
Json dma(Flavour flavour) {
  Json knobs{{"type", "object"},
             {"properties",
              deletable_keys({{"pages", number(1, 8)},
                              {"substreams", number(0, 3)},
                              {"mapped", flag()},
                              {"addresses", one_word_of({"iova", "physical"})},
                              {"stream_id", number(0, 0xffff)},
                              {"direction", one_word_of({"reads", "writes", "both"})},
                              {"entry", one_word_of({"translate", "bypass", "abort", "invalid", "absent"})}},
                             flavour)},
             {"additionalProperties", false}};
  return {{"anyOf", Json::array({flag(), std::move(knobs)})}};
}

Json domain(Flavour flavour) {
  return {{"type", "object"},
          {"properties",
           deletable_keys({{"smmu", ref("name")}, {"pages", number(0, 8)}, {"mapped", flag()}}, flavour)},
          {"additionalProperties", false}};
}

Json device(Flavour flavour) {
  const Json name_or_null = or_null(ref("name"));
  return object_of_machine({{"driver", ref("name")},
                            {"controls", name_or_null},
                            {"behind", name_or_null},
                            {"dma", dma(flavour)},
                            {"parent", name_or_null}},
                           flavour);
}

}  // namespace

Json machine(Flavour flavour) {
  const auto deletable = [&](Json schema) {
    return flavour == Flavour::kOverlay ? or_null(std::move(schema)) : schema;
  };
  Json keys{{"cpus", number(1, 8)},
            {"reboot_cpu", number(0, 7)},
            {"kernel", {{"type", "string"}, {"pattern", "^v[0-9]{1,3}\\.[0-9]{1,3}$"}}},
            {"preemption", one_word_of({"none", "voluntary", "full", "lazy"})},
            {"sched", one_word_of({"fair", "any"})},
            {"smmus", map_of(deletable(smmu(flavour)))},
            {"devices", map_of(deletable(device(flavour)))},
            {"domains", map_of(deletable(domain(flavour)))},
            {"registration_order", {{"anyOf", Json::array({one_word_of({"any"}), list_of(ref("name"))})}}},
            {"panic_on_oops", flag()},
            {"soft_lockup_watchdog", flag()},
            {"watchdog_thresh", number(1, 60)},
            {"idle_before", flag()},
            {"hung_task_timeout", number(0, 1000)},
            {"rcu_stall_timeout", number(0, 300)},
            {"rcu", one_word_of({"sched", "preempt"})},
            {"preempt_count", flag()},
            {"forms", map_of(deletable(ref("name")))},
            {"memory", one_word_of({"sc", "buffered"})},
            {"store_buffer", number(1, 8)},
            {"knobs", map_of(deletable({{"type", {"integer", "boolean"}}}))}};
  return map_with(deletable_keys(std::move(keys), flavour));
}

}  // namespace quiesce::sim::schema
