/* readings.c -- the program's side of reading in workers: which of them reads
 * what, and what becomes of it when one ends.
 *
 * Four workers at most: for root's files, for those of one other user, for
 * certificates and signatures that are no file's, and for one package.  When the files of another
 * user come their worker is replaced, so that whoever takes one over has what
 * its own files say, and nothing else, to lie about.
 *
 * A worker that ends while it has many files is not asked which of them did it:
 * those that it had not finished are read one by one.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "read/jobs.h"
#include "read/spending.h"

#define USERS_FILES	8u	/* at a time, between looks at what was spent */

enum { SLOT_ROOT, SLOT_USER, SLOT_CHECKS, SLOT_PACKAGE, SLOTS };

struct readings {
	struct nursery *nursery;
	enum isolation isolation;
	bool packages;				/* see readings_open() */
	struct {
		struct worker *worker;		/* NULL: none */
		uint32_t owner;			/* whose files it has read */
	} slots[SLOTS];
	struct sandbox_state sandbox;
	bool has_sandbox;
	unsigned cpu, wall;			/* seconds, see readings_limit() */
	struct spending *spending;
	size_t deaths;
	char *error;				/* NULL: none */
};

int readings_open(enum isolation isolation, bool packages,
		  struct readings **ret_readings)
{
	struct nursery *nursery;
	struct readings *r;
	int e;

	if (isolation == ISOLATION_OFF) {
		*ret_readings = NULL;
		return 0;
	}
	e = nursery_open(packages ? &unpacking_worker : &reading_worker,
			 &nursery);
	if (e < 0)
		return e;
	r = xcalloc(1, sizeof(*r));
	r->nursery = nursery;
	r->isolation = isolation;
	r->packages = packages;
	readings_limit(r, LIMIT_READ_CPU, LIMIT_READ_WALL);
	r->spending = spending_new();
	*ret_readings = r;
	return 0;
}

void readings_limit(struct readings *r, unsigned cpu, unsigned wall)
{
	r->cpu = cpu;
	r->wall = wall;
}

void readings_limit_users(struct readings *r, unsigned cpu, unsigned wall)
{
	spending_limit(r->spending, cpu, wall);
}

void readings_begin_scan(struct readings *r)
{
	if (r != NULL)
		spending_forget(r->spending);
}

static void stop(struct readings *r, size_t slot)
{
	if (r->slots[slot].worker != NULL)
		worker_stop(r->slots[slot].worker, true, NULL);
	r->slots[slot].worker = NULL;
}

void readings_close(struct readings *r)
{
	if (r == NULL)
		return;
	for (size_t k = 0; k < SLOTS; k++)
		stop(r, k);
	nursery_close(r->nursery);
	spending_free(r->spending);
	free(r->error);
	free(r);
}

const struct sandbox_state *readings_sandbox(const struct readings *r)
{
	return r != NULL && r->has_sandbox ? &r->sandbox : NULL;
}

const char *readings_error(const struct readings *r)
{
	return r != NULL && r->error != NULL ? r->error : "";
}

size_t readings_deaths(const struct readings *r)
{
	return r != NULL ? r->deaths : 0;
}

/* ---- workers -------------------------------------------------------------*/

/* With --isolation=require everything has to be in force.  */
static int check_sandbox(struct readings *r, const struct sandbox_state *s)
{
	for (size_t k = 0; k < SANDBOX_PARTS; k++) {
		if (s->parts[k] >= 0 || r->isolation != ISOLATION_REQUIRE)
			continue;
		free(r->error);
		r->error = xasprintf(_("a reader cannot be isolated as --isolation=require wants: %s: %s"),
				     _(sandbox_part_name((enum sandbox_part)k)),
				     strerror(-s->parts[k]));
		return -EPERM;
	}
	return 0;
}

/* Why no worker was started; the caller frees.  Where the nursery could not load a
 * library, which it says, this process could not either.  */
static char *why_none(int error)
{
	if (error == -ESRCH)
		return xstrdup(_("no process for reading can be started: the one that starts them has ended; run this again"));
	return xasprintf(_("no process for reading can be started (%s); --isolation=off reads without"),
			 strerror(-error));
}

static int get_worker(struct readings *r, size_t slot, uint32_t owner,
		      struct worker **ret_worker)
{
	struct worker *w = r->slots[slot].worker;
	int e;

	if (w != NULL && (r->slots[slot].owner != owner || worker_is_old(w))) {
		stop(r, slot);
		w = NULL;
	}
	if (w == NULL) {
		e = worker_start(r->nursery, &w);
		/* Somebody may have killed it before it said a word.  */
		if (e == -EPIPE)
			e = worker_start(r->nursery, &w);
		if (e < 0) {
			free(r->error);
			r->error = why_none(e);
			return e;
		}
		r->slots[slot].worker = w;
		r->slots[slot].owner = owner;
		r->sandbox = w->sandbox;
		r->has_sandbox = true;
		e = check_sandbox(r, &w->sandbox);
		if (e < 0)
			return e;
	}
	w->channel.cpu_limit = r->cpu;
	w->channel.wall_limit = r->wall;
	*ret_worker = w;
	return 0;
}

int readings_try(struct readings *r)
{
	struct worker *w;

	return r != NULL ? get_worker(r, SLOT_ROOT, 0, &w) : 0;
}

/* The worker of SLOT failed with ERROR: ends it and gives the reason, which the
 * caller frees.  */
static char *bury(struct readings *r, size_t slot, int error,
		  uint64_t *ret_offset)
{
	struct worker *w = r->slots[slot].worker;
	const unsigned cpu_limit = w->channel.cpu_limit;
	const unsigned wall_limit = w->channel.wall_limit;
	struct worker_end end;

	r->slots[slot].worker = NULL;
	*ret_offset = atomic_load(&w->place->offset);
	worker_stop(w, error != -EPIPE, &end);
	switch (error) {
	case -ETIME:
		return xasprintf("reading it took more than %u seconds of "
				 "processor time: it was left out; look where "
				 "the file comes from", cpu_limit);
	case -ETIMEDOUT:
		return xasprintf("reading it was not done after %u seconds: it "
				 "was left out; does its file system answer?",
				 wall_limit);
	case -EBADMSG:
		return xstrdup("its reader said what no reader says: it was "
			       "left out; look where the file comes from");
	}
	if (end.status == WORKER_NO_MEMORY)
		return xasprintf("reading it takes more than %u MiB of memory: "
				 "it was left out; look where the file comes "
				 "from", LIMIT_WORKER_MEMORY >> 20);
	if (end.signal != 0)
		return xasprintf("reading it ended the reader (signal %d, %s): "
				 "it was left out; if the file is genuine, "
				 "report this", end.signal,
				 strsignal(end.signal));
	return xasprintf("reading it ended the reader (status %d): it was left "
			 "out; if the file is genuine, report this",
			 end.status);
}

/* ---- files -----------------------------------------------------------------*/

static size_t slot_of(const struct read_file *f)
{
	return f->id.uid == 0 ? SLOT_ROOT : SLOT_USER;
}

/* Files of one owner, or the first of them, in a worker.  */
static int run_once(struct readings *r, const struct readings_host *host,
		    const struct read_request *request, struct read_file *files,
		    size_t n, size_t *ret_finished, char **ret_why)
{
	const size_t slot = slot_of(files);
	const int64_t begin = monotonic_ns();
	struct batch b = {
		.host = host, .request = request, .files = files, .n = n };
	struct worker *w;
	int64_t before, after;
	int e = get_worker(r, slot, files->id.uid, &w);

	*ret_finished = 0;
	if (e < 0)
		return e;
	b.channel = &w->channel;
	before = channel_cpu_time(&w->channel);
	e = batch_run(&b);
	after = channel_cpu_time(&w->channel);
	spending_add(r->spending, files->id.uid,
		     after > before ? after - before : 0, monotonic_ns() - begin);
	*ret_finished = b.finished;
	if (b.host_error < 0) {
		stop(r, slot);
		return b.host_error;
	}
	if (e == 0)
		return 0;
	files[b.finished].forget(files[b.finished].sink);
	*ret_why = bury(r, slot, e, &files[b.finished].died_offset);
	files[b.finished].exhausted = e == -ETIME;
	return 0;
}

/* Files of one owner, in workers.  */
static int run_there(struct readings *r, const struct readings_host *host,
		     const struct read_request *request,
		     struct read_file *files, size_t n)
{
	bool one_by_one = false;
	size_t done = 0;

	while (done < n) {
		const size_t some = one_by_one ? 1 :
			uid_is_own(files->id.uid) || n - done < USERS_FILES
			? n - done : USERS_FILES;
		struct read_file *f = &files[done];
		char *why = NULL;
		size_t finished;
		int e;

		if (spending_is_over(r->spending, f->id.uid)) {
			f->left_out = true;
			f->died = spending_reason(r->spending, f->id.uid);
			done++;
			continue;
		}
		e = run_once(r, host, request, f, some, &finished, &why);
		if (e < 0)
			return e;
		done += finished;
		if (why == NULL)
			continue;
		f = &files[done];
		if (some > 1) {
			free(why);
			f->exhausted = false;
			one_by_one = true;
			continue;
		}
		if (f->died_offset > request->limit)
			f->died_offset = 0;
		f->died = why;
		done++;
	}
	return 0;
}

/* ---- without isolation -----------------------------------------------------*/

struct here {
	struct sink sink;
	struct sink *to;
	const struct readings_host *host;
	int error;
};

static int here_entry(struct sink *sink, const struct entry *entry)
{
	struct here *h = (struct here *)sink;
	AUTO(certificate) struct certificate c = { .decoded = false };
	struct entry_facts facts = { .names = NULL };
	struct entry e = *entry;
	bool verified = false;
	int r;

	if (e.facts != NULL)
		facts = *e.facts;
	e.facts = &facts;
	if (e.sha256 == NULL && e.der.n > 0) {
		hash_sha256(e.der, facts.sha256);
		r = h->host->known(h->host->data, facts.sha256, &verified);
		if (r < 0) {
			h->error = r;
			return -E2BIG;
		}
		if (r == 0) {
			x509_decode_hashed(e.der, facts.sha256, verified, &c);
			facts.certificate = &c;
		}
	}
	return h->to->entry(h->to, &e);
}

static int here_reference(struct sink *sink, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	struct here *h = (struct here *)sink;

	return h->to->reference(h->to, name, n, role, offset);
}

static void here_problem(struct sink *sink, const struct problem *p)
{
	struct here *h = (struct here *)sink;

	h->to->problem(h->to, p);
}

static void here_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

static int run_here(const struct readings_host *host,
		    const struct read_request *request, struct read_file *f)
{
	struct here h = {
		.sink = { here_entry, here_reference, here_problem,
			  here_done },
		.to = f->sink, .host = host,
	};
	int r = read_one(request, f, &h.sink, host->roots, host->data);

	return h.error < 0 ? h.error : r;
}

/* Those of one owner together, whose worker is not that of another.  */
static int compare_owners(const void *a, const void *b)
{
	const struct read_file *const *x = a, *const *y = b;

	if ((*x)->id.uid != (*y)->id.uid)
		return (*x)->id.uid < (*y)->id.uid ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

int readings_run(struct readings *r, const struct readings_host *host,
		 const struct read_request *request, struct read_file *files,
		 size_t n)
{
	struct read_file **order, some[LIMIT_WIRE_FILES];
	int e = 0;

	if (r == NULL) {
		for (size_t k = 0; k < n && e == 0; k++)
			e = run_here(host, request, &files[k]);
		return e;
	}
	order = xcalloc(n + 1, sizeof(*order));
	for (size_t k = 0; k < n; k++)
		order[k] = &files[k];
	if (n > 0)
		qsort(order, n, sizeof(*order), compare_owners);
	for (size_t k = 0; k < n && e == 0;) {
		size_t m = 0;

		while (k + m < n && m < LIMIT_WIRE_FILES &&
		       order[k + m]->id.uid == order[k]->id.uid) {
			some[m] = *order[k + m];
			m++;
		}
		e = run_there(r, host, request, some, m);
		for (size_t j = 0; j < m; j++)
			*order[k + j] = some[j];
		k += m;
	}
	free(order);
	return e;
}

/* ---- certificates ----------------------------------------------------------*/

/* Sends what was put together and gets the answer.  A worker that fails is
 * buried: *ret_why, which the caller frees; NULL: no worker is to be had.  */
static int answer_of(struct readings *r, unsigned type,
		     struct wire *ret_message, char **ret_why)
{
	struct channel *c = &r->slots[SLOT_CHECKS].worker->channel;
	uint64_t offset;
	unsigned came;
	int e;

	channel_end(c);
	channel_arm(c);
	e = channel_send(c, NULL, 0);
	if (e == 0)
		e = channel_receive(c, &came, ret_message);
	if (e == 0 && came != type)
		e = -EBADMSG;
	if (e < 0)
		*ret_why = bury(r, SLOT_CHECKS, e, &offset);
	return e;
}

static int decode_there(struct readings *r, struct blob der,
			const uint8_t sha256[SHA256_SIZE], bool verified,
			struct certificate *ret_cert, char **ret_why)
{
	struct wire message;
	struct certificate c;
	struct worker *w;
	struct buf *out;
	uint64_t offset;
	int e = get_worker(r, SLOT_CHECKS, 0, &w);

	if (e < 0)
		return e;
	out = channel_begin(&w->channel, JOB_DECODE);
	wire_put_u32(out, verified);
	wire_put_fixed(out, sha256, SHA256_SIZE);
	wire_put_bytes(out, der);
	e = answer_of(r, JOB_DECODED, &message, ret_why);
	if (e < 0)
		return e;
	certificate_get(&message, der, sha256, verified, &c);
	e = wire_end(&message);
	if (e < 0) {
		x509_done(&c);
		*ret_why = bury(r, SLOT_CHECKS, e, &offset);
		return e;
	}
	*ret_cert = c;
	return 0;
}

int readings_decode(struct readings *r, struct blob der,
		    const uint8_t sha256[SHA256_SIZE], bool verified,
		    struct certificate *ret_cert)
{
	AUTO(str) char *why = NULL, *again = NULL;
	int e;

	if (r == NULL || der.n > LIMIT_CERTIFICATE_BYTES) {
		x509_decode_hashed(der, sha256, verified, ret_cert);
		return 0;
	}
	e = decode_there(r, der, sha256, verified, ret_cert, &why);
	/* Somebody may have killed it: once more.  */
	if (e < 0 && why != NULL)
		e = decode_there(r, der, sha256, verified, ret_cert, &again);
	if (e < 0 && again != NULL) {
		struct certificate c = { .der = der, .error = TAKE(again) };

		memcpy(c.sha256, sha256, SHA256_SIZE);
		hash_sha1(der, c.sha1);
		*ret_cert = c;
		e = 0;
	}
	return e;
}

static int verify_there(struct readings *r, struct blob child,
			struct blob issuer, int *ret_verified, char **ret_why)
{
	struct wire message;
	struct worker *w;
	struct buf *out;
	uint64_t offset;
	int64_t verified;
	int e = get_worker(r, SLOT_CHECKS, 0, &w);

	if (e < 0)
		return e;
	out = channel_begin(&w->channel, JOB_VERIFY);
	wire_put_bytes(out, child);
	wire_put_bytes(out, issuer);
	e = answer_of(r, JOB_VERIFIED, &message, ret_why);
	if (e < 0)
		return e;
	verified = wire_get_i64(&message, INT32_MIN, 1);
	e = wire_end(&message);
	if (e == 0 && verified < 0 && verified != -EINVAL &&
	    verified != -ENOTSUP)
		e = -EBADMSG;
	if (e < 0)
		*ret_why = bury(r, SLOT_CHECKS, e, &offset);
	else
		*ret_verified = (int)verified;
	return e;
}

int readings_verify(struct readings *r, struct blob child, struct blob issuer)
{
	AUTO(str) char *why = NULL, *again = NULL;
	int e, verified = 0;

	if (r == NULL || child.n > LIMIT_CERTIFICATE_BYTES ||
	    issuer.n > LIMIT_CERTIFICATE_BYTES)
		return x509_verify(child, issuer);
	e = verify_there(r, child, issuer, &verified, &why);
	if (e < 0 && why != NULL)
		e = verify_there(r, child, issuer, &verified, &again);
	if (e < 0 && again != NULL) {
		r->deaths++;
		return -ENOTSUP;
	}
	return e < 0 ? e : verified;
}

/* ---- packages ----------------------------------------------------------------*/

int readings_unpack(struct readings *r, int fd, const struct package_sink *sink,
		    void *data, char **ret_error)
{
	struct worker *w;
	uint64_t offset;
	int e, host_error;

	*ret_error = NULL;
	if (!package_supported())
		return -ENOTSUP;
	if (r == NULL)
		return package_unpack(fd, sink, data, ret_error);
	if (!r->packages)
		die("readings that were not opened for packages");
	e = get_worker(r, SLOT_PACKAGE, 0, &w);
	if (e < 0)
		return e;
	w->channel.cpu_limit *= LIMIT_UNPACK_TIMES;
	w->channel.wall_limit *= LIMIT_UNPACK_TIMES;
	e = unpack_hear(&w->channel, fd, sink, data, &host_error, ret_error);
	if (e == 0 || host_error < 0) {
		stop(r, SLOT_PACKAGE);
		return host_error < 0 ? host_error :
		       *ret_error != NULL ? -EINVAL : 0;
	}
	free(*ret_error);
	*ret_error = bury(r, SLOT_PACKAGE, e, &offset);
	return -EINVAL;
}
