#include "sim/compile.hpp"

#include <algorithm>
#include <set>

#include "sim/causes.hpp"
#include "sim/legacy_layout.hpp"
#include "sim/property_compiler.hpp"
#include "sim/retry_loops.hpp"
#include "sim/routine_compiler.hpp"
#include "sim/stream_compiler.hpp"
#include "sim/system_hash.hpp"

namespace quiesce::sim {
namespace {

/// Compiles everything once, for a given idea of which families never change.
constexpr std::size_t kDeviceOrdersMax = 5040;
/// Of globals and fields. A state has 64 KiB; contexts and hardware need the rest.
constexpr std::size_t kGlobalBytesMax = 48000;

class SystemCompiler {
 public:
  SystemCompiler(const Node& document, const std::set<std::string>* written, Diagnostics& errors)
      : document_(document), world_(document, written, errors), errors_(errors) {}

  System run(std::set<std::string>& written) {
    system_.machine = world_.machine;
    system_.smmus = world_.smmus;
    system_.finding_kinds = world_.finding_kinds;
    for (const auto& [name, info] : world_.classes) system_.objects[name] = info.objects;
    for (const auto& [name, info] : world_.lists) system_.lists.push_back(info);
    for (const WorkInfo& work : world_.works) system_.work_names.push_back(work.name);
    if (world_.open_device_order) find_device_orders();
    if (const Node* name = document_.find("name")) system_.name = name->scalar;
    if (const Node* title = document_.find("title")) system_.title = title->scalar;
    lay_out_state();
    RoutineCompiler routines(world_, system_.program, written);
    system_.program.families = world_.families;
    system_.program.domains = world_.domains();
    compile_tasks(routines);
    compile_interrupt_levels(routines);
    compile_rules(routines);
    compile_properties(world_, document_, system_);
    lay_out_works();
    lay_out_rcu();
    lay_out_leads();
    lay_out_time();
    lay_out_programmed(layout_, system_);
    watch_retry_loops(system_);
    if (errors_.empty()) intern_commands(world_, system_);
    keep_events_that_matter(system_);
    number_causes(system_);
    if (errors_.empty()) system_.rule_code = compile_rule_code(system_);
    system_.layout.bytes = layout_.size();
    system_.hash = hash_of(system_);
    return std::move(system_);
  }

 private:
  /// Linear extensions of "a parent is registered before its children".
  void find_device_orders() {
    const std::size_t devices = world_.devices.size();
    const Family& parents = world_.families[static_cast<std::size_t>(world_.find_family("device.parent"))];
    std::vector<std::int32_t> order;
    const auto extend = [&](const auto& self) -> void {
      if (system_.device_orders.size() > kDeviceOrdersMax) return;
      if (order.size() == devices) system_.device_orders.push_back(order);
      for (std::int32_t d = 1; d <= static_cast<std::int32_t>(devices); ++d) {
        const auto placed = [&](std::int32_t device) {
          return std::find(order.begin(), order.end(), device) != order.end();
        };
        const std::int32_t parent = parents.init[static_cast<std::size_t>(d - 1)];
        if (placed(d) || (parent != 0 && !placed(parent))) continue;
        order.push_back(d);
        self(self);
        order.pop_back();
      }
    };
    extend(extend);
    system_.device_order_family = world_.find_family("devices_kset.items");
    if (system_.device_orders.size() > kDeviceOrdersMax)
      errors_.error(document_.at, "'registration_order: any' leaves too many orders open");
  }

  void lay_out_state() {
    Layout& out = system_.layout;
    out.machine_state = layout_.add(base::Width::kU8);
    for (Family& family : world_.families) {
      if (family.constant) continue;
      const base::Width width = base::width_for(family.type.lo, family.type.hi);
      const std::size_t bytes = static_cast<std::size_t>(family.count) * base::bytes_of(width);
      if (layout_.size() + bytes > kGlobalBytesMax) {
        errors_.fatal(family.at, "the state is too large: with '" + family.name + "' it has more than " +
                                     std::to_string(kGlobalBytesMax) + " bytes");
      }
      for (std::int32_t i = 0; i < family.count; ++i) {
        const base::Slot slot = layout_.add(width);
        if (i == 0) family.first = slot;
      }
    }
    for (const SmmuInfo& smmu : world_.smmus) {
      if (smmu.is_legacy) continue;
      out.smmus.push_back(hwmodel::v3::lay_out(layout_, smmu.config));
      out.smmu_configs.push_back(smmu.config);
      out.smmu_irqs.emplace_back().fill(kNoIrq);
    }
    lay_out_legacy(world_, layout_, out);
    lay_out_traffic(world_, layout_, out);
    if (!world_.machine.has_cpus) return;
    for (int i = 0; i < world_.machine.cpus; ++i) {
      CpuLayout cpu;
      for (base::Slot* slot : {&cpu.current, &cpu.irq_depth, &cpu.need_resched, &cpu.resched_irq,
                               &cpu.tick_irq, &cpu.stop_irq, &cpu.online, &cpu.moving, &cpu.softirq_pending,
                               &cpu.softirq_round, &cpu.softirq_between, &cpu.lockup_state}) {
        *slot = layout_.add(base::Width::kU8);
      }
      cpu.stores = lay_out_store_buffer(layout_, world_.machine.store_buffer, world_.has_legacy());
      out.cpus.push_back(cpu);
    }
    out.store_buffer = world_.machine.store_buffer;
  }

  ContextLayout lay_out_context(const std::string& name, ContextKind kind, std::uint8_t frame_bytes,
                                bool has_deadline) {
    ContextLayout context;
    context.name = name;
    context.kind = kind;
    context.pc = layout_.add(base::Width::kU16);
    context.phase = layout_.add(base::Width::kU8);
    context.relaxed = layout_.add(base::Width::kU8);
    context.frame_bytes = frame_bytes;
    for (int i = 0; i < (frame_bytes + 3) / 4; ++i) {
      const base::Slot slot = layout_.add(base::Width::kI32);
      if (i == 0) context.frame = slot.offset;
    }
    if (has_deadline) context.deadline = next_timer();
    return context;
  }

  void compile_tasks(RoutineCompiler& routines) {
    if (!world_.tasks.empty() && !world_.machine.has_cpus) {
      errors_.error(world_.tasks.front().at, "tasks need a 'machine' to run on");
      return;
    }
    for (const TaskInfo& task : world_.tasks) {
      const CompiledContext compiled = compile_task(routines, task);
      ContextLayout context =
          lay_out_context(task.name, ContextKind::kTask, compiled.frame_bytes, compiled.has_deadline);
      context.entry = compiled.entry;
      for (base::Slot* slot : {&context.task_state, &context.on_cpu, &context.preempt_count,
                               &context.bh_count, &context.pinned_to}) {
        *slot = layout_.add(base::Width::kU8);
      }
      context.cpus_allowed = task.cpus_allowed;
      context.may_stall = task.may_stall;
      context.task_kind = task.kind;
      context.daemon = task.daemon;
      system_.layout.contexts.push_back(context);
    }
    system_.layout.tasks = system_.layout.contexts.size();
  }

  static CompiledContext compile_task(RoutineCompiler& routines, const TaskInfo& task) {
    if (task.run == nullptr) return routines.compile_ksoftirqd(task.name);
    if (task.work >= 0) return routines.compile_kworker(*task.run, task.name, task.work);
    return routines.compile_context(*task.run, task.name);
  }

  /// Each work's state, and the kworker that runs it.
  void lay_out_works() {
    Layout& out = system_.layout;
    if (!world_.works.empty() && out.tasks > kFlushesMax) {
      errors_.error(document_.at,
                    "with works a scenario has at most " + std::to_string(kFlushesMax) + " tasks");
    }
    for (std::size_t i = 0; i < world_.works.size(); ++i) {
      const auto slot = [&](const char* suffix) {
        const int family = world_.find_family(world_.works[i].name + suffix);
        return system_.program.families[static_cast<std::size_t>(family)].first;
      };
      const auto kworker = std::find_if(world_.tasks.begin(), world_.tasks.end(), [&](const TaskInfo& task) {
        return task.work == static_cast<int>(i);
      });
      out.works.push_back({slot("__pending"), slot("__running"), slot("__flushes"),
                           static_cast<ContextId>(kworker - world_.tasks.begin())});
    }
  }

  void compile_interrupt_levels(RoutineCompiler& routines) {
    CompiledContext hard;
    CompiledContext soft;
    bool any_hard = false;
    bool any_soft = false;
    const auto add = [&](const Node* handler, const std::string& name, bool is_hard) -> Pc {
      if (handler == nullptr) return kInactive;
      const CompiledContext compiled = routines.compile_handler(*handler, name);
      CompiledContext& level = is_hard ? hard : soft;
      level.frame_bytes = std::max(level.frame_bytes, compiled.frame_bytes);
      level.has_deadline = level.has_deadline || compiled.has_deadline;
      (is_hard ? any_hard : any_soft) = true;
      return compiled.entry;
    };
    for (const InterruptInfo& info : world_.interrupts) {
      system_.layout.irqs.push_back(
          {layout_.add(base::Width::kU8), info.cpu, add(info.handler, info.name, true)});
      system_.irq_names.push_back(info.name);
      name_source(system_.layout, system_.layout.irqs.size() - 1);
      for (const SmmuLine& from : info.from)
        irq_of(system_.layout, from) = static_cast<int>(system_.layout.irqs.size()) - 1;
    }
    for (const KernelTimerInfo& info : world_.timers) {
      const Pc entry = add(info.handler, info.name, info.hard);
      system_.layout.timers.push_back(
          {next_timer(), layout_.add(base::Width::kU8), info.cpu, info.hard, entry});
      system_.timer_names.push_back(info.name);
    }
    for (const SoftirqInfo& info : world_.softirqs) {
      system_.softirq_entries.push_back(add(info.handler, info.name, false));
      system_.softirq_names.push_back(info.name);
    }
    for (std::size_t cpu = 0; cpu < system_.layout.cpus.size(); ++cpu) {
      const auto add_level = [&](ContextKind kind, const CompiledContext& compiled, const char* suffix) {
        ContextLayout level = lay_out_context("cpu" + std::to_string(cpu) + suffix, kind,
                                              compiled.frame_bytes, compiled.has_deadline);
        level.cpu = static_cast<int>(cpu);
        system_.layout.contexts.push_back(level);
        return static_cast<ContextId>(system_.layout.contexts.size() - 1);
      };
      if (any_soft) system_.layout.cpus[cpu].softirq = add_level(ContextKind::kSoftirq, soft, " softirq");
      if (any_hard) system_.layout.cpus[cpu].hardirq = add_level(ContextKind::kHardirq, hard, " hardirq");
      if (any_soft) {
        const std::size_t first = system_.layout.tasks - system_.layout.cpus.size();
        system_.layout.cpus[cpu].ksoftirqd = static_cast<ContextId>(first + cpu);
      }
    }
    if (system_.layout.contexts.size() > 60)
      errors_.error(document_.at, "at most 60 tasks and interrupt levels fit one scenario");
  }

  void compile_rules(RoutineCompiler& routines) {
    for (const RuleInfo& rule : world_.rules) {
      Scope scope;
      instantiate(routines, rule, 0, scope, "");
    }
  }

  void instantiate(RoutineCompiler& routines, const RuleInfo& rule, std::size_t param, Scope& scope,
                   const std::string& suffix) {
    if (param < rule.params.size()) {
      const auto type = world_.parse_type(rule.params[param].second, rule.at);
      const std::int32_t size = type ? world_.domain_size(*type) : 0;
      for (std::int32_t i = 0; i < size; ++i) {
        const std::size_t mark = scope.mark();
        scope.bind_constant(rule.params[param].first, *type, type->kind == TypeKind::kRef ? i + 1 : i);
        const std::string separator = suffix.empty() ? "" : ", ";
        instantiate(routines, rule, param + 1, scope,
                    suffix + separator + rule.params[param].first + "=" + std::to_string(i));
        scope.release(mark);
      }
      return;
    }
    if (system_.rules.size() > 20000) {
      errors_.error(rule.at, "the rules have more than 20000 instances");
      return;
    }
    Rule compiled;
    compiled.name = suffix.empty() ? rule.name : rule.name + " (" + suffix + ")";
    if (rule.when != nullptr) {
      ExprCompiler expressions(world_, system_.program, scope);
      const Typed guard = expressions.compile_condition(parse_expr(*rule.when));
      if (guard.is_constant() && guard.a == 0) return;
      if (!guard.is_constant()) compiled.when = expressions.emit(guard);
      compiled.may_fault = may_fault(system_.program, compiled.when);
    }
    compiled.body = routines.compile_rule_body(*rule.body, rule.name, scope);
    system_.rules.push_back(std::move(compiled));
  }

  TimerId next_timer() {
    if (timers_ + 1U > kTimersMax) {
      errors_.error(document_.at,
                    "too many deadlines, timers and watchdogs: at most " + std::to_string(kTimersMax));
      return kTimersMax;
    }
    return ++timers_;
  }

  /// Whether a step that the context can come to is of the kind.
  template <class Kind>
  [[nodiscard]] bool reaches(const ContextLayout& context, Kind kind) const {
    std::vector<Pc> open{context.entry};
    std::set<Pc> seen{context.entry};
    while (!open.empty()) {
      const Step& step = system_.program.steps[open.back()];
      open.pop_back();
      if (kind(step)) return true;
      if (step.verb == Verb::kExit) continue;
      for (const Pc next : {step.next, step.other}) {
        if (next != kInactive && seen.insert(next).second) open.push_back(next);
      }
    }
    return false;
  }

  [[nodiscard]] bool sleeps_in_d(const ContextLayout& context) const {
    return reaches(context, [](const Step& step) {
      const bool sleepable = info_of(step.verb).context == VerbContext::kSleepable ||
                             (step.verb == Verb::kPoll && step.argument2 != 0);
      return sleepable && step.verb != Verb::kCondResched && step.verb != Verb::kMightSleep;
    });
  }

  [[nodiscard]] bool waits_for_rcu(const ContextLayout& context) const {
    return reaches(context, [](const Step& step) { return step.verb == Verb::kSynchronizeRcu; });
  }

  /// Who reads and who waits under RCU; nothing of it exists in a scenario without.
  void lay_out_rcu() {
    const auto uses = [&](Verb verb) { return verb >= Verb::kRcuReadLock && verb <= Verb::kSynchronizeSrcu; };
    Layout& out = system_.layout;
    for (const Step& step : system_.program.steps) out.rcu = out.rcu || uses(step.verb);
    if (!out.rcu) return;
    if (out.tasks > kRcuTasksMax) {
      errors_.error(document_.at,
                    "with RCU or SRCU a scenario has at most " + std::to_string(kRcuTasksMax) + " tasks");
    }
    for (std::size_t i = 0; i < out.tasks; ++i) {
      ContextLayout& task = out.contexts[i];
      task.rcu_depth = layout_.add(base::Width::kU8);
      task.awaited_cpus = layout_.add(base::Width::kU8);
      task.awaited_tasks = layout_.add(base::Width::kU16);
      if (system_.machine.rcu_stall_timeout_s == 0 || !waits_for_rcu(task)) continue;
      task.rcu_stall = next_timer();
      task.stall_told = layout_.add(base::Width::kU8);
    }
  }

  /// Who used a CPU for longer than whom; only where a task can keep one for a second.
  void lay_out_leads() {
    Layout& out = system_.layout;
    if (system_.machine.sched != Sched::kFair || out.tasks < 2 || out.tasks > kFairTasksMax) return;
    for (std::size_t i = 0; i < out.tasks; ++i)
      out.leads = out.leads || reaches(out.contexts[i], is_long_busy_wait);
    for (std::size_t i = 0; out.leads && i < out.tasks; ++i)
      out.contexts[i].behind = layout_.add(base::Width::kU16);
  }

  void lay_out_time() {
    Layout& out = system_.layout;
    if (!out.cpus.empty() && out.tasks > 0) {
      for (CpuLayout& cpu : out.cpus) {
        if (world_.machine.soft_lockup_watchdog) cpu.lockup = next_timer();
      }
      for (std::size_t i = 0; i < out.tasks; ++i) {
        ContextLayout& task = out.contexts[i];
        if (world_.machine.hung_task_timeout_s == 0 || !sleeps_in_d(task)) continue;
        task.hung_task = next_timer();
        task.hung_told = layout_.add(base::Width::kU8);
      }
      for (BoundLayout& bound : out.bounds) {
        bound.timer = next_timer();
        bound.told = layout_.add(base::Width::kU8);
      }
    }
    out.zone = Zone(layout_, timers_);
  }

  const Node& document_;
  World world_;
  Diagnostics& errors_;
  System system_;
  base::LayoutBuilder layout_;
  TimerId timers_ = 0;
};

}  // namespace

System compile(const Node& document) {
  // Which families never change is known only after everything was compiled once.
  std::set<std::string> written;
  {
    Diagnostics errors;
    SystemCompiler first(document, nullptr, errors);
    static_cast<void>(first.run(written));
    errors.throw_if_any();
  }
  Diagnostics errors;
  std::set<std::string> ignored;
  SystemCompiler second(document, &written, errors);
  System system = second.run(ignored);
  errors.throw_if_any();
  return system;
}

}  // namespace quiesce::sim
