// A scenario given as text, compiled and searched.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "checker/check_system.hpp"
#include "sim/compile.hpp"

namespace quiesce::checker {

struct Checked {
  sim::System system;
  Outcome outcome;

  /// What the search says about the property.
  [[nodiscard]] Status status(const std::string& property) const {
    for (std::size_t i = 0; i < system.properties.size(); ++i) {
      if (system.properties[i].name == property) return outcome.properties[i].status;
    }
    ADD_FAILURE() << "no property " << property;
    return Status::kInconclusive;
  }
};

inline Checked check_text(const std::string& text, const ExploreOptions& options = {}) {
  Checked checked{sim::compile(sim::parse_document("quiesce: 1\nname: test\n" + text, "test.yaml")), {}};
  checked.outcome = check(checked.system, options);
  return checked;
}

}  // namespace quiesce::checker
