#include "reports/commands.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

std::string file_word(const std::string& file) {
  return shell_word(file.starts_with("-") ? "./" + file : file);
}

std::string walks(const ReportSearch& search, std::uint64_t number) {
  std::string text = fmt::format("--mode {} --seed {} --walks {} --max-steps {} ", search.mode, search.seed,
                                 number, search.max_steps);
  if (search.mode == "pct") text += fmt::format("--depth {} ", search.depth);
  return text;
}

/// The same search, only as far as this finding needs it: another one may not come so far.
std::string search_options(const ReportSearch& search, const ReportFinding& finding) {
  if (finding.switches) return fmt::format("--mode contexts={} ", *finding.switches);
  return finding.walk ? walks(search, *finding.walk + 1) : "";
}

std::string search_options(const ReportVariant& variant) {
  const ReportSearch& search = variant.search;
  if (search.mode == "breadth-first") return "";
  if (search.mode != "contexts") return walks(search, search.walks);
  const bool limited = search.switches && variant.bound && variant.bound->which == "max_switches";
  return limited ? fmt::format("--mode contexts={} ", *search.switches) : "--mode contexts ";
}

}  // namespace

std::string search_words(const ReportScenario& scenario) {
  return scenario.variants.empty() ? "" : search_options(scenario.variants.front());
}

std::string replay_form(const std::string& search_words) {
  return "quiesce replay FILE --variant NAME " + search_words + "ID";
}

std::string check_command(const ReportScenario& scenario) {
  return "quiesce check " + search_words(scenario) + file_word(scenario.file);
}

std::string replay_command(const ReportScenario& scenario, const ReportVariant& variant,
                           const ReportFinding& finding) {
  if (!finding.has_own_id) return replay_schedule_command(scenario.file, variant.name, finding.schedule);
  return "quiesce replay " + file_word(scenario.file) + " --variant " + shell_word(variant.name) + " " +
         search_options(variant.search, finding) + shell_word(finding.id);
}

std::string replay_schedule_command(const std::string& file, const std::string& variant,
                                    const std::string& schedule) {
  return "quiesce replay " + file_word(file) + " --variant " + shell_word(variant) + " " +
         shell_word(schedule);
}

std::string diff_command(const std::string& file, const std::string& a, const std::string& b) {
  return "quiesce diff " + file_word(file) + " " + shell_word(a) + " " + shell_word(b);
}

}  // namespace quiesce::reports
