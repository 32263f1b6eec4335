// Assertions for our own bugs: they stay on in release builds, and print the schedule that led here.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

namespace quiesce::base {

/// Asked by a failing assertion where the search stood; null while nothing is being explored.
inline thread_local const std::function<std::string()>* position_text = nullptr;

/// Says for its lifetime, on this thread, where the search stands.
class PositionScope {
 public:
  explicit PositionScope(std::function<std::string()> text) : text_(std::move(text)) {
    position_text = &text_;
  }
  ~PositionScope() { position_text = nullptr; }
  PositionScope(const PositionScope&) = delete;
  PositionScope& operator=(const PositionScope&) = delete;

 private:
  std::function<std::string()> text_;
};

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line,
                                          const char* why) {
  std::fprintf(stderr, "quiesce: internal error at %s:%d: %s (%s)\n", file, line, why, condition);
  // Finding the schedule may fail in the same way, and is not tried twice.
  const auto* const text = std::exchange(position_text, nullptr);
  if (text != nullptr) std::fprintf(stderr, "schedule: %s\n", (*text)().c_str());
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace quiesce::base

/// `why` is one short sentence about the invariant, shown to the user together with the schedule.
#define QUIESCE_ASSERT(condition, why)                 \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::quiesce::base::assertion_failed(#condition, __FILE__, __LINE__, why))
