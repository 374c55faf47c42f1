/* fuzz.h -- what is fuzzed.  All targets are in one program; which of them a run
 * is about says its name: fuzz-pem, fuzz-wire.  See HACKING.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "read/read.h"

struct fuzz_target {
	const char *name;
	void (*prepare)(void);		/* once, before the first input; or NULL */
	void (*take)(struct blob input);
};
extern const struct fuzz_target wire_target, channel_target, crawl_state_target,
	looks_target, package_target, asn1_target, x509_target, catalogue_target, redirections_target,
	rules_target, policy_target, waivers_target, recipes_target, bundle_target;

/* Each reader is one by the word that it has in Makefile.am.  */
const struct reader *reader_of_word(const char *word);	/* NULL: none */
void reader_prepare(const struct reader *reader);
void reader_take(const struct reader *reader, struct blob input);

/* Ends the program, which is a finding, unless CONDITION.  Other than assert() it
 * is never left out.  */
#define MUST(condition) \
	((condition) ? (void)0 : fuzz_failed(__FILE__, __LINE__, #condition))
void fuzz_failed(const char *file, int line, const char *condition)
	__attribute__((noreturn));

/* What an honest worker puts, the program takes: RECORD, which was put by one of
 * the functions of read/jobs.h, into memory of just its size, which the caller
 * frees.  */
struct wire fuzz_wire(const struct buf *record, uint8_t **ret_copy);

/* As OSS-Fuzz, libFuzzer and AFL++ want them.  */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
