// Which globals `rules:` may still read, for each value of a slot that steers them. A rules model has no
// program counters: there a process is an index, and where it stands is a variable that guards compare with
// constants. Any such slot is tried as the control of a graph whose nodes are its values, whose edges are the
// rules, and on which liveness flows backwards.
#pragma once

#include <vector>

#include "sim/dependence.hpp"

namespace quiesce::sim {

/// A slot that decides which rules can fire.
struct Control {
  base::Slot slot;
  std::int32_t first = 0;     ///< its least value
  std::vector<ByteSet> live;  ///< by value, from `first` on: what some run from there may read
};

class RuleLiveness {
 public:
  /// `matters`: the shared bytes that anybody reads. The first two must outlive this.
  RuleLiveness(const System& system, const SlotRanges& ranges, const ByteSet& matters);

  /// One for each slot with few values that some guard compares with a constant.
  [[nodiscard]] std::vector<Control> controls() const;

 private:
  [[nodiscard]] std::vector<Control> candidates() const;
  void find_live(Control& control) const;

  const System& system_;
  const SlotRanges& ranges_;
  std::vector<ByteSet> mentioned_;  ///< by rule: what its guard and body read or write
  std::vector<ByteSet> reads_;      ///< by rule: what it reads, whatever the controls are
  std::vector<CodeId> observers_;
  ByteSet by_steps_;  ///< read by steps of tasks and handlers
  ByteSet written_by_steps_;
};

}  // namespace quiesce::sim
