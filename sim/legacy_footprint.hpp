// What steps touch of legacy SMMUs. A step does not say which SMMU a reference will name, or which register
// of several: all of them count.
#pragma once

#include "sim/footprint.hpp"

namespace quiesce::sim {

/// Reading a register, by its number among those of legacy SMMUs.
void read_legacy_register(const System& system, std::int32_t number, Touched& touched);
/// `write`.
void write_legacy_register(const System& system, const Step& step, Touched& touched);
/// `clk_enable` and its kin.
void switch_smmu(const System& system, const Step& step, Touched& touched);
/// Everything that decides about an access, behind SMMUs of either model.
void read_decisions(const System& system, Touched& touched);
/// The levels of interrupt lines, and the interrupts that they raise, as written.
void add_lines(const System& system, Touched& touched);

}  // namespace quiesce::sim
