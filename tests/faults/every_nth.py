"""every_nth.py -- runs the program again and again, and each time another call
fails (inject.c), or is the one before which a process is killed.

    every_nth.py DIRECTORY ROOT SAMPLE [WORD ...]

DIRECTORY is where all is done.  ROOT is the host that is audited; base.db in
DIRECTORY is the inventory that each run begins with, of ROOT as it was before
something was added.  SAMPLE is how many calls
of one kind are tried: a number, "quick" (one of every second kind), "stacks" (one for each way on which the program
comes to such a call) or "all".  WORDs choose cases: program, worker, alloc, ...

What must be true after every run:

  - the status is a documented one, and no signal ended it;
  - a report is exactly that of a run that nothing disturbed, or has a problem that
    says what is missing; without a verdict there is a line that says why;
  - the inventory is whole, and its newest scan the one before or this one;
  - no file is left beside it, and no process;
  - the next run gives the report that an undisturbed one gives.
"""
import ctypes
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time

STATE_BYTES = 8 + 8 * (4 << 20)
PR_SET_CHILD_SUBREAPER = 36
NOW = "2021-09-25T00:00:00Z"
NO_VERDICT = (1, 75, 77, 78)
LIBRARY = os.environ["INJECT"]
PROGRAM = os.environ["TRUSTDRIFT"]
# What a scan found, without numbers of rows.
CONTENT = (
    "SELECT message, path, offset, code, skipped FROM v_problem",
    "SELECT kind, path, real_path, format, owner, party, entries, problems FROM v_store",
    "SELECT s.kind, s.path, e.sha256, e.role, e.label, e.location, e.offset, e.purposes"
    " FROM v_entry e JOIN v_store s ON s.store_id = e.store_id",
    "SELECT sha256, subject, issuer, not_after FROM v_certificate",
    "SELECT party, role, count(*) FROM v_party_store GROUP BY party, role",
    "SELECT * FROM v_edge",
    "SELECT * FROM v_reach",
)

where, root, sample = sys.argv[1:4]
chosen = set(sys.argv[4:])
database = os.path.join(where, "now", "i.db")
state = os.path.join(where, "state")
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def command(words):
    return [PROGRAM] + words + ["--root", root, "--db", database, "--now", NOW]


AUDIT = ["audit", "--format", "json"]
CRAWL = AUDIT + ["--crawl"]
SCAN = ["scan"]
# command, role, kind of call, error ("" the kind's own), more than once
SYSTEM = "close,fork,map,name,open,read,receive,send,stat,sync,thread,write"
CASES = [(AUDIT, role, kind, "", False)
         for role in ("program", "nursery", "worker")
         for kind in "alloc close fork map name open read receive send stat step sync write".split()
         # a worker's databases are in memory: there a step fails for want of that
         if (role, kind) != ("worker", "step")]
CASES += [(CRAWL, "program", kind, "", False) for kind in ("open", "read", "stat", "thread")]
CASES += [(SCAN, "program", kind, "", False) for kind in ("step", "write", "sync", "name")]
# no room from then on; a part only; interrupted; killed
CASES += [(c, "program", "write", "28", True) for c in (AUDIT, SCAN)]
CASES += [(AUDIT, "worker", "alloc", "", True)]
CASES += [(AUDIT, role, "read,receive,send,write", "short", False) for role in ("program", "worker")]
CASES += [(AUDIT, role, "receive,send", "4", False) for role in ("program", "worker", "nursery")]
CASES += [(c, role, SYSTEM, "kill", False) for c in (AUDIT, CRAWL) for role in ("program", "worker", "nursery")]


def fresh_database():
    shutil.rmtree(os.path.dirname(database), ignore_errors=True)
    os.mkdir(os.path.dirname(database))
    shutil.copy(os.path.join(where, "base.db"), database)


def fresh_state():
    with open(state, "wb") as f:
        f.truncate(STATE_BYTES)
    os.chmod(state, 0o666)


def calls():
    """How many there were, and the hash of the stack of each."""
    with open(state, "rb") as f:
        n, = struct.unpack("<Q", f.read(8))
        return n, struct.unpack("<%dQ" % n, f.read(8 * n))


def wait_for_others():
    """What the program left behind comes to us: it must end by itself."""
    end = time.monotonic() + 5
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            if time.monotonic() > end:
                return False
            time.sleep(0.002)


def run(words, fault=None):
    environment = dict(os.environ)
    if fault:
        environment.update(fault, LD_PRELOAD=LIBRARY, FAULT_STATE=state)
    with open(os.path.join(where, "out"), "wb+") as out, open(os.path.join(where, "errors"), "wb+") as errors:
        p = subprocess.Popen(command(words), stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                             env=environment, start_new_session=True)
        try:
            status = p.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            status = "hang"
            p.wait()
        gone = wait_for_others()
        if not gone:
            os.killpg(p.pid, signal.SIGKILL)
            wait_for_others()
        out.seek(0)
        errors.seek(0)
        return status, out.read().decode(), errors.read().decode(), gone


def report_of(words, out):
    """What is to be compared: the number of the scan is not."""
    if words[0] == "scan":
        return out.split(":", 1)[1] if ":" in out else out
    report = json.loads(out)
    report["scan"] = None
    return report


def content():
    """The newest scan, its content, and whether all is well; also repairs, as the
    next run would."""
    copy = os.path.join(where, "copy.db")
    for end in ("", "-journal"):
        if os.path.exists(database + end):
            shutil.copy(database + end, copy + end)
        elif os.path.exists(copy + end):
            os.unlink(copy + end)
    db = sqlite3.connect(copy)
    try:
        whole = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        whole = whole and not db.execute("PRAGMA foreign_key_check").fetchall()
        scan = db.execute("SELECT scan_id FROM v_run").fetchone()[0]
        rows = [sorted(map(repr, db.execute(sql))) for sql in CONTENT]
        return scan, rows, whole
    finally:
        db.close()


class Undisturbed:
    """What each command finds, and finds in the run after that."""
    known = {}

    def __init__(self, words):
        fresh_database()
        self.before = content()
        self.status, out, errors, gone = run(words)
        self.report = report_of(words, out)
        self.after = content()
        status, out, _, _ = run(words)
        assert not errors and gone, errors
        assert self.after[0] > self.before[0] and self.after[1] != self.before[1]
        assert status == self.status and self.status not in NO_VERDICT, status
        assert report_of(words, out) == self.report

    @staticmethod
    def of(words):
        key = tuple(words)
        if key not in Undisturbed.known:
            Undisturbed.known[key] = Undisturbed(words)
        return Undisturbed.known[key]


def judge(words, want, result, error, role):
    """What is wrong after a run; empty: nothing."""
    status, out, errors, gone = result
    wrong = []
    killed = error == "kill" and role == "program"
    scan, rows, whole = content()
    if not gone:
        wrong.append("processes are left")
    if status == "hang":
        return wrong + ["it hung"]
    if killed:
        if status not in (-signal.SIGKILL, want.status):
            wrong.append("status %s" % status)
    elif status in NO_VERDICT:
        if not errors.startswith("trustdrift: "):
            wrong.append("no line says why there is no verdict: %r" % errors)
        if error in ("short", "4"):
            wrong.append("what every program must expect ended it")
    elif status not in (0, 2, 4, 6):
        wrong.append("status %s" % status)
    else:
        try:
            report = report_of(words, out)
        except ValueError:
            return wrong + ["no report"]
        told = words[0] != "scan" and report["problems"]
        if error in ("short", "4") or not (status & 4 or told):
            if report != want.report or status != want.status:
                wrong.append("another report with status %d" % status)
        elif words[0] != "scan" and not (report["problems"] or report["summary"]["unknown"] or "could not be" in out):
            wrong.append("incomplete, and nothing says why")
        if scan == want.before[0]:
            wrong.append("a report of what was not recorded")
        if error == "kill" and words[0] != "scan" and status & 4:
            died = [p["code"] for p in report["problems"]]
            if died != ["reader-died"]:
                wrong.append("a killed worker costs %s" % died)
    if not whole:
        wrong.append("the inventory is damaged")
    if scan == want.before[0]:
        if rows != want.before[1]:
            wrong.append("the scan before was changed")
    elif rows != want.after[1] and not rows[0]:
        wrong.append("an incomplete scan that seems complete")
    left = sorted(os.listdir(os.path.dirname(database)))
    if left not in (["i.db"], ["i.db", "i.db-journal"]) or (len(left) > 1 and not killed and status not in NO_VERDICT):
        wrong.append("files are left: %s" % left)
    status, out, errors, gone = run(words)
    if status != want.status or report_of(words, out) != want.report:
        wrong.append("the next run: status %s, %s%s" % (status, errors, "" if status in NO_VERDICT else "another report"))
    elif content()[1:] != want.after[1:]:
        wrong.append("the next run records something else")
    if os.listdir(os.path.dirname(database)) != ["i.db"]:
        wrong.append("files are left by the next run")
    return wrong


def numbers(n, stacks, rng):
    """Which calls are to fail."""
    if sample == "all":
        return range(1, n + 1)
    if sample == "quick":
        return [rng.randint(1, n)] if n else []
    first = {}
    for k, stack in enumerate(stacks, 1):
        first.setdefault(stack, k)
    first = sorted(first.values())
    if sample == "stacks":
        return first
    most = int(sample)
    return first if len(first) <= most else sorted(rng.sample(first, most))


def main():
    seed = int(os.environ.get("SEED", "1"))
    rng = random.Random(seed)
    failed = total = 0
    cases = CASES[seed % 2::2] if sample == "quick" and not chosen else CASES
    for words, role, kinds, error, lasts in cases:
        names = {words[0], role, error} | set(kinds.split(",") if error != "kill" else []) | ({"crawl"} if "--crawl" in words else set())
        if chosen and not chosen <= names:
            continue
        want = Undisturbed.of(words)
        fault = {"FAULT_KINDS": kinds, "FAULT_ROLE": role, "FAULT_N": "0"}
        if sample not in ("all", "quick"):
            fault["FAULT_STACKS"] = "1"
        if error:
            fault["FAULT_ERROR"] = error
        if lasts:
            fault["FAULT_LASTS"] = "1"
        fresh_database()
        fresh_state()
        run(words, fault)
        n, stacks = calls()
        tried = bad = 0
        began = time.monotonic()
        fault.pop("FAULT_STACKS", None)
        statuses = {}
        for k in numbers(n, stacks, rng):
            fault["FAULT_N"] = str(k)
            fresh_database()
            fresh_state()
            result = run(words, fault)
            if calls_made() < k:
                continue        # it took another way: nothing failed
            tried += 1
            statuses[result[0]] = statuses.get(result[0], 0) + 1
            wrong = judge(words, want, result, error, role)
            if wrong:
                bad += 1
                print("FAIL: %s: %s %s %s %s%d: %s\n  %s" % (" ".join(words), role, kinds, error, "from " if lasts else "",
                      k, "; ".join(wrong), result[2].strip()), file=sys.stderr, flush=True)
        if n:
            print("%-28s %-8s %-24s %-6s %6d calls, %5d failed, %3d badly; statuses %s; %.0f s" %
                  (" ".join(words), role, "system calls" if kinds == SYSTEM else kinds, error + ("+" if lasts else ""), n, tried, bad,
                   " ".join("%s:%d" % s for s in sorted(statuses.items(), key=str)), time.monotonic() - began), flush=True)
        total += tried
        failed += bad
    print("%d failures injected, %d of them did harm" % (total, failed))
    sys.exit(failed > 0 or total == 0)


def calls_made():
    with open(state, "rb") as f:
        return struct.unpack("<Q", f.read(8))[0]


main()
