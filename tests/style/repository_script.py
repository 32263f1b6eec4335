"""Runs a script of scripts/ on a small tree that a test writes."""
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name).resolve()

    def write(self, path, text):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run_script(self, name, *arguments):
        command = [ROOT / "scripts" / name, *arguments, "--root", self.tree]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def assert_passes(self, run):
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def assert_fails_with(self, run, message):
        output = run.stdout + run.stderr
        self.assertEqual(run.returncode, 1, output)
        self.assertIn(message, output)
