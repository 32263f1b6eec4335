#include "reports/result_file.hpp"

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

/// A value, and where it stands in the document.
struct Place {
  const Stored& json;
  std::string at;
};

/// Reads the keys that a comparison needs. Those that were not always written may be missing.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  std::vector<ReportScenario> read(const Stored& json) const {
    const Place root{json, ""};
    if (text(root, "schema") != "quiesce.result/1")
      fail("/schema", "is not quiesce.result/1, what 'quiesce check --format json' writes");
    if (json.contains("of_one_run"))
      fail("/of_one_run", "stands in a result of one run, which says nothing of the others");
    if (!json.contains("results")) return {scenario(root)};
    auto scenarios = all<ReportScenario>(root, "results", [this](const Place& one) { return scenario(one); });
    if (scenarios.empty()) fail("/results", "is empty: no scenario was checked");
    return scenarios;
  }

 private:
  [[noreturn]] void fail(const std::string& at, const std::string& what) const {
    throw ResultError(name_ + ": '" + shorten(clean(at), kQuotedMax) + "' " + what);
  }

  [[nodiscard]] bool has(const Place& parent, const char* key) const {
    if (!parent.json.is_object()) fail(parent.at.empty() ? "/" : parent.at, "is not an object");
    return parent.json.contains(key);
  }

  Place member(const Place& parent, const char* key) const {
    const std::string at = parent.at + "/" + key;
    if (!has(parent, key)) fail(at, "is missing");
    return {parent.json.at(key), at};
  }

  std::string text(const Place& parent, const char* key) const {
    const Place value = member(parent, key);
    if (!value.json.is_string()) fail(value.at, "is not a string");
    return value.json.get<std::string>();
  }
  std::string text_if_any(const Place& parent, const char* key) const {
    return has(parent, key) ? text(parent, key) : "";
  }

  std::uint64_t count_if_any(const Place& parent, const char* key) const {
    if (!has(parent, key)) return 0;
    const Place value = member(parent, key);
    if (!value.json.is_number_unsigned()) fail(value.at, "is not a number from 0");
    return value.json.get<std::uint64_t>();
  }

  template <class One, class Read>
  std::vector<One> all(const Place& parent, const char* key, const Read& read) const {
    const Place list = member(parent, key);
    if (!list.json.is_array()) fail(list.at, "is not a list");
    std::vector<One> many;
    for (std::size_t i = 0; i < list.json.size(); ++i)
      many.push_back(read(Place{list.json[i], fmt::format("{}/{}", list.at, i)}));
    return many;
  }
  template <class One, class Read>
  std::vector<One> all_if_any(const Place& parent, const char* key, const Read& read) const {
    return has(parent, key) ? all<One>(parent, key, read) : std::vector<One>();
  }

  std::string word(const Place& place) const {
    if (!place.json.is_string()) fail(place.at, "is not a string");
    return place.json.get<std::string>();
  }
  std::uint32_t offset(const Place& place) const {
    if (!place.json.is_number_unsigned()) fail(place.at, "is not a number from 0");
    return place.json.get<std::uint32_t>();
  }

  Status status(const Place& parent, const char* key) const {
    const std::string word = text(parent, key);
    if (word == "holds") return Status::kHolds;
    if (word == "violated") return Status::kViolated;
    if (word != "inconclusive") fail(parent.at + "/" + key, "is not holds, violated or inconclusive");
    return Status::kInconclusive;
  }

  ReportScenario scenario(const Place& place) const {
    ReportScenario read;
    read.name = text(place, "scenario");
    read.file = text(place, "file");
    read.title = text_if_any(place, "title");
    read.variants = all<ReportVariant>(place, "variants", [this](const Place& one) { return variant(one); });
    return read;
  }

  ReportVariant variant(const Place& place) const {
    ReportVariant read;
    read.name = text(place, "name");
    read.reason = text_if_any(place, "reason");
    read.changes = all_if_any<std::string>(place, "changes", [this](const Place& one) { return word(one); });
    read.properties =
        all<ReportProperty>(place, "properties", [this](const Place& one) { return property(one); });
    read.routines =
        all_if_any<ReportRoutine>(place, "routines", [this](const Place& one) { return routine(one); });
    read.states = count_if_any(place, "states");
    read.verdict = status(place, "verdict");
    if (has(place, "bound")) {
      const Place bound = member(place, "bound");
      read.bound = ReportBound{text(bound, "which"), text_if_any(bound, "detail")};
    }
    if (has(place, "search")) read.search.mode = text(member(place, "search"), "mode");
    return read;
  }

  ReportProperty property(const Place& place) const {
    ReportProperty read;
    read.name = text(place, "name");
    read.kind = text(place, "kind");
    read.status = status(place, "status");
    read.findings = all<ReportFinding>(place, "findings", [this](const Place& one) { return finding(one); });
    return read;
  }

  ReportFinding finding(const Place& place) const {
    ReportFinding read;
    read.id = text(place, "id");
    read.summary = text(place, "summary");
    read.kind = text_if_any(place, "kind");
    read.schedule = text_if_any(place, "schedule");
    return read;
  }

  ReportRoutine routine(const Place& place) const {
    ReportRoutine read;
    read.name = text(place, "name");
    read.file = text_if_any(place, "file");
    read.source = text_if_any(place, "source");
    read.steps = all<ReportRoutineStep>(place, "steps", [this](const Place& one) { return line(one); });
    return read;
  }

  ReportRoutineStep line(const Place& place) const {
    ReportRoutineStep read;
    read.offsets =
        all_if_any<std::uint32_t>(place, "offsets", [this](const Place& one) { return offset(one); });
    read.depth = static_cast<unsigned>(count_if_any(place, "depth"));
    read.line = static_cast<std::uint32_t>(count_if_any(place, "line"));
    read.label = text_if_any(place, "label");
    read.text = text(place, "text");
    return read;
  }

  std::string name_;
};

}  // namespace

RunReport read_result(const std::string& text, const std::string& name) {
  try {
    RunReport report;
    report.scenarios = Reader(name).read(Stored::parse(text));
    return report;
  } catch (const Stored::parse_error& error) {
    throw ResultError(name + ":" + line_and_column(text, error.byte) +
                      ": this is no JSON: " + reason_of(error.what()));
  } catch (const Stored::exception& error) {
    // A number such as 1e999 is no mistake of syntax, and has no place of its own.
    throw ResultError(name + ": this cannot be read: " + reason_of(error.what()));
  }
}

}  // namespace quiesce::reports
