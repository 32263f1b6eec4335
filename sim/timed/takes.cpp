#include "sim/timed/takes.hpp"

#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::sim::timed {
namespace {

constexpr std::string_view kAssumed = "assumed, as an order of magnitude";

// PCIe: R. Neugebauer et al., "Understanding PCIe performance for end host networking", SIGCOMM 2018, figures
// 5 and 9. Switches: C. Li, C. Ding, K. Shen, "Quantifying the cost of context switch", ExpCS 2007. Commands:
// M. Malka, N. Amit, M. Ben-Yehuda, D. Tsafrir, "rIOMMU: efficient IOMMU for I/O devices that employ ring
// buffers", ASPLOS 2015, table 1.
constexpr std::array<TakesInfo, kTakesCount> kAll{{
    {Takes::kStep, "step", "100ns", "a step of kernel code: one shared access and the local work beside it",
     kAssumed},
    {Takes::kRegisterRead, "register_read", "500ns", "a read of an SMMU's register, there and back",
     kAssumed},
    {Takes::kRegisterWrite, "register_write", "100ns", "a write of an SMMU's register, as the CPU sees it",
     kAssumed},
    {Takes::kStore, "store", "{ exponential: 50ns }",
     "an entry of a store buffer reaches memory or a register", kAssumed},
    {Takes::kContextSwitch, "context_switch", "4us", "a CPU goes from one task to another, or out of idle",
     "Li, Ding, Shen 2007: 3.8 us"},
    {Takes::kWakeUp, "wake_up", "1us", "a task whose condition came true is made runnable", kAssumed},
    {Takes::kInterrupt, "interrupt", "1us..2us",
     "from an interrupt's cause to its handler, or between two CPUs", kAssumed},
    {Takes::kAcknowledge, "acknowledge", "{ exponential: 1us }",
     "what was written to an SMMU's register takes effect, and then is acknowledged", kAssumed},
    {Takes::kCommand, "command", "{ exponential: 350ns }",
     "an SMMU fetches or executes a command; a fetch and the execution of a CMD_SYNC make an invalidation",
     "Malka et al. 2015: 2,127 cycles for an invalidation"},
    {Takes::kAtcTimeout, "atc_timeout", "60s..90s", "an ATS invalidation that is not answered fails",
     "PCI Express Base Specification 5.0, 10.3.1: 1 minute, -0 % to +50 %"},
    {Takes::kMessage, "message", "{ exponential: 500ns }", "a message of an SMMU or a device reaches memory",
     "Neugebauer et al. 2018: 547 ns for a small access over PCIe"},
    {Takes::kStructure, "structure", "{ exponential: 300ns }", "an SMMU reads an STE, a CD or a descriptor",
     kAssumed},
    {Takes::kWalk, "walk", "{ exponential: 330ns }", "an SMMU walks a translation table",
     "Neugebauer et al. 2018: about 330 ns for a TLB miss"},
    {Takes::kTransaction, "transaction", "{ exponential: 550ns }",
     "a stage of a device's access: decided, landed, answered",
     "Neugebauer et al. 2018: 547 ns for a small access over PCIe"},
    {Takes::kTraffic, "traffic", "{ rate: 10000 }", "from one access that a device begins to the next",
     kAssumed},
    {Takes::kRare, "rare", "{ exponential: 1s }",
     "what need never happen: a copy is dropped, a fault of the hardware", kAssumed},
    {Takes::kRule, "rule", "{ exponential: 1ms }", "an enabled rule is carried out", kAssumed},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    if (kAll[i].takes != static_cast<Takes>(i)) return false;
  }
  return true;
}
static_assert(is_in_order());

Takes of_smmuv3(std::uint16_t which) {
  using hwmodel::v3::TransitionKind;
  switch (hwmodel::v3::decode_transition(which).kind) {
    case TransitionKind::kCr0TakesEffect:
    case TransitionKind::kCr0Acknowledges:
    case TransitionKind::kIrqCtrlTakesEffect:
    case TransitionKind::kIrqCtrlAcknowledges:
    case TransitionKind::kGbpaUpdates:
    case TransitionKind::kStreamFollows:
      return Takes::kAcknowledge;
    case TransitionKind::kCmdqFetch:
    case TransitionKind::kCmdqFetchAborts:
    case TransitionKind::kCmdqExecute:
    case TransitionKind::kCmdqReportsError:
    case TransitionKind::kConsIsPublished:
      return Takes::kCommand;
    case TransitionKind::kSyncMsiLands:
    case TransitionKind::kSyncMsiAborts:
    case TransitionKind::kMessageLands:
    case TransitionKind::kMessageAborts:
      return Takes::kMessage;
    case TransitionKind::kFetchesStructure:
      return Takes::kStructure;
    case TransitionKind::kWalks:
      return Takes::kWalk;
    case TransitionKind::kDecides:
    case TransitionKind::kLands:
    case TransitionKind::kRecordsStall:
    case TransitionKind::kAnswers:
      return Takes::kTransaction;
    case TransitionKind::kIssues:
      return Takes::kTraffic;
    case TransitionKind::kAtcTimesOut:
      return Takes::kAtcTimeout;
    case TransitionKind::kAtcIsLost:
    case TransitionKind::kEventqFails:
    case TransitionKind::kFails:
    case TransitionKind::kDropsStructure:
    case TransitionKind::kDropsTranslation:
    case TransitionKind::kRetries:
      return Takes::kRare;
  }
  return Takes::kRare;
}

Takes of_legacy_smmu(std::uint16_t which) {
  using hwmodel::v2::TransitionKind;
  switch (hwmodel::v2::decode_transition(which).kind) {
    case TransitionKind::kSyncCompletes:
      return Takes::kCommand;
    case TransitionKind::kWalks:
      return Takes::kWalk;
    case TransitionKind::kIssuesRead:
    case TransitionKind::kIssuesWrite:
      return Takes::kTraffic;
    case TransitionKind::kDecides:
    case TransitionKind::kLands:
    case TransitionKind::kAnswers:
      return Takes::kTransaction;
    case TransitionKind::kTbuDies:
    case TransitionKind::kDropsTranslation:
      return Takes::kRare;
  }
  return Takes::kRare;
}

bool reads_register(const Program& program, CodeId code) {
  for (auto at = static_cast<std::size_t>(code); program.code[at].op != Op::kEnd; ++at) {
    const Op op = program.code[at].op;
    if (op == Op::kRegister || op == Op::kLegacyRegister) return true;
  }
  return false;
}

}  // namespace

const std::array<TakesInfo, kTakesCount>& all_takes() { return kAll; }

Takes takes_of_step(const Program& program, Pc pc) {
  const Step& step = program.steps[pc];
  switch (step.verb) {
    case Verb::kWrite:
    case Verb::kWriteLegacy:
    case Verb::kReserveAndPublish:
      return Takes::kRegisterWrite;
    default:
      break;
  }
  for (const CodeId code : {step.value, step.value2}) {
    if (code != kNoCode && reads_register(program, code)) return Takes::kRegisterRead;
  }
  return Takes::kStep;
}

Takes takes_of_move(const System& system, Move move) {
  if (move.actor < system.cpu_actor(0))
    return move.choice == choice::kWake ? Takes::kWakeUp : Takes::kContextSwitch;
  if (move.actor < system.tick_actor(0)) {
    if (move.choice >= choice::kDrain) return Takes::kStore;
    return move.choice == choice::kStopperMoves ? Takes::kContextSwitch : Takes::kInterrupt;
  }
  if (move.actor == system.rules_actor()) return Takes::kRule;
  const auto smmu = static_cast<std::size_t>(move.actor - system.smmu_actor(0));
  return system.layout.is_legacy(smmu) ? of_legacy_smmu(move.choice) : of_smmuv3(move.choice);
}

std::size_t source_of(const System& system, Move move) {
  const auto smmu = static_cast<std::size_t>(move.actor - system.smmu_actor(0));
  return system.layout.is_legacy(smmu)
             ? hwmodel::v2::decode_transition(move.choice).field >> hwmodel::v2::kPageBits
             : hwmodel::v3::decode_transition(move.choice).field >> hwmodel::v3::kPageBits;
}

std::uint16_t first_access_of_source(const System& system, Move move) {
  const auto smmu = static_cast<std::size_t>(move.actor - system.smmu_actor(0));
  const std::size_t source = source_of(system, move);
  if (system.layout.is_legacy(smmu)) {
    return hwmodel::v2::encode({hwmodel::v2::TransitionKind::kIssuesRead,
                                static_cast<std::uint16_t>(source << hwmodel::v2::kPageBits)});
  }
  return hwmodel::v3::encode(
      {hwmodel::v3::TransitionKind::kIssues, static_cast<std::uint16_t>(source << hwmodel::v3::kPageBits)});
}

}  // namespace quiesce::sim::timed
