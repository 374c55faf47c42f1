/* ownfile.c -- the program's own files on this host: what it writes, its data
 * and its configuration.  What is scanned goes through file.c instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/base.h"

#if !defined TRUSTDRIFT_DATADIR || !defined TRUSTDRIFT_SOURCE_DIR || \
	!defined TRUSTDRIFT_BUILD_DIR
#error "the build defines, as strings, -DTRUSTDRIFT_DATADIR (installed data), \
-DTRUSTDRIFT_SOURCE_DIR and -DTRUSTDRIFT_BUILD_DIR (absolute tops of the trees)"
#endif

#define CONFIG_DIR	"/etc/trustdrift"

static int write_all(int fd, struct blob data)
{
	while (data.n != 0) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data.p += n;
		data.n -= (size_t)n;
	}
	return 0;
}

static int close_written(int *fd)
{
	int closed = close(*fd);

	*fd = -1;
	return closed < 0 && errno != EINTR ? -errno : 0;
}

/* A device or FIFO that was named as the output: replacing it by a file would
 * be the end of /dev/null.  */
static int write_into(const char *path, struct blob data)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int e;

	if (fd < 0)
		return -errno;
	e = write_all(fd, data);
	return e < 0 ? e : close_written(&fd);
}

/* Creates a file beside PATH; *ret_name is its name, the caller frees.  */
static int create_beside(const char *path, mode_t mode, char **ret_name,
			 int *ret_fd)
{
	const char *slash = strrchr(path, '/');
	const int directory = slash != NULL ? (int)(slash + 1 - path) : 0;
	char hex[17];
	uint8_t random[8];

	for (unsigned tries = 0; tries < 16; tries++) {
		AUTO(str) char *name = NULL;
		int fd;

		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return -EIO;
		hex_encode(random, sizeof(random), hex);
		name = xasprintf("%.*s.trustdrift-%s", directory, path, hex);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
			  O_CLOEXEC, mode);
		if (fd >= 0) {
			*ret_fd = fd;
			*ret_name = TAKE(name);
			return 0;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int replace(const char *path, struct blob data, mode_t mode)
{
	AUTO(str) char *name = NULL;
	AUTO(fd) int fd = -1;
	int e = create_beside(path, mode, &name, &fd);

	if (e < 0)
		return e;
	e = write_all(fd, data);
	if (e == 0 && fsync(fd) < 0)
		e = -errno;
	if (e == 0)
		e = close_written(&fd);
	if (e == 0 && rename(name, path) < 0)
		e = -errno;
	if (e < 0)
		unlink(name);
	return e;
}

int file_write_atomic(const char *path, struct blob data, mode_t mode)
{
	AUTO(str) char *real = NULL;
	struct stat st;

	if (strcmp(path, "-") == 0) {
		if (fflush(stdout) != 0)
			return -errno;
		return write_all(STDOUT_FILENO, data);
	}
	if (*path == '\0' || has_suffix(path, "/"))
		return *path == '\0' ? -ENOENT : -EISDIR;
	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return -errno;
		return replace(path, data, mode);
	}
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return write_into(path, data);
	/* Who made a link wants the file behind it written.  */
	real = realpath(path, NULL);
	return real == NULL ? -errno : replace(real, data, mode);
}

int file_open_named(const char *path, uint64_t limit, int *ret_fd)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY |
			       O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTREG;
	if ((uint64_t)st.st_size > limit)
		return -EFBIG;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int file_slurp(const char *path, size_t limit, char **ret_text, size_t *ret_n)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK |
			       O_CLOEXEC);
	AUTO(buf) struct buf text;
	char chunk[16384];
	struct stat st;
	ssize_t n;

	buf_init(&text, limit);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISFIFO(st.st_mode))
		return -ENOTREG;
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (buf_add(&text, chunk, (size_t)n) < 0)
			return -EFBIG;
	}
	*ret_n = text.n;
	*ret_text = buf_take(&text);
	return 0;
}

const char *error_words(int error)
{
	return error == -ENOTREG ? _("not a regular file")
	       : error == -EPSEUDO ? _("an interface of the kernel's, and no file")
				   : strerror(-error);
}

/* ---- data --------------------------------------------------------------*/

/* Is this the program of a build tree?  Its own executable says so, which
 * unlike the environment nobody else can choose.  configure --disable-build-tree:
 * there is none, and "" is nowhere.  */
static bool is_in_build_tree(void)
{
	AUTO(str) char *exe = realpath("/proc/self/exe", NULL);
	AUTO(str) char *build = realpath(TRUSTDRIFT_BUILD_DIR, NULL);
	size_t n;

	if (exe == NULL || build == NULL)
		return false;
	n = strlen(build);
	return strncmp(exe, build, n) == 0 && exe[n] == '/';
}

static const char *own_dir;	/* NULL: nobody has asked yet */

const char *data_dir(void)
{
	if (own_dir == NULL)
		own_dir = is_in_build_tree() ? TRUSTDRIFT_SOURCE_DIR "/data"
					     : TRUSTDRIFT_DATADIR;
	return own_dir;
}

void data_dir_set(const char *dir)
{
	own_dir = dir;
}

const char *locale_dir(void)
{
	return is_in_build_tree() ? TRUSTDRIFT_BUILD_DIR "/locale" : LOCALEDIR;
}

/* The names with SUFFIX in DIR/SUBDIR, and where that really is; a directory
 * that is missing has none.  */
static int list_own(const char *dir, const char *subdir, const char *suffix,
		    char **ret_dir, char ***ret_names)
{
	AUTO(str) char *path = xasprintf("%s/%s", dir, subdir);
	AUTO(str) char *real = realpath(path, NULL);
	AUTO(names) char **names = NULL;
	struct root host;
	size_t n, kept = 0;
	int e;

	if (real == NULL && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	if (real == NULL) {
		*ret_names = xcalloc(1, sizeof(**ret_names));
		*ret_dir = TAKE(path);
		return 0;
	}
	e = root_open("/", &host);
	if (e < 0)
		return e;
	e = file_names(&host, real, &names, &n);
	root_done(&host);
	if (e < 0)
		return e;
	for (size_t i = 0; i < n; i++) {
		if (names[i][0] != '.' && has_suffix(names[i], suffix))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	names[kept] = NULL;
	*ret_names = TAKE(names);
	*ret_dir = TAKE(path);
	return 0;
}

static bool is_removed(const char *path)
{
	AUTO(str) char *real = realpath(path, NULL);

	return real != NULL && strcmp(real, "/dev/null") == 0;
}

/* The directories that data files are in; one in a later takes the place of one
 * of the same name before.  */
enum { LAYER_VENDOR, LAYER_LOCAL, LAYER_LOCAL_D, LAYERS };

struct layers {
	char *dir[LAYERS], **names[LAYERS];
	char **at[LAYERS];
};

static void auto_layers(struct layers *l)
{
	for (size_t k = 0; k < LAYERS; k++) {
		free(l->dir[k]);
		names_free(l->names[k]);
	}
}

/* The layer of the next name by order, past which all others go as well; LAYERS:
 * there is no more.  */
static size_t next_layer(struct layers *l, const char **ret_name)
{
	size_t best = LAYERS;

	for (size_t k = 0; k < LAYERS; k++)
		if (*l->at[k] != NULL &&
		    (best == LAYERS || strcmp(*l->at[k], *l->at[best]) <= 0))
			best = k;
	if (best == LAYERS)
		return best;
	*ret_name = *l->at[best];
	for (size_t k = 0; k < LAYERS; k++)
		if (*l->at[k] != NULL && strcmp(*l->at[k], *ret_name) == 0)
			l->at[k]++;
	return best;
}

int data_files(const char *config_dir, const char *subdir, const char *suffix,
	       char ***ret_paths, size_t *ret_n)
{
	AUTO(str) char *subdir_d = xasprintf("%s.d", subdir);
	AUTO(layers) struct layers l = { .dir = { NULL } };
	AUTO(names) char **paths = NULL;
	size_t n = 0, cap = 1, layer;
	const char *name;
	int e;

	if (config_dir == NULL)
		config_dir = CONFIG_DIR;
	e = list_own(data_dir(), subdir, suffix, &l.dir[LAYER_VENDOR],
		     &l.names[LAYER_VENDOR]);
	if (e == 0)
		e = list_own(config_dir, subdir, suffix, &l.dir[LAYER_LOCAL],
			     &l.names[LAYER_LOCAL]);
	if (e == 0)
		e = list_own(config_dir, subdir_d, suffix,
			     &l.dir[LAYER_LOCAL_D], &l.names[LAYER_LOCAL_D]);
	if (e < 0)
		return e;

	paths = xcalloc(cap, sizeof(*paths));
	memcpy(l.at, l.names, sizeof(l.at));
	while ((layer = next_layer(&l, &name)) < LAYERS) {
		char *path = xasprintf("%s/%s", l.dir[layer], name);

		if (layer != LAYER_VENDOR && is_removed(path)) {
			free(path);
			continue;
		}
		grow(&paths, n + 1, &cap, sizeof(*paths));
		paths[n++] = path;
		paths[n] = NULL;
	}
	*ret_paths = TAKE(paths);
	*ret_n = n;
	return 0;
}

int config_file(const char *config_dir, const char *name, char **ret_path)
{
	AUTO(str) char *path = xasprintf("%s/%s", config_dir != NULL ?
					 config_dir : CONFIG_DIR, name);
	struct stat st;

	/* What is there and cannot be read is for its reader to complain of. */
	if ((lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR)) ||
	    is_removed(path))
		return -ENOENT;
	*ret_path = TAKE(path);
	return 0;
}

char *data_files_failed(const char *config_dir, const char *subdir, int error)
{
	AUTO(str) char *dir = NULL;
	AUTO(names) char **names = NULL;
	const char *end = "";

	if (config_dir == NULL)
		config_dir = CONFIG_DIR;
	/* Of the two directories that which fails.  */
	if (list_own(config_dir, subdir, "", &dir, &names) == 0)
		end = ".d";
	return xasprintf("%s/%s%s: %s", config_dir, subdir, end,
			 error_words(error));
}
