#include "sim/expr.hpp"

#include <algorithm>

#include "sim/lexer.hpp"

namespace quiesce::sim {
namespace {

constexpr int kDepthMax = 64;

/// Precedence climbing over the tokens of one scalar.
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
    result.op = op.text == ":=" ? "=" : op.text;
    ++next_;
    result.value = whole();
    return result;
  }

  Binding binding(const Node& scalar) {
    Binding result;
    const Token& name = peek();
    if (name.kind != TokenKind::kName) fail(name, "a name is needed here");
    result.name = name.text;
    result.at = name.at;
    ++next_;
    if (accept(":")) {
      const Location from = peek().at;
      while (peek().kind != TokenKind::kEnd && peek().text != "=") ++next_;
      const std::size_t begin = from.column - scalar.at.column;
      const std::size_t end = peek().at.column - scalar.at.column;
      result.type = scalar.scalar.substr(begin, end - begin);
      while (!result.type.empty() && result.type.back() == ' ') result.type.pop_back();
    }
    if (!accept("=")) fail(peek(), "'=' is needed after the name");
    result.value = whole();
    return result;
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[next_]; }

  [[noreturn]] static void fail(const Token& token, const std::string& message) {
    throw ScenarioError(
        {{token.at, message, "", static_cast<unsigned>(std::max<std::size_t>(1, token.text.size()))}});
  }
  [[noreturn]] static void unexpected(const Token& token) {
    if (token.kind == TokenKind::kEnd) fail(token, "the expression ends too early");
    const bool named = token.kind == TokenKind::kName || token.kind == TokenKind::kSymbol;
    fail(token, named ? "'" + token.text + "' is unexpected here" : "this number is unexpected here");
  }

  bool accept(std::string_view text) {
    const Token& token = peek();
    const bool matches =
        (token.kind == TokenKind::kSymbol || token.kind == TokenKind::kName) && token.text == text;
    if (matches) ++next_;
    return matches;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail(peek(), "'" + std::string(text) + "' is needed here");
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
    if (++depth_ > kDepthMax) fail(peek(), "an expression nested too deeply");
    Expr value = disjunction();
    if (accept("if")) {
      Expr condition = disjunction();
      expect("else");
      Expr otherwise = conditional();
      const Location at = value.at;
      value = node(ExprKind::kIf, at, "if", {std::move(value), std::move(condition), std::move(otherwise)});
    }
    --depth_;
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
    if (++depth_ > kDepthMax) fail(peek(), "an expression nested too deeply");
    const Location at = peek().at;
    Expr result = accept("not") ? node(ExprKind::kUnary, at, "not", {negation()}) : comparison();
    --depth_;
    return result;
  }

  [[nodiscard]] bool at_comparison() const {
    static const std::vector<std::string> kOperators{"==", "!=", "<", "<=", ">", ">="};
    return peek().kind == TokenKind::kSymbol &&
           std::find(kOperators.begin(), kOperators.end(), peek().text) != kOperators.end();
  }

  Expr comparison() {
    Expr left = sum();
    if (peek().kind == TokenKind::kSymbol && peek().text == "=") fail(peek(), "a comparison is written '=='");
    if (!at_comparison()) return left;
    const std::string op = peek().text;
    ++next_;
    const Location at = left.at;
    Expr result = node(ExprKind::kBinary, at, op, {std::move(left), sum()});
    if (at_comparison()) fail(peek(), "comparisons cannot be chained: use 'and'");
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
    if (++depth_ > kDepthMax) fail(peek(), "an expression nested too deeply");
    const Location at = peek().at;
    Expr result = accept("-") ? node(ExprKind::kUnary, at, "-", {prefix()}) : postfix();
    --depth_;
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

  static bool dotted(const Expr& expr, std::string& out) {
    if (expr.kind == ExprKind::kName) {
      out = expr.text;
      return true;
    }
    if (expr.kind != ExprKind::kField || !dotted(expr.children[0], out)) return false;
    out += "." + expr.text;
    return true;
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
    result.children.push_back(disjunction());
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
    static const std::vector<std::string> kWords{"and", "or", "not", "if", "else", "in"};
    if (token.kind != TokenKind::kName || std::find(kWords.begin(), kWords.end(), token.text) != kWords.end())
      unexpected(token);
    ++next_;
    const bool quantifies =
        (token.text == "exists" || token.text == "forall" || token.text == "count") && peek().text == "(";
    return quantifies ? quantifier(token) : node(ExprKind::kName, token.at, token.text, {});
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

int precedence(const Expr& expr) {
  if (expr.kind == ExprKind::kIf || expr.kind == ExprKind::kForall) return 0;
  if (expr.kind == ExprKind::kUnary) return expr.text == "not" ? 3 : 7;
  if (expr.kind != ExprKind::kBinary) return 8;
  if (expr.text == "or") return 1;
  if (expr.text == "and") return 2;
  if (expr.text == "+" || expr.text == "-") return 5;
  if (expr.text == "*" || expr.text == "/" || expr.text == "%") return 6;
  return 4;
}

std::string wrapped(const Expr& expr, int least) {
  const std::string text = to_string(expr);
  return precedence(expr) < least ? "(" + text + ")" : text;
}

}  // namespace

Expr parse_expr(const Node& scalar) { return Parser(scalar).whole(); }

Expr parse_call(const Node& scalar) {
  Expr expr = parse_expr(scalar);
  if (expr.kind == ExprKind::kName) expr.kind = ExprKind::kCall;
  if (expr.kind != ExprKind::kCall)
    throw ScenarioError({{expr.at, "a call is written NAME(ARGUMENTS)", "", 1}});
  return expr;
}

Assignment parse_assignment(const Node& scalar) { return Parser(scalar).assignment(); }

Binding parse_binding(const Node& scalar) { return Parser(scalar).binding(scalar); }

std::int64_t parse_duration_us(const Node& scalar) {
  const Expr expr = parse_expr(scalar);
  if (expr.kind != ExprKind::kNumber || !expr.is_duration) {
    throw ScenarioError({{scalar.at, "a duration is needed here, such as 1s, 20ms or 1048576us", "", 1}});
  }
  return expr.number;
}

std::string to_string(const Expr& expr) {
  const auto list = [](const std::vector<Expr>& all) {
    std::string text;
    for (const Expr& one : all) text += (text.empty() ? "" : ", ") + to_string(one);
    return text;
  };
  switch (expr.kind) {
    case ExprKind::kNumber:
      return std::to_string(expr.number) + (expr.is_duration ? "us" : "");
    case ExprKind::kName:
      return expr.text;
    case ExprKind::kField:
      return wrapped(expr.children[0], 8) + "." + expr.text;
    case ExprKind::kIndex:
      return wrapped(expr.children[0], 8) + "[" + to_string(expr.children[1]) + "]";
    case ExprKind::kCall:
      return expr.text + "(" + list(expr.children) + ")";
    case ExprKind::kUnary:
      return expr.text == "not" ? "not " + wrapped(expr.children[0], 3) : "-" + wrapped(expr.children[0], 7);
    case ExprKind::kBinary: {
      const int own = precedence(expr);
      const int left = own == 4 ? 5 : own;
      return wrapped(expr.children[0], left) + " " + expr.text + " " + wrapped(expr.children[1], own + 1);
    }
    case ExprKind::kForall: {
      std::string bound;
      for (const auto& [name, domain] : expr.domains) {
        bound += (bound.empty() ? "" : ", ") + name + (domain.empty() ? "" : " in " + domain);
      }
      return expr.text + "(" + bound + ") " + wrapped(expr.children[0], 1);
    }
    case ExprKind::kIf:
      return wrapped(expr.children[0], 1) + " if " + wrapped(expr.children[1], 1) + " else " +
             to_string(expr.children[2]);
  }
  return "";
}

}  // namespace quiesce::sim
