// Turns expressions into typed, folded trees and these into stack code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/code.hpp"
#include "sim/expr.hpp"
#include "sim/world.hpp"

namespace quiesce::sim {

/// A command list is one number: how many times kCommandIds, plus the id of the command.
inline constexpr std::int32_t kCommandIds = 256;
inline constexpr std::int32_t kCommandsMax = 4096;

/// A name that a routine, rule or quantifier binds.
struct Bound {
  std::string name;
  Type type;
  bool is_constant = false;
  std::int32_t value = 0;  ///< of a constant
  base::Slot slot{};       ///< of a local, relative to the frame
};

/// The names in sight, innermost last.
class Scope {
 public:
  void bind_constant(std::string name, Type type, std::int32_t value);
  void bind_local(std::string name, Type type, base::Slot slot);
  [[nodiscard]] const Bound* find(std::string_view name) const;
  [[nodiscard]] std::size_t mark() const { return bindings_.size(); }
  void release(std::size_t mark) { bindings_.resize(mark); }
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::vector<Bound> bindings_;
};

/// A typed expression. Constants are folded: then `op` is kPush and `a` the value.
struct Typed {
  Op op = Op::kPush;
  Type type;
  base::Slot slot{};
  std::int32_t a = 0;
  std::int32_t b = 0;
  std::vector<Typed> kids;

  [[nodiscard]] bool is_constant() const { return op == Op::kPush; }
};

/// The state that an expression reads beside locals.
struct SharedReads {
  int count = 0;                  ///< places in the text that read shared state
  std::vector<base::Slot> slots;  ///< those known when compiled
  std::vector<int> families;      ///< those indexed at run time
  std::vector<int> smmus;         ///< registers of these (by index), -1 for any
  bool here = false;              ///< whether the text asks for the CPU, which a switch may change

  /// What needs no step of its own is done within the one before it, which may have given the CPU away.
  [[nodiscard]] bool may_fold() const { return count == 0 && !here; }
};

class ExprCompiler {
 public:
  ExprCompiler(const World& world, Program& program, Scope& scope)
      : world_(world), program_(program), scope_(scope) {}

  /// Type-checks and folds; a mistake is reported and gives a constant 0 of a fitting type.
  [[nodiscard]] Typed compile(const Expr& expr);
  /// The same, and the value must be a truth value.
  [[nodiscard]] Typed compile_condition(const Expr& expr);
  /// The same, and the value must fit `type`.
  [[nodiscard]] Typed compile_as(const Expr& expr, const Type& type);
  /// A place that can be written: a global, element, field or local.
  [[nodiscard]] Place compile_place(const Expr& expr, Type& type);
  /// The flag of the object that `kfree` frees; kNone if there is none, after telling why.
  /// The number of the object, with a look at whether it is NULL or freed; nothing if it can be neither.
  [[nodiscard]] std::optional<Typed> looked_at(const Typed& object) const;
  [[nodiscard]] Place compile_freed(const Expr& expr, const Typed& object);
  [[nodiscard]] CodeId emit(const Typed& typed);

  /// What is written like a register of a legacy SMMU; without `reg` it is none.
  struct LegacyRegister {
    const hwmodel::v2::Register* reg = nullptr;
    const Expr* at = nullptr;     ///< SMMU.REGISTER
    const Expr* index = nullptr;  ///< null if there is none
    const Expr* field = nullptr;
  };
  [[nodiscard]] static LegacyRegister legacy_register(const Expr& expr);
  [[nodiscard]] static SharedReads shared_reads(const Typed& typed);
  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] Scope& scope() { return scope_; }

 private:
  [[nodiscard]] Typed compile_name(const Expr& expr);
  [[nodiscard]] Typed compile_field(const Expr& expr);
  [[nodiscard]] Typed compile_index(const Expr& expr);
  [[nodiscard]] Typed compile_call(const Expr& expr);
  [[nodiscard]] std::optional<Typed> compile_builtin(const Expr& expr);
  [[nodiscard]] Typed compile_traffic_query(const Expr& expr, Op op, const Type& type);
  [[nodiscard]] std::optional<Typed> compile_event(const Expr& expr);
  Typed compile_commands(const Expr& expr);
  Typed compile_operand(const Expr& expr, const std::string& opcode, std::int32_t count);
  [[nodiscard]] Typed compile_function(const Expr& expr, const FunctionInfo& function);
  [[nodiscard]] Typed compile_unary(const Expr& expr);
  [[nodiscard]] Typed compile_binary(const Expr& expr);
  [[nodiscard]] Typed compile_right_side(const Expr& expr, const Type& left);
  [[nodiscard]] Typed compile_comparison(const Expr& expr, Typed left, Typed right);
  [[nodiscard]] Typed compile_arithmetic(const Expr& expr, Typed left, Typed right);
  [[nodiscard]] Typed compile_quantifier(const Expr& expr);
  [[nodiscard]] Typed quantify(const Expr& expr, std::size_t next);
  [[nodiscard]] Type quantifier_domain(const Expr& expr, std::size_t which);
  [[nodiscard]] Typed compile_if(const Expr& expr);
  [[nodiscard]] Typed compile_register(const Expr& expr, Typed smmu, const std::string& reg,
                                       const std::string& field);
  // Registers of legacy SMMUs (legacy_expr_compiler.cpp)
  [[nodiscard]] std::optional<Typed> compile_legacy(const Expr& expr);
  [[nodiscard]] Typed legacy_smmu(const Expr& expr, Typed smmu);
  [[nodiscard]] Typed legacy_index(const LegacyRegister& parts, const Typed& smmu);
  [[nodiscard]] Typed legacy_field(const LegacyRegister& parts, Typed reg);
  [[nodiscard]] Typed load_family(int family, Typed index) const;
  [[nodiscard]] Typed live(const ClassInfo& cls, Typed index, int accessed) const;
  [[nodiscard]] Typed element(const Expr& expr, int& family);
  [[nodiscard]] Typed within(Typed index, const Family& family, std::size_t place) const;
  [[nodiscard]] Typed smmu_index(const Expr& expr);
  [[nodiscard]] Typed fail(const Expr& expr, const std::string& message, const std::string& hint = {});
  void emit_into(const Typed& typed);
  [[nodiscard]] std::optional<std::string> dotted_name(const Expr& expr) const;

  const World& world_;
  Program& program_;
  Scope& scope_;
  /// Functions and quantifiers make exponentially large expressions of short texts: this ends it.
  void count_nodes(const Expr& expr, std::size_t nodes);
  [[nodiscard]] Typed compile_node(const Expr& expr);

  int depth_ = 0;          ///< of functions
  int nesting_ = 0;        ///< of the expression that is being compiled, after expansion
  std::size_t nodes_ = 0;  ///< that the expression has so far
};

/// "a number", "a reference": what a value of this type is called in messages.
[[nodiscard]] const char* in_words(const Type& type);

/// A constant of the given type.
[[nodiscard]] Typed constant(const Type& type, std::int32_t value);
/// The index of the object that a reference names; NULL is an oops.
[[nodiscard]] Typed object_index(Typed reference);
[[nodiscard]] Typed unary(Op op, Type type, Typed operand);
[[nodiscard]] Typed binary(Op op, Type type, Typed left, Typed right);
[[nodiscard]] Typed logical_and(Typed left, Typed right);
[[nodiscard]] Typed logical_or(Typed left, Typed right);
[[nodiscard]] Typed negate(Typed operand);

}  // namespace quiesce::sim
