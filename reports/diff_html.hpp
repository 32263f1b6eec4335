// A difference as a reviewer opens it: one self-contained page.
#pragma once

#include <string>

#include "checker/diff_report.hpp"

namespace quiesce::reports {

/// Embeds what render_diff_json() says, and shows that without any request to a network. `command` gives the
/// same again.
[[nodiscard]] std::string render_diff_html(const checker::DiffReport& report, const std::string& command);

}  // namespace quiesce::reports
