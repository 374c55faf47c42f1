/* again.c -- the scan that a change of the stores would give, made of the scan
 * before it and not of the root.
 *
 * The system's list lies in many stores: what packages bring, what the
 * administrator added, and the bundles, directories and key stores that the
 * system's updater makes of both.  The catalogue says of each kind which of
 * these it is (struct store_definition); a store of any other kind whose name
 * leads to the very same file (a JDK's cacerts that is a link to the system's)
 * changes with it.
 *
 * A bundle has no way to distrust what is in it, so that there a certificate that
 * is to be distrusted goes, as the updaters have it.  What they make their lists
 * of has: a store for such certificates (p11-kit's blocklist), or Debian's
 * ca-certificates.conf (a `!` line).
 *
 * The catalogue knows where updaters put their lists, and not which of these
 * places the one of this host fills: those that are not empty.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

/* What the system's updater has to do with a store.  */
enum system_part {
	PART_NONE, PART_MADE, PART_PACKAGED, PART_LOCAL, PART_DISTRUSTED,
};

struct target {
	const struct recorded_store *store;
	const struct store_definition *definition;	/* NULL: of a kind that
							 * the catalogue lost */
	enum system_part part;
	bool named;		/* scan_again's `where` is this store */
	bool first;		/* of its part */
	bool filled;		/* has anchors */
};

/* Certificates, sorted by their row.  */
struct ids {
	int64_t *items;
	size_t n, cap;
};

struct again {
	struct pass pass;
	struct scan_again *request;
	struct target *targets;
	size_t n_targets;
	struct ids sources;	/* what the system's list is made of */
	struct ids servers;	/* ... of these what is for servers and not
				 * distrusted */
	bool any_filled;	/* one that is made is */
	bool has_distrusted;	/* there is a store of that part */
	struct ids *changed;	/* the certificates of each change */
};

/* ---- sets of certificates --------------------------------------------------*/

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void ids_add(struct ids *ids, int64_t id)
{
	grow(&ids->items, ids->n, &ids->cap, sizeof(id));
	ids->items[ids->n++] = id;
}

static void ids_sort(struct ids *ids)
{
	size_t n = 0;

	if (ids->n > 0)
		qsort(ids->items, ids->n, sizeof(*ids->items), compare_ids);
	for (size_t k = 0; k < ids->n; k++)
		if (n == 0 || ids->items[n - 1] != ids->items[k])
			ids->items[n++] = ids->items[k];
	ids->n = n;
}

static bool ids_have(const struct ids *ids, int64_t id)
{
	return ids->n > 0 && bsearch(&id, ids->items, ids->n, sizeof(id),
				     compare_ids) != NULL;
}

/* The certificates that the changes are about; new ones are added.  */
static int know_certificates(struct again *a)
{
	int r = 0;

	for (size_t k = 0; k < a->request->n_changes; k++) {
		const struct scan_change *c = &a->request->changes[k];
		int64_t id;

		if (c->n_certificates == 0 && c->kind != CHANGE_UPDATE) {
			r = inventory_fingerprint(a->pass.inventory, c->sha256,
						  &id);
			if (r < 0)
				return r;
			ids_add(&a->changed[k], id);
		}
		for (size_t n = 0; n < c->n_certificates; n++) {
			r = pass_certificate(&a->pass, c->certificates[n],
					     &id);
			if (r < 0)
				return r;
			ids_add(&a->changed[k], id);
		}
		for (size_t n = 0; n < c->n_before; n++)
			ids_add(&a->changed[k], c->before[n]);
		ids_sort(&a->changed[k]);
	}
	return r;
}

/* ---- which stores ----------------------------------------------------------*/

static enum system_part part_of(const struct store_definition *d)
{
	if (d == NULL || d->system == NULL)
		return PART_NONE;
	return strcmp(d->system, "made") == 0 ? PART_MADE :
	       strcmp(d->system, "local") == 0 ? PART_LOCAL :
	       strcmp(d->system, "packaged") == 0 ? PART_PACKAGED :
	       PART_DISTRUSTED;
}

static bool is_same_place(const struct recorded_store *a,
			  const struct recorded_store *b)
{
	return a->real_path != NULL && b->real_path != NULL &&
	       strcmp(a->real_path, b->real_path) == 0;
}

/* Names of a place that is made, or that is meant.  */
static void spread(struct again *a)
{
	for (size_t k = 0; k < a->n_targets; k++) {
		struct target *t = &a->targets[k];

		for (size_t n = 0; n < a->n_targets; n++) {
			const struct target *o = &a->targets[n];

			if (!is_same_place(t->store, o->store))
				continue;
			if (t->part == PART_NONE &&
			    part_of(o->definition) == PART_MADE)
				t->part = PART_MADE;
			t->named |= a->request->where != NULL &&
				strcmp(o->store->path,
				       a->request->where) == 0;
		}
	}
}

static bool mark_first(struct again *a, enum system_part part)
{
	for (size_t k = 0; k < a->n_targets; k++) {
		if (a->targets[k].part == part) {
			a->targets[k].first = true;
			return true;
		}
	}
	return false;
}

static void find_targets(struct again *a, const struct recorded_store *stores,
			 size_t n)
{
	const struct scan_again *q = a->request;
	bool any = false;

	a->targets = xcalloc(n, sizeof(*a->targets));
	a->n_targets = n;
	for (size_t k = 0; k < n; k++) {
		const struct store_definition *d =
			catalogue_store(q->catalogue, stores[k].kind);

		a->targets[k] = (struct target){
			.store = &stores[k], .definition = d,
			.part = part_of(d),
			.named = q->where != NULL &&
				 strcmp(stores[k].path, q->where) == 0,
		};
		any |= q->where != NULL ? a->targets[k].named :
		       a->targets[k].part == PART_MADE;
	}
	spread(a);
	mark_first(a, PART_PACKAGED);
	mark_first(a, PART_LOCAL);
	a->has_distrusted = mark_first(a, PART_DISTRUSTED);
	a->request->has_stores = any;
}

/* Takes what is distrusted out of what is for servers.  */
static int leave_distrusted(struct again *a)
{
	struct ids distrusted = { .n = 0 };
	size_t n = 0;
	int r = 0;

	for (size_t k = 0; r == 0 && k < a->n_targets; k++) {
		struct recorded_reading reading;

		if (a->targets[k].part != PART_DISTRUSTED)
			continue;
		r = inventory_recorded_reading(a->pass.inventory,
			a->targets[k].store->store, &reading);
		for (size_t m = 0; r == 0 && m < reading.n_entries; m++)
			if (reading.entries[m].role == ROLE_DISTRUST)
				ids_add(&distrusted,
					reading.entries[m].certificate);
		if (r == 0)
			recorded_reading_done(&reading);
	}
	ids_sort(&distrusted);
	ids_sort(&a->servers);
	for (size_t k = 0; k < a->servers.n; k++)
		if (!ids_have(&distrusted, a->servers.items[k]))
			a->servers.items[n++] = a->servers.items[k];
	a->servers.n = n;
	free(distrusted.items);
	return r;
}

/* What is in the sources of the system's list now, and which of the places that
 * are made of them have anything.  */
static int find_sources(struct again *a)
{
	for (size_t k = 0; k < a->n_targets; k++) {
		struct target *t = &a->targets[k];
		struct recorded_reading reading;
		int r;

		if (t->part == PART_NONE || t->part == PART_DISTRUSTED)
			continue;
		r = inventory_recorded_reading(a->pass.inventory,
					       t->store->store, &reading);
		if (r < 0)
			return r;
		for (size_t n = 0; n < reading.n_entries; n++) {
			const struct stored_entry *e = &reading.entries[n];

			if (e->role != ROLE_SOURCE && e->role != ROLE_ANCHOR)
				continue;
			t->filled = true;
			if (t->part == PART_MADE)
				continue;
			ids_add(&a->sources, e->certificate);
			if (e->purposes == 0 ||
			    (e->purposes & purposes_from_words("serverAuth")))
				ids_add(&a->servers, e->certificate);
		}
		a->any_filled |= t->part == PART_MADE && t->filled;
		recorded_reading_done(&reading);
	}
	ids_sort(&a->sources);
	return leave_distrusted(a);
}

static bool is_meant(const struct again *a, const struct target *t,
		     const struct scan_change *c)
{
	if (c->kind == CHANGE_UPDATE)
		return t->part == PART_MADE;
	if (a->request->where != NULL)
		return t->named;
	return t->part != PART_NONE || (!a->request->system_only &&
		(c->kind == CHANGE_REMOVE || c->kind == CHANGE_DISTRUST));
}

/* ---- entries ---------------------------------------------------------------*/

/* What became of an entry.  */
enum fate { FATE_KEPT, FATE_CHANGED, FATE_GONE };

static enum fate distrust(const struct again *a, const struct target *t,
			  struct stored_entry *e)
{
	const bool list = t->definition != NULL &&
			  t->definition->base != NULL;

	/* It is said elsewhere.  */
	if ((t->part == PART_PACKAGED || t->part == PART_LOCAL) &&
	    a->request->where == NULL && a->has_distrusted)
		return FATE_KEPT;
	if (e->role == ROLE_ANCHOR &&
	    (t->part != PART_MADE || a->request->where != NULL)) {
		e->role = ROLE_DISTRUST;
		return FATE_CHANGED;
	}
	if (e->role == ROLE_SOURCE && t->part == PART_PACKAGED && list) {
		e->role = ROLE_DISTRUST;
		return FATE_CHANGED;
	}
	if (e->role == ROLE_ANCHOR ||
	    (e->role == ROLE_SOURCE && t->part != PART_NONE))
		return FATE_GONE;
	return FATE_KEPT;
}

/* The role of what T's list is: a store that was named may be anything, of the
 * others some hold more than the system's anchors.  */
static enum role role_of_list(const struct again *a, const struct target *t)
{
	const enum role role = t->definition != NULL ?
			       role_from_name(t->definition->role) :
			       ROLE_ANCHOR;

	return a->request->where != NULL || role == ROLE_SOURCE ? role :
	       ROLE_ANCHOR;
}

static enum fate change_entry(const struct again *a, const struct target *t,
			      size_t change, struct stored_entry *e)
{
	const bool has = ids_have(&a->changed[change], e->certificate);

	/* What a store says of certificates that it lacks stays.  */
	if (e->names != NULL)
		return FATE_KEPT;
	switch (a->request->changes[change].kind) {
	case CHANGE_SET:
		return !has && (e->role == ROLE_ANCHOR ||
				e->role == role_of_list(a, t)) ?
		       FATE_GONE : FATE_KEPT;
	case CHANGE_REMOVE:
		/* Who removes a root does not mean to trust it again.  */
		return has && (e->role != ROLE_DISTRUST ||
			       a->request->where != NULL) ?
		       FATE_GONE : FATE_KEPT;
	case CHANGE_DISTRUST:
		return has ? distrust(a, t, e) : FATE_KEPT;
	case CHANGE_UPDATE:
		return has && e->role == ROLE_ANCHOR &&
		       !ids_have(&a->servers, e->certificate) ?
		       FATE_GONE : FATE_KEPT;
	case CHANGE_ADD:
		break;
	}
	return FATE_KEPT;
}

static bool has_entry(const struct recorded_reading *r, int64_t certificate,
		      enum role role)
{
	for (size_t k = 0; k < r->n_entries; k++)
		if (r->entries[k].names == NULL &&
		    r->entries[k].certificate == certificate &&
		    r->entries[k].role == role)
			return true;
	return false;
}

/* Where the certificate DER would lie in T; the caller frees.  */
static char *place_for(const struct target *t, const struct scan_change *c,
		       struct blob der)
{
	const struct store_definition *d = t->definition;
	const char *file = strrchr(c->name, '/');
	uint8_t hash[SHA256_SIZE];
	char hex[17];
	uint32_t number;

	if (d == NULL || d->base != NULL || d->selection == SELECT_FILE)
		return xstrdup(t->store->path);
	if (d->selection == SELECT_HASHES &&
	    x509_subject_hash(der, &number) == 0)
		return xasprintf("%s/%08x.0", t->store->path, number);
	if (c->n_certificates == 1)
		return xasprintf("%s/%s", t->store->path,
				 file != NULL ? file + 1 : c->name);
	hash_sha256(der, hash);
	hex_encode(hash, 8, hex);
	return xasprintf("%s/%s.crt", t->store->path, hex);
}

/* Is T where the change puts what is new?  */
static bool takes_new(const struct again *a, const struct target *t,
		      const struct scan_change *c)
{
	if (a->request->where != NULL)
		return true;
	if (t->part == PART_MADE)
		return t->filled || !a->any_filled;
	return t->first && t->part == (c->kind == CHANGE_SET ? PART_PACKAGED :
				       PART_LOCAL);
}

static int add_entries(struct again *a, const struct target *t, size_t change,
		       struct recorded_reading *r, size_t *ret_added)
{
	struct scan_change *c = &a->request->changes[change];
	const struct store_definition *d = t->definition;
	const enum role role = role_of_list(a, t);
	const bool is_source = a->request->where == NULL &&
			       t->part != PART_MADE;

	for (size_t k = 0; k < c->n_certificates; k++) {
		AUTO(str) char *location = NULL;
		int64_t id;
		int e = pass_certificate(&a->pass, c->certificates[k], &id);

		if (e < 0)
			return e;
		if (has_entry(r, id, role) ||
		    (is_source && ids_have(&a->sources, id)))
			continue;
		location = place_for(t, c, c->certificates[k]);
		recorded_entry(r, &(struct stored_entry){
			.certificate = id, .role = role, .location = location,
			.purposes = d != NULL && d->purposes != NULL ?
				    purposes_from_words(d->purposes) : 0,
		});
		++*ret_added;
	}
	return 0;
}

/* What the updater puts into T because its sources have it now.  */
static void add_updated(const struct again *a, const struct target *t,
			size_t change, struct recorded_reading *r,
			size_t *ret_added)
{
	const struct store_definition *d = t->definition;

	if (!t->filled && a->any_filled)
		return;
	for (size_t k = 0; k < a->servers.n; k++) {
		const int64_t id = a->servers.items[k];

		if (ids_have(&a->changed[change], id) ||
		    has_entry(r, id, ROLE_ANCHOR))
			continue;
		recorded_entry(r, &(struct stored_entry){
			.certificate = id, .role = ROLE_ANCHOR,
			.location = t->store->path,
			.purposes = d != NULL && d->purposes != NULL ?
				    purposes_from_words(d->purposes) : 0,
		});
		++*ret_added;
	}
}

/* What the change distrusts joins the others that the updater leaves out, if it
 * is something that it would put in.  */
static void add_distrusted(const struct again *a, const struct target *t,
			   size_t change, struct recorded_reading *r,
			   size_t *ret_added)
{
	const int64_t id = a->changed[change].items[0];

	if (a->request->where != NULL || t->part != PART_DISTRUSTED ||
	    !t->first || !ids_have(&a->sources, id) ||
	    has_entry(r, id, ROLE_DISTRUST))
		return;
	recorded_entry(r, &(struct stored_entry){
		.certificate = id, .role = ROLE_DISTRUST,
		.location = t->store->path });
	++*ret_added;
}

/* ---- stores ----------------------------------------------------------------*/

static int change_reading(struct again *a, const struct target *t,
			  size_t change, struct recorded_reading *r,
			  size_t *ret_changed)
{
	const struct scan_change *c = &a->request->changes[change];
	size_t n = 0, before = r->n_entries, changed = 0;
	int e = 0;

	for (size_t k = 0; k < before; k++) {
		enum fate fate = change_entry(a, t, change, &r->entries[k]);

		changed += fate != FATE_KEPT;
		if (fate != FATE_GONE)
			r->entries[n++] = r->entries[k];
	}
	r->n_entries = n;
	if (c->kind == CHANGE_UPDATE)
		add_updated(a, t, change, r, &changed);
	if (c->kind == CHANGE_DISTRUST)
		add_distrusted(a, t, change, r, &changed);
	if (c->n_certificates > 0 && takes_new(a, t, c))
		e = add_entries(a, t, change, r, &changed);
	*ret_changed = changed;
	return e;
}

static int change_store(struct again *a, const struct target *t)
{
	struct recorded_reading reading = { .entries = NULL };
	size_t all = 0;
	int r = inventory_recorded_reading(a->pass.inventory, t->store->store,
					   &reading);

	for (size_t k = 0; r == 0 && k < a->request->n_changes; k++) {
		struct scan_change *c = &a->request->changes[k];
		size_t changed = 0;

		if (!is_meant(a, t, c))
			continue;
		r = change_reading(a, t, k, &reading, &changed);
		c->entries += changed;
		all += changed;
	}
	if (r == 0 && all == 0)
		r = inventory_record_again(a->pass.inventory, t->store->store);
	else if (r == 0)
		r = inventory_record(a->pass.inventory, t->store->store,
				     &reading.info, NULL, reading.entries,
				     reading.n_entries, reading.problems,
				     reading.n_problems);
	recorded_reading_done(&reading);
	return r;
}

static int change_stores(struct again *a)
{
	struct recorded_store *stores = NULL;
	size_t n = 0;
	int r = inventory_recorded_stores(a->pass.inventory, &stores, &n);

	if (r == 0)
		r = know_certificates(a);
	if (r == 0) {
		find_targets(a, stores, n);
		r = find_sources(a);
	}
	for (size_t k = 0; r == 0 && k < n; k++)
		r = change_store(a, &a->targets[k]);
	if (r == 0)
		r = scan_missing_issuers(&a->pass);
	free(a->targets);
	recorded_stores_free(stores, n);
	return r;
}

int scan_sources(struct inventory *i, const struct catalogue *catalogue,
		 int64_t **ret_ids, size_t *ret_n)
{
	struct scan_again request = { .catalogue = catalogue };
	struct again a = { .pass = { .inventory = i }, .request = &request };
	struct recorded_store *stores = NULL;
	size_t n = 0;
	int r = inventory_recorded_stores(i, &stores, &n);

	if (r == 0) {
		find_targets(&a, stores, n);
		r = find_sources(&a);
	}
	free(a.targets);
	recorded_stores_free(stores, n);
	free(a.sources.items);
	if (r < 0) {
		free(a.servers.items);
		return r;
	}
	*ret_ids = a.servers.items;
	*ret_n = a.servers.n;
	return 0;
}

int scan_again(struct inventory *i, struct scan_again *request,
	       int64_t *ret_scan)
{
	struct again a = {
		.pass = { .inventory = i, .readings = request->readings },
		.request = request,
		.changed = xcalloc(request->n_changes, sizeof(struct ids)),
	};
	int64_t scan;
	int r = inventory_begin_again(i, request->now, &scan);

	for (size_t k = 0; k < request->n_changes; k++)
		request->changes[k].entries = 0;
	if (r == 0) {
		r = change_stores(&a);
		if (r < 0)
			inventory_rollback(i);
	}
	roots_done(&a.pass.roots);
	for (size_t k = 0; k < request->n_changes; k++)
		free(a.changed[k].items);
	free(a.changed);
	free(a.sources.items);
	free(a.servers.items);
	if (r == 0)
		*ret_scan = scan;
	return r;
}
