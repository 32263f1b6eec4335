// Checks a compiled scenario against all its properties: exploration, then the questions about runs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/run_report.hpp"
#include "checker/schedule.hpp"
#include "sim/node.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

/// One finding of one property: the run that shows it.
struct FoundRun {
  Finding finding;
  Schedule schedule;
  std::optional<std::uint32_t> switches;  ///< that nothing forced; of SearchMode::kContexts
  std::optional<std::uint64_t> walk;      ///< which one met it, from 0; of random runs
  std::vector<std::uint64_t> times_us{};  ///< of its beginning and of each step, if it has a clock
};

struct PropertyOutcome {
  Status status = Status::kHolds;
  std::vector<FoundRun> runs;
};

/// What the search found out, one entry for each of System::properties.
struct Outcome {
  std::vector<PropertyOutcome> properties;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;
  std::uint64_t frontier = 0;
  std::optional<std::string> bound;
  double seconds = 0;
  std::uint64_t store_bytes = 0;
  std::vector<std::string> reductions;  ///< what they left out and what not, and why
  ReportSearch search;
  std::optional<ReportCoverage> coverage;  ///< of a search that was not complete
  std::optional<ReportProfile> profile;    ///< if it was asked for
  std::vector<bool> taken;                 ///< by Program::infos: steps_to_an_end(), if it was asked for
  std::vector<std::uint32_t> assumptions;  ///< UsedAssumptions::words() of all transitions that were fired
};

/// What the search of a variant may do: `counts` in its document are those of the space without reductions.
[[nodiscard]] ExploreOptions options_for(const sim::Node& document, const ExploreOptions& options);

[[nodiscard]] Outcome check(const sim::System& system, const ExploreOptions& options,
                            const std::function<void(const Progress&)>& on_progress = {});

struct MachineCells;

/// Fills a report's steps, log and reasons by running the schedule. With a `view` of the machine, steps tell
/// which of its values they changed and what made them possible.
[[nodiscard]] ReportFinding explain(const sim::System& system, const FoundRun& run,
                                    const MachineCells* view = nullptr);

/// Index into System::properties, if there is one of that name.
[[nodiscard]] std::optional<std::size_t> find_property(const sim::System& system, const std::string& name);

/// What `expect` of a variant's document says of each property; a kind of finding holds unless it says
/// otherwise. Throws ScenarioError for an `expect` that no report could be compared with.
[[nodiscard]] std::map<std::string, Status> read_expect(const sim::System& system, const sim::Node& document);

enum class ReportDetail : std::uint8_t {
  kSteps,
  kMachine,  ///< also the machine in every state of every finding, what made steps possible, and the routines
};

/// The variant's report: verdicts against `expect` of its document. Throws ScenarioError for an `expect`
/// that names no property, or leaves out a goal.
[[nodiscard]] ReportVariant report_variant(const sim::System& system, const sim::Node& document,
                                           const std::string& variant, const Outcome& outcome,
                                           ReportDetail detail = ReportDetail::kSteps);

/// Goals that the schedule misses, if a run may end where it does; of one that goes on forever this does not
/// ask.
[[nodiscard]] std::vector<Finding> missed_by(const sim::System& system, const Schedule& schedule);

/// What goes wrong at the end of a schedule; if nothing does, the first goal that it misses.
[[nodiscard]] std::optional<Finding> shown_by(const sim::System& system, const Schedule& schedule);

/// All that goes wrong there: one step may violate several properties. If nothing does, the goals that it
/// misses.
[[nodiscard]] std::vector<Finding> all_shown_by(const sim::System& system, const Schedule& schedule);

/// Whether nothing can happen any more where the schedule ends, and the machine runs.
[[nodiscard]] bool stays_at_its_end(const sim::System& system, const Schedule& schedule);

/// Fires a schedule's steps from its initial state; says in `error` which step was not possible.
[[nodiscard]] bool replays(const sim::System& system, const Schedule& schedule, std::string& error);

}  // namespace quiesce::checker
