#include "hwmodel/v2/layout.hpp"

#include <array>
#include <string_view>

namespace quiesce::hwmodel::v2 {
namespace {

constexpr std::array kGlobal{&Layout::cr0, &Layout::gfsr, &Layout::gfsynr0, &Layout::gfsynr1};
constexpr std::array kFlags{&Layout::sync, &Layout::powered, &Layout::tbu_dead, &Layout::clocked};
constexpr std::array kBank{&Bank::sctlr, &Bank::fsr,       &Bank::far,   &Bank::fsynr0,
                           &Bank::cbar,  &Bank::cbfrsynra, &Bank::ttbr0, &Bank::tcr};

constexpr std::array<std::string_view, kGlobal.size()> kGlobalNames{"sCR0", "sGFSR", "sGFSYNR0", "sGFSYNR1"};
constexpr std::array<std::string_view, kBank.size()> kBankNames{"SCTLR", "FSR",       "FAR",   "FSYNR0",
                                                                "CBAR",  "CBFRSYNRA", "TTBR0", "TCR"};

}  // namespace

Layout lay_out(base::LayoutBuilder& builder, const Config& config) {
  QUIESCE_ASSERT(config.context_banks <= kContextBanksMax && config.mapping_groups <= kMappingGroupsMax,
                 "a legacy SMMU has more banks or groups than the model can number");
  Layout layout;
  for (base::Slot Layout::*slot : kGlobal) layout.*slot = builder.add(base::Width::kI32);
  layout.groups.resize(config.mapping_groups);
  for (Group& group : layout.groups) {
    if (config.stream_matching) group.smr = builder.add(base::Width::kI32);
    group.s2cr = builder.add(base::Width::kI32);
  }
  layout.banks.resize(config.context_banks);
  for (Bank& bank : layout.banks) {
    for (base::Slot Bank::*slot : kBank) bank.*slot = builder.add(base::Width::kI32);
  }
  for (Bank& bank : layout.banks) bank.sync = builder.add(base::Width::kU8);
  for (base::Slot Layout::*slot : kFlags) layout.*slot = builder.add(base::Width::kU8);
  return layout;
}

std::vector<base::Slot> register_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots;
  for (base::Slot Layout::*slot : kGlobal) slots.push_back(layout.*slot);
  slots.push_back(layout.sync);
  for (const Group& group : layout.groups) {
    if (config.stream_matching) slots.push_back(group.smr);
    slots.push_back(group.s2cr);
  }
  for (const Bank& bank : layout.banks) {
    for (base::Slot Bank::*slot : kBank) slots.push_back(bank.*slot);
    slots.push_back(bank.sync);
  }
  return slots;
}

std::vector<base::Slot> all_slots(const Layout& layout, const Config& config) {
  std::vector<base::Slot> slots = register_slots(layout, config);
  slots.insert(slots.end(), {layout.powered, layout.clocked, layout.tbu_dead});
  const std::vector<base::Slot> of_traffic = own_slots(layout.traffic);
  slots.insert(slots.end(), of_traffic.begin(), of_traffic.end());
  return slots;
}

std::vector<PartOfSmmu> named_parts(const Layout& layout, const Config& config) {
  std::vector<PartOfSmmu> parts;
  for (std::size_t i = 0; i < kGlobal.size(); ++i)
    parts.push_back({"." + std::string(kGlobalNames[i]), layout.*kGlobal[i]});
  const auto indexed = [](std::string_view name, std::size_t number) {
    return "." + std::string(name) + "[" + std::to_string(number) + "]";
  };
  for (std::size_t i = 0; i < layout.groups.size(); ++i) {
    if (config.stream_matching) parts.push_back({indexed("SMR", i), layout.groups[i].smr});
    parts.push_back({indexed("S2CR", i), layout.groups[i].s2cr});
  }
  for (std::size_t i = 0; i < layout.banks.size(); ++i) {
    for (std::size_t k = 0; k < kBank.size(); ++k)
      parts.push_back({indexed(kBankNames[k], i), layout.banks[i].*kBank[k]});
    parts.push_back({indexed("TLBSTATUS", i), layout.banks[i].sync});
  }
  parts.insert(parts.end(), {{".sTLBGSTATUS", layout.sync},
                             {": clocks", layout.clocked},
                             {": power", layout.powered},
                             {": TBU without power", layout.tbu_dead}});
  return parts;
}

std::vector<base::Slot> line_slots(const Layout& layout) {
  std::vector<base::Slot> slots{layout.cr0, layout.gfsr, layout.powered};
  for (const Bank& bank : layout.banks) slots.insert(slots.end(), {bank.sctlr, bank.fsr});
  return slots;
}

std::string name_of(Line line) {
  return line == kGlobalLine ? "global" : "context" + std::to_string(line.number - 1);
}

}  // namespace quiesce::hwmodel::v2
