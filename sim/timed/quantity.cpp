#include "sim/timed/quantity.hpp"

#include <array>
#include <charconv>
#include <string>

#include "sim/timed/distribution.hpp"

namespace quiesce::sim::timed {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
constexpr std::size_t kPlaces = 9;

struct Decimal {
  std::int64_t whole = 0;
  std::int64_t billionths = 0;
  std::string_view rest;  ///< what follows the digits
};

std::optional<std::int64_t> digits(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  std::int64_t value = 0;
  if (count == 0 || count > most) return std::nullopt;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

/// Digits, and up to nine more behind a point.
std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr std::size_t kDigitsMax = 16;
  Decimal decimal;
  const auto whole = digits(text, kDigitsMax);
  if (!whole) return std::nullopt;
  decimal.whole = *whole;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    const auto fraction = digits(text, kPlaces);
    if (!fraction) return std::nullopt;
    decimal.billionths = *fraction;
    for (std::size_t places = before - text.size(); places < kPlaces; ++places) decimal.billionths *= 10;
  }
  decimal.rest = text;
  return decimal;
}

}  // namespace

std::optional<std::int64_t> parse_duration_ns(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t ns;
  };
  static constexpr std::array<Unit, 5> kUnits{
      {{"ns", 1}, {"us", 1000}, {"ms", 1'000'000}, {"s", kBillion}, {"min", 60 * kBillion}}};
  const auto decimal = parse_decimal(text);
  if (!decimal) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (decimal->rest != unit.name) continue;
    const Wide value_ns = static_cast<Wide>(decimal->whole) * unit.ns +
                          static_cast<Wide>(decimal->billionths) * unit.ns / kBillion;
    if (value_ns > kLongest_ns) return std::nullopt;
    return static_cast<std::int64_t>(value_ns);
  }
  return std::nullopt;
}

std::optional<Fixed> parse_number(std::string_view text) {
  const auto decimal = parse_decimal(text);
  if (!decimal || !decimal->rest.empty() || decimal->whole > kBillion) return std::nullopt;
  const Wide fraction = (static_cast<Wide>(decimal->billionths) << kFixedBits) / kBillion;
  return (decimal->whole << kFixedBits) + static_cast<Fixed>(fraction);
}

std::optional<std::int64_t> interval_ns(std::string_view rate_text) {
  const auto rate = parse_number(rate_text);
  if (!rate || *rate == 0) return std::nullopt;
  const Wide ns = (static_cast<Wide>(kBillion) << kFixedBits) / *rate;
  if (ns > kLongest_ns) return std::nullopt;
  return static_cast<std::int64_t>(ns);
}

}  // namespace quiesce::sim::timed
