"""What docs/ says is true: tables that come from the program are up to date, and examples compile
and give the verdicts that they expect.

Run with the path of the quiesce program, from the root of the repository. With `--fix` at the end,
the tables are brought up to date instead."""
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import yaml

QUIESCE = sys.argv.pop(1)
VERBS = Path("docs/verbs.md")
SIMULATE = Path("docs/simulate.md")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Each table that the program prints: its page, the option of `list`, and where it is.
TABLES = [
    (VERBS, "--verbs", re.compile(r"^\| verb \|.*?\n(?!\|)", re.MULTILINE | re.DOTALL)),
    (SIMULATE, "--durations", re.compile(r"^\| key \| usually \|.*?\n(?!\|)", re.MULTILINE | re.DOTALL)),
]


def quiesce(*arguments):
    return subprocess.run([QUIESCE, *arguments], capture_output=True, text=True, check=False)


def schema():
    return json.loads(quiesce("schema").stdout)


def completed(example):
    """An example leaves out what every scenario begins with."""
    head = "" if example.startswith("quiesce:") else "quiesce: 1\nname: example\n"
    needs_machine = "\ntasks:" in "\n" + example and "\nmachine:" not in "\n" + example
    return head + ("machine: { cpus: 2 }\n" if needs_machine else "") + example


def first_cells(file, heading=""):
    """The names in the first column of the tables below a heading; everything, if there is none."""
    text = Path(file).read_text()
    if heading:
        text = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}


class Examples(unittest.TestCase):
    def test_every_example_compiles(self):
        validator = jsonschema.Draft202012Validator(schema())
        examples = [(file, text) for file in [Path("README.md"), *sorted(Path("docs").glob("*.md"))]
                    for text in EXAMPLE.findall(file.read_text())]
        self.assertGreater(len(examples), 10)
        with tempfile.TemporaryDirectory() as folder:
            for file, text in examples:
                scenario = Path(folder) / "example.yaml"
                scenario.write_text(completed(text))
                with self.subTest(file=str(file), example=text):
                    run = quiesce("lint", str(scenario))
                    self.assertEqual(run.returncode, 0, run.stderr)
                    if "expect:" in text:
                        run = quiesce("check", str(scenario))
                        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                    validator.validate(yaml.safe_load(scenario.read_text()))


class Tables(unittest.TestCase):
    def test_tables_of_the_program(self):
        for page, option, _ in TABLES:
            self.assertIn(quiesce("list", option).stdout, page.read_text(),
                          f"{page} is out of date: run this test with --fix")

    def test_durations(self):
        keys = set(schema()["$defs"]["scenario"]["properties"]["durations"]["anyOf"][0]["properties"])
        self.assertEqual(first_cells(SIMULATE, "Durations") & keys, keys)

    def test_sections(self):
        sections = set(schema()["$defs"]["scenario"]["properties"])
        self.assertEqual(first_cells("docs/language.md", "Sections"), sections)

    def test_knobs(self):
        machine = schema()["$defs"]["scenario"]["properties"]["machine"]["anyOf"][0]["properties"]
        named = set(machine) | set(machine["smmus"]["additionalProperties"]["properties"])
        device = machine["devices"]["additionalProperties"]["properties"]
        named |= set(device) | set(device["dma"]["anyOf"][1]["properties"])
        named |= set(machine["domains"]["additionalProperties"]["properties"])
        self.assertEqual(first_cells("docs/knobs.md"), named)

    def test_finding_kinds(self):
        with tempfile.TemporaryDirectory() as folder:
            scenario = Path(folder) / "kinds.yaml"
            scenario.write_text(completed(
                "machine: { cpus: 1, smmus: { s: {}, l: { model: smmuv2 } },\n"
                "           devices: { d: { behind: s, dma: true } } }\n"
                "classes: { c: { freeable: true } }\ntasks: { t: { run: [might_sleep] } }\n"))
            report = json.loads(quiesce("check", "--format", "json", str(scenario)).stdout)
        kinds = {p["name"] for p in report["variants"][0]["properties"]}
        self.assertEqual(first_cells("docs/properties.md", "Finding kinds"), kinds)


def fix():
    for page, option, place in TABLES:
        table = quiesce("list", option).stdout
        page.write_text(place.sub(lambda _, new=table: new, page.read_text()))


if __name__ == "__main__":
    if sys.argv[1:] == ["--fix"]:
        fix()
    else:
        unittest.main()
