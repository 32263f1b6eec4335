#include "checker/point_of_no_return.hpp"

#include <algorithm>

namespace quiesce::checker {
namespace {

using Kind = PointOfNoReturn::Kind;

/// Narrows down where it was lost, between a state from which it can be avoided and one from which it cannot.
class Bisection {
 public:
  Bisection(std::size_t lost, const IsAvoidable& is_avoidable) : lost_(lost), is_avoidable_(is_avoidable) {}

  PointOfNoReturn run() {
    for (std::size_t back = 1; lost_ > 0 && !avoidable_ && !undecided_; back *= 2)
      ask(back < lost_ ? lost_ - back : 0, true);
    if (lost_ == 0) return {Kind::kFromStart, 0, 0};
    while (avoidable_ && !undecided_ && *avoidable_ + 1 < lost_)
      ask(*avoidable_ + (lost_ - *avoidable_) / 2, true);
    if (!undecided_) return {Kind::kAtStep, lost_, lost_};
    look_before(*undecided_);
    return {Kind::kUnknown, lost_, avoidable_ ? *avoidable_ + 1 : 0};
  }

 private:
  void ask(std::size_t position, bool completely) {
    const Answer answer = is_avoidable_(position, completely);
    if (answer == Answer::kNo) lost_ = position;
    if (answer == Answer::kYes) avoidable_ = std::max(avoidable_.value_or(0), position);
    if (answer == Answer::kUnknown) undecided_ = position;
  }

  /// More follows from earlier states, so they would be no easier to decide.
  void look_before(std::size_t undecided) {
    std::size_t end = undecided;
    for (std::size_t back = 1; end > 0 && !avoidable_; back *= 2) {
      end = back < end ? end - back : 0;
      ask(end, false);
    }
  }

  std::size_t lost_;
  std::optional<std::size_t> avoidable_;
  std::optional<std::size_t> undecided_;
  const IsAvoidable& is_avoidable_;
};

}  // namespace

PointOfNoReturn find_point_of_no_return(std::size_t steps, bool fails_at_end,
                                        const IsAvoidable& is_avoidable) {
  if (!fails_at_end) {
    const Answer at_end = is_avoidable(steps, true);
    if (at_end == Answer::kYes) return {Kind::kNever, 0, 0};
    if (at_end == Answer::kUnknown) return {};
  }
  return Bisection(steps, is_avoidable).run();
}

}  // namespace quiesce::checker
