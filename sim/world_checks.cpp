// Mistakes between declarations: names that the language has taken, hooks that nothing runs, orders that
// leave devices out.
#include <algorithm>
#include <array>
#include <cctype>

#include "sim/world.hpp"

namespace quiesce::sim {
namespace {

using Names = std::vector<std::string>;

unsigned length_of(const std::string& name) {
  return static_cast<unsigned>(std::max<std::size_t>(1, name.size()));
}

bool has_meaning(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kWords{
      "and",   "or",   "not",   "if",   "else",  "in",      "forall",  "exists",
      "count", "true", "false", "NULL", "unset", "current", "this_cpu"};
  return name == "machine_state" || std::find(kWords.begin(), kWords.end(), name) != kWords.end();
}

bool is_builtin_function(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kFunctions{
      "consumed", "used", "advance", "command_word", "commands", "exited", "all_exited", "decision"};
  return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

/// The hooks that some step below `node` invokes: "driver.shutdown", with the place of the first one.
void find_invoked(const Node& node, std::vector<std::pair<std::string, Location>>& invoked) {
  for (const Node& item : node.items) find_invoked(item, invoked);
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == "invoke" && entry.value.is_scalar()) {
      const std::string& call = entry.value.scalar;
      invoked.emplace_back(call.substr(0, call.find_first_of("( ")), entry.value.at);
    }
    find_invoked(entry.value, invoked);
  }
}

std::string listed(const Names& names, const std::string& before) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? before + " " : ", ") + name;
  return text;
}

/// The nearest name, or else all that there are.
std::string hint_for(const std::string& name, const Names& valid, const std::string& all_are) {
  const std::string nearest = nearest_name_hint(name, valid);
  return nearest.empty() && valid.size() <= 8 ? listed(valid, all_are) : nearest;
}

}  // namespace

bool is_name(std::string_view text) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const bool digit_first = !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0;
  return !text.empty() && !digit_first && std::all_of(text.begin(), text.end(), is_word);
}

bool World::check_new_name(const std::string& name, const std::string& what, const Location& at) {
  if (!is_name(name)) {
    errors->error(at, "'" + name + "' is no name: " + what + " is called by letters, digits and '_'", "",
                  length_of(name));
    return false;
  }
  const bool number_of_cpu = name.starts_with("cpu") && types.contains("cpu") && constants.contains(name);
  const auto known = constants.find(name);
  const bool error_number =
      known != constants.end() && name.front() == 'E' && known->second.front().first > 0;
  if (!has_meaning(name) && !number_of_cpu && !error_number && !(name == "reboot_cpu" && machine.has_cpus))
    return true;
  errors->error(at, "'" + name + "' is a name of the language, and " + what + " needs one of its own", "",
                length_of(name));
  return false;
}

bool World::check_function_name(const std::string& name, const Location& at) {
  if (!check_new_name(name, "a function", at)) return false;
  if (!is_builtin_function(name)) return true;
  errors->error(at, "function '" + name + "' is built in", "", length_of(name));
  return false;
}

// Hooks of libraries may stay unused, and libraries may invoke what nobody has: only what the scenario
// itself names is taken for a mistake.
void World::check_hooks() {
  std::vector<std::pair<std::string, Location>> invoked;
  find_invoked(*document, invoked);
  for (const auto& [table, info] : hooks) {
    Names run;
    Names had;
    for (const auto& [owner, hooks_of] : info.owners) {
      for (const auto& [hook, routine] : hooks_of) had.push_back(hook);
    }
    for (const auto& [call, at] : invoked) {
      if (call.starts_with(table + ".")) run.push_back(call.substr(table.size() + 1));
    }
    for (const auto& [owner, hooks_of] : info.owners) {
      for (const auto& [hook, place] : hooks_of) check_hook(table, hook, place.at, run);
    }
    for (const auto& [call, at] : invoked) {
      if (call.starts_with(table + ".")) check_invoked(call.substr(table.size() + 1), at, had);
    }
  }
}

void World::check_hook(const std::string& table, const std::string& hook, const Location& at,
                       const std::vector<std::string>& run) {
  if (at.file != document->at.file || std::find(run.begin(), run.end(), hook) != run.end()) return;
  Names distinct = run;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::string hint = hint_for(hook, distinct, "hooks that are invoked:");
  if (hint.empty()) hint = "a routine or task does so with 'invoke: " + table + "." + hook + "(...)'";
  errors->error(at, "nothing invokes the hook '" + hook + "'", hint, length_of(hook));
}

/// A hook that nobody has runs nothing, as in the kernel; unless it looks like one that somebody has.
void World::check_invoked(const std::string& hook, const Location& at, const std::vector<std::string>& had) {
  if (at.file != document->at.file || std::find(had.begin(), had.end(), hook) != had.end()) return;
  const std::string hint = nearest_name_hint(hook, had);
  if (!hint.empty()) errors->error(at, "nobody has the hook '" + hook + "'", hint);
}

void World::check_drivers() {
  Names known;
  for (const auto& [owner, hooks_of] : hooks.at("driver").owners) known.push_back(owner);
  std::vector<std::pair<std::string, Location>> invoked;
  find_invoked(*document, invoked);
  const bool any_hook = std::any_of(invoked.begin(), invoked.end(),
                                    [](const auto& call) { return call.first.starts_with("driver."); });
  if (known.empty() && !any_hook) return;
  for (const DeviceInfo& device : devices) {
    if (device.driver.empty() || std::find(known.begin(), known.end(), device.driver) != known.end())
      continue;
    std::string hint = nearest_name_hint(device.driver, known);
    if (hint.empty()) {
      hint = device.driver == "arm-smmu-v3"
                 ? "'use: [linux/arm-smmu-v3]' declares it"
                 : "a driver without hooks is declared by 'drivers: { " + device.driver + ": {} }'";
    }
    errors->error(device.driver_at, "'drivers' has no '" + device.driver + "'", hint,
                  length_of(device.driver));
  }
}

std::string World::hint_for_null(const Type& type) const {
  if (type.name != "domain" && type.name != "smmu") return "";
  const auto is_null = [&](const char* field, std::size_t device) {
    const int family = find_family(field);
    return family < 0 || families[static_cast<std::size_t>(family)].init[device] == 0;
  };
  const std::string smmu = smmus.empty() ? "SMMU" : smmus.front().name;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (is_null("device.behind", i) && is_null("device.controls", i)) {
      return "device '" + devices[i].name + "' says neither 'behind: " + smmu + "' nor 'controls: " + smmu +
             "'";
    }
  }
  return "";
}

void World::check_registration_order(const Node& machine_node) {
  const Node* order = machine_node.find("registration_order");
  if (order == nullptr || order->is_null() || (order->is_scalar() && order->scalar == "any")) return;
  if (!order->is_list()) {
    errors->error(order->at, "'registration_order' is a list of devices, or 'any'");
    return;
  }
  Names missing;
  for (const DeviceInfo& device : devices) missing.push_back(device.name);
  const Names all = missing;
  for (const Node& device : order->items) {
    const auto found = std::find(missing.begin(), missing.end(), device.scalar);
    if (found != missing.end()) {
      missing.erase(found);
    } else if (std::find(all.begin(), all.end(), device.scalar) != all.end()) {
      errors->error(device.at, "'" + device.scalar + "' is registered twice", "", length_of(device.scalar));
    } else {
      errors->error(device.at, "unknown device '" + device.scalar + "'",
                    hint_for(device.scalar, all, "the devices are"), length_of(device.scalar));
    }
  }
  if (!missing.empty()) {
    errors->error(order->at, listed(missing, "'registration_order' leaves out"),
                  "every device is registered");
  }
}

bool World::is_freeable(const Node& class_node) const {
  const Node* freeable = class_node.find("freeable");
  if (freeable == nullptr || freeable->is_null() || freeable->scalar == "false") return false;
  if (freeable->scalar != "true") errors->error(freeable->at, "'freeable' is true or false");
  return true;
}

bool World::has_freeable() const {
  const Node* declared = section("classes");
  return declared != nullptr &&
         std::any_of(declared->entries.begin(), declared->entries.end(),
                     [this](const Node::Entry& entry) { return is_freeable(entry.value); });
}

bool World::is_freed_flag(int family) const {
  return family >= 0 && std::any_of(classes.begin(), classes.end(),
                                    [&](const auto& named) { return named.second.freed_family == family; });
}

}  // namespace quiesce::sim
