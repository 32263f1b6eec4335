// A recursive descent parser, one function for each rank of operators.
#include "sim/expr.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "sim/lexer.hpp"

namespace quiesce::sim {
namespace {

constexpr unsigned kDepthMax = kNestingMax;

/// `a.b.c` as text, if the expression is nothing but names and dots.
bool dotted(const Expr& expr, std::string& out) {
  if (expr.kind == ExprKind::kName) {
    out = expr.text;
    return true;
  }
  if (expr.kind != ExprKind::kField || !dotted(expr.children[0], out)) return false;
  out += "." + expr.text;
  return true;
}

/// Recursive descent over the tokens of one scalar.
class Parser {
 public:
  explicit Parser(const Node& scalar) : tokens_(tokenize(scalar)) {}

  Expr whole() {
    Expr expr = conditional();
    expect_end();
    return expr;
  }

  Assignment assignment() {
    Assignment result;
    result.target = postfix();
    const Token& op = peek();
    if (op.text != "=" && op.text != "+=" && op.text != "-=" && op.text != ":=") {
      fail(op, "an assignment is written PLACE = EXPR, PLACE += EXPR or PLACE -= EXPR");
    }
    const ExprKind kind = result.target.kind;
    const bool is_place = kind == ExprKind::kName || kind == ExprKind::kField || kind == ExprKind::kIndex;
    if (!is_place) fail(tokens_[0], "only a variable, a field or an element can be assigned to");
    result.op = op.text == ":=" ? "=" : op.text;
    ++next_;
    result.value = whole();
    return result;
  }

  Binding binding(const std::string& text) {
    Binding result;
    const Token& name = peek();
    if (name.kind != TokenKind::kName) fail(name, "a name is needed here");
    result.name = name.text;
    result.at = name.at;
    ++next_;
    if (accept(":")) result.type = type_text(text);
    if (!accept("=")) fail(peek(), "'=' is needed after the name");
    result.value = whole();
    return result;
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[next_]; }

  [[noreturn]] static void fail(const Token& token, const std::string& message,
                                const std::string& hint = {}) {
    const std::size_t length = std::max<std::size_t>(1, token.text.size());
    throw ScenarioError({{token.at, message, hint, static_cast<unsigned>(length)}});
  }
  [[noreturn]] static void unexpected(const Token& token) {
    if (token.kind == TokenKind::kEnd) fail(token, "the expression ends too early");
    fail(token, "'" + token.text + "' is unexpected here");
  }

  void enter(const Token& token) {
    if (++depth_ > kDepthMax) fail(token, "an expression nested more than 64 levels deep");
  }
  void leave() { --depth_; }

  /// Everything between ':' and '=', as written.
  std::string type_text(const std::string& text) {
    const std::size_t begin = peek().offset;
    while (peek().kind != TokenKind::kEnd && peek().text != "=") ++next_;
    std::string type = text.substr(begin, peek().offset - begin);
    while (!type.empty() && std::isspace(static_cast<unsigned char>(type.back())) != 0) type.pop_back();
    if (type.empty()) fail(peek(), "a type is needed after ':'");
    return type;
  }

  bool accept(std::string_view text) {
    const Token& token = peek();
    const bool matches =
        (token.kind == TokenKind::kSymbol || token.kind == TokenKind::kName) && token.text == text;
    if (matches) ++next_;
    return matches;
  }
  void expect(std::string_view text) {
    if (accept(text)) return;
    fail(peek(), "'" + std::string(text) + "' is needed here");
  }
  void expect_end() {
    if (peek().kind != TokenKind::kEnd) unexpected(peek());
  }

  static Expr node(ExprKind kind, const Location& at, std::string text, std::vector<Expr> children) {
    Expr expr;
    expr.kind = kind;
    expr.at = at;
    expr.text = std::move(text);
    expr.children = std::move(children);
    return expr;
  }

  Expr conditional() {
    enter(peek());
    Expr value = disjunction();
    if (accept("if")) {
      Expr condition = disjunction();
      expect("else");
      Expr otherwise = conditional();
      const Location at = value.at;
      value = node(ExprKind::kIf, at, "if", {std::move(value), std::move(condition), std::move(otherwise)});
    }
    leave();
    return value;
  }

  Expr disjunction() {
    Expr left = conjunction();
    while (accept("or")) {
      const Location at = left.at;
      left = node(ExprKind::kBinary, at, "or", {std::move(left), conjunction()});
    }
    return left;
  }

  Expr conjunction() {
    Expr left = negation();
    while (accept("and")) {
      const Location at = left.at;
      left = node(ExprKind::kBinary, at, "and", {std::move(left), negation()});
    }
    return left;
  }

  Expr negation() {
    const Token& token = peek();
    if (!accept("not")) return comparison();
    enter(token);
    Expr result = node(ExprKind::kUnary, token.at, "not", {negation()});
    leave();
    return result;
  }

  [[nodiscard]] bool at_comparison() const {
    static constexpr std::array<std::string_view, 6> kOperators{"==", "!=", "<", "<=", ">", ">="};
    return peek().kind == TokenKind::kSymbol &&
           std::find(kOperators.begin(), kOperators.end(), peek().text) != kOperators.end();
  }

  Expr comparison() {
    Expr left = sum();
    if (peek().text == "=") fail(peek(), "'=' is unexpected here", "a comparison is written '=='");
    if (!at_comparison()) return left;
    const std::string op = peek().text;
    ++next_;
    const Location at = left.at;
    Expr result = node(ExprKind::kBinary, at, op, {std::move(left), sum()});
    if (at_comparison()) fail(peek(), "comparisons cannot be chained", "write 'a < b and b < c'");
    return result;
  }

  Expr sum() {
    Expr left = product();
    while (peek().kind == TokenKind::kSymbol && (peek().text == "+" || peek().text == "-")) {
      const std::string op = peek().text;
      ++next_;
      const Location at = left.at;
      left = node(ExprKind::kBinary, at, op, {std::move(left), product()});
    }
    return left;
  }

  Expr product() {
    Expr left = prefix();
    while (peek().kind == TokenKind::kSymbol &&
           (peek().text == "*" || peek().text == "/" || peek().text == "%")) {
      const std::string op = peek().text;
      ++next_;
      const Location at = left.at;
      left = node(ExprKind::kBinary, at, op, {std::move(left), prefix()});
    }
    return left;
  }

  Expr prefix() {
    const Token& token = peek();
    if (!accept("-")) return postfix();
    enter(token);
    Expr result = node(ExprKind::kUnary, token.at, "-", {prefix()});
    leave();
    return result;
  }

  Expr postfix() {
    Expr result = atom();
    while (true) {
      if (accept(".")) {
        const Token& name = peek();
        if (name.kind != TokenKind::kName) fail(name, "a field's name is needed after '.'");
        ++next_;
        const Location at = result.at;
        result = node(ExprKind::kField, at, name.text, {std::move(result)});
      } else if (accept("[")) {
        Expr index = conditional();
        expect("]");
        const Location at = result.at;
        result = node(ExprKind::kIndex, at, "[]", {std::move(result), std::move(index)});
      } else if (peek().text == "(" && peek().kind == TokenKind::kSymbol) {
        result = call(result);
      } else {
        return result;
      }
    }
  }

  Expr call(const Expr& callee) {
    std::string name;
    if (!dotted(callee, name)) fail(peek(), "only a name can be called");
    expect("(");
    std::vector<Expr> arguments;
    if (!accept(")")) {
      do {
        arguments.push_back(conditional());
      } while (accept(","));
      expect(")");
    }
    return node(ExprKind::kCall, callee.at, std::move(name), std::move(arguments));
  }

  Expr quantifier(const Token& word) {
    expect("(");
    Expr result = node(ExprKind::kForall, word.at, word.text, {});
    do {
      const Token& name = peek();
      if (name.kind != TokenKind::kName) fail(name, "a name is needed here");
      ++next_;
      std::string domain;
      if (accept("in")) {
        if (peek().kind != TokenKind::kName) fail(peek(), "a type's name is needed after 'in'");
        domain = peek().text;
        ++next_;
      }
      result.names.push_back(name.text);
      result.domains.emplace_back(name.text, domain);
    } while (accept(","));
    expect(")");
    enter(word);
    result.children.push_back(disjunction());
    leave();
    return result;
  }

  Expr atom() {
    const Token& token = peek();
    if (token.kind == TokenKind::kNumber || token.kind == TokenKind::kDuration) {
      ++next_;
      Expr number = node(ExprKind::kNumber, token.at, "", {});
      number.number = token.number;
      number.is_duration = token.kind == TokenKind::kDuration;
      return number;
    }
    if (token.kind == TokenKind::kSymbol && token.text == "(") {
      ++next_;
      Expr inner = conditional();
      expect(")");
      return inner;
    }
    static constexpr std::array<std::string_view, 6> kWords{"and", "or", "not", "if", "else", "in"};
    if (token.kind != TokenKind::kName || std::find(kWords.begin(), kWords.end(), token.text) != kWords.end())
      unexpected(token);
    ++next_;
    const bool quantifies =
        (token.text == "exists" || token.text == "forall" || token.text == "count") && peek().text == "(";
    return quantifies ? quantifier(token) : node(ExprKind::kName, token.at, token.text, {});
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  unsigned depth_ = 0;
};

}  // namespace

Expr parse_expr(const Node& scalar) { return Parser(scalar).whole(); }

Expr parse_call(const Node& scalar) {
  Expr expr = parse_expr(scalar);
  if (expr.kind == ExprKind::kCall) return expr;
  Expr call;
  call.kind = ExprKind::kCall;
  call.at = expr.at;
  if (!dotted(expr, call.text)) throw ScenarioError({{expr.at, "a call is written NAME(ARGUMENTS)", "", 1}});
  return call;
}

Assignment parse_assignment(const Node& scalar) { return Parser(scalar).assignment(); }

Binding parse_binding(const Node& scalar) { return Parser(scalar).binding(scalar.scalar); }

std::int64_t parse_duration_us(const Node& scalar) {
  const Expr expr = parse_expr(scalar);
  if (expr.kind != ExprKind::kNumber || !expr.is_duration) {
    throw ScenarioError({{scalar.at, "a duration is needed here, such as 1s, 20ms or 1048576us", "", 1}});
  }
  return expr.number;
}

DurationRange parse_duration_range_us(const Node& scalar) {
  constexpr std::string_view kTo = "..";
  const std::size_t dots = scalar.scalar.find(kTo);
  if (dots == std::string::npos) {
    const std::int64_t exactly_us = parse_duration_us(scalar);
    return {exactly_us, exactly_us};
  }
  Node lo = scalar;
  Node hi = scalar;
  lo.scalar.resize(dots);
  hi.scalar.erase(0, dots + kTo.size());
  hi.at.column += static_cast<unsigned>(dots + kTo.size());
  const DurationRange range{parse_duration_us(lo), parse_duration_us(hi)};
  if (range.lo_us > range.hi_us)
    throw ScenarioError({{scalar.at, "the first of these durations is the longer one", "", 1}});
  return range;
}

}  // namespace quiesce::sim
