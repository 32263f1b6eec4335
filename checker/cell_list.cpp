#include "checker/cell_list.hpp"

#include <algorithm>
#include <utility>

namespace quiesce::checker {

CellNumber CellList::add(std::vector<base::Slot> slots, Show show) {
  cells_.push_back({std::move(slots), false, std::move(show)});
  return static_cast<CellNumber>(cells_.size() - 1);
}

CellNumber CellList::add(base::Slot slot, ShowValue show) {
  return add({slot}, [slot, show = std::move(show)](const std::byte* state) {
    return show(base::read_slot(state, slot));
  });
}

CellNumber CellList::add(Show show) {
  cells_.push_back({{}, true, std::move(show)});
  return static_cast<CellNumber>(cells_.size() - 1);
}

CellNumber CellList::add_constant(std::string text) {
  return add(std::vector<base::Slot>{}, [text = std::move(text)](const std::byte*) { return text; });
}

std::vector<std::string> CellList::texts(const std::byte* state) const {
  std::vector<std::string> all;
  all.reserve(cells_.size());
  for (const Cell& cell : cells_) all.push_back(cell.show(state));
  return all;
}

std::vector<ReportCellChange> CellList::update(const std::byte* before, const std::byte* after,
                                               std::vector<std::string>& texts) const {
  std::vector<ReportCellChange> changes;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const bool touched =
        cell.depends_on_all || std::any_of(cell.slots.begin(), cell.slots.end(), [&](base::Slot slot) {
          return base::read_slot(before, slot) != base::read_slot(after, slot);
        });
    if (!touched) continue;
    std::string text = cell.show(after);
    if (text == texts[i]) continue;
    changes.push_back({static_cast<CellNumber>(i), text});
    texts[i] = std::move(text);
  }
  return changes;
}

}  // namespace quiesce::checker
