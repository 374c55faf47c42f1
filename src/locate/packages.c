/* packages.c -- which package owns a file, asked of the package managers' own
 * databases: no program is run, so this works beneath any root.
 *
 * The question is turned round: all paths that are looked for are a hash table,
 * and each database is read once.  What is surprising: on a host whose /lib is
 * a link to /usr/lib the databases may still say /lib, so each path is looked
 * for under both names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "locate/packages.h"

struct wanted {
	char *path;
	size_t n;
	size_t index;		/* of the caller's */
	size_t next;		/* 1 + the next of this slot, 0: the last */
};

struct package_search {
	const struct root *root;
	struct wanted *wanted;
	size_t n, cap;
	size_t *slots;		/* 1 + index into wanted, 0: none */
	size_t mask;
	struct file_package *found;
	size_t n_found;
	package_problem_fn *problem;
	void *data;
};

static const struct manager {
	const char *name;
	/* Files and directories of the database; when none of them has
	 * changed, neither has who owns what.  */
	const char *const state[7];	/* NULL behind the last */
	manager_fn *search;
} managers[] = {
	{ "dpkg", { "/var/lib/dpkg/status", "/var/lib/dpkg/info",
		    "/var/lib/dpkg/status.d" }, dpkg_search },
	{ "rpm", { "/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages.db",
		   "/var/lib/rpm/Packages",
		   "/usr/lib/sysimage/rpm/rpmdb.sqlite",
		   "/usr/lib/sysimage/rpm/Packages.db",
		   "/usr/lib/sysimage/rpm/Packages" }, rpm_search },
	{ "apk", { "/lib/apk/db/installed", "/usr/lib/apk/db/installed" },
	  apk_search },
	{ "pacman", { "/var/lib/pacman/local" }, pacman_search },
};

/* ---- what is looked for ----------------------------------------------------*/

/* FNV-1a over the last bytes: paths differ at their ends.  */
static uint32_t hash_of(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = n > 24 ? n - 24 : 0; i < n; i++)
		h = (h ^ (uint8_t)p[i]) * 16777619u;
	return h;
}

static void add_wanted(struct package_search *s, char *path, size_t index)
{
	grow(&s->wanted, s->n, &s->cap, sizeof(*s->wanted));
	s->wanted[s->n++] = (struct wanted){ path, strlen(path), index, 0 };
}

/* The other name of PATH where /bin, /lib and so on are links into /usr; the
 * caller frees, NULL: there is none.  */
static char *other_name(const char *path)
{
	static const char *const tops[] = {
		"/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/",
	};
	bool usr = has_prefix(path, "/usr/");

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		if (usr && has_prefix(path + strlen("/usr"), tops[i]))
			return xstrdup(path + strlen("/usr"));
		if (!usr && has_prefix(path, tops[i]))
			return xasprintf("/usr%s", path);
	}
	return NULL;
}

static void index_wanted(struct package_search *s)
{
	size_t size = 1024;

	while (size < 4 * s->n)
		size *= 2;
	s->mask = size - 1;
	s->slots = xcalloc(size, sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++) {
		struct wanted *w = &s->wanted[i];
		size_t *slot = &s->slots[hash_of(w->path, w->n) & s->mask];

		w->next = *slot;
		*slot = i + 1;
	}
}

const struct root *search_root(const struct package_search *s)
{
	return s->root;
}

void search_file(struct package_search *s, const char *path, size_t n,
		 const char *package, const char *version)
{
	for (size_t k = s->slots[hash_of(path, n) & s->mask]; k != 0;
	     k = s->wanted[k - 1].next) {
		const struct wanted *w = &s->wanted[k - 1];
		struct file_package *f = &s->found[w->index];

		if (w->n != n || memcmp(w->path, path, n) != 0)
			continue;
		f->owners++;
		if (f->package != NULL)
			continue;
		f->package = xstrdup(package);
		f->version = version != NULL ? xstrdup(version) : NULL;
	}
}

void search_version(struct package_search *s, const char *package,
		    const char *version)
{
	for (size_t i = 0; i < s->n_found; i++) {
		struct file_package *f = &s->found[i];

		if (f->package != NULL && f->version == NULL &&
		    strcmp(f->package, package) == 0)
			f->version = xstrdup(version);
	}
}

static const char *basename_of(const struct wanted *w)
{
	return strrchr(w->path, '/') + 1;
}

static int compare_basenames(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int search_each_basename(struct package_search *s, basename_fn *fn, void *data)
{
	const char **names = xcalloc(s->n + 1, sizeof(*names));
	int r = 0;

	for (size_t i = 0; i < s->n; i++)
		names[i] = basename_of(&s->wanted[i]);
	if (s->n > 0)
		qsort(names, s->n, sizeof(*names), compare_basenames);
	for (size_t i = 0; i < s->n && r >= 0; i++)
		if (i == 0 || strcmp(names[i - 1], names[i]) != 0)
			r = fn(names[i], data);
	free(names);
	return r;
}

void search_problem(struct package_search *s, const char *path, char *message)
{
	s->problem(path, message, s->data);
	free(message);
}

/* ---- all managers ----------------------------------------------------------*/

void packages_find(const struct root *r, const char *const *paths, size_t n,
		   struct file_package *ret_packages,
		   package_problem_fn *problem, void *data)
{
	struct package_search s = {
		.root = r, .found = ret_packages, .n_found = n,
		.problem = problem, .data = data,
	};

	for (size_t i = 0; i < n; i++) {
		char *other = other_name(paths[i]);

		ret_packages[i] = (struct file_package){ .package = NULL };
		if (paths[i][0] != '/')
			continue;
		add_wanted(&s, xstrdup(paths[i]), i);
		if (other != NULL)
			add_wanted(&s, other, i);
	}
	index_wanted(&s);
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		managers[i].search(&s);
	for (size_t i = 0; i < s.n; i++)
		free(s.wanted[i].path);
	free(s.wanted);
	free(s.slots);
}

void package_files(const struct root *r, const char *format, const char *name,
		   const char *architecture, package_file_fn *fn,
		   package_problem_fn *problem, void *data)
{
	struct package_listing l = { r, name, architecture, fn, problem, data };

	if (strcmp(format, "rpm") == 0)
		rpm_list(&l);
	else if (strcmp(format, "deb") == 0)
		dpkg_list(&l);
}

void packages_state(const struct root *r, uint8_t ret_state[SHA256_SIZE])
{
	AUTO(buf) struct buf b;

	buf_init(&b, LIMIT_TEXT_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++) {
		for (const char *const *p = managers[i].state; *p; p++) {
			struct file_id id;

			if (file_stat(r, *p, &id) == 0)
				buf_addf(&b, "%s %ju %ju %jd %jd\n", *p,
					 (uintmax_t)id.dev, (uintmax_t)id.ino,
					 (intmax_t)id.size,
					 (intmax_t)id.mtime_ns);
		}
	}
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n },
		    ret_state);
}

void file_package_done(struct file_package *f)
{
	free(f->package);
	free(f->version);
}
