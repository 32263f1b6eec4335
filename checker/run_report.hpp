// What a run has to say, as plain data: the only thing that renderers see. They format it and never
// compute a verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
};

struct LogLine {
  std::uint64_t time_us = 0;
  std::string text;
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

struct ReportFinding {
  std::string id;        ///< stable: property, routine, step and variant; independent of task names
  std::string kind;      ///< "cmd_sync_timeout"
  std::string summary;   ///< one line, usable as the subject of a mail
  std::string schedule;  ///< accepted by `quiesce replay`
  std::vector<ReportStep> steps;
  std::vector<LogLine> log;                 ///< the console of this machine
  std::vector<std::string> waits;           ///< "reboot waits for cpu0, which dds_discovery holds in ..."
  std::optional<std::size_t> cycle_start;   ///< index into steps where the cycle of a lasso begins
  std::vector<std::string> lanes_of_cause;  ///< at most two CPU lanes, shown as columns
  std::optional<ReportExplanation> explanation;
};

struct ReportProperty {
  std::string name;  ///< as in `expect`
  std::string kind;  ///< finding kind, or the goal ("reboot_completes", "reboot_within: 10s", "never")
  Status status = Status::kHolds;
  std::optional<Status> expected;
  bool as_expected = true;
  std::vector<ReportFinding> findings;
};

struct ReportBound {
  std::string which;   ///< "max_states", "max_memory", "max_seconds", "interrupted"
  std::string detail;  ///< "stopped after 1000000 states; frontier 5312; depth 41 complete"
};

struct ReportVariant {
  std::string name;
  Status verdict = Status::kHolds;  ///< the worst of the properties
  bool as_expected = true;
  std::vector<std::string>
      holds_under;  ///< "fair scheduling", "panic_on_oops off", "SC, register writes immediate"
  std::vector<std::string> assumptions;  ///< behaviours that no source supports
  /// "symmetry: 3 tasks exit0, exit1, exit2 (6 permutations)": what the search left out, or why it did not
  std::vector<std::string> reductions;
  std::vector<ReportProperty> properties;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;
  std::optional<ReportBound> bound;
  double seconds = 0;  ///< volatile from here on
  std::uint64_t store_bytes = 0;
};

struct ReportScenario {
  std::string file;  ///< as given on the command line
  std::string name;
  std::string title;
  std::vector<std::string> sources;
  std::vector<ReportVariant> variants;
};

struct RunReport {
  std::string version;
  std::vector<ReportScenario> scenarios;
  unsigned threads = 1;
};

}  // namespace quiesce::checker
