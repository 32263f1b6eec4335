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

/// Fault knob: what may become of an ATC_INV that an endpoint does not answer. Spec: 3.9.1.4, 7.1.
enum class AtcTimeouts : std::uint8_t {
  kNever,  ///< every endpoint answers
  kError,  ///< the CMD_SYNC behind it may stop the queue with CERROR_ATC_INV_SYNC
  kHang,   ///< the CMD_SYNC behind it may never complete
};

/// Fault knob: how a write of an event record may abort. Spec: 7.2.2.
enum class EventqAborts : std::uint8_t {
  kNever,
  kSync,   ///< the record is lost, and EVENTQ_PROD says so
  kAsync,  ///< EVENTQ_PROD counts it, and nothing in the queue is to be believed
};

/// When CMDQ_CONS shows that a command was consumed. Spec: 6.3.28.
enum class ConsUpdates : std::uint8_t {
  kEach,     ///< at once
  kBatched,  ///< some time later, several at a time
};

struct Config {
  unsigned cmdq_log2size = 8;  ///< CMDQ_BASE.LOG2SIZE as the driver programs it
  unsigned cmdq_window = 128;  ///< ring entries whose content the state keeps
  unsigned evtq_log2size = 7;  ///< EVENTQ_BASE.LOG2SIZE
  bool msi = false;            ///< IDR0.MSI, and the driver polls for the CMD_SYNC's message
  bool ats = false;            ///< IDR0.ATS; without it ATC_INV and PRI_RESP are no commands
  bool cmdq_aborts = false;    ///< fault knob: fetching a command may abort
  AtcTimeouts atc_timeouts = AtcTimeouts::kNever;
  bool interrupt_messages = false;    ///< GERROR, EVENTQ and PRIQ interrupt by messages, which take time
  bool messages_abort = false;        ///< fault knob: messages of the SMMU may abort
  bool service_failure_mode = false;  ///< fault knob: the SMMU may fail for good (Spec: 12.3)
  unsigned priq_log2size = 3;         ///< PRIQ_BASE.LOG2SIZE
  unsigned arch_minor = 2;            ///< AIDR[3:0]; from 2 on most illegal writes are ignored
  bool evictions = true;              ///< copies and TLB entries are dropped at any time (Spec: 3.21.3, 4.3)
  bool keeps_events = true;           ///< the event queue is looked at, so that it counts what is recorded
  StallModel stalls = StallModel::kTerminateOnly;  ///< IDR0.STALL_MODEL
  StreamTableFormat stream_table =
      StreamTableFormat::kLinear;  ///< STRTAB_BASE_CFG.FMT, as the driver programs it
  unsigned stream_log2size = 16;   ///< STRTAB_BASE_CFG.LOG2SIZE
  unsigned stream_split = 8;       ///< STRTAB_BASE_CFG.SPLIT
  EventqAborts eventq_aborts = EventqAborts::kNever;
  ConsUpdates cons_updates = ConsUpdates::kEach;
  bool event_records = false;     ///< the state keeps what event records say
  bool gbpa_abort_reset = false;  ///< GBPA.ABORT after reset is IMPLEMENTATION DEFINED (Spec: 6.3.14)
  Cr0Ack cr0_ack = Cr0Ack::kAny;
  CmdqMode cmdq = CmdqMode::kAsync;
  Deviations deviations = Deviations::kNone;
};

/// One number for everything in the configuration that decides behaviour.
[[nodiscard]] constexpr std::uint64_t fingerprint(const Config& config) {
  std::uint64_t number = 0;
  std::uint64_t more = 0;
  const auto add = [&number](std::uint64_t value, std::uint64_t values) { number = number * values + value; };
  const auto add_more = [&more](std::uint64_t value, std::uint64_t values) { more = more * values + value; };
  add(config.cmdq_log2size, 20);
  add(config.cmdq_window, 1024);
  add(config.evtq_log2size, 20);
  add(config.arch_minor, 16);
  add(static_cast<std::uint64_t>(config.cr0_ack), 3);
  add(static_cast<std::uint64_t>(config.cmdq), 2);
  add(static_cast<std::uint64_t>(config.deviations), 2);
  add(static_cast<std::uint64_t>(config.stalls), 3);
  add(static_cast<std::uint64_t>(config.atc_timeouts), 3);
  add(config.priq_log2size, 20);
  for (const bool flag :
       {config.msi, config.ats, config.cmdq_aborts, config.gbpa_abort_reset, config.evictions,
        config.keeps_events, config.interrupt_messages, config.messages_abort, config.service_failure_mode}) {
    add(flag ? 1 : 0, 2);
  }
  add_more(static_cast<std::uint64_t>(config.stream_table), 2);
  add_more(config.stream_log2size, 64);
  add_more(config.stream_split, 32);
  add_more(static_cast<std::uint64_t>(config.eventq_aborts), 3);
  add_more(static_cast<std::uint64_t>(config.cons_updates), 2);
  add_more(config.event_records ? 1 : 0, 2);
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
  return number ^ (more * kSpread);
}

}  // namespace quiesce::hwmodel::v3
