#include "hwmodel/v3/layout.hpp"

#include <array>

namespace quiesce::hwmodel::v3 {
namespace {

struct Placed {
  base::Slot Layout::*slot;
  base::Width width;
};

constexpr std::array kUpdated{&Layout::cr0, &Layout::irq_ctrl};
constexpr std::array kSingle{
    Placed{&Layout::gbpa_abort, base::Width::kU8},   Placed{&Layout::gbpa_in_force, base::Width::kU8},
    Placed{&Layout::gbpa_update, base::Width::kU8},  Placed{&Layout::cmdq_err, base::Width::kU8},
    Placed{&Layout::cmdq_halts, base::Width::kU8},   Placed{&Layout::fetched, base::Width::kU8},
    Placed{&Layout::gerror, base::Width::kU16},      Placed{&Layout::gerrorn, base::Width::kU16},
    Placed{&Layout::cmdq_prod, base::Width::kI32},   Placed{&Layout::cmdq_cons, base::Width::kI32},
    Placed{&Layout::msi_pending, base::Width::kI32}, Placed{&Layout::eventq_prod, base::Width::kI32},
    Placed{&Layout::eventq_cons, base::Width::kI32}};

}  // namespace

Layout lay_out(base::LayoutBuilder& builder, const Config& config) {
  Layout layout;
  for (UpdatedRegister Layout::*reg : kUpdated) {
    for (base::Slot* slot : {&(layout.*reg).written, &(layout.*reg).in_force, &(layout.*reg).acknowledged})
      *slot = builder.add(base::Width::kU8);
  }
  for (const Placed& placed : kSingle) layout.*placed.slot = builder.add(placed.width);
  for (unsigned i = 0; i < config.cmdq_window; ++i) {
    const base::Slot slot = builder.add(base::Width::kU8);
    if (i == 0) layout.ring = slot;
  }
  return layout;
}

std::vector<base::Slot> ring_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots;
  for (unsigned i = 0; i < config.cmdq_window; ++i)
    slots.push_back({static_cast<std::uint16_t>(layout.ring.offset + i), base::Width::kU8});
  return slots;
}

std::vector<base::Slot> all_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots = ring_slots(layout, config);
  for (UpdatedRegister Layout::*reg : kUpdated) {
    for (const base::Slot slot :
         {(layout.*reg).written, (layout.*reg).in_force, (layout.*reg).acknowledged}) {
      slots.push_back(slot);
    }
  }
  for (const Placed& placed : kSingle) slots.push_back(layout.*placed.slot);
  const std::vector<base::Slot> of_streams = own_slots(layout.streams);
  slots.insert(slots.end(), of_streams.begin(), of_streams.end());
  return slots;
}

}  // namespace quiesce::hwmodel::v3
