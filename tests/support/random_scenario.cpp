#include "random_scenario.hpp"

#include <array>

#include "dice.hpp"
#include "random_phrases.hpp"

namespace quiesce::sim {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + what.size() == text.size() || !is_word(text[at + what.size()]);
    if (!begins || !ends) {
      at += what.size() - by.size();
      continue;
    }
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Splits at `separator` outside brackets.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == separator && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

void write_steps(const std::string& steps, int indent, std::string& out);

/// One step: its verb and modifiers, one a line; blocks are written as lists below their key.
void write_step(const std::string& step, int indent, std::string& out) {
  bool first = true;
  for (const std::string& entry : split(step, '|')) {
    out += std::string(static_cast<std::size_t>(first ? indent : indent + 2), ' ') + (first ? "- " : "");
    const std::size_t open = entry.find(": [");
    const bool block = open != std::string::npos && !entry.starts_with("with");
    const bool alone = first && entry.find(':') == std::string::npos && step != entry;
    first = false;
    if (!block) {
      out += entry + (alone ? ":" : "") + "\n";
      continue;
    }
    out += entry.substr(0, open + 1) + "\n";
    write_steps(entry.substr(open + 3, entry.size() - open - 4), indent + 4, out);
  }
}

void write_steps(const std::string& steps, int indent, std::string& out) {
  for (const std::string& step : split(steps, ';')) write_step(step, indent, out);
}

class ScenarioWriter {
 public:
  ScenarioWriter(std::uint32_t seed, int size, bool twins)
      : dice_(seed), seed_(seed), size_(size), twins_(twins) {}

  std::string run() {
    write_machine();
    write_declarations();
    text_ += "tasks:\n";
    const int tasks = 2 + (size_ > 2 && dice_.chance(30) ? 1 : 0);
    if (twins_) {
      write_twins(tasks);
    } else {
      for (int i = 0; i < tasks; ++i) write_task(i);
    }
    write_properties();
    return text_;
  }

 private:
  void write_machine() {
    constexpr std::array kPreemption{"none", "voluntary", "full", "lazy"};
    constexpr std::array kAck{"any", "immediate", "never"};
    const bool queue = uses("smmu0");
    text_ = "quiesce: 1\nname: random\nmachine:\n";
    text_ += "  cpus: " + std::to_string(1 + dice_.roll(2)) + "\n";
    text_ += std::string("  preemption: ") + dice_.pick(kPreemption) + "\n";
    text_ += std::string("  sched: ") + (dice_.chance(20) ? "any" : "fair") + "\n";
    text_ += std::string("  panic_on_oops: ") + (dice_.chance(20) ? "true" : "false") + "\n";
    text_ += std::string("  soft_lockup_watchdog: ") + (dice_.chance(30) ? "true" : "false") + "\n";
    text_ += std::string("  hung_task_timeout: ") + (dice_.chance(30) ? "120" : "0") + "\n";
    if (buffers_stores())
      text_ += "  memory: buffered\n  store_buffer: " + std::to_string(2 + seed_ % 2) + "\n";
    if (!queue && !has_traffic() && !has_legacy()) return;
    text_ += "  smmus:\n";
    if (has_legacy()) write_legacy();
    if (!queue && !has_traffic()) return write_client();
    text_ += "    smmu0: { cmdq_entries: 4, cmdq_window: 4, ";
    text_ += std::string("cr0_ack: ") + dice_.pick(kAck);
    text_ += std::string(", sync: ") + (dice_.chance(40) ? "msi" : "poll");
    text_ += std::string(", cmdq: ") + (dice_.chance(30) ? "synchronous" : "async");
    if (has_traffic()) {
      constexpr std::array kStalls{"terminate", "terminate", "stall", "forced"};
      constexpr std::array kEntries{"translate", "translate", "bypass", "invalid"};
      text_ += std::string(", evictions: ") + (dice_.chance(50) ? "true" : "false");
      text_ += std::string(", evtq_entries: 1, stall_model: ") + dice_.pick(kStalls);
      text_ += " }\n  devices:\n    disk: { behind: smmu0, dma: { entry: ";
      text_ += std::string(dice_.pick(kEntries)) + " }";
    }
    text_ += " }\n";
  }

  /// A device behind the legacy SMMU, which accesses memory in some scenarios.
  void write_client() {
    constexpr std::array kDirections{"reads", "writes", "both"};
    text_ += "  devices:\n    client: { behind: legacy";
    if (has_legacy_traffic()) text_ += std::string(", dma: { direction: ") + dice_.pick(kDirections) + " }";
    text_ += " }\n";
  }

  void write_legacy() {
    constexpr std::array kUnclocked{"external_abort", "serror", "bus_hang", "ignored"};
    constexpr std::array kSync{"completes", "completes", "may_hang", "never"};
    text_ += std::string("    legacy: { model: smmuv2, unclocked: ") + dice_.pick(kUnclocked);
    text_ += std::string(", tlb_sync: ") + dice_.pick(kSync);
    text_ += std::string(", early_write_ack: ") + (dice_.chance(50) ? "true" : "false");
    text_ += std::string(", retains_state: ") + (dice_.chance(50) ? "true" : "false");
    text_ += std::string(", evictions: ") + (dice_.chance(50) ? "true" : "false") + " }\n";
  }

  void write_declarations() {
    text_ +=
        "globals:\n  a: int 0..2\n  b: int 0..2\n  cells: array slot of int 0..1\n  nodes: { type: list of "
        "node, "
        "init: [n1] }\n  head: { type: 'node?', init: n1 }\ntypes: { slot: 'enum(S0, S1)' }\nclasses: { "
        "node: { freeable: true, fields: { "
        "mark: bool } } }\nobjects: { n1: { class: node }, n2: { class: node } }\nlocks: { m1: mutex, m2: "
        "mutex, "
        "l1: spinlock, l2: spinlock, rw: rwlock, sem: rwsem, srcu: srcu, done: completion, queue: wait_queue "
        "}\n"
        "findings: [odd]\nroutines:\n";
    text_ +=
        "  flip:\n    - if: a == 0\n      then:\n        - set: a = 1\n      else:\n        - set: a = 0\n";
    text_ += "  answer: { params: { v: int 0..2 }, steps: [return: v] }\n";
    write_handler("handle_nic", uses("nic"));
    write_handler("handle_net", uses("NET_RX"));
    if (has_legacy()) write_steps_of_fault();
    write_handler("expire", uses("soft") || uses("hard"));
    write_handler("work_fn", uses("work"));
    if (uses("chain")) text_ += "notifiers: { n: { chain: flip } }\n";
    if (has_legacy()) {
      text_ += "interrupts: { fault: { handler: handle_fault(), cpu: 0, from: legacy.global } }\n";
    } else if (uses("nic")) {
      text_ += "interrupts: { nic: { handler: handle_nic(), cpu: 0 } }\n";
    } else if (has_traffic() && seed_ % 3 == 0) {
      text_ += "interrupts: { message: { handler: flip(), cpu: 0, from: disk } }\n";
    }
    if (uses("NET_RX")) text_ += "softirqs: { NET_RX: { handler: handle_net() } }\n";
    if (uses("soft") || uses("hard")) {
      text_ +=
          "timers: { soft: { handler: expire(), cpu: 0 }, hard: { handler: expire(), cpu: 0, context: "
          "hardirq } }\n";
    }
    if (uses("work")) text_ += "works: { work: { run: work_fn(), cpu: 0 } }\n";
  }

  void write_handler(const std::string& name, bool used) {
    if (!used) return;
    text_ += "  " + name + ":\n";
    write_steps(dice_.chance(70) ? phrase("set: G = 1") : any_phrase(Where::kAnywhere), 4, text_);
  }

  /// Sometimes it leaves the fault there, and is due again.
  void write_steps_of_fault() {
    text_ += "  handle_fault:\n";
    write_steps(dice_.chance(80) ? "write: legacy.sGFSR = 2" : "set: a = 1", 4, text_);
  }

  void write_task(int i) {
    const std::string name(1, static_cast<char>('t' + i));
    text_ += "  " + name + ":\n    cpu: " + (dice_.chance(50) ? "any" : "0") +
             "\n    may_stall: " + (dice_.chance(70) ? "true" : "false") + "\n    run:\n";
    if (i == 0) write_steps(phrase(main_phrase()), 6, text_);
    const int phrases = dice_.roll(size_) + (i == 0 ? 0 : 1);
    for (int k = 0; k < phrases; ++k) write_steps(any_phrase(Where::kTask), 6, text_);
    if (i == 0 && phrases == 0) text_ += "      - set: b = 1\n";
  }

  void write_twins(int tasks) {
    const std::size_t first = text_.size();
    write_task(0);
    const std::string text = text_.substr(first);
    for (int i = 1; i < tasks; ++i) {
      std::string twin = replaced(text, "t", std::string(1, static_cast<char>('t' + i)));
      if (dice_.chance(50)) {
        for (const auto& [one, other] : {std::pair{"m1", "m2"}, std::pair{"l1", "l2"}})
          twin = replaced(replaced(replaced(twin, one, "held"), other, one), "held", other);
      }
      text_ += twin;
    }
  }

  void write_properties() {
    text_ +=
        "properties:\n  apart: { never: a == 2 and b == 2 }\n  tidy: { at_end: a == 0 }\n"
        "  ends: { eventually: all_exited() }\n  can_end: { always_possible: all_exited() }\n"
        "  guarded: { never_on: { set: b, when: a == 1 } }\n";
    if (!twins_) text_ += "  soon: { within: 25ms, task: t }\n";
    if (dice_.chance(30)) text_ += "end: a == 2 and b == 1\n";
    if (dice_.chance(20)) text_ += "rules: [{ name: outside, when: a == 1 and b == 0, do: ['b := 1'] }]\n";
  }

  /// Accesses multiply states, so that a few scenarios have them.
  [[nodiscard]] bool has_traffic() const { return !twins_ && seed_ % 19 == 7; }

  [[nodiscard]] bool has_legacy() const { return uses("legacy"); }
  [[nodiscard]] bool has_legacy_traffic() const {
    return has_legacy() && !twins_ && seed_ / 5 % 2 == 0 && !has_traffic();
  }

  [[nodiscard]] const char* main_phrase() const { return kPhrases[seed_ % kPhrases.size()].steps; }

  /// Orders show only there. Twins are made to be exchanged, and then they are not.
  [[nodiscard]] bool buffers_stores() const {
    if (twins_) return false;
    for (const char* word : {"dma_wmb", "smp_wmb", "smp_mb", "order", "relaxed"}) {
      if (uses(word)) return true;
    }
    return seed_ / kPhrases.size() % 4 == 3;
  }

  /// What the seed's own phrase needs may be used by others too; the rest is left undeclared.
  [[nodiscard]] bool uses(const std::string& name) const {
    return replaced(main_phrase(), name, "") != main_phrase();
  }

  std::string any_phrase(Where where) {
    while (true) {
      if (has_legacy_traffic() && dice_.chance(40)) return phrase(dice_.pick(kLegacyTrafficPhrases));
      if (has_traffic() && dice_.chance(50)) return phrase(dice_.pick(kTrafficPhrases));
      const Phrase& candidate =
          kPhrases[static_cast<std::size_t>(dice_.roll(static_cast<int>(kPhrases.size())))];
      if (where == Where::kAnywhere && candidate.where == Where::kTask) continue;
      bool fits = true;
      for (const char* needed : {"smmu0", "legacy", "nic", "NET_RX", "soft", "hard", "work"}) {
        const bool needs = replaced(candidate.steps, needed, "") != candidate.steps;
        fits = fits && (!needs || uses(needed) || (has_traffic() && needed == std::string_view("smmu0")));
      }
      for (const char* final : {"panic", "exit", "machine_halt", "smp_send_stop"})
        fits = fits && !std::string_view(candidate.steps).starts_with(final);
      if (fits && std::string_view(candidate.steps).find("label") == std::string_view::npos)
        return phrase(candidate.steps);
    }
  }

  std::string phrase(std::string steps) {
    for (const char* command : {"commands(TLBI_NH_VA, 1)", "commands(TLBI_NH_VA)"})
      steps = replaced(steps, command, has_traffic() ? "commands(TLBI_NH_VA, 1, disk.iova0)" : command);
    steps = replaced(steps, "G", dice_.chance(50) ? "a" : "b");
    steps = replaced(steps, "M", dice_.chance(50) ? "m1" : "m2");
    steps = replaced(steps, "L", dice_.chance(50) ? "l1" : "l2");
    std::vector<std::string> parts = split(steps, ';');
    const bool cut = parts.size() > 1 && steps.find("goto") == std::string::npos && dice_.chance(8);
    if (cut) parts.pop_back();
    std::string joined = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i) joined += ";" + parts[i];
    return joined;
  }

  Dice dice_;
  std::uint32_t seed_;
  int size_;
  bool twins_;
  std::string text_;
};

}  // namespace

std::string random_scenario(std::uint32_t seed, int size) { return ScenarioWriter(seed, size, false).run(); }

std::string random_twins(std::uint32_t seed, int size) { return ScenarioWriter(seed, size, true).run(); }

std::size_t random_phrases() { return kPhrases.size(); }

}  // namespace quiesce::sim
