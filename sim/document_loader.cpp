#include "sim/document_loader.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace quiesce::sim {
namespace {

const std::vector<std::string>& shared_sections() {
  static const std::vector<std::string> kSections{
      "routines",  "functions",  "classes",  "types",  "globals", "locks",   "drivers",    "syscore_ops",
      "notifiers", "interrupts", "softirqs", "timers", "works",   "objects", "properties", "goals"};
  return kSections;
}

const std::vector<std::string>& scenario_keys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys{"quiesce",     "name",  "title",  "sources", "use",      "patches",
                                  "machine",     "tasks", "rules",  "end",     "variants", "expect",
                                  "assumptions", "edits", "counts", "reason"};
    keys.insert(keys.end(), shared_sections().begin(), shared_sections().end());
    return keys;
  }();
  return kKeys;
}

[[noreturn]] void fail(const Location& at, const std::string& message, const std::string& hint = {}) {
  throw ScenarioError({{at, message, hint, 1}});
}

std::vector<std::string> available(const LibraryDirs& libraries) {
  std::vector<std::string> names;
  for (const std::filesystem::path& dir : libraries) {
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator it(dir, error), end; !error && it != end;
         it.increment(error)) {
      if (it->path().extension() != ".yaml") continue;
      names.push_back(std::filesystem::relative(it->path(), dir).replace_extension().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Node load_library(const Node& name, const char* header, const LibraryDirs& libraries) {
  if (!name.is_scalar() || name.scalar.empty() || name.scalar.find("..") != std::string::npos)
    fail(name.at, "a library's name is needed here");
  for (const std::filesystem::path& dir : libraries) {
    const std::filesystem::path path = dir / (name.scalar + ".yaml");
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    Node library = load_document(path);
    const Node* own = library.find(header);
    if (own == nullptr || own->scalar != name.scalar) {
      fail(own != nullptr ? own->at : library.at,
           std::string("this file must say '") + header + ": " + name.scalar + "'");
    }
    return library;
  }
  fail(name.at, "unknown library '" + name.scalar + "'",
       nearest_name_hint(name.scalar, available(libraries)));
}

void check_keys(const Node& document, const std::vector<std::string>& valid, Diagnostics& errors) {
  for (const Node::Entry& entry : document.entries) {
    if (std::find(valid.begin(), valid.end(), entry.key) != valid.end()) continue;
    errors.error(entry.key_at, "unknown key '" + entry.key + "'", nearest_name_hint(entry.key, valid),
                 static_cast<unsigned>(entry.key.size()));
  }
}

std::string place_of(const Location& at) {
  return at.file == nullptr ? "" : at.file->path + ":" + std::to_string(at.line);
}

/// Adds the sections of `library` to `root`; the scenario's own declarations count as earlier ones.
void join(Node& root, const Node& library, Diagnostics& errors) {
  for (const std::string& section : shared_sections()) {
    const Node* theirs = library.find(section);
    if (theirs == nullptr || theirs->is_null()) continue;
    if (!theirs->is_map()) {
      errors.error(theirs->at, "'" + section + "' must be a map of names");
      continue;
    }
    Node* ours = root.find(section);
    if (ours == nullptr) {
      root.entries.push_back({section, theirs->at, *theirs});
      continue;
    }
    for (const Node::Entry& entry : theirs->entries) {
      const auto known = std::find_if(ours->entries.begin(), ours->entries.end(),
                                      [&](const Node::Entry& other) { return other.key == entry.key; });
      if (known == ours->entries.end()) {
        ours->entries.push_back(entry);
      } else {
        errors.error(known->key_at, "'" + entry.key + "' is declared already at " + place_of(entry.key_at),
                     "a scenario changes what a library declares through 'patches', 'edits' or a variant");
      }
    }
  }
}

void load_uses(Node& root, const Node* uses, const LibraryDirs& libraries, std::set<std::string>& loaded,
               Diagnostics& errors) {
  if (uses == nullptr || uses->is_null()) return;
  if (!uses->is_list()) fail(uses->at, "'use' is a list of libraries");
  for (const Node& name : uses->items) {
    if (!loaded.insert(name.scalar).second) continue;
    const Node library = load_library(name, "library", libraries);
    std::vector<std::string> valid = shared_sections();
    valid.insert(valid.end(), {"library", "title", "sources", "use", "assumptions"});
    check_keys(library, valid, errors);
    join(root, library, errors);
    load_uses(root, library.find("use"), libraries, loaded, errors);
  }
}

void apply_patches(Node& document, const Node* patches, const LibraryDirs& libraries, Diagnostics& errors) {
  if (patches == nullptr || patches->is_null()) return;
  if (!patches->is_list()) fail(patches->at, "'patches' is a list of patch names");
  for (const Node& name : patches->items) {
    Node patch = load_library(name, "patch", libraries);
    Node overlay = patch;
    overlay.entries.clear();
    for (Node::Entry& entry : patch.entries) {
      static const std::set<std::string> kHeader{"patch", "title", "sources", "edits", "use", "reason"};
      if (!kHeader.contains(entry.key)) overlay.entries.push_back(entry);
    }
    std::vector<std::string> valid = shared_sections();
    valid.insert(valid.end(), {"patch", "title", "sources", "edits", "reason", "machine"});
    check_keys(patch, valid, errors);
    merge_patch(document, overlay);
    if (const Node* edits = patch.find("edits")) apply_edits(document, *edits, errors);
  }
}

}  // namespace

Node load_scenario_document(const std::filesystem::path& file, const LibraryDirs& libraries) {
  Node root = load_document(file);
  if (!root.is_map()) fail(root.at, "a scenario is a map that begins with 'quiesce: 1'");
  const Node* version = root.find("quiesce");
  if (version == nullptr) fail(root.at, "a scenario begins with 'quiesce: 1'");
  if (version->scalar != "1") fail(version->at, "this version of quiesce reads 'quiesce: 1' only");
  Diagnostics errors;
  check_keys(root, scenario_keys(), errors);
  if (root.find("name") == nullptr || !root.find("name")->is_scalar())
    errors.error(root.at, "a scenario needs a 'name'");
  std::set<std::string> loaded;
  const Node* uses = root.find("use");
  const Node own_uses = uses != nullptr ? *uses : Node{};
  load_uses(root, &own_uses, libraries, loaded, errors);
  errors.throw_if_any();
  return root;
}

std::vector<std::string> variant_names(const Node& scenario) {
  std::vector<std::string> names;
  const Node* variants = scenario.find("variants");
  if (variants != nullptr && variants->is_map()) {
    for (const Node::Entry& entry : variants->entries) names.push_back(entry.key);
  } else if (variants != nullptr && !variants->is_null()) {
    fail(variants->at, "'variants' must be a map of names");
  }
  if (names.empty()) names.emplace_back("default");
  return names;
}

Node variant_document(const Node& scenario, std::string_view variant, const LibraryDirs& libraries) {
  const Node* variants = scenario.find("variants");
  const Node* chosen = variants != nullptr && variants->is_map() ? variants->find(variant) : nullptr;
  const bool has_variants = variants != nullptr && variants->is_map() && !variants->entries.empty();
  if (has_variants && chosen == nullptr) {
    const std::vector<std::string> names = variant_names(scenario);
    fail(variants->at, "no variant '" + std::string(variant) + "'", nearest_name_hint(variant, names));
  }
  Node document = scenario;
  std::erase_if(document.entries, [](const Node::Entry& entry) { return entry.key == "variants"; });
  Diagnostics errors;
  const Node* patches = scenario.find("patches");
  apply_patches(document, patches, libraries, errors);
  if (const Node* edits = scenario.find("edits")) apply_edits(document, *edits, errors);
  if (chosen != nullptr && !chosen->is_null()) {
    if (!chosen->is_map()) fail(chosen->at, "a variant is a map that is laid over the scenario");
    check_keys(*chosen, scenario_keys(), errors);
    apply_patches(document, chosen->find("patches"), libraries, errors);
    Node overlay = *chosen;
    std::erase_if(overlay.entries,
                  [](const Node::Entry& entry) { return entry.key == "patches" || entry.key == "edits"; });
    if (overlay.find("expect") != nullptr)
      std::erase_if(document.entries, [](const Node::Entry& entry) { return entry.key == "expect"; });
    merge_patch(document, overlay);
    if (const Node* edits = chosen->find("edits")) apply_edits(document, *edits, errors);
  }
  errors.throw_if_any();
  return document;
}

std::vector<std::filesystem::path> find_scenarios(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::filesystem::path> found;
  for (std::filesystem::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != ".yaml") continue;
    std::ifstream in(it->path());
    std::string line;
    while (std::getline(in, line)) {
      if (!line.starts_with("quiesce:")) continue;
      found.push_back(it->path());
      break;
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace quiesce::sim
