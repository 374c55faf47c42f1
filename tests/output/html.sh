#!/bin/sh
# html.sh -- the page of --report html: its markup is in order, nothing in it comes
# from elsewhere or from a certificate's name, style and script are those that its
# policy allows, and what the report says is there.  How it looks and works in a
# browser is asked by tests/owners/ask-html.sh.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"

root=$work/host
host_before_outage "$root"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 400 \
	-keyout "$work/key" -out "$work/evil.pem" -subj \
	'/CN=<script>alert(1)<\/script>"><img src=x onerror=alert(2)>&\[2J' \
	2>/dev/null || skip "this OpenSSL cannot make certificates"
cp "$work/evil.pem" "$root/usr/local/share/ca-certificates/a<b>&\"c.crt"
host_update "$root"
host_outage "$root" --db "$work/db"
"$TRUSTDRIFT" audit --quiet --root "$root" --db "$work/db" \
	--now "$outage_time" --format json --report "html:$work/page" \
	>"$work/report"
[ $(($? & ~6)) -eq 0 ] || fail "the audit"

check "the page is in order" python3 -I - "$work/page" "$work/report" <<'END'
import base64
import hashlib
import html.parser
import json
import re
import sys

VOID = {"meta", "input", "br"}
page = open(sys.argv[1], encoding="utf-8").read()
report = json.load(open(sys.argv[2], encoding="utf-8"))
wrong = []


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.text, self.raw = [], set(), [], {}
        self.policy, self.scripts, self.svgs, self.commands = "", 0, 0, 0

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" and value in self.ids:
                wrong.append("twice: id %s" % value)
            if name == "id":
                self.ids.add(value)
            if name == "style" or name.startswith("on") or name == "src":
                wrong.append("<%s %s>" % (tag, name))
            if name == "href" and not re.match("#|https://", value):
                wrong.append("a link to %s" % value)
        values = dict(attributes)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        self.scripts += tag == "script"
        self.svgs += tag == "svg"
        self.commands += values.get("class") == "command"
        if tag in ("img", "link", "iframe", "object", "base"):
            wrong.append("<%s>" % tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        if tag not in ("rect", "line"):
            wrong.append("<%s/>" % tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            wrong.append("</%s> closes another" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in ("style", "script"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.text.append(data)


reader = Reader()
reader.feed(page)
reader.close()
text = " ".join(reader.text)
if reader.open:
    wrong.append("not closed: %s" % reader.open)
if reader.scripts != 1:
    wrong.append("%d scripts" % reader.scripts)
for part in ("style", "script"):
    digest = base64.b64encode(hashlib.sha256(
        reader.raw[part].encode()).digest()).decode()
    if "%s-src 'sha256-%s'" % (part, digest) not in reader.policy:
        wrong.append("the policy does not allow the %s" % part)
if not reader.policy.startswith("default-src 'none'"):
    wrong.append("the policy: %s" % reader.policy)
if re.search("[\x00-\x09\x0b-\x1f\x7f]", page.replace("\t", "")):
    wrong.append("a control character")
if not report["findings"]:
    wrong.append("nothing was found")
for finding in report["findings"]:
    if "f-" + finding["id"] not in reader.ids:
        wrong.append("not there: %s" % finding["id"])
    for word in (finding["message"], finding["rule"]):
        if re.sub(r"[<>&\"'\\].*", "", word) not in text:
            wrong.append("not there: %s" % word)
if "alert(1)" not in text:
    wrong.append("the name with markup is nowhere")
if reader.svgs < 2 or reader.commands < 1:
    wrong.append("%d drawings, %d commands" % (reader.svgs, reader.commands))
print("\n".join(wrong))
sys.exit(bool(wrong))
END
"$TRUSTDRIFT" audit --quiet --root "$root" --db "$work/db" \
	--now "$outage_time" --format html >"$work/again"
check "the same again" cmp "$work/page" "$work/again"

# nothing is not health
empty=$work/empty
mkdir "$empty"
"$TRUSTDRIFT" check --quiet --root "$empty" --now "$outage_time" \
	--format html >"$work/page"
check "no store is not health" grep -q '<h1 class="medium">No store' "$work/page"
finish
