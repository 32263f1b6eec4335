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
#include "checker/successor_pipeline.hpp"

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
        scratch_(padded(model.state_bytes())),
        copy_(scratch_.size()) {
    if constexpr (FiresOnCopies<Model>) fires_on_copies_ = model.fires_on_copies();
    take_new_records();
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
  /// change. There is room: tables are not crowded now, and what all workers have on its way is little beside
  /// the rest of a table, since a worker takes states by the hundred and has fewer successors under way.
  void let_go_of_records() { QUIESCE_ASSERT(flush(), "a table that is not crowded is full"); }
  void take_new_records() {
    pipeline_.set_record_bytes(store_.roots().record_bytes());
    if constexpr (!kStoresStates) encoder_.take_new_records();
  }

  /// Nothing is left that this worker took upon itself.
  [[nodiscard]] bool finished() const {
    return mine_ == mine_end_ && pipeline_.empty() && owed_.empty() && shared_.next.load() >= shared_.end;
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
        encoder_.prefetch(std::min(mine_ + Store::kAhead, mine_end_ - 1));
        if (shared_.stopped() || !expand(mine_)) return;
      }
      if (store_.wants_to_grow()) return;
    }
  }

  /// The store's records are the states.
  static constexpr bool kStoresStates = std::is_same_v<Store, PlainStore>;
  static constexpr StateId kStatesAtOnce = 256;

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
    if (!reduced_.empty()) settle_reduced(pipeline_.first_parent(static_cast<StateId>(first)));
    mine_ = static_cast<StateId>(first);
    mine_end_ = static_cast<StateId>(std::min<std::uint64_t>(first + kStatesAtOnce, shared_.end));
    return true;
  }

  /// False if a table has to grow first: then nothing counts, and the state is expanded again later.
  bool expand(StateId id) {
    here_ = id;
    firing_.reset();
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
        pipeline_.forget_edges(first_edge);
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
    look_for_a_way_to_stay();
    for (std::size_t i = 0; i < chosen; ++i) {
      if (is_due(enabled_[i]) && !fire(enabled_[i])) return false;
    }
    firing_.reset();
    bool way_on = false;
    for (const Transition transition : enabled_) {
      const Fairness fairness = model_.fairness(scratch_.data(), transition);
      if (!is_way_on(fairness)) continue;
      // That the state may be rested in is part of the graph, and of nothing else.
      if (fairness != Fairness::kEnvironment || !shared_.keep_graph) return true;
      way_on = true;
    }
    if (model_.waits_for_time(scratch_.data())) return true;
    may_rest = true;
    if (way_on) return true;
    effects_.clear();
    model_.report_stuck(scratch_.data(), effects_);
    note(std::nullopt);
    return true;
  }

  /// The transitions that were left out where they had to be fired after all. False if a table has to grow.
  bool fire_what_is_owed() {
    while (!owed_.empty() && !shared_.stopped()) {
      look_at_limits();
      here_ = owed_.back();
      firing_.reset();
      owed_.pop_back();
      encoder_.load(here_, scratch_.data());
      enabled_.clear();
      model_.for_each_enabled(scratch_.data(), [&](Transition t) { enabled_.push_back(t); });
      const std::uint64_t transitions_before = transitions_;
      for (std::size_t i = model_.choose_stubborn(scratch_.data(), enabled_); i < enabled_.size(); ++i) {
        if (fire(enabled_[i])) continue;
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

  // Inlined in any case: nothing is called more often.
  [[gnu::always_inline]] bool fire(Transition transition) {
    if (!make_room()) return false;
    std::size_t edge = SuccessorPipeline::kNoEdge;
    if (shared_.keep_graph) {
      edge = edges.size();
      edges.push_back({here_, transition, model_.fairness(scratch_.data(), transition)});
    }
    ++transitions_;
    firing_ = transition;
    if constexpr (FiresOnCopies<Model> && kStoresStates) {
      if (fires_on_copies_) return fire_on_record(transition, edge);
    } else if constexpr (FiresOnCopies<Model>) {
      if (fires_on_copies_) return recall_or_fire(transition, edge);
    }
    return fire_in_place(transition, edge);
  }

  [[gnu::always_inline]] bool fire_on_record(Transition transition, std::size_t edge) {
    std::byte* const record = pipeline_.next_record();
    copy_blocks(record, scratch_.data(), scratch_.size());
    const OnCopy done = model_.fire_on_copy(record, transition);
    if (done == OnCopy::kRefused) return fire_in_place(transition, edge);
    if (done == OnCopy::kSuccessor) pipeline_.push({here_, edge});
    return true;
  }

  /// False if a table has to grow first.
  bool fire_on_copy(Transition transition, std::size_t edge) {
    copy_blocks(copy_.data(), scratch_.data(), scratch_.size());
    stored_.clear();
    const OnCopy done = model_.fire_on_copy(copy_.data(), transition, stored_);
    if (done == OnCopy::kRefused) return fire_in_place(transition, edge);
    const bool room =
        done == OnCopy::kNoWrite || put_on_its_way(encoder_.encode(copy_.data(), stored_), edge);
    if (room && encoder_.recalls()) encoder_.remember(transition.choice, done);
    return room;
  }

  [[gnu::always_inline]] bool recall_or_fire(Transition transition, std::size_t edge) {
    if (!encoder_.recalls()) return fire_on_copy(transition, edge);
    const OnCopy done = encoder_.recall(transition.choice, pipeline_.next_record());
    if (done == OnCopy::kRefused) return fire_on_copy(transition, edge);
    if (done == OnCopy::kSuccessor) pipeline_.push({here_, edge});
    return true;
  }

  /// False if a table has to grow first.
  [[gnu::noinline]] bool fire_in_place(Transition transition, std::size_t edge) {
    effects_.clear();
    model_.fire(scratch_.data(), transition, effects_);
    firing_.reset();
    note(transition);
    // Without a write the successor is the state itself.
    if (!effects_.undo.empty()) model_.canonicalize(scratch_.data(), effects_.undo);
    const bool stored =
        effects_.undo.empty() || put_on_its_way(encoder_.encode(scratch_.data(), effects_.undo), edge);
    base::undo_writes(scratch_.data(), effects_.undo);
    return stored;
  }

  /// False without a record: then a table has to grow first.
  bool put_on_its_way(const std::byte* record, std::size_t edge) {
    if (record == nullptr) return false;
    std::byte* const place = pipeline_.next_record();
    if (record != place) copy_bytes(place, record, store_.roots().record_bytes());
    pipeline_.push({here_, edge});
    return true;
  }

  /// False if the table has to grow first.
  bool make_room() {
    return pipeline_.make_room(store_.roots(), [this](auto... arrival) { arrived(arrival...); });
  }

  /// Inserts what is on its way; false if the table has to grow before all of it fits.
  bool flush() {
    if (!pipeline_.flush(store_.roots(), [this](auto... arrival) { arrived(arrival...); })) return false;
    settle_reduced(here_);
    return true;
  }

  void arrived(SuccessorPipeline::Successor successor, StateId id) {
    if (successor.edge != SuccessorPipeline::kNoEdge) edges[successor.edge].target = id;
    if (!reduced_.empty()) note_deeper(successor.parent, id);
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
    // Nobody asks for the size without need: it is what workers wait for.
    if (options_.max_states < kMostStates && store_.size() >= options_.max_states) shared_.stop("max_states");
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
  SuccessorPipeline pipeline_;
  std::vector<std::byte> scratch_;  ///< the state that is being looked at, and a copy of it
  std::vector<std::byte> copy_;
  StoredSlots stored_;
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
