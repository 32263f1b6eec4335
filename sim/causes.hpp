// What findings can be about: a step of a routine, and what went wrong there.
#pragma once

#include <array>
#include <string_view>

#include "sim/system.hpp"

namespace quiesce::sim {

/// What a step can do wrong, beside the name of what it does it with.
namespace misuse {
inline constexpr std::string_view kSpinsOnOwn = "takes a spinlock that it holds";
inline constexpr std::string_view kSpinlock = "unlocks a spinlock that it does not hold";
inline constexpr std::string_view kMutex = "unlocks a mutex that it does not hold";
inline constexpr std::string_view kRwlock = "unlocks a read-write lock that it does not hold";
inline constexpr std::string_view kRwsem = "unlocks a read-write semaphore that it does not hold";
inline constexpr std::string_view kReadSide = "ends a read side that it did not begin";
inline constexpr std::string_view kExitsReading = "exits within a read side";
inline constexpr std::string_view kIrqs = "restores interrupts that it did not save";
inline constexpr std::string_view kPreemption = "enables preemption that it did not disable";
inline constexpr std::string_view kBottomHalves = "enables bottom halves that it did not disable";
inline constexpr std::string_view kTooDeep = "masks 255 times without an end";
inline constexpr std::string_view kExitsMasking = "exits with preemption or interrupts off";
inline constexpr std::string_view kReturnsWithLock = "returns with a lock held";
inline constexpr std::string_view kFreesLock = "frees a lock that is held or waited for";
inline constexpr std::string_view kTooManyReaders = "begins more read sides than are counted";
inline constexpr std::string_view kNotOnList = "removes what is not on the list";
inline constexpr std::string_view kOnListAlready = "adds what is on the list already";
inline constexpr std::string_view kNoSuchCpu = "moves to a CPU that there is not";
inline constexpr std::string_view kWindow = "more commands on their way than cmdq_window keeps";
inline constexpr std::string_view kTooManyClocks = "enables clocks more often than is counted";
inline constexpr std::string_view kNoClocks = "disables clocks that are not enabled";
inline constexpr std::string_view kNoPowerDomain = "switches a power domain that there is not";
inline constexpr std::array kAll{
    kSpinsOnOwn,      kSpinlock,      kMutex,          kRwlock,       kRwsem,         kReadSide,
    kExitsReading,    kIrqs,          kPreemption,     kBottomHalves, kTooDeep,       kExitsMasking,
    kReturnsWithLock, kFreesLock,     kTooManyReaders, kNotOnList,    kOnListAlready, kNoSuchCpu,
    kWindow,          kTooManyClocks, kNoClocks,       kNoPowerDomain};
}  // namespace misuse

/// The name of what is found about a device's own accesses: the device, and what let an access through
/// untranslated if that is known. It is the key of the place and the detail.
[[nodiscard]] std::string name_of_traffic(const System& system, std::size_t device,
                                          std::string_view bypassed_by = {});

/// What is said of a variable: the name of its family, "" without one.
[[nodiscard]] std::string_view detail_of(const Program& program, std::int32_t family);

/// Fills System::causes and cause_of_info. Equal routine, step and detail are one cause, in whichever task
/// or expansion they appear, so that findings have names that do not depend on who met them.
void number_causes(System& system);

}  // namespace quiesce::sim
