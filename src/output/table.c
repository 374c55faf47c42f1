/* table.c -- the tables of show and query, as text, JSON or TSV.
 *
 * JSON and TSV are written row by row.  Text looks at the first rows to choose
 * the widths of its columns and then goes on row by row as well; where a
 * terminal is too narrow, hashes are shortened first, then the widest columns
 * wrap inside themselves, so nothing is lost.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"

#define LOOK_AHEAD	2000u	/* rows that decide the widths */
#define GAP		2u	/* columns between columns */
#define NARROWEST	8u	/* no column is made narrower than this */
#define SHORT_HASH	16u

struct cell {
	char *text;		/* NULL: SQL NULL */
	bool numeric;
};

struct table {
	enum table_format format;
	unsigned width;		/* 0: as wide as it needs */
	FILE *f;
	bool translates;
	int n;			/* columns; 0 before the first row */
	char **names;
	size_t rows;
	/* Text only.  */
	struct cell *held;	/* the first rows, n cells each */
	size_t n_held, cap_held;
	size_t *columns;	/* widths, once chosen */
	bool *right, *hash;
	const char **line;	/* what put_lines() has yet to write, n */
	char (*shorts)[SHORT_HASH + 1];
};

static const char *const format_names[] = {
	[TABLE_TEXT] = "text",
	[TABLE_JSON] = "json",
	[TABLE_TSV] = "tsv",
};

const char *table_format_name(size_t i)
{
	return i < ARRAY_SIZE(format_names) ? format_names[i] : NULL;
}

int table_format_from_name(const char *name, enum table_format *ret_format)
{
	for (size_t i = 0; i < ARRAY_SIZE(format_names); i++) {
		if (strcmp(format_names[i], name) == 0) {
			*ret_format = (enum table_format)i;
			return 0;
		}
	}
	return -EINVAL;
}

struct table *table_new(enum table_format format, unsigned width, FILE *f)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->format = format;
	t->width = width;
	t->f = f;
	return t;
}

void table_translate(struct table *t)
{
	t->translates = t->format == TABLE_TEXT;
}

/* ---- JSON ----------------------------------------------------------------*/

/* Is S a number as JSON writes one?  SQLite also has Inf, and a column may
 * claim to be numeric and hold anything.  */
static bool is_json_number(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	if (n == 0 || (n > 1 && *s == '0'))
		return false;
	s += n;
	if (*s == '.') {
		n = strspn(s + 1, "0123456789");
		if (n == 0)
			return false;
		s += 1 + n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		n = strspn(s, "0123456789");
		if (n == 0)
			return false;
		s += n;
	}
	return *s == '\0';
}

static void json_row(struct table *t, const char *const *values,
		     const bool *numeric)
{
	fputs(t->rows == 0 ? "[\n  {" : ",\n  {", t->f);
	for (int i = 0; i < t->n; i++) {
		AUTO(str) char *name = json_text(t->names[i]);
		AUTO(str) char *value = NULL;

		if (values[i] != NULL && numeric[i] &&
		    is_json_number(values[i]))
			value = xstrdup(values[i]);
		else
			value = json_text(values[i]);
		fprintf(t->f, "%s%s: %s", i > 0 ? ", " : "", name, value);
	}
	fputs("}", t->f);
}

/* ---- TSV -----------------------------------------------------------------*/

static void tsv_row(struct table *t, const char *const *values)
{
	for (int i = 0; i < t->n; i++) {
		const char *value = values[i] != NULL ? values[i] : "";
		AUTO(str) char *text = escape_text(value, strlen(value));

		fprintf(t->f, "%s%s", i > 0 ? "\t" : "", text);
	}
	putc('\n', t->f);
}

/* ---- text ----------------------------------------------------------------*/

static bool is_hash(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return (n == 2 * SHA256_SIZE || n == 2 * SHA1_SIZE) && s[n] == '\0';
}

static size_t sum(const struct table *t)
{
	size_t total = (size_t)(t->n - 1) * GAP;

	for (int i = 0; i < t->n; i++)
		total += t->columns[i];
	return total;
}

static void measure(struct table *t)
{
	for (int i = 0; i < t->n; i++) {
		size_t widest = text_columns(t->names[i]);
		bool right = true, hash = true, any = false;

		for (size_t k = (size_t)i; k < t->n_held; k += (size_t)t->n) {
			const struct cell *c = &t->held[k];

			if (c->text == NULL)
				continue;
			any = true;
			right = right && c->numeric;
			hash = hash && is_hash(c->text);
			if (text_columns(c->text) > widest)
				widest = text_columns(c->text);
		}
		t->columns[i] = widest;
		t->right[i] = any && right;
		t->hash[i] = any && hash;
	}
}

/* Makes the table as narrow as the terminal.  */
static void squeeze(struct table *t)
{
	if (t->width == 0 || sum(t) <= t->width) {
		memset(t->hash, 0, (size_t)t->n * sizeof(*t->hash));
		return;
	}
	for (int i = 0; i < t->n; i++) {
		size_t name = text_columns(t->names[i]);

		if (t->hash[i])
			t->columns[i] = name > SHORT_HASH ? name : SHORT_HASH;
	}
	while (sum(t) > t->width) {
		int widest = 0;

		for (int i = 1; i < t->n; i++)
			if (t->columns[i] > t->columns[widest])
				widest = i;
		if (t->columns[widest] <= NARROWEST)
			break;
		t->columns[widest]--;
	}
}

/* The bytes of S that go into the next line of a cell of N columns: as many
 * as fit, and if that is not all, up to the last place that reads well.  */
static size_t cell_part(const char *s, size_t n)
{
	size_t fit = text_fit(s, n);

	if (s[fit] == '\0')
		return fit;
	for (size_t i = fit; i > fit / 2; i--)
		if (strchr(" /,;:-", s[i - 1]) != NULL)
			return i;
	return fit;
}

/* N bytes of S without the blank at which the line was broken.  */
static char *line_part(const char *s, size_t n)
{
	bool whole = s[n] == '\0';

	while (!whole && n > 0 && s[n - 1] == ' ')
		n--;
	return xstrndup(s, n);
}

static void spaces(FILE *f, size_t n)
{
	for (; n > 0; n--)
		putc(' ', f);
}

/* What t->line holds, in as many lines as its cells need; no blanks at the
 * ends of lines.  */
static void put_lines(struct table *t)
{
	bool more;

	do {
		size_t due = 0;

		more = false;
		for (int i = 0; i < t->n; i++) {
			size_t part = cell_part(t->line[i], t->columns[i]);
			AUTO(str) char *text = line_part(t->line[i], part);
			size_t used = text_columns(text);
			size_t pad = t->columns[i] > used ?
				     t->columns[i] - used : 0;

			t->line[i] += part;
			more = more || *t->line[i] != '\0';
			if (t->right[i])
				due += pad;
			if (*text != '\0') {
				spaces(t->f, due);
				due = 0;
				fputs(text, t->f);
			} else {
				due += used;
			}
			due += GAP + (t->right[i] ? 0 : pad);
		}
		putc('\n', t->f);
	} while (more);
}

static void put_cells(struct table *t, const struct cell *row)
{
	for (int i = 0; i < t->n; i++) {
		const char *text = row[i].text != NULL ? row[i].text : "-";

		t->line[i] = text;
		if (t->hash[i] && is_hash(text)) {
			memcpy(t->shorts[i], text, SHORT_HASH);
			t->shorts[i][SHORT_HASH] = '\0';
			t->line[i] = t->shorts[i];
		}
	}
	put_lines(t);
}

static void free_cells(const struct table *t, struct cell *row)
{
	for (int i = 0; i < t->n; i++)
		free(row[i].text);
}

/* Chooses the widths and writes what was held back.  */
static void begin_text(struct table *t)
{
	size_t n = (size_t)t->n;

	t->columns = xcalloc(n, sizeof(*t->columns));
	t->right = xcalloc(n, sizeof(*t->right));
	t->hash = xcalloc(n, sizeof(*t->hash));
	t->line = xcalloc(n, sizeof(*t->line));
	t->shorts = xcalloc(n, sizeof(*t->shorts));
	measure(t);
	squeeze(t);
	for (size_t i = 0; i < n; i++)
		t->line[i] = t->names[i];
	put_lines(t);
	for (size_t k = 0; k < t->n_held; k += n) {
		put_cells(t, &t->held[k]);
		free_cells(t, &t->held[k]);
	}
	t->n_held = 0;
}

/* What a cell of text says of VALUE, which is in column I; the caller frees.  */
static char *words(const struct table *t, int i, const char *value)
{
	if (t->translates && strcmp(t->names[i], "title") == 0)
		value = translated(value);
	return escape_text(value, strlen(value));
}

static void text_row(struct table *t, const char *const *values,
		     const bool *numeric)
{
	size_t first = t->n_held;

	for (int i = 0; i < t->n; i++) {
		struct cell c = { .numeric = numeric[i] };

		if (values[i] != NULL)
			c.text = words(t, i, values[i]);
		grow(&t->held, t->n_held, &t->cap_held, sizeof(*t->held));
		t->held[t->n_held++] = c;
	}
	if (t->columns != NULL) {
		put_cells(t, &t->held[first]);
		free_cells(t, &t->held[first]);
		t->n_held = first;
	} else if (t->rows + 1 >= LOOK_AHEAD) {
		begin_text(t);
	}
}

/* ---- all -----------------------------------------------------------------*/

/* Two columns of one name would be one key of an object.  */
static char *unique_name(const struct table *t, const char *name, int n)
{
	char *unique = xstrdup(name);

	for (unsigned k = 2; ; k++) {
		int i = 0;

		while (i < n && strcmp(t->names[i], unique) != 0)
			i++;
		if (i == n)
			return unique;
		free(unique);
		unique = xasprintf("%s_%u", name, k);
	}
}

static void name_columns(struct table *t, int n, const char *const *names)
{
	t->n = n;
	t->names = xcalloc((size_t)n, sizeof(*t->names));
	for (int i = 0; i < n; i++) {
		if (t->format == TABLE_TEXT) {
			t->names[i] = escape_text(names[i], strlen(names[i]));
		} else {
			t->names[i] = unique_name(t, names[i], i);
		}
	}
	if (t->format == TABLE_TSV)
		tsv_row(t, (const char *const *)t->names);
}

static int status(FILE *f)
{
	if (!ferror(f))
		return 0;
	return errno != 0 ? -errno : -EIO;
}

int table_row(struct table *t, int n, const char *const *names,
	      const char *const *values, const bool *numeric)
{
	if (n <= 0 || (t->n != 0 && n != t->n))
		return -EINVAL;
	if (t->n == 0)
		name_columns(t, n, names);
	if (values == NULL)
		return status(t->f);
	switch (t->format) {
	case TABLE_TEXT:
		text_row(t, values, numeric);
		break;
	case TABLE_JSON:
		json_row(t, values, numeric);
		break;
	case TABLE_TSV:
		tsv_row(t, values);
		break;
	}
	t->rows++;
	return status(t->f);
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n_held; i++)
		free(t->held[i].text);
	for (int i = 0; i < t->n; i++)
		free(t->names[i]);
	free(t->names);
	free(t->held);
	free(t->columns);
	free(t->right);
	free(t->hash);
	free(t->line);
	free(t->shorts);
	free(t);
}

int table_end(struct table *t)
{
	int r;

	if (t->format == TABLE_TEXT && t->n != 0 && t->columns == NULL)
		begin_text(t);
	if (t->format == TABLE_JSON)
		fputs(t->rows == 0 ? "[]\n" : "\n]\n", t->f);
	r = fflush(t->f) != 0 && errno != 0 ? -errno : status(t->f);
	table_free(t);
	return r;
}
