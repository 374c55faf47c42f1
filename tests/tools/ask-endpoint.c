/* ask-endpoint.c -- the certificates that a server sends, for shell tests.
 *
 *   ask-endpoint WHAT [NAME]	WHAT as endpoint_parse() has it; NAME: to ask for
 *
 * Prints the protocol, then the SHA-256 of every certificate in a line, in the
 * order of the server.  Status: 0, or 1 with the reason on standard error.
 */
#include "endpoint/endpoint.h"

int main(int argc, char **argv)
{
	AUTO(endpoint) struct endpoint e = { .host = NULL };
	AUTO(endpoint_answer) struct endpoint_answer a = { .n = 0 };
	AUTO(str) char *error = NULL;
	struct endpoint_options options = { .seconds = 20 };

	if (argc < 2 || endpoint_parse(argv[1], &e) < 0) {
		fprintf(stderr, "usage: ask-endpoint HOST:PORT [NAME]\n");
		return 1;
	}
	if (argc > 2)
		options.server_name = argv[2];
	if (endpoint_fetch(&e, &options, &a, &error) < 0) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	printf("%s\n", a.protocol);
	for (size_t i = 0; i < a.n; i++) {
		uint8_t hash[SHA256_SIZE];
		char hex[2 * SHA256_SIZE + 1];

		hash_sha256(a.certificates[i], hash);
		hex_encode(hash, sizeof(hash), hex);
		printf("%s\n", hex);
	}
	return 0;
}
