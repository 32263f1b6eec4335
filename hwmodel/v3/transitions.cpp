// The transitions of an SMMUv3: whether each is enabled, what it does, and what it is called.
#include <algorithm>
#include <string>
#include <string_view>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/configuration.hpp"
#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/kept_text.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint16_t kPageMask = (1U << kPageBits) - 1;

std::uint8_t bit_of_register(HwTransition transition) { return static_cast<std::uint8_t>(transition.field); }

Line line_of(HwTransition transition) { return static_cast<Line>(transition.field % kLines); }

bool enabled_of_registers(const View& smmu, HwTransition transition) {
  const Layout& layout = smmu.layout;
  const std::uint8_t field = bit_of_register(transition);
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return enabled_takes_effect(smmu, layout.cr0, field);
    case TransitionKind::kCr0Acknowledges:
      return enabled_acknowledges(smmu, layout.cr0, field);
    case TransitionKind::kIrqCtrlTakesEffect:
      return enabled_takes_effect(smmu, layout.irq_ctrl, field);
    case TransitionKind::kIrqCtrlAcknowledges:
      return enabled_acknowledges(smmu, layout.irq_ctrl, field);
    default:
      return smmu.get(layout.gbpa_update) != 0;
  }
}

bool enabled_of_streams(const View& smmu, HwTransition transition) {
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kStreamFollows:
      return enabled_stream_follows(smmu, number);
    case TransitionKind::kFetchesStructure:
      return enabled_fetch_unit(smmu, number);
    case TransitionKind::kDropsStructure:
      return enabled_drop_unit(smmu, number);
    case TransitionKind::kWalks:
      return WalksOfState(smmu).is_enabled(number);
    case TransitionKind::kDropsTranslation:
      return enabled_drop_entry(smmu, number);
    case TransitionKind::kIssues:
      return enabled_issue(smmu, number >> kPageBits, transition.field & kPageMask);
    case TransitionKind::kDecides:
      return enabled_decide(smmu, number);
    case TransitionKind::kLands:
      return enabled_land(smmu, number);
    case TransitionKind::kRecordsStall:
      return enabled_record_stall(smmu, number);
    case TransitionKind::kRetries:
      return enabled_retry(smmu, number);
    default:
      return enabled_answer(smmu, number);
  }
}

void fire_of_registers(Change& smmu, HwTransition transition) {
  const Layout& layout = smmu.layout;
  const std::uint8_t field = bit_of_register(transition);
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return fire_takes_effect(smmu, layout.cr0, field);
    case TransitionKind::kCr0Acknowledges:
      return fire_acknowledges(smmu, layout.cr0, field);
    case TransitionKind::kIrqCtrlTakesEffect:
      return fire_takes_effect(smmu, layout.irq_ctrl, field);
    case TransitionKind::kIrqCtrlAcknowledges:
      return fire_acknowledges(smmu, layout.irq_ctrl, field);
    default:
      return fire_gbpa_updates(smmu);
  }
}

void fire_of_streams(Change& smmu, HwTransition transition) {
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kStreamFollows:
      return fire_stream_follows(smmu, number);
    case TransitionKind::kFetchesStructure:
      return fire_fetch_unit(smmu, number);
    case TransitionKind::kDropsStructure:
      return fire_drop_unit(smmu, number);
    case TransitionKind::kWalks:
      return fire_walk(smmu, number);
    case TransitionKind::kDropsTranslation:
      return fire_drop_entry(smmu, number);
    case TransitionKind::kIssues:
      return fire_issue(smmu, number >> kPageBits, transition.field & kPageMask);
    case TransitionKind::kDecides:
      return fire_decide(smmu, number);
    case TransitionKind::kLands:
      return fire_land(smmu, number);
    case TransitionKind::kRecordsStall:
      return fire_record_stall(smmu, number);
    case TransitionKind::kRetries:
      return fire_retry(smmu, number);
    default:
      return fire_answer(smmu, number);
  }
}

std::string of_register(const char* reg, HwTransition transition, const char* what) {
  static constexpr std::array<std::string_view, 5> kCr0Fields{"SMMUEN", "PRIQEN", "EVENTQEN", "CMDQEN",
                                                              "ATSCHK"};
  static constexpr std::array<std::string_view, 3> kIrqFields{"GERROR_IRQEN", "PRIQ_IRQEN", "EVENTQ_IRQEN"};
  const bool cr0 = std::string_view(reg).starts_with("CR0");
  std::string_view field = "?";
  if (cr0 && transition.field < kCr0Fields.size()) field = kCr0Fields[transition.field];
  if (!cr0 && transition.field < kIrqFields.size()) field = kIrqFields[transition.field];
  return std::string(reg) + "." + std::string(field) + " " + what;
}

std::string name_of_source(const Layout& layout, std::size_t number) {
  if (number >= layout.streams.sources.size()) return "?";
  return layout.streams.sources[number].name;
}

unsigned name_of_first_page(const Layout& layout, std::size_t number) {
  return number < layout.streams.sources.size() ? layout.streams.sources[number].first_name : 0U;
}

std::string name_of_unit(const Layout& layout, std::size_t number) {
  if (number >= layout.streams.units.size()) return "?";
  return name_of_unit(layout.streams, layout.streams.units[number]);
}

std::string name_of_entry(const Layout& layout, std::size_t number) {
  if (number >= layout.streams.entries.size()) return "?";
  const auto& [table, page] = layout.streams.entries[number];
  return "page " + std::to_string(page) + " of " + layout.streams.tables[table].name;
}

std::string name_of_walk(const Layout& layout, std::size_t number) {
  if (number >= layout.streams.walks.size()) return "?";
  const WalkName& walk = layout.streams.walks[number];
  return (walk.stage2 ? "stage 2 of page " : "page ") + std::to_string(walk.page) + " for " +
         layout.streams.streams[walk.stream].name;
}

}  // namespace

bool is_environment(TransitionKind kind) {
  return kind == TransitionKind::kIssues || kind == TransitionKind::kDropsStructure ||
         kind == TransitionKind::kDropsTranslation || kind == TransitionKind::kRetries ||
         kind == TransitionKind::kFails || kind == TransitionKind::kAtcIsLost ||
         kind == TransitionKind::kEventqFails;
}

bool is_urgent(const std::byte* state, const Layout& layout, const CommandTable& commands,
               HwTransition transition) {
  if (is_environment(transition.kind)) return false;
  if (!is_of_streams(transition.kind) || transition.kind == TransitionKind::kStreamFollows) return true;
  if (transition.kind != TransitionKind::kLands) return false;
  const auto fetched = static_cast<std::uint8_t>(base::read_slot(state, layout.fetched));
  if (fetched == 0 || commands.at(fetched).opcode != Opcode::kSync) return false;
  return unpack_flight(base::read_slot(state, layout.streams.sources[transition.field].at)).awaited;
}

bool owes_traffic(const std::byte* state, const Layout& layout) {
  return std::any_of(layout.streams.sources.begin(), layout.streams.sources.end(), [&](const Source& source) {
    if ((source.on.varies ? base::read_slot(state, source.on.slot) : source.on.constant) != 0) return false;
    const Flight::Stage stage = unpack_flight(base::read_slot(state, source.at)).stage;
    return stage == Flight::Stage::kIssued || stage == Flight::Stage::kDecided ||
           stage == Flight::Stage::kTerminated;
  });
}

bool is_enabled(const std::byte* state, const Layout& layout, const Config& config,
                const CommandTable& commands, HwTransition transition) {
  const View smmu{state, layout, config};
  switch (transition.kind) {
    case TransitionKind::kCmdqFetch:
      return enabled_fetch(smmu);
    case TransitionKind::kCmdqFetchAborts:
      return enabled_fetch_aborts(smmu);
    case TransitionKind::kCmdqExecute:
      return enabled_execute(smmu, commands);
    case TransitionKind::kCmdqReportsError:
      return enabled_reports_error(smmu);
    case TransitionKind::kSyncMsiLands:
      return enabled_msi_lands(smmu);
    case TransitionKind::kSyncMsiAborts:
      return enabled_msi_aborts(smmu);
    case TransitionKind::kAtcTimesOut:
      return enabled_atc_times_out(smmu, commands);
    case TransitionKind::kAtcIsLost:
      return enabled_atc_is_lost(smmu);
    case TransitionKind::kMessageLands:
      return enabled_message_lands(smmu, line_of(transition));
    case TransitionKind::kMessageAborts:
      return enabled_message_aborts(smmu, line_of(transition));
    case TransitionKind::kConsIsPublished:
      return enabled_publishes_cons(smmu);
    case TransitionKind::kEventqFails:
      return enabled_eventq_fails(smmu);
    case TransitionKind::kFails:
      return enabled_fails(smmu);
    default:
      break;
  }
  if (is_of_streams(transition.kind)) return enabled_of_streams(smmu, transition);
  return enabled_of_registers(smmu, transition);
}

void fire(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          HwTransition transition, HwEvents& events) {
  QUIESCE_ASSERT(is_enabled(state.state(), layout, config, commands, transition),
                 "a hardware transition fired that was not enabled");
  Change smmu{state, layout, config, commands, events};
  switch (transition.kind) {
    case TransitionKind::kCmdqFetch:
      return fire_fetch(smmu);
    case TransitionKind::kCmdqFetchAborts:
      return fire_fetch_aborts(smmu);
    case TransitionKind::kCmdqExecute:
      return fire_execute(smmu);
    case TransitionKind::kCmdqReportsError:
      return fire_reports_error(smmu);
    case TransitionKind::kSyncMsiLands:
      return fire_msi_lands(smmu);
    case TransitionKind::kSyncMsiAborts:
      return fire_msi_aborts(smmu);
    case TransitionKind::kAtcTimesOut:
      return fire_atc_times_out(smmu);
    case TransitionKind::kAtcIsLost:
      return fire_atc_is_lost(smmu);
    case TransitionKind::kMessageLands:
      return fire_message_lands(smmu, line_of(transition));
    case TransitionKind::kMessageAborts:
      return fire_message_aborts(smmu, line_of(transition));
    case TransitionKind::kConsIsPublished:
      return fire_publishes_cons(smmu);
    case TransitionKind::kEventqFails:
      return fire_eventq_fails(smmu);
    case TransitionKind::kFails:
      return fire_fails(smmu);
    default:
      break;
  }
  if (is_of_streams(transition.kind)) return fire_of_streams(smmu, transition);
  fire_of_registers(smmu, transition);
}

void send(base::StateAccess& state, const Layout& layout, const Config& config, const CommandTable& commands,
          std::size_t source) {
  HwEvents events;
  Change smmu{state, layout, config, commands, events};
  send_message(smmu, source);
}

std::string describe(const Layout& layout, HwTransition transition) {
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kCr0TakesEffect:
      return of_register("CR0", transition, "takes effect");
    case TransitionKind::kCr0Acknowledges:
      return of_register("CR0ACK", transition, "acknowledges");
    case TransitionKind::kIrqCtrlTakesEffect:
      return of_register("IRQ_CTRL", transition, "takes effect");
    case TransitionKind::kIrqCtrlAcknowledges:
      return of_register("IRQ_CTRLACK", transition, "acknowledges");
    case TransitionKind::kGbpaUpdates:
      return "GBPA takes effect";
    case TransitionKind::kCmdqFetch:
      return "fetches a command";
    case TransitionKind::kCmdqFetchAborts:
      return "fetching a command aborts";
    case TransitionKind::kCmdqExecute:
      return "executes it, CMDQ_CONS moves";
    case TransitionKind::kCmdqReportsError:
      return "GERROR.CMDQ_ERR shows the error";
    case TransitionKind::kSyncMsiLands:
      return "the CMD_SYNC's MSI lands";
    case TransitionKind::kSyncMsiAborts:
      return "the CMD_SYNC's MSI aborts";
    case TransitionKind::kAtcTimesOut:
      return "an ATC_INV before the CMD_SYNC has timed out";
    case TransitionKind::kAtcIsLost:
      return "an endpoint never answers an ATC_INV";
    case TransitionKind::kMessageLands:
      return "the message of " + std::string(kLineNames[static_cast<std::size_t>(line_of(transition))]) +
             " lands";
    case TransitionKind::kMessageAborts:
      return "the message of " + std::string(kLineNames[static_cast<std::size_t>(line_of(transition))]) +
             " aborts";
    case TransitionKind::kConsIsPublished:
      return "CMDQ_CONS shows what was consumed";
    case TransitionKind::kEventqFails:
      return "the event queue's memory is about to abort a write";
    case TransitionKind::kFails:
      return "enters service failure mode";
    case TransitionKind::kStreamFollows:
      return "SMMUEN takes effect for " +
             (number < layout.streams.streams.size() ? layout.streams.streams[number].name : "?");
    case TransitionKind::kFetchesStructure:
      return "copies " + name_of_unit(layout, number);
    case TransitionKind::kDropsStructure:
      return "drops its copy of " + name_of_unit(layout, number);
    case TransitionKind::kWalks:
      return "walks and fills the TLB: " + name_of_walk(layout, number);
    case TransitionKind::kDropsTranslation:
      return "drops the TLB entry of " + name_of_entry(layout, number);
    case TransitionKind::kIssues:
      return name_of_source(layout, number >> kPageBits) + " accesses its page " +
             std::to_string(name_of_first_page(layout, number >> kPageBits) + (transition.field & kPageMask));
    case TransitionKind::kDecides:
      return "decides about the access of " + name_of_source(layout, number);
    case TransitionKind::kLands:
      return "the access of " + name_of_source(layout, number) + " lands";
    case TransitionKind::kRecordsStall:
      return "records that " + name_of_source(layout, number) + " stalls";
    case TransitionKind::kRetries:
      return "tries the stalled access of " + name_of_source(layout, number) + " again";
    case TransitionKind::kAnswers:
      return "aborts the stalled access of " + name_of_source(layout, number);
  }
  return "";
}

Meets met_on_arrival(const base::StateAccess& state, const Layout& layout) {
  if ((state.get(layout.cr0.in_force) & kSmmuen) != 0) return Meets::kTranslation;
  return state.get(layout.gbpa_in_force) != 0 ? Meets::kAbort : Meets::kBypass;
}

std::optional<Meets> met_on_arrival(const base::StateAccess& state, const Layout& layout,
                                    const Config& config, std::size_t stream) {
  const View smmu{state.state(), layout, config, &state};
  const Stream& arrives_on = layout.streams.streams[stream];
  const auto configuration = configuration_of(smmu, arrives_on, -1);
  if (!configuration) return std::nullopt;
  if (configuration->walks) return Meets::kTranslation;
  const Outcome outcome = decide(configuration->transaction, situation_of(smmu, arrives_on),
                                 configuration->found, layout.streams.support);
  return outcome.answer == Answer::kBypass ? Meets::kBypass : Meets::kAbort;
}

}  // namespace quiesce::hwmodel::v3
