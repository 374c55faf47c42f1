/* package.c -- fuzz target of packages: libarchive with the formats that are asked
 * for, and the headers that are read here (rpm's, and Debian's control file).  What
 * a sink is given has to be what read.h says, whatever the package has.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "read/jobs.h"
#include "fuzz.h"

struct seen {
	bool facts, listed;
	uint64_t left;		/* bytes that the last member still has */
};

static bool is_path(const char *path)
{
	return path != NULL && *path == '/' &&
	       strlen(path) < LIMIT_PATH_BYTES &&
	       strstr(path, "//") == NULL && strstr(path, "/../") == NULL &&
	       strstr(path, "/./") == NULL && !has_suffix(path, "/..") &&
	       (path[1] == '\0' || !has_suffix(path, "/"));
}

static int facts(void *data, const struct package_facts *f)
{
	struct seen *s = data;

	MUST(!s->facts && f->name != NULL && *f->name != '\0');
	MUST(strcmp(f->format, "deb") == 0 || strcmp(f->format, "rpm") == 0);
	s->facts = true;
	return 0;
}

static int marked(void *data, const struct package_mark *m)
{
	struct seen *s = data;

	MUST(s->facts && !s->listed && is_path(m->path));
	MUST(m->sha256 == NULL || strlen(m->sha256) == 2 * SHA256_SIZE);
	return 0;
}

static int listed(void *data)
{
	struct seen *s = data;

	MUST(s->facts && !s->listed);
	s->listed = true;
	return 0;
}

static int member(void *data, const struct package_member *m)
{
	struct seen *s = data;

	MUST(s->listed && s->left == 0 && is_path(m->path));
	MUST(strchr("fdlho", m->kind) != NULL && m->mode <= 07777);
	MUST((m->kind == 'l' || m->kind == 'h') == (m->target != NULL));
	MUST(m->kind != 'h' || is_path(m->target));
	if (m->kind != 'f' || m->size > (1 << 20))
		return 0;
	s->left = m->size;
	return 1;
}

static int bytes(void *data, struct blob part)
{
	struct seen *s = data;

	MUST(part.n <= s->left && part.n <= LIMIT_WIRE_CHUNK);
	s->left -= part.n;
	return 0;
}

static void take(struct blob input)
{
	static const struct package_sink sink = {
		facts, marked, listed, member, bytes };
	AUTO(fd) int fd = memfd_create("package", MFD_CLOEXEC);
	AUTO(str) char *error = NULL;
	struct seen seen = { .facts = false };
	int r;

	MUST(fd >= 0 && write(fd, input.p, input.n) == (ssize_t)input.n);
	r = package_unpack(fd, &sink, &seen, &error);
	MUST(r == 0 ? seen.left == 0 && error == NULL :
	     error != NULL || !package_supported());
}

const struct fuzz_target package_target = { "package", unpack_ready, take };
