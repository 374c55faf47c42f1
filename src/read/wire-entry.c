/* wire-entry.c -- what a worker is asked to read and what it says of that, as
 * bytes.  Each x_put stands before its x_get.
 *
 * Who gets is the program, and a worker that has read a hostile file may say
 * anything: every number has its range, every length its limit, and what does
 * not go together makes the message bad.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/jobs.h"

#define ERRNO_MAX	4095

static void put_bool(struct buf *b, bool value)
{
	wire_put_u32(b, value);
}

static bool get_bool(struct wire *w)
{
	return wire_get_u32(w, 1) != 0;
}

/* ---- what is asked ---------------------------------------------------------*/

void request_put(struct buf *b, const struct read_request *r)
{
	wire_put_text(b, r->formats);
	wire_put_text(b, r->engine);
	wire_put_u64(b, r->limit);
	put_bool(b, r->is_list);
}

void request_get(struct wire *w, struct read_request *ret_request)
{
	struct read_request r;

	r.formats = wire_get_text(w, LIMIT_WIRE_BYTES);
	r.engine = wire_get_text(w, ENGINE_BYTES);
	r.limit = wire_get_u64(w, UINT64_MAX);
	r.is_list = get_bool(w);
	*ret_request = r;
}

void read_file_put(struct buf *b, const struct read_file *f)
{
	wire_put_i64(b, f->id.size);
	put_bool(b, f->companion_fd >= 0);
	wire_put_i64(b, f->companion_fd >= 0 ? f->companion_id.size : 0);
}

void read_file_get(struct wire *w, struct read_file *ret_file,
		   bool *ret_companion)
{
	struct read_file f = { .fd = -1, .companion_fd = -1 };

	f.id.size = wire_get_i64(w, 0, INT64_MAX);
	*ret_companion = get_bool(w);
	f.companion_id.size = wire_get_i64(w, 0, INT64_MAX);
	*ret_file = f;
}

/* ---- entries ---------------------------------------------------------------*/

enum entry_what { HAS_DER, HAS_FINGERPRINT, HAS_NAMES };

static void names_put(struct buf *b, const struct entry_names *n)
{
	wire_put_text(b, n->issuer);
	wire_put_text(b, n->serial);
	wire_put_i64(b, n->this_update);
	wire_put_i64(b, n->next_update);
	wire_put_fixed(b, n->issuer_sha256, SHA256_SIZE);
	put_bool(b, n->by_key);
	wire_put_fixed(b, n->spki_sha256, SHA256_SIZE);
}

static struct entry_names *names_get(struct wire *w)
{
	struct entry_names *n = xcalloc(1, sizeof(*n));

	n->issuer = wire_get_text(w, LIMIT_TEXT_BYTES);
	n->serial = wire_get_text(w, 2 * LIMIT_CERTIFICATE_BYTES);
	n->this_update = wire_get_i64(w, INT64_MIN, INT64_MAX);
	n->next_update = wire_get_i64(w, INT64_MIN, INT64_MAX);
	wire_get_fixed(w, n->issuer_sha256, SHA256_SIZE);
	n->by_key = get_bool(w);
	wire_get_fixed(w, n->spki_sha256, SHA256_SIZE);
	/* A revocation list has an issuer and no serial number.  */
	if ((n->issuer == NULL && n->serial != NULL) ||
	    (n->issuer == NULL && !n->by_key) ||
	    (n->issuer != NULL && !is_utf8(n->issuer, strlen(n->issuer))) ||
	    (n->serial != NULL &&
	     n->serial[strspn(n->serial, "0123456789abcdef")] != '\0'))
		w->bad = true;
	return n;
}

void entry_put(struct buf *b, const struct entry *e)
{
	const enum entry_what what = e->sha256 != NULL ? HAS_FINGERPRINT :
		e->der.n > 0 ? HAS_DER : HAS_NAMES;

	wire_put_u32(b, what);
	if (what == HAS_FINGERPRINT)
		wire_put_fixed(b, e->sha256, SHA256_SIZE);
	else if (what == HAS_DER)
		wire_put_bytes(b, e->der);
	else
		names_put(b, e->facts->names);
	put_bool(b, e->label != NULL);
	wire_put_bytes(b, (struct blob){ (const uint8_t *)e->label,
					 e->label != NULL ? e->label_n : 0 });
	wire_put_u64(b, e->offset);
	wire_put_u32(b, e->role);
	wire_put_u32(b, e->purposes);
	put_bool(b, e->marked);
	put_bool(b, e->private_key);
	wire_put_u32(b, e->seal);
	wire_put_i64(b, e->distrust_after);
}

void entry_get(struct wire *w, uint64_t limit, struct entry *ret_entry,
	       struct entry_names **ret_names)
{
	struct entry e = { .role = ROLE_NONE };
	struct blob label;
	bool has_label;

	*ret_names = NULL;
	switch ((enum entry_what)wire_get_u32(w, HAS_NAMES)) {
	case HAS_DER:
		e.der = wire_get_bytes(w, LIMIT_CERTIFICATE_BYTES);
		w->bad |= e.der.n == 0;
		break;
	case HAS_FINGERPRINT:
		e.sha256 = w->p;
		w->bad |= w->n < SHA256_SIZE;
		if (!w->bad) {
			w->p += SHA256_SIZE;
			w->n -= SHA256_SIZE;
		}
		break;
	case HAS_NAMES:
		*ret_names = names_get(w);
		break;
	}
	has_label = get_bool(w);
	label = wire_get_bytes(w, LIMIT_LABEL_BYTES);
	if (has_label) {
		e.label = label.n > 0 ? (const char *)label.p : "";
		e.label_n = label.n;
	} else {
		w->bad |= label.n > 0;
	}
	e.offset = wire_get_u64(w, limit);
	e.role = (enum role)wire_get_u32(w, ROLE_SOURCE);
	e.purposes = wire_get_u32(w, PURPOSES_ALL);
	e.marked = get_bool(w);
	e.private_key = get_bool(w);
	e.seal = (enum seal)wire_get_u32(w, SEAL_PASSWORD);
	e.distrust_after = wire_get_i64(w, INT64_MIN, INT64_MAX);
	*ret_entry = e;
}

/* ---- references and problems -----------------------------------------------*/

void reference_put(struct buf *b, const struct reference *r)
{
	struct blob name = r->name;

	/* One more than may be is enough to be refused.  */
	if (name.n > LIMIT_PATH_BYTES + 1)
		name.n = LIMIT_PATH_BYTES + 1;
	wire_put_bytes(b, name);
	wire_put_u32(b, r->role);
	wire_put_u64(b, r->offset);
}

void reference_get(struct wire *w, uint64_t limit,
		   struct reference *ret_reference)
{
	struct reference r;

	r.name = wire_get_bytes(w, LIMIT_PATH_BYTES + 1);
	if (r.name.n == 0)
		r.name.p = (const uint8_t *)"";
	r.role = (enum role)wire_get_u32(w, ROLE_SOURCE);
	r.offset = wire_get_u64(w, limit);
	*ret_reference = r;
}

void problem_put(struct buf *b, const struct problem *p)
{
	wire_put_u32(b, p->code);
	wire_put_u64(b, p->offset);
	wire_put_bytes(b, (struct blob){ (const uint8_t *)p->message,
					 strnlen(p->message, MESSAGE_BYTES) });
	put_bool(b, p->skipped);
}

void problem_get(struct wire *w, uint64_t limit, struct problem *ret_problem)
{
	struct problem p;

	/* That one died no worker says.  */
	p.code = (enum problem_code)wire_get_u32(w, PROBLEM_READER_DIED - 1);
	p.offset = wire_get_u64(w, limit);
	p.message = wire_get_text(w, MESSAGE_BYTES);
	p.skipped = get_bool(w);
	w->bad |= p.message == NULL;
	*ret_problem = p;
}

/* ---- the end of a file -----------------------------------------------------*/

/* One more than its place in the table; 0: none.  */
static uint32_t reader_number(const struct reader *reader)
{
	for (uint32_t k = 0; readers[k] != NULL; k++)
		if (readers[k] == reader)
			return k + 1;
	return 0;
}

static const struct reader *reader_numbered(uint32_t number)
{
	for (uint32_t k = 0; number > 0 && readers[k] != NULL; k++)
		if (k + 1 == number)
			return readers[k];
	return NULL;
}

void result_put(struct buf *b, const struct read_file *f)
{
	wire_put_i64(b, f->error);
	wire_put_u32(b, reader_number(f->reader));
	wire_put_u64(b, f->size);
	put_bool(b, f->wants_companion);
	wire_put_i64(b, f->companion_error);
	wire_put_text(b, f->engine);
}

void result_get(struct wire *w, const struct read_request *request,
		struct read_file *f)
{
	uint32_t number;

	f->error = (int)wire_get_i64(w, -ERRNO_MAX, 0);
	number = wire_get_u32(w, UINT32_MAX);
	f->reader = reader_numbered(number);
	f->size = wire_get_u64(w, request->limit);
	f->wants_companion = get_bool(w);
	f->companion_error = (int)wire_get_i64(w, -ERRNO_MAX, 0);
	f->engine = wire_get_text(w, ENGINE_BYTES);
	if ((number != 0 && f->reader == NULL) ||
	    (f->reader != NULL && (f->error < 0 ||
		!has_word(request->formats, f->reader->name))) ||
	    f->wants_companion != (f->reader != NULL &&
				   f->reader->companion.ending != NULL) ||
	    (f->companion_error < 0 &&
		(!f->wants_companion || f->companion_fd < 0)) ||
	    (f->engine != NULL && (request->engine == NULL ||
		f->reader == NULL || !has_prefix(f->engine, request->engine) ||
		!is_utf8(f->engine, strlen(f->engine)))))
		w->bad = true;
}
