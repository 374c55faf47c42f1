/* path-curl.c LIBCURL CAFILE PORT -- a libcurl's answer about the server at PORT:
 * "accept" or "reject", a tab, and what it said.  The library is named on the
 * command line, for distributions have one for each TLS library.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "path-cases.h"

/* of curl.h, which a libcurl without its -dev package leaves out; the numbers
 * are its ABI */
enum option {
	OPT_CONNECT_ONLY = 141, OPT_URL = 10002, OPT_ERRORBUFFER = 10010,
	OPT_CAINFO = 10065, OPT_CAPATH = 10097, OPT_RESOLVE = 10203,
};
enum code {
	E_OK = 0, E_SSL_CONNECT_ERROR = 35, E_PEER_FAILED_VERIFICATION = 60,
	E_SSL_CACERT_BADFILE = 77,
};
#define ERROR_SIZE	256

#define FUNCTIONS(F) \
	F(void *, curl_easy_init, (void)) \
	F(int, curl_easy_setopt, (void *, int, ...)) \
	F(int, curl_easy_perform, (void *)) \
	F(const char *, curl_easy_strerror, (int)) \
	F(char *, curl_version, (void)) \
	F(void *, curl_slist_append, (void *, const char *))

#define DECLARE(type, name, args) static type (*name) args;
FUNCTIONS(DECLARE)

int main(int argc, char **argv)
{
	static char said[ERROR_SIZE];
	char url[64], where[64];
	void *handle, *curl;
	int code;

	handle = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (!handle)
		path_die("no such libcurl");
#define BIND(type, name, args) \
	if (!(*(void **)&name = dlsym(handle, #name))) \
		path_die("no " #name);
	FUNCTIONS(BIND)
	if (argc == 2) {
		printf("%s\n", curl_version());
		return 0;
	}
	if (argc != 4)
		return 64;
	snprintf(url, sizeof(url), "https://" PATH_HOST ":%s/", argv[3]);
	snprintf(where, sizeof(where), PATH_HOST ":%s:127.0.0.1", argv[3]);
	curl = curl_easy_init();
	curl_easy_setopt(curl, OPT_URL, url);
	curl_easy_setopt(curl, OPT_RESOLVE,
			 curl_slist_append(NULL, where));
	curl_easy_setopt(curl, OPT_CAINFO, argv[2]);
	curl_easy_setopt(curl, OPT_CAPATH, NULL);
	curl_easy_setopt(curl, OPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, OPT_ERRORBUFFER, said);
	code = curl_easy_perform(curl);
	said[strcspn(said, "\n\t")] = 0;
	printf("%s\t%s\n", code == E_OK ? "accept" : "reject",
	       code == E_OK ? "" : said[0] ? said :
	       curl_easy_strerror(code));
	return code == E_OK || code == E_PEER_FAILED_VERIFICATION ||
		code == E_SSL_CACERT_BADFILE ||
		code == E_SSL_CONNECT_ERROR ? 0 : 1;
}
