// One rule as an edge, or several, of the graph of a control's values.
#pragma once

#include <bitset>
#include <vector>

#include "sim/dependence.hpp"

namespace quiesce::sim {

inline constexpr std::size_t kControlValuesMax = 256;
using ControlValues = std::bitset<kControlValuesMax>;  ///< counted from the least

struct ControlRange {
  base::Slot slot;
  std::int32_t first = 0;
  std::size_t count = 0;
};

/// What the rule does where the control has one given value.
class RuleFlow {
 public:
  RuleFlow(const System& system, const SlotRanges& ranges, const Rule& rule, const ControlRange& control,
           std::size_t value);

  /// What is read by the rule, or after it, given what is live at each value of the control.
  [[nodiscard]] ByteSet live_before(const std::vector<ByteSet>& live_at) const;

 private:
  struct Node {
    ControlValues before;  ///< values that the control may have here
    ControlValues after;
    ByteSet always;
    ByteSet for_target;
    ByteSet target;
    bool kills = false;  ///< the target is one slot, and surely written
    bool may_fault = false;
    bool ends = false;
    std::vector<std::size_t> next;
  };

  [[nodiscard]] Known known(const ControlValues& values) const;
  [[nodiscard]] ControlValues within(Interval range) const;
  bool flow(std::size_t at);
  [[nodiscard]] ControlValues assigned(const Node& node, const Step& step, const Dependence& value) const;
  void link(Node& node, const Step& step, const Dependence& value) const;

  const System& system_;
  const SlotRanges& ranges_;
  ControlRange control_;
  Pc entry_;
  bool enabled_ = true;
  ByteSet guard_;
  std::vector<Node> nodes_;  ///< by location, from entry_ on
};

/// The number of locations of a rule's body, its end included.
[[nodiscard]] std::size_t body_length(const System& system, const Rule& rule);

}  // namespace quiesce::sim
