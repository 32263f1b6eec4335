#include "sim/unread_slots.hpp"

#include <algorithm>

namespace quiesce::sim {
namespace {

bool edits_list(Verb verb) { return verb >= Verb::kListAddTail && verb <= Verb::kTakeLast; }

void add_family(const Family& family, ByteSet& set) {
  for (std::int32_t i = 0; !family.constant && i < family.count; ++i) set.add(family.slot(i));
}

bool is_watched(const System& system, const Family& family) {
  const std::size_t begin = family.first.offset;
  const std::size_t end = begin + static_cast<std::size_t>(family.count) * base::bytes_of(family.first.width);
  return std::any_of(system.watched.begin(), system.watched.end(),
                     [&](const auto& range) { return range.first < end && begin < range.second; });
}

bool has_plain_type(const Family& family) {
  switch (family.type.kind) {
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kEnum:
    case TypeKind::kId:
    case TypeKind::kRef:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<bool> plain_families(const System& system) {
  std::vector<bool> plain;
  for (const Family& family : system.program.families)
    plain.push_back(!family.constant && has_plain_type(family) && !is_watched(system, family));
  for (const Step& step : system.program.steps) {
    if (!edits_list(step.verb)) continue;
    plain[static_cast<std::size_t>(step.argument)] = false;
    plain[static_cast<std::size_t>(step.argument2)] = false;
    const std::int32_t freed = system.program.families[static_cast<std::size_t>(step.argument2)].freed;
    if (freed >= 0) plain[static_cast<std::size_t>(freed)] = false;
  }
  if (system.device_order_family >= 0) plain[static_cast<std::size_t>(system.device_order_family)] = false;
  // What SMMUs read is read at any time.
  ByteSet memory(system.layout.bytes);
  for (const hwmodel::v3::Layout& smmu : system.layout.smmus) {
    for (const base::Slot slot : hwmodel::v3::memory_slots(smmu.streams)) memory.add(slot);
  }
  for (const LegacyLayout& legacy : system.layout.legacy) {
    for (const base::Slot slot : hwmodel::v2::memory_slots(legacy.smmu.traffic)) memory.add(slot);
  }
  for (std::size_t i = 0; i < plain.size(); ++i) {
    ByteSet own(system.layout.bytes);
    add_family(system.program.families[i], own);
    if (own.intersects(memory)) plain[i] = false;
  }
  if (system.layout.freed_family >= 0) plain[static_cast<std::size_t>(system.layout.freed_family)] = false;
  for (const WorkLayout& work : system.layout.works) {
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const base::Slot first = system.program.families[i].first;
      if (first == work.pending || first == work.running || first == work.flushes) plain[i] = false;
    }
  }
  return plain;
}

ByteSet shared_target(const System& system, const Place& place) {
  ByteSet target;
  if (place.kind == Place::Kind::kSlot) target.add(place.slot);
  if (place.kind == Place::Kind::kFamily)
    add_family(system.program.families[static_cast<std::size_t>(place.family)], target);
  return target;
}

bool surely_writes(const Step& step, const Dependence& value, const Dependence& index, const System& system) {
  const Place& place = step.place;
  if (!value.range.within(place.lo, place.hi)) return false;
  if (place.kind != Place::Kind::kFamily) return true;
  const Family& family = system.program.families[static_cast<std::size_t>(place.family)];
  return index.range.within(0, family.count - 1);
}

std::vector<CodeId> observers(const System& system) {
  std::vector<CodeId> codes{system.end};
  for (const Property& property : system.properties) codes.push_back(property.code);
  for (const WriteGuard& guard : system.write_guards) codes.push_back(guard.when);
  std::erase(codes, kNoCode);
  return codes;
}

SharedReadsOfStep shared_reads_of(const System& system, const SlotRanges& ranges, const Step& step) {
  const Dependence value = dependence_of(system, ranges, step.value, {});
  const Dependence value2 = dependence_of(system, ranges, step.value2, {});
  const Dependence value3 = dependence_of(system, ranges, step.value3, {});
  const Dependence index = dependence_of(system, ranges, step.place.index, {});
  const bool to_shared = step.place.kind == Place::Kind::kSlot || step.place.kind == Place::Kind::kFamily;
  const bool assigns = step.verb == Verb::kSet && to_shared && surely_writes(step, value, index, system);
  SharedReadsOfStep reads;
  ByteSet& values = assigns ? reads.for_target : reads.always;
  for (const Dependence* read : {&value, &value2, &value3, &index}) {
    reads.always.add(read->faults);
    values.add(read->value);
  }
  for (const CodeId part : faulting_parts(system.program, step))
    reads.always.add(dependence_of(system, ranges, part, {}).faults);
  if (step.verb == Verb::kSet) {
    reads.target = shared_target(system, step.place);
  } else {
    reads.always.add(shared_target(system, step.place));  // any other verb looks at what is there
  }
  return reads;
}

ByteSet bytes_that_matter(const System& system, const SlotRanges& ranges) {
  ByteSet live(system.layout.bytes);
  const std::vector<bool> plain = plain_families(system);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (!plain[i]) add_family(system.program.families[i], live);
  }
  const auto observe = [&](CodeId code) {
    const Dependence seen = dependence_of(system, ranges, code, {});
    live.add(seen.value);
    live.add(seen.faults);
  };
  for (const CodeId code : observers(system)) observe(code);
  for (const Rule& rule : system.rules) observe(rule.when);
  std::vector<SharedReadsOfStep> assignments;
  for (const Step& step : system.program.steps) {
    SharedReadsOfStep reads = shared_reads_of(system, ranges, step);
    live.add(reads.always);
    if (!reads.for_target.empty()) assignments.push_back(std::move(reads));
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const SharedReadsOfStep& reads : assignments)
      grew = (live.intersects(reads.target) && live.add(reads.for_target)) || grew;
  }
  return live;
}

}  // namespace quiesce::sim
