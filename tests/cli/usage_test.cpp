// The table of verbs and options says enough for the manual page and for the completion of shells.
#include "cli/usage.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cli/completion.hpp"
#include "cli/options.hpp"

namespace quiesce::cli::usage_test {
namespace {

bool is_accepted(const std::string& verb, const std::string& option, const std::string& word) {
  const std::string argument = "--" + option + "=" + word;
  const char* const line[] = {"quiesce", verb.c_str(), argument.c_str(), "x.yaml"};
  try {
    static_cast<void>(parse_options(4, line));
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

TEST(Usage, EveryOptionOfAVerbIsInTheTableOfOptions) {
  std::set<std::string> known;
  for (const OptionUsage& option : option_usages()) known.insert(option.name);
  for (const VerbUsage& verb : verbs()) {
    for (const char* option : verb.options) EXPECT_TRUE(known.contains(option)) << verb.name << " " << option;
  }
}

TEST(Usage, EveryOptionIsTakenByAVerb) {
  for (const OptionUsage& option : option_usages()) {
    if (option.name == "help" || option.name == "version") continue;
    const bool taken = std::any_of(verbs().begin(), verbs().end(), [&](const VerbUsage& verb) {
      return std::find(verb.options.begin(), verb.options.end(), option.name) != verb.options.end();
    });
    EXPECT_TRUE(taken) << option.name;
  }
}

TEST(Usage, AUsageBeginsWithItsVerb) {
  for (const VerbUsage& verb : verbs())
    EXPECT_EQ(std::string(verb.usage).substr(0, std::string(verb.usage).find(' ')), verb.name);
}

TEST(Usage, OnlyHelpHasAShortName) {
  for (const OptionUsage& option : option_usages())
    EXPECT_EQ(option.short_name, option.name == "help" ? 'h' : '\0') << option.name;
}

TEST(Completion, KnowsWhatEveryValueStandsFor) {
  for (const OptionUsage& option : option_usages()) {
    if (option.value.empty()) continue;
    EXPECT_TRUE(value_called(option.value)) << option.name << " " << option.value;
  }
}

TEST(Completion, KnowsWhatEveryWordBehindAVerbStandsFor) {
  for (const VerbUsage& verb : verbs()) {
    for (const CompletedWord& word : arguments_of(verb).places)
      EXPECT_TRUE(argument_called(word.stands_for)) << verb.name << " " << word.stands_for;
  }
}

TEST(Completion, OffersOnlyValuesThatAreAccepted) {
  int words = 0;
  for (const OptionUsage& option : option_usages()) {
    for (const auto& [takers, value] : values_by_verb(option)) {
      if (!value) continue;
      for (const std::string& word : value->words) {
        ++words;
        for (const std::string& verb : takers) {
          EXPECT_TRUE(is_accepted(verb, option.name, word.ends_with('=') ? word + "3" : word))
              << verb << " " << option.name << " " << word;
        }
      }
    }
  }
  EXPECT_GT(words, 15);
  EXPECT_FALSE(is_accepted("check", "mode", "ramdom"));
}

TEST(Completion, BarsInAUsageAreChoicesAndDotsRepeat) {
  const CompletedArguments list = arguments_of({"v", "v [one|two] FILE...", "", {}, {}});
  ASSERT_EQ(list.places.size(), 2U);
  EXPECT_EQ(list.places[0].words, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(list.places[1].kind, WordKind::kScenario);
  EXPECT_TRUE(list.last_repeats);
  EXPECT_FALSE(arguments_of({"v", "v ROUTINE", "", {}, {}}).last_repeats);
}

TEST(Completion, AMetavarThatNobodyKnowsStandsForAFile) {
  EXPECT_FALSE(value_called("UNHEARD"));
  EXPECT_EQ(value_of({"o", '\0', "UNHEARD", ""}, "")->kind, WordKind::kFile);
  EXPECT_FALSE(value_of({"o", '\0', "", ""}, ""));
}

}  // namespace
}  // namespace quiesce::cli::usage_test
