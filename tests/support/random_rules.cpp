#include "random_rules.hpp"

#include <array>

#include "dice.hpp"

namespace quiesce::sim {
namespace {

constexpr std::array kConditions{
    "g == 0",
    "g == 1",
    "g < 2",
    "h == 0",
    "h != g",
    "f",
    "not f",
    "x[p] == 0",
    "x[p] == 1",
    "x[p] < 2",
    "x[p] != y[p]",
    "who == p",
    "who != p",
    "cells[0] == 1 or g == 0",
    "exists(q) q != p and pc[q] == L2",
    "forall(q) q == p or pc[q] != L2",
    "forall(q) x[q] < 2",
};

constexpr std::array kAssignments{
    "g := 0",      "g := 1",    "g := g + 1",       "h := g",           "h := 2 - g",   "f := true",
    "f := g == 1", "x[p] := 0", "x[p] := 1",        "x[p] := x[p] + 1", "x[p] := g",    "y[p] := x[p]",
    "y[p] := 1",   "who := p",  "cells[x[p]] := 1", "g := cells[y[p]]", "seen := x[p]",
};

/// What concerns nobody but the process itself.
constexpr std::array kOwnConditions{"x[p] == 0", "x[p] < 2", "y[p] == 1", "x[p] != y[p]"};
constexpr std::array kOwnAssignments{"x[p] := 1", "x[p] := 2 - x[p]", "y[p] := x[p]", "y[p] := 1"};

class RulesWriter {
 public:
  explicit RulesWriter(std::uint32_t seed) : dice_(seed), alone_(dice_.roll(100)) {}

  std::string run() {
    text_ = "quiesce: 1\nname: random\ntypes: { pid: id " + std::to_string(2 + dice_.roll(2)) +
            ", loc: 'enum(L0, L1, L2, L3)' }\n";
    text_ +=
        "globals:\n  pc: { type: array pid of loc, init: L0 }\n  x: array pid of int 0..2\n"
        "  y: array pid of int 0..2\n  g: int 0..2\n  h: int 0..2\n  f: bool\n  seen: int 0..2\n"
        "  who: { type: pid, init: unset }\n  cells: array int 0..1 of int 0..1\n";
    text_ += "rules:\n";
    const int steps = 3 + dice_.roll(4);
    for (int i = 0; i < steps; ++i) write_step(i);
    if (dice_.chance(40)) write_shared();
    text_ +=
        "properties:\n  apart: { never: 'exists(p, q) p != q and pc[p] == L2 and pc[q] == L2' }\n"
        "  low: { never: g == 2 and h == 1 }\n  last: { at_end: f or g == 0 }\n";
    if (dice_.chance(50)) text_ += "end: 'forall(p) pc[p] == L3'\n";
    return text_;
  }

 private:
  void write_step(int number) {
    const std::string from = std::to_string(number < 3 ? number : dice_.roll(4));
    const std::string to = std::to_string(dice_.chance(80) ? (std::stoi(from) + 1) % 4 : dice_.roll(4));
    text_ += "  - name: step " + std::to_string(number) + "\n    for: { p: pid }\n    when: '";
    const std::string own = "pc[p] == L" + from;
    const std::string other = dice_.chance(50) ? condition() : "";
    const bool own_first = dice_.chance(80);
    text_ += other.empty() ? own : own_first ? own + " and (" + other + ")" : "(" + other + ") and " + own;
    text_ += "'\n    do:\n";
    for (int i = dice_.roll(3); i > 0; --i) write_assignment(6);
    if (dice_.chance(85)) {
      text_ += "      - 'pc[p] := L" + to + "'\n";
    } else {
      write_assignment(6);
    }
  }

  void write_shared() {
    constexpr std::array kGuards{"g == 1 and not f", "h == 1", "f and g < 2"};
    constexpr std::array kBodies{"g := 0", "f := false", "h := 0", "cells[g] := 0"};
    text_ += std::string("  - name: shared\n    when: '") + dice_.pick(kGuards) + "'\n    do: ['" +
             dice_.pick(kBodies) + "']\n";
  }

  void write_assignment(int indent) {
    const std::string space(static_cast<std::size_t>(indent), ' ');
    if (dice_.chance(25)) {
      text_ += space + "- if: '" + condition() + "'\n" + space + "  then: ['" + assignment() + "']\n";
      return;
    }
    text_ += space + "- '" + assignment() + "'\n";
  }

  std::string condition() {
    return dice_.chance(alone_) ? dice_.pick(kOwnConditions) : dice_.pick(kConditions);
  }
  std::string assignment() {
    return dice_.chance(alone_) ? dice_.pick(kOwnAssignments) : dice_.pick(kAssignments);
  }

  Dice dice_;
  int alone_;  ///< percentage of what processes do for themselves
  std::string text_;
};

}  // namespace

std::string random_rules(std::uint32_t seed) { return RulesWriter(seed).run(); }

}  // namespace quiesce::sim
