// The report that a reviewer opens: one self-contained page for a scenario, and one that lists them.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::reports {

struct HtmlOptions {
  std::string command;  ///< that gives these verdicts again
  std::string index;    ///< where the list of all reports is, relative to the page; "" for none
};

/// The page of the only scenario of the report. It embeds what render_json() says, and shows that without
/// any request to a network. Throws std::runtime_error if Graphviz cannot lay out a graph.
[[nodiscard]] std::string render_html(const checker::RunReport& report, const HtmlOptions& options);

/// The page that lists all scenarios, of which the i-th has its page in files[i].
[[nodiscard]] std::string render_index(const checker::RunReport& report,
                                       const std::vector<std::string>& files, const HtmlOptions& options);

/// For each scenario a file name that is safe on every file system and different from all others.
[[nodiscard]] std::vector<std::string> html_file_names(const checker::RunReport& report);

}  // namespace quiesce::reports
