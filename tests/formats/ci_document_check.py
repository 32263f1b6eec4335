"""docs/ci.md: its examples are YAML, their commands run, and write the files that the examples publish.

Run with the path of the quiesce program, from the root of the repository."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml

QUIESCE = Path(sys.argv.pop(1)).resolve()
DOCUMENT = Path("docs/ci.md").read_text()
SCENARIOS = ["two-mutexes", "null-dereference"]


def fences(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def words(value):
    """Of a list, or of lines."""
    return value if isinstance(value, list) else value.split("\n")


class Job:
    """Commands in their order, and what is published after them."""

    def __init__(self):
        self.commands = []
        self.published = []


def github(workflow):
    for job in workflow["jobs"].values():
        read = Job()
        for step in job["steps"]:
            if "run" in step:
                read.commands.append(step["run"])
            inputs = step.get("with", {})
            read.published += [word for key in ("sarif_file", "path") if key in inputs
                               for word in words(inputs[key]) if word]
        yield read


def gitlab(pipeline):
    for job in pipeline.values():
        read = Job()
        read.commands = job["script"]
        artifacts = job["artifacts"]
        read.published = artifacts.get("paths", []) + list(artifacts.get("reports", {}).values())
        yield read


class Examples(unittest.TestCase):
    def setUp(self):
        self.in_a_fresh_folder()

    def in_a_fresh_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "scenarios").mkdir()
        for name in SCENARIOS:
            shutil.copy(f"tests/data/reports/{name}.yaml", self.folder / "scenarios")

    def run_command(self, command):
        path = os.pathsep.join([str(QUIESCE.parent), os.environ["PATH"]])
        environment = os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
        run = subprocess.run(["bash", "-e", "-c", command], cwd=self.folder, env=environment,
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, f"{command}\n{run.stdout}{run.stderr}")
        return run.stdout

    def run_job(self, job):
        self.assertTrue(job.commands)
        for command in job.commands:
            self.run_command(command)
        self.assertTrue(job.published)
        for file in job.published:
            written = self.folder / file
            parts = list(written.iterdir()) if written.is_dir() else [written]
            self.assertGreater(sum(part.stat().st_size for part in parts), 0, file)

    def test_examples_run_and_write_what_they_publish(self):
        examples = [yaml.safe_load(text) for text in fences("yml")]
        self.assertEqual(len(examples), 3)
        for example in examples:
            self.in_a_fresh_folder()
            for job in github(example) if "jobs" in example else gitlab(example):
                with self.subTest(commands=job.commands):
                    self.run_job(job)

    def test_alerts_are_only_what_fails(self):
        scenario = self.folder / "scenarios/two-mutexes.yaml"
        scenario.write_text(scenario.read_text().replace("deadlock: violated", "deadlock: holds"))
        self.run_command("quiesce check scenarios --report sarif=quiesce.sarif || test $? -eq 1")
        [workflow] = [text for text in fences("yml") if "jobs:" in text]
        [job] = github(yaml.safe_load(workflow))
        [keep] = [command for command in job.commands if command.startswith("jq ")]
        self.run_command(keep)
        alerts = yaml.safe_load((self.folder / "alerts.sarif").read_text())["runs"][0]["results"]
        self.assertEqual([alert["ruleId"] for alert in alerts], ["deadlock"])

    def test_other_commands(self):
        for command in fences("sh"):
            self.assertTrue(self.run_command(command).startswith("KTAP version 1\n"))

    def test_exit_codes(self):
        stated = re.findall(r"^\| (\d+) \|", DOCUMENT, re.MULTILINE)
        self.assertEqual(stated, ["0", "1", "2", "3", "70"])
        wrong = self.folder / "wrong.yaml"
        scenario = (self.folder / "scenarios/two-mutexes.yaml").read_text()
        wrong.write_text(scenario.replace("deadlock: violated", "deadlock: holds"))
        for code, arguments in [("0", "scenarios"), ("1", "wrong.yaml"), ("2", "no-such.yaml"),
                                ("3", "--max-states 1 scenarios")]:
            with self.subTest(arguments=arguments):
                self.run_command(f"quiesce check {arguments} || test $? -eq {code}")
                self.assertIn(code, stated)


if __name__ == "__main__":
    unittest.main()
