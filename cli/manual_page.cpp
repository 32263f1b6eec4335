// The manual page, from the same table as the help.
#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <sstream>

#include "cli/options.hpp"
#include "cli/usage.hpp"
#include "quiesce_build.hpp"

namespace quiesce::cli {
namespace {

/// Text as troff prints it unchanged: with ASCII's own quotes and dashes, and nothing that begins a request.
std::string plain(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      default:
        escaped += c;
    }
  }
  return escaped.starts_with(".") ? "\\&" + escaped : escaped;
}

std::string bold(const std::string& text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + plain(text) + "\\fR"; }

/// Words are bold, what capitals stand for is slanted, brackets, bars and dots are neither.
std::string usage_in_fonts(const std::string& usage) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; };
  std::string text;
  for (std::size_t at = 0; at < usage.size();) {
    const std::size_t begin = at;
    while (at < usage.size() && is_letter(usage[at])) ++at;
    if (at == begin) {
      text += plain(std::string(1, usage[at++]));
      continue;
    }
    const std::string word = usage.substr(begin, at - begin);
    text += std::isupper(static_cast<unsigned char>(word[0])) != 0 ? italic(word) : bold(word);
  }
  return text;
}

std::string capitalised(std::string text) {
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// In lines of 80 characters at most, as far as there are spaces; none begins like a request.
std::string wrapped(const std::string& text) {
  constexpr std::size_t kColumns = 80;
  std::istringstream words(text);
  std::string lines;
  std::size_t column = 0;
  for (std::string word; words >> word;) {
    const bool breaks = column > 0 && column + 1 + word.size() > kColumns;
    if (column > 0) lines += breaks ? '\n' : ' ';
    if (breaks && word.front() == '.') word.insert(0, "\\&");
    column = (breaks || column == 0 ? 0 : column + 1) + word.size();
    lines += word;
  }
  return lines + "\n";
}

std::string section(const std::string& name) { return ".SH " + name + "\n"; }
std::string item(const std::string& head, const std::string& body) {
  return ".TP\n" + head + "\n" + wrapped(body);
}

std::string synopsis() {
  std::string text = section("SYNOPSIS");
  for (const VerbUsage& verb : verbs()) {
    const std::string options = verb.options.empty() ? "" : " [" + italic("OPTION") + "...]";
    text += bold("quiesce") + " " + usage_in_fonts(verb.usage) + options + "\n.br\n";
  }
  return text + bold("quiesce --help") + "\n";
}

std::string description() {
  return section("DESCRIPTION") +
         wrapped(
             "Answers one question: for this machine, this kernel, these drivers and this patch, is there "
             "any interleaving in which the shutdown of an Arm SMMU hangs, faults, times out or lets DMA "
             "through?") +
         wrapped("If there is, the shortest one is printed.") +
         wrapped("If it says that there is none, it has been through all of them.") + ".PP\n" +
         wrapped(
             "A scenario is a YAML file: a machine, the routines of the kernel line by line, tasks, and "
             "variants of them, each with the verdicts that are expected.") +
         wrapped("A verdict is " + bold("violated") + ", " + bold("holds") + " or " + bold("inconclusive") +
                 ": a search that a limit or a signal ended never says " + bold("holds") + ".");
}

std::string list_of_verbs() {
  std::string text = section("VERBS");
  for (const VerbUsage& verb : verbs()) {
    std::vector<std::string> options;
    for (const char* option : verb.options) options.push_back(bold("--" + std::string(option)));
    const std::string taken =
        options.empty() ? "" : " Options: " + fmt::format("{}.", fmt::join(options, ", "));
    text += item(usage_in_fonts(verb.usage), plain(capitalised(verb.meaning)) + "." + taken);
  }
  return text;
}

std::string list_of_options() {
  std::string text = section("OPTIONS");
  for (const OptionUsage& option : option_usages()) {
    std::vector<std::string> takers;
    for (const VerbUsage& verb : verbs()) {
      const bool takes = std::any_of(verb.options.begin(), verb.options.end(),
                                     [&](const char* name) { return option.name == name; });
      if (takes) takers.push_back(bold(verb.name));
    }
    std::string head = option.short_name == '\0' ? "" : bold(std::string("-") + option.short_name) + ", ";
    head += bold("--" + option.name) + (option.value.empty() ? "" : " " + usage_in_fonts(option.value));
    const std::string with = takers.empty() ? "" : " (" + fmt::format("{})", fmt::join(takers, ", "));
    text += item(head, plain(option.meaning) + with);
  }
  return text;
}

const char* meaning_of(ExitCode code) {
  switch (code) {
    case ExitCode::kAsExpected:
      return "Every verdict is the one that is expected; what is compared is the same.";
    case ExitCode::kNotAsExpected:
      return "A verdict is not the one that is expected, something is not covered, or what is compared "
             "differs.";
    case ExitCode::kUsage:
      return "There is a mistake in the command line or in a scenario, or a file cannot be read or written.";
    case ExitCode::kInconclusive:
      return "A search was ended by a limit or a signal, or looked at some runs only, and nothing failed.";
    case ExitCode::kInternal:
      return "A fault of quiesce itself.";
  }
  return "";
}

std::string exit_status() {
  constexpr std::array kCodes{ExitCode::kAsExpected, ExitCode::kNotAsExpected, ExitCode::kUsage,
                              ExitCode::kInconclusive, ExitCode::kInternal};
  std::string text = section("EXIT STATUS");
  for (const ExitCode code : kCodes)
    text += item(bold(std::to_string(static_cast<int>(code))), meaning_of(code));
  return text;
}

std::string files() {
  return section("FILES") +
         wrapped("Below the folder into which quiesce was installed, " + italic("/usr") + " for a package:") +
         item(italic("share/quiesce/scenarios/lib"),
              "The library of kernel routines and patches, which the program finds relative to itself.") +
         item(italic("share/quiesce/scenarios"), "Scenarios to read, to check and to copy.") +
         item(italic("share/doc/quiesce"), "The language of scenarios, properties, knobs, searching.");
}

/// A remark, which two spaces separate from its command, stands below it.
std::string examples() {
  std::string text = section("EXAMPLES");
  for (const VerbUsage& verb : verbs()) {
    for (const std::string example : verb.examples) {
      const std::size_t end = example.find("  ");
      const std::size_t remark = end == std::string::npos ? end : example.find_first_not_of(' ', end);
      const std::string meant = remark == std::string::npos ? verb.meaning : example.substr(remark);
      text += item(bold("quiesce " + example.substr(0, end)), plain(capitalised(meant)) + ".");
    }
  }
  return text;
}

std::string see_also() {
  return section("SEE ALSO") + italic("share/doc/quiesce/README.md") + ",\n" +
         italic("share/doc/quiesce/language.md") + ",\n\\fBspin\\fR(1)\n";
}

}  // namespace

ExitCode run_man(const Options& options) {
  if (!options.arguments.empty()) throw UsageError("'man' is followed by nothing");
  std::cout << ".\\\" Made by 'quiesce man' from the table of verbs and options.\n"
            << ".TH QUIESCE 1 \"" << kReleaseDate << "\" \"quiesce " << kVersion << "\" \"User Commands\"\n"
            << section("NAME") << "quiesce \\- model checker for the shutdown of Arm SMMUs\n"
            << synopsis() << description() << list_of_verbs() << list_of_options() << exit_status() << files()
            << examples() << see_also();
  return ExitCode::kAsExpected;
}

}  // namespace quiesce::cli
