// Schedules that the command line names.
#pragma once

#include <string>

#include "checker/schedule.hpp"
#include "sim/system.hpp"

namespace quiesce::cli {

/// As it may be shown in a message: short, and without what a terminal obeys.
[[nodiscard]] std::string quoted(const std::string& text);

/// The argument itself, or, of `@FILE`, the first word of the file. Throws UsageError.
[[nodiscard]] std::string read_word(const std::string& argument);

/// A schedule of this variant. Throws UsageError if the text is none.
[[nodiscard]] checker::Schedule schedule_from(const sim::System& system, const std::string& text);

}  // namespace quiesce::cli
