"""Tables in Markdown of what was measured."""
import resource

TOO_SHORT = 0.05  # seconds below which clocks of tools say little


def markdown(heads, rows):
    widths = [max(len(line[i]) for line in [heads, *rows]) for i in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
                     for line in lines)


def seconds(spread):
    if spread.least == spread.most:
        return f"{spread.median:.2f}"
    return f"{spread.median:.2f} ({spread.least:.2f}-{spread.most:.2f})"


def clocked(measured, clock):
    return measured.processor_seconds if clock == "processor" else measured.seconds


def rate(measured, clock):
    """States in a second; None where it took too little time to tell."""
    taken = clocked(measured, clock).median
    return measured.states / taken if taken >= TOO_SHORT else None


def times(numerator, denominator):
    return f"{numerator / denominator:.1f}x" if numerator and denominator else ""


def peak_per_state(measured):
    """Empty where it cannot be told: a process begins with the peak of the one that started it, this one."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"{measured.peak_bytes / measured.states:.0f}" if measured.peak_bytes > 1.1 * own else ""


def peers(table, clock):
    """What each tool took without reductions, and how many times as fast as it quiesce is."""
    rows = []
    for row in table:
        quiesce = rate(row[0], clock)
        for measured in row:
            speed = rate(measured, clock)
            store = measured.store_bytes
            rows.append([
                measured.instance.name, measured.tool.name, f"{measured.states:,}",
                f"{measured.transitions:,}", f"{speed:,.0f}" if speed else "", peak_per_state(measured),
                f"{store / measured.states:.1f}" if store else "", seconds(measured.seconds),
                seconds(measured.processor_seconds),
                "" if measured is row[0] else times(quiesce, speed)])
    return markdown(["model", "tool", "states", "transitions", "states/s", "RSS/state", "store/state",
                     "seconds", "processor s", "quiesce is"], rows)


def threads(table, count):
    """How much faster several workers are."""
    rows = [[one.instance.name, f"{one.states:,}", seconds(one.seconds), seconds(many.seconds),
             times(one.seconds.median, many.seconds.median)] for one, many in table]
    return markdown(["model", "states", "1 thread, s", f"{count} threads, s", "speed-up"], rows)


def reductions(table):
    """What is left of the states with each tool's reductions on."""
    rows = []
    for row in table:
        for measured in row:
            rows.append([measured.instance.name, measured.tool.name, f"{measured.instance.states:,}",
                         f"{measured.states:,}", times(measured.instance.states, measured.states),
                         seconds(measured.seconds)])
    return markdown(["model", "tool", "all states", "reduced", "fewer by", "seconds"], rows)


def family(table):
    """How states and seconds grow, whole and reduced."""
    rows = []
    for whole, reduced in table:
        rows.append([whole.instance.name, f"{whole.states:,}", seconds(whole.seconds), f"{reduced.states:,}",
                     seconds(reduced.seconds), times(whole.states, reduced.states)])
    return markdown(["member", "all states", "seconds", "reduced", "seconds", "fewer by"], rows)
