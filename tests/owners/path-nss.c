/* path-nss.c EMPTY-DB PKIX-ANSWERS CASES -- asks NSS which path it takes, as its TLS
 * client does: what was received becomes temporary certificates, the end-entity
 * first, then it is verified as an SSL server.  libpkix is asked, too, as
 * vfychain -pp does, and what it says goes to PKIX-ANSWERS.  Reads cases, writes
 * answers (path-cases.h).
 *
 * What NSS has seen it keeps and uses for other certificates, so each question
 * is asked by a process of its own.  The database is a copy of EMPTY-DB where
 * trusted certificates are "C,,", and those beside them ",,"; no question changes
 * it.
 */
#include <cert.h>
#include <certdb.h>
#include <nss.h>
#include <pk11pub.h>
#include <prerror.h>
#include <secerr.h>
#include <sechash.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "path-cases.h"

#define DB	"nss-db"
#define MICROSECONDS	1000000

static CERTCertificate *load(const char *label)
{
	FILE *in = fopen(path_file(label), "r");
	CERTCertificate *cert;
	static char text[8192];
	size_t n;

	if (!in)
		path_die(label);
	n = fread(text, 1, sizeof(text), in);
	fclose(in);
	cert = CERT_DecodeCertFromPackage(text, (int)n);
	if (!cert)
		path_die(label);
	return cert;
}

static CERTCertificate *temporary(const char *label)
{
	CERTCertificate *cert = load(label), *temp;

	temp = CERT_NewTempCertificate(CERT_GetDefaultCertDB(), &cert->derCert,
				       NULL, PR_FALSE, PR_TRUE);
	if (!temp)
		path_die("CERT_NewTempCertificate");
	return temp;
}

static void keep(const struct labels *labels, const char *trust_words)
{
	PK11SlotInfo *slot = PK11_GetInternalKeySlot();

	for (size_t i = 0; i < labels->n; i++) {
		CERTCertificate *cert = load(labels->name[i]);
		CERTCertTrust trust;

		if (CERT_DecodeTrustString(&trust, trust_words) != SECSuccess ||
		    PK11_ImportCert(slot, cert, CK_INVALID_HANDLE,
				    labels->name[i], PR_FALSE) != SECSuccess ||
		    CERT_ChangeCertTrust(CERT_GetDefaultCertDB(), cert,
					 &trust) != SECSuccess)
			path_die(PR_ErrorToName(PR_GetError()));
		CERT_DestroyCertificate(cert);
	}
	PK11_FreeSlot(slot);
}

static void fill(const struct path_case *c)
{
	if (NSS_Initialize("sql:" DB, "", "", SECMOD_DB, 0) != SECSuccess)
		path_die("NSS_Initialize");
	keep(&c->store, ",,");
	keep(&c->trusted, "C,,");
	if (NSS_Shutdown() != SECSuccess)
		path_die("NSS_Shutdown");
}

static void print(CERTCertificate *cert, int first)
{
	unsigned char hash[32];

	HASH_HashBuf(HASH_AlgSHA256, hash, cert->derCert.data,
		     cert->derCert.len);
	path_print_sha256(hash, first);
}

static bool is_trusted(CERTCertificate *cert)
{
	CERTCertTrust trust;

	return CERT_GetCertTrust(cert, &trust) == SECSuccess &&
		trust.sslFlags & CERTDB_TRUSTED_CA;
}

/* The certificates that the verification went through: it asks this for the
 * issuer, too, and ends at the first that is trusted.  */
static void print_classic(CERTCertificate *cert, PRTime at)
{
	print(cert, 1);
	for (int i = 0; i < 20; i++) {
		CERTCertificate *issuer = CERT_FindCertIssuer(cert, at,
			certUsageSSLServer);

		if (!issuer || CERT_CompareCerts(issuer, cert))
			break;
		print(issuer, 0);
		if (is_trusted(issuer))
			break;
		cert = issuer;
	}
}

static SECStatus classic(CERTCertificate *leaf, PRTime at)
{
	return CERT_VerifyCert(CERT_GetDefaultCertDB(), leaf, PR_TRUE,
			       certUsageSSLServer, at, NULL, NULL);
}

static SECStatus pkix(CERTCertificate *leaf, PRTime at, CERTValOutParam *out)
{
	static PRUint64 methods[2];	/* no CRL, no OCSP */
	static CERTRevocationFlags no_revocation = {
		{ 2, methods, 0, NULL, 0 }, { 2, methods, 0, NULL, 0 },
	};
	CERTValInParam in[3] = {
		{ .type = cert_pi_date, .value.scalar.time = at },
		{ .type = cert_pi_revocationFlags,
		  .value.pointer.revocation = &no_revocation },
		{ .type = cert_pi_end },
	};

	return CERT_PKIXVerifyCert(leaf, certificateUsageSSLServer, in, out,
				   NULL);
}

static void ask(const struct path_case *c, bool with_pkix)
{
	PRTime at = (PRTime)c->at * MICROSECONDS;
	CERTValOutParam out[3] = {
		{ .type = cert_po_trustAnchor }, { .type = cert_po_certList },
		{ .type = cert_po_end },
	};
	CERTCertificate *leaf;
	SECStatus status;

	if (NSS_Initialize("sql:" DB, "", "", SECMOD_DB, NSS_INIT_READONLY) !=
	    SECSuccess)
		path_die("NSS_Initialize");
	leaf = temporary(c->leaf);
	for (size_t i = 0; i < c->sent.n; i++)
		temporary(c->sent.name[i]);
	status = with_pkix ? pkix(leaf, at, out) : classic(leaf, at);
	if (status == SECSuccess)
		status = CERT_VerifyCertName(leaf, PATH_HOST);
	if (status != SECSuccess) {
		/* one process, one answer: nothing is given back */
		printf("%s\treject\t-\t%s\n", c->id,
		       PR_ErrorToName(PR_GetError()));
		return;
	}
	printf("%s\taccept\t", c->id);
	if (!with_pkix) {
		print_classic(leaf, at);
	} else {
		CERTCertList *list = out[1].value.pointer.chain;
		CERTCertificate *anchor = out[0].value.pointer.cert;
		bool ends = false;

		print(leaf, 1);
		for (CERTCertListNode *n = CERT_LIST_HEAD(list);
		     !CERT_LIST_END(n, list); n = CERT_LIST_NEXT(n)) {
			if (CERT_CompareCerts(n->cert, leaf))
				continue;
			print(n->cert, 0);
			ends |= anchor && CERT_CompareCerts(n->cert, anchor);
		}
		if (anchor && !ends)
			print(anchor, 0);
	}
	printf("\t\n");
}

enum question { FILL, CLASSIC, PKIX };

static FILE *pkix_answers;

static void in_child(const struct path_case *c, enum question what)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (what == PKIX)
			dup2(fileno(pkix_answers), STDOUT_FILENO);
		if (what == FILL)
			fill(c);
		else
			ask(c, what == PKIX);
		fflush(stdout);
		_exit(0);	/* NSS_Shutdown complains of what still lives */
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		path_die(c->id);
}

/* Whether LABELS are those of the last time, of which LAST has the words.  */
static bool same(const struct labels *labels, char last[4096])
{
	char text[4096] = "";
	size_t at = 0;
	bool is_same;

	for (size_t i = 0; i < labels->n && at < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s ",
				       labels->name[i]);
	is_same = strcmp(last, text) == 0;
	memcpy(last, text, sizeof(text));
	return is_same;
}

int main(int argc, char **argv)
{
	static char trusted[4096] = "none yet", store[4096];
	struct path_case c;
	char command[1024];
	FILE *cases;

	if (argc == 1) {
		printf("NSS %s\n", NSS_GetVersion());
		return 0;
	}
	if (argc != 4 || !(pkix_answers = fopen(argv[2], "a")) ||
	    !(cases = fopen(argv[3], "r")))
		return 64;
	snprintf(command, sizeof(command),
		 "mkdir -p " DB " && rm -f " DB "/* && cp '%s'/* " DB, argv[1]);
	/* else each start measures how fast the file system is */
	setenv("NSS_SDB_USE_CACHE", "no", 1);
	while (path_next(cases, &c)) {
		/* both are looked at, so that both are remembered */
		bool kept = same(&c.trusted, trusted);
		long long off = (long long)time(NULL) - c.at;

		if (off < -1 || off > 1)
			path_die("the clock is not at the case's time");
		if (!(same(&c.store, store) && kept)) {
			if (system(command) != 0)
				path_die(command);
			in_child(&c, FILL);
		}
		in_child(&c, CLASSIC);
		in_child(&c, PKIX);
	}
	fclose(cases);
	return fclose(pkix_answers) == 0 ? 0 : 1;
}
