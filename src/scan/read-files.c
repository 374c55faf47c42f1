/* read-files.c -- the files of a store, opened here and read by a worker, into
 * what this scan has seen.  A file that has several names is read once; a
 * certificate is decoded once in the life of an inventory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan/store.h"

/* ---- certificates ----------------------------------------------------------*/

/* What readings ask, of the pass.  */
static int is_known(void *data, const uint8_t sha256[SHA256_SIZE],
		    bool *ret_verified)
{
	struct pass *pass = data;
	int64_t certificate;
	int r = inventory_find_certificate(pass->inventory, sha256,
					   &certificate);

	if (r != -ENOENT)
		return r < 0 ? r : 1;
	r = root_is_verified(pass, sha256);
	if (r < 0)
		return r;
	*ret_verified = r > 0;
	return 0;
}

static int known_roots(void *data, const struct blob **ret_roots, size_t *ret_n)
{
	return roots_certificates(data, ret_roots, ret_n);
}

static int add_decoded(struct pass *pass, const struct certificate *c,
		       int64_t *ret_certificate)
{
	pass->result.certificates_decoded++;
	return inventory_add_certificate(pass->inventory, c, ret_certificate);
}

int pass_certificate(struct pass *pass, struct blob der,
		     int64_t *ret_certificate)
{
	AUTO(certificate) struct certificate c = { 0 };
	uint8_t sha256[SHA256_SIZE];
	bool verified = false;
	int r;

	hash_sha256(der, sha256);
	r = is_known(pass, sha256, &verified);
	if (r < 0)
		return r;
	if (r > 0)
		return inventory_find_certificate(pass->inventory, sha256,
						  ret_certificate);
	r = readings_decode(pass->readings, der, sha256, verified, &c);
	return r < 0 ? r : add_decoded(pass, &c, ret_certificate);
}

/* ---- the sink of one file --------------------------------------------------*/

struct file_sink {
	struct sink sink;		/* first: readers see only this */
	struct pass *pass;
	struct seen_file *seen;		/* what entries and problems go to */
	int error;			/* of the inventory */
};

static void keep_problem(struct seen_file *f, enum problem_code code,
			 uint64_t offset, bool skipped, char *message)
{
	if (f->n_problems >= LIMIT_STORE_PROBLEMS) {
		f->problems_left_out++;
		free(message);
		return;
	}
	grow(&f->problems, f->n_problems, &f->cap_problems,
	     sizeof(*f->problems));
	f->problems[f->n_problems++] = (struct file_problem){
		.code = code, .offset = offset, .message = message,
		.skipped = skipped };
}

static void sink_take_problem(struct sink *sink, const struct problem *p)
{
	struct file_sink *s = (struct file_sink *)sink;

	keep_problem(s->seen, p->code, p->offset, p->skipped,
		     xstrdup(p->message));
}

/* The row of the certificate that E has.  When it does not decode, that is
 * said.  */
static int know_certificate(struct pass *pass, const struct entry *e,
			    struct seen_file *f, int64_t *ret_certificate)
{
	const struct entry_facts *facts = e->facts;
	AUTO(str) char *error = NULL;
	int r;

	if (facts->certificate != NULL)
		r = add_decoded(pass, facts->certificate, ret_certificate);
	else
		r = inventory_find_certificate(pass->inventory, facts->sha256,
					       ret_certificate);
	if (r == 0)
		r = inventory_certificate_error(pass->inventory,
						*ret_certificate, &error);
	if (r == 0 && error)
		keep_problem(f, PROBLEM_CERTIFICATE, e->offset, false,
			     xasprintf("this certificate does not decode (%s); "
				       "it is counted by its SHA-256 only",
				       error));
	return r;
}

static char *copy_label(const struct entry *e)
{
	if (e->label == NULL)
		return NULL;
	if (memchr(e->label, '\0', e->label_n) != NULL)
		return utf8_text(e->label, e->label_n);
	return xstrndup(e->label, e->label_n);
}

static int sink_take_entry(struct sink *sink, const struct entry *e)
{
	struct file_sink *s = (struct file_sink *)sink;
	struct inventory *i = s->pass->inventory;
	struct seen_file *f = s->seen;
	int64_t certificate = 0;
	int r = 0;

	if (e->sha256 != NULL)
		r = inventory_fingerprint(i, e->sha256, &certificate);
	else if (e->der.n > 0)
		r = know_certificate(s->pass, e, f, &certificate);
	if (r < 0) {
		s->error = r;
		return -E2BIG;		/* the reader ends; the scan will too */
	}
	grow(&f->entries, f->n_entries, &f->cap_entries, sizeof(*f->entries));
	f->entries[f->n_entries++] = (struct file_entry){
		.certificate = certificate,
		.names = entry_names_copy(e->facts->names),
		.label = copy_label(e),
		.offset = e->offset, .purposes = e->purposes, .role = e->role,
		.marked = e->marked, .private_key = e->private_key,
		.seal = e->seal,
		.distrust_after = e->distrust_after };
	return 0;
}

static void sink_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

static int sink_no_reference(struct sink *sink, const char *name, size_t n,
			     enum role role, uint64_t offset)
{
	struct file_sink *s = (struct file_sink *)sink;

	(void)name, (void)n, (void)role;
	keep_problem(s->seen, PROBLEM_FORMAT, offset, false,
		     xstrdup("names a file where certificates were expected"));
	return 0;
}

static void sink_forget(struct sink *sink)
{
	seen_forget(((struct file_sink *)sink)->seen);
}

/* ---- files -----------------------------------------------------------------*/

/* The largest file that any of the catalogue's readers takes.  */
static uint64_t size_limit(const char *format)
{
	const struct reader *const *r;

	for (r = readers; *r; r++)
		if (has_word(format, (*r)->name) && (*r)->caps & READS_LARGE)
			return LIMIT_ELF_BYTES;
	return LIMIT_FILE_BYTES;
}

int files_run(struct pass *pass, bool here, const struct read_request *request,
	      struct read_file *files, size_t n)
{
	const struct readings_host host = { is_known, known_roots, pass };

	return readings_run(here ? NULL : pass->readings, &host, request,
			    files, n);
}

/* One that is to be read.  */
struct job {
	struct wanted_file *wanted;
	struct file_sink sink;
};

/* What ERROR is where a regular file was a moment ago: another took its place, or
 * the place of a directory above it.  What was looked at then does not tell that,
 * so that a scan would rely on it for as long as the file is what it was.  */
static int since_then(int error)
{
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENOTREG:
		return -ESTALE;
	default:
		return error;
	}
}

/* The descriptors of W and of the file beside it.  */
static int open_wanted(struct pass *pass, struct wanted_file *w, uint64_t limit,
		       struct read_file *ret_file)
{
	const struct root *root = pass->options->root;
	struct read_file f = { .fd = -1, .companion_fd = -1 };
	int r = file_open(root, w->path, limit, &f.fd, &f.id);

	if (r == 0 && (f.id.dev != w->id->dev || f.id.ino != w->id->ino)) {
		close(f.fd);
		r = -ESTALE;
	}
	if (r < 0)
		return since_then(r);
	if (w->companion != NULL)
		w->companion_error = since_then(
			file_open(root, w->companion, LIMIT_FILE_BYTES,
				  &f.companion_fd, &f.companion_id));
	*ret_file = f;
	return 0;
}

/* Under another name it may still be readable.  */
static void unsee(struct pass *pass, size_t seen)
{
	pass->seen[seen].ino = 0;
	pass->seen[seen].dev = UINT64_MAX;
}

static void take_result(struct pass *pass, struct job *job,
			struct read_file *f, struct wanted_file *files,
			size_t n)
{
	struct wanted_file *w = job->wanted;
	struct seen_file *seen = job->sink.seen;

	seen->reader = f->reader;
	seen->engine = f->engine;
	if (w->companion_error == 0)
		w->companion_error = f->companion_error;
	if (!f->wants_companion)
		w->companion_error = 0;
	seen->passing = f->died != NULL && !f->exhausted;
	if (f->died != NULL)
		keep_problem(seen, f->left_out ? PROBLEM_LIMIT : PROBLEM_READER_DIED,
			     f->died_offset, false, f->died);
	if (f->error < 0) {
		unsee(pass, w->seen);
		for (size_t k = 0; k < n; k++)
			if (files[k].error == 0 && files[k].seen == w->seen)
				files[k].error = f->error;
	} else {
		pass->result.files_read++;
	}
	close(f->fd);
	auto_fd(&f->companion_fd);
}

int files_read(struct pass *pass, const struct store_definition *d,
	       struct wanted_file *files, size_t n)
{
	const struct read_request request = {
		.formats = d->format, .engine = d->engine,
		.limit = size_limit(d->format) };
	struct read_file reads[LIMIT_WIRE_FILES];
	struct job jobs[LIMIT_WIRE_FILES];
	size_t n_jobs = 0;
	int r;

	seen_reserve(pass, n);
	for (size_t k = 0; k < n; k++) {
		struct wanted_file *w = &files[k];
		bool is_new;

		w->seen = seen_get(pass, w->id, d->format, &is_new);
		if (!is_new)
			continue;
		w->error = open_wanted(pass, w, request.limit, &reads[n_jobs]);
		if (w->error < 0)
			unsee(pass, w->seen);
		else
			jobs[n_jobs++].wanted = w;
	}
	for (size_t k = 0; k < n_jobs; k++) {
		jobs[k].sink = (struct file_sink){
			.sink = { sink_take_entry, sink_no_reference,
				  sink_take_problem, sink_done },
			.pass = pass,
			.seen = &pass->seen[jobs[k].wanted->seen] };
		reads[k].sink = &jobs[k].sink.sink;
		reads[k].forget = sink_forget;
	}
	r = files_run(pass, false, &request, reads, n_jobs);
	for (size_t k = 0; k < n_jobs; k++) {
		if (r == 0)
			r = jobs[k].sink.error;
		take_result(pass, &jobs[k], &reads[k], files, n);
	}
	return r;
}
