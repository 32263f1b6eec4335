// What a shell may complete, derived from the table of verbs and options, and the scripts that do it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/usage.hpp"

namespace quiesce::cli {

enum class WordKind {
  kAnything,   ///< nothing that could be guessed: a number, a schedule
  kWords,      ///< one of some
  kList,       ///< several of some with commas between them, or `all` or `none`
  kNamedFile,  ///< one of some, each ending in '=', and a file behind it
  kScenario,   ///< a scenario or a folder of scenarios
  kFile,
  kFolder,
  kVariant,  ///< of the scenarios that the line names
  kRoutine,  ///< of the library
};

struct CompletedWord {
  WordKind kind = WordKind::kAnything;
  std::vector<std::string> words;  ///< of kWords, kList and kNamedFile; `name=` is followed by something
  std::string stands_for;          ///< as the help names it
};

/// By what an option's value is called; nothing if nobody has said yet what that stands for.
[[nodiscard]] std::optional<CompletedWord> value_called(const std::string& metavar);
/// By what a word behind a verb is called.
[[nodiscard]] std::optional<CompletedWord> argument_called(const std::string& metavar);

struct CompletedArguments {
  std::vector<CompletedWord> places;
  bool last_repeats = false;
};

/// What follows a verb, from its usage. A metavar that nobody knows stands for a file.
[[nodiscard]] CompletedArguments arguments_of(const VerbUsage& verb);
/// What follows an option of the verb ("" while there is none), nothing for a switch. A metavar that
/// nobody knows stands for a file.
[[nodiscard]] std::optional<CompletedWord> value_of(const OptionUsage& option, const std::string& verb);

/// Verbs with which an option is followed by the same.
struct ValueOfVerbs {
  std::vector<std::string> verbs;
  std::optional<CompletedWord> value;
};
/// For all verbs that take the option; one entry without a verb if it belongs to none.
[[nodiscard]] std::vector<ValueOfVerbs> values_by_verb(const OptionUsage& option);
/// Of a verb, with `help`; `help` and `version` for no verb.
[[nodiscard]] std::vector<OptionUsage> options_taken(const VerbUsage* verb);

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

/// With `separator` between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& words, const std::string& separator);
/// `text` with each `@name@` replaced.
[[nodiscard]] std::string filled(std::string text, const std::string& name, const std::string& value);

}  // namespace quiesce::cli
