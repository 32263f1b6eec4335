#include "checker/state_store.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace quiesce::checker {
namespace {

constexpr std::size_t kIdBytes = sizeof(std::uint32_t);
constexpr std::size_t kArityMax = 4;
constexpr std::size_t kRootFieldsMax = 12;

constexpr std::uint64_t bit(std::size_t node) { return std::uint64_t{1} << node; }

/// Puts bytes from `begin` on into components that end where something new begins, once they are so large.
std::vector<Component> cut_rest(const std::vector<bool>& taken, const std::vector<bool>& begins,
                                std::size_t least) {
  std::vector<Component> components;
  Component open;
  for (std::size_t byte = 0; byte < taken.size(); ++byte) {
    if (begins[byte] && open.bytes() >= least) components.push_back(std::exchange(open, {}));
    if (taken[byte]) continue;
    if (!open.ranges.empty() && open.ranges.back().offset + open.ranges.back().bytes == byte) {
      ++open.ranges.back().bytes;
    } else {
      open.ranges.push_back({byte, 1});
    }
  }
  if (!open.ranges.empty()) components.push_back(std::move(open));
  return components;
}

/// The same for components that the model wants together: small ones are put together with the next.
std::vector<Component> joined(const std::vector<Component>& together, std::size_t least) {
  std::vector<Component> components;
  Component open;
  for (const Component& component : together) {
    open.ranges.insert(open.ranges.end(), component.ranges.begin(), component.ranges.end());
    if (open.bytes() >= least) components.push_back(std::exchange(open, {}));
  }
  if (!open.ranges.empty()) components.push_back(std::move(open));
  return components;
}

}  // namespace

std::vector<Component> components_of(std::size_t state_bytes, const StateShape& shape) {
  std::vector<bool> taken(state_bytes, false);
  for (const Component& component : shape.together) {
    for (const ByteRange& range : component.ranges) {
      for (std::size_t i = 0; i < range.bytes; ++i) taken[range.offset + i] = true;
    }
  }
  std::vector<bool> begins(state_bytes, false);
  for (const std::size_t cut : shape.cuts) begins[cut] = true;
  for (std::size_t least = 12;; least += 6) {
    std::vector<Component> components = joined(shape.together, least);
    const std::vector<Component> rest = cut_rest(taken, begins, least);
    components.insert(components.end(), rest.begin(), rest.end());
    if (components.size() < 2) return {};
    if (components.size() <= CompressedStore::kComponentsMax) return components;
  }
}

CompressedStore::CompressedStore(std::size_t state_bytes, std::vector<Component> components)
    : state_bytes_(state_bytes), components_(std::move(components)), component_of_(state_bytes) {
  QUIESCE_ASSERT(components_.size() >= 2 && components_.size() <= kComponentsMax, "a tree of another size");
  leaves_.count = components_.size();
  for (std::size_t i = 0; i < components_.size(); ++i) {
    for (const ByteRange& range : components_[i].ranges) {
      for (std::size_t byte = 0; byte < range.bytes; ++byte)
        component_of_[range.offset + byte] = static_cast<std::uint8_t>(i);
    }
    leaves_.sets.push_back(
        std::make_unique<RecordSet>(components_[i].bytes(), RecordSet::Links::kNo, base::Pages::kSmall));
  }
  if (leaves_.count > kRootFieldsMax) add_groups();
  const std::size_t fields = top().count;
  root_.lay_out(std::vector<unsigned>(fields, static_cast<unsigned>(64 / fields)));
  roots_ = std::make_unique<RecordSet>(root_.bytes(), RecordSet::Links::kYes, base::Pages::kHuge);
}

/// Nodes over about four components each, with as equal numbers of children as can be.
void CompressedStore::add_groups() {
  groups_.count = (leaves_.count + kArityMax - 1) / kArityMax;
  arity_ = (leaves_.count + groups_.count - 1) / groups_.count;
  groups_.first = groups_.count * arity_;
  for (std::size_t i = 0; i < groups_.count; ++i) {
    groups_.sets.push_back(
        std::make_unique<RecordSet>(arity_ * kIdBytes, RecordSet::Links::kNo, base::Pages::kSmall));
  }
}

std::vector<RecordSet*> CompressedStore::sets() const {
  std::vector<RecordSet*> all{roots_.get()};
  for (const Level* level : {&leaves_, &groups_}) {
    for (const auto& set : level->sets) all.push_back(set.get());
  }
  return all;
}

std::size_t CompressedStore::bytes_used() const {
  std::size_t bytes = roots_->bytes_used();
  for (const Level* level : {&leaves_, &groups_}) {
    for (const auto& set : level->sets) bytes += set->bytes_used();
  }
  return bytes;
}

bool CompressedStore::wants_to_grow() const {
  bool any = roots_->wants_to_grow() || wants_new_records();
  for (const Level* level : {&leaves_, &groups_}) {
    for (const auto& set : level->sets) any = any || set->wants_to_grow();
  }
  return any;
}

std::vector<RecordSet*> CompressedStore::crowded() {
  std::vector<RecordSet*> all = sets();
  std::erase_if(all, [](const RecordSet* set) { return !set->wants_to_grow(); });
  return all;
}

bool CompressedStore::wants_new_records() const {
  for (std::size_t i = 0; i < top().count; ++i) {
    if (top().sets[i]->size() > root_.capacity(i)) return true;
  }
  return false;
}

/// Each number gets a bit more than it needs now, if that takes no further word; what is left over in a word
/// goes round.
void CompressedStore::make_new_records() {
  std::vector<unsigned> widths;
  for (const auto& set : top().sets) widths.push_back(static_cast<unsigned>(std::bit_width(set->size())));
  const PackedIds old = root_;
  root_.lay_out(widths);
  const std::size_t fewest = root_.bytes();
  std::vector<unsigned> wider = widths;
  for (unsigned& width : wider) width = std::min(width + 1, 32U);
  root_.lay_out(wider);
  if (root_.bytes() > fewest) root_.lay_out(widths);
  auto fresh = std::make_unique<RecordSet>(root_.bytes(), RecordSet::Links::kYes, base::Pages::kHuge);
  if (workers_ != 0) fresh->set_workers(workers_);
  PackedIds::Words words{};
  for (StateId id = 0; id < roots_->size(); ++id) {
    PackedIds::Words packed{};
    std::memcpy(words.data(), roots_->record(id), old.bytes());
    for (std::size_t i = 0; i < top().count; ++i) root_.set(packed, i, old.get(words, i));
    fresh->append_alone(reinterpret_cast<const std::byte*>(packed.data()), roots_->link(id));
  }
  fresh->make_table();
  roots_ = std::move(fresh);
}

/// A group's record holds the numbers of its leaves. Where the last one has fewer than the others, the
/// numbers behind them are 0 and not looked at.
void CompressedStore::load_nodes(const PackedIds::Words& root, Nodes& nodes) const {
  const Level& level = top();
  for (std::size_t i = 0; i < level.count; ++i) nodes[level.first + i] = root_.get(root, i);
  for (std::size_t i = 0; i < groups_.count; ++i)
    std::memcpy(&nodes[i * arity_], groups_.sets[i]->record(nodes[groups_.first + i]), arity_ * kIdBytes);
}

void CompressedStore::load_leaf(std::size_t component, std::uint32_t number, std::byte* state) const {
  const std::byte* leaf = leaves_.sets[component]->record(number);
  for (const ByteRange& range : components_[component].ranges) {
    copy_bytes(state + range.offset, leaf, range.bytes);
    leaf += range.bytes;
  }
}

void CompressedStore::prefetch(StateId id) const {
  if (groups_.count == 0) {
    roots_->prefetch_record_of(id);
    return;
  }
  PackedIds::Words root{};
  std::memcpy(root.data(), roots_->record(id), root_.bytes());
  for (std::size_t i = 0; i < groups_.count; ++i)
    __builtin_prefetch(groups_.sets[i]->record(root_.get(root, i)));
}

void CompressedStore::load(StateId id, std::byte* state) const {
  PackedIds::Words root{};
  Nodes nodes{};
  std::memcpy(root.data(), roots_->record(id), root_.bytes());
  load_nodes(root, nodes);
  for (std::size_t i = 0; i < components_.size(); ++i) load_leaf(i, nodes[i], state);
}

/// States that lie one after the other have most components in common: those are there already.
void CompressedStore::Encoder::load(StateId id, std::byte* state) {
  std::array<std::uint32_t, kComponentsMax> before;
  std::copy_n(loaded_.begin(), store_.components_.size(), before.begin());
  std::memcpy(loaded_root_.data(), store_.roots_->record(id), store_.root_.bytes());
  store_.load_nodes(loaded_root_, loaded_);
  for (std::size_t i = 0; i < store_.components_.size(); ++i) {
    if (state != loaded_at_ || before[i] != loaded_[i]) store_.load_leaf(i, loaded_[i], state);
  }
  loaded_at_ = state;
}

const std::byte* CompressedStore::Encoder::encode(const std::byte* state,
                                                  std::span<const base::Write> writes) {
  std::uint64_t dirty = 0;
  for (const base::Write& write : writes) dirty |= bit(store_.component_of_[write.slot.offset]);
  return encode_components(state, dirty);
}

const std::byte* CompressedStore::Encoder::encode(const std::byte* state, const StoredSlots& stored) {
  if (stored.incomplete()) return encode(state);
  std::uint64_t dirty = 0;
  for (const std::uint16_t offset : stored.offsets()) dirty |= bit(store_.component_of_[offset]);
  return encode_components(state, dirty);
}

const std::byte* CompressedStore::Encoder::encode(const std::byte* state) {
  return encode_components(state, bit(store_.components_.size()) - 1);
}

void CompressedStore::set_workers(unsigned workers) {
  workers_ = workers;
  for (RecordSet* set : sets()) set->set_workers(workers);
}

void CompressedStore::touches(std::uint16_t choice, std::size_t byte) {
  if (choice >= touched_.size()) touched_.resize(choice + std::size_t{1});
  touched_[choice] |= bit(component_of_[byte]);
}

void CompressedStore::Encoder::take_new_records() {
  const std::size_t words = store_.root_.bytes() / kIdBytes;
  std::vector<std::uint32_t> masks;
  for (std::uint64_t touched : store_.touched_) {
    PackedIds::Words mask{};
    for (; touched != 0; touched &= touched - 1) {
      const auto component = static_cast<std::size_t>(std::countr_zero(touched));
      store_.root_.mark(mask, store_.arity_ == 0 ? component : component / store_.arity_);
    }
    masks.insert(masks.end(), mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(words));
  }
  effects_.begin(words, std::move(masks));
}

OnCopy CompressedStore::Encoder::recall(std::uint16_t choice, std::byte* record) {
  const std::uint32_t* const flipped = effects_.find(choice, loaded_root_.data());
  if (flipped == nullptr) return OnCopy::kRefused;
  std::uint32_t any = 0;
  for (std::size_t i = 0; i < store_.root_.bytes() / kIdBytes; ++i) {
    const std::uint32_t word = loaded_root_[i] ^ flipped[i];
    std::memcpy(record + i * kIdBytes, &word, kIdBytes);
    any |= flipped[i];
  }
  return any == 0 ? OnCopy::kNoWrite : OnCopy::kSuccessor;
}

void CompressedStore::Encoder::remember(std::uint16_t choice, OnCopy done) {
  const PackedIds::Words& successor = done == OnCopy::kNoWrite ? loaded_root_ : root_words_;
  effects_.keep(choice, loaded_root_.data(), successor.data());
}

const std::byte* CompressedStore::Encoder::gather(const std::byte* state, const Component& component) {
  if (component.ranges.size() == 1) return state + component.ranges.front().offset;
  std::byte* to = gathered_.data();
  for (const ByteRange& range : component.ranges) {
    copy_bytes(to, state + range.offset, range.bytes);
    to += range.bytes;
  }
  return gathered_.data();
}

/// From the leaves up, and only on the way from the components that differ to the root.
const std::byte* CompressedStore::Encoder::encode_components(const std::byte* state, std::uint64_t dirty) {
  const bool has_groups = store_.groups_.count != 0;
  root_words_ = loaded_root_;
  std::uint64_t dirty_groups = 0;
  for (; dirty != 0; dirty &= dirty - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(dirty));
    const RecordSet::Id id = number(*store_.leaves_.sets[i], gather(state, store_.components_[i]));
    if (id == RecordSet::kFull) return nullptr;
    if (!has_groups) {
      if (!put(i, id)) return nullptr;
      continue;
    }
    const std::size_t group = i / store_.arity_;
    if ((dirty_groups & bit(group)) == 0) {
      const std::size_t first = group * store_.arity_;
      std::memcpy(&nodes_[first], &loaded_[first], store_.arity_ * kIdBytes);
    }
    nodes_[i] = id;
    dirty_groups |= bit(group);
  }
  for (; dirty_groups != 0; dirty_groups &= dirty_groups - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(dirty_groups));
    const auto* record = reinterpret_cast<const std::byte*>(&nodes_[i * store_.arity_]);
    const RecordSet::Id id = number(*store_.groups_.sets[i], record);
    if (id == RecordSet::kFull || !put(i, id)) return nullptr;
  }
  return reinterpret_cast<const std::byte*>(root_words_.data());
}

RecordSet::Id CompressedStore::Encoder::number(RecordSet& set, const std::byte* record) {
  return set.insert(record, set.hash(record)).id;
}

/// False if the number needs more bits than it has.
bool CompressedStore::Encoder::put(std::size_t field, RecordSet::Id id) {
  if (id >= store_.root_.capacity(field)) return false;
  store_.root_.set(root_words_, field, id);
  return true;
}

}  // namespace quiesce::checker
