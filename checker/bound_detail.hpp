// How far a search came that did not finish, in words.
#pragma once

#include <string>

#include "checker/check_system.hpp"

namespace quiesce::checker {

/// One line, to stand behind the name of the bound. The outcome has one.
[[nodiscard]] std::string bound_detail(const Outcome& outcome);

}  // namespace quiesce::checker
