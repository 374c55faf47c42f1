/* homes.c -- the homes of a root: where users and services keep stores.
 *
 * passwd(5) is not enough.  Offline there are users that only a directory
 * service knew, so what lies beside a person's home is a home too; services
 * are given one by their units; and containers have users without an entry.
 * On the live host getpwent(3) is asked instead of the file.
 *
 * What is surprising: many entries share a home, or name one that is a link
 * to another's.  Each real directory is kept once, under the name by which it
 * was found first: passwd's before all others.
 */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "locate/locate.h"

#define FIRST_PERSON	1000u	/* login.defs(5): UID_MIN everywhere */
#define NOBODY		65534u

/* Most homes are found twice, by passwd and beside another.  */
#define CANDIDATES_MAX	(4 * LIMIT_HOMES)

/* Directories that hold homes and much else: what lies beside such a home is
 * none.  */
static const char *const shared[] = {
	"/", "/dev", "/etc", "/mnt", "/opt", "/proc", "/run", "/sys", "/tmp",
	"/usr", "/usr/lib", "/usr/local", "/usr/share", "/var", "/var/lib",
	"/var/tmp",
};

/* The homes that passwd(5) gives to users who have none.  */
static const char *const none[] = {
	"/", "/bin", "/dev", "/proc", "/sbin", "/sys", "/usr/bin", "/usr/sbin",
};

struct candidate {
	struct home home;	/* owner NULL: not named yet */
	uint64_t dev, ino;
	size_t order;
};

struct listing {
	const struct root *root;
	bool live;
	struct users *asked;	/* NULL: not live */
	struct candidate *items;
	size_t n, cap;
	struct user *users;
	size_t n_users, cap_users;
	char *problem;		/* the first; NULL: none */
	size_t more;		/* how many behind it */
	bool full;		/* there were too many to look at */
};

static void add_problem(struct listing *l, const char *path, int error)
{
	const char *reason = error == -ENOTREG ? "not a regular file"
					       : strerror(-error);

	trouble_told(path);
	if (l->problem == NULL)
		l->problem = xasprintf("%s: %s", path, reason);
	else
		l->more++;
}

/* ---- users ---------------------------------------------------------------*/

static void add_user(struct listing *l, uint32_t uid, const char *name)
{
	grow(&l->users, l->n_users, &l->cap_users, sizeof(*l->users));
	l->users[l->n_users++] = (struct user){ uid, xstrdup(name) };
}

/* Directory services know users that they do not list.  */
char *live_user(uint32_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw != NULL ? xstrdup(pw->pw_name) : xasprintf("%u", uid);
}

/* Those of whom the live host was asked by number are kept.  */
static char *ask_user(struct users *asked, uint32_t uid)
{
	for (size_t i = 0; i < asked->n; i++)
		if (asked->items[i].uid == uid)
			return xstrdup(asked->items[i].name);
	grow(&asked->items, asked->n, &asked->cap, sizeof(*asked->items));
	asked->items[asked->n] = (struct user){ uid, live_user(uid) };
	return xstrdup(asked->items[asked->n++].name);
}

static char *find_user(const struct user *users, size_t n, struct users *asked,
		       uint32_t uid)
{
	for (size_t i = 0; i < n; i++)
		if (users[i].uid == uid)
			return xstrdup(users[i].name);
	return asked != NULL ? ask_user(asked, uid) : xasprintf("%u", uid);
}

static char *user_name(const struct listing *l, uint32_t uid)
{
	return find_user(l->users, l->n_users, l->asked, uid);
}

char *homes_user(const struct homes *h, uint32_t uid)
{
	return find_user(h->users, h->n_users, h->asked, uid);
}

/* ---- candidates ----------------------------------------------------------*/

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

static bool is_one_of(const char *path, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(path, list[i]) == 0)
			return true;
	return false;
}

/* PATH is a home when it is a directory.  OWNER NULL: whoever owns it.  */
static void add_home(struct listing *l, const char *path, const char *owner,
		     uint32_t uid)
{
	AUTO(str) char *home = tidy(path);
	struct file_id id;
	int e;

	if (home[0] != '/' || is_one_of(home, none, ARRAY_SIZE(none)))
		return;
	if (l->n >= CANDIDATES_MAX) {
		l->full = true;
		return;
	}
	e = file_stat(l->root, home, &id);
	if (e == -ENOENT || e == -ENOTDIR)
		return;
	if (e < 0) {
		add_problem(l, home, e);
		return;
	}
	if (!S_ISDIR(id.mode))
		return;
	grow(&l->items, l->n, &l->cap, sizeof(*l->items));
	l->items[l->n] = (struct candidate){
		.home.owner = owner != NULL ? xstrdup(owner) : NULL,
		.home.uid = owner != NULL ? uid : id.uid,
		.dev = id.dev,
		.ino = id.ino,
		.order = l->n,
	};
	l->items[l->n++].home.path = TAKE(home);
}

/* ---- passwd --------------------------------------------------------------*/

static void add_entry(struct listing *l, const char *name, uint32_t uid,
		      const char *home)
{
	add_user(l, uid, name);
	add_home(l, home, name, uid);
}

/* LINE is name:password:uid:gid:comment:home:shell; anything else, such as
 * the "+" of NIS, is passed over.  */
static void read_entry(struct listing *l, char *line)
{
	char *field[7];
	uint64_t uid;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++) {
		field[i] = strsep(&line, ":");
		if (field[i] == NULL)
			return;
	}
	if (field[0][0] == '\0' || field[0][0] == '+' || field[0][0] == '-' ||
	    number_parse(field[2], UINT32_MAX, &uid) < 0)
		return;
	add_entry(l, field[0], (uint32_t)uid, field[5]);
}

static void read_passwd(struct listing *l)
{
	AUTO(scanned) struct file f = { .mapped = false };
	const char *p, *end, *lf;
	int e = file_read(l->root, "/etc/passwd", LIMIT_FILE_BYTES, &f);

	if (e == -ENOENT)	/* an image without users */
		return;
	if (e < 0) {
		add_problem(l, "/etc/passwd", e);
		return;
	}
	end = (const char *)f.data.p + f.data.n;
	for (p = (const char *)f.data.p; p < end; p = lf + 1) {
		AUTO(str) char *line = NULL;

		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		if (l->n_users >= LIMIT_HOMES)
			break;
		line = xstrndup(p, (size_t)(lf - p));
		read_entry(l, line);
	}
}

static void ask_passwd(struct listing *l)
{
	const struct passwd *pw;

	setpwent();
	while (l->n_users < LIMIT_HOMES && (pw = getpwent()) != NULL)
		add_entry(l, pw->pw_name, pw->pw_uid, pw->pw_dir);
	endpwent();
}

/* Somebody who may not look into others' homes, on the live host.  */
static void own_homes(struct listing *l)
{
	const uid_t uid = geteuid();
	const struct passwd *pw = getpwuid(uid);
	const char *env = getenv("HOME");
	AUTO(str) char *name = NULL;

	if (pw != NULL)
		add_entry(l, pw->pw_name, uid, pw->pw_dir);
	name = user_name(l, uid);
	if (env != NULL && env[0] == '/')
		add_home(l, env, name, uid);
}

/* ---- beside them ---------------------------------------------------------*/

/* Names in a directory of homes that are no homes.  */
static bool is_no_home(const char *name)
{
	return name[0] == '.' || strcmp(name, "lost+found") == 0;
}

static void add_beside(struct listing *l, const char *parent)
{
	AUTO(names) char **names = NULL;
	size_t n;
	int e = file_names(l->root, parent, &names, &n);

	if (e < 0) {
		add_problem(l, parent, e);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		AUTO(str) char *path = xasprintf("%s/%s", parent, names[i]);

		if (!is_no_home(names[i]))
			add_home(l, path, NULL, 0);
	}
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What lies beside the homes of persons.  */
static void add_siblings(struct listing *l)
{
	char **parents = xcalloc(l->n + 1, sizeof(*parents));
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct home *h = &l->items[i].home;
		const char *slash = strrchr(h->path, '/');
		AUTO(str) char *parent = NULL;

		if (h->uid < FIRST_PERSON || h->uid == NOBODY ||
		    slash == h->path)
			continue;
		parent = xstrndup(h->path, (size_t)(slash - h->path));
		if (!is_one_of(parent, shared, ARRAY_SIZE(shared)))
			parents[n++] = TAKE(parent);
	}
	qsort(parents, n, sizeof(*parents), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(parents[i - 1], parents[i]) != 0)
			add_beside(l, parents[i]);
	names_free(parents);
}

static void add_unit_home(const char *path, const char *home, int error,
			  void *data)
{
	struct listing *l = data;

	if (home != NULL)
		add_home(l, home, NULL, 0);
	else
		add_problem(l, path, error);
}

static int add_match(const struct match *m, void *data)
{
	struct listing *l = data;
	const char *name = strrchr(m->path, '/') + 1;

	if (m->error < 0)
		add_problem(l, m->path, m->error);
	else if (!m->listed || !is_no_home(name))
		add_home(l, m->path, NULL, 0);
	return 0;
}

static void add_service_homes(struct listing *l, const struct catalogue *c)
{
	struct patterns *p = patterns_new();

	for (char **home = c->service_homes; *home != NULL; home++)
		patterns_add(p, *home, 0);
	patterns_expand(p, l->root, NULL, add_match, l);
	patterns_free(p);
}

/* ---- the list ------------------------------------------------------------*/

static int compare_places(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int compare_order(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct home *)a)->path,
		      ((const struct home *)b)->path);
}

/* Keeps the first of each real directory.  */
static void remove_repeated(struct listing *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->items, l->n, sizeof(*l->items), compare_places);
	for (size_t i = 1; i < l->n; i++) {
		struct candidate *c = &l->items[i];

		if (c->dev == l->items[kept].dev &&
		    c->ino == l->items[kept].ino) {
			free(c->home.path);
			free(c->home.owner);
		} else {
			l->items[++kept] = *c;
		}
	}
	l->n = kept + 1;
}

static void list_take(struct listing *l, struct homes *ret_homes)
{
	struct homes h = { .problem = NULL };
	size_t n;

	remove_repeated(l);
	/* Past the limit passwd's have precedence over what was only found. */
	if (l->n != 0)
		qsort(l->items, l->n, sizeof(*l->items), compare_order);
	n = l->n < LIMIT_HOMES ? l->n : LIMIT_HOMES;
	h.items = xcalloc(n, sizeof(*h.items));
	h.n = n;
	for (size_t i = 0; i < n; i++) {
		h.items[i] = l->items[i].home;
		if (h.items[i].owner == NULL)
			h.items[i].owner = user_name(l, h.items[i].uid);
	}
	for (size_t i = n; i < l->n; i++) {
		free(l->items[i].home.path);
		free(l->items[i].home.owner);
	}
	if (n != 0)
		qsort(h.items, n, sizeof(*h.items), compare_paths);
	if (l->n > n || l->n_users >= LIMIT_HOMES || l->full)
		h.problem = xasprintf("more than LIMIT_HOMES (%u) homes",
				      LIMIT_HOMES);
	else if (l->more != 0)
		h.problem = xasprintf("%s (and %zu more)", l->problem, l->more);
	else
		h.problem = TAKE(l->problem);
	*ret_homes = h;
}

int homes_list(const struct root *r, const struct catalogue *c,
	       struct homes *ret_homes)
{
	struct listing l = { .root = r, .live = root_is_host(r) };

	if (l.live)
		l.asked = xcalloc(1, sizeof(*l.asked));
	if (l.live && geteuid() != 0) {
		own_homes(&l);
	} else {
		if (l.live)
			ask_passwd(&l);
		else
			read_passwd(&l);
		add_siblings(&l);
		units_each_home(r, add_unit_home, &l);
		add_service_homes(&l, c);
	}
	list_take(&l, ret_homes);
	ret_homes->users = l.users;
	ret_homes->n_users = l.n_users;
	ret_homes->asked = l.asked;

	free(l.items);
	free(l.problem);
	return 0;
}

/* What only the live host's name service knows.  */
void homes_key(const struct root *r, struct buf *b)
{
	const struct passwd *pw;

	if (!root_is_host(r))
		return;
	if (geteuid() != 0) {
		const char *env = getenv("HOME");

		pw = getpwuid(geteuid());
		buf_addf(b, "%s:%s:%s\n", pw != NULL ? pw->pw_name : "",
			 pw != NULL ? pw->pw_dir : "", env != NULL ? env : "");
		return;
	}
	setpwent();
	for (size_t n = 0; n <= LIMIT_HOMES && (pw = getpwent()) != NULL; n++)
		buf_addf(b, "%s:%u:%s\n", pw->pw_name, pw->pw_uid, pw->pw_dir);
	endpwent();
}

void homes_done(struct homes *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free(h->items[i].path);
		free(h->items[i].owner);
	}
	for (size_t i = 0; i < h->n_users; i++)
		free(h->users[i].name);
	for (size_t i = 0; h->asked != NULL && i < h->asked->n; i++)
		free(h->asked->items[i].name);
	if (h->asked != NULL)
		free(h->asked->items);
	free(h->asked);
	free(h->users);
	free(h->items);
	free(h->problem);
	*h = (struct homes){ .items = NULL };
}
