/* report-fixture.h -- reports for the tests of outputs: one with everything that a
 * report can have, and names that are made to do harm.
 */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "output/output.h"

#define NOW	INT64_C(1632528000)	/* 2021-09-25T00:00:00Z */
#define DAY	INT64_C(86400)

static inline struct finding *add(struct report *r, const char *id, const char *rule,
			   enum severity severity, const char *title,
			   const char *why, const char *message)
{
	const size_t n = r->n_findings;
	struct finding *f;

	/* Doubled: of ten thousand one by one AddressSanitizer copies, maps and
	 * poisons so much that it takes minutes.  */
	if ((n & (n - 1)) == 0)
		r->findings = xrealloc(r->findings, n > 0 ? 2 * n : 1,
				       sizeof(*r->findings));
	f = &r->findings[r->n_findings++];
	*f = (struct finding){
		.rule_id = xstrdup(rule), .severity = severity,
		.title = xstrdup(title), .why = xstrdup(why),
		.message = xstrdup(message),
	};
	snprintf(f->id, sizeof(f->id), "%s", id);
	return f;
}

static inline void in_store(struct finding *f, const char *kind, const char *path,
		     const char *owner, const char *location, const char *label)
{
	f->store_kind = xstrdup(kind);
	f->store_path = xstrdup(path);
	f->store_owner = xstrdup(owner);
	f->party = xstrdup("dotnet:/home/ann");
	f->location = xstrdup(location);
	f->label = label != NULL ? xstrdup(label) : NULL;
}

/* A certificate whose hashes are the DIGIT again and again.  */
static inline void about(struct finding *f, char digit, const char *name,
		  int64_t not_after)
{
	char hex[65];

	memset(hex, digit, 64);
	hex[64] = '\0';
	f->certificate.sha256 = xstrdup(hex);
	f->certificate.spki_sha256 = xstrdup(hex);
	f->certificate.sha1 = xstrndup(hex, 40);
	f->certificate.subject = xasprintf("CN=%s,C=XX", name);
	f->certificate.issuer = xstrdup("CN=Root,C=XX");
	f->certificate.serial = xstrdup("1f");
	f->certificate.name = xstrdup(name);
	f->certificate.not_before = NOW - 1000 * DAY;
	f->certificate.not_after = not_after;
	f->certificate.decoded = true;
}

static inline void evidence(struct finding *f, const char *kind, int depth,
		     const char *sha256, const char *text)
{
	f->evidence = xrealloc(f->evidence, f->n_evidence + 1,
			       sizeof(*f->evidence));
	f->evidence[f->n_evidence++] = (struct evidence){
		.kind = xstrdup(kind), .text = xstrdup(text), .depth = depth,
		.sha256 = sha256 != NULL ? xstrdup(sha256) : NULL,
	};
}

static inline void problem(struct report *r, const char *store, const char *path,
		    int64_t offset, bool skipped, const char *message)
{
	r->problems = xrealloc(r->problems, r->n_problems + 1,
			       sizeof(*r->problems));
	r->problems[r->n_problems++] = (struct problem_report){
		.store = store != NULL ? xstrdup(store) : NULL,
		.path = xstrdup(path), .code = xstrdup("truncated"),
		.message = xstrdup(message), .skipped = skipped,
		.has_offset = offset >= 0,
		.offset = offset >= 0 ? (uint64_t)offset : 0,
	};
}

static inline struct report new_report(void)
{
	return (struct report){
		.tool = "0.1.0", .now = NOW, .scan = 7, .root = xstrdup("/"),
		.host_name = xstrdup("web1"), .host_os = xstrdup("Debian 11"),
		.stores = 3, .entries = 145, .certificates = 144,
	};
}

#define ANN	"/home/ann/.dotnet/corefx/cryptography/x509stores/ca"
#define HOSTILE	"/srv/a\n$(touch x)`id`';\033[31m\x80 \xe2\x80\xae" "b"

static inline void add_paths(struct report *r)
{
	struct finding *f = add(r, "86fdfac5000000000000000000000001",
		"stale-cached-intermediate", SEVERITY_HIGH,
		"A cached certificate leads .NET astray",
		"The runtime prefers what it has kept to what a server sends.",
		"R3 is cached and leads to no certificate that .NET trusts now.");

	in_store(f, "dotnet-ca", ANN, "ann", ANN "/48504E97.pfx", NULL);
	about(f, '1', "R3", NOW + 4 * DAY + 69700);
	evidence(f, "path", 0, f->certificate.sha256,
		 "R3, until 2021-09-29T19:21:40Z, in " ANN "/48504E97.pfx");
	evidence(f, "path", 1, NULL,
		 "DST Root CA X3, until 2021-09-30T14:01:15Z, trusted until it was removed from this host, in " ANN "/DAC9024F.pfx");
	evidence(f, "path", 1, NULL, "a second issuer");
	evidence(f, "path", 2, NULL, "its own issuer");
	evidence(f, "good-path", 0, NULL, "R3, by ISRG Root X1");
	evidence(f, "good-path", 1, NULL, "ISRG Root X1, trusted");
	evidence(f, "history", 2, NULL, "first, though its depth is 2");
	evidence(f, "history", 3, NULL, "second");
	f->recipe = xstrdup("remove-file");
	f->automatic = true;
}

static inline void add_hostile(struct report *r)
{
	struct finding *f = add(r, "86fdfac57e0000000000000000000002",
		"stale-cached-intermediate", SEVERITY_HIGH,
		"A cached certificate leads .NET astray",
		"The runtime prefers what it has kept to what a server sends.",
		"\033]0;owned\007\n\"$(reboot)\" \\ \xff is cached.");

	in_store(f, "dotnet-ca", HOSTILE, "an\tn", HOSTILE "/x.pfx",
		 "la\"bel\r\n\xc2\x9b");
	about(f, '2', "Evil\n\033[2J <b>&amp;\xe2\x80\xaetxt.exe\xc3",
	      NOW - 1);
	f->has_offset = true;
	f->offset = 42;
	evidence(f, "path\n", 0, NULL, "one\ntwo\033[0m");
	evidence(f, "path\n", 40, NULL, "deep");
	f->recipe = xstrdup("remove-file");
	f->automatic = true;
}

/* The same in five stores, and two more that only nearly are.  */
static inline void add_shared(struct report *r)
{
	static const char *const stores[] = {
		"/etc/ssl/certs/ca-certificates.crt", "/opt/a/cacerts",
		"/opt/b/cacerts", "/opt/c/cacerts", "/opt/d/cacerts",
	};

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		char id[33];
		struct finding *f;

		snprintf(id, sizeof(id), "%zu0abcdef0000000000000000000000ff",
			 i);
		f = add(r, id, "expired-anchor", SEVERITY_MEDIUM,
			"A trusted root has expired",
			"Nearly every program refuses a path that ends in one.",
			"Old Root is a trust anchor that has expired.");
		in_store(f, i == 0 ? "system-bundle" : "java-cacerts",
			 stores[i], "", stores[i], i == 0 ? NULL : "old-root");
		about(f, '3', "Old Root", NOW - 900 * DAY);
		f->has_offset = true;
		f->offset = 100 * i;
		evidence(f, "replacement", 0, NULL, "Old Root was reissued");
		if (i == 1)
			evidence(f, "copy", 0, NULL, "also in /opt/a/more");
		f->recipe = xstrdup(i == 0 ? "debian-system-ca" :
				    "keytool-delete");
		f->automatic = i != 0;
	}
}

static inline void member(struct finding *f, char digit, enum severity severity,
		   const char *name, const char *location, const char *message)
{
	struct finding_member *m;

	f->members = xrealloc(f->members, f->n_members + 1,
			      sizeof(*f->members));
	m = &f->members[f->n_members++];
	*m = (struct finding_member){
		.severity = severity, .message = xstrdup(message),
		.location = xstrdup(location), .fixable = f->recipe != NULL,
		.has_offset = true, .offset = 10 * f->n_members,
		.name = name != NULL ? xstrdup(name) : NULL,
		.has_end = name != NULL, .not_after = NOW - 100 * DAY,
	};
	if (name != NULL) {
		m->sha256 = xstrdup("5555555555555555555555555555555555555555555555555555555555555555");
		memset(m->sha256, digit, 64);
		m->sha1 = xstrndup(m->sha256, 40);
	}
}

/* A long list in two stores, and a short one with a hostile name.  */
static inline void add_folded(struct report *r)
{
	static const char *const stores[] = { "/opt/a.pem", "/opt/b.pem" };
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		f = add(r, i == 0 ? "e0000000000000000000000000000000" :
			"e1000000000000000000000000000000", "removed",
			SEVERITY_HIGH, "Removed roots are still trusted",
			"The system has dropped them.",
			"Python trusts 11 roots that the system has dropped.");
		in_store(f, "python-certifi", stores[i], "", "", NULL);
		free(f->location);
		f->location = NULL;
		f->no_fix = xstrdup("Update the package.");
		for (int k = 0; k < 12; k++) {
			AUTO(str) char *name = xasprintf("Root %d",
							 k < 4 ? k : k - 1);
			AUTO(str) char *text = xasprintf("%s: gone", name);

			member(f, (char)('a' + k % 6), k < 9 ? SEVERITY_HIGH :
			       SEVERITY_LOW, name, stores[i], text);
			if (k == 4) {	/* a further place of the last */
				memset(f->members[k].sha256, 'd', 64);
				memset(f->members[k].sha1, 'd', 40);
			}
		}
		evidence(f, "history", 0, NULL, "Root 0 was trusted");
	}
	f = add(r, "e2000000000000000000000000000000", "removed",
		SEVERITY_HIGH, "Removed roots are still trusted",
		"The system has dropped them.", "Java trusts a root.");
	in_store(f, "java-cacerts", "/opt/cacerts", "", "", NULL);
	free(f->location);
	f->location = NULL;
	f->recipe = xstrdup("keytool-delete");
	member(f, 'f', SEVERITY_HIGH, "E\033[2J\n\"\xff", "/opt/\x80\n",
	       "E\033[2J\n\"\xff: gone");
	member(f, '0', SEVERITY_INFO, NULL, "/opt/cacerts", "it has no name");
	evidence(f, "history", 0, NULL, "it was trusted");
}

static inline void add_rest(struct report *r)
{
	struct finding *f = add(r, "f0000000000000000000000000000000",
		"missing-replacement-root", SEVERITY_LOW,
		"The root that replaces an expiring one is missing", "",
		"Node.js lacks a root.");

	in_store(f, "node-binary", "/usr/bin/node", "", "/usr/bin/node", NULL);
	about(f, '4', "\xe6\x97\xa5\xe6\x9c\xac Root \xc3\x9cnn", NOW + DAY);
	f->certificate.not_before = NOW + 3600;
	f->has_offset = true;
	f->offset = 36440872;
	for (int i = 0; i < 9; i++) {
		char text[32];

		snprintf(text, sizeof(text), "place %d", i);
		evidence(f, "copy", 0, NULL, text);
	}
	f->no_fix = xstrdup("Update Node.js.");

	f = add(r, "f1000000000000000000000000000000", "undecodable",
		SEVERITY_INFO, "It does not decode", "Because.", "What it is.");
	in_store(f, "dotnet-ca", ANN, "ann", ANN "/odd.pfx", NULL);
	f->certificate.sha256 = xstrdup("5555555555555555555555555555555555555555555555555555555555555555");
	f->certificate.sha1 = xstrdup("5555555555555555555555555555555555555555");

	for (int i = 0; i < 2; i++) {
		f = add(r, i == 0 ? "f2000000000000000000000000000000" :
			"f3000000000000000000000000000000",
			i == 0 ? "expired-anchor" : "removed-root-still-trusted",
			SEVERITY_MEDIUM, "Title", "Why.",
			"Not decided for this store: Permission denied");
		f->status = FINDING_UNKNOWN;
		in_store(f, "nss", "/home/bob/.pki/nssdb", "bob",
			 "/home/bob/.pki/nssdb/cert9.db", NULL);
		f->no_fix = xstrdup("Make the store readable and scan again.");
	}
	f = add(r, "f4000000000000000000000000000000", "expired-anchor",
		SEVERITY_MEDIUM, "A trusted root has expired", "", "Accepted.");
	f->status = FINDING_WAIVED;
	in_store(f, "java-cacerts", "/opt/e/cacerts", "", "/opt/e/cacerts", NULL);
	about(f, '6', "Waived Root", NOW - 400 * DAY);

	problem(r, "/home/bob/.pki/nssdb", "/home/bob/.pki/nssdb/cert9.db", -1,
		false, "Permission denied");
	for (int i = 0; i < 6; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/opt/many/%d\n.pem", i);
		problem(r, "/opt/many", path, 10 * i, true, "ends too early");
	}
	problem(r, NULL, "/etc/passwd", 0, false, "a home is missing");
	r->incomplete = true;
	r->note = xstrdup("There is no earlier scan\nof this root.");
}

static inline struct report full_report(void)
{
	struct report r = new_report();

	add_paths(&r);
	add_hostile(&r);
	add_folded(&r);
	add_shared(&r);
	add_rest(&r);
	return r;
}

#endif
