#!/bin/sh
# formats.sh -- the reports for other programs in tests/output are what their
# formats ask for, as far as this machine's own tools and a few lines can tell;
# tests/owners/ask-formats.sh asks the schemas and the consumers themselves.
: "${srcdir:=.}"
for python in python3 /usr/bin/python3 none; do
	command -v "$python" >/dev/null && "$python" -I -c '' 2>/dev/null && break
done
[ "$python" != none ] || {
	echo "SKIPPED, NOT TESTED: python3 is missing"
	exit 77
}
exec "$python" -I - "$srcdir/tests/output" <<'EOF2'
import collections
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

folder = sys.argv[1]
tried = collections.Counter()
status = 0


def check(condition, *words):
    global status
    if not condition:
        status = 1
        print("FAIL:", *words)


def read(path):
    with open(path, "rb") as f:
        text = f.read()
    check(text.endswith(b"\n"), path, "does not end its last line")
    return text.decode("utf-8")


def jsonl(path, text):
    lines = text.split("\n")[:-1]
    objects = [json.loads(line) for line in lines]
    check(text.isascii(), path, "is not ASCII")
    check([o["type"] for o in objects][0] == "report", path, "begins")
    for o in objects:
        check(o["type"] in ("report", "finding", "problem"), path, o["type"])
        check("rc" not in o, path, "has rc")
        check(o["now"] and "host" in o, path, "a line says not of whom it is")
    found = sum(1 for o in objects if o.get("status") == "found")
    check(found == sum(objects[0]["findings"].values()), path, "counts")


# 'label'=value[UOM];[warn];[crit];[min];[max], by the guidelines
NUMBER = re.compile(
    r"'[^'=|]{1,19}'=-?[0-9.]+(?:s|us|ms|%|B|KB|MB|TB|c)?"
    r"(?:;[0-9.:~@-]*){0,4}$"
)


def nagios(path, text):
    first, *more = text.split("\n")[:-1]
    check(re.match("TRUSTDRIFT (OK|WARNING|CRITICAL|UNKNOWN) - ", first), path, first)
    check(first.count("|") == 1, path, "bars")
    check("|" not in "".join(more), path, "a bar in the long text")
    words, numbers = first.split("|")
    check(len(words) < 80, path, "is long:", words)
    for number in numbers.split(" "):
        check(NUMBER.match(number), path, number)
    check(len(text.encode()) < 8192, path, "is more than is kept")
    check(all(c.isprintable() for line in text.split("\n") for c in line), path, "raw")


METRIC = re.compile(
    r"([a-z_]+)(\{[a-z_]+=\"(?:[^\"\\\n]|\\[\\n\"])*\""
    r"(?:,[a-z_]+=\"(?:[^\"\\\n]|\\[\\n\"])*\")*\})? (-?[0-9.]+)$"
)


def prometheus(path, text):
    family, seen, helped = None, set(), set()
    for line in text.split("\n")[:-1]:
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            check(family not in helped, path, family, "twice")
            helped.add(family)
            continue
        if line.startswith("# TYPE "):
            check(line == f"# TYPE {family} gauge", path, line)
            check(not family.endswith("_total"), path, line)
            continue
        match = METRIC.match(line)
        check(match, path, line)
        if match:
            check(match[1] == family, path, line, "stands with", family)
            check(match[1].startswith("trustdrift_"), path, line)
            check((match[1], match[2]) not in seen, path, line, "twice")
            seen.add((match[1], match[2]))
            check(not re.search("[0-9a-f]{32}", line), path, "of one certificate")


def junit(path, text):
    root = ET.fromstring(text)
    check(root.tag == "testsuites", path, root.tag)
    total = collections.Counter()
    for suite in root:
        cases = suite.findall("testcase")
        counts = {
            "tests": len(cases),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for name, n in counts.items():
            check(int(suite.get(name)) == n, path, name, suite.get(name), n)
        total.update(counts)
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp")),
              path, suite.get("timestamp"))
        for case in cases:
            outcomes = [e for e in case if e.tag in ("failure", "error", "skipped")]
            check(len(outcomes) <= 1, path, case.get("name"), "ends twice")
            check(case.get("classname") and case.get("name"), path, "unnamed")
    for name, n in total.items():
        check(int(root.get(name)) == n, path, "all", name)
    check(total["tests"] > 0, path, "is empty")


def sarif(path, text):
    run = json.loads(text)["runs"][0]
    driver = run["tool"]["driver"]["rules"]
    packs = [e["rules"] for e in run["tool"].get("extensions", [])]
    prints = set()
    for result in run["results"]:
        if "rule" in result:
            rule = packs[result["rule"]["toolComponent"]["index"]][result["rule"]["index"]]
        else:
            rule = driver[result["ruleIndex"]]
        check(rule["id"] == result["ruleId"], path, result["ruleId"])
        check((result["kind"] == "fail") == (result["level"] != "none"), path, "level")
        prints.add(result["partialFingerprints"]["trustdriftFinding/v1"])
        for place in result["locations"] + result.get("relatedLocations", []):
            where = place.get("physicalLocation", {}).get("artifactLocation")
            if where and "index" in where:
                check(run["artifacts"][where["index"]]["location"]["uri"] == where["uri"],
                      path, where)
            check(not where or re.fullmatch(r"[A-Za-z0-9/._~!$&'()*+,;=@%-]*", where["uri"]),
                  path, where)
    check(len(prints) == len(run["results"]), path, "two results of one fingerprint")
    for rule in driver + [r for pack in packs for r in pack]:
        check(re.fullmatch("([A-Z][a-zA-Z0-9]*)", rule["name"]), path, rule["name"])
        check(len(rule["properties"]["tags"]) <= 10, path, "tags")


def cyclonedx(path, text):
    bom = json.loads(text)
    refs = [c["bom-ref"] for c in bom["components"]]
    check(len(set(refs)) == len(refs), path, "two of one bom-ref")
    for c in bom["components"]:
        check(c["type"] == "cryptographic-asset", path, c["type"])
        check(c["cryptoProperties"]["assetType"] == "certificate", path, "asset")
    check(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                       bom["serialNumber"]), path, bom["serialNumber"])


def cyclonedx_xml(path, text):
    """It says what the JSON says."""
    xml = [e.text or "" for e in ET.fromstring(text).iter() if len(e) == 0]
    bom = json.loads(read(path.replace("-xml.xml", ".json")))

    def texts(value, key=None):
        if isinstance(value, dict):
            pairs = ([("content", value["content"])] if "alg" in value else
                     [("value", value["value"])] if set(value) == {"name", "value"} else
                     [p for p in value.items() if p[0] not in
                      ("$schema", "bomFormat", "specVersion", "bom-ref")])
            for k, v in pairs:
                # the components' types, and the document's version and number,
                # are attributes
                if k == "type" or v == 1 or str(v).startswith("urn:uuid:"):
                    continue
                yield from texts(v, k)
        elif isinstance(value, list):
            if not value and key == "components":
                return
            for v in value:
                yield from texts(v, key)
        else:
            yield str(value)

    check(xml == list(texts(bom)), path, "says something else than the JSON")


def ansible(path, text):
    """As ansible-core reads what a module says."""
    answer = json.loads(text)
    check(text.isascii(), path, "is not ASCII")
    check("rc" not in answer, path, "has rc, which decides what failed")
    check(answer["failed"] is False, path, "failed")
    check(answer["changed"] is (answer["summary"]["counting"] > 0), path, "changed")
    check(answer["exit_code"] in (0, 2, 4, 6), path, answer["exit_code"])
    check(all(isinstance(w, str) for w in answer["warnings"]), path, "warnings")
    lines = {k: answer["diff"][k].splitlines() for k in ("before", "after")}
    check(len(lines["before"]) == answer["summary"]["counting"], path, "diff")
    check(set(lines["after"]) <= set(lines["before"]), path, "what is left is new")
    manual = sum(not f["automatic"] for f in answer["findings"])
    check(len(lines["after"]) == manual, path, "what is left")


def salt(path, text):
    """As salt/states/cmd.py reads the last line."""
    words = shlex.split(text.strip().split("\n")[-1])
    check(all("=" in word for word in words), path, text)
    values = dict(word.split("=", 1) for word in words)
    check(values["changed"] in ("yes", "no"), path, text)
    check(values["comment"], path, "no comment")


def dot(path, text):
    for line in text.split("\n")[1:-2]:
        check(re.fullmatch(r'(?:[^"]|"(?:[^"\\]|\\.)*")*;', line), path, line)
    if shutil.which("dot") is None:
        print("SKIPPED, NOT TESTED: dot is missing")
        return
    done = subprocess.run(["dot", "-Tcanon"], input=text.encode(), capture_output=True)
    check(done.returncode == 0, path, done.stderr)


def xccdf(path, text):
    ns = "{http://checklists.nist.gov/xccdf/1.2}"
    root = ET.fromstring(text)
    rules = [r.get("id") for r in root.iter(ns + "Rule")]
    results = root.findall(f"{ns}TestResult/{ns}rule-result")
    check([r.get("idref") for r in results] == rules, path, "not one result a rule")
    check(len(set(rules)) == len(rules), path, "two rules of one id")
    for rule in rules:
        check(re.fullmatch(r"xccdf_[^_]+_rule_[^ ]+", rule), path, rule)
    for result in results:
        check(len(result.findall(ns + "message")) <= 21, path, "too many messages")
        check(result.find(ns + "result").text in
              ("pass", "fail", "unknown", "informational"), path, "result")
    check(not list(root.iter(ns + "platform")), path, "names a platform")


readers = {
    "jsonl": jsonl, "nagios": nagios, "prometheus": prometheus, "junit": junit,
    "sarif": sarif, "cyclonedx": cyclonedx, "cyclonedx-xml": cyclonedx_xml,
    "ansible": ansible, "salt": salt, "dot": dot, "xccdf": xccdf,
}
for path in sorted(glob.glob(folder + "/*-*.*")):
    name = re.fullmatch(r"(?:full|clean)-(?:17-)?([a-z-]+)\.[a-z]+", os.path.basename(path))
    if name and name[1] in readers:
        try:
            readers[name[1]](path, read(path))
        except Exception as e:
            check(False, path, repr(e))
        tried[name[1]] += 1
print(sum(tried.values()), "reports in", len(tried), "formats")
for name in readers:
    check(tried[name] >= 2, name, "has no files")
sys.exit(status)
EOF2
