#include "sim/lexer.hpp"

#include <array>
#include <cctype>

namespace quiesce::sim {
namespace {

constexpr std::int64_t kNumberMax = 2'147'483'646;  // a 32-bit slot, and one value kept for "unset"

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Lexer {
 public:
  explicit Lexer(const Node& scalar) : scalar_(scalar), text_(scalar.scalar) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    while (true) {
      while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_])) != 0) ++pos_;
      Token token;
      token.at = here();
      if (pos_ == text_.size()) {
        tokens.push_back(token);
        return tokens;
      }
      const char c = text_[pos_];
      if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
        read_number(token);
      } else if (is_name_start(c)) {
        token.kind = TokenKind::kName;
        while (pos_ < text_.size() && is_name(text_[pos_])) token.text += text_[pos_++];
      } else {
        read_symbol(token);
      }
      tokens.push_back(std::move(token));
    }
  }

 private:
  [[nodiscard]] Location here() const {
    Location at = scalar_.at;
    at.column += static_cast<std::uint32_t>(pos_);
    return at;
  }

  [[noreturn]] void fail(const Location& at, const std::string& message) const {
    throw ScenarioError({{at, message, "", 1}});
  }

  void read_number(Token& token) {
    token.kind = TokenKind::kNumber;
    const bool hex =
        text_[pos_] == '0' && pos_ + 1 < text_.size() && (text_[pos_ + 1] == 'x' || text_[pos_ + 1] == 'X');
    if (hex) pos_ += 2;
    std::size_t digits = 0;
    while (pos_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[pos_]);
      const bool digit = hex ? std::isxdigit(c) != 0 : std::isdigit(c) != 0;
      if (!digit) break;
      const int value = std::isdigit(c) != 0 ? c - '0' : std::tolower(c) - 'a' + 10;
      token.number = token.number * (hex ? 16 : 10) + value;
      if (token.number > kNumberMax) fail(token.at, "this number does not fit 32 bits");
      ++pos_;
      ++digits;
    }
    if (digits == 0) fail(token.at, "a number needs digits after 0x");
    read_unit(token, hex);
  }

  void read_unit(Token& token, bool hex) {
    std::string unit;
    while (pos_ < text_.size() && is_name(text_[pos_])) unit += text_[pos_++];
    if (unit.empty()) return;
    struct Unit {
      const char* name;
      std::int64_t microseconds;
    };
    static constexpr std::array<Unit, 4> kUnits{
        {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"min", 60'000'000}}};
    for (const Unit& known : kUnits) {
      if (hex || unit != known.name) continue;
      token.kind = TokenKind::kDuration;
      token.number *= known.microseconds;
      if (token.number > kNumberMax) fail(token.at, "this duration is longer than 35 minutes");
      return;
    }
    fail(token.at, "'" + unit + "' is no unit of time: us, ms, s or min");
  }

  void read_symbol(Token& token) {
    static constexpr std::array<std::string_view, 22> kSymbols{"==", "!=", "<=", ">=", "+=", "-=", ":=", "..",
                                                               "<",  ">",  "=",  "+",  "-",  "*",  "/",  "%",
                                                               "(",  ")",  "[",  "]",  ",",  "."};
    token.kind = TokenKind::kSymbol;
    for (const std::string_view symbol : kSymbols) {
      if (std::string_view(text_).substr(pos_).starts_with(symbol)) {
        token.text = symbol;
        pos_ += symbol.size();
        return;
      }
    }
    if (text_[pos_] == ':' || text_[pos_] == '?') {
      token.text = text_.substr(pos_++, 1);
      return;
    }
    const char c = text_[pos_];
    const std::string shown =
        std::isprint(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : "this character";
    if (c == '&' || c == '|' || c == '!')
      fail(token.at, "expressions use 'and', 'or', 'not', not '" + shown + "'");
    fail(token.at, "'" + shown + "' has no meaning in an expression");
  }

  const Node& scalar_;
  const std::string& text_;
  std::size_t pos_ = 0;
};

}  // namespace

std::vector<Token> tokenize(const Node& scalar) {
  if (!scalar.is_scalar()) throw ScenarioError({{scalar.at, "an expression is needed here", "", 1}});
  return Lexer(scalar).run();
}

}  // namespace quiesce::sim
