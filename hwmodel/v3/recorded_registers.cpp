#include "hwmodel/v3/recorded_registers.hpp"

#include <algorithm>
#include <utility>

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint64_t kSecondPage = 0x10000;
constexpr std::uint64_t kWord = 4;
constexpr unsigned kLargestQueue = 19;  ///< as LOG2SIZE

// QEMU 7.2 hw/arm/smmuv3-internal.h, what `-M virt,iommu=smmuv3` has.
Config qemu() {
  Config config;
  config.cmdq_log2size = kLargestQueue;
  config.cmdq_window = 1;
  config.evtq_log2size = kLargestQueue;
  config.cmdq_aborts = true;
  config.arch_minor = 0;
  config.cr0_ack = Cr0Ack::kImmediate;
  config.deviations = Deviations::kQemu72;
  return config;
}

std::vector<std::byte> state_of(Layout& layout, const Config& config) {
  base::LayoutBuilder builder;
  layout = lay_out(builder, config);
  return std::vector<std::byte>(builder.size());
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_readl(), smmu_writel(): read as zero, and writes are lost.
bool is_missing(const Register& reg) {
  return reg.reg == Reg::kGbpa || (reg.reg >= Reg::kPriqBase && reg.reg <= Reg::kPriqIrqCfg2) ||
         reg.reg == Reg::kPriqProd || reg.reg == Reg::kPriqCons;
}

/// Whose values are the machine's choice; other registers that nobody has written are 0.
bool is_identification(std::uint64_t offset) {
  return offset < register_of(Reg::kCr0).offset || (offset >= 0xfd0 && offset < 0x1000);
}

unsigned log2size_of(std::uint64_t base) {
  return std::min(static_cast<unsigned>(base & 0x1fU), kLargestQueue);
}

}  // namespace

RecordedRegisters::RecordedRegisters()
    : config_(qemu()), bytes_(state_of(layout_, config_)), access_(bytes_.data(), undo_) {
  reset_machine();
}

void RecordedRegisters::reset_machine() {
  config_ = qemu();
  reset(access_, layout_, config_);
  static_cast<void>(take_events());
  std::erase_if(words_, [](const auto& word) { return !is_identification(word.first); });
  for (const Reg base : {Reg::kCmdqBase, Reg::kEventqBase}) learn(register_of(base).offset, 8, kLargestQueue);
}

const Register* RecordedRegisters::find(std::uint64_t offset) {
  for (const Register& reg : tables::kRegisters) {
    if ((reg.offset & ~kSecondPage) == (offset & ~kSecondPage)) return &reg;
  }
  return nullptr;
}

std::optional<std::uint64_t> RecordedRegisters::read(std::uint64_t offset, std::uint64_t bytes) const {
  const Register* const reg = find(offset);
  if (reg != nullptr && is_missing(*reg)) return 0;
  if (reg != nullptr && is_modelled(*reg))
    return static_cast<std::uint32_t>(read_register(access_, layout_, config_, *reg));
  std::uint64_t value = 0;
  for (std::uint64_t at = 0; at < bytes; at += kWord) {
    const auto word = words_.find((offset & ~kSecondPage) + at);
    if (word == words_.end() && is_identification(offset)) return std::nullopt;
    if (word == words_.end()) continue;
    value |= std::uint64_t{word->second} << (8 * at);
  }
  return value;
}

void RecordedRegisters::learn(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value) {
  for (std::uint64_t at = 0; at < bytes; at += kWord)
    words_[(offset & ~kSecondPage) + at] = static_cast<std::uint32_t>(value >> (8 * at));
}

void RecordedRegisters::write(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value) {
  const Register* const reg = find(offset);
  if (reg != nullptr && is_missing(*reg)) return;
  if (reg != nullptr && is_modelled(*reg)) {
    static_cast<void>(write_register(access_, layout_, config_, commands_, *reg,
                                     static_cast<std::int32_t>(value), events_));
    return;
  }
  if (reg != nullptr && !reg->writable) return;
  learn(offset, bytes, value);
  if (reg == nullptr) return;
  if (reg->reg == Reg::kCmdqBase) config_.cmdq_log2size = log2size_of(value);
  if (reg->reg == Reg::kEventqBase) config_.evtq_log2size = log2size_of(value);
}

void RecordedRegisters::put_next(const Command& command) {
  const auto cons = static_cast<std::uint32_t>(access_.get(layout_.cmdq_cons));
  put_command(access_, layout_, config_, cons, commands_.intern(command));
}

HwEvents RecordedRegisters::take_events() {
  undo_.clear();
  return std::exchange(events_, {});
}

}  // namespace quiesce::hwmodel::v3
