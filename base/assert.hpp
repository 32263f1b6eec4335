// Assertions for our own bugs: they stay on in release builds, and print the schedule that led here.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace quiesce::base {

/// Called by a failing assertion to say where the search stood; set by whoever fires transitions.
/// Null while nothing is being explored.
inline thread_local std::string (*describe_position)() = nullptr;

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line,
                                          const char* why) {
  std::fprintf(stderr, "quiesce: internal error at %s:%d: %s (%s)\n", file, line, why, condition);
  if (describe_position != nullptr) {
    std::fprintf(stderr, "schedule: %s\n", describe_position().c_str());
  }
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace quiesce::base

/// `why` is one short sentence about the invariant, shown to the user together with the schedule.
#define QUIESCE_ASSERT(condition, why)                 \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::quiesce::base::assertion_failed(#condition, __FILE__, __LINE__, why))
