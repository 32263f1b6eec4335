#include "sim/wait_graph.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "sim/describe.hpp"
#include "sim/lock_view.hpp"

namespace quiesce::sim {
namespace {

class Builder {
 public:
  Builder(const System& system, const std::byte* state)
      : system_(system),
        state_(state),
        access_(const_cast<std::byte*>(state)),
        machine_(system, access_),
        locks_(system, state),
        named_(named_locks(system)) {}

  WaitGraph build() {
    if (machine_.terminal()) return {};
    for (ContextId id = 0; id < system_.layout.contexts.size(); ++id) {
      if (is_over(id) || machine_.is_idle_daemon(id)) continue;
      add_context(id);
      add_waiting(id);
    }
    find_circle();
    return std::move(graph_);
  }

 private:
  [[nodiscard]] const Layout& layout() const { return system_.layout; }
  [[nodiscard]] std::int32_t get(base::Slot slot) const { return access_.get(slot); }
  [[nodiscard]] bool is_task(ContextId id) const { return id < layout().tasks; }
  [[nodiscard]] TaskState task_state(ContextId task) const {
    return static_cast<TaskState>(get(layout().contexts[task].task_state));
  }
  [[nodiscard]] bool is_over(ContextId id) const {
    if (!is_task(id)) return get(layout().contexts[id].pc) == kInactive;
    return task_state(id) == TaskState::kExited || task_state(id) == TaskState::kDead;
  }

  void add_node(const std::string& id, std::string_view kind, const std::string& where = {}) {
    if (known_.emplace(id, graph_.nodes.size()).second) graph_.nodes.push_back({id, kind, where});
  }
  void add_edge(const std::string& from, const std::string& to, const std::string& label) {
    const bool known =
        std::any_of(graph_.edges.begin(), graph_.edges.end(),
                    [&](const WaitGraph::Edge& edge) { return edge.from == from && edge.to == to; });
    if (!known) graph_.edges.push_back({from, to, label});
  }

  const std::string& add_context(ContextId id) {
    const std::string& name = layout().contexts[id].name;
    const bool over = is_task(id) && task_state(id) == TaskState::kExited;
    add_node(name, is_task(id) ? "task" : "other", over ? "" : location_of(system_, state_, id));
    return name;
  }

  void add_waiting(ContextId id) {
    const std::string& name = layout().contexts[id].name;
    const int running = machine_.running_on(id);
    const bool sleeps = is_task(id) && task_state(id) == TaskState::kSleeping;
    if (!sleeps) {
      const auto cpu = static_cast<std::size_t>(running >= 0 ? running : get(layout().contexts[id].on_cpu));
      const bool on_top = running >= 0 && machine_.top_of(cpu) == id;
      if (!on_top) return wait_for_cpu(name, cpu);
      if (!keeps_cpu(id)) return;
    }
    if (const auto slot = locks_.waited_for_by(id)) return wait_for_lock(name, *slot);
    wait_in_step(id);
  }

  [[nodiscard]] bool keeps_cpu(ContextId id) const {
    const std::int32_t phase = get(layout().contexts[id].phase);
    return phase == phase_of::kSpinning || phase == phase_of::kBehindWriter ||
           phase == phase_of::kUnclocked || phase == phase_of::kBusHang;
  }

  void wait_for_cpu(const std::string& name, std::size_t cpu) {
    add_node(cpu_name(cpu), "cpu");
    add_edge(name, cpu_name(cpu), "waits for");
    if (get(layout().cpus[cpu].online) == 0) return;
    const ContextId top = machine_.top_of(cpu);
    if (top != kNoContext) add_edge(cpu_name(cpu), add_context(top), "runs");
  }

  void wait_for_lock(const std::string& name, base::Slot slot) {
    for (const NamedLock& lock : named_) {
      if (lock.slot != slot) continue;
      const bool completes = lock.kind == TypeKind::kCompletion;
      const bool reads = lock.kind == TypeKind::kSrcu;
      const std::string id = reads ? "grace period of " + lock.name : lock.name;
      add_node(id, completes ? "completion" : reads ? "grace_period" : "lock");
      add_edge(name, id, "waits for");
      for (const ContextId holder : locks_.holders(lock))
        add_edge(id, add_context(holder), reads ? "waits for the reader" : "is held by");
      return;
    }
  }

  void wait_for(const std::string& name, const std::string& what, std::string_view kind) {
    add_node(what, kind);
    add_edge(name, what, "waits for");
  }

  /// Not for a lock.
  void wait_in_step(ContextId id) {
    const std::string& name = layout().contexts[id].name;
    const Step& step = machine_.step_of(id);
    const std::string& text = step_info(system_, state_, id).text;
    switch (step.verb) {
      case Verb::kSynchronizeRcu:
        return wait_for_readers(id);
      case Verb::kFlushWork:
      case Verb::kCancelWorkSync: {
        const auto work = static_cast<std::size_t>(step.argument);
        const std::string what = "work " + system_.work_names[work];
        wait_for(name, what, "other");
        add_edge(what, add_context(layout().works[work].worker), "is run by");
        return;
      }
      case Verb::kDelTimerSync:
        return wait_for(name, "handler of " + system_.timer_names[static_cast<std::size_t>(step.argument)],
                        "other");
      case Verb::kSmpSendStop:
        return wait_for_stop(name, static_cast<std::size_t>(machine_.running_on(id)));
      case Verb::kSetCpusAllowed:
        return wait_for_stopper(id);
      case Verb::kSleep:
      case Verb::kDelay:
        return wait_for(name, "time", "other");
      default:
        break;
    }
    if (get(layout().contexts[id].phase) == phase_of::kBusHang)
      return wait_for(name, "an answer from the bus", "hardware");
    wait_for(name, text, asks_hardware(step.value) ? "hardware" : "other");
  }

  void wait_for_readers(ContextId id) {
    const ContextLayout& waiter = layout().contexts[id];
    const std::string period = "RCU grace period of " + waiter.name;
    add_node(period, "grace_period");
    add_edge(waiter.name, period, "waits for");
    for (std::size_t cpu = 0; cpu < layout().cpus.size(); ++cpu) {
      if (((get(waiter.awaited_cpus) >> cpu) & 1) == 0) continue;
      wait_for_cpu(period, cpu);
    }
    for (ContextId task = 0; task < layout().tasks && task < kRcuTasksMax; ++task) {
      if (((get(waiter.awaited_tasks) >> task) & 1) != 0)
        add_edge(period, add_context(task), "waits for the reader");
    }
  }

  void wait_for_stop(const std::string& name, std::size_t self) {
    for (std::size_t cpu = 0; cpu < layout().cpus.size(); ++cpu) {
      if (cpu != self && get(layout().cpus[cpu].online) != 0) wait_for_cpu(name, cpu);
    }
  }

  void wait_for_stopper(ContextId id) {
    for (std::size_t cpu = 0; cpu < layout().cpus.size(); ++cpu) {
      if (get(layout().cpus[cpu].moving) == id + 1)
        wait_for(layout().contexts[id].name, "migration/" + std::to_string(cpu), "other");
    }
  }

  /// Whether the condition looks at an SMMU, or at what is on its way through one.
  [[nodiscard]] bool asks_hardware(CodeId code) const {
    if (code == kNoCode) return false;
    for (auto at = static_cast<std::size_t>(code);; ++at) {
      const Op op = system_.program.code[at].op;
      if (op == Op::kEnd) return false;
      if (op >= Op::kRegister && op <= Op::kInFlight) return true;
    }
  }

  void find_circle() {
    std::vector<std::string> path;
    std::map<std::string, bool> finished;
    for (const WaitGraph::Node& node : graph_.nodes) {
      if (graph_.circle.empty()) follow(node.id, path, finished);
    }
  }

  void follow(const std::string& id, std::vector<std::string>& path, std::map<std::string, bool>& finished) {
    if (const auto again = std::find(path.begin(), path.end(), id); again != path.end()) {
      graph_.circle.assign(again, path.end());
      return;
    }
    if (finished[id]) return;
    path.push_back(id);
    for (const WaitGraph::Edge& edge : graph_.edges) {
      if (edge.from == id && graph_.circle.empty()) follow(edge.to, path, finished);
    }
    path.pop_back();
    finished[id] = true;
  }

  const System& system_;
  const std::byte* state_;
  base::StateAccess access_;
  Machine machine_;
  LockView locks_;
  std::vector<NamedLock> named_;
  WaitGraph graph_;
  std::map<std::string, std::size_t> known_;
};

}  // namespace

WaitGraph wait_graph(const System& system, const std::byte* state) { return Builder(system, state).build(); }

}  // namespace quiesce::sim
