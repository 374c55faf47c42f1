/* read-one.c -- one file, from its descriptor to a sink: which reader takes it,
 * what that is given, and what of its entries is within the limits.  Runs in a
 * worker, and without isolation in the program.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "read/jobs.h"

const struct reader *choose_reader(const char *formats, struct blob data)
{
	const struct reader *const *r;
	const char *word, *end;

	for (word = formats; *word; word = *end ? end + 1 : end) {
		end = strchrnul(word, ' ');
		for (r = readers; *r; r++)
			if (strlen((*r)->name) == (size_t)(end - word) &&
			    strncmp((*r)->name, word, end - word) == 0 &&
			    (*r)->sniff(data))
				return *r;
	}
	return NULL;
}

/* ---- the gate that entries go through --------------------------------------*/

struct gate {
	struct sink sink;		/* first: readers see only this */
	struct sink *to;
	const struct file *file;
	size_t entries;
};

static void gate_problem(struct sink *sink, const struct problem *p)
{
	struct gate *g = (struct gate *)sink;

	g->to->problem(g->to, p);
}

/* Where the reader is, in case that it does not come back.  */
static void reached(uint64_t offset)
{
	atomic_store(&worker_place()->offset, offset);
}

static int give_names(struct gate *g, struct entry *e)
{
	struct entry_names *names = entry_names_read(e);
	const struct entry_facts facts = { .names = names };
	int r = 0;

	if (names == NULL) {
		sink_problem(g->to, PROBLEM_MALFORMED, e->offset,
			     "the issuer that it names is no name; write the "
			     "object again");
		return 0;
	}
	e->facts = &facts;
	r = g->to->entry(g->to, e);
	entry_names_free(names);
	return r;
}

static int gate_entry(struct sink *sink, const struct entry *entry)
{
	struct gate *g = (struct gate *)sink;
	struct entry e = *entry;

	reached(e.offset);
	if (g->entries++ >= LIMIT_STORE_ENTRIES) {
		sink_problem(g->to, PROBLEM_LIMIT, e.offset,
			     "more than %u entries: the rest was not read",
			     LIMIT_STORE_ENTRIES);
		return -E2BIG;
	}
	if (e.der.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(g->to, PROBLEM_LIMIT, e.offset,
			     "a certificate of %zu bytes, the limit is %u: "
			     "left out", e.der.n, LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (e.label != NULL && e.label_n > LIMIT_LABEL_BYTES) {
		sink_skipped(g->to, PROBLEM_LIMIT, e.offset,
			     "a label of %zu bytes, kept are %u", e.label_n,
			     LIMIT_LABEL_BYTES);
		e.label_n = LIMIT_LABEL_BYTES;
	}
	if (e.sha256 == NULL && e.der.n == 0)
		return give_names(g, &e);
	return g->to->entry(g->to, &e);
}

static int gate_reference(struct sink *sink, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	struct gate *g = (struct gate *)sink;

	reached(offset);
	return g->to->reference(g->to, name, n, role, offset);
}

static void gate_done(struct sink *sink, uint64_t offset)
{
	reached(offset);
	file_drop(((struct gate *)sink)->file, offset);
}

/* ---- one file --------------------------------------------------------------*/

static int read_bytes(const struct read_request *request, struct read_file *f,
		      const struct file *file, struct sink *to,
		      roots_fn *roots, void *data)
{
	AUTO(scanned) struct file companion = { .mapped = false };
	struct gate gate = {
		.sink = { gate_entry, gate_reference, gate_problem,
			  gate_done },
		.to = to, .file = file,
	};
	struct input in = { .data = file->data };
	int r = 0;

	if (request->engine != NULL)
		f->engine = engine_find(file->data, request->engine);
	f->wants_companion = f->reader->companion.ending != NULL;
	if (f->wants_companion && f->companion_fd >= 0) {
		f->companion_error = file_load(f->companion_fd,
					       &f->companion_id,
					       LIMIT_FILE_BYTES, &companion);
		if (f->companion_error == 0)
			in.companion = companion.data;
	}
	if (f->reader->caps & READS_ROOTS)
		r = roots(data, &in.roots, &in.n_roots);
	if (r < 0)
		return r;
	f->reader->read(&in, &gate.sink);
	if (file_shrank(file) || file_shrank(&companion))
		sink_problem(to, PROBLEM_CHANGED, file->data.n,
			     "shrank while it was read: scan again");
	return 0;
}

int read_one(const struct read_request *request, struct read_file *f,
	     struct sink *to, roots_fn *roots, void *data)
{
	AUTO(scanned) struct file file = { .mapped = false };

	f->error = file_load(f->fd, &f->id, request->limit, &file);
	if (f->error < 0)
		return 0;
	f->size = file.data.n;
	if (f->size == 0 && !request->is_list) {
		sink_problem(to, PROBLEM_TRUNCATED, 0, "an empty file");
		return 0;
	}
	f->reader = choose_reader(request->formats, file.data);
	if (f->reader != NULL)
		return read_bytes(request, f, &file, to, roots, data);
	if (!request->is_list)
		sink_problem(to, PROBLEM_FORMAT, 0,
			     "not in a format expected here (%s)",
			     request->formats);
	return 0;
}
