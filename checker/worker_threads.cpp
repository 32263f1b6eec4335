#include "checker/worker_threads.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

namespace quiesce::checker {

struct WorkerThreads::Arena {
  explicit Arena(unsigned workers)
      : limit(tbb::global_control::max_allowed_parallelism, workers), arena(static_cast<int>(workers)) {}

  tbb::global_control limit;
  tbb::task_arena arena;
};

WorkerThreads::WorkerThreads(unsigned workers)
    : workers_(workers), arena_(std::make_unique<Arena>(workers)) {}

WorkerThreads::~WorkerThreads() = default;

void WorkerThreads::run(void (*work)(void*, unsigned), void* context) {
  arena_->arena.execute([&] {
    tbb::parallel_for(
        0U, workers_, [=](unsigned i) { work(context, i); }, tbb::simple_partitioner());
  });
}

}  // namespace quiesce::checker
