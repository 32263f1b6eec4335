// The footprint of a single step, verb by verb.
#pragma once

#include "sim/footprint.hpp"

namespace quiesce::sim {

/// Adds what one step touches beside the control slots of the CPU that runs it.
void add_step(const System& system, ContextId context, const Step& step, Touched& touched);
/// Adds what evaluating an expression reads.
void add_code(const System& system, ContextId context, CodeId code, Touched& touched);
/// Adds the control slots and locals of a context, as written.
void add_context(const System& system, ContextId context, Touched& touched);
/// Adds everything that decides which task runs where: tasks and CPUs.
void add_scheduling(const System& system, Touched& touched);
/// What the end of a device's access looks at, and the interrupts that it may be.
void add_landing(const System& system, Touched& touched);
/// Adds the clocks of all deadlines.
void add_clocks(const System& system, Touched& touched);

}  // namespace quiesce::sim
