-- A small world for rules to judge.  A case (fires*.sql, silent*.sql) fills
-- these tables; test-rules makes scans of them through the inventory's own
-- functions, computes what each certificate reaches as an audit does, and asks
-- the rule.  Times are RFC 3339.  A store or entry is in every scan unless its
-- column `scan` says 'earlier' or 'now'.

CREATE TABLE certificate (
	name TEXT PRIMARY KEY,		-- its hash is made of it
	subject TEXT NOT NULL,
	"key" TEXT,			-- NULL: one key for each subject
	issuer TEXT,			-- subject of its issuer; NULL: itself
	issuer_key TEXT,		-- NULL: the key named like the issuer
	not_before TEXT NOT NULL DEFAULT '2000-01-01T00:00:00Z',
	not_after TEXT NOT NULL DEFAULT '2040-01-01T00:00:00Z',
	ca INTEGER NOT NULL DEFAULT 1,
	kind TEXT NOT NULL DEFAULT 'rsa',	-- of its key, with
	bits INTEGER NOT NULL DEFAULT 2048,	-- 0: not known
	hash TEXT NOT NULL DEFAULT 'sha2'	-- of its signature
);

CREATE TABLE store (
	path TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	real_path TEXT,			-- NULL: path
	owner TEXT NOT NULL DEFAULT '',
	recipe TEXT,
	instance TEXT NOT NULL DEFAULT '/',
	format TEXT NOT NULL DEFAULT 'pem',
	unread INTEGER NOT NULL DEFAULT 0,	-- problems, in the newest scan
	skipped INTEGER NOT NULL DEFAULT 0,	-- those without effect
	dangling INTEGER NOT NULL DEFAULT 0,	-- links, without effect
	scan TEXT
);

CREATE TABLE entry (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	role TEXT NOT NULL DEFAULT 'anchor',
	label TEXT,
	location TEXT,			-- NULL: the store's path
	"offset" INTEGER NOT NULL DEFAULT 0,
	purposes INTEGER NOT NULL DEFAULT 0,	-- bits, see read.h
	private_key INTEGER NOT NULL DEFAULT 0,
	scan TEXT
);

CREATE TABLE party (
	party TEXT PRIMARY KEY,
	type TEXT NOT NULL,
	title TEXT NOT NULL,
	model TEXT NOT NULL DEFAULT 'openssl',
	own_list INTEGER NOT NULL DEFAULT 0,
	is_system INTEGER NOT NULL DEFAULT 0,
	partial_chain INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE uses (
	party TEXT NOT NULL REFERENCES party DEFERRABLE INITIALLY DEFERRED,
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	role TEXT NOT NULL DEFAULT 'anchor'
);

-- What a party makes of a server that sends the certificate of an authority.
-- It is said here, not computed: there is no DER that a model could look at.
CREATE TABLE verdict (
	party TEXT NOT NULL REFERENCES party DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	reason TEXT NOT NULL DEFAULT 'ok',	-- anything else: refused
	at TEXT REFERENCES certificate DEFERRABLE INITIALLY DEFERRED,
	stops TEXT,			-- NULL: never
	stop_reason TEXT,
	good_until TEXT			-- NULL: no path is good
);

-- Mozilla's root program, as dates.
CREATE TABLE program (
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	tls_from TEXT NOT NULL DEFAULT '',
	tls_until TEXT NOT NULL DEFAULT '',
	distrust_after TEXT NOT NULL DEFAULT '',
	distrusted TEXT NOT NULL DEFAULT '',
	email_from TEXT NOT NULL DEFAULT '',
	email_until TEXT NOT NULL DEFAULT ''
);

-- Earlier scans, in the order in which they were made.
CREATE TABLE earlier (
	now TEXT NOT NULL,
	root TEXT NOT NULL DEFAULT '/'
);

-- The files of stores.  mode: decimal, without the type.
CREATE TABLE file (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	path TEXT NOT NULL,
	real_path TEXT,			-- NULL: path
	mode INTEGER NOT NULL DEFAULT 420,	-- 0644
	uid INTEGER NOT NULL DEFAULT 0,
	gid INTEGER NOT NULL DEFAULT 0,
	user TEXT NOT NULL DEFAULT 'root',
	modified TEXT NOT NULL DEFAULT '2020-01-01T00:00:00Z',
	package TEXT			-- NULL: none has it
);

-- Private keys that lie there: whose, by the name of a certificate with that key.
CREATE TABLE private (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	certificate TEXT NOT NULL REFERENCES certificate
		DEFERRABLE INITIALLY DEFERRED,
	location TEXT NOT NULL
);

-- Revocation lists that lie there, by the subject of their issuer.
CREATE TABLE revocation (
	store TEXT NOT NULL REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	issuer TEXT NOT NULL,
	this_update TEXT NOT NULL,
	next_update TEXT,		-- NULL: it says no such time
	location TEXT NOT NULL
);

-- The directories above them, and above what settings lead to.
CREATE TABLE directory (
	path TEXT PRIMARY KEY,
	mode INTEGER NOT NULL DEFAULT 493,	-- 0755
	uid INTEGER NOT NULL DEFAULT 0,
	gid INTEGER NOT NULL DEFAULT 0,
	user TEXT NOT NULL DEFAULT 'root'
);

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
	line INTEGER NOT NULL DEFAULT 1,
	owner TEXT NOT NULL DEFAULT '',
	target TEXT,
	real_path TEXT,
	present INTEGER NOT NULL DEFAULT -1,
	store TEXT REFERENCES store DEFERRABLE INITIALLY DEFERRED,
	note TEXT,
	processes INTEGER NOT NULL DEFAULT 0
);

-- Problems that belong to no store.
CREATE TABLE problem (
	path TEXT NOT NULL,
	skipped INTEGER NOT NULL DEFAULT 0
);

-- What the administrator demands, allows and forbids: one of certificate, key
-- (its name) and subject.
CREATE TABLE policy (
	kind TEXT NOT NULL,		-- allow, require, forbid
	certificate TEXT,
	"key" TEXT,
	subject TEXT,
	party TEXT,			-- NULL: all; a type, or one party
	purpose TEXT,			-- NULL: all
	comment TEXT,
	until TEXT
);

-- Accepted findings; matched: what the waiver waived in this audit.
CREATE TABLE waiver (
	rule TEXT NOT NULL,
	store TEXT NOT NULL,
	reason TEXT NOT NULL,
	author TEXT NOT NULL,
	until TEXT NOT NULL,
	matched INTEGER NOT NULL DEFAULT 1
);
