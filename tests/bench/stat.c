/* stat.c -- stat LIST: one fstatat(2) for each directory of LIST, a path a line,
 * sorted, from the directory above it: what a crawl cannot do without where nothing
 * has changed, and nothing else.  bench/crawl sets it beside the crawl.
 */
#include <stdio.h>
#include <string.h>

#include "base/base.h"

int main(int argc, char **argv)
{
	char line[LIMIT_PATH_BYTES];
	AUTO(file) FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
	struct root top;
	struct descent d;
	struct stat st;
	int r = 0;

	if (list == NULL || root_open("/", &top) < 0) {
		fputs("usage: stat LIST\n", stderr);
		return 1;
	}
	descent_begin(&d, &top);
	while (r == 0 && fgets(line, sizeof(line), list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		r = descent_stat(&d, line, &st);
		if (r < 0)
			fprintf(stderr, "stat: %s: %s\n", line, strerror(-r));
	}
	descent_end(&d);
	root_done(&top);
	return r < 0;
}
