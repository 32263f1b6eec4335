// The threads of a search: oneTBB behind one call, so that nothing else has to know it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "checker/worker_threads.hpp"

namespace quiesce::checker {

class WorkerCrew {
 public:
  /// So many workers, at least one, even on a machine with fewer CPUs.
  explicit WorkerCrew(unsigned workers);
  ~WorkerCrew();
  WorkerCrew(const WorkerCrew&) = delete;
  WorkerCrew& operator=(const WorkerCrew&) = delete;

  [[nodiscard]] unsigned size() const { return size_; }

  /// Calls `work` with each worker's number, at the same time as far as there are threads, and waits for all
  /// of them. What was written before is seen by the workers, and what they wrote is seen afterwards.
  void run(const std::function<void(unsigned)>& work);

 private:
  void take_part(unsigned worker);

  unsigned size_;
  const std::function<void(unsigned)>* work_ = nullptr;
  std::atomic<unsigned> started_{0};
  std::atomic<unsigned> done_{0};
  std::unique_ptr<WorkerThreads> threads_;  ///< none for a single worker
};

}  // namespace quiesce::checker
