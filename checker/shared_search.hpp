// What the workers of one search share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/frontier.hpp"

namespace quiesce::checker {

/// The bound that `--max-memory` sets, or the machine.
inline constexpr const char* kMaxMemory = "max_memory";

struct SharedSearch {
  bool keep_graph = false;
  std::atomic<std::uint64_t> next{0};  ///< first state of the pass that nobody has taken
  StateId end = 0;                     ///< of the pass
  Fired fired = Fired::kAll;
  std::atomic<const char*> bound{nullptr};  ///< why everybody is to stop
  std::atomic<bool> found{false};
  std::atomic<std::uint64_t> edge_bytes{0};
  std::vector<StateClass> classes;  ///< these three by state, if a graph is kept
  std::vector<std::uint8_t> may_rest;
  std::vector<std::uint32_t> degrees;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  [[nodiscard]] bool stopped() const { return bound.load(std::memory_order_relaxed) != nullptr; }
  /// The first reason counts, but for memory: where it was too short, what was kept is not whole.
  void stop(const char* why) {
    const char* none = nullptr;
    if (!bound.compare_exchange_strong(none, why) && why == kMaxMemory) bound = why;
  }
  /// What a kept graph takes, and what the answers to questions about it will take.
  [[nodiscard]] std::uint64_t graph_bytes() const {
    constexpr std::uint64_t kBytesByState = 48;
    return keep_graph ? edge_bytes.load(std::memory_order_relaxed) + kBytesByState * end : 0;
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  void begin_pass(const Pass& pass) {
    next = pass.begin;
    end = pass.end;
    fired = pass.fired;
    if (!keep_graph) return;
    classes.resize(end);
    may_rest.resize(end);
    degrees.resize(end);
  }
};

}  // namespace quiesce::checker
