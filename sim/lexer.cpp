// Cuts the text of one scalar into numbers, names and symbols, each with its own column.
#include "sim/lexer.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace quiesce::sim {
namespace {

constexpr std::int64_t kHexMax = 0xffffffff;
constexpr std::int64_t kNumberMax = 2'147'483'646;  // a 32-bit slot, and one value kept for "unset"
// Operators of equal rank make a tree as deep as they are many: this bounds whatever walks it.
constexpr std::size_t kTokensMax = 1000;

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether the file shows the scalar's text where the scalar begins, letter by letter.
bool stands_as_written(const Node& scalar) {
  const Location& at = scalar.at;
  if (at.file == nullptr || at.line == 0 || at.line > at.file->lines.size() || at.column == 0) return false;
  const std::string_view line = at.file->lines[at.line - 1];
  return at.column <= line.size() && line.substr(at.column - 1).starts_with(scalar.scalar);
}

class Lexer {
 public:
  explicit Lexer(const Node& scalar)
      : scalar_(scalar), text_(scalar.scalar), as_written_(stands_as_written(scalar)) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    while (true) {
      while (pos_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[pos_])) != 0) ++pos_;
      tokens.push_back(read_token());
      if (tokens.back().kind == TokenKind::kEnd) return tokens;
      if (tokens.size() > kTokensMax) fail(tokens.back(), "an expression of more than 1000 words and signs");
    }
  }

 private:
  Token read_token() {
    Token token;
    token.offset = pos_;
    token.at = scalar_.at;
    if (as_written_) token.at.column += static_cast<std::uint32_t>(pos_);
    if (pos_ == text_.size()) return token;
    if (std::isdigit(static_cast<unsigned char>(text_[pos_])) != 0) {
      read_number(token);
    } else if (is_name_start(text_[pos_])) {
      token.kind = TokenKind::kName;
      while (pos_ < text_.size() && is_name(text_[pos_])) ++pos_;
    } else {
      read_symbol(token);
    }
    token.text = text_.substr(token.offset, pos_ - token.offset);
    return token;
  }

  [[noreturn]] void fail(const Token& token, const std::string& message, const std::string& hint = {}) const {
    const std::size_t length = std::max<std::size_t>(1, pos_ - token.offset);
    throw ScenarioError({{token.at, message, hint, static_cast<unsigned>(as_written_ ? length : 1)}});
  }

  void read_number(Token& token) {
    token.kind = TokenKind::kNumber;
    const std::string_view rest = std::string_view(text_).substr(pos_);
    const bool hex = rest.starts_with("0x") || rest.starts_with("0X");
    if (hex) pos_ += 2;
    const std::size_t first_digit = pos_;
    bool fits = true;
    while (pos_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[pos_]);
      const bool digit = hex ? std::isxdigit(c) != 0 : std::isdigit(c) != 0;
      if (!digit) break;
      const int value = std::isdigit(c) != 0 ? c - '0' : std::tolower(c) - 'a' + 10;
      if (fits) token.number = token.number * (hex ? 16 : 10) + value;
      fits = fits && token.number <= (hex ? kHexMax : kNumberMax);
      ++pos_;
    }
    // A register's bit 31 is written in hexadecimal; it is the sign of the number that holds it.
    if (fits && token.number > INT32_MAX) token.number -= kHexMax + 1;
    if (!fits) fail(token, "this number does not fit 32 bits");
    if (pos_ == first_digit) fail(token, "a number needs digits after 0x");
    read_unit(token, hex);
  }

  void read_unit(Token& token, bool hex) {
    const std::size_t begin = pos_;
    while (pos_ < text_.size() && is_name(text_[pos_])) ++pos_;
    const std::string unit = text_.substr(begin, pos_ - begin);
    if (unit.empty()) return;
    struct Unit {
      std::string_view name;
      std::int64_t microseconds;
    };
    static constexpr std::array<Unit, 4> kUnits{
        {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"min", 60'000'000}}};
    for (const Unit& known : kUnits) {
      if (hex || unit != known.name) continue;
      token.kind = TokenKind::kDuration;
      token.number *= known.microseconds;
      if (token.number > kNumberMax) fail(token, "this duration is longer than 35 minutes");
      return;
    }
    fail(token, "'" + unit + "' is no unit of time: us, ms, s or min");
  }

  void read_symbol(Token& token) {
    static constexpr std::array<std::string_view, 24> kSymbols{"==", "!=", "<=", ">=", "+=", "-=", ":=", "..",
                                                               "<",  ">",  "=",  "+",  "-",  "*",  "/",  "%",
                                                               "(",  ")",  "[",  "]",  ",",  ".",  ":",  "?"};
    token.kind = TokenKind::kSymbol;
    for (const std::string_view symbol : kSymbols) {
      if (!std::string_view(text_).substr(pos_).starts_with(symbol)) continue;
      pos_ += symbol.size();
      return;
    }
    const char c = text_[pos_];
    const bool printable = std::isprint(static_cast<unsigned char>(c)) != 0;
    const std::string shown = printable ? "'" + std::string(1, c) + "'" : "this character";
    const bool from_c = c == '&' || c == '|' || c == '!';
    fail(token, shown + " has no meaning in an expression", from_c ? "write 'and', 'or', 'not'" : "");
  }

  const Node& scalar_;
  const std::string& text_;
  bool as_written_;
  std::size_t pos_ = 0;
};

}  // namespace

std::vector<Token> tokenize(const Node& scalar) {
  if (!scalar.is_scalar()) throw ScenarioError({{scalar.at, "an expression is needed here", "", 1}});
  return Lexer(scalar).run();
}

}  // namespace quiesce::sim
