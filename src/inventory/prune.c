/* prune.c -- bounds the history of one root: deletes old scans, and then,
 * from the top down, what nothing points to any more.
 */
#include <errno.h>
#include <string.h>

#include "inventory/db.h"

/* ?1 root, ?2 how many to keep.  */
static const char delete_but_newest[] =
	"DELETE FROM scan WHERE root_id = ?1 AND id NOT IN "
	"(SELECT id FROM scan WHERE root_id = ?1 ORDER BY id DESC LIMIT ?2)";

/* All of the 30 days before the newest, and of each earlier month in UTC the
 * newest.  A clock that was wrong makes a scan old or new, never newest.  */
static const char delete_by_age[] =
	"WITH newest AS (SELECT id, made FROM scan WHERE root_id = ?1 "
		"ORDER BY id DESC LIMIT 1) "
	"DELETE FROM scan WHERE root_id = ?1 "
	"AND id <> (SELECT id FROM newest) "
	"AND made < (SELECT made FROM newest) - 30 * 86400 "
	"AND id NOT IN (SELECT max(s.id) FROM scan s WHERE s.root_id = ?1 "
		"AND s.made < (SELECT made FROM newest) - 30 * 86400 "
		"GROUP BY strftime('%Y-%m', s.made, 'unixepoch'))";

static const char delete_orphans[] =
	"DELETE FROM scan_store WHERE scan_id NOT IN (SELECT id FROM scan); "
	"DELETE FROM scan_problem WHERE scan_id NOT IN (SELECT id FROM scan); "
	"DELETE FROM finding WHERE scan_id NOT IN (SELECT id FROM scan); "
	"DELETE FROM audit WHERE scan_id NOT IN (SELECT id FROM scan); "
	"DELETE FROM reading WHERE NOT EXISTS (SELECT 1 FROM scan_store ss "
		"WHERE ss.reading_id = reading.id); "
	"DELETE FROM reading_problem "
		"WHERE reading_id NOT IN (SELECT id FROM reading); "
	"DELETE FROM reading_file "
		"WHERE reading_id NOT IN (SELECT id FROM reading); "
	"DELETE FROM package_file WHERE NOT EXISTS (SELECT 1 "
		"FROM reading_file f WHERE f.real_path = package_file.path); "
	"DELETE FROM manifest WHERE NOT EXISTS (SELECT 1 FROM reading rd "
		"WHERE rd.manifest_id = manifest.id); "
	"DELETE FROM manifest_entry "
		"WHERE manifest_id NOT IN (SELECT id FROM manifest); "
	"DELETE FROM manifest_statement "
		"WHERE manifest_id NOT IN (SELECT id FROM manifest); "
	/* Who bears the name of a remaining one's issuer explains where its
	 * path used to end, and was perhaps never in a store.  */
	"DELETE FROM certificate WHERE NOT EXISTS (SELECT 1 "
		"FROM manifest_entry e WHERE e.certificate_id = certificate.id) "
		"AND NOT EXISTS (SELECT 1 FROM identity i "
			"JOIN certificate c ON c.issuer_sha256 = i.name_sha256 "
			"JOIN manifest_entry e ON e.certificate_id = c.id "
			"WHERE i.id = certificate.identity_id); "
	"UPDATE verdict SET at_id = NULL "
		"WHERE at_id NOT IN (SELECT id FROM certificate); "
	"DELETE FROM identity WHERE NOT EXISTS (SELECT 1 "
		"FROM certificate c WHERE c.identity_id = identity.id); "
	"DELETE FROM signature "
		"WHERE certificate_id NOT IN (SELECT id FROM certificate) "
		"OR identity_id NOT IN (SELECT id FROM identity); "
	"DELETE FROM composition WHERE id NOT IN (SELECT composition_id "
		"FROM scan WHERE composition_id IS NOT NULL); "
	"DELETE FROM composition_party "
		"WHERE composition_id NOT IN (SELECT id FROM composition); "
	"DELETE FROM composition_store "
		"WHERE composition_id NOT IN (SELECT id FROM composition); "
	"DELETE FROM composition_shadow "
		"WHERE composition_id NOT IN (SELECT id FROM composition); "
	"DELETE FROM redirection_set WHERE id NOT IN (SELECT "
		"redirection_set_id FROM scan "
		"WHERE redirection_set_id IS NOT NULL); "
	"DELETE FROM redirection WHERE redirection_set_id NOT IN "
		"(SELECT id FROM redirection_set); "
	"DELETE FROM directory_set WHERE id NOT IN (SELECT "
		"directory_set_id FROM scan "
		"WHERE directory_set_id IS NOT NULL); "
	"DELETE FROM directory WHERE directory_set_id NOT IN "
		"(SELECT id FROM directory_set); "
	"DELETE FROM store WHERE NOT EXISTS (SELECT 1 FROM scan_store ss "
			"WHERE ss.store_id = store.id) "
		"AND NOT EXISTS (SELECT 1 FROM composition_store cs "
			"WHERE cs.store_id = store.id) "
		"AND NOT EXISTS (SELECT 1 FROM composition_shadow cs "
			"WHERE cs.store_id = store.id) "
		"AND NOT EXISTS (SELECT 1 FROM redirection r "
			"WHERE r.store_id = store.id); "
	/* Pages at the end of the file go back to the file system.  */
	"PRAGMA incremental_vacuum";

static int delete_scans(struct inventory *i, const char *root, unsigned keep,
			size_t *ret_deleted)
{
	AUTO(query) struct query find =
		query_start(i, "SELECT id FROM root WHERE path = ?");
	AUTO(query) struct query q =
		query_start(i, keep > 0 ? delete_but_newest : delete_by_age);
	int r;

	query_text(&find, root);
	r = query_step(&find);
	if (r < 0)
		return r;
	if (r == 0) {
		*ret_deleted = 0;
		return 0;
	}
	query_int(&q, query_column_int(&find, 0));
	if (keep > 0)
		query_int(&q, keep);
	r = query_run(&q);
	if (r == 0)
		*ret_deleted = (size_t)sqlite3_changes(i->db);
	return r;
}

static int prune(struct inventory *i, const char *root, unsigned keep,
		 size_t *ret_deleted)
{
	size_t deleted;
	int r = delete_scans(i, root, keep, &deleted);

	/* Whatever an open scan has added and does not use is an orphan, too,
	 * and that is as well: it will be added again when it is met.  */
	if (r == 0 && deleted > 0) {
		r = db_exec(i, delete_orphans);
		certificate_forget(i);
	}
	if (r == 0)
		*ret_deleted = deleted;
	return r;
}

int inventory_prune(struct inventory *i, const char *root, unsigned keep,
		    size_t *ret_deleted)
{
	size_t deleted = 0;
	bool own;
	int r = transaction_begin(i, &own);

	if (r == 0)
		r = transaction_end(i, own, prune(i, root, keep, &deleted));
	if (r == 0)
		*ret_deleted = deleted;
	return r;
}
