#!/usr/bin/python3
"""html_chromium.py PAGE SHOTS COMMAND ... -- opens the page file:///PAGE in the
Chromium that COMMAND starts, speaking the DevTools protocol through the pipe of
--remote-debugging-pipe (descriptors 3 and 4, messages that end in NUL), and says what
is wrong with it.  SHOTS is a directory for pictures of what it looked like."""
import base64
import json
import os
import subprocess
import sys

PAGE, SHOTS = sys.argv[1:3]
COMMAND = sys.argv[3:]
WIDTHS = (390, 1440)
SCHEMES = ("light", "dark")

wrong = []


class Browser:
    def __init__(self):
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()
        self.number, self.session, self.rest = 0, None, b""
        self.events = []

        def place():
            os.dup2(to_read, 203)
            os.dup2(back_write, 204)
            os.dup2(203, 3)
            os.dup2(204, 4)

        self.process = subprocess.Popen(COMMAND, preexec_fn=place,
                                        pass_fds=(3, 4),
                                        stdin=subprocess.DEVNULL)
        os.close(to_read)
        os.close(back_write)

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.back, 1 << 16)
            if not data:
                sys.exit("the browser has ended")
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.receive())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit("%s: %s" % (expression, result["exceptionDetails"]))
        return result["result"].get("value")

    def open(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def load(self):
        self.events.clear()
        self.call("Page.navigate", url="file://" + PAGE)
        self.wait("Page.loadEventFired")

    def complaints(self):
        said = []
        for event in self.events:
            method, p = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded":
                said.append(p["entry"]["text"])
            elif method == "Runtime.exceptionThrown":
                said.append(p["exceptionDetails"]["text"])
            elif method == "Runtime.consoleAPICalled":
                said.append("console.%s" % p["type"])
            elif method == "Network.requestWillBeSent" and \
                    p["request"]["url"] != "file://" + PAGE:
                said.append("asks for %s" % p["request"]["url"])
        return said


def expect(what, got, wanted):
    if got != wanted:
        wrong.append("%s: %r, wanted %r" % (what, got, wanted))


def shoot(browser, name):
    picture = browser.call("Page.captureScreenshot", format="png",
                           captureBeyondViewport=False)
    with open(os.path.join(SHOTS, name + ".png"), "wb") as file:
        file.write(base64.b64decode(picture["data"]))


SHOWN = ("[...document.querySelectorAll('details.finding')]"
         ".filter(d => !d.hidden)")
TYPE = """(text => { const s = document.getElementById('search'); s.value = text;
s.dispatchEvent(new Event('input', {bubbles: true})); })(%s)"""


def filters(b):
    count = b.value("document.querySelectorAll('details.finding').length")
    expect("all findings are shown", b.value(SHOWN + ".length"), count)
    expect("the form can be used", b.value(
        "getComputedStyle(document.getElementById('filter')).display"), "flex")
    b.value(TYPE % json.dumps("no-such-word-anywhere"))
    expect("a word that is nowhere", b.value(SHOWN + ".length"), 0)
    expect("and the page says so", b.value(
        "document.getElementById('shown').textContent"), "0 / %d" % count)
    rule = b.value("document.querySelector('details.finding').dataset.rule")
    of_rule = b.value("[...document.querySelectorAll('details.finding')]"
                      ".filter(d => d.dataset.rule === %s).length"
                      % json.dumps(rule))
    b.value(TYPE % json.dumps(rule))
    expect("findings of " + rule, b.value(SHOWN + ".length"), of_rule)
    b.value(TYPE % '""')
    severity = b.value("document.querySelector('details.finding')"
                       ".dataset.severity")
    b.value("document.querySelector('#filter input[name=%s]').click()"
            % severity)
    expect("without " + severity, b.value(
        SHOWN + ".some(d => d.dataset.severity === %s)"
        % json.dumps(severity)), False)
    b.value("document.querySelector('#filter input[name=%s]').click()"
            % severity)
    b.value("document.getElementById('open-all').click()")
    expect("all open", b.value(SHOWN + ".every(d => d.open)"), True)
    b.value("document.getElementById('close-all').click()")
    expect("all closed", b.value(SHOWN + ".some(d => d.open)"), False)


def contrast(b):
    """WCAG 2.1 section 1.4.3: 4.5 to 1 for text, of all that has some."""
    return b.value("""(() => {
  const light = c => { const v = c.match(/[0-9.]+/g).slice(0, 3).map(x => {
    x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const ground = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
  const bad = new Set();
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) ||
        e.closest('svg') || e.closest('script') || e.closest('[hidden]'))
      continue;
    const a = light(getComputedStyle(e).color), g = light(ground(e));
    const r = (Math.max(a, g) + 0.05) / (Math.min(a, g) + 0.05);
    if (r < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + r.toFixed(1));
  }
  return [...bad].join('; ');
})()""")


browser = Browser()
browser.open()
for width in WIDTHS:
    for scheme in SCHEMES:
        name = "%d %s" % (width, scheme)
        browser.call("Emulation.setDeviceMetricsOverride", width=width,
                     height=1600, deviceScaleFactor=1, mobile=width < 600)
        browser.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        browser.load()
        expect(name + ": nothing scrolls sideways", browser.value(
            "document.documentElement.scrollWidth <= innerWidth"), True)
        expect(name + ": contrast", contrast(browser), "")
        expect(name + ": its ground is dark", browser.value(
            "/rgb\\(\\d\\d?,/.test(getComputedStyle("
            "document.documentElement).backgroundColor)"), scheme == "dark")
        shoot(browser, name.replace(" ", "-"))
        if scheme == "light":
            filters(browser)
        expect(name + ": complaints", browser.complaints(), [])

browser.load()
pdf = base64.b64decode(browser.call("Page.printToPDF")["data"])
with open(os.path.join(SHOTS, "printed.pdf"), "wb") as file:
    file.write(pdf)
expect("a PDF", pdf[:5], b"%PDF-")
expect("as folded after printing as before", browser.value(
    "[...document.querySelectorAll('details.finding')].every("
    "d => d.open === (d.dataset.severity === 'high'))"), True)

# without scripts everything is there, and nothing to click in vain
browser.call("Emulation.setScriptExecutionDisabled", value=True)
browser.load()
root = browser.call("DOM.getDocument")["root"]["nodeId"]
form = browser.call("DOM.querySelector", nodeId=root, selector="#filter[hidden]")
expect("the form without scripts", form["nodeId"] != 0, True)
expect("without scripts: complaints", [c for c in browser.complaints()
                                       if "scripts are disabled" not in c and
                                       "sandboxed" not in c], [])
browser.session = None
browser.call("Browser.close")
browser.process.wait(30)
print("\n".join(wrong))
sys.exit(bool(wrong))
