// The folder that `quiesce check --html DIR` fills.
#pragma once

#include <filesystem>
#include <string>

#include "checker/run_report.hpp"

namespace quiesce::cli {

/// Makes the folder and looks whether files can be written there, so that a mistake shows before the
/// search. Throws UsageError.
void prepare_html_folder(const std::filesystem::path& folder);

/// index.html and a page for each scenario. Throws UsageError if a file cannot be written.
void write_html_reports(const checker::RunReport& report, const std::filesystem::path& folder,
                        const std::string& command);

}  // namespace quiesce::cli
