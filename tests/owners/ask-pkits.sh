#!/bin/sh
# ask-pkits.sh -- the complete search against NIST's PKITS (tests/owners/pkits.txt),
# whose certificates Debian has for the tests of python3-cryptography.
# build/tests/path-driver, or $PATH_DRIVER, is asked.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

command -v python3 >/dev/null || skip "needs python3"
fetch_deb bookworm python3-cryptography-vectors ||
	skip "python3-cryptography-vectors cannot be had"
certs=$(find "$OWNERS/bookworm/python3-cryptography-vectors" -type d \
	-path '*/PKITS_data/certs')
[ -d "$certs" ] || skip "the package has no PKITS"

python3 - "$certs" "$srcdir/tests/owners/pkits.txt" >"$work/cases" <<'EOF' ||
import base64
import json
import os
import sys

FOLDER, TABLE = sys.argv[1:]
ANCHOR = "TrustAnchorRootCertificate.crt"


def pem(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        text = base64.encodebytes(file.read()).decode()
    return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % text


authorities = [pem(name) for name in sorted(os.listdir(FOLDER))
               if name.endswith(".crt") and not name.endswith("EE.crt")
               and name != ANCHOR]
cases = []
with open(TABLE, encoding="ascii") as table:
    for line in table:
        if line.startswith("#"):
            continue
        number, peer, expected = line.split()
        cases.append({
            "id": number + " " + peer,
            "trusted_certs": [pem(ANCHOR)],
            "untrusted_intermediates": authorities,
            "peer_certificate": pem(peer + "EE.crt"),
            "validation_time": "2015-01-01T00:00:00Z",
            "purpose": "any",
            "expected_result": {"valid": "SUCCESS",
                                "invalid": "FAILURE"}[expected],
        })
json.dump(cases, sys.stdout)
EOF
	exit 1

"${PATH_DRIVER:-${TRUSTDRIFT%/src/*}/tests/path-driver}" "$work/cases" \
	>"$work/answers" || exit 1
python3 - "$work/answers" >"$work/said" <<'EOF'
import json
import sys

WORDS = {"accept": "SUCCESS", "reject": "FAILURE"}
with open(sys.argv[1], encoding="utf-8") as file:
    answers = json.load(file)
for answer in answers:
    said = answer["complete"]
    if WORDS.get(said["verdict"]) != answer["expected_result"]:
        print("%s: %s (%s), expected %s" % (
            answer["id"], said["verdict"], said["reason"],
            answer["expected_result"]))
print("%d tests" % len(answers))
EOF
is "PKITS" "$(cat "$work/said")" \
	"$(grep -vc '^#' "$srcdir/tests/owners/pkits.txt") tests"
finish
