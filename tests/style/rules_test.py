"""Every test that the rules in tests/hwmodel name exists, and every rule names its source and a test."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST = re.compile(r"^TEST(?:_F)?\((\w+), (\w+)\)", re.MULTILINE)
SECTIONS = re.compile(r"\d+(\.\d+)*(, \d+(\.\d+)*)*")
SOURCE = re.compile(r"\d+(\.\d+)*|MMU-500|Linux")
ASSUMPTION = re.compile(r"assumption ([a-z-]+)")


def table(text):
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in lines[2:]]


def rows(heading):
    text = (ROOT / "tests/hwmodel/rules.md").read_text()
    return table(text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0])


def unknown(names, known):
    return [name for name in names.split(", ") if name and name not in known]


class Rules(unittest.TestCase):
    def setUp(self):
        folders = [ROOT / "tests/hwmodel", ROOT / "tests/checker"]
        files = [file for folder in folders for file in sorted(folder.glob("*.cpp"))]
        self.tests = {".".join(found) for file in files for found in TEST.findall(file.read_text())}

    def test_every_rule_has_a_section_and_a_test(self):
        self.assertGreater(len(rows("Rules")), 30)
        for rule, section, names in rows("Rules"):
            with self.subTest(rule=rule):
                self.assertTrue(SECTIONS.fullmatch(section))
                self.assertTrue(names)
                self.assertEqual(unknown(names, self.tests), [])

    def test_every_choice_says_how_it_is_made(self):
        for choice, how, section, names in rows("Choices that the architecture leaves open"):
            with self.subTest(choice=choice):
                self.assertTrue(how)
                self.assertTrue(SECTIONS.fullmatch(section))
                self.assertEqual(unknown(names, self.tests), [])

    def test_every_rule_of_the_legacy_smmu_has_a_source_or_an_assumption_and_a_test(self):
        legacy = table((ROOT / "tests/hwmodel/rules_legacy.md").read_text())
        assumptions = (ROOT / "hwmodel/v2/assumptions.cpp").read_text()
        self.assertGreater(len(legacy), 30)
        for rule, source, names in legacy:
            with self.subTest(rule=rule):
                assumed = ASSUMPTION.fullmatch(source)
                if assumed:
                    self.assertIn(f'"{assumed.group(1)}"', assumptions)
                else:
                    self.assertTrue(all(SOURCE.fullmatch(each) for each in source.split(", ")))
                self.assertTrue(names)
                self.assertEqual(unknown(names, self.tests), [])

    def test_every_assumption_of_the_legacy_smmu_has_a_rule(self):
        code = (ROOT / "hwmodel/v2/assumptions.cpp").read_text()
        legacy = (ROOT / "tests/hwmodel/rules_legacy.md").read_text()
        ruled = {kind for kind, name in re.findall(r'(Assumption::k\w+),\s+"([a-z-]+)"', code)
                 if f"assumption {name} " in legacy}
        self.assertEqual(set(re.findall(r"Assumption::k\w+", code)), ruled)

    def test_a_test_that_does_not_exist_is_noticed(self):
        self.assertEqual(unknown("Queue.OfOneEntryIsItsWrapBit, Queue.Dreams", self.tests), ["Queue.Dreams"])


if __name__ == "__main__":
    unittest.main()
