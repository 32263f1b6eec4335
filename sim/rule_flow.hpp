// One rule as an edge, or several, of the graph of a control's values.
#pragma once

#include <bitset>
#include <set>
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
  /// A location of the body, together with the values that the control may have there.
  struct Node {
    Pc pc = kInactive;
    ControlValues before;
    ControlValues after;
    ByteSet always;
    ByteSet for_target;
    ByteSet target;
    bool kills = false;  ///< the target is one slot, and surely written
    bool may_fault = false;
    std::vector<std::size_t> next;
  };

  [[nodiscard]] Known known(const ControlValues& values) const;
  [[nodiscard]] ControlValues within(Interval range) const;
  [[nodiscard]] std::size_t node_at(Pc pc, const ControlValues& values);
  void look_at(Node& node);
  [[nodiscard]] ControlValues assigned(const Node& node, const Step& step, const Dependence& value) const;
  void link(Node& node, const Step& step, const Dependence& value);

  const System& system_;
  const SlotRanges& ranges_;
  ControlRange control_;
  bool enabled_ = true;
  ByteSet guard_;
  std::vector<Node> nodes_;  ///< in the order in which they are met
};

/// Every location of a rule's body.
[[nodiscard]] std::set<Pc> body_of(const System& system, const Rule& rule);

}  // namespace quiesce::sim
