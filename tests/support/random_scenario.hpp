// Small scenarios made of everything that the language has, each from a number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quiesce::sim {

/// The text of a scenario. Equal numbers give equal texts on every machine. `size` bounds the phrases of
/// each task and handler, from 1 on.
[[nodiscard]] std::string random_scenario(std::uint32_t seed, int size);

/// The same with tasks that all do the same; some of them with two locks exchanged. Nothing tells the tasks
/// apart but their names.
[[nodiscard]] std::string random_twins(std::uint32_t seed, int size);

/// How many different phrases the generator knows; seed N surely contains phrase N modulo this.
[[nodiscard]] std::size_t random_phrases();

}  // namespace quiesce::sim
