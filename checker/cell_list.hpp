// The values that a view of the machine shows: each knows what of the state it depends on, and its text.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/slot.hpp"
#include "checker/report_machine.hpp"

namespace quiesce::checker {

class CellList {
 public:
  using Show = std::function<std::string(const std::byte*)>;
  using ShowValue = std::function<std::string(std::int32_t)>;

  /// A value that depends on these slots alone.
  CellNumber add(std::vector<base::Slot> slots, Show show);
  CellNumber add(base::Slot slot, ShowValue show);
  /// A value that may depend on anything.
  CellNumber add(Show show);
  CellNumber add_constant(std::string text);

  [[nodiscard]] std::size_t size() const { return cells_.size(); }
  /// Of all values, in order.
  [[nodiscard]] std::vector<std::string> texts(const std::byte* state) const;
  /// Those that differ after a step; `texts` are those before it, and are brought up to date.
  [[nodiscard]] std::vector<ReportCellChange> update(const std::byte* before, const std::byte* after,
                                                     std::vector<std::string>& texts) const;

 private:
  struct Cell {
    std::vector<base::Slot> slots;
    bool depends_on_all = false;
    Show show;
  };

  std::vector<Cell> cells_;
};

}  // namespace quiesce::checker
