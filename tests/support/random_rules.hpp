// Small models of rules, each from a number: processes with locations, shared and own variables.
#pragma once

#include <cstdint>
#include <string>

namespace quiesce::sim {

/// The text of a scenario. Equal numbers give equal texts on every machine.
[[nodiscard]] std::string random_rules(std::uint32_t seed);

}  // namespace quiesce::sim
