// What firing transitions did to the records of states, so that it is looked up where nothing differs that
// they touch: parts of states have few values, and states are many because these combine.
//
// S. Blom, J. van de Pol, M. Weber, "LTSmin: distributed and symbolic reachability", CAV 2010, caches what
// groups of transitions do in the same way, by those slots of the state which they depend on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quiesce::checker {

/// For one worker. A record is some 32-bit words; what a choice touches is some of their bits.
class KnownEffects {
 public:
  /// Forgets everything. `masks`: for each choice, one after the other, the bits of a record that decide what
  /// firing it does and those that it may change; a choice without any is never known.
  void begin(std::size_t words, std::vector<std::uint32_t> masks);

  /// Whether it is worth asking: not where almost everything is asked for once.
  [[nodiscard]] bool useful() const { return !masks_.empty(); }

  /// Which bits firing the choice flips; nullptr if that is not known.
  [[nodiscard]] const std::uint32_t* find(std::uint16_t choice, const std::uint32_t* record) {
    if (choice >= choices_) return nullptr;
    ++lookups_;
    const std::uint32_t* const entry = table_.data() + place_of(choice, record) * entry_words();
    if (entry[0] == kFree) return nullptr;
    ++hits_;
    return entry + 1 + words_;
  }

  /// What `find` was asked for in vain.
  void keep(std::uint16_t choice, const std::uint32_t* record, const std::uint32_t* successor);

 private:
  static constexpr std::uint32_t kFree = 0;

  /// The choice, counted from 1; the bits that it touches; those that firing it flips.
  [[nodiscard]] std::size_t entry_words() const { return 1 + 2 * words_; }
  [[nodiscard]] const std::uint32_t* mask_of(std::uint16_t choice) const {
    return masks_.data() + choice * words_;
  }

  /// Of the entry, or of the free one where it would be.
  [[nodiscard]] std::size_t place_of(std::uint16_t choice, const std::uint32_t* record) const {
    const std::uint32_t* const mask = mask_of(choice);
    std::uint64_t hash = choice;
    for (std::size_t i = 0; i < words_; ++i) {
      hash = (hash ^ (record[i] & mask[i])) * kGolden;
      hash ^= hash >> 32U;
    }
    std::size_t at = hash & last_;
    while (!ends_search(table_.data() + at * entry_words(), choice, record, mask)) at = (at + 1) & last_;
    return at;
  }

  /// D. E. Knuth, The Art of Computer Programming, volume 3, 6.4: multiplicative hashing.
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;

  [[nodiscard]] bool ends_search(const std::uint32_t* entry, std::uint16_t choice,
                                 const std::uint32_t* record, const std::uint32_t* mask) const {
    if (entry[0] == kFree) return true;
    bool same = entry[0] == choice + 1U;
    for (std::size_t i = 0; i < words_; ++i) same = same && entry[1 + i] == (record[i] & mask[i]);
    return same;
  }

  void make_table(std::size_t entries);
  void grow();

  std::size_t words_ = 0;
  std::size_t choices_ = 0;  ///< that have masks
  std::vector<std::uint32_t> masks_;
  std::vector<std::uint32_t> table_;
  std::size_t last_ = 0;  ///< place of the table
  std::size_t used_ = 0;
  std::uint64_t lookups_ = 0;
  std::uint64_t hits_ = 0;
};

}  // namespace quiesce::checker
