// Expressions of the scenario language: syntax only. Names are resolved by the compiler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/diagnostic.hpp"
#include "sim/node.hpp"

namespace quiesce::sim {

enum class ExprKind : std::uint8_t {
  kNumber,  ///< number (in `number`); durations too, in microseconds (`is_duration`)
  kName,    ///< text: `smmu0`, `reboot_cpu`, `true`, `unset`, `NULL`
  kField,   ///< children[0] . text
  kIndex,   ///< children[0] [ children[1] ]
  kCall,    ///< text ( children... )   `text` may contain dots: `driver.shutdown`
  kUnary,   ///< text is "not" or "-"
  kBinary,  ///< text is one of + - * / % == != < <= > >= and or
  kForall,  ///< forall(names) children[0]      also "exists", "count": text says which
  kIf,      ///< children[0] if children[1] else children[2]
};

/// One node of the syntax tree; `at` is the column of its first character.
struct Expr {
  ExprKind kind = ExprKind::kNumber;
  Location at;
  std::string text;
  std::int64_t number = 0;
  bool is_duration = false;
  std::vector<std::string> names;  ///< bound variables of a quantifier: `exists(i, j) body`
  std::vector<std::pair<std::string, std::string>> domains;  ///< optional `i in TYPE` per name, else ""
  std::vector<Expr> children;
};

/// `target op value`: op is one of "=", "+=", "-=".
struct Assignment {
  Expr target;
  std::string op;
  Expr value;
};

/// `name: type = value` or `name = value`, for `let` and `load`; `type` is empty if not given.
struct Binding {
  std::string name;
  Location at;
  std::string type;
  Expr value;
};

/// Parse a whole scalar; trailing text is an error. Numbers: decimal, 0x hex, durations with the
/// suffixes us, ms, s, min. Throw ScenarioError with the exact column.
[[nodiscard]] Expr parse_expr(const Node& scalar);
/// `f(a, b)` or `f`; a bare name is a call without arguments.
[[nodiscard]] Expr parse_call(const Node& scalar);
[[nodiscard]] Assignment parse_assignment(const Node& scalar);
[[nodiscard]] Binding parse_binding(const Node& scalar);
/// A duration such as `1s` or `1048576us`, in microseconds.
[[nodiscard]] std::int64_t parse_duration_us(const Node& scalar);

/// `10ms`, or `10us..20us`: somewhere between the two, which are in this order.
struct DurationRange {
  std::int64_t lo_us = 0;
  std::int64_t hi_us = 0;
};
[[nodiscard]] DurationRange parse_duration_range_us(const Node& scalar);

/// The expression as text, in one canonical spelling (for step texts and messages).
[[nodiscard]] std::string to_string(const Expr& expr);

}  // namespace quiesce::sim
