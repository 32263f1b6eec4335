// The scenarios that are shipped.
#pragma once

#include <filesystem>
#include <string>

#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::sim {

/// Calls `use(System, name)` with each variant of each of them; the name begins with the file's path.
template <class Use>
void for_each_shipped(Use use) {
  const LibraryDirs libraries{"scenarios/lib"};
  for (const std::filesystem::path& file : find_scenarios("scenarios")) {
    const Node scenario = load_scenario_document(file, libraries);
    for (const std::string& variant : variant_names(scenario))
      use(compile(variant_document(scenario, variant, libraries)), file.string() + " " + variant);
  }
}

}  // namespace quiesce::sim
