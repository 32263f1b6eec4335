"""`quiesce schema` accepts every shipped file and refuses broken ones; reports fit `schema result`,
`schema diff` and `schema coverage`.

Run with the path of the quiesce program, from the root of the repository."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import yaml

QUIESCE = sys.argv.pop(1)
HEAD = {"quiesce": 1, "name": "broken"}
RUNS_TWICE = ["scenarios/textbook/peterson.yaml", "scenarios/textbook/alternating-bit.yaml"]


def quiesce(*arguments):
    return subprocess.run([QUIESCE, *arguments], capture_output=True, text=True, check=False)


def validator(which):
    schema = json.loads(quiesce("schema", which).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Scenarios(unittest.TestCase):
    def setUp(self):
        self.schema = validator("scenario")

    def refuse(self, **sections):
        self.assertFalse(self.schema.is_valid(HEAD | sections), sections)

    def refuse_step(self, step):
        self.refuse(tasks={"t": {"run": [step]}})

    def accept_step(self, step):
        self.schema.validate(HEAD | {"tasks": {"t": {"run": [step]}}})

    def test_every_shipped_file_is_valid(self):
        files = sorted(Path("scenarios").rglob("*.yaml"))
        self.assertGreater(len(files), 5)
        for file in files:
            with self.subTest(file=str(file)):
                self.schema.validate(yaml.safe_load(file.read_text()))

    def test_unknown_sections_and_keys(self):
        self.refuse(routine={})
        self.refuse(machine={"cpu": 2})
        self.refuse(tasks={"t": {"run": ["exit"], "cpus": 1}})
        self.refuse(variants={"v": {"use": ["linux/reboot"]}})
        self.refuse(properties={"p": {"newer": "x"}})
        self.assertFalse(self.schema.is_valid({"library": "a/b", "tasks": {}}))
        self.assertFalse(self.schema.is_valid({"patch": "a/b", "tasks": {}}))
        self.assertFalse(self.schema.is_valid({"name": "no version"}))

    def test_steps(self):
        self.accept_step("cond_resched")
        self.accept_step("x := 1")
        self.accept_step({"label": "here"})
        self.accept_step({"label": "here", "set": "x = 1", "when": "y"})
        self.accept_step({"poll": "x", "timeout": "1s", "on_timeout": [{"log": "late"}]})
        self.refuse_step("mutex_lock")
        self.refuse_step({"mutex_lok": "m"})
        self.refuse_step({"set": "x = 1", "load": "y = x"})
        self.refuse_step({"set": "x = 1", "timeout": "1s"})
        self.refuse_step({"poll": "x", "timeout": "soon"})
        self.refuse_step({"mutex_lock": None})
        self.refuse_step({"cond_resched": "x"})
        self.refuse_step({"while": "x"})
        self.refuse_step({"when": "x"})
        self.refuse_step({"label": "here", "timeout": "1s"})

    def test_null_deletes_in_overlays_alone(self):
        self.refuse(globals={"x": None})
        self.refuse(routines={"r": None})
        self.refuse(machine={"smmus": {"smmu0": {"sync": None}}})
        overlay = {"globals": {"x": None}, "routines": {"r": None}, "goals": {"g": None},
                   "machine": {"cpus": None, "smmus": {"smmu0": {"sync": None}}}}
        self.schema.validate(HEAD | {"variants": {"v": overlay}})
        self.schema.validate({"patch": "a/b"} | overlay)

    def test_distributions(self):
        def durations(**keys):
            return {"durations": keys}

        for good in ("1us", "1us..2us", "mean", {"exponential": "1ms"}, {"rate": 5}, {"observed": ["1us"]},
                     {"normal": {"mean": "1ms", "deviation": "1us"}}):
            self.schema.validate(HEAD | durations(step=good))
        for bad in (None, {"exponential": None}, {"exponental": "1us"}, {"exponential": "1ms", "rate": 5},
                    {"normal": {"mean": "1ms"}}):
            self.refuse(**durations(step=bad))
        for laid_over in (None, {"exponential": None, "rate": 5}, {"normal": {"mean": "1ms"}}):
            for keys in ({"step": laid_over}, {"steps": {"t+0": laid_over}}, {"devices": {"nic": laid_over}}):
                self.schema.validate(HEAD | {"variants": {"v": durations(**keys)}})
        unknown = durations(step={"exponental": None})
        self.assertFalse(self.schema.is_valid(HEAD | {"variants": {"v": unknown}}))

    def test_edits(self):
        self.schema.validate(HEAD | {"edits": [{"in": "r", "after": "l", "insert": ["cond_resched"]}]})
        self.schema.validate(HEAD | {"edits": [{"in": "r", "delete": "l"}]})
        self.refuse(edits=[{"in": "r", "after": "l"}])
        self.refuse(edits=[{"in": "r", "delete": "l", "insert": ["cond_resched"]}])
        self.refuse(edits=[{"in": "r", "after": "l", "before": "k", "insert": ["cond_resched"]}])


class Results(unittest.TestCase):
    def check(self, *arguments):
        run = quiesce("check", "--format", "json", *arguments)
        self.assertIn(run.returncode, (0, 1, 3), run.stderr)
        return json.loads(run.stdout)

    def test_one_scenario(self):
        report = self.check("scenarios/reboot/recorded-late-unmap.yaml")
        validator("result").validate(report)
        findings = [f for v in report["variants"] for p in v["properties"] for f in p["findings"]]
        self.assertTrue(findings)

    def test_several_scenarios_with_a_bound(self):
        report = self.check("--max-states", "100", *RUNS_TWICE)
        self.assertEqual(len(report["results"]), len(RUNS_TWICE))
        validator("result").validate(report)

    def test_searches_of_some_runs_and_profiles(self):
        scenario = "tests/data/reports/two-mutexes.yaml"
        for mode in (["contexts"], ["contexts=1"], ["random", "--walks", "20"], ["pct", "--walks", "20"],
                     ["breadth-first", "--profile"], ["contexts", "--profile"]):
            with self.subTest(mode=mode):
                variant = self.check("--mode", *mode, scenario)
                validator("result").validate(variant)
                variant = variant["variants"][0]
                self.assertEqual("search" in variant, mode[0] != "breadth-first")
                self.assertEqual("coverage" in variant, mode[0] != "breadth-first")
                self.assertEqual("profile" in variant, "--profile" in mode)

    def test_what_the_report_never_says(self):
        report = self.check("--max-states", "100", RUNS_TWICE[0])
        schema = validator("result")
        self.assertFalse(schema.is_valid(report | {"more": 1}))
        report["variants"][0]["verdict"] = "maybe"
        self.assertFalse(schema.is_valid(report))


class Coverage(unittest.TestCase):
    def test_reports_fit_with_and_without_what_was_not_reached(self):
        for scenario in ("tests/data/reports/two-mutexes.yaml", "scenarios/reboot/exit-files.yaml"):
            with self.subTest(scenario=scenario):
                run = quiesce("coverage", "--format", "json", scenario)
                validator("coverage").validate(json.loads(run.stdout))


class Differences(unittest.TestCase):
    def difference(self, *arguments):
        run = quiesce("diff", "--format", "json", *arguments)
        self.assertIn(run.returncode, (0, 1, 3), run.stderr)
        report = json.loads(run.stdout)
        validator("diff").validate(report)
        return report

    def test_variants(self):
        report = self.difference("scenarios/remove/legacy-seed.yaml", "transmit", "fixed")
        self.assertTrue(any("nearest" in one for one in report["pairs"][0]["findings"]))
        self.assertTrue(report["pairs"][0]["routines"])
        self.difference("tests/data/reports/two-mutexes.yaml", "same_order", "opposite", "--max-states", "5")

    def test_results(self):
        with tempfile.TemporaryDirectory() as folder:
            a, b = (str(Path(folder) / name) for name in ("a.json", "b.json"))
            quiesce("check", "--format", "json", "--output", a, *RUNS_TWICE)
            quiesce("check", "--format", "json", "--output", b, RUNS_TWICE[0])
            self.assertEqual(len(self.difference(a, b)["only_a"]), 1)


class Usage(unittest.TestCase):
    def test_an_unknown_schema_is_a_mistake(self):
        run = quiesce("schema", "report")
        self.assertEqual(run.returncode, 2)
        self.assertIn("scenario, result, diff, simulation or coverage", run.stderr)


if __name__ == "__main__":
    unittest.main()
