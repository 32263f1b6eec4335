#include "random_litmus.hpp"

#include <algorithm>
#include <tuple>

#include "dice.hpp"

namespace quiesce::sim {
namespace {

constexpr std::array kPlaces{"x", "y"};

/// A store that is not visible, and the older ones that must be before it.
struct Waiting {
  std::size_t number = 0;
  LitmusOp op;
  std::set<std::size_t> before;
};

struct Cpu {
  std::size_t next = 0;
  std::vector<Waiting> waiting;
  std::set<std::size_t> fenced;  ///< what must be visible before any later store
  LitmusOutcome seen;

  friend bool operator<(const Cpu& a, const Cpu& b) {
    const auto numbers = [](const Cpu& cpu) {
      std::vector<std::size_t> all;
      for (const Waiting& store : cpu.waiting) all.push_back(store.number);
      return all;
    };
    return std::tuple(a.next, a.seen, a.fenced, numbers(a)) <
           std::tuple(b.next, b.seen, b.fenced, numbers(b));
  }
};

struct World {
  std::array<Cpu, 2> cpus;
  std::array<int, 2> memory{};

  friend bool operator<(const World& a, const World& b) {
    return std::tie(a.memory, a.cpus) < std::tie(b.memory, b.cpus);
  }
};

class Oracle {
 public:
  Oracle(const LitmusProgram& program, std::size_t room) : program_(program), room_(room) { visit({}); }

  [[nodiscard]] const std::set<LitmusOutcome>& outcomes() const { return outcomes_; }

 private:
  void visit(const World& world) {
    if (!seen_.insert(world).second) return;
    bool moved = false;
    for (std::size_t c = 0; c < 2; ++c) {
      moved = step(world, c) || moved;
      for (std::size_t i = 0; i < world.cpus[c].waiting.size(); ++i) moved = drain(world, c, i) || moved;
    }
    if (moved) return;
    LitmusOutcome outcome;
    for (const Cpu& cpu : world.cpus) outcome.insert(outcome.end(), cpu.seen.begin(), cpu.seen.end());
    outcome.insert(outcome.end(), world.memory.begin(), world.memory.end());
    outcomes_.insert(outcome);
  }

  bool drain(World world, std::size_t c, std::size_t i) {
    Cpu& cpu = world.cpus[c];
    const Waiting store = cpu.waiting[i];
    for (const Waiting& other : cpu.waiting) {
      if (store.before.contains(other.number)) return false;
    }
    world.memory[store.op.place] = store.op.value;
    cpu.waiting.erase(cpu.waiting.begin() + static_cast<std::ptrdiff_t>(i));
    cpu.fenced.erase(store.number);
    visit(world);
    return true;
  }

  bool step(World world, std::size_t c) {
    Cpu& cpu = world.cpus[c];
    if (cpu.next == program_[c].size()) return false;
    const LitmusOp op = program_[c][cpu.next];
    const auto same_place = [&](const Waiting& store) { return store.op.place == op.place; };
    switch (op.kind) {
      case LitmusKind::kStore:
      case LitmusKind::kRelease: {
        if (cpu.waiting.size() == room_) return false;
        Waiting store{cpu.next, op, cpu.fenced};
        for (const Waiting& older : cpu.waiting) {
          if (op.kind == LitmusKind::kRelease || same_place(older)) store.before.insert(older.number);
        }
        cpu.waiting.push_back(store);
        break;
      }
      case LitmusKind::kLoad: {
        const auto own = std::find_if(cpu.waiting.rbegin(), cpu.waiting.rend(), same_place);
        cpu.seen.push_back(own != cpu.waiting.rend() ? own->op.value : world.memory[op.place]);
        break;
      }
      case LitmusKind::kStoreBarrier:
        for (const Waiting& store : cpu.waiting) cpu.fenced.insert(store.number);
        break;
      case LitmusKind::kFullBarrier:
        if (!cpu.waiting.empty()) return false;
        break;
      case LitmusKind::kAdd:
        if (!cpu.fenced.empty() || std::any_of(cpu.waiting.begin(), cpu.waiting.end(), same_place))
          return false;
        ++world.memory[op.place];
        break;
      case LitmusKind::kFullAdd:
        if (!cpu.waiting.empty()) return false;
        ++world.memory[op.place];
        break;
    }
    ++cpu.next;
    visit(world);
    return true;
  }

  const LitmusProgram& program_;
  std::size_t room_;
  std::set<World> seen_;
  std::set<LitmusOutcome> outcomes_;
};

std::string text_of(const LitmusOp& op, int load) {
  const std::string place = kPlaces.at(op.place);
  switch (op.kind) {
    case LitmusKind::kStore:
      return "{ set: " + place + " = " + std::to_string(op.value) + " }";
    case LitmusKind::kRelease:
      return "{ set: " + place + " = " + std::to_string(op.value) + ", order: release }";
    case LitmusKind::kLoad:
      return "{ load: v" + std::to_string(load) + " = " + place + " }";
    case LitmusKind::kStoreBarrier:
      return op.value % 20 == 0 ? "smp_wmb" : "dma_wmb";
    case LitmusKind::kFullBarrier:
      return "smp_mb";
    case LitmusKind::kAdd:
      return "{ set: " + place + " += 1, order: relaxed }";
    default:
      return "{ set: " + place + " += 1 }";
  }
}

}  // namespace

LitmusProgram random_litmus(std::uint32_t seed, std::size_t operations) {
  Dice dice(seed);
  LitmusProgram program;
  int value = 0;
  for (std::vector<LitmusOp>& cpu : program) {
    while (cpu.size() < operations) {
      constexpr std::array kKinds{LitmusKind::kStore,   LitmusKind::kStore,        LitmusKind::kLoad,
                                  LitmusKind::kLoad,    LitmusKind::kStoreBarrier, LitmusKind::kFullBarrier,
                                  LitmusKind::kRelease, LitmusKind::kAdd,          LitmusKind::kFullAdd};
      const LitmusKind kind = kKinds[static_cast<std::size_t>(dice.roll(static_cast<int>(kKinds.size())))];
      cpu.push_back({kind, static_cast<std::size_t>(dice.roll(2)), 10 * ++value});
    }
  }
  return program;
}

LitmusProgram with_barriers(const LitmusProgram& program) {
  LitmusProgram ordered;
  for (std::size_t c = 0; c < 2; ++c) {
    for (const LitmusOp& op : program[c]) {
      ordered[c].push_back(op);
      ordered[c].push_back({LitmusKind::kFullBarrier, 0, 0});
    }
  }
  return ordered;
}

std::size_t loads_of(const LitmusProgram& program) {
  std::size_t loads = 0;
  for (const std::vector<LitmusOp>& cpu : program) {
    for (const LitmusOp& op : cpu) loads += op.kind == LitmusKind::kLoad ? 1 : 0;
  }
  return loads;
}

std::string litmus_text(const LitmusProgram& program, const std::string& memory) {
  std::string text = "quiesce: 1\nname: litmus\nmachine: { cpus: 2, soft_lockup_watchdog: false, " + memory +
                     " }\nglobals: { x: int 0..200, y: int 0..200";
  for (std::size_t i = 0; i < loads_of(program); ++i) text += ", r" + std::to_string(i) + ": int 0..200";
  text += " }\ntasks:\n";
  int load = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    std::string keeps = "smp_mb";
    text += "  t" + std::to_string(c) + ":\n    cpu: " + std::to_string(c) + "\n    run:\n";
    for (const LitmusOp& op : program[c]) {
      text += "      - " + text_of(op, load) + "\n";
      if (op.kind != LitmusKind::kLoad) continue;
      keeps += "\n      - { set: r" + std::to_string(load) + " = v" + std::to_string(load) + " }";
      ++load;
    }
    text += "      - " + keeps + "\n";
  }
  return text;
}

std::set<LitmusOutcome> outcomes_of(const LitmusProgram& program, std::size_t room) {
  return Oracle(program, room).outcomes();
}

}  // namespace quiesce::sim
