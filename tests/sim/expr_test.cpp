// The grammar of expressions, its error messages, and that printing is the inverse of parsing.
#include "sim/expr.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::expr_test {
namespace {

/// The scalar of `e: TEXT`, so that the text begins in column 4.
Node scalar(const std::string& text) { return parse_document("e: " + text, "x.yaml").entries.at(0).value; }

Expr parse(const std::string& text) { return parse_expr(scalar(text)); }

std::string error_in(const std::string& text) {
  return first_line_of([&] { static_cast<void>(parse(text)); });
}

/// Every operation in brackets: the shape of the tree.
std::string shape(const Expr& expr) {
  std::string text = expr.kind == ExprKind::kNumber ? std::to_string(expr.number) : expr.text;
  if (expr.is_duration) text += "us";
  for (const auto& [name, domain] : expr.domains) text += "<" + name + ":" + domain + ">";
  if (expr.children.empty() && expr.kind != ExprKind::kCall) return text;
  if (expr.kind == ExprKind::kCall) text += "()";
  if (expr.kind == ExprKind::kField) text.insert(0, ".");
  for (const Expr& child : expr.children) text += " " + shape(child);
  return "(" + text + ")";
}

TEST(Expr, BindsAsInTheGrammar) {
  EXPECT_EQ(shape(parse("a or b and not c == d + e * -f.g")),
            "(or a (and b (not (== c (+ d (* e (- (.g f))))))))");
  EXPECT_EQ(shape(parse("a - b - c")), "(- (- a b) c)");
  EXPECT_EQ(shape(parse("a / b % c")), "(% (/ a b) c)");
  EXPECT_EQ(shape(parse("a - (b - c)")), "(- a (- b c))");
  EXPECT_EQ(shape(parse("not not a")), "(not (not a))");
  EXPECT_EQ(shape(parse("--a")), "(- (- a))");
}

TEST(Expr, ReadsConditionalsFromTheRight) {
  EXPECT_EQ(shape(parse("a if b else c if d else e")), "(if a b (if c d e))");
}

TEST(Expr, ReadsFieldsIndicesAndCalls) {
  EXPECT_EQ(shape(parse("a.b[c + 1].d")), "(.d ([] (.b a) (+ c 1)))");
  EXPECT_EQ(shape(parse("driver.shutdown(dev, 1s)")), "(driver.shutdown() dev 1000000us)");
  EXPECT_EQ(shape(parse("f()[0]")), "([] (f()) 0)");
}

TEST(Expr, ReadsAMinusBeforeAnErrorName) { EXPECT_EQ(shape(parse("-ETIMEDOUT")), "(- ETIMEDOUT)"); }

TEST(Expr, GivesAQuantifierAllThatFollows) {
  EXPECT_EQ(shape(parse("exists(i, j) i != j and P[i] == L4")),
            "(exists<i:><j:> (and (!= i j) (== ([] P i) L4)))");
  EXPECT_EQ(shape(parse("not forall(i in pid) a or b")), "(not (forall<i:pid> (or a b)))");
  EXPECT_EQ(shape(parse("(count(i in cpu) busy[i]) > 1")), "(> (count<i:cpu> ([] busy i)) 1)");
}

TEST(Expr, TakesAQuantifiersWordAsANameWithoutBrackets) {
  EXPECT_EQ(shape(parse("count + 1")), "(+ count 1)");
  EXPECT_EQ(shape(parse("cmds.count")), "(.count cmds)");
}

TEST(Expr, NamesBoundVariablesInOrder) {
  const Expr expr = parse("forall(i, j in pid) a");
  EXPECT_EQ(expr.names, (std::vector<std::string>{"i", "j"}));
}

TEST(Expr, KnowsTheColumnOfEachPart) {
  const Expr expr = parse("aa + f(bb)");
  EXPECT_EQ(expr.children[0].at.column, 4U);
  EXPECT_EQ(expr.children[1].at.column, 9U);
  EXPECT_EQ(expr.children[1].children[0].at.column, 11U);
}

TEST(ExprRefuses, ChainedComparisons) {
  EXPECT_EQ(error_of([] { static_cast<void>(parse("1 < x <= 3")); }),
            "x.yaml:1:10: error: comparisons cannot be chained\n"
            "    1 | e: 1 < x <= 3\n"
            "      |          ^~\n"
            "      = write 'a < b and b < c'\n");
}

TEST(ExprRefuses, OneEqualsSign) {
  EXPECT_EQ(error_of([] { static_cast<void>(parse("state = 3")); }),
            "x.yaml:1:10: error: '=' is unexpected here\n"
            "    1 | e: state = 3\n"
            "      |          ^\n"
            "      = a comparison is written '=='\n");
}

TEST(ExprRefuses, WhatDoesNotEndOrDoesNotBegin) {
  EXPECT_EQ(error_in("a +"), "x.yaml:1:7: error: the expression ends too early");
  EXPECT_EQ(error_in("f(a,"), "x.yaml:1:8: error: the expression ends too early");
  EXPECT_EQ(error_in("(a"), "x.yaml:1:6: error: ')' is needed here");
  EXPECT_EQ(error_in("a[1"), "x.yaml:1:7: error: ']' is needed here");
  EXPECT_EQ(error_in("a if b"), "x.yaml:1:10: error: 'else' is needed here");
  EXPECT_EQ(error_in("a bb"), "x.yaml:1:6: error: 'bb' is unexpected here");
  EXPECT_EQ(error_in("a 42"), "x.yaml:1:6: error: '42' is unexpected here");
  EXPECT_EQ(error_in("3 + * 4"), "x.yaml:1:8: error: '*' is unexpected here");
  EXPECT_EQ(error_in("a == not b"), "x.yaml:1:9: error: 'not' is unexpected here");
  EXPECT_EQ(error_in("and"), "x.yaml:1:4: error: 'and' is unexpected here");
}

TEST(ExprRefuses, FieldsCallsAndQuantifiersThatMakeNoSense) {
  EXPECT_EQ(error_in("a.3"), "x.yaml:1:6: error: a field's name is needed after '.'");
  EXPECT_EQ(error_in("a[0](b)"), "x.yaml:1:8: error: only a name can be called");
  EXPECT_EQ(error_in("exists() a"), "x.yaml:1:11: error: a name is needed here");
  EXPECT_EQ(error_in("exists(i in 3) a"), "x.yaml:1:16: error: a type's name is needed after 'in'");
}

TEST(ExprRefuses, DeepNesting) {
  const auto brackets = [](std::size_t n) { return std::string(n, '(') + "a" + std::string(n, ')'); };
  EXPECT_EQ(shape(parse(brackets(63))), "a");
  EXPECT_EQ(error_in(brackets(64)), "x.yaml:1:68: error: an expression nested more than 64 levels deep");
}

TEST(ParseCall, AcceptsABareName) {
  EXPECT_EQ(shape(parse_call(scalar("device_shutdown"))), "(device_shutdown())");
  EXPECT_EQ(shape(parse_call(scalar("driver.shutdown"))), "(driver.shutdown())");
  EXPECT_EQ(shape(parse_call(scalar("f(a, b)"))), "(f() a b)");
}

TEST(ParseCall, RefusesOtherExpressions) {
  EXPECT_EQ(first_line_of([] { static_cast<void>(parse_call(scalar("f(a) + 1"))); }),
            "x.yaml:1:4: error: a call is written NAME(ARGUMENTS)");
}

TEST(ParseAssignment, KnowsItsOperators) {
  EXPECT_EQ(parse_assignment(scalar("x = 1")).op, "=");
  EXPECT_EQ(parse_assignment(scalar("x += 1")).op, "+=");
  EXPECT_EQ(parse_assignment(scalar("x -= 1")).op, "-=");
  const Assignment rule = parse_assignment(scalar("P[i] := L1"));
  EXPECT_EQ(rule.op, "=");
  EXPECT_EQ(shape(rule.target), "([] P i)");
  EXPECT_EQ(shape(rule.value), "L1");
}

TEST(ParseAssignment, RefusesWhatIsNoPlaceOrNoAssignment) {
  const auto message = [](const char* text) {
    return first_line_of([&] { static_cast<void>(parse_assignment(scalar(text))); });
  };
  EXPECT_EQ(message("3 = x"), "x.yaml:1:4: error: only a variable, a field or an element can be assigned to");
  EXPECT_EQ(message("f(x) = 3"),
            "x.yaml:1:4: error: only a variable, a field or an element can be assigned to");
  EXPECT_EQ(message("x == 3"),
            "x.yaml:1:6: error: an assignment is written PLACE = EXPR, PLACE += EXPR or PLACE -= EXPR");
  EXPECT_EQ(message("x = 3 = 4"), "x.yaml:1:10: error: '=' is unexpected here");
}

TEST(ParseBinding, KeepsTheTextOfTheType) {
  const auto type_of = [](const char* text) { return parse_binding(scalar(text)).type; };
  EXPECT_EQ(type_of("'n: int 0..30 = 1'"), "int 0..30");
  EXPECT_EQ(type_of("'g : group?  = NULL'"), "group?");
  EXPECT_EQ(type_of("'e: enum(A, B) = A'"), "enum(A, B)");
  EXPECT_EQ(type_of("n = 1"), "");
}

TEST(ParseBinding, KeepsTheTypeOfAFoldedText) {
  EXPECT_EQ(parse_binding(scalar("'n: int\n  0..30 = 1'")).type, "int 0..30");
}

TEST(ParseBinding, RefusesWhatIsNotComplete) {
  const auto message = [](const char* text) {
    return first_line_of([&] { static_cast<void>(parse_binding(scalar(text))); });
  };
  EXPECT_EQ(message("3 = x"), "x.yaml:1:4: error: a name is needed here");
  EXPECT_EQ(message("old"), "x.yaml:1:7: error: '=' is needed after the name");
  EXPECT_EQ(message("'n: = 3'"), "x.yaml:1:8: error: a type is needed after ':'");
  EXPECT_EQ(message("'n: bool'"), "x.yaml:1:12: error: '=' is needed after the name");
}

TEST(ParseDuration, NeedsAUnit) {
  EXPECT_EQ(parse_duration_us(scalar("1048576us")), 1'048'576);
  EXPECT_EQ(parse_duration_us(scalar("2min")), 120'000'000);
  EXPECT_EQ(first_line_of([] { static_cast<void>(parse_duration_us(scalar("30"))); }),
            "x.yaml:1:4: error: a duration is needed here, such as 1s, 20ms or 1048576us");
}

TEST(ExprText, HasNoNeedlessBrackets) {
  for (const std::string text :
       {"a or b and not c == d + e * -f.g", "(a or b) and c", "a - (b - c) - d", "-(a + b) * c",
        "(a if b else c) + 1", "a if b else c if d else e", "f(a if b else c, d[0])", "(-a).b[c or d]",
        "forall(i in pid, j) exists(k) a or b", "(exists(i) a) and b", "not (a and b)"}) {
    EXPECT_EQ(to_string(parse(text)), text);
  }
}

TEST(ExprText, WritesNumbersInOneSpelling) { EXPECT_EQ(to_string(parse("0x1f + 20ms")), "31 + 20000us"); }

/// Random trees of everything that the grammar can say.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Expr tree(int depth, bool quantifiers) {
    const std::size_t leaf_or_any = depth == 0 ? 3 : quantifiers ? 10 : 9;
    Expr expr;
    switch (pick(leaf_or_any)) {
      case 0:
        expr.number = static_cast<std::int64_t>(pick(1000));
        return expr;
      case 1:
        expr.is_duration = true;
        expr.number = static_cast<std::int64_t>(pick(1000));
        return expr;
      case 2:
        return of(ExprKind::kName, name(), {});
      case 3:
        return of(ExprKind::kField, name(), {tree(depth - 1, quantifiers)});
      case 4:
        return of(ExprKind::kIndex, "[]", {tree(depth - 1, quantifiers), tree(depth - 1, quantifiers)});
      case 5:
        return call(depth, quantifiers);
      case 6:
        return of(ExprKind::kUnary, pick(2) == 0 ? "not" : "-", {tree(depth - 1, quantifiers)});
      case 7:
        return of(ExprKind::kBinary, operation(),
                  {tree(depth - 1, quantifiers), tree(depth - 1, quantifiers)});
      case 8:
        return of(ExprKind::kIf, "if",
                  {tree(depth - 1, quantifiers), tree(depth - 1, quantifiers), tree(depth - 1, quantifiers)});
      default:
        return quantifier(depth);
    }
  }

 private:
  std::size_t pick(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  std::string name() { return std::vector<std::string>{"a", "smmu0", "reboot_cpu", "_x"}[pick(4)]; }
  std::string operation() {
    return std::vector<std::string>{
        "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"}[pick(13)];
  }
  static Expr of(ExprKind kind, std::string text, std::vector<Expr> children) {
    Expr expr;
    expr.kind = kind;
    expr.text = std::move(text);
    expr.children = std::move(children);
    return expr;
  }
  Expr call(int depth, bool quantifiers) {
    Expr expr = of(ExprKind::kCall, pick(2) == 0 ? name() : name() + "." + name(), {});
    const std::size_t arguments = pick(3);
    for (std::size_t i = 0; i < arguments; ++i) expr.children.push_back(tree(depth - 1, quantifiers));
    return expr;
  }
  Expr quantifier(int depth) {
    Expr expr = of(ExprKind::kForall, std::vector<std::string>{"forall", "exists", "count"}[pick(3)],
                   {tree(depth - 1, true)});
    expr.domains = {{"i", pick(2) == 0 ? "pid" : ""}, {"j", ""}};
    expr.names = {"i", "j"};
    return expr;
  }

  std::mt19937_64 random_;
};

TEST(ExprProperty, ParsingWhatWasPrintedGivesTheSameTree) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    const Expr expr = Generator(seed).tree(4, true);
    const std::string text = to_string(expr);
    const Node quoted = parse_document("e: \"" + text + "\"", "x.yaml").entries.at(0).value;
    ASSERT_EQ(shape(parse_expr(quoted)), shape(expr)) << "seed " << seed << ": " << text;
  }
}

/// Positions of the brackets that group (those of calls follow a name at once), as pairs.
std::vector<std::pair<std::size_t, std::size_t>> groups(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') open.push_back(i);
    if (text[i] != ')') continue;
    const std::size_t begin = open.back();
    open.pop_back();
    const bool call = begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 ||
                                    text[begin - 1] == '_');
    if (!call) found.emplace_back(begin, i);
  }
  return found;
}

TEST(ExprProperty, EveryBracketThatIsPrintedIsNeeded) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Expr expr = Generator(seed).tree(3, false);
    const std::string text = to_string(expr);
    for (const auto& [begin, end] : groups(text)) {
      std::string without = text;
      without[begin] = without[end] = ' ';
      std::string other;
      try {
        other = shape(parse_expr(parse_document("e: \"" + without + "\"", "x.yaml").entries.at(0).value));
      } catch (const ScenarioError&) {
        other = "no expression";
      }
      ASSERT_NE(other, shape(expr)) << "seed " << seed << ": " << text;
    }
  }
}

}  // namespace
}  // namespace quiesce::sim::expr_test
