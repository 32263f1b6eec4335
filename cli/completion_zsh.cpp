// The completion script of zsh, for its function _arguments.
#include "cli/completion.hpp"
#include "quiesce_build.hpp"

namespace quiesce::cli {
namespace {

constexpr const char* kZshScript = R"sh(#compdef quiesce
# Completion of quiesce @VERSION@ for zsh, made by 'quiesce completion zsh'.

# The files that the line names, one a line of 'reply'.
_quiesce_files_of_line() {
  local word
  reply=()
  for word in $line_words; do
    word=${(Q)word}
    [[ $word == '~/'* ]] && word=$HOME/${word#'~/'}
    [[ $word != -* && -e $word ]] && reply+=("$word")
  done
}

_quiesce_variants() {
  local file
  local -a reply names
  _quiesce_files_of_line
  for file in $reply; do
    names+=(${${(M)${(f)"$($program list $file 2>/dev/null)"}:#    *}#    })
  done
  (($#names)) && _wanted variants expl variant compadd -a names
}

_quiesce_routines() {
  local -a names=(${(f)"$($program list --routines 2>/dev/null)"})
  _wanted routines expl routine compadd -a names
}

_quiesce_scenarios() {
  _files -g '*.yaml(-.)'
}

_quiesce_modes() {
  local -a whole=(${@:#*=}) open=(${(M)@:#*=})
  compadd -a whole
  compadd -S '' -a open
}

_quiesce_named_files() {
  if compset -P '*='; then
    _files
  else
    compadd -S '' -- $@
  fi
}

_quiesce() {
  local curcontext=$curcontext state state_descr expl ret=1
  local program=${(Q)words[1]}
  local -a line
  local -a line_words=(${words[2,CURRENT-1]} ${words[CURRENT+1,-1]})
  typeset -A opt_args
  [[ $program == '~/'* ]] && program=$HOME/${program#'~/'}
  _arguments -C \
@GLOBAL@    '1: :->verb' \
    '*:: :->argument' && ret=0
  case $state in
    verb)
      local -a verbs=(
@VERBS@      )
      _describe -t verbs verb verbs && ret=0
      ;;
    argument)
      case $line[1] in
@BRANCHES@      esac
      ;;
  esac
  return ret
}

if [[ $funcstack[1] == _quiesce ]]; then
  _quiesce "$@"
else
  compdef _quiesce quiesce
fi
)sh";

/// Between single quotes, where `special` characters are escaped for _arguments and _describe.
std::string quoted_for(const std::string& text, const std::string& special) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      if (special.find(c) != std::string::npos) quoted += '\\';
      quoted += c;
    }
  }
  return quoted;
}

std::string message_of(const CompletedWord& word) { return quoted_for(word.stands_for, "\\:"); }

/// The message and action of one word in a specification of _arguments.
std::string action_of(const CompletedWord& word) {
  const std::string head = ":" + message_of(word) + ":";
  switch (word.kind) {
    case WordKind::kAnything:
      return head + " ";
    case WordKind::kWords:
      for (const std::string& one : word.words) {
        if (one.ends_with("=")) return head + "_quiesce_modes " + joined(word.words, " ");
      }
      return head + "(" + joined(word.words, " ") + ")";
    case WordKind::kList:
      return head + "_sequence compadd - " + joined(word.words, " ");
    case WordKind::kNamedFile:
      return head + "_quiesce_named_files " + joined(word.words, " ");
    case WordKind::kScenario:
      return head + "_quiesce_scenarios";
    case WordKind::kFile:
      return head + "_files";
    case WordKind::kFolder:
      return head + "_files -/";
    case WordKind::kVariant:
      return head + "_quiesce_variants";
    case WordKind::kRoutine:
      return head + "_quiesce_routines";
  }
  return head + " ";
}

std::string option_line(const OptionUsage& option, const std::string& verb) {
  const std::string meaning = "[" + quoted_for(option.meaning, "\\[]:") + "]";
  const std::string names = "--" + option.name;
  if (option.short_name != '\0') {
    const std::string dash = std::string("-") + option.short_name;
    return "'(- *)'{" + dash + "," + names + "}'" + meaning + "'";
  }
  const auto value = value_of(option, verb);
  const std::string alone = option.name == "version" ? "(- *)" : "";
  return "'" + alone + names + (value ? "=" : "") + meaning + (value ? action_of(*value) : "") + "'";
}

std::string branch_of(const VerbUsage& verb) {
  const std::string next = " \\\n            ";
  std::string text = "        " + std::string(verb.name) + ")\n          _arguments";
  for (const OptionUsage& option : options_taken(&verb)) text += next + option_line(option, verb.name);
  const CompletedArguments arguments = arguments_of(verb);
  for (std::size_t i = 0; i < arguments.places.size(); ++i) {
    const bool repeats = arguments.last_repeats && i + 1 == arguments.places.size();
    text += next + "'" + (repeats ? "*" : std::to_string(i + 1)) + action_of(arguments.places[i]) + "'";
  }
  return text + " && ret=0\n          ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string global;
  std::string described;
  std::string branches;
  for (const OptionUsage& option : options_taken(nullptr))
    global += "    " + option_line(option, "") + " \\\n";
  for (const VerbUsage& verb : verbs()) {
    described += "        '" + std::string(verb.name) + ":" + quoted_for(verb.meaning, "\\:") + "'\n";
    branches += branch_of(verb);
  }
  std::string script = filled(kZshScript, "VERSION", kVersion);
  script = filled(script, "GLOBAL", global);
  script = filled(script, "VERBS", described);
  return filled(script, "BRANCHES", branches);
}

}  // namespace quiesce::cli
