// What the machine of a compiled variant looks like, and the text of each of its values in a state.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checker/cell_list.hpp"
#include "checker/report_machine.hpp"
#include "sim/system.hpp"

namespace quiesce::checker {

struct MachineCells {
  /// `system` must outlive it.
  explicit MachineCells(const sim::System& system);

  ReportMachine machine;
  CellList cells;
};

// Parts of it, each in a file of its own.
void add_cpus(const sim::System& system, MachineCells& view);
void add_contexts(const sim::System& system, MachineCells& view);
void add_locks(const sim::System& system, MachineCells& view);
void add_objects(const sim::System& system, MachineCells& view);
void add_globals(const sim::System& system, MachineCells& view);
void add_timers(const sim::System& system, MachineCells& view);
void add_interrupts_and_works(const sim::System& system, MachineCells& view);
void add_smmu(const sim::System& system, std::size_t smmu, MachineCells& view);
void add_legacy_smmu(const sim::System& system, std::size_t smmu, MachineCells& view);

/// What physical pages are called.
[[nodiscard]] std::vector<std::string> frame_names(const sim::System& system);
/// "nic", or "nic, page 1" where each page of a device is a source of its own.
template <class Source>
[[nodiscard]] std::string name_of_source(const std::vector<Source>& sources, const Source& source) {
  const auto shared = std::count_if(sources.begin(), sources.end(),
                                    [&](const Source& other) { return other.name == source.name; });
  return shared < 2 ? source.name : source.name + ", page " + std::to_string(source.first_page);
}

}  // namespace quiesce::checker
