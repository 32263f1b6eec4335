"""What SARIF 2.1.0 (OASIS Standard, 27 March 2020) says of the objects that quiesce writes."""
import re

# Keys that the standard gives each object, as far as quiesce may use them: no object may have others.
KEYS = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "invocations", "originalUriBaseIds", "columnKind", "results", "properties"},
    "driver": {"name", "version", "rules"},
    "rule": {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"},
    "invocation": {"executionSuccessful", "exitCode", "exitCodeDescription", "toolExecutionNotifications"},
    "notification": {"message", "level", "locations"},
    "result": {"ruleId", "ruleIndex", "kind", "level", "message", "locations", "codeFlows", "graphs",
               "partialFingerprints", "baselineState", "properties"},
    "location": {"physicalLocation", "logicalLocations", "message"},
    "physicalLocation": {"artifactLocation", "region"},
    "artifactLocation": {"uri", "uriBaseId"},
    "region": {"startLine"},
    "logicalLocation": {"fullyQualifiedName", "kind"},
    "threadFlow": {"id", "locations"},
    "threadFlowLocation": {"location", "module", "state", "nestingLevel", "executionOrder", "importance",
                           "properties"},
    "graph": {"description", "nodes", "edges"},
    "node": {"id", "label", "properties"},
    "edge": {"id", "label", "sourceNodeId", "targetNodeId"},
}
URI = re.compile(r"(?:[A-Za-z0-9\-._~/:]|%[0-9A-F]{2})*")


class Broken(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Broken(what)


def keys(kind, value):
    need(isinstance(value, dict), f"{kind} is no object: {value}")
    need(set(value) <= KEYS[kind], f"{kind} has {set(value) - KEYS[kind]}")


def message(value):
    """3.11: plain text in which braces are doubled and brackets make no link."""
    need(set(value) == {"text"} and isinstance(value["text"], str) and value["text"], f"message {value}")
    text = value["text"].replace("{{", "").replace("}}", "")
    need("{" not in text and "}" not in text, f"a placeholder in {value}")
    need("](" not in text, f"a link in {value}")


def no_duplicates(what, values):
    need(len(values) == len(set(values)), f"{what} are not unique: {values}")


class Checker:
    def __init__(self, log, outside):
        self.outside = outside
        keys("log", log)
        need(log["version"] == "2.1.0" and log["$schema"].endswith("/sarif-schema-2.1.0.json"), "version")
        need(len(log["runs"]) == 1, "one run")
        self.run = log["runs"][0]
        keys("run", self.run)
        self.bases = set(self.run["originalUriBaseIds"])
        self.rules = self.run["tool"]["driver"]["rules"]
        keys("driver", self.run["tool"]["driver"])
        no_duplicates("rules", [rule["id"] for rule in self.rules])
        for rule in self.rules:
            keys("rule", rule)
            for text in ("shortDescription", "fullDescription", "help"):
                message(rule[text])
        need(len(self.run["invocations"]) == 1, "one invocation")
        self.invocation(self.run["invocations"][0])
        for result in self.run["results"]:
            self.result(result)
        for name in ("quiesce/finding/v1", "primaryLocationLineHash"):
            no_duplicates(name, [r["partialFingerprints"][name] for r in self.run["results"]])

    def invocation(self, value):
        keys("invocation", value)
        need(value["executionSuccessful"] is True and isinstance(value["exitCode"], int), "invocation")
        for notification in value.get("toolExecutionNotifications", []):
            keys("notification", notification)
            message(notification["message"])
            self.locations(notification["locations"])

    def result(self, value):
        keys("result", value)
        need(self.rules[value["ruleIndex"]]["id"] == value["ruleId"], "ruleIndex")
        need(value["kind"] in ("pass", "fail", "open", "informational"), value["kind"])
        need((value["level"] != "none") == (value["kind"] == "fail"), "3.27.10: level of what is no failure")
        message(value["message"])
        need(value["locations"], "a result without a location")
        self.locations(value["locations"])
        need(value.get("baselineState", "new") in ("new", "unchanged", "updated", "absent"), "baselineState")
        for flow in value.get("codeFlows", []):
            need(set(flow) == {"threadFlows"}, "codeFlow")
            self.thread_flows(flow["threadFlows"])
        for graph in value.get("graphs", []):
            self.graph(graph)

    def thread_flows(self, flows):
        no_duplicates("thread flows", [flow["id"] for flow in flows])
        orders = []
        for flow in flows:
            keys("threadFlow", flow)
            need(flow["locations"], "an empty thread flow")
            own = [location["executionOrder"] for location in flow["locations"]]
            need(own == sorted(set(own)), f"3.38.11: execution order {own}")
            orders += own
            for location in flow["locations"]:
                self.flow_location(location)
        need(sorted(orders) == list(range(1, len(orders) + 1)), f"steps are missing in {orders}")

    def flow_location(self, value):
        keys("threadFlowLocation", value)
        need(value["importance"] in ("important", "essential", "unimportant"), "importance")
        need(isinstance(value["nestingLevel"], int) and value["nestingLevel"] >= 0, "nestingLevel")
        self.locations([value["location"]])
        for changed in value.get("state", {}).values():
            message(changed)

    def locations(self, values):
        for value in values:
            keys("location", value)
            physical = value["physicalLocation"]
            keys("physicalLocation", physical)
            keys("artifactLocation", physical["artifactLocation"])
            uri = physical["artifactLocation"]["uri"]
            need(URI.fullmatch(uri), f"3.10: no URI: {uri}")
            absolute = self.outside and uri.startswith("file:///")
            need(absolute or ":" not in uri.split("/")[0], f"a scheme in {uri}")
            need(absolute or physical["artifactLocation"]["uriBaseId"] in self.bases, "uriBaseId")
            if "region" in physical:
                keys("region", physical["region"])
                need(physical["region"]["startLine"] >= 1, "lines count from 1")
            for logical in value.get("logicalLocations", []):
                keys("logicalLocation", logical)
            if "message" in value:
                message(value["message"])

    @staticmethod
    def graph(value):
        keys("graph", value)
        nodes = [node["id"] for node in value["nodes"]]
        no_duplicates("nodes", nodes)
        no_duplicates("edges", [edge["id"] for edge in value["edges"]])
        for node in value["nodes"]:
            keys("node", node)
        for edge in value["edges"]:
            keys("edge", edge)
            need({edge["sourceNodeId"], edge["targetNodeId"]} <= set(nodes), f"an edge from nowhere: {edge}")


def check(log, outside=False):
    """The run of the log, whose files may lie outside of the folder in which it was made. Raises Broken."""
    return Checker(log, outside).run
