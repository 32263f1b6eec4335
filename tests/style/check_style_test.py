"""scripts/check-style fails on each thing that it looks for, and only then."""
import unittest

from repository_script import ScriptTest

LONG_BODY = "  call();\n" * 69


class CheckStyle(ScriptTest):
    def check(self, text, path="base/file.cpp"):
        self.write(path, text)
        return self.run_script("check-style")

    def test_accepts_an_ordinary_file(self):
        self.assert_passes(self.check(
            "// What the file is for: f() and g(); nothing else.\n"
            "/// Returns x, because y = 1 there (see the manual).\n"
            "int f(int x) {\n  const char* brace = \"{\";\n  return x + 1'000;  // why\n}\n"))

    def test_a_function_of_71_lines_is_too_long(self):
        self.assert_fails_with(self.check("int f() {\n" + LONG_BODY + "}\n"),
                               "base/file.cpp:1: error: function of 71 lines")

    def test_a_function_of_70_lines_is_not(self):
        self.assert_passes(self.check("int f() {\n" + LONG_BODY[:-10] + "}\n"))

    def test_a_method_is_measured_and_its_class_is_not(self):
        methods = "  int f() const {\n" + "    call();\n" * 40 + "  }\n"
        self.assert_passes(self.check("class C : public B {\n public:\n" + methods * 3 + "};\n"))
        long_method = "namespace n {\nclass C {\n  int f() const {\n" + LONG_BODY + "}\n};\n}\n"
        self.assert_fails_with(self.check(long_method),
                               "base/file.cpp:3: error: function of 71 lines")

    def test_a_constructor_with_braced_initialisers_is_measured(self):
        self.assert_fails_with(self.check("C::C(int a) : a_{a}, b_{a} {\n" + LONG_BODY + "}\n"),
                               "function of 71 lines")

    def test_a_table_is_no_function(self):
        self.assert_passes(self.check("constexpr auto kTable = make({\n" + "  {1, f(2)},\n" * 90 + "});\n"))

    def test_a_file_of_401_lines_is_too_long(self):
        self.assert_fails_with(self.check("// x\n" * 401), "file of 401 lines")

    def test_a_line_of_111_characters_is_too_long(self):
        self.assert_fails_with(self.check("//" + "x" * 109 + "\n"), "line of 111 characters")

    def test_notes_to_oneself_are_found(self):
        for word in ("TODO", "FIXME", "XXX", "HACK"):
            self.assert_fails_with(self.check(f"# {word} later\n", "docs/page.md"), word)

    def test_commented_out_code_is_found(self):
        for code in ("f(x, 1);", "int y = 2;", "return x;", "if (x > 1) {", "} else {", "#include <map>"):
            with self.subTest(code):
                self.assert_fails_with(self.check(f"  // {code}\n"), "commented-out code")

    def test_paths_of_one_machine_are_found(self):
        for path in ("/" + "work/x", "/root/x", "/home/me/x"):
            self.assert_fails_with(self.check(f"cd {path}\n", "scripts/run"), "absolute path")

    def test_registry_hosts_are_found(self):
        self.assert_fails_with(self.check("from: https://registry." + "npmjs.org/x\n", "x.yaml"),
                               "package registry")

    def test_an_empty_tree_fails(self):
        self.assert_fails_with(self.run_script("check-style"), "0 files")


if __name__ == "__main__":
    unittest.main()
