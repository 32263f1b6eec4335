// The completion script of fish.
#include "cli/completion.hpp"
#include "quiesce_build.hpp"

namespace quiesce::cli {
namespace {

constexpr const char* kFishScript =
    R"sh(# Completion of quiesce @VERSION@ for fish, made by 'quiesce completion fish'.

# The words before the cursor that are neither options nor their values: the verb and what follows it.
function __quiesce_words
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word @VALUED@
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

function __quiesce_needs_verb
    test (count (__quiesce_words)) = 0
end

# Whether one of these verbs is on the line.
function __quiesce_verb_is
    set -l words (__quiesce_words)
    test (count $words) -gt 0; and contains -- $words[1] $argv
end

# Whether the cursor is at a place behind a verb.
function __quiesce_at
    set -l words (__quiesce_words)
    test (count $words) = $argv[2]; and test $words[1] = $argv[1]
end

function __quiesce_program
    set -l program (commandline -opc)[1]
    string replace -r '^~/' "$HOME/" -- $program
end

function __quiesce_variants
    set -l program (__quiesce_program)
    for word in (__quiesce_words)[2..-1]
        set word (string replace -r '^~/' "$HOME/" -- $word)
        test -e $word; and $program list $word 2>/dev/null | string replace -rf '^    ' ''
    end
end

function __quiesce_routines
    set -l program (__quiesce_program)
    $program list --routines 2>/dev/null
end

function __quiesce_list
    set -l head (string match -r '.*,' -- (commandline -ct | string replace -r '^--[^=]*=' ''))
    if test -z "$head"
        printf '%s\n' all none
    end
    for word in $argv
        echo $head$word
    end
end

function __quiesce_named_files
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l head (string match -r '^[^=]*=' -- $token)
    if test -z "$head"
        printf '%s\n' $argv
    else
        for path in (complete -C "'' "(string replace -- $head '' $token))
            echo $head$path
        end
    end
end

complete -c quiesce -f
@COMPLETIONS@)sh";

std::string fish_quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe + "'";
}

/// How `complete` is told what a word may be.
std::string candidates_of(const CompletedWord& word) {
  switch (word.kind) {
    case WordKind::kAnything:
      return "";
    case WordKind::kWords:
      return " -a " + fish_quoted(joined(word.words, " "));
    case WordKind::kList: {
      const std::vector<std::string> together(word.words.begin() + 2, word.words.end());
      return " -a " + fish_quoted("(__quiesce_list " + joined(together, " ") + ")");
    }
    case WordKind::kNamedFile:
      return " -a " + fish_quoted("(__quiesce_named_files " + joined(word.words, " ") + ")");
    case WordKind::kScenario:
      return " -k -a '(__fish_complete_suffix .yaml)'";
    case WordKind::kFile:
      return " -F";
    case WordKind::kFolder:
      return " -a '(__fish_complete_directories)'";
    case WordKind::kVariant:
      return " -a '(__quiesce_variants)'";
    case WordKind::kRoutine:
      return " -a '(__quiesce_routines)'";
  }
  return "";
}

std::string line(const std::string& condition, const std::string& rest) {
  return "complete -c quiesce" + (condition.empty() ? "" : " -n " + fish_quoted(condition)) + rest + "\n";
}

/// `-x` refuses files as the value, `-r` lets them be.
std::string completed_option(const OptionUsage& option) {
  std::string lines;
  for (const auto& [takers, value] : values_by_verb(option)) {
    std::string rest;
    if (option.short_name != '\0') rest += std::string(" -s ") + option.short_name;
    rest += " -l " + option.name;
    if (value) rest += (value->kind == WordKind::kFile ? " -r" : " -x") + candidates_of(*value);
    std::string condition = takers.empty() ? "" : "__quiesce_verb_is " + joined(takers, " ");
    if (option.name == "version") condition = "__quiesce_needs_verb";
    lines += line(condition, rest + " -d " + fish_quoted(option.meaning));
  }
  return lines;
}

std::string argument_lines(const VerbUsage& verb) {
  std::string text;
  const CompletedArguments arguments = arguments_of(verb);
  for (std::size_t i = 0; i < arguments.places.size(); ++i) {
    const bool repeats = arguments.last_repeats && i + 1 == arguments.places.size();
    const std::string candidates = candidates_of(arguments.places[i]);
    const std::string name = verb.name;
    if (candidates.empty()) continue;
    text += line(repeats ? "__quiesce_verb_is " + name : "__quiesce_at " + name + " " + std::to_string(i + 1),
                 candidates);
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  std::vector<std::string> valued;
  std::string lines;
  for (const VerbUsage& verb : verbs()) {
    lines +=
        line("__quiesce_needs_verb", " -a " + std::string(verb.name) + " -d " + fish_quoted(verb.meaning));
    lines += argument_lines(verb);
  }
  for (const OptionUsage& option : option_usages()) {
    if (!option.value.empty()) valued.push_back("--" + option.name);
    lines += completed_option(option);
  }
  std::string script = filled(kFishScript, "VERSION", kVersion);
  script = filled(script, "VALUED", joined(valued, " "));
  return filled(script, "COMPLETIONS", lines);
}

}  // namespace quiesce::cli
