"""bench/peers notices tools that disagree, and runs that were not complete."""
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

PEERS = Path(__file__).resolve().parent.parent.parent / "bench/peers"
sys.path.insert(0, str(PEERS))

import instances
import rounds
import tools

INSTANCE = instances.Instance("mcslock2", 2, 1_098, 1_000, 16)
PAN_OUTPUT = """{error}
State-vector 32 byte, depth reached 572, errors: {errors}
     1098 states, stored
     1099 states, matched
     2197 transitions (= stored+matched)
pan: elapsed time 0.01 seconds
"""


def measured(tool, states, transitions):
    run = tools.Run(states, transitions, 1, 1, 1)
    return rounds.Measured(INSTANCE, SimpleNamespace(name=tool), [run])


class Disagreements(unittest.TestCase):
    def test_equal_counts_are_none(self):
        row = [measured("quiesce", 1_098, 2_196), measured("SPIN", 1_098, 2_196)]
        self.assertEqual(list(rounds.disagreements([row])), [])

    def test_states(self):
        row = [measured("quiesce", 1_098, 2_196), measured("SPIN", 1_097, 2_196)]
        self.assertEqual(list(rounds.disagreements([row])),
                         ["mcslock2-2: SPIN reports 1097 states, not 1098"])

    def test_states_on_which_all_agree_but_are_not_the_known_number(self):
        row = [measured("quiesce", 1_097, 2_196), measured("SPIN", 1_097, 2_196)]
        self.assertEqual(len(list(rounds.disagreements([row]))), 2)

    def test_transitions(self):
        row = [measured("quiesce", 1_098, 2_196), measured("Rumur", 1_098, 2_195)]
        self.assertIn("transitions differ", "".join(rounds.disagreements([row])))


class Pan(unittest.TestCase):
    """A verifier that prints what it is told to."""

    def run_pan(self, error="", errors=0):
        with tempfile.TemporaryDirectory() as folder:
            pan = Path(folder) / "pan"
            pan.write_text(f"#!/bin/sh\ncat <<END\n{PAN_OUTPUT.format(error=error, errors=errors)}END\n",
                           encoding="utf-8")
            pan.chmod(0o755)
            return tools.Spin(reductions=False).run(INSTANCE, Path(folder))

    def test_counts(self):
        run = self.run_pan()
        self.assertEqual((run.states, run.transitions), (1_098, 2_196))

    def test_a_stack_that_was_too_small(self):
        with self.assertRaises(tools.Failure):
            self.run_pan(error="error: max search depth too small")

    def test_an_error_in_the_model(self):
        with self.assertRaises(tools.Failure):
            self.run_pan(errors=1)


class Instances(unittest.TestCase):
    def test_each_has_its_size_in_all_languages(self):
        for instance in instances.QUICK + instances.FULL:
            with self.subTest(instance=instance.name):
                self.assertIn(f"\n  {instances.VARIANT}:\n    types: {{ pid: id {instance.n}",
                              instance.scenario())
                self.assertIn(f"\n  N: {instance.n};", instance.murphi())
                self.assertIn(f"#define N {instance.n}\n", instance.promela())

    def test_an_unknown_name_is_an_error(self):
        with self.assertRaises(KeyError):
            instances.chosen(instances.FULL, ["peterson-7"])


if __name__ == "__main__":
    unittest.main()
