/* make-script.c -- writes the fix script for findings that a text file
 * describes, without an audit: for tests of the scripts.
 *
 *	make-script [-c CONFIG] [-m MADE] [-t TYPE] ROOT < FINDINGS > SCRIPT
 *
 * FINDINGS are lines "KEY VALUE": `id` begins a finding, then recipe, rule,
 * severity, location, store_path, store_kind, label, sha256, sha1, name,
 * offset and no_fix.  In a value \n, \t, \\ and \xHH stand for what they do in C.  The
 * number of steps goes to standard error.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fix/fix.h"

#define FINDINGS	64u

static void unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		uint8_t byte;
		char hex[3] = "";

		if (*s != '\\') {
			*to++ = *s;
			continue;
		}
		s++;
		if (*s == 'x') {
			memcpy(hex, s + 1, 2);
			if (hex_decode(hex, &byte, 1) < 0)
				die("bad escape");
			*to++ = (char)byte;
			s += 2;
		} else {
			*to++ = *s == 'n' ? '\n' : *s == 't' ? '\t' : *s;
		}
	}
	*to = '\0';
}

static void set(struct finding *f, const char *key, char *value)
{
	const struct {
		const char *key;
		char **to;
	} texts[] = {
		{ "recipe", &f->recipe },
		{ "rule", &f->rule_id },
		{ "location", &f->location },
		{ "store_path", &f->store_path },
		{ "store_kind", &f->store_kind },
		{ "label", &f->label },
		{ "sha256", &f->certificate.sha256 },
		{ "sha1", &f->certificate.sha1 },
		{ "name", &f->certificate.name },
		{ "no_fix", &f->no_fix },
	};

	if (strcmp(key, "severity") == 0) {
		if (severity_from_name(value, &f->severity) < 0)
			die("bad severity %s", value);
		return;
	}
	if (strcmp(key, "offset") == 0) {
		f->has_offset = number_parse(value, INT64_MAX, &f->offset) == 0;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strcmp(texts[i].key, key) == 0) {
			unescape(value);
			free(*texts[i].to);
			*texts[i].to = xstrdup(value);
			return;
		}
	}
	die("unknown key %s", key);
}

static size_t read_findings(struct finding *findings)
{
	char *line = NULL;
	size_t cap = 0, n = 0;
	ssize_t length;

	while ((length = getline(&line, &cap, stdin)) >= 0) {
		char *value;

		if (length > 0 && line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		value = strchr(line, ' ');
		if (value == NULL)
			die("no value: %s", line);
		*value++ = '\0';
		if (strcmp(line, "id") == 0) {
			if (n == FINDINGS)
				die("too many findings");
			snprintf(findings[n].id, sizeof(findings[n].id), "%s",
				 value);
			findings[n++].status = FINDING_FOUND;
		} else if (n != 0) {
			set(&findings[n - 1], line, value);
		}
	}
	free(line);
	return n;
}

int main(int argc, char **argv)
{
	static struct finding findings[FINDINGS];
	struct script_info info = {
		.tool = "0.0", .host_name = "host",
		.command = "make-script", .now = 1632528000,
	};
	const char *config = "/nonexistent", *type = "sh";
	struct recipes *recipes;
	struct root root;
	struct buf out;
	char *error = NULL;
	uint64_t made;
	size_t n, steps;
	int c, e;

	while ((c = getopt(argc, argv, "c:m:t:")) != -1) {
		if (c == 'c')
			config = optarg;
		else if (c == 't')
			type = optarg;
		else if (c == 'm' && number_parse(optarg, INT64_MAX, &made) == 0)
			info.scan_made = (int64_t)made;
		else
			return 64;
	}
	if (optind + 1 != argc)
		return 64;
	if (recipes_load(config, &recipes, &error) < 0)
		die("%s", error);
	if (root_open(argv[optind], &root) < 0)
		die("%s: no such root", argv[optind]);
	info.root = root.path;
	info.scanned = &root;
	n = read_findings(findings);
	buf_init(&out, 16u << 20);
	e = fix_write(type, recipes, &info, findings, n, &out, &steps);
	if (e < 0)
		die("script_write: %s", strerror(-e));
	if (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
		die("write error");
	fprintf(stderr, "%zu\n", steps);
	buf_done(&out);
	for (size_t i = 0; i < n; i++)
		finding_done(&findings[i]);
	root_done(&root);
	recipes_free(recipes);
	return 0;
}
