"""Runs tools on instances in rounds, so that what disturbs the machine disturbs them alike."""
import statistics
import sys
from dataclasses import dataclass

import tools


@dataclass(frozen=True)
class Spread:
    """The median of a measured quantity, and between what it lay."""
    median: float
    least: float
    most: float


def spread(values):
    return Spread(statistics.median(values), min(values), max(values))


@dataclass
class Measured:
    """All runs of one tool on one instance."""
    instance: object
    tool: object
    runs: list

    @property
    def states(self):
        return self.runs[0].states

    @property
    def transitions(self):
        return self.runs[0].transitions

    @property
    def store_bytes(self):
        return self.runs[0].store_bytes

    @property
    def peak_bytes(self):
        return max(run.peak_bytes for run in self.runs)

    @property
    def seconds(self):
        return spread([run.seconds for run in self.runs])

    @property
    def processor_seconds(self):
        return spread([run.processor_seconds for run in self.runs])


def measure(instances, make_tools, rounds, folder):
    """By instance, one Measured for each tool. In each round all tools have their turn on an instance before
    the next instance; who is first changes with the round. Raises tools.Failure."""
    table = []
    for instance in instances:
        row = [Measured(instance, tool, []) for tool in make_tools]
        for number, measured in enumerate(row):
            say(f"building {instance.name} for {measured.tool.name}")
            tools.prepare(measured.tool, instance, folder / instance.name / str(number))
        table.append(row)
    for round_number in range(rounds):
        for row in table:
            order = list(range(len(row)))
            first = round_number % len(row)
            for number in order[first:] + order[:first]:
                measured = row[number]
                say(f"round {round_number + 1} of {rounds}: {measured.instance.name} by {measured.tool.name}")
                measured.runs.append(
                    measured.tool.run(measured.instance, folder / measured.instance.name / str(number)))
    say("")
    return table


def say(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def disagreements(table):
    """What is wrong with the counts of an unreduced table, one sentence each."""
    for row in table:
        for measured in row:
            expected = measured.instance.states
            for run in measured.runs:
                if run.states != expected:
                    yield (f"{measured.instance.name}: {measured.tool.name} reports {run.states} states, "
                           f"not {expected}")
        transitions = {measured.tool.name: measured.transitions for measured in row}
        if len(set(transitions.values())) > 1:
            yield f"{row[0].instance.name}: the transitions differ: {transitions}"
