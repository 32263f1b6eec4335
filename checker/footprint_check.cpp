#include "checker/footprint_check.hpp"

#include <algorithm>
#include <array>
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

/// What fires, apart from the verbs of the step language.
enum class OtherKind : std::uint8_t { kSwitch, kStoreBuffer, kInterrupt, kTick, kSmmu, kTime, kRule };
constexpr std::array<std::string_view, 7> kOtherKinds{
    "(switch or wake-up)", "(store buffer)", "(interrupt)", "(tick)", "(smmu)", "(time)", "(rule)"};

constexpr std::size_t number_of(OtherKind kind) { return sim::kVerbCount + static_cast<std::size_t>(kind); }

std::string name_of_kind(std::size_t number) {
  if (number >= sim::kVerbCount) return std::string(kOtherKinds[number - sim::kVerbCount]);
  return std::string(sim::info_of(static_cast<sim::Verb>(number)).name);
}

/// What the check has seen so far. Shared by the model's const members, as the search calls them.
struct Findings {
  std::array<FootprintUse, sim::kVerbCount + kOtherKinds.size()> uses;  ///< by kind
  std::set<std::string> violations;
};

/// One firing of a transition on a copy of a state, without what follows from any transition.
struct Firing {
  std::vector<std::byte> state;
  std::vector<base::Write> undo;
  base::Footprint footprint;
  std::vector<sim::RaisedFinding> raised;

  /// Fires in `state`.
  void fire(const sim::System& system, sim::Move move, bool record) {
    undo.clear();
    footprint.clear();
    raised.clear();
    base::StateAccess access(state.data(), undo, record ? &footprint : nullptr);
    sim::Machine(system, access, &raised).fire_alone(move);
  }
};

/// Where each transition is looked at: memory that the next one uses again.
struct Workplace {
  explicit Workplace(std::size_t state_bytes) : touched(state_bytes) {}

  Firing plain;
  Firing disturbed;
  std::vector<std::byte> settled;
  std::vector<base::Write> settled_undo;
  base::Footprint settling;
  sim::Touched touched;
};

/// A SystemModel that looks at each transition before it fires it.
class CheckedModel : public SystemModel {
 public:
  CheckedModel(const sim::System& system, std::optional<base::Slot> forgotten)
      : SystemModel(system),
        footprints_(system),
        names_(sim::all_slots(system)),
        forgotten_(forgotten),
        work_(system.layout.bytes) {}

  /// Each transition comes by `fire`.
  [[nodiscard]] static bool fires_on_copies() { return false; }

  void fire(std::byte* state, Transition transition, Effects& effects) const {
    const sim::Move move{transition.actor, transition.choice};
    sim::Touched derived = footprints_.footprint(state, move);
    if (forgotten_) derived.forget(*forgotten_);
    work_.plain.state.assign(state, state + state_bytes());
    work_.plain.fire(system(), move, true);
    check_inside(derived, state, move);
    check_independence(derived, state, move);
    check_settling(move);
    note_use(derived, state, move);
    SystemModel::fire(state, transition, effects);
  }

  [[nodiscard]] const Findings& found() const { return found_; }

 private:
  void check_inside(const sim::Touched& derived, const std::byte* before, sim::Move move) const {
    for (const base::Slot slot : work_.plain.footprint.reads) {
      if (!derived.may_read(slot)) violation(before, move, "reads " + name_of(slot));
    }
    for (const base::Write& write : work_.plain.footprint.writes) {
      if (!derived.may_write(write.slot)) violation(before, move, "writes " + name_of(write.slot));
    }
  }

  /// Other values in every byte outside the footprint: the transition must write the same.
  void check_independence(const sim::Touched& derived, const std::byte* before, sim::Move move) const {
    const Firing& plain = work_.plain;
    Firing& other = work_.disturbed;
    other.state.assign(before, before + state_bytes());
    derived.flip_untouched(other.state.data(), 0x15);
    other.fire(system(), move, false);
    bool same = plain.raised.size() == other.raised.size() && plain.undo.size() == other.undo.size();
    for (std::size_t i = 0; same && i < plain.undo.size(); ++i) {
      const base::Slot slot = plain.undo[i].slot;
      same = slot == other.undo[i].slot &&
             base::read_slot(plain.state.data(), slot) == base::read_slot(other.state.data(), slot);
    }
    if (!same) violation(before, move, "does something else where its footprint is the same");
  }

  void check_settling(sim::Move move) const {
    work_.settled = work_.plain.state;
    work_.settled_undo = work_.plain.undo;
    work_.settling.clear();
    base::StateAccess access(work_.settled.data(), work_.settled_undo, &work_.settling);
    sim::Machine(system(), access).follow_up(move, 0);
    const std::byte* before = work_.plain.state.data();
    for (const base::Slot slot : work_.settling.reads) {
      if (!footprints_.settling().may_read(slot))
        violation(before, move, "is followed by a read of " + name_of(slot));
    }
    for (const base::Write& write : work_.settling.writes) {
      if (!footprints_.settling().may_write(write.slot))
        violation(before, move, "is followed by a write of " + name_of(write.slot));
    }
  }

  void note_use(const sim::Touched& derived, const std::byte* before, sim::Move move) const {
    work_.touched.clear();
    for (const base::Slot slot : work_.plain.footprint.reads) work_.touched.read(slot);
    for (const base::Write& write : work_.plain.footprint.writes) work_.touched.write(write.slot);
    FootprintUse& use = found_.uses[kind_of(before, move)];
    ++use.transitions;
    use.derived += derived.bytes_read();
    use.touched += work_.touched.bytes_read();
  }

  [[nodiscard]] std::size_t kind_of(const std::byte* state, sim::Move move) const {
    const sim::System& s = system();
    if (move.actor < s.cpu_actor(0)) {
      if (move.choice >= sim::choice::kRunOnIdle) return number_of(OtherKind::kSwitch);
      const auto pc = static_cast<std::size_t>(base::read_slot(state, s.layout.contexts[move.actor].pc));
      return static_cast<std::size_t>(s.program.steps[pc].verb);
    }
    if (move.actor < s.tick_actor(0)) {
      const bool drains = move.choice >= sim::choice::kDrain;
      return number_of(drains ? OtherKind::kStoreBuffer : OtherKind::kInterrupt);
    }
    if (move.actor < s.smmu_actor(0)) return number_of(OtherKind::kTick);
    if (move.actor < s.time_actor()) return number_of(OtherKind::kSmmu);
    return number_of(move.actor == s.time_actor() ? OtherKind::kTime : OtherKind::kRule);
  }

  [[nodiscard]] std::string name_of(base::Slot slot) const {
    for (const sim::NamedSlot& named : names_) {
      const auto end = named.slot.offset + base::bytes_of(named.slot.width);
      if (slot.offset >= named.slot.offset && slot.offset < end) return "'" + named.name + "'";
    }
    return "byte " + std::to_string(slot.offset);
  }

  void violation(const std::byte* state, sim::Move move, const std::string& what) const {
    if (found_.violations.size() >= kViolationsMax) return;
    const sim::MoveText text = sim::describe(system(), state, move);
    const std::string where = text.location.empty() ? "" : " in " + text.location;
    found_.violations.insert(text.actor + where + " (" + text.text + ") " + what);
  }

  sim::Footprints footprints_;
  std::vector<sim::NamedSlot> names_;
  std::optional<base::Slot> forgotten_;
  mutable Findings found_;
  mutable Workplace work_;
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
  std::map<std::string, FootprintUse> by_name;
  for (std::size_t kind = 0; kind < model.found().uses.size(); ++kind) {
    const FootprintUse& use = model.found().uses[kind];
    looked_at += use.transitions;
    if (use.transitions != 0) by_name[name_of_kind(kind)].add(use);
  }
  for (auto& [name, use] : by_name) {
    use.what = name;
    report.uses.push_back(use);
  }
  QUIESCE_ASSERT(looked_at >= report.transitions, "transitions were fired that the check did not see");
  report.violations.assign(model.found().violations.begin(), model.found().violations.end());
  return report;
}

}  // namespace quiesce::checker
