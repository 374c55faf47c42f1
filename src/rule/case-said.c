/* case-said.c -- what the rows of a case say beside stores: settings, directories
 * and packages, the root program, what parties answer, and what the
 * administrator demands and accepts.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rule/case-world.h"
#include "rule/guard.h"

/* ---- settings, directories, packages -------------------------------------*/

static void add_setting(struct case_world *w, struct inventory *i,
			sqlite3_stmt *s, struct stored_redirection *r)
{
	*r = (struct stored_redirection){
		.name = case_copy(s, 0), .value = case_copy(s, 1),
		.option = case_copy(s, 2), .section = case_copy(s, 3),
		.program = case_copy(s, 4), .effect = case_copy(s, 5),
		.source = case_copy(s, 6), .path = case_copy(s, 7),
		.line = (unsigned)sqlite3_column_int(s, 8),
		.owner = case_copy(s, 9), .target = case_copy(s, 10),
		.real_path = case_copy(s, 11),
		.present = sqlite3_column_int(s, 12),
		.note = case_copy(s, 15),
		.processes = (size_t)sqlite3_column_int(s, 16),
	};
	if (case_text(s, 13) != NULL)
		case_try(w, i, case_text(s, 14),
			 inventory_store(i, case_text(s, 13), case_text(s, 14),
					 &r->store));
}

static void set_settings(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT r.name, r.value, r.\"option\", r.section, r.program,"
		" r.effect, r.source, r.path, r.line, r.owner, r.target,"
		" coalesce(r.real_path, CASE r.present WHEN 1 THEN r.target END),"
		" r.present, s.kind, s.path, r.note, r.processes FROM setting r"
		" LEFT JOIN store s ON s.path = r.store ORDER BY r.rowid");
	struct stored_redirection *settings = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		grow(&settings, n, &cap, sizeof(*settings));
		add_setting(w, i, s, &settings[n++]);
	}
	case_try(w, i, "setting", inventory_redirections(i, settings, n));
	for (size_t k = 0; k < n; k++) {
		const struct stored_redirection *r = &settings[k];
		const char *const texts[] = {
			r->name, r->value, r->option, r->section, r->program,
			r->effect, r->source, r->path, r->owner, r->target,
			r->real_path, r->note,
		};

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++)
			free((char *)texts[j]);
	}
	free(settings);
}

static void lie_in_directories(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT path, mode, uid, gid, user FROM directory"
		" ORDER BY path");
	struct stored_directory *directories = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		grow(&directories, n, &cap, sizeof(*directories));
		directories[n++] = (struct stored_directory){
			.path = case_copy(s, 0),
			.mode = S_IFDIR | (uint32_t)sqlite3_column_int(s, 1),
			.uid = (uint32_t)sqlite3_column_int64(s, 2),
			.gid = (uint32_t)sqlite3_column_int64(s, 3),
			.user = case_copy(s, 4),
		};
	}
	case_try(w, i, "directory", inventory_directories(i, directories, n));
	for (size_t k = 0; k < n; k++) {
		free((char *)directories[k].path);
		free((char *)directories[k].user);
	}
	free(directories);
}

static void own_files(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT DISTINCT coalesce(real_path, path), package FROM file"
		" WHERE package IS NOT NULL");

	while (case_next(s))
		case_try(w, i, case_text(s, 0),
			 inventory_own_file(i, case_text(s, 0),
					    case_text(s, 1), "1"));
}

void case_say_settings(struct case_world *w, struct inventory *i)
{
	set_settings(w, i);
	lie_in_directories(w, i);
	own_files(w, i);
}

/* ---- verdicts, the root program ----------------------------------------------*/

static int64_t time_or_never(sqlite3_stmt *s, int column)
{
	return case_text(s, column) != NULL ? case_time(s, column) : INT64_MAX;
}

void case_say_verdicts(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT party, certificate, reason, at, stops, stop_reason,"
		" good_until FROM verdict");
	struct verdict *verdicts = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		struct verdict *v;

		grow(&verdicts, n, &cap, sizeof(*verdicts));
		v = &verdicts[n++];
		*v = (struct verdict){
			.party = case_copy(s, 0),
			.accepted = strcmp(case_text(s, 2), "ok") == 0,
			.reason = case_copy(s, 2),
			.has_at = case_text(s, 3) != NULL,
			.stops = time_or_never(s, 4),
			.stop_reason = case_copy(s, 5),
			.good = case_text(s, 6) != NULL,
			.good_until = time_or_never(s, 6),
		};
		hash_sha256(case_blob(case_text(s, 1)), v->sha256);
		if (v->has_at)
			hash_sha256(case_blob(case_text(s, 3)), v->at);
	}
	case_try(w, i, "verdict", inventory_store_verdicts(i, verdicts, n));
	for (size_t k = 0; k < n; k++) {
		free((char *)verdicts[k].party);
		free((char *)verdicts[k].reason);
		free((char *)verdicts[k].stop_reason);
	}
	free(verdicts);
}

/* A field of CSV, whatever is in it.  */
static void add_field(struct buf *b, const char *s)
{
	buf_adds(b, "\"");
	for (; *s != '\0'; s++)
		buf_adds(b, *s == '"' ? "\"\"" : (const char[]){ *s, '\0' });
	buf_adds(b, "\"");
}

void case_say_program(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT certificate, tls_from, tls_until, distrust_after,"
		" distrust_after, email_from, email_until, distrusted"
		" FROM program ORDER BY certificate");
	AUTO(str) char *error = NULL;
	AUTO(buf) struct buf b;
	int r;

	buf_init(&b, LIMIT_CASE_MEMORY_BYTES);
	buf_adds(&b, "sha256,sha1,label,tls_trusted_from,tls_trusted_until,"
		 "tls_distrust_after,distrust_after_since,email_trusted_from,"
		 "email_trusted_until,explicitly_distrusted\n");
	while (case_next(s)) {
		uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE];
		char hex[2 * SHA256_SIZE + 1], hex1[2 * SHA1_SIZE + 1];

		hash_sha256(case_blob(case_text(s, 0)), sha256);
		hash_sha1(case_blob(case_text(s, 0)), sha1);
		hex_encode(sha256, sizeof(sha256), hex);
		hex_encode(sha1, sizeof(sha1), hex1);
		buf_addf(&b, "%s,%s,", hex, hex1);
		add_field(&b, case_text(s, 0));
		for (int k = 1; k < sqlite3_column_count(s); k++)
			buf_addf(&b, ",%s", case_text(s, k));
		buf_adds(&b, "\n");
	}
	r = inventory_load_root_program_text(i, (char *)buf_str(&b), b.n,
					     "program", &error);
	if (r < 0 && w->error == NULL)
		w->error = TAKE(error);
}

/* ---- what the administrator says -------------------------------------------*/

static char *hex_of(const uint8_t hash[SHA256_SIZE])
{
	char *hex = xmalloc(2 * SHA256_SIZE + 1);

	hex_encode(hash, SHA256_SIZE, hex);
	return hex;
}

static char policy_path[] = "/etc/trustdrift/policy.xml";
static char waivers_path[] = "/etc/trustdrift/waivers.xml";

static void demand(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT kind, certificate, \"key\", subject, party, purpose,"
		" comment, until FROM policy ORDER BY rowid");
	struct policy_line l = { .path = policy_path };
	struct policy_line *lines = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		uint8_t hash[SHA256_SIZE];

		grow(&lines, n, &cap, sizeof(*lines));
		l.line = (unsigned)n + 2;
		l.kind = case_copy(s, 0);
		l.sha256 = l.spki_sha256 = NULL;
		if (case_text(s, 1) != NULL) {
			hash_sha256(case_blob(case_text(s, 1)), hash);
			l.sha256 = hex_of(hash);
		} else if (case_text(s, 2) != NULL) {
			case_hash_words("key", case_text(s, 2), hash);
			l.spki_sha256 = hex_of(hash);
		}
		l.subject = case_copy(s, 3);
		l.party = case_copy(s, 4);
		l.purpose = case_copy(s, 5);
		l.comment = case_copy(s, 6);
		l.until = time_or_never(s, 7);
		lines[n++] = l;
	}
	case_try(w, i, "policy", inventory_store_policy(i, lines, n));
	for (size_t k = 0; k < n; k++) {
		free(lines[k].kind);
		free(lines[k].sha256);
		free(lines[k].spki_sha256);
		free(lines[k].subject);
		free(lines[k].party);
		free(lines[k].purpose);
		free(lines[k].comment);
	}
	free(lines);
}

static void accept_findings(struct case_world *w, struct inventory *i)
{
	AUTO(statement) sqlite3_stmt *s = case_start(w,
		"SELECT rule, store, reason, author, until, matched"
		" FROM waiver ORDER BY rowid");
	struct waiver *waivers = NULL;
	size_t n = 0, cap = 0;

	while (case_next(s)) {
		grow(&waivers, n, &cap, sizeof(*waivers));
		waivers[n++] = (struct waiver){
			.rule = case_copy(s, 0),
			.store = case_copy(s, 1),
			.reason = case_copy(s, 2),
			.author = case_copy(s, 3),
			.until = case_time(s, 4),
			.matched = (size_t)sqlite3_column_int(s, 5),
			.path = waivers_path,
			.line = (unsigned)n + 1,
		};
	}
	case_try(w, i, "waiver", inventory_store_waivers(i, waivers, n, true));
	for (size_t k = 0; k < n; k++) {
		free(waivers[k].rule);
		free(waivers[k].store);
		free(waivers[k].reason);
		free(waivers[k].author);
	}
	free(waivers);
}

void case_say_demands(struct case_world *w, struct inventory *i)
{
	demand(w, i);
	accept_findings(w, i);
}
