// The files that a run writes: that they can be written, and that none stands where the run reads.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace quiesce::cli {

/// FORMAT and FILE of a `--report`; the file is "" without one.
[[nodiscard]] std::pair<std::string, std::string> format_and_file(const std::string& report);

/// Refuses outputs of the options that cannot be written, that two of them name, or that stand where one of
/// the inputs or a library's file stands, and leaves all as they are: a mistake shows before a search. Throws
/// UsageError.
void refuse_bad_outputs(const Options& options, const std::vector<std::filesystem::path>& inputs);

/// Does all of them, one after the other, though some fail. Throws UsageError with what failed first, and how
/// many more did.
void do_all(const std::vector<std::function<void()>>& writers);

}  // namespace quiesce::cli
