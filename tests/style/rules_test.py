"""Every test that tests/hwmodel/rules.md names exists, and every rule names its section and a test."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST = re.compile(r"^TEST(?:_F)?\((\w+), (\w+)\)", re.MULTILINE)
SECTIONS = re.compile(r"\d+(\.\d+)*(, \d+(\.\d+)*)*")


def rows(heading):
    text = (ROOT / "tests/hwmodel/rules.md").read_text()
    part = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def unknown(names, known):
    return [name for name in names.split(", ") if name and name not in known]


class Rules(unittest.TestCase):
    def setUp(self):
        files = sorted((ROOT / "tests/hwmodel").glob("*.cpp"))
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

    def test_a_test_that_does_not_exist_is_noticed(self):
        self.assertEqual(unknown("Queue.OfOneEntryIsItsWrapBit, Queue.Dreams", self.tests), ["Queue.Dreams"])


if __name__ == "__main__":
    unittest.main()
