#include "hwmodel/v3/layout.hpp"

#include <array>

namespace quiesce::hwmodel::v3 {
namespace {

struct Placed {
  base::Slot Layout::*slot;
  base::Width width;
  const char* name;
};

struct PlacedUpdated {
  UpdatedRegister Layout::*reg;
  const char* written;
  const char* in_force;
  const char* acknowledged;
};

constexpr std::array kUpdated{
    PlacedUpdated{&Layout::cr0, ".CR0", ".CR0 in force", ".CR0ACK"},
    PlacedUpdated{&Layout::irq_ctrl, ".IRQ_CTRL", ".IRQ_CTRL in force", ".IRQ_CTRLACK"}};
constexpr std::array kSingle{Placed{&Layout::gbpa_abort, base::Width::kU8, ".GBPA.ABORT"},
                             Placed{&Layout::gbpa_in_force, base::Width::kU8, ".GBPA in force"},
                             Placed{&Layout::gbpa_update, base::Width::kU8, ".GBPA.Update"},
                             Placed{&Layout::cmdq_err, base::Width::kU8, ".CMDQ_CONS.ERR"},
                             Placed{&Layout::cmdq_halts, base::Width::kU8, ": error of a command"},
                             Placed{&Layout::fetched, base::Width::kU8, ": command in progress"},
                             Placed{&Layout::gerror, base::Width::kU16, ".GERROR"},
                             Placed{&Layout::gerrorn, base::Width::kU16, ".GERRORN"},
                             Placed{&Layout::cmdq_prod, base::Width::kI32, ".CMDQ_PROD"},
                             Placed{&Layout::cmdq_cons, base::Width::kI32, ".CMDQ_CONS"},
                             Placed{&Layout::msi_pending, base::Width::kI32, ": CMD_SYNC's message"},
                             Placed{&Layout::eventq_prod, base::Width::kI32, ".EVENTQ_PROD"},
                             Placed{&Layout::eventq_cons, base::Width::kI32, ".EVENTQ_CONS"},
                             Placed{&Layout::priq_prod, base::Width::kI32, ".PRIQ_PROD"},
                             Placed{&Layout::priq_cons, base::Width::kI32, ".PRIQ_CONS"},
                             Placed{&Layout::atc_pending, base::Width::kU8, ": ATC_INV without an answer"},
                             Placed{&Layout::messages, base::Width::kU8, ": interrupt messages"},
                             Placed{&Layout::failed, base::Width::kU8, ": service failure mode"}};
/// What only a knob of the configuration asks for.
constexpr Placed kNext{&Layout::cmdq_next, base::Width::kI32, ": next command"};
constexpr Placed kFails{&Layout::eventq_fails, base::Width::kU8, ": the event queue's next write aborts"};

template <class Look>
void for_each_slot_of_knobs(const Config& config, Look look) {
  if (config.cons_updates == ConsUpdates::kBatched) look(kNext);
  if (config.eventq_aborts != EventqAborts::kNever) look(kFails);
}

}  // namespace

Layout lay_out(base::LayoutBuilder& builder, const Config& config) {
  Layout layout;
  for (const PlacedUpdated& placed : kUpdated) {
    UpdatedRegister& reg = layout.*placed.reg;
    for (base::Slot* slot : {&reg.written, &reg.in_force, &reg.acknowledged})
      *slot = builder.add(base::Width::kU8);
  }
  const auto add = [&](const Placed& placed) { layout.*placed.slot = builder.add(placed.width); };
  for (const Placed& placed : kSingle) add(placed);
  for_each_slot_of_knobs(config, add);
  for (unsigned i = 0; i < config.cmdq_window; ++i) {
    const base::Slot slot = builder.add(base::Width::kU8);
    if (i == 0) layout.ring = slot;
  }
  for (unsigned i = 0; config.event_records && i < 1U << config.evtq_log2size; ++i) {
    const base::Slot slot = builder.add(base::Width::kI32);
    if (i == 0) layout.records = slot;
  }
  return layout;
}

void lay_out_programmed(base::LayoutBuilder& builder, Layout& layout, std::span<const Reg> wanted) {
  for (const Reg reg : wanted) layout.programmed.push_back({reg, builder.add(base::Width::kI32)});
}

std::vector<PartOfSmmu> named_parts(const Layout& layout, const Config& config) {
  std::vector<PartOfSmmu> parts;
  for (const PlacedUpdated& placed : kUpdated) {
    const UpdatedRegister& reg = layout.*placed.reg;
    parts.push_back({placed.written, reg.written});
    parts.push_back({placed.in_force, reg.in_force});
    parts.push_back({placed.acknowledged, reg.acknowledged});
  }
  const auto add = [&](const Placed& placed) { parts.push_back({placed.name, layout.*placed.slot}); };
  for (const Placed& placed : kSingle) add(placed);
  for_each_slot_of_knobs(config, add);
  for (const Programmed& kept : layout.programmed)
    parts.push_back({"." + std::string(register_of(kept.reg).name), kept.slot});
  return parts;
}

std::vector<base::Slot> record_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots;
  for (std::uint32_t i = 0; config.event_records && i < 1U << config.evtq_log2size; ++i)
    slots.push_back(layout.record(i, config));
  return slots;
}

std::vector<base::Slot> ring_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots;
  for (unsigned i = 0; i < config.cmdq_window; ++i)
    slots.push_back({static_cast<std::uint16_t>(layout.ring.offset + i), base::Width::kU8});
  return slots;
}

std::vector<base::Slot> all_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots = ring_slots(layout, config);
  for (const PartOfSmmu& part : named_parts(layout, config)) slots.push_back(part.slot);
  const std::vector<base::Slot> records = record_slots(layout, config);
  slots.insert(slots.end(), records.begin(), records.end());
  const std::vector<base::Slot> of_streams = own_slots(layout.streams);
  slots.insert(slots.end(), of_streams.begin(), of_streams.end());
  return slots;
}

}  // namespace quiesce::hwmodel::v3
