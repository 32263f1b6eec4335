// The values of a parameter that a sweep goes through.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <sstream>

#include "cli/options.hpp"
#include "cli/search_options.hpp"
#include "cli/simulation_options.hpp"
#include "sim/timed/quantity.hpp"

namespace quiesce::cli {
namespace {

using sim::timed::parse_duration_ns;
using sim::timed::parse_number;

constexpr std::uint64_t kValuesMax = 1000;
constexpr int kDigits = 4;  ///< of a value between the ends, so that it is the same on every machine

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError("'--sweep' is NAME=LO:HI:log:N, NAME=LO:HI:lin:N or NAME=A,B,..., and in '" + text + "' " +
                   why);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  if (text.ends_with(separator)) parts.emplace_back();
  return parts;
}

/// Without zeros at the end.
std::string decimal(double value) {
  std::string text = fmt::format("{:.9f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, kDigits - 1 - static_cast<int>(std::floor(std::log10(value))));
  return std::round(value * scale) / scale;
}

/// In the largest unit of which it is at least one.
std::string duration(double value_ns) {
  struct Unit {
    const char* name;
    double ns;
  };
  static constexpr std::array<Unit, 4> kUnits{{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
  for (const Unit& unit : kUnits) {
    if (value_ns >= unit.ns) return decimal(rounded(value_ns / unit.ns)) + unit.name;
  }
  return "0ns";
}

/// A number, or a duration in nanoseconds.
struct Quantity {
  double value = 0;
  bool is_duration = false;
};

std::optional<Quantity> quantity(const std::string& text) {
  if (const auto time_ns = parse_duration_ns(text)) return Quantity{static_cast<double>(*time_ns), true};
  const auto number = parse_number(text);
  if (!number) return std::nullopt;
  return Quantity{static_cast<double>(*number) / static_cast<double>(sim::timed::kFixedOne), false};
}

std::vector<std::string> range(const std::string& text, const std::vector<std::string>& parts) {
  const auto lo = quantity(parts[0]);
  const auto hi = quantity(parts[1]);
  if (!lo || !hi || lo->is_duration != hi->is_duration || !(lo->value < hi->value))
    refuse(text, "LO and HI are no two numbers or durations, the less one first");
  const bool is_log = parts[2] == "log";
  if (!is_log && parts[2] != "lin") refuse(text, "'" + parts[2] + "' is neither log nor lin");
  if (is_log && lo->value == 0) refuse(text, "a logarithmic scale begins at 0");
  const auto wanted = parse_number(parts[3]);
  const auto points = static_cast<std::uint64_t>(wanted.value_or(0) >> sim::timed::kFixedBits);
  const bool is_whole = parts[3].find_first_not_of("0123456789") == std::string::npos;
  if (!is_whole || points < 2 || points > kValuesMax)
    refuse(text, fmt::format("N is no number from 2 to {}", kValuesMax));
  std::vector<std::string> values{parts[0]};
  for (std::uint64_t i = 1; i + 1 < points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(points - 1);
    const double value = is_log ? lo->value * std::pow(hi->value / lo->value, share)
                                : lo->value + share * (hi->value - lo->value);
    values.push_back(lo->is_duration ? duration(value) : decimal(rounded(value)));
  }
  values.push_back(parts[1]);
  return values;
}

}  // namespace

Sweep sweep_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) refuse(text, "there is no NAME=");
  Sweep sweep{text.substr(0, equals), {}};
  const std::string values = text.substr(equals + 1);
  const std::vector<std::string> parts = split(values, ':');
  if (parts.size() == 4) {
    sweep.values = range(text, parts);
    return sweep;
  }
  if (parts.size() != 1) refuse(text, "a range has four parts");
  sweep.values = split(values, ',');
  if (sweep.values.size() > kValuesMax) refuse(text, "there are more than 1000 values");
  if (sweep.values.empty()) refuse(text, "there is no value");
  for (const std::string& value : sweep.values) {
    if (!quantity(value)) refuse(text, "'" + value + "' is neither a number nor a duration such as 5s");
  }
  return sweep;
}

}  // namespace quiesce::cli
