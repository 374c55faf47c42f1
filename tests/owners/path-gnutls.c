/* path-gnutls.c [purpose] -- asks the GnuTLS that it is linked with which path
 * it takes.  Without "purpose" as libcurl-gnutls does, which gives the host's
 * name only; with it as gnutls-cli, which also wants a TLS server's purpose.
 * Reads cases, writes answers (path-cases.h).
 *
 * A trust list makes no difference between an anchor and what lies beside it.
 * The path is what the verification's callback shows, pair by pair; it comes to
 * that only for what is accepted.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>

#include "path-cases.h"

static time_t now;

static time_t the_time(time_t *t)
{
	if (t)
		*t = now;
	return now;
}

static gnutls_x509_crt_t load(const char *label)
{
	gnutls_x509_crt_t cert;
	gnutls_datum_t text;

	if (gnutls_load_file(path_file(label), &text) < 0 ||
	    gnutls_x509_crt_init(&cert) < 0 ||
	    gnutls_x509_crt_import(cert, &text, GNUTLS_X509_FMT_PEM) < 0)
		path_die(label);
	gnutls_free(text.data);
	return cert;
}

static void trust(gnutls_x509_trust_list_t list, const struct labels *labels)
{
	for (size_t i = 0; i < labels->n; i++) {
		gnutls_x509_crt_t cert = load(labels->name[i]);

		if (gnutls_x509_trust_list_add_cas(list, &cert, 1, 0) != 1)
			path_die("gnutls_x509_trust_list_add_cas");
	}
}

/* The callback goes from the anchor's side down, or sees a pair twice; each
 * certificate is remembered with its issuer, and the path read off at the end. */
static struct pair {
	unsigned char cert[32], issuer[32];
	bool has_issuer;
} pairs[64];
static size_t pairs_n;

static void hash_of(gnutls_x509_crt_t cert, unsigned char ret[32])
{
	size_t size = 32;

	if (gnutls_x509_crt_get_fingerprint(cert, GNUTLS_DIG_SHA256, ret,
					    &size) < 0)
		path_die("gnutls_x509_crt_get_fingerprint");
}

static int seen(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer,
		gnutls_x509_crl_t crl, unsigned int result)
{
	struct pair *pair = &pairs[pairs_n];

	(void)crl;
	(void)result;
	if (pairs_n == sizeof(pairs) / sizeof(pairs[0]))
		path_die("too many steps");
	hash_of(cert, pair->cert);
	pair->has_issuer = issuer != NULL;
	if (issuer)
		hash_of(issuer, pair->issuer);
	pairs_n++;
	return 0;
}

static void print_path(gnutls_x509_crt_t leaf)
{
	unsigned char at[32];
	bool more = true;

	hash_of(leaf, at);
	path_print_sha256(at, 1);
	for (size_t steps = 0; more && steps < pairs_n; steps++) {
		more = false;
		for (size_t i = 0; i < pairs_n; i++) {
			if (memcmp(pairs[i].cert, at, 32) != 0 ||
			    !pairs[i].has_issuer ||
			    memcmp(pairs[i].issuer, at, 32) == 0)
				continue;
			memcpy(at, pairs[i].issuer, 32);
			path_print_sha256(at, 0);
			more = true;
			break;
		}
	}
}

/* Less the sentence that it always says and the space at the end.  */
static const char *words(char *said)
{
	static const char always[] = "The certificate is NOT trusted. ";

	if (strncmp(said, always, strlen(always)) == 0)
		said += strlen(always);
	if (said[0] && said[strlen(said) - 1] == ' ')
		said[strlen(said) - 1] = 0;
	return said;
}

static void ask(const struct path_case *c, bool purpose)
{
	gnutls_typed_vdata_st data[2] = {
		{ GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)PATH_HOST, 0 },
		{ GNUTLS_DT_KEY_PURPOSE_OID,
		  (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 },
	};
	gnutls_x509_crt_t sent[PATH_LABELS + 1];
	gnutls_x509_trust_list_t list;
	gnutls_datum_t said = { 0 };
	unsigned int status = 0;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		path_die("gnutls_x509_trust_list_init");
	trust(list, &c->trusted);
	trust(list, &c->store);
	sent[0] = load(c->leaf);
	for (size_t i = 0; i < c->sent.n; i++)
		sent[i + 1] = load(c->sent.name[i]);
	now = (time_t)c->at;
	pairs_n = 0;
	if (gnutls_x509_trust_list_verify_crt2(list, sent,
			(unsigned int)c->sent.n + 1, data, purpose ? 2 : 1, 0,
			&status, seen) < 0)
		path_die("gnutls_x509_trust_list_verify_crt2");
	printf("%s\t%s\t", c->id, status ? "reject" : "accept");
	if (status) {
		gnutls_certificate_verification_status_print(status,
			GNUTLS_CRT_X509, &said, 0);
		printf("-\t%s\n", words((char *)said.data));
		gnutls_free(said.data);
	} else {
		print_path(sent[0]);
		printf("\t\n");
	}
	for (size_t i = 0; i < c->sent.n + 1; i++)
		gnutls_x509_crt_deinit(sent[i]);
	gnutls_x509_trust_list_deinit(list, 1);
}

int main(int argc, char **argv)
{
	bool purpose = argc > 1 && strcmp(argv[1], "purpose") == 0;
	struct path_case c;

	gnutls_global_set_time_function(the_time);
	printf("# gnutls%s GnuTLS %s\n", purpose ? "" : "-curl",
	       gnutls_check_version(NULL));
	while (path_next(stdin, &c))
		ask(&c, purpose);
	return 0;
}
