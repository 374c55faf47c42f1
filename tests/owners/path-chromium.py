#!/usr/bin/env python3
"""path-chromium.py TO FROM POLICIES CLOCK <CASES -- asks a Chromium, which runs
already and reads DevTools commands from the pipe TO and answers at FROM, which
path it takes.  Writes answers without the line that begins them
(tests/paths/paths.py).

Anchors are given by the policy CACertificates, what lies beside them by
CAHintCertificates: Chromium reads policies again when it is told to, but not
its own database of certificates.  When it has done so it does not say, so each
policy also has one of two roots of nobody else, and what follows waits until a
page of it loads.  It does so when it has nothing else to do: it is left alone
between the tries.

A page asks for all addresses of a group at once, for pages that tell of an error
take seconds each.  Those that were had are opened then, for what DevTools tell
of an open page is the path that was taken.
"""
import base64
import hashlib
import json
import os
import sys
import time

import path_browser
from path_browser import HOST, base64_of, die

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "tools"))
# pylint: disable=wrong-import-position
from path_certificates import Cert

PATIENCE, PAUSE = 60, 0.05		# seconds


class Browser:
    def __init__(self, to, there):
        # pylint: disable=consider-using-with # open until the end
        self.to, self.there = open(to, "wb", 0), open(there, "rb", 0)
        self.rest, self.last, self.events = b"", 0, []

    def message(self):
        while b"\0" not in self.rest:
            more = self.there.read(1 << 20)
            if not more:
                die("Chromium is gone")
            self.rest += more
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def do(self, method, session=None, **params):
        self.last += 1
        command = {"id": self.last, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        self.to.write(json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.last:
                if "error" in message:
                    die("%s: %s" % (method, message["error"]))
                return message["result"]
            self.events.append(message)

    def event(self, names):
        """The next of these."""
        while True:
            event = self.events.pop(0) if self.events else self.message()
            if event.get("method") in names:
                return event["method"], event["params"]

    def tab(self, url):
        target = self.do("Target.createTarget", url=url)["targetId"]
        return self.do("Target.attachToTarget", targetId=target,
                       flatten=True)["sessionId"]


FETCH = "Promise.allSettled(%s.map(u => fetch(u, { mode: 'no-cors' }))); 0"
EVENTS = ("Network.requestWillBeSent", "Network.responseReceived",
          "Network.loadingFailed")


def fetched(browser, tab, urls):
    """URL to what Chromium said; "" when it had the page."""
    browser.do("Runtime.evaluate", tab, expression=FETCH % json.dumps(urls))
    said, url_of = {}, {}
    while len(said) < len(urls):
        kind, about = browser.event(EVENTS)
        if kind == "Network.requestWillBeSent":
            url_of[about["requestId"]] = about["request"]["url"]
        elif url_of.get(about["requestId"]) in urls:
            said.setdefault(url_of[about["requestId"]],
                            about.get("errorText", ""))
    return said


def path(browser, tab, url):
    said = browser.do("Page.navigate", tab, url=url).get("errorText")
    if said:
        die("%s: %s, which had been fetched" % (url, said))
    certs = browser.do("Network.getCertificate", tab,
                       origin=url[:-1])["tableNames"]
    if not certs:
        die("%s: Chromium does not tell the path" % url)
    return [hashlib.sha256(base64.b64decode(text)).hexdigest()
            for text in certs]


def ask(browser, tabs, server, cases):
    """Verdict, path and what was said, of each."""
    ports = [server.address(case.leaf, case.sent) for case in cases]
    urls = ["https://%s:%d/" % (HOST, port) for port in ports]
    said, out = fetched(browser, tabs[0], urls), []
    for case, port, url in zip(cases, ports, urls):
        if (port in server.asked) == bool(said[url]) or \
                not (said[url] or "net::ERR_CERT_").startswith(
                    "net::ERR_CERT_"):
            die("%s: %s" % (case.id, said[url] or "had without asking"))
        out.append(("reject", [], said[url].replace("net::", ""))
                   if said[url] else
                   ("accept", path(browser, tabs[1], url), ""))
        server.close(port)
    if server.wrong:
        die("what was sent was not meant: %s" % server.wrong)
    return out


def own_root(name):
    """A root of nobody else, and a certificate of it: NAME and NAME-leaf."""
    path_browser.keep(name, Cert(name, name, "wide").der())
    path_browser.keep(name + "-leaf", Cert("Leaf", name, "wide",
                                           ca=False).der())


def settle(browser, settings, tabs, server, own, first):
    """Waits until the policy with the root OWN is used."""
    until, tries = time.monotonic() + PATIENCE, 0
    question = path_browser.Case("own", 0, own + "-leaf", [], [], [])
    while True:
        if tries % 20 == 0:	# its page may not be there yet
            browser.do("Runtime.evaluate", settings,
                       expression="chrome.send('reloadPolicies')")
        tries += 1
        time.sleep(PAUSE)
        said = ask(browser, tabs, server, [question])[0][2]
        if not said:
            return
        if time.monotonic() > until:
            die("%s: Chromium does not read the policy: %s" % (first.id, said))


def main():
    to, there, policies, clock = sys.argv[1:]
    for name in ("own-0", "own-1"):
        own_root(name)
    browser, server = Browser(to, there), path_browser.Server()
    settings = browser.tab("chrome://policy")
    tabs = [browser.tab("about:blank"), browser.tab("about:blank")]
    for tab in tabs:
        browser.do("Network.enable", tab)
    for n, cases in enumerate(path_browser.groups(sys.stdin)):
        first, own = cases[0], "own-%d" % (n % 2)
        new = os.path.join(policies, "new")
        with open(new, "w", encoding="ascii") as file:
            json.dump({"CACertificates": [
                base64_of(label) for label in [own] + first.trusted],
                       "CAHintCertificates": [
                           base64_of(label) for label in first.store]}, file)
        os.rename(new, os.path.join(policies, "paths.json"))
        path_browser.set_clock(clock, first.at)
        settle(browser, settings, tabs, server, own, first)
        shown = browser.do("Runtime.evaluate", tabs[0],
                           expression="Date.now()")["result"]["value"]
        if shown != first.at * 1000:
            die("it is %s for Chromium, not %d" % (shown, first.at))
        for case, answer in zip(cases, ask(browser, tabs, server, cases)):
            verdict, taken, said = answer
            print("\t".join((case.id, verdict, " ".join(taken) or "-",
                             said)), flush=True)
    browser.do("Browser.close")


main()
