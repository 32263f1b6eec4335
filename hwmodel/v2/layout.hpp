// Where a legacy SMMU lies in the state vector, and how one is looked at and changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "hwmodel/v2/assumptions.hpp"
#include "hwmodel/v2/config.hpp"
#include "hwmodel/v2/traffic.hpp"

namespace quiesce::hwmodel::v2 {

/// A stream mapping group.
struct Group {
  base::Slot smr;  ///< only with stream matching
  base::Slot s2cr;
};

struct Bank {
  base::Slot sctlr;
  base::Slot fsr;
  base::Slot far;  ///< number of a page
  base::Slot fsynr0;
  base::Slot cbar;
  base::Slot cbfrsynra;
  base::Slot ttbr0;  ///< number of a translation table, 0 for none
  base::Slot tcr;
  base::Slot sync;  ///< TLBSTATUS.SACTIVE
};

struct Layout {
  base::Slot cr0;
  base::Slot gfsr;
  base::Slot gfsynr0;
  base::Slot gfsynr1;
  base::Slot sync;     ///< sTLBGSTATUS.GSACTIVE
  base::Slot clocked;  ///< how often the clocks were enabled
  base::Slot powered;
  base::Slot tbu_dead;  ///< no TLB sync completes any more
  std::vector<Group> groups;
  std::vector<Bank> banks;
  Traffic traffic;  ///< laid out by lay_out_traffic(), if there is any
};

[[nodiscard]] Layout lay_out(base::LayoutBuilder& layout, const Config& config);
/// Registers of the SMMU, with what a TLB sync has still to do.
[[nodiscard]] std::vector<base::Slot> register_slots(const Layout& layout, const Config& config);
/// Every slot of the SMMU.
[[nodiscard]] std::vector<base::Slot> all_slots(const Layout& layout, const Config& config);

/// A slot with the name of what it holds, such as `.SCTLR[0]`.
struct PartOfSmmu {
  std::string name;
  base::Slot slot;
};
/// Registers and what is behind them, without TLB entries and transactions.
[[nodiscard]] std::vector<PartOfSmmu> named_parts(const Layout& layout, const Config& config);
/// What decides the levels of interrupt lines.
[[nodiscard]] std::vector<base::Slot> line_slots(const Layout& layout);

/// Where interrupts come from: the global one, or that of a context bank.
struct Line {
  std::uint8_t number = 0;  ///< 0: global; else number of the bank + 1

  friend bool operator==(Line, Line) = default;
};
inline constexpr Line kGlobalLine{0};
[[nodiscard]] constexpr Line line_of_bank(std::size_t bank) { return {static_cast<std::uint8_t>(bank + 1)}; }
[[nodiscard]] constexpr std::size_t lines_of(const Config& config) { return config.context_banks + 1; }
[[nodiscard]] constexpr std::uint32_t bit_of(Line line) { return std::uint32_t{1} << line.number; }
[[nodiscard]] std::string name_of(Line line);

/// What hardware did beside changing its registers.
struct HwEvents {
  std::uint32_t raised = 0;       ///< lines that are asserted now, a bit for each
  std::uint32_t lowered = 0;      ///< lines that were
  std::uint32_t assumptions = 0;  ///< what was relied on, a bit for each
  bool unclocked = false;         ///< a register access without clock or power: Config::unclocked
  bool landed = false;            ///< a transaction got to memory, and with it:
  Bypass by = Bypass::kNone;      ///< why it went untranslated
  std::uint16_t source = 0;       ///< of Traffic::sources
  std::int32_t frame = 0;         ///< physical page, or 0: where its address says
  std::int32_t page = 0;          ///< the page that the device named
};

/// An SMMU in a state that is looked at.
struct View {
  const std::byte* state;
  const Layout& layout;
  const Config& config;
  const base::StateAccess* access = nullptr;  ///< which is told of each read, if there is one

  [[nodiscard]] std::int32_t get(base::Slot slot) const {
    return access != nullptr ? access->get(slot) : base::read_slot(state, slot);
  }
  [[nodiscard]] std::int32_t get(const Word& word) const {
    return word.varies ? get(word.slot) : word.constant;
  }
};

/// An SMMU in a state that changes.
struct Change {
  base::StateAccess& access;
  const Layout& layout;
  const Config& config;
  HwEvents& events;

  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access.get(slot); }
  void set(base::Slot slot, std::int32_t value) { access.set(slot, value); }
  void assume(Assumption assumption) { events.assumptions |= bit_of(assumption); }
  [[nodiscard]] View view() const { return {access.state(), layout, config, &access}; }
};

enum class WriteOutcome : std::uint8_t {
  kDone,
  kIgnored,    ///< read-only
  kUnclocked,  ///< without clock or power: Config::unclocked says what the CPU sees
};

}  // namespace quiesce::hwmodel::v2
