// What a run has to say, as plain data: the only thing that renderers see. They format it and never
// compute a verdict.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/report_machine.hpp"

namespace quiesce::checker {

enum class Status : std::uint8_t { kHolds, kViolated, kInconclusive };

/// One step of a counterexample.
struct ReportStep {
  std::size_t number = 0;               ///< from 1
  std::string lane;                     ///< "cpu0", "smmu0", "time", ...: where it happened
  std::string actor;                    ///< "reboot", "dds_discovery", "smmu0", ...
  std::string location;                 ///< "arm_smmu_device_disable+1", or "" for hardware
  std::string source;                   ///< "v6.18 drivers/iommu/.../arm-smmu-v3.c arm_smmu_device_disable"
  std::string text;                     ///< "write smmu0.CR0 = 0"
  std::vector<std::string> call_chain;  ///< innermost first, as in a kernel call trace
  std::vector<std::pair<std::string, std::string>> changes;  ///< slot name, "old -> new"
  std::uint64_t time_us = 0;    ///< earliest virtual time of this step since the start
  bool context_switch = false;  ///< another lane than the step before
  std::string unit;  ///< finer than the lane: "cpu0", "cpu0/softirq", "smmu0/CMDQ", "smmu0/registers", "time"
  std::optional<std::size_t> context;  ///< of ReportMachine::contexts
  std::string source_at;               ///< "scenarios/lib/linux/arm-smmu-v3.yaml:120", or "" for hardware
  std::vector<ReportCellChange> cells;
  std::optional<ReportEnabling> enabled_by;
};

struct LogLine {
  std::uint64_t time_us = 0;
  std::string text;
  std::size_t step = 0;  ///< ReportStep::number
};

/// Of two steps of the run: whenever a run makes both in this order. An occurrence counts how often the
/// actor made that step up to there.
struct ReportOrdering {
  std::size_t earlier = 0;  ///< ReportStep::number
  std::size_t later = 0;
  std::uint32_t earlier_occurrence = 1;
  std::uint32_t later_occurrence = 1;
};

/// Why a run fails, as far as the budget for it allowed.
struct ReportExplanation {
  enum class Lost : std::uint8_t {
    kUnknown,    ///< within the budget: at the latest step `lost_at`, if that is not 0
    kAtStep,     ///< step `lost_at` made the failure unavoidable
    kFromStart,  ///< it was unavoidable before the first step
    kNever,      ///< it can be avoided even where the run ends
  };
  enum class Orderings : std::uint8_t {
    kNotSought,
    kUnknown,     ///< within the budget
    kNone,        ///< no orderings of steps that other runs make too force the failure
    kSmallest,    ///< `orderings` force it, and no smaller set does
    kMinimal,     ///< they force it, and none of them can be left out
    kNotMinimal,  ///< they force it; the budget did not allow to say whether all are needed
  };
  Lost lost = Lost::kUnknown;
  std::size_t lost_at = 0;
  std::size_t lost_from = 0;  ///< if unknown: it was no step before this one; 0: nothing known
  Orderings forced_by = Orderings::kNotSought;
  std::vector<ReportOrdering> orderings;
  bool same_start = false;  ///< they force it only where runs begin as this one does
};

/// Of a finding, beside those of a baseline.
enum class BaselineState : std::uint8_t { kNotCompared, kNew, kUnchanged };

struct ReportFinding {
  std::string id;        ///< stable: made of the property, the step and what was wrong
  std::string kind;      ///< "cmd_sync_timeout"
  std::string summary;   ///< one line, usable as the subject of a mail
  std::string schedule;  ///< accepted by `quiesce replay`
  std::vector<ReportStep> steps;
  std::vector<LogLine> log;                 ///< the console of this machine
  std::vector<std::string> waits;           ///< "reboot waits for cpu0, which dds_discovery holds in ..."
  std::optional<std::size_t> cycle_start;   ///< index into steps where the cycle of a lasso begins
  std::vector<std::string> lanes_of_cause;  ///< at most two CPU lanes, shown as columns
  std::vector<std::string> assumptions;     ///< names of those among the variant's that this run rests on
  std::optional<ReportExplanation> explanation;
  std::optional<std::uint64_t> switches;  ///< that nothing forced, where the search counts them
  std::optional<std::uint64_t> walk;      ///< from 0: the random run that met it
  std::vector<std::string> initial;       ///< the cells of ReportVariant::machine before the first step
  ReportWaitGraph wait_graph;
  bool has_own_id = true;  ///< by which the search meets it again; else its schedule shows it
  BaselineState baseline = BaselineState::kNotCompared;
};

struct ReportProperty {
  std::string name;  ///< as in `expect`
  std::string kind;  ///< finding kind, or the goal ("reboot_completes", "reboot_within: 10s", "never")
  Status status = Status::kHolds;
  std::optional<Status> expected;
  bool as_expected = true;
  std::vector<ReportFinding> findings;
  std::optional<bool> regressed;  ///< has what its baseline has not; absent if that says nothing of it

  /// What exit code 1 is for: beside a baseline a new finding, else a verdict that is not the expected one.
  [[nodiscard]] bool fails() const {
    return regressed.value_or(!as_expected && status != Status::kInconclusive);
  }
};

/// A finding of the baseline that this run did not meet.
struct ReportGone {
  std::string property;
  std::string kind;
  std::string id;
  std::string summary;
  bool certain = true;  ///< the search was complete, so it is not merely that nobody came by
};

struct ReportBound {
  std::string which;   ///< "max_states", "max_memory", "max_seconds", "interrupted", "first",
                       ///< "max_switches", "contexts", "random", "pct"
  std::string detail;  ///< "stopped after 1000000 states; frontier 5312; depth 41 complete"
};

/// A step or a condition in a routine.
struct ReportPlace {
  std::string where;  ///< "arm_smmu_device_disable+1"
  std::string text;   ///< "poll smmu0.CR0ACK == 0"
};

/// What a search that was not complete has seen of the program.
struct ReportCoverage {
  std::uint64_t steps = 0;
  std::uint64_t conditions = 0;
  std::uint64_t conditions_tried = 0;    ///< only these can be never true, or never false
  std::uint64_t looked_at = 0;           ///< states from which steps were counted
  bool partial = false;                  ///< they are a sample of those that the search expanded
  std::vector<ReportPlace> never_taken;  ///< steps
  std::vector<ReportPlace> never_true;   ///< conditions
  std::vector<ReportPlace> never_false;
};

struct ProfileRow {
  ReportPlace place;
  std::uint64_t states = 0;       ///< in which something stands there, or can move
  std::uint64_t transitions = 0;  ///< tries of the step; moves of the actor
};

/// A part of the state.
struct ProfileValue {
  std::string name;
  std::uint64_t values = 0;  ///< distinct ones
  double factor = 1;         ///< states for each one that would be left if this part were constant
};

/// Where the states and transitions are, most first.
struct ReportProfile {
  std::uint64_t states = 0;
  bool partial = false;    ///< the states are a sample of those that were searched
  bool estimated = false;  ///< the factors come from a sample of the values of the rest of the state
  std::vector<ProfileRow> routines;
  std::vector<ProfileRow> steps;
  std::vector<ProfileRow> actors;
  std::vector<ReportPlace> never_taken;
  std::vector<ProfileValue> components;
  std::vector<ProfileValue> slots;
};

/// How the runs were chosen; what does not belong to the mode is 0.
struct ReportSearch {
  std::string mode = "breadth-first";     ///< or "contexts", "random", "pct"
  std::optional<std::uint64_t> switches;  ///< all runs with up to so many were searched
  std::vector<std::string> without;       ///< reductions that were asked for and do not go with the mode
  std::uint64_t seed = 0;
  std::uint64_t walks = 0;
  std::uint64_t max_steps = 0;
  std::uint64_t cut = 0;      ///< walks that were ended there
  std::uint64_t longest = 0;  ///< steps of a walk
  std::uint64_t depth = 0;    ///< orderings that a bug needs
  std::uint64_t actors = 0;   ///< of which some transition was enabled
  std::uint64_t steps = 0;    ///< to which the guarantee applies
  double guarantee = 0;       ///< probability that one walk meets a bug of that depth, at least
};

struct ReportVariant {
  std::string name;
  Status verdict = Status::kHolds;  ///< the worst of the properties
  bool as_expected = true;
  std::vector<std::string>
      holds_under;  ///< "fair scheduling", "panic_on_oops off", "SC, register writes immediate"
  std::vector<std::string> assumptions;  ///< "NAME: SENTENCE (what speaks for it)": used, without a source
  /// "symmetry: 3 tasks exit0, exit1, exit2 (6 permutations)": what the search left out, or why it did not
  std::vector<std::string> reductions;
  std::vector<ReportProperty> properties;
  std::string reason;                    ///< of the variant, as its author wrote it
  std::vector<std::string> changes;      ///< what its overlay says against the scenario itself
  std::optional<ReportMachine> machine;  ///< if there are findings, and the view was asked for
  std::vector<ReportRoutine> routines;   ///< that steps of findings and their callers are in
  std::vector<ReportGone> gone;          ///< beside a baseline
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;
  std::optional<ReportBound> bound;
  ReportSearch search;
  std::optional<ReportCoverage> coverage;
  std::optional<ReportProfile> profile;
  double seconds = 0;  ///< volatile from here on
  std::uint64_t store_bytes = 0;
};

struct ReportScenario {
  std::string file;  ///< as given on the command line; below the working directory as seen from there
  std::string name;
  std::string title;
  std::vector<std::string> sources;
  std::vector<ReportVariant> variants;
};

/// An earlier result that this one is compared with.
struct ReportBaseline {
  std::string file;
  std::uint64_t not_run = 0;  ///< its findings in scenarios and variants that this run does not have
};

struct RunReport {
  std::string version;
  std::string command;  ///< what made it, as a shell takes it; "" if nobody knows
  std::vector<ReportScenario> scenarios;
  unsigned threads = 1;
  std::optional<ReportBaseline> baseline;
  int exit_code = 0;        ///< what the program will say of this report
  bool of_one_run = false;  ///< replayed: it says nothing of what is expected
};

/// A step of a routine that no scenario takes on a way to an end.
struct ReportUntaken {
  std::string file;  ///< where the routine stands
  std::uint32_t line = 0;
  std::string routine;
  std::string text;       ///< "mutex_lock: bond.group"
  bool compiled = false;  ///< whether some variant has it at all
};

/// A kind of finding that variants look for.
struct ReportKind {
  std::string name;
  std::string scenario;  ///< the first that violates it; "" if none does
  std::string variant;
};

/// What a number of scenarios exercise of the routines that they have, and of the kinds of findings.
struct CoverageReport {
  std::string version;
  std::uint64_t scenarios = 0;
  std::uint64_t routines = 0;
  std::uint64_t steps = 0;              ///< of these routines
  std::vector<ReportUntaken> untaken;   ///< by file and line
  std::vector<ReportKind> kinds;        ///< in the order of the manual
  std::vector<std::string> unused;      ///< libraries that none of them uses
  std::vector<std::string> incomplete;  ///< "file: variant" of searches that a bound ended

  [[nodiscard]] bool is_full() const {
    return untaken.empty() && unused.empty() &&
           std::none_of(kinds.begin(), kinds.end(), [](const ReportKind& k) { return k.scenario.empty(); });
  }
};

}  // namespace quiesce::checker
