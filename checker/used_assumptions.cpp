#include "checker/used_assumptions.hpp"

#include <algorithm>

#include "hwmodel/v2/assumptions.hpp"

namespace quiesce::checker {
namespace {

/// Visits those that are used, once each, in the order of SMMUs.
template <class Visit>
void for_each_used(const sim::System& system, const std::vector<std::uint32_t>& words, Visit visit) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const hwmodel::v2::AssumptionText& text : hwmodel::v2::assumptions(system.layout.legacy[i].config)) {
      if ((words[i] & hwmodel::v2::bit_of(text.assumption)) != 0) visit(text);
    }
  }
}

void add_once(std::vector<std::string>& all, std::string one) {
  if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
}

}  // namespace

std::vector<std::uint32_t> UsedAssumptions::words() const {
  std::vector<std::uint32_t> all;
  for (const std::atomic<std::uint32_t>& word : words_) all.push_back(word.load());
  return all;
}

std::vector<std::string> assumption_texts(const sim::System& system,
                                          const std::vector<std::uint32_t>& words) {
  std::vector<std::string> texts;
  for_each_used(system, words, [&](const hwmodel::v2::AssumptionText& text) {
    add_once(texts,
             std::string(text.id) + ": " + std::string(text.says) + " (" + std::string(text.source) + ")");
  });
  return texts;
}

std::vector<std::string> assumption_names(const sim::System& system,
                                          const std::vector<std::uint32_t>& words) {
  std::vector<std::string> names;
  for_each_used(system, words,
                [&](const hwmodel::v2::AssumptionText& text) { add_once(names, std::string(text.id)); });
  return names;
}

}  // namespace quiesce::checker
