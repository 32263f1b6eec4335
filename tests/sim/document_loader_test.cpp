// From files to the document of one variant.
#include "sim/document_loader.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/sim/document_text.hpp"

namespace quiesce::sim::document_loader_test {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test: `lib/` holds libraries, scenarios stand beside it.
class DocumentLoader : public testing::Test {
 protected:
  DocumentLoader() {
    std::string name = (fs::temp_directory_path() / "quiesce-loader-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    dir_ = name;
    fs::create_directories(dir_ / "lib");
  }
  ~DocumentLoader() override {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name) << text;
  }
  [[nodiscard]] LibraryDirs libraries() const { return {dir_ / "lib"}; }
  [[nodiscard]] Node load(const std::string& scenario) const {
    write("s.yaml", "quiesce: 1\nname: s\n" + scenario);
    return load_scenario_document(dir_ / "s.yaml", libraries());
  }
  [[nodiscard]] Node variant(const std::string& scenario, const std::string& name) const {
    return variant_document(load(scenario), name, libraries());
  }
  /// A message without the name of the temporary folder.
  [[nodiscard]] std::string plain(std::string text) const {
    const std::string prefix = dir_.string() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }
  [[nodiscard]] std::string error_in(const std::string& scenario) const {
    return plain(error_of([&] { static_cast<void>(load(scenario)); }));
  }
  [[nodiscard]] std::string variant_error(const std::string& scenario, const std::string& name) const {
    return plain(error_of([&] { static_cast<void>(variant(scenario, name)); }));
  }

  fs::path dir_;
};

TEST_F(DocumentLoader, JoinsTheSectionsOfLibraries) {
  write("lib/linux/a.yaml", "library: linux/a\nroutines: {f: {steps: [x]}}\nlocks: {m: mutex}\n");
  write("lib/linux/b.yaml", "library: linux/b\nroutines: {g: {steps: [y]}}\n");
  const Node root = load("use: [linux/a, linux/b]\nroutines: {h: {steps: [z]}}\n");
  EXPECT_EQ(to_text(*root.find("routines")), "{h: {steps: [z]}, f: {steps: [x]}, g: {steps: [y]}}");
  EXPECT_EQ(to_text(*root.find("locks")), "{m: mutex}");
  EXPECT_EQ(root.find("routines")->find("f")->at.file->path, (dir_ / "lib/linux/a.yaml").string());
}

TEST_F(DocumentLoader, LoadsLibrariesOfLibrariesOnceEvenInCircles) {
  write("lib/a.yaml", "library: a\nuse: [b]\nlocks: {m: mutex}\n");
  write("lib/b.yaml", "library: b\nuse: [a]\nlocks: {n: mutex}\n");
  EXPECT_EQ(to_text(*load("use: [a, b, a]\n").find("locks")), "{m: mutex, n: mutex}");
}

TEST_F(DocumentLoader, FillsASectionThatTheScenarioLeftEmpty) {
  write("lib/a.yaml", "library: a\nlocks: {m: mutex}\n");
  EXPECT_EQ(to_text(*load("use: [a]\nlocks:\n").find("locks")), "{m: mutex}");
}

TEST_F(DocumentLoader, RefusesAnUnknownLibrary) {
  write("lib/linux/reboot.yaml", "library: linux/reboot\n");
  EXPECT_EQ(error_in("use: [linux/rebot]\n"),
            "s.yaml:3:7: error: unknown library 'linux/rebot'\n"
            "    3 | use: [linux/rebot]\n"
            "      |       ^~~~~~~~~~~\n"
            "      = did you mean 'linux/reboot'?\n"
            "      = looked for lib/linux/rebot.yaml\n");
}

TEST_F(DocumentLoader, NeverSuggestsAPatchAsALibrary) {
  write("lib/reboot.yaml", "patch: reboot\n");
  EXPECT_EQ(error_in("use: [rebot]\n"),
            "s.yaml:3:7: error: unknown library 'rebot'\n"
            "    3 | use: [rebot]\n"
            "      |       ^~~~~\n"
            "      = looked for lib/rebot.yaml\n");
}

TEST_F(DocumentLoader, RefusesNamesThatLeaveTheLibrary) {
  write("outside.yaml", "library: ../outside\n");
  for (const std::string name : {"../outside", "/etc/passwd", "a//b", "a/", "'x y'", "''"}) {
    EXPECT_NE(error_in("use: [" + name + "]\n")
                  .find("error: the name of a library is needed here, such as 'linux/reboot'"),
              std::string::npos)
        << name;
  }
}

TEST_F(DocumentLoader, RefusesALibraryUnderAnotherName) {
  write("lib/a.yaml", "library: b\n");
  EXPECT_EQ(error_in("use: [a]\n"),
            "lib/a.yaml:1:10: error: this file must say 'library: a'\n"
            "    1 | library: b\n"
            "      |          ^\n");
}

TEST_F(DocumentLoader, RefusesANameOfTheScenarioThatALibraryDeclares) {
  write("lib/a.yaml", "library: a\nroutines:\n  f: {steps: [x]}\n");
  EXPECT_EQ(error_in("use: [a]\nroutines:\n  f: {steps: [y]}\n"),
            "s.yaml:5:3: error: 'f' is declared already at lib/a.yaml:3:3\n"
            "    5 |   f: {steps: [y]}\n"
            "      |   ^\n"
            "      = a scenario changes what a library declares through 'patches', 'edits' or a variant\n");
}

TEST_F(DocumentLoader, RefusesANameThatTwoLibrariesDeclare) {
  write("lib/a.yaml", "library: a\nlocks: {m: mutex}\n");
  write("lib/b.yaml", "library: b\nlocks: {m: mutex}\n");
  EXPECT_EQ(error_in("use: [a, b]\n"),
            "lib/b.yaml:2:9: error: 'm' is declared already at lib/a.yaml:2:9\n"
            "    2 | locks: {m: mutex}\n"
            "      |         ^\n"
            "      = two libraries that are used together declare a name once\n");
}

TEST_F(DocumentLoader, AClassHasTheFieldsOfAllThatDeclareIt) {
  write("lib/a.yaml", "library: a\nclasses:\n  c: {freeable: true, fields: {x: bool}}\n");
  write("lib/b.yaml", "library: b\nclasses:\n  c: {fields: {y: bool}}\n");
  const Node document = load("use: [a, b]\nclasses:\n  c: {fields: {z: bool}}\n");
  const Node& declared = document.find("classes")->find("c")->entries.front().value;
  std::string fields;
  for (const Node::Entry& field : declared.entries) fields += field.key;
  EXPECT_EQ(fields, "zxy");
  EXPECT_EQ(document.find("classes")->find("c")->find("freeable")->scalar, "true");
}

TEST_F(DocumentLoader, RefusesAFieldThatTwoLibrariesDeclare) {
  write("lib/a.yaml", "library: a\nclasses: {c: {fields: {x: bool}}}\n");
  write("lib/b.yaml", "library: b\nclasses: {c: {fields: {x: bool}}}\n");
  EXPECT_EQ(error_in("use: [a, b]\n").substr(0, 66),
            "lib/b.yaml:2:24: error: 'x' is declared already at lib/a.yaml:2:24");
}

TEST_F(DocumentLoader, RefusesSectionsThatAreNoMaps) {
  write("lib/a.yaml", "library: a\nlocks: {m: mutex}\n");
  EXPECT_EQ(error_in("use: [a]\nlocks: [m]\n"),
            "s.yaml:4:8: error: 'locks' must be a map of names\n"
            "    4 | locks: [m]\n"
            "      |        ^\n");
}

TEST_F(DocumentLoader, RefusesUnknownKeys) {
  EXPECT_EQ(error_in("routnes: {}\n"),
            "s.yaml:3:1: error: unknown key 'routnes'\n"
            "    3 | routnes: {}\n"
            "      | ^~~~~~~\n"
            "      = did you mean 'routines'?\n");
}

TEST_F(DocumentLoader, RefusesWhatIsNoScenario) {
  const auto error = [&](const std::string& text) {
    write("t.yaml", text);
    const std::string all =
        plain(error_of([&] { static_cast<void>(load_scenario_document(dir_ / "t.yaml", libraries())); }));
    return all.substr(0, all.find('\n'));
  };
  EXPECT_EQ(error(""), "t.yaml:1:1: error: a scenario is a map that begins with 'quiesce: 1'");
  EXPECT_EQ(error("name: x\n"), "t.yaml:1:1: error: a scenario begins with 'quiesce: 1'");
  EXPECT_EQ(error("quiesce: 2\n"), "t.yaml:1:10: error: this version of quiesce reads 'quiesce: 1' only");
  EXPECT_EQ(error("quiesce: 1\n"), "t.yaml:1:1: error: a scenario needs a 'name'");
}

TEST_F(DocumentLoader, CallsTheOnlyVariantDefault) {
  const Node root = load("expect: {p: holds}\n");
  EXPECT_EQ(variant_names(root), std::vector<std::string>{"default"});
  EXPECT_EQ(to_text(*variant_document(root, "default", libraries()).find("expect")), "{p: holds}");
}

TEST_F(DocumentLoader, LaysAVariantOverTheScenario) {
  const std::string scenario =
      "title: base\n"
      "machine: {cpus: 2, kernel: v6.1}\n"
      "expect: {a: holds, b: holds}\n"
      "variants:\n"
      "  one:\n"
      "  two: {title: other, machine: {cpus: 4}, expect: {a: violated}}\n";
  EXPECT_EQ(variant_names(load(scenario)), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(to_text(variant(scenario, "one")),
            "{quiesce: 1, name: s, title: base, machine: {cpus: 2, kernel: v6.1}, "
            "expect: {a: holds, b: holds}}");
  EXPECT_EQ(to_text(variant(scenario, "two")),
            "{quiesce: 1, name: s, title: base, machine: {cpus: 4, kernel: v6.1}, expect: {a: violated}}");
}

TEST_F(DocumentLoader, AppliesPatchesThenTheVariantThenItsEdits) {
  write("lib/a.yaml", "library: a\nroutines: {f: {steps: [{label: l}]}}\nglobals: {g: 0}\n");
  write("lib/p/one.yaml",
        "patch: p/one\nglobals: {g: 1, from_one: 1}\n"
        "edits:\n  - {in: f, after: l, insert: {label: one}}\n");
  write("lib/p/two.yaml",
        "patch: p/two\nglobals: {g: 2, from_two: 1}\n"
        "edits:\n  - {in: f, after: one, insert: {label: two}}\n");
  const Node document = variant(
      "use: [a]\npatches: [p/one]\n"
      "variants:\n"
      "  v:\n"
      "    patches: [p/two]\n"
      "    globals: {g: 3, from_one: null}\n"
      "    edits:\n      - {in: f, after: two, insert: three}\n",
      "v");
  EXPECT_EQ(to_text(*document.find("globals")), "{g: 3, from_two: 1}");
  EXPECT_EQ(to_text(*document.find("routines")),
            "{f: {steps: [{label: l}, {label: one}, {label: two}, three]}}");
}

TEST_F(DocumentLoader, LeavesTheScenarioAsItWas) {
  const Node root = load("globals: {g: 0}\nvariants: {v: {globals: {g: 1}}, w: }\n");
  EXPECT_EQ(to_text(*variant_document(root, "v", libraries()).find("globals")), "{g: 1}");
  EXPECT_EQ(to_text(*variant_document(root, "w", libraries()).find("globals")), "{g: 0}");
}

TEST_F(DocumentLoader, LocatesAMistakeOfAPatchInThePatch) {
  write("lib/p.yaml", "patch: p\nedits:\n  - {in: nothing, delete: l}\n");
  EXPECT_EQ(variant_error("patches: [p]\n", "default"),
            "lib/p.yaml:3:10: error: unknown routine 'nothing'\n"
            "    3 |   - {in: nothing, delete: l}\n"
            "      |          ^~~~~~~\n");
}

TEST_F(DocumentLoader, RefusesAnUnknownPatch) {
  write("lib/p/syscore.yaml", "patch: p/syscore\n");
  EXPECT_EQ(variant_error("patches: [p/sycore]\n", "default"),
            "s.yaml:3:11: error: unknown patch 'p/sycore'\n"
            "    3 | patches: [p/sycore]\n"
            "      |           ^~~~~~~~\n"
            "      = did you mean 'p/syscore'?\n"
            "      = looked for lib/p/sycore.yaml\n");
}

TEST_F(DocumentLoader, RefusesAnUnknownVariant) {
  const std::string place = "s.yaml:4:3: error: ";
  const std::string line = "    4 |   mainline: {}\n      |   ^\n";
  EXPECT_EQ(variant_error("variants:\n  mainline: {}\n  polite: {}\n", "mainlin"),
            place + "no variant 'mainlin'\n" + line + "      = did you mean 'mainline'?\n");
  EXPECT_EQ(variant_error("variants:\n  mainline: {}\n  polite: {}\n", "x"),
            place + "no variant 'x'\n" + line + "      = the variants are mainline, polite\n");
}

TEST_F(DocumentLoader, RefusesAnUnknownVariantOfAScenarioWithoutVariants) {
  EXPECT_EQ(variant_error("", "mainline"),
            "s.yaml:1:1: error: no variant 'mainline'\n"
            "    1 | quiesce: 1\n"
            "      | ^\n"
            "      = the variants are default\n");
}

TEST_F(DocumentLoader, RefusesKeysThatAVariantCannotChange) {
  EXPECT_EQ(variant_error("variants:\n  v: {use: [linux/reboot]}\n", "v"),
            "s.yaml:4:7: error: unknown key 'use'\n"
            "    4 |   v: {use: [linux/reboot]}\n"
            "      |       ^~~\n");
}

TEST_F(DocumentLoader, FindsScenariosBelowAFolder) {
  write("tree/b.yaml", "# first a comment\nquiesce: 1\nname: b\n");
  write("tree/sub/a.yaml", "quiesce: 1\nname: a\n");
  write("tree/lib.yaml", "library: lib\n# quiesce: 1\n");
  write("tree/nested.yaml", "a:\n  quiesce: 1\n");
  write("tree/notes.txt", "quiesce: 1\n");
  EXPECT_EQ(find_scenarios(dir_ / "tree"),
            (std::vector<fs::path>{dir_ / "tree/b.yaml", dir_ / "tree/sub/a.yaml"}));
}

TEST_F(DocumentLoader, TakesAFileAsItIs) {
  EXPECT_EQ(find_scenarios(dir_ / "none.yaml"), std::vector<fs::path>{dir_ / "none.yaml"});
}

}  // namespace
}  // namespace quiesce::sim::document_loader_test
