// The inverse of the parser: text with no more brackets than are needed to read it back.
#include "sim/expr.hpp"

namespace quiesce::sim {
namespace {

/// Ranks of operators, the loosest first. A quantifier takes all that follows it, so it ranks lowest too.
enum Rank { kLoosest, kOr, kAnd, kNot, kCompare, kSum, kProduct, kMinus, kPostfix };

Rank rank_of(const Expr& expr) {
  if (expr.kind == ExprKind::kIf || expr.kind == ExprKind::kForall) return kLoosest;
  if (expr.kind == ExprKind::kUnary) return expr.text == "not" ? kNot : kMinus;
  if (expr.kind != ExprKind::kBinary) return kPostfix;
  if (expr.text == "or") return kOr;
  if (expr.text == "and") return kAnd;
  if (expr.text == "+" || expr.text == "-") return kSum;
  if (expr.text == "*" || expr.text == "/" || expr.text == "%") return kProduct;
  return kCompare;
}

std::string wrapped(const Expr& expr, Rank least) {
  const std::string text = to_string(expr);
  return rank_of(expr) < least ? "(" + text + ")" : text;
}

std::string arguments_text(const std::vector<Expr>& arguments) {
  std::string text;
  for (const Expr& one : arguments) text += (text.empty() ? "" : ", ") + to_string(one);
  return text;
}

std::string binary_text(const Expr& expr) {
  const Rank own = rank_of(expr);
  const auto tighter = static_cast<Rank>(own + 1);
  const std::string left = wrapped(expr.children[0], own == kCompare ? tighter : own);
  return left + " " + expr.text + " " + wrapped(expr.children[1], tighter);
}

std::string quantifier_text(const Expr& expr) {
  std::string bound;
  for (const auto& [name, domain] : expr.domains) {
    bound += (bound.empty() ? "" : ", ") + name + (domain.empty() ? "" : " in " + domain);
  }
  const Expr& body = expr.children[0];
  const std::string text = body.kind == ExprKind::kForall ? to_string(body) : wrapped(body, kOr);
  return expr.text + "(" + bound + ") " + text;
}

}  // namespace

std::string to_string(const Expr& expr) {
  const std::vector<Expr>& children = expr.children;
  switch (expr.kind) {
    case ExprKind::kNumber:
      return std::to_string(expr.number) + (expr.is_duration ? "us" : "");
    case ExprKind::kName:
      return expr.text;
    case ExprKind::kField:
      return wrapped(children[0], kPostfix) + "." + expr.text;
    case ExprKind::kIndex:
      return wrapped(children[0], kPostfix) + "[" + to_string(children[1]) + "]";
    case ExprKind::kCall:
      return expr.text + "(" + arguments_text(children) + ")";
    case ExprKind::kUnary:
      return expr.text == "not" ? "not " + wrapped(children[0], kNot) : "-" + wrapped(children[0], kMinus);
    case ExprKind::kBinary:
      return binary_text(expr);
    case ExprKind::kForall:
      return quantifier_text(expr);
    case ExprKind::kIf:
      return wrapped(children[0], kOr) + " if " + wrapped(children[1], kOr) + " else " +
             to_string(children[2]);
  }
  return "";
}

}  // namespace quiesce::sim
