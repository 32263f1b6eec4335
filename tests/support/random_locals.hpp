// Small `rules:` models, each from a number: two processes that step through locations, with locals, shared
// cells and computed indices.
#pragma once

#include <cstdint>
#include <string>

namespace quiesce::sim {

/// The text of a scenario. Equal numbers give equal texts on every machine.
[[nodiscard]] std::string random_locals(std::uint32_t seed);

}  // namespace quiesce::sim
