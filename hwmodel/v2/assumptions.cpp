#include "hwmodel/v2/assumptions.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

constexpr AssumptionText kAtOnce{
    Assumption::kWritesAtOnce, "writes-at-once",
    "an access is decided by registers as they are at one instant, and no TLB entry keeps that it bypassed",
    "IHI 0062D.c, 5.1: an update of one register is atomic; against it Linux v6.18 arm-smmu-impl.c "
    "arm_mmu500_reset(): SMTNMB_TLBEN, S2CRB_TLBEN"};
constexpr AssumptionText kMayDie{
    Assumption::kDeadTbu, "dead-tbu", "a TBU may lose power for good, and then no TLB sync completes",
    "Linux v6.18 arm-smmu-qcom-debug.c qcom_smmu_tlb_sync_debug(): TBU power_status"};
constexpr AssumptionText kIsDead{
    Assumption::kDeadTbu, "dead-tbu", "a TBU has no power: no TLB sync completes",
    "Linux v6.18 arm-smmu-qcom-debug.c qcom_smmu_tlb_sync_debug(): TBU power_status"};
constexpr std::string_view kNoc =
    "\"iommu/arm-smmu: Use pm_runtime in fault handlers\" (2026-03-13): unclocked reads, NoC errors";
constexpr AssumptionText kAborts{
    Assumption::kUnclockedAccess, "unclocked-aborts",
    "without clock or power a read of a register ends in a synchronous external abort, a write in an SError",
    kNoc};
constexpr AssumptionText kAbortsBoth{
    Assumption::kUnclockedAccess, "unclocked-aborts",
    "a register access without clock or power ends in a synchronous external abort", kNoc};
constexpr AssumptionText kErrors{Assumption::kUnclockedAccess, "unclocked-serror",
                                 "a register access without clock or power ends in an SError", kNoc};
constexpr AssumptionText kHangs{Assumption::kUnclockedAccess, "unclocked-hangs",
                                "a register access without clock or power is never answered, and its CPU "
                                "hangs at once, also where it did not wait for the write",
                                kNoc};
constexpr AssumptionText kIgnores{Assumption::kUnclockedAccess, "unclocked-ignored",
                                  "without clock or power registers read 0 and writes are lost", kNoc};
constexpr AssumptionText kOffPasses{
    Assumption::kTrafficWhileOff, "off-traffic-by-clientpd",
    "without clock or power accesses pass if sCR0.CLIENTPD is set, as it is after a loss of power, and wait "
    "if "
    "not",
    "Linux v6.18 arm-smmu.c arm_smmu_device_shutdown() sets CLIENTPD, then switches the clocks off"};
constexpr AssumptionText kOffWaits{Assumption::kTrafficWhileOff, "off-traffic-waits",
                                   "without clock or power every access waits",
                                   "Linux v6.18 arm-smmu.c arm_smmu_runtime_suspend() drains nothing"};
constexpr AssumptionText kLoses{
    Assumption::kPowerLoss, "power-loss-resets",
    "without power registers and TLB are lost, and stalled accesses are aborted; what was decided lands all "
    "the "
    "same, and no interrupt is asserted",
    "Linux v6.18 arm-smmu.c arm_smmu_runtime_resume() writes every register anew"};
constexpr AssumptionText kRetains{
    Assumption::kPowerLoss, "power-loss-retains",
    "registers and TLB survive without power; what was decided lands, and no interrupt is asserted meanwhile",
    "Linux v6.18 arm-smmu.c arm_smmu_runtime_suspend() saves nothing"};

AssumptionText of_unclocked(const Config& config) {
  if (config.unclocked == Unclocked::kExternalAbort) return config.early_write_ack ? kAborts : kAbortsBoth;
  if (config.unclocked == Unclocked::kSerror) return kErrors;
  return config.unclocked == Unclocked::kBusHang ? kHangs : kIgnores;
}

}  // namespace

std::vector<AssumptionText> assumptions(const Config& config) {
  std::vector<const AssumptionText*> by_number(kAssumptions, nullptr);
  std::vector<AssumptionText> texts;
  const AssumptionText unclocked = of_unclocked(config);
  const auto add = [&](const AssumptionText& text) {
    by_number[static_cast<std::size_t>(text.assumption)] = &text;
  };
  add(kAtOnce);
  if (config.tlb_sync != TlbSync::kCompletes) add(config.tlb_sync == TlbSync::kMayHang ? kMayDie : kIsDead);
  if (config.clocks || config.power_domain) {
    add(unclocked);
    add(config.off_traffic == OffTraffic::kClientpdDecides ? kOffPasses : kOffWaits);
  }
  if (config.power_domain) add(config.retains_state ? kRetains : kLoses);
  for (const AssumptionText* text : by_number) {
    if (text != nullptr) texts.push_back(*text);
  }
  return texts;
}

}  // namespace quiesce::hwmodel::v2
