/* provenance.c -- which packages the files of the stores come from.  It is
 * asked for files that no earlier scan asked for, and for all when the package
 * managers' databases are not what they were.
 */
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

struct paths {
	char **items;
	size_t n, cap;
};

static int add_path(const char *path, void *data)
{
	struct paths *p = data;

	grow(&p->items, p->n, &p->cap, sizeof(*p->items));
	p->items[p->n++] = xstrdup(path);
	return 0;
}

struct troubles {
	struct inventory *inventory;
	int error;
};

/* No verdict rests on who packaged a file.  */
static void add_trouble(const char *path, const char *message, void *data)
{
	struct troubles *t = data;
	AUTO(str) char *text = xasprintf("packages are not known: %s", message);
	struct stored_problem problem = {
		.path = path, .code = PROBLEM_UNREADABLE, .message = text,
		.skipped = true,
	};

	if (t->error == 0)
		t->error = inventory_scan_problem(t->inventory, &problem);
}

static int find_packages(struct pass *pass, const struct paths *paths)
{
	struct file_package *packages = xcalloc(paths->n, sizeof(*packages));
	struct troubles troubles = { pass->inventory, 0 };
	int r;

	packages_find(pass->options->root, (const char *const *)paths->items,
		      paths->n, packages, add_trouble, &troubles);
	r = troubles.error;
	for (size_t k = 0; k < paths->n && r == 0; k++)
		r = inventory_own_file(pass->inventory, paths->items[k],
				       packages[k].package,
				       packages[k].version);
	for (size_t k = 0; k < paths->n; k++)
		file_package_done(&packages[k]);
	free(packages);
	return r;
}

int scan_provenance(struct pass *pass)
{
	uint8_t state[SHA256_SIZE];
	struct paths paths = { .n = 0 };
	int r;

	packages_state(pass->options->root, state);
	r = inventory_unowned_files(pass->inventory, state, add_path, &paths);
	if (r == 0 && paths.n > 0)
		r = find_packages(pass, &paths);
	for (size_t k = 0; k < paths.n; k++)
		free(paths.items[k]);
	free(paths.items);
	return r;
}
