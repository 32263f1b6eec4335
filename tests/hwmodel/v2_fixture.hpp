// A legacy SMMU of one's own to write to and to watch, with a device behind it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hwmodel/v2/faults.hpp"
#include "hwmodel/v2/flights.hpp"
#include "hwmodel/v2/smmu.hpp"

namespace quiesce::hwmodel::v2 {

[[nodiscard]] inline bool all_within(const base::Footprint& recorded, const std::vector<base::Slot>& may) {
  const auto is_in = [&](base::Slot slot) { return std::find(may.begin(), may.end(), slot) != may.end(); };
  return std::all_of(recorded.reads.begin(), recorded.reads.end(), is_in) &&
         std::all_of(recorded.writes.begin(), recorded.writes.end(),
                     [&](const base::Write& write) { return is_in(write.slot); });
}

/// Two banks, two groups, two tables of two pages, and two devices that access them with StreamIDs 0x429 and
/// 0x42a. Device 0 is mapped to bank 0, device 1 to nothing.
class LegacySmmu : public ::testing::Test {
 protected:
  static constexpr std::uint16_t kSid = 0x429;
  static constexpr std::uint16_t kOtherSid = 0x42a;
  static constexpr std::int32_t kFrame = 7;
  static constexpr std::int32_t kUsualSctlr = sctlr::kM | sctlr::kCfre | sctlr::kCfie;

  void SetUp() override { configure({}); }
  void configure(const Config& wanted) {
    config = wanted;
    builder = {};
    layout = lay_out(builder, config);
    pte = varying();
    on = varying();
    const Word yes{{}, 1, false};
    Traffic& all = layout.traffic;
    all.tables = {{"first", {pte, Word{{}, kFrame + 1, false}}},
                  {"second", {Word{{}, kFrame + 2, false}, Word{}}}};
    all.sources = {Source{"dma", kSid, 0, 2, Direction::kBoth, on, yes, {}},
                   Source{"other", kOtherSid, 0, 2, Direction::kBoth, on, yes, {}}};
    lay_out_traffic(builder, all, config.context_banks);
    bytes.assign(builder.size(), std::byte{0});
    access.emplace(bytes.data(), undo);
    reset(*access, layout, config);
    enable(*access, layout, config, Unmatched::kFault);
    set(pte, kFrame);
    set(on, 1);
    map(0, kSid, s2cr::translate_to(0));
    for (std::size_t bank = 0; bank < config.context_banks; ++bank) start_bank(bank, kUsualSctlr);
  }
  Word varying() { return {builder.add(base::Width::kU8), 0, true}; }
  void set(const Word& word, std::int32_t value) { access->set(word.slot, value); }

  /// As arm_smmu_write_context_bank() does for stage 1; bank n walks table n + 1.
  void start_bank(std::size_t bank, std::int32_t sctlr) {
    write("CBAR", cbar::kStage1 << 16, bank);
    write("TTBR0", static_cast<std::int32_t>(bank) + 1, bank);
    write("SCTLR", sctlr, bank);
  }
  void map(std::size_t group, std::uint16_t sid, std::int32_t s2cr) {
    if (config.stream_matching) write("SMR", smr::kValid | sid, group);
    write("S2CR", s2cr, group);
  }
  WriteOutcome write(const char* reg, std::int32_t value, std::size_t index = 0) {
    events = {};
    return write_register(*access, layout, config, *find_register(reg), index, value, events);
  }
  std::int32_t read(const char* reg, std::size_t index = 0) {
    events = {};
    return read_register(*access, layout, config, *find_register(reg), index, events);
  }
  std::vector<HwTransition> enabled() {
    std::vector<HwTransition> all;
    for_each_enabled(bytes.data(), layout, config, [&](HwTransition t) { all.push_back(t); });
    return all;
  }
  [[nodiscard]] bool can(TransitionKind kind, std::uint16_t field = 0) {
    return is_enabled(bytes.data(), layout, config, {kind, field});
  }
  void fire_one(TransitionKind kind, std::uint16_t field = 0) {
    events = {};
    fire(*access, layout, config, {kind, field}, events);
  }
  [[nodiscard]] Flight flight(std::size_t source = 0) {
    return unpack_flight(access->get(layout.traffic.sources[source].at));
  }
  /// Fills the TLB with whatever can be walked.
  void warm() {
    for (std::uint16_t walk = 0; walk < layout.traffic.walks.size(); ++walk) {
      if (can(TransitionKind::kWalks, walk)) fire_one(TransitionKind::kWalks, walk);
    }
  }
  void issue(bool is_write = false, std::uint16_t page = 0, std::uint16_t source = 0) {
    fire_one(is_write ? TransitionKind::kIssuesWrite : TransitionKind::kIssuesRead,
             static_cast<std::uint16_t>(source << kPageBits | page));
  }
  /// What becomes of an access to the page now.
  Flight access_page(bool is_write = false, std::uint16_t page = 0, std::uint16_t source = 0) {
    issue(is_write, page, source);
    warm();
    fire_one(TransitionKind::kDecides, source);
    return flight(source);
  }
  /// What a client is answered whose access arrives now, and finds no mapping if it is walked for.
  [[nodiscard]] Answer answer_now(std::uint16_t sid = kSid) {
    Circumstances now = circumstances_of({bytes.data(), layout, config}, sid);
    now.found.walk = Walk::kTranslationFault;
    return decide(now.situation, now.found, config).answer;
  }
  [[nodiscard]] bool asserted(Line line) { return is_asserted(*access, layout, config, line); }
  [[nodiscard]] bool assumed(Assumption assumption) const {
    return (events.assumptions & bit_of(assumption)) != 0;
  }

  Config config;
  Layout layout;
  base::LayoutBuilder builder;
  Word pte, on;
  HwEvents events;  ///< of the last register access or transition
  std::vector<std::byte> bytes;
  std::vector<base::Write> undo;
  std::optional<base::StateAccess> access;
};

}  // namespace quiesce::hwmodel::v2
