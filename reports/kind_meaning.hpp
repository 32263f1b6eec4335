// What a kind of finding or goal means, in a sentence for readers who have no manual at hand.
#pragma once

#include <string>

namespace quiesce::reports {

/// The part of ReportProperty::kind that does not differ from scenario to scenario: "reboot_within".
[[nodiscard]] std::string kind_name(const std::string& kind);

/// Ends with a full stop. Empty for a kind that a scenario has made.
[[nodiscard]] std::string kind_meaning(const std::string& name);

}  // namespace quiesce::reports
