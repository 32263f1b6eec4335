#include "checker/forcing_set.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

namespace quiesce::checker {
namespace {

using Set = std::vector<std::size_t>;

constexpr std::size_t kSizeMax = 4;         ///< of sets that are looked for from below
constexpr std::size_t kUndecidedMax = 2;    ///< such sets that may remain undecided
constexpr std::size_t kRefutedMax = 300;    ///< and be refuted
constexpr std::size_t kLooksMax = 200'000;  ///< at sets, complete or not, to find those to ask about

class ForcingSearch {
 public:
  ForcingSearch(std::size_t count, std::vector<Set> known, const AskForcing& ask) : all_(count), ask_(ask) {
    std::iota(all_.begin(), all_.end(), 0);
    for (Set& missed : known) learn(std::move(missed));
  }

  ForcingSet run() {
    const Answer together = forces(all_);
    if (together == Answer::kNo) return {ForcingSet::Kind::kNone, {}};
    if (together == Answer::kUnknown) return {};
    if (auto smallest = from_below()) return {ForcingSet::Kind::kSmallest, std::move(*smallest)};
    return from_above();
  }

 private:
  /// What some run with another outcome missed.
  struct Missed {
    Set conditions;
    std::vector<bool> has;  ///< by condition
    [[nodiscard]] bool meets(const Set& set) const {
      return std::any_of(set.begin(), set.end(), [&](std::size_t condition) { return has[condition]; });
    }
  };

  void learn(Set conditions) {
    Missed missed{std::move(conditions), std::vector<bool>(all_.size(), false)};
    for (const std::size_t condition : missed.conditions) missed.has[condition] = true;
    missed_.push_back(std::move(missed));
  }

  Answer forces(const Set& set) {
    ForcingAnswer answer = ask_(set);
    if (answer.forces == Answer::kNo) learn(std::move(answer.missed));
    return answer.forces;
  }

  /// Whether no run is known that satisfies the set and comes out otherwise.
  [[nodiscard]] bool is_open(const Set& set) const {
    return std::all_of(missed_.begin(), missed_.end(), [&](const Missed& m) { return m.meets(set); });
  }

  /// The smallest set, unless it is too large or cannot be told.
  std::optional<Set> from_below() {
    std::size_t refuted = 0;
    for (std::size_t size = 0; size <= std::min(kSizeMax, all_.size()); ++size) {
      while (true) {
        Set set;
        const bool found = next_open(size, set);
        if (looks_ > kLooksMax) return std::nullopt;
        if (!found) break;
        const Answer answer = forces(set);
        std::sort(set.begin(), set.end());
        if (answer == Answer::kYes && undecided_.empty()) return set;
        if (answer == Answer::kYes) {
          forcing_ = set;
          return std::nullopt;
        }
        if (answer == Answer::kUnknown) undecided_.insert(set);
        if (undecided_.size() > kUndecidedMax || ++refuted > kRefutedMax) return std::nullopt;
      }
    }
    return std::nullopt;
  }

  /// Completes `set` with up to `more` conditions so that it is open, and not one of the undecided.
  bool next_open(std::size_t more, Set& set) {
    if (++looks_ > kLooksMax) return false;
    const Set* unmet = nullptr;
    for (const Missed& missed : missed_) {
      const bool shorter = unmet == nullptr || missed.conditions.size() < unmet->size();
      if (shorter && !missed.meets(set)) unmet = &missed.conditions;
    }
    if (unmet == nullptr && more == 0) {
      Set sorted = set;
      std::sort(sorted.begin(), sorted.end());
      return !undecided_.contains(sorted);
    }
    if (more == 0) return false;
    for (const std::size_t condition : unmet != nullptr ? *unmet : all_) {
      if (std::find(set.begin(), set.end(), condition) != set.end()) continue;
      set.push_back(condition);
      if (next_open(more - 1, set)) return true;
      set.pop_back();
    }
    return false;
  }

  /// Leaves out ever smaller parts of a set that forces the outcome.
  ForcingSet from_above() {
    Set set = forcing_ ? *forcing_ : all_;
    bool undecided = false;
    for (std::size_t part = std::max<std::size_t>(1, set.size() / 2);; part /= 2) {
      // The last conditions are the least preferred.
      for (std::size_t end = set.size(); end > 0;) {
        const std::size_t begin = end > part ? end - part : 0;
        Set rest = set;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                   rest.begin() + static_cast<std::ptrdiff_t>(end));
        const Answer answer = is_open(rest) ? forces(rest) : Answer::kNo;
        if (answer == Answer::kYes) set = rest;
        if (part == 1 && answer == Answer::kUnknown) undecided = true;
        end = begin;
      }
      if (part == 1) break;
    }
    return {undecided ? ForcingSet::Kind::kNotMinimal : ForcingSet::Kind::kMinimal, set};
  }

  Set all_;
  std::vector<Missed> missed_;
  std::set<Set> undecided_;
  std::size_t looks_ = 0;
  std::optional<Set> forcing_;
  const AskForcing& ask_;
};

}  // namespace

ForcingSet find_forcing_set(std::size_t count, std::vector<std::vector<std::size_t>> known,
                            const AskForcing& ask) {
  return ForcingSearch(count, std::move(known), ask).run();
}

}  // namespace quiesce::checker
