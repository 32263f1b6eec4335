// An SMMUv3: registers, queues, what it keeps of structures and translations, and accesses on their way.
#include <algorithm>
#include <map>

#include "checker/machine_cells.hpp"
#include "hwmodel/v3/control.hpp"
#include "hwmodel/v3/kept_text.hpp"
#include "hwmodel/v3/smmu.hpp"
#include "sim/describe.hpp"

namespace quiesce::checker {
namespace {

namespace v3 = hwmodel::v3;
using sim::System;

/// Fills the description of one SMMU.
class SmmuCells {
 public:
  SmmuCells(const System& system, std::size_t number, CellList& cells, ReportSmmu& shown)
      : layout_(system.layout.smmus[number]),
        config_(system.layout.smmu_configs[number]),
        cells_(cells),
        shown_(shown),
        frames_(frame_names(system)),
        commands_(command_names(system)) {}

  void add_registers() {
    for (const v3::Register& reg : v3::tables::kRegisters) {
      if (reg.reg == v3::Reg::kCr0) {
        add_updated(reg, layout_.cr0);
      } else if (reg.reg == v3::Reg::kIrqCtrl) {
        add_updated(reg, layout_.irq_ctrl);
      } else if (reg.reg == v3::Reg::kGbpa) {
        add_gbpa(reg);
      } else if (is_kept(reg.reg)) {
        ReportRegister& added = begin(reg);
        added.written = add_reading(reg);
      }
    }
  }

  void add_queues() {
    ReportQueue commands{"CMDQ", std::uint64_t{1} << config_.cmdq_log2size, 0, 0, {}};
    commands.prod = add_slot(layout_.cmdq_prod);
    commands.cons = add_slot(layout_.cmdq_cons);
    for (const base::Slot slot : v3::ring_slots(layout_, config_)) {
      commands.slots.push_back(
          cells_.add(slot, [names = commands_](std::int32_t id) { return name_of_command(names, id); }));
    }
    shown_.queues.push_back(std::move(commands));
    ReportQueue events{"EVENTQ", std::uint64_t{1} << config_.evtq_log2size, 0, 0, {}};
    events.prod = add_slot(layout_.eventq_prod);
    events.cons = add_slot(layout_.eventq_cons);
    for (const base::Slot slot : v3::record_slots(layout_, config_)) {
      events.slots.push_back(cells_.add(slot, [&layout = layout_](std::int32_t packed) {
        return v3::text_of_record(layout.streams, packed);
      }));
    }
    shown_.queues.push_back(std::move(events));
    ReportQueue requests{"PRIQ", std::uint64_t{1} << config_.priq_log2size, 0, 0, {}};
    requests.prod = add_slot(layout_.priq_prod);
    requests.cons = add_slot(layout_.priq_cons);
    shown_.queues.push_back(std::move(requests));
  }

  void add_streams() {
    const v3::Streams& all = layout_.streams;
    if (!all.any()) return;
    for (const v3::UnitName& unit : all.units) {
      shown_.caches.push_back({"copy of " + v3::name_of_unit(all, unit),
                               cells_.add(all.unit_of(unit).copy, [&all, unit](std::int32_t packed) {
                                 return v3::text_of_copy(all, unit, packed);
                               })});
    }
    for (const auto& [table, page] : all.entries) {
      shown_.caches.push_back(
          {"TLB: page " + std::to_string(page) + " of " + all.tables[table].name,
           cells_.add(all.tables[table].pages[page].entry, [&all, frames = frames_](std::int32_t packed) {
             return v3::text_of_entry(all, frames, packed);
           })});
    }
    for (std::size_t i = 0; i < all.sources.size(); ++i) {
      shown_.accesses.push_back(
          {name_of_source(all.sources, all.sources[i]),
           cells_.add(all.sources[i].at, [&all, i, frames = frames_](std::int32_t packed) {
             return v3::text_of_flight(all, i, frames, packed);
           })});
    }
    for (const v3::Stream& stream : all.streams) {
      add_other("CR0.SMMUEN as " + stream.name + " meets it", stream.smmuen,
                [](std::int32_t value) { return std::to_string(value); });
    }
  }

  void add_rest() {
    const auto yes_no = [](std::int32_t value) { return std::string(value != 0 ? "yes" : "no"); };
    add_other("command in progress", layout_.fetched,
              [names = commands_](std::int32_t id) { return id == 0 ? "none" : name_of_command(names, id); });
    if (config_.cons_updates == v3::ConsUpdates::kBatched)
      add_other("next command to fetch", layout_.cmdq_next, sim::hexadecimal);
    add_other("error that stops the command queue", layout_.cmdq_halts, error_name);
    if (config_.msi) {
      add_other("message of a CMD_SYNC on its way", layout_.msi_pending, [](std::int32_t position) {
        return position == 0 ? "none" : "to entry " + sim::hexadecimal(position - 1);
      });
    }
    if (config_.ats) add_other("ATC_INV before the next CMD_SYNC", layout_.atc_pending, atc_state);
    if (config_.interrupt_messages)
      add_other("interrupt messages on their way", layout_.messages, interrupt_lines);
    if (config_.service_failure_mode) add_other("service failure mode", layout_.failed, yes_no);
    if (config_.eventq_aborts != v3::EventqAborts::kNever)
      add_other("the next event record's write aborts", layout_.eventq_fails, yes_no);
  }

 private:
  using Names = std::map<std::int32_t, std::string>;

  /// Names of commands by the ids under which the ring holds them.
  static Names command_names(const System& system) {
    Names names;
    for (std::size_t i = 0; i < system.program.commands.size() && i < system.command_ids.size(); ++i) {
      const sim::NamedCommand& command = system.program.commands[i];
      std::string text = command.opcode;
      if (!command.class_name.empty()) {
        text +=
            "(" + system.objects.at(command.class_name)[static_cast<std::size_t>(command.object - 1)] + ")";
      }
      names.emplace(system.command_ids[i], std::move(text));
    }
    names.emplace(system.sync_command, "CMD_SYNC");
    names.emplace(system.sync_msi_command, "CMD_SYNC (MSI)");
    return names;
  }

  static std::string name_of_command(const Names& names, std::int32_t id) {
    const auto named = names.find(id);
    return id == 0 ? "" : named != names.end() ? named->second : "command " + std::to_string(id);
  }

  static std::string error_name(std::int32_t error) {
    switch (static_cast<v3::CommandError>(error)) {
      case v3::CommandError::kNone:
        return "none";
      case v3::CommandError::kIll:
        return "CERROR_ILL";
      case v3::CommandError::kAbt:
        return "CERROR_ABT";
      case v3::CommandError::kAtcInvSync:
        return "CERROR_ATC_INV_SYNC";
    }
    return "";
  }

  static std::string atc_state(std::int32_t state) {
    switch (static_cast<v3::AtcState>(state)) {
      case v3::AtcState::kAnswered:
        return "none without an answer";
      case v3::AtcState::kSent:
        return "sent";
      case v3::AtcState::kLost:
        return "never answered";
    }
    return "";
  }

  static std::string interrupt_lines(std::int32_t bits) {
    std::string text;
    for (std::size_t line = 0; line < v3::kLines; ++line) {
      if (((bits >> line) & 1) != 0) text += (text.empty() ? "" : ", ") + std::string(v3::kLineNames[line]);
    }
    return text.empty() ? "none" : text;
  }

  /// Whether the state keeps what the register holds.
  [[nodiscard]] bool is_kept(v3::Reg reg) const {
    switch (reg) {
      case v3::Reg::kGerror:
      case v3::Reg::kGerrorN:
      case v3::Reg::kCmdqProd:
      case v3::Reg::kCmdqCons:
      case v3::Reg::kEventqProd:
      case v3::Reg::kEventqCons:
      case v3::Reg::kPriqProd:
      case v3::Reg::kPriqCons:
        return true;
      default:
        return std::any_of(layout_.programmed.begin(), layout_.programmed.end(),
                           [&](const v3::Programmed& kept) { return kept.reg == reg; });
    }
  }

  ReportRegister& begin(const v3::Register& reg) {
    ReportRegister added;
    added.name = reg.name;
    for (const v3::Field& field : reg.fields) {
      if (!field.name.empty()) added.fields.push_back({std::string(field.name), field.lo, field.hi});
    }
    return shown_.registers.emplace_back(std::move(added));
  }

  void add_updated(const v3::Register& reg, const v3::UpdatedRegister& slots) {
    ReportRegister& added = begin(reg);
    added.written = add_slot(slots.written);
    added.in_force = add_slot(slots.in_force);
    added.acknowledged = add_slot(slots.acknowledged);
  }

  void add_gbpa(const v3::Register& reg) {
    ReportRegister& added = begin(reg);
    added.written = cells_.add({layout_.gbpa_abort, layout_.gbpa_update},
                               [&layout = layout_, &config = config_](const std::byte* state) {
                                 return sim::hexadecimal(v3::read_gbpa({state, layout, config}));
                               });
    added.in_force = cells_.add(layout_.gbpa_in_force, [](std::int32_t aborts) {
      return sim::hexadecimal(aborts != 0 ? v3::kGbpaAbort : 0);
    });
  }

  CellNumber add_slot(base::Slot slot) { return cells_.add(slot, sim::hexadecimal); }

  /// What software reads there.
  CellNumber add_reading(const v3::Register& reg) {
    return cells_.add([&layout = layout_, &config = config_, &reg](const std::byte* state) {
      const base::StateAccess access(const_cast<std::byte*>(state));
      return sim::hexadecimal(v3::read_register(access, layout, config, reg));
    });
  }

  void add_other(const std::string& name, base::Slot slot, CellList::ShowValue show) {
    shown_.other.push_back({name, cells_.add(slot, std::move(show))});
  }

  const v3::Layout& layout_;
  const v3::Config& config_;
  CellList& cells_;
  ReportSmmu& shown_;
  v3::FrameNames frames_;
  Names commands_;
};

}  // namespace

void add_smmu(const System& system, std::size_t smmu, MachineCells& view) {
  ReportSmmu shown;
  shown.name = system.smmus[smmu].name;
  shown.model = "smmuv3";
  SmmuCells builder(system, smmu, view.cells, shown);
  builder.add_registers();
  builder.add_queues();
  builder.add_streams();
  builder.add_rest();
  view.machine.smmus.push_back(std::move(shown));
}

}  // namespace quiesce::checker
