// Reads freed memory on purpose: built with sanitizers only, to show that they report and stop.
#include <memory>

int main() {
  auto owner = std::make_unique<int>(1);
  const volatile int* freed = owner.get();
  owner.reset();
  return *freed;
}
