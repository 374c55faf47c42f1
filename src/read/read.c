/* read.c -- the words of this folder: roles, purposes and problems as they
 * appear in the catalogue, the inventory and the JSON.  They never change.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

static const char *const roles[] = {
	[ROLE_NONE] = "",
	[ROLE_ANCHOR] = N_("anchor"),
	[ROLE_INTERMEDIATE] = N_("intermediate"),
	[ROLE_DISTRUST] = N_("distrust"),
	[ROLE_END_ENTITY] = N_("end-entity"),
	[ROLE_SOURCE] = N_("source"),
	[ROLE_UNKNOWN] = N_("unknown"),
};

const char *role_name(enum role role)
{
	return roles[role];
}

enum role role_from_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (strcmp(roles[i], name) == 0)
			return (enum role)i;
	return ROLE_NONE;
}

/* In the order of the bits of enum purpose; all of them with spaces between
 * must fit PURPOSES_SIZE.  */
static const char *const purposes_words[] = {
	"serverAuth",
	"clientAuth",
	"codeSigning",
	"emailProtection",
	"timeStamping",
	"other",
};

const char *purposes_format(unsigned purposes, char ret[PURPOSES_SIZE])
{
	size_t i, n = 0, len;

	for (i = 0; i < ARRAY_SIZE(purposes_words); i++) {
		if (!(purposes & 1u << i))
			continue;
		len = strlen(purposes_words[i]);
		if (n > 0)
			ret[n++] = ' ';
		memcpy(ret + n, purposes_words[i], len);
		n += len;
	}
	ret[n] = '\0';
	return ret;
}

unsigned purposes_from_words(const char *words)
{
	unsigned purposes = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(purposes_words); i++)
		if (has_word(words, purposes_words[i]))
			purposes |= 1u << i;
	return purposes;
}

static const char *const problems[] = {
	[PROBLEM_UNREADABLE] = "unreadable",
	[PROBLEM_NOT_REGULAR] = "not-regular",
	[PROBLEM_TOO_LARGE] = "too-large",
	[PROBLEM_LIMIT] = "limit",
	[PROBLEM_FORMAT] = "format",
	[PROBLEM_TRUNCATED] = "truncated",
	[PROBLEM_MALFORMED] = "malformed",
	[PROBLEM_OPAQUE] = "opaque",
	[PROBLEM_CERTIFICATE] = "certificate",
	[PROBLEM_CHANGED] = "changed",
	[PROBLEM_DANGLING] = "dangling",
	[PROBLEM_READER_DIED] = "reader-died",
};

const char *problem_name(enum problem_code code)
{
	return problems[code];
}

int problem_from_name(const char *name, enum problem_code *ret_code)
{
	for (size_t i = 0; i < ARRAY_SIZE(problems); i++) {
		if (strcmp(problems[i], name) == 0) {
			*ret_code = (enum problem_code)i;
			return 0;
		}
	}
	return -EINVAL;
}

static void report(struct sink *s, struct problem p, const char *format,
		   va_list ap)
{
	char message[512];

	vsnprintf(message, sizeof(message), format, ap);
	p.message = message;
	s->problem(s, &p);
}

void sink_problem(struct sink *s, enum problem_code code, uint64_t offset,
		  const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	report(s, (struct problem){ .code = code, .offset = offset }, format,
	       ap);
	va_end(ap);
}

void sink_skipped(struct sink *s, enum problem_code code, uint64_t offset,
		  const char *format, ...)
{
	const struct problem p = {
		.code = code, .offset = offset, .skipped = true,
	};
	va_list ap;

	va_start(ap, format);
	report(s, p, format, ap);
	va_end(ap);
}

void sink_label(struct sink *s, struct entry *e, struct blob label)
{
	struct problem p = {
		.code = PROBLEM_LIMIT,
		.offset = e->offset,
		.message = "the label is longer than LIMIT_LABEL_BYTES; what "
			   "is kept of it is its beginning",
		.skipped = true,
	};
	size_t n = label.n;

	if (n == 0)
		return;
	if (n > LIMIT_LABEL_BYTES) {
		s->problem(s, &p);
		n = LIMIT_LABEL_BYTES;
		while (n > LIMIT_LABEL_BYTES - 4 && (label.p[n] & 0xc0) == 0x80)
			n--;
	}
	e->label = (const char *)label.p;
	e->label_n = n;
}

const struct reader *reader_find(const char *name)
{
	const struct reader *const *r;

	for (r = readers; *r; r++)
		if (strcmp((*r)->name, name) == 0)
			return *r;
	return NULL;
}
