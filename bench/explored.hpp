// States for the benchmarks to work on: the first ones of a shipped scenario.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "checker/explore.hpp"
#include "checker/system_model.hpp"
#include "quiesce_build.hpp"
#include "sim/compile.hpp"
#include "sim/document_loader.hpp"

namespace quiesce::bench {

/// A compiled variant and the first states of its search, in the order in which the search meets them.
class Explored {
 public:
  static constexpr std::size_t kStates = 20'000;

  /// `scenario` lies below scenarios/.
  Explored(const std::string& scenario, const std::string& variant)
      : system_(compiled(scenario, variant)), model_(system_), bytes_(model_.state_bytes()) {
    checker::ExploreOptions options;
    options.max_states = kStates;
    const checker::Exploration exploration = checker::explore(model_, options);
    states_.resize(exploration.states() * bytes_);
    for (checker::StateId id = 0; id < exploration.states(); ++id)
      exploration.store->load(id, states_.data() + id * bytes_);
  }

  [[nodiscard]] const checker::SystemModel& model() const { return model_; }
  [[nodiscard]] std::size_t size() const { return states_.size() / bytes_; }
  [[nodiscard]] std::size_t state_bytes() const { return bytes_; }
  [[nodiscard]] std::byte* state(std::size_t n) { return states_.data() + n * bytes_; }

 private:
  static sim::System compiled(const std::string& scenario, const std::string& variant) {
    const std::filesystem::path scenarios = std::filesystem::path(kSourceDir) / "scenarios";
    const sim::LibraryDirs libraries{scenarios / "lib"};
    return sim::compile(sim::variant_document(sim::load_scenario_document(scenarios / scenario, libraries),
                                              variant, libraries));
  }

  sim::System system_;
  checker::SystemModel model_;
  std::size_t bytes_;
  std::vector<std::byte> states_;
};

/// States of a model made of rules.
inline Explored& rules() {
  static Explored explored("textbook/mcslock1.yaml", "n4");
  return explored;
}

/// States of a machine with CPUs, a scheduler and an SMMU.
inline Explored& kernel() {
  static Explored explored("reboot/smmuv3-late-unmap.yaml", "mainline");
  return explored;
}

}  // namespace quiesce::bench
