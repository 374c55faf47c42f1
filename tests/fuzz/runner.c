/* runner.c -- main() where there is no fuzzing engine: runs a target over files,
 * and over all that is in directories.
 *
 *	fuzz-TARGET [--damage N] [--seconds N] FILE | DIRECTORY ...
 *
 * --damage: of each file also N prefixes and N copies with a changed byte, spread
 * over it; --seconds: an input that takes more processor time than that is a
 * failure.  It ends with a line that says how many inputs there were and which
 * took the longest; none at all is a failure, too.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX	(256u << 20)

static unsigned damage, seconds;
static size_t inputs, files, slow;
static double longest;
static char *longest_path;
static const char *current = "";

static void run_one(const char *path, const uint8_t *p, size_t n)
{
	const clock_t begin = clock();
	double took;

	current = path;
	LLVMFuzzerTestOneInput(p, n);
	took = (double)(clock() - begin) / CLOCKS_PER_SEC;
	current = "";
	inputs++;
	if (seconds > 0 && took > seconds) {
		fprintf(stderr, "%s: %.2f s\n", path, took);
		slow++;
	}
	if (took > longest || longest_path == NULL) {
		free(longest_path);
		longest_path = xstrdup(path);
		longest = took;
	}
}

static void run_damaged(const char *path, uint8_t *p, size_t n)
{
	const size_t step = n > damage ? n / damage : 1;

	for (size_t at = 0; at < n; at += step) {
		const uint8_t was = p[at];

		run_one(path, p, at);
		p[at] ^= (uint8_t)(1u << at % 8);
		run_one(path, p, n);
		p[at] = was;
	}
}

static void run_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(str) char *text = NULL;
	size_t n;
	int e = file_slurp(path, INPUT_MAX, &text, &n);

	if (e < 0) {
		fprintf(stderr, "%s: %s\n", path, error_words(e));
		exit(1);
	}
	files++;
	run_one(path, (uint8_t *)text, n);
	/* tests/readers calls so what takes long each time */
	if (damage > 0 && !has_prefix(slash != NULL ? slash + 1 : path, "slow-"))
		run_damaged(path, (uint8_t *)text, n);
}

static void run_path(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0) {
		run_file(path);
		return;
	}
	for (int k = 0; k < n; k++) {
		if (entries[k]->d_name[0] != '.') {
			AUTO(str) char *below = xasprintf("%s/%s", path,
							  entries[k]->d_name);

			run_path(below);
		}
		free(entries[k]);
	}
	free(entries);
}

static unsigned number(const char *s)
{
	uint64_t n;

	if (s == NULL || number_parse(s, 1000000, &n) < 0) {
		fprintf(stderr, "not a number: %s\n", s != NULL ? s : "");
		exit(64);
	}
	return (unsigned)n;
}

/* What ended the program is the input that it had.  A sanitizer has handlers of
 * its own, and calls back.  */
extern void __sanitizer_set_death_callback(void (*callback)(void))
	__attribute__((weak));

static void say_current(void)
{
	static const char words[] = "this was: ";

	if (*current == '\0')
		return;
	if (write(2, words, sizeof(words) - 1) < 0 ||
	    write(2, current, strlen(current)) < 0 || write(2, "\n", 1) < 0)
		return;
}

static void ended(int signal)
{
	say_current();
	raise(signal);
}

static void catch_ends(void)
{
	const struct sigaction action = {
		.sa_handler = ended, .sa_flags = SA_RESETHAND,
	};

	sigaction(SIGABRT, &action, NULL);
	if (__sanitizer_set_death_callback != NULL) {
		__sanitizer_set_death_callback(say_current);
		return;
	}
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

int main(int argc, char **argv)
{
	int at = 1;

	LLVMFuzzerInitialize(&argc, &argv);
	catch_ends();
	for (; at < argc && has_prefix(argv[at], "--"); at += 2) {
		if (strcmp(argv[at], "--damage") == 0)
			damage = number(argv[at + 1]);
		else if (strcmp(argv[at], "--seconds") == 0)
			seconds = number(argv[at + 1]);
		else
			return 64;
	}
	for (; at < argc; at++)
		run_path(argv[at]);
	printf("%s: %zu files, %zu inputs", argv[0], files, inputs);
	if (inputs > 0)
		printf(", the longest %.2f s: %s", longest, longest_path);
	printf("\n");
	free(longest_path);
	return inputs == 0 || slow > 0;
}
