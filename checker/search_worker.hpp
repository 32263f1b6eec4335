// One worker of the search: takes states of the current layer and puts their successors into the store.
#pragma once

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <new>
#include <span>
#include <vector>

#include "checker/context_bound.hpp"
#include "checker/exploration.hpp"
#include "checker/paths.hpp"
#include "checker/schedule.hpp"

namespace quiesce::checker {

/// The bound that `--max-memory` sets, or the machine.
inline constexpr const char* kMaxMemory = "max_memory";

/// What the workers of one search share.
struct SharedSearch {
  bool keep_graph = false;
  std::atomic<std::uint64_t> next{0};  ///< first state of the pass that nobody has taken
  StateId end = 0;                     ///< of the pass
  Fired fired = Fired::kAll;
  std::atomic<const char*> bound{nullptr};  ///< why everybody is to stop
  std::atomic<bool> found{false};
  std::atomic<std::uint64_t> edge_bytes{0};
  std::vector<StateClass> classes;  ///< these three by state, if a graph is kept
  std::vector<std::uint8_t> may_rest;
  std::vector<std::uint32_t> degrees;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  [[nodiscard]] bool stopped() const { return bound.load(std::memory_order_relaxed) != nullptr; }
  void stop(const char* why) {
    const char* none = nullptr;
    bound.compare_exchange_strong(none, why);
  }
  /// What a kept graph takes, and what the answers to questions about it will take.
  [[nodiscard]] std::uint64_t graph_bytes() const {
    constexpr std::uint64_t kBytesByState = 48;
    return keep_graph ? edge_bytes.load(std::memory_order_relaxed) + kBytesByState * end : 0;
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  void begin_pass(const Pass& pass) {
    next = pass.begin;
    end = pass.end;
    fired = pass.fired;
    if (!keep_graph) return;
    classes.resize(end);
    may_rest.resize(end);
    degrees.resize(end);
  }
};

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
        records_(kBatch * record_bytes_),
        scratch_(model.state_bytes()) {}

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
    records_.resize(kBatch * record_bytes_);
  }

  /// Nothing is left that this worker took upon itself.
  [[nodiscard]] bool finished() const {
    return mine_ == mine_end_ && batch_.empty() && owed_.empty() && shared_.next.load() >= shared_.end;
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

  static constexpr std::size_t kBatch = 16;
  static constexpr StateId kStatesAtOnce = 256;
  static constexpr std::size_t kNoEdge = std::numeric_limits<std::size_t>::max();

  /// A successor on its way into the store: its slot in the table is being fetched meanwhile.
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
        for (Pending& pending : batch_) {
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

  /// All successors of the reduced states are in the store, but for those of the state that is being
  /// expanded.
  void settle_reduced() {
    const bool expanding = !reduced_.empty() && reduced_.back().state == here_;
    const std::size_t settled = reduced_.size() - (expanding ? 1 : 0);
    const bool forgets = options_.reductions.defect == PlantedDefect::kNothingOwed;
    for (std::size_t i = 0; i < settled; ++i) {
      if (!reduced_[i].leads_deeper && !forgets) owed_.push_back(reduced_[i].state);
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
    effects_.clear();
    firing_ = transition;
    model_.fire(scratch_.data(), transition, effects_);
    firing_.reset();
    ++transitions_;
    note(transition);
    std::size_t edge = kNoEdge;
    if (shared_.keep_graph) {
      edge = edges.size();
      edges.push_back({here_, transition, fairness});
    }
    // Without a write the successor is the state itself.
    if (!effects_.undo.empty()) model_.canonicalize(scratch_.data(), effects_.undo);
    const bool stored = effects_.undo.empty() || put_into_batch(edge);
    base::undo_writes(scratch_.data(), effects_.undo);
    return stored;
  }

  bool put_into_batch(std::size_t edge) {
    if (batch_.size() == kBatch && !flush()) return false;
    const std::byte* record = encoder_.encode(scratch_.data(), effects_.undo);
    if (record == nullptr) return false;
    const std::uint64_t hash = store_.roots().hash(record);
    store_.roots().prefetch(hash);
    copy_bytes(records_.data() + batch_.size() * record_bytes_, record, record_bytes_);
    batch_.push_back({hash, here_, edge});
    return true;
  }

  /// Inserts what is pending, in its order; false if the table has to grow before all of it fits.
  bool flush() {
    RecordSet& roots = store_.roots();
    for (const Pending& pending : batch_) roots.prefetch_record(pending.hash);
    std::size_t done = 0;
    for (; done < batch_.size(); ++done) {
      const Pending& pending = batch_[done];
      const RecordSet::Inserted inserted =
          roots.insert(records_.data() + done * record_bytes_, pending.hash, pending.parent);
      if (inserted.id == RecordSet::kFull) break;
      if (pending.edge != kNoEdge) edges[pending.edge].target = inserted.id;
      if (!reduced_.empty()) note_deeper(pending.parent, inserted.id);
    }
    const std::size_t left = batch_.size() - done;
    if (left == 0 && !reduced_.empty()) settle_reduced();
    std::memmove(records_.data(), records_.data() + done * record_bytes_, left * record_bytes_);
    batch_.erase(batch_.begin(), batch_.begin() + static_cast<std::ptrdiff_t>(done));
    return left == 0;
  }

  void note(std::optional<Transition> transition) {
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
  std::vector<std::byte> records_;  ///< of batch_, one after the other
  std::vector<Pending> batch_;
  std::vector<std::byte> scratch_;
  std::vector<Transition> enabled_;
  Effects effects_;
  std::vector<Reduced> reduced_;  ///< by state
  std::vector<StateId> owed_;
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
