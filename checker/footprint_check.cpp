#include "checker/footprint_check.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "checker/explore.hpp"
#include "checker/system_model.hpp"
#include "sim/describe.hpp"
#include "sim/footprint.hpp"
#include "sim/slot_names.hpp"

namespace quiesce::checker {
namespace {

constexpr std::size_t kViolationsMax = 10;

/// What the check has seen so far. Shared by the model's const members, as the search calls them.
struct Findings {
  std::map<std::string, FootprintUse> uses;
  std::set<std::string> violations;
};

/// One firing of a transition on a copy of a state, without what follows from any transition.
struct Firing {
  std::vector<std::byte> state;
  std::vector<base::Write> undo;
  base::Footprint footprint;
  std::vector<sim::RaisedFinding> raised;

  Firing(const sim::System& system, std::vector<std::byte> from, sim::Move move, bool record)
      : state(std::move(from)) {
    base::StateAccess access(state.data(), undo, record ? &footprint : nullptr);
    sim::Machine(system, access, &raised).fire_alone(move);
  }
};

/// A SystemModel that looks at each transition before it fires it.
class CheckedModel : public SystemModel {
 public:
  CheckedModel(const sim::System& system, std::optional<base::Slot> forgotten)
      : SystemModel(system), footprints_(system), names_(sim::all_slots(system)), forgotten_(forgotten) {}

  /// Each transition comes by `fire`.
  [[nodiscard]] static bool fires_on_copies() { return false; }

  void fire(std::byte* state, Transition transition, Effects& effects) const {
    const sim::Move move{transition.actor, transition.choice};
    const std::vector<std::byte> before(state, state + state_bytes());
    sim::Touched derived = footprints_.footprint(state, move);
    if (forgotten_) derived.forget(*forgotten_);
    const Firing plain(system(), before, move, true);
    check_inside(plain.footprint, derived, before, move);
    check_independence(plain, derived, before, move);
    check_settling(plain, move);
    note_use(plain.footprint, derived, before, move);
    SystemModel::fire(state, transition, effects);
  }

  [[nodiscard]] const Findings& found() const { return found_; }

 private:
  void check_inside(const base::Footprint& actual, const sim::Touched& derived,
                    const std::vector<std::byte>& before, sim::Move move) const {
    for (const base::Slot slot : actual.reads) {
      if (!derived.may_read(slot)) violation(before, move, "reads " + name_of(slot));
    }
    for (const base::Write& write : actual.writes) {
      if (!derived.may_write(write.slot)) violation(before, move, "writes " + name_of(write.slot));
    }
  }

  /// Other values in every byte outside the footprint: the transition must write the same.
  void check_independence(const Firing& plain, const sim::Touched& derived,
                          const std::vector<std::byte>& before, sim::Move move) const {
    std::vector<std::byte> disturbed = before;
    for (std::size_t i = 0; i < disturbed.size(); ++i) {
      if (derived.untouched(i)) disturbed[i] ^= std::byte{0x15};
    }
    const Firing other(system(), disturbed, move, false);
    bool same = plain.raised.size() == other.raised.size() && plain.undo.size() == other.undo.size();
    for (std::size_t i = 0; same && i < plain.undo.size(); ++i) {
      const base::Slot slot = plain.undo[i].slot;
      same = slot == other.undo[i].slot &&
             base::read_slot(plain.state.data(), slot) == base::read_slot(other.state.data(), slot);
    }
    if (!same) violation(before, move, "does something else where its footprint is the same");
  }

  void check_settling(const Firing& plain, sim::Move move) const {
    std::vector<std::byte> state = plain.state;
    std::vector<base::Write> undo = plain.undo;
    base::Footprint actual;
    base::StateAccess access(state.data(), undo, &actual);
    sim::Machine(system(), access).follow_up(move, 0);
    for (const base::Slot slot : actual.reads) {
      if (!footprints_.settling().may_read(slot))
        violation(plain.state, move, "is followed by a read of " + name_of(slot));
    }
    for (const base::Write& write : actual.writes) {
      if (!footprints_.settling().may_write(write.slot))
        violation(plain.state, move, "is followed by a write of " + name_of(write.slot));
    }
  }

  void note_use(const base::Footprint& actual, const sim::Touched& derived,
                const std::vector<std::byte>& before, sim::Move move) const {
    sim::Touched touched(state_bytes());
    for (const base::Slot slot : actual.reads) touched.read(slot);
    for (const base::Write& write : actual.writes) touched.write(write.slot);
    const std::string kind = kind_of(before, move);
    FootprintUse& use = found_.uses[kind];
    use.what = kind;
    ++use.transitions;
    use.derived += derived.bytes_read();
    use.touched += touched.bytes_read();
  }

  [[nodiscard]] std::string kind_of(const std::vector<std::byte>& state, sim::Move move) const {
    const sim::System& s = system();
    if (move.actor < s.cpu_actor(0)) {
      if (move.choice >= sim::choice::kRunOnIdle) return "(switch or wake-up)";
      const auto pc =
          static_cast<std::size_t>(base::read_slot(state.data(), s.layout.contexts[move.actor].pc));
      return std::string(sim::info_of(s.program.steps[pc].verb).name);
    }
    if (move.actor < s.tick_actor(0))
      return move.choice >= sim::choice::kDrain ? "(store buffer)" : "(interrupt)";
    if (move.actor < s.smmu_actor(0)) return "(tick)";
    if (move.actor < s.time_actor()) return "(smmu)";
    return move.actor == s.time_actor() ? "(time)" : "(rule)";
  }

  [[nodiscard]] std::string name_of(base::Slot slot) const {
    for (const sim::NamedSlot& named : names_) {
      const auto end = named.slot.offset + base::bytes_of(named.slot.width);
      if (slot.offset >= named.slot.offset && slot.offset < end) return "'" + named.name + "'";
    }
    return "byte " + std::to_string(slot.offset);
  }

  void violation(const std::vector<std::byte>& state, sim::Move move, const std::string& what) const {
    if (found_.violations.size() >= kViolationsMax) return;
    const sim::MoveText text = sim::describe(system(), state.data(), move);
    const std::string where = text.location.empty() ? "" : " in " + text.location;
    found_.violations.insert(text.actor + where + " (" + text.text + ") " + what);
  }

  sim::Footprints footprints_;
  std::vector<sim::NamedSlot> names_;
  std::optional<base::Slot> forgotten_;
  mutable Findings found_;
};

static_assert(TransitionSystem<CheckedModel>);

}  // namespace

FootprintReport check_footprints(const sim::System& system, const ExploreOptions& options,
                                 std::optional<base::Slot> forgotten) {
  const CheckedModel model(system, forgotten);
  const Exploration exploration = explore(model, options);
  FootprintReport report;
  report.states = exploration.states();
  report.transitions = exploration.transitions;
  report.bound = exploration.bound;
  std::uint64_t looked_at = 0;
  for (const auto& [kind, use] : model.found().uses) {
    report.uses.push_back(use);
    looked_at += use.transitions;
  }
  QUIESCE_ASSERT(looked_at >= report.transitions, "transitions were fired that the check did not see");
  report.violations.assign(model.found().violations.begin(), model.found().violations.end());
  return report;
}

}  // namespace quiesce::checker
