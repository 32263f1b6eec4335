// Which reductions a search may use, and when it has to be made again without one.
#pragma once

#include <string>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/reductions.hpp"
#include "checker/system_model.hpp"

namespace quiesce::checker {

/// Those of the model's reductions that may be used for its questions; `notes` get what is left out, and
/// why.
[[nodiscard]] Reductions applicable(const SystemModel& model, const Reductions& wanted,
                                    std::vector<std::string>& notes);

/// Whether a question depends on which runs are fair. Fairness is about actors by name, so what a search
/// with fewer states than there are says about it does not count. Without cycles no run goes on forever,
/// with these states as well as with all.
[[nodiscard]] bool depends_on_fairness(const SystemModel& model, const Exploration& exploration);

}  // namespace quiesce::checker
