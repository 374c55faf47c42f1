#!/usr/bin/env python3
"""paths.py -- the worlds of tests/paths, and what clients answered.

  driver [ID-PREFIX ...]       prints the cases as tests/path-driver reads them
  questions DIR [ID-PREFIX ...]
                               writes DIR/certs/LABEL.pem and DIR/cases, which
                               the clients of tests/owners/path-* read
  record DIR                   writes what DIR/*.answers say to verdicts.json
  same DIR                     compares it with verdicts.json; what differs is
                               printed
  models FILE                  compares FILE, the driver's output, with
                               verdicts.json
  count                        prints how often each client accepts

A case names its certificates by label; certificates.json has them, so that a
certificate of many worlds is kept once.  Only Python's standard library.

DIR/cases has a line per case, fields separated by tabs: id, seconds since 1970,
end-entity, trusted, store, cached, sent; the last four are labels separated by
spaces, "-" when there are none.  An .answers file begins with "# model version"
and has a line per case: id, "accept" or "reject", the path as SHA-256 separated
by spaces and leaf first ("-": the client does not tell), and what it said.
"""
import base64
import calendar
import collections
import hashlib
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "host.example"
LISTS = ("trusted_certs", "store_certs", "cached_certs",
         "untrusted_intermediates")


def load(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return json.load(file)


def certificates():
    """Label to DER."""
    return {label: base64.b64decode(text)
            for label, text in load("certificates.json").items()}


def pem(der):
    text = base64.b64encode(der).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" % \
        "\n".join(lines)


def cases(prefixes=()):
    """With every key there."""
    for name in ("worlds-grid.json", "worlds-random.json"):
        for case in load(name):
            if prefixes and not case["id"].startswith(tuple(prefixes)):
                continue
            for key in LISTS:
                case.setdefault(key, [])
            case.setdefault("peer_name", HOST)
            case.setdefault("purpose", "serverAuth")
            case.setdefault("expected_result", None)
            yield case


def driver(prefixes):
    pems = {label: pem(der) for label, der in certificates().items()}
    out = []
    for case in cases(prefixes):
        for key in LISTS:
            case[key] = [pems[label] for label in case[key]]
        case["peer_certificate"] = pems[case["peer_certificate"]]
        out.append(case)
    json.dump(out, sys.stdout, indent=1)
    print()


def questions(into, prefixes):
    certs = certificates()
    folder = os.path.join(into, "certs")
    os.makedirs(folder, exist_ok=True)
    for label, der in certs.items():
        with open(os.path.join(folder, label + ".pem"), "w",
                  encoding="ascii") as file:
            file.write(pem(der))
    with open(os.path.join(into, "cases"), "w", encoding="ascii") as file:
        for case in cases(prefixes):
            at = calendar.timegm(time.strptime(case["validation_time"],
                                               "%Y-%m-%dT%H:%M:%SZ"))
            file.write("\t".join(
                [case["id"], str(at), case["peer_certificate"]] +
                [" ".join(case[key]) or "-" for key in LISTS]) + "\n")


def answers(folder):
    """What DIR/*.answers say, as `written` takes it."""
    labels = {hashlib.sha256(der).hexdigest(): label
              for label, der in certificates().items()}
    clients, said = {}, {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".answers"):
            continue
        client = name[:-len(".answers")]
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            model, version = file.readline().lstrip("# ").rstrip().split(
                " ", 1)
            clients[client] = {"model": model, "version": version}
            for line in file:
                ident, verdict, path, reason = line.rstrip("\n").split("\t")
                path = None if path == "-" else [
                    labels[sha256] for sha256 in path.split()]
                said[ident, client] = (verdict, path, reason)
    return clients, said


def written(clients, said):
    """Per case the clients that answered alike stand together."""
    out = []
    for ident in [case["id"] for case in cases()]:
        groups = {}
        for client in sorted(clients):
            if (ident, client) in said:
                verdict, path, reason = said[ident, client]
                groups.setdefault((verdict, " ".join(path or ()), reason),
                                  []).append(client)
        lines = []
        for (verdict, path, reason), who in groups.items():
            group = {"clients": " ".join(who), "verdict": verdict}
            if path:
                group["path"] = path
            if reason:
                group["reason"] = reason
            lines.append(json.dumps(group, separators=(",", ":")))
        if lines:
            out.append("%s:[\n%s]" % (json.dumps(ident), ",\n".join(lines)))
    return '{"clients":{\n%s\n},\n"cases":{\n%s\n}}\n' % (
        ",\n".join("%s:%s" % (json.dumps(client), json.dumps(about))
                   for client, about in sorted(clients.items())),
        ",\n".join(out))


def recorded():
    """What was `written`."""
    verdicts, said = load("verdicts.json"), {}
    for ident, groups in verdicts["cases"].items():
        for group in groups:
            path = group.get("path")
            for client in group["clients"].split():
                said[ident, client] = (group["verdict"], path and path.split(),
                                       group.get("reason", ""))
    return verdicts["clients"], said


def record(folder):
    """Clients that were not asked this time keep what they said."""
    clients, said = answers(folder)
    try:
        old_clients, old_said = recorded()
    except FileNotFoundError:
        old_clients, old_said = {}, {}
    for key, answer in old_said.items():
        if key[1] not in clients:
            said[key] = answer
    text = written({**old_clients, **clients}, said)
    with open(os.path.join(HERE, "verdicts.json"), "w",
              encoding="utf-8") as file:
        file.write(text)


def words(answer):
    verdict, path, _ = answer
    return verdict if path is None else "%s [%s]" % (verdict, " ".join(path))


def same(folder):
    """Clients that were not asked this time are not missed.  A reason may be
    said in other words."""
    clients, now = answers(folder)
    then, differ = recorded()[1], 0
    for (ident, client), answer in now.items():
        was = then.get((ident, client))
        if was is None or was[:2] != answer[:2]:
            differ += 1
            print("%s: %s: %s, recorded %s" % (
                ident, client, words(answer), words(was) if was else "nothing"))
    print("%d answers of %d clients, %d differ from what is recorded" % (
        len(now), len(clients), differ))
    return differ == 0 and len(now) > 0


def models(file):
    with open(file, encoding="utf-8") as text:
        predicted = {case["id"]: case["models"] for case in json.load(text)}
    sha256 = {label: hashlib.sha256(der).hexdigest()
              for label, der in certificates().items()}
    clients, said = recorded()
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for (ident, client), (verdict, path, _) in sorted(said.items()):
        model = clients[client]["model"]
        guess = predicted.get(ident, {}).get(model)
        if guess is None:
            continue
        count = counts[client, model]
        count[0] += 1
        if guess["verdict"] != verdict:
            count[1] += 1
            print("%s: %s: %s, the model %s says %s (%s)" % (
                ident, client, verdict, model, guess["verdict"],
                guess.get("reason")))
        elif verdict == "accept" and path is not None and \
                [sha256[label] for label in path] != guess["path"]:
            count[2] += 1
            print("%s: %s: another path than the model %s" % (
                ident, client, model))
    for (client, model), (n, wrong, other) in sorted(counts.items()):
        print("%-20s %-16s %5d cases, %d verdicts and %d paths differ" % (
            client, model, n, wrong, other))
    return bool(counts) and not any(c[1] or c[2] for c in counts.values())


def count():
    clients, said = recorded()
    counts = collections.Counter(
        (client, answer[0]) for (_, client), answer in said.items())
    for client, about in clients.items():
        print("%-20s %4d accept %4d reject  %-15s %s" % (
            client, counts[client, "accept"], counts[client, "reject"],
            about["model"], about["version"]))


def main(argv):
    command, rest = argv[1] if len(argv) > 1 else "", argv[2:]
    if command == "driver":
        driver(rest)
    elif command == "questions" and rest:
        questions(rest[0], rest[1:])
    elif command == "record" and len(rest) == 1:
        record(rest[0])
    elif command == "count" and not rest:
        count()
    elif command in ("same", "models") and len(rest) == 1:
        return 0 if (same if command == "same" else models)(rest[0]) else 1
    else:
        print(__doc__, file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
