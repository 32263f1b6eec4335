// From files to the document of one variant: libraries joined, patches and variants laid over.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/node.hpp"

namespace quiesce::sim {

using LibraryDirs = std::vector<std::filesystem::path>;

/// Reads a scenario and the libraries that it uses. A name declared twice is an error.
[[nodiscard]] Node load_scenario_document(const std::filesystem::path& file, const LibraryDirs& libraries);

/// Names of the variants in the order of the file; "default" alone if there are none.
[[nodiscard]] std::vector<std::string> variant_names(const Node& scenario);

/// The scenario with its patches and the variant laid over it.
[[nodiscard]] Node variant_document(const Node& scenario, std::string_view variant,
                                    const LibraryDirs& libraries);

/// The file itself, or every *.yaml below a directory that has a top-level `quiesce:` key, sorted.
[[nodiscard]] std::vector<std::filesystem::path> find_scenarios(const std::filesystem::path& path);

}  // namespace quiesce::sim
