/* unpack.c -- what is in a package: the members of a .deb (deb(5): an ar archive
 * of debian-binary, control.tar and data.tar, each compressed as its name says)
 * and of an .rpm (a lead, two headers and a cpio archive).
 *
 * libarchive takes both apart; of its many formats and filters only those are
 * asked for that packages have, and none that runs a program.  It is large and
 * what it is given is not installed by anybody yet, so this runs in a worker that
 * has the package and nothing else (unpack-job.c).
 *
 * What is surprising: libarchive's readers of descriptors ask fstat(2), which a
 * worker may not, so the bytes are handed over here.  And names of pax headers
 * are converted to the locale's characters: in "C" that would look for a
 * converter in files, so unpack_ready() opens a locale that has UTF-8.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LIBARCHIVE
#include "library/libarchive.h"
#endif
#include "read/jobs.h"

#ifdef HAVE_LIBARCHIVE

#define BLOCK_BYTES	(64u << 10)
#define RPM_LEAD	96u
#define RPM_MAGIC	UINT64_C(0x8eade80100000000)
#define RPM_HEAD	16u		/* magic, reserved, and the counts */

static locale_t utf8;

struct unpack {
	int fd;
	off_t offset;
	const struct package_sink *sink;
	void *data;
	uint8_t *block;
	struct archive *outer;		/* of a .deb, else NULL */
	uint64_t members, kept, unpacked;
	char *error;			/* the first; NULL: none */
	int stopped;			/* what the sink returned */
};

void unpack_ready(void)
{
	libarchive();
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static void auto_archive(struct archive **a)
{
	if (*a != NULL)
		libarchive()->archive_read_free(*a);
}

static int refuse(struct unpack *u, const char *why)
{
	if (u->error == NULL)
		u->error = xstrdup(why);
	return -EINVAL;
}

/* libarchive's own words for it.  */
static int damaged(struct unpack *u, struct archive *a, const char *what)
{
	const char *why = libarchive()->archive_error_string(a);

	if (u->error == NULL)
		u->error = xasprintf("%s: %s", what,
				     why != NULL ? why : "damaged");
	return -EINVAL;
}

/* ---- bytes -----------------------------------------------------------------*/

static la_ssize_t read_file(struct archive *a, void *data, const void **ret)
{
	struct unpack *u = data;
	ssize_t n;

	do
		n = pread(u->fd, u->block, BLOCK_BYTES, u->offset);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		libarchive()->archive_set_error(a, errno, "%s",
						strerror(errno));
		return ARCHIVE_FATAL;
	}
	u->offset += n;
	*ret = u->block;
	return n;
}

/* The archive that is a member of the outer one.  */
static la_ssize_t read_member(struct archive *a, void *data, const void **ret)
{
	const struct libarchive *lib = libarchive();
	struct unpack *u = data;
	la_int64_t offset;
	size_t n = 0;
	int r = lib->archive_read_data_block(u->outer, ret, &n, &offset);

	if (r == ARCHIVE_EOF)
		return 0;
	if (r < ARCHIVE_WARN) {
		lib->archive_set_error(a, lib->archive_errno(u->outer), "%s",
				       lib->archive_error_string(u->outer));
		return ARCHIVE_FATAL;
	}
	return (la_ssize_t)n;
}

/* Decompressors that are built in.  */
static void take_filters(struct archive *a)
{
	const struct libarchive *lib = libarchive();

	/* What is not built in warns, and would run a program: the worker may
	 * not.  */
	lib->archive_read_support_filter_gzip(a);
	lib->archive_read_support_filter_xz(a);
	lib->archive_read_support_filter_zstd(a);
	lib->archive_read_support_filter_bzip2(a);
	lib->archive_read_support_filter_lzma(a);
}

/* ---- members ---------------------------------------------------------------*/

static int give_bytes(struct unpack *u, struct archive *a, uint64_t size)
{
	uint64_t come = 0;

	if (size > LIMIT_PACKAGE_MEMBER || u->kept + size > LIMIT_PACKAGE_KEPT)
		return refuse(u, "a member is larger than a limit of this program");
	u->kept += size;
	for (;;) {
		const void *block;
		size_t n;
		la_int64_t offset;
		int r = libarchive()->archive_read_data_block(a, &block, &n,
							      &offset);

		if (r == ARCHIVE_EOF)
			return come == size ? 0 :
			       refuse(u, "a member ends too early");
		if (r < ARCHIVE_WARN)
			return damaged(u, a, "a member cannot be read");
		if (offset < 0 || (uint64_t)offset != come ||
		    n > size - come)
			return refuse(u, "a member has holes or more bytes than it says");
		come += n;
		while (n > 0) {
			const size_t part = n < LIMIT_WIRE_CHUNK ? n :
					    LIMIT_WIRE_CHUNK;

			u->stopped = u->sink->bytes(u->data, (struct blob){
				block, part });
			if (u->stopped < 0)
				return u->stopped;
			block = (const uint8_t *)block + part;
			n -= part;
		}
	}
}

static char kind_of(struct archive_entry *e)
{
	const struct libarchive *lib = libarchive();

	if (lib->archive_entry_hardlink(e) != NULL)
		return 'h';
	switch (lib->archive_entry_filetype(e)) {
	case AE_IFREG:
		return 'f';
	case AE_IFDIR:
		return 'd';
	case AE_IFLNK:
		return 'l';
	default:
		return 'o';
	}
}

/* Without "./" and "/" in front and "/" behind; the caller frees.  NULL: what no
 * package calls a member.  */
static char *member_path(const char *name)
{
	AUTO(str) char *path = NULL;
	size_t n;

	if (name == NULL)
		return NULL;
	while (*name == '/' || (name[0] == '.' && name[1] == '/'))
		name += *name == '.' ? 2 : 1;
	n = strlen(name);
	while (n > 0 && name[n - 1] == '/')
		n--;
	if (n == 1 && *name == '.')
		n = 0;
	if (n + 2 > LIMIT_PATH_BYTES)
		return NULL;
	path = xasprintf("/%.*s", (int)n, name);
	for (const char *p = path; n > 0 && p != NULL; p = strchr(p + 1, '/')) {
		const size_t m = strcspn(p + 1, "/");

		if (m == 0 || (m == 1 && p[1] == '.') ||
		    (m == 2 && p[1] == '.' && p[2] == '.'))
			return NULL;
	}
	return TAKE(path);
}

static int give_member(struct unpack *u, struct archive *a,
		       struct archive_entry *e)
{
	const struct libarchive *lib = libarchive();
	AUTO(str) char *path = member_path(lib->archive_entry_pathname(e));
	AUTO(str) char *other = NULL;
	struct package_member m = {
		.kind = kind_of(e), .path = path,
		.mode = (uint32_t)lib->archive_entry_perm(e) & 07777,
	};
	const la_int64_t size = lib->archive_entry_size(e);
	int r;

	if (++u->members > LIMIT_PACKAGE_MEMBERS)
		return refuse(u, "more members than a limit of this program");
	if (path == NULL)
		return refuse(u, "a member has a name that leads elsewhere, or is too long");
	if (m.kind == 'l')
		m.target = lib->archive_entry_symlink(e);
	if (m.kind == 'h')
		m.target = other = member_path(lib->archive_entry_hardlink(e));
	if ((m.kind == 'l' || m.kind == 'h') &&
	    (m.target == NULL || *m.target == '\0' ||
	     strlen(m.target) >= LIMIT_PATH_BYTES))
		return refuse(u, "a link leads nowhere");
	if (m.kind == 'f')
		m.size = size > 0 ? (uint64_t)size : 0;
	r = u->sink->member(u->data, &m);
	if (r < 0)
		u->stopped = r;
	return r <= 0 || m.kind != 'f' ? r < 0 ? r : 0 :
	       give_bytes(u, a, m.size);
}

static int give_members(struct unpack *u, struct archive *a)
{
	const struct libarchive *lib = libarchive();

	for (;;) {
		struct archive_entry *e;
		int r = lib->archive_read_next_header(a, &e);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r < ARCHIVE_WARN)
			return damaged(u, a, "the list of files cannot be read");
		if ((uint64_t)lib->archive_filter_bytes(a, 0) >
		    LIMIT_PACKAGE_UNPACKED)
			return refuse(u, "more bytes than a limit of this program");
		r = give_member(u, a, e);
		if (r < 0)
			return r;
	}
}

/* ---- Debian's --------------------------------------------------------------*/

/* The value of FIELD in a control file, deb822(5); the caller frees.  NULL: it has
 * none.  */
static char *control_value(const char *text, const char *field)
{
	const size_t n = strlen(field);

	while (text != NULL) {
		if (strncasecmp(text, field, n) == 0 && text[n] == ':') {
			text += n + 1;
			text += strspn(text, " \t");
			return xstrndup(text, strcspn(text, " \t\r\n"));
		}
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return NULL;
}

static bool is_label(const char *s)
{
	return s == NULL || strlen(s) <= LIMIT_LABEL_BYTES;
}

static int give_facts(struct unpack *u, const struct package_facts *f)
{
	if (f->name == NULL || *f->name == '\0' || !is_label(f->name) ||
	    !is_label(f->version) || !is_label(f->architecture))
		return refuse(u, "the package does not say what it is called");
	u->stopped = u->sink->facts(u->data, f);
	return u->stopped < 0 ? u->stopped : 0;
}

static int give_listed(struct unpack *u)
{
	u->stopped = u->sink->listed(u->data);
	return u->stopped < 0 ? u->stopped : 0;
}

static int read_control(struct unpack *u, struct archive *a, char **ret_text)
{
	AUTO(str) char *text = xmalloc(LIMIT_PACKAGE_CONTROL + 1);
	size_t n = 0;

	while (n < LIMIT_PACKAGE_CONTROL) {
		const la_ssize_t got = libarchive()->archive_read_data(
			a, text + n, LIMIT_PACKAGE_CONTROL - n);

		if (got < 0)
			return damaged(u, a, "control cannot be read");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n == LIMIT_PACKAGE_CONTROL)
		return refuse(u, "control or conffiles is longer than a limit of this program");
	text[n] = '\0';
	free(*ret_text);
	*ret_text = TAKE(text);
	return 0;
}

/* A line of CONFFILES each, deb-conffiles(5).  What is to go with an upgrade
 * ("remove-on-upgrade") is no file of the package.  */
static int give_conffiles(struct unpack *u, char *conffiles)
{
	char *rest = conffiles, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		AUTO(str) char *path = NULL;
		size_t n = strlen(line);

		while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
			line[--n] = '\0';
		if (*line != '/')
			continue;
		if (++u->members > LIMIT_PACKAGE_MEMBERS)
			return refuse(u, "more members than a limit of this program");
		path = member_path(line);
		if (path == NULL)
			return refuse(u, "a member has a name that leads elsewhere, or is too long");
		u->stopped = u->sink->marked(u->data, &(struct package_mark){
			.path = path });
		if (u->stopped < 0)
			return u->stopped;
	}
	u->members = 0;
	return 0;
}

static int give_control(struct unpack *u, struct archive *a)
{
	const struct libarchive *lib = libarchive();
	AUTO(str) char *control = NULL, *conffiles = NULL, *name = NULL;
	AUTO(str) char *version = NULL, *architecture = NULL;
	int r;

	for (;;) {
		AUTO(str) char *path = NULL;
		struct archive_entry *e;

		r = lib->archive_read_next_header(a, &e);
		if (r == ARCHIVE_EOF)
			break;
		if (r < ARCHIVE_WARN)
			return damaged(u, a, "control.tar cannot be read");
		path = member_path(lib->archive_entry_pathname(e));
		r = 0;
		if (path != NULL && strcmp(path, "/control") == 0)
			r = read_control(u, a, &control);
		else if (path != NULL && strcmp(path, "/conffiles") == 0)
			r = read_control(u, a, &conffiles);
		if (r < 0)
			return r;
	}
	if (control == NULL)
		return refuse(u, "there is no control file in it");
	name = control_value(control, "Package");
	version = control_value(control, "Version");
	architecture = control_value(control, "Architecture");
	r = give_facts(u, &(struct package_facts){
		"deb", name, version, architecture });
	if (r == 0 && conffiles != NULL)
		r = give_conffiles(u, conffiles);
	return r == 0 ? give_listed(u) : r;
}

/* What is in the member that OUTER is at.  */
static int open_inner(struct unpack *u, struct archive **ret_archive)
{
	const struct libarchive *lib = libarchive();
	struct archive *a = lib->archive_read_new();

	if (a == NULL)
		die("%s", strerror(ENOMEM));
	*ret_archive = a;
	take_filters(a);
	lib->archive_read_support_format_tar(a);
	lib->archive_read_support_format_empty(a);
	return lib->archive_read_open(a, u, NULL, read_member, NULL) ==
	       ARCHIVE_OK ? 0 : damaged(u, a, "a part cannot be read");
}

static int unpack_deb(struct unpack *u)
{
	const struct libarchive *lib = libarchive();
	AUTO(archive) struct archive *outer = lib->archive_read_new();
	bool control = false, data = false;

	if (outer == NULL)
		die("%s", strerror(ENOMEM));
	u->outer = outer;
	lib->archive_read_support_format_ar(outer);
	if (lib->archive_read_open(outer, u, NULL, read_file, NULL) != ARCHIVE_OK)
		return damaged(u, outer, "no Debian package");
	while (!data) {
		AUTO(archive) struct archive *inner = NULL;
		struct archive_entry *e;
		const char *name;
		int r = lib->archive_read_next_header(outer, &e);

		if (r == ARCHIVE_EOF)
			return refuse(u, "a part is missing: control.tar or data.tar");
		if (r < ARCHIVE_WARN)
			return damaged(u, outer, "no Debian package");
		name = lib->archive_entry_pathname(e);
		if (name == NULL || (!has_prefix(name, "control.tar") &&
				     !has_prefix(name, "data.tar")))
			continue;
		data = *name == 'd';
		if (data != control)
			return refuse(u, "control.tar and data.tar are not in their order");
		control = true;
		r = open_inner(u, &inner);
		if (r == 0)
			r = data ? give_members(u, inner) :
			    give_control(u, inner);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- rpm's -----------------------------------------------------------------*/

static bool read_at(const struct unpack *u, off_t offset, void *p, size_t n)
{
	return pread(u->fd, p, n, offset) == (ssize_t)n;
}

/* A header at *OFFSET, which moves behind it: 8 bytes of magic, then what
 * base/rpm-header.c reads (rpm's docs/manual/format_header.md).  *ret_header is
 * where that begins, of *ret_size bytes.  */
static int find_header(struct unpack *u, off_t *offset, off_t *ret_header,
		       uint64_t *ret_size)
{
	uint8_t head[RPM_HEAD];

	if (!read_at(u, *offset, head, sizeof(head)) ||
	    ((uint64_t)get_be32(head) << 32) != RPM_MAGIC)
		return refuse(u, "no rpm package: a header is missing");
	*ret_header = *offset + (off_t)sizeof(head) - (off_t)RPM_COUNTS_SIZE;
	if (rpm_header_size(head + sizeof(head) - RPM_COUNTS_SIZE,
			    ret_size) < 0 ||
	    *ret_size > LIMIT_PACKAGE_HEADER)
		return refuse(u, "no rpm package: a header is too long");
	*ret_size += RPM_COUNTS_SIZE;
	*offset = *ret_header + (off_t)*ret_size;
	return 0;
}

static int give_marked(void *data, const struct rpm_file *f)
{
	struct unpack *u = data;
	AUTO(str) char *path = NULL;
	struct package_mark m = {
		.ghost = (f->flags & RPM_FILE_GHOST) != 0,
		.noreplace = (f->flags & RPM_FILE_NOREPLACE) != 0,
		.sha256 = f->sha256 };

	if (++u->members > LIMIT_PACKAGE_MEMBERS)
		return refuse(u, "more members than a limit of this program");
	if (!m.ghost && (f->flags & RPM_FILE_CONFIG) == 0)
		return 0;
	m.path = path = member_path(f->path);
	if (path == NULL)
		return refuse(u, "a member has a name that leads elsewhere, or is too long");
	u->stopped = u->sink->marked(u->data, &m);
	return u->stopped < 0 ? u->stopped : 0;
}

static int give_header(struct unpack *u, const struct rpm_header *h)
{
	AUTO(str) char *version = rpm_header_version(h);
	int r = give_facts(u, &(struct package_facts){
		"rpm", rpm_header_string(h, RPM_TAG_NAME), version,
		rpm_header_string(h, RPM_TAG_ARCHITECTURE) });

	if (r == 0)
		r = rpm_header_each_file(h, give_marked, u);
	u->members = 0;
	return r == 0 ? give_listed(u) : r;
}

/* The second header is the package's; the first has its signatures.  */
static int rpm_facts(struct unpack *u)
{
	AUTO(str) char *bytes = NULL;
	struct rpm_header h;
	uint64_t size;
	off_t offset = RPM_LEAD, at;
	uint8_t lead[RPM_LEAD];
	int r = find_header(u, &offset, &at, &size);

	if (r < 0)
		return r;
	if (read_at(u, 0, lead, sizeof(lead)) && lead[6] == 0 && lead[7] == 1)
		return refuse(u, "it is a source package, which nothing is installed of");
	offset += (8 - offset % 8) % 8;	/* only behind the signatures */
	r = find_header(u, &offset, &at, &size);
	if (r < 0)
		return r;
	/* Nothing is allocated for what is not there.  */
	if (!read_at(u, offset - 1, &(uint8_t){ 0 }, 1))
		return refuse(u, "no rpm package: it ends in its header");
	bytes = xmalloc(size);
	if (!read_at(u, at, bytes, size) ||
	    rpm_header_parse((struct blob){ (const uint8_t *)bytes, size },
			     &h) < 0)
		return refuse(u, "no rpm package: its header cannot be read");
	return give_header(u, &h);
}

static int unpack_rpm(struct unpack *u)
{
	const struct libarchive *lib = libarchive();
	AUTO(archive) struct archive *a = lib->archive_read_new();
	int r = rpm_facts(u);

	if (r < 0)
		return r;
	if (a == NULL)
		die("%s", strerror(ENOMEM));
	take_filters(a);
	lib->archive_read_support_filter_rpm(a);
	lib->archive_read_support_format_cpio(a);
	lib->archive_read_support_format_empty(a);
	if (lib->archive_read_open(a, u, NULL, read_file, NULL) != ARCHIVE_OK)
		return damaged(u, a, "its files cannot be read");
	return give_members(u, a);
}

/* ---- both --------------------------------------------------------------------*/

static int unpack_any(struct unpack *u)
{
	static const uint8_t rpm[] = { 0xed, 0xab, 0xee, 0xdb };
	uint8_t head[8];

	if (!read_at(u, 0, head, sizeof(head)))
		return refuse(u, "no package: it is too short");
	if (memcmp(head, "!<arch>\n", sizeof(head)) == 0)
		return unpack_deb(u);
	if (memcmp(head, rpm, sizeof(rpm)) == 0)
		return unpack_rpm(u);
	return refuse(u, "no package of Debian or rpm");
}

int package_unpack(int fd, const struct package_sink *sink, void *data,
		   char **ret_error)
{
	struct unpack u = {
		.fd = fd, .sink = sink, .data = data,
		.block = xmalloc(BLOCK_BYTES) };
	locale_t before;
	int r;

	unpack_ready();
	before = uselocale(utf8);
	r = unpack_any(&u);
	uselocale(before);
	free(u.block);
	*ret_error = u.error;
	return u.stopped < 0 ? u.stopped : r;
}

bool package_supported(void)
{
	return true;
}

#else

void unpack_ready(void)
{
}

int package_unpack(int fd, const struct package_sink *sink, void *data,
		   char **ret_error)
{
	(void)fd, (void)sink, (void)data;
	*ret_error = NULL;
	return -ENOTSUP;
}

bool package_supported(void)
{
	return false;
}

#endif
