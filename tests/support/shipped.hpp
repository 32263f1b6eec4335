// The scenarios that are shipped.
#pragma once

#include <filesystem>
#include <string>

#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::sim {

/// Calls `use(System, name)` with each variant of the file; the name begins with the file's path.
template <class Use>
void for_each_variant(const std::filesystem::path& file, Use use) {
  const LibraryDirs libraries{"scenarios/lib"};
  const Node scenario = load_scenario_document(file, libraries);
  for (const std::string& variant : variant_names(scenario))
    use(compile(variant_document(scenario, variant, libraries)), file.string() + " " + variant);
}

/// And of each file.
template <class Use>
void for_each_shipped(Use use) {
  for (const std::filesystem::path& file : find_scenarios("scenarios")) for_each_variant(file, use);
}

}  // namespace quiesce::sim
