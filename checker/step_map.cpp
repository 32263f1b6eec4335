#include "checker/step_map.hpp"

#include <algorithm>

namespace quiesce::checker {
namespace {

using Places = std::map<std::string, std::string>;

bool knows(const Places& places, const std::string& place, const std::vector<std::string>& callers) {
  const auto known = [&](const std::string& one) { return one.empty() || places.contains(one); };
  return known(place) && std::all_of(callers.begin(), callers.end(), known);
}

}  // namespace

StepMap::StepMap(const std::vector<DiffRoutine>& aligned) {
  for (const DiffRoutine& routine : aligned) {
    for (const DiffLine& line : routine.lines) {
      if (!line.a || !line.b || line.a->text != line.b->text) continue;
      // Where a loop is unrolled, its rounds are the same as far as both go.
      const std::size_t rounds = std::min(line.a->offsets.size(), line.b->offsets.size());
      for (std::size_t i = 0; i < rounds; ++i) {
        const std::string in_a = routine.name + "+" + std::to_string(line.a->offsets[i]);
        const std::string in_b = routine.name + "+" + std::to_string(line.b->offsets[i]);
        to_b_[in_a] = in_b;
        to_a_[in_b] = in_a;
      }
    }
  }
}

StepMap StepMap::reversed() const {
  StepMap other;
  other.to_b_ = to_a_;
  other.to_a_ = to_b_;
  return other;
}

std::optional<std::string> StepMap::to_b(const std::string& place) const {
  if (place.empty()) return place;
  const auto found = to_b_.find(place);
  return found == to_b_.end() ? std::nullopt : std::optional(found->second);
}

bool StepMap::is_in_b(const std::string& place, const std::vector<std::string>& callers) const {
  return knows(to_b_, place, callers);
}

bool StepMap::is_in_a(const std::string& place, const std::vector<std::string>& callers) const {
  return knows(to_a_, place, callers);
}

}  // namespace quiesce::checker
