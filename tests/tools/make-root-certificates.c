/* make-root-certificates.c CSV FILE ... -- writes data/rootprogram/
 * mozilla-roots.pem: the certificates that the rows of CSV name, found as PEM
 * in the FILEs (ca-certificates packages, Node binaries, any bundle).  Each
 * block stands behind a line
 *
 *	subject SHA-256-OF-CANONICAL-NAME sha256 SHA-256-OF-CERTIFICATE
 *
 * and " self-signed" where its own key verified it, so that src/scan/roots.c
 * finds a root by the name it has as an issuer, and knows what came out,
 * without decoding all of them.  Of roots with one name that which the list
 * took up last comes first: when only name and key are known, it is meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/read.h"

#define NAME_END	(8 + 64)	/* of "subject " and its hash */

struct found {
	char line[2 * 64 + 40];
	char since[11];		/* tls_trusted_from; "" when before all revisions
				 * or never */
	struct blob pem;
};

static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int d = memcmp(x->line, y->line, NAME_END);

	if (d == 0)
		d = strcmp(y->since, x->since);
	return d != 0 ? d : strcmp(x->line, y->line);
}

/* The fourth field of the row at ROW.  */
static void since(const char *row, char ret[11])
{
	for (int i = 0; i < 3; i++)
		row += strcspn(row, ",") + 1;
	snprintf(ret, 11, "%.*s", row[0] == '<' ? 0 : (int)strcspn(row, ","),
		 row);
}

int main(int argc, char **argv)
{
	struct found *found = NULL;
	size_t n = 0, cap = 0, k;
	char *csv;
	size_t csv_n;

	if (argc < 3 ||
	    file_slurp(argv[1], LIMIT_DATA_FILE_BYTES, &csv, &csv_n) < 0)
		return 64;
	for (int i = 2; i < argc; i++) {
		struct pem_block block;
		uint64_t pos = 0;
		struct blob in;
		char *text;

		if (file_slurp(argv[i], LIMIT_ELF_BYTES, &text, &in.n) < 0)
			return 1;
		in.p = (const uint8_t *)text;	/* kept: the blocks point there */
		while (pem_next(in, &pos, &block) == 1) {
			struct certificate c = { 0 };
			char sha256[65], subject[65];
			const char *row;

			if (!block.der)
				continue;
			x509_decode((struct blob){ block.der, block.der_n }, &c);
			hex_encode(c.sha256, SHA256_SIZE, sha256);
			row = strstr(csv, sha256);
			if (c.decoded && row) {
				grow(&found, n, &cap, sizeof(*found));
				hex_encode(c.subject_sha256, SHA256_SIZE,
					   subject);
				snprintf(found[n].line, sizeof(found[n].line),
					 "subject %s sha256 %s%s", subject,
					 sha256, c.self_signed ?
					 " self-signed" : "");
				since(row, found[n].since);
				found[n++].pem = (struct blob){
					in.p + block.begin,
					block.end - block.begin };
			}
			x509_done(&c);
			free(block.der);
		}
	}
	if (n == 0)
		return 1;
	qsort(found, n, sizeof(*found), compare);
	for (k = 0; k < n; k++)
		if (k == 0 || strcmp(found[k - 1].line, found[k].line) != 0)
			printf("%s\n%.*s\n", found[k].line,
			       (int)found[k].pem.n,
			       (const char *)found[k].pem.p);
	return 0;
}
