// One worker of the search: takes states of the current layer and puts their successors into the store.
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "checker/context_bound.hpp"
#include "checker/exploration.hpp"
#include "checker/paths.hpp"
#include "checker/schedule.hpp"
#include "checker/shared_search.hpp"

namespace quiesce::checker {

template <TransitionSystem Model, class Store>
class SearchWorker {
 public:
  SearchWorker(const Model& model, Store& store, const ExploreOptions& options, SharedSearch& shared)
      : model_(model),
        store_(store),
        options_(options),
        shared_(shared),
        encoder_(store),
        record_bytes_(store.roots().record_bytes()),
        pending_(kPipeline),
        records_(kPipeline * record_bytes_),
        scratch_(model.state_bytes()) {
    if constexpr (FiresOnCopies<Model>) fires_on_copies_ = model.fires_on_copies();
  }

  /// Until the pass is done, the search is to stop, or a table has to grow.
  void run() {
    const base::PositionScope position([this] { return encode(schedule_here()); });
    try {
      search();
    } catch (const std::bad_alloc&) {
      shared_.stop(kMaxMemory);
    }
  }

  /// Puts into the store what is still on its way, so that no record is left outside; then records may
  /// change.
  void let_go_of_records() {
    QUIESCE_ASSERT(flush(), "a table that has grown is full");
    record_bytes_ = 0;
  }
  void take_new_records() {
    record_bytes_ = store_.roots().record_bytes();
    records_.resize(kPipeline * record_bytes_);
  }

  /// Nothing is left that this worker took upon itself.
  [[nodiscard]] bool finished() const {
    return mine_ == mine_end_ && pending_count_ == 0 && owed_.empty() && shared_.next.load() >= shared_.end;
  }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_; }
  [[nodiscard]] std::uint64_t expanded() const { return expanded_; }
  /// States that it took and has not looked at.
  [[nodiscard]] Unsearched left() const { return {mine_, mine_end_, shared_.fired}; }

  Findings findings;                    ///< of the current pass
  std::vector<StateGraph::Edge> edges;  ///< of `sources`, in their order
  std::vector<StateId> sources;
  std::function<void()> on_tick;  ///< called now and then; may be empty

 private:
  void search() {
    while (!shared_.stopped() && fire_what_is_owed()) {
      if (mine_ == mine_end_ && !take_states()) {
        here_ = kNoState;
        if (!flush() || owed_.empty()) return;
        continue;
      }
      for (; mine_ < mine_end_; ++mine_) {
        look_at_limits();
        if (mine_ + 1 < mine_end_) encoder_.prefetch(mine_ + 1);
        if (shared_.stopped() || !expand(mine_)) return;
      }
      if (store_.wants_to_grow()) return;
    }
  }

  /// The store's records are the states.
  static constexpr bool kStoresStates = std::is_same_v<Store, PlainStore>;
  static constexpr std::uint32_t kPipeline = 32;
  static constexpr std::uint32_t kHalfway = kPipeline / 2;
  static constexpr StateId kStatesAtOnce = 256;
  static constexpr std::size_t kNoEdge = std::numeric_limits<std::size_t>::max();

  /// A successor on its way into the store. Memory is slow to answer: first its slot in the table is fetched,
  /// halfway the record that it will be compared with, and others are fired meanwhile.
  struct Pending {
    std::uint64_t hash;
    StateId parent;
    std::size_t edge;
  };

  /// A state of which a stubborn set alone has been fired so far. If none of its successors lies in the next
  /// layer, the others are owed: on the way from layer to layer every rule then gets its turn. What lies in
  /// which layer does not depend on who came first.
  //
  // D. Bošnački, G. J. Holzmann, "Improving SPIN's partial-order reduction for breadth-first search",
  // SPIN 2005, there with the queue in the place of the next layer.
  struct Reduced {
    StateId state;
    bool leads_deeper;
  };

  bool take_states() {
    const std::uint64_t first = shared_.next.fetch_add(kStatesAtOnce);
    if (first >= shared_.end) return false;
    if (!reduced_.empty()) settle_reduced(first_open(static_cast<StateId>(first)));
    mine_ = static_cast<StateId>(first);
    mine_end_ = static_cast<StateId>(std::min<std::uint64_t>(first + kStatesAtOnce, shared_.end));
    return true;
  }

  /// False if a table has to grow first: then nothing counts, and the state is expanded again later.
  bool expand(StateId id) {
    here_ = id;
    encoder_.load(id, scratch_.data());
    const StateClass state_class = model_.classify(scratch_.data());
    effects_.clear();
    model_.check_state(scratch_.data(), effects_);
    note(std::nullopt);
    bool may_rest = false;
    const std::size_t first_edge = edges.size();
    const std::uint64_t transitions_before = transitions_;
    if (state_class == StateClass::kRunning) {
      if (!fire_all(may_rest)) {
        if (!reduced_.empty() && reduced_.back().state == id) reduced_.pop_back();
        edges.resize(first_edge);
        transitions_ = transitions_before;
        for (Pending& pending : pending_) {
          if (pending.edge != kNoEdge && pending.edge >= first_edge) pending.edge = kNoEdge;
        }
        return false;
      }
    }
    ++expanded_;
    if (shared_.keep_graph) {
      shared_.classes[id] = state_class;
      shared_.may_rest[id] = may_rest ? 1 : 0;
      shared_.degrees[id] = static_cast<std::uint32_t>(edges.size() - first_edge);
      sources.push_back(id);
    }
    return true;
  }

  bool fire_all(bool& may_rest) {
    enabled_.clear();
    model_.for_each_enabled(scratch_.data(), [&](Transition t) { enabled_.push_back(t); });
    const std::size_t chosen = model_.choose_stubborn(scratch_.data(), enabled_);
    QUIESCE_ASSERT(chosen == enabled_.size() || !shared_.keep_graph, "the graph of a reduced search");
    if (chosen < enabled_.size()) reduced_.push_back({here_, false});
    bool way_on = false;
    bool obliged = false;
    look_for_a_way_to_stay();
    for (std::size_t i = 0; i < enabled_.size(); ++i) {
      const Fairness fairness = model_.fairness(scratch_.data(), enabled_[i]);
      way_on = way_on || fairness != Fairness::kObserver;
      obliged = obliged || (fairness != Fairness::kObserver && fairness != Fairness::kEnvironment);
      if (i < chosen && is_due(enabled_[i]) && !fire(enabled_[i], fairness)) return false;
    }
    if (obliged || model_.waits_for_time(scratch_.data())) return true;
    may_rest = true;
    if (way_on) return true;
    effects_.clear();
    model_.report_stuck(scratch_.data(), effects_);
    note(std::nullopt);
    return true;
  }

  /// The transitions that were left out where they had to be fired after all. False if a table has to grow.
  bool fire_what_is_owed() {
    while (!owed_.empty()) {
      here_ = owed_.back();
      owed_.pop_back();
      encoder_.load(here_, scratch_.data());
      enabled_.clear();
      model_.for_each_enabled(scratch_.data(), [&](Transition t) { enabled_.push_back(t); });
      const std::uint64_t transitions_before = transitions_;
      for (std::size_t i = model_.choose_stubborn(scratch_.data(), enabled_); i < enabled_.size(); ++i) {
        if (fire(enabled_[i], model_.fairness(scratch_.data(), enabled_[i]))) continue;
        transitions_ = transitions_before;
        owed_.push_back(here_);
        return false;
      }
    }
    return true;
  }

  void look_for_a_way_to_stay() {
    if constexpr (CountsSwitches<Model>) may_stay_ = model_.may_stay(scratch_.data(), enabled_);
  }

  /// Whether this pass fires it, or another.
  [[nodiscard]] bool is_due(Transition transition) const {
    if constexpr (CountsSwitches<Model>) {
      if (shared_.fired == Fired::kAll) return true;
      const bool is_switch = model_.is_switch(scratch_.data(), transition, may_stay_);
      return is_switch == (shared_.fired == Fired::kSwitches);
    }
    return true;
  }

  /// The first state with successors on their way, or `next`.
  [[nodiscard]] StateId first_open(StateId next) const {
    for (std::uint32_t i = 0; i < pending_count_; ++i) next = std::min(next, pending_[place(i)].parent);
    return next;
  }

  /// All successors of states before `open` are in the store, and no such state is being expanded.
  void settle_reduced(StateId open) {
    const bool forgets = options_.reductions.defect == base::PlantedDefect::kNothingOwed;
    std::size_t settled = 0;
    for (; settled < reduced_.size() && reduced_[settled].state < open; ++settled) {
      if (!reduced_[settled].leads_deeper && !forgets) owed_.push_back(reduced_[settled].state);
    }
    reduced_.erase(reduced_.begin(), reduced_.begin() + static_cast<std::ptrdiff_t>(settled));
  }

  void note_deeper(StateId parent, StateId successor) {
    if (successor < shared_.end) return;
    const auto found = std::lower_bound(reduced_.begin(), reduced_.end(), parent,
                                        [](const Reduced& r, StateId state) { return r.state < state; });
    if (found != reduced_.end() && found->state == parent) found->leads_deeper = true;
  }

  bool fire(Transition transition, Fairness fairness) {
    std::size_t edge = kNoEdge;
    if (shared_.keep_graph) {
      edge = edges.size();
      edges.push_back({here_, transition, fairness});
    }
    ++transitions_;
    if constexpr (kStoresStates && FiresOnCopies<Model>) {
      if (fires_on_copies_) {
        if (pending_count_ == kPipeline && !insert_oldest()) return false;
        std::byte* const copy = records_.data() + place(pending_count_) * record_bytes_;
        copy_bytes(copy, scratch_.data(), record_bytes_);
        firing_ = transition;
        const bool fired = model_.fire_on_copy(copy, transition);
        firing_.reset();
        if (fired) {
          send_on_its_way(edge);
          return true;
        }
      }
    }
    effects_.clear();
    firing_ = transition;
    model_.fire(scratch_.data(), transition, effects_);
    firing_.reset();
    note(transition);
    // Without a write the successor is the state itself.
    if (!effects_.undo.empty()) model_.canonicalize(scratch_.data(), effects_.undo);
    const bool stored = effects_.undo.empty() || put_on_its_way(edge);
    base::undo_writes(scratch_.data(), effects_.undo);
    return stored;
  }

  bool put_on_its_way(std::size_t edge) {
    if (pending_count_ == kPipeline && !insert_oldest()) return false;
    const std::byte* record = encoder_.encode(scratch_.data(), effects_.undo);
    if (record == nullptr) return false;
    copy_bytes(records_.data() + place(pending_count_) * record_bytes_, record, record_bytes_);
    send_on_its_way(edge);
    return true;
  }

  /// The record lies at its place behind those that are pending.
  void send_on_its_way(std::size_t edge) {
    const std::uint32_t at = place(pending_count_);
    const std::uint64_t hash = store_.roots().hash(records_.data() + at * record_bytes_);
    store_.roots().prefetch(hash);
    pending_[at] = {hash, here_, edge};
    ++pending_count_;
    if (pending_count_ > kHalfway)
      store_.roots().prefetch_record(pending_[place(pending_count_ - 1 - kHalfway)].hash);
  }

  /// Where the pending successor is before which so many others are.
  [[nodiscard]] std::uint32_t place(std::uint32_t others) const {
    return (first_pending_ + others) % kPipeline;
  }

  /// False if the table has to grow first.
  bool insert_oldest() {
    const std::uint32_t at = first_pending_;
    const Pending& pending = pending_[at];
    const RecordSet::Inserted inserted =
        store_.roots().insert(records_.data() + at * record_bytes_, pending.hash, pending.parent);
    if (inserted.id == RecordSet::kFull) return false;
    if (pending.edge != kNoEdge) edges[pending.edge].target = inserted.id;
    if (!reduced_.empty()) note_deeper(pending.parent, inserted.id);
    first_pending_ = place(1);
    --pending_count_;
    return true;
  }

  /// Inserts what is pending, in its order; false if the table has to grow before all of it fits.
  bool flush() {
    for (std::uint32_t i = 0; i < pending_count_; ++i)
      store_.roots().prefetch_record(pending_[place(i)].hash);
    while (pending_count_ > 0) {
      if (!insert_oldest()) return false;
    }
    settle_reduced(here_);
    return true;
  }

  void note(std::optional<Transition> transition) {
    if (!effects_.findings.empty()) note_findings(transition);
  }
  // Out of the way of the many transitions that find nothing.
  [[gnu::noinline]] void note_findings(std::optional<Transition> transition) {
    for (const Finding finding : effects_.findings) {
      std::vector<Occurrence>& known = findings[finding];
      if (known.size() < kOccurrencesMax) known.push_back({here_, transition});
      shared_.found.store(true, std::memory_order_relaxed);
    }
  }

  void look_at_limits() {
    if (options_.first && shared_.found.load(std::memory_order_relaxed)) shared_.stop("first");
    if (store_.size() >= options_.max_states) shared_.stop("max_states");
    if (expanded_ % 1024 != 0) return;
    if (on_tick && expanded_ % 8192 == 0) on_tick();
    const std::uint64_t bytes = edges.capacity() * sizeof(StateGraph::Edge);
    shared_.edge_bytes.fetch_add(bytes - edge_bytes_, std::memory_order_relaxed);
    edge_bytes_ = bytes;
    if (store_.bytes_used() + shared_.graph_bytes() > options_.max_bytes) shared_.stop(kMaxMemory);
    if (shared_.seconds() > options_.max_seconds) shared_.stop("max_seconds");
    if (options_.interrupted != nullptr && options_.interrupted->load(std::memory_order_relaxed))
      shared_.stop("interrupted");
  }

  /// The run to the transition that is being fired, or to the state that is being looked at.
  [[nodiscard]] Schedule schedule_here() const {
    Schedule schedule;
    schedule.model_hash = model_.model_hash();
    if (here_ == kNoState) return schedule;
    const Run run = run_through(model_, store_, ancestors_of(store_, here_), firing_);
    schedule.steps = run.steps;
    schedule.initial = run.initial;
    return schedule;
  }

  const Model& model_;
  Store& store_;
  const ExploreOptions& options_;
  SharedSearch& shared_;
  typename Store::Encoder encoder_;
  std::size_t record_bytes_;
  std::vector<Pending> pending_;  ///< goes round from first_pending_
  std::uint32_t first_pending_ = 0;
  std::uint32_t pending_count_ = 0;
  std::vector<std::byte> records_;  ///< of pending_, one after the other
  std::vector<std::byte> scratch_;
  std::vector<Transition> enabled_;
  Effects effects_;
  std::vector<Reduced> reduced_;  ///< by state
  std::vector<StateId> owed_;
  bool fires_on_copies_ = false;
  bool may_stay_ = false;
  StateId mine_ = 0;
  StateId mine_end_ = 0;
  StateId here_ = kNoState;  ///< the state that is being looked at
  std::optional<Transition> firing_;
  std::uint64_t transitions_ = 0;
  std::uint64_t expanded_ = 0;
  std::uint64_t edge_bytes_ = 0;  ///< as accounted for in shared_
};

}  // namespace quiesce::checker
