// Steps whose place does not exist: an index outside its array, an id that is unset, a lock of NULL.
#include <gtest/gtest.h>

#include "checked.hpp"

namespace quiesce::checker::bad_places_test {
namespace {

const std::string kArrays =
    "types: { pid: id 3 }\n"
    "classes: { obj: { fields: { d: int 0..3, wq: wait_queue, sem: rwsem } } }\n"
    "objects: { o1: { class: obj }, o2: { class: obj } }\n"
    "globals: { n: { type: int 0..9, init: 7 }, p: { type: pid, init: unset }, cur: 'obj?', done: bool,\n"
    "  of_int: array int 0..3 of int 0..3, of_pid: array pid of int 0..3, of_obj: array obj of int 0..3 }\n"
    "properties: { goes_on: { never: done } }\n";

Checked run(const std::string& steps, const std::string& memory = "sc") {
  return check_text("machine: { cpus: 1, memory: " + memory + " }\n" + kArrays + "tasks: { t: { run: [" +
                    steps + ", set: done = true] } }\n");
}

void expect_oops(const Checked& checked, const std::string& kind, const std::string& what) {
  EXPECT_EQ(checked.status(kind), Status::kViolated) << what;
  EXPECT_EQ(checked.status("goes_on"), Status::kHolds) << what;
}

TEST(BadPlaces, AWriteOutsideItsArrayIsAnOopsInEveryMemory) {
  for (const std::string memory : {"sc", "buffered"}) {
    expect_oops(run("load: i = n, set: 'of_int[i] = 1'", memory), "range_error", memory);
    expect_oops(run("load: i = p, set: 'of_pid[i] = 1'", memory), "range_error", memory);
    expect_oops(run("load: i = cur, set: 'of_obj[i] = 1'", memory), "range_error", memory);
    expect_oops(run("load: i = p, set: 'of_pid[i] += 1'", memory), "range_error", memory);
    expect_oops(run("load: i = p, { cmpxchg: 'of_pid[i]', with: [0, 1] }", memory), "range_error", memory);
    expect_oops(run("load: i = p, atomic: [set: n = 0, set: 'of_pid[i] = 1']", memory), "range_error",
                memory);
  }
}

TEST(BadPlaces, AWriteOutsideItsArrayByAHandlerIsAPanic) {
  const Checked checked = check_text("machine: { cpus: 1 }\n" + kArrays +
                                     "interrupts: { irq: { handler: [load: i = p, set: 'of_pid[i] = 1'] } }\n"
                                     "tasks: { t: { run: [raise_irq: irq] } }\n");
  EXPECT_EQ(checked.status("range_error"), Status::kViolated);
  EXPECT_EQ(checked.status("panic"), Status::kViolated);
}

TEST(BadPlaces, AWriteWithinItsArrayIsNone) {
  const Checked checked = run("let: 'i: int 0..3 = 3', set: 'of_int[i] = 1'");
  EXPECT_EQ(checked.status("range_error"), Status::kHolds);
  EXPECT_EQ(checked.status("goes_on"), Status::kViolated);
}

TEST(BadPlaces, AQueueOfNullIsAnOops) {
  expect_oops(run("load: o = cur, wake_up: o.wq"), "null_dereference", "wake_up");
  expect_oops(run("load: o = cur, { wait_event: n == 0, with: o.wq }"), "null_dereference", "wait_event");
  expect_oops(run("load: o = cur, up_read: o.sem"), "null_dereference", "up_read");
}

/// Linux's wait_event() looks at its condition first.
TEST(BadPlaces, AQueueOfNullIsNotLookedAtWhereNobodyWaits) {
  const Checked checked = run("load: o = cur, { wait_event: n == 7, with: o.wq }");
  EXPECT_EQ(checked.status("null_dereference"), Status::kHolds);
  EXPECT_EQ(checked.status("goes_on"), Status::kViolated);
}

TEST(BadPlaces, WhoWakesAQueueOfNullWakesNobody) {
  const Checked checked =
      check_text("machine: { cpus: 2 }\n" + kArrays +
                 "tasks:\n"
                 "  sleeper: { run: [{ wait_event: n == 0, with: o1.wq }, set: done = true] }\n"
                 "  waker: { run: [set: n = 0, load: o = cur, wake_up: o.wq] }\n");
  EXPECT_EQ(checked.status("null_dereference"), Status::kViolated);
}

}  // namespace
}  // namespace quiesce::checker::bad_places_test
