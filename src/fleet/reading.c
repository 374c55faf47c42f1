/* reading.c -- bundles of hosts (trustdrift-fleet(5)), line by line.
 *
 * Lines are told apart by the hash of their bytes, and what was seen before is not even
 * parsed: a hundred thousand hosts say the same few thousand things.  A line that is
 * not as it should be ends the bundle that it is in, and the next one is read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/import.h"

#define CLOCK_SKEW	86400	/* seconds that a host's clock may be ahead */

struct reading {
	struct fleet *fleet;
	const struct fleet_request *request;
	struct host host;
	bool inside;		/* between a bundle's first line and its end */
	bool skipping;		/* what is left of one that was refused */
	size_t line;		/* in the file, from 1 */
	size_t lines;		/* of the bundle */
	char chunk[1 << 16];	/* of the file, from FROM to N not taken yet */
	size_t from, n;
	struct buf line_bytes;	/* of a line that is in two of them */
};

static void auto_json(json_t **j)
{
	json_decref(*j);
}

static void refuse_this(struct reading *r, const char *why)
{
	fleet_refuse(r->fleet, r->request->file, r->host.name, r->line, why);
	host_done(&r->host);
	r->inside = false;
	r->skipping = true;
}

static char *copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static void begin_bundle(struct reading *r, const json_t *o)
{
	const char *format, *tool, *host, *os, *root;
	struct host *h = &r->host;
	int64_t version;

	if (r->inside)
		refuse_this(r, N_("it ends before its last line"));
	r->lines = 1;
	if (!member_text(o, "format", LIMIT_HOST_NAME, false, &format) ||
	    strcmp(format, "trustdrift/bundle") != 0 ||
	    !member_number(o, "version", 1, INT64_MAX, &version)) {
		refuse_this(r, N_("no bundle of trustdrift export"));
		return;
	}
	if (version != 1) {
		refuse_this(r, N_("a bundle of a newer version: import it with that"));
		return;
	}
	if (!member_text(o, "host", LIMIT_HOST_NAME, true, &host) ||
	    !member_text(o, "tool", LIMIT_HOST_NAME, false, &tool) ||
	    !member_text(o, "os", 4 * LIMIT_TEXT_BYTES, true, &os) ||
	    !member_text(o, "root", LIMIT_FLEET_ROOT, false, &root) ||
	    !member_number(o, "scan", 1, INT64_MAX, &h->scan) ||
	    !member_number(o, "now", TIME_LEAST, TIME_MOST, &h->now) ||
	    !member_number(o, "made", TIME_LEAST, TIME_MOST, &h->made)) {
		refuse_this(r, N_("its first line lacks what belongs there"));
		return;
	}
	/* Nothing that came later would count.  */
	if (h->made > r->request->now + CLOCK_SKEW) {
		refuse_this(r, N_("it was made in the future: is that host's clock right?"));
		return;
	}
	if (r->request->as != NULL)
		host = r->request->as;
	if (host == NULL || *host == '\0') {
		refuse_this(r, N_("it does not say of which host it is; see --as"));
		return;
	}
	h->file = xstrdup(r->request->file);
	h->name = xstrdup(host);
	h->root = xstrdup(root);
	h->os = copy(os);
	h->tool = xstrdup(tool);
	r->inside = true;
	r->skipping = false;
}

static int end_bundle(struct reading *r, const json_t *o)
{
	struct fleet *f = r->fleet;
	struct host *h = &r->host;
	int64_t lines;

	h->audited = !json_is_null(json_object_get(o, "findings"));
	if (!member_hash(o, "stores", h->lists[LIST_STORES]) ||
	    !member_hash(o, "parties", h->lists[LIST_PARTIES]) ||
	    (h->audited &&
	     !member_hash(o, "findings", h->lists[LIST_FINDINGS])) ||
	    !member_number(o, "lines", 1, LIMIT_BUNDLE_LINES, &lines)) {
		refuse_this(r, N_("its last line lacks what belongs there"));
		return 0;
	}
	if ((size_t)lines != r->lines) {
		refuse_this(r, N_("it has not as many lines as it says"));
		return 0;
	}
	r->inside = false;
	return fleet_take_host(f, h);
}

static int take_object(struct reading *r, const json_t *line, enum kind kind,
		       const uint8_t sha256[SHA256_SIZE], size_t n)
{
	struct fleet *f = r->fleet;
	struct object o = { .kind = kind };
	const char *why = NULL;

	memcpy(o.key, sha256, SHA256_SIZE);
	if (kind_rows[kind].parse(line, &o, &why) < 0) {
		object_free(&o);
		refuse_this(r, why);
		return 0;
	}
	lines_put(&f->seen, sha256, 0);
	return fleet_take(f, &o, n);
}

/* Jansson takes up to 80 times the memory of a line: 64 MB of empty objects, 5 GB.  */
static bool has_too_much(const char *text, size_t n)
{
	size_t values = 0, objects = 0;
	bool quoted = false;

	if (n <= LIMIT_BUNDLE_OBJECTS)
		return false;
	for (size_t k = 0; k < n; k++) {
		if (text[k] == '"')
			quoted = !quoted;
		else if (text[k] == '\\' && quoted)
			k++;
		else if (!quoted && text[k] == ',')
			values++;
		else if (!quoted && (text[k] == '{' || text[k] == '['))
			objects++;
	}
	return values > LIMIT_BUNDLE_VALUES || objects > LIMIT_BUNDLE_OBJECTS;
}

static int take_line(struct reading *r, const char *text, size_t n)
{
	AUTO(json) json_t *o = NULL;
	uint8_t sha256[SHA256_SIZE];
	const char *type;
	enum kind kind;
	int64_t seen;

	if (r->inside && ++r->lines > LIMIT_BUNDLE_LINES) {
		refuse_this(r, N_("it has too many lines"));
		return 0;
	}
	r->fleet->counts.lines++;
	hash_sha256((struct blob){ (const uint8_t *)text, n }, sha256);
	if (r->inside && lines_has(&r->fleet->seen, sha256, &seen) && seen >= 0)
		return 0;
	if (has_too_much(text, n)) {
		refuse_this(r, N_("a line has too many values"));
		return 0;
	}
	o = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	if (!member_text(o, "type", LIMIT_HOST_NAME, false, &type))
		type = "";
	if (strcmp(type, "bundle") == 0) {
		begin_bundle(r, o);
		return 0;
	}
	if (!r->inside) {
		if (!r->skipping)
			refuse_this(r, N_("no bundle of trustdrift export"));
		return 0;
	}
	if (strcmp(type, "end") == 0)
		return end_bundle(r, o);
	if (kind_find(type, &kind) == 0)
		return take_object(r, o, kind, sha256, n);
	refuse_this(r, *type == '\0' ?
		    N_("a line that is no JSON object with a type") :
		    N_("a line of a type that this program does not know"));
	return 0;
}

/* The next line without its end, in *RET until the next call: 1; 0: there is none.
 * -EFBIG: it is longer than LIMIT_BUNDLE_LINE, and was dropped.  */
static int read_line(struct reading *r, struct blob *ret)
{
	bool too_long = false, end = false;

	r->line_bytes.n = 0;
	while (!end) {
		const char *from = r->chunk + r->from, *newline;
		size_t n;

		if (r->from == r->n) {
			r->from = 0;
			r->n = fread(r->chunk, 1, sizeof(r->chunk),
				     r->request->f);
			if (ferror(r->request->f))
				return errno != 0 ? -errno : -EIO;
			if (r->n == 0)
				break;
			continue;
		}
		newline = memchr(from, '\n', r->n - r->from);
		end = newline != NULL;
		n = end ? (size_t)(newline - from) : r->n - r->from;
		r->from += n + end;
		if (r->line_bytes.n + n > LIMIT_BUNDLE_LINE)
			too_long = true;
		/* Most lines are in a chunk.  */
		if (end && r->line_bytes.n == 0 && !too_long) {
			*ret = (struct blob){ (const uint8_t *)from, n };
			return 1;
		}
		if (!too_long)
			buf_add(&r->line_bytes, from, n);
	}
	*ret = (struct blob){ (const uint8_t *)buf_str(&r->line_bytes),
			      r->line_bytes.n };
	return too_long ? -EFBIG : end || ret->n > 0;
}

int fleet_import(struct fleet *f, const struct fleet_request *request)
{
	struct reading *r = xcalloc(1, sizeof(*r));
	int result = 0, got;

	r->fleet = f;
	r->request = request;
	buf_init(&r->line_bytes, SIZE_MAX);
	f->request = request;
	do {
		struct blob line = { NULL, 0 };

		got = read_line(r, &line);
		r->line += got != 0;
		if (got == -EFBIG)
			refuse_this(r, N_("a line is too long"));
		else if (got < 0)
			result = got;
		else if (got > 0)
			result = take_line(r, (const char *)line.p, line.n);
	} while (result == 0 && got != 0);
	if (result == 0 && (r->inside || r->line == 0)) {
		const bool empty = r->line == 0;

		r->line = 0;
		refuse_this(r, empty ? N_("it is empty") :
			    N_("it ends before its last line"));
	}
	host_done(&r->host);
	buf_done(&r->line_bytes);
	free(r);
	return result;
}
