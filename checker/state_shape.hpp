// What a model says about the bytes of its state, so that a store can keep parts of states once.
#pragma once

#include <cstddef>
#include <vector>

namespace quiesce::checker {

/// Adjacent bytes of the state vector.
struct ByteRange {
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

/// A part of the state that is kept as a whole, such as all that belongs to one process.
struct Component {
  std::vector<ByteRange> ranges;

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const ByteRange& range : ranges) sum += range.bytes;
    return sum;
  }
};

/// What a model knows about its state: bytes that change together, and offsets where something new begins.
struct StateShape {
  std::vector<Component> together;
  std::vector<std::size_t> cuts;
};

}  // namespace quiesce::checker
