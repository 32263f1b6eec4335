"""A parser of KTAP that accepts only what Documentation/dev-tools/ktap.rst of Linux v6.18 allows, without the
unknown lines that it lets a parser skip, and without the directive that it discourages."""
import re

VERSION = "KTAP version 1"
RESULT = re.compile(r"(ok|not ok) ([0-9]+)(?: ([^#]*?))?(?: # (.*))?$")
DIRECTIVES = {"SKIP", "XFAIL", "TIMEOUT", "ERROR"}


class Malformed(Exception):
    pass


class Test:
    def __init__(self, match, diagnostics, subtests):
        self.passed = match[1] == "ok"
        self.number = int(match[2])
        self.name = match[3] or ""
        words = (match[4] or "").split(" ", 1)
        self.directive = words[0] if words[0] in DIRECTIVES else ""
        self.data = (match[4] or "") if not self.directive else " ".join(words[1:])
        self.diagnostics = diagnostics
        self.subtests = subtests

    def check(self, line):
        if self.directive in ("TIMEOUT", "ERROR") and self.passed:
            raise Malformed(f"ok with {self.directive}: {line}")
        if self.passed and any(not test.passed for test in self.subtests):
            raise Malformed(f"passes although a subtest fails: {line}")


class Parser:
    def __init__(self, text):
        if text and not text.endswith("\n"):
            raise Malformed("the last line has no end")
        self.lines = text.split("\n")[:-1]
        self.at = 0

    def peek(self, indentation):
        """The next line without its indentation; None if it is indented less, or there is none."""
        if self.at == len(self.lines) or not self.lines[self.at].startswith(indentation):
            return None
        return self.lines[self.at][len(indentation):]

    def take(self, indentation, expected):
        line = self.peek(indentation)
        if line is None or not re.fullmatch(expected, line):
            raise Malformed(f"line {self.at + 1} is not {expected}: {line}")
        self.at += 1
        return line

    def block(self, indentation=""):
        self.take(indentation, VERSION)
        planned = int(self.take(indentation, r"1\.\.[0-9]+")[3:])
        tests, diagnostics, subtests = [], [], []
        while len(tests) < planned:
            line = self.peek(indentation)
            if line is None:
                raise Malformed(f"{len(tests)} tests of {planned} before line {self.at + 1}")
            if line == "  " + VERSION:
                subtests = self.block(indentation + "  ")
            elif line == "#" or line.startswith("# "):
                diagnostics.append(line[2:])
                self.at += 1
            else:
                match = RESULT.fullmatch(line)
                if not match or int(match[2]) != len(tests) + 1:
                    raise Malformed(f"line {self.at + 1} is no result of test {len(tests) + 1}: {line}")
                tests.append(Test(match, diagnostics, subtests))
                tests[-1].check(line)
                diagnostics, subtests = [], []
                self.at += 1
        return tests


def parse(text):
    """The tests of the outermost level. Raises Malformed."""
    parser = Parser(text)
    tests = parser.block()
    if parser.at != len(parser.lines):
        raise Malformed(f"line {parser.at + 1} belongs to no test: {parser.lines[parser.at]}")
    return tests
