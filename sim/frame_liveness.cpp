#include "sim/frame_liveness.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sim/unread_slots.hpp"

namespace quiesce::sim {
namespace {

/// What a step does to the frame.
struct Transfer {
  FrameBytes always;      ///< read whatever comes of it
  FrameBytes for_target;  ///< read only to be written to `target`
  FrameBytes target;
  FrameBytes killed;  ///< surely written before anybody reads them
};

FrameBytes bytes_of(base::Slot slot) {
  FrameBytes bytes;
  for (std::size_t i = 0; i < base::bytes_of(slot.width); ++i) bytes.set(slot.offset + i);
  return bytes;
}

class FrameAnalysis {
 public:
  FrameAnalysis(const System& system, ContextId context, const ByteSet& matters, SlotRanges& ranges)
      : system_(system), id_(context), context_(system.layout.contexts[context]), matters_(matters) {
    collect_steps();
    if (pcs_.empty() || context_.frame_bytes == 0) return;
    narrow(ranges);
    known_.context = id_;
    for (const Pc pc : pcs_) transfers_.emplace(pc, transfer_of(step_at(pc), ranges));
    result_.first = *pcs_.begin();
    const std::size_t locations = *pcs_.rbegin() - *pcs_.begin() + 1U;
    result_.live.resize(locations);
    result_.reached.resize(locations);
    for (const Pc pc : pcs_) result_.reached[pc - result_.first] = true;
    while (sweep()) continue;
  }

  FrameLiveness result() && { return std::move(result_); }

 private:
  [[nodiscard]] const Step& step_at(Pc pc) const { return system_.program.steps[pc]; }

  /// A level of interrupts runs every handler of its kind.
  [[nodiscard]] std::vector<Pc> entries() const {
    if (context_.kind == ContextKind::kTask) return {context_.entry};
    const bool hard = context_.kind == ContextKind::kHardirq;
    std::vector<Pc> all;
    if (!hard) all = system_.softirq_entries;
    for (const IrqLineLayout& line : system_.layout.irqs) {
      if (hard) all.push_back(line.entry);
    }
    for (const KernelTimerLayout& timer : system_.layout.timers) {
      if (timer.hard == hard) all.push_back(timer.entry);
    }
    return all;
  }

  void collect_steps() {
    std::vector<Pc> open = entries();
    while (!open.empty()) {
      const Pc pc = open.back();
      open.pop_back();
      if (pc == kInactive || !pcs_.insert(pc).second || step_at(pc).verb == Verb::kExit) continue;
      open.push_back(step_at(pc).next);
      open.push_back(step_at(pc).other);
    }
  }

  /// A local holds 0 or what passed the check of some write to it.
  void narrow(SlotRanges& ranges) {
    std::map<std::uint16_t, std::pair<base::Slot, Interval>> written;
    for (const Pc pc : pcs_) {
      const Place& place = step_at(pc).place;
      if (place.kind != Place::Kind::kLocal) continue;
      result_.written |= bytes_of(place.slot);
      auto& [slot, range] = written.try_emplace(place.slot.offset, place.slot, Interval{0, 0}).first->second;
      range.widen({place.lo, place.hi});
    }
    for (const auto& [offset, known] : written) {
      const auto& [slot, range] = known;
      ranges.set({static_cast<std::uint16_t>(context_.frame + offset), slot.width}, range);
    }
  }

  [[nodiscard]] FrameBytes locals_in(const ByteSet& bytes) const {
    FrameBytes locals;
    for (std::size_t i = 0; i < context_.frame_bytes; ++i) locals[i] = bytes.contains(context_.frame + i);
    return locals;
  }

  [[nodiscard]] Transfer transfer_of(const Step& step, const SlotRanges& ranges) const {
    const Dependence value = dependence_of(system_, ranges, step.value, known_);
    const Dependence value2 = dependence_of(system_, ranges, step.value2, known_);
    const Dependence value3 = dependence_of(system_, ranges, step.value3, known_);
    const Dependence index = dependence_of(system_, ranges, step.place.index, known_);
    Transfer transfer;
    for (const Dependence* read : {&value, &value2, &value3, &index})
      transfer.always |= locals_in(read->faults) | locals_in(read->value);
    for (const CodeId part : faulting_parts(system_.program, step))
      transfer.always |= locals_in(dependence_of(system_, ranges, part, known_).faults);
    const bool local = step.place.kind == Place::Kind::kLocal;
    const FrameBytes place = local ? bytes_of(step.place.slot) : FrameBytes();
    switch (step.verb) {
      case Verb::kSet:
      case Verb::kLet:
      case Verb::kLoad:
        if (!surely_writes(step, value, index, system_)) break;
        if (!local && shared_target(system_, step.place).intersects(matters_)) break;
        transfer.always = locals_in(value.faults) | locals_in(index.faults);
        transfer.killed = transfer.target = place;
        if (local) transfer.for_target = locals_in(value.value);
        break;
      case Verb::kCmpxchg:
        transfer.always |= place;
        break;
      case Verb::kChoose:
        if (step.place.lo <= step.argument && step.argument2 <= step.place.hi) transfer.killed = place;
        break;
      case Verb::kPoll:
        if (step.value2 != kNoCode && value2.range.within(step.place.lo, step.place.hi))
          transfer.killed = place;
        break;
      case Verb::kTakeFirst:
      case Verb::kTakeLast:
        if (keeps_references(step)) transfer.killed = place;
        break;
      case Verb::kReserveAndPublish:
        if (positions_fit(step.place)) transfer.killed = place;
        break;
      case Verb::kFrameEnd:
        for (std::int32_t i = step.argument; i < step.argument2; ++i)
          transfer.killed.set(static_cast<std::size_t>(i));
        break;
      default:
        break;
    }
    return transfer;
  }

  /// What is put into a list is checked against the type of its elements, but numbers are not against their
  /// bounds.
  [[nodiscard]] bool keeps_references(const Step& step) const {
    const Type& element = system_.program.families[static_cast<std::size_t>(step.argument2)].type;
    return element.kind != TypeKind::kInt && step.place.lo <= element.lo && element.hi <= step.place.hi;
  }

  [[nodiscard]] bool positions_fit(const Place& place) const {
    const auto fits = [&](const hwmodel::v3::Config& config) {
      return place.lo <= 0 && (std::int64_t{2} << config.cmdq_log2size) - 1 <= place.hi;
    };
    // Where the SMMU may turn out to be a legacy one, the step may do nothing.
    return system_.layout.legacy.empty() &&
           std::all_of(system_.layout.smmu_configs.begin(), system_.layout.smmu_configs.end(), fits);
  }

  [[nodiscard]] const FrameBytes& live_at(Pc pc) const { return result_.live[pc - result_.first]; }

  bool sweep() {
    bool grew = false;
    for (auto pc = pcs_.rbegin(); pc != pcs_.rend(); ++pc) {
      const Step& step = step_at(*pc);
      const Transfer& transfer = transfers_.at(*pc);
      FrameBytes live;
      for (const Pc next : {step.next, step.other}) {
        if (step.verb != Verb::kExit && next != kInactive) live |= live_at(next);
      }
      const bool target_read = (live & transfer.target).any();
      live &= ~transfer.killed;
      live |= transfer.always;
      if (target_read) live |= transfer.for_target;
      FrameBytes& known = result_.live[*pc - result_.first];
      grew = grew || (live & ~known).any();
      known |= live;
    }
    return grew;
  }

  const System& system_;
  ContextId id_;
  const ContextLayout& context_;
  const ByteSet& matters_;
  Known known_;
  std::set<Pc> pcs_;
  std::map<Pc, Transfer> transfers_;
  FrameLiveness result_;
};

}  // namespace

FrameLiveness frame_liveness(const System& system, ContextId context, const ByteSet& matters,
                             SlotRanges& ranges) {
  return FrameAnalysis(system, context, matters, ranges).result();
}

}  // namespace quiesce::sim
