// The PRI queue, each rule with its section of IHI 0070G.b.
#include "hwmodel/v3/page_request_queue.hpp"

#include <gtest/gtest.h>

#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "smmu_fixture.hpp"

namespace quiesce::hwmodel::v3::page_request_queue_test {
namespace {

class PageRequests : public Smmu {
 protected:
  void SetUp() override {
    configure({.ats = true, .cr0_ack = Cr0Ack::kImmediate});
    static_cast<void>(write("CR0", kSmmuen | kCmdqen | kPriqen));
    static_cast<void>(write("IRQ_CTRL", kPriqIrqen));
  }
  PageRequest request(bool last = true, bool stop_marker = false) {
    events = {};
    Change smmu{*access, layout, config, commands, events};
    return request_page(smmu, last, stop_marker);
  }
};

// 8.1.
TEST_F(PageRequests, OneIsQueuedAndTellsSoftwareOnce) {
  EXPECT_EQ(request(), PageRequest::kQueued);
  EXPECT_EQ(events.pulses, bit_of(Line::kPriq));
  EXPECT_EQ(request(), PageRequest::kQueued);
  EXPECT_EQ(events.pulses, 0) << "the queue was not empty";
}

// 6.3.9.5, 8.2.
TEST_F(PageRequests, WithoutSmmuenTheyFailAlthoughPriqenStaysAcknowledged) {
  static_cast<void>(write("CR0", kCmdqen | kPriqen));
  EXPECT_EQ(read("CR0ACK") & kPriqen, kPriqen);
  EXPECT_EQ(request(), PageRequest::kFailure);
  EXPECT_EQ(request(true, true), PageRequest::kDropped) << "a Stop marker is not answered";
}

// 8.1, 6.3.97: the queue has two entries.
TEST_F(PageRequests, AFullQueueOverflowsOnceAndLastRequestsSucceed) {
  for (int i = 0; i < 2; ++i) static_cast<void>(request());
  EXPECT_EQ(request(true), PageRequest::kSuccess);
  EXPECT_LT(read("PRIQ_PROD"), 0) << "OVFLG";
  EXPECT_EQ(request(false), PageRequest::kDropped);
  EXPECT_LT(read("PRIQ_PROD"), 0);
}

// 8.1: unlike that of the event queue.
TEST_F(PageRequests, AnOverflowThatIsNotAcknowledgedKeepsTheQueueClosed) {
  for (int i = 0; i < 3; ++i) static_cast<void>(request());
  static_cast<void>(write("PRIQ_CONS", 2));
  EXPECT_EQ(request(), PageRequest::kSuccess) << "there is room";
  static_cast<void>(write("PRIQ_CONS", 2 | kOverflow));
  EXPECT_EQ(request(), PageRequest::kQueued);
}

// 8.2.
TEST_F(PageRequests, AnAbortedWriteMakesThemFailUntilItIsAcknowledged) {
  Change smmu{*access, layout, config, commands, events};
  raise_error(smmu, kPriqAbtErr);
  EXPECT_EQ(request(), PageRequest::kFailure);
  static_cast<void>(write("GERRORN", kPriqAbtErr));
  EXPECT_EQ(request(), PageRequest::kQueued);
}

// 6.3.97, 6.3.9.5.
TEST_F(PageRequests, ProdIsGuardedByPriqenAsItWasWritten) {
  EXPECT_EQ(write("PRIQ_PROD", 1), WriteOutcome::kIgnored);
  static_cast<void>(write("CR0", kCmdqen | kPriqen));
  EXPECT_EQ(write("PRIQ_PROD", 1), WriteOutcome::kIgnored) << "SMMUEN does not matter";
  static_cast<void>(write("CR0", kCmdqen));
  EXPECT_EQ(write("PRIQ_PROD", 1), WriteOutcome::kDone);
}

// 6.3.98.
TEST_F(PageRequests, ConsMustNotPassProd) { EXPECT_EQ(write("PRIQ_CONS", 1), WriteOutcome::kUnpredictable); }

}  // namespace
}  // namespace quiesce::hwmodel::v3::page_request_queue_test
