/* scan.c -- one pass over a root: every store that the walk finds is read and
 * recorded, and the relying parties that exist are composed of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/utsname.h>

#include "scan/store.h"
#include "scan/compose.h"
#include "scan/redirect.h"

#ifndef PACKAGE_VERSION
#error "build with config.h"
#endif

struct walk_state {
	struct pass *pass;
	struct composition *composition;
	struct store_places *stores;
};

static int take_place(const struct place *place, void *data)
{
	struct walk_state *w = data;
	int64_t store;
	int r;

	if (place->definition->secret && place->error < 0)
		return 0;
	r = store_scan(w->pass, place, &store);
	if (r < 0)
		return r;
	composition_store(w->composition, place->definition->kind,
			  place->instance, place->owner, store,
			  place->error == 0);
	store_places_add(w->stores, place, store);
	return 0;
}

static int take_program(const struct party_definition *party,
			const char *instance, const char *owner, void *data)
{
	struct walk_state *w = data;

	composition_program(w->composition, party, instance, owner);
	return 0;
}

/* The value of KEY= in an os-release file, without quotes (os-release(5));
 * the caller frees, NULL: not there.  */
static char *release_value(struct blob text, const char *key)
{
	const char *line = (const char *)text.p, *end = line + text.n;
	size_t n = strlen(key);

	while (line < end) {
		const char *eol = memchr(line, '\n', end - line);
		const char *last = eol ? eol : end;

		if ((size_t)(last - line) > n && memcmp(line, key, n) == 0 &&
		    line[n] == '=') {
			line += n + 1;
			if (last - line >= 2 && (*line == '"' || *line == '\'') &&
			    last[-1] == *line)
				line++, last--;
			return utf8_text(line, last - line);
		}
		line = eol ? eol + 1 : end;
	}
	return NULL;
}

/* What the root says its host is.  Strings owned by the caller.  */
static void host_facts(const struct root *root, char **ret_name, char **ret_os)
{
	static const char *const releases[] = {
		"/etc/os-release", "/usr/lib/os-release",
	};
	AUTO(scanned) struct file name = { 0 };
	struct utsname uts;
	size_t k;

	*ret_name = *ret_os = NULL;
	if (root_is_host(root) && uname(&uts) == 0) {
		*ret_name = xstrdup(uts.nodename);
	} else if (file_read(root, "/etc/hostname", LIMIT_PATH_BYTES,
			     &name) == 0) {
		size_t n = name.data.n;
		const char *p = (const char *)name.data.p;

		while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == ' '))
			n--;
		if (n > 0)
			*ret_name = utf8_text(p, n);
	}
	for (k = 0; k < ARRAY_SIZE(releases) && !*ret_os; k++) {
		AUTO(scanned) struct file f = { 0 };

		if (file_read(root, releases[k], LIMIT_COPIED_BYTES, &f) == 0)
			*ret_os = release_value(f.data, "PRETTY_NAME");
	}
}

/* What nobody has told: those who looked took it for not being there.  */
static int tell_troubles(struct pass *pass)
{
	const struct trouble *t;
	const size_t n = troubles_list(&t);
	int r = 0;

	for (size_t k = 0; k < n && r == 0; k++) {
		AUTO(str) char *message = xasprintf(
			"could not be looked at (%s), so that something may "
			"be missing: scan again", strerror(-t[k].error));
		const struct stored_problem problem = {
			.path = t[k].path, .code = PROBLEM_UNREADABLE,
			.message = message };

		r = inventory_scan_problem(pass->inventory, &problem);
	}
	return r;
}

static int scan_everything(struct pass *pass)
{
	const struct scan_options *o = pass->options;
	struct store_places stores = { .n = 0 };
	struct composition *composition;
	struct walk_state walk;
	struct homes homes = { 0 };
	struct looks *looks;
	int r;

	r = homes_list(o->root, o->catalogue, &homes);
	if (r < 0)
		return r;
	if (homes.problem) {
		struct stored_problem problem = {
			.path = "/etc/passwd", .code = PROBLEM_UNREADABLE,
			.message = homes.problem };

		r = inventory_scan_problem(pass->inventory, &problem);
	}
	pass->homes = &homes;
	composition = composition_new(o->catalogue);
	walk = (struct walk_state){ pass, composition, &stores };
	if (r == 0)
		r = walk_stores(o->root, o->catalogue, &homes, take_place,
				&walk);
	if (r == 0)
		r = walk_programs(o->root, o->catalogue, &homes, take_program,
				  &walk);
	if (r == 0)
		r = scan_redirections(pass, &homes, &stores, composition);
	if (r == 0)
		r = scan_found(pass);
	pass_done(pass);		/* no file is read any more */
	if (r == 0)
		r = scan_directories(pass);
	looks = TAKE(pass->root.looks);	/* what follows is no part of them */
	if (r == 0)
		r = scan_provenance(pass);
	if (r == 0 && looks != NULL)
		r = unchanged_keep(pass, &homes, looks);
	looks_free(looks);
	if (r == 0)
		r = tell_troubles(pass);
	if (r == 0)
		r = scan_missing_issuers(pass);
	if (r == 0)
		r = composition_record(composition, pass->inventory);
	composition_free(composition);
	store_places_done(&stores);
	homes_done(&homes);
	return r;
}

int scan_check_catalogue(const struct catalogue *catalogue, char **ret_error)
{
	for (size_t k = 0; k < catalogue->n_stores; k++) {
		const struct store_definition *d = &catalogue->stores[k];
		const char *word = d->format;

		while (*word) {
			size_t n = strcspn(word, " ");
			AUTO(str) char *name = xstrndup(word, n);

			if (n > 0 && !reader_find(name)) {
				*ret_error = xasprintf(
					"%s: store %s: there is no reader %s; see trustdrift show formats",
					d->defined_in, d->kind, name);
				return -EINVAL;
			}
			word += n + (word[n] == ' ');
		}
	}
	return 0;
}

/* File systems that do not answer are not gone into, and that is said; what a
 * verdict needs of them is a problem of its store besides.  */
static int avoid_mounts(struct pass *pass, char *const *points)
{
	const char *root = pass->options->root->path;
	const size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	int r = 0;

	for (; r == 0 && *points != NULL; points++) {
		struct stored_problem problem = {
			.path = *points + n, .code = PROBLEM_UNREADABLE,
			.message = "this file system does not answer: nothing "
				   "beneath was looked at",
			.skipped = true };

		if (strncmp(*points, root, n) == 0 && (*points)[n] == '/')
			r = inventory_scan_problem(pass->inventory, &problem);
	}
	return r;
}

/* ASKED: what mounts_unanswered() said.  */
static int tell_unasked(struct pass *pass, int asked)
{
	AUTO(str) char *message = asked > 0 ?
		xasprintf("more than LIMIT_MOUNTS (%u) file systems: the others were "
			  "not asked whether they answer", LIMIT_MOUNTS) :
		xasprintf("%s: file systems were not asked whether they answer",
			  strerror(-asked));
	const struct stored_problem problem = {
		.path = "/proc/self/mountinfo", .skipped = true,
		.code = asked > 0 ? PROBLEM_LIMIT : PROBLEM_UNREADABLE,
		.message = message };

	/* Where there is no /proc nothing is mounted that could be asked.  */
	return asked == 0 || asked == -ENOENT ? 0 :
	       inventory_scan_problem(pass->inventory, &problem);
}

/* ALL_ANSWER: file systems do.  */
static int scan_or_repeat(struct pass *pass, bool all_answer)
{
	const bool asked = unchanged_is_asked(pass, all_answer);
	int r = asked ? scan_unchanged(pass) : 0;

	if (r > 0) {
		r = tell_troubles(pass);
		return r < 0 ? r : scan_missing_issuers(pass);
	}
	if (r < 0)
		return r;
	pass->complete = *pass->options;
	pass->root = *pass->options->root;
	pass->complete.root = &pass->root;
	if (pass->complete.catalogue == NULL)
		r = pass->complete.load(pass->complete.load_data,
					&pass->complete.catalogue);
	if (r < 0)
		return r;
	pass->options = &pass->complete;
	if (asked)
		unchanged_begin(pass);
	return scan_everything(pass);
}

int scan_run(struct inventory *i, const struct scan_options *options,
	     struct scan_result *ret_result)
{
	AUTO(str) char *host_name = NULL;
	AUTO(str) char *host_os = NULL;
	AUTO(names) char **dead = NULL;
	size_t n_dead;
	struct pass pass = {
		.inventory = i, .options = options,
		.readings = options->readings, .made = time(NULL) };
	struct scan_info info = {
		.root = options->root->path, .now = options->now,
		.made = pass.made, .tool = PACKAGE_VERSION,
		.warn_days = options->warn_days };
	int asked, r;

	troubles_forget();
	readings_begin_scan(options->readings);
	asked = mounts_unanswered(LIMIT_MOUNT_MS, &dead, &n_dead);
	if (asked >= 0)
		beneath_avoid(dead);
	host_facts(options->root, &host_name, &host_os);
	info.host_name = host_name;
	info.host_os = host_os;
	r = inventory_begin(i, &info, &pass.result.scan);
	if (r == 0)
		r = tell_unasked(&pass, asked);
	if (r == 0 && dead != NULL)
		r = avoid_mounts(&pass, dead);
	if (r == 0)
		r = scan_or_repeat(&pass, dead == NULL || *dead == NULL);
	beneath_avoid(NULL);
	looks_free(pass.root.looks);
	pass_done(&pass);
	roots_done(&pass.roots);
	inodes_done(&pass.inodes);
	if (r < 0)
		return r;
	*ret_result = pass.result;
	return 0;
}
