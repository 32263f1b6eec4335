#include "cli/search_options.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "cli/options.hpp"

namespace quiesce::cli {
namespace {

/// Three quarters of the memory that is available now, to the machine and to this process.
std::uint64_t default_memory_bytes() {
  std::uint64_t available = std::uint64_t{4} << 30U;
  std::ifstream in("/proc/meminfo");
  std::string name;
  std::uint64_t kilobytes = 0;
  std::string unit;
  while (in >> name >> kilobytes >> unit) {
    if (name == "MemAvailable:") available = kilobytes * 1024;
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    available = std::min<std::uint64_t>(available, limit.rlim_cur);
  return available / 4 * 3;
}

checker::StoreKind store_kind(const std::string& name) {
  if (name == "auto") return checker::StoreKind::kAuto;
  if (name == "plain") return checker::StoreKind::kPlain;
  if (name == "compressed") return checker::StoreKind::kCompressed;
  throw UsageError("'--store' is auto, plain or compressed");
}

/// `all`, `none`, or names with commas between them.
checker::Reductions reductions_from(const std::string& text) {
  constexpr const char* kUsage =
      "'--reduce' is all, none, or some of dead-variables, symmetry, stubborn-sets";
  if (text == "none") return {};
  if (text == "all") return {.dead_variables = true, .symmetry = true, .stubborn_sets = true};
  checker::Reductions reductions;
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "dead-variables") {
      reductions.dead_variables = true;
    } else if (name == "symmetry") {
      reductions.symmetry = true;
    } else if (name == "stubborn-sets") {
      reductions.stubborn_sets = true;
    } else {
      throw UsageError(kUsage);
    }
  }
  if (reductions == checker::Reductions{}) throw UsageError(kUsage);
  return reductions;
}

/// `breadth-first`, `contexts`, `contexts=N`, `random` or `pct`.
void set_mode(const std::string& text, checker::ExploreOptions& search) {
  using checker::SearchMode;
  constexpr std::string_view kBounded = "contexts=";
  constexpr std::uint64_t kSwitchesMax = 1'000'000;
  if (text == "breadth-first") {
    search.mode = SearchMode::kBreadthFirst;
  } else if (text == "contexts") {
    search.mode = SearchMode::kContexts;
  } else if (text.starts_with(kBounded)) {
    search.mode = SearchMode::kContexts;
    search.max_switches = static_cast<std::uint32_t>(
        whole_number("mode contexts=N", text.substr(kBounded.size()), kSwitchesMax, 0));
  } else if (text == "random") {
    search.mode = SearchMode::kRandom;
  } else if (text == "pct") {
    search.mode = SearchMode::kPriorities;
  } else {
    throw UsageError("'--mode' is breadth-first, contexts, contexts=N, random or pct, not '" + text + "'");
  }
}

/// What the mode has no use for would be ignored.
void refuse_words_of_other_modes(const SearchWords& words, const checker::ExploreOptions& search) {
  const bool walks =
      search.mode == checker::SearchMode::kRandom || search.mode == checker::SearchMode::kPriorities;
  const auto refuse = [](const char* option, bool given, const char* modes) {
    if (given) throw UsageError("'--" + std::string(option) + "' goes with " + modes + " only");
  };
  constexpr const char* kWalks = "'--mode random' and '--mode pct'";
  constexpr const char* kStores = "'--mode breadth-first' and '--mode contexts'";
  refuse("seed", !walks && !words.seed.empty(), kWalks);
  refuse("walks", !walks && !words.walks.empty(), kWalks);
  refuse("max-steps", !walks && !words.steps.empty(), kWalks);
  refuse("depth", search.mode != checker::SearchMode::kPriorities && !words.depth.empty(), "'--mode pct'");
  refuse("max-states", walks && !words.states.empty(), kStores);
  refuse("max-memory", walks && !words.megabytes.empty(), kStores);
  refuse("store", walks && !words.store.empty(), kStores);
  refuse("profile", walks && search.profile, kStores);
}

void set_walks(const SearchWords& words, checker::WalkOptions& walks) {
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
  constexpr std::uint64_t kWalksMax = 1'000'000'000'000;
  constexpr std::uint64_t kStepsMax = 10'000'000;
  constexpr std::uint64_t kDepthMax = 100;
  if (!words.seed.empty()) walks.seed = whole_number("seed", words.seed, kAny, 0);
  if (!words.walks.empty()) walks.walks = whole_number("walks", words.walks, kWalksMax);
  if (!words.steps.empty()) walks.max_steps = whole_number("max-steps", words.steps, kStepsMax);
  if (!words.depth.empty())
    walks.depth = static_cast<std::uint32_t>(whole_number("depth", words.depth, kDepthMax));
}

}  // namespace

std::uint64_t whole_number(const char* option, const std::string& text, std::uint64_t most,
                           std::uint64_t least) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value < least || value > most) {
    throw UsageError("'--" + std::string(option) + "' is a number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not '" + text + "'");
  }
  return value;
}

double seconds_from(const std::string& text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  if (!whole || !std::isfinite(value) || value <= 0)
    throw UsageError("'--max-seconds' is a number above 0, not '" + text + "'");
  return value;
}

unsigned threads_from(const std::string& text) {
  constexpr std::uint64_t kThreadsMax = 256;
  return static_cast<unsigned>(whole_number("threads", text, kThreadsMax));
}

std::vector<std::string> words_of_mode() {
  return {"breadth-first", "contexts", "contexts=", "random", "pct"};
}

std::vector<std::string> words_of_reduce() {
  return {"all", "none", "dead-variables", "symmetry", "stubborn-sets"};
}

checker::ExplanationDetail explanation_detail(const std::string& word) {
  if (word.empty() || word == "full") return checker::ExplanationDetail::kFull;
  if (word == "brief") return checker::ExplanationDetail::kBrief;
  if (word == "none") return checker::ExplanationDetail::kNone;
  throw UsageError("'--explain' is full, brief or none");
}

checker::ExploreOptions search_options(const SearchWords& words, const checker::ExploreOptions& options) {
  constexpr std::uint64_t kMegabytesMax = std::uint64_t{1} << 40U;
  checker::ExploreOptions search = options;
  search.max_bytes = default_memory_bytes();
  if (!words.states.empty())
    search.max_states = whole_number("max-states", words.states, checker::kMostStates);
  if (!words.megabytes.empty())
    search.max_bytes = whole_number("max-memory", words.megabytes, kMegabytesMax) << 20U;
  if (!words.seconds.empty()) search.max_seconds = seconds_from(words.seconds);
  if (!words.threads.empty()) search.threads = threads_from(words.threads);
  if (!words.store.empty()) search.store = store_kind(words.store);
  search.reductions = reductions_from(words.reduce.empty() ? "all" : words.reduce);
  if (!words.mode.empty()) set_mode(words.mode, search);
  set_walks(words, search.walks);
  refuse_words_of_other_modes(words, search);
  return search;
}

}  // namespace quiesce::cli
