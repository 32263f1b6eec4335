"""Rumur explores the Murphi twins and reaches the counts that the scenarios in scenarios/textbook assert,
which in turn `quiesce check` compares with its own search.

Run from the root of the repository."""
import os
import subprocess
import unittest
from pathlib import Path

import yaml

HERE = Path(__file__).parent

# scenario, variant, constants of the twin
TWINS = [
    ("peterson", "n3", []),
    ("peterson", "n4", ["N=4"]),
    ("peterson", "n5", ["N=5"]),
    ("mcslock1", "n2", ["N=2"]),
    ("mcslock1", "n3", []),
    ("mcslock1", "n4", ["N=4"]),
    ("mcslock2", "n2", []),
    ("two-phase-commit", "rm3", []),
    ("alternating-bit", "both_check", []),
    ("dining-philosophers", "left_fork_first", []),
    ("dining-philosophers", "forks_in_order", ["ORDERED=1"]),
    ("dining-philosophers", "four_seats", ["SEATS=4"]),
]


def asserted(scenario, variant):
    document = yaml.safe_load(Path(f"scenarios/textbook/{scenario}.yaml").read_text(encoding="utf-8"))
    counts = document["variants"][variant]["counts"]
    return f"{counts['states']} {counts['transitions']}"


def counted(twin, constants):
    # Rumur would stop at the first deadlock; quiesce goes on.
    run = subprocess.run([HERE / "rumur_counts", HERE / f"{twin}.m", *constants], capture_output=True,
                         text=True, check=False, env=os.environ | {"DEADLOCK": "off"})
    return run.stdout.strip() or run.stderr


class Twins(unittest.TestCase):
    def test_counts(self):
        for scenario, variant, constants in TWINS:
            with self.subTest(scenario=scenario, variant=variant):
                self.assertEqual(counted(scenario, constants), asserted(scenario, variant))

    def test_a_changed_twin_is_noticed(self):
        self.assertNotEqual(counted("peterson", ["N=4"]), asserted("peterson", "n3"))


if __name__ == "__main__":
    unittest.main()
