#include "checker/worker_crew.hpp"

#include <algorithm>

namespace quiesce::checker {

WorkerCrew::WorkerCrew(unsigned workers)
    : size_(std::max(1U, workers)), threads_(size_ > 1 ? std::make_unique<WorkerThreads>(size_) : nullptr) {}

WorkerCrew::~WorkerCrew() = default;

// oneTBB orders its own tasks; the two counters say so in a way that a thread sanitizer can follow, to whom
// Debian's build of oneTBB is opaque.
void WorkerCrew::run(const std::function<void(unsigned)>& work) {
  if (threads_ == nullptr) {
    work(0);
    return;
  }
  work_ = &work;
  started_.fetch_add(1, std::memory_order_release);
  const auto take_part = [](void* crew, unsigned worker) {
    static_cast<WorkerCrew*>(crew)->take_part(worker);
  };
  threads_->run(take_part, this);
  static_cast<void>(done_.load(std::memory_order_acquire));
}

void WorkerCrew::take_part(unsigned worker) {
  static_cast<void>(started_.load(std::memory_order_acquire));
  (*work_)(worker);
  done_.fetch_add(1, std::memory_order_acq_rel);
}

}  // namespace quiesce::checker
