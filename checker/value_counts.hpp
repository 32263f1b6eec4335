// Which parts of the state multiply the number of states. A part's factor is the number of states divided
// by the number of those that would be left if the part were constant: the distinct rests of the state.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "checker/run_report.hpp"
#include "sim/slot_names.hpp"

namespace quiesce::checker {

/// The named slots of a system, those with one name together, and the larger parts that they belong to.
class StateParts {
 public:
  explicit StateParts(const sim::System& system);

  struct Part {
    std::string name;
    std::vector<std::size_t> slots;  ///< indices into `slots`
  };
  std::vector<base::Slot> slots;
  std::vector<Part> named;   ///< "reboot: pc", "smmu0.CR0", "clocks"
  std::vector<Part> groups;  ///< "reboot", "smmu0", a whole array
};

/// Counts of one worker. Values and rests are told apart by 64-bit hashes. Of the rests a sample is taken,
/// those with certain hashes: all states that share a rest are in the sample, or none of them, so that the
/// factor is right on average however small the sample is.
class ValueCounts {
 public:
  /// `states`: about how many will be counted.
  ValueCounts(const StateParts& parts, std::uint64_t states);

  void count(const std::byte* state);
  void add(const ValueCounts& other);

  /// By factor, then by the number of values; the largest first.
  [[nodiscard]] std::vector<ProfileValue> slots() const { return sorted(parts_.named, named_); }
  [[nodiscard]] std::vector<ProfileValue> components() const { return sorted(parts_.groups, groups_); }
  [[nodiscard]] bool estimates() const { return sampled_ != 0; }

 private:
  struct Count {
    std::unordered_set<std::uint64_t> values;
    std::unordered_set<std::uint64_t> rests;
    std::uint64_t states = 0;  ///< with a rest in the sample
  };

  void count(const std::vector<StateParts::Part>& parts, std::vector<Count>& counts, std::uint64_t whole);
  [[nodiscard]] static std::vector<ProfileValue> sorted(const std::vector<StateParts::Part>& parts,
                                                        const std::vector<Count>& counts);

  const StateParts& parts_;
  std::uint64_t sampled_;  ///< a rest whose hash has none of these bits is in the sample
  std::vector<std::uint64_t> hashes_;
  std::vector<Count> named_;
  std::vector<Count> groups_;
};

}  // namespace quiesce::checker
