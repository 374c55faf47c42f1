/* result.c -- the rows of a guarded query, kept as text, and the sentences
 * that are made of them.
 *
 * Text is kept byte for byte as it came from the certificate or file name;
 * whoever shows it escapes it.  Names of columns are compared exactly.
 */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "rule/guard.h"

static int name_index(char *const *names, int n, const char *name, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return i;
	return -1;
}

int result_column(const struct result *r, const char *name)
{
	return name_index(r->names, r->n_columns, name, strlen(name));
}

const struct cell *result_cell(const struct result *r, size_t row,
			       const char *name)
{
	int column = result_column(r, name);
	const struct cell *c;

	if (column < 0)
		return NULL;
	c = &r->cells[row * (size_t)r->n_columns + (size_t)column];
	return c->text != NULL ? c : NULL;
}

const char *result_text(const struct result *r, size_t row, const char *name)
{
	const struct cell *c = result_cell(r, row, name);

	return c != NULL ? c->text : NULL;
}

char *result_copy(const struct result *r, size_t row, const char *name)
{
	const char *text = result_text(r, row, name);

	return text != NULL ? xstrdup(text) : NULL;
}

int64_t result_number(const struct result *r, size_t row, const char *name,
		      int64_t otherwise)
{
	const struct cell *c = result_cell(r, row, name);

	return c != NULL && c->is_number ? c->number : otherwise;
}

void result_done(struct result *r)
{
	for (int i = 0; i < r->n_columns; i++)
		free(r->names[i]);
	for (size_t i = 0; i < r->n_rows * (size_t)r->n_columns; i++)
		free(r->cells[i].text);
	free(r->names);
	free(r->cells);
	memset(r, 0, sizeof(*r));
}

void auto_result(struct result *r)
{
	result_done(r);
}

static int bind_row(sqlite3_stmt *s, const struct result *bound, size_t row,
		    char **ret_error)
{
	int n = sqlite3_bind_parameter_count(s);

	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(s, i);
		const struct cell *c;

		if (name == NULL || name[0] != ':' || bound == NULL ||
		    result_column(bound, name + 1) < 0) {
			*ret_error = xasprintf("%s is no column of the rule's "
					       "query", name ? name : "?");
			return -EINVAL;
		}
		c = result_cell(bound, row, name + 1);
		if (c == NULL)
			sqlite3_bind_null(s, i);
		else if (c->is_number)
			sqlite3_bind_int64(s, i, c->number);
		else
			sqlite3_bind_text(s, i, c->text, -1, SQLITE_STATIC);
	}
	return 0;
}

static void take_row(sqlite3_stmt *s, struct result *r, size_t *cap)
{
	size_t width = (size_t)r->n_columns;

	if (r->n_rows * width + width > *cap) {
		*cap = (*cap + width) * 2;
		r->cells = xrealloc(r->cells, *cap, sizeof(*r->cells));
	}
	for (int i = 0; i < r->n_columns; i++) {
		struct cell *c = &r->cells[r->n_rows * width + (size_t)i];
		const char *text;

		/* In this order: as text it has no type any more that is known. */
		c->is_number = sqlite3_column_type(s, i) == SQLITE_INTEGER;
		c->number = c->is_number ? sqlite3_column_int64(s, i) : 0;
		text = (const char *)sqlite3_column_text(s, i);
		c->text = text != NULL ? xstrdup(text) : NULL;
	}
	r->n_rows++;
}

int result_fetch(struct guard *g, sqlite3_stmt *s, size_t limit,
		 const struct result *bound, size_t row,
		 struct result *ret_result, char **ret_error)
{
	AUTO(result) struct result r = { 0 };
	size_t cap = 0;
	int e;

	sqlite3_reset(s);
	e = bind_row(s, bound, row, ret_error);
	if (e < 0)
		return e;
	r.n_columns = sqlite3_column_count(s);
	r.names = xcalloc((size_t)r.n_columns, sizeof(*r.names));
	for (int i = 0; i < r.n_columns; i++)
		r.names[i] = xstrdup(sqlite3_column_name(s, i));
	while ((e = guard_step(g, s, r.n_rows == 0, ret_error)) > 0) {
		if (r.n_rows == limit) {
			*ret_error = xasprintf(
				_("it gives more than %zu rows"), limit);
			e = -EINVAL;
			break;
		}
		take_row(s, &r, &cap);
	}
	sqlite3_reset(s);	/* or it would hold the transaction open */
	if (e < 0)
		return e;
	*ret_result = r;
	memset(&r, 0, sizeof(r));
	return 0;
}

/* ---- sentences ----------------------------------------------------------*/

enum form { FORM_PLAIN, FORM_TIME, FORM_DATE, FORM_SHORT };

static const char *const form_names[] = {
	[FORM_PLAIN] = "", [FORM_TIME] = "time", [FORM_DATE] = "date",
	[FORM_SHORT] = "short",
};

/* How much of a fingerprint is enough to tell certificates apart by eye.  */
#define SHORT_DIGITS	16

/* One piece of a sentence: text as it is, or a place.  */
struct piece {
	const char *text;
	size_t n;
	bool place;		/* TEXT is a column's name */
	enum form form;
};

/* The next piece of *text: 1, 0 at its end; -EINVAL: no such form, or braces
 * that do not match.  */
static int piece_next(const char **text, struct piece *ret_piece)
{
	const char *p = *text, *end, *colon;
	size_t n = strcspn(p, "{}");

	if (*p == '\0')
		return 0;
	if (n > 0) {
		*ret_piece = (struct piece){ .text = p, .n = n };
		*text = p + n;
		return 1;
	}
	if (p[1] == p[0]) {
		*ret_piece = (struct piece){ .text = p, .n = 1 };
		*text = p + 2;
		return 1;
	}
	end = strpbrk(p + 1, "{}");
	if (*p == '}' || end == NULL || *end != '}')
		return -EINVAL;
	colon = memchr(p, ':', (size_t)(end - p));
	*ret_piece = (struct piece){
		.text = p + 1,
		.n = (size_t)((colon != NULL ? colon : end) - (p + 1)),
		.place = true,
	};
	*text = end + 1;
	if (colon == NULL)
		return 1;
	n = (size_t)(end - (colon + 1));
	for (enum form f = FORM_TIME; f <= FORM_SHORT; f++) {
		if (strlen(form_names[f]) != n ||
		    memcmp(form_names[f], colon + 1, n) != 0)
			continue;
		ret_piece->form = f;
		return 1;
	}
	return -EINVAL;
}

int sentence_check(const char *text, char *const *names, int n_names,
		   char **ret_error)
{
	struct piece piece;
	int r;

	while ((r = piece_next(&text, &piece)) > 0) {
		if (!piece.place ||
		    name_index(names, n_names, piece.text, piece.n) >= 0)
			continue;
		*ret_error = xasprintf("the query has no column for the place "
				       "{%.*s}", (int)piece.n, piece.text);
		return -EINVAL;
	}
	if (r < 0)
		*ret_error = xasprintf("this is no place: %.40s", text);
	return r;
}

/* What a party is called is words, and translators have those of the program's
 * own (trustdrift-rules(5)).  */
static bool is_words(const struct piece *piece)
{
	static const char column[] = "title";

	return piece->n == strlen(column) &&
	       memcmp(column, piece->text, piece->n) == 0;
}

static void add_place(struct buf *b, const struct piece *piece,
		      const struct cell *c)
{
	char time[TIME_SIZE];

	if (c == NULL || c->text == NULL) {
		buf_adds(b, "?");
	} else if (piece->form == FORM_TIME && c->is_number) {
		buf_adds(b, time_format(c->number, time));
	} else if (piece->form == FORM_DATE && c->is_number) {
		time_format(c->number, time);
		buf_add(b, time, strcspn(time, "T"));
	} else if (piece->form == FORM_SHORT) {
		size_t n = strlen(c->text);

		buf_add(b, c->text, n < SHORT_DIGITS ? n : SHORT_DIGITS);
	} else {
		buf_adds(b, is_words(piece) ? translated(c->text) : c->text);
	}
}

char *sentence_fill(const char *text, const struct result *r, size_t row)
{
	const struct cell *cells = r->cells + row * (size_t)r->n_columns;
	AUTO(buf) struct buf b;
	struct piece piece;

	/* A sentence that grows past the limit ends there: the values in it
	 * are capped one by one, and it is for reading.  */
	buf_init(&b, LIMIT_RULE_VALUE_BYTES);
	while (piece_next(&text, &piece) > 0) {
		int column;

		if (!piece.place) {
			buf_add(&b, piece.text, piece.n);
			continue;
		}
		column = name_index(r->names, r->n_columns, piece.text,
				    piece.n);
		add_place(&b, &piece, column < 0 ? NULL : &cells[column]);
	}
	return buf_take(&b);
}

const char *sentence_choose(const struct rule_text *texts, size_t n,
			    const struct result *r, size_t row)
{
	const char *variant = result_text(r, row, "variant");
	const char *fallback = NULL;

	for (size_t i = 0; i < n; i++) {
		if (texts[i].variant == NULL)
			fallback = texts[i].text;
		else if (variant != NULL &&
			 strcmp(texts[i].variant, variant) == 0)
			return texts[i].text;
	}
	return fallback;
}
