/* roots.c -- the certificates of Mozilla's root program, which come with this
 * program in data/rootprogram/mozilla-roots.pem.  Each block stands behind a
 * line
 *
 *	subject SHA-256-OF-CANONICAL-NAME sha256 SHA-256-OF-CERTIFICATE
 *
 * that ends in " self-signed" where the certificate decoded and its own key
 * verified it when the list was made (tests/tools/make-root-certificates.c).
 * They serve two ends:
 *
 *   - A cached intermediate often outlives its root: nothing on the host tells
 *     any more whose key signed it.  Roots that bear the name of an issuer that
 *     is missing become certificates that the inventory knows, without being
 *     present on the host.  The graph then verifies the signature as always.
 *   - Nearly all anchors of a usual host are such roots.  What came out once is
 *     true of the same bytes everywhere, so they are not verified again; that
 *     would be a third of a first scan.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

static int roots_load(struct pass *pass)
{
	AUTO(str) char *path = NULL;
	int r;

	if (pass->roots)
		return 0;
	path = xasprintf("%s/rootprogram/mozilla-roots.pem", data_dir());
	r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &pass->roots,
		       &pass->roots_n);
	if (r == -ENOENT) {	/* an installation without it knows less */
		pass->roots = xstrdup("");
		pass->roots_n = 0;
		r = 0;
	}
	return r;
}

int root_is_verified(struct pass *pass, const uint8_t sha256[SHA256_SIZE])
{
	char line[2 * SHA256_SIZE + 32], hex[2 * SHA256_SIZE + 1];
	int r = roots_load(pass);

	if (r < 0)
		return r;
	hex_encode(sha256, SHA256_SIZE, hex);
	snprintf(line, sizeof(line), " sha256 %s self-signed\n", hex);
	return memmem(pass->roots, pass->roots_n, line, strlen(line)) != NULL;
}

/* ---- missing issuers -------------------------------------------------------*/

struct search {
	struct pass *pass;
	struct blob *blocks;		/* from a root's line to the end of it */
	size_t n, cap;
};

/* Every root behind a line "subject NAME ...".  */
static int find_roots(const char *name, void *data)
{
	struct search *s = data;
	AUTO(str) char *line = xasprintf("subject %s ", name);
	const uint8_t *p, *end;
	int r = roots_load(s->pass);

	if (r < 0)
		return r;
	p = (const uint8_t *)s->pass->roots;
	end = p + s->pass->roots_n;
	while ((p = memmem(p, end - p, line, strlen(line))) != NULL) {
		grow(&s->blocks, s->n, &s->cap, sizeof(*s->blocks));
		s->blocks[s->n++] = (struct blob){ p, end - p };
		p += strlen(line);
	}
	return 0;
}

int scan_missing_issuers(struct pass *pass)
{
	struct search s = { .pass = pass };
	int64_t id;
	size_t k;
	int r;

	r = inventory_missing_issuers(pass->inventory, find_roots, &s);
	for (k = 0; k < s.n && r == 0; k++) {
		struct pem_block block;
		uint64_t pos = 0;

		if (pem_next(s.blocks[k], &pos, &block) != 1)
			continue;
		if (block.der)
			r = pass_certificate(pass, (struct blob){
					block.der, block.der_n }, &id);
		free(block.der);
	}
	free(s.blocks);
	return r;
}
