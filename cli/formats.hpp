// What a report can be printed as.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"
#include "cli/options.hpp"

namespace quiesce::cli {

/// Those that `--format` of the verb may name; the first is the one without `--format`.
[[nodiscard]] const std::vector<std::string>& formats_of(const std::string& verb);

/// Throws UsageError if the verb has no such format, for `--format` and for `--report`.
void refuse_unknown_formats(const Options& options);

/// Whether some of the formats shows every finding, and not only the first of a scenario in full.
[[nodiscard]] bool shows_every_finding(const Options& options);

/// Whether some of the formats says more of a run than its steps: what made them possible, and the machine.
[[nodiscard]] bool shows_machine(const Options& options);

/// Writes the report in all formats that were asked for, and its pages. Throws UsageError if some of that
/// fails.
void write_report(const checker::RunReport& report, const Options& options);

}  // namespace quiesce::cli
