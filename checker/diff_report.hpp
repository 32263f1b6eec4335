// What tells two variants, or two results, apart: as plain data, the only thing that renderers of a
// difference see. A is the left one or the earlier one, B the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::checker {

/// What can be said of two things that searches looked at.
enum class Likeness : std::uint8_t {
  kSame,
  kDifferent,
  kUnknown,  ///< a search that was not complete leaves it open
};

/// A property whose status differs, or that only one of both has.
struct DiffVerdict {
  std::string name;
  std::string kind;
  std::optional<Status> a;
  std::optional<Status> b;

  /// An inconclusive one may be the same after all.
  [[nodiscard]] bool is_certain() const {
    return a.value_or(Status::kHolds) != Status::kInconclusive &&
           b.value_or(Status::kHolds) != Status::kInconclusive;
  }
};

enum class DiffState : std::uint8_t { kGone, kNew, kUnchanged };

/// Steps of a failing and of a passing run that stand beside each other: numbers from 1, or 0 for none.
struct DiffTraceRow {
  std::size_t failing = 0;
  std::size_t passing = 0;
};

/// The run of the other variant that follows a failing run as far as possible and ends well.
struct NearestPassing {
  enum class Kind : std::uint8_t {
    kFound,
    kNone,     ///< no run ends well
    kUnknown,  ///< none was found within the budget
  };
  Kind kind = Kind::kUnknown;
  bool farthest = true;  ///< no run that ends well follows farther; else none was found that does
  std::vector<std::string> violates;  ///< properties that it violates nevertheless, never that of the finding
  std::size_t followed = 0;           ///< steps of the failing run that it makes before it goes another way
  std::vector<ReportStep> steps;
  std::string schedule;  ///< accepted by `quiesce replay` of the other variant
  std::vector<DiffTraceRow> rows;
  std::size_t parts = 0;  ///< rows before both runs part; all of them if they do not
};

struct DiffFinding {
  DiffState state = DiffState::kUnchanged;
  bool certain = true;  ///< the other side's search was complete: it is not merely that nobody came by
  std::string property;
  ReportFinding finding;                  ///< of B if it is new, else of A
  std::optional<NearestPassing> nearest;  ///< if it was looked for
};

enum class DiffMark : std::uint8_t { kSame, kChanged, kOnlyA, kOnlyB };

/// Steps of a routine that stand beside each other.
struct DiffLine {
  DiffMark mark = DiffMark::kSame;
  std::optional<ReportRoutineStep> a;
  std::optional<ReportRoutineStep> b;
};

/// A routine of A beside that of B.
struct DiffRoutine {
  std::string name;
  std::string file_a;
  std::string file_b;
  bool in_a = false;  ///< whether A has it at all
  bool in_b = false;
  std::vector<DiffLine> lines;

  [[nodiscard]] bool is_in_both() const { return in_a && in_b; }
};

/// One side of a pair.
struct DiffSide {
  std::string variant;
  std::string reason;                ///< as its author wrote it
  std::vector<std::string> changes;  ///< what its overlay says against the scenario itself
  Status verdict = Status::kHolds;
  std::uint64_t states = 0;
  std::string incomplete;  ///< what ended the search or which runs it looked at; "" if it was complete
};

/// Two variants.
struct DiffPair {
  std::string scenario;
  std::string title;
  std::string file;
  DiffSide a;
  DiffSide b;
  std::vector<DiffVerdict> verdicts;    ///< those that differ
  std::vector<DiffFinding> findings;    ///< gone, then new, then unchanged
  std::vector<DiffRoutine> routines;    ///< those that differ, or that only one side comes to
  std::uint64_t routines_compared = 0;  ///< that both sides have

  [[nodiscard]] Likeness likeness() const;
};

/// What has no counterpart; the whole scenario if `variant` is "".
struct DiffUnpaired {
  std::string scenario;
  std::string variant;
};

struct DiffReport {
  std::string version;
  bool of_results = false;  ///< A and B are files of results, else variants of one scenario
  std::string a;
  std::string b;
  std::vector<DiffPair> pairs;
  std::vector<DiffUnpaired> only_a;
  std::vector<DiffUnpaired> only_b;

  /// Of verdicts and findings: routines may differ, and it comes to the same.
  [[nodiscard]] Likeness likeness() const;
};

inline Likeness DiffPair::likeness() const {
  bool open = !a.incomplete.empty() || !b.incomplete.empty();
  for (const DiffVerdict& verdict : verdicts) {
    if (verdict.is_certain()) return Likeness::kDifferent;
    open = true;
  }
  for (const DiffFinding& finding : findings) {
    if (finding.state == DiffState::kUnchanged) continue;
    if (finding.certain) return Likeness::kDifferent;
    open = true;
  }
  return open ? Likeness::kUnknown : Likeness::kSame;
}

inline Likeness DiffReport::likeness() const {
  Likeness all = Likeness::kSame;
  if (!only_a.empty() || !only_b.empty()) return Likeness::kDifferent;
  for (const DiffPair& pair : pairs) {
    const Likeness one = pair.likeness();
    if (one == Likeness::kDifferent) return one;
    if (one == Likeness::kUnknown) all = one;
  }
  return all;
}

}  // namespace quiesce::checker
