// What SMMUs keep beside their registers, in words: one claim each.
#include "hwmodel/v2/kept_text.hpp"

#include <gtest/gtest.h>

#include "hwmodel/v3/copies.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/kept_text.hpp"

namespace quiesce::hwmodel::kept_text_test {
namespace {

const std::vector<std::string> kFrames{"nic.frame0", "nic.frame1"};

/// One stream with a stage 2 table, and one source.
v3::Streams streams() {
  v3::Streams all;
  all.tables.resize(1);
  all.tables[0].name = "dom";
  all.streams.resize(1);
  all.streams[0].name = "nic";
  v3::Unit& first = all.streams[0].ste[0];
  first.bits = {1, 3, 2};
  first.count = 3;
  v3::Unit& last = all.streams[0].ste[3];
  last.bits = {6};
  last.count = 1;
  all.sources.resize(1);
  all.sources[0].name = "nic";
  return all;
}

TEST(KeptText, NamesTheWordsOfACopy) {
  const std::int32_t words = 1 | 5 << 1 | 2 << 4;
  const v3::UnitName first{0, v3::kOfSte, 0};
  EXPECT_EQ(v3::name_of_unit(streams(), first), "nic.STE[0]");
  EXPECT_EQ(v3::text_of_copy(streams(), first, words << v3::kCopyShift | v3::kPresent),
            "V=1 Config=5 S1CDMax=2");
  EXPECT_EQ(v3::text_of_copy(streams(), first, words << v3::kCopyShift | v3::kPresent | v3::kDoomed),
            "V=1 Config=5 S1CDMax=2, invalidated");
  EXPECT_EQ(v3::text_of_copy(streams(), first, 0), "none");
}

TEST(KeptText, NamesTablesAndNotTheirNumbers) {
  const v3::UnitName last{0, v3::kOfSte, 3};
  EXPECT_EQ(v3::text_of_copy(streams(), last, 1 << v3::kCopyShift | v3::kPresent), "S2TTB=dom");
  EXPECT_EQ(v3::text_of_copy(streams(), last, v3::kPresent), "S2TTB=none");
}

TEST(KeptText, SaysWhereATlbEntryLeads) {
  EXPECT_EQ(v3::text_of_entry(streams(), kFrames, 0), "none");
  EXPECT_EQ(v3::text_of_entry(streams(), kFrames, v3::pack_entry({2, 0, false})), "-> nic.frame1");
  EXPECT_EQ(v3::text_of_entry(streams(), kFrames, v3::pack_entry({1, 1, true})),
            "-> nic.frame0, VMID of dom, invalidated");
  EXPECT_EQ(v3::text_of_entry(streams(), kFrames, v3::pack_entry({3, 0, false})),
            "-> the interrupt controller");
}

TEST(KeptText, FollowsAnAccess) {
  v3::Flight flight;
  const auto text = [&] { return v3::text_of_flight(streams(), 0, kFrames, v3::pack(flight)); };
  EXPECT_EQ(text(), "none");
  flight.stage = v3::Flight::Stage::kIssued;
  flight.page = 1;
  EXPECT_EQ(text(), "page 1, issued");
  flight.stage = v3::Flight::Stage::kDecided;
  flight.frame = 1;
  flight.awaited = true;
  EXPECT_EQ(text(), "page 1, decided: -> nic.frame0, the next CMD_SYNC waits for it");
  flight.bypass = flight.by_gbpa = true;
  flight.awaited = false;
  EXPECT_EQ(text(), "page 1, decided: untranslated, by GBPA");
}

TEST(KeptText, NamesTheEventOfARecord) {
  v3::Record record;
  EXPECT_EQ(v3::text_of_record(streams(), v3::pack(record)), "");
  record.event = v3::Event::kFTranslation;
  record.page = 2;
  record.stall = true;
  EXPECT_EQ(v3::text_of_record(streams(), v3::pack(record)), "F_TRANSLATION, nic, page 2, stalls");
}

TEST(KeptText, OfALegacySmmuSaysWhyAnAccessIsNotTranslated) {
  v2::Flight flight;
  EXPECT_EQ(v2::text_of_flight(kFrames, v2::pack(flight)), "none");
  flight.stage = v2::Flight::Stage::kDecided;
  flight.by = v2::Bypass::kClientpd;
  flight.write = true;
  EXPECT_EQ(v2::text_of_flight(kFrames, v2::pack(flight)),
            "write of page 0, decided: untranslated, by sCR0.CLIENTPD");
  flight.by = v2::Bypass::kNone;
  flight.frame = 2;
  flight.write = false;
  EXPECT_EQ(v2::text_of_flight(kFrames, v2::pack(flight)), "read of page 0, decided: -> nic.frame1");
}

TEST(KeptText, OfALegacySmmuSaysHowFarATlbEntryIsInvalidated) {
  EXPECT_EQ(v2::text_of_entry(kFrames, 0), "none");
  EXPECT_EQ(v2::text_of_entry(kFrames, v2::pack(v2::Entry{1, v2::Invalidated::kInBank})),
            "-> nic.frame0, invalidated in its bank");
}

}  // namespace
}  // namespace quiesce::hwmodel::kept_text_test
