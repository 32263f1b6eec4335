// Joins by name, and says for each clash where the other declaration stands.
#include "sim/document_loader.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>

namespace quiesce::sim {
namespace {

const std::vector<std::string>& shared_sections() {
  static const std::vector<std::string> kSections{
      "routines", "functions",   "classes",  "types",      "globals",    "locks",
      "drivers",  "syscore_ops", "findings", "notifiers",  "interrupts", "softirqs",
      "timers",   "works",       "objects",  "properties", "goals"};
  return kSections;
}

const std::vector<std::string>& scenario_keys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys{"quiesce",     "name",  "title",  "sources", "use",      "patches",
                                  "machine",     "tasks", "rules",  "end",     "variants", "expect",
                                  "assumptions", "edits", "counts", "reason",  "durations"};
    keys.insert(keys.end(), shared_sections().begin(), shared_sections().end());
    return keys;
  }();
  return kKeys;
}

[[noreturn]] void fail(const Location& at, const std::string& message, const std::string& hint = {},
                       std::size_t length = 1) {
  throw ScenarioError({{at, message, hint, static_cast<unsigned>(std::max<std::size_t>(1, length))}});
}

/// Stands for a file that no line of can be quoted.
Location unread(const std::filesystem::path& path) {
  return {std::make_shared<SourceFile>(SourceFile{path.string(), {}}), 0, 0};
}

/// Whether a line of the file begins with `key:`; cheaper than reading it as YAML.
bool has_top_level_key(const std::filesystem::path& file, std::string_view key) {
  std::ifstream in(file);
  if (!in) fail(unread(file), "cannot read this file");
  const std::string wanted = std::string(key) + ":";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(wanted) || line.starts_with("\xef\xbb\xbf" + wanted)) return true;
  }
  return false;
}

/// Every *.yaml file below a folder that has the top-level key `key`, sorted.
std::vector<std::filesystem::path> files_with_key(const std::filesystem::path& dir, std::string_view key,
                                                  std::error_code& error) {
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator it(dir, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code vanished;
    const bool is_yaml = it->path().extension() == ".yaml" && it->is_regular_file(vanished);
    if (is_yaml && has_top_level_key(it->path(), key)) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> available(const char* header, const LibraryDirs& libraries) {
  std::vector<std::string> names;
  for (const std::filesystem::path& dir : libraries) {
    std::error_code error;
    for (const std::filesystem::path& file : files_with_key(dir, header, error)) {
      names.push_back(file.lexically_relative(dir).replace_extension().generic_string());
    }
  }
  return names;
}

/// `linux/arm-smmu-v3`: words of letters, digits, '-', '_' between single slashes, so that no name leaves
/// the folder of libraries.
bool is_library_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  for (const char c : name) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    if (!word && c != '/') return false;
  }
  return true;
}

/// Reads the file that `name` stands for; `header` is "library" or "patch".
Node load_library(const Node& name, const char* header, const LibraryDirs& libraries) {
  const std::string kind = header;
  if (!name.is_scalar() || !is_library_name(name.scalar)) {
    fail(name.at, "the name of a " + kind + " is needed here, such as 'linux/reboot'", "",
         name.scalar.size());
  }
  for (const std::filesystem::path& dir : libraries) {
    const std::filesystem::path path = dir / (name.scalar + ".yaml");
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    Node library = load_document(path);
    const Node* own = library.find(header);
    if (own == nullptr || own->scalar != name.scalar) {
      fail(own != nullptr ? own->at : library.at, "this file must say '" + kind + ": " + name.scalar + "'",
           "", own != nullptr ? own->scalar.size() : 1);
    }
    return library;
  }
  Diagnostic unknown{name.at, "unknown " + kind + " '" + name.scalar + "'",
                     nearest_name_hint(name.scalar, available(header, libraries)),
                     static_cast<unsigned>(name.scalar.size())};
  for (const std::filesystem::path& dir : libraries)
    unknown.notes.push_back("looked for " + (dir / (name.scalar + ".yaml")).string());
  throw ScenarioError({unknown});
}

void check_keys(const Node& document, const std::vector<std::string>& valid, Diagnostics& errors) {
  for (const Node::Entry& entry : document.entries) {
    if (std::find(valid.begin(), valid.end(), entry.key) != valid.end()) continue;
    errors.error(entry.key_at, "unknown key '" + entry.key + "'", nearest_name_hint(entry.key, valid),
                 static_cast<unsigned>(entry.key.size()));
  }
}

void join_names(Node& ours, const Node& theirs, const Location& scenario, Diagnostics& errors);

/// A class is what all libraries together say of it.
bool join_class(Node& ours, const Node& theirs, const Location& scenario, Diagnostics& errors) {
  if (!ours.is_map() || !theirs.is_map()) return false;
  for (const Node::Entry& part : theirs.entries) {
    Node* known = ours.find(part.key);
    if (known == nullptr) {
      ours.entries.push_back(part);
    } else if (part.key == "fields" && known->is_map() && part.value.is_map()) {
      join_names(*known, part.value, scenario, errors);
    } else if (known->scalar != part.value.scalar) {
      return false;
    }
  }
  return true;
}

/// Adds declarations to those that are there already, each by its name.
void join_names(Node& ours, const Node& theirs, const Location& scenario, Diagnostics& errors) {
  std::map<std::string, Location> declared;
  for (const Node::Entry& entry : ours.entries) declared.emplace(entry.key, entry.key_at);
  for (const Node::Entry& entry : theirs.entries) {
    const auto [known, fresh] = declared.emplace(entry.key, entry.key_at);
    if (fresh) {
      ours.entries.push_back(entry);
      continue;
    }
    const bool by_scenario = known->second.file == scenario.file;
    const Location& here = by_scenario ? known->second : entry.key_at;
    const Location& there = by_scenario ? entry.key_at : known->second;
    errors.error(here, "'" + entry.key + "' is declared already at " + place_text(there),
                 by_scenario
                     ? "a scenario changes what a library declares through 'patches', 'edits' or a variant"
                     : "two libraries that are used together declare a name once",
                 static_cast<unsigned>(std::max<std::size_t>(1, entry.key.size())));
  }
}

/// Adds the declarations of one library's section to what is declared already.
void join_section(const std::string& section, Node& ours, const Node& theirs, const Location& scenario,
                  Diagnostics& errors) {
  Node others = theirs;
  if (section == "classes") {
    std::erase_if(others.entries, [&](const Node::Entry& entry) {
      Node* known = ours.find(entry.key);
      return known != nullptr && join_class(*known, entry.value, scenario, errors);
    });
  }
  join_names(ours, others, scenario, errors);
}

/// Adds the sections of `library` to `root`; the scenario's own declarations count as earlier ones.
void join(Node& root, const Node& library, Diagnostics& errors) {
  for (const Node::Entry& section : library.entries) {
    const bool shared =
        std::find(shared_sections().begin(), shared_sections().end(), section.key) != shared_sections().end();
    if (!shared || section.value.is_null()) continue;
    if (!section.value.is_map()) {
      errors.error(section.value.at, "'" + section.key + "' must be a map of names");
      continue;
    }
    Node* ours = root.find(section.key);
    if (ours == nullptr) {
      root.entries.push_back(section);
    } else if (ours->is_null()) {
      *ours = section.value;
    } else if (ours->is_map()) {
      join_section(section.key, *ours, section.value, root.at, errors);
    } else {
      errors.error(ours->at, "'" + section.key + "' must be a map of names");
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

/// `map` without the entries whose keys are named.
Node without(const Node& map, const std::set<std::string>& keys) {
  Node rest = map;
  std::erase_if(rest.entries, [&](const Node::Entry& entry) { return keys.contains(entry.key); });
  return rest;
}

void apply_patches(Node& document, const Node* patches, const LibraryDirs& libraries, Diagnostics& errors) {
  if (patches == nullptr || patches->is_null()) return;
  if (!patches->is_list()) fail(patches->at, "'patches' is a list of patch names");
  std::vector<std::string> valid = shared_sections();
  valid.insert(valid.end(), {"patch", "title", "sources", "edits", "reason", "machine"});
  for (const Node& name : patches->items) {
    const Node patch = load_library(name, "patch", libraries);
    check_keys(patch, valid, errors);
    merge_patch(document, without(patch, {"patch", "title", "sources", "edits", "reason"}));
    if (const Node* edits = patch.find("edits")) apply_edits(document, *edits, errors);
  }
}

void apply_variant(Node& document, const Node& variant, const LibraryDirs& libraries, Diagnostics& errors) {
  if (!variant.is_map()) fail(variant.at, "a variant is a map that is laid over the scenario");
  std::vector<std::string> valid = scenario_keys();
  std::erase_if(valid, [](const std::string& key) {
    return key == "quiesce" || key == "name" || key == "use" || key == "variants";
  });
  check_keys(variant, valid, errors);
  apply_patches(document, variant.find("patches"), libraries, errors);
  if (variant.find("expect") != nullptr) document = without(document, {"expect"});
  merge_patch(document, without(variant, {"patches", "edits", "title", "reason"}));
  if (const Node* edits = variant.find("edits")) apply_edits(document, *edits, errors);
}

/// The body of a variant, or null for the one variant of a scenario that has none.
const Node* chosen_variant(const Node& scenario, std::string_view variant) {
  const std::vector<std::string> names = variant_names(scenario);
  if (std::find(names.begin(), names.end(), variant) == names.end()) {
    std::string hint = nearest_name_hint(variant, names);
    if (hint.empty()) {
      for (const std::string& name : names) hint += (hint.empty() ? "the variants are " : ", ") + name;
    }
    const Node* variants = scenario.find("variants");
    fail(variants != nullptr ? variants->at : scenario.at, "no variant '" + std::string(variant) + "'", hint);
  }
  const Node* variants = scenario.find("variants");
  return variants != nullptr ? variants->find(variant) : nullptr;
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
  const Node* name = root.find("name");
  if (name == nullptr || !name->is_scalar() || name->scalar.empty())
    errors.error(name != nullptr ? name->at : root.at, "a scenario needs a 'name'");
  const Node* uses = root.find("use");
  const Node own_uses = uses != nullptr ? *uses : Node{};  // joining moves what 'uses' points to
  std::set<std::string> loaded;
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
  const Node* chosen = chosen_variant(scenario, variant);
  Node document = without(scenario, {"variants"});
  Diagnostics errors;
  apply_patches(document, scenario.find("patches"), libraries, errors);
  if (const Node* edits = scenario.find("edits")) apply_edits(document, *edits, errors);
  if (chosen != nullptr && !chosen->is_null()) apply_variant(document, *chosen, libraries, errors);
  errors.throw_if_any();
  return document;
}

std::vector<std::filesystem::path> find_scenarios(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::filesystem::path> found = files_with_key(path, "quiesce", error);
  if (error) {
    fail(unread(path), "cannot read this folder: " + error.message());
  }
  return found;
}

}  // namespace quiesce::sim
