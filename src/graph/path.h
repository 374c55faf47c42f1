/* path.h -- certification paths: would this client, with these stores and what
 * the server sent, accept the certificate, along which path, and if not, why.
 *
 *   path-pool.c    certificates, each once, and which key signed which
 *   path-check.c   what RFC 5280 section 6 asks of a path, check by check
 *   path-search.c  the search that goes back, and tries everything
 *   path-policy.c  certificate policies (RFC 5280 6.1.2 to 6.1.5)
 *   model-*.c      how one family of clients looks for its path
 *
 * A search that tries everything says whether a good path exists; a model says
 * what its client does, which may be to walk into a dead end beside it.
 */
#ifndef PATH_H
#define PATH_H

#include "read/read.h"

/* ---- certificates ----------------------------------------------------------
 * All that a question is about.  They are known by their number.  */
struct path_certificate {
	struct certificate certificate;
	struct extensions extensions;
	bool self_issued;		/* RFC 5280 3.2; `self_signed` is in
					 * certificate */
	bool imagined;			/* see path_pool_imagine() */
	size_t imagined_by;		/* ... the issuer it was made for */
	size_t same_subject;		/* the next with that subject, or
					 * PATH_NONE */
};
#define PATH_NONE	SIZE_MAX

struct path_pool;
struct path_pool *path_pool_new(void);
void path_pool_free(struct path_pool *p);
void auto_path_pool(struct path_pool **p);
/* Certificates are decoded and signatures checked by these workers; NULL, and
 * without this: by this process.  */
void path_pool_use(struct path_pool *p, struct readings *readings);
/* Why there was no worker to be had when one was needed, and what was answered
 * since is nothing; 0: there was.  */
int path_pool_failed(const struct path_pool *p);
/* The number of the certificate DER, which is copied.  -EINVAL: it does not
 * decode; *ret_error (may be NULL) says why, the caller frees.  */
int path_pool_add(struct path_pool *p, struct blob der, size_t *ret_number,
		  char **ret_error);
size_t path_pool_count(const struct path_pool *p);
const struct path_certificate *path_pool_get(const struct path_pool *p,
					     size_t number);
/* The number of the certificate with that SHA-256, PATH_NONE: it is not there. */
size_t path_pool_find(const struct path_pool *p,
		      const uint8_t sha256[SHA256_SIZE]);
/* Adds a certificate for servers that ISSUER would issue, without bytes: always
 * valid, for any host and purpose, and signed by the key of ISSUER.  It is
 * issued at the time that is asked about.  */
size_t path_pool_imagine(struct path_pool *p, size_t issuer);
/* The first certificate whose subject is the issuer of NUMBER; others follow by
 * same_subject, in the order in which they were added.  */
size_t path_pool_issuers(const struct path_pool *p, size_t number);
/* Did the key of ISSUER sign CHILD?  Asked of GnuTLS once a pair.  Returns as
 * x509_verify().  */
int path_pool_signed(struct path_pool *p, size_t child, size_t issuer);
/* One more step of a search; false: more than LIMIT_POOL_STEPS were made.  */
bool path_pool_step(struct path_pool *p);
/* Have they the same subject and key?  */
bool path_pool_same_identity(const struct path_pool *p, size_t a, size_t b);

/* ---- the question ----------------------------------------------------------*/
struct path_list {			/* numbers; borrowed */
	const size_t *items;
	size_t n;
};

struct path_question {
	struct path_pool *pool;
	size_t peer;			/* the certificate that was shown */
	struct path_list anchors;	/* of the party, in its order */
	struct path_list store;		/* in the trust store, but no anchors */
	struct path_list cached;	/* in a store of intermediates that the
					 * party looks into */
	struct path_list sent;		/* by the server, in its order, without
					 * the first */
	struct path_list distrusted;
	const int64_t *distrust_after;	/* for each anchor, 0: none; NULL: no
					 * anchor has one */
	int64_t time;
	const char *host;		/* NULL: no name is checked */
	unsigned purpose;		/* one of enum purpose */
};
bool path_list_has(const struct path_list *l, size_t number);

/* ---- the answer ------------------------------------------------------------*/
enum path_fault {
	PATH_OK,
	PATH_NO_ISSUER,			/* nothing here issued it */
	PATH_UNTRUSTED,			/* ends in a root that is no anchor */
	PATH_SIGNATURE,
	PATH_EXPIRED,
	PATH_NOT_YET_VALID,
	PATH_NOT_A_CA,
	PATH_PEER_CA,			/* the peer is an authority */
	PATH_LENGTH,
	PATH_KEY_USAGE,
	PATH_PURPOSE,
	PATH_NAMES,			/* a name constraint */
	PATH_CRITICAL,			/* a critical extension nobody knows */
	PATH_KEY_ID,			/* authorityKeyIdentifier of another */
	PATH_HOST,
	PATH_WEAK,
	PATH_DISTRUSTED,
	PATH_POLICY,
	PATH_MALFORMED,
	PATH_TOO_LONG,			/* longer than the client goes */
	PATH_LIMIT,			/* a limit of ours: not known */
	PATH_FAULTS
};
/* "expired", ...: part of the machine formats, they never change.  */
const char *path_fault_name(enum path_fault fault);
/* For people, one of several words, translated where it is shown.  */
const char *path_fault_text(enum path_fault fault);
/* The part of RFC 5280 that the reason rests on: "6.1.3 (a) (2)"; "" for
 * PATH_OK, PATH_PEER_CA and PATH_LIMIT.  */
const char *path_fault_section(enum path_fault fault);

struct path_answer {
	bool accepted;
	enum path_fault fault;
	size_t at;			/* the place in path that is at fault */
	size_t path[LIMIT_PATH_LENGTH];	/* numbers, the peer first; of a path
					 * that was refused, as far as it came */
	size_t n;
};

/* ---- checks, for searches and models ---------------------------------------*/
const struct path_certificate *path_at(const struct path_question *q,
				       const struct path_answer *a, size_t at);
/* The name of ISSUER's subject is CHILD's issuer.  */
bool path_names_match(const struct path_question *q, size_t child,
		      size_t issuer);
enum path_key_ids {
	KEY_IDS_MATCH,
	KEY_IDS_ABSENT,			/* one of them has none */
	KEY_IDS_DIFFER,
};
enum path_key_ids path_key_ids(const struct path_question *q, size_t child,
			       size_t issuer);
/* authorityCertIssuer and authorityCertSerialNumber of CHILD, if it has them,
 * are those of ISSUER.  */
bool path_authority_serial_fits(const struct path_question *q, size_t child,
				size_t issuer);
/* PATH_OK, PATH_EXPIRED or PATH_NOT_YET_VALID.  INCLUSIVE: notAfter's own
 * second is valid still (RFC 5280 4.1.2.5); OpenSSL and .NET have it
 * otherwise.  */
enum path_fault path_valid(const struct path_question *q, size_t number,
			   bool inclusive);
/* NSS takes a certificate so many seconds before its notBefore.  */
#define PATH_EARLY	86400
/* Puts NUMBER at the end of A's path; false when that is full.  */
bool path_push(struct path_answer *a, size_t number);
/* Is one with the subject and key of NUMBER on the path?  */
bool path_has_identity(const struct path_question *q,
		       const struct path_answer *a, size_t number);

/* What is asked of the whole of a path that was chosen, RFC 5280 6.1.3 to
 * 6.1.5.  The first fault in the order of enum path_checks, and in it from the
 * peer upwards, is in a->fault and a->at, else PATH_OK; returned, too.
 * `anchored`: the last certificate of the path is an anchor, of which only
 * what ANCHOR_ asks is asked.  */
enum path_checks {
	CHECK_SIGNATURES = 1 << 0,
	CHECK_DATES = 1 << 1,
	CHECK_CA = 1 << 2,		/* basicConstraints, version 3 */
	CHECK_LENGTH = 1 << 3,
	CHECK_KEY_USAGE = 1 << 4,	/* keyCertSign of issuers */
	CHECK_PEER_USAGE = 1 << 5,	/* keyUsage of the peer */
	CHECK_PEER_PURPOSE = 1 << 6,	/* extendedKeyUsage of the peer */
	CHECK_PURPOSES = 1 << 7,	/* ... and of the others */
	CHECK_NAMES = 1 << 8,
	CHECK_CRITICAL = 1 << 9,
	CHECK_HOST = 1 << 10,
	CHECK_POLICY = 1 << 11,
	CHECK_MALFORMED = 1 << 12,
	CHECK_DISTRUST = 1 << 13,
	CHECK_HASH = 1 << 14,		/* no SHA-1 or older in a signature below
					 * the anchor */
	CHECK_PEER_NO_CA = 1 << 15,	/* the peer is no authority: RFC 5280 does
					 * not ask it, some clients do */
	/* How it is asked */
	DATES_EXCLUSIVE = 1 << 16,	/* see path_valid() */
	ANCHOR_UNCHECKED = 1 << 17,	/* nothing is asked of the anchor ... */
	ANCHOR_DATES = 1 << 18,		/* ... but its dates */
	COMMON_NAME = 1 << 19,		/* the peer's CN may be the host */
	ANY_PURPOSE = 1 << 20,		/* anyExtendedKeyUsage is the purpose */
	LENGTH_OF_ALL = 1 << 21,	/* self-issued ones count, too */
	ANCHOR_ANY_PURPOSE = 1 << 22,	/* CHECK_PURPOSES leaves it out */
	DATES_EARLY = 1 << 23,		/* valid a day before notBefore, as NSS
					 * has it */
	FROM_ANCHOR = 1 << 24,		/* which fault is told: from the anchor
					 * down, all of one certificate first */
};
#define CHECK_ALL	((1u << 14) - 1)
enum path_fault path_check(const struct path_question *q, unsigned checks,
			   bool anchored, struct path_answer *a);
/* RFC 5280 6.1.3 (d) to 6.1.5 for a path whose last is the anchor, from
 * any-policy and without demands of our own.  */
bool path_policies_fit(const struct path_question *q,
		       const struct path_answer *a);

/* ---- searches --------------------------------------------------------------*/
/* Tries every path, the best candidates first.  Of those that are refused the
 * one that came nearest to an anchor is told.  */
void path_search(const struct path_question *q, struct path_answer *ret_answer);

/* Looks for a path as OpenSSL 1.1 and later do, without judging it; and judges
 * one, less the checks of BUT.  */
enum path_openssl {
	OPENSSL_PARTIAL = 1 << 0,	/* X509_V_FLAG_PARTIAL_CHAIN */
	OPENSSL_1_1 = 1 << 1,		/* of several that are not valid it takes
					 * the last, not the one to end last */
};
void path_build_openssl(const struct path_question *q, unsigned how,
			struct path_answer *a);
void path_judge_openssl(const struct path_question *q, unsigned but,
			struct path_answer *a);

/* How one client searches that goes back from a dead end.  */
enum path_place {
	PLACE_ANCHORS, PLACE_STORE, PLACE_CACHED, PLACE_SENT,
};
#define PATH_SKIP	UINT32_MAX
struct path_strategy {
	unsigned checks;		/* enum path_checks, of each beginning of
					 * a path */
	unsigned end_checks;		/* of a path that ends in an anchor */
	/* Of those whose subject is the issuer of the last on the path of A the
	 * lowest is tried first, equals in the order of places and of the lists;
	 * PATH_SKIP: not at all.  */
	unsigned (*order)(const struct path_question *q,
			  const struct path_answer *a, size_t number,
			  enum path_place place);
	size_t longest;			/* certificates on a path; 0: no limit */
	size_t steps;			/* issuers tried, then the client gives
					 * up; 0: no limit */
	bool through_anchors;		/* above an anchor that does not fit, too */
	bool identities_again;		/* only the same certificate is no issuer
					 * twice, another of its key may be */
};
void path_search_by(const struct path_question *q,
		    const struct path_strategy *strategy,
		    struct path_answer *ret_answer);

/* The question as clients see it to whom all that is in the trust store is an
 * anchor, self-signed or not.  The lists of Q must outlive it.  */
struct path_question path_trust_store(const struct path_question *q);
void path_trust_store_done(struct path_question *q);

struct path_model {
	const char *id;			/* as in relying-parties: "openssl" */
	const char *title;
	const char *verified;		/* which real programs gave the same
					 * verdicts; NULL: none could be asked */
	void (*build)(const struct path_question *q,
		      struct path_answer *ret_answer);
};
/* NULL behind the last.  */
extern const struct path_model *const path_models[];
const struct path_model *path_model_find(const char *id);	/* NULL: none */

#endif
