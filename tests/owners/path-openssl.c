/* path-openssl.c LIBCRYPTO [partial] -- asks OpenSSL which path it takes, as
 * its TLS client does: the parameters of "ssl_server", the host's name, and with
 * "partial" the flag that curl sets.  Reads cases, writes answers (path-cases.h).
 *
 * The library is named on the command line, so that one program asks several
 * versions; what is used has been there since 1.0.2, under these or older names.
 * OpenSSL 1.0.2 is found inside old Nodes only: compiled with -shared, this asks
 * the program that loads it, and ends it.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <unistd.h>

#include "path-cases.h"

#define PARTIAL_CHAIN	0x80000	/* X509_V_FLAG_PARTIAL_CHAIN */

/* type, name, arguments, name in 1.0.2 */
#define FUNCTIONS(F) \
	F(void *, BIO_new_file, (const char *, const char *), BIO_new_file) \
	F(int, BIO_free, (void *), BIO_free) \
	F(void *, PEM_read_bio_X509, (void *, void *, void *, void *), \
	  PEM_read_bio_X509) \
	F(void, X509_free, (void *), X509_free) \
	F(int, X509_digest, (const void *, const void *, unsigned char *, \
			     unsigned int *), X509_digest) \
	F(const void *, EVP_sha256, (void), EVP_sha256) \
	F(const char *, OpenSSL_version, (int), SSLeay_version) \
	F(void *, OPENSSL_sk_new_null, (void), sk_new_null) \
	F(int, OPENSSL_sk_push, (void *, const void *), sk_push) \
	F(int, OPENSSL_sk_num, (const void *), sk_num) \
	F(void *, OPENSSL_sk_value, (const void *, int), sk_value) \
	F(void, OPENSSL_sk_pop_free, (void *, void (*)(void *)), sk_pop_free) \
	F(void *, X509_STORE_new, (void), X509_STORE_new) \
	F(void, X509_STORE_free, (void *), X509_STORE_free) \
	F(int, X509_STORE_add_cert, (void *, void *), X509_STORE_add_cert) \
	F(void *, X509_STORE_CTX_new, (void), X509_STORE_CTX_new) \
	F(void, X509_STORE_CTX_free, (void *), X509_STORE_CTX_free) \
	F(int, X509_STORE_CTX_init, (void *, void *, void *, void *), \
	  X509_STORE_CTX_init) \
	F(int, X509_STORE_CTX_set_default, (void *, const char *), \
	  X509_STORE_CTX_set_default) \
	F(void *, X509_STORE_CTX_get0_param, (void *), \
	  X509_STORE_CTX_get0_param) \
	F(void, X509_VERIFY_PARAM_set_time, (void *, long), \
	  X509_VERIFY_PARAM_set_time) \
	F(int, X509_VERIFY_PARAM_set_flags, (void *, unsigned long), \
	  X509_VERIFY_PARAM_set_flags) \
	F(int, X509_VERIFY_PARAM_set1_host, (void *, const char *, size_t), \
	  X509_VERIFY_PARAM_set1_host) \
	F(int, X509_verify_cert, (void *), X509_verify_cert) \
	F(void *, X509_STORE_CTX_get0_chain, (void *), \
	  X509_STORE_CTX_get_chain) \
	F(int, X509_STORE_CTX_get_error, (void *), X509_STORE_CTX_get_error) \
	F(int, X509_STORE_CTX_get_error_depth, (void *), \
	  X509_STORE_CTX_get_error_depth) \
	F(const char *, X509_verify_cert_error_string, (long), \
	  X509_verify_cert_error_string)

#define DECLARE(type, name, args, old) static type (*name) args;
FUNCTIONS(DECLARE)

static void bind_functions(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW);

	if (!handle)
		path_die(dlerror());
#define BIND(type, name, args, old) \
	if (!(*(void **)&name = dlsym(handle, #name)) && \
	    !(*(void **)&name = dlsym(handle, #old))) \
		path_die("no " #name);
	FUNCTIONS(BIND)
}

static void *load(const char *label)
{
	void *bio = BIO_new_file(path_file(label), "r"), *cert;

	cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	if (!cert)
		path_die(label);
	BIO_free(bio);
	return cert;
}

static void add_all(void *store, const struct labels *labels)
{
	for (size_t i = 0; i < labels->n; i++) {
		void *cert = load(labels->name[i]);

		if (X509_STORE_add_cert(store, cert) != 1)
			path_die("X509_STORE_add_cert");
		X509_free(cert);
	}
}

static void ask(const struct path_case *c, bool partial)
{
	void *store = X509_STORE_new(), *sent = OPENSSL_sk_new_null();
	void *ctx = X509_STORE_CTX_new(), *leaf = load(c->leaf), *param;
	void *chain;
	int ok, n;

	add_all(store, &c->trusted);
	add_all(store, &c->store);
	/* libssl hands on what was received, the end-entity with it */
	OPENSSL_sk_push(sent, load(c->leaf));
	for (size_t i = 0; i < c->sent.n; i++)
		OPENSSL_sk_push(sent, load(c->sent.name[i]));
	if (X509_STORE_CTX_init(ctx, store, leaf, sent) != 1 ||
	    X509_STORE_CTX_set_default(ctx, "ssl_server") != 1)
		path_die("X509_STORE_CTX_init");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (long)c->at);
	X509_VERIFY_PARAM_set1_host(param, PATH_HOST, 0);
	if (partial)
		X509_VERIFY_PARAM_set_flags(param, PARTIAL_CHAIN);

	ok = X509_verify_cert(ctx) == 1;
	printf("%s\t%s\t", c->id, ok ? "accept" : "reject");
	chain = X509_STORE_CTX_get0_chain(ctx);
	n = chain ? OPENSSL_sk_num(chain) : 0;
	for (int i = 0; i < n; i++) {
		unsigned char hash[32];
		unsigned int size = sizeof(hash);

		X509_digest(OPENSSL_sk_value(chain, i), EVP_sha256(), hash,
			    &size);
		path_print_sha256(hash, i == 0);
	}
	if (ok)
		printf("%s\t\n", n ? "" : "-");
	else
		printf("%s\t%d at %d: %s\n", n ? "" : "-",
		       X509_STORE_CTX_get_error(ctx),
		       X509_STORE_CTX_get_error_depth(ctx),
		       X509_verify_cert_error_string(
			       X509_STORE_CTX_get_error(ctx)));

	X509_STORE_CTX_free(ctx);
	OPENSSL_sk_pop_free(sent, X509_free);
	X509_STORE_free(store);
	X509_free(leaf);
}

static void ask_all(const char *model, bool partial)
{
	struct path_case c;

	printf("# %s %s\n", model, OpenSSL_version(0));
	while (path_next(stdin, &c))
		ask(&c, partial);
	fflush(stdout);
}

#ifdef PATH_IN_A_PROGRAM
__attribute__((constructor)) static void loaded(void)
{
	bind_functions(NULL);
	ask_all("openssl-1.0.2", false);
	_exit(0);
}
#else
int main(int argc, char **argv)
{
	bool partial = argc > 2 && strcmp(argv[2], "partial") == 0;

	if (argc < 2)
		return 64;
	bind_functions(argv[1]);
	ask_all(partial ? "openssl-partial" : "openssl", partial);
	return 0;
}
#endif
