// Reads the table of verbs and options as a shell needs it: what stands at which place.
#include "cli/completion.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>

#include "cli/formats.hpp"
#include "cli/options.hpp"
#include "cli/search_options.hpp"

namespace quiesce::cli {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

bool is_metavar(const std::string& word) {
  return !word.empty() && word.front() >= 'A' && word.front() <= 'Z';
}

/// `a|b` is one of two words; a metavar is looked up.
std::optional<CompletedWord> completed(const std::string& text,
                                       const std::map<std::string, CompletedWord>& metavars) {
  const std::vector<std::string> parts = split(text, '|');
  if (parts.empty()) return std::nullopt;
  CompletedWord word;
  if (is_metavar(parts.front())) {
    const auto known = metavars.find(parts.front());
    if (known == metavars.end()) return std::nullopt;
    word = known->second;
  } else {
    word = {WordKind::kWords, parts, ""};
  }
  word.stands_for = text;
  return word;
}

}  // namespace

std::optional<CompletedWord> value_called(const std::string& metavar) {
  static const std::map<std::string, CompletedWord> kValues{
      {"NAME", {WordKind::kVariant, {}, ""}},
      {"FILE", {WordKind::kFile, {}, ""}},
      {"DIR", {WordKind::kFolder, {}, ""}},
      {"PATH", {WordKind::kFile, {}, ""}},
      {"MODE", {WordKind::kWords, words_of_mode(), ""}},
      {"LIST", {WordKind::kList, words_of_reduce(), ""}},
      {"FORMAT", {WordKind::kWords, formats_of("check"), ""}},
      {"FORMAT=FILE", {WordKind::kNamedFile, {}, ""}},
      {"N", {}},
      {"W", {}},
      {"TIME", {}},
      {"SCHEDULE", {WordKind::kFile, {}, ""}},
      {"NAME=VALUE", {}},
      {"NAME=VALUES", {}},
      {"S", {}},
      {"D", {}},
      {"MB", {}}};
  return completed(metavar, kValues);
}

std::optional<CompletedWord> argument_called(const std::string& metavar) {
  static const std::map<std::string, CompletedWord> kArguments{{"FILE", {WordKind::kScenario, {}, ""}},
                                                               {"DIR", {WordKind::kScenario, {}, ""}},
                                                               {"VARIANT", {WordKind::kVariant, {}, ""}},
                                                               {"ROUTINE", {WordKind::kRoutine, {}, ""}},
                                                               {"SCHEDULE", {}}};
  return completed(metavar, kArguments);
}

CompletedArguments arguments_of(const VerbUsage& verb) {
  CompletedArguments arguments;
  std::vector<std::string> words = split(verb.usage, ' ');
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string& word = words[i];
    word.erase(std::remove_if(word.begin(), word.end(), [](char c) { return c == '[' || c == ']'; }),
               word.end());
    arguments.last_repeats = word.ends_with("...");
    if (arguments.last_repeats) word.resize(word.size() - 3);
    arguments.places.push_back(argument_called(word).value_or(CompletedWord{WordKind::kFile, {}, word}));
  }
  return arguments;
}

std::optional<CompletedWord> value_of(const OptionUsage& option, const std::string& verb) {
  if (option.value.empty()) return std::nullopt;
  if (option.value.starts_with("FORMAT")) {
    CompletedWord word{WordKind::kWords, formats_of(verb.empty() ? "check" : verb), option.value};
    if (option.value == "FORMAT=FILE") {
      word.kind = WordKind::kNamedFile;
      for (std::string& format : word.words) format += "=";
    }
    return word;
  }
  return value_called(option.value).value_or(CompletedWord{WordKind::kFile, {}, option.value});
}

std::vector<ValueOfVerbs> values_by_verb(const OptionUsage& option) {
  std::vector<ValueOfVerbs> all;
  for (const VerbUsage& verb : verbs()) {
    if (std::find(verb.options.begin(), verb.options.end(), option.name) == verb.options.end()) continue;
    const auto value = value_of(option, verb.name);
    const auto same = std::find_if(all.begin(), all.end(), [&](const ValueOfVerbs& one) {
      return one.value.has_value() == value.has_value() && (!value || one.value->words == value->words);
    });
    if (same == all.end()) {
      all.push_back({{verb.name}, value});
    } else {
      same->verbs.emplace_back(verb.name);
    }
  }
  if (all.empty()) all.push_back({{}, value_of(option, "")});
  return all;
}

std::vector<OptionUsage> options_taken(const VerbUsage* verb) {
  std::vector<OptionUsage> taken;
  for (const OptionUsage& option : option_usages()) {
    const bool always = option.name == "help" || (verb == nullptr && option.name == "version");
    const bool by_verb = verb != nullptr && std::find(verb->options.begin(), verb->options.end(),
                                                      option.name) != verb->options.end();
    if (always || by_verb) taken.push_back(option);
  }
  return taken;
}

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string filled(std::string text, const std::string& name, const std::string& value) {
  const std::string mark = "@" + name + "@";
  for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
    text.replace(at, mark.size(), value);
  return text;
}

ExitCode run_completion(const Options& options) {
  static const std::map<std::string, std::string (*)()> kShells{
      {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};
  const auto shell = options.arguments.size() == 1 ? kShells.find(options.arguments[0]) : kShells.end();
  if (shell == kShells.end()) throw UsageError("'completion' is followed by bash, zsh or fish");
  std::cout << shell->second();
  return ExitCode::kAsExpected;
}

}  // namespace quiesce::cli
