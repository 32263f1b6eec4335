// What the model of the legacy SMMU assumes is listed, once each, as the configuration words it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "hwmodel/v2/assumptions.hpp"

namespace quiesce::hwmodel::v2::v2_assumptions_test {
namespace {

bool lists(const Config& config, std::string_view id) {
  const std::vector<AssumptionText> all = assumptions(config);
  return std::any_of(all.begin(), all.end(), [&](const AssumptionText& text) { return text.id == id; });
}

TEST(LegacyAssumptions, EachIsListedOnceWithASentenceAndASource) {
  const std::vector<AssumptionText> all = assumptions({.tlb_sync = TlbSync::kMayHang});
  std::set<std::string_view> ids;
  for (const AssumptionText& text : all) {
    EXPECT_TRUE(ids.insert(text.id).second) << text.id;
    EXPECT_FALSE(text.says.empty() || text.source.empty()) << text.id;
  }
  EXPECT_EQ(all.size(), kAssumptions);
  EXPECT_TRUE(
      std::is_sorted(all.begin(), all.end(), [](const AssumptionText& left, const AssumptionText& right) {
        return left.assumption < right.assumption;
      }));
}

TEST(LegacyAssumptions, KnobsWordThem) {
  EXPECT_TRUE(lists({}, "writes-at-once"));
  EXPECT_TRUE(lists({}, "unclocked-aborts"));
  EXPECT_TRUE(lists({.early_write_ack = false}, "unclocked-aborts"));
  EXPECT_TRUE(lists({.unclocked = Unclocked::kBusHang}, "unclocked-hangs"));
  EXPECT_TRUE(lists({.unclocked = Unclocked::kIgnored}, "unclocked-ignored"));
  EXPECT_TRUE(lists({}, "off-traffic-by-clientpd"));
  EXPECT_TRUE(lists({.off_traffic = OffTraffic::kWaits}, "off-traffic-waits"));
  EXPECT_TRUE(lists({}, "power-loss-resets"));
  EXPECT_TRUE(lists({.retains_state = true}, "power-loss-retains"));
  EXPECT_TRUE(lists({.tlb_sync = TlbSync::kNever}, "dead-tbu"));
}

TEST(LegacyAssumptions, WhatCannotHappenIsNotAmongThem) {
  EXPECT_FALSE(lists({}, "dead-tbu"));
  EXPECT_FALSE(lists({.power_domain = false}, "power-loss-resets"));
  EXPECT_TRUE(lists({.power_domain = false}, "unclocked-aborts"));
  EXPECT_FALSE(lists({.clocks = false, .power_domain = false}, "unclocked-aborts"));
}

TEST(LegacyConfig, EveryKnobIsPartOfItsFingerprint) {
  const std::vector<Config> all{{},
                                {.context_banks = 3},
                                {.mapping_groups = 3},
                                {.stream_matching = false},
                                {.mmu500 = false},
                                {.clocks = false},
                                {.power_domain = false},
                                {.retains_state = true},
                                {.evictions = false},
                                {.stalled_status_interrupts = false},
                                {.tlb_sync = TlbSync::kMayHang},
                                {.tlb_sync = TlbSync::kNever},
                                {.unclocked = Unclocked::kBusHang},
                                {.unclocked = Unclocked::kIgnored},
                                {.off_traffic = OffTraffic::kWaits}};
  std::set<std::uint64_t> numbers;
  for (const Config& config : all) numbers.insert(fingerprint(config));
  EXPECT_EQ(numbers.size(), all.size());
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_assumptions_test
