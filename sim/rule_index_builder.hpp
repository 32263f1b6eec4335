// Makes an index of conditions: by the slot that each asks for first, and by its value.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sim/code_tree.hpp"
#include "sim/rule_compiler.hpp"

namespace quiesce::sim {

class RuleIndexBuilder {
 public:
  explicit RuleIndexBuilder(RuleCompiler& compiler) : compiler_(compiler) {}

  /// A condition of any kind.
  void add(std::uint16_t number, CodeId condition);
  /// One that meets no fault: if it is a disjunction, then each part by itself, so that `number` may be found
  /// more than once.
  void add_parts(std::uint16_t number, CodeId condition);
  [[nodiscard]] RuleIndex take();

 private:
  using EntriesByValue = std::map<std::int32_t, std::vector<RuleEntry>>;
  using Conjuncts = std::span<const CodeTree* const>;

  void add(std::uint16_t number, Conjuncts conjuncts);
  [[nodiscard]] RuleEntry entry_of(std::uint16_t number, Conjuncts rest);
  [[nodiscard]] EntriesByValue& entries_of(base::Slot slot);
  void put(const std::pair<base::Slot, EntriesByValue>& group);

  RuleCompiler& compiler_;
  std::vector<std::pair<base::Slot, EntriesByValue>> groups_;
  std::vector<RuleEntry> others_;
  RuleIndex index_;
};

}  // namespace quiesce::sim
