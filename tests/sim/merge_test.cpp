// Overlays follow JSON Merge Patch.
#include <gtest/gtest.h>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::merge_test {
namespace {

struct Example {
  const char* original;
  const char* patch;
  const char* result;
};

/// For the names of tests.
void PrintTo(const Example& example, std::ostream* out) {
  *out << example.original << " and " << example.patch;
}

class MergePatch : public testing::TestWithParam<Example> {};

TEST_P(MergePatch, GivesTheResultOfTheStandard) {
  Node target = parse_document(GetParam().original, "original.yaml");
  merge_patch(target, parse_document(GetParam().patch, "patch.yaml"));
  EXPECT_EQ(to_text(target), GetParam().result);
}

// The cases of RFC 7386, Appendix A.
INSTANTIATE_TEST_SUITE_P(
    Rfc7386, MergePatch,
    testing::Values(Example{"{a: b}", "{a: c}", "{a: c}"}, Example{"{a: b}", "{b: c}", "{a: b, b: c}"},
                    Example{"{a: b}", "{a: null}", "{}"}, Example{"{a: b, b: c}", "{a: null}", "{b: c}"},
                    Example{"{a: [b]}", "{a: c}", "{a: c}"}, Example{"{a: c}", "{a: [b]}", "{a: [b]}"},
                    Example{"{a: {b: c}}", "{a: {b: d, c: null}}", "{a: {b: d}}"},
                    Example{"{a: [{b: c}]}", "{a: [1]}", "{a: [1]}"}, Example{"[a, b]", "[c, d]", "[c, d]"},
                    Example{"{a: b}", "[c]", "[c]"}, Example{"{a: foo}", "null", "null"},
                    Example{"{a: foo}", "bar", "bar"}, Example{"{e: null}", "{a: 1}", "{e: null, a: 1}"},
                    Example{"[1, 2]", "{a: b, c: null}", "{a: b}"},
                    Example{"{}", "{a: {bb: {ccc: null}}}", "{a: {bb: {}}}"}));

TEST(MergePatchLocations, StayThoseOfTheFileAValueCameFrom) {
  Node target = parse_document("a: 1\nb: {c: 2}\n", "original.yaml");
  merge_patch(target, parse_document("\nb: {d: 3}\n", "patch.yaml"));
  EXPECT_EQ(target.find("a")->at.file->path, "original.yaml");
  EXPECT_EQ(target.find("b")->find("c")->at.file->path, "original.yaml");
  EXPECT_EQ(target.find("b")->find("d")->at.file->path, "patch.yaml");
  EXPECT_EQ(target.find("b")->find("d")->at.line, 2U);
}

TEST(MergePatchOrder, KeepsPlacesAndAppendsWhatIsNew) {
  Node target = parse_document("{a: 1, b: 2, c: 3}", "original.yaml");
  merge_patch(target, parse_document("{d: 4, b: 5, a: null}", "patch.yaml"));
  EXPECT_EQ(to_text(target), "{b: 5, c: 3, d: 4}");
}

TEST(MergePatchQuotes, TurnTheWordNullIntoAText) {
  Node target = parse_document("{a: 1}", "original.yaml");
  merge_patch(target, parse_document("{a: 'null'}", "patch.yaml"));
  EXPECT_EQ(to_text(target), "{a: \"null\"}");
}

TEST(MergePatchNames, NullOfTheKernelDeletesNothing) {
  Node target = parse_document("{a: 1}", "original.yaml");
  merge_patch(target, parse_document("{a: NULL}", "patch.yaml"));
  EXPECT_EQ(to_text(target), "{a: NULL}");
}

}  // namespace
}  // namespace quiesce::sim::merge_test
