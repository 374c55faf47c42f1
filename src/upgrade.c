/* upgrade.c -- a root as the package manager would leave it: what the packages
 * bring lies over it, what only their installed versions had is gone, and
 * Debian's ca-certificates has done what its maintainer scripts do.
 *
 * Nothing is installed and no script of a package runs.  What a list that is made
 * of the system's authorities will hold is not said here: these lists are in many
 * forms, and scan_again() makes them of the sources (CHANGE_UPDATE).
 *
 * What is surprising: files of settings that the administrator changed stay as they
 * are, and others are replaced.  dpkg has a list of them (deb-conffiles(5)), their MD5
 * as it installed them, and keeps those that a new version has no more; an rpm marks
 * them (%config) and has their digests, and it names what it has no bytes of because
 * its scripts make it (%ghost: the lists of Fedora's ca-certificates).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "locate/locate.h"

#define DEBCONF		"/var/cache/debconf/config.dat"
#define CERTIFICATES	"/usr/share/ca-certificates"
#define CONF		"/etc/ca-certificates.conf"
#define HASHES		"/etc/ssl/certs"
#define DEPTH_MAX	16u	/* directories in CERTIFICATES */
#define PASSES_MAX	4u	/* links to links in HASHES */

/* One that matters here; of an .rpm one that is here, too.  */
struct mark {
	char *path;
	bool ghost, noreplace;
	char *sha256;		/* of the one that comes, NULL: not known */
	char *installed;	/* SHA-256, dpkg's MD5, of the one that the installed
				 * version came with, NULL: likewise, or it has none */
};
struct marks {
	struct mark *items;
	size_t n, cap;
};
struct paths {
	char **items;
	size_t n, cap;
};

struct upgrade {
	const struct options *o;
	const struct root *root;
	struct overlay *overlay;
	struct patterns *patterns;
	bool matters;
	bool certificates;	/* something of CERTIFICATES changes */
	bool names_only;	/* the first look at a package */
	bool rpm;		/* the package that is read is rpm's */
	char *name, *architecture;	/* ... is called so */
	struct marks marks;	/* ... has these */
	bool settings;		/* its installed version has files in /etc */
	/* Of all packages, by path: what stays as it is, what does not go but may be
	 * written, and what installed versions have.  */
	struct paths untouched, kept, installed;
	int fd;			/* of the member that comes; -1: none */
	int error;		/* of the scratch directory; 0: none */
};

static bool is_beneath(const char *path, const char *dir)
{
	const size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_path(struct paths *all, const char *path)
{
	grow(&all->items, all->n, &all->cap, sizeof(*all->items));
	all->items[all->n++] = xstrdup(path);
}

static void sort_paths(struct paths *all)
{
	if (all->n > 0)
		qsort(all->items, all->n, sizeof(*all->items), compare_names);
}

static bool has_path(const struct paths *all, const char *path)
{
	return all->n > 0 && bsearch(&path, all->items, all->n,
				     sizeof(*all->items), compare_names) != NULL;
}

static void paths_done(struct paths *all)
{
	for (size_t k = 0; k < all->n; k++)
		free(all->items[k]);
	free(all->items);
}

static void touched(struct upgrade *u, const char *path)
{
	u->matters = true;
	u->certificates |= is_beneath(path, CERTIFICATES);
}

/* ---- what the installed version has --------------------------------------------*/

typedef void line_fn(void *data, const char *line);

/* Calls FN for the lines of PATH; -ENOENT and so on.  */
static int each_line(const struct root *root, const char *path, line_fn *fn,
		     void *data)
{
	AUTO(scanned) struct file f = { .mapped = false };
	AUTO(str) char *text = NULL;
	char *rest, *line;
	int r = file_read(root, path, LIMIT_FILE_BYTES, &f);

	if (r < 0)
		return r;
	rest = text = xstrndup((const char *)f.data.p, f.data.n);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			fn(data, line);
	return 0;
}

static void package_fault(const char *path, const char *message, void *data)
{
	AUTO(str) char *name = escape_text(path, strlen(path));

	(void)data;
	log_warning(_("%s: which files go is not known: %s"), name, message);
}

/* A problem of a database that was told before.  */
static void told_fault(const char *path, const char *message, void *data)
{
	(void)path, (void)message, (void)data;
}

/* Is PATH here, no directory, and anything to the catalogue?  */
static bool matters(const struct upgrade *u, const char *path)
{
	struct file_id id;

	return *path == '/' &&
	       interest_in(u->patterns, path) != INTEREST_NONE &&
	       file_lstat(u->root, path, &id) == 0 && !S_ISDIR(id.mode);
}

static struct mark *find_mark(const struct upgrade *u, const char *path)
{
	for (size_t k = 0; k < u->marks.n; k++)
		if (strcmp(u->marks.items[k].path, path) == 0)
			return &u->marks.items[k];
	return NULL;
}

static void take_installed(void *data, const char *path, const char *sha256)
{
	struct upgrade *u = data;
	struct mark *m;

	if (!matters(u, path))
		return;
	u->settings |= is_beneath(path, "/etc");
	add_path(&u->installed, path);
	m = sha256 != NULL ? find_mark(u, path) : NULL;
	if (m != NULL && m->installed == NULL)
		m->installed = xstrdup(sha256);
}

/* Of dpkg's: what is none in the new version does not go with the old one.  */
static void take_conffile(void *data, const char *path, const char *md5)
{
	struct upgrade *u = data;
	struct mark *m = find_mark(u, path);

	if (m == NULL && matters(u, path))
		add_path(&u->kept, path);
	else if (m != NULL && m->installed == NULL && md5 != NULL)
		m->installed = xstrdup(md5);
}

/* What the installed version of a package has.  */
static void list_installed(struct upgrade *u, const char *name,
			   const char *architecture)
{
	u->settings = false;
	package_files(u->root, u->rpm ? "rpm" : "deb", name, architecture,
		      take_installed, package_fault, u);
	if (!u->rpm && (u->settings || u->marks.n > 0))
		package_conffiles(u->root, name, architecture, take_conffile,
				  package_fault, u);
}

/* What the versions that go have and no other package has, goes; deepest first, for
 * a package may own a link and have files beneath it.  */
static void hide_installed(struct upgrade *u)
{
	struct paths *all = &u->installed;
	struct file_package *owners = xcalloc(all->n, sizeof(*owners));
	size_t times = 0;

	sort_paths(all);
	sort_paths(&u->untouched);
	sort_paths(&u->kept);
	if (all->n > 0)		/* it reads the databases whatever it is asked */
		packages_find(u->root, (const char *const *)all->items, all->n,
			      owners, told_fault, NULL);
	for (size_t k = all->n; k-- > 0;) {
		const char *path = all->items[k];
		int r;

		times++;
		if (k > 0 && strcmp(all->items[k - 1], path) == 0)
			continue;
		if (owners[k].owners <= times &&
		    !has_path(&u->untouched, path) &&
		    !has_path(&u->kept, path)) {
			r = overlay_remove(u->overlay, path);
			if (r < 0 && r != -ENOTDIR && u->error == 0)
				u->error = r;
			touched(u, path);
		}
		times = 0;
	}
	for (size_t k = 0; k < all->n; k++)
		file_package_done(&owners[k]);
	free(owners);
}

struct store_search {
	const struct patterns *patterns;
	bool found;
};

static void find_store(void *data, const char *path, const char *sha256)
{
	struct store_search *s = data;

	(void)sha256;
	s->found = s->found || (*path == '/' && !is_beneath(path, "/etc") &&
		interest_in(s->patterns, path) == INTEREST_STORE);
}

bool upgrade_has_stores(const struct root *root, const struct patterns *p,
			const char *name, const char *architecture)
{
	struct store_search s = { .patterns = p };

	package_files(root, "deb", name, architecture, find_store,
		      package_fault, &s);
	return s.found;
}

/* ---- what a package brings -------------------------------------------------------*/

static void forget_package(struct upgrade *u)
{
	for (size_t k = 0; k < u->marks.n; k++) {
		free(u->marks.items[k].path);
		free(u->marks.items[k].sha256);
		free(u->marks.items[k].installed);
	}
	free(u->marks.items);
	free(u->name);
	free(u->architecture);
	u->marks = (struct marks){ .n = 0 };
	u->name = u->architecture = NULL;
}

static int take_facts(void *data, const struct package_facts *f)
{
	struct upgrade *u = data;

	forget_package(u);
	u->name = xstrdup(f->name);
	if (f->architecture != NULL)
		u->architecture = xstrdup(f->architecture);
	u->rpm = strcmp(f->format, "rpm") == 0;
	return 0;
}

static int take_marked(void *data, const struct package_mark *m)
{
	struct upgrade *u = data;
	struct marks *all = &u->marks;

	if (!u->names_only || interest_in(u->patterns, m->path) ==
			      INTEREST_NONE ||
	    (u->rpm && !matters(u, m->path)))
		return 0;
	grow(&all->items, all->n, &all->cap, sizeof(*all->items));
	all->items[all->n++] = (struct mark){
		.path = xstrdup(m->path), .ghost = m->ghost,
		.noreplace = m->noreplace,
		.sha256 = m->sha256 != NULL ? xstrdup(m->sha256) : NULL };
	return 0;
}

/* Has PATH the bytes that DIGEST is of, SHA-256 or else MD5?  */
static bool has_bytes(const struct upgrade *u, const char *path,
		      const char *digest)
{
	AUTO(scanned) struct file f = { .mapped = false };
	const bool md5 = strlen(digest) == 2 * (size_t)MD5_SIZE;
	uint8_t hash[SHA256_SIZE];
	char is[2 * SHA256_SIZE + 1];

	if (file_read(u->root, path, LIMIT_FILE_BYTES, &f) < 0)
		return false;
	if (md5)
		hash_md5(f.data, hash);
	else
		hash_sha256(f.data, hash);
	hex_encode(hash, md5 ? MD5_SIZE : SHA256_SIZE, is);
	return strcmp(is, digest) == 0;
}

/* As dpkg decides (dpkg's lib/dpkg and src/main/configure.c; seen of dpkg 1.21): what
 * nobody changed is replaced.  Where somebody did, it asks, and keeps it unless it is
 * told otherwise; so it does when a file was there that no package brought, and with
 * one that was deleted.  */
static bool is_kept(const struct upgrade *u, const struct mark *m)
{
	struct file_id id;
	const int r = file_lstat(u->root, m->path, &id);

	if (r == -ENOENT)
		return m->installed != NULL;
	return r < 0 || m->installed == NULL ||
	       !has_bytes(u, m->path, m->installed);
}

/* As rpm decides (lib/rpmfi.c, rpmfilesDecideFate(); seen of rpm 4.18): a file of
 * settings that nobody changed is replaced, one that somebody changed stays when the
 * package has the same as before or says noreplace, and is put aside otherwise.  */
static bool is_untouched(const struct upgrade *u, const struct mark *m)
{
	if (m->ghost)
		return true;
	if (m->installed == NULL)
		return m->noreplace;
	if (has_bytes(u, m->path, m->installed))
		return false;
	return m->noreplace || (m->sha256 != NULL &&
				strcmp(m->sha256, m->installed) == 0);
}

static int take_listed(void *data)
{
	struct upgrade *u = data;

	if (!u->names_only)
		return 0;
	list_installed(u, u->name, u->architecture);
	for (size_t k = 0; k < u->marks.n; k++) {
		const struct mark *m = &u->marks.items[k];

		if (u->rpm ? is_untouched(u, m) : is_kept(u, m))
			add_path(&u->untouched, m->path);
	}
	return -ECANCELED;
}

static int keep_error(struct upgrade *u, int r)
{
	/* A member beneath what is no directory: dpkg would not get so far.  */
	if (r < 0 && r != -ENOTDIR && r != -ELOOP && u->error == 0)
		u->error = r;
	return u->error < 0 ? u->error : 0;
}

static int take_member(void *data, const struct package_member *m)
{
	struct upgrade *u = data;
	const enum interest i = interest_in(u->patterns, m->path);
	int r = 0;

	auto_fd(&u->fd);
	u->fd = -1;
	if (strcmp(m->path, "/") == 0 ||
	    (m->kind != 'd' && has_path(&u->untouched, m->path)))
		return 0;
	if (m->kind == 'l') {
		r = overlay_link(u->overlay, m->path, m->target);
		if (r == 0 && i != INTEREST_NONE)
			touched(u, m->path);
		return keep_error(u, r);
	}
	if (i == INTEREST_NONE)
		return 0;
	touched(u, m->path);
	if (m->kind == 'd')
		return keep_error(u, overlay_directory(u->overlay, m->path));
	if (m->kind == 'h') {
		r = overlay_again(u->overlay, m->path, m->target);
		return r == -ENOENT ? 0 : keep_error(u, r);
	}
	if (m->kind != 'f')
		return 0;
	r = overlay_file(u->overlay, m->path, m->mode, &u->fd);
	return r < 0 ? keep_error(u, r) : i >= INTEREST_SETTINGS;
}

static int take_bytes(void *data, struct blob part)
{
	struct upgrade *u = data;

	while (part.n > 0) {
		const ssize_t n = write(u->fd, part.p, part.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return u->error = -errno;
		part.p += n;
		part.n -= (size_t)n;
	}
	return 0;
}

static const struct package_sink taker = {
	take_facts, take_marked, take_listed, take_member, take_bytes };

static int read_package(struct upgrade *u, const char *file)
{
	AUTO(str) char *name = escape_text(file, strlen(file));
	AUTO(str) char *error = NULL, *words = NULL;
	AUTO(fd) int fd = -1;
	int r = file_open_named(file, LIMIT_PACKAGE_FILE, &fd);

	if (r == 0)
		r = readings_unpack(u->o->readings, fd, &taker, u, &error);
	auto_fd(&u->fd);
	u->fd = -1;
	if (r == -ECANCELED || (r == 0 && u->error == 0))
		return -1;
	words = error != NULL ? escape_text(error, strlen(error)) : NULL;
	if (*readings_error(u->o->readings) != '\0')
		log_error("%s", readings_error(u->o->readings));
	else if (u->error == -E2BIG)
		log_error(_("%s: more than %u of its names matter here"), name,
			  LIMIT_OVERLAY);
	else if (u->error < 0)
		log_error(_("%s: no place to unpack it (see TMPDIR): %s"), name,
			  error_words(u->error));
	else if (r == -ENOTSUP)
		log_error(_("%s: this build of trustdrift cannot read packages: it has no libarchive"),
			  name);
	else
		log_error("%s: %s", name, words != NULL ? words :
			  error_words(r));
	return STATUS_FAILURE;
}

/* ---- Debian's ca-certificates --------------------------------------------------
 * Its config and postinst scripts: what is new in CERTIFICATES joins CONF, unless
 * the administrator said in debconf that it shall not; and update-ca-certificates,
 * which deletes links in HASHES that lead nowhere.  */

struct debconf {
	bool here;
	bool refuses;
};

static void read_debconf(void *data, const char *line)
{
	struct debconf *d = data;

	if (has_prefix(line, "Name: "))
		d->here = strcmp(line, "Name: ca-certificates/trust_new_crts")
			  == 0;
	else if (d->here && has_prefix(line, "Value: "))
		d->refuses = strcmp(line, "Value: yes") != 0;
}

struct conf {
	struct upgrade *u;
	struct buf text;
	char **known;		/* names that have a line, NULL behind */
	size_t n, cap;
	const char *mark;	/* of new ones: "" or "!" */
};

static void keep_line(void *data, const char *line)
{
	struct conf *c = data;
	const char *name = line + (*line == '!');
	AUTO(str) char *path = xasprintf(CERTIFICATES "/%s", name);
	struct file_id id;

	if (*line != '#' && *name != '\0') {
		grow(&c->known, c->n + 1, &c->cap, sizeof(*c->known));
		c->known[c->n++] = xstrdup(name);
		c->known[c->n] = NULL;
		/* update-ca-certificates passes over it.  */
		if (file_stat(overlay_root(c->u->overlay), path, &id) ==
		    -ENOENT)
			return;
	}
	buf_addf(&c->text, "%s\n", line);
}

/* The certificates in DIR, which is NAME in CERTIFICATES.  */
static void add_new(struct conf *c, const char *dir, const char *name,
		    unsigned depth)
{
	AUTO(directory) struct directory l = { .n = 0 };

	if (depth > DEPTH_MAX ||
	    file_directory(overlay_root(c->u->overlay), dir, 0, &l) < 0)
		return;
	for (size_t k = 0; k < l.n; k++) {
		AUTO(str) char *path = xasprintf("%s/%s", dir, l.names[k]);
		AUTO(str) char *own = xasprintf("%s%s%s", name,
			*name != '\0' ? "/" : "", l.names[k]);

		if (l.kinds[k] == 'd')
			add_new(c, path, own, depth + 1);
		else if (l.kinds[k] == 'f' && has_suffix(own, ".crt") &&
			 (c->n == 0 || bsearch(&own, c->known, c->n,
					       sizeof(*c->known),
					       compare_names) == NULL))
			buf_addf(&c->text, "%s%s\n", c->mark, own);
	}
}

static int write_conf(struct upgrade *u, const struct buf *text)
{
	int r = overlay_file(u->overlay, CONF, 0644, &u->fd);

	if (r == 0)
		r = take_bytes(u, (struct blob){ (const uint8_t *)text->p,
						 text->n });
	auto_fd(&u->fd);
	u->fd = -1;
	return r;
}

static int update_conf(struct upgrade *u)
{
	struct debconf debconf = { .here = false };
	struct conf c = { .u = u };
	int r;

	buf_init(&c.text, LIMIT_FILE_BYTES);
	each_line(u->root, DEBCONF, read_debconf, &debconf);
	c.mark = debconf.refuses ? "!" : "";
	r = each_line(u->root, CONF, keep_line, &c);
	if (c.n > 0)
		qsort(c.known, c.n, sizeof(*c.known), compare_names);
	if (r == 0 || r == -ENOENT) {
		add_new(&c, CERTIFICATES, "", 0);
		r = write_conf(u, &c.text);
	}
	buf_done(&c.text);
	names_free(c.known);
	return r;
}

/* One pass over the links; are there more to look at?  */
static bool drop_links(struct upgrade *u)
{
	const struct root *view = overlay_root(u->overlay);
	AUTO(directory) struct directory l = { .n = 0 };
	bool dropped = false;

	if (file_directory(view, HASHES, 0, &l) < 0)
		return false;
	for (size_t k = 0; k < l.n; k++) {
		AUTO(str) char *path = xasprintf(HASHES "/%s", l.names[k]);
		struct file_id id;

		if (l.kinds[k] == 'o' && file_stat(view, path, &id) ==
		    -ENOENT && overlay_remove(u->overlay, path) == 0)
			dropped = true;
	}
	return dropped;
}

static int update_debian(struct upgrade *u)
{
	int r;

	if (!u->certificates)
		return 0;
	r = update_conf(u);
	for (unsigned k = 0; r == 0 && k < PASSES_MAX && drop_links(u); k++)
		;
	return r;
}

/* ---- all -----------------------------------------------------------------------*/

void upgrade_free(struct upgrade *u)
{
	if (u == NULL)
		return;
	overlay_free(u->overlay);
	patterns_free(u->patterns);
	forget_package(u);
	paths_done(&u->untouched);
	paths_done(&u->kept);
	paths_done(&u->installed);
	free(u);
}

const struct root *upgrade_root(const struct upgrade *u)
{
	return overlay_root(u->overlay);
}

bool is_package_name(const char *file)
{
	return has_suffix(file, ".deb") || has_suffix(file, ".rpm");
}

/* All packages are known before any file goes, and all that goes is hidden before
 * any comes, for one package may get what another had.  */
static int read_packages(struct upgrade *u,
			 const struct upgrade_package *packages, size_t n)
{
	int status = -1;

	u->names_only = true;
	for (size_t k = 0; status < 0 && k < n; k++) {
		u->rpm = false;		/* only apt's hook has names */
		if (packages[k].file != NULL) {
			status = read_package(u, packages[k].file);
			continue;
		}
		forget_package(u);
		list_installed(u, packages[k].name, packages[k].architecture);
	}
	hide_installed(u);
	u->names_only = false;
	for (size_t k = 0; status < 0 && k < n; k++)
		if (packages[k].file != NULL)
			status = read_package(u, packages[k].file);
	return status;
}

int upgrade_prepare(const struct options *o, const struct root *root,
		    const struct catalogue *c,
		    const struct upgrade_package *packages, size_t n,
		    struct upgrade **ret_upgrade)
{
	struct upgrade *u = xcalloc(1, sizeof(*u));
	int status, r;

	*u = (struct upgrade){ .o = o, .root = root, .fd = -1,
			       .patterns = interest_patterns(c) };
	overlay_new(root, getenv("TMPDIR"), &u->overlay);
	status = read_packages(u, packages, n);
	if (status < 0) {
		r = update_debian(u);
		if (r < 0) {
			log_error(_("what ca-certificates would do could not be tried (see TMPDIR): %s"),
				  error_words(r));
			status = STATUS_FAILURE;
		}
	}
	if (status >= 0 || !u->matters) {
		upgrade_free(u);
		u = NULL;
	}
	*ret_upgrade = u;
	return status;
}
