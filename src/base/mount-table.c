/* mount-table.c -- what is mounted where, as proc_pid_mountinfo(5) has it.
 *
 * What is surprising: one file system may be mounted many times, whole or from
 * a directory of its own on (the fourth column), and a mount may lie on another
 * at the same point, which then is not seen any more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

/* Those whose server or program may be gone.  */
static const char *const remote_types[] = {
	"fuse", "nfs", "cifs", "smb", "9p", "ceph", "afs", "lustre", "gfs",
	"ocfs", "pvfs", "coda", "ncp", "virtiofs", "beegfs", "gpfs",
};

/* Those whose files nobody ever wrote.  */
static const char *const pseudo_types[] = {
	"autofs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2",
	"configfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl",
	"hugetlbfs", "mqueue", "nfsd", "nsfs", "proc", "pstore", "resctrl",
	"rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tracefs",
	"xenfs",
};

static bool is_pseudo(const char *type)
{
	for (size_t k = 0; k < ARRAY_SIZE(pseudo_types); k++)
		if (strcmp(type, pseudo_types[k]) == 0)
			return true;
	return false;
}

/* fuse.sshfs, nfs4 and smb3 begin with the name of their kind.  */
static bool is_remote(const char *type)
{
	for (size_t k = 0; k < ARRAY_SIZE(remote_types); k++)
		if (has_prefix(type, remote_types[k]))
			return true;
	return false;
}

/* Blanks and their like are written as \NNN; put back in place.  */
static void unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				       (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* Takes the next word off *S, NULL: none.  */
static char *next_word(char **s)
{
	return *s != NULL ? strsep(s, " ") : NULL;
}

/* Fills *M, whose strings the caller owns; false: it is no such line.  */
static bool take_line(char *line, struct mount *m)
{
	char *words[5] = { NULL }, *word;

	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		words[k] = next_word(&line);
	while ((word = next_word(&line)) != NULL && strcmp(word, "-") != 0)
		;
	word = next_word(&line);
	if (words[4] == NULL || words[4][0] != '/' || word == NULL)
		return false;
	unescape(words[3]);
	unescape(words[4]);
	*m = (struct mount){
		.device = xstrdup(words[2]), .root = xstrdup(words[3]),
		.point = xstrdup(words[4]), .type = xstrdup(word),
		.kind = is_pseudo(word) ? MOUNT_PSEUDO :
			is_remote(word) ? MOUNT_REMOTE : MOUNT_LOCAL,
	};
	return true;
}

static void mount_done(struct mount *m)
{
	free(m->device);
	free(m->root);
	free(m->point);
	free(m->type);
}

/* Of those at one point the last comes last.  */
static int compare_points(const void *a, const void *b)
{
	const struct mount *x = a, *y = b;
	int order = strcmp(x->point, y->point);

	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static void keep_topmost(struct mounts *m)
{
	size_t kept = 0;

	for (size_t k = 0; k < m->n; k++) {
		if (k + 1 < m->n &&
		    strcmp(m->items[k].point, m->items[k + 1].point) == 0)
			mount_done(&m->items[k]);
		else
			m->items[kept++] = m->items[k];
	}
	m->n = kept;
}

static bool is_within(const char *path, const char *directory)
{
	size_t n = strcmp(directory, "/") == 0 ? 0 : strlen(directory);

	return strncmp(path, directory, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/');
}

/* Does A show all that B shows?  */
static bool shows(const struct mount *a, const struct mount *b)
{
	if (a->kind == MOUNT_AGAIN || strcmp(a->device, b->device) != 0 ||
	    !is_within(b->root, a->root))
		return false;
	return strcmp(a->root, b->root) != 0 || a->order < b->order;
}

/* The layers of an overlay lie in directories of other file systems, but for
 * that on which everything stands, in a container.  */
static void mark_repeated(struct mounts *m)
{
	for (size_t k = 0; k < m->n; k++) {
		struct mount *b = &m->items[k];

		if (b->kind != MOUNT_LOCAL)
			continue;
		if (strcmp(b->type, "overlay") == 0 &&
		    strcmp(b->point, "/") != 0) {
			b->kind = MOUNT_AGAIN;
			continue;
		}
		for (size_t j = 0; j < m->n; j++)
			if (j != k && m->items[j].kind == MOUNT_LOCAL &&
			    shows(&m->items[j], b)) {
				b->kind = MOUNT_AGAIN;
				break;
			}
	}
}

int mounts_read(struct mounts *ret_mounts)
{
	AUTO(str) char *text = NULL;
	struct mounts m = { .n = 0 };
	char *rest, *line;
	size_t size, cap = 0;
	int r = file_slurp("/proc/self/mountinfo", LIMIT_FILE_BYTES, &text,
			   &size);

	if (r < 0)
		return r;
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;) {
		m.cut = m.n == LIMIT_MOUNTS && *line != '\0';
		if (m.n == LIMIT_MOUNTS)
			break;
		grow(&m.items, m.n, &cap, sizeof(*m.items));
		if (take_line(line, &m.items[m.n])) {
			m.items[m.n].order = m.n;
			m.n++;
		}
	}
	if (m.n > 0)
		qsort(m.items, m.n, sizeof(*m.items), compare_points);
	keep_topmost(&m);
	mark_repeated(&m);
	*ret_mounts = m;
	return 0;
}

const struct mount *mounts_at(const struct mounts *m, const char *point)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(point, m->items[middle].point);

		if (order == 0)
			return &m->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct mount *mounts_of(const struct mounts *m, const char *path)
{
	AUTO(str) char *above = xstrdup(path);
	const struct mount *found = mounts_at(m, above);

	while (found == NULL && above[0] == '/' && above[1] != '\0') {
		char *slash = strrchr(above, '/');

		slash[slash == above] = '\0';
		found = mounts_at(m, above);
	}
	return found;
}

void mounts_done(struct mounts *m)
{
	for (size_t k = 0; k < m->n; k++)
		mount_done(&m->items[k]);
	free(m->items);
	*m = (struct mounts){ .n = 0 };
}

void auto_mounts(struct mounts *m)
{
	mounts_done(m);
}
