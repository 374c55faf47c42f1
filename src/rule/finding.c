/* finding.c -- what a rule's answer is made of: its names, its stable id, its
 * place in the report.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/guard.h"

static const char *const severity_names[] = {
	[SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high",
};

static const char *const status_names[] = {
	[FINDING_FOUND] = "found", [FINDING_UNKNOWN] = "unknown",
	[FINDING_WAIVED] = "waived",
};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

int severity_from_name(const char *name, enum severity *ret_severity)
{
	for (size_t i = 0; i < ARRAY_SIZE(severity_names); i++) {
		if (strcmp(severity_names[i], name) == 0) {
			*ret_severity = (enum severity)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *finding_status_name(enum finding_status s)
{
	return status_names[s];
}

void finding_identify(struct finding *f, const char *store_kind,
		      const char *store_path, const char *about)
{
	const char *const parts[] = { f->rule_id, store_kind, store_path };
	uint8_t hash[SHA256_SIZE];
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_RULE_VALUE_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_add(&b, parts[i], strlen(parts[i]) + 1);
	buf_adds(&b, about);
	hash_sha256((struct blob){ (const uint8_t *)b.p, b.n }, hash);
	hex_encode(hash, (sizeof(f->id) - 1) / 2, f->id);
}

void finding_add_evidence(struct finding *f, const char *kind, char *text,
			  const char *sha256, int depth)
{
	f->evidence = xrealloc(f->evidence, f->n_evidence + 1,
			       sizeof(*f->evidence));
	f->evidence[f->n_evidence++] = (struct evidence){
		.kind = xstrdup(kind),
		.text = text,
		.sha256 = sha256 != NULL ? xstrdup(sha256) : NULL,
		.depth = depth,
	};
}

void finding_done(struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		free(f->evidence[i].kind);
		free(f->evidence[i].text);
		free(f->evidence[i].sha256);
	}
	free(f->evidence);
	free(f->rule_id);
	free(f->title);
	free(f->why);
	free(f->message);
	free(f->store_kind);
	free(f->store_path);
	free(f->store_owner);
	free(f->party);
	free(f->location);
	free(f->label);
	free(f->certificate.sha256);
	free(f->certificate.sha1);
	free(f->certificate.spki_sha256);
	free(f->certificate.subject);
	free(f->certificate.issuer);
	free(f->certificate.serial);
	free(f->certificate.name);
	free(f->recipe);
	free(f->no_fix);
	memset(f, 0, sizeof(*f));
}

/* NULL sorts first.  */
static int text_compare(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int finding_compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	order = strcmp(x->rule_id, y->rule_id);
	if (order == 0)
		order = text_compare(x->store_path, y->store_path);
	if (order == 0)
		order = text_compare(x->location, y->location);
	if (order == 0 && x->offset != y->offset)
		order = x->offset < y->offset ? -1 : 1;
	return order != 0 ? order : strcmp(x->id, y->id);
}

void findings_sort(struct finding *findings, size_t n)
{
	if (n > 0)
		qsort(findings, n, sizeof(*findings), finding_compare);
}

void report_done(struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		finding_done(&r->findings[i]);
	for (size_t i = 0; i < r->n_problems; i++) {
		free(r->problems[i].store);
		free(r->problems[i].path);
		free(r->problems[i].code);
		free(r->problems[i].message);
	}
	free(r->findings);
	free(r->problems);
	free(r->root);
	free(r->host_name);
	free(r->host_os);
	free(r->note);
	memset(r, 0, sizeof(*r));
}
