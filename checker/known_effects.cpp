#include "checker/known_effects.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace quiesce::checker {
namespace {

constexpr std::size_t kFirstEntries = 1U << 10U;
/// About what a core has to itself; what does not fit is sooner made again.
constexpr std::size_t kTableWordsMax = 1U << 20U;
constexpr std::uint64_t kFirstLook = 1U << 16U;

}  // namespace

void KnownEffects::begin(std::size_t words, std::vector<std::uint32_t> masks) {
  words_ = words;
  masks_ = std::move(masks);
  choices_ = masks_.size() / words;
  lookups_ = 0;
  hits_ = 0;
  make_table(kFirstEntries);
}

void KnownEffects::make_table(std::size_t entries) {
  table_.assign(entries * entry_words(), kFree);
  last_ = entries - 1;
  used_ = 0;
}

void KnownEffects::keep(std::uint16_t choice, const std::uint32_t* record, const std::uint32_t* successor) {
  if (choice >= choices_) return;
  const std::uint32_t* const mask = mask_of(choice);
  if (std::all_of(mask, mask + words_, [](std::uint32_t bits) { return bits == 0; })) return;
  if (lookups_ >= kFirstLook && hits_ < lookups_ / 2) {
    masks_.clear();
    choices_ = 0;
    table_ = {};
    return;
  }
  if (used_ > last_ / 4 * 3) grow();
  std::uint32_t* const entry = table_.data() + place_of(choice, record) * entry_words();
  ++used_;
  entry[0] = choice + 1U;
  for (std::size_t i = 0; i < words_; ++i) {
    entry[1 + i] = record[i] & mask[i];
    entry[1 + words_ + i] = record[i] ^ successor[i];
    QUIESCE_ASSERT((entry[1 + words_ + i] & ~mask[i]) == 0, "a transition wrote more than it touches");
  }
}

/// Begins anew where twice the size would be too much: what is needed often is soon there again.
void KnownEffects::grow() {
  const std::size_t entries = last_ + 1;
  const bool too_large = 2 * entries * entry_words() > kTableWordsMax;
  make_table(too_large ? entries : 2 * entries);
}

}  // namespace quiesce::checker
