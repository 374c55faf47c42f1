/* model-dotnet.c -- .NET Core on Linux, X509Chain.Build() as SslStream calls it
 * (OpenSslX509ChainProcessor of 3.1), on OpenSSL 1.1.
 *
 * OpenSSL looks for the path, twice: first the user's store of intermediates and
 * then those of the system are what it takes for sent, in the order of their
 * directories.  Only when no issuer was found what was really sent is put
 * behind them and it looks again.  So a cached intermediate is preferred to a
 * better one that was sent: the outage of 24 September 2021.
 *
 * Certificates in the system's directories that are not self-issued are not in
 * the trust store, but among the intermediates.  Purposes are .NET's own check,
 * of every certificate of the path; name constraints that are violated make it
 * throw.
 */
#include <stdlib.h>
#include <string.h>

#include "graph/path.h"

/* Lists one behind the other; the caller frees items.  */
static struct path_list joined(const struct path_list *lists, size_t n)
{
	size_t *items, used = 0, all = 0;

	for (size_t i = 0; i < n; i++)
		all += lists[i].n;
	items = xcalloc(all + 1, sizeof(*items));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < lists[i].n; k++)
			items[used++] = lists[i].items[k];
	return (struct path_list){ items, used };
}

static void free_list(struct path_list *l)
{
	free((void *)(uintptr_t)l->items);
}

/* What lies in the system's store: roots, and what is not self-issued.  */
static void split(const struct path_question *q, struct path_list *ret_roots,
		  struct path_list *ret_others)
{
	const struct path_list all[] = { q->anchors, q->store };
	struct path_list both = joined(all, 2);
	size_t *roots = xcalloc(both.n + 1, sizeof(*roots));
	size_t *others = xcalloc(both.n + 1, sizeof(*others));
	size_t n = 0, m = 0;

	for (size_t i = 0; i < both.n; i++)
		if (path_pool_get(q->pool, both.items[i])->self_issued)
			roots[n++] = both.items[i];
		else
			others[m++] = both.items[i];
	free_list(&both);
	*ret_roots = (struct path_list){ roots, n };
	*ret_others = (struct path_list){ others, m };
}

static void dotnet_build(const struct path_question *q,
			 struct path_answer *ret_answer)
{
	struct path_question as = *q;
	struct path_list roots, others, first, second;
	struct path_answer a = { .n = 0 };

	split(q, &roots, &others);
	first = joined((struct path_list[]){ q->cached, others }, 2);
	second = joined((struct path_list[]){ first, q->sent }, 2);
	as.anchors = roots;
	as.store = (struct path_list){ NULL, 0 };
	as.distrust_after = NULL;
	as.sent = first;
	path_build_openssl(&as, OPENSSL_1_1, &a);
	if (a.fault == PATH_NO_ISSUER) {
		a = (struct path_answer){ .n = 0 };
		as.sent = second;
		path_build_openssl(&as, OPENSSL_1_1, &a);
	}
	/* It tells all that is wrong, NotTimeValid before UntrustedRoot.  */
	if (a.fault == PATH_UNTRUSTED) {
		const size_t at = a.at;

		if (path_check(&as, CHECK_DATES | DATES_EXCLUSIVE, false,
			       &a) == PATH_OK) {
			a.fault = PATH_UNTRUSTED;
			a.at = at;
		}
	} else if (a.fault == PATH_OK) {
		path_check(&as, (CHECK_ALL & ~(unsigned)CHECK_DISTRUST) |
				DATES_EXCLUSIVE | COMMON_NAME | ANY_PURPOSE,
			   true, &a);
	}
	a.accepted = a.fault == PATH_OK;
	*ret_answer = a;
	free_list(&roots);
	free_list(&others);
	free_list(&first);
	free_list(&second);
}

const struct path_model model_dotnet = {
	.id = "dotnet",
	.title = N_(".NET on Linux"),
	.verified = ".NET Core 3.1.2",
	.build = dotnet_build,
};
