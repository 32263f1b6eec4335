#include "reports/verdict_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/coverage_text.hpp"
#include "reports/layout.hpp"
#include "reports/verdict_words.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kNameWidth = 28;    ///< of a variant or a property, at most
constexpr std::size_t kBrokenWidth = 10;  ///< of a heading that is broken at its underscores

using Lines = std::vector<std::string>;

struct Column {
  Lines heading;       ///< the last line stands above the cells
  Lines cells;         ///< one for each variant
  bool right = false;  ///< numbers are aligned to the right

  [[nodiscard]] std::size_t width() const {
    std::size_t most = 0;
    for (const std::string& line : heading) most = std::max(most, width_of(line));
    for (const std::string& line : cells) most = std::max(most, width_of(line));
    return most;
  }
};

std::string mark(const ReportProperty& property) {
  const std::string letter = property.status == Status::kHolds      ? "H"
                             : property.status == Status::kViolated ? "V"
                                                                    : "?";
  return letter + (property.as_expected ? "" : "!");
}

/// "cmd_sync_timeout" becomes "cmd_sync_" above "timeout".
Lines broken(const std::string& name) {
  Lines lines{""};
  for (std::size_t from = 0; from < name.size();) {
    const std::size_t underscore = name.find('_', from);
    const std::size_t to = underscore == std::string::npos ? name.size() : underscore + 1;
    const std::string part = name.substr(from, to - from);
    if (!lines.back().empty() && width_of(lines.back() + part) > kBrokenWidth) lines.emplace_back();
    lines.back() += part;
    from = to;
  }
  return lines;
}

Column property_column(const ReportScenario& scenario, const std::string& name, bool break_heading) {
  const std::string heading = shorten(clean(name), kNameWidth);
  Column column{break_heading ? broken(heading) : Lines{heading}, {}};
  for (const ReportVariant& variant : scenario.variants) {
    const ReportProperty* property = find_property(variant, name);
    column.cells.push_back(property == nullptr ? "-" : mark(*property));
  }
  return column;
}

std::vector<Column> number_columns(const ReportScenario& scenario) {
  std::vector<Column> columns{{{"states"}, {}, true}, {{"transitions"}, {}, true}, {{"depth"}, {}, true}};
  for (const ReportVariant& variant : scenario.variants) {
    columns[0].cells.push_back(std::to_string(variant.states));
    columns[1].cells.push_back(std::to_string(variant.transitions));
    columns[2].cells.push_back(std::to_string(variant.depth));
  }
  return columns;
}

std::size_t total_width(const std::vector<Column>& columns) {
  std::size_t total = kIndent;
  for (const Column& column : columns) total += column.width() + kGap;
  return total - (columns.empty() ? 0 : kGap);
}

std::string render(const std::vector<Column>& columns) {
  std::size_t headings = 0;
  for (const Column& column : columns) headings = std::max(headings, column.heading.size());
  std::string text;
  for (std::size_t row = 0; row < headings + columns.front().cells.size(); ++row) {
    std::string line(kIndent, ' ');
    for (const Column& column : columns) {
      const std::size_t missing = headings - column.heading.size();
      const std::string cell = row >= headings  ? column.cells[row - headings]
                               : row >= missing ? column.heading[row - missing]
                                                : "";
      const std::string space(column.width() - width_of(cell), ' ');
      line += (column.right ? space + cell : cell + space) + std::string(kGap, ' ');
    }
    text += without_trailing_spaces(line) + "\n";
  }
  return text;
}

/// All columns in one block if they fit, with broken headings if need be, else in several.
std::string blocks(const ReportScenario& scenario) {
  Column names{{"variant"}, {}};
  for (const ReportVariant& variant : scenario.variants)
    names.cells.push_back(shorten(clean(variant.name), kNameWidth));
  const std::vector<Column> numbers = number_columns(scenario);
  std::vector<Column> block;
  for (const bool break_headings : {false, true}) {
    block = {names};
    for (const std::string& name : properties_shown(scenario))
      block.push_back(property_column(scenario, name, break_headings));
    block.insert(block.end(), numbers.begin(), numbers.end());
    if (total_width(block) <= kPageWidth) return render(block);
  }
  std::string text;
  std::vector<Column> part{names};
  for (std::size_t i = 1; i < block.size(); ++i) {
    part.push_back(block[i]);
    if (total_width(part) <= kPageWidth || part.size() <= 2) continue;
    part.pop_back();
    text += render(part) + "\n";
    part = {names, block[i]};
  }
  return text + render(part);
}

std::string joined(const Lines& items, const std::string& separator) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : separator) + item;
  return text;
}

/// "mainline: soft_lockup is violated, expected holds"; properties with the same fate share a line.
std::string not_expected(const ReportVariant& variant) {
  std::vector<std::pair<std::string, Lines>> fates;
  for (const ReportProperty& property : variant.properties) {
    if (property.as_expected) continue;
    const std::string own = fate(property);
    const auto same = [&](const auto& entry) { return entry.first == own; };
    auto entry = std::find_if(fates.begin(), fates.end(), same);
    if (entry == fates.end()) entry = fates.insert(fates.end(), {own, {}});
    entry->second.push_back(property.name);
  }
  std::string text;
  for (const auto& [own, names] : fates)
    text += paragraph("! " + variant.name + ": " + joined(names, ", ") + ": " + own, kIndent, 4);
  return text;
}

bool contains(const Lines& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

/// What all variants share once, then who adds what.
std::string by_variant(const ReportScenario& scenario, const std::string& title,
                       Lines ReportVariant::*member) {
  Lines common = scenario.variants.front().*member;
  std::vector<std::pair<Lines, Lines>> groups;  // items, variants that have them
  for (const ReportVariant& variant : scenario.variants)
    std::erase_if(common, [&](const std::string& item) { return !contains(variant.*member, item); });
  for (const ReportVariant& variant : scenario.variants) {
    Lines own = variant.*member;
    std::erase_if(own, [&](const std::string& item) { return contains(common, item); });
    if (own.empty()) continue;
    const auto same = [&](const auto& group) { return group.first == own; };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) group = groups.insert(groups.end(), {own, {}});
    group->second.push_back(variant.name);
  }
  if (common.empty() && groups.empty()) return "";
  std::string text = paragraph(title + ": " + joined(common, "; "), kIndent, 4);
  for (const auto& [items, variants] : groups)
    text += paragraph(joined(variants, ", ") + ": " + joined(items, "; "), kIndent + 2, 2);
  return text;
}

}  // namespace

std::string verdict_table(const ReportScenario& scenario) {
  if (scenario.variants.empty()) return "";
  std::string text = blocks(scenario);
  text += "\n" + paragraph("V violated, H holds, ? inconclusive, ! not as expected", kIndent, 0);
  for (const ReportVariant& variant : scenario.variants) text += not_expected(variant);
  for (const ReportVariant& variant : scenario.variants) {
    const Lines sentences = coverage_sentences(variant);
    const std::string bound =
        variant.bound ? variant.bound->which + ": " + variant.bound->detail : "all runs were searched";
    if (variant.bound || !sentences.empty()) text += paragraph(variant.name + ": " + bound, kIndent, 4);
    for (const std::string& sentence : sentences) text += paragraph(sentence, kIndent + 2, 2);
  }
  text += by_variant(scenario, "Holds under", &ReportVariant::holds_under);
  text += by_variant(scenario, "Assumes, without a source", &ReportVariant::assumptions);
  text += by_variant(scenario, "Reductions", &ReportVariant::reductions);
  return text;
}

}  // namespace quiesce::reports
