/* want.c -- what a reader said, as text: see want.h.  */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "want.h"

#define TEXT_MAX	(64u << 20)

static void add_escaped(struct want *w, const char *s, size_t n)
{
	AUTO(str) char *text = escape_text(s, n);

	buf_addf(&w->text, "%s\n", text);
}

static const char *word(const char *s)
{
	return *s != '\0' ? s : "-";
}

/* What an entry without a certificate is about.  */
static void add_names(struct want *w, const struct entry *e)
{
	char hex[2 * SHA256_SIZE + 1], time[TIME_SIZE];
	uint8_t hash[SHA256_SIZE];

	assert_true(e->issuer.n > 0 || e->spki.n > 0);
	assert_int_equal(e->issuer.n > 0,
			 e->serial.p != NULL || e->this_update != 0);
	assert_true(e->serial.p == NULL || e->this_update == 0);
	buf_adds(&w->text, "about ");
	if (e->issuer.n > 0) {
		AUTO(str) char *name = NULL, *serial = NULL;

		if (x509_name(e->issuer, hash, &name) < 0)
			name = xstrdup("?");
		if (e->serial.p != NULL)
			serial = x509_serial(e->serial);
		buf_addf(&w->text, "<%s>%s ", name,
			 serial != NULL ? serial : "");
	}
	if (e->this_update != 0) {
		time_format(e->this_update, time);
		buf_addf(&w->text, "made=%s ", time);
	}
	if (e->next_update != 0) {
		time_format(e->next_update, time);
		buf_addf(&w->text, "next=%s ", time);
	}
	if (e->spki.n > 0) {
		hash_sha256(e->spki, hash);
		hex_encode(hash, sizeof(hash), hex);
		buf_addf(&w->text, "key=%s ", hex);
	}
}

static int take_entry(struct sink *s, const struct entry *e)
{
	struct want *w = (struct want *)s;
	char purposes[PURPOSES_SIZE], hex[2 * SHA256_SIZE + 1];
	char time[TIME_SIZE];
	uint8_t hash[SHA256_SIZE];
	struct blob der;

	assert_false(w->full);
	if (w->entries == w->room) {
		w->full = true;
		return -E2BIG;
	}
	if (e->der.n > 0) {
		assert_int_equal(certificate_tlv(e->der, &der), 0);
		assert_int_equal(der.n, e->der.n);
		assert_true(e->der.n <= LIMIT_CERTIFICATE_BYTES);
	}
	assert_true(e->label != NULL || e->label_n == 0);
	assert_true(e->label_n <= LIMIT_LABEL_BYTES);
	assert_true(e->offset <= w->data.n);

	/* The certificate, its fingerprint, or names of it.  */
	assert_true(e->der.n == 0 || e->sha256 == NULL);
	if (e->der.n == 0 && e->sha256 == NULL) {
		add_names(w, e);
	} else {
		if (e->sha256 != NULL)
			memcpy(hash, e->sha256, sizeof(hash));
		else
			hash_sha256(e->der, hash);
		hex_encode(hash, sizeof(hash), hex);
		buf_addf(&w->text, "%s ", hex);
	}
	purposes_format(e->purposes, purposes);
	for (char *c = purposes; *c != '\0'; c++)
		if (*c == ' ')
			*c = ',';
	buf_addf(&w->text, "%s %s %s %s", word(role_name(e->role)),
		 e->marked ? "marked" : "-", e->private_key ? "key" : "-",
		 word(purposes));
	if (e->distrust_after != 0) {
		time_format(e->distrust_after, time);
		buf_addf(&w->text, ";after=%s", time);
	}
	buf_adds(&w->text, " ");
	add_escaped(w, e->label_n > 0 ? e->label : "", e->label_n);
	w->offset = e->offset;
	w->private_key = e->private_key;
	w->entries++;
	return 0;
}

static int take_reference(struct sink *s, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	struct want *w = (struct want *)s;

	assert_false(w->full);
	assert_true(offset <= w->data.n);
	buf_addf(&w->text, "reference %s %ju ", word(role_name(role)),
		 (uintmax_t)offset);
	add_escaped(w, name, n);
	w->references++;
	return 0;
}

static void take_problem(struct sink *s, const struct problem *p)
{
	struct want *w = (struct want *)s;

	assert_false(w->full);
	assert_true(p->offset <= w->data.n);
	assert_true(*p->message != '\0');
	buf_addf(&w->text, "%s %s %ju ", p->skipped ? "skipped" : "problem",
		 problem_name(p->code), (uintmax_t)p->offset);
	add_escaped(w, p->message, strlen(p->message));
	if (p->skipped)
		w->skipped++;
	else
		w->problems++;
}

static void take_done(struct sink *s, uint64_t offset)
{
	struct want *w = (struct want *)s;

	assert_true(offset >= w->done && offset <= w->data.n);
	w->done = offset;
}

int want_read(const struct reader *reader, struct blob data, size_t room,
	      struct want *ret_want)
{
	return want_read_input(reader, &(struct input){ .data = data }, room,
			       ret_want);
}

int want_read_input(const struct reader *reader, const struct input *in,
		    size_t room, struct want *ret_want)
{
	const struct blob data = in->data;
	struct input copied = *in;
	uint8_t *copy = malloc(data.n);
	struct want w = {
		.sink = {
			.entry = take_entry,
			.reference = take_reference,
			.problem = take_problem,
			.done = take_done,
		},
		.data = { copy, data.n },
		.room = room,
	};
	int r;

	assert_true(copy != NULL || data.n == 0);
	if (data.n > 0)
		memcpy(copy, data.p, data.n);
	buf_init(&w.text, TEXT_MAX);
	*ret_want = w;
	copied.data = w.data;
	r = reader->read(&copied, &ret_want->sink);
	assert_true(r == 0 || r == -E2BIG);
	assert_int_equal(r == -E2BIG, ret_want->full);
	assert_false(ret_want->text.truncated);
	ret_want->data = (struct blob){ NULL, data.n };
	free(copy);
	return r;
}

void want_done(struct want *w)
{
	buf_done(&w->text);
}

char *want_path(const char *dir, const char *name)
{
	const char *top = getenv("srcdir");

	return xasprintf("%s/tests/%s/%s", top != NULL ? top : ".", dir, name);
}

struct blob want_file(const char *dir, const char *name)
{
	AUTO(str) char *path = want_path(dir, name);
	struct blob b = { NULL, 0 };
	long size;
	uint8_t *p;
	FILE *f;

	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	p = xmalloc((size_t)size);
	assert_int_equal(fread(p, 1, (size_t)size, f), size);
	fclose(f);
	b.p = p;
	b.n = (size_t)size;
	return b;
}
