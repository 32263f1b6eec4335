#include "hwmodel/v2/power.hpp"

#include "hwmodel/v2/faults.hpp"
#include "hwmodel/v2/flights.hpp"

namespace quiesce::hwmodel::v2 {

bool is_powered(const View& smmu) { return !smmu.config.power_domain || smmu.get(smmu.layout.powered) != 0; }

bool is_running(const View& smmu) {
  return is_powered(smmu) && (!smmu.config.clocks || smmu.get(smmu.layout.clocked) != 0);
}

/// Spec: HPS SMMU_SCR0 (683222); UG1087 SMMU_SMRn, SMMU_S2CRn, SMMU_CBn_SCTLR. What is UNKNOWN, as CBAR is
/// (2.6.2), is 0.
void reset_registers(base::StateAccess& state, const Layout& layout, const Config& config) {
  for (const base::Slot slot : register_slots(layout, config)) state.set(slot, 0);
  state.set(layout.cr0, cr0::kReset);
  for (const Group& group : layout.groups) state.set(group.s2cr, s2cr::kReset);
  for (const Bank& bank : layout.banks) state.set(bank.sctlr, sctlr::kReset);
}

// Assumption: kPowerLoss.
// Abstraction: what was decided before lands all the same; state that is lost is lost at once.
void fire_power_off(Change& smmu) {
  if (!smmu.config.power_domain || !is_powered(smmu.view())) return;
  smmu.assume(Assumption::kPowerLoss);
  watching_all(smmu, [&] {
    smmu.set(smmu.layout.powered, 0);
    if (smmu.config.retains_state) return;
    reset_registers(smmu.access, smmu.layout, smmu.config);
    for (const base::Slot entry : smmu.layout.traffic.entries) smmu.set(entry, 0);
    for (std::size_t source = 0; source < smmu.layout.traffic.sources.size(); ++source) {
      Flight flight = flight_of(smmu.view(), source);
      flight.invalidated = Invalidated::kNot;
      if (flight.stage == Flight::Stage::kStalled) flight.stage = Flight::Stage::kTerminated;
      set_flight(smmu, source, flight);
    }
  });
}

void fire_power_on(Change& smmu) {
  if (!smmu.config.power_domain) return;
  watching_all(smmu, [&] { smmu.set(smmu.layout.powered, 1); });
}

}  // namespace quiesce::hwmodel::v2
