#include "sim/zone.hpp"

#include <algorithm>
#include <array>

namespace quiesce::sim {
namespace {

/// A canonical matrix on the stack; the state is written back only where it changed.
struct Matrix {
  std::array<std::array<std::int32_t, kTimersMax + 1>, kTimersMax + 1> at{};
};

}  // namespace

Zone::Zone(base::LayoutBuilder& layout, std::size_t timers) : timers_(timers) {
  QUIESCE_ASSERT(timers <= kTimersMax, "too many deadlines for one zone");
  if (timers == 0) return;
  active_ = layout.add(base::Width::kI32);
  standing_ = layout.add(base::Width::kI32);
  first_bound_ = layout.add(base::Width::kI32);
  for (std::size_t i = 1; i < (timers + 1) * (timers + 1); ++i) {
    static_cast<void>(layout.add(base::Width::kI32));
  }
}

base::Slot Zone::bound(std::size_t i, std::size_t j) const {
  const std::size_t index = i * (timers_ + 1) + j;
  return {static_cast<std::uint16_t>(first_bound_.offset + 4 * index), base::Width::kI32};
}

std::int32_t Zone::get(const std::byte* state, std::size_t i, std::size_t j) const {
  return base::read_slot(state, bound(i, j));
}

std::uint32_t Zone::active_set(const std::byte* state) const {
  return timers_ == 0 ? 0 : static_cast<std::uint32_t>(base::read_slot(state, active_));
}

std::uint32_t Zone::standing_set(const std::byte* state) const {
  return timers_ == 0 ? 0 : static_cast<std::uint32_t>(base::read_slot(state, standing_));
}

bool Zone::any_active(const std::byte* state) const {
  return timers_ != 0 && base::read_slot(state, active_) != 0;
}

bool Zone::is_active(const std::byte* state, TimerId timer) const {
  return timers_ != 0 && ((base::read_slot(state, active_) >> (timer - 1)) & 1) != 0;
}

bool Zone::stands_still(const std::byte* state, TimerId timer) const {
  return timers_ != 0 && ((base::read_slot(state, standing_) >> (timer - 1)) & 1) != 0;
}

bool Zone::runs(const std::byte* state, std::size_t i) const {
  const auto timer = static_cast<TimerId>(i);
  return is_active(state, timer) && !stands_still(state, timer);
}

void Zone::stand_still(base::StateAccess& state, TimerId timer) const {
  QUIESCE_ASSERT(is_active(state.state(), timer), "a deadline that is not pending stands still");
  state.set(standing_, state.get(standing_) | (1 << (timer - 1)));
}

void Zone::go_on(base::StateAccess& state, TimerId timer) const {
  state.set(standing_, state.get(standing_) & ~(1 << (timer - 1)));
}

void Zone::arm(base::StateAccess& state, TimerId timer, std::int32_t lo_us, std::int32_t hi_us) const {
  QUIESCE_ASSERT(timer >= 1 && timer <= timers_ && 0 <= lo_us && lo_us <= hi_us, "bad deadline");
  if (is_active(state.state(), timer)) cancel(state, timer);
  for (std::size_t j = 1; j <= timers_; ++j) {
    if (!is_active(state.state(), static_cast<TimerId>(j))) continue;
    state.set(bound(timer, j), hi_us + get(state.state(), 0, j));
    state.set(bound(j, timer), get(state.state(), j, 0) - lo_us);
  }
  state.set(bound(timer, 0), hi_us);
  state.set(bound(0, timer), -lo_us);
  state.set(active_, state.get(active_) | (1 << (timer - 1)));
}

void Zone::cancel(base::StateAccess& state, TimerId timer) const {
  if (!is_active(state.state(), timer)) return;
  for (std::size_t j = 0; j <= timers_; ++j) {
    state.set(bound(timer, j), 0);
    state.set(bound(j, timer), 0);
  }
  state.set(active_, state.get(active_) & ~(1 << (timer - 1)));
  go_on(state, timer);
}

bool Zone::may_expire(const std::byte* state, TimerId timer) const {
  return runs(state, timer) && get(state, 0, timer) == 0;
}

void Zone::expire(base::StateAccess& state, TimerId timer) const {
  QUIESCE_ASSERT(may_expire(state.state(), timer), "a deadline passed before its time");
  // v[timer] = 0 makes its row and column the bounds against "now" of everyone else; two passes of
  // the shortest path closure through `timer` and through 0 restore the canonical form.
  Matrix m;
  for (std::size_t i = 0; i <= timers_; ++i) {
    for (std::size_t j = 0; j <= timers_; ++j) m.at[i][j] = get(state.state(), i, j);
  }
  m.at[timer][0] = 0;
  m.at[0][timer] = 0;
  const auto active = [&](std::size_t i) {
    return i == 0 || is_active(state.state(), static_cast<TimerId>(i));
  };
  for (const std::size_t via : {static_cast<std::size_t>(timer), std::size_t{0}}) {
    for (std::size_t i = 0; i <= timers_; ++i) {
      for (std::size_t j = 0; j <= timers_; ++j) {
        if (!active(i) || !active(j)) continue;
        m.at[i][j] = std::min(m.at[i][j], m.at[i][via] + m.at[via][j]);
      }
    }
  }
  for (std::size_t i = 0; i <= timers_; ++i) {
    for (std::size_t j = 0; j <= timers_; ++j) {
      if (active(i) && active(j)) state.set(bound(i, j), m.at[i][j]);
    }
  }
  cancel(state, timer);
}

void Zone::let_time_pass(base::StateAccess& state) const {
  if (!any_active(state.state())) return;
  for (std::size_t i = 1; i <= timers_; ++i) {
    if (!runs(state.state(), i)) continue;
    std::int32_t least = 0;
    for (std::size_t j = 1; j <= timers_; ++j) {
      if (j != i && runs(state.state(), j)) least = std::min(least, get(state.state(), j, i));
    }
    state.set(bound(0, i), least);
  }
  // Those that run come nearer to their ends, and those that stand still do not.
  for (std::size_t i = 1; i <= timers_; ++i) {
    if (!stands_still(state.state(), static_cast<TimerId>(i))) continue;
    for (std::size_t j = 1; j <= timers_; ++j) {
      if (runs(state.state(), j)) state.set(bound(i, j), get(state.state(), i, 0) + get(state.state(), 0, j));
    }
  }
}

std::int32_t Zone::remaining_min_us(const std::byte* state, TimerId timer) const {
  return -get(state, 0, timer);
}

std::int32_t Zone::remaining_max_us(const std::byte* state, TimerId timer) const {
  return get(state, timer, 0);
}

std::vector<base::Slot> Zone::slots() const {
  std::vector<base::Slot> all;
  if (timers_ == 0) return all;
  all.push_back(active_);
  all.push_back(standing_);
  for (std::size_t i = 0; i <= timers_; ++i) {
    for (std::size_t j = 0; j <= timers_; ++j) all.push_back(bound(i, j));
  }
  return all;
}

}  // namespace quiesce::sim
