// Translation table walks that fill the TLB.
#pragma once

#include <optional>

#include "hwmodel/v3/configuration.hpp"
#include "hwmodel/v3/streams.hpp"

namespace quiesce::hwmodel::v3 {

/// Whether walks are enabled in one state. Walks of one stream are asked about one after the other: what the
/// SMMU knows about the stream is put together once for all of them.
class WalksOfState {
 public:
  explicit WalksOfState(const View& smmu) : smmu_(smmu) {}

  [[nodiscard]] bool is_enabled(std::size_t walk);

 private:
  const View smmu_;
  const WalkName* last_ = nullptr;
  std::optional<Configuration> configuration_;  ///< of the last one, if its stream is translated
};

}  // namespace quiesce::hwmodel::v3
