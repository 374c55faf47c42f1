/* base.h -- what every other folder stands on: memory, bytes, text, time,
 * files beneath a root, hashes and the log.  Nothing here knows about
 * certificates.
 *
 * Return values, everywhere in this program: 0 or a negative errno; a pointer
 * or NULL only from lookups and constructors; bool only from is_, has_ and
 * sniff.  Outputs are named ret_x, come last and are untouched on failure.
 * Three kinds of trouble have three routes: bad input becomes a problem row,
 * the environment a negative code that the command reports once, and our own
 * bugs or exhausted memory die().
 */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/limits.h"

/* gettext; N_ marks a string that is translated where it is shown. */
#include <libintl.h>
#define _(s)	gettext(s)
#define N_(s)	(s)
/* The translation of words that are data, or the words.  Those that the data of
 * the program has are known to translators (data/its); of nothing there is none,
 * for gettext has the catalogue's head there.  NULL of NULL.  */
static inline const char *translated(const char *words)
{
	return words == NULL || *words == '\0' ? words : gettext(words);
}

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* The one cleanup idiom: AUTO(kind) calls auto_kind(&variable) when the
 * variable leaves scope, so the variable must be initialised; TAKE(p) hands
 * the value on and leaves NULL behind.  */
#define AUTO(kind)	__attribute__((cleanup(auto_##kind)))
#define TAKE(p)		({ __typeof__(p) took_ = (p); (p) = NULL; took_; })

void auto_str(char **p);		/* free() */
void auto_fd(int *fd);			/* close() when >= 0 */
void auto_file(FILE **f);		/* fclose() when not NULL */

/* ---- memory ------------------------------------------------------------
 * These never return NULL: when memory is exhausted the program ends.  The
 * caller frees the result with free().  */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);	/* zeroed; overflow dies */
void *xrealloc(void *p, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
void *xmemdup(const void *p, size_t n);
char *xasprintf(const char *format, ...) PRINTF(1, 2);
/* To be called before anything else: what is free stays with the process, since
 * each page that is given back and asked for again is zeroed and mapped anew. */
void memory_keep(void);
/* What is asked for from now on comes in pages of 2 MB, where the kernel has them
 * for who asks: the first touch of a page costs 20 us in a virtual machine without
 * nested page tables, and an audit touches a thousand of 4 KB.  A process that was
 * forked before has no part in them; one that is forked later makes small ones of
 * those that are in use.  Costs 14 MB of addresses, and of memory less than one such
 * page more than is used.  Another allocator than glibc's (sanitizers have one) goes
 * on as it does.  */
void memory_in_huge_pages(void);

/* Makes room for one more element in the array *items of *cap elements of
 * SIZE bytes, N of which are in use.  *items may move.  */
void grow(void *items, size_t n, size_t *cap, size_t size);

/* ---- bytes -------------------------------------------------------------*/
struct blob {			/* borrowed bytes */
	const uint8_t *p;
	size_t n;
};

bool blob_equal(struct blob a, struct blob b);
int blob_compare(struct blob a, struct blob b);	/* memcmp order, then length */

/* Callers have checked that the bytes are there.  */
uint16_t get_be16(const uint8_t *p);
uint32_t get_be32(const uint8_t *p);
uint64_t get_be64(const uint8_t *p);
uint32_t get_le32(const uint8_t *p);

#define SHA256_SIZE	32
#define SHA1_SIZE	20
#define MD5_SIZE	16
void hash_sha256(struct blob data, uint8_t ret_hash[SHA256_SIZE]);
void hash_sha1(struct blob data, uint8_t ret_hash[SHA1_SIZE]);
void hash_md5(struct blob data, uint8_t ret_hash[MD5_SIZE]);
/* The SHA-256 of TEXT in Base64 (RFC 4648 section 4).  */
#define SHA256_BASE64_SIZE	45
void hash_base64(const char *text, char ret[SHA256_BASE64_SIZE]);
/* BYTES in Base64, without line breaks; the caller frees.  */
char *base64_encode(struct blob bytes);

/* ---- headers of RPM packages (rpm-header.c) ------------------------------
 * All that is borrowed is of the bytes that were parsed.  */
struct rpm_header {
	struct blob index, data;
};
enum rpm_tag {
	RPM_TAG_NAME = 1000, RPM_TAG_VERSION = 1001, RPM_TAG_RELEASE = 1002,
	RPM_TAG_EPOCH = 1003, RPM_TAG_ARCHITECTURE = 1022,
	RPM_TAG_FILEDIGESTS = 1035, RPM_TAG_FILEFLAGS = 1037,
	RPM_TAG_DIRINDEXES = 1116, RPM_TAG_BASENAMES = 1117,
	RPM_TAG_DIRNAMES = 1118, RPM_TAG_FILEDIGESTALGO = 5011,
};
enum rpm_file_flag {
	RPM_FILE_CONFIG = 1u << 0,
	RPM_FILE_NOREPLACE = 1u << 4,	/* of a changed one: it stays */
	RPM_FILE_GHOST = 1u << 6,	/* it is not in the package's archive */
};
#define RPM_COUNTS_SIZE	8u
/* How many bytes follow the counts; -EINVAL: past rpm's own limits.  */
int rpm_header_size(const uint8_t counts[RPM_COUNTS_SIZE], uint64_t *ret_size);
/* BLOB begins with the counts.  -EINVAL: it is shorter than they say.  */
int rpm_header_parse(struct blob blob, struct rpm_header *ret_header);
/* A tag that is one string, borrowed; NULL: there is none.  */
const char *rpm_header_string(const struct rpm_header *h, uint32_t tag);
/* [epoch:]version-release, as rpm writes it; the caller frees.  NULL: none.  */
char *rpm_header_version(const struct rpm_header *h);
struct rpm_file {
	const char *path;	/* absolute, as the package calls it, of N bytes */
	size_t n;
	uint32_t flags;		/* rpm_file_flags */
	const char *sha256;	/* of its bytes, hexadecimal; NULL: not known, as in
				 * packages older than 2009 */
};
/* Calls FN with each file of the package that has an absolute path.  Stops at FN's first negative return and
 * returns it.  */
typedef int rpm_file_fn(void *data, const struct rpm_file *f);
int rpm_header_each_file(const struct rpm_header *h, rpm_file_fn *fn,
			 void *data);

/* A growing byte buffer with a mandatory limit.  After a failed append
 * (-E2BIG) the buffer is unchanged and `truncated` is set for good: further
 * appends fail too, so the content never has a hole.
 * buf_str() is the content with a NUL behind it, owned by the buffer and
 * valid until the next append; never NULL.  */
struct buf {
	char *p;
	size_t n, cap, limit;
	bool truncated;
};
void buf_init(struct buf *b, size_t limit);
int buf_add(struct buf *b, const void *p, size_t n);
int buf_adds(struct buf *b, const char *s);
int buf_addf(struct buf *b, const char *format, ...) PRINTF(2, 3);
const char *buf_str(const struct buf *b);
char *buf_take(struct buf *b);		/* the caller frees; b is empty again */
void buf_done(struct buf *b);
void auto_buf(struct buf *b);		/* for AUTO(buf); b was initialised */

/* ---- the wire ------------------------------------------------------------
 * What goes between processes.  Numbers are big endian, bytes stand behind their
 * length.  Each wire_put_x has its wire_get_x; whoever gets does not believe who
 * put: a number past MAX, more bytes than MAX or than are there make the message
 * `bad` for good, and from then on every get is 0 or empty.  */
void wire_put_u32(struct buf *b, uint32_t number);
void wire_put_u64(struct buf *b, uint64_t number);
void wire_put_i64(struct buf *b, int64_t number);
/* Seven bits to a byte, the lowest first: for what is small mostly.  */
void wire_put_number(struct buf *b, uint64_t number);
/* How NUMBER differs from BEFORE, which the getter is to know, too; the sign is
 * at the bottom.  */
void wire_put_change(struct buf *b, uint64_t number, uint64_t before);
void wire_put_fixed(struct buf *b, const void *p, size_t n);
void wire_put_bytes(struct buf *b, struct blob bytes);
void wire_put_text(struct buf *b, const char *text);	/* NULL is kept */

struct wire {
	const uint8_t *p;	/* what is left */
	size_t n;
	bool bad;
};
uint32_t wire_get_u32(struct wire *w, uint32_t max);
uint64_t wire_get_u64(struct wire *w, uint64_t max);
int64_t wire_get_i64(struct wire *w, int64_t min, int64_t max);
uint64_t wire_get_number(struct wire *w, uint64_t max);
uint64_t wire_get_change(struct wire *w, uint64_t before);
void wire_get_fixed(struct wire *w, void *ret, size_t n);	/* or zeros */
struct blob wire_get_bytes(struct wire *w, size_t max);	/* borrowed */
/* NULL, or a text of at most MAX bytes with no NUL inside; the caller frees.  */
char *wire_get_text(struct wire *w, size_t max);
/* 0: all was got and good; else -EBADMSG.  */
int wire_end(const struct wire *w);

/* ---- text --------------------------------------------------------------*/
/* As strcmp(3); NULL sorts first, and is the same as itself only.  */
int text_compare(const char *a, const char *b);
bool text_same(const char *a, const char *b);
/* Lower-case hex of N bytes into RET (2 * N + 1 bytes).  */
void hex_encode(const uint8_t *p, size_t n, char *ret);
/* Reads exactly N bytes from 2 * N hex digits; -EINVAL otherwise.  */
int hex_decode(const char *s, uint8_t *ret, size_t n);

bool is_utf8(const char *s, size_t n);	/* RFC 3629, no NUL inside */

/* A copy of N bytes that came from outside, fit for a terminal: valid UTF-8,
 * with control, bidirectional and other format characters, line separators,
 * invalid bytes and the backslash written as \n, \xHH, \u{HHHH} and \\.
 * The caller frees.  */
char *escape_text(const char *s, size_t n);
/* A copy that is valid UTF-8 and otherwise as it was: only bytes that are
 * not UTF-8, and NUL, are written as \xHH.  For formats that quote
 * themselves, such as JSON.  The caller frees.  */
char *utf8_text(const char *s, size_t n);

/* Writes N bytes of valid UTF-8 as XML's or HTML's text, or into double quotes as an
 * attribute's.  */
void put_markup(FILE *f, const char *text, size_t n);

/* For how long something takes; only differences mean anything.  */
#define NS_PER_SECOND	INT64_C(1000000000)
#define NS_PER_MS	INT64_C(1000000)
int64_t monotonic_ns(void);

/* Seconds since 1970.  Accepts RFC 3339 with offset or Z, the same with a
 * space for the T, and @SECONDS; -EINVAL otherwise.  */
int time_parse(const char *s, int64_t *ret_time);
/* RFC 3339 in UTC, "2021-09-25T00:00:00Z"; years past 9999 clamp.  */
#define TIME_SIZE	32
const char *time_format(int64_t t, char ret[TIME_SIZE]);
/* Decimal without sign, at most MAX; -EINVAL or -ERANGE.  */
int number_parse(const char *s, uint64_t max, uint64_t *ret_number);

bool has_prefix(const char *s, const char *prefix);
bool has_suffix(const char *s, const char *suffix);
/* Is WORD one of the space-separated words of LIST (NULL: empty)?  */
bool has_word(const char *list, const char *word);

/* Does NAME match the whole of the pattern of N bytes at P?  Bytes, in any locale. */
bool wildcard_match(const char *p, size_t n, const char *name);
/* The `]` that closes the set at P, which stands behind the `[`; NULL when
 * nothing does, then the `[` is a character like others.  END bounds it.  */
const char *wildcard_set_end(const char *p, const char *end);

/* ---- files beneath a root ----------------------------------------------
 * The only place that opens what is scanned.  Every path is absolute as seen
 * inside the root; symbolic links, absolute ones too, are resolved inside it
 * by the kernel (openat2, RESOLVE_IN_ROOT), and magic links are refused.  */
struct root {
	int fd;			/* O_PATH descriptor of the root directory */
	char *path;		/* absolute path on the host, "/" for the host */
	struct overlay *overlay;	/* what lies over it; NULL: nothing */
	struct looks *looks;		/* keeps what is looked at; NULL: nobody */
};
int root_open(const char *path, struct root *ret_root);
void root_done(struct root *r);
bool root_is_host(const struct root *r);	/* is it this host's own "/"? */

/* ---- what would lie over a root (overlay.c) ----------------------------------
 * A root as it would be with other files.  Paths are absolute in the root, links
 * in their directories are followed, and directories that are missing are made.
 * -E2BIG: more than LIMIT_OVERLAY; -ENOTDIR: a component is no directory; other
 * negative errno: the scratch directory (in TMP, NULL: /tmp), which is there until
 * overlay_free() or the end of the program, whatever ends it.  */
struct directory;
struct file_id;
void overlay_new(const struct root *r, const char *tmp,
		 struct overlay **ret_overlay);
void overlay_free(struct overlay *o);		/* NULL is allowed */
/* R with everything that lies over it, as long as both; not to be closed.  */
const struct root *overlay_root(const struct overlay *o);
/* An empty file of root's, which the caller fills and closes.  */
int overlay_file(struct overlay *o, const char *path, unsigned mode,
		 int *ret_fd);
int overlay_link(struct overlay *o, const char *path, const char *target);
/* PATH is one more name of the overlay's file TARGET; -ENOENT: it has none.  */
int overlay_again(struct overlay *o, const char *path, const char *target);
int overlay_directory(struct overlay *o, const char *path);
int overlay_remove(struct overlay *o, const char *path);
/* For base/.  PATH, free of links, is NAME in the directory DIR: opened with FLAGS;
 * -ENODATA: the overlay says nothing of it.  */
int overlay_open(const struct overlay *o, int dir, const char *path,
		 const char *name, int flags, int *ret_fd);
/* What is to be said of PATH otherwise than of its descriptor.  */
void overlay_describe(struct overlay *o, const char *path,
		      struct file_id *id);
/* Changes the listing of the directory PATH.  */
int overlay_list(struct overlay *o, const char *path, struct directory *d);

/* ---- what was looked at (looks.c) --------------------------------------------
 * With root.looks set, every look beneath that root by the functions below is kept,
 * so that a later pass can be spared while nothing of it has changed.  */
enum look_how { LOOK_STAT, LOOK_LIST, LOOK_OPEN };
struct directory;
/* What changed after SINCE_NS, a time shortly before the pass begins, is not relied
 * on.  */
struct looks *looks_new(int64_t since_ns);
void looks_free(struct looks *l);		/* NULL is allowed */
/* Likewise.  PATH is not there, as was seen otherwise.  */
void looks_absent(struct looks *l, const char *path);
/* Likewise.  Of the names in PATH, which is D, only some mean anything: those that
 * one of the patterns in FILTER fits, words behind each other that end in "/" and
 * begin with what they are for: `*` all, `d` what is no regular file.  Names that
 * begin with a dot want one in the pattern.  */
void looks_list(struct looks *l, const char *path, const struct directory *d,
		const char *filter);
/* Likewise.  Something was decided by what the looks do not show: nothing is to be
 * kept.  */
void looks_forget(struct looks *l);
/* Appends what was looked at beneath R, whose looks are not kept meanwhile.
 * -EAGAIN: something changed, or cannot be relied on; -E2BIG: there is too much.  */
int looks_write(const struct looks *l, const struct root *r, struct buf *b);
/* Would all looks give the same now?  1: yes, 0: no, or it cannot be told; -EBADMSG:
 * these are no such bytes.  */
int looks_same(const struct root *r, struct blob bytes);

/* ---- directories of our own (directory.c) ----------------------------------*/
/* PATH beneath the descriptor AT (AT_FDCWD: as it is), for reading; the caller
 * closes.  Negative errno.  */
int directory_open(int at, const char *path, int *ret_fd);
/* The names in the directory FD but "." and "..", sorted by bytes, a NULL behind
 * the last; free with names_free().  Negative errno.  */
int directory_names(int fd, char ***ret_names, size_t *ret_n);
/* Deletes NAME beneath AT, which may be a directory with all that is in it; no
 * link is followed.  -ELOOP: deeper than DEPTH, and something is left.  */
int tree_delete(int at, const char *name, unsigned depth);

/* What PATH leads to, as an O_PATH descriptor that the caller closes; nothing
 * is opened by that.  FLAGS: 0, O_NOFOLLOW, O_DIRECTORY.  The functions below
 * are made of this one and are what is wanted nearly always.  */
int beneath_open(const struct root *r, const char *path, int flags,
		 int *ret_fd);
/* The same for base/: *ret_real, which the caller frees, is where that is, free
 * of links, if something lies over R; else NULL.  */
int beneath_find(const struct root *r, const char *path, int flags,
		 int *ret_fd, char **ret_real);
/* The very object of FD, which beneath_open() gave for PATH and which is
 * known to be a regular file, opened for reading.  Without /proc PATH is
 * resolved a second time: -EAGAIN when it is another object now.  */
int beneath_reopen(const struct root *r, const char *path, int fd,
		   int *ret_fd);
/* PATH in which no component, the last one too, is a link, opened with FLAGS; the
 * caller closes.  -ELOOP: there is one.  Unlike the others it may be called by
 * several threads at once, and does not know of beneath_avoid().  */
int beneath_open_straight(const struct root *r, const char *path, int flags,
			  int *ret_fd);
/* A look at many paths of a root (descent.c), absolute and without "." and "..",
 * no component of which may be a link; sorted, they cost little.  As
 * beneath_open_straight() about threads, of which each has its own, and
 * beneath_avoid().  */
#define DESCENT_LEVELS	32u
struct descent {
	const struct root *root;
	struct {
		int fd;
		size_t end;		/* of its path, in PATH */
	} levels[DESCENT_LEVELS];	/* what is open, from above */
	size_t n;
	char path[LIMIT_PATH_BYTES];	/* of the lowest; "" is the root */
};
/* Is PATH absolute, and each component a name that ends behind the first FROM bytes,
 * which it shares with one that is plain?  */
bool path_is_plain(const char *path, size_t from);
/* ROOT must outlive it.  descent_end() closes what is open.  */
void descent_begin(struct descent *d, const struct root *root);
void descent_end(struct descent *d);
/* What PATH itself is.  Negative errno; -ELOOP or -ENOTDIR: a directory above it
 * is none, or a link.  Nothing is mounted by that.  */
int descent_stat(struct descent *d, const char *path, struct stat *ret_st);
/* The directory PATH as an O_PATH descriptor, which is good until the next call
 * for D.  Negative errno, as above.  */
int descent_open(struct descent *d, const char *path, int *ret_fd);
/* The lowest directory that is open: after descent_stat() the one above its
 * path.  */
int descent_lowest(const struct descent *d);
/* From now on none of these mount points (absolute paths of the host, NULL
 * behind the last, kept by the caller; NULL: none) is gone into: -ETIMEDOUT.  */
void beneath_avoid(char *const *mount_points);
/* Is it one of these?  NULL: are there any?  */
bool beneath_avoids(const char *mount_point);
/* What is mounted, by path; one for each mount point, the topmost.  */
enum mount_kind {
	MOUNT_LOCAL,
	MOUNT_REMOTE,		/* or of a program (FUSE): may never answer */
	MOUNT_PSEUDO,		/* proc and its like */
	MOUNT_AGAIN,		/* local, and another one shows it, too */
	MOUNT_UNKNOWN,		/* in no table of mounts */
	MOUNT_SNAPSHOT,		/* of a btrfs, which nobody can write to */
};
struct mount {
	char *point, *type;
	char *root;		/* the directory of the file system that it shows */
	char *device;		/* "254:0" */
	enum mount_kind kind;
	size_t order;		/* of mounting */
};
struct mounts {
	struct mount *items;
	size_t n;
	bool cut;		/* there are more than LIMIT_MOUNTS */
};
/* Negative errno: it cannot be known.  Free with
 * mounts_done().  */
int mounts_read(struct mounts *ret_mounts);
/* NULL: nothing is mounted at just this path.  */
const struct mount *mounts_at(const struct mounts *m, const char *point);
/* The one that PATH, absolute and without links, lies in; NULL: it is not known. */
const struct mount *mounts_of(const struct mounts *m, const char *path);
void mounts_done(struct mounts *m);
void auto_mounts(struct mounts *m);
/* The mount points of remote and FUSE file systems that did not answer within
 * LIMIT_MS milliseconds, by path; free with names_free().  1: others were not asked.
 * Negative errno: it cannot be known which there are.  */
int mounts_unanswered(unsigned limit_ms, char ***ret_points, size_t *ret_n);
/* For tests: go the ways that are kept for hosts without these.  */
enum beneath_lacks {
	BENEATH_LACKS_OPENAT2 = 1 << 0,		/* kernels before 5.6 */
	BENEATH_LACKS_PROC = 1 << 1,		/* no /proc mounted */
};
void beneath_pretend(unsigned lacks);

/* What a name leads to.  Device, inode, size and times decide whether
 * content was seen before.  */
struct file_id {
	uint64_t dev, ino;
	int64_t size, mtime_ns, ctime_ns;
	uint32_t mode, uid, gid;
};

struct stat;
struct file_id file_id_of(const struct stat *st);
/* Root, or whoever runs this: a user whose files take nothing from others'.  */
bool uid_is_own(uint32_t uid);
/* Did what ID is of change at SINCE_NS or later, or so shortly before that it may have
 * changed again without a trace?  */
bool file_is_young(const struct file_id *id, int64_t since_ns);

/* Follows links; -ENOENT, -ELOOP, -EACCES, -ENOTDIR expected.  */
int file_stat(const struct root *r, const char *path, struct file_id *ret_id);
/* The same for the name itself: a link is reported as a link.  */
int file_lstat(const struct root *r, const char *path, struct file_id *ret_id);
/* The target of a link as it is written; the caller frees.  -EINVAL when the
 * name is no link.  */
int file_readlink(const struct root *r, const char *path, char **ret_target);
/* Where PATH really is, as an absolute path inside the root, all links
 * resolved; the caller frees.  */
int file_real_path(const struct root *r, const char *path, char **ret_path);

/* What these functions could not look at because the machine failed (no memory or
 * descriptors, a disk that cannot be read): many callers only ask whether something
 * is there.  Paths as they were asked for, at most LIMIT_TROUBLES, each once.  */
struct trouble {
	char *path;
	int error;
};
size_t troubles_list(const struct trouble **ret_troubles);
/* That of PATH has been told otherwise.  */
void trouble_told(const char *path);
void troubles_forget(void);
/* For base/: keeps ERROR, if it is one, and returns it.  */
int trouble_note(const char *path, int error);

/* The names in a directory but "." and "..", sorted by bytes, a NULL behind
 * the last; free with names_free().  More than LIMIT_DIRECTORY_NAMES: -E2BIG. */
int file_names(const struct root *r, const char *path, char ***ret_names,
	       size_t *ret_n);
void names_free(char **names);
void auto_names(char ***names);

/* A directory as it was listed once.  */
struct directory {
	char **names;		/* sorted by bytes, NULL behind the last */
	char *kinds;		/* what each is itself: 'd' a directory, 'f' a
				 * regular file, 'o' a link or something else */
	size_t n;
	struct file_id id;	/* of the directory */
};
/* FLAGS: 0, or O_NOFOLLOW, when PATH must be no link (-ENOTDIR).  Errors as
 * those of file_names(); the caller frees with directory_done().  */
int file_directory(const struct root *r, const char *path, int flags,
		 struct directory *ret_directory);
bool directory_has(const struct directory *l, const char *name);
void directory_done(struct directory *l);
void auto_directory(struct directory *l);

/* The bytes of a regular file, at most LIMIT bytes.  Opened non-blocking and
 * only after a stat of the very same object said that it is a regular file:
 * -ENOTREG for a FIFO, socket, device or directory, -EPSEUDO, -EFBIG past
 * the limit.  Small files are copied, large ones mapped; a mapping whose file
 * shrinks meanwhile, or cannot be read any more, is zeros from there on and
 * sets `shrank` (see file_shrank), so *ret_file must not move before
 * file_done().  At most LIMIT_MAPPED_FILES at a time, else -EMFILE.  */
struct file {
	struct blob data;
	struct file_id id;
	bool mapped;
	bool shrank;
};
#define ENOTREG		ENOTBLK		/* "not a regular file" */
#define EPSEUDO		ENOTUNIQ	/* "an interface of the kernel's": /proc,
					 * /sys and the like */
int file_read(const struct root *r, const char *path, uint64_t limit,
	      struct file *ret_file);
/* The two halves of that, for two processes: the opened descriptor, which the
 * caller closes, and its bytes.  */
int file_open(const struct root *r, const char *path, uint64_t limit,
	      int *ret_fd, struct file_id *ret_id);
int file_load(int fd, const struct file_id *id, uint64_t limit,
	      struct file *ret_file);
/* Did the file shrink under its mapping?  To be asked when the bytes have
 * been read; what was read is not to be relied on then.  */
bool file_shrank(const struct file *f);
/* Pages before OFFSET are not needed any more.  */
void file_drop(const struct file *f, size_t offset);
void file_done(struct file *f);
void auto_scanned(struct file *f);

/* ---- local sockets (datagram.c) ---------------------------------------------
 * A socket of this host that takes messages, to be written to; the caller closes.
 * Nobody is waited for longer than LIMIT_NOTICE_MS.  Negative errno: there is
 * none, or nobody behind it.  */
int datagram_open(const char *path, int *ret_fd);
/* One message.  -EMSGSIZE, -ENOBUFS: it is too large for one.  */
int datagram_send(int fd, struct blob message);
/* The same as a sealed file in memory, of which only the descriptor is sent: for
 * what is too large, if who reads there knows of that.  */
int datagram_send_sealed(int fd, struct blob message);

/* ---- processes of this host ----------------------------------------------
 * What the program's own /proc says.  */
struct process {
	uint32_t pid, uid;
	char *program;		/* path of what it runs; NULL: not told */
	char *directory;	/* its working directory; NULL: not told */
	bool elsewhere;		/* it has another root or other mounts: its paths
				 * mean something else there */
	struct blob environment, command;	/* strings, each ends in a NUL */
	bool cut;		/* one was longer than LIMIT_PROCESS_BYTES */
	char *storage[2];
};
/* Of all but this one, ascending; the caller frees.  At most LIMIT_PROCESSES:
 * -E2BIG.  */
int process_list(uint32_t **ret_pids, size_t *ret_n);
/* -ENOENT, -ESRCH: it has ended; -EACCES, -EPERM: somebody else's.  */
int process_read(uint32_t pid, struct process *ret_process);
void process_done(struct process *p);

/* Writes DATA to PATH on the host (not beneath a scanned root): a temporary
 * file in the same directory, fsync, rename; a link is followed first, and
 * the umask applies to MODE.  "-" is standard output, and what is there and
 * no regular file, such as /dev/stderr, is written to directly.  */
int file_write_atomic(const char *path, struct blob data, mode_t mode);

/* Reads one of the program's own files (data, configuration), at most LIMIT
 * bytes (-EFBIG); the caller frees *ret_text, which has a NUL behind it.
 * Waits for nobody: -ENOTREG for a FIFO.  */
int file_slurp(const char *path, size_t limit, char **ret_text, size_t *ret_n);

/* A file of ours, or one that the command line names: -ENOTREG, -EFBIG as
 * file_read(); the caller closes.  */
int file_open_named(const char *path, uint64_t limit, int *ret_fd);

/* What ERROR, a negative errno of the functions above, means, for a message. */
const char *error_words(int error);

/* ---- sandbox ---------------------------------------------------------------
 * What a process gives up, and whether that worked.  */
enum sandbox_role {
	SANDBOX_READER,		/* one socket, and files that come through it */
	SANDBOX_KEEPER,		/* the program itself: runs nothing, writes only
				 * where it was told to */
};
enum sandbox_part {
	SANDBOX_PRIVILEGES,	/* no_new_privs, and nobody may look into it */
	SANDBOX_DESCRIPTORS,
	SANDBOX_USER,		/* when root: a user that nobody else is */
	SANDBOX_LIMITS,		/* setrlimit(2) */
	SANDBOX_FILES,		/* Landlock */
	SANDBOX_CALLS,		/* seccomp */
};
#define SANDBOX_PARTS	6
const char *sandbox_part_name(enum sandbox_part part);	/* N_("...") */
struct sandbox_state {
	/* 0: enforced; SANDBOX_NOT_ASKED: not of this role, or not by root; else
	 * the negative errno why not.  -ENOSYS is also a build without it.  */
	int parts[SANDBOX_PARTS];
};
#define SANDBOX_NOT_ASKED	1
/* Never fails: *ret_state says what is in force.  KEEP: the descriptor of a
 * reader's socket, which becomes SANDBOX_SOCKET; everything else is closed.
 * WRITABLE: paths of files and directories of the keeper's, NULL behind the
 * last; those that do not exist are passed over.  NULL: it may write as before,
 * and look at other processes, which Landlock would end, too.  */
#define SANDBOX_SOCKET	3
void sandbox_enter_reader(int keep, struct sandbox_state *ret_state);
void sandbox_enter_keeper(const char *const *writable,
			  struct sandbox_state *ret_state);
/* Can this build filter system calls at all?  */
bool sandbox_has_seccomp(void);

/* ---- channels --------------------------------------------------------------
 * Messages (a type and bytes) over a socket between the program and one of its
 * workers, which take turns: whoever sent waits for the answer.  */
#define CHANNEL_FDS	(2 * LIMIT_WIRE_FILES)
struct channel {
	int fd;
	pid_t peer;		/* the worker, whose time is bounded; 0: this is
				 * the worker, which waits for as long as it takes */
	bool takes_fds;
	unsigned cpu_limit, wall_limit;		/* seconds; see channel_arm() */
	int64_t cpu_end;			/* of the peer's clock */
	int64_t waited, looked;		/* ns since it was armed, and at the last
					 * look at the limits */
	size_t unlooked_bytes;		/* that came since then */
	uint8_t *in;		/* what was read and not taken yet */
	size_t n, pos, cap;
	struct buf out;
	size_t begun;		/* where its last message begins */
	int fds[CHANNEL_FDS];	/* came with it and were not taken yet */
	size_t n_fds;
};
void channel_init(struct channel *c, int fd, pid_t peer);
void channel_done(struct channel *c);		/* closes everything */
int64_t channel_cpu_time(const struct channel *c);	/* ns, of the peer so far */
/* From now on the worker may take the limits' seconds until the next call.  */
void channel_arm(struct channel *c);
/* The message begins: what is put into the buffer that this returns, up to
 * channel_end(), is in it.  */
struct buf *channel_begin(struct channel *c, unsigned type);
void channel_end(struct channel *c);
/* Sends what was put together, with descriptors that stay the caller's.
 * -EPIPE: the other side is gone; -ETIME, -ETIMEDOUT: no more processor time,
 * no more time by the clock.  */
int channel_send(struct channel *c, const int *fds, size_t n_fds);
/* The next message, borrowed until the next call.  Errors as channel_send()'s;
 * -EBADMSG: longer than LIMIT_WIRE_BYTES.  */
int channel_receive(struct channel *c, unsigned *ret_type,
		    struct wire *ret_message);

/* The next descriptor that came, which is the caller's then; -1: no more.  */
int channel_take_fd(struct channel *c);

/* ---- workers ---------------------------------------------------------------
 * Processes that do one kind of work inside a sandbox.  They are forked by the
 * nursery, a process that was forked itself before the program opened anything
 * that a worker must not see.  */
struct worker_kind {
	void (*prepare)(void);	/* in the nursery, before the first worker: what
				 * libraries open or ask for once */
	/* Returns when the channel ends, and so does the process.  */
	void (*work)(struct channel *c);
};
/* Where a worker is, for the message when it dies.  It is all that a worker can
 * write to beside its channel, and nothing but words depend on it.  */
struct worker_place {
	_Atomic(uint64_t) offset;
};
struct worker_place *worker_place(void);	/* inside a worker; never NULL */

struct worker {
	pid_t pid;
	struct channel channel;
	struct sandbox_state sandbox;
	struct worker_place *place;
	struct nursery *nursery;
};
/* How it ended: by a signal, or with a status.  */
enum worker_status {
	WORKER_DONE = 0,
	WORKER_NO_MEMORY = 70,	/* it asked for more than it may have */
	WORKER_LOST = -1,	/* it does not end: the kernel holds it */
};
struct worker_end {
	int signal;		/* 0: none */
	int status;
};
/* Negative errno: no process is to be had.  */
int nursery_open(const struct worker_kind *kind, struct nursery **ret_nursery);
void nursery_close(struct nursery *n);		/* NULL is allowed */
/* -ESRCH: the nursery has ended, with words on standard error where it was for what
 * it could not load.  -EPIPE: the worker has, before it said anything.  */
int worker_start(struct nursery *n, struct worker **ret_worker);
/* Has it worked for so long that another one should go on?  */
bool worker_is_old(const struct worker *w);
/* Ends it, by FORCE or by the end of its channel.  RET_END may be NULL.  */
void worker_stop(struct worker *w, bool force, struct worker_end *ret_end);

/* Runs FN(DATA) in a process of its own, which is killed after so many seconds: it
 * ends with what FN returns.  Negative errno: there is no process.  */
int guarded_run(int (*fn)(const void *data), const void *data, unsigned seconds,
		struct worker_end *ret_end);

/* ---- where the program's own files are ---------------------------------*/
/* The directory of data files: the source tree's data/ when the program runs
 * from its build tree (known by its own executable's path), else the
 * installed one.  Lives as long as the program.  */
const char *data_dir(void);
/* For tests: it is DIR, kept by the caller, from now on.  */
void data_dir_set(const char *dir);
/* The directory of translations: likewise, that of the build tree or the
 * installed one.  A translation is a format for printf(), so that nobody's
 * environment may name another.  */
const char *locale_dir(void);
/* All files SUBDIR/<name>SUFFIX of the data directory and of CONFIG_DIR (NULL:
 * /etc/trustdrift), and SUBDIR.d/<name>SUFFIX there, sorted by base name; a name
 * in CONFIG_DIR masks the vendor's, one in SUBDIR.d both, and a link to /dev/null
 * there removes it.  A directory that is missing has no files, and a name that
 * begins with a dot is none.  Full paths, NULL behind the last; free with
 * names_free().  */
int data_files(const char *config_dir, const char *subdir, const char *suffix,
	       char ***ret_paths, size_t *ret_n);
/* The path of the file NAME in CONFIG_DIR (NULL: /etc/trustdrift), which is the
 * administrator's alone; the caller frees.  -ENOENT: there is none, or a link to
 * /dev/null.  */
int config_file(const char *config_dir, const char *name, char **ret_path);
/* What to say when that failed with ERROR; the caller frees.  */
char *data_files_failed(const char *config_dir, const char *subdir, int error);

/* ---- log ---------------------------------------------------------------
 * Diagnostics on stderr, in the user's language.  Only main, cmd-* and scan's
 * progress may call these; what came from outside is escaped by the caller. */
enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };
void log_set_level(enum log_level level);
void log_error(const char *format, ...) PRINTF(1, 2);	/* always */
void log_warning(const char *format, ...) PRINTF(1, 2);	/* not when quiet */
void log_verbose(const char *format, ...) PRINTF(1, 2);	/* only when verbose */
/* What log_error() said last, "" if nothing; at most a line of it.  */
const char *log_last_error(void);
/* From now on die() ends the program with STATUS, and not with 1.  */
void die_with(int status);
void die(const char *format, ...) PRINTF(1, 2) __attribute__((noreturn));
/* In a worker: die() ends it with STATUS and says nothing, and no exit handler of
 * a library runs.  */
void die_quietly(int status);
/* die(), with words even so: for what is wrong before there is any input.  */
void die_aloud(const char *format, ...) PRINTF(1, 2) __attribute__((noreturn));

#endif
