// A finding of a scenario given as text, with the machine in each of its states.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checked.hpp"
#include "checker/machine_cells.hpp"

namespace quiesce::checker {

struct ShownFinding {
  sim::System system;
  ReportMachine machine;
  ReportFinding finding;
  Schedule schedule;

  /// The texts of all cells after so many steps: what the steps changed, laid over what was there at first.
  [[nodiscard]] std::vector<std::string> texts(std::size_t steps) const {
    std::vector<std::string> all = finding.initial;
    for (std::size_t i = 0; i < steps; ++i) {
      for (const ReportCellChange& change : finding.steps[i].cells) all[change.cell] = change.text;
    }
    return all;
  }
  [[nodiscard]] std::string text(CellNumber cell, std::size_t steps) const { return texts(steps)[cell]; }
  [[nodiscard]] std::string at_end(CellNumber cell) const { return text(cell, finding.steps.size()); }

  /// The first step whose text begins so; it must be there.
  [[nodiscard]] const ReportStep& step(const std::string& text, const std::string& actor = "") const {
    for (const ReportStep& step : finding.steps) {
      if (step.text.starts_with(text) && (actor.empty() || step.actor == actor)) return step;
    }
    ADD_FAILURE() << "no step '" << text << "'";
    return finding.steps.front();
  }
};

/// The one of this name; it must be there.
template <class Part>
const Part& named(const std::vector<Part>& parts, const std::string& name) {
  const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.name == name; });
  if (part == parts.end()) {
    ADD_FAILURE() << "no " << name;
    static const Part kNothing{};
    return kNothing;
  }
  return *part;
}

/// The first finding of this property.
inline ShownFinding show_finding(const std::string& property, const std::string& scenario) {
  Checked checked = check_text(scenario);
  const auto index = find_property(checked.system, property);
  ShownFinding shown{std::move(checked.system), {}, {}, {}};
  if (!index || checked.outcome.properties[*index].runs.empty()) {
    ADD_FAILURE() << "no " << property;
    return shown;
  }
  const FoundRun& run = checked.outcome.properties[*index].runs.front();
  MachineCells view(shown.system);
  shown.finding = explain(shown.system, run, &view);
  shown.machine = std::move(view.machine);
  shown.schedule = run.schedule;
  return shown;
}

}  // namespace quiesce::checker
