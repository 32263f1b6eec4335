// What is said of a verdict, in the words that every format shares.
#pragma once

#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::reports {

/// "holds", "violated", "inconclusive".
[[nodiscard]] std::string status_word(checker::Status status);

/// "violated, expected holds"; "violated, and 'expect' does not say so"; "violated, and new against the
/// baseline". Of counts, which of them is wrong.
[[nodiscard]] std::string fate(const checker::ReportProperty& property);

/// The same with its name: "soft_lockup is violated, expected holds", "prompt holds, expected holds".
[[nodiscard]] std::string verdict_sentence(const checker::ReportProperty& property);

/// Why a property of the variant may be inconclusive: the bound, or which runs were searched.
[[nodiscard]] std::string why_inconclusive(const checker::ReportVariant& variant);

/// Names of the properties that a table of the scenario has a column for: goals and own properties, and kinds
/// of findings of which some variant has one, or should have.
[[nodiscard]] std::vector<std::string> properties_shown(const checker::ReportScenario& scenario);

/// The property of that name, or null.
[[nodiscard]] const checker::ReportProperty* find_property(const checker::ReportVariant& variant,
                                                           const std::string& name);

/// What tools that remember a result by its name may call the scenario: "kexec", or, where several scenarios
/// of the report have that name, "kexec (scenarios/reboot/kexec.yaml)".
[[nodiscard]] std::string name_of_its_own(const checker::RunReport& report,
                                          const checker::ReportScenario& scenario);

/// Why the exit code is as it is, in a sentence.
[[nodiscard]] std::string exit_code_words(const checker::RunReport& report);

}  // namespace quiesce::reports
