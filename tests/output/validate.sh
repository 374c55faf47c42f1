#!/bin/sh
# validate.sh -- the JSON reports of test-output.c, and the previews of
# test-preview.c, are valid against their schemas, and the schemas are strict:
# without any one key they are not.
: "${srcdir:=.}"
for python in python3 /usr/bin/python3 none; do
	command -v "$python" >/dev/null &&
		"$python" -I -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null &&
		break
done
if [ "$python" = none ]; then
	echo "SKIPPED, NOT TESTED: python3-jsonschema is missing"
	exit 77
fi
exec "$python" -I - "$srcdir/data/schema" \
	"$srcdir"/tests/output/*.json <<'EOF'
import copy
import json
import sys

import jsonschema

validators = {}
definitions = {}
for kind in "findings", "preview":
    with open(f"{sys.argv[1]}/{kind}.schema.json", encoding="ascii") as f:
        # Which way a reference to another schema is followed differs with the
        # version of the module, so that both are one here.
        schema = json.loads(f.read().replace('"urn:trustdrift:findings:1#', '"#'))
    definitions |= schema["$defs"]
    schema["$defs"] = definitions
    jsonschema.Draft202012Validator.check_schema(schema)
    validators["trustdrift/" + kind] = jsonschema.Draft202012Validator(schema)
status = 0


def keys(value, path=()):
    """The path of every key, and of every element's keys, below VALUE."""
    if isinstance(value, dict):
        for key in value:
            yield path + (key,)
            yield from keys(value[key], path + (key,))
    elif isinstance(value, list):
        for i, element in enumerate(value):
            yield from keys(element, path + (i,))


def parent(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def complain(*words):
    global status
    status = 1
    print(*words)


def describe(siblings):
    """Which keys there are, and of what type."""
    return tuple(sorted((k, type(v).__name__) for k, v in siblings.items()))


seen = set()
tried = 0
for name in sys.argv[2:]:
    if "cyclonedx" in name or "ansible" in name:  # not ours: tests/owners
        continue
    with open(name, encoding="ascii") as f:
        document = json.load(f)
    validator = validators[document["format"]]
    for error in validator.iter_errors(document):
        complain(name, list(error.path), error.message)
    for path in list(keys(document)):
        # Once for each shape: the schemas have no condition on a value, so that the
        # same key among the same others is judged alike in every element.
        names = tuple(step for step in path if isinstance(step, str))
        shape = document["format"], names, describe(parent(document, path))
        if shape in seen:
            continue
        seen.add(shape)
        broken = copy.deepcopy(document)
        value = parent(broken, path).pop(path[-1])
        if validator.is_valid(broken):
            complain(name, path, "may be missing")
        # No key holds a list of lists, so that is always wrong.
        parent(broken, path)[path[-1]] = [[value]]
        if validator.is_valid(broken):
            complain(name, path, "may be anything")
        parent(broken, path)[path[-1]] = value
        parent(broken, path)["added-later"] = 1
        if not validator.is_valid(broken):
            complain(name, path, "keys may not be added beside it")
        tried += 1
print(tried, "keys")
sys.exit(status if tried > 100 else 1)
EOF
