/* anchors.c -- which certificates a party trusts for TLS servers.
 *
 * A party's anchors are what its stores of role anchor hold as anchors without
 * another purpose, less what any of its stores distrusts: a certificate, or
 * those that an entry without one names.
 *
 * Parties that distrust keys do as p11-kit's enumeration does
 * (trust/enumerate.c), for which a store's instance is the token:
 *   - what is distrusted in any token takes away every certificate with that
 *     key, and the one of that issuer and serial number;
 *   - only what may be a CA is an anchor;
 *   - of a certificate that is an anchor in several tokens the first counts,
 *     which is the administrator's: tokens come in the order of their names,
 *     and /etc is before /usr;
 *   - purposes that a token gives to a key are those of all its anchors with
 *     that key.  When it gives them twice the first counts, in the order in
 *     which p11-kit loads: the token's own directory, then those in it.
 * p11-kit compares issuers by their bytes, and this by the canonical name.
 */
#include "inventory/db.h"

/* ?1 scan, ?2 party */
#define USED \
	"WITH used AS (SELECT cs.role AS used_as, rd.manifest_id, " \
			"rd.instance, length(st.path) AS depth " \
		"FROM scan s " \
		"JOIN composition_store cs " \
			"ON cs.composition_id = s.composition_id " \
		"JOIN scan_store ss ON ss.scan_id = s.id " \
			"AND ss.store_id = cs.store_id " \
		"JOIN reading rd ON rd.id = ss.reading_id " \
		"JOIN store st ON st.id = ss.store_id " \
		"WHERE s.id = ?1 AND cs.party = ?2), " \
	"entry AS (SELECT used.used_as, used.instance, e.certificate_id, " \
			"e.role, e.purposes " \
		"FROM used JOIN manifest_entry e " \
			"ON e.manifest_id = used.manifest_id " \
		"WHERE e.role IN ('anchor', 'distrust')), " \
	"said AS (SELECT used.instance, used.depth, m.role, m.purposes, " \
			"m.issuer_sha256, m.serial, m.spki_sha256, " \
			"m.location, m.\"offset\" " \
		"FROM used JOIN manifest_statement m " \
			"ON m.manifest_id = used.manifest_id) "
#define FOR_TLS(row) \
	"(" row ".purposes = '' OR instr(" row ".purposes, 'serverAuth') > 0) "
/* Of the certificate c with the key of the identity i.  */
#define NOT_NAMED \
	"AND NOT EXISTS (SELECT 1 FROM said s WHERE s.role = 'distrust' " \
		"AND " FOR_TLS("s") \
		"AND (s.spki_sha256 = i.spki_sha256 " \
			"OR (s.serial = c.serial " \
			"AND s.issuer_sha256 = c.issuer_sha256))) "

static const char by_certificate[] =
	USED
	"SELECT DISTINCT e.certificate_id FROM entry e "
	"JOIN certificate c ON c.id = e.certificate_id "
	"JOIN identity i ON i.id = c.identity_id "
	"WHERE e.used_as = 'anchor' AND e.role = 'anchor' AND " FOR_TLS("e")
	"AND (c.self_signed OR ?3) "
	"AND e.certificate_id NOT IN (SELECT d.certificate_id "
		"FROM entry d WHERE d.role = 'distrust' AND " FOR_TLS("d") ") "
	NOT_NAMED
	"ORDER BY e.certificate_id";

static const char by_key[] =
	USED
	", first AS (SELECT e.certificate_id, min(e.instance) AS instance "
		"FROM entry e WHERE e.used_as = 'anchor' "
		"AND e.role = 'anchor' GROUP BY e.certificate_id) "
	"SELECT DISTINCT e.certificate_id FROM first f "
	"JOIN entry e ON e.certificate_id = f.certificate_id "
		"AND e.instance = f.instance "
	"JOIN certificate c ON c.id = e.certificate_id "
	"JOIN identity i ON i.id = c.identity_id "
	"WHERE e.used_as = 'anchor' AND e.role = 'anchor' "
	"AND c.is_ca AND (c.self_signed OR ?3) "
	"AND coalesce((SELECT instr(s.purposes, 'serverAuth') > 0 "
			"FROM said s WHERE s.role = 'anchor' "
			"AND s.instance = e.instance "
			"AND s.spki_sha256 = i.spki_sha256 "
			"ORDER BY s.depth, s.location, s.\"offset\" LIMIT 1), "
		FOR_TLS("e") ") "
	"AND NOT EXISTS (SELECT 1 FROM entry d "
		"JOIN certificate dc ON dc.id = d.certificate_id "
		"JOIN identity di ON di.id = dc.identity_id "
		"WHERE d.role = 'distrust' AND " FOR_TLS("d")
		"AND (di.spki_sha256 = i.spki_sha256 "
			"OR (dc.serial = c.serial "
			"AND dc.issuer_sha256 = c.issuer_sha256))) "
	NOT_NAMED
	"ORDER BY e.certificate_id";

struct query anchors_query(struct inventory *i, const char *party,
			   bool partial_chain, bool distrusts_keys)
{
	struct query q = query_start(i, distrusts_keys ? by_key
						       : by_certificate);

	query_int(&q, i->scan);
	query_text(&q, party);
	query_int(&q, partial_chain);
	return q;
}
