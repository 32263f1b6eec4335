// E. W. Myers, "An O(ND) difference algorithm and its variations", 1986: the variation in linear space. A
// search from the front and one from the back meet in the middle, and both halves are divided again.
#include "checker/longest_common.hpp"

#include <map>
#include <optional>
#include <span>

namespace quiesce::checker {
namespace {

using Sequence = std::span<const std::uint32_t>;
using Index = std::ptrdiff_t;

/// Elements in common where both searches meet, maybe none: from (from_a, from_b) up to (to_a, to_b).
struct Snake {
  Index from_a;
  Index from_b;
  Index to_a;
  Index to_b;
};

/// One of the two searches: how far it came on each diagonal.
class Reached {
 public:
  explicit Reached(Index most) : most_(most), reached_(static_cast<std::size_t>(2 * most + 3)) {}

  [[nodiscard]] Index& on(Index diagonal) { return reached_[static_cast<std::size_t>(diagonal + most_ + 1)]; }
  /// How far it comes on the diagonal with one more difference, before what is in common there.
  [[nodiscard]] Index next(Index diagonal, Index differences) {
    const bool down =
        diagonal == -differences || (diagonal != differences && on(diagonal - 1) < on(diagonal + 1));
    return down ? on(diagonal + 1) : on(diagonal - 1) + 1;
  }

 private:
  Index most_;
  std::vector<Index> reached_;
};

class Middle {
 public:
  Middle(Sequence a, Sequence b)
      : a_(a),
        b_(b),
        n_(std::ssize(a)),
        m_(std::ssize(b)),
        front_((n_ + m_ + 1) / 2),
        back_((n_ + m_ + 1) / 2) {}

  Snake find() {
    for (Index differences = 0;; ++differences) {
      for (Index k = -differences; k <= differences; k += 2) {
        if (const auto met = forward(k, differences)) return *met;
      }
      for (Index k = -differences; k <= differences; k += 2) {
        if (const auto met = backward(k, differences)) return *met;
      }
    }
  }

 private:
  [[nodiscard]] bool in_grid(Index x, Index y) const { return x <= n_ && y <= m_; }

  std::optional<Snake> forward(Index k, Index differences) {
    Index x = front_.next(k, differences);
    const Snake start{x, x - k, x, x - k};
    while (x < n_ && x - k < m_ && a_[static_cast<std::size_t>(x)] == b_[static_cast<std::size_t>(x - k)])
      ++x;
    front_.on(k) = x;
    const Index other = n_ - m_ - k;
    const bool seen = (n_ - m_) % 2 != 0 && other > -differences && other < differences;
    if (!seen || !in_grid(x, x - k) || x + back_.on(other) < n_) return std::nullopt;
    return Snake{start.from_a, start.from_b, x, x - k};
  }

  std::optional<Snake> backward(Index k, Index differences) {
    Index x = back_.next(k, differences);
    const Index from = x;
    while (x < n_ && x - k < m_ &&
           a_[static_cast<std::size_t>(n_ - x - 1)] == b_[static_cast<std::size_t>(m_ - x + k - 1)]) {
      ++x;
    }
    back_.on(k) = x;
    const Index other = n_ - m_ - k;
    const bool seen = (n_ - m_) % 2 == 0 && other >= -differences && other <= differences;
    if (!seen || !in_grid(x, x - k) || x + front_.on(other) < n_) return std::nullopt;
    return Snake{n_ - x, m_ - x + k, n_ - from, m_ - from + k};
  }

  Sequence a_;
  Sequence b_;
  Index n_;
  Index m_;
  Reached front_;
  Reached back_;
};

class Divider {
 public:
  void divide(Sequence a, Sequence b, std::size_t at_a, std::size_t at_b) {
    while (!a.empty() && !b.empty() && a.front() == b.front()) {
      pairs.emplace_back(at_a++, at_b++);
      a = a.subspan(1);
      b = b.subspan(1);
    }
    std::size_t tail = 0;
    while (tail < a.size() && tail < b.size() && a[a.size() - tail - 1] == b[b.size() - tail - 1]) ++tail;
    a = a.first(a.size() - tail);
    b = b.first(b.size() - tail);
    if (!a.empty() && !b.empty()) meet(a, b, at_a, at_b);
    for (std::size_t i = 0; i < tail; ++i) pairs.emplace_back(at_a + a.size() + i, at_b + b.size() + i);
  }

  CommonPairs pairs;

 private:
  void meet(Sequence a, Sequence b, std::size_t at_a, std::size_t at_b) {
    const Snake snake = Middle(a, b).find();
    const auto size = [](Index index) { return static_cast<std::size_t>(index); };
    divide(a.first(size(snake.from_a)), b.first(size(snake.from_b)), at_a, at_b);
    for (Index x = snake.from_a; x < snake.to_a; ++x)
      pairs.emplace_back(at_a + size(x), at_b + size(snake.from_b + x - snake.from_a));
    divide(a.subspan(size(snake.to_a)), b.subspan(size(snake.to_b)), at_a + size(snake.to_a),
           at_b + size(snake.to_b));
  }
};

}  // namespace

CommonPairs longest_common(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  Divider divider;
  divider.divide(a, b, 0, 0);
  return std::move(divider.pairs);
}

CommonPairs longest_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::map<std::string, std::uint32_t> numbers;
  const auto numbered = [&](const std::vector<std::string>& texts) {
    std::vector<std::uint32_t> all;
    for (const std::string& text : texts)
      all.push_back(numbers.emplace(text, static_cast<std::uint32_t>(numbers.size())).first->second);
    return all;
  };
  const std::vector<std::uint32_t> of_a = numbered(a);
  return longest_common(of_a, numbered(b));
}

}  // namespace quiesce::checker
