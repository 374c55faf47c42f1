/* crawl.c -- what a crawl found and no store of the catalogue has becomes a store
 * of the kind that the catalogue keeps for it, one for each file.
 *
 * Such a store is looked at in every later scan, too, whether that crawls or not:
 * it costs one stat, and a report would otherwise forget it until the next crawl.
 * It is also when it was not there for a while, as on a mount: only the end of the
 * history forgets it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

/* The catalogue's kind for finds; NULL: it has none.  */
static const struct store_definition *found_kind(const struct catalogue *c)
{
	for (size_t k = 0; k < c->n_stores; k++)
		if (c->stores[k].found)
			return &c->stores[k];
	return NULL;
}

/* ---- what is recorded ------------------------------------------------------*/

/* What was found by earlier crawls, by path.  It is looked at before what this one
 * finds, so that no number of new files takes its place.  */
struct known {
	struct known_file {
		char *path;
		bool taken;		/* it was looked at now ... */
		bool nothing;		/* ... and is no store any more */
	} *files;
	size_t n, cap;
};

static int take_known(const char *path, void *data)
{
	struct known *k = data;

	grow(&k->files, k->n, &k->cap, sizeof(*k->files));
	k->files[k->n++] = (struct known_file){ .path = xstrdup(path) };
	return 0;
}

static int compare_known(const void *path, const void *file)
{
	return strcmp(path, ((const struct known_file *)file)->path);
}

static const struct known_file *known_find(const struct known *k,
					   const char *path)
{
	return k->n == 0 ? NULL : bsearch(path, k->files, k->n,
					  sizeof(*k->files), compare_known);
}

static void known_done(struct known *k)
{
	for (size_t j = 0; j < k->n; j++)
		free(k->files[j].path);
	free(k->files);
}

/* ---- one file --------------------------------------------------------------*/

/* Whose home PATH lies in; "": in nobody's.  */
static const char *owner_of(const struct pass *pass, const char *path)
{
	for (size_t k = pass->homes->n; k-- > 0;) {
		const struct home *h = &pass->homes->items[k];
		const size_t n = strlen(h->path);

		if (n > 1 && strncmp(path, h->path, n) == 0 && path[n] == '/')
			return h->owner;
	}
	return "";
}

/* *ret_nothing: it was read, and is no store.  */
static int take_file(struct pass *pass, const struct store_definition *d,
		     const char *path, const struct file_id *id,
		     bool *ret_nothing)
{
	const struct place place = {
		.definition = d, .path = path, .real_path = path,
		.instance = "/", .owner = owner_of(pass, path), .id = *id };
	int64_t store = -1;
	int r;

	*ret_nothing = false;
	if (inodes_has(&pass->inodes, id))
		return 0;
	r = store_scan(pass, &place, &store);
	*ret_nothing = store == 0;
	return r;
}

/* ---- what could not be looked at -------------------------------------------*/

static int tell(struct pass *pass, const char *path, enum problem_code code,
		bool skipped, char *message)
{
	const struct stored_problem problem = {
		.path = path, .code = code, .message = message,
		.skipped = skipped };
	int r = inventory_scan_problem(pass->inventory, &problem);

	free(message);
	return r;
}

static int tell_problems(struct pass *pass, const struct crawl_result *c,
			 size_t left_out, size_t stopped)
{
	int r = 0;

	for (size_t k = 0; k < c->n_kept_problems && r == 0; k++)
		r = tell(pass, c->problems[k].path, PROBLEM_UNREADABLE, false,
			 xasprintf("not crawled: %s",
				   error_words(c->problems[k].error)));
	if (c->n_problems > c->n_kept_problems && r == 0)
		r = tell(pass, "/", PROBLEM_UNREADABLE, false,
			 xasprintf("%zu more directories and files were not "
				   "crawled%s",
				   c->n_problems - c->n_kept_problems,
				   geteuid() != 0 ? ": run as root" : ""));
	for (size_t k = 0; k < c->n_skips && r == 0; k++) {
		const struct crawl_skip *s = &c->skips[k];

		if (s->kind == MOUNT_REMOTE)
			r = tell(pass, s->path, PROBLEM_UNREADABLE, true,
				 xasprintf("not crawled: %s is no local file "
					   "system (--crawl-all goes in)",
					   s->type));
		else if (s->kind == MOUNT_UNKNOWN)
			r = tell(pass, s->path, PROBLEM_UNREADABLE, false,
				 xasprintf("not crawled: %s is in no table of "
					   "mounts, so that it may be no local file "
					   "system (--crawl-all goes in)", s->type));
		else if (s->kind == MOUNT_SNAPSHOT)
			r = tell(pass, s->path, PROBLEM_UNREADABLE, true,
				 xstrdup("not crawled: a snapshot that nobody can "
					 "write to (--crawl-all goes in)"));
		else
			log_verbose(s->kind == MOUNT_PSEUDO ?
				    "%s: not crawled: %s holds no files" :
				    "%s: not crawled: %s, seen elsewhere",
				    s->path, s->type);
	}
	if (stopped > 0 && r == 0)
		r = tell(pass, "/", PROBLEM_LIMIT, false,
			 xasprintf("the crawl was ended by a signal: %zu files "
				   "that it found were not looked at", stopped));
	else if (c->stopped && r == 0)
		r = tell(pass, "/", PROBLEM_LIMIT, false,
			 xasprintf("the crawl was ended by a signal after %zu "
				   "names: what it had not come to is not "
				   "known", c->names));
	if (c->cut && r == 0)
		r = tell(pass, "/", PROBLEM_LIMIT, true,
			 xasprintf("more than %u directories: the next crawl "
				   "lists all of them again",
				   LIMIT_CRAWL_DIRECTORIES));
	if (left_out > 0 && r == 0)
		r = tell(pass, "/", PROBLEM_LIMIT, false,
			 xasprintf("%zu files that crawls found are more than the "
				   "%u of root's and the %u of another user's that "
				   "are looked at: crawl parts of the tree "
				   "(--crawl DIR)", left_out, LIMIT_CRAWL_STORES,
				   LIMIT_USER_CRAWL_STORES));
	return r;
}

/* ---- all -------------------------------------------------------------------*/

static int head_of(struct blob head)
{
	return (int)magic_of(head);
}

/* Does a reader want to see the file beside it?  */
static bool has_companion(const char *path)
{
	for (const struct reader *const *r = readers; *r != NULL; r++)
		if ((*r)->companion.for_ending != NULL &&
		    has_suffix(path, (*r)->companion.for_ending))
			return true;
	return false;
}

/* Reads as many of what was found as are handed over at once: each by itself
 * would wait for an answer.  What has not changed will not be read.  */
static int read_ahead(struct pass *pass, const struct store_definition *d,
		      struct crawl_found *const *found, size_t n)
{
	struct wanted_file files[LIMIT_WIRE_FILES];
	size_t n_files = 0;

	for (size_t k = 0; k < n; k++)
		if (!found[k]->unchanged && !has_companion(found[k]->path) &&
		    !inodes_has(&pass->inodes, &found[k]->id))
			files[n_files++] = (struct wanted_file){
				.path = found[k]->path, .id = &found[k]->id };
	return n_files > 1 ? files_read(pass, d, files, n_files) : 0;
}

static int take_some(struct pass *pass, const struct store_definition *d,
		     struct crawl_found *const *found, size_t n)
{
	int r = read_ahead(pass, d, found, n);

	for (size_t k = 0; k < n && r >= 0; k++) {
		r = take_file(pass, d, found[k]->path, &found[k]->id,
			      &found[k]->nothing);
		found[k]->settled = true;
	}
	return r;
}

/* How many were looked at.  Users who have the same place here share it.  */
struct shares {
	unsigned of_root, of_users;
	unsigned of_each[1u << 12];
	size_t left_out;
	size_t stopped;		/* not looked at because the crawl is to end */
};

/* One user's files are not to keep others' from being looked at.  Those of root, and
 * of whoever runs this, have a share of their own.  */
static bool is_left_out(struct shares *s, const struct file_id *id)
{
	unsigned *one = &s->of_each[id->uid % ARRAY_SIZE(s->of_each)];
	const bool own = uid_is_own(id->uid);

	if (own ? s->of_root >= LIMIT_CRAWL_STORES :
	    s->of_users >= LIMIT_CRAWL_STORES ||
	    *one >= LIMIT_USER_CRAWL_STORES) {
		s->left_out++;
		return true;
	}
	if (own) {
		s->of_root++;
	} else {
		s->of_users++;
		++*one;
	}
	return false;
}

static int take_known_again(struct pass *pass, const struct store_definition *d,
			    struct known *known, struct shares *shares)
{
	int r = 0;

	for (size_t k = 0; k < known->n && r >= 0; k++) {
		struct known_file *f = &known->files[k];
		struct file_id id;
		const int e = file_lstat(pass->options->root, f->path, &id);

		if (e < 0 && e != -ENOENT && e != -ENOTDIR)
			r = tell(pass, f->path, PROBLEM_UNREADABLE, false,
				 xasprintf("found by an earlier crawl: %s",
					   error_words(e)));
		if (e < 0 || !S_ISREG(id.mode) || is_left_out(shares, &id))
			continue;
		r = take_file(pass, d, f->path, &id, &f->nothing);
		f->taken = true;
	}
	return r;
}

static bool is_to_end(const struct pass *pass)
{
	const struct crawl_options *o = pass->options->crawl;

	return o != NULL && o->stop != NULL && *o->stop;
}

static int take_found(struct pass *pass, const struct store_definition *d,
		      const struct crawl_result *c, const struct known *known,
		      struct shares *shares)
{
	struct crawl_found *some[LIMIT_WIRE_FILES];
	size_t n = 0;
	int r = 0;

	for (size_t k = 0; k < c->n_found && r >= 0; k++) {
		struct crawl_found *f = &c->found[k];
		const struct known_file *before = known_find(known, f->path);

		if (before != NULL && before->taken) {
			f->nothing = before->nothing;
			f->settled = true;
			continue;
		}
		/* What has not changed, and was no store, is none.  */
		if (f->nothing)
			continue;
		/* Who ended the listing wants what it found.  */
		if (!c->stopped && is_to_end(pass)) {
			shares->stopped++;
			continue;
		}
		if (is_left_out(shares, &f->id))
			continue;
		some[n++] = f;
		if (n < ARRAY_SIZE(some))
			continue;
		r = take_some(pass, d, some, n);
		n = 0;
	}
	return r < 0 ? r : take_some(pass, d, some, n);
}

static int crawl(struct pass *pass, struct crawl_result *ret)
{
	const struct scan_options *o = pass->options;
	struct crawl_options options = *o->crawl;
	AUTO(str) char *what = NULL;
	AUTO(buf) struct buf before;
	int r;

	options.made = pass->made;
	options.head = head_of;
	buf_init(&before, LIMIT_CRAWL_STATE_BYTES);
	what = crawl_question(&options);
	r = inventory_crawl_load(pass->inventory, what, &before);
	if (r < 0)
		return r;
	r = crawl_run(o->root, o->catalogue, &options, (struct blob){
		(const uint8_t *)before.p, before.n }, ret);
	if (r < 0)
		return tell(pass, "/", PROBLEM_UNREADABLE, false,
			    xasprintf("not crawled: /proc/self/mountinfo: %s",
				      error_words(r)));
	return r;
}

/* For the next crawl; only when all that was found has been read.  */
static int keep_state(struct pass *pass, struct crawl_result *c)
{
	AUTO(str) char *what = crawl_question(pass->options->crawl);

	crawl_settle(c);
	if (c->stopped || c->same)
		return 0;
	return inventory_crawl_save(pass->inventory, what, (struct blob){
		(const uint8_t *)c->state.p, c->state.n });
}

int scan_found(struct pass *pass)
{
	const struct scan_options *o = pass->options;
	const struct store_definition *d = found_kind(o->catalogue);
	struct crawl_result result = { .n_found = 0 };
	struct known known = { .n = 0 };
	struct shares *shares;
	int r;

	if (d == NULL)
		return 0;
	shares = xcalloc(1, sizeof(*shares));
	r = inventory_recorded_paths(pass->inventory, d->kind, take_known,
				     &known);
	if (r == 0 && o->crawl != NULL)
		r = crawl(pass, &result);
	if (r == 0)
		r = take_known_again(pass, d, &known, shares);
	if (r == 0)
		r = take_found(pass, d, &result, &known, shares);
	result.stopped |= shares->stopped > 0;
	if (r == 0 && result.next != NULL)
		r = keep_state(pass, &result);
	if (r == 0)
		r = tell_problems(pass, &result, shares->left_out,
				  shares->stopped);
	free(shares);
	pass->result.crawl_stopped = result.stopped;
	pass->result.crawled_names = result.names;
	pass->result.crawled_directories = result.directories;
	known_done(&known);
	crawl_result_done(&result);
	return r;
}
