#include "checker/state_store.hpp"

#include <algorithm>
#include <bit>

namespace quiesce::checker {
namespace {

constexpr std::size_t kPairBytes = 2 * sizeof(std::uint32_t);

constexpr std::uint64_t bit(std::size_t node) { return std::uint64_t{1} << node; }

/// With the smallest number of bytes at which a component may end.
std::vector<Component> cut_at_least(std::size_t state_bytes, const std::vector<std::size_t>& cuts,
                                    std::size_t least) {
  std::vector<Component> components;
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    if (end - begin < least || end >= state_bytes) continue;
    components.push_back({begin, end - begin});
    begin = end;
  }
  if (begin < state_bytes) components.push_back({begin, state_bytes - begin});
  return components;
}

}  // namespace

std::vector<Component> cut(std::size_t state_bytes, std::vector<std::size_t> cuts) {
  constexpr std::size_t kLeast = 12;
  std::sort(cuts.begin(), cuts.end());
  std::size_t least = kLeast;
  std::vector<Component> components = cut_at_least(state_bytes, cuts, least);
  while (components.size() > CompressedStore::kComponentsMax)
    components = cut_at_least(state_bytes, cuts, least += kLeast / 2);
  if (components.size() < 2) components.clear();
  return components;
}

CompressedStore::CompressedStore(std::vector<Component> components)
    : components_(std::move(components)),
      pairs_(kPairBytes, RecordSet::Links::kNo, base::Pages::kSmall),
      roots_(kPairBytes, RecordSet::Links::kYes, base::Pages::kHuge) {
  QUIESCE_ASSERT(components_.size() >= 2 && components_.size() <= kComponentsMax, "a tree of another size");
  for (std::size_t i = 0; i < components_.size(); ++i) {
    QUIESCE_ASSERT(components_[i].offset == component_of_.size(), "the components leave a gap");
    component_of_.insert(component_of_.end(), components_[i].bytes, static_cast<std::uint8_t>(i));
    leaves_.push_back(
        std::make_unique<RecordSet>(components_[i].bytes, RecordSet::Links::kNo, base::Pages::kSmall));
  }
}

std::size_t CompressedStore::bytes_used() const {
  std::size_t bytes = pairs_.bytes_used() + roots_.bytes_used();
  for (const auto& leaf : leaves_) bytes += leaf->bytes_used();
  return bytes;
}

bool CompressedStore::wants_to_grow() const {
  bool any = pairs_.wants_to_grow() || roots_.wants_to_grow();
  for (const auto& leaf : leaves_) any = any || leaf->wants_to_grow();
  return any;
}

std::vector<RecordSet*> CompressedStore::crowded() {
  std::vector<RecordSet*> sets{&pairs_, &roots_};
  for (const auto& leaf : leaves_) sets.push_back(leaf.get());
  std::erase_if(sets, [](const RecordSet* set) { return !set->wants_to_grow(); });
  return sets;
}

void CompressedStore::load_nodes(StateId id, Nodes& nodes) const {
  std::memcpy(&nodes[2], roots_.record(id), kPairBytes);
  for (std::size_t node = 2; node < components_.size(); ++node)
    std::memcpy(&nodes[2 * node], pairs_.record(nodes[node]), kPairBytes);
}

void CompressedStore::load_leaves(const Nodes& nodes, std::byte* state) const {
  for (std::size_t i = 0; i < components_.size(); ++i) {
    const std::byte* leaf = leaves_[i]->record(nodes[components_.size() + i]);
    std::memcpy(state + components_[i].offset, leaf, components_[i].bytes);
  }
}

void CompressedStore::load(StateId id, std::byte* state) const {
  Nodes nodes;
  load_nodes(id, nodes);
  load_leaves(nodes, state);
}

void CompressedStore::Encoder::load(StateId id, std::byte* state) {
  store_.load_nodes(id, loaded_);
  nodes_ = loaded_;
  store_.load_leaves(loaded_, state);
}

const std::byte* CompressedStore::Encoder::encode(const std::byte* state,
                                                  std::span<const base::Write> writes) {
  std::uint64_t dirty = 0;
  for (const base::Write& write : writes)
    dirty |= bit(store_.components_.size() + store_.component_of_[write.slot.offset]);
  return encode_nodes(state, dirty);
}

const std::byte* CompressedStore::Encoder::encode(const std::byte* state) {
  const std::size_t leaves = store_.components_.size();
  std::uint64_t dirty = 0;
  for (std::size_t i = 0; i < leaves; ++i) dirty |= bit(leaves + i);
  return encode_nodes(state, dirty);
}

/// From the last node to the first, so that children come before their parent.
const std::byte* CompressedStore::Encoder::encode_nodes(const std::byte* state, std::uint64_t dirty) {
  const std::size_t leaves = store_.components_.size();
  nodes_ = loaded_;
  while (dirty > bit(1)) {
    const auto node = static_cast<std::size_t>(std::bit_width(dirty)) - 1;
    dirty ^= bit(node);
    dirty |= bit(node / 2);
    const bool leaf = node >= leaves;
    RecordSet& set = leaf ? *store_.leaves_[node - leaves] : store_.pairs_;
    const std::byte* record = leaf ? state + store_.components_[node - leaves].offset
                                   : reinterpret_cast<const std::byte*>(&nodes_[2 * node]);
    nodes_[node] = set.insert(record, set.hash(record)).id;
    if (nodes_[node] == RecordSet::kFull) return nullptr;
  }
  return reinterpret_cast<const std::byte*>(&nodes_[2]);
}

}  // namespace quiesce::checker
