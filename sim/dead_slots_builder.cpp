#include "sim/dead_slots_builder.hpp"

#include <algorithm>

#include "sim/unread_slots.hpp"

namespace quiesce::sim {
namespace {

constexpr std::size_t kValuesMax = 4;
constexpr std::int32_t kUnset = -1;

std::string shown(const Family& family, std::int32_t value) {
  if (family.type.kind == TypeKind::kBool) return value != 0 ? "true" : "false";
  const auto index = static_cast<std::size_t>(value);
  if (family.type.kind == TypeKind::kEnum && index < family.type.constants.size())
    return family.type.constants[index];
  return std::to_string(value);
}

std::string joined(const std::set<std::string>& values) {
  if (values.size() > kValuesMax) return "one of " + std::to_string(values.size()) + " values";
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

System unobserved(System system) {
  system.properties.clear();
  system.end = kNoCode;
  return system;
}

}  // namespace

std::vector<int> levels_of(const std::vector<std::set<std::size_t>>& dead_under,
                           const std::vector<bool>& decides) {
  std::vector<int> levels(decides.size(), -1);
  const auto waits = [&](std::size_t control) {
    for (std::size_t other = 0; other < decides.size(); ++other) {
      if (decides[other] && levels[other] < 0 && other != control && dead_under[other].contains(control))
        return true;
    }
    return false;
  };
  auto left = static_cast<std::size_t>(std::count(decides.begin(), decides.end(), true));
  for (int level = 0; left > 0; ++level) {
    std::vector<std::size_t> open;
    std::vector<std::size_t> ready;
    for (std::size_t control = 0; control < decides.size(); ++control) {
      if (!decides[control] || levels[control] >= 0) continue;
      open.push_back(control);
      if (!waits(control)) ready.push_back(control);
    }
    // Those in a circle do not reset each other.
    if (ready.empty()) ready = open;
    for (const std::size_t control : ready) levels[control] = level;
    left -= ready.size();
  }
  return levels;
}

DeadSlots::Builder::Builder(const System& system, base::PlantedDefect defect, DeadSlots& out)
    : system_(system),
      defect_(defect),
      out_(out),
      ranges_(system),
      matters_(defect == base::PlantedDefect::kObserversForgotten
                   ? bytes_that_matter(unobserved(system), ranges_)
                   : bytes_that_matter(system, ranges_)),
      family_at_(system.layout.bytes, -1),
      names_in_frames_(system) {
  const std::vector<bool> plain = plain_families(system);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const Family& family = system.program.families[i];
    for (std::int32_t k = 0; plain[i] && k < family.count; ++k) {
      plain_.push_back(family.slot(k));
      family_at_[family.slot(k).offset] = static_cast<int>(i);
    }
  }
}

void DeadSlots::Builder::run() {
  find_unread();
  for (ContextId id = 0; id < system_.layout.contexts.size(); ++id) add_context(id);
  add_rules();
  link();
  write_note();
}

const Family& DeadSlots::Builder::family_of(base::Slot slot) const {
  return system_.program.families[static_cast<std::size_t>(family_at_[slot.offset])];
}

/// 0, or where that is no value of the slot's type, the one that it begins with. An id becomes `unset`: 0
/// would name a member, and another one where members are exchanged.
DeadSlots::Reset DeadSlots::Builder::reset_of(base::Slot slot) const {
  const Family& family = family_of(slot);
  if (family.type.kind == TypeKind::kId) return {slot, kUnset};
  return {slot, family.type.lo <= 0 && 0 <= family.type.hi ? 0 : family.init.front()};
}

void DeadSlots::Builder::find_unread() {
  out_.unread_at_.resize(system_.layout.bytes);
  for (const base::Slot slot : plain_) {
    if (matters_.contains_any(slot)) continue;
    out_.unread_.push_back(reset_of(slot));
    out_.unread_at_[slot.offset] = static_cast<std::uint16_t>(out_.unread_.size());
  }
}

/// The dead bytes of a frame in as few slots as possible. What no step writes is 0 anyway. An id becomes
/// `unset` here too.
std::vector<DeadSlots::Reset> DeadSlots::Builder::dead_locals(const ContextLayout& context, std::size_t pc,
                                                              FrameBytes dead,
                                                              const FrameBytes& written) const {
  std::vector<Reset> all;
  FrameBytes free = dead | ~written;
  for (const NamingLocal& local : names_in_frames_.at[pc]) {
    if (system_.program.domains[local.domain].kind != TypeKind::kId) continue;
    bool is_dead = true;
    for (std::size_t i = 0; i < base::bytes_of(local.slot.width); ++i) {
      is_dead = is_dead && dead[local.slot.offset + i];
      dead[local.slot.offset + i] = free[local.slot.offset + i] = false;
    }
    const auto offset = static_cast<std::uint16_t>(context.frame + local.slot.offset);
    if (is_dead) all.push_back({{offset, local.slot.width}, kUnset});
  }
  const auto covers = [&](std::size_t at, base::Width width) {
    for (std::size_t i = at; i < at + base::bytes_of(width); ++i) {
      if (!free[i]) return false;
    }
    return at % base::bytes_of(width) == 0 && at + base::bytes_of(width) <= context.frame_bytes;
  };
  for (std::size_t at = 0; at < context.frame_bytes;) {
    const base::Width width = covers(at, base::Width::kI32)   ? base::Width::kI32
                              : covers(at, base::Width::kU16) ? base::Width::kU16
                                                              : base::Width::kU8;
    bool any = false;
    for (std::size_t i = at; i < at + base::bytes_of(width); ++i) any = any || (dead[i] && written[i]);
    if (any) all.push_back({{static_cast<std::uint16_t>(context.frame + at), width}, 0});
    at += base::bytes_of(width);
  }
  return all;
}

void DeadSlots::Builder::add_context(ContextId id) {
  const ContextLayout& context = system_.layout.contexts[id];
  const FrameLiveness frame = frame_liveness(system_, id, matters_, ranges_);
  Lists lists(frame.live.size());
  bool any = false;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (!frame.reached[i]) continue;
    const std::size_t at =
        defect_ == base::PlantedDefect::kDeadTooEarly ? std::min(i + 1, lists.size() - 1) : i;
    lists[i] = dead_locals(context, frame.first + i, ~frame.live[at] & frame.written, frame.written);
    any = any || !lists[i].empty();
  }
  if (!any) return;
  add_table(context.pc, frame.first, lists);
  contexts_.push_back(context.name);
}

bool DeadSlots::Builder::can_reset(base::Slot slot, const ByteSet& live) const {
  return matters_.contains_any(slot) && !live.contains_any(slot);
}

DeadSlots::Builder::Lists DeadSlots::Builder::dead_lists(const Control& control) const {
  Lists lists(control.live.size());
  for (std::size_t v = 0; v < lists.size(); ++v) {
    for (const base::Slot slot : plain_) {
      if (can_reset(slot, control.live[v])) lists[v].push_back(reset_of(slot));
    }
  }
  return lists;
}

void DeadSlots::Builder::add_rules() {
  if (system_.rules.empty()) return;
  const std::vector<Control> controls = RuleLiveness(system_, ranges_, matters_).controls();
  std::vector<int> control_at(system_.layout.bytes, -1);
  for (std::size_t c = 0; c < controls.size(); ++c) control_at[controls[c].slot.offset] = static_cast<int>(c);
  std::vector<Lists> dead;
  std::vector<std::set<std::size_t>> dead_under(controls.size());
  std::vector<bool> decides(controls.size());
  for (std::size_t c = 0; c < controls.size(); ++c) {
    dead.push_back(dead_lists(controls[c]));
    for (const std::vector<Reset>& list : dead.back()) {
      for (const Reset& reset : list) {
        decides[c] = true;
        const int other = control_at[reset.slot.offset];
        if (other >= 0) dead_under[c].insert(static_cast<std::size_t>(other));
      }
    }
  }
  const std::vector<int> levels = levels_of(dead_under, decides);
  const int top = levels.empty() ? -1 : *std::max_element(levels.begin(), levels.end());
  for (int level = 0; level <= top; ++level) {
    for (std::size_t c = 0; c < controls.size(); ++c) {
      if (levels[c] != level) continue;
      for (std::vector<Reset>& list : dead[c]) {
        std::erase_if(list, [&](const Reset& reset) {
          const int other = control_at[reset.slot.offset];
          return other >= 0 && decides[static_cast<std::size_t>(other)] &&
                 levels[static_cast<std::size_t>(other)] <= level;
        });
      }
      note_families(controls[c], dead[c]);
      add_table(controls[c].slot, controls[c].first, dead[c]);
    }
  }
}

void DeadSlots::Builder::add_table(base::Slot control, std::int32_t first, const Lists& lists) {
  const bool any = std::any_of(lists.begin(), lists.end(), [](const auto& list) { return !list.empty(); });
  if (!any) return;
  const bool mistaken = defect_ == base::PlantedDefect::kControlMistaken;
  Table table{control, mistaken ? first + 1 : first, static_cast<std::uint32_t>(out_.lists_.size()),
              static_cast<std::uint32_t>(lists.size())};
  for (const std::vector<Reset>& list : lists) {
    const auto begin = static_cast<std::uint32_t>(out_.resets_.size());
    out_.resets_.insert(out_.resets_.end(), list.begin(), list.end());
    out_.lists_.push_back({begin, static_cast<std::uint32_t>(out_.resets_.size())});
  }
  out_.tables_.push_back(table);
}

/// A table is to be looked at when its control was written, and when something was that it may reset.
void DeadSlots::Builder::link() {
  // Which tables to keep must not depend on their order: interchangeable actors are to be treated alike.
  if (out_.tables_.size() > kControlsMax) {
    out_.tables_.clear();
    out_.lists_.clear();
    by_families_.clear();
    contexts_.clear();
    gave_up_ = true;
  }
  std::vector<std::set<std::uint16_t>> triggers(system_.layout.bytes);
  out_.is_control_.resize(system_.layout.bytes);
  for (std::size_t t = 0; t < out_.tables_.size(); ++t) {
    const Table& table = out_.tables_[t];
    const auto number = static_cast<std::uint16_t>(t);
    out_.is_control_[table.control.offset] = true;
    triggers[table.control.offset].insert(number);
    for (std::uint32_t v = 0; v < table.values; ++v) {
      const List list = out_.lists_[table.lists + v];
      for (std::uint32_t i = list.begin; i < list.end; ++i) {
        const base::Slot slot = out_.resets_[i].slot;
        for (std::size_t byte = 0; byte < base::bytes_of(slot.width); ++byte)
          triggers[slot.offset + byte].insert(number);
      }
    }
  }
  for (const std::set<std::uint16_t>& at : triggers) {
    out_.triggers_begin_.push_back(static_cast<std::uint32_t>(out_.triggers_.size()));
    out_.triggers_.insert(out_.triggers_.end(), at.begin(), at.end());
  }
  out_.triggers_begin_.push_back(static_cast<std::uint32_t>(out_.triggers_.size()));
  out_.touched_words_ = (out_.tables_.size() + 63) / 64;
}

void DeadSlots::Builder::note_families(const Control& control, const Lists& lists) {
  const Family& steering = family_of(control.slot);
  for (std::size_t v = 0; v < lists.size(); ++v) {
    for (const Reset& reset : lists[v]) {
      by_families_[{family_of(reset.slot).name, steering.name}].insert(
          shown(steering, control.first + static_cast<std::int32_t>(v)));
    }
  }
}

namespace {

/// "a, b and 3 more".
std::string first_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 2;
  std::string text = names.front();
  if (names.size() > 1) text += (names.size() == kShown ? " and " : ", ") + names[1];
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

}  // namespace

void DeadSlots::Builder::write_note() {
  std::set<std::string> unread;
  for (const Reset& reset : out_.unread_) unread.insert(family_of(reset.slot).name);
  std::vector<std::string> steered;
  for (const auto& [families, values] : by_families_)
    steered.push_back(families.first + " where " + families.second + " is " + joined(values));
  std::vector<std::string> all;
  if (!unread.empty()) all.push_back(first_of({unread.begin(), unread.end()}) + " (never read)");
  if (!steered.empty()) all.push_back(first_of(steered));
  if (!contexts_.empty()) all.push_back("locals of " + first_of(contexts_));
  if (gave_up_)
    all.push_back("no others, as there are more than " + std::to_string(kControlsMax) + " controls");
  for (std::size_t i = 0; i < all.size(); ++i) out_.note_ += (i == 0 ? "dead variables: " : "; ") + all[i];
}

DeadSlots::DeadSlots(const System& system, base::PlantedDefect defect) {
  Builder(system, defect, *this).run();
}

}  // namespace quiesce::sim
