/* test-quote.c -- every quoted word, given to the shell, comes back byte for
 * byte; what a reader could not see is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fix/fix.h"

static const struct {
	const char *text, *word;	/* word NULL: refused */
} cases[] = {
	{ "", "''" },
	{ "plain", "'plain'" },
	{ "two words", "'two words'" },
	{ " around ", "' around '" },
	{ "it's", "'it'\\''s'" },
	{ "'", "''\\'''" },
	{ "''", "''\\'''\\'''" },
	{ "'; rm -rf /; '", "''\\''; rm -rf /; '\\'''" },
	{ "\"q\"", "'\"q\"'" },
	{ "$(touch x)", "'$(touch x)'" },
	{ "`touch x`", "'`touch x`'" },
	{ "${HOME}$$$1", "'${HOME}$$$1'" },
	{ "\\", "'\\'" },
	{ "\\'", "'\\'\\'''" },
	{ "ends\\", "'ends\\'" },
	{ "\\n\\x41\\0", "'\\n\\x41\\0'" },
	{ "-rf", "'-rf'" },
	{ "--", "'--'" },
	{ "*?[a-z]", "'*?[a-z]'" },
	{ "~root", "'~root'" },
	{ "#!/bin/sh", "'#!/bin/sh'" },
	{ "a;b|c&d<e>f(g)", "'a;b|c&d<e>f(g)'" },
	{ "{1..3}!=%s", "'{1..3}!=%s'" },
	{ "F\u0151tan\u00fas\u00edtv\u00e1ny \u65e5\u672c \U0001f512",
	  "'F\u0151tan\u00fas\u00edtv\u00e1ny \u65e5\u672c \U0001f512'" },
	{ "\u2019curly\u201c", "'\u2019curly\u201c'" },
	{ "\u00a0", "'\u00a0'" },
	/* controls */
	{ "new\nline", NULL }, { "\n", NULL }, { "a\r", NULL },
	{ "tab\t", NULL }, { "\x01", NULL }, { "\x1b[31m", NULL },
	{ "\x7f", NULL }, { "\xc2\x85", NULL }, { "\xc2\x9b", NULL },
	/* not UTF-8 */
	{ "\x80", NULL }, { "\xff\xfe", NULL }, { "a\xc3", NULL },
	{ "\xc0\xaf", NULL }, { "\xed\xa0\x80", NULL },
	{ "\xf4\x90\x80\x80", NULL },
	/* seen as something else than it is */
	{ "\u202e reversed", NULL }, { "\u2066isolate\u2069", NULL },
	{ "\u200bzero", NULL }, { "\ufeffmark", NULL },
	{ "\u2028separator", NULL }, { "\U000e0041tag", NULL },
	{ "\\\u202e", NULL },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(str) char *word = shell_quote(cases[i].text);

		if (cases[i].word == NULL)
			assert_null(word);
		else
			assert_string_equal(word, cases[i].word);
	}
}

/* What `sh -c "printf %s WORD"` writes.  */
static void ask_shell(const char *shell, const char *word, struct buf *out)
{
	AUTO(str) char *code = xasprintf("printf '%%s' %s", word);
	int fds[2], status;
	char chunk[4096];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp(shell, shell, "-c", code, (char *)NULL);
		_exit(126);
	}
	close(fds[1]);
	while ((n = read(fds[0], chunk, sizeof(chunk))) > 0)
		assert_int_equal(buf_add(out, chunk, (size_t)n), 0);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_shell(void **state)
{
	static const char *const shells[] = { "sh", "dash", "bash" };

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(shells); s++) {
		AUTO(str) char *path = xasprintf("/bin/%s", shells[s]);

		if (access(path, X_OK) < 0) {
			print_message("NOT TESTED: %s is missing\n", shells[s]);
			assert_int_not_equal(s, 0);	/* sh is everywhere */
			continue;
		}
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			AUTO(buf) struct buf out;
			AUTO(str) char *word = shell_quote(cases[i].text);

			buf_init(&out, LIMIT_TEXT_BYTES);
			if (word == NULL)
				continue;
			ask_shell(shells[s], word, &out);
			assert_string_equal(buf_str(&out), cases[i].text);
			assert_int_equal(out.n, strlen(cases[i].text));
		}
	}
}

/* Every printable byte beside every other, in one word.  */
static void test_pairs(void **state)
{
	AUTO(buf) struct buf text;
	AUTO(buf) struct buf out;
	AUTO(str) char *word = NULL;

	(void)state;
	buf_init(&text, LIMIT_TEXT_BYTES * 2);
	buf_init(&out, LIMIT_TEXT_BYTES * 2);
	for (char a = ' '; a <= '~'; a++)
		for (char b = ' '; b <= '~'; b++)
			assert_int_equal(buf_addf(&text, "%c%c", a, b), 0);
	word = shell_quote(buf_str(&text));
	assert_non_null(word);
	ask_shell("sh", word, &out);
	assert_string_equal(buf_str(&out), buf_str(&text));
}

/* Every single byte: quoted if it is printable, refused otherwise.  */
static void test_bytes(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { 'a', (char)byte, '\0' };
		AUTO(str) char *word = shell_quote(text);

		if (byte >= ' ' && byte <= '~')
			assert_non_null(word);
		else
			assert_null(word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
