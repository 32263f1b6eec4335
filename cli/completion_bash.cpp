// The completion script of bash. It needs bash alone: no package of completion functions.
#include "cli/completion.hpp"
#include "quiesce_build.hpp"

namespace quiesce::cli {
namespace {

// Names out of scenario files are compared and quoted here, because 'compgen -W' would expand what is in
// them.
constexpr const char* kBashScript =
    R"sh(# Completion of quiesce @VERSION@ for bash, made by 'quiesce completion bash'.

_quiesce_options_of() {
  case $1 in
@OPTIONS@    *) echo "@GLOBAL@" ;;
  esac
}

# The kind of the value of a verb's option, and its words; nothing for a switch.
_quiesce_value_of() {
  case $1:$2 in
@VALUES@  esac
}

# The kind of a verb's word at a place, and the words that it may be.
_quiesce_argument_of() {
  case $1:$2 in
@ARGUMENTS@    *) echo anything ;;
  esac
}

# Keeps those names of the standard input that begin with a word.
_quiesce_names() {
  local name
  while IFS= read -r name; do
    [[ $name == "$1"* ]] && COMPREPLY+=("$(printf %q "$name")")
  done
}

_quiesce_paths() {
  mapfile -t COMPREPLY < <("$@" | sort -u)
  if ((${#COMPREPLY[@]})); then
    compopt -o filenames 2>/dev/null
  else
    compopt -o default 2>/dev/null
  fi
}

_quiesce_scenarios() {
  compgen -f -X '!*.yaml' -- "$1"
  compgen -d -- "$1"
}

_quiesce_variants() {
  local program=$1 file
  shift
  for file; do "$program" list "$file" 2>/dev/null | sed -n 's/^    //p'; done
}

# Completes a word of a kind: what it begins with, the program, the words of the kind, the files of the line.
_quiesce_complete() {
  local kind=$1 cur=$2 program=$3 words=$4 head=
  shift 4
  case $kind in
    list)
      [[ $cur == *,* ]] && head=${cur%,*}, words=${words#all none }
      mapfile -t COMPREPLY < <(compgen -P "$head" -W "$words" -- "${cur#"$head"}")
      ;;
    words | named_file)
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
      [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
      ;;
    scenario) _quiesce_paths _quiesce_scenarios "$cur" ;;
    file) _quiesce_paths compgen -f -- "$cur" ;;
    folder) _quiesce_paths compgen -d -- "$cur" ;;
    variant) _quiesce_names "$cur" < <(_quiesce_variants "$program" "$@" | sort -u) ;;
    routine) _quiesce_names "$cur" < <("$program" list --routines 2>/dev/null) ;;
  esac
  return 0
}

_quiesce() {
  local cur=${COMP_WORDS[COMP_CWORD]} program=${1/#'~/'/$HOME/}
  local verb='' option='' last='' closed='' place=1 index word kind words
  local -a files=()
  COMPREPLY=()
  for ((index = 1; index < ${#COMP_WORDS[@]}; ++index)); do
    word=${COMP_WORDS[index]}
    # '--mode=pct' arrives as three words, so does 'contexts=3' as the value of a mode: 'closed' is the
    # option whose value the cursor is in, behind such a sign.
    if ((index < COMP_CWORD)); then
      if [[ $word == = ]]; then
        [[ $option ]] || ((++index))
        ((index >= COMP_CWORD)) && closed=${last:-none}
        continue
      elif [[ $option ]]; then
        last=$option option=
        continue
      elif [[ $word == -* ]]; then
        [[ $(_quiesce_value_of "$verb" "$word") ]] && option=$word
        continue
      elif [[ ! $verb ]]; then
        verb=$word
        continue
      fi
      ((++place))
    fi
    word=${word//[\"\'\\]/}
    word=${word/#'~/'/$HOME/}
    ((index != COMP_CWORD)) && [[ -e $word ]] && files+=("$word")
  done
  if [[ $cur == = ]]; then
    [[ $option ]] || closed=${last:-none}
    cur=
  fi
  if [[ $closed ]]; then
    read -r kind words <<<"$(_quiesce_value_of "$verb" "$closed")"
    [[ $kind == named_file ]] || return
    kind=file
  elif [[ $option ]]; then
    read -r kind words <<<"$(_quiesce_value_of "$verb" "$option")"
  elif [[ $cur == -* ]]; then
    kind=words words=$(_quiesce_options_of "$verb")
  elif [[ ! $verb ]]; then
    kind=words words="@VERBS@"
  else
    read -r kind words <<<"$(_quiesce_argument_of "$verb" "$place")"
  fi
  _quiesce_complete "$kind" "$cur" "$program" "$words" "${files[@]}"
}

complete -F _quiesce quiesce
)sh";

const char* name_of(WordKind kind) {
  switch (kind) {
    case WordKind::kAnything:
      return "anything";
    case WordKind::kWords:
      return "words";
    case WordKind::kList:
      return "list";
    case WordKind::kNamedFile:
      return "named_file";
    case WordKind::kScenario:
      return "scenario";
    case WordKind::kFile:
      return "file";
    case WordKind::kFolder:
      return "folder";
    case WordKind::kVariant:
      return "variant";
    case WordKind::kRoutine:
      return "routine";
  }
  return "anything";
}

std::string kind_and_words(const CompletedWord& word) {
  return std::string(name_of(word.kind)) + (word.words.empty() ? "" : " ") + joined(word.words, " ");
}

std::string branch(const std::string& pattern, const std::string& said) {
  return "    " + pattern + ") echo \"" + said + "\" ;;\n";
}

/// The last of them is for a verb that is not there yet, too.
std::string branches_of(const OptionUsage& option) {
  std::string text;
  const std::vector<ValueOfVerbs> all = values_by_verb(option);
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (!one->value) continue;
    const bool is_last = one + 1 == all.rend();
    const std::string dashed = ":--" + option.name;
    const std::string verbs = joined(one->verbs, dashed + "|") + dashed;
    text += branch(is_last ? "*" + dashed : verbs, kind_and_words(*one->value));
  }
  return text;
}

std::string dashed_options(const VerbUsage* verb) {
  std::vector<std::string> words;
  for (const OptionUsage& option : options_taken(verb)) words.push_back("--" + option.name);
  return joined(words, " ");
}

}  // namespace

std::string bash_completion() {
  std::string options;
  std::string values;
  std::string arguments;
  std::vector<std::string> names;
  for (const VerbUsage& verb : verbs()) {
    names.emplace_back(verb.name);
    options += branch(verb.name, dashed_options(&verb));
    const CompletedArguments words = arguments_of(verb);
    for (std::size_t i = 0; i < words.places.size(); ++i) {
      const bool repeats = words.last_repeats && i + 1 == words.places.size();
      const std::string place = repeats ? "*" : std::to_string(i + 1);
      arguments += branch(std::string(verb.name) + ":" + place, kind_and_words(words.places[i]));
    }
  }
  for (const OptionUsage& option : option_usages()) {
    values += branches_of(option);
  }
  std::string script = filled(kBashScript, "VERSION", kVersion);
  script = filled(script, "OPTIONS", options);
  script = filled(script, "GLOBAL", dashed_options(nullptr));
  script = filled(script, "VALUES", values);
  script = filled(script, "ARGUMENTS", arguments);
  return filled(script, "VERBS", joined(names, " "));
}

}  // namespace quiesce::cli
