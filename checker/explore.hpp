// Complete search over any TransitionSystem: one loop for every question, any number of workers, any store,
// any order. In each pass every worker takes states in turn and puts their successors into the store, where
// they are there for a later pass.
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "checker/exploration.hpp"
#include "checker/search_worker.hpp"
#include "checker/worker_crew.hpp"

namespace quiesce::checker {

template <TransitionSystem Model, class Store, class Frontier>
class Explorer {
 public:
  Explorer(const Model& model, std::unique_ptr<Store> store, const ExploreOptions& options,
           std::function<void(const Progress&)> on_progress, Frontier frontier)
      : model_(model),
        store_(*store),
        frontier_(frontier),
        options_(options),
        on_progress_(std::move(on_progress)),
        crew_(options.threads) {
    result_.store = std::move(store);
    shared_.keep_graph = options.taken || model.goal_count() > 0 || model.checks_livelock();
    store_.set_workers(crew_.size());
    tell_what_is_touched();
    for (unsigned i = 0; i < crew_.size(); ++i)
      workers_.push_back(std::make_unique<Worker>(model_, store_, options_, shared_));
    if (on_progress_) workers_.front()->on_tick = [this] { report_progress(); };
  }

  Exploration run() {
    try {
      insert_initial_states();
    } catch (const std::bad_alloc&) {
      shared_.stop(kMaxMemory);
    }
    while (!shared_.stopped()) {
      const std::optional<Pass> pass = frontier_.next(static_cast<StateId>(store_.size()));
      if (!pass) break;
      if (pass->begins_layer) result_.layers.push_back(pass->begin);
      try {
        search(*pass);
      } catch (const std::bad_alloc&) {
        shared_.stop(kMaxMemory);
      }
      keep_findings();
    }
    if (frontier_.bound_reached()) shared_.stop(Frontier::kBound);
    result_.depth = result_.layers.empty() ? 0 : result_.layers.size() - 1;
    collect();
    return std::move(result_);
  }

 private:
  using Worker = SearchWorker<Model, Store>;

  void tell_what_is_touched() {
    if constexpr (FiresOnCopies<Model> && std::is_same_v<Store, CompressedStore>) {
      if (!model_.fires_on_copies()) return;
      model_.for_each_touched(
          [this](std::uint16_t choice, std::size_t byte) { store_.touches(choice, byte); });
    }
  }

  void insert_initial_states() {
    typename Store::Encoder encoder(store_);
    std::vector<std::byte> canonical(model_.state_bytes());
    std::vector<base::Write> undo;
    model_.for_each_initial([&](const std::byte* state) {
      canonical.assign(state, state + canonical.size());
      undo.clear();
      model_.canonicalize(canonical.data(), undo);
      RecordSet::Inserted inserted;
      while (inserted.id == RecordSet::kFull && !shared_.stopped()) {
        const std::byte* record = encoder.encode(canonical.data());
        if (record != nullptr)
          inserted = store_.roots().insert(record, store_.roots().hash(record), kNoState);
        if (inserted.id == RecordSet::kFull) grow_tables();
      }
      if (inserted.is_new) ++result_.initial_states;
    });
  }

  /// Workers come back where a table has to grow, and go on afterwards where they were.
  void search(const Pass& pass) {
    shared_.begin_pass(pass);
    while (!shared_.stopped()) {
      crew_.run([&](unsigned worker) { workers_[worker]->run(); });
      const bool done = std::all_of(workers_.begin(), workers_.end(),
                                    [](const auto& worker) { return worker->finished(); });
      if (done) return;
      grow_tables();
    }
  }

  /// All workers together put the records of each crowded table into a larger one.
  void grow_tables() {
    constexpr std::uint64_t kAtOnce = 1U << 14U;
    for (RecordSet* set : store_.crowded()) {
      if (!set->can_grow()) {
        shared_.stop("max_states");
        return;
      }
      if (store_.bytes_used() + set->bytes_to_grow() + shared_.graph_bytes() > options_.max_bytes) {
        shared_.stop(kMaxMemory);
        return;
      }
      set->begin_growth();
      std::atomic<std::uint64_t> next{0};
      crew_.run([&](unsigned) {
        const std::uint64_t end = set->size();
        for (std::uint64_t first = next.fetch_add(kAtOnce); first < end; first = next.fetch_add(kAtOnce))
          set->put_back(static_cast<StateId>(first), static_cast<StateId>(std::min(first + kAtOnce, end)));
      });
    }
    if (store_.wants_new_records()) make_new_records();
  }

  void make_new_records() {
    // The old ones are there until all of the new ones are.
    if (2 * store_.bytes_used() + shared_.graph_bytes() > options_.max_bytes) {
      shared_.stop(kMaxMemory);
      return;
    }
    for (const auto& worker : workers_) worker->let_go_of_records();
    store_.make_new_records();
    for (const auto& worker : workers_) worker->take_new_records();
  }

  /// A finding's first pass is the one that counts, and in it what was seen in a state is nearer than what
  /// a transition out of one did.
  void keep_findings() {
    Findings of_pass;
    for (const auto& worker : workers_) {
      for (auto& [finding, seen] : worker->findings) {
        std::vector<Occurrence>& all = of_pass[finding];
        all.insert(all.end(), seen.begin(), seen.end());
      }
      worker->findings.clear();
    }
    for (auto& [finding, all] : of_pass) {
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      const auto in_states =
          std::stable_partition(all.begin(), all.end(), [](const Occurrence& o) { return !o.transition; });
      if (in_states != all.begin()) all.erase(in_states, all.end());
      result_.findings.try_emplace(finding, std::move(all));
    }
  }

  void collect() {
    for (const auto& worker : workers_) {
      result_.transitions += worker->transitions();
      if (worker->left().begin < worker->left().end) result_.unsearched.push_back(worker->left());
    }
    collect_unsearched();
    result_.frontier = states_in(result_.unsearched);
    if (const char* bound = shared_.bound.load()) result_.bound = bound;
    // Where memory was too short to go on, there is none for the graph; runs can be found without it.
    if (shared_.keep_graph && shared_.bound.load() != kMaxMemory) collect_graph();
    for (const auto& worker : workers_) worker->edges = {};
    result_.seconds = shared_.seconds();
  }

  /// What nobody took, what came in during the last pass, and what earlier passes left to later ones.
  void collect_unsearched() {
    const auto size = static_cast<StateId>(store_.size());
    const auto taken = static_cast<StateId>(std::min<std::uint64_t>(shared_.next.load(), shared_.end));
    std::vector<Unsearched> left{{taken, shared_.end, shared_.fired}, {shared_.end, size, Fired::kAll}};
    for (Unsearched& range : result_.unsearched) left.push_back(range);
    if (const auto later = frontier_.left_for_later()) left.push_back(*later);
    for (Unsearched& range : left) {
      if (range.left == Fired::kInContext) range.left = Fired::kAll;
    }
    std::erase_if(left, [](const Unsearched& range) { return range.begin >= range.end; });
    result_.unsearched = std::move(left);
  }

  void collect_graph() {
    StateGraph& graph = result_.graph;
    graph.first.assign(shared_.degrees.size() + 1, 0);
    for (std::size_t s = 0; s < shared_.degrees.size(); ++s)
      graph.first[s + 1] = graph.first[s] + shared_.degrees[s];
    result_.classes = std::move(shared_.classes);
    result_.may_rest = std::move(shared_.may_rest);
    if (workers_.size() == 1) {
      graph.edges = std::move(workers_.front()->edges);
      return;
    }
    graph.edges.resize(graph.first.back());
    for (const auto& worker : workers_) {
      auto from = worker->edges.begin();
      for (const StateId source : worker->sources) {
        const auto count = static_cast<std::ptrdiff_t>(shared_.degrees[source]);
        std::copy(from, from + count, graph.edges.begin() + static_cast<std::ptrdiff_t>(graph.first[source]));
        from += count;
      }
      worker->edges = {};
    }
  }

  void report_progress() const {
    std::uint64_t transitions = 0;
    std::uint64_t expanded = 0;
    for (const auto& worker : workers_) {
      transitions += worker->transitions();
      expanded += worker->expanded();
    }
    // Where two passes look at each state, they are less than half way.
    const std::uint64_t frontier = store_.size() - std::min<std::uint64_t>(expanded, store_.size());
    on_progress_({store_.size(), transitions, frontier, result_.layers.size() - 1, store_.bytes_used(),
                  shared_.seconds()});
  }

  const Model& model_;
  Store& store_;
  Frontier frontier_;
  ExploreOptions options_;
  std::function<void(const Progress&)> on_progress_;
  WorkerCrew crew_;
  Exploration result_;
  SharedSearch shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

/// Explores everything that is reachable, or up to the options' bounds, in the order that `frontier` says.
/// `on_progress` may be empty.
template <TransitionSystem Model, class Frontier = LayersByLength>
[[nodiscard]] Exploration explore(const Model& model, const ExploreOptions& options,
                                  std::function<void(const Progress&)> on_progress = {},
                                  Frontier frontier = {}) {
  constexpr std::size_t kPlainBytesMax = 40;
  const std::vector<Component> components = components_of(model.state_bytes(), model.state_shape());
  const bool plain = options.store == StoreKind::kPlain || components.size() < 2 ||
                     (options.store == StoreKind::kAuto && model.state_bytes() <= kPlainBytesMax);
  if (plain) {
    return Explorer(model, std::make_unique<PlainStore>(model.state_bytes()), options, std::move(on_progress),
                    frontier)
        .run();
  }
  return Explorer(model, std::make_unique<CompressedStore>(model.state_bytes(), components), options,
                  std::move(on_progress), frontier)
      .run();
}

}  // namespace quiesce::checker
