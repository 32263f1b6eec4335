// Every access that a real kernel made to QEMU's SMMU, made again to the model: same values, same commands.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "hwmodel/v3/smmu.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

/// The hexadecimal or decimal number behind `key`.
std::optional<std::int64_t> number_after(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return std::nullopt;
  return std::strtoll(line.c_str() + at + key.size(), nullptr, 0);
}

class RecordedSmmu {
 public:
  RecordedSmmu() {
    config_.cmdq_log2size = 16;  // "allocated 65536 entries for cmdq"
    config_.cmdq_window = 32;
    config_.arch_minor = 0;
    config_.cr0_ack = Cr0Ack::kImmediate;
    config_.cmdq = CmdqMode::kSynchronous;
    base::LayoutBuilder builder;
    layout_ = lay_out(builder, config_);
    bytes_.assign(builder.size(), std::byte{0});
    access_.emplace(bytes_.data(), undo_);
    reset(*access_, layout_, config_);
    sync_ = commands_.intern({Opcode::kSync, kSigNone, false});
    other_ = commands_.intern({Opcode::kTlbiNhVa, kSigNone, false});
  }

  void replay(const std::string& file) {
    std::ifstream in(file);
    ASSERT_TRUE(in) << file;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      SCOPED_TRACE(file + ":" + std::to_string(number) + ": " + line);
      replay_line(line);
      if (::testing::Test::HasFailure()) return;
    }
  }

  int compared = 0;
  int executed = 0;

 private:
  /// QEMU reports the commands that a write makes it consume before the write itself.
  void replay_line(const std::string& line) {
    if (line.starts_with("smmuv3_cmdq_opcode")) {
      consumed_ += line.ends_with("SMMU_CMD_SYNC") ? "S" : "c";
      return;
    }
    const auto offset = number_after(line, "addr: ");
    const auto value = number_after(line, "val:");
    if (!offset || !value) return;
    const Register* reg = nullptr;
    for (const Register& candidate : tables::kRegisters) {
      if (candidate.offset == *offset && candidate.modelled == Modelled::kYes) reg = &candidate;
    }
    if (reg == nullptr) return;
    if (line.starts_with("smmuv3_read_mmio")) {
      EXPECT_EQ(read(*reg), *value);
      ++compared;
    } else if (line.starts_with("smmuv3_write_mmio")) {
      write(*reg, *value);
    }
  }

  [[nodiscard]] std::int32_t read(const Register& reg) const {
    return read_register(*access_, layout_, config_, reg);
  }

  void write(const Register& reg, std::int64_t value) {
    const Register& cons_register = *find_register("CMDQ_CONS");
    auto prod = static_cast<std::uint32_t>(read(*find_register("CMDQ_PROD")));
    const std::int32_t cons = read(cons_register);
    std::size_t i = 0;
    for (; reg.name == "CMDQ_PROD" && prod != static_cast<std::uint32_t>(value); ++i) {
      const bool is_sync = i < consumed_.size() ? consumed_[i] == 'S' : i % 2 == 1;
      put_command(*access_, layout_, config_, prod, is_sync ? sync_ : other_);
      prod = next(prod, config_.cmdq_log2size);
    }
    HwEvents events;
    EXPECT_EQ(
        write_register(*access_, layout_, config_, commands_, reg, static_cast<std::int32_t>(value), events),
        WriteOutcome::kDone);
    if (reg.name != "CMDQ_CONS") {
      EXPECT_EQ(static_cast<std::size_t>(read(cons_register) - cons), consumed_.size());
    }
    EXPECT_EQ(events.sync_completed, consumed_.ends_with("S"));
    executed += static_cast<int>(consumed_.size());
    consumed_.clear();
  }

  Config config_;
  Layout layout_;
  CommandTable commands_;
  std::uint8_t sync_ = 0;
  std::uint8_t other_ = 0;
  std::vector<std::byte> bytes_;
  std::vector<base::Write> undo_;
  std::optional<base::StateAccess> access_;
  std::string consumed_;  ///< by the next write: S for CMD_SYNC, c for any other
};

TEST(SmmuTrace, OfALateUnmapIsWhatTheModelDoes) {
  RecordedSmmu smmu;
  smmu.replay("tests/data/recordings/v3-late-unmap-voluntary.smmutrace");
  EXPECT_GT(smmu.compared, 6000);
  EXPECT_EQ(smmu.executed, 0x25) << "what was queued after CR0 = 0 is never consumed";
}

TEST(SmmuTrace, OfAShutdownFromSyscoreIsWhatTheModelDoes) {
  RecordedSmmu smmu;
  smmu.replay("tests/data/recordings/v3-late-unmap-syscore.smmutrace");
  EXPECT_EQ(smmu.executed, 0x25 + 60);
}

TEST(SmmuTrace, OfARemovalIsWhatTheModelDoes) {
  RecordedSmmu smmu;
  smmu.replay("tests/data/recordings/v3-remove-on-shutdown-map.smmutrace");
  EXPECT_GT(smmu.executed, 0x20);
}

}  // namespace
}  // namespace quiesce::hwmodel::v3
