/* issuers.c -- a cached intermediate often outlives its root: nothing on the
 * host tells any more whose key signed it.  Mozilla's root program does
 * (data/rootprogram/mozilla-roots.pem), so roots that bear the name of an
 * issuer that is missing become certificates that the inventory knows, without
 * being present on the host.  The graph then verifies the signature as always.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

struct search {
	struct blob roots;		/* the file */
	struct blob *blocks;		/* from a root's line to the end of it */
	size_t n, cap;
};

/* Every root behind a line "subject NAME ...".  */
static int find_roots(const char *name, void *data)
{
	struct search *s = data;
	AUTO(str) char *line = xasprintf("subject %s ", name);
	const uint8_t *p = s->roots.p, *end = p + s->roots.n;

	while ((p = memmem(p, end - p, line, strlen(line))) != NULL) {
		grow(&s->blocks, s->n, &s->cap, sizeof(*s->blocks));
		s->blocks[s->n++] = (struct blob){ p, end - p };
		p += strlen(line);
	}
	return 0;
}

static int add_root(struct pass *pass, struct blob der)
{
	AUTO(certificate) struct certificate c = { 0 };
	uint8_t sha256[SHA256_SIZE];
	int64_t id;
	int r;

	hash_sha256(der, sha256);
	r = inventory_find_certificate(pass->inventory, sha256, &id);
	if (r != -ENOENT)
		return r;
	x509_decode(der, &c);
	pass->result.certificates_decoded++;
	return inventory_add_certificate(pass->inventory, &c, &id);
}

int scan_missing_issuers(struct pass *pass)
{
	AUTO(str) char *path = xasprintf("%s/rootprogram/mozilla-roots.pem",
					 data_dir());
	AUTO(str) char *text = NULL;
	struct search s = { 0 };
	size_t k;
	int r;

	/* An installation without it works, and knows less.  */
	r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &s.roots.n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	s.roots.p = (const uint8_t *)text;
	r = inventory_missing_issuers(pass->inventory, find_roots, &s);
	for (k = 0; k < s.n && r == 0; k++) {
		struct pem_block block;
		uint64_t pos = 0;

		if (pem_next(s.blocks[k], &pos, &block) != 1)
			continue;
		if (block.der)
			r = add_root(pass, (struct blob){ block.der,
							  block.der_n });
		free(block.der);
	}
	free(s.blocks);
	return r;
}
