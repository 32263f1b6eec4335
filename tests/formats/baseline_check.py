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

    def result(self, scenario=SCENARIO):
        return json.loads(quiesce("check", scenario, "--format", "json").stdout)

    def check(self, baseline, *arguments):
        self.file.write_text(baseline if isinstance(baseline, str) else json.dumps(baseline))
        return quiesce("check", "--baseline", str(self.file), *arguments)

    def without_deadlock(self):
        baseline = self.result()
        deadlock = baseline["variants"][0]["properties"][0]
        self.assertEqual(deadlock["name"], "deadlock")
        return baseline, deadlock["findings"].pop()

    def test_nothing_is_new_beside_the_same_result(self):
        run = self.check(self.result(), SCENARIO)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn(f"Beside the baseline {self.file}: 4 known, nothing new or gone", run.stdout)

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
        baseline = self.result()
        self.assertEqual(baseline["variants"][1]["properties"][0]["name"], "deadlock")
        baseline["variants"][1]["properties"][0]["findings"] = [
            {"id": "deadlock-000000", "summary": "deadlock in old_routine+1"}]
        run = self.check(baseline, SCENARIO)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertRegex(run.stdout, "gone +same_order +deadlock-000000 +deadlock in old_routine")
        log = sarif.check(json.loads(self.check(baseline, SCENARIO, "--format", "sarif").stdout))
        absent = [r["ruleId"] for r in log["results"] if r.get("baselineState") == "absent"]
        self.assertEqual(absent, ["deadlock"])
        for kind in ("junit", "ktap", "markdown"):
            run = self.check(baseline, SCENARIO, "--format", kind)
            self.assertIn("deadlock-000000", run.stdout)
        cut = self.check(baseline, SCENARIO, "--max-states", "20")
        self.assertEqual(cut.returncode, 3, "an incomplete search stays inconclusive")
        self.assertRegex(cut.stdout, "not met +same_order +deadlock-000000 ")

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
