/* issuers.c -- names that certificates have as their issuer's, but that no
 * certificate in the inventory bears.
 */
#include "inventory/db.h"

int inventory_missing_issuers(struct inventory *i, missing_issuer_fn *fn,
			      void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT DISTINCT c.issuer_sha256 FROM certificate c "
		"WHERE c.issuer_sha256 IS NOT NULL AND NOT EXISTS "
		"(SELECT 1 FROM identity i "
			"WHERE i.name_sha256 = c.issuer_sha256) ORDER BY 1");
	int r;

	while ((r = query_step(&q)) > 0) {
		r = fn(query_column_text(&q, 0), data);
		if (r < 0)
			return r;
	}
	return r;
}
