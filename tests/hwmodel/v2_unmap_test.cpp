// Unmapping behind a legacy SMMU, in every interleaving with a device that goes on.
#include <set>

#include "v2_fixture.hpp"

namespace quiesce::hwmodel::v2::v2_unmap_test {
namespace {

/// A driver that unmaps a page, step by step, and a device that accesses it at any time.
class LegacyUnmap : public LegacySmmu {
 protected:
  static constexpr int kDone = 4;

  /// Whether the unmapped page is still reached after the driver was done.
  bool reaches_the_page_afterwards(bool invalidates, const char* sync, const char* status) {
    using State = std::pair<std::vector<std::byte>, int>;
    write("SMR", kOtherSid, 1);
    layout.traffic.sources.pop_back();
    std::vector<State> open{{bytes, 0}};
    std::set<State> seen{open.front()};
    bool reached = false;
    while (!open.empty()) {
      const State before = open.back();
      open.pop_back();
      const auto visit = [&](int step) {
        reached = reached || (step == kDone && events.landed && events.frame == kFrame);
        if (const State after{bytes, step}; seen.insert(after).second) open.push_back(after);
      };
      look_at(before.first);
      for (const HwTransition t : enabled()) {
        look_at(before.first);
        fire_one(t.kind, t.field);
        visit(before.second);
      }
      look_at(before.first);
      visit(driver_step(before.second, invalidates, sync, status));
    }
    EXPECT_GT(seen.size(), 200U);
    return reached;
  }
  void look_at(const std::vector<std::byte>& state) {
    bytes = state;
    access.emplace(bytes.data(), undo);
    events = {};
  }
  int driver_step(int step, bool invalidates, const char* sync, const char* status) {
    if (step == 0) set(pte, 0);
    if (step == 1 && invalidates) write("TLBIVA", tlbi_va(0, asid_of(0)));
    if (step == 2) write(sync, 0);
    if (step == 3 && read(status) != 0) return step;
    return std::min(step + 1, kDone);
  }
};

// Linux v6.18 arm-smmu.c arm_smmu_tlb_inv_range_s1(), arm_smmu_tlb_sync_context(),
// arm_smmu_tlb_sync_global().
TEST_F(LegacyUnmap, AfterInvalidationAndSyncNothingReachesThePage) {
  EXPECT_FALSE(reaches_the_page_afterwards(true, "TLBSYNC", "TLBSTATUS"));
  configure({});
  EXPECT_FALSE(reaches_the_page_afterwards(true, "sTLBGSYNC", "sTLBGSTATUS"));
}

TEST_F(LegacyUnmap, WithoutTheInvalidationSomethingDoes) {
  EXPECT_TRUE(reaches_the_page_afterwards(false, "TLBSYNC", "TLBSTATUS"));
}

// Linux v6.18 arm-smmu.c __arm_smmu_tlb_sync() returns nothing: callers go on after a timeout.
TEST_F(LegacyUnmap, AfterASyncThatTimedOutSomethingDoes) {
  EXPECT_TRUE(reaches_the_page_afterwards(true, "TLBSYNC", "sTLBGSTATUS")) << "as if polling had ended";
}

}  // namespace
}  // namespace quiesce::hwmodel::v2::v2_unmap_test
