/* tree.c -- see tree.h.  */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/tree.h"

#include <cmocka.h>

#define NOBODY	65534

static struct root root = { .fd = -1 };
static bool is_made;

/* Directories that are closed, and so in the way of removing.  */
static char **closed;
static size_t n_closed, cap_closed;

void be_ordinary(void)
{
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
}

void be_again(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

char *tree_path(const char *path)
{
	return xasprintf("%s%s", root.path, path);
}

static void make_above(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*p = '/';
	}
}

static void make_file(const char *path, const char *text, off_t size)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			       0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(ftruncate(fd, size), 0);
}

static void make_item(const struct tree_item *item)
{
	AUTO(str) char *path = tree_path(item->path);
	const char *text = item->text != NULL ? item->text : "";
	uint64_t size;

	make_above(path);
	switch (item->type) {
	case 'x':
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		grow(&closed, n_closed, &cap_closed, sizeof(*closed));
		closed[n_closed++] = TAKE(path);
		break;
	case 'd':
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		break;
	case 'f':
		make_file(path, text, (off_t)strlen(text));
		break;
	case 's':
		assert_int_equal(number_parse(text, INT64_MAX, &size), 0);
		make_file(path, "", (off_t)size);
		break;
	case 'l':
		assert_int_equal(symlink(text, path), 0);
		break;
	case 'p':
		assert_int_equal(mkfifo(path, 0644), 0);
		break;
	default:
		fail_msg("no such type: %c", item->type);
	}
}

static void chmod_closed(mode_t mode)
{
	for (size_t i = 0; i < n_closed; i++)
		assert_int_equal(chmod(closed[i], mode), 0);
}

const struct root *tree_make(const struct tree_item *items)
{
	const char *tmp = getenv("TMPDIR");
	AUTO(str) char *top = NULL;

	top = xasprintf("%s/trustdrift-tree-XXXXXX",
			tmp != NULL && *tmp == '/' ? tmp : "/tmp");
	assert_false(is_made);
	assert_non_null(mkdtemp(top));
	assert_int_equal(chmod(top, 0755), 0);
	assert_int_equal(root_open(top, &root), 0);
	is_made = true;
	for (const struct tree_item *i = items; i->type != 0; i++)
		make_item(i);
	chmod_closed(0);
	return &root;
}

static int remove_one(const char *path, const struct stat *st, int kind,
		      struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void tree_remove(void)
{
	is_made = false;
	chmod_closed(0755);
	while (n_closed > 0)
		free(closed[--n_closed]);
	free(closed);
	closed = NULL;
	cap_closed = 0;
	assert_int_equal(nftw(root.path, remove_one, 16, FTW_DEPTH | FTW_PHYS),
			 0);
	root_done(&root);
}

int tree_teardown(void **state)
{
	(void)state;
	be_again();
	if (is_made)
		tree_remove();
	return 0;
}
