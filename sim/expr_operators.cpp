// Compiles operators, functions and quantifiers.
#include <algorithm>

#include "sim/expr_compiler.hpp"

namespace quiesce::sim {

namespace {

constexpr int kFunctionDepthMax = 32;

std::int32_t saturate(std::int64_t v) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, INT32_MIN, INT32_MAX));
}

Type range_of(Op op, const Type& l, const Type& r) {
  const std::int64_t ll = l.lo, lh = l.hi, rl = r.lo, rh = r.hi;
  switch (op) {
    case Op::kAdd:
      return int_type(saturate(ll + rl), saturate(lh + rh));
    case Op::kSub:
      return int_type(saturate(ll - rh), saturate(lh - rl));
    case Op::kMul: {
      const auto [lo, hi] = std::minmax({ll * rl, ll * rh, lh * rl, lh * rh});
      return int_type(saturate(lo), saturate(hi));
    }
    case Op::kMod:
      return int_type(ll < 0 ? saturate(-rh) : 0, saturate(std::max<std::int64_t>(rh - 1, 0)));
    default:
      return int_type(saturate(std::min<std::int64_t>(ll, -lh)), saturate(std::max<std::int64_t>(lh, -ll)));
  }
}

constexpr std::int32_t kQuantifierMax = 1000;

std::size_t nodes_of(const Expr& expr) {
  std::size_t nodes = 1;
  for (const Expr& child : expr.children) nodes += nodes_of(child);
  return nodes;
}

Expr moved_to(const Expr& body, const Location& at) {
  Expr copy = body;
  copy.at = at;
  return copy;
}

}  // namespace

Typed ExprCompiler::compile_unary(const Expr& expr) {
  if (expr.text == "not") return negate(compile_condition(expr.children[0]));
  Typed operand = compile_as(expr.children[0], int_type(INT32_MIN, INT32_MAX));
  if (operand.is_constant()) return constant(int_type(-operand.a, -operand.a), -operand.a);
  const Type range = int_type(saturate(-static_cast<std::int64_t>(operand.type.hi)),
                              saturate(-static_cast<std::int64_t>(operand.type.lo)));
  return unary(Op::kNeg, range, std::move(operand));
}

Typed ExprCompiler::compile_binary(const Expr& expr) {
  const std::string& op = expr.text;
  if (op == "and")
    return logical_and(compile_condition(expr.children[0]), compile_condition(expr.children[1]));
  if (op == "or") return logical_or(compile_condition(expr.children[0]), compile_condition(expr.children[1]));
  if (op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=") {
    Typed left = compile(expr.children[0]);
    Typed right = compile_right_side(expr.children[1], left.type);
    return compile_comparison(expr, std::move(left), std::move(right));
  }
  const Type any = int_type(INT32_MIN, INT32_MAX);
  return compile_arithmetic(expr, compile_as(expr.children[0], any), compile_as(expr.children[1], any));
}

/// The right side of a comparison, which the left side's type gives a meaning: `x == unset`, `P[i] == L4`.
Typed ExprCompiler::compile_right_side(const Expr& expr, const Type& left) {
  if (left.kind == TypeKind::kInt && left.name != "error") {
    return compile_as(expr, int_type(INT32_MIN, INT32_MAX));
  }
  const bool untyped = left.name.empty() || left.name == "error";
  return untyped ? compile(expr) : compile_as(expr, left);
}

Typed ExprCompiler::compile_comparison(const Expr& expr, Typed left, Typed right) {
  if (left.type.name == "error" || right.type.name == "error") return constant(bool_type(), 0);
  const std::string& op = expr.text;
  const bool ordered = op != "==" && op != "!=";
  if (ordered && left.type.kind != TypeKind::kInt) {
    return fail(expr, std::string("only numbers can be ordered, not ") + in_words(left.type));
  }
  if (op == "==") return binary(Op::kEq, bool_type(), std::move(left), std::move(right));
  if (op == "!=") return binary(Op::kNe, bool_type(), std::move(left), std::move(right));
  if (op == "<") return binary(Op::kLt, bool_type(), std::move(left), std::move(right));
  if (op == "<=") return binary(Op::kLe, bool_type(), std::move(left), std::move(right));
  if (op == ">") return binary(Op::kLt, bool_type(), std::move(right), std::move(left));
  return binary(Op::kLe, bool_type(), std::move(right), std::move(left));
}

Typed ExprCompiler::compile_arithmetic(const Expr& expr, Typed left, Typed right) {
  const char op = expr.text[0];
  const Op code = op == '+'   ? Op::kAdd
                  : op == '-' ? Op::kSub
                  : op == '*' ? Op::kMul
                  : op == '/' ? Op::kDiv
                              : Op::kMod;
  if ((code == Op::kDiv || code == Op::kMod) && !(right.is_constant() && right.a > 0)) {
    return fail(expr, "the divisor must be a constant above 0");
  }
  const Type range = range_of(code, left.type, right.type);
  return binary(code, range, std::move(left), std::move(right));
}

Typed ExprCompiler::compile_if(const Expr& expr) {
  Typed condition = compile_condition(expr.children[1]);
  Typed yes = compile(expr.children[0]);
  Typed no = compile_as(expr.children[2],
                        yes.type.kind == TypeKind::kInt ? int_type(INT32_MIN, INT32_MAX) : yes.type);
  if (condition.is_constant()) return condition.a != 0 ? yes : no;
  Type type = yes.type;
  type.lo = std::min(type.lo, no.type.lo);
  type.hi = std::max(type.hi, no.type.hi);
  Typed typed = unary(Op::kJumpIfFalse, type, std::move(condition));
  typed.kids.push_back(std::move(yes));
  typed.kids.push_back(std::move(no));
  return typed;
}

Typed ExprCompiler::compile_call(const Expr& expr) {
  if (auto builtin = compile_builtin(expr)) return std::move(*builtin);
  const auto function = world_.functions.find(expr.text);
  if (function != world_.functions.end()) return compile_function(expr, function->second);
  std::vector<std::string> names{"consumed", "used",       "advance",  "command_word", "commands",
                                 "exited",   "all_exited", "decision", "in_flight"};
  for (const auto& [name, info] : world_.functions) names.push_back(name);
  return fail(expr, "unknown function '" + expr.text + "'", nearest_name_hint(expr.text, names));
}

Typed ExprCompiler::compile_function(const Expr& expr, const FunctionInfo& function) {
  if (function.params.size() != expr.children.size()) {
    return fail(expr, "'" + function.name + "' takes " + std::to_string(function.params.size()) +
                          " arguments, not " + std::to_string(expr.children.size()));
  }
  if (++depth_ > kFunctionDepthMax) {
    --depth_;
    return fail(expr, "functions call each other without end");
  }
  // Arguments are expressions, put in place of the parameter: functions are abbreviations.
  const Expr body = parse_expr(*function.body);
  Expr replaced = moved_to(body, expr.at);
  const auto substitute = [&](const auto& self, Expr& node) -> void {
    if (node.kind == ExprKind::kName) {
      for (std::size_t i = 0; i < function.params.size(); ++i) {
        if (node.text == function.params[i]) {
          node = expr.children[i];
          count_nodes(expr, nodes_of(node));
          return;
        }
      }
    }
    for (Expr& child : node.children) self(self, child);
  };
  substitute(substitute, replaced);
  Typed typed = compile(replaced);
  --depth_;
  return typed;
}

Type ExprCompiler::quantifier_domain(const Expr& expr, std::size_t which) {
  for (const auto& [name, domain] : expr.domains) {
    if (name != expr.names[which] || domain.empty()) continue;
    if (const auto type = const_cast<World&>(world_).parse_type(domain, expr.at)) return *type;
    return Type{TypeKind::kId, -1, 0, "error", {}, false};
  }
  // Without a domain the variable ranges over the scenario's only id type.
  const Type* only = nullptr;
  for (const auto& [name, type] : world_.types) {
    if (type.kind != TypeKind::kId || name == "cpu") continue;
    if (only != nullptr) {
      static_cast<void>(fail(expr, "say what '" + expr.names[which] + "' ranges over: " + expr.text + "(" +
                                       expr.names[which] + " in TYPE)"));
      return Type{TypeKind::kId, -1, 0, "error", {}, false};
    }
    only = &type;
  }
  if (only != nullptr) return *only;
  static_cast<void>(fail(expr, "there is no id type that '" + expr.names[which] + "' could range over"));
  return Type{TypeKind::kId, -1, 0, "error", {}, false};
}

Typed ExprCompiler::compile_quantifier(const Expr& expr) { return quantify(expr, 0); }

Typed ExprCompiler::quantify(const Expr& expr, std::size_t next) {
  const bool counting = expr.text == "count";
  if (next == expr.names.size()) {
    Typed body = compile_condition(expr.children[0]);
    if (counting) body.type = int_type(0, 1);
    return body;
  }
  const Type domain = quantifier_domain(expr, next);
  const std::int32_t size = world_.domain_size(domain);
  if (size > kQuantifierMax) return fail(expr, "a quantifier ranges over at most 1000 values");
  Typed result =
      counting ? constant(int_type(0, 0), 0) : constant(bool_type(), expr.text == "forall" ? 1 : 0);
  for (std::int32_t i = 0; i < size; ++i) {
    const std::size_t mark = scope_.mark();
    scope_.bind_constant(expr.names[next], domain, domain.kind == TypeKind::kRef ? i + 1 : i);
    Typed one = quantify(expr, next + 1);
    scope_.release(mark);
    if (counting) {
      const Type range = int_type(0, result.type.hi + one.type.hi);
      result = binary(Op::kAdd, range, std::move(result), std::move(one));
    } else if (expr.text == "forall") {
      result = logical_and(std::move(result), std::move(one));
    } else {
      result = logical_or(std::move(result), std::move(one));
    }
  }
  return result;
}

}  // namespace quiesce::sim
