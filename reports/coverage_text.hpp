// What a search that was not complete has seen of the program, and how its findings were met.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// Sentences about the variant, without its name; long lists are cut short.
[[nodiscard]] std::vector<std::string> coverage_sentences(const checker::ReportVariant& variant);

}  // namespace quiesce::reports
