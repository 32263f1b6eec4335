// What a variant changes, in words: one claim each.
#include "sim/variant_changes.hpp"

#include <gtest/gtest.h>

namespace quiesce::sim::variant_changes_test {
namespace {

using Lines = std::vector<std::string>;

Lines changes(const std::string& overlay) {
  return variant_changes(parse_document(R"(
quiesce: 1
name: test
machine: { cpus: 2, smmus: { smmu0: { cmdq_entries: 8 } } }
routines: { r: [set: x = 1] }
variants:
  v: )" + overlay + "\n",
                                        "test.yaml"),
                         "v");
}

TEST(VariantChanges, NamePatches) {
  EXPECT_EQ(changes("{ patches: [linux/patches/p, linux/patches/q] }"),
            (Lines{"patches: linux/patches/p", "patches: linux/patches/q"}));
}

TEST(VariantChanges, NameValuesByTheirPath) {
  EXPECT_EQ(changes("{ machine: { preemption: full, smmus: { smmu0: { cmdq_entries: 16 } } } }"),
            (Lines{"machine.preemption: full", "machine.smmus.smmu0.cmdq_entries: 16"}));
}

TEST(VariantChanges, SayWhatIsAddedAndWhatIsRemoved) {
  EXPECT_EQ(changes("{ tasks: { w: { run: [exit] } }, machine: { cpus: null } }"),
            (Lines{"tasks.w: added", "machine.cpus: removed"}));
}

TEST(VariantChanges, SayWhatAnEditDoes) {
  EXPECT_EQ(changes("{ edits: [{ in: r, after: unmapped, insert: [cond_resched, { set: x = 2 }] }, "
                    "{ in: r, delete: l }] }"),
            (Lines{"edits: in r after unmapped insert cond_resched; set x = 2", "edits: in r delete l"}));
}

TEST(VariantChanges, ShowTheStepsOfARoutineThatIsReplaced) {
  EXPECT_EQ(changes("{ routines: { r: [set: x = 2, exit] } }"), (Lines{"routines.r: set x = 2; exit"}));
}

TEST(VariantChanges, LeaveOutWhatIsOnlyExpected) {
  EXPECT_EQ(changes("{ reason: why, expect: { deadlock: violated } }"), Lines{});
}

TEST(VariantChanges, AreNoneWithoutVariants) {
  const Node scenario = parse_document("quiesce: 1\nname: test\n", "test.yaml");
  EXPECT_EQ(variant_changes(scenario, "default"), Lines{});
  EXPECT_EQ(variant_reason(scenario, "default"), "");
}

TEST(VariantChanges, KeepTheReason) {
  const Node scenario = parse_document(
      "quiesce: 1\nname: test\nvariants: { v: { reason: as it was proposed } }\n", "test.yaml");
  EXPECT_EQ(variant_reason(scenario, "v"), "as it was proposed");
}

}  // namespace
}  // namespace quiesce::sim::variant_changes_test
