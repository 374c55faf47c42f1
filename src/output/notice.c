/* notice.c -- what the system's log is told of a run: each change, and one line for
 * the run itself.  What has not changed was told when it did.
 *
 * Two forms.  systemd-journald's native protocol
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/): KEY=value and a newline; or, for a
 * value with lines, KEY, a newline, its length as 64 bits, little end first, the
 * value and a newline.  A key may stand there several times.  The Journal Export
 * Format (https://systemd.io/JOURNAL_EXPORT_FORMATS/) has the same, with an empty
 * line behind each message.
 *
 * And what programs say to /dev/log: RFC 3164 without the host's name.  That is what
 * every daemon parses there (rsyslog's imuxsock and syslog-ng's system() by a parser
 * of their own, busybox and journald always); RFC 5424 would be taken for the text
 * of a message.  The fields follow the message in the form of 5424's structured
 * data, which parsers know where to find.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/machine.h"

/* The kinds of message, as journalctl finds them: random, and never changed.
 * data/hooks/trustdrift.catalog explains them.  */
#define ID_NEW		"9e6301092d3b4245b75ec00058f51a97"
#define ID_GONE		"ec1ab6f146304317a052406534bfcc1b"
#define ID_RUN		"214d0beb2d7e45c6a6ce84885943300d"

#define FACILITY_USER	1	/* RFC 3164 section 4.1.1 */

static int priority_of(enum severity s)
{
	static const int priorities[] = {
		[SEVERITY_HIGH] = 3,		/* error */
		[SEVERITY_MEDIUM] = 4,		/* warning */
		[SEVERITY_LOW] = 5,		/* notice */
		[SEVERITY_INFO] = 6,		/* informational */
	};

	return priorities[s];
}

/* ---- making ----------------------------------------------------------------*/

static void add_value(struct notice *n, const char *name, char *value)
{
	grow(&n->fields, n->n_fields, &n->cap_fields, sizeof(*n->fields));
	n->fields[n->n_fields++] = (struct notice_field){ name, value };
}

/* VALUE NULL: no such field.  */
static void add_field(struct notice *n, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		add_value(n, name, shown(value));
}

static void add_number(struct notice *n, const char *name, size_t value)
{
	add_value(n, name, xasprintf("%zu", value));
}

static struct notice *add_notice(struct notices *all, int priority,
				 const char *id, const struct report *r)
{
	struct notice *n;

	grow(&all->items, all->n, &all->cap, sizeof(*all->items));
	n = &all->items[all->n++];
	*n = (struct notice){ .priority = priority, .message_id = id };
	if (strcmp(r->root, "/") != 0)
		add_field(n, "ROOT", r->root);
	return n;
}

/* A line for each piece.  */
static void add_evidence(struct notice *n, const struct finding *f)
{
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_NOTICE_BYTES);
	for (size_t i = 0; i < f->n_evidence; i++) {
		AUTO(str) char *kind = shown(f->evidence[i].kind);
		AUTO(str) char *text = shown(f->evidence[i].text);

		buf_addf(&b, "%s%s: %s", i > 0 ? "\n" : "", kind, text);
	}
	if (b.n > 0)
		add_value(n, "EVIDENCE", buf_take(&b));
}

/* Each certificate once, wherever it lies.  */
static void add_members(struct notice *n, const struct finding *f)
{
	const size_t first = n->n_fields;

	for (size_t i = 0; i < f->n_members &&
	     n->n_fields - first < LIMIT_NOTICE_VALUES; i++) {
		const char *sha256 = f->members[i].sha256;
		size_t k = first;

		while (sha256 != NULL && k < n->n_fields &&
		       strcmp(n->fields[k].value, sha256) != 0)
			k++;
		if (k == n->n_fields)
			add_field(n, "CERT_SHA256", sha256);
	}
}

/* What tells which finding it is comes first: a short message has that.  */
static void add_came(struct notices *all, const struct report *r,
		     const struct arrival *c)
{
	const struct finding *f = c->finding;
	AUTO(str) char *line = finding_line(f);
	const char *word = c->novelty == NOVELTY_NEW ? "new" : "updated";
	struct notice *n = add_notice(all, priority_of(f->severity), ID_NEW, r);

	n->message = xasprintf("%s: %s", word, line);
	add_field(n, "BASELINE", word);
	add_field(n, "RULE", f->rule_id);
	add_field(n, "FINDING_ID", f->id);
	add_field(n, "SEVERITY", severity_name(f->severity));
	add_field(n, "STORE_PATH", f->store_path);
	add_field(n, "LOCATION", f->location);
	add_field(n, "STORE_KIND", f->store_kind);
	add_field(n, "RECIPE", f->recipe);
	add_field(n, "CERT_SHA256", f->certificate.sha256);
	add_members(n, f);
	add_evidence(n, f);
}

static void add_gone(struct notices *all, const struct report *r,
		     const struct former *f)
{
	AUTO(str) char *line = former_line(f);
	struct notice *n = add_notice(all, priority_of(SEVERITY_LOW), ID_GONE,
				      r);

	n->message = xasprintf("resolved: %s", line);
	add_field(n, "BASELINE", "absent");
	add_field(n, "RULE", f->rule_id);
	add_field(n, "FINDING_ID", f->id);
	add_field(n, "SEVERITY", severity_name(f->severity));
	add_field(n, "STORE_PATH", f->store_path);
	add_field(n, "LOCATION", f->location);
	add_field(n, "CERT_SHA256", f->sha256);
}

/* As grave as what is new, but told even if nothing is.  */
static void add_run(struct notices *all, const struct report *r,
		    const struct output_options *o, const struct changes *c)
{
	struct tally t;
	int priority = priority_of(SEVERITY_INFO);
	struct notice *n;

	tally_count(r, o, &t);
	if (c->n_came > 0)
		priority = priority_of(c->came[0].finding->severity);
	if (r->incomplete && priority > priority_of(SEVERITY_MEDIUM))
		priority = priority_of(SEVERITY_MEDIUM);
	n = add_notice(all, priority, ID_RUN, r);
	n->message = xasprintf("audit: %zu new, %zu updated and %zu resolved "
		"findings; %zu in all in %zu stores%s%s", c->n_new,
		c->n_updated, c->n_gone, t.all_found, r->stores,
		r->incomplete ? "; incomplete: not everything could be read" :
		"", c->n_came > LIMIT_NOTICES || c->n_gone > LIMIT_NOTICES ?
		"; the first hundred of a kind were told" : "");
	add_number(n, "NEW", c->n_new);
	add_number(n, "UPDATED", c->n_updated);
	add_number(n, "RESOLVED", c->n_gone);
	for (int s = SEVERITY_HIGH; s >= SEVERITY_INFO; s--) {
		static const char *const names[] = {
			[SEVERITY_HIGH] = "HIGH", [SEVERITY_MEDIUM] = "MEDIUM",
			[SEVERITY_LOW] = "LOW", [SEVERITY_INFO] = "INFO",
		};

		add_number(n, names[s], t.found[s]);
	}
	add_number(n, "UNKNOWN", t.unknown);
	add_number(n, "WAIVED", t.waived);
	add_number(n, "PROBLEMS", r->n_problems);
	add_number(n, "EXIT_CODE", (size_t)o->status);
	if (r->scan != 0)
		add_value(n, "SCAN", xasprintf("%" PRId64, r->scan));
}

void notices_make(const struct report *r, const struct output_options *o,
		  struct notices *ret_notices)
{
	struct notices all = { .items = NULL };
	AUTO(changes) struct changes c = { .came = NULL };

	_Static_assert(LIMIT_NOTICES == 100, "add_run() says so");
	changes_make(r, o, &c);
	for (size_t i = 0; i < c.n_came && i < LIMIT_NOTICES; i++)
		add_came(&all, r, &c.came[i]);
	for (size_t i = 0; i < c.n_gone && i < LIMIT_NOTICES; i++)
		add_gone(&all, r, c.gone[i]);
	add_run(&all, r, o, &c);
	*ret_notices = all;
}

void notices_done(struct notices *n)
{
	for (size_t i = 0; i < n->n; i++) {
		for (size_t k = 0; k < n->items[i].n_fields; k++)
			free(n->items[i].fields[k].value);
		free(n->items[i].fields);
		free(n->items[i].message);
	}
	free(n->items);
}

void auto_notices(struct notices *n)
{
	notices_done(n);
}

/* ---- the journal -------------------------------------------------------------*/

static void put_native(struct buf *b, const char *prefix, const char *name,
		       const char *value)
{
	const size_t n = strlen(value);
	uint8_t length[8];

	if (strchr(value, '\n') == NULL) {
		buf_addf(b, "%s%s=%s\n", prefix, name, value);
		return;
	}
	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)((uint64_t)n >> 8 * i);
	buf_addf(b, "%s%s\n", prefix, name);
	buf_add(b, length, sizeof(length));
	buf_add(b, value, n);
	buf_adds(b, "\n");
}

void notice_native(const struct notice *n, struct buf *b)
{
	put_native(b, "", "MESSAGE", n->message);
	put_native(b, "", "MESSAGE_ID", n->message_id);
	buf_addf(b, "PRIORITY=%d\n", n->priority);
	put_native(b, "", "SYSLOG_IDENTIFIER", "trustdrift");
	for (size_t i = 0; i < n->n_fields; i++)
		put_native(b, "TRUSTDRIFT_", n->fields[i].name,
			   n->fields[i].value);
}

int journal_write(const struct report *r, const struct output_options *o,
		  FILE *f)
{
	AUTO(notices) struct notices all = { .items = NULL };

	notices_make(r, o, &all);
	for (size_t i = 0; i < all.n; i++) {
		AUTO(buf) struct buf b;

		buf_init(&b, SIZE_MAX);
		notice_native(&all.items[i], &b);
		/* in microseconds, and what journald itself would say */
		fprintf(f, "__REALTIME_TIMESTAMP=%" PRId64 "\n",
			r->now > 0 ? r->now * 1000000 : INT64_C(1));
		fwrite(b.p, 1, b.n, f);
		fputc('\n', f);
	}
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}

/* ---- syslog ------------------------------------------------------------------*/

/* RFC 5424 section 6.3.3: a quote, a backslash and a bracket stand behind one.  */
static void put_value(struct buf *b, const char *value)
{
	for (; *value != '\0'; value++) {
		if (strchr("\"\\]", *value) != NULL)
			buf_adds(b, "\\");
		buf_add(b, value, 1);
	}
}

/* [trustdrift rule="..." ...], of at most MOST bytes: the first fields that fit.
 * Those with lines are for the journal only.  */
static void make_data(const struct notice *n, size_t most, struct buf *data)
{
	buf_adds(data, " [trustdrift");
	for (size_t i = 0; i < n->n_fields; i++) {
		AUTO(buf) struct buf one;
		AUTO(str) char *name = xstrdup(n->fields[i].name);

		buf_init(&one, SIZE_MAX);
		if (strchr(n->fields[i].value, '\n') != NULL)
			continue;
		for (char *p = name; *p != '\0'; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p = (char)(*p - 'A' + 'a');
		buf_addf(&one, " %s=\"", name);
		put_value(&one, n->fields[i].value);
		buf_adds(&one, "\"");
		if (data->n + one.n + 1 <= most)
			buf_add(data, one.p, one.n);
	}
	buf_adds(data, "]");
}

/* The first N bytes of S, or fewer: no character is cut.  */
static size_t whole_characters(const char *s, size_t n)
{
	if (strlen(s) <= n)
		return strlen(s);
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

void notice_syslog(const struct notice *n, int64_t now, long pid, struct buf *b)
{
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec",
	};
	AUTO(buf) struct buf data;
	const time_t clock = (time_t)now;
	struct tm tm = { .tm_mday = 1 };
	size_t left;

	localtime_r(&clock, &tm);
	/* not strftime(), whose months are in the user's language */
	buf_addf(b, "<%d>%s %2d %02d:%02d:%02d trustdrift[%ld]: ",
		 FACILITY_USER * 8 + n->priority, months[tm.tm_mon % 12],
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, pid);
	buf_init(&data, SIZE_MAX);
	make_data(n, LIMIT_SYSLOG_BYTES / 2, &data);
	left = LIMIT_SYSLOG_BYTES - b->n - data.n;
	buf_add(b, n->message, whole_characters(n->message, left));
	buf_add(b, data.p, data.n);
}
