// Replays what QEMU's SMMUv3 did, line by line, against the model: each register read, each command, each
// event, interrupt and translation has to be one that the model produces there.
//
// What guests wrote into memory does not stand in such a log. Commands, stream table entries and page tables
// are taken from it where they first show, and everything that follows from them is compared:
// docs/conformance.md.
#pragma once

#include <istream>
#include <optional>
#include <vector>

#include "hwmodel/v3/recorded_device.hpp"
#include "hwmodel/v3/recorded_write.hpp"

namespace quiesce::hwmodel::v3 {

class Conformance {
 public:
  /// Nothing if every line is one that the model produces. Lines of other devices are passed over.
  [[nodiscard]] std::optional<Mismatch> replay(std::istream& log);
  [[nodiscard]] const Conformed& compared() const { return device_.compared; }

 private:
  [[nodiscard]] Problem read_lines(std::istream& log);
  [[nodiscard]] Problem replay_after_reset(std::size_t end);
  [[nodiscard]] Problem take(std::size_t at);
  [[nodiscard]] Problem take_read(std::size_t at);
  [[nodiscard]] Problem take_write(std::size_t at);
  [[nodiscard]] Lines after(std::size_t at) const { return Lines(lines_).subspan(at + 1); }

  std::vector<TraceLine> lines_;  ///< of the SMMU
  Mentions mentions_;
  RecordedDevice device_;
  std::optional<std::size_t> effects_;  ///< where the lines begin that belong to the next write
  std::size_t probe_ = 0;               ///< where the driver looked at IDR0 last
  RecordedTranslations at_probe_;
};

}  // namespace quiesce::hwmodel::v3
