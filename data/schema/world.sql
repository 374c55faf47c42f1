-- A small world for rules to judge.  A case (fires*.sql, silent*.sql; see
-- trustdrift-rules(5)) fills these tables; `trustdrift rules check` makes scans
-- of them through the inventory's own functions, computes what each certificate
-- reaches as an audit does, and asks the rule.  Times are RFC 3339.  A store or
-- entry is in every scan unless its column `scan` says 'earlier' or 'now'.  The
-- functions is_x() in the checks are the program's (src/rule/case-world.c).

CREATE TABLE certificate (
	name TEXT NOT NULL PRIMARY KEY -- its hash is made of it
		CHECK (is_name(name)),
	subject TEXT NOT NULL,
	"key" TEXT,			-- NULL: one key for each subject
	issuer TEXT,			-- subject of its issuer; NULL: itself
	issuer_key TEXT,		-- NULL: the key named like the issuer
	not_before TEXT NOT NULL DEFAULT '2000-01-01T00:00:00Z'
		CHECK (is_time(not_before)),
	not_after TEXT NOT NULL DEFAULT '2040-01-01T00:00:00Z'
		CHECK (is_time(not_after)),
	ca INTEGER NOT NULL DEFAULT 1 CHECK (ca IN (0, 1)),
	kind TEXT NOT NULL DEFAULT 'rsa'	-- of its key, with
		CHECK (is_key_kind(kind)),
	bits INTEGER NOT NULL DEFAULT 2048	-- 0: not known
		CHECK (bits BETWEEN 0 AND 65536),
	hash TEXT NOT NULL DEFAULT 'sha2'	-- of its signature
		CHECK (is_hash_kind(hash))
) STRICT;

CREATE TABLE store (
	path TEXT NOT NULL PRIMARY KEY CHECK (is_name(path)),
	kind TEXT NOT NULL,
	real_path TEXT,			-- NULL: path
	owner TEXT NOT NULL DEFAULT '',
	recipe TEXT,
	instance TEXT NOT NULL DEFAULT '/',
	format TEXT NOT NULL DEFAULT 'pem',
	unread INTEGER NOT NULL DEFAULT 0	-- problems, in the newest scan
		CHECK (unread BETWEEN 0 AND 100),
	skipped INTEGER NOT NULL DEFAULT 0	-- those without effect
		CHECK (skipped BETWEEN 0 AND 100),
	dangling INTEGER NOT NULL DEFAULT 0	-- links, without effect
		CHECK (dangling BETWEEN 0 AND 100),
	scan TEXT CHECK (scan IN ('earlier', 'now'))
) STRICT;

CREATE TABLE entry (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	-- anchor, intermediate, distrust, end-entity, source
	role TEXT NOT NULL DEFAULT 'anchor' CHECK (is_role(role)),
	label TEXT,
	location TEXT,			-- NULL: the store's path
	"offset" INTEGER NOT NULL DEFAULT 0 CHECK ("offset" >= 0),
	purposes INTEGER NOT NULL DEFAULT 0	-- the sum of: 1 serverAuth,
		-- 2 clientAuth, 4 codeSigning, 8 emailProtection,
		-- 16 timeStamping, 32 others; 0: the store does not say
		CHECK (purposes BETWEEN 0 AND 63),
	private_key INTEGER NOT NULL DEFAULT 0 CHECK (private_key IN (0, 1)),
	scan TEXT CHECK (scan IN ('earlier', 'now'))
) STRICT;

CREATE TABLE party (
	party TEXT NOT NULL PRIMARY KEY CHECK (is_name(party)),
	type TEXT NOT NULL,
	title TEXT NOT NULL,
	model TEXT NOT NULL DEFAULT 'openssl',
	own_list INTEGER NOT NULL DEFAULT 0 CHECK (own_list IN (0, 1)),
	is_system INTEGER NOT NULL DEFAULT 0 CHECK (is_system IN (0, 1)),
	partial_chain INTEGER NOT NULL DEFAULT 0
		CHECK (partial_chain IN (0, 1))
) STRICT;

CREATE TABLE uses (
	party TEXT NOT NULL REFERENCES party DEFERRABLE INITIALLY DEFERRED,
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	role TEXT NOT NULL DEFAULT 'anchor' CHECK (is_role(role))
) STRICT;

-- What a party makes of a server that sends the certificate of an authority.
-- It is said here, not computed: there is no DER that a model could look at.
CREATE TABLE verdict (
	party TEXT NOT NULL REFERENCES party DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	reason TEXT NOT NULL DEFAULT 'ok',	-- anything else: refused
	at TEXT REFERENCES certificate DEFERRABLE INITIALLY DEFERRED,
	stops TEXT CHECK (is_time(stops)),	-- NULL: never
	stop_reason TEXT,
	good_until TEXT CHECK (is_time(good_until))	-- NULL: no path is good
) STRICT;

-- Mozilla's root program, as days; '' is never.
CREATE TABLE program (
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	tls_from TEXT NOT NULL DEFAULT '' CHECK (is_day(tls_from)),
	tls_until TEXT NOT NULL DEFAULT '' CHECK (is_day(tls_until)),
	distrust_after TEXT NOT NULL DEFAULT '' CHECK (is_day(distrust_after)),
	distrusted TEXT NOT NULL DEFAULT '' CHECK (distrusted IN ('', 'yes')),
	email_from TEXT NOT NULL DEFAULT '' CHECK (is_day(email_from)),
	email_until TEXT NOT NULL DEFAULT '' CHECK (is_day(email_until))
) STRICT;

-- Earlier scans, in the order in which they were made.
CREATE TABLE earlier (
	now TEXT NOT NULL CHECK (is_time(now)),
	root TEXT NOT NULL DEFAULT '/'
) STRICT;

-- The files of stores.  mode: decimal, without the type.
CREATE TABLE file (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	path TEXT NOT NULL,
	real_path TEXT,			-- NULL: path
	mode INTEGER NOT NULL DEFAULT 420	-- 0644
		CHECK (mode BETWEEN 0 AND 4095),
	uid INTEGER NOT NULL DEFAULT 0 CHECK (uid BETWEEN 0 AND 4294967295),
	gid INTEGER NOT NULL DEFAULT 0 CHECK (gid BETWEEN 0 AND 4294967295),
	user TEXT NOT NULL DEFAULT 'root',
	modified TEXT NOT NULL DEFAULT '2020-01-01T00:00:00Z'
		CHECK (is_time(modified)),
	package TEXT			-- NULL: none has it
) STRICT;

-- Private keys that lie there: whose, by the name of a certificate with that key.
CREATE TABLE private (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	location TEXT NOT NULL
) STRICT;

-- Revocation lists that lie there, by the subject of their issuer.
CREATE TABLE revocation (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	issuer TEXT NOT NULL,
	this_update TEXT NOT NULL CHECK (is_time(this_update)),
	next_update TEXT CHECK (is_time(next_update)),	-- NULL: it says no such time
	location TEXT NOT NULL
) STRICT;

-- The directories above them, and above what settings lead to.
CREATE TABLE directory (
	path TEXT NOT NULL PRIMARY KEY CHECK (is_name(path)),
	mode INTEGER NOT NULL DEFAULT 493	-- 0755
		CHECK (mode BETWEEN 0 AND 4095),
	uid INTEGER NOT NULL DEFAULT 0 CHECK (uid BETWEEN 0 AND 4294967295),
	gid INTEGER NOT NULL DEFAULT 0 CHECK (gid BETWEEN 0 AND 4294967295),
	user TEXT NOT NULL DEFAULT 'root'
) STRICT;

-- Settings, in the order of their rows.
CREATE TABLE setting (
	name TEXT NOT NULL,
	value TEXT,
	"option" TEXT,
	section TEXT NOT NULL DEFAULT '',
	program TEXT NOT NULL,
	effect TEXT NOT NULL,
	source TEXT NOT NULL DEFAULT 'file',
	path TEXT,			-- where it is set
	line INTEGER NOT NULL DEFAULT 1
		CHECK (line BETWEEN 0 AND 1000000),
	owner TEXT NOT NULL DEFAULT '',
	target TEXT,
	real_path TEXT,
	present INTEGER NOT NULL DEFAULT -1	-- 0, 1; -1: not known
		CHECK (present IN (-1, 0, 1)),
	store TEXT REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	note TEXT,
	processes INTEGER NOT NULL DEFAULT 0
		CHECK (processes BETWEEN 0 AND 100000)
) STRICT;

-- Problems that belong to no store.
CREATE TABLE problem (
	path TEXT NOT NULL,
	skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped IN (0, 1))
) STRICT;

-- What the administrator demands, allows and forbids: one of certificate, key
-- (its name) and subject.
CREATE TABLE policy (
	kind TEXT NOT NULL CHECK (kind IN ('allow', 'require', 'forbid')),
	certificate TEXT,
	"key" TEXT,
	subject TEXT,
	party TEXT,			-- NULL: all; a type, or one party
	purpose TEXT,			-- NULL: all
	comment TEXT,
	until TEXT CHECK (is_time(until)),
	CHECK ((certificate IS NOT NULL) + ("key" IS NOT NULL) +
		(subject IS NOT NULL) = 1)
) STRICT;

-- Accepted findings; matched: what the waiver waived in this audit.
CREATE TABLE waiver (
	rule TEXT NOT NULL,
	store TEXT NOT NULL,
	reason TEXT NOT NULL,
	author TEXT NOT NULL,
	until TEXT NOT NULL CHECK (is_time(until)),
	matched INTEGER NOT NULL DEFAULT 1
		CHECK (matched BETWEEN 0 AND 100000)
) STRICT;
