/* roots.c -- the certificates of Mozilla's root program, which come with this
 * program in data/rootprogram/mozilla-roots.pem.  Each block stands behind a
 * line
 *
 *	subject SHA-256-OF-CANONICAL-NAME sha256 SHA-256-OF-CERTIFICATE
 *
 * that ends in " self-signed" where the certificate decoded and its own key
 * verified it when the list was made (tests/tools/make-root-certificates.c).
 * They serve three ends:
 *
 *   - A cached intermediate often outlives its root: nothing on the host tells
 *     any more whose key signed it.  Roots that bear the name of an issuer that
 *     is missing become certificates that the inventory knows, without being
 *     present on the host.  The graph then verifies the signature as always.
 *   - Nearly all anchors of a usual host are such roots.  What came out once is
 *     true of the same bytes everywhere, so they are not verified again; that
 *     would be a third of a first scan.
 *   - Some programs hold roots as names and keys only; readers find these by
 *     looking for the names and keys of certificates that are known.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

#define HEX_SIZE	(2 * SHA256_SIZE)
#define LINE_START	"subject "

/* Finds the lines, once a scan.  */
static int roots_load(struct pass *pass)
{
	AUTO(str) char *path = NULL;
	struct roots *roots = &pass->roots;
	const char *p;
	size_t n, cap = 0;
	int r;

	if (roots->text)
		return 0;
	path = xasprintf("%s/rootprogram/mozilla-roots.pem", data_dir());
	r = file_slurp(path, LIMIT_DATA_FILE_BYTES, &roots->text, &n);
	if (r == -ENOENT) {	/* an installation without it knows less */
		roots->text = xstrdup("");
		return 0;
	}
	if (r < 0)
		return r;
	for (p = roots->text; p; p = strstr(p, "\n" LINE_START)) {
		p += *p == '\n';
		if (strcspn(p, "\n") < strlen(LINE_START) + HEX_SIZE)
			break;
		grow(&roots->lines, roots->n, &cap, sizeof(*roots->lines));
		roots->lines[roots->n++] = p;
	}
	return 0;
}

void roots_done(struct roots *roots)
{
	free(roots->text);
	free(roots->lines);
	for (size_t k = 0; k < roots->n_certificates; k++)
		free((void *)roots->certificates[k].p);
	free(roots->certificates);
}

/* The certificate behind LINE, as bytes that the caller frees; p NULL: none.  */
static struct blob root_certificate(const char *line)
{
	struct blob in = { (const uint8_t *)line, strlen(line) };
	struct pem_block block = { .der = NULL };
	uint64_t pos = 0;

	if (pem_next(in, &pos, &block) != 1)
		return (struct blob){ NULL, 0 };
	return (struct blob){ block.der, block.der_n };
}

int roots_certificates(struct pass *pass, const struct blob **ret_roots,
		       size_t *ret_n)
{
	struct roots *roots = &pass->roots;
	int r = roots_load(pass);

	if (r < 0)
		return r;
	if (roots->certificates == NULL) {
		roots->certificates = xcalloc(roots->n + 1,
					      sizeof(*roots->certificates));
		for (size_t k = 0; k < roots->n; k++) {
			struct blob der = root_certificate(roots->lines[k]);

			if (der.p != NULL)
				roots->certificates[roots->n_certificates++] =
					der;
		}
	}
	*ret_roots = roots->certificates;
	*ret_n = roots->n_certificates;
	return 0;
}

int root_is_verified(struct pass *pass, const uint8_t sha256[SHA256_SIZE])
{
	char end[HEX_SIZE + 32], hex[HEX_SIZE + 1];
	int r = roots_load(pass);

	hex_encode(sha256, SHA256_SIZE, hex);
	snprintf(end, sizeof(end), " sha256 %s self-signed\n", hex);
	for (size_t k = 0; r == 0 && k < pass->roots.n; k++)
		r = has_prefix(pass->roots.lines[k] + strlen(LINE_START) +
			       HEX_SIZE, end);
	return r;
}

/* ---- missing issuers -------------------------------------------------------*/

struct search {
	struct pass *pass;
	const char **blocks;		/* begin with a root's line */
	size_t n, cap;
};

/* Every root behind a line "subject NAME ...".  */
static int find_roots(const char *name, void *data)
{
	struct search *s = data;
	AUTO(str) char *start = xasprintf(LINE_START "%s ", name);
	const struct roots *roots = &s->pass->roots;
	int r = roots_load(s->pass);

	for (size_t k = 0; r == 0 && k < roots->n; k++) {
		if (!has_prefix(roots->lines[k], start))
			continue;
		grow(&s->blocks, s->n, &s->cap, sizeof(*s->blocks));
		s->blocks[s->n++] = roots->lines[k];
	}
	return r;
}

int scan_missing_issuers(struct pass *pass)
{
	struct search s = { .pass = pass };
	int64_t id;
	size_t k;
	int r;

	r = inventory_missing_issuers(pass->inventory, find_roots, &s);
	for (k = 0; k < s.n && r == 0; k++) {
		struct blob der = root_certificate(s.blocks[k]);

		if (der.p != NULL)
			r = pass_certificate(pass, der, &id);
		free((void *)der.p);
	}
	free(s.blocks);
	return r;
}
