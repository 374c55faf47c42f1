/* looks-write.c -- what was looked at becomes the bytes that looks-same.c asks again.
 *
 * That is done when the pass is over.  What is there was seen by the pass itself; what
 * is looked up here, where directories lie (looks-places.c) and when they changed, may
 * have become another meanwhile.  Then the change time is young, or what is found is
 * not what the pass saw, and in doubt nothing is kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/looks-write.h"

/* ---- what is there -----------------------------------------------------------*/

void look_put(struct buf *b, const struct file_id *id, struct file_id *before)
{
	wire_put_number(b, id->mode);
	wire_put_number(b, id->uid);
	wire_put_number(b, id->gid);
	wire_put_change(b, id->dev, before->dev);
	wire_put_change(b, id->ino, before->ino);
	wire_put_change(b, (uint64_t)id->size, 0);
	wire_put_change(b, (uint64_t)id->ctime_ns, (uint64_t)before->ctime_ns);
	wire_put_change(b, (uint64_t)id->mtime_ns, (uint64_t)id->ctime_ns);
	*before = *id;
}

/* Of directories and the like no more is kept than is compared.  */
static void put_id(struct buf *b, const struct file_id *id,
		   struct file_id *before)
{
	struct file_id kept = *id;

	if (!look_has_times(id->mode)) {
		kept.size = 0;
		kept.mtime_ns = kept.ctime_ns = before->ctime_ns;
	}
	look_put(b, &kept, before);
}

static void put_text(struct buf *b, const char *text, size_t n)
{
	wire_put_number(b, n);
	buf_add(b, text, n);
}

/* ---- what the pass looked at ---------------------------------------------------*/

static int resolve_directories(struct looks_writing *w)
{
	const size_t n = w->looks->directories.n;
	int r = 0;

	w->directories = xcalloc(n + 1, sizeof(*w->directories));
	for (size_t k = 0; k < n && r == 0; k++) {
		AUTO(str) char *path =
			looks_text(looks_table_get(&w->looks->directories, k));
		struct look_place place;

		r = looks_walk(w, path, &place);
		w->directories[k] = r == 0 && place.name == NOWHERE ?
				    place.group : NOWHERE;
	}
	return r;
}

/* What is missing of a directory was found when that was resolved.  */
static int add_absent(struct looks_writing *w)
{
	for (size_t k = 0; k < w->looks->absent.n; k++) {
		struct look_at at;

		memcpy(&at, looks_table_get(&w->looks->absent, k).p,
		       sizeof(at));
		if (w->directories[at.directory] == REFUSED)
			return -EAGAIN;
		if (w->directories[at.directory] != NOWHERE)
			looks_item(w, w->directories[at.directory], at.name,
				   NOT_THERE);
	}
	return 0;
}

static void add_error(struct looks_writing *w, const struct look *look)
{
	AUTO(str) char *directory = looks_text(
		looks_table_get(&w->looks->directories, look->at.directory));
	AUTO(str) char *name = looks_text(
		looks_table_get(&w->looks->names, look->at.name));
	AUTO(str) char *path = xasprintf("%s/%s", directory, name);

	put_text(&w->errors, path, strlen(path));
	wire_put_number(&w->errors, look->how);
	wire_put_number(&w->errors, look->follows);
	wire_put_number(&w->errors, (uint64_t)-look->error);
	w->n_errors++;
}

static int add_present(struct looks_writing *w)
{
	for (size_t k = 0; k < w->looks->n_present; k++) {
		const struct look *look = &w->looks->present[k];
		const uint32_t group = w->directories[look->at.directory];

		if (look->error < 0)
			add_error(w, look);
		else if (group >= REFUSED)
			return -EAGAIN;
		else
			looks_item(w, group, look->at.name, (uint32_t)k + 1);
	}
	return 0;
}

static int add_lists(struct looks_writing *w)
{
	w->n_lists = w->looks->n_lists;
	w->lists = xcalloc(w->n_lists + 1, sizeof(*w->lists));
	for (size_t k = 0; k < w->n_lists; k++) {
		const struct look_list *l = &w->looks->lists[k];
		const uint32_t group = w->directories[l->directory];

		if (group >= REFUSED)
			return -EAGAIN;
		w->lists[k] = (struct look_listing){
			.group = group, .filter = l->filter,
			.names = l->names, .ctime_ns = l->ctime_ns };
	}
	return 0;
}

/* ---- what they are themselves --------------------------------------------------*/

static int compare_groups(const void *a, const void *b)
{
	const struct look_group *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

/* What is not there comes first.  */
static int compare_items(const void *a, const void *b)
{
	const struct look_item *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if ((x->what == NOT_THERE) != (y->what == NOT_THERE))
		return x->what == NOT_THERE ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->what > y->what) - (x->what < y->what);
}

static int compare_lists(const void *a, const void *b)
{
	const struct look_listing *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->filter > y->filter) - (x->filter < y->filter);
}

/* By the paths of the groups, and what is in one by itself.  */
static void sort_all(struct looks_writing *w)
{
	struct look_group **sorted = xcalloc(w->n_groups + 1, sizeof(*sorted));
	size_t k;

	for (k = 0; k < w->n_groups; k++)
		sorted[k] = &w->groups[k];
	if (w->n_groups > 0)
		qsort(sorted, w->n_groups, sizeof(*sorted), compare_groups);
	for (k = 0; k < w->n_groups; k++)
		sorted[k]->rank = (uint32_t)k;
	for (k = 0; k < w->n_items; k++)
		w->items[k].group = w->groups[w->items[k].group].rank;
	for (k = 0; k < w->n_lists; k++)
		w->lists[k].group = w->groups[w->lists[k].group].rank;
	if (w->n_items > 0)
		qsort(w->items, w->n_items, sizeof(*w->items), compare_items);
	if (w->n_lists > 0)
		qsort(w->lists, w->n_lists, sizeof(*w->lists), compare_lists);
	for (k = 0; k < w->n_items; k++)
		w->items[k].group = (uint32_t)(sorted[w->items[k].group] -
					       w->groups);
	for (k = 0; k < w->n_lists; k++)
		w->lists[k].group = (uint32_t)(sorted[w->lists[k].group] -
					       w->groups);
	free(sorted);
}

/* LOOK, which is WHAT, was at NAME in GROUP, a link, and followed it: the link and what
 * is behind it take its place.  */
static int check_behind(struct looks_writing *w, uint32_t group, const char *name,
			const struct look *look, uint32_t what)
{
	AUTO(str) char *path = NULL;
	struct look_place place;
	int r;

	w->links = 0;
	r = looks_step(w, group, name, &place);
	if (r < 0 || place.group >= REFUSED)
		return -EAGAIN;
	path = looks_path(w, place);
	if (look->real != NULL && strcmp(look->real, path) != 0)
		return -EAGAIN;
	looks_item(w, place.group, place.name != NOWHERE ? place.name :
		   looks_name(w, "."), what);
	return 0;
}

/* ID is what NAME in GROUP is, where the look WHAT saw something.  1: it stays, 0:
 * others have taken its place.  */
static int check_present(struct looks_writing *w, uint32_t group, const char *name,
			 uint32_t what, const struct file_id *id)
{
	const struct look *look = &w->looks->present[what - 1];
	AUTO(str) char *path = NULL;

	if (look->follows && S_ISLNK(id->mode))
		return check_behind(w, group, name, look, what);
	if (look->id.dev != id->dev || look->id.ino != id->ino)
		return -EAGAIN;
	if (look->real == NULL)
		return 1;
	path = strcmp(name, ".") == 0 ? xstrdup(w->groups[group].path) :
	       looks_beneath(w->groups[group].path, name);
	return strcmp(look->real, path) == 0 ? 1 : -EAGAIN;
}

/* The same for one name in the directory FD.  */
static int check_item(struct looks_writing *w, int fd, const struct look_item *item)
{
	AUTO(str) char *name = looks_text(looks_table_get(&w->names, item->name));
	struct look_place place;
	struct file_id id;
	int r = look_named(fd, name, &id);

	if (item->what == NOT_THERE && r == -ENOENT)
		return 1;
	if (r < 0)
		return -EAGAIN;
	if (item->what != NOT_THERE)
		return item->what & OWN ? 1 :
		       check_present(w, item->group, name, item->what, &id);
	/* Something came meanwhile, or it is a link to what is not there.  */
	w->links = 0;
	r = looks_step(w, item->group, name, &place);
	return r < 0 || place.group != NOWHERE ? -EAGAIN : 0;
}

/* Looks at every name itself.  What is added meanwhile has been looked at, and what
 * something else has taken the place of stays as that.  */
static int check_items(struct looks_writing *w)
{
	const size_t n = w->n_items;
	struct descent descent;
	uint32_t before = NOWHERE;
	size_t kept = 0;
	int r = 0, fd = -1;

	sort_all(w);
	descent_begin(&descent, w->root);
	for (size_t k = 0; k < n && r >= 0; k++) {
		const struct look_item item = w->items[k];

		if (before != item.group)
			r = descent_open(&descent, w->groups[item.group].path,
					 &fd);
		before = item.group;
		if (r >= 0)
			r = check_item(w, fd, &item);
		w->items[k].group = r > 0 ? item.group : NOWHERE;
	}
	descent_end(&descent);
	for (size_t k = 0; k < w->n_items; k++)
		if (w->items[k].group != NOWHERE)
			w->items[kept++] = w->items[k];
	w->n_items = kept;
	return r < 0 ? -EAGAIN : 0;
}

/* ---- groups as bytes -----------------------------------------------------------*/

static size_t shared(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

/* Items from K to END that are not there; *ret_set is 1 + the number of the set, 0
 * when there are none.  Returns where they end.  */
static size_t put_set(struct looks_writing *w, size_t k, size_t end,
		      uint32_t *ret_set)
{
	AUTO(buf) struct buf b;
	uint32_t before = 0;
	bool is_new;

	*ret_set = 0;
	buf_init(&b, SIZE_MAX / 2);
	for (; k < end && w->items[k].what == NOT_THERE; k++) {
		const uint32_t name = w->items[k].name;

		if (b.n > 0 && name == before)
			continue;
		wire_put_number(&b, name - before);
		before = name;
	}
	if (b.n > 0)
		*ret_set = 1 + looks_table_add(&w->sets, b.p, b.n, &is_new);
	return k;
}

/* Items from K to END, which are there.  Two looks at one name saw the same, or
 * something changed between them.  */
static int put_present(struct looks_writing *w, size_t k, size_t end,
		       struct file_id *id_before)
{
	const struct look_item *before = NULL;
	AUTO(buf) struct buf b;
	size_t n = 0;

	buf_init(&b, SIZE_MAX / 2);
	for (; k < end; k++) {
		const struct look_item *item = &w->items[k];
		const struct file_id *id = looks_id(w, item);

		if (before != NULL && before->name == item->name) {
			if (!look_is_same(looks_id(w, before), id))
				return -EAGAIN;
			continue;
		}
		if (look_has_times(id->mode) &&
		    file_is_young(id, w->looks->since_ns))
			return -EAGAIN;
		wire_put_number(&b, item->name);
		put_id(&b, id, id_before);
		before = item;
		n++;
	}
	wire_put_number(&w->grouped, n);
	buf_add(&w->grouped, b.p, b.n);
	return 0;
}

/* Some of what is listed and of items.  */
struct part {
	size_t lists, lists_end, items, items_end;
};

static int put_lists(struct looks_writing *w, size_t k, size_t end)
{
	const struct look_listing *before = NULL;
	AUTO(buf) struct buf b;
	size_t n = 0;

	buf_init(&b, SIZE_MAX / 2);
	for (; k < end; k++) {
		const struct look_listing *l = &w->lists[k];

		if (before != NULL && before->filter == l->filter) {
			if (memcmp(before->names, l->names, SHA256_SIZE) != 0)
				return -EAGAIN;
			continue;
		}
		wire_put_number(&b, l->filter);
		buf_add(&b, l->names, SHA256_SIZE);
		before = l;
		n++;
	}
	wire_put_number(&w->grouped, n);
	buf_add(&w->grouped, b.p, b.n);
	return 0;
}

/* Does the change time of the directory FD, which is ID now, say that it has the
 * names that were seen?  */
static bool has_its_time(const struct looks_writing *w, int fd,
			 const struct file_id *id, const struct part *part)
{
	/* A server's clock may be slow, and ours be set.  */
	for (size_t k = part->lists; k < part->lists_end; k++)
		if (w->lists[k].ctime_ns != id->ctime_ns)
			return false;
	return !file_is_young(id, w->looks->since_ns) && look_keeps_times(fd);
}

/* G, which is FD and ID, with its PART.  */
static int put_group(struct looks_writing *w, const struct look_group *g,
		     int fd, struct file_id *id, const struct part *part,
		     const char *before, struct file_id *id_before)
{
	const size_t same = shared(before, g->path);
	uint32_t set;
	size_t k;

	if (!has_its_time(w, fd, id, part))
		id->ctime_ns = 0;
	id->size = 0;
	id->mtime_ns = id->ctime_ns;
	wire_put_number(&w->grouped, same);
	put_text(&w->grouped, g->path + same, strlen(g->path + same));
	look_put(&w->grouped, id, id_before);
	if (put_lists(w, part->lists, part->lists_end) < 0)
		return -EAGAIN;
	k = put_set(w, part->items, part->items_end, &set);
	wire_put_number(&w->grouped, set);
	w->n_grouped++;
	return put_present(w, k, part->items_end, id_before);
}

static uint32_t next_group(const struct looks_writing *w, const struct part *part)
{
	uint32_t group = NOWHERE;

	if (part->items_end < w->n_items)
		group = w->items[part->items_end].group;
	if (part->lists_end < w->n_lists &&
	    (group == NOWHERE ||
	     w->groups[w->lists[part->lists_end].group].rank <
	     w->groups[group].rank))
		group = w->lists[part->lists_end].group;
	return group;
}

static int put_groups(struct looks_writing *w)
{
	struct file_id id_before = { .ino = 0 };
	const char *before = "";
	struct descent descent;
	struct part part = { .items = 0 };
	uint32_t group;
	int r = 0;

	sort_all(w);
	descent_begin(&descent, w->root);
	while (r == 0 && (group = next_group(w, &part)) != NOWHERE) {
		const struct look_group *g = &w->groups[group];
		struct file_id id;
		int fd;

		part.items = part.items_end;
		part.lists = part.lists_end;
		while (part.items_end < w->n_items &&
		       w->items[part.items_end].group == group)
			part.items_end++;
		while (part.lists_end < w->n_lists &&
		       w->lists[part.lists_end].group == group)
			part.lists_end++;
		r = descent_open(&descent, g->path, &fd);
		if (r == 0)
			r = look_named(fd, "", &id);
		if (r == 0)
			r = put_group(w, g, fd, &id, &part, before, &id_before);
		before = g->path;
	}
	descent_end(&descent);
	return r < 0 ? -EAGAIN : 0;
}

/* ---- all -------------------------------------------------------------------------*/

static void put_table(struct buf *b, const struct looks_table *t)
{
	wire_put_number(b, t->n);
	for (size_t k = 0; k < t->n; k++) {
		const struct blob text = looks_table_get(t, k);

		put_text(b, (const char *)text.p, text.n);
	}
}

static void put_part(struct buf *b, size_t n, const struct buf *part)
{
	wire_put_number(b, n);
	buf_add(b, part->p, part->n);
}

static int put_all(const struct looks_writing *w, struct buf *b)
{
	wire_put_number(b, LOOKS_VERSION);
	put_table(b, &w->names);
	put_table(b, &w->looks->filters);
	put_table(b, &w->sets);
	put_part(b, w->n_errors, &w->errors);
	put_part(b, w->n_grouped, &w->grouped);
	return w->errors.truncated || w->grouped.truncated || b->truncated ?
	       -E2BIG : 0;
}

static void writing_init(struct looks_writing *w)
{
	bool is_new;

	looks_table_init(&w->names);
	looks_table_init(&w->paths);
	looks_table_init(&w->stepped);
	looks_table_init(&w->sets);
	buf_init(&w->errors, LIMIT_LOOKS_BYTES);
	buf_init(&w->grouped, LIMIT_LOOKS_BYTES);
	for (size_t k = 0; k < w->looks->names.n; k++) {
		const struct blob name = looks_table_get(&w->looks->names, k);

		looks_table_add(&w->names, name.p, name.n, &is_new);
	}
}

static void writing_done(struct looks_writing *w)
{
	for (size_t k = 0; k < w->n_groups; k++)
		free(w->groups[k].path);
	free(w->own);
	free(w->groups);
	free(w->items);
	free(w->lists);
	free(w->steps);
	free(w->directories);
	looks_table_done(&w->names);
	looks_table_done(&w->paths);
	looks_table_done(&w->stepped);
	looks_table_done(&w->sets);
	buf_done(&w->errors);
	buf_done(&w->grouped);
}

int looks_write(const struct looks *l, const struct root *root, struct buf *b)
{
	struct root r = *root;
	struct looks_writing w = { .looks = l, .root = &r };
	int e;

	if (l->lost)
		return -EAGAIN;
	r.looks = NULL;
	writing_init(&w);
	e = resolve_directories(&w);
	if (e == 0)
		e = add_absent(&w);
	if (e == 0)
		e = add_present(&w);
	if (e == 0)
		e = add_lists(&w);
	if (e == 0)
		e = check_items(&w);
	if (e == 0)
		e = put_groups(&w);
	if (e == 0)
		e = put_all(&w, b);
	writing_done(&w);
	return e;
}
