// Expands routines into steps: every call becomes a copy of the routine with its arguments in place,
// so that a task is one program counter, and what is known when compiled costs nothing later.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/expr_compiler.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// The expanded code of one thread of control.
struct CompiledContext {
  Pc entry = kInactive;
  std::uint8_t frame_bytes = 0;
  bool has_deadline = false;  ///< some step waits with a time limit
};

/// So many steps at most are made of one scenario: a location has 16 bits.
inline constexpr std::size_t kStepsMax = 60000;

/// A part of a scalar's text, at its own place in the file.
[[nodiscard]] Node with_text(const Node& original, std::string text, std::size_t skipped);
/// `A to B`, `A from B`, `A in B`, `A at B`: the two sides, or nothing.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> split_at(const std::string& text,
                                                                          std::string_view word);

class RoutineCompiler {
 public:
  /// `written` collects the names of the families that some step writes.
  RoutineCompiler(const World& world, Program& program, std::set<std::string>& written);

  /// `steps` is a list of steps, or a scalar that calls one routine.
  [[nodiscard]] CompiledContext compile_context(const Node& steps, const std::string& name);
  /// The same, for an interrupt or a softirq.
  [[nodiscard]] CompiledContext compile_handler(const Node& steps, const std::string& name);
  /// A context that calls `run` whenever the work is pending.
  [[nodiscard]] CompiledContext compile_kworker(const Node& run, const std::string& name, std::int32_t work);
  /// A context that runs pending softirqs for ever.
  [[nodiscard]] CompiledContext compile_ksoftirqd(const std::string& name);
  /// The body of a rule: one chain of folded steps. Returns its entry.
  [[nodiscard]] Pc compile_rule_body(const Node& body, const std::string& name, Scope& scope);

 private:
  struct Pending {
    std::string label;
    Pc from;
    Location at;
    bool in_atomic = false;
  };
  struct LabelScope {
    std::map<std::string, Pc> labels;
    std::vector<Pending> gotos;
  };
  /// Where `return` puts its value.
  struct Result {
    Place place;  ///< nowhere: the caller does not want it
    Type type;
  };
  /// One routine being expanded.
  struct Frame {
    std::string routine;
    std::string source;
    std::uint32_t next_number = 0;
    std::vector<std::string> callers;  ///< innermost first
    std::vector<Pc> returns;           ///< jumps to the end
    Result result;
    std::size_t errors_before = 0;
    std::int32_t called_by = -1;  ///< see StepInfo
  };

  // Control flow (routine_compiler.cpp)
  void compile_block(const Node& steps);
  void compile_step(const Node& step);
  bool find_verb_of(const Node& step, const Node::Entry*& found, const Node::Entry*& label);
  void check_modifiers(const Node& step, const VerbInfo& verb, const Node::Entry* found);
  void compile_verb(const Node& step, const VerbInfo& verb, const Node& argument);
  void compile_if(const Node& step, const Node& argument);
  void compile_while(const Node& step, const Node& argument);
  void compile_repeat(const Node& step, const Node& argument);
  void compile_for_each(const Node& step, const Node& argument);
  void compile_for_each_of_list(const Node& step, const std::string& name, const ListInfo& list);
  void compile_call(const Node& argument);
  void compile_invoke(const Node& step, const Node& argument);
  void compile_return(const Node& argument);
  void compile_atomic(const Node& step, const Node& argument);
  void compile_goto(const Node& argument);
  void expand(const std::string& routine, const Expr& call, std::vector<Typed> arguments, Result result,
              const HookInfo* hook = nullptr);
  void bind_parameter(const RoutineInfo& routine, std::size_t i, Typed argument, const Expr& at);
  enum class Needed : std::uint8_t { kNothing, kDriver, kHook };
  [[nodiscard]] bool look_at_driver(const Expr& call, const Typed& device);
  void expand_for_device(const Expr& call, const std::string& hook, std::int32_t device,
                         std::vector<Typed> arguments, Needed needed);
  [[nodiscard]] Needed needed_by(const Node& step);
  void call_null();
  void open_labels();
  void close_labels();
  void define_label(const std::string& label, const Location& where);
  void break_folded_cycles(Pc first);
  void unfold_first_messages(Pc first);
  [[nodiscard]] bool reaches_through_folded(Pc from, Pc to) const;

  // Steps (verb_compiler.cpp)
  void compile_simple(const Node& step, const VerbInfo& verb, const Node& argument);
  void compile_assignment(const Node& argument);
  void compile_kfree(const Node& argument);
  void compile_binding(const VerbInfo& verb, const Node& argument);
  void compile_cmpxchg(const Node& step, const Node& argument);
  void compile_choose(const Node& argument);
  void compile_list_verb(const Node& node, const VerbInfo& verb, const Node& argument);
  void compile_poll(const Node& step, const Node& argument);
  void compile_lock_verb(const VerbInfo& verb, const Node& argument);
  void compile_wait(const Node& step, const VerbInfo& verb, const Node& argument);
  void compile_named(const VerbInfo& verb, const Node& step, const Node& argument);
  void compile_log(const Node& node, const Node& argument);
  void compile_last_read(const Node& into, Step& poll);
  void compile_smp_send_stop(const Node& step);
  void check_format(const Node& format, const Type& type);
  /// `looks_around` becomes true if a part reads shared state that may not be there.
  [[nodiscard]] int compile_message(const Node& text, bool* looks_around = nullptr);

  // Steps that touch an SMMU (smmu_verb_compiler.cpp)
  void compile_write(const Node& argument);
  void compile_write_legacy(const Node& argument, const Expr& written, const Typed& target);
  void compile_smmu_switch(const VerbInfo& verb, const Node& argument);
  void check_smmuv3(const Typed& smmu, const Location& where);
  void compile_publish(const Node& step, const Node& argument);
  void compile_put_commands(const Node& step, const Node& argument);
  [[nodiscard]] std::optional<Typed> commands_with(const Node& step);
  void submit(const Node& node, Step& step, const Typed& commands);
  [[nodiscard]] bool wants_sync(const Node& step);
  [[nodiscard]] CodeId emit_smmu(const Typed& smmu);

  // Orders of accesses (order_compiler.cpp)
  void compile_barrier(const VerbInfo& verb, const Node& argument);
  void take_order(const Node& step, const VerbInfo& verb, const Node& argument, Pc made);
  void take_order_of_block(const Node& step, Pc first);
  [[nodiscard]] std::string order_of(const Node& step, const std::string& usual,
                                     const std::vector<std::string>& known);

  // Helpers
  Pc begin_context(const std::string& name);
  CompiledContext end_context(const Node& steps, const std::string& name, Pc entry);
  /// Whether a mistake was met in this routine: what follows it would be cascades.
  [[nodiscard]] bool failed() const;
  /// Ends the compilation at a limit: expansion grows exponentially, and would not end in time.
  void count_expansion(const Location& where);
  [[noreturn]] void too_many_steps(const Location& where) const;
  Pc emit(Step step);
  Pc emit_jump();
  /// The branch's other way: `block`, or nothing, and then on with what follows.
  void compile_otherwise(Pc branch, const Node* block);

  /// A local that counts the rounds of a loop.
  struct Counter {
    Type type;
    Place place;
    Typed value;
  };
  Counter new_counter(std::int32_t most);
  Pc emit_assignment(const Counter& counter, const Typed& value);

  Step& at(Pc pc) { return program_.steps[pc]; }
  [[nodiscard]] Pc here() const { return static_cast<Pc>(program_.steps.size()); }
  [[nodiscard]] base::Slot new_local(const Type& type);
  [[nodiscard]] Place local_place(const Type& type, base::Slot slot) const;
  void mark_written(const Place& place);
  /// At most one shared access outside atomic blocks.
  void check_accesses(int count, Location where);
  [[nodiscard]] std::string show_argument(const Node& argument, bool is_message) const;
  void begin_step(const Node& step, const VerbInfo* verb, const Node* argument);
  void error(Location where, const std::string& message, const std::string& hint = {}, unsigned length = 1);

  const World& world_;
  Program& program_;
  std::set<std::string>& written_;
  Scope scope_;
  ExprCompiler expressions_;
  std::vector<Frame> frames_;
  std::vector<LabelScope> labels_;
  std::uint32_t info_ = 0;  ///< of the step being compiled
  std::size_t expansions_ = 0;
  std::size_t frame_top_ = 0;
  std::size_t frame_max_ = 0;
  bool in_atomic_ = false;
  bool in_handler_ = false;
  bool has_deadline_ = false;
};

}  // namespace quiesce::sim
