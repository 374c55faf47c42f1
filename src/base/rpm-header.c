/* rpm-header.c -- the header of an RPM package, as it stands in a package and in
 * each database of installed ones.
 *
 * Two big-endian counts, of index entries and of bytes of data; the entries, each
 * a tag, a type, an offset into the data and a count; the data
 * (rpm's docs/manual/format_header.md; what is in front differs: a package has a
 * magic number, a database nothing).  The files of a package are arrays beside
 * each other: base names, the names of directories, for each base name the number
 * of its directory, its flags (docs/manual/tags.md, rpmfileAttrs), and its digest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#define ENTRY_SIZE	16u
#define ENTRIES_MAX	65535u		/* rpm's own limit */
#define DATA_MAX	(256u << 20)	/* likewise */
#define FILES_MAX	1000000u
enum { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8 };

/* Values of one tag: COUNT strings or numbers in VALUE.  */
struct values {
	struct blob value;
	uint32_t count;
};

int rpm_header_size(const uint8_t counts[RPM_COUNTS_SIZE], uint64_t *ret_size)
{
	const uint32_t entries = get_be32(counts), data = get_be32(counts + 4);

	if (entries > ENTRIES_MAX || data > DATA_MAX)
		return -EINVAL;
	*ret_size = (uint64_t)entries * ENTRY_SIZE + data;
	return 0;
}

int rpm_header_parse(struct blob blob, struct rpm_header *ret_header)
{
	uint64_t size;
	size_t index;

	if (blob.n < RPM_COUNTS_SIZE || rpm_header_size(blob.p, &size) < 0 ||
	    size > blob.n - RPM_COUNTS_SIZE)
		return -EINVAL;
	index = ENTRY_SIZE * (size_t)get_be32(blob.p);
	*ret_header = (struct rpm_header){
		{ blob.p + RPM_COUNTS_SIZE, index },
		{ blob.p + RPM_COUNTS_SIZE + index, (size_t)size - index },
	};
	return 0;
}

/* -ENOENT: the package has no such tag, or of another type.  */
static int find(const struct rpm_header *h, uint32_t tag, uint32_t type,
		struct values *ret_values)
{
	for (size_t i = 0; i + ENTRY_SIZE <= h->index.n; i += ENTRY_SIZE) {
		const uint8_t *e = h->index.p + i;
		uint32_t offset = get_be32(e + 8);

		if (get_be32(e) != tag || get_be32(e + 4) != type ||
		    offset > h->data.n)
			continue;
		*ret_values = (struct values){
			{ h->data.p + offset, h->data.n - offset },
			get_be32(e + 12),
		};
		return 0;
	}
	return -ENOENT;
}

/* Takes one string off the front of V; NULL: there is none.  */
static const char *next_string(struct values *v)
{
	const char *s = (const char *)v->value.p;
	const uint8_t *end;

	if (v->count == 0 || v->value.n == 0)
		return NULL;
	end = memchr(v->value.p, '\0', v->value.n);
	if (end == NULL)
		return NULL;
	v->count--;
	v->value = (struct blob){ end + 1, v->value.n -
				  (size_t)(end + 1 - v->value.p) };
	return s;
}

/* Number I of V; false: it has fewer.  */
static bool number_at(const struct values *v, uint32_t i, uint32_t *ret)
{
	if (i >= v->count || 4 * ((uint64_t)i + 1) > v->value.n)
		return false;
	*ret = get_be32(v->value.p + 4 * (size_t)i);
	return true;
}

const char *rpm_header_string(const struct rpm_header *h, uint32_t tag)
{
	struct values v;

	return find(h, tag, TYPE_STRING, &v) == 0 ? next_string(&v) : NULL;
}

char *rpm_header_version(const struct rpm_header *h)
{
	const char *version = rpm_header_string(h, RPM_TAG_VERSION);
	const char *release = rpm_header_string(h, RPM_TAG_RELEASE);
	struct values epoch;
	uint32_t number;

	if (version == NULL || release == NULL)
		return NULL;
	if (find(h, RPM_TAG_EPOCH, TYPE_INT32, &epoch) == 0 &&
	    epoch.count == 1 && number_at(&epoch, 0, &number))
		return xasprintf("%u:%s-%s", number, version, release);
	return xasprintf("%s-%s", version, release);
}

/* The strings of a string array, borrowed; the caller frees the array.  */
static const char **strings_of(struct values v, uint32_t *ret_n)
{
	const char **strings = NULL, *s;
	size_t n = 0, cap = 0;

	while (n < FILES_MAX && (s = next_string(&v)) != NULL) {
		grow(&strings, n, &cap, sizeof(*strings));
		strings[n++] = s;
	}
	*ret_n = (uint32_t)n;
	return strings;
}

/* Only if they are of SHA-256, which is 8 in OpenPGP (RFC 4880, 9.4).  */
static void find_digests(const struct rpm_header *h, struct values *ret_values)
{
	struct values algorithm;
	uint32_t number;

	if (find(h, RPM_TAG_FILEDIGESTALGO, TYPE_INT32, &algorithm) == 0 &&
	    number_at(&algorithm, 0, &number) && number == 8)
		find(h, RPM_TAG_FILEDIGESTS, TYPE_STRING_ARRAY, ret_values);
}

int rpm_header_each_file(const struct rpm_header *h, rpm_file_fn *fn,
			 void *data)
{
	struct values names, dirs, numbers;
	struct values flags = { .count = 0 }, digests = { .count = 0 };
	const char *name, **directories;
	uint32_t n, d;
	int r = 0;

	/* A package without files has none of the three.  */
	if (find(h, RPM_TAG_BASENAMES, TYPE_STRING_ARRAY, &names) < 0 ||
	    find(h, RPM_TAG_DIRNAMES, TYPE_STRING_ARRAY, &dirs) < 0 ||
	    find(h, RPM_TAG_DIRINDEXES, TYPE_INT32, &numbers) < 0)
		return 0;
	find(h, RPM_TAG_FILEFLAGS, TYPE_INT32, &flags);
	find_digests(h, &digests);
	directories = strings_of(dirs, &n);
	for (uint32_t i = 0; r >= 0 && i < FILES_MAX &&
	     number_at(&numbers, i, &d) &&
	     (name = next_string(&names)) != NULL; i++) {
		const char *digest = next_string(&digests);
		char path[LIMIT_PATH_BYTES];
		struct rpm_file f = { .path = path };
		int length;

		if (d >= n)
			continue;
		number_at(&flags, i, &f.flags);
		length = snprintf(path, sizeof(path), "%s%s", directories[d],
				  name);
		f.n = (size_t)length;
		if (digest != NULL && strlen(digest) == 2 * SHA256_SIZE)
			f.sha256 = digest;
		/* Of a source package, which nothing is installed of, they
		 * stand beneath no directory.  */
		if (path[0] == '/' && length > 0 && f.n < sizeof(path))
			r = fn(data, &f);
	}
	free(directories);
	return r;
}
