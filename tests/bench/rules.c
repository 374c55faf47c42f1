/* rules.c -- how judging grows: the whole pack over an inventory that a scan
 * made, and over the same one with everything but the system's own stores there
 * 10 and 100 times.
 *
 *   rules FILE			judges it once, and says nothing
 *   rules FILE WORK		a line for each size; WORK: where copies may lie
 *   rules FILE WORK each	and below it, the rules that take most of the time
 *
 * A copy is what another user or runtime of the same kind adds to an inventory:
 * a party with stores, readings, files, directories and verdicts of its own, and
 * entries of the same certificates.  It is made in the tables, since scanning
 * hundreds of thousands of entries takes longer than what is to be measured, and
 * copies made by a scan would differ from these in nothing that rules read.
 * Both sides are in processor time; the least of TURNS counts, where these do not take
 * long, because whatever else the machine does can only add to it.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "rule/rule.h"

#define TURNS	3

/* %d: how many copies.  What belongs to a party of the system stays as it is, and
 * so does what such a party reads besides others.  */
static const char multiply[] =
	"CREATE TEMP TABLE k AS WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL"
	" SELECT k + 1 FROM n WHERE k < %d) SELECT k, '/copy/' || k AS under,"
	" '-' || k AS suffix FROM n;"
	"CREATE TEMP TABLE newest AS SELECT id AS scan, composition_id AS"
	" composition, redirection_set_id AS redirections, directory_set_id AS"
	" directories, root_id AS root FROM scan ORDER BY id DESC LIMIT 1;"
	"CREATE TEMP TABLE p AS SELECT c.* FROM composition_party c JOIN newest"
	" ON composition_id = composition WHERE is_system = 0;"
	"CREATE TEMP TABLE s AS SELECT s.*, ss.reading_id FROM store s"
	" JOIN scan_store ss ON ss.store_id = s.id JOIN newest ON scan = scan_id"
	" WHERE s.id NOT IN (SELECT store_id FROM composition_store NATURAL JOIN"
	" composition_party JOIN newest ON composition_id = composition"
	" WHERE is_system = 1);"
	"CREATE TEMP TABLE r AS SELECT * FROM reading"
	" WHERE id IN (SELECT reading_id FROM s);"
	"CREATE TEMP TABLE m AS SELECT * FROM manifest"
	" WHERE id IN (SELECT manifest_id FROM r);"
	/* How far apart the ids of copies lie.  */
	"CREATE TEMP TABLE w AS SELECT 1 + max((SELECT max(id) FROM store),"
	" (SELECT max(id) FROM reading), (SELECT max(id) FROM manifest)) AS w;"
	"INSERT INTO store SELECT id + w * k, root_id, kind, under || path"
	" FROM s, k, w;"
	"INSERT INTO manifest SELECT id + w * k, sha256 || suffix, entries,"
	" certificates FROM m, k, w;"
	"INSERT INTO manifest_entry SELECT manifest_id + w * k, position,"
	" certificate_id, role, label, under || location, \"offset\", purposes,"
	" private_key, distrust_after FROM manifest_entry, k, w"
	" WHERE manifest_id IN (SELECT id FROM m);"
	"INSERT INTO manifest_statement SELECT manifest_id + w * k, position,"
	" role, purposes, issuer, issuer_sha256, serial, spki_sha256, label,"
	" under || location, \"offset\", this_update, next_update"
	" FROM manifest_statement, k, w"
	" WHERE manifest_id IN (SELECT id FROM m);"
	"INSERT INTO list_date SELECT manifest_id + w * k, list_from, list_until,"
	" roots, missing, extra, behind, content FROM list_date, k, w"
	" WHERE manifest_id IN (SELECT id FROM m);"
	"INSERT INTO reading SELECT id + w * k, store_id + w * k, signature,"
	" manifest_id + w * k, problems_sha256, files_sha256, format,"
	" under || real_path, CASE owner WHEN '' THEN '' ELSE owner || suffix END,"
	" instance || suffix, recipe, repair, engine FROM r, k, w;"
	"INSERT INTO reading_problem SELECT reading_id + w * k, position,"
	" under || path, \"offset\", code, message, skipped"
	" FROM reading_problem, k, w WHERE reading_id IN (SELECT id FROM r);"
	"INSERT INTO package_file SELECT root_id, under || path, package, version"
	" FROM package_file, k WHERE path IN (SELECT real_path FROM reading_file"
	" WHERE reading_id IN (SELECT id FROM r));"
	"INSERT INTO reading_file SELECT reading_id + w * k, position,"
	" under || path, under || real_path, size, mode, uid, gid, user, modified"
	" FROM reading_file, k, w WHERE reading_id IN (SELECT id FROM r);"
	"INSERT INTO scan_store SELECT scan, id + w * k, reading_id + w * k"
	" FROM s, k, w, newest;"
	"INSERT INTO directory SELECT directory_set_id, under || path, mode, uid,"
	" gid, user FROM directory JOIN newest ON directory_set_id = directories,"
	" k;"
	"INSERT INTO composition_party SELECT composition_id, party || suffix,"
	" type, instance || suffix, title || suffix,"
	" CASE owner WHEN '' THEN '' ELSE owner || suffix END, model, own_list,"
	" is_system, partial_chain, distrusts_keys FROM p, k;"
	"INSERT INTO composition_store SELECT composition_id, party || suffix,"
	" CASE WHEN store_id IN (SELECT id FROM s) THEN store_id + w * k"
	" ELSE store_id END, role, position FROM composition_store"
	" JOIN newest ON composition_id = composition, k, w"
	" WHERE party IN (SELECT party FROM p);"
	"INSERT INTO composition_shadow SELECT composition_id, party || suffix,"
	" CASE WHEN store_id IN (SELECT id FROM s) THEN store_id + w * k"
	" ELSE store_id END, role, position, instead FROM composition_shadow"
	" JOIN newest ON composition_id = composition, k, w"
	" WHERE party IN (SELECT party FROM p);"
	"INSERT INTO redirection SELECT redirection_set_id,"
	" position + k * (SELECT max(position) + 1 FROM redirection), source,"
	" under || path, line, via,"
	" CASE owner WHEN '' THEN '' ELSE owner || suffix END, program, section,"
	" name, \"option\", value, effect, under || target, under || real_path,"
	" present, store_id + w * k, note, processes FROM redirection"
	" JOIN newest ON redirection_set_id = redirections, k, w"
	" WHERE store_id IS NULL OR store_id IN (SELECT id FROM s);"
	"INSERT INTO party_anchor_set SELECT party || suffix, anchor_set_id"
	" FROM party_anchor_set, k WHERE party IN (SELECT party FROM p);"
	"INSERT INTO verdict SELECT party || suffix, certificate_id, accepted,"
	" reason, at_id, stops, stop_reason, good, good_until FROM verdict, k"
	" WHERE party IN (SELECT party FROM p);";

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* COPY becomes FILE with everything that is not the system's TIMES times.  */
static void make(const char *file, const char *copy, int times)
{
	AUTO(str) char *into = xasprintf("VACUUM INTO '%s'", copy);
	AUTO(str) char *sql = xasprintf(multiply, times - 1);
	sqlite3 *db;

	if (sqlite3_open(file, &db) != SQLITE_OK ||
	    sqlite3_exec(db, into, NULL, NULL, NULL) != SQLITE_OK)
		die("%s: %s", file, sqlite3_errmsg(db));
	sqlite3_close(db);
	if (times == 1)
		return;
	if (sqlite3_open(copy, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		die("%s: %s", copy, sqlite3_errmsg(db));
	sqlite3_close(db);
}

struct measure {
	double time;
	size_t entries, stores, findings;
};

/* What of this a reader would have to believe: that no rule gave up.  */
static void look(const struct report *report)
{
	for (size_t k = 0; k < report->n_findings; k++)
		if (report->findings[k].status == FINDING_UNKNOWN &&
		    report->findings[k].store_id == 0)
			die("%s: %s", report->findings[k].rule_id,
			    report->findings[k].message);
}

static struct measure judge(struct inventory *i, struct rules *rules, int turns)
{
	struct measure m = { .time = 1e9 };

	for (int turn = 0; turn < turns; turn++) {
		struct report report;
		char *error = NULL;
		double time = seconds();

		if (rules_evaluate(i, rules, NULL, NULL, &report, &error) < 0)
			die("rules: %s", error != NULL ? error : "?");
		time = seconds() - time;
		m.time = time < m.time ? time : m.time;
		m.entries = report.entries;
		m.stores = report.stores;
		m.findings = report.n_findings;
		look(&report);
		report_done(&report);
	}
	return m;
}

/* TIMES of each rule at the sizes before, to say how they grow.  */
static void each(struct inventory *i, struct rules *rules, size_t entries,
		 double *before)
{
	for (size_t k = 0; k < rules->n; k++) {
		struct rules one = { .items = &rules->items[k], .n = 1,
				     .reads = rules->reads };
		double time = judge(i, &one, 1).time;
		const double per_entry = time / (double)entries * 1e6;

		if (before[k] == 0)
			before[k] = per_entry;
		printf("    %-32s %9.1f ms %8.3f us an entry, %6.2f times\n",
		       rules->items[k].id, time * 1e3, per_entry,
		       per_entry / before[k]);
	}
}

/* Two sides of a ratio are processes: this one reads the rules as well.  */
static void once(const char *file, struct rules *rules)
{
	AUTO(str) char *error = NULL;
	struct inventory *i;

	if (inventory_open(file, INVENTORY_READ, 0, &i, &error) < 0)
		die("%s: %s", file, error);
	judge(i, rules, 1);
	inventory_close(i);
}

static void grow_by(const char *file, const char *work, int times,
		    struct rules *rules, double *first, double *before)
{
	AUTO(str) char *copy = xasprintf("%s/times-%d.db", work, times);
	AUTO(str) char *error = NULL;
	struct inventory *i;
	struct measure m;
	double per_entry;

	make(file, copy, times);
	if (inventory_open(copy, INVENTORY_READ, 0, &i, &error) < 0)
		die("%s: %s", copy, error);
	m = judge(i, rules, times < 100 ? TURNS : 1);
	per_entry = m.time / (double)m.entries;
	*first = *first == 0 ? per_entry : *first;
	printf("rules, %7zu entries, %5zu stores %10.1f ms %7.2f us an entry,"
	       " %.2f times (%zu findings)\n", m.entries, m.stores,
	       m.time * 1e3, per_entry * 1e6, per_entry / *first, m.findings);
	fflush(stdout);
	if (before != NULL)
		each(i, rules, m.entries, before);
	inventory_close(i);
	unlink(copy);
}

int main(int argc, char **argv)
{
	static const int times[] = { 1, 10, 100 };
	AUTO(str) char *error = NULL;
	struct rules *rules;
	double first = 0, *before = NULL;

	if (argc < 2)
		die("rules FILE [WORK [each]]");
	if (rules_load("/nonexistent", &rules, &error) < 0)
		die("rules: %s", error);
	if (argc == 2)
		once(argv[1], rules);
	if (argc > 3)
		before = xcalloc(rules->n, sizeof(*before));
	for (size_t k = 0; argc > 2 && k < ARRAY_SIZE(times); k++)
		grow_by(argv[1], argv[2], times[k], rules, &first, before);
	free(before);
	rules_free(rules);
	return 0;
}
