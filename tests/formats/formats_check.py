"""Every format says what `--format json` says of the same run, and is well-formed, whatever the text of a
scenario is.

Run with the path of the quiesce program, from the root of the repository."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema

import ktap
import perfetto
import sarif

QUIESCE = sys.argv.pop(1)
DATA = "tests/data/reports"
TWO_MUTEXES = f"{DATA}/two-mutexes.yaml"
HOSTILE = f"{DATA}/hostile.yaml"
RUNS = [
    [TWO_MUTEXES],
    [f"{DATA}/null-dereference.yaml"],
    [f"{DATA}/recorded-shutdown.yaml"],
    [HOSTILE],
    ["scenarios/queue/stopped-owner.yaml"],
    ["scenarios/textbook/peterson.yaml", TWO_MUTEXES],
    ["--max-states", "20", TWO_MUTEXES],
    ["--mode", "contexts=1", TWO_MUTEXES],
    ["--mode", "pct", "--walks", "50", TWO_MUTEXES],
]


def quiesce(*arguments):
    return subprocess.run([QUIESCE, *arguments], capture_output=True, text=True, check=False)


SCHEMA = jsonschema.Draft202012Validator(json.loads(quiesce("schema", "result").stdout))


def scenarios_of(report):
    return report.get("results", [report])


def fails(prop):
    return prop.get("regressed", not prop["as_expected"] and prop["status"] != "inconclusive")


def everything(report):
    """(scenario, variant, property, finding); finding is None for a property without one."""
    for scenario in scenarios_of(report):
        for variant in scenario["variants"]:
            for prop in variant["properties"]:
                for finding in prop["findings"] or [None]:
                    yield scenario, variant, prop, finding


class FormatTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def all_formats(self, *arguments):
        """The exit code, and every format of one run by its name."""
        names = ["json", "summary", "junit", "sarif", "ktap", "markdown", "perfetto"]
        files = {name: str(self.folder / name) for name in names}
        reports = [word for name in names for word in ("--report", f"{name}={files[name]}")]
        run = quiesce("check", *reports, *arguments)
        self.assertIn(run.returncode, (0, 1, 3), run.stderr)
        texts = {name: Path(files[name]).read_text(encoding="utf-8") for name in names}
        return run.returncode, {"text": run.stdout} | texts


class Agreement(FormatTest):
    def test_every_run(self):
        for arguments in RUNS:
            with self.subTest(arguments=arguments):
                code, texts = self.all_formats(*arguments)
                report = json.loads(texts["json"])
                self.check_summary(json.loads(texts["summary"]), report)
                self.check_junit(texts["junit"], report)
                self.check_sarif(json.loads(texts["sarif"]), report, code)
                self.check_ktap(texts["ktap"], report)
                self.check_perfetto(json.loads(texts["perfetto"]), report)

    def check_summary(self, summary, report):
        SCHEMA.validate(summary)
        of_runs = ("initial", "steps", "log", "waits", "wait_graph", "assumptions", "explanation")
        wanted = copy.deepcopy(report)
        for scenario, variant, prop, finding in everything(wanted):
            for key in of_runs if finding else ():
                finding.pop(key, None)
            for key in ("machine", "routines"):
                variant.pop(key, None)
        self.assertEqual(summary, wanted)

    def check_junit(self, text, report):
        suites = list(ElementTree.fromstring(text))
        self.assertEqual(len(suites), len(scenarios_of(report)))
        for suite, scenario in zip(suites, scenarios_of(report)):
            cases = suite.findall("testcase")
            expected = [(v, p) for v in scenario["variants"] for p in v["properties"]]
            self.assertEqual(len(cases), len(expected))
            for kind in ("failure", "skipped"):
                counted = int(suite.get("failures" if kind == "failure" else kind))
                self.assertEqual(counted, sum(case.find(kind) is not None for case in cases))
            self.assertEqual(int(suite.get("tests")), len(cases))
            names = {p.get("name") for p in suite.find("properties")}
            self.assertIn("version", names)
            for case, (variant, prop) in zip(cases, expected):
                self.assertLessEqual({variant["name"] + end for end in (".states", ".transitions", ".depth")},
                                     names)
                self.assertEqual(case.find("failure") is not None, fails(prop))
                inconclusive = prop["status"] == "inconclusive" and not fails(prop)
                self.assertEqual(case.find("skipped") is not None, inconclusive)
                body = "".join(case.itertext())
                for finding in prop["findings"] if not inconclusive else []:
                    self.assertIn(finding["id"], body)

    def check_sarif(self, log, report, code):
        run = sarif.check(log)
        self.assertEqual(run["invocations"][0]["exitCode"], code)
        bounds = [v for s in scenarios_of(report) for v in s["variants"] if "bound" in v]
        self.assertEqual(len(run["invocations"][0].get("toolExecutionNotifications", [])), len(bounds))
        found = {r["partialFingerprints"]["quiesce/finding/v1"]: r for r in run["results"]}
        for scenario, variant, prop, finding in everything(report):
            key = "/".join([scenario["scenario"], variant["name"], prop["name"],
                            finding["id"] if finding else ""])
            if finding is None:
                self.assertTrue(key in found or not fails(prop))
                continue
            result = found[key]
            self.assertEqual(result["kind"], "informational" if prop["as_expected"] else "fail")
            self.assertEqual(result.get("baselineState"), finding.get("baseline"))
            self.assertEqual("codeFlows" in result, bool(finding["steps"]))
            if finding["steps"]:
                self.check_flows(result["codeFlows"][0]["threadFlows"], finding["steps"])

    def check_flows(self, flows, steps):
        self.assertEqual({flow["id"] for flow in flows}, {step["actor"] for step in steps})
        for flow in flows:
            for location in flow["locations"]:
                step = steps[location["executionOrder"] - 1]
                self.assertEqual(flow["id"], step["actor"])
                self.assertEqual(location["nestingLevel"], len(step["call_chain"]))
                self.assertEqual(set(location.get("state", {})), {c["slot"] for c in step["changes"]})

    def check_ktap(self, text, report):
        tests = ktap.parse(text)
        self.assertEqual(len(tests), len(scenarios_of(report)))
        for test, scenario in zip(tests, scenarios_of(report)):
            self.assertEqual(len(test.subtests), len(scenario["variants"]))
            for variant_test, variant in zip(test.subtests, scenario["variants"]):
                for case, prop in zip(variant_test.subtests, variant["properties"], strict=True):
                    inconclusive = prop["status"] == "inconclusive"
                    self.assertEqual(case.name, prop["name"])
                    self.assertEqual(case.passed, not fails(prop) and not inconclusive)
                    directive = "" if fails(prop) else {"violated": "XFAIL", "inconclusive": "TIMEOUT"}.get(
                        prop["status"], "")
                    self.assertEqual(case.directive, directive)
                    for finding in prop["findings"]:
                        self.assertIn(finding["id"], "\n".join(case.diagnostics))

    def check_perfetto(self, trace, report):
        processes = perfetto.check(trace)
        findings = [finding for *_, finding in everything(report) if finding]
        self.assertEqual(len(processes), len(findings))
        for finding, events in zip(findings, processes.values()):
            steps = [e for e in events if e["ph"] == "X" and e["cat"] == "step"]
            self.assertEqual(len(steps), len(finding["steps"]))
            for event in steps:
                step = finding["steps"][event["args"]["step"] - 1]
                self.assertEqual(event["args"]["time_us"], step["time_us"])
                self.assertEqual(event["name"], step["text"])
            arrows = [e for e in events if e["ph"] == "s"]
            self.assertEqual(len(arrows), sum("enabled_by" in step for step in finding["steps"]))
            marks = [e for e in events if e["ph"] == "i"]
            self.assertEqual(sum(e["s"] == "t" for e in marks), len(finding["log"]))
            names = [e["name"] for e in marks if e["s"] == "p"]
            self.assertTrue(any(name.startswith("finding: ") for name in names))
            lost = finding["explanation"]["point_of_no_return"]["kind"] in ("step", "from_start")
            self.assertEqual("point of no return" in names, lost)


class Markdown(FormatTest):
    FENCE = re.compile(r"^(`{3,})[a-z]*$")

    def outside_fences(self, text):
        lines, fence = [], ""
        for line in text.split("\n"):
            match = self.FENCE.match(line)
            if fence:
                fence = "" if line == fence else fence
            elif match:
                fence = match[1]
            else:
                lines.append(line)
        self.assertEqual(fence, "", "a fence that does not end")
        return lines

    def test_markup_is_closed_and_nothing_else_is_markup(self):
        for arguments in RUNS:
            with self.subTest(arguments=arguments):
                _, texts = self.all_formats(*arguments)
                lines = self.outside_fences(texts["markdown"])
                text = "\n".join(re.sub(r"(`+).+?\1", "", line) for line in lines)
                self.assertEqual(text.count("<details"), text.count("</details>"))
                tags = set(re.findall(r"<[^>]*>", text))
                self.assertLessEqual(tags, {"<details>", "<details open>", "</details>", "<summary>",
                                            "</summary>", "<code>", "</code>", "<b>", "</b>", "<!-- -->"})

    def test_table_has_all_verdicts(self):
        _, texts = self.all_formats(TWO_MUTEXES)
        rows = [line.split("|") for line in self.outside_fences(texts["markdown"]) if line.startswith("|")]
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual([cell.strip() for cell in rows[0][1:5]],
                         ["variant", "`deadlock`", "`hung_task`", "`done`"])
        self.assertEqual([cell.strip() for cell in rows[3][1:5]], ["`same_order`", "holds", "holds", "holds"])

    def test_commands_show_the_same_again(self):
        _, texts = self.all_formats(TWO_MUTEXES)
        commands = re.findall(r"^```sh\n(.*?)\n```$", texts["markdown"], re.MULTILINE | re.DOTALL)
        self.assertEqual(len(commands), 2)
        path = os.pathsep.join([str(Path(QUIESCE).resolve().parent), os.environ["PATH"]])
        for command in commands:
            run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False,
                                 env=os.environ | {"PATH": path})
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("deadlock in iommu_probe_device+1", run.stdout)


class Replay(FormatTest):
    def replay(self, schedule, kind):
        run = quiesce("replay", TWO_MUTEXES, schedule, "--format", kind)
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout) if kind in ("json", "sarif", "perfetto") else run.stdout

    def test_one_finding_in_every_format(self):
        report = json.loads(quiesce("check", TWO_MUTEXES, "--format", "json").stdout)
        finding = next(f for *_, f in everything(report) if f and f["id"].startswith("deadlock"))
        for word in (finding["id"], finding["schedule"]):
            with self.subTest(word=word):
                again = self.replay(word, "json")
                SCHEMA.validate(again)
                [[*_, prop, met]] = everything(again)
                self.assertEqual((prop["name"], prop["status"], met["id"]),
                                 ("deadlock", "violated", finding["id"]))
                self.assertEqual(met["steps"], finding["steps"])
                [result] = sarif.check(self.replay(word, "sarif"))["results"]
                self.assertEqual(result["properties"]["id"], finding["id"])
                self.assertEqual(len(perfetto.check(self.replay(word, "perfetto"))), 1)
                self.assertIn(finding["id"], self.replay(word, "markdown"))

    def test_a_run_at_the_end_of_which_nothing_is_wrong(self):
        report = json.loads(quiesce("check", TWO_MUTEXES, "--format", "json").stdout)
        schedule = next(f["schedule"] for *_, f in everything(report) if f)
        begin = ",".join(schedule.split(",")[:3])
        [[*_, prop, run]] = everything(self.replay(begin, "json"))
        self.assertEqual((prop["name"], prop["status"], len(run["steps"])), ("replay", "inconclusive", 2))
        self.assertIn("one run, and no search", self.replay(begin, "markdown"))
        log = self.replay(begin, "sarif")
        self.assertEqual([r["kind"] for r in sarif.check(log)["results"]], ["informational"])
        perfetto.check(self.replay(begin, "perfetto"))
        without_steps = begin.split(",", 1)[0]
        [result] = sarif.check(self.replay(without_steps, "sarif"))["results"]
        self.assertNotIn("codeFlows", result)
        perfetto.check(self.replay(without_steps, "perfetto"))


class RunsThatShowSeveralFindings(FormatTest):
    def setUp(self):
        super().setUp()
        self.scenario = Path(self.folder) / "twice.yaml"
        self.scenario.write_text(
            "quiesce: 1\nname: twice\nmachine: { cpus: 1, soft_lockup_watchdog: false }\n"
            "globals: { x: int 0..1 }\n"
            "tasks: { t: { cpu: 0, run: [ set: x = 1 ] } }\n"
            "properties: { first: { never: x == 1 }, second: { never: x > 0 } }\n")

    def test_replay_tells_all_of_them(self):
        report = json.loads(quiesce("check", str(self.scenario), "--format", "json").stdout)
        found = {p["name"]: f for *_, p, f in everything(report) if f}
        self.assertEqual(set(found), {"first", "second"})
        self.assertEqual(found["first"]["schedule"], found["second"]["schedule"])
        again = quiesce("replay", str(self.scenario), found["second"]["schedule"])
        self.assertIn("replay: first", again.stdout)
        self.assertIn(f"It shows, too: second ({found['second']['id']})", again.stdout)
        both = quiesce("replay", str(self.scenario), found["second"]["schedule"], "--format", "json")
        self.assertEqual({p["name"]: p["status"] for *_, p, _ in everything(json.loads(both.stdout))},
                         {"first": "violated", "second": "violated"})


class SimulatedRuns(FormatTest):
    RUN = ["simulate", "scenarios/reboot/recorded-late-unmap.yaml", "--variant", "shutdown"]

    def test_one_run_in_every_format(self):
        report = json.loads(quiesce(*self.RUN, "--format", "json").stdout)
        SCHEMA.validate(report)
        self.assertTrue(report["of_one_run"])
        found = {p["name"]: f for *_, p, f in everything(report)}
        whole = found["run"]
        self.assertEqual({"run", "cmd_sync_timeout", "soft_lockup", "prompt", "none_times_out"}, set(found))
        times = [step["time_us"] for step in whole["steps"]]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0], 6_903_000)
        for finding in found.values():
            self.assertEqual(finding["steps"], whole["steps"][:len(finding["steps"])])
        tracks = perfetto.check(json.loads(quiesce(*self.RUN, "--format", "perfetto").stdout))
        self.assertEqual(len(tracks), len(found))
        text = quiesce(*self.RUN).stdout
        for line in whole["log"]:
            seconds, micros = divmod(line["time_us"], 1_000_000)
            self.assertIn(f"[{seconds:5}.{micros:06}] {line['text']}", text)

    def test_many_runs_fit_their_schema(self):
        schema = jsonschema.Draft202012Validator(json.loads(quiesce("schema", "simulation").stdout))
        schema.check_schema(schema.schema)
        race = ["simulate", f"{DATA}/race.yaml", "--format", "json", "--runs", "50"]
        for more in ([], ["--sweep", "mean=1ms,2ms"], ["--until-ci", "0.5"]):
            schema.validate(json.loads(quiesce(*race, *more).stdout))
        nothing = json.loads(quiesce(*race, "--max-seconds", "0.000001").stdout)
        schema.validate(nothing)
        point = nothing["variants"][0]["points"][0]
        self.assertEqual((point["runs"], point["properties"][0]["probability"]), (0, None))
        schema.validate(json.loads(quiesce(*self.RUN, "--runs", "20", "--format", "json").stdout))
        self.assertFalse(schema.is_valid({"schema": "quiesce.simulation/1"}))


class Options(FormatTest):
    def refuse(self, message, *arguments):
        run = quiesce(*arguments)
        self.assertEqual(run.returncode, 2, run.stdout)
        self.assertIn(message, run.stderr)

    def test_formats_that_a_verb_has_not(self):
        self.refuse("did you mean 'junit'?", "check", TWO_MUTEXES, "--format", "junitt")
        self.refuse("'--format' of 'replay' is text, json, sarif, markdown or perfetto", "replay",
                    TWO_MUTEXES, "q1.x", "--format", "junit")
        self.refuse("'--format' of 'coverage' is text or json", "coverage", "scenarios", "--format",
                    "sarif")
        self.refuse("'--report' is FORMAT=FILE", "check", TWO_MUTEXES, "--report", "junit")
        self.refuse("'--report' is FORMAT=FILE", "check", TWO_MUTEXES, "--report", "junit=")
        self.refuse("'--report' of 'check' is", "check", TWO_MUTEXES, "--report", "xml=x")

    def test_files_that_cannot_be_written(self):
        self.refuse("cannot write '/dev/full'", "check", TWO_MUTEXES, "--report", "junit=/dev/full")
        self.refuse("cannot write", "check", TWO_MUTEXES, "--report", f"sarif={self.folder}")
        self.refuse("cannot write '/nowhere/x': No such file or directory", "check", TWO_MUTEXES, "--format",
                    "ktap", "--output", "/nowhere/x")

    def test_an_output_in_the_folder_of_the_pages(self):
        pages = Path(self.folder) / "pages"
        self.refuse("would be written twice", "check", TWO_MUTEXES, "--html", str(pages), "--output",
                    str(pages / "index.html"))

    def test_a_scenario_from_a_pipe(self):
        words = f"{QUIESCE} check <(cat {TWO_MUTEXES})"
        run = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)


if __name__ == "__main__":
    unittest.main()
