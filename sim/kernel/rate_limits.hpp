// What dev_err_ratelimited() and its kin keep from the console.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/code.hpp"

namespace quiesce::sim {

// Linux v6.18 lib/ratelimit.c ___ratelimit(), include/linux/ratelimit_types.h: ten lines of a call site in
// five seconds from the first of them; the next one after that tells how many were left out.
class RateLimits {
 public:
  static constexpr std::int64_t kInterval_ns = 5'000'000'000;
  static constexpr std::uint32_t kBurst = 10;

  /// Of a line that the log step at `site` would print now: how many before it were left out without a word;
  /// nothing if it is left out itself.
  [[nodiscard]] std::optional<std::uint32_t> ask(const StepInfo& site, std::int64_t now_ns) {
    const auto [known, is_new] = sites_.try_emplace({site.ratelimited, site.written}, Site{now_ns, 0, 0});
    Site& state = known->second;
    std::uint32_t left_out = 0;
    if (now_ns > state.begin_ns + kInterval_ns) {
      left_out = state.left_out;
      state = {now_ns, 0, 0};
    }
    if (state.printed == kBurst) {
      ++state.left_out;
      return std::nullopt;
    }
    ++state.printed;
    return left_out;
  }
  void forget() { sites_.clear(); }

 private:
  struct Site {
    std::int64_t begin_ns;
    std::uint32_t printed;
    std::uint32_t left_out;
  };
  /// By the function and the message: all expansions of a routine are one place in the kernel.
  std::map<std::pair<std::string_view, std::string_view>, Site> sites_;
};

}  // namespace quiesce::sim
