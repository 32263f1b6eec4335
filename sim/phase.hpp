// How far a verb that takes several transitions has got: what a context's phase slot holds.
#pragma once

#include <cstdint>

namespace quiesce::sim::phase_of {

inline constexpr std::int32_t kStart = 0;
inline constexpr std::int32_t kYielded = 1;   ///< back from the yield at the verb's might_sleep
inline constexpr std::int32_t kSpinning = 2;  ///< keeps the CPU until the condition or deadline
inline constexpr std::int32_t kSleeping = 3;  ///< gave up the CPU
inline constexpr std::int32_t kWoken = 4;     ///< runnable again: look once more
inline constexpr std::int32_t kHandoff = 6;   ///< asleep once more: the next unlock gives it the lock
inline constexpr std::int32_t kBehindWriter =
    7;                                        ///< spins like kSpinning, for a lock that a writer waits for
inline constexpr std::int32_t kTimedOut = 5;  ///< runnable or spinning, the deadline has passed
inline constexpr std::int32_t kBusHang = 8;   ///< waits for an answer from the bus that never comes
/// Waits like kSpinning or kSleeping, and has told that it reads registers without clock or power.
inline constexpr std::int32_t kUnclocked = 9;
inline constexpr std::int32_t kLooked = 10;  ///< a wait_event() that saw its condition false: to its queue

}  // namespace quiesce::sim::phase_of
