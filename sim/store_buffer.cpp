#include "sim/store_buffer.hpp"

namespace quiesce::sim {
namespace {

bool share_place(const BufferedStore& a, const BufferedStore& b) {
  if (a.is_register() != b.is_register()) return false;
  // Spec: ARM DDI 0487, Device-nGnRE memory: accesses to one peripheral arrive in program order.
  return a.is_register() ? a.smmu() == b.smmu() : a.where == b.where;
}

void put(const StoreBufferLayout& layout, std::size_t at, base::StateAccess& state,
         const BufferedStore& store) {
  const BufferedStoreLayout& entry = layout.entries[at];
  state.set(entry.where, store.where);
  state.set(entry.how, store.how);
  state.set(entry.pc, store.pc);
  state.set(entry.value, store.value);
  if (layout.indexed) state.set(entry.index, store.index);
}

/// Forgets barriers that have nothing to order any more, so that equal futures are equal states.
class FenceCleaner {
 public:
  [[nodiscard]] std::uint8_t needed(std::uint8_t fences) const {
    if ((fences & BufferedStore::kDmaFence) != 0) return any_ ? BufferedStore::kDmaFence : std::uint8_t{0};
    return memory_ ? fences : std::uint8_t{0};
  }
  void pass(const BufferedStore& store) {
    any_ = true;
    memory_ = memory_ || !store.is_register();
  }

 private:
  bool any_ = false;     ///< some entry came before
  bool memory_ = false;  ///< and one that is no register write
};

void clean_fences(const StoreBufferLayout& layout, base::StateAccess& state) {
  FenceCleaner cleaner;
  const int size = state.get(layout.count);
  for (int i = 0; i < size; ++i) {
    const BufferedStoreLayout& entry = layout.entries[static_cast<std::size_t>(i)];
    const auto old = static_cast<std::uint8_t>(state.get(entry.how));
    const std::uint8_t fences = cleaner.needed(old & BufferedStore::kFences);
    state.set(entry.how, (old & ~BufferedStore::kFences) | fences);
    cleaner.pass(StoreBuffer(layout, state).at(i));
  }
  state.set(layout.fences, cleaner.needed(static_cast<std::uint8_t>(state.get(layout.fences))));
}

}  // namespace

StoreBufferLayout lay_out_store_buffer(base::LayoutBuilder& builder, int stores, bool indexed) {
  StoreBufferLayout layout;
  if (stores == 0) return layout;
  layout.count = builder.add(base::Width::kU8);
  layout.fences = builder.add(base::Width::kU8);
  layout.indexed = indexed;
  for (int i = 0; i < stores; ++i) {
    BufferedStoreLayout& entry = layout.entries.emplace_back();
    entry.value = builder.add(base::Width::kI32);
    entry.where = builder.add(base::Width::kU16);
    entry.pc = builder.add(base::Width::kU16);
    entry.how = builder.add(base::Width::kU8);
    if (indexed) entry.index = builder.add(base::Width::kU8);
  }
  return layout;
}

BufferedStore StoreBuffer::at(int entry) const {
  const BufferedStoreLayout& slots = layout_.entries[static_cast<std::size_t>(entry)];
  return {static_cast<std::uint16_t>(state_.get(slots.where)),
          static_cast<std::uint8_t>(state_.get(slots.how)), static_cast<std::uint16_t>(state_.get(slots.pc)),
          state_.get(slots.value),
          layout_.indexed ? static_cast<std::uint8_t>(state_.get(slots.index)) : std::uint8_t{0}};
}

bool StoreBuffer::may_drain(int entry) const {
  const BufferedStore store = at(entry);
  std::uint8_t between = store.how;
  for (int i = entry - 1; i >= 0; --i) {
    const BufferedStore older = at(i);
    if ((store.how & BufferedStore::kRelease) != 0 || share_place(older, store)) return false;
    if ((between & BufferedStore::kDmaFence) != 0) return false;
    const bool both_memory = !older.is_register() && !store.is_register();
    if ((between & BufferedStore::kSmpFence) != 0 && both_memory) return false;
    between |= older.how;
  }
  return true;
}

bool StoreBuffer::has_fence() const {
  auto fences = static_cast<std::uint8_t>(state_.get(layout_.fences));
  for (int i = 0; i < size(); ++i) fences |= at(i).how;
  return (fences & BufferedStore::kFences) != 0;
}

bool StoreBuffer::has_memory_store() const {
  for (int i = 0; i < size(); ++i) {
    if (!at(i).is_register()) return true;
  }
  return false;
}

bool StoreBuffer::has_write_to(std::size_t smmu) const {
  for (int i = 0; i < size(); ++i) {
    const BufferedStore store = at(i);
    if (store.is_register() && store.smmu() == smmu) return true;
  }
  return false;
}

std::optional<std::int32_t> StoreBuffer::newest(base::Slot slot) const {
  for (int i = size() - 1; i >= 0; --i) {
    const BufferedStore store = at(i);
    if (!store.is_register() && store.where == slot.offset) return store.loaded();
  }
  return std::nullopt;
}

bool StoreBuffer::stores_into(std::size_t begin, std::size_t end) const {
  for (int i = 0; i < size(); ++i) {
    const BufferedStore store = at(i);
    if (!store.is_register() && store.where >= begin && store.where < end) return true;
  }
  return false;
}

void push_store(const StoreBufferLayout& layout, base::StateAccess& state, BufferedStore store) {
  const auto size = static_cast<std::size_t>(state.get(layout.count));
  QUIESCE_ASSERT(size < layout.entries.size(), "a store was made that the store buffer has no room for");
  store.how |= static_cast<std::uint8_t>(state.get(layout.fences));
  put(layout, size, state, store);
  state.set(layout.fences, 0);
  state.add(layout.count, 1);
  clean_fences(layout, state);
}

void push_fence(const StoreBufferLayout& layout, base::StateAccess& state, std::uint8_t fence) {
  state.set(layout.fences, state.get(layout.fences) | fence);
  clean_fences(layout, state);
}

void remove_store(const StoreBufferLayout& layout, base::StateAccess& state, int entry) {
  const StoreBuffer stores(layout, state);
  const int size = stores.size();
  // What stood before it stands before the next one.
  const auto fences = static_cast<std::uint8_t>(stores.at(entry).how & BufferedStore::kFences);
  for (int i = entry; i + 1 < size; ++i) {
    BufferedStore next = stores.at(i + 1);
    if (i == entry) next.how |= fences;
    put(layout, static_cast<std::size_t>(i), state, next);
  }
  if (entry + 1 == size) state.set(layout.fences, state.get(layout.fences) | fences);
  put(layout, static_cast<std::size_t>(size - 1), state, {});
  state.set(layout.count, size - 1);
  clean_fences(layout, state);
}

}  // namespace quiesce::sim
