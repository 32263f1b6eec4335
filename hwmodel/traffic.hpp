// What devices' accesses depend on in memory, whichever SMMU they pass.
#pragma once

#include <cstdint>

#include "base/slot.hpp"

namespace quiesce::hwmodel {

/// A number in memory that software writes and the SMMU reads. What nobody ever writes needs no slot.
struct Word {
  base::Slot slot{};
  std::int32_t constant = 0;
  bool varies = false;
};

}  // namespace quiesce::hwmodel
