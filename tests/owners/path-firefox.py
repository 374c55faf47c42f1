#!/usr/bin/env python3
"""path-firefox.py PROFILE CLOCK <CASES -- asks a Firefox, which has just been
started with PROFILE and Marionette, which path it takes.  Writes answers without
the line that begins them (tests/paths/paths.py).

Its database of certificates is emptied and filled by Firefox itself, through the
interface that its settings use, so that nothing it remembers of it is old.  It
could keep what servers sent for later questions; that it did not is looked at.
"""
import json
import os
import socket
import sys
import time

import path_browser
from path_browser import HOST, base64_of, die

PATIENCE = 300		# seconds

# [[base64, trust], ...] and what was put there before.
FILL = """
const [wanted, before] = arguments;
const db = Cc["@mozilla.org/security/x509certdb;1"]
	.getService(Ci.nsIX509CertDB);
for (const [der] of before)
	db.deleteCertificate(db.constructX509FromBase64(der));
for (const [der, trust] of wanted)
	db.addCertFromBase64(der, trust);
"""
ALL = """
const db = Cc["@mozilla.org/security/x509certdb;1"]
	.getService(Ci.nsIX509CertDB);
return db.getCerts().map(cert => cert.sha256Fingerprint).sort();
"""
NOW = "return Date.now();"
# [error, path]
ASK = """
const [url, done] = arguments;
const { NetUtil } = ChromeUtils.importESModule(
	"resource://gre/modules/NetUtil.sys.mjs");
const channel = NetUtil.newChannel({ uri: url,
	loadUsingSystemPrincipal: true });
channel.loadFlags |= Ci.nsIRequest.LOAD_ANONYMOUS |
	Ci.nsIRequest.LOAD_BYPASS_CACHE | Ci.nsIRequest.INHIBIT_CACHING;
channel.asyncOpen({
	onStartRequest() {},
	onDataAvailable(request, stream, at, n) {
		NetUtil.readInputStreamToString(stream, n);
	},
	onStopRequest(request, status) {
		const said = channel.securityInfo;
		done([Components.isSuccessCode(status) ? "" :
			said && said.errorCodeString || "status " + status,
			Components.isSuccessCode(status) ?
			said.succeededCertChain.map(c => c.sha256Fingerprint) :
			[]]);
	},
});
"""


class Browser:
    """The protocol: LENGTH:JSON both ways."""

    def __init__(self, profile):
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with open(os.path.join(profile, "MarionetteActivePort"),
                          encoding="ascii") as file:
                    self.socket = socket.create_connection(
                        ("127.0.0.1", int(file.read())))
                break
            except (OSError, ValueError):	# not there or not whole yet
                if time.monotonic() > until:
                    die("Firefox does not answer")
                time.sleep(0.2)
        self.rest, self.last = b"", 0
        self.message()
        self.do("WebDriver:NewSession", capabilities={})
        self.do("Marionette:SetContext", value="chrome")

    def more(self):
        more = self.socket.recv(1 << 20)
        if not more:
            die("Firefox is gone")
        self.rest += more

    def message(self):
        while b":" not in self.rest:
            self.more()
        length, self.rest = self.rest.split(b":", 1)
        while len(self.rest) < int(length):
            self.more()
        text, self.rest = self.rest[:int(length)], self.rest[int(length):]
        return json.loads(text)

    def do(self, command, **params):
        self.last += 1
        text = json.dumps([0, self.last, command, params]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, result = self.message()
        if error or number != self.last:
            die("%s: %s" % (command, error))
        return result

    def run(self, script, *args, later=False):
        return self.do("WebDriver:ExecuteAsyncScript" if later else
                       "WebDriver:ExecuteScript", script=script,
                       args=list(args))["value"]


def hexadecimal(fingerprints):
    return " ".join(f.replace(":", "").lower() for f in fingerprints)


def ask(browser, server, case):
    port = server.address(case.leaf, case.sent)
    said, path = browser.run(ASK, "https://%s:%d/" % (HOST, port), later=True)
    if (port in server.asked) == bool(said) or \
            said and not said.startswith(("SEC_ERROR_", "MOZILLA_PKIX_ERROR_",
                                          "SSL_ERROR_BAD_CERT_DOMAIN")):
        die("%s: %s" % (case.id, said or "had without asking"))
    if server.wrong:
        die("what was sent was not meant: %s" % server.wrong)
    server.close(port)
    return "reject" if said else "accept", path, said


def main():
    profile, clock = sys.argv[1:]
    browser, server = Browser(profile), path_browser.Server()
    own, put = browser.run(ALL), []
    for cases in path_browser.groups(sys.stdin):
        first = cases[0]
        path_browser.set_clock(clock, first.at)
        shown = browser.run(NOW)
        if shown != first.at * 1000:
            die("it is %s for Firefox, not %d" % (shown, first.at))
        wanted = [[base64_of(label), "C,,"] for label in first.trusted] + \
            [[base64_of(label), ",,"] for label in first.store]
        browser.run(FILL, wanted, put)
        put = wanted
        for case in cases:
            verdict, path, said = ask(browser, server, case)
            print("\t".join((case.id, verdict, hexadecimal(path) or "-",
                             said)), flush=True)
    browser.run(FILL, [], put)
    if browser.run(ALL) != own:
        die("Firefox has more certificates than it was given")
    browser.do("Marionette:Quit", flags=["eForceQuit"])


main()
