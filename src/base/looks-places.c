/* looks-places.c -- where the paths lead that a pass looked at: step by step, and each
 * step once.  The links on the way become names that were looked at, and what is left
 * are names in directories without links.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/looks-write.h"

#define LINKS_MAX	40	/* the kernel's own bound */

static const struct look_place nowhere = { NOWHERE, NOWHERE };

/* ---- names in groups ---------------------------------------------------------*/

char *looks_text(struct blob b)
{
	return xstrndup((const char *)b.p, b.n);
}

char *looks_beneath(const char *real, const char *name)
{
	return xasprintf("%s/%s", real[1] != '\0' ? real : "", name);
}

uint32_t looks_group(struct looks_writing *w, const char *real)
{
	bool is_new;
	const uint32_t k = looks_table_add(&w->paths, real, strlen(real),
					   &is_new);

	if (is_new) {
		grow(&w->groups, w->n_groups, &w->cap_groups,
		     sizeof(*w->groups));
		w->groups[w->n_groups++] = (struct look_group){
			.path = xstrdup(real) };
	}
	return k;
}

uint32_t looks_name(struct looks_writing *w, const char *name)
{
	bool is_new;

	return looks_table_add(&w->names, name, strlen(name), &is_new);
}

void looks_item(struct looks_writing *w, uint32_t group, uint32_t name,
		uint32_t what)
{
	grow(&w->items, w->n_items, &w->cap_items, sizeof(*w->items));
	w->items[w->n_items++] = (struct look_item){ group, name, what };
}

const struct file_id *looks_id(const struct looks_writing *w,
			       const struct look_item *item)
{
	const uint32_t k = (item->what & ~OWN) - 1;

	return item->what & OWN ? &w->own[k] : &w->looks->present[k].id;
}

/* What was looked at here, ID.  */
static void add_own(struct looks_writing *w, uint32_t group, uint32_t name,
		    const struct file_id *id)
{
	grow(&w->own, w->n_own, &w->cap_own, sizeof(*w->own));
	w->own[w->n_own++] = *id;
	looks_item(w, group, name, OWN | (uint32_t)w->n_own);
}

/* ---- paths -------------------------------------------------------------------*/

static int walk(struct looks_writing *w, uint32_t from, const char *text,
		struct look_place *ret_place);

/* Where NAME in GROUP leads, which is a link.  */
static int walk_link(struct looks_writing *w, uint32_t group, const char *name,
		     struct look_place *ret_place)
{
	AUTO(str) char *path = looks_beneath(w->groups[group].path, name);
	AUTO(str) char *target = NULL;

	if (w->links++ == LINKS_MAX ||
	    file_readlink(w->root, path, &target) < 0)
		return -EAGAIN;
	return walk(w, target[0] == '/' ? looks_group(w, "/") : group, target,
		    ret_place);
}

static int step_anew(struct looks_writing *w, uint32_t group, const char *name,
		     struct look_place *ret_place)
{
	AUTO(str) char *path = looks_beneath(w->groups[group].path, name);
	const uint32_t number = looks_name(w, name);
	struct file_id id;
	int r = file_lstat(w->root, path, &id);

	if (r == -EACCES) {
		*ret_place = (struct look_place){ REFUSED, NOWHERE };
		return 0;
	}
	if (r == -ENOENT) {
		*ret_place = nowhere;
		looks_item(w, group, number, NOT_THERE);
		return 0;
	}
	if (r < 0)
		return -EAGAIN;
	if (S_ISDIR(id.mode)) {
		*ret_place = (struct look_place){ looks_group(w, path),
						  NOWHERE };
		return 0;
	}
	/* Nobody knows how it was when the pass looked, if it changed since.  */
	if (file_is_young(&id, w->looks->since_ns))
		return -EAGAIN;
	*ret_place = (struct look_place){ group, number };
	add_own(w, group, number, &id);
	return S_ISLNK(id.mode) ? walk_link(w, group, name, ret_place) : 0;
}

/* From the directory GROUP to NAME; each step is made once.  */
int looks_step(struct looks_writing *w, uint32_t group, const char *name,
	       struct look_place *ret_place)
{
	const struct look_at at = { group, looks_name(w, name) };
	bool is_new;
	const uint32_t k = looks_table_add(&w->stepped, &at, sizeof(at),
					   &is_new);
	int r = 0;

	/* Paths that met nobody as they were named may meet where they lead.  */
	if (w->paths.crowded || w->stepped.crowded || w->names.crowded)
		return -EAGAIN;
	if (is_new) {
		/* A loop of links comes here again meanwhile.  */
		grow(&w->steps, w->n_steps, &w->cap_steps, sizeof(*w->steps));
		w->steps[w->n_steps++] = nowhere;
		r = step_anew(w, group, name, ret_place);
		w->steps[k] = r == 0 ? *ret_place : nowhere;
	}
	*ret_place = w->steps[k];
	return r;
}

static uint32_t above(struct looks_writing *w, uint32_t group)
{
	AUTO(str) char *path = xstrdup(w->groups[group].path);

	*strrchr(path, '/') = '\0';
	return looks_group(w, *path != '\0' ? path : "/");
}

/* A directory that a path ENTERED, and comes out of again, has to be there.  */
static int step_up(struct looks_writing *w, bool entered,
		   struct look_place *place)
{
	struct file_id id;

	if (entered) {
		if (file_lstat(w->root, w->groups[place->group].path, &id) < 0 ||
		    !S_ISDIR(id.mode))
			return -EAGAIN;
		add_own(w, place->group, looks_name(w, "."), &id);
	}
	place->group = above(w, place->group);
	return 0;
}

/* From the directory FROM along TEXT.  */
static int walk(struct looks_writing *w, uint32_t from, const char *text,
		struct look_place *ret_place)
{
	struct look_place place = { from, NOWHERE };
	bool entered = false;		/* the directory, since the last ".." */
	int r = 0;

	while (r == 0 && place.group < REFUSED) {
		AUTO(str) char *name = NULL;
		size_t n;

		text += strspn(text, "/");
		n = strcspn(text, "/");
		if (n == 0)
			break;
		name = xstrndup(text, n);
		text += n;
		if (place.name != NOWHERE)	/* nothing is beneath a file */
			place = nowhere;
		else if (strcmp(name, "..") == 0)
			r = step_up(w, entered, &place);
		else if (strcmp(name, ".") != 0)
			r = looks_step(w, place.group, name, &place);
		entered = strcmp(name, "..") != 0;
	}
	*ret_place = place;
	return r;
}

int looks_walk(struct looks_writing *w, const char *path,
	       struct look_place *ret_place)
{
	w->links = 0;
	return walk(w, looks_group(w, "/"), path, ret_place);
}

char *looks_path(const struct looks_writing *w, struct look_place place)
{
	AUTO(str) char *name = NULL;

	if (place.name == NOWHERE)
		return xstrdup(w->groups[place.group].path);
	name = looks_text(looks_table_get(&w->names, place.name));
	return looks_beneath(w->groups[place.group].path, name);
}
