#include "checker/bound_detail.hpp"

#include <fmt/format.h>

namespace quiesce::checker {
namespace {

std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : what.ends_with("h") ? "es" : "s");
}

std::string contexts_detail(const Outcome& outcome) {
  if (outcome.bound == "contexts") {
    return "all runs were searched, up to " + counted(outcome.depth, "switch") +
           "; goals and livelocks are not looked for in this mode";
  }
  std::string text =
      outcome.bound == "max_switches" ? "" : "stopped after " + std::to_string(outcome.states) + " states; ";
  text += outcome.search.switches ? "all runs with up to " + counted(*outcome.search.switches, "switch")
                                  : "not even all runs without a switch";
  return text + " were searched; frontier " + std::to_string(outcome.frontier);
}

std::string walks_detail(const Outcome& outcome) {
  const ReportSearch& search = outcome.search;
  std::string text = fmt::format("{} from seed {} made {}, the longest {}", counted(search.walks, "walk"),
                                 search.seed, counted(outcome.transitions, "step"), search.longest);
  if (search.cut != 0) text += fmt::format("; {} ended at {} steps", search.cut, search.max_steps);
  if (search.mode != "pct") return text;
  return text + fmt::format(
                    "; each meets a bug of depth {} within {} steps with a probability of at least "
                    "1/({} * {}^{}) = {:.3g}, where it depends on the order of the {} actors alone",
                    search.depth, search.steps, search.actors, search.steps, search.depth - 1,
                    search.guarantee, search.actors);
}

std::string search_detail(const Outcome& outcome) {
  if (outcome.search.mode == "contexts") return contexts_detail(outcome);
  if (outcome.search.mode != "breadth-first") return walks_detail(outcome);
  return "stopped after " + std::to_string(outcome.states) + " states; frontier " +
         std::to_string(outcome.frontier) + "; depth " + std::to_string(outcome.depth);
}

}  // namespace

std::string bound_detail(const Outcome& outcome) {
  std::string text = search_detail(outcome);
  for (std::size_t i = 0; i < outcome.search.without.size(); ++i)
    text += (i == 0 ? "; without " : ", ") + outcome.search.without[i];
  return text;
}

}  // namespace quiesce::checker
