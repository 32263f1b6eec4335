#include "checker/value_counts.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "base/random_numbers.hpp"

namespace quiesce::checker {
namespace {

constexpr std::uint64_t kRestsKept = std::uint64_t{1} << 15U;  ///< of each part, about

/// "reboot" of "reboot: pc", "smmu0" of "smmu0.CR0", "Q" of "Q[2]".
std::string group_of(const std::string& name) {
  const std::size_t end = std::min(name.find(": "), name.find_first_of(".["));
  return name.substr(0, end);
}

void put(std::vector<StateParts::Part>& parts, std::map<std::string, std::size_t>& known,
         const std::string& name, std::size_t slot) {
  const auto [at, is_new] = known.try_emplace(name, parts.size());
  if (is_new) parts.push_back({name, {}});
  parts[at->second].slots.push_back(slot);
}

}  // namespace

StateParts::StateParts(const sim::System& system) {
  std::map<std::string, std::size_t> known;
  std::map<std::string, std::size_t> known_groups;
  for (const sim::NamedSlot& slot : sim::all_slots(system)) {
    put(named, known, slot.name, slots.size());
    put(groups, known_groups, group_of(slot.name), slots.size());
    slots.push_back(slot.slot);
  }
}

ValueCounts::ValueCounts(const StateParts& parts, std::uint64_t states)
    : parts_(parts),
      sampled_(std::bit_ceil(states / kRestsKept + 1) - 1),
      hashes_(parts.slots.size()),
      named_(parts.named.size()),
      groups_(parts.groups.size()) {}

void ValueCounts::count(const std::byte* state) {
  std::uint64_t whole = 0;
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    const auto value = static_cast<std::uint32_t>(base::read_slot(state, parts_.slots[i]));
    hashes_[i] = base::scramble((std::uint64_t{i + 1} << 32U) + value);
    whole ^= hashes_[i];
  }
  count(parts_.named, named_, whole);
  count(parts_.groups, groups_, whole);
}

void ValueCounts::count(const std::vector<StateParts::Part>& parts, std::vector<Count>& counts,
                        std::uint64_t whole) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::uint64_t value = 0;
    for (const std::size_t slot : parts[i].slots) value ^= hashes_[slot];
    counts[i].values.insert(value);
    const std::uint64_t rest = whole ^ value;
    if ((rest & sampled_) != 0) continue;
    counts[i].rests.insert(rest);
    ++counts[i].states;
  }
}

void ValueCounts::add(const ValueCounts& other) {
  const auto add_all = [](std::vector<Count>& to, const std::vector<Count>& from) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i].values.insert(from[i].values.begin(), from[i].values.end());
      to[i].rests.insert(from[i].rests.begin(), from[i].rests.end());
      to[i].states += from[i].states;
    }
  };
  add_all(named_, other.named_);
  add_all(groups_, other.groups_);
}

std::vector<ProfileValue> ValueCounts::sorted(const std::vector<StateParts::Part>& parts,
                                              const std::vector<Count>& counts) {
  std::vector<ProfileValue> all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto rests = static_cast<double>(counts[i].rests.size());
    const double factor = rests == 0 ? 1 : static_cast<double>(counts[i].states) / rests;
    all.push_back({parts[i].name, counts[i].values.size(), factor});
  }
  std::stable_sort(all.begin(), all.end(), [](const ProfileValue& a, const ProfileValue& b) {
    return std::pair(a.factor, a.values) > std::pair(b.factor, b.values);
  });
  return all;
}

}  // namespace quiesce::checker
