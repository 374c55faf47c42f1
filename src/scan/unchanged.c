/* unchanged.c -- a scan that would find what the one before it found is made of that
 * one.
 *
 * What a scan finds depends on what it looks at beneath the root (base/looks.c), and
 * on little else, which is the key here: the program and its catalogue, who runs it,
 * what it may do, its environment, the users of the live host, and the package
 * databases.  While the key and all looks are the same, nothing is walked and no
 * store is opened.
 *
 * It is not done for scans that look elsewhere, too (processes, a crawl), while a
 * file system does not answer, and after a scan that could not read something for a
 * reason that may pass.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scan/store.h"

#define STATE_VERSION	1u

/* What this process may open: files that are there say nothing of that.  */
static void add_powers(struct buf *b)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = 0 } };
	const int n = getgroups(0, NULL);
	gid_t *groups = xcalloc((size_t)(n > 0 ? n : 0) + 1, sizeof(*groups));
	const int got = getgroups(n > 0 ? n : 0, groups);

	if (syscall(SYS_capget, &header, data) == 0)
		buf_addf(b, "%x %x", data[0].effective, data[1].effective);
	for (int k = 0; n > 0 && k < got; k++)
		buf_addf(b, " %u", groups[k]);
	buf_adds(b, "\n");
	free(groups);
}

/* What decides beside the looks.  The catalogue is known by its files: so it need not
 * be loaded.  VARIABLES are those that it asks for.  */
static void take_key(const struct pass *pass, const struct catalogue_state *c,
		     const char *const *variables, size_t n,
		     uint8_t ret_key[SHA256_SIZE])
{
	const struct scan_options *o = pass->options;
	uint8_t packages[SHA256_SIZE];
	struct stat st = { .st_ino = 0 };
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	buf_addf(&b, "%s %u %u\n", PACKAGE_VERSION, geteuid(), getegid());
	add_powers(&b);
	buf_add(&b, c->sha256, SHA256_SIZE);
	buf_adds(&b, o->root->path);
	if (fstat(o->root->fd, &st) == 0)
		buf_addf(&b, "\n%ju %ju\n", (uintmax_t)st.st_dev,
			 (uintmax_t)st.st_ino);
	redirections_key(variables, n, &o->sources, &b);
	packages_state(o->root, packages);
	buf_add(&b, packages, sizeof(packages));
	homes_key(o->root, &b);
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n },
		    ret_key);
}

bool unchanged_is_asked(const struct pass *pass, bool all_answer)
{
	const struct scan_options *o = pass->options;

	return all_answer && o->crawl == NULL && !o->sources.processes &&
	       o->root->overlay == NULL;
}

/* Are these users called as they were?  */
static bool same_users(struct wire *w)
{
	uint64_t n = wire_get_number(w, LIMIT_LOOKS);
	bool same = true;

	for (; n > 0 && same && !w->bad; n--) {
		const uint32_t uid = wire_get_u32(w, UINT32_MAX);
		AUTO(str) char *name = wire_get_text(w, LIMIT_TEXT_BYTES);
		AUTO(str) char *now = w->bad ? NULL : live_user(uid);

		same = name != NULL && now != NULL && strcmp(name, now) == 0;
	}
	return same && !w->bad;
}

/* The names of variables; the caller frees.  */
static char **get_variables(struct wire *w, size_t *ret_n)
{
	const uint64_t n = wire_get_number(w, w->n);
	char **names = xcalloc((size_t)n + 1, sizeof(*names));
	size_t k = 0;

	for (; k < n && !w->bad; k++) {
		names[k] = wire_get_text(w, LIMIT_TEXT_BYTES);
		w->bad |= names[k] == NULL;
	}
	*ret_n = k;
	return names;
}

static bool is_same_key(const struct pass *pass, struct wire *w)
{
	const struct catalogue *c = pass->options->catalogue;
	uint8_t key[SHA256_SIZE], was[SHA256_SIZE];
	AUTO(names) char **variables = NULL;
	struct catalogue_state state;
	size_t n;

	wire_get_fixed(w, was, sizeof(was));
	variables = get_variables(w, &n);
	if (w->bad)
		return false;
	if (c != NULL)
		state = c->state;
	else if (catalogue_state(pass->options->config_dir, &state) < 0)
		return false;
	take_key(pass, &state, (const char *const *)variables, n, key);
	return memcmp(key, was, sizeof(key)) == 0;
}

static bool is_unchanged(const struct pass *pass, struct blob state)
{
	struct wire w = { .p = state.p, .n = state.n };

	return wire_get_number(&w, UINT32_MAX) == STATE_VERSION &&
	       is_same_key(pass, &w) && same_users(&w) &&
	       looks_same(pass->options->root,
			  (struct blob){ w.p, w.n }) > 0;
}

int scan_unchanged(struct pass *pass)
{
	AUTO(buf) struct buf state;
	int64_t before;
	int r;

	buf_init(&state, LIMIT_LOOKS_BYTES + LIMIT_TEXT_BYTES);
	if (pass->options->anew || pass->options->reread)
		return 0;
	r = inventory_looks_load(pass->inventory, &before, &state);
	if (r == -ENOENT || r == -E2BIG)
		return 0;
	if (r < 0 || !is_unchanged(pass, (struct blob){
		    (const uint8_t *)buf_str(&state), state.n }))
		return r;
	r = inventory_repeat(pass->inventory, before, &pass->result.stores);
	pass->result.reused = pass->result.stores;
	pass->result.repeated = r == 0;
	return r < 0 ? r : 1;
}

/* With the variables of the catalogue that was loaded, whose names are appended to B
 * (NULL: nowhere).  */
static void take_own_key(const struct pass *pass, uint8_t ret_key[SHA256_SIZE],
			 struct buf *b)
{
	const struct catalogue *c = pass->options->catalogue;
	const size_t n = c->variables.n;
	const char **variables = xcalloc(n + 1, sizeof(*variables));

	for (size_t k = 0; k < n; k++)
		variables[k] = c->variables.items[k].name;
	take_key(pass, &c->state, variables, n, ret_key);
	if (b != NULL)
		wire_put_number(b, n);
	for (size_t k = 0; b != NULL && k < n; k++)
		wire_put_text(b, variables[k]);
	free(variables);
}

void unchanged_begin(struct pass *pass)
{
	pass->root.looks = looks_new(pass->made * INT64_C(1000000000) -
				     RACY_NS);
	take_own_key(pass, pass->key, NULL);
}

static void put_users(const struct users *asked, struct buf *b)
{
	wire_put_number(b, asked != NULL ? asked->n : 0);
	for (size_t k = 0; asked != NULL && k < asked->n; k++) {
		wire_put_u32(b, asked->items[k].uid);
		wire_put_text(b, asked->items[k].name);
	}
}

int unchanged_keep(struct pass *pass, const struct homes *homes,
		   const struct looks *looks)
{
	const struct trouble *troubles;
	AUTO(buf) struct buf b, variables;
	uint8_t key[SHA256_SIZE];
	int r = -EAGAIN;

	buf_init(&b, LIMIT_LOOKS_BYTES + LIMIT_TEXT_BYTES);
	buf_init(&variables, LIMIT_LOOKS_BYTES);
	/* A user may have come, or a package, since the pass asked.  */
	take_own_key(pass, key, &variables);
	if (troubles_list(&troubles) == 0 &&
	    memcmp(key, pass->key, sizeof(key)) == 0 &&
	    pass->options->catalogue->state.changed_ns <
	    pass->made * INT64_C(1000000000) - RACY_NS) {
		wire_put_number(&b, STATE_VERSION);
		wire_put_fixed(&b, key, sizeof(key));
		buf_add(&b, variables.p, variables.n);
		put_users(homes->asked, &b);
		r = looks_write(looks, pass->options->root, &b);
	}
	return inventory_looks_save(pass->inventory, r < 0 ?
		(struct blob){ NULL, 0 } :
		(struct blob){ (const uint8_t *)buf_str(&b), b.n });
}
