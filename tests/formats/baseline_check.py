"""`--baseline`: what makes the exit code 1, and what every format says of it.

Run with the path of the quiesce program, from the root of the repository."""
import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema

import ktap
import sarif

QUIESCE = sys.argv.pop(1)
SCENARIO = "tests/data/reports/two-mutexes.yaml"
UNEXPECTED = "tests/data/reports/hostile.yaml"


def quiesce(*arguments):
    return subprocess.run([QUIESCE, *arguments], capture_output=True, text=True, check=False)


class BaselineTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "baseline.json"

    def result(self, scenario=SCENARIO, kind="json"):
        return json.loads(quiesce("check", scenario, "--format", kind).stdout)

    def check(self, baseline, *arguments):
        self.file.write_text(baseline if isinstance(baseline, str) else json.dumps(baseline))
        return quiesce("check", "--baseline", str(self.file), *arguments)

    def without_deadlock(self):
        baseline = self.result()
        deadlock = baseline["variants"][0]["properties"][0]
        self.assertEqual(deadlock["name"], "deadlock")
        return baseline, deadlock["findings"].pop()

    def test_nothing_is_new_beside_the_same_result(self):
        for kind in ("json", "summary"):
            run = self.check(self.result(kind=kind), SCENARIO)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertIn(f"Beside the baseline {self.file}: 4 known, nothing new or gone", run.stdout)

    def test_what_one_run_shows_is_no_baseline(self):
        _, finding = self.without_deadlock()
        shown = quiesce("replay", SCENARIO, finding["schedule"], "--format", "json").stdout
        run = self.check(shown, SCENARIO)
        self.assertEqual(run.returncode, 2, run.stdout)
        self.assertIn("one run", run.stderr)

    def test_a_new_finding_fails_although_its_kind_is_expected(self):
        baseline, finding = self.without_deadlock()
        run = self.check(baseline, SCENARIO)
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertRegex(run.stdout, f"new +opposite +{finding['id']} ")
        report = json.loads(self.check(baseline, SCENARIO, "--format", "json").stdout)
        jsonschema.Draft202012Validator(json.loads(quiesce("schema", "result").stdout)).validate(report)
        deadlock = report["variants"][0]["properties"][0]
        self.assertEqual((deadlock["as_expected"], deadlock["regressed"]), (True, True))
        log = sarif.check(json.loads(self.check(baseline, SCENARIO, "--format", "sarif").stdout))
        new = [r for r in log["results"] if r.get("baselineState") == "new"]
        self.assertEqual([(r["properties"]["id"], r["kind"]) for r in new], [(finding["id"], "fail")])
        self.assertEqual(log["invocations"][0]["exitCode"], 1)
        suites = ElementTree.fromstring(self.check(baseline, SCENARIO, "--format", "junit").stdout)
        self.assertEqual(suites.get("failures"), "1")
        tests = ktap.parse(self.check(baseline, SCENARIO, "--format", "ktap").stdout)
        self.assertFalse(tests[0].passed)
        self.assertIn("violated, **new**", self.check(baseline, SCENARIO, "--format", "markdown").stdout)

    def test_what_is_not_expected_but_known_does_not_fail(self):
        self.assertEqual(quiesce("check", UNEXPECTED).returncode, 1)
        run = self.check(self.result(UNEXPECTED), UNEXPECTED)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_what_is_gone_is_told(self):
        scenario = self.file.with_name("own.yaml")
        mended = Path(SCENARIO).read_text()
        in_order = """          - mutex_lock: list_mutex
          - mutex_lock: group_mutex
"""
        opposite = "".join(reversed(in_order.splitlines(keepends=True)))
        self.assertEqual(mended.count(in_order), 1)
        scenario.write_text(mended.replace(in_order, opposite))
        baseline = self.result(str(scenario))
        deadlock = baseline["variants"][1]["properties"][0]["findings"][0]["id"]
        self.assertTrue(deadlock.startswith("deadlock-"))
        scenario.write_text(mended)
        run = self.check(baseline, str(scenario))
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertRegex(run.stdout, f"gone +same_order +{deadlock} +deadlock in ")
        log = sarif.check(json.loads(self.check(baseline, str(scenario), "--format", "sarif").stdout),
                          outside=True)
        absent = [r["ruleId"] for r in log["results"] if r.get("baselineState") == "absent"]
        self.assertIn("deadlock", absent)
        for kind in ("junit", "ktap", "markdown"):
            run = self.check(baseline, str(scenario), "--format", kind)
            self.assertIn(deadlock, run.stdout)
        cut = self.check(baseline, str(scenario), "--max-states", "20")
        self.assertEqual(cut.returncode, 3, "an incomplete search stays inconclusive")
        self.assertRegex(cut.stdout, f"not met +same_order +{deadlock} ")

    def test_scenarios_that_it_does_not_have_are_left_to_their_expectations(self):
        run = self.check(self.result(), UNEXPECTED)
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertIn("Of the baseline, 4 findings are in scenarios or variants that were not run",
                      run.stdout)

    def test_no_result(self):
        for text, message in (("", ":1:1: this is no JSON"), ("{\n\"schema\" 1}", ":2:10: this is no JSON"),
                              ("{}", ": '/schema' is missing")):
            run = self.check(text, SCENARIO)
            self.assertEqual(run.returncode, 2, run.stdout)
            self.assertIn(f"quiesce: {self.file}{message}", run.stderr)
        for file in ("/nowhere/x.json", "tests"):
            run = quiesce("check", "--baseline", file, SCENARIO)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn(f"cannot read the baseline '{file}'", run.stderr)
        self.assertEqual(quiesce("check", "--baseline", "", SCENARIO).returncode, 2)
        self.assertEqual(quiesce("lint", "--baseline", "x", SCENARIO).returncode, 2)


if __name__ == "__main__":
    unittest.main()
