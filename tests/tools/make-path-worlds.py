#!/usr/bin/env python3
"""make-path-worlds.py DIR -- writes the worlds that certification paths are
looked for in to DIR: certificates.json, worlds-grid.json, worlds-random.json,
and the key of all end-entities, for servers.

A world is what one client meets: its trust store, what the server sends, a
moment.  The grid has every combination of few things; the random worlds,
drawn with a fixed seed, have what nobody thought of, and each but the last
kind has one faulty path beside a good one.  What the real clients answer is not
known here: tests/owners/ask-paths.sh asks them.

The same program gives the same bytes.  A change that moves the draw of a random
world changes all that follow, so their answers have to be asked again.
"""
import itertools
import json
import os
import random
import sys

from path_certificates import Cert, HOST, Key, PERIODS, seconds

# Between the ends of PERIODS.
TIMES = {
    "all": "2021-06-01T00:00:00Z",      # everything but "soon" is valid
    "crossgone": "2021-09-30T00:00:00Z",  # "cross" and "twin" are over
    "oldgone": "2022-01-01T00:00:00Z",  # and "old"
    "lategone": "2025-01-01T00:00:00Z",  # and "late"; "soon" has begun
    "goodgone": "2026-01-01T00:00:00Z",  # and "good"
}

pool = {}


def named(certs):
    out = []
    for cert in certs:
        pool[cert.label] = cert
        out.append(cert.label)
    return out


def case(ident, at, leaf, trusted=(), sent=(), store=(), cached=()):
    """One line of a worlds file.  What is not said is empty, or what
    tests/paths/paths.py fills in."""
    out = {"id": ident, "validation_time": at,
           "peer_certificate": named([leaf])[0],
           "trusted_certs": named(dict.fromkeys(trusted))}
    for key, certs in (("store_certs", dict.fromkeys(store)),
                       ("cached_certs", dict.fromkeys(cached)),
                       ("untrusted_intermediates", sent)):
        if certs:
            out[key] = named(certs)
    return out


# ---- the grid ------------------------------------------------------------------------
OLD = Cert("Old Root", "Old Root", "old")
NEW = Cert("New Root", "New Root", "wide")
TWIN = Cert("New Root", "New Root", "twin")     # older than NEW, and over
RENEWED = Cert("New Root", "New Root", "cross")  # newer than NEW, and over
BY_NEW = Cert("Issuer", "New Root", "good")
BY_OLD = Cert("Issuer", "Old Root", "cross")
CROSS = Cert("New Root", "Old Root", "cross")
LASTING = Cert("New Root", "Old Root", "late")  # outlives the old root
LEAF = Cert("Leaf", "Issuer", "leaf", ca=False)

SHORT = {OLD: "old", NEW: "new", TWIN: "twin", RENEWED: "renewed",
         BY_NEW: "bynew", BY_OLD: "byold", CROSS: "cross",
         LASTING: "lasting"}

# kind of world: anchors, what is sent
ISSUER_CROSSED = (
    [[OLD], [NEW], [OLD, NEW], [NEW, TWIN], [TWIN, NEW], [OLD, TWIN],
     [NEW, RENEWED]],
    [[], [BY_NEW], [BY_OLD], [BY_NEW, BY_OLD], [BY_OLD, BY_NEW],
     [BY_NEW, NEW], [BY_OLD, OLD], [BY_OLD, OLD, BY_NEW],
     [BY_NEW, NEW, BY_OLD, OLD], [BY_NEW, TWIN]])
ROOT_CROSSED = (
    [[OLD], [NEW], [OLD, NEW], [NEW, TWIN], [TWIN, NEW], [OLD, TWIN],
     [RENEWED, NEW]],
    [[], [BY_NEW], [BY_NEW, CROSS], [CROSS, BY_NEW], [BY_NEW, LASTING],
     [BY_NEW, CROSS, OLD], [BY_NEW, NEW], [BY_NEW, NEW, CROSS],
     [BY_NEW, CROSS, NEW], [BY_NEW, TWIN, CROSS], [BY_NEW, CROSS, LASTING]])
NOT_CROSSED = (
    [[NEW], [NEW, TWIN], [TWIN, NEW], [TWIN], [RENEWED, NEW]],
    [[], [BY_NEW], [BY_NEW, NEW], [NEW, BY_NEW], [BY_NEW, TWIN],
     [BY_NEW, BY_NEW]])
GRID = {"issuer": ISSUER_CROSSED, "root": ROOT_CROSSED, "plain": NOT_CROSSED}

# anchors, what lies in the store beside them
STORED = [([NEW], [BY_OLD]), ([NEW], [BY_NEW]), ([OLD], [BY_OLD]),
          ([OLD, NEW], [BY_OLD]), ([OLD, NEW], [BY_OLD, BY_NEW]),
          ([OLD, NEW], [BY_NEW, BY_OLD]), ([], [BY_OLD]), ([], [BY_NEW]),
          ([NEW], [CROSS]), ([], [CROSS]), ([OLD], [CROSS]),
          ([OLD, NEW], [CROSS])]
STORED_SENT = [[], [BY_NEW], [BY_OLD], [BY_NEW, CROSS], [BY_OLD, BY_NEW]]

# what .NET has kept from earlier connections
CACHED = [[BY_OLD, OLD], [BY_OLD], [BY_NEW], [CROSS], [NEW], [TWIN],
          [CROSS, OLD]]
CACHED_ANCHORS = [[OLD], [NEW], [OLD, NEW]]
CACHED_SENT = [[], [BY_NEW], [BY_OLD], [BY_NEW, CROSS]]


def words(certs):
    return "+".join(SHORT[c] for c in certs) or "nothing"


def grid():
    for kind, (anchors, sents) in GRID.items():
        for trusted, sent in itertools.product(anchors, sents):
            for at in ("all", "crossgone", "oldgone"):
                yield case("grid/%s/trust-%s/send-%s/%s" % (
                    kind, words(trusted), words(sent), at), TIMES[at], LEAF,
                    trusted, sent)
        for sent in sents[1:4]:
            yield case("grid/%s/trust-nothing/send-%s/all" % (
                kind, words(sent)), TIMES["all"], LEAF, [], sent)
            for at in ("lategone", "goodgone"):
                yield case("grid/%s/trust-old+new/send-%s/%s" % (
                    kind, words(sent), at), TIMES[at], LEAF, [OLD, NEW],
                    sent)
    for (trusted, store), sent in itertools.product(STORED, STORED_SENT):
        for at in ("all", "crossgone"):
            yield case("store/trust-%s/beside-%s/send-%s/%s" % (
                words(trusted), words(store), words(sent), at), TIMES[at],
                LEAF, trusted, sent, store)
    for cached, trusted, sent in itertools.product(CACHED, CACHED_ANCHORS,
                                                   CACHED_SENT):
        for at in ("all", "crossgone"):
            yield case("cache/trust-%s/cached-%s/send-%s/%s" % (
                words(trusted), words(cached), words(sent), at), TIMES[at],
                LEAF, trusted, sent, (), cached)


# ---- the second at which something begins or ends --------------------------------------
def second(rfc3339, shift):
    from time import gmtime, strftime
    return strftime("%Y-%m-%dT%H:%M:%SZ",
                    gmtime(seconds(rfc3339) + shift))


def edges():
    leaf = Cert("Leaf", "Issuer", "leaf", ca=False)
    for what, trusted, sent, end, moment in (
            ("anchor-ends", [RENEWED], [BY_NEW], RENEWED, 1),
            ("issuer-ends", [NEW], [BY_NEW], BY_NEW, 1),
            ("leaf-begins", [NEW], [BY_NEW], leaf, 0),
            ("leaf-ends", [NEW], [Cert("Issuer", "New Root", "soon")],
             leaf, 1)):
        at = PERIODS[end.period][moment]
        for shift in (-1, 0, 1):
            yield case("second/%s/%+d" % (what, shift), second(at, shift),
                       leaf, trusted, sent)
    # the anchor issued the end-entity itself
    direct = Cert("Leaf", "New Root", "leaf", ca=False)
    for at in ("all", "oldgone"):
        yield case("second/direct/%s" % at, TIMES[at], direct, [TWIN])


# ---- random worlds ---------------------------------------------------------------------
# how many of each: what is wrong with one of the paths
THEMES = {
    "crossed": 40, "twins": 24, "stored": 24, "cached": 16, "bare": 16,
    "nobc": 10, "notca": 10, "pathlen0": 12, "nosign": 10, "clientonly": 12,
    "names": 12, "critical": 10, "keyid": 12, "serial": 12, "noids": 8,
    "noku": 6, "forged": 10, "otherkey": 16, "anchorfault": 14, "long": 10,
    "leaffault": 12,
}
FAULTY = ("nobc", "notca", "pathlen0", "nosign", "clientonly", "names",
          "critical", "keyid", "serial", "noids", "noku", "forged")


class World:
    """Two to four roots, one or two intermediate levels (three or four when
    it is about length), each identity certified by one to three others."""

    def __init__(self, draw, theme):
        self.draw, self.theme = draw, theme
        self.ids = theme != "bare" and (
            theme != "otherkey" or draw.random() < 0.5)
        self.roots = ["Root %d" % (n + 1) for n in range(draw.choice(
            (2, 2, 3, 4)))]
        levels = draw.choice((1, 1, 2)) if theme != "pathlen0" else 2
        if theme == "long":
            levels = draw.choice((4, 5, 6, 7))
        self.levels = ["Issuer %d" % (n + 1) for n in range(levels)]
        self.self_signed, self.crossed, self.issued = [], [], []
        self.make()

    def cert(self, subject, issuer, periods, **more):
        return Cert(subject, issuer, self.draw.choice(periods),
                    key_ids=self.ids, **more)

    def make(self):
        draw = self.draw
        for root in self.roots:
            self.self_signed.append(self.cert(
                root, root, ("wide", "wide", "old", "late")))
            if self.theme == "twins" or draw.random() < 0.15:
                self.self_signed.append(self.cert(
                    root, root, ("twin", "cross", "late")))
        for root in self.roots[1:]:
            if draw.random() < 0.5:
                by = draw.choice([r for r in self.roots if r != root])
                self.crossed.append(self.cert(
                    root, by, ("cross", "late", "good")))
        above = self.roots
        for level in self.levels:
            n = 1 if self.theme == "long" else draw.choice((1, 2, 2, 3))
            for by in draw.sample(above, min(n, len(above))):
                self.issued.append(self.cert(
                    level, by, ("good", "good", "wide", "cross", "late")))
            above = [level]
        issuer = self.levels[-1]
        fault = ""
        if self.theme == "leaffault":
            fault = draw.choice(("clientonly", "keyid", "serial", "critical",
                                 "forged", "noids"))
        self.leaf = Cert("Leaf", issuer, "leaf", ca=False, fault=fault,
                         key_ids=self.ids)
        self.spoil()

    def spoil(self):
        """One certificate gets the fault; where there is no other that
        certifies the same, such a one is added."""
        draw, theme = self.draw, self.theme
        if theme in FAULTY:
            good = draw.choice([c for c in self.issued if theme != "pathlen0"
                                or c.subject == self.levels[0]])
            bad = Cert(good.subject, draw.choice(
                [good.issuer] + (self.roots if good.subject == self.levels[0]
                                 else [])), good.period, fault=theme,
                key_ids=self.ids)
            self.issued.insert(draw.randrange(len(self.issued) + 1), bad)
        elif theme == "otherkey":
            model = draw.choice(self.self_signed + self.issued)
            if model.self_issued:
                self.self_signed.insert(
                    draw.choice((0, len(self.self_signed))),
                    Cert(model.subject, model.issuer, model.period,
                         subject_key=model.subject + " b",
                         issuer_key=model.subject + " b", key_ids=self.ids))
            else:
                self.issued.insert(
                    draw.choice((0, len(self.issued))),
                    Cert(model.subject, model.issuer, model.period,
                         subject_key=model.subject + " b", key_ids=self.ids))
        elif theme == "anchorfault":
            at = draw.randrange(len(self.self_signed))
            model = self.self_signed[at]
            self.self_signed[at] = Cert(
                model.subject, model.issuer, model.period, key_ids=self.ids,
                fault=draw.choice(("nobc", "notca", "nosign", "pathlen0",
                                   "names", "clientonly", "critical")))

    def some(self, certs, chance):
        return [c for c in certs if self.draw.random() < chance]

    def ask(self):
        """What is trusted, sent, and when."""
        draw = self.draw
        trusted = self.some(self.self_signed, 0.7) or \
            [draw.choice(self.self_signed)]
        draw.shuffle(trusted)
        sent = self.some(self.issued, 0.95 if self.theme == "long" else 0.85)
        sent += self.some(self.crossed, 0.7)
        if draw.random() < 0.2:
            sent += self.some(self.self_signed, 0.4)
        # as a server should: each certifies the one before; or not
        rank = {n: i for i, n in enumerate(reversed(self.levels))}
        if draw.random() < 0.6:
            sent.sort(key=lambda c: rank.get(c.subject, len(rank)))
        else:
            draw.shuffle(sent)
        store, cached = [], []
        beside = self.issued + self.crossed
        if self.theme == "stored" or draw.random() < 0.1:
            store = draw.sample(beside, min(len(beside),
                                            draw.choice((1, 1, 2))))
        if self.theme == "cached" or draw.random() < 0.1:
            kept = beside + self.self_signed
            cached = draw.sample(kept, min(len(kept),
                                           draw.choice((1, 2, 3))))
        at = draw.choice(("all", "all", "crossgone", "oldgone", "lategone"))
        return dict(at=TIMES[at], leaf=self.leaf, trusted=trusted, sent=sent,
                    store=store, cached=cached)


def random_worlds():
    draw = random.Random("path worlds")
    for theme, count in THEMES.items():
        for n in range(count):
            world = World(draw, theme)
            # the same world asked differently
            for version in "ab"[:draw.choice((1, 1, 2))]:
                yield case("random/%s/%02d%s" % (theme, n + 1, version),
                           **world.ask())


# ---- writing ---------------------------------------------------------------------------
def write(path, lines, brackets):
    with open(path + ".new", "w", encoding="ascii") as out:
        out.write(brackets[0] + "\n" + ",\n".join(lines) + "\n" +
                  brackets[1] + "\n")
    os.replace(path + ".new", path)


def one_line(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-path-worlds.py DIR")
    into = sys.argv[1]
    # one and the same question is asked once
    for file, cases in (("grid", itertools.chain(grid(), edges())),
                        ("random", random_worlds())):
        kept = {}
        for asked in cases:
            kept.setdefault(one_line({k: v for k, v in asked.items()
                                      if k != "id"}), asked)
        assert len({c["id"] for c in kept.values()}) == len(kept)
        write(os.path.join(into, "worlds-%s.json" % file),
              [one_line(c) for c in kept.values()], "[]")
        print("%s: %d cases" % (file, len(kept)))
    write(os.path.join(into, "certificates.json"),
          ["%s:%s" % (json.dumps(label), json.dumps(pool[label].base64()))
           for label in sorted(pool)], "{}")
    with open(os.path.join(into, "leaf-key.pem"), "w", encoding="ascii") as out:
        out.write(Key.of("Leaf").pem())
    print("%d certificates for %s" % (len(pool), HOST))


main()
