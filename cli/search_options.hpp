// What the command line says about the search: mode, bounds, workers, store, reductions, explanations.
#pragma once

#include <string>
#include <vector>

#include "checker/explanation.hpp"

namespace quiesce::cli {

/// The words behind the options, read as text first so that a bad one can be told; empty if not given.
struct SearchWords {
  std::string states;
  std::string megabytes;
  std::string seconds;
  std::string threads;
  std::string store;
  std::string reduce;
  std::string explain;
  std::string mode;
  std::string seed;
  std::string walks;
  std::string depth;
  std::string steps;
};

/// `options` with what the words say. Throws UsageError.
[[nodiscard]] checker::ExploreOptions search_options(const SearchWords& words,
                                                     const checker::ExploreOptions& options);

/// A number within bounds behind an option, above 0 unless `least` says otherwise. Throws UsageError.
[[nodiscard]] std::uint64_t whole_number(const char* option, const std::string& text, std::uint64_t most,
                                         std::uint64_t least = 1);
/// Behind `--max-seconds`, and `--threads`. Throw UsageError.
[[nodiscard]] double seconds_from(const std::string& text);
[[nodiscard]] unsigned threads_from(const std::string& text);

/// What `--explain` says. Throws UsageError.
[[nodiscard]] checker::ExplanationDetail explanation_detail(const std::string& word);

/// What `--mode` may be; `contexts=` is followed by a number.
[[nodiscard]] std::vector<std::string> words_of_mode();
/// What `--reduce` may be: `all` and `none` first, then what may stand together.
[[nodiscard]] std::vector<std::string> words_of_reduce();

}  // namespace quiesce::cli
