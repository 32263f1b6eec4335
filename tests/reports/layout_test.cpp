// Text that fits: one claim each.
#include "reports/layout.hpp"

#include <gtest/gtest.h>

namespace quiesce::reports::layout_test {
namespace {

TEST(Clean, ShowsControlCharactersAsDots) {
  EXPECT_EQ(clean("a\x1b[31mb\tc\n"), "a.[31mb.c.");
  EXPECT_EQ(clean("\x7f"), ".");
  EXPECT_EQ(clean("\xc2\x85"), ".") << "a control character of two bytes";
}

TEST(Clean, ShowsWhatIsNoUtf8AndWhatTurnsTheWritingAsDots) {
  EXPECT_EQ(clean("\xff\xfe"), "..");
  EXPECT_EQ(clean("\xc3"), ".") << "cut off";
  EXPECT_EQ(clean("a\xe2\x80\xae"
                  "b"),
            "a.b");
  EXPECT_EQ(clean("\xed\xa0\x80"), ".") << "half of a surrogate pair";
}

TEST(Clean, ReplacesWhatCannotBeSeen) {
  EXPECT_EQ(clean("a\xc2\xad"
                  "b"),
            "a.b")
      << "a soft hyphen";
  EXPECT_EQ(clean("\xd8\x9c"), ".") << "the Arabic letter mark";
  EXPECT_EQ(clean("\xf3\xa0\x81\x81"), ".") << "a tag";
}

TEST(Clean, KeepsOtherLetters) { EXPECT_EQ(clean("Gr\xc3\xbc\xc3\x9f"), "Gr\xc3\xbc\xc3\x9f"); }

TEST(Shorten, TakesFromTheMiddleBetweenWords) {
  EXPECT_EQ(shorten("short", 10), "short");
  const std::string cut = shorten("poll consumed(smmu0, smmu0.CMDQ_CONS, slot)", 30);
  EXPECT_TRUE(cut.starts_with("poll consumed("));
  EXPECT_LE(width_of(cut), 30U);
  EXPECT_NE(cut.find("..."), std::string::npos);
  EXPECT_TRUE(cut.ends_with("slot)"));
}

TEST(Shorten, NeverCutsACharacterInHalf) {
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "\xc3\xbc";
  for (std::size_t width = 1; width < 50; ++width) {
    const std::string cut = shorten(umlauts, width);
    EXPECT_EQ(clean(cut), cut);
    EXPECT_LE(width_of(cut), width);
  }
}

TEST(Wrap, BreaksAtSpacesAndIndentsWhatFollows) {
  EXPECT_EQ(wrap("one two three", 8, 2), (std::vector<std::string>{"one two", "  three"}));
}

TEST(Wrap, NoLineIsWiderThanAsked) {
  for (std::size_t width = 10; width < 40; ++width) {
    for (const std::string& line : wrap("a " + std::string(100, 'x') + " b c d e f g h", width, 4))
      EXPECT_LE(width_of(line), width);
  }
}

TEST(ShellWord, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_word("scenarios/reboot/a-b_c.yaml"), "scenarios/reboot/a-b_c.yaml");
  EXPECT_EQ(shell_word("my scenario.yaml"), "'my scenario.yaml'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(shell_word("a\nb'"), "$'a\\x0ab\\''");
  EXPECT_EQ(shell_word("a\xe2\x80\xae"), "$'a\\xe2\\x80\\xae'") << "which would turn the line around";
  EXPECT_EQ(shell_word("\xc3\xa4"), "'\xc3\xa4'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace quiesce::reports::layout_test
