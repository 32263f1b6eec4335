// Overflows on purpose: built with sanitizers only, to show that they report and stop.
#include <limits>

int main(int argc, char**) { return std::numeric_limits<int>::max() + argc > 0 ? 0 : 1; }
