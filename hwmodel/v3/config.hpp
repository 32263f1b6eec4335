// What is fixed about an SMMUv3: how it is built and programmed, and which of the architecture's choices it
// makes.
#pragma once

#include <cstdint>

#include "hwmodel/v3/structures.hpp"

namespace quiesce::hwmodel::v3 {

/// When a write of CR0 or IRQ_CTRL takes effect and is acknowledged.
enum class Cr0Ack : std::uint8_t {
  kAny,        ///< each field by itself, some time later (Spec: 6.3.9, 6.3.16)
  kImmediate,  ///< within the write (QEMU 7.2 hw/arm/smmuv3.c smmu_writel)
  kNever,      ///< fault knob: the acknowledgement never comes
};

/// When commands are consumed.
enum class CmdqMode : std::uint8_t {
  kAsync,        ///< one command after the other, some time later (Spec: 4.1.2, 6.3.28)
  kSynchronous,  ///< within the write of CMDQ_PROD, CR0 or GERRORN (QEMU 7.2 hw/arm/smmuv3.c
                 ///< smmuv3_cmdq_consume)
};

/// Whose deviations from the architecture are to be shown; each names its source where it is made.
enum class Deviations : std::uint8_t { kNone, kQemu72 };

struct Config {
  unsigned cmdq_log2size = 8;  ///< CMDQ_BASE.LOG2SIZE as the driver programs it
  unsigned cmdq_window = 128;  ///< ring entries whose content the state keeps
  unsigned evtq_log2size = 7;  ///< EVENTQ_BASE.LOG2SIZE
  bool msi = false;            ///< IDR0.MSI, and the driver polls for the CMD_SYNC's message
  bool ats = false;            ///< IDR0.ATS; without it ATC_INV and PRI_RESP are no commands
  bool cmdq_aborts = false;    ///< fault knob: fetching a command may abort
  unsigned arch_minor = 2;     ///< AIDR[3:0]; from 2 on most illegal writes are ignored
  bool evictions = true;       ///< copies and TLB entries are dropped at any time (Spec: 3.21.3, 4.3)
  bool keeps_events = true;    ///< the event queue is looked at, so that it counts what is recorded
  StallModel stalls = StallModel::kTerminateOnly;  ///< IDR0.STALL_MODEL
  bool gbpa_abort_reset = false;  ///< GBPA.ABORT after reset is IMPLEMENTATION DEFINED (Spec: 6.3.14)
  Cr0Ack cr0_ack = Cr0Ack::kAny;
  CmdqMode cmdq = CmdqMode::kAsync;
  Deviations deviations = Deviations::kNone;
};

/// One number for everything in the configuration that decides behaviour.
[[nodiscard]] constexpr std::uint64_t fingerprint(const Config& config) {
  std::uint64_t number = 0;
  const auto add = [&number](std::uint64_t value, std::uint64_t values) { number = number * values + value; };
  add(config.cmdq_log2size, 20);
  add(config.cmdq_window, 1024);
  add(config.evtq_log2size, 20);
  add(config.arch_minor, 16);
  add(static_cast<std::uint64_t>(config.cr0_ack), 3);
  add(static_cast<std::uint64_t>(config.cmdq), 2);
  add(static_cast<std::uint64_t>(config.deviations), 2);
  add(static_cast<std::uint64_t>(config.stalls), 3);
  for (const bool flag : {config.msi, config.ats, config.cmdq_aborts, config.gbpa_abort_reset,
                          config.evictions, config.keeps_events}) {
    add(flag ? 1 : 0, 2);
  }
  return number;
}

}  // namespace quiesce::hwmodel::v3
