/* assets.c -- what the newest scan found, as the public views have it, for the
 * formats that tell it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/assets.h"

#define DAY	86400

static char *copy(const char *s)
{
	return xstrdup(s != NULL ? s : "");
}

/* What SQLite writes for an integer; 0 for NULL.  */
static int64_t number(const char *s)
{
	return s != NULL ? strtoll(s, NULL, 10) : 0;
}

static const char store_sql[] =
	"SELECT store_id, kind, path, owner, unread, party FROM v_store";

static int take_store(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct assets *a = data;

	(void)n, (void)names, (void)numeric;
	grow(&a->stores, a->n_stores, &a->cap_stores, sizeof(*a->stores));
	a->stores[a->n_stores++] = (struct asset_store){
		.id = number(values[0]), .kind = copy(values[1]),
		.path = copy(values[2]), .owner = copy(values[3]),
		.unread = number(values[4]), .party = copy(values[5]),
	};
	return 0;
}

void asset_take(struct asset *ret, const char *const *values)
{
	*ret = (struct asset){
		.sha256 = copy(values[0]), .sha1 = copy(values[1]),
		.subject = copy(values[2]), .issuer = copy(values[3]),
		.name = copy(values[4]), .serial = copy(values[5]),
		.key = copy(values[6]), .signature_hash = copy(values[7]),
		.not_before = number(values[8]),
		.not_after = number(values[9]), .key_bits = number(values[10]),
		.is_ca = number(values[11]), .self_signed = number(values[12]),
		.decoded = values[2] != NULL,
	};
}

static const char certificate_sql[] =
	"SELECT " ASSET_COLUMNS " FROM v_certificate";

static int take_certificate(int n, const char *const *names,
			    const char *const *values, const bool *numeric,
			    void *data)
{
	struct assets *a = data;

	(void)n, (void)names, (void)numeric;
	grow(&a->items, a->n, &a->cap, sizeof(*a->items));
	asset_take(&a->items[a->n++], values);
	return 0;
}

static const char place_sql[] =
	"SELECT sha256, store_id, role, purposes, label, location, \"offset\""
	" FROM v_entry";

static int by_sha256(const void *a, const void *b)
{
	const struct asset *x = a, *y = b;

	return strcmp(x->sha256, y->sha256);
}

static int by_number(const void *a, const void *b)
{
	const struct asset_store *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int take_place(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct assets *a = data;
	const struct asset_store store = { .id = number(values[1]) };
	const struct asset key = { .sha256 = copy(values[0]) };
	struct asset *c = bsearch(&key, a->items, a->n, sizeof(*a->items),
				  by_sha256);
	const struct asset_store *s = bsearch(&store, a->stores, a->n_stores,
					      sizeof(*a->stores), by_number);

	(void)n, (void)names, (void)numeric;
	free(key.sha256);
	if (c == NULL || s == NULL)
		return 0;	/* the views have all of them */
	grow(&c->places, c->n, &c->cap, sizeof(*c->places));
	c->places[c->n++] = (struct asset_place){
		.store = s, .role = copy(values[2]),
		.purposes = copy(values[3]), .label = copy(values[4]),
		.location = copy(values[5]), .offset = number(values[6]),
	};
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct asset_place *x = a, *y = b;
	int order = strcmp(x->store->path, y->store->path);

	if (order == 0)
		order = strcmp(x->store->kind, y->store->kind);
	if (order == 0)
		order = strcmp(x->location, y->location);
	if (order == 0)
		order = (x->offset > y->offset) - (x->offset < y->offset);
	if (order == 0)
		order = strcmp(x->label, y->label);
	if (order == 0)
		order = strcmp(x->role, y->role);
	return order != 0 ? order : strcmp(x->purposes, y->purposes);
}

/* Nothing is no array.  */
static void sort(void *items, size_t n, size_t size,
		 int (*compare)(const void *, const void *))
{
	if (n > 0)
		qsort(items, n, size, compare);
}

int assets_load(struct inventory *i, struct assets **ret_assets,
		char **ret_error)
{
	AUTO(assets) struct assets *a = xcalloc(1, sizeof(*a));
	int r = guarded_select(i, store_sql, take_store, a, ret_error);

	if (r == 0)
		r = guarded_select(i, certificate_sql, take_certificate, a,
				   ret_error);
	sort(a->stores, a->n_stores, sizeof(*a->stores), by_number);
	sort(a->items, a->n, sizeof(*a->items), by_sha256);
	if (r == 0)
		r = guarded_select(i, place_sql, take_place, a, ret_error);
	if (r == 0)
		r = assets_load_graph(i, a, ret_error);
	if (r < 0)
		return r;
	for (size_t k = 0; k < a->n; k++)
		sort(a->items[k].places, a->items[k].n,
		     sizeof(*a->items[k].places), by_place);
	*ret_assets = TAKE(a);
	return 0;
}

void asset_done(struct asset *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->places[i].role);
		free(a->places[i].purposes);
		free(a->places[i].label);
		free(a->places[i].location);
	}
	free(a->places);
	free(a->sha256);
	free(a->sha1);
	free(a->subject);
	free(a->issuer);
	free(a->name);
	free(a->serial);
	free(a->key);
	free(a->signature_hash);
}

void auto_assets(struct assets **assets)
{
	struct assets *a = *assets;

	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		asset_done(&a->items[i]);
	for (size_t i = 0; i < a->n_stores; i++) {
		free(a->stores[i].kind);
		free(a->stores[i].path);
		free(a->stores[i].owner);
		free(a->stores[i].party);
	}
	assets_graph_done(a);
	free(a->items);
	free(a->stores);
	free(a);
}

bool asset_has_role(const struct asset *a, const char *role)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->places[i].role, role) == 0)
			return true;
	return false;
}

size_t assets_expiring(const struct assets *a, int64_t now, unsigned days)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct asset *c = &a->items[i];

		n += c->decoded && c->not_after > now &&
		     c->not_after <= now + (int64_t)days * DAY &&
		     asset_has_role(c, role_name(ROLE_ANCHOR));
	}
	return n;
}
