// A stream behind an SMMU of one's own.
#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "hwmodel/v3/event_queue.hpp"
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3 {

/// One device with two pages; its entry, its descriptor and its table can all be written.
class OneStream : public Smmu {
 protected:
  static constexpr std::int32_t kFrame = 7;

  Word varying(std::int32_t value) {
    const Word word{builder.add(base::Width::kU8), 0, true};
    initial.emplace_back(word.slot, value);
    return word;
  }
  static Unit unit_of(std::initializer_list<std::pair<Word, std::uint8_t>> words) {
    Unit unit;
    for (const auto& [word, bits] : words) {
      unit.words[unit.count] = word;
      unit.bits[unit.count++] = bits;
    }
    return unit;
  }
  void SetUp() override { set_up({}); }
  /// What a test has otherwise, before slots are given.
  virtual void prepare(Streams& /*all*/) {}
  void set_up(const Config& wanted) {
    config = wanted;
    config.cmdq_log2size = 3;
    config.cmdq_window = 8;
    config.evtq_log2size = 1;
    builder = {};
    initial.clear();
    layout = lay_out(builder, config);
    ste_v = varying(1);
    ste_config = varying(kSteS1);
    cd_epd0 = varying(0);
    cd_s = varying(0);
    ttb0 = varying(1);
    pte = varying(kFrame);
    on = varying(1);
    Streams& all = layout.streams;
    all.support.stalls = config.stalls;
    const Word yes{{}, 1, false};
    const Word zero;
    Stream stream;
    stream.ste = {unit_of({{ste_v, 1}, {ste_config, 3}, {zero, 3}}), unit_of({{zero, 2}, {zero, 2}}),
                  unit_of({{zero, 1}, {zero, 1}}), unit_of({{zero, 6}})};
    stream.cds.push_back(
        {{unit_of({{yes, 1}, {cd_epd0, 1}, {yes, 1}, {yes, 1}, {cd_s, 1}, {yes, 6}}), unit_of({{ttb0, 6}})}});
    all.streams.push_back(stream);
    all.tables.push_back({"table", {Page{pte, {}, false}, Page{{{}, kFrame + 1, false}, {}, false}}});
    Source dma;
    dma.name = "dma";
    dma.pages = 2;
    dma.on = on;
    dma.enabled = yes;
    all.sources.push_back(dma);
    prepare(all);
    lay_out_streams(builder, all);
    bytes.assign(builder.size(), std::byte{0});
    access.emplace(bytes.data(), undo);
    reset(*access, layout, config);
    enable(*access, layout, config, 0, 0);
    for (const auto& [slot, value] : initial) access->set(slot, value);
    cfgi = commands.intern({.opcode = Opcode::kCfgiSte, .stream = 0});
    cfgi_cd = commands.intern({.opcode = Opcode::kCfgiCd, .stream = 0, .ssid = 0});
    tlbi = commands.intern({.opcode = Opcode::kTlbiNhVa, .table = 0, .page = 0});
    other_tlbi = commands.intern({.opcode = Opcode::kTlbiNhVa, .table = 0, .page = 1});
    sync = commands.intern({Opcode::kSync, kSigSev, false});
  }
  void set_initial(const Word& word, std::int32_t value) {
    for (auto& [slot, initially] : initial) {
      if (slot == word.slot) initially = value;
    }
  }
  /// CR2 as a register of its own, which holds nothing.
  void lay_out_cr2() {
    const std::array cr2{Reg::kCr2};
    lay_out_programmed(builder, layout, cr2);
    bytes.resize(builder.size());
    access.emplace(bytes.data(), undo);
  }
  /// Looks at so many states, each transition of which reads what its footprint says.
  void expect_footprints(std::size_t states) {
    std::vector<std::vector<std::byte>> open{bytes};
    std::set<std::vector<std::byte>> seen{bytes};
    while (!open.empty() && seen.size() < states) {
      const std::vector<std::byte> before = open.back();
      open.pop_back();
      bytes = before;
      for (const HwTransition t : enabled()) {
        bytes = before;
        base::Footprint recorded;
        access.emplace(bytes.data(), undo, &recorded);
        fire_one(t.kind, t.field);
        const std::vector<base::Slot> allowed = footprint(layout, config, t.kind);
        for (const base::Slot slot : recorded.reads)
          EXPECT_NE(std::find(allowed.begin(), allowed.end(), slot), allowed.end()) << describe(layout, t);
        if (seen.insert(bytes).second) open.push_back(bytes);
      }
    }
    EXPECT_GT(seen.size(), 200U);
  }
  void set(const Word& word, std::int32_t value) { access->set(word.slot, value); }
  [[nodiscard]] Flight flight() { return unpack_flight(access->get(layout.streams.sources[0].at)); }
  /// Fetches whatever a transaction needs.
  void warm() {
    for (bool more = true; more;) {
      more = false;
      for (const HwTransition t : enabled()) {
        if (t.kind != TransitionKind::kFetchesStructure && t.kind != TransitionKind::kWalks) continue;
        fire_one(t.kind, t.field);
        more = true;
        break;
      }
    }
  }
  /// All commands, and nothing else.
  void run_queue() {
    while (can(TransitionKind::kCmdqFetch) || can(TransitionKind::kCmdqExecute)) run_commands();
  }
  void run_commands() {
    for (const TransitionKind kind : {TransitionKind::kCmdqFetch, TransitionKind::kCmdqExecute}) {
      if (can(kind)) fire_one(kind);
    }
  }
  void issue(std::uint16_t page = 0) { fire_one(TransitionKind::kIssues, page); }
  /// What becomes of an access to the page now.
  Flight access_page(std::uint16_t page = 0) {
    issue(page);
    warm();
    fire_one(TransitionKind::kDecides);
    return flight();
  }

  base::LayoutBuilder builder;
  std::vector<std::pair<base::Slot, std::int32_t>> initial;
  Word ste_v, ste_config, cd_epd0, cd_s, ttb0, pte, on;
  std::uint8_t cfgi = 0;
  std::uint8_t cfgi_cd = 0;
  std::uint8_t other_tlbi = 0;
};

}  // namespace quiesce::hwmodel::v3
