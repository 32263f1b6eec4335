// The registers of QEMU 7.2's SMMUv3 while a log of it is replayed: the model's where it has them, and for
// the others what was written last.
//
// QEMU keeps reserved bits of the registers too, and every bit above a queue's index and wrap bit.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hwmodel/v3/command_queue.hpp"
#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {

/// Where the stream table is, as registers say.
struct StreamTable {
  std::uint64_t base = 0;  ///< STRTAB_BASE
  unsigned log2size = 0;
  bool two_levels = false;
  unsigned split = 0;
};

class RecordedRegisters {
 public:
  RecordedRegisters();
  RecordedRegisters(const RecordedRegisters&) = delete;
  RecordedRegisters& operator=(const RecordedRegisters&) = delete;

  /// As after a reset of the machine: it leaves alone what the driver has to write before it enables
  /// anything.
  void reset_machine();

  /// The register at this offset, both pages folded into one, as QEMU does; nullptr without one.
  [[nodiscard]] static const Register* find(std::uint64_t offset);

  /// What reading so many bytes (4 or 8) gives.
  [[nodiscard]] std::uint64_t read(std::uint64_t offset, std::uint64_t bytes) const;
  /// Commands do not run yet: they are taken one by one.
  void write(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value);
  /// The register that such a write reaches; nullptr if it is lost.
  [[nodiscard]] static const Register* written_by(std::uint64_t offset, std::uint64_t bytes);

  /// The record is in memory: PROD has gone on. Without `lands` its write aborts.
  void record(bool lands);
  [[nodiscard]] StreamTable stream_table() const;

  [[nodiscard]] Change change() { return {access_, layout_, config_, commands_, events_}; }
  [[nodiscard]] View view() const { return {bytes_.data(), layout_, config_}; }
  [[nodiscard]] const Config& config() const { return config_; }
  /// Puts the command where the next one will be fetched.
  void put_next(const Command& command);
  /// What hardware did since this was asked last.
  [[nodiscard]] HwEvents take_events();

 private:
  [[nodiscard]] std::uint32_t read_model(const Register& reg) const;
  [[nodiscard]] std::uint32_t read_word(std::uint64_t offset) const;
  void write_model(const Register& reg, std::uint32_t value);
  void write_word(std::uint64_t offset, std::uint32_t value);
  void resize_queues();

  Config config_;
  Layout layout_;
  CommandTable commands_;
  HwEvents events_;
  std::vector<std::byte> bytes_;
  std::vector<base::Write> undo_;
  base::StateAccess access_;
  std::map<std::uint64_t, std::uint32_t> words_;  ///< of registers without a model, by offset
  std::map<Reg, std::uint32_t> beyond_;           ///< of registers with one: the bits that it does not keep
  bool two_levels_ = false;                       ///< STRTAB_BASE_CFG.FMT was 1 once
  unsigned split_ = 0;                            ///< STRTAB_BASE_CFG.SPLIT then
};

}  // namespace quiesce::hwmodel::v3
