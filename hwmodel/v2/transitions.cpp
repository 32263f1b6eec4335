// The transitions of a legacy SMMU: whether each is enabled, what it does, and what it is called.
#include <string>

#include "hwmodel/v2/flights.hpp"
#include "hwmodel/v2/smmu.hpp"
#include "hwmodel/v2/tlb.hpp"

namespace quiesce::hwmodel::v2 {
namespace {

constexpr std::uint16_t kPageMask = (1U << kPageBits) - 1;

Scope scope_of(HwTransition transition) { return {static_cast<std::uint8_t>(transition.field)}; }

std::size_t source_of_issue(HwTransition transition) { return transition.field >> kPageBits; }
std::int32_t page_of_issue(HwTransition transition) { return transition.field & kPageMask; }

std::string name_of_source(const Layout& layout, std::size_t number) {
  return number < layout.traffic.sources.size() ? layout.traffic.sources[number].name : "?";
}

std::string name_of_entry(const Layout& layout, std::size_t number) {
  const Traffic& all = layout.traffic;
  if (number >= all.entries.size()) return "?";
  return "page " + std::to_string(number % all.pages) + " in bank " + std::to_string(number / all.pages);
}

std::string name_of_walk(const Layout& layout, std::size_t number) {
  return number < layout.traffic.walks.size() ? name_of_entry(layout, layout.traffic.walks[number]) : "?";
}

std::string name_of_sync(HwTransition transition) {
  return transition.field == 0 ? "the global TLB sync"
                               : "the TLB sync of bank " + std::to_string(transition.field - 1);
}

std::string name_of_issue(const Layout& layout, HwTransition transition) {
  const bool write = transition.kind == TransitionKind::kIssuesWrite;
  return name_of_source(layout, source_of_issue(transition)) + (write ? " writes" : " reads") + " its page " +
         std::to_string(page_of_issue(transition));
}

}  // namespace

bool is_environment(TransitionKind kind) {
  return kind == TransitionKind::kIssuesRead || kind == TransitionKind::kIssuesWrite ||
         kind == TransitionKind::kDropsTranslation || kind == TransitionKind::kTbuDies;
}

bool is_urgent(const std::byte* state, const Layout& layout, const Config& config, HwTransition transition) {
  if (is_environment(transition.kind)) return false;
  if (!is_of_streams(transition.kind)) return true;
  if (transition.kind != TransitionKind::kLands) return false;
  const View smmu{state, layout, config};
  return syncs_complete(smmu) && flight_of(smmu, transition.field).invalidated == Invalidated::kSynced;
}

bool owes_traffic(const std::byte* state, const Layout& layout, const Config& config) {
  const View smmu{state, layout, config};
  for (std::size_t number = 0; number < layout.traffic.sources.size(); ++number) {
    if (smmu.get(layout.traffic.sources[number].on) != 0) continue;
    if (enabled_land(smmu, number) || will_be_decided(smmu, number) || enabled_answer(smmu, number))
      return true;
  }
  return false;
}

bool is_enabled(const std::byte* state, const Layout& layout, const Config& config, HwTransition transition) {
  const View smmu{state, layout, config};
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kSyncCompletes:
      return enabled_sync_completes(smmu, scope_of(transition));
    case TransitionKind::kTbuDies:
      return enabled_tbu_dies(smmu);
    case TransitionKind::kWalks:
      return enabled_walk(smmu, number);
    case TransitionKind::kDropsTranslation:
      return enabled_drop_entry(smmu, number);
    case TransitionKind::kIssuesRead:
      return enabled_issue(smmu, source_of_issue(transition), page_of_issue(transition), false);
    case TransitionKind::kIssuesWrite:
      return enabled_issue(smmu, source_of_issue(transition), page_of_issue(transition), true);
    case TransitionKind::kDecides:
      return enabled_decide(smmu, number);
    case TransitionKind::kLands:
      return enabled_land(smmu, number);
    case TransitionKind::kAnswers:
      return enabled_answer(smmu, number);
  }
  return false;
}

void fire(base::StateAccess& state, const Layout& layout, const Config& config, HwTransition transition,
          HwEvents& events) {
  QUIESCE_ASSERT(is_enabled(state.state(), layout, config, transition),
                 "a hardware transition fired that was not enabled");
  Change smmu{state, layout, config, events};
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kSyncCompletes:
      return fire_sync_completes(smmu, scope_of(transition));
    case TransitionKind::kTbuDies:
      return fire_tbu_dies(smmu);
    case TransitionKind::kWalks:
      return fire_walk(smmu, number);
    case TransitionKind::kDropsTranslation:
      return fire_drop_entry(smmu, number);
    case TransitionKind::kIssuesRead:
      return fire_issue(smmu, source_of_issue(transition), page_of_issue(transition), false);
    case TransitionKind::kIssuesWrite:
      return fire_issue(smmu, source_of_issue(transition), page_of_issue(transition), true);
    case TransitionKind::kDecides:
      return fire_decide(smmu, number);
    case TransitionKind::kLands:
      return fire_land(smmu, number);
    case TransitionKind::kAnswers:
      return fire_answer(smmu, number);
  }
}

std::string describe(const Layout& layout, HwTransition transition) {
  const std::size_t number = transition.field;
  switch (transition.kind) {
    case TransitionKind::kSyncCompletes:
      return name_of_sync(transition) + " completes";
    case TransitionKind::kTbuDies:
      return "a TBU loses power for good";
    case TransitionKind::kWalks:
      return "walks and fills the TLB: " + name_of_walk(layout, number);
    case TransitionKind::kDropsTranslation:
      return "drops the TLB entry of " + name_of_entry(layout, number);
    case TransitionKind::kIssuesRead:
    case TransitionKind::kIssuesWrite:
      return name_of_issue(layout, transition);
    case TransitionKind::kDecides:
      return "decides about the access of " + name_of_source(layout, number);
    case TransitionKind::kLands:
      return "the access of " + name_of_source(layout, number) + " lands";
    case TransitionKind::kAnswers:
      return "terminates the stalled access of " + name_of_source(layout, number);
  }
  return "";
}

}  // namespace quiesce::hwmodel::v2
