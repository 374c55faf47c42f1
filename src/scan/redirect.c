/* redirect.c -- records who is pointed at another store, and to which.
 *
 * A target that the catalogue knows as a store is that store; any other is
 * read as one of the kinds that data/redirections names for it, so that its
 * certificates are in the inventory like all others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/redirect.h"

/* ---- where stores are ----------------------------------------------------*/

void store_places_add(struct store_places *s, const struct place *place,
		      int64_t store)
{
	if (place->error < 0)
		return;
	grow(&s->items, s->n, &s->cap, sizeof(*s->items));
	s->items[s->n++] = (struct store_place){
		.path = xstrdup(place->path),
		.real_path = xstrdup(place->real_path),
		.kind = xstrdup(place->definition->kind),
		.store = store,
	};
}

void store_places_done(struct store_places *s)
{
	for (size_t k = 0; k < s->n; k++) {
		free(s->items[k].path);
		free(s->items[k].real_path);
		free(s->items[k].kind);
	}
	free(s->items);
	*s = (struct store_places){ .n = 0 };
}

/* The store at PATH, which really is at REAL_PATH: one of that very name if
 * there is one, the first that was recorded otherwise.  0: none.  */
static int64_t find_store(const struct store_places *s, const char *path,
			  const char *real_path)
{
	int64_t store = 0;

	for (size_t k = 0; k < s->n; k++) {
		const struct store_place *p = &s->items[k];

		if (strcmp(p->real_path, real_path) != 0)
			continue;
		if (strcmp(p->path, path) == 0)
			return p->store;
		if (store == 0)
			store = p->store;
	}
	return store;
}

/* ---- targets -------------------------------------------------------------*/

struct recording {
	struct pass *pass;
	struct store_places *stores;
	struct composition *composition;
	struct stored_redirection *rows;
	char **real_paths;		/* of the rows */
	char **paths;			/* likewise, tidied */
};

/* The first of the rule's kinds that is made of what is there: a file or a
 * directory.  NULL: none.  */
static const struct store_definition *
fitting_kind(const struct catalogue *c, const char *kinds, bool directory)
{
	while (kinds != NULL && *kinds != '\0') {
		size_t n = strcspn(kinds, " ");
		AUTO(str) char *kind = xstrndup(kinds, n);
		const struct store_definition *d = catalogue_store(c, kind);

		if ((d->selection != SELECT_FILE) == directory)
			return d;
		kinds += n + (kinds[n] == ' ');
	}
	return NULL;
}

/* Reads the target as a store of its own.  */
static int add_store(struct recording *rec, const struct redirection *r,
		     const char *path, const char *real_path,
		     const struct file_id *id, int64_t *ret_store)
{
	const struct scan_options *o = rec->pass->options;
	const struct place place = {
		.definition = fitting_kind(o->catalogue, r->rule->stores,
					   S_ISDIR(id->mode)),
		.path = path,
		.real_path = real_path,
		.instance = "/",
		.owner = r->owner,
		.id = *id,
	};
	int e;

	if (place.definition == NULL) {
		*ret_store = 0;
		return 0;
	}
	e = store_scan(rec->pass, &place, ret_store);
	if (e < 0)
		return e;
	store_places_add(rec->stores, &place, *ret_store);
	composition_store(rec->composition, place.definition->kind, "/",
			  r->owner, *ret_store, true);
	return 0;
}

/* PATH with single slashes and none at the end; the caller frees.  */
static char *tidy(const char *path)
{
	char *copy = xmalloc(strlen(path) + 1), *to = copy;

	for (; *path != '\0'; path++)
		if (*path != '/' || to == copy || to[-1] != '/')
			*to++ = *path;
	if (to > copy + 1 && to[-1] == '/')
		to--;
	*to = '\0';
	return copy;
}

static int take_target(struct recording *rec, const struct redirection *r,
		       size_t k)
{
	const struct root *root = rec->pass->options->root;
	struct stored_redirection *row = &rec->rows[k];
	struct file_id id;
	int e;

	rec->paths[k] = tidy(r->target);
	row->target = rec->paths[k];
	e = file_stat(root, row->target, &id);
	if (e == 0)
		e = file_real_path(root, row->target, &rec->real_paths[k]);
	if (e < 0) {
		row->present = e == -ENOENT || e == -ENOTDIR ? 0 : -1;
		if (row->present < 0)
			row->note = strerror(-e);
		return 0;
	}
	row->real_path = rec->real_paths[k];
	row->present = 1;
	if (r->rule->stores == NULL)
		return 0;
	row->store = find_store(rec->stores, row->target, row->real_path);
	if (row->store != 0)
		return 0;
	return add_store(rec, r, row->target, row->real_path, &id, &row->store);
}

/* ---- problems ------------------------------------------------------------*/

/* They are about settings, not about what is in a store: verdicts stay as
 * certain as they were, unless settings of anybody may be missing.  */
static int record_problem(struct inventory *i,
			  const struct redirection_problem *p)
{
	struct stored_problem problem = {
		.path = p->path,
		.code = p->limit ? PROBLEM_LIMIT : PROBLEM_MALFORMED,
		.message = p->message,
		.skipped = !p->unsure,
	};
	AUTO(str) char *reason = NULL;

	if (p->error < 0) {
		problem.code = p->error == -ENOTREG || p->error == -EPSEUDO
			       ? PROBLEM_NOT_REGULAR : PROBLEM_UNREADABLE;
		reason = xasprintf("%s: what it sets is not known",
				   error_words(p->error));
		if (p->message == NULL)
			problem.message = reason;
	}
	return inventory_scan_problem(i, &problem);
}

/* ---- all -----------------------------------------------------------------*/

static int record(struct recording *rec, const struct redirections *found)
{
	int r = 0;

	for (size_t k = 0; k < found->n && r == 0; k++) {
		const struct redirection *f = &found->items[k];

		rec->rows[k] = (struct stored_redirection){
			.source = f->source, .path = f->path, .line = f->line,
			.via = f->via, .owner = f->owner, .program = f->of,
			.section = f->section, .name = f->name,
			.option = f->option, .value = f->value,
			.effect = f->rule->effect, .present = -1,
			.note = f->note, .processes = f->processes,
		};
		if (f->target != NULL)
			r = take_target(rec, f, k);
	}
	if (r == 0)
		r = inventory_redirections(rec->pass->inventory, rec->rows,
					   found->n);
	for (size_t k = 0; k < found->n_problems && r == 0; k++)
		r = record_problem(rec->pass->inventory, &found->problems[k]);
	return r;
}

int scan_redirections(struct pass *pass, const struct homes *homes,
		      struct store_places *stores, struct composition *c)
{
	const struct scan_options *o = pass->options;
	struct recording rec = {
		.pass = pass, .stores = stores, .composition = c,
	};
	struct redirections found;
	int r;

	redirections_find(o->root, o->catalogue, homes, &o->sources, &found);
	rec.rows = xcalloc(found.n + 1, sizeof(*rec.rows));
	rec.paths = xcalloc(found.n + 1, sizeof(*rec.paths));
	rec.real_paths = xcalloc(found.n + 1, sizeof(*rec.real_paths));
	r = record(&rec, &found);
	for (size_t k = 0; k < found.n; k++) {
		free(rec.paths[k]);
		free(rec.real_paths[k]);
	}
	free(rec.paths);
	free(rec.real_paths);
	free(rec.rows);
	redirections_done(&found);
	return r;
}
