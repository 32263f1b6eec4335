// Whether anything can still come where no task can move and no time is waited for, but devices have accesses
// and interrupts of their own.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <vector>

namespace quiesce::checker {

class SystemModel;

class TrafficAhead {
 public:
  /// Whether accesses and interrupt messages, on their way or still to come, can lead to a step of a task
  /// that is no daemon, to a timer, or to a reset or panic. What they lead to by themselves - handlers,
  /// softirqs, daemons - is no way on for a run. To be asked with one model, from any number of threads.
  [[nodiscard]] bool leads_on(const SystemModel& model, const std::byte* state);

 private:
  using State = std::vector<std::byte>;

  [[nodiscard]] bool is_over(const State& state);

  std::mutex mutex_;
  std::set<State> over_;  ///< states that were asked about, and from which nothing leads on
};

}  // namespace quiesce::checker
