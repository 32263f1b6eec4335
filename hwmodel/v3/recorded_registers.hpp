// The registers of QEMU 7.2's SMMUv3 while a log of it is replayed: the model's where it has them, and for
// the others what was written last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {

class RecordedRegisters {
 public:
  RecordedRegisters();
  RecordedRegisters(const RecordedRegisters&) = delete;
  RecordedRegisters& operator=(const RecordedRegisters&) = delete;

  /// All as after a reset of the machine, whose identification stays what it was.
  void reset_machine();

  /// The register at this offset, both pages folded into one, as QEMU does; nullptr without one.
  [[nodiscard]] static const Register* find(std::uint64_t offset);

  /// What reading so many bytes (4 or 8) gives; nothing where it is not known yet.
  [[nodiscard]] std::optional<std::uint64_t> read(std::uint64_t offset, std::uint64_t bytes) const;
  /// What a register holds that nobody has written.
  void learn(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value);
  /// Commands do not run yet: they are taken one by one.
  void write(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value);

  [[nodiscard]] Change change() { return {access_, layout_, config_, commands_, events_}; }
  [[nodiscard]] View view() const { return {bytes_.data(), layout_, config_}; }
  [[nodiscard]] const Config& config() const { return config_; }
  /// Puts the command where the next one will be fetched.
  void put_next(const Command& command);
  /// What hardware did since this was asked last.
  [[nodiscard]] HwEvents take_events();

 private:
  Config config_;
  Layout layout_;
  CommandTable commands_;
  HwEvents events_;
  std::vector<std::byte> bytes_;
  std::vector<base::Write> undo_;
  base::StateAccess access_;
  std::map<std::uint64_t, std::uint32_t> words_;  ///< of registers without a model, by offset
};

}  // namespace quiesce::hwmodel::v3
