#include "sim/timed/durations.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <utility>

#include "sim/timed/quantity.hpp"

namespace quiesce::sim::timed {
namespace {

/// A serial console at 115200 baud sends a character of ten bits in so long.
constexpr std::int64_t kCharacter_ns = 86'806;

class Reader {
 public:
  Reader(const Node& document, const System& system, const Parameters& overrides)
      : system_(system), map_(section_of(document)) {
    read_parameters(overrides);
    durations_.own_of_step.assign(system.program.steps.size(), Durations::kUsual);
    for (std::size_t pc = 0; pc < system.program.steps.size(); ++pc) {
      const Verb verb = system.program.steps[pc].verb;
      durations_.takes_of_step.push_back(takes_of_step(system.program, static_cast<Pc>(pc)));
      durations_.waits.push_back(verb == Verb::kSleep || verb == Verb::kDelay);
    }
    for (const auto& sources : system.layout.traffic)
      durations_.own_of_source.emplace_back(sources.size(), Durations::kUsual);
    durations_.stretch.assign(system.layout.cpus.size(), kFixedOne);
    durations_.watchdogs.resize(system.layout.cpus.size());
    durations_.console = Distribution::constant(kCharacter_ns);
    read_usual();
  }

  Durations read() {
    if (map_ == nullptr) return std::move(durations_);
    if (!map_->is_map()) errors_.fatal(map_->at, "'durations' is a map of what takes how long");
    for (const Node::Entry& entry : map_->entries) read_entry(entry);
    errors_.throw_if_any();
    return std::move(durations_);
  }

 private:
  /// A section without content is as good as none.
  static const Node* section_of(const Node& document) {
    const Node* section = document.find("durations");
    return section == nullptr || section->is_null() ? nullptr : section;
  }

  void read_parameters(const Parameters& overrides) {
    const Node* own = map_ == nullptr ? nullptr : map_->find("parameters");
    if (own != nullptr && own->is_null()) own = nullptr;
    if (own != nullptr && !own->is_map()) {
      errors_.error(own->at, "'parameters' is a map of names and what they stand for");
    } else if (own != nullptr) {
      for (const Node::Entry& entry : own->entries) read_parameter(entry);
    }
    for (const auto& [name, value] : overrides) durations_.parameters[name] = value;
    errors_.throw_if_any();
  }

  void read_parameter(const Node::Entry& entry) {
    const std::string& text = entry.value.scalar;
    const bool fits = entry.value.is_scalar() && (parse_duration_ns(text) || parse_number(text));
    if (!fits) errors_.error(entry.value.at, "a parameter is a duration or a number, such as 5s or 1000");
    if (!is_parameter_name(entry.key)) {
      errors_.error(entry.key_at,
                    "a parameter's name has letters, digits, '_' and '-', and begins with a letter or '_'",
                    "", static_cast<unsigned>(std::max<std::size_t>(1, entry.key.size())));
    }
    durations_.parameters[entry.key] = text;
  }

  /// One that is taken for no duration and no range, and that `--set NAME=VALUE` can say.
  static bool is_parameter_name(const std::string& name) {
    const auto begins = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && begins(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
      return begins(c) || (c >= '0' && c <= '9') || c == '-';
    });
  }

  void read_usual() {
    for (const TakesInfo& info : all_takes()) {
      const Node usual = parse_document("x: " + std::string(info.usual), "");
      durations_.usual[static_cast<std::size_t>(info.takes)] = values_.read(usual.entries.front().value);
    }
  }

  void read_entry(const Node::Entry& entry) {
    const auto known = std::find_if(all_takes().begin(), all_takes().end(),
                                    [&](const TakesInfo& info) { return info.name == entry.key; });
    if (known != all_takes().end()) {
      durations_.usual[static_cast<std::size_t>(known->takes)] = values_.read(entry.value);
    } else if (entry.key == "console") {
      durations_.console = values_.read(entry.value);
    } else if (entry.key == "uptime") {
      durations_.uptime = values_.read(entry.value);
    } else if (entry.key == "steps") {
      each(entry, [this](const Node::Entry& one) { read_step(one); });
    } else if (entry.key == "devices") {
      each(entry, [this](const Node::Entry& one) { read_device(one); });
    } else if (entry.key == "load") {
      each(entry, [this](const Node::Entry& one) { read_load(one); });
    } else if (entry.key == "watchdogs") {
      each(entry, [this](const Node::Entry& one) { read_watchdog(one); });
    } else if (entry.key == "hz") {
      read_hz(entry.value);
    } else if (entry.key == "back_off") {
      durations_.back_off_ns = values_.duration_ns(entry.value);
    } else if (entry.key != "parameters") {
      unknown(entry, "'durations' has no '" + entry.key + "'", keys());
    }
  }

  static std::vector<std::string> keys() {
    std::vector<std::string> keys{"parameters", "steps",    "devices", "load",  "watchdogs",
                                  "hz",         "back_off", "console", "uptime"};
    for (const TakesInfo& info : all_takes()) keys.emplace_back(info.name);
    return keys;
  }

  void unknown(const Node::Entry& entry, const std::string& message, const std::vector<std::string>& valid) {
    errors_.error(entry.key_at, message, nearest_name_hint(entry.key, valid),
                  static_cast<unsigned>(std::max<std::size_t>(1, entry.key.size())));
  }

  void each(const Node::Entry& section, const std::function<void(const Node::Entry&)>& read) {
    if (section.value.is_null()) return;
    if (!section.value.is_map()) {
      errors_.error(section.value.at, "'" + section.key + "' is a map");
      return;
    }
    for (const Node::Entry& entry : section.value.entries) read(entry);
  }

  std::int32_t own(Distribution distribution) {
    durations_.own.push_back(std::move(distribution));
    return static_cast<std::int32_t>(durations_.own.size()) - 1;
  }

  /// `ROUTINE+NUMBER` or `ROUTINE.LABEL`, wherever it was expanded.
  void read_step(const Node::Entry& entry) {
    const std::int32_t number = own(values_.read(entry.value));
    std::vector<std::string> names;
    bool any = false;
    for (std::size_t pc = 1; pc < system_.program.steps.size(); ++pc) {
      const StepInfo& info = system_.program.infos[system_.program.steps[pc].info];
      const std::string numbered = info.routine + "+" + std::to_string(info.number);
      const std::string labelled = info.label.empty() ? numbered : info.routine + "." + info.label;
      names.push_back(numbered);
      names.push_back(labelled);
      if (entry.key != numbered && entry.key != labelled) continue;
      check_wait(entry, static_cast<Pc>(pc), durations_.own[static_cast<std::size_t>(number)]);
      if (durations_.own_of_step[pc] != Durations::kUsual && !any) {
        errors_.error(entry.key_at,
                      "'" + entry.key + "' is a step that stands here already, by another name");
      }
      durations_.own_of_step[pc] = number;
      any = true;
    }
    if (any) return;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    unknown(entry, "no step is called '" + entry.key + "': it is ROUTINE.LABEL or ROUTINE+NUMBER", names);
  }

  /// A wait of one length has no distribution of its own, and no constant is outside of what the step says.
  void check_wait(const Node::Entry& entry, Pc pc, const Distribution& distribution) {
    const Step& step = system_.program.steps[pc];
    if (!durations_.waits[pc]) return;
    const std::int64_t least_ns = std::int64_t{step.argument} * kMicrosecond_ns;
    const std::int64_t most_ns = std::int64_t{step.argument2} * kMicrosecond_ns;
    base::RandomNumbers any(0, 0);
    const bool fits = distribution.varies()
                          ? least_ns < most_ns
                          : std::clamp(distribution.draw(any), least_ns, most_ns) == distribution.draw(any);
    if (!fits) {
      errors_.error(entry.value.at, "'" + entry.key + "' waits for " + std::to_string(step.argument) +
                                        "us.." + std::to_string(step.argument2) +
                                        "us: what it takes has to be possible there");
    }
  }

  void read_device(const Node::Entry& entry) {
    const std::int32_t number = own(values_.read(entry.value));
    const auto devices = system_.objects.find("device");
    std::vector<std::string> names;
    bool any = false;
    for (std::size_t smmu = 0; smmu < system_.layout.traffic.size(); ++smmu) {
      for (std::size_t source = 0; source < system_.layout.traffic[smmu].size(); ++source) {
        const std::size_t device = system_.layout.traffic[smmu][source].device;
        names.push_back(devices->second[device]);
        if (names.back() != entry.key) continue;
        durations_.own_of_source[smmu][source] = number;
        any = true;
      }
    }
    if (!any) unknown(entry, "no device with 'dma' is called '" + entry.key + "'", names);
  }

  /// The CPU that the entry names.
  std::optional<std::size_t> cpu_of(const Node::Entry& entry) {
    std::vector<std::string> names;
    for (std::size_t cpu = 0; cpu < system_.layout.cpus.size(); ++cpu) {
      names.push_back("cpu" + std::to_string(cpu));
      if (names.back() == entry.key) return cpu;
    }
    unknown(entry, "there is no CPU '" + entry.key + "'", names);
    return std::nullopt;
  }

  void read_load(const Node::Entry& entry) {
    constexpr Fixed kMost = kFixedOne * 99 / 100;
    const auto cpu = cpu_of(entry);
    if (!cpu) return;
    const Fixed load = values_.number(entry.value, kFixedOne);
    if (load > kMost) errors_.error(entry.value.at, "a CPU whose load is above 0.99 leaves no time for this");
    durations_.stretch[*cpu] = reciprocal(kFixedOne - std::min(load, kMost));
  }

  void read_watchdog(const Node::Entry& entry) {
    const auto cpu = cpu_of(entry);
    if (cpu) durations_.watchdogs[*cpu] = values_.read(entry.value);
  }

  // Linux v6.18 kernel/Kconfig.hz.
  void read_hz(const Node& node) {
    const auto hz = values_.number_in(node);
    for (const std::int64_t valid : {100, 250, 300, 1000}) {
      if (!hz || *hz != valid << kFixedBits) continue;
      durations_.hz = valid;
      return;
    }
    errors_.error(node.at, "'hz' is 100, 250, 300 or 1000");
  }

  static Fixed reciprocal(Fixed x) {
    return static_cast<Fixed>((static_cast<Wide>(1) << (2 * kFixedBits)) / x);
  }

  const System& system_;
  const Node* map_;
  Diagnostics errors_;
  Durations durations_;
  DistributionReader values_{durations_.parameters, errors_};
};

}  // namespace

const Distribution& Durations::of_move(const System& system, Move move) const {
  const Takes takes = takes_of_move(system, move);
  if (takes == Takes::kTraffic) {
    const auto smmu = static_cast<std::size_t>(move.actor - system.smmu_actor(0));
    const std::int32_t number = own_of_source[smmu][source_of(system, move)];
    if (number != kUsual) return own[static_cast<std::size_t>(number)];
  }
  return usual[static_cast<std::size_t>(takes)];
}

Durations read_durations(const Node& document, const System& system, const Parameters& overrides) {
  return Reader(document, system, overrides).read();
}

}  // namespace quiesce::sim::timed
