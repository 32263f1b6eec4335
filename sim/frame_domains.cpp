#include "sim/frame_domains.hpp"

#include <algorithm>
#include <deque>

namespace quiesce::sim {
namespace {

using Locals = std::vector<NamingLocal>;

bool overlap(base::Slot slot, std::size_t first, std::size_t last) {
  return slot.offset < last && first < slot.offset + base::bytes_of(slot.width);
}

void forget(Locals& locals, std::size_t first, std::size_t last) {
  std::erase_if(locals, [&](const NamingLocal& local) { return overlap(local.slot, first, last); });
}

Locals after(const Step& step, Locals locals) {
  if (step.verb == Verb::kFrameEnd) {
    forget(locals, static_cast<std::size_t>(step.argument), static_cast<std::size_t>(step.argument2));
  }
  if (step.place.kind != Place::Kind::kLocal) return locals;
  const base::Slot slot = step.place.slot;
  forget(locals, slot.offset, slot.offset + base::bytes_of(slot.width));
  locals.push_back({slot, step.place.domain});
  return locals;
}

/// Follows the steps of all contexts until nothing new is learnt.
class Flow {
 public:
  Flow(const System& system, FrameDomains& out)
      : system_(system), out_(out), met_(system.program.steps.size()) {}

  void run() {
    for (std::size_t task = 0; task < system_.layout.tasks; ++task)
      meet(system_.layout.contexts[task].entry, {});
    for (const Pc entry : system_.softirq_entries) meet(entry, {});
    for (const IrqLineLayout& line : system_.layout.irqs) meet(line.entry, {});
    for (const KernelTimerLayout& timer : system_.layout.timers) meet(timer.entry, {});
    while (!open_.empty()) {
      const Pc pc = open_.front();
      open_.pop_front();
      const Step& step = system_.program.steps[pc];
      if (step.verb == Verb::kExit) continue;
      const Locals locals = after(step, out_.at[pc]);
      meet(step.next, locals);
      // What the step writes is not written on every way on.
      meet(step.other, locals);
      if (step.other != kInactive) meet(step.other, out_.at[pc]);
    }
  }

 private:
  void meet(Pc pc, const Locals& locals) {
    if (pc == kInactive) return;
    Locals& known = out_.at[pc];
    const bool first = !met_[pc];
    met_[pc] = true;
    bool grew = first;
    for (const NamingLocal& local : locals) {
      if (std::find(known.begin(), known.end(), local) != known.end()) continue;
      for (const NamingLocal& other : known) {
        if (!overlap(other.slot, local.slot.offset, local.slot.offset + base::bytes_of(local.slot.width)))
          continue;
        out_.unclear.insert({local.domain, other.domain});
      }
      if (!first) doubt(local);
      known.push_back(local);
      grew = true;
    }
    for (const NamingLocal& local : known) {
      if (std::find(locals.begin(), locals.end(), local) == locals.end()) doubt(local);
    }
    if (grew) open_.push_back(pc);
  }

  /// A local may hold 0 here because nothing was written: NULL is nobody's name, but id 0 is one.
  void doubt(const NamingLocal& local) {
    if (system_.program.domains[local.domain].kind != TypeKind::kId) return;
    out_.unclear.insert(local.domain);
  }

  const System& system_;
  FrameDomains& out_;
  std::vector<bool> met_;
  std::deque<Pc> open_;
};

}  // namespace

FrameDomains FrameDomains::none(const System& system) {
  FrameDomains domains;
  domains.at.resize(system.program.steps.size());
  return domains;
}

FrameDomains::FrameDomains(const System& system) : at(system.program.steps.size()) {
  Flow(system, *this).run();
  for (Locals& locals : at)
    std::erase_if(locals, [](const NamingLocal& local) { return local.domain == kNoDomain; });
  unclear.erase(kNoDomain);
}

}  // namespace quiesce::sim
