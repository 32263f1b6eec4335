// What the command line takes, as data: one table that is read, shown by --help, printed as a manual page and
// completed by shells.
#pragma once

#include <string>
#include <vector>

namespace quiesce::cli {

struct VerbUsage {
  const char* name;
  const char*
      usage;  ///< the verb and its words: capitals stand for something, `...` repeats, `[` may be left out
  const char* meaning;                ///< in half a line
  std::vector<const char*> examples;  ///< without the program's name; two spaces begin a remark
  std::vector<const char*> options;   ///< long names, without dashes
};

struct OptionUsage {
  std::string name;   ///< without dashes
  char short_name;    ///< or 0
  std::string value;  ///< words with `|` between them, or what capitals stand for; empty for a switch
  std::string meaning;
};

[[nodiscard]] const std::vector<VerbUsage>& verbs();
[[nodiscard]] std::vector<OptionUsage> option_usages();
/// `check, replay or list`.
[[nodiscard]] std::string names_of_verbs();

}  // namespace quiesce::cli
