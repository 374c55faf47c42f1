/* stores.c -- the stores of the scan that is judged, by whichever of their
 * names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/judge.h"

static const char stores_sql[] =
	"SELECT store_id, kind, path, real_path, owner, party, recipe, repair,"
	" unread"
	" FROM v_store ORDER BY store_id";
static const char roles_sql[] =
	"SELECT DISTINCT store_id, role FROM v_party_store"
	" ORDER BY store_id, role";

const char *store_text(const struct judge *j, size_t store, const char *column)
{
	return store != NO_STORE ? result_text(&j->stores, store, column) :
		NULL;
}

/* ---- several names of one -------------------------------------------------*/

static int text_order(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int column_order(const struct judge *j, size_t a, size_t b,
			const char *column)
{
	return text_order(store_text(j, a, column), store_text(j, b, column));
}

static bool is_real_name(const struct judge *j, size_t store)
{
	return text_order(store_text(j, store, "path"),
			  store_text(j, store, "real_path")) == 0;
}

static int same_compare(const struct judge *j, size_t a, size_t b)
{
	int order = column_order(j, a, b, "real_path");

	if (order == 0)
		order = column_order(j, a, b, "kind");
	return order != 0 ? order : column_order(j, a, b, "party");
}

static int name_compare(const void *a, const void *b, void *data)
{
	const struct judge *j = data;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = same_compare(j, x, y);

	if (order == 0)
		order = is_real_name(j, y) - is_real_name(j, x);
	return order != 0 ? order : column_order(j, x, y, "path");
}

static void find_best_names(struct judge *j)
{
	size_t n = j->stores.n_rows, first = 0;
	size_t *sorted = xcalloc(n, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = i;
	if (n > 0)
		qsort_r(sorted, n, sizeof(*sorted), name_compare, j);
	j->best_name = xcalloc(n, sizeof(*j->best_name));
	for (size_t i = 0; i < n; i++) {
		/* Where a name leads is not always known.  */
		if (same_compare(j, sorted[first], sorted[i]) != 0 ||
		    store_text(j, sorted[i], "real_path") == NULL)
			first = i;
		j->best_name[sorted[i]] = sorted[first];
	}
	free(sorted);
}

int stores_load(struct judge *j)
{
	int e = judge_fetch(j, stores_sql, &j->stores);

	if (e == 0)
		e = judge_fetch(j, roles_sql, &j->roles);
	if (e == 0)
		find_best_names(j);
	return e;
}

void stores_done(struct judge *j)
{
	result_done(&j->stores);
	result_done(&j->roles);
	result_done(&j->policy);
	free(j->best_name);
	j->best_name = NULL;
}

/* ---- looking up -----------------------------------------------------------*/

/* The first row of R, which is sorted by its column store_id, that is about
 * STORE_ID, or -ENOENT.  */
static int find_row(const struct result *r, int64_t store_id, size_t *ret_row)
{
	size_t low = 0, high = r->n_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (result_number(r, middle, "store_id", 0) < store_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->n_rows || result_number(r, low, "store_id", 0) != store_id)
		return -ENOENT;
	*ret_row = low;
	return 0;
}

int store_find(const struct judge *j, int64_t store_id, size_t *ret_store)
{
	return find_row(&j->stores, store_id, ret_store);
}

static bool has_role(const struct judge *j, int64_t store_id, const char *role,
		     size_t n)
{
	size_t row;

	if (find_row(&j->roles, store_id, &row) < 0)
		return false;
	for (; row < j->roles.n_rows; row++) {
		const char *word = result_text(&j->roles, row, "role");

		if (result_number(&j->roles, row, "store_id", 0) != store_id)
			break;
		if (word != NULL && strlen(word) == n &&
		    memcmp(word, role, n) == 0)
			return true;
	}
	return false;
}

bool store_is_needed(const struct judge *j, size_t store, const char *needs)
{
	const char *kind = store_text(j, store, "kind");
	int64_t store_id = result_number(&j->stores, store, "store_id", 0);

	while (needs != NULL && *needs != '\0') {
		size_t n = strcspn(needs, " ");
		const char *word = needs, *colon = memchr(word, ':', n);
		bool role_fits = true;

		needs += n + strspn(needs + n, " ");
		if (colon != NULL) {
			size_t role_n = (size_t)(colon - word);

			role_fits = has_role(j, store_id, word, role_n);
			n -= role_n + 1;
			word = colon + 1;
		}
		if (!role_fits)
			continue;
		if (n > 0 && word[n - 1] == '*') {
			if (strncmp(kind, word, n - 1) == 0)
				return true;
		} else if (strlen(kind) == n && memcmp(kind, word, n) == 0) {
			return true;
		}
	}
	return false;
}
