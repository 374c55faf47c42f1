/* uses.c -- what the path models ask of the inventory: certificates by name, and
 * what each relying party of the newest scan makes of them.
 */
#include "inventory/db.h"

static int give(struct query *q, known_fn *fn, void *data)
{
	uint8_t sha256[SHA256_SIZE];
	int r;

	while ((r = query_step(q)) > 0) {
		r = query_column_hash(q, 0, sha256);
		if (r == 0)
			r = fn(sha256, query_column_blob(q, 1), data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_named(struct inventory *i, const uint8_t name_sha256[SHA256_SIZE],
		    known_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.sha256, c.der FROM identity n "
		"JOIN certificate c ON c.identity_id = n.id "
		"WHERE n.name_sha256 = ? AND c.der IS NOT NULL "
		"ORDER BY c.id");

	query_hex(&q, name_sha256, SHA256_SIZE);
	return give(&q, fn, data);
}

int inventory_known(struct inventory *i, const char *hash,
		    known_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.sha256, c.der FROM certificate c "
		"WHERE c.der IS NOT NULL AND (substr(c.sha256, 1, length(?1)) "
		"= ?1 OR substr(c.sha1, 1, length(?1)) = ?1) ORDER BY c.sha256");

	query_text(&q, hash);
	return give(&q, fn, data);
}

int inventory_called(struct inventory *i, const char *name, known_fn *fn,
		     void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.sha256, c.der FROM certificate c "
		"WHERE c.der IS NOT NULL AND (lower(c.name) = lower(?1) "
		"OR lower(c.subject) = lower(?1)) ORDER BY c.sha256");

	query_text(&q, name);
	return give(&q, fn, data);
}

int inventory_certificates(struct inventory *i, known_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.sha256, c.der FROM certificate c "
		"WHERE c.id IN (SELECT e.certificate_id FROM scan_store ss "
			"JOIN reading rd ON rd.id = ss.reading_id "
			"JOIN manifest_entry e "
				"ON e.manifest_id = rd.manifest_id "
			"WHERE ss.scan_id = (SELECT max(id) FROM scan)) "
		"ORDER BY c.sha256");

	return give(&q, fn, data);
}

int inventory_crossed(struct inventory *i, known_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT c.sha256, c.der FROM certificate c "
		"WHERE c.der IS NOT NULL AND c.is_ca AND NOT c.self_signed "
		"AND c.id IN (SELECT e.certificate_id FROM scan_store ss "
			"JOIN reading rd ON rd.id = ss.reading_id "
			"JOIN manifest_entry e "
				"ON e.manifest_id = rd.manifest_id "
			"WHERE ss.scan_id = (SELECT max(id) FROM scan) "
			"AND e.role IN ('anchor', 'intermediate')) "
		"ORDER BY c.sha256");

	return give(&q, fn, data);
}

static enum role role_of(const char *word)
{
	return word == NULL ? ROLE_NONE : role_from_name(word);
}

int inventory_uses(struct inventory *i, const uint8_t sha256[SHA256_SIZE],
		   use_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT ps.party, ps.role, ps.position, e.role, e.purposes, "
			"e.distrust_after, s.kind, s.path, s.owner, "
			"e.location, e.label, e.\"offset\", "
			"EXISTS (SELECT 1 FROM v_anchor a "
				"WHERE a.party = ps.party "
				"AND a.sha256 = e.sha256) "
		"FROM v_entry e JOIN v_store s ON s.store_id = e.store_id "
		"LEFT JOIN v_party_store ps ON ps.store_id = e.store_id "
		"WHERE e.sha256 = ? "
		"ORDER BY ps.party, ps.position, s.path, e.location, "
			"e.\"offset\"");
	int r;

	query_hex(&q, sha256, SHA256_SIZE);
	while ((r = query_step(&q)) > 0) {
		const char *purposes = query_column_text(&q, 4);
		const struct certificate_use use = {
			.party = query_column_text(&q, 0),
			.used_as = role_of(query_column_text(&q, 1)),
			.position = (unsigned)query_column_int(&q, 2),
			.role = role_of(query_column_text(&q, 3)),
			.purposes = purposes_from_words(purposes ? purposes
								 : ""),
			.distrust_after = query_column_int(&q, 5),
			.kind = query_column_text(&q, 6),
			.store = query_column_text(&q, 7),
			.owner = query_column_text(&q, 8),
			.location = query_column_text(&q, 9),
			.label = query_column_text(&q, 10),
			.offset = (uint64_t)query_column_int(&q, 11),
			.anchor = query_column_int(&q, 12) != 0,
		};

		r = fn(&use, data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_distrusting(struct inventory *i, const struct certificate *c,
			  party_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT DISTINCT ps.party FROM v_statement m "
		"JOIN v_party_store ps ON ps.store_id = m.store_id "
		"WHERE m.role = 'distrust' "
		"AND (m.purposes = '' OR instr(m.purposes, 'serverAuth') > 0) "
		"AND (m.spki_sha256 = ?1 OR (m.serial = ?2 "
			"AND m.issuer_sha256 = ?3)) ORDER BY ps.party");
	int r;

	query_hex(&q, c->spki_sha256, SHA256_SIZE);
	query_text(&q, c->serial);
	query_hex(&q, c->issuer_sha256, SHA256_SIZE);
	while ((r = query_step(&q)) > 0) {
		const struct inventory_party party = {
			.party = query_column_text(&q, 0),
		};

		r = fn(&party, data);
		if (r < 0)
			return r;
	}
	return r;
}

int inventory_parties(struct inventory *i, party_fn *fn, void *data)
{
	AUTO(query) struct query q = query_start(i,
		"SELECT party, type, instance, title, owner, model, "
			"partial_chain FROM v_party ORDER BY party");
	int r;

	while ((r = query_step(&q)) > 0) {
		const struct inventory_party party = {
			.party = query_column_text(&q, 0),
			.type = query_column_text(&q, 1),
			.instance = query_column_text(&q, 2),
			.title = query_column_text(&q, 3),
			.owner = query_column_text(&q, 4),
			.model = query_column_text(&q, 5),
			.partial_chain = query_column_int(&q, 6) != 0,
		};

		r = fn(&party, data);
		if (r < 0)
			return r;
	}
	return r;
}
