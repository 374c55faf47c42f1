/* test-readers.c -- every reader over tests/readers/<reader>/<case>.in:
 *
 *   - it says what <case>.want says (see want.h; TRUSTDRIFT_UPDATE_WANT=1
 *     writes the files anew),
 *   - it recognises the file and takes it to the same end when the sink is
 *     full,
 *   - every prefix, every single changed byte, and the files of every other
 *     reader end in entries or a problem: no crash, no hang, no silence.
 *
 * Where there is a <case>.companion it is read beside it, and damaged too.
 * Readers that want roots get those of data/rootprogram.
 *
 * A new reader adds a folder, and no code here.  Large files are sampled.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "want.h"

/* Of each file so many prefixes and changed bytes are tried, spread over it;
 * shorter files are tried whole.  Where passwords are tried each time costs a
 * thousand hashes, and a database has to be opened; there are many such cases, and
 * one whose name begins with "slow-" has many more iterations.  */
#define TRIES		400
#define COSTLY_TRIES	100
#define SLOW_TRIES	6
#define FILES_MAX	200

struct files {
	char *names[FILES_MAX];		/* sorted, without ".in" */
	size_t n;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A reader without a folder has no files; test_all() sees to that.  */
static void files_list(const char *dir, struct files *ret_files)
{
	AUTO(str) char *path = want_path(dir, "");
	struct files f = { .n = 0 };
	struct dirent *entry;
	DIR *d = opendir(path);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (!has_suffix(entry->d_name, ".in"))
			continue;
		assert_true(f.n < FILES_MAX);
		f.names[f.n++] = xstrndup(entry->d_name,
					  strlen(entry->d_name) - 3);
	}
	if (d != NULL)
		closedir(d);
	qsort(f.names, f.n, sizeof(f.names[0]), compare_names);
	*ret_files = f;
}

static void files_done(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
}

static struct blob case_read(const char *dir, const char *name)
{
	AUTO(str) char *in = xasprintf("%s.in", name);

	return want_file(dir, in);
}

/* p NULL: the case has none.  */
static struct blob companion_read(const char *dir, const char *name)
{
	AUTO(str) char *file = xasprintf("%s.companion", name);
	AUTO(str) char *path = want_path(dir, file);

	if (access(path, F_OK) < 0)
		return (struct blob){ NULL, 0 };
	return want_file(dir, file);
}

/* What readers get beside the file under test.  */
static struct input beside;

static int read_case(const struct reader *r, struct blob data, size_t room,
		     struct want *ret_want)
{
	struct input in = beside;

	in.data = data;
	return want_read_input(r, &in, room, ret_want);
}

static void want_compare(const char *dir, const char *name,
			 const struct want *w)
{
	AUTO(str) char *file = xasprintf("%s.want", name);
	struct blob want;

	if (getenv("TRUSTDRIFT_UPDATE_WANT") != NULL) {
		AUTO(str) char *path = want_path(dir, file);

		assert_int_equal(file_write_atomic(path, (struct blob){
			(const uint8_t *)w->text.p, w->text.n }, 0644), 0);
		return;
	}
	want = want_file(dir, file);
	if (want.n != w->text.n ||
	    (want.n > 0 && memcmp(want.p, w->text.p, want.n) != 0))
		fail_msg("%s/%s: is not what the reader says:\n%s", dir, file,
			 buf_str(&w->text));
	free((void *)want.p);
}

/* Something must come of it.  */
static void read_something(const struct reader *r, struct blob data)
{
	struct want w;

	read_case(r, data, LIMIT_STORE_ENTRIES, &w);
	want_done(&w);
}

static void read_not_silently(const struct reader *r, struct blob data,
			      const char *dir, const char *name)
{
	struct want w;

	read_case(r, data, LIMIT_STORE_ENTRIES, &w);
	if (w.entries + w.references + w.problems + w.skipped == 0)
		fail_msg("%s/%s: the first %zu bytes read as nothing, without "
			 "a word", dir, name, data.n);
	want_done(&w);
}

static void damage(const struct reader *r, struct blob data, const char *dir,
		   const char *name, bool empty)
{
	const bool costly = r->caps & (READS_PASSWORDS | READS_SQLITE);
	const size_t tries = has_prefix(name, "slow-") ? SLOW_TRIES :
			     costly ? COSTLY_TRIES : TRIES;
	const size_t step = data.n > tries ? data.n / tries : 1;
	uint8_t *copy = xmemdup(data.p, data.n);

	for (size_t i = 0; i < data.n; i += step) {
		if (empty)
			read_something(r, (struct blob){ data.p, i });
		else
			read_not_silently(r, (struct blob){ data.p, i }, dir,
					  name);
		copy[i] ^= (uint8_t)(1u << i % 8);
		read_something(r, (struct blob){ copy, data.n });
		copy[i] = 0xff;
		read_something(r, (struct blob){ copy, data.n });
		copy[i] = data.p[i];
	}
	free(copy);
}

/* The same with the companion, DATA being whole.  */
static void damage_companion(const struct reader *r, struct blob data)
{
	const struct blob whole = beside.companion;
	const size_t step = whole.n > COSTLY_TRIES ? whole.n / COSTLY_TRIES :
			    1;
	uint8_t *copy = xmemdup(whole.p, whole.n);

	for (size_t i = 0; i < whole.n; i += step) {
		beside.companion = (struct blob){ whole.p, i };
		read_something(r, data);
		beside.companion = (struct blob){ copy, whole.n };
		copy[i] ^= (uint8_t)(1u << i % 8);
		read_something(r, data);
		copy[i] = whole.p[i];
	}
	free(copy);
	beside.companion = whole;
}

static void check_file(const struct reader *r, const char *dir,
		       const char *name)
{
	struct blob data = case_read(dir, name);
	struct want w, full;
	bool empty;

	beside.companion = companion_read(dir, name);
	read_case(r, data, LIMIT_STORE_ENTRIES, &w);
	want_compare(dir, name, &w);
	empty = w.entries + w.references + w.problems + w.skipped == 0;
	/* A file that is this format says so, whatever else is wrong.  */
	if (w.entries > 0 && !r->sniff(data))
		fail_msg("%s/%s: has entries, and is not recognised", dir,
			 name);
	if (w.entries > 0) {
		assert_int_equal(read_case(r, data, w.entries - 1, &full),
				 -E2BIG);
		assert_int_equal(full.entries, w.entries - 1);
		want_done(&full);
	}
	want_done(&w);
	damage(r, data, dir, name, empty);
	if (beside.companion.p != NULL)
		damage_companion(r, data);
	free((void *)beside.companion.p);
	beside.companion = (struct blob){ NULL, 0 };
	free((void *)data.p);
}

/* Every file of every other reader, as it is.  */
static void check_others(const struct reader *r)
{
	for (size_t i = 0; readers[i] != NULL; i++) {
		AUTO(str) char *dir = xasprintf("readers/%s",
						readers[i]->name);
		struct files files;

		if (readers[i] == r)
			continue;
		files_list(dir, &files);
		for (size_t j = 0; j < files.n; j++) {
			struct blob data = case_read(dir, files.names[j]);

			r->sniff(data);
			read_something(r, data);
			free((void *)data.p);
		}
		files_done(&files);
	}
}

static void test_all(void **state)
{
	(void)state;

	for (size_t i = 0; readers[i] != NULL; i++) {
		const struct reader *r = readers[i];
		AUTO(str) char *dir = xasprintf("readers/%s", r->name);
		struct files files;

		assert_ptr_equal(reader_find(r->name), r);
		files_list(dir, &files);
		if (files.n == 0)
			fail_msg("tests/%s has no .in files", dir);
		for (size_t j = 0; j < files.n; j++)
			check_file(r, dir, files.names[j]);
		files_done(&files);
		check_others(r);
	}
}

/* No bytes at all, and bytes that are nothing.  */
static void test_nothing(void **state)
{
	uint8_t same[512];

	(void)state;
	for (size_t i = 0; readers[i] != NULL; i++) {
		read_something(readers[i], (struct blob){ NULL, 0 });
		readers[i]->sniff((struct blob){ NULL, 0 });
		for (unsigned c = 0; c < 256; c++) {
			memset(same, (int)c, sizeof(same));
			for (size_t n = 1; n <= sizeof(same); n *= 2) {
				readers[i]->sniff((struct blob){ same, n });
				read_something(readers[i],
					       (struct blob){ same, n });
			}
		}
	}
}

/* The sniffing order is such that each file goes to the reader whose folder it
 * is in.  A reader of what others read, too, is only ever asked for by name. */
static void test_sniffed_by_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; readers[i] != NULL; i++) {
		AUTO(str) char *dir = xasprintf("readers/%s",
						readers[i]->name);
		struct files files;

		files_list(dir, &files);
		for (size_t j = 0; j < files.n; j++) {
			struct blob data = case_read(dir, files.names[j]);

			for (size_t k = 0; k < i; k++)
				if (!((readers[i]->caps | readers[k]->caps) &
				      READS_OTHERS) &&
				    readers[i]->sniff(data) &&
				    readers[k]->sniff(data))
					fail_msg("%s/%s: taken by %s", dir,
						 files.names[j],
						 readers[k]->name);
			free((void *)data.p);
		}
		files_done(&files);
	}
}

/* The certificates of Mozilla's program.  */
static int roots_setup(void **state)
{
	struct blob text = want_file("../data/rootprogram",
				     "mozilla-roots.pem");
	struct blob *roots = NULL;
	struct pem_block b;
	size_t n = 0, cap = 0;
	uint64_t pos = 0;

	(void)state;
	while (pem_next(text, &pos, &b) > 0) {
		assert_non_null(b.der);
		grow(&roots, n, &cap, sizeof(*roots));
		roots[n++] = (struct blob){ b.der, b.der_n };
	}
	assert_true(n > 100);
	free((void *)text.p);
	beside.roots = roots;
	beside.n_roots = n;
	return 0;
}

static int roots_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < beside.n_roots; i++)
		free((void *)beside.roots[i].p);
	free((void *)beside.roots);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_sniffed_by_its_own),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, roots_setup, roots_teardown);
}
