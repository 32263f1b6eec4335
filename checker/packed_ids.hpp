// Several small numbers in as few 32-bit words as hold them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"

namespace quiesce::checker {

class PackedIds {
 public:
  static constexpr std::size_t kWordsMax = 16;
  using Words = std::array<std::uint32_t, kWordsMax>;

  /// Numbers with at least so many bits each, up to 32; words that have bits left share them out.
  void lay_out(const std::vector<unsigned>& widths) {
    fields_.clear();
    std::vector<unsigned> used;
    for (const unsigned width : widths) {
      auto word = std::find_if(used.begin(), used.end(), [&](unsigned bits) { return bits + width <= 32; });
      if (word == used.end()) word = used.insert(used.end(), 0);
      fields_.push_back({static_cast<std::uint8_t>(word - used.begin()), static_cast<std::uint8_t>(*word),
                         static_cast<std::uint8_t>(width)});
      *word += width;
    }
    words_ = used.size();
    QUIESCE_ASSERT(words_ <= kWordsMax, "too many numbers to be packed");
    for (std::size_t word = 0; word < words_; ++word) share_out(word, 32 - used[word]);
  }

  [[nodiscard]] std::size_t bytes() const { return words_ * sizeof(std::uint32_t); }
  /// How many different numbers the field holds.
  [[nodiscard]] std::uint64_t capacity(std::size_t field) const {
    return std::uint64_t{1} << fields_[field].bits;
  }
  [[nodiscard]] std::uint32_t get(const Words& words, std::size_t field) const {
    const Field& f = fields_[field];
    return (words[f.word] >> f.shift) & mask(f);
  }
  void set(Words& words, std::size_t field, std::uint32_t value) const {
    const Field& f = fields_[field];
    words[f.word] = (words[f.word] & ~(mask(f) << f.shift)) | (value << f.shift);
  }
  /// Sets the bits that the field takes.
  void mark(Words& words, std::size_t field) const {
    const Field& f = fields_[field];
    words[f.word] |= mask(f) << f.shift;
  }

 private:
  struct Field {
    std::uint8_t word = 0;
    std::uint8_t shift = 0;
    std::uint8_t bits = 0;
  };

  static std::uint32_t mask(const Field& field) { return 0xffffffffU >> (32 - field.bits); }

  void share_out(std::size_t word, unsigned left) {
    std::vector<Field*> in_word;
    for (Field& field : fields_) {
      if (field.word == word) in_word.push_back(&field);
    }
    for (std::size_t i = 0; left > 0; --left, ++i) ++in_word[i % in_word.size()]->bits;
    unsigned shift = 0;
    for (Field* field : in_word) {
      field->shift = static_cast<std::uint8_t>(shift);
      shift += field->bits;
    }
  }

  std::vector<Field> fields_;
  std::size_t words_ = 0;
};

}  // namespace quiesce::checker
