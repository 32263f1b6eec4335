// oneTBB's side of a crew, in a file of its own: a thread sanitizer's build leaves it uninstrumented, as
// Debian's oneTBB is, whose templates it instantiates.
#pragma once

#include <memory>

namespace quiesce::checker {

class WorkerThreads {
 public:
  explicit WorkerThreads(unsigned workers);
  ~WorkerThreads();
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  /// Calls `work` with `context` and each worker's number. Plain pointers, so that nothing is read in memory
  /// before `work` has begun.
  void run(void (*work)(void*, unsigned), void* context);

 private:
  struct Arena;

  unsigned workers_;
  std::unique_ptr<Arena> arena_;
};

}  // namespace quiesce::checker
