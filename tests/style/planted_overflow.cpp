// Overflows on purpose: built with sanitizers only, to show that they report and stop.
#include <limits>

int main() {
  volatile int last = std::numeric_limits<int>::max();  // volatile: the optimiser must not see it coming
  volatile int next = last + 1;
  return next > last ? 0 : 1;
}
