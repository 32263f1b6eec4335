// One worker of the search: takes states of the current layer and puts their successors into the store.
#pragma once

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "checker/context_bound.hpp"
#include "checker/exploration.hpp"
#include "checker/paths.hpp"
#include "checker/schedule.hpp"

namespace quiesce::checker {

/// What the workers of one search share.
struct SharedSearch {
  bool keep_graph = false;
  std::atomic<std::uint64_t> next{0};  ///< first state of the pass that nobody has taken
  StateId end = 0;                     ///< of the pass
  Fired fired = Fired::kAll;
  std::atomic<const char*> bound{nullptr};  ///< why everybody is to stop
  std::atomic<bool> found{false};
  std::vector<StateClass> classes;  ///< these three by state, if a graph is kept
  std::vector<std::uint8_t> may_rest;
  std::vector<std::uint32_t> degrees;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  [[nodiscard]] bool stopped() const { return bound.load(std::memory_order_relaxed) != nullptr; }
  void stop(const char* why) {
    const char* none = nullptr;
    bound.compare_exchange_strong(none, why);
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
    while (!shared_.stopped()) {
      if (mine_ == mine_end_ && !take_states()) {
        static_cast<void>(flush());
        return;
      }
      for (; mine_ < mine_end_; ++mine_) {
        look_at_limits();
        if (shared_.stopped() || !expand(mine_)) return;
      }
      if (store_.wants_to_grow()) return;
    }
  }

  /// Nothing is left that this worker took upon itself.
  [[nodiscard]] bool finished() const {
    return mine_ == mine_end_ && batch_.empty() && shared_.next.load() >= shared_.end;
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
  static constexpr std::size_t kBatch = 16;
  static constexpr StateId kStatesAtOnce = 256;
  static constexpr std::size_t kNoEdge = std::numeric_limits<std::size_t>::max();

  /// A successor on its way into the store: its slot in the table is being fetched meanwhile.
  struct Pending {
    std::uint64_t hash;
    StateId parent;
    std::size_t edge;
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
    bool way_on = false;
    bool obliged = false;
    look_for_a_way_to_stay();
    for (const Transition transition : enabled_) {
      const Fairness fairness = model_.fairness(scratch_.data(), transition);
      way_on = way_on || fairness != Fairness::kObserver;
      obliged = obliged || (fairness != Fairness::kObserver && fairness != Fairness::kEnvironment);
      if (is_due(transition) && !fire(transition, fairness)) return false;
    }
    if (obliged || model_.waits_for_time(scratch_.data())) return true;
    may_rest = true;
    if (way_on) return true;
    effects_.clear();
    model_.report_stuck(scratch_.data(), effects_);
    note(std::nullopt);
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
    std::memcpy(records_.data() + batch_.size() * record_bytes_, record, record_bytes_);
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
    }
    const std::size_t left = batch_.size() - done;
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
    if (store_.bytes_used() + edges.capacity() * sizeof(StateGraph::Edge) > options_.max_bytes)
      shared_.stop("max_memory");
    if (shared_.seconds() > options_.max_seconds) shared_.stop("max_seconds");
    if (options_.interrupted != nullptr && options_.interrupted->load(std::memory_order_relaxed))
      shared_.stop("interrupted");
  }

  /// The run to the transition that is being fired, or to the state that is being looked at.
  [[nodiscard]] Schedule schedule_here() const {
    Schedule schedule;
    schedule.model_hash = model_.model_hash();
    if (store_.size() == 0) return schedule;
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
  bool may_stay_ = false;
  StateId mine_ = 0;
  StateId mine_end_ = 0;
  StateId here_ = 0;
  std::optional<Transition> firing_;
  std::uint64_t transitions_ = 0;
  std::uint64_t expanded_ = 0;
};

}  // namespace quiesce::checker
