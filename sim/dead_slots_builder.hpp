// Makes the tables of DeadSlots from what the analyses of contexts and rules found.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/dead_slots.hpp"
#include "sim/frame_domains.hpp"
#include "sim/frame_liveness.hpp"
#include "sim/rule_liveness.hpp"

namespace quiesce::sim {

class DeadSlots::Builder {
 public:
  Builder(const System& system, base::PlantedDefect defect, DeadSlots& out);
  void run();

 private:
  using Lists = std::vector<std::vector<Reset>>;

  void find_unread();
  void add_context(ContextId context);
  void add_rules();
  void add_table(base::Slot control, std::int32_t first, const Lists& lists);
  void link();
  void note_families(const Control& control, const Lists& lists);
  void write_note();

  [[nodiscard]] bool can_reset(base::Slot slot, const ByteSet& live) const;
  [[nodiscard]] Reset reset_of(base::Slot slot) const;
  [[nodiscard]] Lists dead_lists(const Control& control) const;
  [[nodiscard]] std::vector<Reset> dead_locals(const ContextLayout& context, std::size_t pc, FrameBytes dead,
                                               const FrameBytes& written) const;
  [[nodiscard]] const Family& family_of(base::Slot slot) const;

  /// Families of a dead slot and of its control, and the control's values there.
  using ByFamilies = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

  const System& system_;
  base::PlantedDefect defect_;
  DeadSlots& out_;
  SlotRanges ranges_;
  ByteSet matters_;
  std::vector<base::Slot> plain_;  ///< slots that may be reset
  std::vector<int> family_at_;     ///< of plain slots, by offset; -1 elsewhere
  FrameDomains names_in_frames_;
  ByFamilies by_families_;
  std::vector<std::string> contexts_;  ///< with locals that are dead somewhere
  bool gave_up_ = false;
};

/// On which level each control decides, lowest first: a control that is dead somewhere under another one is
/// reset before it is asked. -1 for those that decide nothing. `dead_under[c]` are the controls that c has
/// dead somewhere, `decides[c]` whether any slot is.
[[nodiscard]] std::vector<int> levels_of(const std::vector<std::set<std::size_t>>& dead_under,
                                         const std::vector<bool>& decides);

}  // namespace quiesce::sim
