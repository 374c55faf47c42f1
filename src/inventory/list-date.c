/* list-date.c -- of when is a list?  Most lists of anchors are copies of Mozilla's,
 * and root_program tells which roots that one had at which time.  So a list is
 * dated by the revision that it differs least from.
 *
 * Between two dates of root_program nothing changes: such a period is compared as
 * a whole.  A list is compared with the roots that are for TLS, and with those
 * that are for TLS or e-mail, because many copies do not tell these apart.  Only
 * certificates that the program has ever held count: what else is in the list is
 * not of Mozilla.
 *
 * What a list is dated by is kept until another list, revision or period of the
 * scan's time comes.
 *
 * Surprising: several periods may fit equally well, and not only neighbours: then
 * the list is of some time from the first to the last of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/db.h"

#define ROOTS_FEWEST	20u	/* fewer are no copy of a list */
#define NEVER		INT64_MAX

enum use { USE_TLS, USE_ANY, USES };

struct span {
	int64_t from, until;	/* NEVER, NEVER: not at all */
};

struct programme_root {
	int64_t certificate;	/* 0: no store has ever held it */
	struct span spans[USES];
	bool held;		/* by the list that is dated */
};

struct programme {
	struct programme_root *roots;	/* by certificate, ids that are 0 first */
	size_t n_roots, cap_roots;
	int64_t *dates;		/* a period begins at each */
	size_t n_dates;
	size_t *had, *hit;	/* per period: roots, those that are held */
	size_t newest;		/* period of the scan's time */
};

/* How a list compares with the best periods for one use.  */
struct fit {
	size_t first, last;	/* periods */
	size_t missing, extra;
};

static void auto_programme(struct programme *p)
{
	free(p->roots);
	free(p->dates);
	free(p->had);
	free(p->hit);
}

/* ---- the programme -----------------------------------------------------------*/

static int64_t time_at(struct query *q, int column)
{
	return query_column_is_null(q, column) ? NEVER :
	       query_column_int(q, column);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int load_roots(struct inventory *i, struct programme *p)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT coalesce(c.id, 0), p.tls_from, p.tls_until, "
			"p.email_from, p.email_until "
		"FROM root_program p "
		"LEFT JOIN certificate c ON c.sha256 = p.sha256 "
		"WHERE p.tls_from IS NOT NULL OR p.email_from IS NOT NULL "
		"ORDER BY 1, p.sha256");
	int r;

	while ((r = query_step(&q)) > 0) {
		struct span tls = { time_at(&q, 1), time_at(&q, 2) };
		struct span email = { time_at(&q, 3), time_at(&q, 4) };
		struct span any = tls;

		if (any.from == NEVER)
			any = email;
		else if (email.from != NEVER)
			any = (struct span){
				least(tls.from, email.from),
				tls.until > email.until ? tls.until :
				email.until };
		grow(&p->roots, p->n_roots, &p->cap_roots, sizeof(*p->roots));
		p->roots[p->n_roots++] = (struct programme_root){
			.certificate = query_column_int(&q, 0),
			.spans = { [USE_TLS] = tls, [USE_ANY] = any },
		};
	}
	return r;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void find_dates(struct programme *p, int64_t now)
{
	size_t n = 0, kept = 0;

	p->dates = xcalloc(2 * USES * p->n_roots, sizeof(*p->dates));
	for (size_t k = 0; k < p->n_roots; k++)
		for (enum use u = USE_TLS; u < USES; u++) {
			p->dates[n++] = p->roots[k].spans[u].from;
			p->dates[n++] = p->roots[k].spans[u].until;
		}
	if (n > 0)
		qsort(p->dates, n, sizeof(*p->dates), compare_times);
	for (size_t k = 0; k < n; k++)
		if (p->dates[k] != NEVER &&
		    (kept == 0 || p->dates[kept - 1] != p->dates[k]))
			p->dates[kept++] = p->dates[k];
	p->n_dates = kept;
	for (size_t k = 0; k < kept; k++)
		if (p->dates[k] <= now)
			p->newest = k;
	p->had = xcalloc(kept + 1, sizeof(*p->had));
	p->hit = xcalloc(kept + 1, sizeof(*p->hit));
}

/* The period that begins at TIME; n_dates for NEVER.  */
static size_t period_of(const struct programme *p, int64_t time)
{
	const int64_t *found = time == NEVER ? NULL :
		bsearch(&time, p->dates, p->n_dates, sizeof(*p->dates),
			compare_times);

	return found != NULL ? (size_t)(found - p->dates) : p->n_dates;
}

/* ---- one list ----------------------------------------------------------------*/

/* The roots of each period, and how many of them are held: first what changes
 * with each, in numbers that may wrap below zero and back.  */
static size_t count_periods(struct programme *p, enum use use)
{
	size_t held = 0;

	memset(p->had, 0, (p->n_dates + 1) * sizeof(*p->had));
	memset(p->hit, 0, (p->n_dates + 1) * sizeof(*p->hit));
	for (size_t k = 0; k < p->n_roots; k++) {
		const struct programme_root *r = &p->roots[k];
		size_t from = period_of(p, r->spans[use].from);
		size_t until = period_of(p, r->spans[use].until);

		held += r->held;
		p->had[from]++;
		p->had[until]--;
		p->hit[from] += r->held;
		p->hit[until] -= r->held;
	}
	for (size_t k = 1; k < p->n_dates; k++) {
		p->had[k] += p->had[k - 1];
		p->hit[k] += p->hit[k - 1];
	}
	return held;
}

static struct fit find_fit(struct programme *p, enum use use)
{
	size_t held = count_periods(p, use), best = SIZE_MAX;
	struct fit fit = { 0 };

	for (size_t k = 0; k < p->n_dates; k++) {
		size_t missing = p->had[k] - p->hit[k];
		size_t extra = held - p->hit[k];

		if (missing + extra > best)
			continue;
		if (missing + extra < best)
			fit.first = k;
		best = missing + extra;
		fit.last = k;
		fit.missing = missing;
		fit.extra = extra;
	}
	return fit;
}

static bool is_in(const struct span *s, int64_t time)
{
	return s->from <= time && time < s->until;
}

/* How many roots came or went between the list's time and the scan's.  */
static size_t count_behind(const struct programme *p, enum use use,
			   const struct fit *fit)
{
	int64_t then = p->dates[fit->last], now = p->dates[p->newest];
	size_t n = 0;

	if (fit->last >= p->newest)
		return 0;
	for (size_t k = 0; k < p->n_roots; k++)
		n += is_in(&p->roots[k].spans[use], then) !=
		     is_in(&p->roots[k].spans[use], now);
	return n;
}

/* Dates the list of MANIFEST, of whose roots N are marked, and which CONTENT
 * tells from others.  */
static int date_list(struct inventory *i, struct programme *p, int64_t manifest,
		     size_t n, struct digest *content)
{
	AUTO(query) struct query q = query_start(i,
		"INSERT INTO list_date VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	uint8_t hash[SHA256_SIZE];
	struct fit tls, any, *fit = &tls;
	enum use use = USE_TLS;

	if (n < ROOTS_FEWEST || p->n_dates == 0)
		return 0;
	tls = find_fit(p, USE_TLS);
	any = find_fit(p, USE_ANY);
	if (any.missing + any.extra < tls.missing + tls.extra) {
		fit = &any;
		use = USE_ANY;
	}
	query_int(&q, manifest);
	query_int(&q, p->dates[fit->first]);
	if (fit->last + 1 < p->n_dates)
		query_int(&q, p->dates[fit->last + 1]);
	else
		query_null(&q);
	query_int(&q, (int64_t)n);
	query_int(&q, (int64_t)fit->missing);
	query_int(&q, (int64_t)fit->extra);
	query_int(&q, (int64_t)count_behind(p, use, fit));
	digest_end(content, hash);
	query_hex(&q, hash, SHA256_SIZE);
	return query_run(&q);
}

/* ---- all of them -------------------------------------------------------------*/

static int compare_certificates(const void *a, const void *b)
{
	const struct programme_root *x = a, *y = b;

	return (x->certificate > y->certificate) -
	       (x->certificate < y->certificate);
}

static void clear(struct programme *p)
{
	for (size_t k = 0; k < p->n_roots; k++)
		p->roots[k].held = false;
}

static int date_all(struct inventory *i, struct programme *p)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT e.manifest_id, e.certificate_id, "
			"max(e.purposes = '' OR "
				"instr(e.purposes, 'serverAuth') > 0) "
		"FROM scan_store ss JOIN reading rd ON rd.id = ss.reading_id "
		"JOIN manifest_entry e ON e.manifest_id = rd.manifest_id "
		"WHERE ss.scan_id = ? AND e.role = 'anchor' "
		"AND e.certificate_id IN (SELECT c.id FROM root_program p "
			"JOIN certificate c ON c.sha256 = p.sha256) "
		"GROUP BY e.manifest_id, e.certificate_id "
		"ORDER BY e.manifest_id, e.certificate_id");
	struct digest content;
	int64_t manifest = 0;
	size_t n = 0;
	int r;

	digest_init(&content);
	query_int(&q, i->scan);
	while ((r = query_step(&q)) > 0) {
		const struct programme_root key = {
			.certificate = query_column_int(&q, 1) };
		struct programme_root *root = bsearch(&key, p->roots, p->n_roots,
					    sizeof(key), compare_certificates);

		if (manifest != query_column_int(&q, 0)) {
			r = date_list(i, p, manifest, n, &content);
			if (r < 0)
				return r;
			manifest = query_column_int(&q, 0);
			n = 0;
			clear(p);
			digest_init(&content);
		}
		digest_int(&content, (uint64_t)key.certificate);
		/* NULL: never for TLS or e-mail */
		if (root != NULL && query_column_int(&q, 2) != 0) {
			root->held = true;
			n++;
		}
	}
	return r < 0 ? r : date_list(i, p, manifest, n, &content);
}

/* Over all that the dates depend on: the scan's lists, the root program, and
 * which of its periods the scan's time is in.  */
static int hash_input(struct inventory *i, const struct programme *p,
		      uint8_t ret_hash[SHA256_SIZE])
{
	uint8_t hash[SHA256_SIZE];
	struct digest d;
	int r;

	digest_init(&d);
	r = scan_hash(i, hash);
	if (r < 0)
		return r;
	digest_bytes(&d, hash, SHA256_SIZE);
	r = meta_hash(i, "root_program", hash);
	if (r == 0)
		digest_bytes(&d, hash, SHA256_SIZE);
	else if (r != -ENOENT)
		return r;
	if (p->n_dates > 0)
		digest_int(&d, (uint64_t)p->dates[p->newest]);
	digest_end(&d, ret_hash);
	return 0;
}

int inventory_date_lists(struct inventory *i)
{
	AUTO(programme) struct programme p = { .n_roots = 0 };
	uint8_t hash[SHA256_SIZE], stored[SHA256_SIZE];
	int64_t now = 0;
	int r;

	if (i->scan == 0)
		return -EINVAL;
	r = scan_time(i, &now);
	if (r == 0)
		r = load_roots(i, &p);
	if (r < 0)
		return r;
	find_dates(&p, now);
	r = hash_input(i, &p, hash);
	if (r < 0)
		return r;
	r = meta_hash(i, "list_dates", stored);
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && memcmp(hash, stored, SHA256_SIZE) == 0)
		return 0;
	r = db_exec(i, "DELETE FROM list_date");
	if (r == 0)
		r = date_all(i, &p);
	return r < 0 ? r : meta_set_hash(i, "list_dates", hash);
}
