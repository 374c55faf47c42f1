/* test-fleet.c -- src/fleet: which lines are known, values as COPY takes them, and what
 * each kind of line has to be like.  tests/hosts/fleet.sh has bundles and a database.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/object.h"
#include "fleet/server.h"

#include <cmocka.h>

/* ---- lines --------------------------------------------------------------------- */

static void hash_of(uint64_t n, uint8_t ret[SHA256_SIZE])
{
	hash_sha256((struct blob){ (const uint8_t *)&n, sizeof(n) }, ret);
}

static void lines_are_known(void **state)
{
	enum { N = 5000 };
	AUTO(lines) struct lines l = { .items = NULL };
	uint8_t hash[SHA256_SIZE];
	int64_t value;

	(void)state;
	hash_of(0, hash);
	assert_false(lines_has(&l, hash, NULL));
	for (int64_t n = 0; n < N; n++) {
		hash_of((uint64_t)n, hash);
		assert_false(lines_has(&l, hash, NULL));
		lines_put(&l, hash, n - 1);
		lines_put(&l, hash, -n);
	}
	assert_int_equal(l.n, N);
	for (int64_t n = 0; n < N; n++) {
		hash_of((uint64_t)n, hash);
		assert_true(lines_has(&l, hash, &value));
		assert_int_equal(value, -n);
	}
	hash_of(N, hash);
	assert_false(lines_has(&l, hash, NULL));
}

/* What a bundle calls a hash need not be one: a hundred thousand that begin alike, or
 * end so, are found as fast as others, for otherwise this would not end.  */
static void lines_that_are_chosen(void **state)
{
	enum { N = 100000 };
	static const size_t at[] = { 0, 4, 12, SHA256_SIZE - 4 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(at); k++) {
		AUTO(lines) struct lines l = { .items = NULL };
		uint8_t hash[SHA256_SIZE] = { 1 };
		int64_t value;

		for (uint32_t n = 0; n < N; n++) {
			memcpy(hash + at[k], &n, sizeof(n));
			lines_put(&l, hash, n);
		}
		assert_int_equal(l.n, N);
		memcpy(hash + at[k], &(uint32_t){ 77 }, sizeof(uint32_t));
		assert_true(lines_has(&l, hash, &value));
		assert_int_equal(value, 77);
	}
}

static void lists_are_read_as_written(void **state)
{
	AUTO(lines) struct lines l = { .items = NULL };
	AUTO(lines) struct lines again = { .items = NULL };
	AUTO(str) char *text = NULL, *same = NULL;
	uint8_t hash[SHA256_SIZE];
	size_t n, m, line;

	(void)state;
	for (unsigned k = 0; k < 100; k++) {
		hash_of(k, hash);
		lines_put(&l, hash, 0);
	}
	text = lines_format(&l, "a list", &n);
	assert_int_equal(n, strlen("# a list\n") + 100 * 65);
	assert_int_equal(lines_parse(&again, text, &line), 0);
	assert_int_equal(again.n, 100);
	same = lines_format(&again, "a list", &m);
	assert_string_equal(text, same);
}

static void lists_that_are_none(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{ "x", 1 },
		{ "\n", 1 },
		{ "# good\nabc\n", 2 },
		{ "# good\n"
		  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
		  2 },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
		  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0\n",
		  2 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		AUTO(lines) struct lines l = { .items = NULL };
		size_t line;

		assert_int_equal(lines_parse(&l, cases[k].text, &line), -EINVAL);
		assert_int_equal(line, cases[k].line);
	}
}

/* ---- values -------------------------------------------------------------------- */

static void values_of_copy(void **state)
{
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	copy_text(&b, NULL);
	buf_adds(&b, "|");
	copy_text(&b, "");
	buf_adds(&b, "|");
	copy_text(&b, "a\tb\nc\rd\\N'\"");
	assert_string_equal(buf_str(&b), "\\N||a\\tb\\nc\\rd\\\\N'\"");
}

static void elements_of_arrays(void **state)
{
	AUTO(buf) struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	array_text(&b, NULL);
	buf_adds(&b, "|");
	array_text(&b, "");
	buf_adds(&b, "|");
	array_text(&b, "NULL");
	buf_adds(&b, "|");
	array_text(&b, "a\"b\\c,{}");
	assert_string_equal(buf_str(&b), "NULL|\"\"|\"NULL\"|\"a\\\"b\\\\c,{}\"");
}

static void digits(void **state)
{
	static const int64_t numbers[] = {
		0, 1, -1, 10, -10, 1234567890, INT64_MAX, INT64_MIN,
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
		AUTO(str) char *want = xasprintf("%" PRId64, numbers[k]);
		AUTO(buf) struct buf b;

		buf_init(&b, SIZE_MAX);
		put_digits(&b, numbers[k]);
		assert_string_equal(buf_str(&b), want);
	}
}

/* ---- kinds of lines ------------------------------------------------------------ */

#define HASH	"\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
#define MANIFEST(role, label, offset, private_key, after) \
	"{\"entries\": 2, \"sha256\": [" HASH ", " HASH "], \"role\": " role ", \"label\": " \
	label ", \"location\": \"/x\", \"purposes\": \"\", \"offset\": " offset \
	", \"private_key\": " private_key ", \"distrust_after\": " after \
	", \"statements\": []}"
#define STORE(more) \
	"{\"manifest\": " HASH ", \"kind\": \"k\", \"path\": \"/p\", " \
	"\"format\": \"pem\", \"real_path\": null, \"owner\": \"\", " \
	"\"instance\": \"\", \"engine\": null, \"entries\": 2, " \
	"\"certificates\": 1, " more "}"
#define PROBLEM	"{\"path\": \"/p\", \"code\": \"format\", \"message\": \"m\", " \
	"\"skipped\": 0, \"offset\": null}"
#define FINDING(store) \
	"{\"finding\": {\"id\": \"1\", \"rule\": \"r\", \"severity\": \"high\", " \
	"\"status\": \"found\", \"title\": \"t\", \"message\": null, " \
	"\"store\": " store ", \"certificate\": " \
	"{\"sha256\": null, \"name\": null}}}"

static const struct {
	const char *kind, *line;
	const char *row;	/* NULL: it is refused */
} cases[] = {
	/* of 3003020107, and not */
	{ "certificate", "{\"sha256\": \"eceda61045db145d209debf0d245e44b5b1cc52e"
		"3c04266aa2a486fdb6a2b285\", \"der\": \"MAMCAQc=\"}", "" },
	{ "certificate", "{\"sha256\": " HASH ", \"der\": \"MAMCAQc=\"}", NULL },
	{ "certificate", "{\"sha256\": " HASH ", \"der\": null}", "" },
	{ "certificate", "{\"sha256\": " HASH "}", NULL },
	{ "certificate", "{\"sha256\": \"0123\", \"der\": null}", NULL },
	{ "certificate", "{\"sha256\": " HASH ", \"der\": \"*\"}", NULL },
	{ "certificate", "{\"sha256\": " HASH ", \"der\": 7}", NULL },
	{ "manifest", MANIFEST("\"anchor\"", "null", "0", "0", "null"),
		"\t{\"anchor\"}\t{NULL}\t{\"/x\"}\t{\"\"}\t{0}\t{0}\t{NULL}\t[]" },
	{ "manifest", MANIFEST("[\"anchor\", \"distrust\"]", "[\"a\", null]",
			       "[1, 2]", "[0, 1]", "[null, 7]"),
		"\t{\"anchor\",\"distrust\"}\t{\"a\",NULL}\t{\"/x\"}\t{\"\"}"
		"\t{1,2}\t{0,1}\t{NULL,7}\t[]" },
	{ "manifest", MANIFEST("null", "null", "0", "0", "null"), NULL },
	{ "manifest", MANIFEST("[\"a\"]", "null", "0", "0", "null"), NULL },
	{ "manifest", MANIFEST("[\"a\", 7]", "null", "0", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "[[], []]", "0", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "{}", "0", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "-1", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "1.5", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "null", "0", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "0", "2", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "0", "true", "null"), NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "0", "0", "\"\""), NULL },
	{ "manifest", "{}", NULL },
	{ "manifest", "{\"entries\": 0, \"sha256\": []}", NULL },
	{ "manifest", MANIFEST("\"a\"", "null", "0", "0", "-631152000"),
		"\t{\"a\"}\t{NULL}\t{\"/x\"}\t{\"\"}\t{0}\t{0}\t{-631152000}\t[]" },
	{ "manifest", MANIFEST("\"a\"", "null", "0", "0", "253402300800"), NULL },
	{ "manifest", "{\"entries\": 1, \"sha256\": [], \"role\": \"\", "
		"\"label\": null, \"location\": \"\", \"purposes\": \"\", "
		"\"offset\": 0, \"private_key\": 0, \"distrust_after\": null, "
		"\"statements\": []}", NULL },
	{ "anchors", "{\"anchors\": [" HASH "]}", "" },
	{ "anchors", "{\"anchors\": []}", "" },
	{ "anchors", "{\"anchors\": [null]}", NULL },
	{ "anchors", "{\"anchors\": [" HASH ", " HASH "]}", NULL },
	{ "anchors", "{\"anchors\": [\"1123456789abcdef0123456789abcdef0123456789abcd"
		"ef0123456789abcdef\", " HASH "]}", NULL },
	{ "anchors", "{\"anchors\": [\"0123456789ABCDEF0123456789abcdef0123456789abcd"
		"ef0123456789abcdef\"]}", NULL },
	{ "anchors", "{\"anchors\": " HASH "}", NULL },
	{ "anchors", "{}", NULL },
	{ "store", STORE("\"problems\": 0, \"unread\": 0, \"problem_list\": []"),
		"\tk\t/p\tpem\t\\N\t\t\t\\N\t2\t1\t0\t0\t[]" },
	{ "store", STORE("\"problems\": 1, \"unread\": 0, \"problem_list\": [" PROBLEM
		"]"),
		"\tk\t/p\tpem\t\\N\t\t\t\\N\t2\t1\t1\t0\t[" PROBLEM "]" },
	{ "store", STORE("\"problems\": 0, \"unread\": 0"), NULL },
	{ "store", STORE("\"problems\": 0, \"unread\": 0, \"problem_list\": ["
		PROBLEM "]"), NULL },
	{ "store", STORE("\"problems\": 1, \"unread\": 2, \"problem_list\": ["
		PROBLEM "]"), NULL },
	{ "store", STORE("\"problems\": 0, \"unread\": 0, \"problem_list\": {}"), NULL },
	{ "store", STORE("\"problems\": 1, \"unread\": 0, \"problem_list\": [{}]"), NULL },
	{ "store", STORE("\"problems\": 0, \"unread\": -1, \"problem_list\": []"), NULL },
	{ "store", STORE("\"problems\": 0, \"problem_list\": []"), NULL },
	{ "store", "{}", NULL },
	{ "party", "{\"anchors\": null, \"party\": \"p\", \"runtime\": \"r\", "
		"\"title\": \"t\", \"owner\": \"\", \"model\": \"m\", "
		"\"instance\": \"i\", \"is_system\": 1}", "\tp\tr\tt\t\tm\ti\t1" },
	{ "party", "{\"anchors\": 7, \"party\": \"p\", \"runtime\": \"r\", "
		"\"title\": \"t\", \"owner\": \"\", \"model\": \"m\", "
		"\"instance\": \"i\", \"is_system\": 1}", NULL },
	{ "party", "{\"anchors\": null, \"party\": \"p\", \"runtime\": null, "
		"\"title\": \"t\", \"owner\": \"\", \"model\": \"m\", "
		"\"instance\": \"i\", \"is_system\": 1}", NULL },
	{ "finding", FINDING("{\"kind\": null, \"path\": null, \"party\": null}"),
		"\t1\tr\thigh\tfound\tt\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t"
		"{\"id\": \"1\", \"rule\": \"r\", \"severity\": \"high\", "
		"\"status\": \"found\", \"title\": \"t\", \"message\": null, "
		"\"store\": {\"kind\": null, \"path\": null, \"party\": null}, "
		"\"certificate\": {\"sha256\": null, \"name\": null}}" },
	{ "finding", FINDING("null"), NULL },
	{ "finding", "{\"finding\": {\"id\": \"1\", \"rule\": \"r\", \"severity\": "
		"\"high\", \"status\": \"found\", \"title\": null, \"message\": null, "
		"\"store\": {\"kind\": null, \"path\": null, \"party\": null}, "
		"\"certificate\": {\"sha256\": \"no hash\", \"name\": null}}}", NULL },
	{ "finding", "{\"finding\": []}", NULL },
	{ "stores", "{\"stores\": [" HASH "], \"problem_list\": []}", "\t[]" },
	{ "stores", "{\"stores\": [" HASH "]}", NULL },
	{ "stores", "{\"stores\": [7], \"problem_list\": []}", NULL },
	{ "parties", "{\"parties\": []}", "" },
	{ "parties", "{\"parties\": {}}", NULL },
	{ "findings", "{\"findings\": [" HASH "]}", "" },
	{ "findings", "{}", NULL },
};

static void kinds(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		json_t *line = json_loads(cases[k].line, 0, NULL);
		struct object o = { .refs = NULL };
		const char *why = NULL;
		enum kind kind;
		int r;

		print_message("# %s %s\n", cases[k].kind, cases[k].line);
		assert_non_null(line);
		assert_int_equal(kind_find(cases[k].kind, &kind), 0);
		r = kind_rows[kind].parse(line, &o, &why);
		assert_int_equal(r, cases[k].row != NULL ? 0 : -EINVAL);
		assert_int_equal(why == NULL, r == 0);
		if (r == 0)
			assert_string_equal(o.row != NULL ? o.row : "",
					    cases[k].row);
		object_free(&o);
		json_decref(line);
	}
}

/* A line that is no object at all comes as NULL, or as whatever it is.  */
static void no_object_is_any(void **state)
{
	static const char *const lines[] = { "[]", "7", "\"x\"", "null" };

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		for (size_t n = 0; n <= ARRAY_SIZE(lines); n++) {
			json_t *line = n < ARRAY_SIZE(lines) ?
				json_loads(lines[n], JSON_DECODE_ANY, NULL) : NULL;
			struct object o = { .refs = NULL };
			const char *why = NULL;

			assert_int_equal(kind_rows[k].parse(line, &o, &why),
					 -EINVAL);
			assert_non_null(why);
			object_free(&o);
			json_decref(line);
		}
	}
}

/* Words that have an index are short: PostgreSQL has room for 2,700 bytes there.  */
static void words_are_short(void **state)
{
	AUTO(str) char *rule = xmalloc(3001);
	json_t *line = json_loads(
		FINDING("{\"kind\": null, \"path\": null, \"party\": null}"), 0,
		NULL);
	struct object o = { .refs = NULL };
	const char *why = NULL;

	(void)state;
	memset(rule, 'r', 3000);
	rule[3000] = '\0';
	json_object_set_new(json_object_get(line, "finding"), "rule",
			    json_string(rule));
	assert_int_equal(kind_rows[KIND_FINDING].parse(line, &o, &why), -EINVAL);
	object_free(&o);
	json_decref(line);
}

/* What is referred to comes first, so that a batch is copied kind by kind.  */
static void kinds_are_in_order(void **state)
{
	enum kind kind;

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		const struct kind_row *row = &kind_rows[k];

		assert_int_equal(kind_find(row->type, &kind), 0);
		assert_int_equal(kind, k);
		if (row->shape != NAMES_NONE)
			assert_true((int)row->names < k);
	}
	assert_int_equal(kind_find("bundle", &kind), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_known),
		cmocka_unit_test(lines_that_are_chosen),
		cmocka_unit_test(lists_are_read_as_written),
		cmocka_unit_test(lists_that_are_none),
		cmocka_unit_test(values_of_copy),
		cmocka_unit_test(elements_of_arrays),
		cmocka_unit_test(digits),
		cmocka_unit_test(kinds),
		cmocka_unit_test(no_object_is_any),
		cmocka_unit_test(words_are_short),
		cmocka_unit_test(kinds_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
