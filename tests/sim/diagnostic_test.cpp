// What a user sees of a mistake, to the letter.
#include "sim/diagnostic.hpp"

#include <gtest/gtest.h>

namespace quiesce::sim::diagnostic_test {
namespace {

Diagnostic at(std::vector<std::string> lines, std::uint32_t line, std::uint32_t column) {
  Diagnostic diagnostic;
  diagnostic.at.file = std::make_shared<SourceFile>(SourceFile{"x.yaml", std::move(lines)});
  diagnostic.at.line = line;
  diagnostic.at.column = column;
  diagnostic.message = "wrong";
  return diagnostic;
}

Diagnostic in_line(std::string line, std::uint32_t column, unsigned length = 1) {
  Diagnostic diagnostic = at({std::move(line)}, 1, column);
  diagnostic.length = length;
  return diagnostic;
}

TEST(Diagnostic, ShowsPlaceLineCaretAndHint) {
  std::vector<std::string> lines(11);
  lines.emplace_back("      - call: iommu_unmpa(isp.domain)");
  Diagnostic diagnostic = at(std::move(lines), 12, 15);
  diagnostic.message = "unknown routine 'iommu_unmpa'";
  diagnostic.hint = "did you mean 'iommu_unmap'?";
  diagnostic.length = 11;
  EXPECT_EQ(to_string(diagnostic),
            "x.yaml:12:15: error: unknown routine 'iommu_unmpa'\n"
            "   12 |       - call: iommu_unmpa(isp.domain)\n"
            "      |               ^~~~~~~~~~~\n"
            "      = did you mean 'iommu_unmap'?\n");
}

TEST(Diagnostic, OfAWholeFileNamesOnlyTheFile) {
  EXPECT_EQ(to_string(at({"a: 1"}, 0, 0)), "x.yaml: error: wrong\n");
}

TEST(Diagnostic, FromNoFileHasNoPlace) {
  Diagnostic diagnostic;
  diagnostic.message = "wrong";
  diagnostic.hint = "better";
  EXPECT_EQ(to_string(diagnostic), "error: wrong\n      = better\n");
}

TEST(Diagnostic, CountsCharactersNotBytesBeforeTheCaret) {
  EXPECT_EQ(to_string(in_line("ä€𝄞: b", 12)),
            "x.yaml:1:12: error: wrong\n"
            "    1 | ä€𝄞: b\n"
            "      |      ^\n");
}

TEST(Diagnostic, ShowsATabAsOneSpace) {
  EXPECT_EQ(to_string(in_line("a:\tbc", 4, 2)),
            "x.yaml:1:4: error: wrong\n"
            "    1 | a: bc\n"
            "      |    ^~\n");
}

TEST(Diagnostic, EscapesWhatCouldMoveTheCursor) {
  EXPECT_EQ(to_string(in_line("a\x1b[2Jb", 6)),
            "x.yaml:1:6: error: wrong\n"
            "    1 | a\\x1b[2Jb\n"
            "      |         ^\n");
  Diagnostic hostile = in_line("", 1);
  hostile.message = "name '\n\x1b[31m'";
  hostile.hint = "\u202e and \xff";
  EXPECT_EQ(to_string(hostile),
            "x.yaml:1:1: error: name '\\x0a\\x1b[31m'\n"
            "    1 | \n"
            "      | ^\n"
            "      = \\u202e and \\xff\n");
}

TEST(Diagnostic, ShortensALongLineAroundTheCaret) {
  const std::string text = to_string(in_line(std::string(300, 'a') + "X" + std::string(300, 'b'), 301));
  EXPECT_EQ(text, "x.yaml:1:301: error: wrong\n    1 | ..." + std::string(100, 'a') + "X" +
                      std::string(99, 'b') + "...\n      | " + std::string(103, ' ') + "^\n");
}

TEST(Diagnostic, ShowsALineOf200ColumnsWhole) {
  const std::string line(200, 'a');
  EXPECT_EQ(to_string(in_line(line, 1)), "x.yaml:1:1: error: wrong\n    1 | " + line + "\n      | ^\n");
}

TEST(Diagnostic, NeverCutsACharacterInTwo) {
  std::string line;
  for (int i = 0; i < 400; ++i) line += "ä";
  const std::string text = to_string(in_line(line, 401));
  EXPECT_EQ(text.find("\\x"), std::string::npos);
}

TEST(Diagnostic, UnderlinesNoFurtherThanTheLine) {
  EXPECT_EQ(to_string(in_line("abc", 2, 99)), "x.yaml:1:2: error: wrong\n    1 | abc\n      |  ^~\n");
  EXPECT_EQ(to_string(in_line("abc", 99, 9)), "x.yaml:1:99: error: wrong\n    1 | abc\n      |    ^\n");
}

TEST(Diagnostic, WidensItsMarginForLongLineNumbers) {
  Diagnostic diagnostic = at(std::vector<std::string>(123456, "a"), 123456, 1);
  diagnostic.hint = "better";
  EXPECT_EQ(to_string(diagnostic),
            "x.yaml:123456:1: error: wrong\n"
            "123456 | a\n"
            "       | ^\n"
            "       = better\n");
}

TEST(Diagnostics, KeepOneOfEqualMistakes) {
  const Location at = in_line("a", 1).at;
  Diagnostics errors;
  errors.error(at, "wrong");
  errors.error(at, "wrong");
  errors.error(at, "also wrong");
  try {
    errors.throw_if_any();
    FAIL() << "nothing was thrown";
  } catch (const ScenarioError& error) {
    EXPECT_EQ(error.diagnostics().size(), 2U);
  }
}

TEST(Diagnostics, KeepNoMoreThanFifty) {
  const Location at = in_line("a", 1).at;
  Diagnostics errors;
  for (int i = 0; i < 80; ++i) errors.error(at, "wrong " + std::to_string(i));
  try {
    errors.throw_if_any();
    FAIL() << "nothing was thrown";
  } catch (const ScenarioError& error) {
    EXPECT_EQ(error.diagnostics().size(), 50U);
  }
}

TEST(Diagnostics, AreSortedByPlace) {
  const auto file = std::make_shared<SourceFile>(SourceFile{"x.yaml", {"a", "b"}});
  Diagnostics errors;
  errors.error({file, 2, 1}, "second");
  errors.error({file, 1, 1}, "first");
  try {
    errors.throw_if_any();
    FAIL() << "nothing was thrown";
  } catch (const ScenarioError& error) {
    EXPECT_EQ(error.diagnostics()[0].message, "first");
    EXPECT_EQ(error.diagnostics()[1].message, "second");
  }
}

TEST(Diagnostics, ThrowNothingWhenEmpty) {
  const Diagnostics errors;
  EXPECT_TRUE(errors.empty());
  EXPECT_NO_THROW(errors.throw_if_any());
}

TEST(NearestName, IsTheOneWithTheFewestEdits) {
  const std::vector<std::string> names{"spin_lock", "spin_unlock", "mutex_lock"};
  EXPECT_EQ(nearest_name_hint("spin_lok", names), "did you mean 'spin_lock'?");
  EXPECT_EQ(nearest_name_hint("spin_unlok", names), "did you mean 'spin_unlock'?");
}

TEST(NearestName, MayDifferInAThirdOfItsLetters) {
  const std::vector<std::string> names{"abcdef"};
  EXPECT_EQ(nearest_name_hint("abcdxx", names), "did you mean 'abcdef'?");
  EXPECT_EQ(nearest_name_hint("abcxxx", names), "");
}

TEST(NearestName, IsNeverTheNameItself) {
  const std::vector<std::string> names{"abc"};
  EXPECT_EQ(nearest_name_hint("abc", names), "");
}

TEST(NearestName, IsNotSearchedForHugeNames) {
  const std::vector<std::string> names{std::string(1000, 'a')};
  EXPECT_EQ(nearest_name_hint(std::string(1001, 'a'), names), "");
}

}  // namespace
}  // namespace quiesce::sim::diagnostic_test
