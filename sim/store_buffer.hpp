// The store buffer of a CPU, `memory: buffered`: its stores that nobody else sees yet, and its register
// writes on their way to SMMUs, in program order. Each becomes visible by itself, in any order that barriers
// between them and their places leave open; then everybody sees it.
// Spec: ARM DDI 0487, definition of the Arm memory model (ordered-before, other-multi-copy atomicity).
//
// Abstraction: drops load-load and load-store reordering: a CPU's loads are executed in program order, before
// its later stores. What a missing smp_rmb(), acquire or readl() instead of readl_relaxed() does is not
// found. Abstraction: drops that a store waits for longer than until this buffer has no room for another one.
// Abstraction: drops observers outside of the inner shareable domain: memory is one for CPUs and devices.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/slot.hpp"

namespace quiesce::sim {

/// One entry in the state vector.
struct BufferedStoreLayout {
  base::Slot where;
  base::Slot how;
  base::Slot pc;
  base::Slot value;
  base::Slot index;  ///< only if StoreBufferLayout::indexed
};

/// Without entries: stores are visible at once.
struct StoreBufferLayout {
  base::Slot count;
  base::Slot fences;  ///< barriers behind the newest entry, as in BufferedStore::how
  std::vector<BufferedStoreLayout> entries;
  bool indexed = false;  ///< there are legacy SMMUs, whose registers have numbers
};

[[nodiscard]] StoreBufferLayout lay_out_store_buffer(base::LayoutBuilder& builder, int stores, bool indexed);

struct BufferedStore {
  static constexpr std::uint8_t kWidth = 0x07;     ///< of the slot
  static constexpr std::uint8_t kRegister = 0x08;  ///< `where` is SMMU * 256 + register
  static constexpr std::uint8_t kRing = 0x10;      ///< a command: `value` is ring index * 256 + id
  static constexpr std::uint8_t kRelease = 0x20;   ///< behind everything before it
  static constexpr std::uint8_t kSmpFence = 0x40;  ///< a barrier for other CPUs stands before it
  static constexpr std::uint8_t kDmaFence = 0x80;  ///< a barrier for CPUs and devices stands before it
  static constexpr std::uint8_t kFences = kSmpFence | kDmaFence;

  std::uint16_t where = 0;
  std::uint8_t how = 0;
  std::uint16_t pc = 0;  ///< of the step that made it
  std::int32_t value = 0;
  std::uint8_t index = 0;  ///< of a register of a legacy SMMU

  [[nodiscard]] static BufferedStore to_slot(base::Slot slot, std::int32_t value, std::uint16_t pc) {
    return {slot.offset, static_cast<std::uint8_t>(slot.width), pc, value, 0};
  }
  [[nodiscard]] static BufferedStore to_register(std::size_t smmu, std::int32_t reg, std::int32_t value,
                                                 std::uint16_t pc) {
    return {static_cast<std::uint16_t>(smmu * 256 + static_cast<std::size_t>(reg)), kRegister, pc, value, 0};
  }
  [[nodiscard]] static BufferedStore to_legacy(std::size_t smmu, std::int32_t reg, std::size_t index,
                                               std::int32_t value, std::uint16_t pc) {
    BufferedStore store = to_register(smmu, reg, value, pc);
    store.index = static_cast<std::uint8_t>(index);
    return store;
  }
  [[nodiscard]] static BufferedStore to_ring(base::Slot slot, std::uint32_t index, std::uint8_t id,
                                             std::uint16_t pc) {
    return {slot.offset, static_cast<std::uint8_t>(static_cast<std::uint8_t>(slot.width) | kRing), pc,
            static_cast<std::int32_t>(index * 256 + id), 0};
  }

  [[nodiscard]] bool is_register() const { return (how & kRegister) != 0; }
  [[nodiscard]] bool is_ring() const { return (how & kRing) != 0; }
  [[nodiscard]] base::Slot slot() const { return {where, static_cast<base::Width>(how & kWidth)}; }
  [[nodiscard]] std::size_t smmu() const { return where / 256; }
  [[nodiscard]] std::int32_t reg() const { return where % 256; }
  [[nodiscard]] std::uint32_t ring_index() const { return static_cast<std::uint32_t>(value) / 256; }
  [[nodiscard]] std::uint8_t command() const { return static_cast<std::uint8_t>(value % 256); }
  /// What a load of the slot sees.
  [[nodiscard]] std::int32_t loaded() const { return is_ring() ? command() : value; }
};

/// Looks into a CPU's store buffer.
class StoreBuffer {
 public:
  StoreBuffer(const StoreBufferLayout& layout, const base::StateAccess& state)
      : layout_(layout), state_(state) {}

  [[nodiscard]] int size() const { return state_.get(layout_.count); }
  [[nodiscard]] int room() const { return static_cast<int>(layout_.entries.size()) - size(); }
  [[nodiscard]] BufferedStore at(int entry) const;
  /// Whether the entry may become visible before all others.
  [[nodiscard]] bool may_drain(int entry) const;
  /// Whether some entry must be visible before the CPU's next store is.
  [[nodiscard]] bool has_fence() const;
  [[nodiscard]] bool has_memory_store() const;
  [[nodiscard]] bool has_write_to(std::size_t smmu) const;
  /// What the CPU itself stored last into the slot.
  [[nodiscard]] std::optional<std::int32_t> newest(base::Slot slot) const;
  /// Whether there is a store into one of the bytes [begin, end).
  [[nodiscard]] bool stores_into(std::size_t begin, std::size_t end) const;

 private:
  const StoreBufferLayout& layout_;
  const base::StateAccess& state_;
};

/// Puts a store behind the others. There must be room.
void push_store(const StoreBufferLayout& layout, base::StateAccess& state, BufferedStore store);
/// A barrier (BufferedStore::kSmpFence or kDmaFence) behind what is buffered.
void push_fence(const StoreBufferLayout& layout, base::StateAccess& state, std::uint8_t fence);
void remove_store(const StoreBufferLayout& layout, base::StateAccess& state, int entry);

}  // namespace quiesce::sim
