/* fuzz.c -- all fuzz targets in one program, so that it is linked once; the name
 * that it is called by, fuzz-TARGET, says which one.  --targets lists them, a
 * line each: the target, a tab, and, of a reader, its folder in tests/readers.
 *
 * The engine brings main(): libFuzzer, AFL++, or runner.c.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define PROGRAM	"fuzz-"

static const struct fuzz_target *const targets[] = {
	&wire_target, &channel_target, &crawl_state_target, &looks_target,
	&asn1_target,
	&x509_target, &catalogue_target, &redirections_target, &rules_target,
	&policy_target, &waivers_target, &recipes_target, &package_target,
	&bundle_target,
};

#define READER(name)	extern const struct reader name##_reader;
#include "read/readers.def"
#undef READER

static const struct {
	const char *word;		/* with '_' for '-' */
	const struct reader *reader;
} words[] = {
#define READER(name)	{ #name, &name##_reader },
#include "read/readers.def"
#undef READER
};

static const struct fuzz_target *target;
static const struct reader *reader;

void fuzz_failed(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: must be: %s\n", file, line, condition);
	abort();
}

struct wire fuzz_wire(const struct buf *record, uint8_t **ret_copy)
{
	*ret_copy = xmemdup(record->p, record->n);
	return (struct wire){ *ret_copy, record->n, false };
}

static bool is_word(const char *word, const char *name)
{
	while (*word != '\0' && (*word == *name ||
				 (*word == '_' && *name == '-')))
		word++, name++;
	return *word == *name;
}

const struct reader *reader_of_word(const char *word)
{
	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		if (is_word(words[k].word, word))
			return words[k].reader;
	return NULL;
}

static void list_targets(void)
{
	for (size_t k = 0; k < ARRAY_SIZE(targets); k++)
		printf("%s\t\n", targets[k]->name);
	for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
		for (const char *c = words[k].word; *c != '\0'; c++)
			putchar(*c == '_' ? '-' : *c);
		printf("\t%s\n", words[k].reader->name);
	}
}

static void choose(const char *name)
{
	for (size_t k = 0; k < ARRAY_SIZE(targets); k++)
		if (strcmp(targets[k]->name, name) == 0)
			target = targets[k];
	if (target == NULL)
		reader = reader_of_word(name);
}

/* Away from where it was built (OSS-Fuzz) the program has its data beside it,
 * whatever links lead to it.  */
static void find_data(void)
{
	static char beside[LIMIT_PATH_BYTES + sizeof("/data")];
	AUTO(str) char *exe = realpath("/proc/self/exe", NULL);

	if (exe == NULL || access(data_dir(), F_OK) == 0)
		return;
	snprintf(beside, sizeof(beside), "%.*s/data",
		 (int)(strrchr(exe, '/') - exe), exe);
	if (access(beside, F_OK) == 0)
		data_dir_set(beside);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *program = (*argv)[0], *slash = strrchr(program, '/');
	const char *name = slash != NULL ? slash + 1 : program;

	if (*argc == 2 && strcmp((*argv)[1], "--targets") == 0) {
		list_targets();
		exit(0);
	}
	if (has_prefix(name, PROGRAM))
		choose(name + strlen(PROGRAM));
	if (target == NULL && reader == NULL) {
		fprintf(stderr, "%s: call it " PROGRAM "TARGET; "
			"--targets lists them\n", program);
		exit(64);
	}
	find_data();
	if (reader != NULL)
		reader_prepare(reader);
	else if (target->prepare != NULL)
		target->prepare();
	return 0;
}

/* The input is in memory of just its size, so that a step behind its end is
 * seen.  */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n);

	if (n > 0 && copy == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, data, n);
	if (reader != NULL)
		reader_take(reader, (struct blob){ copy, n });
	else
		target->take((struct blob){ copy, n });
	free(copy);
	return 0;
}
