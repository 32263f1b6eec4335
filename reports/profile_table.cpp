#include "reports/profile_table.hpp"

#include <fmt/format.h>

#include "reports/layout.hpp"

namespace quiesce::reports {
namespace {

using namespace checker;

constexpr std::size_t kRows = 20;
constexpr std::size_t kRuleWidth = 44;
constexpr std::size_t kTextWidth = 28;

std::string name(const std::string& text) { return padded(shorten(clean(text), kRuleWidth), kRuleWidth); }

std::string more(std::size_t rows) {
  return rows <= kRows ? "" : fmt::format("  ({} more in --format json)\n", rows - kRows);
}

std::string rows_table(const std::string& what, const std::vector<ProfileRow>& rows) {
  if (rows.empty()) return "";
  std::string text = fmt::format("\n  {}{:>12}{:>13}\n", name(what), "states", "transitions");
  for (std::size_t i = 0; i < rows.size() && i < kRows; ++i) {
    const ProfileRow& row = rows[i];
    text += fmt::format("  {}{:>12}{:>13}", name(row.place.where), row.states, row.transitions);
    if (!row.place.text.empty()) text += "  " + shorten(clean(row.place.text), kTextWidth);
    text += "\n";
  }
  return text + more(rows.size());
}

std::string values_table(const std::string& what, const std::vector<ProfileValue>& values) {
  std::size_t changing = 0;
  for (const ProfileValue& value : values) changing += value.values > 1 ? 1 : 0;
  if (changing == 0) return "";
  std::string text = fmt::format("\n  {}{:>12}{:>13}\n", name(what), "values", "states by");
  std::size_t shown = 0;
  for (const ProfileValue& value : values) {
    if (value.values < 2 || shown == kRows) continue;
    text += fmt::format("  {}{:>12}{:>13}\n", name(value.name), value.values,
                        fmt::format("x {:.2f}", value.factor));
    ++shown;
  }
  return text + more(changing);
}

}  // namespace

std::string profile_tables(const ReportVariant& variant) {
  if (!variant.profile) return "";
  const ReportProfile& profile = *variant.profile;
  std::string text = fmt::format("\n  Profile of {}: {} states", clean(variant.name), profile.states);
  text += profile.partial ? ", a sample\n" : "\n";
  text += rows_table("routine", profile.routines);
  text += rows_table("step", profile.steps);
  text += rows_table("actor", profile.actors);
  text += values_table("part of the state", profile.components);
  text += values_table("slot", profile.slots);
  if (profile.estimated) text += "  (factors are estimated from a sample)\n";
  if (profile.never_taken.empty()) return text;
  text += fmt::format("\n  {} steps were never taken\n", profile.never_taken.size());
  for (std::size_t i = 0; i < profile.never_taken.size() && i < kRows; ++i) {
    const ReportPlace& place = profile.never_taken[i];
    text += "  " + name(place.where) + "  " + shorten(clean(place.text), kTextWidth) + "\n";
  }
  return text + more(profile.never_taken.size());
}

}  // namespace quiesce::reports
