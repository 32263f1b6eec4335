#include "reports/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;
using Stored = nlohmann::json;

constexpr std::size_t kQuotedMax = 80;

/// "3:14", both from 1, of the byte that was read last.
std::string line_and_column(const std::string& text, std::size_t byte) {
  const std::size_t end = std::min(byte == 0 ? 0 : byte - 1, text.size());
  const auto before = text.begin() + static_cast<std::ptrdiff_t>(end);
  const auto lines = std::count(text.begin(), before, '\n');
  const std::size_t newline = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  return fmt::format("{}:{}", lines + 1, newline == std::string::npos ? end + 1 : end - newline);
}

/// The library's message without its own idea of the place.
std::string reason_of(const std::string& message) {
  const std::size_t column = message.find(", column ");
  const std::size_t colon = message.find(": ", column == std::string::npos ? 0 : column);
  return shorten(clean(colon == std::string::npos ? message : message.substr(colon + 2)), kQuotedMax);
}

/// Whether a search of all runs answered the property, so that what it did not meet is not there.
bool is_certain(const ReportVariant& variant, const ReportProperty* property) {
  return property != nullptr && property->status != Status::kInconclusive && !variant.bound &&
         variant.search.mode == "breadth-first";
}

}  // namespace

/// Reads the keys that a comparison needs, each with its place in the document.
class Baseline::Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  std::vector<Scenario> read(const Stored& root) const {
    if (text_at(root, "schema", "") != "quiesce.result/1")
      fail("/schema", "is not quiesce.result/1, what 'quiesce check --format json' writes");
    std::vector<Scenario> all;
    if (!root.contains("results")) {
      all.push_back(scenario(root, ""));
      return all;
    }
    each(root, "results", "",
         [&](const Stored& one, const std::string& at) { all.push_back(scenario(one, at)); });
    return all;
  }

 private:
  [[noreturn]] void fail(const std::string& at, const std::string& what) const {
    throw BaselineError(name_ + ": '" + shorten(clean(at), kQuotedMax) + "' " + what);
  }

  const Stored& member(const Stored& parent, const std::string& key, const std::string& at) const {
    if (!parent.is_object()) fail(at.empty() ? "/" : at, "is not an object");
    const auto found = parent.find(key);
    if (found == parent.end()) fail(at + "/" + key, "is missing");
    return *found;
  }

  std::string text_at(const Stored& parent, const std::string& key, const std::string& at) const {
    const Stored& value = member(parent, key, at);
    if (!value.is_string()) fail(at + "/" + key, "is not a string");
    return value.get<std::string>();
  }

  template <typename Visit>
  void each(const Stored& parent, const std::string& key, const std::string& at, const Visit& visit) const {
    const Stored& list = member(parent, key, at);
    if (!list.is_array()) fail(at + "/" + key, "is not a list");
    for (std::size_t i = 0; i < list.size(); ++i) visit(list[i], fmt::format("{}/{}/{}", at, key, i));
  }

  Scenario scenario(const Stored& json, const std::string& at) const {
    Scenario read;
    read.name = text_at(json, "scenario", at);
    read.file = text_at(json, "file", at);
    each(json, "variants", at, [&](const Stored& one, const std::string& place) {
      Variant& variant = read.variants[text_at(one, "name", place)];
      each(one, "properties", place, [&](const Stored& property, const std::string& where) {
        variant.properties[text_at(property, "name", where)] = this->property(property, where);
      });
    });
    return read;
  }

  Property property(const Stored& json, const std::string& at) const {
    Property read;
    read.kind = text_at(json, "kind", at);
    read.violated = text_at(json, "status", at) == "violated";
    each(json, "findings", at, [&](const Stored& finding, const std::string& place) {
      read.findings[text_at(finding, "id", place)] = text_at(finding, "summary", place);
    });
    return read;
  }

  std::string name_;
};

Baseline::Baseline(const std::string& text, const std::string& name) : name_(name) {
  try {
    scenarios_ = Reader(name).read(Stored::parse(text));
  } catch (const Stored::parse_error& error) {
    throw BaselineError(name + ":" + line_and_column(text, error.byte) +
                        ": this is no JSON: " + reason_of(error.what()));
  }
}

Baseline::Variant* Baseline::find(const ReportScenario& scenario, const std::string& variant) {
  const auto namesakes = std::count_if(scenarios_.begin(), scenarios_.end(),
                                       [&](const Scenario& one) { return one.name == scenario.name; });
  for (Scenario& one : scenarios_) {
    const bool same_file = one.file == scenario.file;
    const bool taken = !one.compared_with.empty() && one.compared_with != scenario.file;
    if (one.name != scenario.name || ((namesakes > 1 || taken) && !same_file)) continue;
    one.compared_with = scenario.file;
    const auto found = one.variants.find(variant);
    return found == one.variants.end() ? nullptr : &found->second;
  }
  return nullptr;
}

void Baseline::compare(const ReportScenario& scenario, ReportVariant& variant) {
  Variant* before = find(scenario, variant.name);
  if (before != nullptr) before->compared = true;
  for (ReportProperty& property : variant.properties) {
    const Property* known = nullptr;
    if (before != nullptr && before->properties.contains(property.name))
      known = &before->properties.at(property.name);
    bool any_new = false;
    for (ReportFinding& finding : property.findings) {
      const bool met_before = known != nullptr && known->findings.contains(finding.id);
      finding.baseline = met_before ? BaselineState::kUnchanged : BaselineState::kNew;
      any_new = any_new || !met_before;
    }
    if (known == nullptr) continue;
    const bool violated_without_a_run = property.status == Status::kViolated && property.findings.empty();
    property.regressed = any_new || (violated_without_a_run && !property.as_expected && !known->violated);
  }
  if (before == nullptr) return;
  for (const auto& [name, known] : before->properties) {
    const auto now = std::find_if(variant.properties.begin(), variant.properties.end(),
                                  [&key = name](const ReportProperty& one) { return one.name == key; });
    const ReportProperty* property = now == variant.properties.end() ? nullptr : &*now;
    for (const auto& [id, summary] : known.findings) {
      const auto is_it = [&key = id](const ReportFinding& finding) { return finding.id == key; };
      if (property != nullptr && std::any_of(property->findings.begin(), property->findings.end(), is_it))
        continue;
      variant.gone.push_back({name, known.kind, id, summary, is_certain(variant, property)});
    }
  }
}

ReportBaseline Baseline::summary() const {
  ReportBaseline all;
  all.file = name_;
  for (const Scenario& scenario : scenarios_) {
    for (const auto& [name, variant] : scenario.variants) {
      if (variant.compared) continue;
      for (const auto& [key, property] : variant.properties) all.not_run += property.findings.size();
    }
  }
  return all;
}

}  // namespace quiesce::reports
