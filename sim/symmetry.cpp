#include "sim/symmetry.hpp"

#include <algorithm>
#include <set>

#include "sim/slot_names.hpp"

namespace quiesce::sim {
namespace {

/// Everything that can be composed of the generators; nothing if that is too much.
std::optional<std::vector<Permutation>> closure(const std::vector<Permutation>& group,
                                                const std::vector<Permutation>& generators) {
  std::set<Permutation> known(group.begin(), group.end());
  std::vector<Permutation> all = group;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const Permutation& generator : generators) {
      Permutation next = generator.after(all[i]);
      if (!known.insert(next).second) continue;
      if (all.size() == kPermutationsMax) return std::nullopt;
      all.push_back(std::move(next));
    }
  }
  return all;
}

class Search {
 public:
  Search(const Naming& naming, base::PlantedDefect defect) : naming_(naming), defect_(defect) {
    result_.group.push_back(Permutation::identity(naming.system));
  }

  Symmetry run() {
    const std::vector<Domain>& domains = naming_.system.program.domains;
    look_at(naming_.tasks, true);
    for (DomainId domain = 1; domain < domains.size(); ++domain) {
      if (domains[domain].kind == TypeKind::kId) look_at(domain, true);
    }
    for (DomainId domain = 1; domain < domains.size(); ++domain) {
      if (domains[domain].kind == TypeKind::kRef && domain != naming_.tasks) look_at(domain, false);
    }
    return std::move(result_);
  }

 private:
  /// Puts each member into the first set with one of whose members it can be exchanged.
  void look_at(DomainId domain, bool say_why_not) {
    if (domain == kNoDomain) return;
    const auto size = static_cast<std::int32_t>(naming_.system.program.domains[domain].size);
    std::vector<Interchangeable> sets;
    std::vector<std::vector<Permutation>> swaps;
    std::string refused;
    for (std::int32_t member = 0; member < size; ++member) {
      if (is_moved(domain, member)) continue;
      bool placed = false;
      for (std::size_t i = 0; i < sets.size() && !placed; ++i) {
        std::string problem;
        auto swap = exchange(naming_, domain, sets[i].members.front(), member, problem, defect_);
        placed = swap.has_value();
        if (placed) {
          sets[i].members.push_back(member);
          swaps[i].push_back(std::move(*swap));
        } else if (!problem.empty() && refused.empty()) {
          refused = "symmetry refused for " + naming_.name(domain, sets[i].members.front()) + " and " +
                    naming_.name(domain, member) + ": " + problem;
        }
      }
      if (placed) continue;
      sets.push_back({domain, {member}});
      swaps.emplace_back();
    }
    for (std::size_t i = 0; i < sets.size(); ++i) take(sets[i], swaps[i]);
    if (say_why_not && !refused.empty()) result_.notes.push_back(refused);
  }

  [[nodiscard]] bool is_moved(DomainId domain, std::int32_t member) const {
    return std::any_of(result_.group.begin(), result_.group.end(), [&](const Permutation& g) {
      return g.members[domain][static_cast<std::size_t>(member)] != member;
    });
  }

  [[nodiscard]] std::string plural(DomainId domain) const {
    const std::string& name = naming_.system.program.domains[domain].name;
    return domain == naming_.smmus ? "SMMUs" : name + "s";
  }

  /// Adds members as long as the permutations are not too many to try.
  void take(const Interchangeable& set, const std::vector<Permutation>& swaps) {
    Interchangeable taken{set.domain, {set.members.front()}};
    std::size_t permutations = 1;
    for (std::size_t i = 0; i < swaps.size(); ++i) {
      generators_.push_back(swaps[i]);
      auto larger = closure(result_.group, generators_);
      if (!larger) {
        generators_.pop_back();
        break;
      }
      permutations *= larger->size() / result_.group.size();
      result_.group = std::move(*larger);
      taken.members.push_back(set.members[i + 1]);
    }
    if (taken.members.size() < 2) return;
    std::string names;
    const bool ids = naming_.system.program.domains[set.domain].kind == TypeKind::kId;
    for (const std::int32_t member : taken.members) {
      names += names.empty() ? " " : ", ";
      names += ids ? std::to_string(member) : naming_.name(set.domain, member);
    }
    const std::string all = taken.members.size() == set.members.size()
                                ? ""
                                : " of " + std::to_string(set.members.size()) + " interchangeable";
    result_.notes.push_back("symmetry: " + std::to_string(taken.members.size()) + all + " " +
                            plural(set.domain) + names + " (" + std::to_string(permutations) +
                            " permutations)");
    result_.sets.push_back(std::move(taken));
  }

  const Naming& naming_;
  base::PlantedDefect defect_;
  Symmetry result_;
  std::vector<Permutation> generators_;
};

}  // namespace

Symmetry find_symmetry(const Naming& naming, base::PlantedDefect defect) {
  return Search(naming, defect).run();
}

}  // namespace quiesce::sim
