"""What README.md shows of a run is what the program prints: every line of it, in this order.

Run with the path of the quiesce program, from the root of the repository."""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

QUIESCE = Path(sys.argv.pop(1)).resolve()
README = Path("README.md").read_text()
ELISION = re.compile(r"^ *(\[?\.\.\.\]?)$")


def samples():
    """(command, lines): behind a prompt, everything that is set off in its section is output."""
    found = []
    for section in README.split("\n## "):
        shown = None
        fenced = False
        for line in section.splitlines():
            fenced = fenced != line.startswith("```")
            if line.startswith("    $ quiesce check "):
                shown = []
                found.append((line.removeprefix("    $ quiesce "), shown))
            elif shown is not None and line.startswith("    ") and not fenced:
                shown.append(line[4:])
    return found


def own_scenario():
    """The one that README.md has in full."""
    return re.search(r"^```yaml\n(quiesce: 1\n.*?)^```$", README, re.MULTILINE | re.DOTALL).group(1)


class Samples(unittest.TestCase):
    def test_every_line_is_printed(self):
        self.assertEqual(len(samples()), 2)
        self.assertGreater(sum(len(lines) for _, lines in samples()), 60)
        for command, shown in samples():
            with self.subTest(command=command), tempfile.TemporaryDirectory() as folder:
                own = Path(folder) / "my-nic.yaml"
                own.write_text(own_scenario())
                words = [str(own) if word == own.name else word for word in command.split()]
                run = subprocess.run([QUIESCE, *words], capture_output=True, text=True, check=False)
                self.assertEqual(run.returncode, 0, run.stderr)
                printed = iter(line.rstrip() for line in run.stdout.splitlines())
                for line in shown:
                    if line.strip() and not ELISION.match(line):
                        self.assertIn(line.rstrip(), printed, command)


if __name__ == "__main__":
    unittest.main()
