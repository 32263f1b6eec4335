"""How each tool is built for an instance, run, and read."""
import json
import os
import platform
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from instances import VARIANT

PAN_STATES = re.compile(r"^ *(\d+) states, stored", re.MULTILINE)
PAN_MATCHED = re.compile(r"^ *(\d+) states, matched", re.MULTILINE)
PAN_SECONDS = re.compile(r"elapsed time ([\d.e+]+) seconds")
RUMUR_COUNTS = re.compile(r"^\s*(\d+) states, (\d+) rules fired", re.MULTILINE)


class Failure(Exception):
    """A tool could not be built, did not end well, or reported an error in the model."""


@dataclass(frozen=True)
class Run:
    """One run of one tool. `seconds` is what the tool says that it took, or the wall's time for Rumur;
    `processor_seconds` and `peak_bytes` are what the kernel says of the process."""
    states: int
    transitions: int
    seconds: float
    processor_seconds: float
    peak_bytes: int
    store_bytes: int | None = None


@dataclass(frozen=True)
class Finished:
    """A process that has ended: what it printed and what it used."""
    output: str
    status: int
    wall_seconds: float
    processor_seconds: float
    peak_bytes: int


def execute(command, folder):
    log = folder / "log"
    with log.open("w", encoding="utf-8") as out:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Finished(log.read_text(encoding="utf-8"), process.returncode, wall,
                    usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def build(command, folder):
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Failure(f"no program {error.filename}: scripts/setup installs it") from error
    if run.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}\n{run.stdout}{run.stderr}")


def compiler():
    return os.environ.get("CC", "gcc")


class Quiesce:
    """`quiesce check`, which searches breadth-first, keeps every state's parent, and evaluates properties."""
    name = "quiesce"

    def __init__(self, program, reduce, threads=1):
        self.program, self.reduce, self.threads = program, reduce, threads

    def prepare(self, instance, folder):
        (folder / "model.yaml").write_text(instance.scenario(), encoding="utf-8")

    def run(self, instance, folder):
        finished = execute([self.program, "check", "model.yaml", "--variant", VARIANT,
                            "--reduce", self.reduce, "--threads", str(self.threads),
                            "--explain", "none", "--format", "json", "--output", "report.json"], folder)
        if finished.status != 0:
            raise Failure(f"quiesce on {instance.name} ended with {finished.status}\n{finished.output}")
        variant = json.loads((folder / "report.json").read_text(encoding="utf-8"))["variants"][0]
        return Run(variant["states"], variant["transitions"], variant["measured"]["seconds"],
                   finished.processor_seconds, finished.peak_bytes, variant["measured"]["store_bytes"])


class Rumur:
    """Breadth-first, bit-packed states, invariants and deadlocks, no symmetry reduction."""
    name = "Rumur"

    def prepare(self, instance, folder):
        (folder / "model.m").write_text(instance.murphi(), encoding="utf-8")
        build(["rumur", "--threads", "1", "--symmetry-reduction", "off", "--deadlock-detection", "stuck",
               "--colour", "off", "--quiet", "--output", "model.c", "model.m"], folder)
        flags = ["-std=c11", "-O3", "-march=native"]
        if platform.machine() == "x86_64":
            flags.append("-mcx16")
        build([compiler(), *flags, "-o", "model", "model.c", "-lpthread"], folder)

    def run(self, instance, folder):
        finished = execute(["./model"], folder)
        counts = RUMUR_COUNTS.search(finished.output)
        if finished.status != 0 or not counts:
            raise Failure(f"Rumur on {instance.name} ended with {finished.status}\n{finished.output}")
        return Run(int(counts[1]), int(counts[2]), finished.wall_seconds, finished.processor_seconds,
                   finished.peak_bytes)


class Spin:
    """Depth-first, whole states, assertions and invalid end states. Without reductions, the dataflow
    optimisations and the merging of statements are off too: each of them drops states."""
    name = "SPIN"

    def __init__(self, reductions):
        self.reductions = reductions

    def prepare(self, instance, folder):
        (folder / "model.pml").write_text(instance.promela(), encoding="utf-8")
        build(["spin", *([] if self.reductions else ["-o1", "-o2", "-o3"]), "-a", "model.pml"], folder)
        build([compiler(), "-O2", "-DSAFETY", *([] if self.reductions else ["-DNOREDUCE"]), "-o", "pan",
               "pan.c"], folder)

    def run(self, instance, folder):
        finished = execute(["./pan", f"-m{instance.spin_depth}", f"-w{instance.spin_hash_bits}"], folder)
        states = PAN_STATES.search(finished.output)
        matched = PAN_MATCHED.search(finished.output)
        seconds = PAN_SECONDS.search(finished.output)
        well = finished.status == 0 and "errors: 0" in finished.output
        if not (well and states and matched and seconds) or "depth too small" in finished.output:
            raise Failure(f"SPIN on {instance.name} ended with {finished.status}\n{finished.output}")
        # Each transition but one leads to a state that is stored or matched: the initial state is stored too.
        return Run(int(states[1]), int(states[1]) + int(matched[1]) - 1, float(seconds[1]),
                   finished.processor_seconds, finished.peak_bytes)


def unreduced(program):
    return [Quiesce(program, "none"), Rumur(), Spin(reductions=False)]


def reduced(program):
    return [Quiesce(program, "all"), Spin(reductions=True)]


def with_threads(program, threads):
    return [Quiesce(program, "none"), Quiesce(program, "none", threads)]


def prepare(tool, instance, folder: Path):
    folder.mkdir(parents=True)
    tool.prepare(instance, folder)
