/* read.h -- what bytes mean.  A reader takes the bytes of one file and gives
 * entries and problems to a sink; it does not open, log, allocate results for
 * the caller, or know of paths, roots and SQL.  x509.c turns one certificate
 * into the flat record that the inventory keeps, and verifies signatures.
 *
 * Readers lend, sinks copy: everything in a struct entry is borrowed until
 * the sink's function returns.
 */
#ifndef READ_H
#define READ_H

#include "base/base.h"

/* Why an entry is in its store.  ROLE_NONE: the format does not say, the
 * catalogue decides.  The order is the order of the words in role_name().  */
enum role {
	ROLE_NONE,
	ROLE_ANCHOR,
	ROLE_INTERMEDIATE,
	ROLE_DISTRUST,
	ROLE_END_ENTITY,
	ROLE_SOURCE,
	ROLE_UNKNOWN,		/* nobody is known to read the store */
};
const char *role_name(enum role role);		/* "anchor", ...; "" for NONE */
enum role role_from_name(const char *name);	/* ROLE_NONE when unknown */

/* Purposes as in RFC 5280 4.2.1.12, without the prefix id-kp-.  0 = the store
 * does not restrict.  */
enum purpose {
	PURPOSE_SERVER_AUTH = 1 << 0,
	PURPOSE_CLIENT_AUTH = 1 << 1,
	PURPOSE_CODE_SIGNING = 1 << 2,
	PURPOSE_EMAIL_PROTECTION = 1 << 3,
	PURPOSE_TIME_STAMPING = 1 << 4,
	PURPOSE_OTHER = 1 << 5,		/* some past these, or none at all */
};
#define PURPOSES_ALL	((1u << 6) - 1)
/* "serverAuth clientAuth"; "" for 0.  The buffer is the caller's.  */
#define PURPOSES_SIZE	96
const char *purposes_format(unsigned purposes, char ret[PURPOSES_SIZE]);
/* The reverse, words separated by space; words that are none are passed
 * over.  */
unsigned purposes_from_words(const char *words);

/* Is the file's content under a MAC, and of which password?  */
enum seal {
	SEAL_NONE,
	SEAL_OPEN,		/* of none, or of the empty one */
	SEAL_PASSWORD,
};

struct entry {
	struct blob der;	/* the certificate's TLV, nothing behind it */
	const uint8_t *sha256;	/* instead of der: the store knows only the
				 * fingerprint (SHA256_SIZE bytes), else NULL */
	/* Instead of both: what a store says of certificates that it does not
	 * have.  ROLE_DISTRUST, or ROLE_NONE for what is only worth something
	 * where everything is distrusted: of the one with this issuer and
	 * serial number, of all with this key, or of both when all are given.
	 * ROLE_ANCHOR: its anchors with this key are for `purposes` only.
	 * ROLE_SOURCE: here lies the private key of all with this key; or, with
	 * this_update, a list of what this issuer revoked.  */
	struct blob issuer;	/* Name, its TLV */
	struct blob serial;	/* INTEGER, its content */
	struct blob spki;	/* SubjectPublicKeyInfo, its TLV */
	const char *label;	/* alias, nickname; label_n bytes, NULL: none */
	size_t label_n;
	uint64_t offset;	/* where in the file it begins, 0 when the bytes
				 * were encrypted or in a database page */
	enum role role;
	unsigned purposes;	/* enum purpose, for this role */
	bool marked;		/* the format's own mark of a trust entry (see
				 * READS_MARKS); others are chain material */
	bool private_key;	/* the store holds its private key too */
	enum seal seal;		/* with READS_SEALS */
	int64_t distrust_after;	/* for serverAuth, what it issues after this
				 * time is not trusted; seconds since 1970,
				 * 0: the store sets no such time */
	int64_t this_update, next_update;	/* of a revocation list, seconds
				 * since 1970; 0: it says no such time */
	const struct entry_facts *facts;	/* not a reader's: see there */
};

/* Which certificates an entry without one is about: one, by issuer and serial
 * number, or all that have a key, or both of these.  */
struct entry_names {
	const char *issuer, *serial;	/* text; NULL: not by them */
	int64_t this_update, next_update;	/* of the issuer's revocation list,
						 * 0: none */
	uint8_t issuer_sha256[SHA256_SIZE];	/* of the canonical name */
	bool by_key;
	uint8_t spki_sha256[SHA256_SIZE];
};
/* What E is about when it has no certificate; free with entry_names_free().
 * NULL: nothing that can be found.  */
struct entry_names *entry_names_read(const struct entry *e);
/* A copy; NULL of NULL.  */
struct entry_names *entry_names_copy(const struct entry_names *names);
void entry_names_free(struct entry_names *names);

/* Problem codes; they are part of the JSON and never change.  `skipped`: the
 * owner's program passes over it too, so verdicts stay certain.  */
enum problem_code {
	PROBLEM_UNREADABLE,	/* the system refused: permission, I/O, loop */
	PROBLEM_NOT_REGULAR,	/* FIFO, device, socket: not opened */
	PROBLEM_TOO_LARGE,	/* a limit on size */
	PROBLEM_LIMIT,		/* any other limit; the message names it */
	PROBLEM_FORMAT,		/* not this format, or an unknown version */
	PROBLEM_TRUNCATED,	/* ends too early */
	PROBLEM_MALFORMED,	/* damaged */
	PROBLEM_OPAQUE,		/* encrypted, no known password */
	PROBLEM_CERTIFICATE,	/* an entry's certificate does not decode */
	PROBLEM_CHANGED,	/* the file changed while it was read */
	PROBLEM_DANGLING,	/* a link or reference that leads nowhere */
	PROBLEM_READER_DIED,	/* reading it ended the process that did */
};
const char *problem_name(enum problem_code code);	/* "truncated", ... */
/* -EINVAL: no such word.  */
int problem_from_name(const char *name, enum problem_code *ret_code);

struct problem {
	enum problem_code code;
	uint64_t offset;
	const char *message;	/* English, for people; says what to do next */
	bool skipped;		/* without effect on verdicts */
};

/* Where a reader puts what it finds.  `entry` returns 0, or -E2BIG when the
 * store is full: the reader then returns at once.  `reference` is a store
 * naming a file that holds the certificate (ca-certificates.conf).  `done`
 * says that the reader will not look at bytes before OFFSET again.  */
struct sink {
	int (*entry)(struct sink *s, const struct entry *e);
	int (*reference)(struct sink *s, const char *name, size_t n,
			 enum role role, uint64_t offset);
	void (*problem)(struct sink *s, const struct problem *p);
	void (*done)(struct sink *s, uint64_t offset);
};
/* The usual way to report: formats the message (capped) and calls the sink. */
void sink_problem(struct sink *s, enum problem_code code, uint64_t offset,
		  const char *format, ...) PRINTF(4, 5);
/* The same, of what the owner's program passes over, too.  */
void sink_skipped(struct sink *s, enum problem_code code, uint64_t offset,
		  const char *format, ...) PRINTF(4, 5);

/* Makes LABEL the one of E, if it is not empty.  One past LIMIT_LABEL_BYTES is
 * cut behind a whole character, and that is said.  */
void sink_label(struct sink *s, struct entry *e, struct blob label);

/* What a reader is given.  All of it is borrowed and may be a mapping.  */
struct input {
	struct blob data;	/* the file */
	struct blob companion;	/* the file beside it that the reader asked
				 * for; p NULL: there is none */
	const struct blob *roots;	/* with READS_ROOTS: certificates that are
					 * known, to find what of them a program
					 * has without the certificates */
	size_t n_roots;
};

enum reader_caps {
	READS_LABELS = 1 << 0,		/* entries have labels */
	READS_MANY = 1 << 1,		/* more than one certificate a file */
	READS_TRUST = 1 << 2,		/* the format itself says the role */
	READS_MARKS = 1 << 3,		/* `marked` means something */
	READS_PASSWORDS = 1 << 4,	/* tries the well-known passwords */
	READS_SQLITE = 1 << 6,		/* a database that may have a journal
					 * beside it */
	READS_LARGE = 1 << 5,		/* LIMIT_ELF_BYTES instead of FILE_BYTES */
	READS_ROOTS = 1 << 7,		/* wants struct input's roots */
	READS_OTHERS = 1 << 8,		/* also takes files of other formats, as
					 * one program understands them */
	READS_SEALS = 1 << 9,		/* `seal` means something */
};

struct reader {
	const char *name;	/* the catalogue's word: "pem" */
	const char *title;	/* N_("...") */
	unsigned caps;
	/* Wants to see a second file in the same directory, whose name is this
	 * one's with the ending `for_ending` replaced; NULL: does not.  */
	struct {
		const char *for_ending, *ending;
	} companion;
	/* Could these bytes be this format?  Looks at the head (and, where the
	 * format has its mark at the end or anywhere, further); short or
	 * damaged files of the format must still be accepted here, so that
	 * read() can say what is wrong with them.  */
	bool (*sniff)(struct blob data);
	/* 0, or -E2BIG when the sink is full.  Damage is the sink's problem
	 * rows, not a return value.  */
	int (*read)(const struct input *in, struct sink *out);
};

/* What the first bytes of a file look like, for those that are not read yet.  */
enum magic { MAGIC_NONE, MAGIC_STORE, MAGIC_PROGRAM };
enum magic magic_of(struct blob head);

/* All readers in sniffing order, NULL behind the last; made from the words
 * in Makefile.am.  */
extern const struct reader *const readers[];
const struct reader *reader_find(const char *name);	/* NULL: no such one */

/* ---- DER and BER -------------------------------------------------------
 * X.690, just enough to walk: definite and indefinite lengths, bounded.  */
struct tlv {
	uint8_t tag;		/* identifier octet; high tag numbers refused */
	bool indefinite;	/* the length was 0x80: value ends before 00 00 */
	struct blob value;
	struct blob whole;	/* with tag and length (and end-of-contents) */
};
/* Takes one TLV off the front of *in.  -EINVAL: not a TLV; -EAGAIN: the
 * bytes end too early.  Indefinite lengths are followed to
 * LIMIT_ASN1_DEPTH.  */
int tlv_next(struct blob *in, struct tlv *ret_tlv);
/* How many bytes the element has of which BEGIN are the first ones; 0: its length
 * is indefinite.  -EAGAIN: they are too few to say.  */
int tlv_size(struct blob begin, uint64_t *ret_size);
/* The same, and the tag must be TAG: -ENOMSG otherwise, *in untouched.  */
int tlv_expect(struct blob *in, uint8_t tag, struct tlv *ret_tlv);

#define TAG_INTEGER	0x02
#define TAG_BIT_STRING	0x03
#define TAG_OCTETS	0x04
#define TAG_NULL	0x05
#define TAG_OID		0x06
#define TAG_UTF8	0x0c
#define TAG_SEQUENCE	0x30
#define TAG_SET		0x31
#define TAG_UTC_TIME	0x17
#define TAG_GENERALIZED_TIME 0x18
#define TAG_BMP		0x1e
#define TAG_CONTEXT(n)	(0xa0 | (n))	/* constructed [n] */

/* The certificate at the front of IN: exactly its TLV.  Cheap structure
 * check only (SEQUENCE { SEQUENCE, ... }).  -EINVAL, -EAGAIN as above.  */
int certificate_tlv(struct blob in, struct blob *ret_der);

/* The dotted form of an OBJECT IDENTIFIER's content, for messages; what is
 * no OBJECT IDENTIFIER is shown as hex.  Returns RET.  */
#define OID_TEXT_SIZE	128
const char *oid_format(struct blob oid, char ret[OID_TEXT_SIZE]);

/* ---- PEM (RFC 7468, and what came before it) -----------------------------
 * Finds the next block of a kind: one whose BEGIN line has one of its labels. */
#define PEM_LABELS_MAX	4
struct pem_kind {
	const char *labels[PEM_LABELS_MAX];	/* NULL: no more */
	size_t bytes;			/* the most that one may hold ... */
	const char *too_large;		/* ... and what to say of larger ones */
};
extern const struct pem_kind pem_certificates;

struct pem_block {
	struct blob label;	/* in the input */
	uint64_t begin, end;	/* offsets of the dashes of BEGIN, past END line */
	uint8_t *der;		/* decoded; the caller frees */
	size_t der_n;
	const char *error;	/* not NULL: what is wrong; der is NULL then */
	bool too_large;		/* that is what is wrong */
};
/* 1: a block in *ret_block; 0: no more.  *pos moves behind it.  */
int pem_next_of(const struct pem_kind *kind, struct blob in, uint64_t *pos,
		struct pem_block *ret_block);
/* The same for pem_certificates.  */
int pem_next(struct blob in, uint64_t *pos, struct pem_block *ret_block);
/* Is there a BEGIN line with one of KIND's labels?  */
bool pem_has(const struct pem_kind *kind, struct blob in);
/* What a block's error is.  */
enum problem_code pem_error_code(const struct pem_block *b);

/* Decodes IN, base64 (RFC 4648 section 4) with white space anywhere, into RET,
 * which has room for in.n / 4 * 3 + 3 bytes.  -EINVAL for other characters,
 * missing or extra padding, and data behind the padding.  */
int base64_decode(struct blob in, uint8_t *ret, size_t *ret_n);

/* ---- purposes in DER -----------------------------------------------------
 * LIST: what is in a SEQUENCE OF OBJECT IDENTIFIER of purposes (RFC 5280
 * 4.2.1.12).  -EINVAL when it is no such list; *ret_any: it names
 * anyExtendedKeyUsage.  The purposes are 0 only for an empty list.  */
int purposes_from_oids(struct blob list, unsigned *ret_purposes, bool *ret_any);

/* OpenSSL's CertAux, which stands behind the certificate in a TRUSTED
 * CERTIFICATE without anything around the two.  */
struct cert_aux {
	bool has_trust, has_reject;	/* the lists are there */
	bool trust_any, reject_any;	/* ... and name any purpose */
	unsigned trust, reject;		/* enum purpose */
	bool left_any;			/* of trust, what is not in reject by */
	unsigned left;			/* its very name; 0: nothing */
	struct blob alias;		/* UTF-8; p NULL: none */
	struct blob key_id;		/* p NULL: none */
};
/* -EINVAL when AUX is not exactly one, or a list of it is longer than
 * LIMIT_PURPOSES.  */
int cert_aux_parse(struct blob aux, struct cert_aux *ret_aux);

/* ---- keys and signatures -------------------------------------------------
 * What they are made with, as far as anybody calls it weak.  The order is that
 * of the words.  */
enum key_kind { KEY_OTHER, KEY_RSA, KEY_DSA, KEY_EC, KEY_EDWARDS };
enum hash_kind { HASH_KIND_OTHER, HASH_KIND_MD2, HASH_KIND_MD5, HASH_KIND_SHA1,
		 HASH_KIND_SHA2 };
const char *key_kind_name(enum key_kind kind);		/* "rsa", ... */
const char *hash_kind_name(enum hash_kind kind);	/* "sha1", ... */

/* ---- certificates --------------------------------------------------------
 * One certificate as the inventory keeps it.  All of it is owned by the
 * struct; x509_done() empties it.  */
struct certificate {
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE];
	struct blob der;		/* borrowed from the caller */
	bool decoded;			/* false: only hashes and der are valid */
	char *error;			/* why not; NULL when decoded */
	uint8_t spki_sha256[SHA256_SIZE];
	uint8_t subject_sha256[SHA256_SIZE];	/* of the canonical name, so */
	uint8_t issuer_sha256[SHA256_SIZE];	/* equal names have equal hashes */
	char *subject, *issuer;		/* RFC 4514 */
	char *name;			/* for people: CN, else OU, O, else subject */
	char *serial;			/* lower-case hex without leading zeros */
	int64_t not_before, not_after;
	uint8_t *key_id, *authority_key_id;	/* NULL: extension absent */
	size_t key_id_n, authority_key_id_n;
	bool is_ca;			/* basicConstraints CA, or version 1 self-issued */
	bool self_signed;		/* same name and its own key verifies it */
	enum key_kind key;
	unsigned key_bits;		/* 0: not known */
	enum hash_kind hash;		/* of its signature */
};
/* Decodes DER (one whole certificate TLV).  Never fails: what GnuTLS refuses
 * has decoded = false and the reason.  self_signed costs one signature check
 * and is made only when subject and issuer are equal.  */
void x509_decode(struct blob der, struct certificate *ret_cert);
/* The same where the SHA-256 is known.  VERIFIED: and so is, of these very
 * bytes, that they decode and that their own key verifies them.  */
void x509_decode_hashed(struct blob der, const uint8_t sha256[SHA256_SIZE],
			bool verified, struct certificate *ret_cert);
void x509_done(struct certificate *c);
void auto_certificate(struct certificate *c);

/* Was CHILD signed by the key in ISSUER (both DER certificates)?  Only the
 * mathematics: no dates, names or constraints, weak algorithms included.
 * Uses the TBS bytes and the key (gnutls_x509_crt_verify() would match the
 * certificate against the list and verify nothing).  1 yes, 0 no, -EINVAL
 * when either does not decode, -ENOTSUP for an algorithm GnuTLS lacks.  */
int x509_verify(struct blob child, struct blob issuer);

/* The public key of the certificate DER (SubjectPublicKeyInfo, its TLV), and
 * what is in the SEQUENCE of its extendedKeyUsage (n is 0: it has none that is
 * put together as one).  -EINVAL when DER is no certificate.  */
int x509_key_and_usage(struct blob der, struct blob *ret_spki,
		       struct blob *ret_usage);

/* A Name's canonical SHA-256 and its text, and an INTEGER's text, as struct
 * certificate has them; the caller frees the texts.  -EINVAL: NAME is not put
 * together as a name; -E2BIG: longer than LIMIT_TEXT_BYTES.  */
int x509_name(struct blob name, uint8_t ret_sha256[SHA256_SIZE],
	      char **ret_text);
char *x509_serial(struct blob serial);

/* The seconds of YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5); -EINVAL
 * for anything else.  */
int x509_time(struct blob text, int64_t *ret_time);
/* The same of a Time in DER, whose tag says which of the two it is.  */
int x509_time_of(const struct tlv *t, int64_t *ret_time);

/* The name and key of a certificate: the TLVs of subject and
 * SubjectPublicKeyInfo in DER.  -EINVAL when it is not put together as one.  */
int x509_name_and_key(struct blob der, struct blob *ret_subject,
		      struct blob *ret_spki);

/* Is it an authority's certificate, by basicConstraints or because it is
 * version 1 and self-issued?  Asks only its structure, not GnuTLS, for bytes
 * that nothing but their look calls a certificate.  1 yes, 0 no, -EINVAL when
 * it is not put together as one.  */
int x509_is_authority(struct blob der);

/* OpenSSL's subject name hash (X509_NAME_hash, since 1.0.0), the one in
 * <hash>.N: the first four bytes, little endian, of SHA-1 over the canonical
 * name.  -EINVAL when DER does not hold a subject.  */
int x509_subject_hash(struct blob der, uint32_t *ret_hash);

/* ---- what path validation asks of a certificate ----------------------------
 * RFC 5280 4.1, 4.2 and 6.1.3 to 6.1.5: beside struct certificate, the extensions
 * that decide whether it may stand where it does.  */

/* keyUsage, RFC 5280 4.2.1.3: bit 0 of the BIT STRING is the highest here.  */
#define KEY_USAGE_SIGNATURE	0x80u	/* digitalSignature */
#define KEY_USAGE_ENCIPHERMENT	0x20u	/* keyEncipherment */
#define KEY_USAGE_AGREEMENT	0x08u	/* keyAgreement */
#define KEY_USAGE_CERT_SIGN	0x04u	/* keyCertSign */

/* Borrows from the DER that it was read from.  */
struct extensions {
	const char *malformed;		/* NULL, or what is wrong with the
					 * certificate: static text */
	bool version_1, version_3;
	bool basic_constraints, basic_critical, is_ca;
	int64_t path_length;		/* -1: no limit */
	bool key_usage;
	unsigned key_usage_bits;	/* KEY_USAGE_ */
	bool extended_usage, any_usage;
	unsigned purposes;		/* enum purpose of extendedKeyUsage,
					 * without those of any_usage */
	bool name_constraints;
	struct blob permitted, excluded;	/* inside GeneralSubtrees */
	bool alt_names, alt_critical;
	struct blob alt_name_list;	/* inside GeneralNames */
	bool policies, policies_critical, mappings, policy_constraints,
	     inhibit_any;
	struct blob policy_list, mapping_list;	/* inside their SEQUENCEs */
	int64_t require_explicit, inhibit_mapping, inhibit_any_skip;
					/* -1: not set */
	bool has_key_id, has_authority_key_id;
	struct blob key_id, authority_key_id;
	bool authority_serial;		/* authorityCertIssuer and -SerialNumber */
	struct blob authority_issuer;	/* its directoryName's TLV; p NULL: other
					 * kinds of names only */
	struct blob authority_serial_number;
	bool unknown_critical;
	char unknown_oid[OID_TEXT_SIZE];
	struct blob subject, issuer;	/* TLVs */
	struct blob serial;		/* content of the INTEGER */
	enum key_kind key;
	unsigned key_bits;		/* 0: not known */
	enum hash_kind hash;		/* of its signature */
};

/* Reads DER, one certificate that x509_decode() takes.  -EINVAL when it is not
 * put together as RFC 5280 4.1 says; an extension that is not made as it should
 * be, or is there twice, is `malformed`.  */
int extensions_read_all(struct blob der, struct extensions *ret_extensions);

/* ---- files, read in workers -----------------------------------------------
 * Reading is done by processes that have given up everything but the files that
 * they are handed (base.h, sandbox and workers).  What comes back is checked
 * here as what anybody may have said.  Without them (NULL everywhere below) the
 * same is done in this process.  */
struct readings;

/* To be called before anything uses SQLite: so that a reader can tell a lack of memory,
 * of which it dies, from a damaged database.  */
void database_watch_memory(void);

enum isolation { ISOLATION_AUTO, ISOLATION_REQUIRE, ISOLATION_OFF };
/* To be called before anything is opened that a worker must not have.  PACKAGES:
 * readings_unpack() will be called.  OFF gives NULL.  Negative errno: there are no
 * processes to be had.  */
int readings_open(enum isolation isolation, bool packages,
		  struct readings **ret_readings);
void readings_close(struct readings *r);	/* NULL is allowed */

/* What could be enforced in the worker that was started last; NULL: none was.
 * With REQUIRE, and to know it before, readings_try() starts one.  */
const struct sandbox_state *readings_sandbox(const struct readings *r);
int readings_try(struct readings *r);
/* For tests: what a worker may take for the files that it is handed, instead of
 * LIMIT_READ_CPU and LIMIT_READ_WALL.  */
void readings_limit(struct readings *r, unsigned cpu, unsigned wall);
/* The same of LIMIT_USER_CPU and LIMIT_USER_WALL.  */
void readings_limit_users(struct readings *r, unsigned cpu, unsigned wall);
/* Another scan begins: what users' files took is forgotten.  NULL is allowed.  */
void readings_begin_scan(struct readings *r);
/* Why readings_run() and its like failed, when that was not the environment; ""
 * when it was.  */
const char *readings_error(const struct readings *r);

/* What has been worked out of an entry where it was read, for the sink of a
 * struct read_file.  An entry with DER has its hash; the certificate when the
 * host did not know that, decoded.  One with neither DER nor fingerprint has
 * names.  All of it is borrowed.  */
struct entry_facts {
	uint8_t sha256[SHA256_SIZE];
	const struct certificate *certificate;	/* NULL: known */
	const struct entry_names *names;	/* NULL: none */
};

/* One file to read.  Its descriptors stay the caller's.  */
struct read_file {
	int fd, companion_fd;		/* -1: no companion */
	struct file_id id, companion_id;
	struct sink *sink;		/* lives until it has been read */
	/* Forgets what the sink was given: it is read again, or cannot be.  */
	void (*forget)(struct sink *sink);
	/* Results; strings are the caller's to free.  */
	int error;			/* why it cannot be read at all */
	const struct reader *reader;	/* NULL: none takes it */
	uint64_t size;			/* bytes that were there */
	bool wants_companion;		/* the reader asked for it, and ... */
	int companion_error;		/* ... it cannot be read */
	char *engine;			/* see engine_find(); NULL: none */
	char *died;			/* what ended the worker; NULL: nothing.
					 * The sink has nothing then.  */
	bool left_out;			/* it was not read: its owner's files had
					 * had their time */
	uint64_t died_offset;		/* how far it had come */
	bool exhausted;			/* it had all the time that a file gets: the
					 * same bytes would take that again */
};
/* What readings ask of whoever keeps what was read.  */
struct readings_host {
	/* 1: the certificate is known; 0: it is to be decoded, and *ret_verified
	 * says what x509_decode_hashed() wants to know; negative stops all.  */
	int (*known)(void *data, const uint8_t sha256[SHA256_SIZE],
		     bool *ret_verified);
	/* For READS_ROOTS.  */
	int (*roots)(void *data, const struct blob **ret_roots, size_t *ret_n);
	void *data;
};
struct read_request {
	const char *formats;	/* the readers to try, words */
	const char *engine;	/* see engine_find(); NULL: is not looked for */
	uint64_t limit;		/* of the files' sizes */
	bool is_list;		/* names of files are expected.  Being empty or of
				 * another format is the caller's problem then */
};
/* Reads all N of FILES and gives their sinks what they hold: entries within the
 * limits and with facts, references, and problems.  Returns when the sinks have
 * everything: 0, or what the host returned, or negative errno when there is no
 * worker to be had.  Files of one owner are never read by a process that has
 * read another's, but root's.  */
int readings_run(struct readings *r, const struct readings_host *host,
		 const struct read_request *request, struct read_file *files,
		 size_t n);

/* As x509_decode_hashed() and x509_verify(), in a worker that reads no files.
 * *ret_cert is to be emptied with x509_done() if 0 was returned, and borrows
 * DER.  A certificate that ends the worker does not decode, or cannot be checked
 * (-ENOTSUP, and is counted).  Negative errno but -EINVAL and -ENOTSUP: no worker
 * is to be had.  */
int readings_decode(struct readings *r, struct blob der,
		    const uint8_t sha256[SHA256_SIZE], bool verified,
		    struct certificate *ret_cert);
int readings_verify(struct readings *r, struct blob child, struct blob issuer);
/* ---- packages ----------------------------------------------------------------
 * What a package that is not installed brings.  All of it is borrowed.  */
struct package_facts {
	const char *format;		/* "deb", "rpm" */
	const char *name;
	const char *version, *architecture;	/* NULL: not told */
};
struct package_member {
	char kind;		/* 'f' a file, 'd' a directory, 'l' a link, 'h' one
				 * more name of a member, 'o' something else */
	const char *path;	/* absolute, without "." and ".." */
	const char *target;	/* of 'l', as it is written, and of 'h', like path;
				 * else NULL */
	uint32_t mode;		/* permissions */
	uint64_t size;
};
/* A file that is not simply installed.  Of a .deb these are its files of settings
 * (conffiles), with a path and nothing else.  */
struct package_mark {
	const char *path;	/* as of a member */
	bool ghost;		/* %ghost: there is no member for it; else %config */
	bool noreplace;
	const char *sha256;	/* of its bytes, hexadecimal; NULL: not known */
};
struct package_sink {
	/* Each returns a negative errno to end it.  Before all members: */
	int (*facts)(void *data, const struct package_facts *f);
	int (*marked)(void *data, const struct package_mark *m);
	int (*listed)(void *data);	/* that was all about it */
	/* 1: `bytes` is to be given all of the file 'f', else 0.  */
	int (*member)(void *data, const struct package_member *m);
	int (*bytes)(void *data, struct blob part);
};
/* Takes the package FD apart in a worker of its own.  -EINVAL, with *ret_error,
 * which the caller frees: it is no package, damaged, or past a limit; -ENOTSUP:
 * this build has no libarchive; what the sink returned; else no worker is to be
 * had.  */
int readings_unpack(struct readings *r, int fd, const struct package_sink *sink,
		    void *data, char **ret_error);
bool package_supported(void);

size_t readings_deaths(const struct readings *r);	/* over signatures */

/* WORDS, a space and the version behind them ("OpenSSL 1.0.2u"), where DATA has them
 * first; NULL: nowhere.  The caller frees.  */
char *engine_find(struct blob data, const char *words);

/* ---- names ---------------------------------------------------------------*/

/* What a name constraint did to a certificate.  */
enum constraint_result {
	CONSTRAINT_KEPT,
	CONSTRAINT_NOT_PERMITTED,
	CONSTRAINT_EXCLUDED,
	CONSTRAINT_UNKNOWN,	/* a form of names that is not understood and
				 * that the certificate uses */
};

/* Do the constraints of ISSUER allow the names of SUBJECT (RFC 5280 4.2.1.10
 * and 6.1.3 (b), (c)): its subject, and the names of subjectAltName?
 * COMMON_NAME: the subject's CN counts as a DNS name when there is no
 * subjectAltName.  What is malformed is CONSTRAINT_UNKNOWN.  */
enum constraint_result constraints_check(const struct extensions *issuer,
					 const struct extensions *subject,
					 bool common_name);

/* Is the certificate for the host NAME (RFC 6125 6.4; an IP address is compared
 * with iPAddress only)?  COMMON_NAME: fall back on the subject's CN when there
 * is no subjectAltName with a DNS name or address.  */
bool host_matches(const struct extensions *e, const char *name,
		  bool common_name);

#endif
