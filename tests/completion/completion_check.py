"""The completion of shells and the manual page, as the build wrote them: what a shell offers, and what the
tools that read manual pages say. Run with the paths of the program and of its documents."""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM, DOCUMENTS = (Path(argument).resolve() for argument in (sys.argv.pop(1), sys.argv.pop(1)))
SECONDS = 30
SCENARIO = """quiesce: 1
name: own
globals: { x: bool }
variants: { slow: {}, slower: {}, fast: {} }
"""
BASH = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quiesce "$1"
((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"; true"""


def run(*command, folder=None, **more):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False,
                          **more)


class InAFolder(unittest.TestCase):
    """A folder with a scenario, another file and a folder, in which the shell runs."""
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        (self.folder / "own.yaml").write_text(SCENARIO)
        (self.folder / "own.txt").write_text("")
        (self.folder / "outer").mkdir()


class Bash(InAFolder):
    def offered(self, *words):
        done = run("bash", "--norc", "-c", BASH, "bash", str(DOCUMENTS / "quiesce"), str(PROGRAM), *words,
                   folder=self.folder)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def test_verbs(self):
        self.assertEqual(self.offered("che"), ["check"])

    def test_only_options_of_the_verb(self):
        self.assertEqual(self.offered("list", "--"), ["--help", "--verbs", "--routines", "--durations"])

    def test_values(self):
        self.assertEqual(self.offered("check", "--explain", ""), ["full", "brief", "none"])

    def test_formats_of_the_verb(self):
        self.assertEqual(self.offered("check", "--format", "j"), ["json", "junit"])
        self.assertEqual(self.offered("coverage", "--format", ""), ["text", "json"])
        self.assertEqual(self.offered("replay", "--report", "sa"), ["sarif="])

    def test_values_behind_an_equals_sign(self):
        self.assertEqual(self.offered("check", "--mode", "=", "p"), ["pct"])
        self.assertEqual(self.offered("check", "--mode", "="),
                         ["breadth-first", "contexts", "contexts=", "random", "pct"])

    def test_nothing_for_the_number_in_a_mode(self):
        self.assertEqual(self.offered("check", "--mode", "contexts", "="), [])

    def test_files_behind_the_format_of_a_report(self):
        self.assertEqual(self.offered("check", "--report", "sarif", "="), ["outer", "own.txt", "own.yaml"])
        self.assertEqual(self.offered("check", "--report", "sarif", "=", "own.t"), ["own.txt"])
        self.assertEqual(self.offered("check", "--report", "=", "sarif", "=", "own.t"), ["own.txt"])
        self.assertEqual(self.offered("check", "--report", "=", "ju"), ["junit="])

    def test_an_argument_after_the_number_in_a_mode(self):
        self.assertEqual(self.offered("schema", "--mode", "contexts", "=", "3", "re"), ["result"])

    def test_lists(self):
        self.assertEqual(self.offered("check", "--reduce", "symmetry,st"), ["symmetry,stubborn-sets"])

    def test_scenarios_and_folders_only(self):
        self.assertEqual(self.offered("check", "o"), ["outer", "own.yaml"])

    def test_any_file_for_the_output(self):
        self.assertEqual(self.offered("check", "--output", "own"), ["own.txt", "own.yaml"])

    def test_variants_of_the_file_on_the_line(self):
        self.assertEqual(self.offered("check", "own.yaml", "--variant", "s"), ["slow", "slower"])

    def test_variants_when_the_file_comes_later(self):
        line = "source \"$1\"; COMP_WORDS=(\"$2\" check --variant f own.yaml); COMP_CWORD=3; _quiesce \"$2\""
        done = run("bash", "--norc", "-c", line + "; echo \"${COMPREPLY[@]}\"", "bash",
                   str(DOCUMENTS / "quiesce"), str(PROGRAM), folder=self.folder)
        self.assertEqual(done.stdout, "fast\n")

    def test_variants_beside_a_file_that_is_none(self):
        self.assertEqual(self.offered("check", "own.txt", "own.yaml", "--variant", "f"), ["fast"])

    def test_a_quoted_file(self):
        (self.folder / "own.yaml").rename(self.folder / "my own.yaml")
        self.assertEqual(self.offered("check", "'my own.yaml'", "--variant", "f"), ["fast"])

    def test_no_name_in_a_file_is_run(self):
        (self.folder / "own.yaml").write_text(SCENARIO.replace("slow:", "'$(touch${IFS}run)':"))
        self.assertIn(r"\$\(touch\$\{IFS\}run\)", self.offered("check", "own.yaml", "--variant", ""))
        self.assertFalse((self.folder / "run").exists())

    def test_routines(self):
        self.assertIn("kernel_restart", self.offered("show", "kernel_rest"))

    def test_each_place_has_its_own_words(self):
        self.assertEqual(self.offered("show", "kernel_restart", "ow"), ["own.yaml"])
        self.assertEqual(self.offered("schema", "result", ""), [])

    def test_verbs_with_an_option_before(self):
        self.assertEqual(self.offered("--variant", "x", "li"), ["lint", "list"])


class Fish(InAFolder):
    def offered(self, line):
        script = f"source '{DOCUMENTS / 'quiesce.fish'}'; complete -C '{line}'"
        environment = {**os.environ, "HOME": str(self.folder),
                       "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        done = run("fish", "--no-config", "-c", script, folder=self.folder, env=environment)
        self.assertEqual(done.stderr, "")
        return {line.split("\t")[0] for line in done.stdout.splitlines()}

    def test_syntax(self):
        self.assertEqual(run("fish", "--no-execute", str(DOCUMENTS / "quiesce.fish")).returncode, 0)

    def test_verbs(self):
        self.assertEqual(self.offered("quiesce che"), {"check"})

    def test_only_options_of_the_verb(self):
        self.assertEqual(self.offered("quiesce list --"), {"--help", "--verbs", "--routines", "--durations"})

    def test_values(self):
        self.assertEqual(self.offered("quiesce check --explain "), {"full", "brief", "none"})
        self.assertEqual(self.offered("quiesce coverage --format "), {"text", "json"})
        self.assertEqual(self.offered("quiesce check --report j"), {"json=", "junit="})

    def test_files_behind_the_format_of_a_report(self):
        self.assertEqual(self.offered("quiesce check --report sarif=own.t"), {"sarif=own.txt"})

    def test_lists(self):
        self.assertEqual(self.offered("quiesce check --reduce symmetry,st"), {"symmetry,stubborn-sets"})

    def test_variants_of_the_file_on_the_line(self):
        self.assertEqual(self.offered("quiesce check own.yaml --variant s"), {"slow", "slower"})

    def test_routines(self):
        self.assertIn("kernel_restart", self.offered("quiesce show kernel_rest"))

    def test_each_place_has_its_own_words(self):
        self.assertEqual(self.offered("quiesce schema res"), {"result"})
        self.assertEqual(self.offered("quiesce schema result "), set())


class Zsh(InAFolder):
    """A zsh at a terminal of its own: a line is typed, completed, and written to a file by a key."""
    SETUP = """PS1=; autoload -Uz compinit; compinit -D -u; fpath=($DOCUMENTS $fpath)
autoload -Uz _quiesce; compdef _quiesce quiesce; setopt no_beep no_list_beep
show() { print -r -- "$BUFFER" > $OUT; BUFFER=; }; zle -N show; bindkey '^X' show; print ready
"""

    def completed(self, line):
        out = self.folder.parent / (self.folder.name + ".line")
        out.unlink(missing_ok=True)
        self.addCleanup(lambda: out.unlink(missing_ok=True))
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "TERM": "dumb",
                       "DOCUMENTS": str(DOCUMENTS), "OUT": str(out), "HOME": str(self.folder)}
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execvpe("zsh", ["zsh", "-f", "-i"], environment)
        try:
            self.type(terminal, self.SETUP, lambda said: "\nready" in said)
            self.type(terminal, line + "\t\x18", lambda said: out.exists() and out.read_text().endswith("\n"))
            return out.read_text().rstrip("\n")
        finally:
            os.close(terminal)
            os.waitpid(child, 0)

    def type(self, terminal, text, done):
        os.write(terminal, text.encode())
        said, end = "", time.monotonic() + SECONDS
        while not done(said):
            self.assertLess(time.monotonic(), end, said)
            if select.select([terminal], [], [], 0.05)[0]:
                said += os.read(terminal, 65536).decode(errors="replace")

    def test_syntax(self):
        self.assertEqual(run("zsh", "-n", str(DOCUMENTS / "_quiesce")).returncode, 0)

    def test_verbs(self):
        self.assertEqual(self.completed("quiesce che"), "quiesce check ")

    def test_options(self):
        self.assertEqual(self.completed("quiesce list --rou"), "quiesce list --routines ")

    def test_values(self):
        self.assertEqual(self.completed("quiesce check --mode pc"), "quiesce check --mode pct ")
        self.assertEqual(self.completed("quiesce check --mode=pc"), "quiesce check --mode=pct ")

    def test_lists(self):
        self.assertEqual(self.completed("quiesce check --reduce symmetry,st").rstrip(" ,"),
                         "quiesce check --reduce symmetry,stubborn-sets")

    def test_variants_of_the_file_on_the_line(self):
        self.assertEqual(self.completed("quiesce check own.yaml --variant f"),
                         "quiesce check own.yaml --variant fast ")

    def test_files_behind_the_format_of_a_report(self):
        self.assertEqual(self.completed("quiesce check --report sar"), "quiesce check --report sarif=")
        self.assertEqual(self.completed("quiesce check --report sarif=own.t"),
                         "quiesce check --report sarif=own.txt ")

    def test_scenarios_only(self):
        self.assertEqual(self.completed("quiesce lint ow"), "quiesce lint own.yaml ")

    def test_words_of_a_place(self):
        self.assertEqual(self.completed("quiesce schema res"), "quiesce schema result ")


class ManualPage(unittest.TestCase):
    PAGE = DOCUMENTS / "quiesce.1"

    def shown(self):
        environment = {**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8"}
        done = run("man", "--warnings", "-l", str(self.PAGE), env=environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return re.sub(r".\x08", "", done.stdout)

    def test_groff_warns_of_nothing(self):
        done = run("groff", "-ww", "-man", "-Tutf8", "-z", str(self.PAGE))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_mandoc_warns_of_nothing(self):
        self.assertEqual(run("mandoc", "-Tlint", str(self.PAGE)).stdout, "")

    def test_every_section_is_there(self):
        wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "VERBS", "OPTIONS", "EXIT STATUS", "FILES", "EXAMPLES",
                  "SEE ALSO"]
        self.assertEqual(re.findall(r"^([A-Z][A-Z ]+)$", self.shown(), re.MULTILINE), wanted)

    def test_it_names_every_option_and_verb_of_the_help(self):
        spoken = run(str(PROGRAM), "--help").stdout
        page = self.shown()
        names = re.findall(r"^ +(?:-h \[ )?(--[\w-]+)", spoken, re.MULTILINE)
        verbs = re.findall(r"^  quiesce (\w+)", spoken, re.MULTILINE)
        self.assertGreater(len(names) + len(verbs), 25)
        for name in names:
            self.assertRegex(page, rf"(?m)^ +(-h, )?{name}\b")
        for verb in verbs:
            self.assertRegex(page, rf"(?m)^ +{verb}\b")


if __name__ == "__main__":
    unittest.main()
