// Reads distributions as a scenario writes them, with the parameters that they name.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/diagnostic.hpp"
#include "sim/node.hpp"
#include "sim/timed/distribution.hpp"

namespace quiesce::sim::timed {

/// What a name stands for wherever a duration or a number is needed: `exit_delay: 5s`.
using Parameters = std::map<std::string, std::string>;

/// Mistakes go to the Diagnostics; what is wrong reads as 0.
class DistributionReader {
 public:
  DistributionReader(const Parameters& parameters, Diagnostics& errors)
      : parameters_(parameters), errors_(errors) {}

  /// `1us`, `1us..2us`, a parameter, or a map with one key: exponential, rate, normal, log_normal, observed.
  [[nodiscard]] Distribution read(const Node& node);
  /// A duration alone, in nanoseconds.
  [[nodiscard]] std::int64_t duration_ns(const Node& node);
  /// A decimal number, if it is one.
  [[nodiscard]] std::optional<Fixed> number_in(const Node& node) const;
  /// A decimal number from 0 to `most`.
  [[nodiscard]] Fixed number(const Node& node, Fixed most);

 private:
  [[nodiscard]] Distribution read_text(const Node& node);
  [[nodiscard]] Distribution read_map(const Node::Entry& entry);
  [[nodiscard]] Distribution read_rate(const Node& node);
  [[nodiscard]] Distribution read_normal(const Node& node);
  [[nodiscard]] Distribution read_log_normal(const Node& node);
  [[nodiscard]] Distribution read_observed(const Node& node);
  /// The values of two keys, both of which must be there, and no others.
  struct Pair {
    const Node* first;
    const Node* second;
  };
  [[nodiscard]] std::optional<Pair> pair(const Node& node, const char* first, const char* second);
  /// The text of a scalar, or of the parameter that it names.
  [[nodiscard]] std::string text_of(const Node& node) const;
  [[nodiscard]] std::string hint_for(const std::string& text) const;
  [[nodiscard]] std::optional<std::int64_t> bound(const Node& node, const std::string& text);
  void error(const Node& node, const std::string& message);

  const Parameters& parameters_;
  Diagnostics& errors_;
};

}  // namespace quiesce::sim::timed
