#include "sim/timed/distribution_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/timed/quantity.hpp"

namespace quiesce::sim::timed {
namespace {

constexpr const char* kDuration =
    "a duration is needed here, such as 100ns, 1.5us, 20ms, 1s or 2min, up to 1000000s";
constexpr std::size_t kObservedMax = 100'000;

const std::vector<std::string>& shapes() {
  static const std::vector<std::string> kShapes{"exponential", "rate", "normal", "log_normal", "observed"};
  return kShapes;
}

bool is_name(const std::string& text) {
  return !text.empty() && (text.front() < '0' || text.front() > '9') && text.front() != '.';
}

}  // namespace

void DistributionReader::error(const Node& node, const std::string& message) {
  const std::string named = node.is_scalar() && parameters_.contains(node.scalar)
                                ? ", but '" + node.scalar + "' is " + parameters_.at(node.scalar)
                                : "";
  errors_.error(node.at, message + named, node.is_scalar() && named.empty() ? hint_for(node.scalar) : "",
                static_cast<unsigned>(std::max<std::size_t>(1, node.scalar.size())));
}

std::string DistributionReader::hint_for(const std::string& text) const {
  if (!is_name(text)) return "";
  std::vector<std::string> names;
  for (const auto& [name, value] : parameters_) names.push_back(name);
  return nearest_name_hint(text, names);
}

std::string DistributionReader::text_of(const Node& node) const {
  const auto named = parameters_.find(node.scalar);
  return named == parameters_.end() ? node.scalar : named->second;
}

std::int64_t DistributionReader::duration_ns(const Node& node) {
  const auto value_ns = node.is_scalar() && !node.quoted ? parse_duration_ns(text_of(node)) : std::nullopt;
  if (!value_ns) error(node, kDuration);
  return value_ns.value_or(0);
}

std::optional<Fixed> DistributionReader::number_in(const Node& node) const {
  return node.is_scalar() && !node.quoted ? parse_number(text_of(node)) : std::nullopt;
}

Fixed DistributionReader::number(const Node& node, Fixed most) {
  const auto value = number_in(node);
  if (value && *value <= most) return *value;
  error(node, "a number from 0 to " + std::to_string(most >> kFixedBits) + " is needed here, such as 0.5");
  return 0;
}

Distribution DistributionReader::read(const Node& node) {
  if (node.is_scalar() && !node.quoted) return read_text(node);
  if (node.is_map() && node.entries.size() == 1) return read_map(node.entries.front());
  if (node.is_map() && node.entries.size() > 1) {
    const std::string& first = node.entries[0].key;
    error(node, "a distribution is a map with one key, and this one has '" + first + "' and '" +
                    node.entries[1].key + "': a variant that lays one over another takes the first away, '" +
                    first + ": null'");
    return {};
  }
  error(node, std::string(kDuration) + "; or 1us..2us, or a map with one of exponential, rate, normal, " +
                  "log_normal, observed");
  return {};
}

std::optional<std::int64_t> DistributionReader::bound(const Node& node, const std::string& text) {
  const auto named = parameters_.find(text);
  const auto value_ns = parse_duration_ns(named == parameters_.end() ? text : named->second);
  if (!value_ns) {
    errors_.error(node.at,
                  "'" + text + "' is no duration, such as 100ns, 1.5us, 20ms, 1s or 2min, up to 1000000s",
                  hint_for(text), static_cast<unsigned>(std::max<std::size_t>(1, node.scalar.size())));
  }
  return value_ns;
}

Distribution DistributionReader::read_text(const Node& node) {
  const std::string text = text_of(node);
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return Distribution::constant(duration_ns(node));
  const auto lo_ns = bound(node, text.substr(0, dots));
  const auto hi_ns = bound(node, text.substr(dots + 2));
  if (!lo_ns || !hi_ns) return {};
  if (*lo_ns > *hi_ns) {
    error(node, "the first of these durations is the longer one");
    return {};
  }
  return Distribution::uniform(*lo_ns, *hi_ns);
}

Distribution DistributionReader::read_map(const Node::Entry& entry) {
  if (entry.key == "exponential") return Distribution::exponential(duration_ns(entry.value));
  if (entry.key == "rate") return read_rate(entry.value);
  if (entry.key == "normal") return read_normal(entry.value);
  if (entry.key == "log_normal") return read_log_normal(entry.value);
  if (entry.key == "observed") return read_observed(entry.value);
  errors_.error(entry.key_at,
                "there is no distribution '" + entry.key +
                    "': there are exponential, rate, normal, log_normal and observed",
                nearest_name_hint(entry.key, shapes()), static_cast<unsigned>(entry.key.size()));
  return {};
}

Distribution DistributionReader::read_rate(const Node& node) {
  const auto mean_ns = node.is_scalar() && !node.quoted ? interval_ns(text_of(node)) : std::nullopt;
  if (!mean_ns) error(node, "a rate is a number per second from 0.000001 to 1000000000, such as 1000");
  return Distribution::exponential(mean_ns.value_or(0));
}

std::optional<DistributionReader::Pair> DistributionReader::pair(const Node& node, const char* first,
                                                                 const char* second) {
  const Pair both{node.find(first), node.find(second)};
  if (both.first != nullptr && both.second != nullptr && node.entries.size() == 2) return both;
  error(node, std::string("this is a map with '") + first + "' and '" + second + "'");
  return std::nullopt;
}

Distribution DistributionReader::read_normal(const Node& node) {
  const auto both = pair(node, "mean", "deviation");
  if (!both) return {};
  const std::int64_t mean_ns = duration_ns(*both->first);
  return Distribution::normal(mean_ns, duration_ns(*both->second));
}

Distribution DistributionReader::read_log_normal(const Node& node) {
  const auto both = pair(node, "median", "sigma");
  if (!both) return {};
  const std::int64_t median_ns = duration_ns(*both->first);
  return Distribution::log_normal(median_ns, number(*both->second, Distribution::kSigmaMax));
}

Distribution DistributionReader::read_observed(const Node& node) {
  if (!node.is_list() || node.items.empty() || node.items.size() > kObservedMax) {
    error(node, "'observed' is a list of durations, at most " + std::to_string(kObservedMax));
    return {};
  }
  std::vector<std::int64_t> values_ns;
  for (const Node& item : node.items) values_ns.push_back(duration_ns(item));
  return Distribution::observed(std::move(values_ns));
}

}  // namespace quiesce::sim::timed
