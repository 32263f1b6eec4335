"""What Perfetto needs of a trace in Chrome's JSON: slices that nest, arrows that hang on slices."""


class Broken(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Broken(what)


def slices_nest(events):
    """Of one thread, in the order of the file: a slice begins in the one below it and ends with it."""
    stack = []
    before = 0
    for event in events:
        begin, end = event["ts"], event["ts"] + event["dur"]
        need(begin >= before and event["dur"] >= 1, f"out of order, or empty: {event}")
        before = begin
        while stack and stack[-1] <= begin:
            stack.pop()
        need(not stack or end <= stack[-1], f"does not end in its parent: {event}")
        stack.append(end)


def check(trace):
    """Events by process. Raises Broken."""
    processes = {}
    for event in trace["traceEvents"]:
        need(event["ph"] in "MXisf" and isinstance(event["pid"], int), f"unknown: {event}")
        processes.setdefault(event["pid"], []).append(event)
    for events in processes.values():
        check_process(events)
    return processes


def check_process(events):
    named = {e["tid"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    need(any(e["ph"] == "M" and e["name"] == "process_name" for e in events), "a process without a name")
    need(all(e["tid"] in named for e in events if e["ph"] in "Xsf"), "a thread without a name")
    threads = {tid: [e for e in events if e["ph"] == "X" and e["tid"] == tid] for tid in named}
    for thread in threads.values():
        slices_nest(thread)
    steps = sorted((e for e in events if e["ph"] == "X" and e["cat"] == "step"),
                   key=lambda e: e["args"]["step"])
    need([e["args"]["step"] for e in steps] == list(range(1, len(steps) + 1)), "a step is missing")
    need(all(a["ts"] < b["ts"] for a, b in zip(steps, steps[1:])), "steps of one moment")
    need(all(e["ts"] >= e["args"]["time_us"] for e in steps), "a step before its time")
    arrows = {}
    for event in events:
        if event["ph"] in "sf":
            arrows.setdefault(event["id"], {})[event["ph"]] = event
            need(any(s["ts"] <= event["ts"] < s["ts"] + s["dur"] for s in threads[event["tid"]]),
                 f"an arrow that hangs on nothing: {event}")
    for ends in arrows.values():
        need(set(ends) == {"s", "f"} and ends["s"]["ts"] < ends["f"]["ts"], f"half an arrow: {ends}")
        need(ends["f"]["bp"] == "e" and ends["s"]["name"] == ends["f"]["name"], f"no arrow: {ends}")
