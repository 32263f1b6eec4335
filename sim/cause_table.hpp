// What findings can be about: every place with every detail, numbered without being written out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quiesce::sim {

/// Where something can go wrong.
struct CausePlace {
  /// What stays when other steps are added, and when tasks are renamed: the routine with the step's label, or
  /// with what is written there and how many such steps come before it; of a step that stands in a task
  /// itself, what it says. Unlike that of any other place.
  std::string key;
  std::string where;  ///< "arm_smmu_cmdq_issue_cmdlist+4", or ""

  friend auto operator<=>(const CausePlace&, const CausePlace&) = default;
};

/// Something that can go wrong somewhere: findings with equal causes are one finding.
struct Cause {
  std::string key;     ///< CausePlace::key
  std::string where;   ///< CausePlace::where
  std::string detail;  ///< "device.domain", or ""

  friend auto operator<=>(const Cause&, const Cause&) = default;
};

/// Numbers causes in the order of their keys, then of their details; 0 says nothing of either.
class CauseTable {
 public:
  CauseTable() : CauseTable({}, {}) {}
  /// Places have different keys, which are not "".
  CauseTable(std::vector<CausePlace> places, std::vector<std::string> details);

  [[nodiscard]] std::uint32_t of_place(std::string_view key) const;
  /// The same place, with the detail.
  [[nodiscard]] std::uint32_t with_detail(std::uint32_t cause, std::string_view detail) const;
  [[nodiscard]] Cause operator[](std::uint32_t cause) const;

 private:
  std::vector<CausePlace> places_;
  std::vector<std::string> details_;
};

}  // namespace quiesce::sim
