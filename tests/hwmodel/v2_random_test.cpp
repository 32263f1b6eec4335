// Random register writes and accesses: what the SMMU makes of them step by step is what its decision table
// says of registers that are kept beside it.
#include <array>
#include <random>

#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_random_test {
namespace {

/// The registers as software knows them.
struct Shadow {
  std::int32_t cr0 = 0;
  std::int32_t gfsr = 0;
  std::array<std::int32_t, 3> smr{};
  std::array<std::int32_t, 3> s2cr{};
  std::array<std::int32_t, 2> cbar{};
  std::array<std::int32_t, 2> sctlr{};
  std::array<std::int32_t, 2> ttbr0{};
  std::array<std::int32_t, 2> tcr{};
  std::array<std::int32_t, 2> fsr{};
  std::int32_t pte = 0;
  bool clocked = true;
};

class LegacyAtRandom : public LegacySmmu {
 protected:
  void begin(unsigned seed) {
    random.seed(seed);
    Config wanted;
    wanted.mapping_groups = 3;
    wanted.mmu500 = one_of(2) != 0;
    wanted.stream_matching = one_of(4) != 0;
    wanted.off_traffic = static_cast<OffTraffic>(one_of(2));
    configure(wanted);
    for (Source& source : layout.traffic.sources) source.sid = static_cast<std::uint16_t>(one_of(4));
    shadow = {};
    shadow.cr0 = read("sCR0");
    shadow.pte = kFrame;
    for (std::size_t i = 0; i < 3; ++i) {
      shadow.smr[i] = read("SMR", i);
      shadow.s2cr[i] = read("S2CR", i);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      shadow.cbar[i] = read("CBAR", i);
      shadow.sctlr[i] = read("SCTLR", i);
      shadow.ttbr0[i] = read("TTBR0", i);
    }
    asserted_lines = 0;
  }
  std::int32_t one_of(std::int32_t choices) {
    return static_cast<std::int32_t>(random() % static_cast<unsigned>(choices));
  }
  /// Some of these bits.
  std::int32_t some_of(std::int32_t bits) { return static_cast<std::int32_t>(random()) & bits; }

  void put(const char* reg, std::int32_t value, std::int32_t& kept, std::size_t index = 0) {
    EXPECT_EQ(write(reg, value, index) == WriteOutcome::kUnclocked, !shadow.clocked);
    if (shadow.clocked) kept = value;
  }
  void put_cr0() {
    const std::int32_t usual = cr0::kGfre | cr0::kGfie | cr0::kGcfgfre | cr0::kGcfgfie | cr0::kUsfcfg;
    std::int32_t value = some_of(usual | cr0::kStalld | cr0::kGse | cr0::kSmcfcfg);
    if (one_of(4) == 0) value |= cr0::kClientpd;
    if (config.mmu500) value = (value & ~cr0::kFixedInMmu500) | cr0::kSmcfcfg;
    put("sCR0", value, shadow.cr0);
  }
  void put_group() {
    const auto group = static_cast<std::size_t>(one_of(3));
    const std::int32_t valid = one_of(4) != 0 ? smr::kValid : 0;
    if (config.stream_matching) put("SMR", valid | one_of(2) << 16 | one_of(4), shadow.smr[group], group);
    put("S2CR", (one_of(8) < 5 ? 0 : one_of(4)) << 16 | one_of(3), shadow.s2cr[group], group);
  }
  void put_bank() {
    const auto bank = static_cast<std::size_t>(one_of(2));
    put("CBAR", one_of(4) << 16, shadow.cbar[bank], bank);
    put("TTBR0", one_of(4), shadow.ttbr0[bank], bank);
    put("TCR", one_of(4) == 0 ? kEpd0 : 0, shadow.tcr[bank], bank);
    const std::int32_t on_or_off = one_of(4) != 0 ? sctlr::kM : 0;
    put("SCTLR", on_or_off | some_of(sctlr::kCfre | sctlr::kCfie | sctlr::kCfcfg | sctlr::kHupcf),
        shadow.sctlr[bank], bank);
  }
  void clear_faults() {
    const auto bank = static_cast<std::size_t>(one_of(2));
    put("sGFSR", -1, shadow.gfsr);
    follow_lines();
    static_cast<void>(write("FSR", -1, bank));
    if (shadow.clocked) {
      shadow.gfsr = 0;
      shadow.fsr[bank] &= fsr::kSs;
    }
    follow_lines();
    static_cast<void>(write("RESUME", one_of(2), bank));
    if (shadow.clocked) shadow.fsr[bank] &= ~fsr::kSs;
  }
  void switch_clocks() {
    if (shadow.clocked) {
      EXPECT_TRUE(disable_clocks(*access, layout));
    } else {
      enable_clocks(*access, layout);
    }
    shadow.clocked = !shadow.clocked;
  }
  void change_something() {
    events = {};
    switch (one_of(7)) {
      case 0:
        return put_cr0();
      case 1:
      case 2:
        return put_group();
      case 3:
        return put_bank();
      case 4:
        return clear_faults();
      case 5:
        shadow.pte = one_of(2) * kFrame;
        return set(pte, shadow.pte);
      default:
        return switch_clocks();
    }
  }
  void follow_lines() {
    asserted_lines = (asserted_lines | events.raised) & ~events.lowered;
    events.raised = events.lowered = 0;
  }

  [[nodiscard]] Found found_of(std::uint16_t sid, std::int32_t page, std::size_t& bank) const {
    Found found;
    std::vector<std::size_t> groups;
    for (std::size_t i = 0; i < 3; ++i) {
      const bool matches = config.stream_matching ? group_matches(shadow.smr[i], sid) : sid == i;
      if (matches) groups.push_back(i);
    }
    found.matches = groups.empty() ? Matches::kNone : groups.size() == 1 ? Matches::kOne : Matches::kSeveral;
    if (groups.empty()) return found;
    found.s2cr = shadow.s2cr[groups.front()];
    bank = s2cr::bank_of(found.s2cr);
    found.bank_exists = bank < 2;
    if (!found.bank_exists) return found;
    found.cbar = shadow.cbar[bank];
    found.sctlr = shadow.sctlr[bank];
    found.fsr = shadow.fsr[bank];
    found.walk = frame_of(bank, page) != 0 ? Walk::kTranslated : Walk::kTranslationFault;
    return found;
  }
  [[nodiscard]] std::int32_t frame_of(std::size_t bank, std::int32_t page) const {
    const std::int32_t frames[2][2] = {{shadow.pte, kFrame + 1}, {kFrame + 2, 0}};
    const bool walks = (shadow.tcr[bank] & kEpd0) == 0 && shadow.ttbr0[bank] >= 1 && shadow.ttbr0[bank] <= 2;
    return walks ? frames[shadow.ttbr0[bank] - 1][page] : 0;
  }
  [[nodiscard]] Situation situation() const {
    return {shadow.cr0, !shadow.clocked, ((shadow.fsr[0] | shadow.fsr[1]) & fsr::kSs) != 0};
  }
  void record(const Outcome& outcome, std::size_t bank) {
    if (outcome.global_fault != 0) shadow.gfsr |= shadow.gfsr != 0 ? kMulti : outcome.global_fault;
    if (outcome.context_fault == 0) return;
    shadow.fsr[bank] |= shadow.fsr[bank] != 0 ? kMulti : outcome.context_fault;
    if (outcome.answer == Answer::kStall) shadow.fsr[bank] |= fsr::kSs;
  }
  /// A TLB that holds what the tables say now.
  void refresh_tlb() {
    for (std::uint16_t i = 0; i < layout.traffic.entries.size(); ++i) {
      if (can(TransitionKind::kDropsTranslation, i)) fire_one(TransitionKind::kDropsTranslation, i);
    }
    warm();
  }
  /// The source's access meets what the table says, and ends.
  void check(std::uint16_t source) {
    if (flight(source).stage == Flight::Stage::kNone)
      issue(one_of(2) != 0, static_cast<std::uint16_t>(one_of(2)), source);
    if (can(TransitionKind::kAnswers, source)) return fire_one(TransitionKind::kAnswers, source);
    if (flight(source).stage != Flight::Stage::kIssued) return;
    refresh_tlb();
    std::size_t bank = 0;
    const Found found = found_of(layout.traffic.sources[source].sid, flight(source).page, bank);
    const Outcome outcome = decide(situation(), found, config);
    ++answers[static_cast<std::size_t>(outcome.answer)];
    ASSERT_EQ(can(TransitionKind::kDecides, source), outcome.answer != Answer::kWait);
    if (outcome.answer == Answer::kWait) return;
    const std::int32_t frame = outcome.answer == Answer::kTranslate ? frame_of(bank, flight(source).page) : 0;
    fire_one(TransitionKind::kDecides, source);
    record(outcome, bank);
    follow_lines();
    EXPECT_EQ(events.assumptions & outcome.assumptions, outcome.assumptions);
    const bool refused = outcome.answer == Answer::kAbort || outcome.answer == Answer::kRazWi;
    EXPECT_EQ(flight(source).stage == Flight::Stage::kNone, refused);
    EXPECT_EQ(flight(source).stage == Flight::Stage::kStalled, outcome.answer == Answer::kStall);
    if (!can(TransitionKind::kLands, source)) return;
    fire_one(TransitionKind::kLands, source);
    EXPECT_EQ(events.by, outcome.by);
    EXPECT_EQ(events.frame, frame);
  }
  void check_status() {
    for (std::size_t number = 0; number < lines_of(config); ++number) {
      const Line line{static_cast<std::uint8_t>(number)};
      EXPECT_EQ(asserted(line), (asserted_lines & bit_of(line)) != 0) << name_of(line);
    }
    if (!shadow.clocked) return;
    EXPECT_EQ(read("sGFSR"), shadow.gfsr);
    for (std::size_t bank = 0; bank < 2; ++bank) EXPECT_EQ(read("FSR", bank), shadow.fsr[bank]) << bank;
  }

  std::mt19937_64 random;
  Shadow shadow;
  std::uint32_t asserted_lines = 0;
  std::array<std::size_t, 6> answers{};
};

TEST_F(LegacyAtRandom, AccessesMeetWhatTheDecisionTableSays) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    begin(seed);
    for (int step = 0; step < 100 && !HasFailure(); ++step) {
      change_something();
      follow_lines();
      for (std::uint16_t source = 0; source < 2; ++source) check(source);
      check_status();
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  for (const std::size_t count : answers) EXPECT_GT(count, 100U);
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_random_test
