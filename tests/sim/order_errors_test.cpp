// Orders and barriers that mean nothing where they stand.
#include <gtest/gtest.h>

#include "tests/sim/mistake.hpp"

namespace quiesce::sim::order_errors_test {
namespace {

std::string mistake_in_step(const std::string& step) {
  return mistake(
      "machine: { cpus: 1, memory: buffered, store_buffer: 2, smmus: { smmu0: {} } }\n"
      "globals: { x: int 0..9 }\ntasks:\n  t:\n    run:\n      - " +
      step + "\n");
}

TEST(OrderErrors, AStoreIsRelaxedOrARelease) {
  const std::string text = mistake_in_step("{ set: x = 1, order: acquire }");
  EXPECT_TRUE(contains(text, "x.yaml:6:30: error: the order of this step is relaxed or release")) << text;
}

TEST(OrderErrors, ALoadIsRelaxedOrAnAcquire) {
  const std::string text = mistake_in_step("{ load: v = x, order: relase }");
  EXPECT_TRUE(contains(text, "the order of this step is relaxed or acquire")) << text;
}

TEST(OrderErrors, AReadModifyWriteHasAnyOrder) {
  const std::string text = mistake_in_step("{ set: x += 1, order: aquire }");
  EXPECT_TRUE(contains(text, "is relaxed or acquire or release or full")) << text;
  EXPECT_TRUE(contains(text, "did you mean 'acquire'?")) << text;
}

TEST(OrderErrors, ALocalHasNone) {
  const std::string text = mistake_in_step("atomic: [ { let: v = 1 } ]\n      - { let: w = 1 }\n" +
                                           std::string("      - { set: w = 2, order: release }"));
  EXPECT_TRUE(contains(text, "a local has no order: nobody else sees it")) << text;
}

TEST(OrderErrors, TheStepsOfABlockHaveThatOfTheBlock) {
  for (const std::string step :
       {"{ set: x = 1, order: release }", "{ write: smmu0.CR0 = 0, relaxed: true }"}) {
    const std::string text = mistake_in_step("atomic: [ " + step + " ]");
    EXPECT_TRUE(contains(text, "the steps of a block have the order of the block")) << text;
  }
}

TEST(OrderErrors, ARelaxedBlockTouchesMemoryAlone) {
  const std::string text = mistake_in_step("{ atomic: [ { write: smmu0.CR0 = 0 } ], order: relaxed }");
  EXPECT_TRUE(contains(text, "a relaxed block has no lists, registers and commands")) << text;
}

TEST(OrderErrors, CommandsThatTheStoreBufferCannotHoldAreRefused) {
  const std::string text = mistake_in_step("{ put_commands: smmu0 at 0, with: 'commands(TLBI_NH_VA, 3)' }");
  EXPECT_TRUE(contains(text, "the store buffer has no room for 3 commands at once")) << text;
  EXPECT_TRUE(contains(text, "make 'store_buffer' larger")) << text;
}

TEST(OrderErrors, WithoutBufferedStoresThereIsNoStoreBuffer) {
  const std::string text =
      mistake("machine: { cpus: 1, store_buffer: 2 }\ntasks: { t: { run: [ smp_mb ] } }\n");
  EXPECT_TRUE(contains(text, "x.yaml:1:35: error: 'store_buffer' needs 'memory: buffered'")) << text;
}

TEST(OrderErrors, BarriersAreNoStepsWhereMemoryIsSequentiallyConsistent) {
  const System system =
      compile(parse_document("quiesce: 1\nname: n\nmachine: { cpus: 1 }\nglobals: { x: bool }\n"
                             "tasks: { t: { run: [ dma_wmb, set: x = true, smp_wmb, smp_mb ] } }\n",
                             "x.yaml"));
  for (const Step& step : system.program.steps) {
    EXPECT_FALSE(step.verb >= Verb::kDmaWmb && step.verb <= Verb::kSmpMb) << info_of(step.verb).name;
  }
}

TEST(OrderErrors, ABarrierInAnAtomicBlockOrdersNothing) {
  const std::string text = mistake_in_step("atomic: [ smp_mb ]");
  EXPECT_TRUE(contains(text, "a barrier cannot stand in an 'atomic' block")) << text;
}

}  // namespace
}  // namespace quiesce::sim::order_errors_test
