#include "random_locals.hpp"

#include <array>
#include <random>
#include <string_view>

namespace quiesce::sim {
namespace {

constexpr std::array<std::string_view, 5> kLocations{"A", "B", "C", "D", "E"};
constexpr std::array<std::string_view, 9> kLocalConditions{"x[p] == 1",
                                                           "flag",
                                                           "turn == p",
                                                           "pc[turn] == B",
                                                           "y[p] < x[p]",
                                                           "(exists(q) x[q] == 2)",
                                                           "busy[p] == 1",
                                                           "x[p] == 1 or pc[p] == D",
                                                           "(exists(q) q != p and y[q] != 0)"};
constexpr std::array<std::string_view, 18> kLocalAssignments{"x[p] := y[p] + 1",
                                                             "x[p] := y[p]",
                                                             "x[p] := 0",
                                                             "x[p] := 2",
                                                             "y[p] := x[p]",
                                                             "y[p] := 1",
                                                             "cells[y[p]] := x[p]",
                                                             "x[p] := cells[y[p] % 2]",
                                                             "y[p] := cells[x[p]]",
                                                             "flag := not flag",
                                                             "turn := p",
                                                             "waste := x[p]",
                                                             "waste := (waste + y[p]) % 3",
                                                             "x[p] := x[p] + 1",
                                                             "x[turn] := 1",
                                                             "busy[p] := 1",
                                                             "busy[p] := 0",
                                                             "pc[turn] := C"};

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string text() {
    std::string text =
        "quiesce: 1\nname: random\ntypes: { pid: id 2, cell: int 0..1, loc: 'enum(A, B, C, D, E)' "
        "}\nglobals:\n"
        "  pc: array pid of loc\n  x: array pid of int 0..2\n  y: array pid of int 0..2\n"
        "  busy: array pid of int 0..1\n  cells: array cell of int 0..2\n  flag: bool\n  turn: pid\n"
        "  waste: int 0..2\nrules:\n"
        "  - name: take turn\n    for: { p: pid }\n    when: pc[p] == A and y[p] != 2\n"
        "    do: ['turn := p', 'pc[p] := B']\n";
    for (std::string_view location : kLocations) {
      for (std::uint32_t n = 1 + below(2); n > 0; --n) text += rule(location);
    }
    text += "properties:\n";
    text += "  apart:\n    never: exists(p) pc[p] == " + std::string(any(kLocations)) + " and x[p] == 2\n";
    if (below(2) == 0)
      text += "  low:\n    never: exists(p) y[p] == 2 and pc[p] == " + std::string(any(kLocations)) + "\n";
    text += "  back:\n    always_possible: exists(p) pc[p] == A\n";
    text += "  up:\n    eventually: flag\n";
    if (below(4) == 0) text += "end: exists(p) pc[p] == E and y[p] == 1\n";
    return text;
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  template <class Words>
  std::string_view any(const Words& words) {
    return words[below(static_cast<std::uint32_t>(words.size()))];
  }

  std::string rule(std::string_view location) {
    std::string text = "  - name: at " + std::string(location) + "\n    for: { p: pid }\n    when: ";
    const bool first = below(3) != 0;
    const std::string here = "pc[p] == " + std::string(location);
    if (below(2) == 0) {
      text += here;
    } else {
      text += first ? here + " and " + std::string(any(kLocalConditions))
                    : std::string(any(kLocalConditions)) + " and " + here;
    }
    text += "\n    do:\n";
    if (below(4) == 0) text += move("      ");
    for (std::uint32_t n = below(3); n > 0; --n) text += statement("      ");
    if (below(8) != 0) text += move("      ");
    return text + (text.ends_with("do:\n") ? move("      ") : "");
  }

  std::string move(const std::string& indent) {
    return indent + "- pc[p] := " + std::string(any(kLocations)) + "\n";
  }

  std::string statement(const std::string& indent) {
    if (below(4) != 0) return indent + "- " + std::string(any(kLocalAssignments)) + "\n";
    std::string text = indent + "- if: " + std::string(any(kLocalConditions)) + "\n" + indent + "  then:\n" +
                       statement(indent + "    ");
    if (below(2) == 0) text += move(indent + "    ");
    if (below(2) == 0) text += indent + "  else:\n" + statement(indent + "    ");
    return text;
  }

  std::mt19937 random_;
};

}  // namespace

std::string random_locals(std::uint32_t seed) { return Generator(seed).text(); }

}  // namespace quiesce::sim
