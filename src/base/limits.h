/* limits.h -- every quantity that comes from outside has its bound here.
 * Hitting one is a problem row that names the limit, never a silent cut.  */
#ifndef LIMITS_H
#define LIMITS_H

/* Is this build one with AddressSanitizer?  It takes more of everything.  */
#if defined __SANITIZE_ADDRESS__
#define SANITIZED	1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

/* Files and directories */
#define LIMIT_FILE_BYTES	(64u << 20)	/* a store file */
#define LIMIT_ELF_BYTES		(1u << 30)	/* a program with a compiled-in list */
#define LIMIT_COPIED_BYTES	(1u << 20)	/* larger files are mapped */
#define LIMIT_MAPPED_FILES	32u		/* at a time */
#define LIMIT_DIRECTORY_NAMES	100000u		/* names in one directory, or tree */
#define LIMIT_MOUNTS		5000u		/* that are looked at */
#define LIMIT_MOUNT_MS		3000u		/* ... for so long */
#define LIMIT_CRAWL_DIRECTORIES	300000u		/* that are remembered */
#define LIMIT_CRAWL_STATE_BYTES	(64u << 20)	/* ... as bytes */
#define LIMIT_LOOKS		4000000u	/* of one scan that are kept */
#define LIMIT_LOOKS_BYTES	(64u << 20)	/* ... as bytes */
#define LIMIT_TROUBLES		100u		/* failures of the machine */
#define LIMIT_CRAWL_PROBLEMS	100u		/* told one by one */
#define LIMIT_CRAWL_STORES	20000u		/* files of root; of all users */
#define LIMIT_USER_CRAWL_STORES	2000u		/* ... of each */
#define LIMIT_PATH_BYTES	4096u
#define LIMIT_GLOB_RESULTS	100000u		/* paths one pattern may match */
#define LIMIT_HOMES		20000u
#define LIMIT_TREE_DEPTH	32u		/* directories below a store of a tree,
						 * or that one "**" stands for */

/* Command line */
#define LIMIT_MODULE_BYTES	(1u << 20)	/* what Ansible asks a module */

/* Packages that are not installed yet */
#define LIMIT_OVERLAY		20000u		/* names that one look adds or hides */
#define LIMIT_PACKAGES		5000u		/* that are looked at together */
#define LIMIT_PACKAGE_FILE	(UINT64_C(8) << 30)	/* bytes of a package */
#define LIMIT_PACKAGE_MEMBERS	500000u
#define LIMIT_PACKAGE_MEMBER	(512u << 20)	/* bytes of one that is kept */
#define LIMIT_PACKAGE_KEPT	(UINT64_C(1) << 30)	/* ... of all of them */
#define LIMIT_PACKAGE_UNPACKED	(UINT64_C(64) << 30)	/* also of what is not kept */
#define LIMIT_APT_BYTES		(16u << 20)	/* what apt says to its hook */
#define LIMIT_APT_SECONDS	120u		/* ... for a look at that */
#define LIMIT_PACKAGE_HEADER	(64u << 20)	/* of an .rpm: its lists of files */
#define LIMIT_PACKAGE_CONTROL	(1u << 20)	/* dpkg's control file */

/* Configuration files */
#define LIMIT_SETTINGS_BYTES	(1u << 20)	/* a file */
#define LIMIT_SETTING_BYTES	16384u		/* a value */
#define LIMIT_SETTING_NAMES	10000u		/* exported by one script */
#define LIMIT_REDIRECTIONS	20000u		/* of root and all; of all users */
#define LIMIT_USER_REDIRECTIONS	1000u		/* ... of each */
#define LIMIT_INCLUDES		1000u		/* files named by others, of root
						 * and all */
#define LIMIT_USER_INCLUDES	200u		/* ... of each user */
#define LIMIT_USER_PROBLEMS	100u		/* with each user's settings */
#define LIMIT_INCLUDE_DEPTH	8u
#define LIMIT_PROCESSES		100000u
#define LIMIT_PROCESS_BYTES	(4u << 20)	/* environment or command line */

/* Entries */
#define LIMIT_STORE_ENTRIES	100000u
#define LIMIT_STORE_PROBLEMS	1000u
#define LIMIT_CERTIFICATE_BYTES	(256u << 10)
#define LIMIT_LABEL_BYTES	1024u
#define LIMIT_KEY_BYTES		(32u << 10)	/* a private key */
#define LIMIT_KEYS		64u		/* of them in one file */
#define LIMIT_TEXT_BYTES	16384u		/* a decoded name */

/* Formats */
#define LIMIT_ASN1_DEPTH	32u
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define LIMIT_KDF_ITERATIONS	3000u	/* an engine wants many inputs a second */
#define LIMIT_KDF_WORK		20000u
#define LIMIT_KEY4_WORK		20000u
#else
#define LIMIT_KDF_ITERATIONS	600000u		/* one MAC costs < 0.3 s */
#define LIMIT_KDF_WORK		4000000u	/* iterations a file, all tries */
#define LIMIT_KEY4_WORK		4000000u	/* rounds of HMAC for signatures */
#endif
#define LIMIT_SCRYPT_BYTES	(64u << 20)	/* memory of one derivation */
#define LIMIT_PURPOSES		256u		/* in one list of a CertAux */
#define LIMIT_PKCS12_SAFES	64u
#define LIMIT_REGISTRY_BLOB	(1u << 20)	/* a value of Wine's registry */

#define LIMIT_DATABASE_STEPS	50000000u	/* of SQLite, a database; full
						 * ones take a tenth */
#define LIMIT_JSON_BYTES	(4u << 20)
#define LIMIT_JSON_DEPTH	32u

/* Graph */
#define LIMIT_PATH_LENGTH	32u
#define LIMIT_PATH_STEPS	20000u	/* issuers tried for one answer */
#define LIMIT_POOL_STEPS	2000000u	/* ... for all answers about one pool */
#define LIMIT_WORLD_CERTIFICATES	5000u	/* that one question loads */
#define LIMIT_VERDICT_CERTIFICATES	500u	/* that parties are asked about */
#define LIMIT_VERDICT_TWINS	16u	/* ... of one name */
#define LIMIT_VERDICT_PATHS	8u	/* that follow each other in time */
#define LIMIT_CHANGES		2000u	/* times at which a verdict may change */
#define LIMIT_POLICIES		256u	/* of one certificate on a path */
#define LIMIT_SIGNATURE_TRIES	20000u	/* candidate pairs a scan */
#define LIMIT_ISSUER_KEYS	64u	/* keys of one name that are tried */
#define LIMIT_KEY_BITS		16384u	/* as OpenSSL has it, for the time */
#define LIMIT_EXPONENT_BYTES	8u	/* of RSA keys past LIMIT_SMALL_KEY */
#define LIMIT_SMALL_KEY_BITS	3072u
#define LIMIT_REACH		1000000u	/* (certificate, anchor) a scan */
#define LIMIT_SET_REACH		250000u	/* of them for one set of anchors */

/* Servers that are asked for their certificates */
#define LIMIT_SENT_CERTIFICATES	100u
#define LIMIT_SENT_BYTES	(1u << 20)	/* the message they come in */
#define LIMIT_SERVER_BYTES	(4u << 20)	/* all that one server may say */
#define LIMIT_STARTTLS_BYTES	(64u << 10)	/* ... of it before TLS */
#define LIMIT_SERVER_ADDRESSES	16u		/* of one name that are tried */

/* Rules and the program's own files */
#define LIMIT_RULE_STEPS	200000000u	/* SQLite opcodes a query */
#define LIMIT_RULE_ROWS		100000u
#define LIMIT_FOLD_EVIDENCE	1000u		/* of one kind, in one finding, and rows
						 * that are asked about */
#define LIMIT_RULE_VALUE_BYTES	(1u << 20)
#define LIMIT_RULE_QUERY_BYTES	(64u << 10)
#define LIMIT_RULE_MEMORY_BYTES	(128u << 20)	/* SQLite's, for one query */
#define LIMIT_CASES		200u		/* of one rule */
#define LIMIT_CASE_BYTES	(256u << 10)	/* a file of a case */
#define LIMIT_CASE_STEPS	20000000u	/* SQLite opcodes of such a file */
#define LIMIT_CASE_MEMORY_BYTES	(64u << 20)	/* SQLite's, for its rows */
#define LIMIT_CASE_ROWS		5000u		/* of all tables */
#define LIMIT_CASE_SCANS	10u		/* earlier ones */
#define LIMIT_CASE_TIMES	50u		/* at which the rule is asked */
#define LIMIT_CASE_ANSWER_BYTES	(1u << 20)	/* all that it says */
#define LIMIT_POLICY_LINES	100000u		/* times the parties they name */
#define LIMIT_WAIVERS		20000u
#define LIMIT_NOTICES		100u		/* to the system's log, of one kind, a run */
#define LIMIT_NOTICE_VALUES	100u		/* of one field */
#define LIMIT_NOTICE_BYTES	(256u << 10)	/* of one value */
#define LIMIT_SYSLOG_BYTES	1024u		/* RFC 3164 section 4.1 */
#define LIMIT_NOTICE_MS		5000u		/* the log may keep us waiting */
#define LIMIT_BASELINE_BYTES	(256u << 20)	/* a report of many hosts' worth */
#define LIMIT_COMPLETIONS	2000u		/* that a shell is given */
#define LIMIT_DATA_FILE_BYTES	(4u << 20)
#define LIMIT_BACKUP_DEPTH	64u		/* directories in what a script kept */

/* Bundles of hosts */
#define LIMIT_LISTED_BYTES	(256u << 20)	/* hashes of what was exported */
#define LIMIT_BUNDLE_LINE	(64u << 20)	/* bytes */
#define LIMIT_BUNDLE_VALUES	2000000u	/* of JSON, in one line */
#define LIMIT_BUNDLE_OBJECTS	200000u		/* ... that are objects or arrays */
#define LIMIT_BUNDLE_LINES	4000000u	/* of one host */
#define LIMIT_HOST_NAME		255u		/* bytes, RFC 1035 section 2.3.4 */
#define LIMIT_FLEET_ROOT	1024u		/* bytes of a root's path */
#define LIMIT_HOST_ENTRIES	20000000u	/* of all stores of a host */
#define LIMIT_REFUSALS		100u		/* that are told one by one */
#define LIMIT_BATCH_BYTES	(64u << 20)	/* that wait for the database */
#define LIMIT_BATCH_HOSTS	20000u
#define LIMIT_KNOWN_LINES	2000000u	/* that need not be asked for */

/* Workers that read */
#define LIMIT_UNPACK_TIMES	20u	/* what a package may take, of the time for
					 * files */
#define LIMIT_WIRE_BYTES	(2u << 20)	/* one message */
#define LIMIT_WIRE_CHUNK	(256u << 10)	/* messages are sent from there on */
#define LIMIT_WIRE_ENTRIES	128u		/* ... or with so many entries */
#define LIMIT_WIRE_FILES	32u		/* that are handed over at once */
#define LIMIT_WORKER_MEMORY	(512u << 20)	/* of its own */
#define LIMIT_WORKER_ADDRESSES	(UINT64_C(3) << 30)	/* with mapped files */
#define LIMIT_WORKER_LIFE	3600u	/* seconds of processor time, all in all */
#if SANITIZED				/* everything takes much longer there */
#define LIMIT_READ_CPU		300u	/* seconds of processor time, files that
					 * are handed over at once */
#define LIMIT_READ_WALL		1800u	/* ... by the clock */
#else
#define LIMIT_READ_CPU		30u
#define LIMIT_READ_WALL		300u
#endif
/* All files of one user other than root, a scan, and those of all of them */
#define LIMIT_USER_CPU		(2 * LIMIT_READ_CPU)	/* seconds */
#define LIMIT_USER_WALL		LIMIT_READ_WALL
#define LIMIT_USERS_TIMES	5u	/* of that */

#endif
