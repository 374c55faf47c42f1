/* swap.c -- puts things of all kinds in each other's place, as fast as it can, until
 * it is ended: what a user of a host may do while it is scanned.
 *
 *   swap OUTSIDE DIRECTORY ...
 *
 * OUTSIDE is a directory that must never be read from; what lies in it has the names
 * that are swapped.  In each DIRECTORY there are a file "trust.pem" and a directory
 * "sub".  Their names lead, in turn, to what they were, to links to what has that
 * name in OUTSIDE (an absolute one, and one that goes up), to a FIFO, to a file where
 * a directory was or the other way, and to a link that leads to itself.  They are
 * exchanged, so that nothing is lost.  SIGTERM ends it: all is as it was then, and it
 * says how often it has swapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What stands in for a name; they have names that no catalogue asks for.  */
enum stand_in { ABSOLUTE, UP, FIFO, OTHER, LOOP, STAND_INS };

static const char *const names[] = { "trust.pem", "sub" };
#define NAMES	2
#define EXCHANGE	(1u << 1)	/* renameat2(2): RENAME_EXCHANGE */
#define IS_DIRECTORY(k)	((k) == 1)
#define TO_THE_TOP	"../../../../../../../../../../../.."

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "swap: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static char *__attribute__((format(printf, 1, 2))) text(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	must(vasprintf(&s, format, args), "vasprintf");
	va_end(args);
	return s;
}

static void make(const char *outside, const char *directory, int k,
		 char *ret[STAND_INS])
{
	char *absolute = text("%s/%s", outside, names[k]);
	char *up = text("%s%s", TO_THE_TOP, absolute);
	char *loop = text(".%s-%d", names[k], LOOP);

	for (int j = 0; j < STAND_INS; j++)
		ret[j] = text("%s/.%s-%d", directory, names[k], j);
	must(symlink(absolute, ret[ABSOLUTE]), ret[ABSOLUTE]);
	must(symlink(up, ret[UP]), ret[UP]);
	must(symlink(loop, ret[LOOP]), ret[LOOP]);
	must(mkfifo(ret[FIFO], 0600), ret[FIFO]);
	if (IS_DIRECTORY(k))
		must(close(open(ret[OTHER], O_CREAT | O_WRONLY, 0600)),
		     ret[OTHER]);
	else
		must(mkdir(ret[OTHER], 0700), ret[OTHER]);
	free(absolute);
	free(up);
	free(loop);
}

static int exchange(const char *a, const char *b)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, EXCHANGE);
}

/* There and back, with a pause now and then for the other to come in between.  */
static void swap(const char *path, const char *stand_in)
{
	for (int k = 0; k < 2; k++) {
		must(exchange(path, stand_in), path);
		if (random() % 4 == 0)
			usleep(50);
	}
}

int main(int argc, char **argv)
{
	const int n = (argc - 2) * NAMES;
	unsigned long swaps = 0;
	char *(*stand_ins)[STAND_INS], **paths;

	if (n < 1) {
		fputs("usage: swap OUTSIDE DIRECTORY ...\n", stderr);
		return EXIT_FAILURE;
	}
	signal(SIGTERM, end);
	stand_ins = calloc((size_t)n, sizeof(*stand_ins));
	paths = calloc((size_t)n, sizeof(*paths));
	if (stand_ins == NULL || paths == NULL)
		return EXIT_FAILURE;
	for (int k = 0; k < n; k++) {
		const char *directory = argv[2 + k / NAMES];

		make(argv[1], directory, k % NAMES, stand_ins[k]);
		paths[k] = text("%s/%s", directory, names[k % NAMES]);
	}
	for (; !ended; swaps += 2) {
		const int k = (int)(random() % n);

		swap(paths[k], stand_ins[k][random() % STAND_INS]);
	}
	printf("%lu\n", swaps);
	for (int k = 0; k < n; k++) {
		for (int j = 0; j < STAND_INS; j++)
			free(stand_ins[k][j]);
		free(paths[k]);
	}
	free(stand_ins);
	free(paths);
	return EXIT_SUCCESS;
}
