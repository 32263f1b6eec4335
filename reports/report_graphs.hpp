// The graphs that a report draws for a finding, laid out: objects and their references, and who waits for
// whom. Equal graphs are laid out once.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "checker/run_report.hpp"

namespace quiesce::reports {

class ReportGraphs {
 public:
  /// Of every reference that some object has at some step of the run; none if there are no references.
  std::optional<std::size_t> add_objects(const checker::ReportMachine& machine,
                                         const checker::ReportFinding& finding);
  /// Of what waits where the run ends; none if nothing does.
  std::optional<std::size_t> add_waits(const checker::ReportWaitGraph& waits);

  /// What the numbers above are indices into.
  [[nodiscard]] const nlohmann::ordered_json& all() const { return graphs_; }

 private:
  struct Node {
    std::string id;
    std::size_t characters = 0;  ///< of its longest line
    std::size_t lines = 1;
  };
  struct Edge {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string label;
  };

  std::size_t add(const std::vector<Node>& nodes, const std::vector<Edge>& edges);

  nlohmann::ordered_json graphs_ = nlohmann::ordered_json::array();
  std::map<std::string, std::size_t> known_;
};

}  // namespace quiesce::reports
