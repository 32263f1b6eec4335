// What is fixed about a legacy SMMU (SMMUv1, SMMUv2, MMU-500): how it is built and integrated, and which of
// the architecture's choices it makes.
//
// Spec: Arm System Memory Management Unit Architecture Specification, IHI 0062D.c (2016). What it leaves to
// the implementation is taken from the MMU-500 (Arm DDI 0517; Intel Agilex 7 and Stratix 10 Hard Processor
// System, 683567 and 683222: "HPS"; AMD UG1087: "UG1087"), and what none of them says is an assumption
// (assumptions.hpp) that verdicts name.
#pragma once

#include <cstdint>

namespace quiesce::hwmodel::v2 {

/// What becomes of a TLB sync. Linux v6.18 arm-smmu.c __arm_smmu_tlb_sync(): "SMMU may be deadlocked".
enum class TlbSync : std::uint8_t {
  kCompletes,  ///< once accesses that used what was invalidated have landed
  kMayHang,    ///< fault knob: a TBU may lose power for good, and then none completes
  kNever,      ///< fault knob: a TBU has none
};

/// What a register access without clock or power ends in.
enum class Unclocked : std::uint8_t {
  kExternalAbort,  ///< a synchronous external abort; SError of a write that was acknowledged early
  kSerror,         ///< an asynchronous one in any case
  kBusHang,        ///< the CPU never gets an answer
  kIgnored,        ///< the bus answers: reads are 0, writes are lost
};

/// What transactions meet while the SMMU has no clock or no power.
enum class OffTraffic : std::uint8_t {
  kClientpdDecides,  ///< with sCR0.CLIENTPD they pass, without they wait
  kWaits,            ///< all wait
};

struct Config {
  unsigned context_banks = 2;             ///< ID1.NUMCB, at most kContextBanksMax
  unsigned mapping_groups = 2;            ///< ID0.NUMSMRG, at most kMappingGroupsMax
  bool stream_matching = true;            ///< ID0.SMS; without it the StreamID is the number of its S2CR
  bool mmu500 = true;                     ///< of sCR0, what MMU-500 fixes is fixed
  bool clocks = true;                     ///< the driver has clocks to switch (num_clks > 0)
  bool power_domain = true;               ///< the SMMU can lose power
  bool retains_state = false;             ///< registers and TLB survive that
  bool evictions = true;                  ///< TLB entries are dropped at any time
  bool stalled_status_interrupts = true;  ///< FSR.SS alone asserts the bank's interrupt (Spec: 3.6.3)
  TlbSync tlb_sync = TlbSync::kCompletes;
  Unclocked unclocked = Unclocked::kExternalAbort;
  /// Writes are acknowledged before they arrive: memory of type Device-nGnRE, as ioremap() maps registers.
  // Linux v6.18 arch/arm64/include/asm/io.h ioremap(): PROT_DEVICE_nGnRE. Spec: Arm DDI 0487, B2.7.2 (Device
  // memory attributes, E: Early Write Acknowledgement).
  bool early_write_ack = true;
  OffTraffic off_traffic = OffTraffic::kClientpdDecides;
};

inline constexpr unsigned kContextBanksMax = 31;
inline constexpr unsigned kMappingGroupsMax = 255;

/// One number for everything in the configuration that decides behaviour.
[[nodiscard]] constexpr std::uint64_t fingerprint(const Config& config) {
  std::uint64_t number = 0;
  const auto add = [&number](std::uint64_t value, std::uint64_t values) { number = number * values + value; };
  add(config.context_banks, kContextBanksMax + 1);
  add(config.mapping_groups, kMappingGroupsMax + 1);
  add(static_cast<std::uint64_t>(config.tlb_sync), 3);
  add(static_cast<std::uint64_t>(config.unclocked), 4);
  add(static_cast<std::uint64_t>(config.off_traffic), 2);
  for (const bool flag :
       {config.stream_matching, config.mmu500, config.clocks, config.power_domain, config.retains_state,
        config.evictions, config.stalled_status_interrupts, config.early_write_ack}) {
    add(flag ? 1 : 0, 2);
  }
  return number;
}

}  // namespace quiesce::hwmodel::v2
