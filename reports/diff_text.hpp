// A difference as a terminal shows it and a mail quotes it.
#pragma once

#include <string>

#include "checker/diff_report.hpp"

namespace quiesce::reports {

[[nodiscard]] std::string render_diff_text(const checker::DiffReport& report);

}  // namespace quiesce::reports
