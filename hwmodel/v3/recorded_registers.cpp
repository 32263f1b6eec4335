#include "hwmodel/v3/recorded_registers.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "hwmodel/v3/event_queue.hpp"
#include "hwmodel/v3/gerror.hpp"
#include "hwmodel/v3/guarded.hpp"

namespace quiesce::hwmodel::v3 {
namespace {

constexpr std::uint64_t kSecondPage = 0x10000;
constexpr std::uint64_t kWord = 4;
constexpr unsigned kLargestQueue = 19;  ///< as LOG2SIZE
constexpr std::uint32_t kSizeBits = 0x1f;
constexpr std::uint32_t kNotAcknowledged = 0xfffffc20;  ///< of CR0

// QEMU 7.2 hw/arm/smmuv3-internal.h, what `-M virt,iommu=smmuv3` has. Its queues have one entry until
// somebody writes their base.
Config qemu() {
  Config config;
  config.cmdq_log2size = 0;
  config.cmdq_window = 1;
  config.evtq_log2size = 0;
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

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_init_regs(), hw/arm/smmuv3-internal.h smmuv3_idreg().
std::uint32_t identification(std::uint64_t offset) {
  constexpr std::array<std::uint32_t, 8> kFeatures{0xd40101a, 0x2730010, 0, 0x1404, 0, 0x74, 0, 1};
  constexpr std::array<std::uint32_t, 12> kComponent{4, 0, 0, 0, 0x84, 0xb4, 0xf0, 0x10, 0xd, 0xf0, 5, 0xb1};
  if (offset < 0x20) return kFeatures[offset / kWord];
  if (offset >= 0xfd0 && offset < 0x1000) return kComponent[(offset - 0xfd0) / kWord];
  return 0;
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_readl(), smmu_writel(): read as zero, and writes are lost.
bool is_missing(const Register& reg) {
  return reg.reg == Reg::kGbpa || (reg.reg >= Reg::kPriqBase && reg.reg <= Reg::kPriqIrqCfg2) ||
         reg.reg == Reg::kPriqProd || reg.reg == Reg::kPriqCons;
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_readl(), smmu_readll(): written, and read as zero.
bool is_write_only(std::uint64_t offset) {
  return offset >= register_of(Reg::kEventqIrqCfg0).offset &&
         offset <= register_of(Reg::kEventqIrqCfg2).offset;
}

/// The model has only the low half of what is programmed, and QEMU guards none of it.
bool follows_the_model(const Register& reg) { return is_modelled(reg) && !is_programmed(reg.reg); }

unsigned log2size_of(std::uint32_t base) { return std::min(base & kSizeBits, kLargestQueue); }

std::uint64_t folded(std::uint64_t offset) { return offset & ~kSecondPage; }

}  // namespace

RecordedRegisters::RecordedRegisters()
    : config_(qemu()), bytes_(state_of(layout_, config_)), access_(bytes_.data(), undo_) {
  reset_machine();
}

// QEMU 7.2 hw/arm/smmuv3.c smmuv3_init_regs(): of a queue's base it resets what is read of its size, and not
// the size itself; CR1, CR2 and all other addresses stay.
void RecordedRegisters::reset_machine() {
  reset(access_, layout_, config_);
  static_cast<void>(take_events());
  beyond_.clear();
  two_levels_ = false;
  split_ = 0;
  for (const Reg base : {Reg::kCmdqBase, Reg::kEventqBase}) {
    std::uint32_t& low = words_[register_of(base).offset];
    low = (low & ~kSizeBits) | kLargestQueue;
  }
}

const Register* RecordedRegisters::find(std::uint64_t offset) {
  for (const Register& reg : tables::kRegisters) {
    if (folded(reg.offset) == folded(offset)) return &reg;
  }
  return nullptr;
}

std::uint32_t RecordedRegisters::read_model(const Register& reg) const {
  return static_cast<std::uint32_t>(read_register(access_, layout_, config_, reg));
}

std::uint32_t RecordedRegisters::read_word(std::uint64_t offset) const {
  const Register* const reg = find(offset);
  if (reg != nullptr && follows_the_model(*reg)) {
    if (is_missing(*reg)) return 0;
    const auto beyond = beyond_.find(reg->reg);
    return read_model(*reg) ^ (beyond == beyond_.end() ? 0 : beyond->second);
  }
  if (is_write_only(offset)) return 0;
  const auto word = words_.find(offset);
  return word == words_.end() ? identification(offset) : word->second;
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_readll(): of registers with 32 bits, 64 read as zero.
std::uint64_t RecordedRegisters::read(std::uint64_t offset, std::uint64_t bytes) const {
  const std::uint64_t at = folded(offset);
  if (bytes == kWord) return read_word(at);
  const Register* const reg = find(at);
  if (reg == nullptr || reg->bits != 64 || is_missing(*reg)) return 0;
  return read_word(at) | std::uint64_t{read_word(at + kWord)} << 32U;
}

const Register* RecordedRegisters::written_by(std::uint64_t offset, std::uint64_t bytes) {
  const Register* reg = find(offset);
  const Register* const below = offset >= kWord ? find(offset - kWord) : nullptr;
  if (reg == nullptr && bytes == kWord && below != nullptr && below->bits == 64) reg = below;
  if (reg == nullptr || !reg->writable || is_missing(*reg)) return nullptr;
  return bytes == kWord || reg->bits == 64 ? reg : nullptr;
}

void RecordedRegisters::write(std::uint64_t offset, std::uint64_t bytes, std::uint64_t value) {
  const Register* const reg = written_by(offset, bytes);
  if (reg == nullptr) return;
  if (follows_the_model(*reg)) return write_model(*reg, static_cast<std::uint32_t>(value));
  for (std::uint64_t at = 0; at < bytes; at += kWord)
    write_word(folded(offset) + at, static_cast<std::uint32_t>(value >> (8 * at)));
}

void RecordedRegisters::write_model(const Register& reg, std::uint32_t value) {
  static_cast<void>(
      write_register(access_, layout_, config_, commands_, reg, static_cast<std::int32_t>(value), events_));
  beyond_[reg.reg] = value ^ read_model(reg);
  if (reg.reg == Reg::kCr0)
    beyond_[Reg::kCr0Ack] = (value & ~kNotAcknowledged) ^ read_model(register_of(Reg::kCr0Ack));
  if (reg.reg == Reg::kIrqCtrl) beyond_[Reg::kIrqCtrlAck] = value ^ read_model(register_of(Reg::kIrqCtrlAck));
}

// QEMU 7.2 hw/arm/smmuv3.c smmu_writel(): a stream table that had two levels keeps them until a reset.
void RecordedRegisters::write_word(std::uint64_t offset, std::uint32_t value) {
  words_[offset] = value;
  if (offset == register_of(Reg::kCmdqBase).offset || offset == register_of(Reg::kEventqBase).offset)
    resize_queues();
  if (offset == register_of(Reg::kStrtabBaseCfg).offset && ((value >> 16U) & 3U) == 1) {
    two_levels_ = true;
    split_ = (value >> 6U) & kSizeBits;
  }
}

/// What was written to their pointers counts in full, however many bits of it the queues had before.
void RecordedRegisters::resize_queues() {
  constexpr std::array kPointers{Reg::kCmdqProd, Reg::kCmdqCons, Reg::kEventqProd, Reg::kEventqCons};
  std::array<std::uint32_t, kPointers.size()> held{};
  for (std::size_t i = 0; i < held.size(); ++i) held[i] = read_word(folded(register_of(kPointers[i]).offset));
  config_.cmdq_log2size = log2size_of(words_[register_of(Reg::kCmdqBase).offset]);
  config_.evtq_log2size = log2size_of(words_[register_of(Reg::kEventqBase).offset]);
  for (std::size_t i = 0; i < held.size(); ++i) write_model(register_of(kPointers[i]), held[i]);
}

void RecordedRegisters::record(bool lands) {
  Change smmu = change();
  if (!lands) return raise_error(smmu, kEventqAbtErr);
  record_event(smmu);
  beyond_[Reg::kEventqProd] = 0;
}

StreamTable RecordedRegisters::stream_table() const {
  const std::uint32_t cfg = read_word(register_of(Reg::kStrtabBaseCfg).offset);
  return {read(register_of(Reg::kStrtabBase).offset, 8), cfg & 0x3fU, two_levels_, split_};
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
