-- The inventory's schema, version 3 (PRAGMA user_version).
--
-- Base tables are private to src/inventory; what others may read are the v_*
-- views, documented column by column in trustdrift-inventory(5).  An unchanged
-- store costs one row a scan (scan_store): what was read is a reading, and its
-- entries are a manifest that is addressed by the hash of its sorted content.

-- What is known about the file itself:
--   signatures	present when every candidate pair was checked
--   edges	counts upwards whenever a verified pair was added
--   reach	hash over all that reachability was computed from, and
--   reach_from, reach_until	the times between which it holds
--   root_program	hash of the file that root_program was loaded from
--   list_dates	hash over all that list_date was computed from
--   packages	hash over the state of the newest scan's package databases
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);

CREATE TABLE scan (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	root_id INTEGER NOT NULL REFERENCES root,
	now INTEGER NOT NULL,		-- the time of every verdict (--now)
	made INTEGER NOT NULL,		-- the clock when it was made
	tool TEXT NOT NULL,
	host_name TEXT, host_os TEXT,
	warn_days INTEGER NOT NULL,
	composition_id INTEGER REFERENCES composition,
	redirection_set_id INTEGER REFERENCES redirection_set,
	directory_set_id INTEGER REFERENCES directory_set
);

-- A (distinguished name, public key) pair; name_sha256 is over the canonical
-- form of the name.
CREATE TABLE identity (
	id INTEGER PRIMARY KEY,
	name_sha256 TEXT NOT NULL,
	spki_sha256 TEXT NOT NULL,
	UNIQUE (name_sha256, spki_sha256)
);

-- identity_id and what follows are NULL for a certificate that does not decode.
-- Of some a store only names the fingerprint (an exception for one server, a
-- list of blocked ones): then sha1 and der are NULL, too, until the
-- certificate itself is met.
CREATE TABLE certificate (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE,	-- hashes are lower-case hex throughout
	sha1 TEXT,
	der BLOB,
	error TEXT,
	identity_id INTEGER REFERENCES identity,
	issuer_sha256 TEXT,		-- of the issuer's canonical name
	subject TEXT, issuer TEXT, name TEXT, serial TEXT,
	not_before INTEGER, not_after INTEGER,
	key_id TEXT, authority_key_id TEXT,
	is_ca INTEGER, self_signed INTEGER,
	key_kind TEXT, key_bits INTEGER, signature_hash TEXT
);
CREATE INDEX certificate_identity ON certificate (identity_id);
CREATE INDEX certificate_issuer ON certificate (issuer_sha256);

-- Signatures that were checked, each pair once: did the key of the issuer's
-- identity sign the certificate?
CREATE TABLE signature (
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	identity_id INTEGER NOT NULL REFERENCES identity,
	verified INTEGER NOT NULL,	-- 1, 0, or -1: could not be checked
	PRIMARY KEY (certificate_id, identity_id)
) WITHOUT ROWID;
CREATE INDEX signature_identity ON signature (identity_id, certificate_id);

CREATE TABLE store (
	id INTEGER PRIMARY KEY,
	root_id INTEGER NOT NULL REFERENCES root,
	kind TEXT NOT NULL,
	path TEXT NOT NULL,
	UNIQUE (root_id, kind, path)
);

-- sha256: see record.c; it covers nothing that differs between two inventories
-- with the same content.
CREATE TABLE manifest (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE,
	entries INTEGER NOT NULL,
	certificates INTEGER NOT NULL	-- different ones in these
);

CREATE TABLE manifest_entry (
	manifest_id INTEGER NOT NULL REFERENCES manifest,
	position INTEGER NOT NULL,
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	role TEXT NOT NULL,
	label TEXT,
	location TEXT NOT NULL,
	"offset" INTEGER NOT NULL,
	purposes TEXT NOT NULL,
	private_key INTEGER NOT NULL,
	distrust_after INTEGER,
	PRIMARY KEY (manifest_id, position)
) WITHOUT ROWID;
CREATE INDEX manifest_entry_certificate
	ON manifest_entry (certificate_id, manifest_id);
-- These are few among many.
CREATE INDEX manifest_entry_distrust ON manifest_entry (manifest_id)
	WHERE role = 'distrust';
CREATE INDEX manifest_entry_private_key ON manifest_entry (manifest_id)
	WHERE private_key = 1;

-- What a store says of certificates that it does not have.  role distrust: of
-- the one with that issuer and serial number, of all with that key; role
-- anchor: anchors with that key in stores of the same instance are for these
-- purposes only; role source: it has the private key, or that issuer's revocation
-- list.  Positions are counted together with manifest_entry's.
CREATE TABLE manifest_statement (
	manifest_id INTEGER NOT NULL REFERENCES manifest,
	position INTEGER NOT NULL,
	role TEXT NOT NULL,
	purposes TEXT NOT NULL,
	issuer TEXT,
	issuer_sha256 TEXT,		-- of the canonical name
	serial TEXT,
	spki_sha256 TEXT,
	label TEXT,
	location TEXT NOT NULL,
	"offset" INTEGER NOT NULL,
	this_update INTEGER,		-- of a revocation list of the issuer's
	next_update INTEGER,
	PRIMARY KEY (manifest_id, position)
) WITHOUT ROWID;

-- What one store was when it was read: its entries and its problems.
-- signature is a hash over the names, inodes, sizes and times that were seen,
-- NULL when it may not be trusted (something had changed just before).
CREATE TABLE reading (
	id INTEGER PRIMARY KEY,
	store_id INTEGER NOT NULL REFERENCES store,
	signature TEXT,
	manifest_id INTEGER NOT NULL REFERENCES manifest,
	problems_sha256 TEXT NOT NULL,
	files_sha256 TEXT NOT NULL,
	format TEXT NOT NULL,
	real_path TEXT,
	owner TEXT NOT NULL,
	instance TEXT NOT NULL,
	recipe TEXT,
	repair TEXT,
	engine TEXT			-- library that verifies, with its version
);
CREATE INDEX reading_store ON reading (store_id, manifest_id);
CREATE INDEX reading_manifest ON reading (manifest_id);

CREATE TABLE reading_problem (
	reading_id INTEGER NOT NULL REFERENCES reading,
	position INTEGER NOT NULL,
	path TEXT NOT NULL,
	"offset" INTEGER,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	skipped INTEGER NOT NULL,
	PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;

-- The files that were read.  modified, uid and gid are of the file that the name
-- leads to, whose place real_path is.
CREATE TABLE reading_file (
	reading_id INTEGER NOT NULL REFERENCES reading,
	position INTEGER NOT NULL,
	path TEXT NOT NULL,
	real_path TEXT NOT NULL,
	size INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	user TEXT NOT NULL,
	modified INTEGER NOT NULL,
	PRIMARY KEY (reading_id, position)
) WITHOUT ROWID;
CREATE INDEX reading_file_path ON reading_file (real_path);

-- Which package owns a file (NULL: none) when its root was scanned last;
-- meta.packages tells the state of the package databases that this is from.
CREATE TABLE package_file (
	root_id INTEGER NOT NULL REFERENCES root,
	path TEXT NOT NULL,
	package TEXT, version TEXT,
	PRIMARY KEY (root_id, path)
) WITHOUT ROWID;

CREATE TABLE scan_store (
	scan_id INTEGER NOT NULL REFERENCES scan,
	store_id INTEGER NOT NULL REFERENCES store,
	reading_id INTEGER NOT NULL REFERENCES reading,
	PRIMARY KEY (scan_id, store_id)
) WITHOUT ROWID;
CREATE INDEX scan_store_reading ON scan_store (reading_id, scan_id);
CREATE INDEX scan_store_store ON scan_store (store_id, scan_id);

-- What the last crawl of a root saw (src/locate/crawl-state.c); `what` is which
-- directories it was asked for, and how.
CREATE TABLE crawl (
	root_id INTEGER NOT NULL REFERENCES root,
	what TEXT NOT NULL,
	state BLOB NOT NULL,
	PRIMARY KEY (root_id, what)
);

-- What the newest scan of a root looked at (src/scan/unchanged.c).
CREATE TABLE looks (
	root_id INTEGER PRIMARY KEY REFERENCES root,
	scan_id INTEGER NOT NULL,
	state BLOB NOT NULL,
	problems INTEGER NOT NULL	-- of its own: others come when it is judged
);

-- Problems of a scan that belong to no store (homes that could not be listed).
CREATE TABLE scan_problem (
	scan_id INTEGER NOT NULL REFERENCES scan,
	position INTEGER NOT NULL,
	path TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
	skipped INTEGER NOT NULL,
	PRIMARY KEY (scan_id, position)
) WITHOUT ROWID;

-- Who composes which stores; addressed by content, it seldom changes.
CREATE TABLE composition (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE
);
CREATE TABLE composition_party (
	composition_id INTEGER NOT NULL REFERENCES composition,
	party TEXT NOT NULL,		-- "dotnet:/home/ann"
	type TEXT NOT NULL,		-- "dotnet"
	instance TEXT NOT NULL,
	title TEXT NOT NULL,
	owner TEXT NOT NULL,
	model TEXT NOT NULL,
	own_list INTEGER NOT NULL,
	is_system INTEGER NOT NULL,
	partial_chain INTEGER NOT NULL,	-- anchors need not be self-signed
	distrusts_keys INTEGER NOT NULL,	-- whole keys, and by tokens
	PRIMARY KEY (composition_id, party)
) WITHOUT ROWID;
CREATE TABLE composition_store (
	composition_id INTEGER NOT NULL REFERENCES composition,
	party TEXT NOT NULL,
	store_id INTEGER NOT NULL REFERENCES store,
	role TEXT NOT NULL,
	position INTEGER NOT NULL,	-- which <uses> of the party, from 0
	PRIMARY KEY (composition_id, party, store_id, role)
) WITHOUT ROWID;
CREATE INDEX composition_store_store
	ON composition_store (composition_id, store_id);
-- What a party would use if it did not find other stores first.
CREATE TABLE composition_shadow (
	composition_id INTEGER NOT NULL REFERENCES composition,
	party TEXT NOT NULL,
	store_id INTEGER NOT NULL REFERENCES store,
	role TEXT NOT NULL,
	position INTEGER NOT NULL,
	instead TEXT NOT NULL,		-- the kinds of those
	PRIMARY KEY (composition_id, party, store_id, role)
) WITHOUT ROWID;

-- Who is pointed at another store, and who does not verify; addressed by
-- content like a composition.
CREATE TABLE redirection_set (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE
);
CREATE TABLE redirection (
	redirection_set_id INTEGER NOT NULL REFERENCES redirection_set,
	position INTEGER NOT NULL,
	source TEXT NOT NULL,		-- file, environment, process
	path TEXT, line INTEGER,	-- where it is set
	via TEXT,
	owner TEXT NOT NULL,
	program TEXT NOT NULL,		-- words: who obeys
	section TEXT NOT NULL,
	name TEXT NOT NULL,
	"option" TEXT,
	value TEXT,
	effect TEXT NOT NULL,		-- replaces, adds, off, moves
	target TEXT, real_path TEXT,
	present INTEGER,
	store_id INTEGER REFERENCES store,
	note TEXT,
	processes INTEGER,
	PRIMARY KEY (redirection_set_id, position)
) WITHOUT ROWID;
CREATE INDEX redirection_store ON redirection (store_id);

-- The directories above stores, their files, and what settings lead to: who may
-- write there decides what is read next.  Not part of a reading, which does not
-- change with them; addressed by content like a composition.
CREATE TABLE directory_set (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE
);
CREATE TABLE directory (
	directory_set_id INTEGER NOT NULL REFERENCES directory_set,
	path TEXT NOT NULL,
	mode INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	user TEXT NOT NULL,
	PRIMARY KEY (directory_set_id, path)
) WITHOUT ROWID;

-- Reachability at the newest scan's time.  Parties with the same anchors share
-- an anchor set, which is known by the hash over its members.  valid_from and
-- valid_until are those of the best path, see graph.h.
CREATE TABLE party_anchor_set (
	party TEXT PRIMARY KEY,
	anchor_set_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX party_anchor_set_set ON party_anchor_set (anchor_set_id, party);
CREATE TABLE anchor_set (
	id INTEGER PRIMARY KEY,
	sha256 TEXT NOT NULL UNIQUE
);
CREATE TABLE anchor_set_member (
	anchor_set_id INTEGER NOT NULL,
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	PRIMARY KEY (anchor_set_id, certificate_id)
) WITHOUT ROWID;
CREATE INDEX anchor_set_member_certificate
	ON anchor_set_member (certificate_id, anchor_set_id);
CREATE TABLE reach (
	anchor_set_id INTEGER NOT NULL,
	certificate_id INTEGER NOT NULL,
	anchor_id INTEGER NOT NULL,	-- certificate
	next_id INTEGER NOT NULL,	-- certificate above it on the best path;
					-- itself when it is the anchor
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,
	PRIMARY KEY (anchor_set_id, certificate_id, anchor_id)
) WITHOUT ROWID;

-- What a party makes, at the newest scan's time, of a server that sends this
-- certificate of an authority that the party knows, see graph/verdicts.c.
CREATE TABLE verdict (
	party TEXT NOT NULL,
	certificate_id INTEGER NOT NULL REFERENCES certificate,
	accepted INTEGER NOT NULL,
	reason TEXT NOT NULL,
	at_id INTEGER,			-- certificate at fault
	stops INTEGER,			-- when what is accepted will be refused
	stop_reason TEXT,
	good INTEGER NOT NULL,		-- a path that is good exists
	good_until INTEGER,
	PRIMARY KEY (party, certificate_id)
) WITHOUT ROWID;
CREATE INDEX verdict_certificate ON verdict (certificate_id);

-- The path models of the program that made the newest scan.
CREATE TABLE path_model (
	model TEXT PRIMARY KEY,
	title TEXT NOT NULL,
	verified TEXT			-- programs that answered alike
) WITHOUT ROWID;

-- Mozilla's root program as dates (data/rootprogram), loaded when it changed.
CREATE TABLE root_program (
	sha256 TEXT PRIMARY KEY,
	sha1 TEXT NOT NULL,
	label TEXT NOT NULL,
	tls_from INTEGER, tls_until INTEGER,
	distrust_after INTEGER, distrust_after_since INTEGER,
	email_from INTEGER, email_until INTEGER,
	distrusted INTEGER NOT NULL
) WITHOUT ROWID;

-- What the administrator's policy and waivers said at the newest audit.  Of a
-- line of the policy there is a row for each party that it names.
CREATE TABLE policy_line (
	position INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,		-- allow, require, forbid
	party TEXT, purpose TEXT,	-- NULL: all
	sha256 TEXT, spki_sha256 TEXT, subject TEXT,	-- one of these
	comment TEXT, author TEXT,
	until INTEGER,			-- the first second without; NULL: none
	path TEXT NOT NULL, line INTEGER NOT NULL
);
CREATE INDEX policy_line_sha256 ON policy_line (sha256);
CREATE INDEX policy_line_spki ON policy_line (spki_sha256);
CREATE INDEX policy_line_subject ON policy_line (subject);
CREATE TABLE waiver (
	position INTEGER PRIMARY KEY,
	finding TEXT,			-- id, or
	rule TEXT, store TEXT,
	reason TEXT NOT NULL, author TEXT NOT NULL,
	until INTEGER NOT NULL,
	path TEXT NOT NULL, line INTEGER NOT NULL,
	matched INTEGER			-- findings or certificates of one; NULL:
					-- that is not known yet
);
-- Of when the newest scan's lists are, by root_program: see list-date.c.
CREATE TABLE list_date (
	manifest_id INTEGER PRIMARY KEY REFERENCES manifest,
	list_from INTEGER NOT NULL,
	list_until INTEGER,		-- NULL: it is of the last revision
	roots INTEGER NOT NULL,		-- in the list that the program had ever
	missing INTEGER NOT NULL,	-- in the list, of the revision's
	extra INTEGER NOT NULL,		-- in the list, not of the revision's
	behind INTEGER NOT NULL,	-- come or gone until the scan's time
	content TEXT NOT NULL		-- hash over the roots that it has as anchors
);

-- The newest audit of each root, which may have found nothing, and its findings as
-- they were reported.
CREATE TABLE audit (
	root_id INTEGER PRIMARY KEY REFERENCES root,
	scan_id INTEGER NOT NULL REFERENCES scan
);
CREATE TABLE finding (
	scan_id INTEGER NOT NULL REFERENCES scan,
	position INTEGER NOT NULL,
	id TEXT NOT NULL,
	document TEXT NOT NULL,		-- JSON of design section 4
	PRIMARY KEY (scan_id, position)
);

-- ---- views ----------------------------------------------------------------

CREATE VIEW v_scan AS
SELECT s.id AS scan_id, r.path AS root, s.now, s.made, s.tool, s.host_name,
	s.host_os, s.warn_days
FROM scan s JOIN root r ON r.id = s.root_id;

CREATE VIEW v_run AS
SELECT s.id AS scan_id, s.now, s.warn_days, r.path AS root,
	(SELECT count(*) FROM scan e
	 WHERE e.root_id = s.root_id AND e.id < s.id) AS earlier_scans
FROM scan s JOIN root r ON r.id = s.root_id
WHERE s.id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_store AS
SELECT ss.scan_id, ss.store_id, st.kind, rd.format, st.path, rd.real_path,
	rd.owner,
	(SELECT min(cs.party) FROM composition_store cs
	 WHERE cs.composition_id = sc.composition_id
		AND cs.store_id = ss.store_id) AS party,
	m.entries, m.certificates,
	(SELECT count(*) FROM reading_problem p
	 WHERE p.reading_id = rd.id) AS problems,
	(SELECT count(*) FROM reading_problem p
	 WHERE p.reading_id = rd.id AND p.skipped = 0) AS unread,
	rd.instance, rd.recipe, rd.repair, rd.engine
FROM scan_store ss
JOIN scan sc ON sc.id = ss.scan_id
JOIN store st ON st.id = ss.store_id
JOIN reading rd ON rd.id = ss.reading_id
JOIN manifest m ON m.id = rd.manifest_id;

CREATE VIEW v_store AS
SELECT store_id, kind, format, path, real_path, owner, party, entries,
	certificates, problems, unread, instance, recipe, repair, engine
FROM v_history_store WHERE scan_id = (SELECT max(id) FROM scan);

-- For the views below: what the stores of the newest scan hold.  While rules are
-- asked it is a table (src/inventory/held.c).
CREATE VIEW newest_manifest AS
SELECT ss.store_id, rd.manifest_id,
	(SELECT st.kind FROM store st WHERE st.id = ss.store_id) AS kind
FROM scan_store ss
JOIN reading rd ON rd.id = ss.reading_id
WHERE ss.scan_id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_entry AS
SELECT ss.scan_id, ss.store_id, c.sha256, e.role, e.label, e.location,
	e."offset", e.purposes, e.private_key, e.distrust_after,
	c.identity_id AS identity,
	(SELECT st.kind FROM store st WHERE st.id = ss.store_id) AS kind
FROM scan_store ss
JOIN reading rd ON rd.id = ss.reading_id
JOIN manifest_entry e ON e.manifest_id = rd.manifest_id
JOIN certificate c ON c.id = e.certificate_id;

CREATE VIEW v_entry AS
SELECT n.store_id, c.sha256, e.role, e.label, e.location, e."offset",
	e.purposes, e.private_key, e.distrust_after, c.identity_id AS identity,
	n.kind
FROM newest_manifest n
JOIN manifest_entry e ON e.manifest_id = n.manifest_id
JOIN certificate c ON c.id = e.certificate_id;

CREATE VIEW v_history_statement AS
SELECT ss.scan_id, ss.store_id, m.role, m.purposes, m.issuer, m.issuer_sha256,
	m.serial, m.spki_sha256, m.label, m.location, m."offset",
	m.this_update, m.next_update,
	(SELECT st.kind FROM store st WHERE st.id = ss.store_id) AS kind
FROM scan_store ss
JOIN reading rd ON rd.id = ss.reading_id
JOIN manifest_statement m ON m.manifest_id = rd.manifest_id;

CREATE VIEW v_statement AS
SELECT n.store_id, m.role, m.purposes, m.issuer, m.issuer_sha256, m.serial,
	m.spki_sha256, m.label, m.location, m."offset", m.this_update,
	m.next_update, n.kind
FROM newest_manifest n
JOIN manifest_statement m ON m.manifest_id = n.manifest_id;

-- Every certificate that the inventory knows; present: in the newest scan.
CREATE VIEW v_known_certificate AS
SELECT c.sha256, c.sha1, i.spki_sha256, c.subject, c.issuer, c.name,
	c.serial, c.not_before, c.not_after, c.is_ca, c.self_signed,
	c.identity_id AS identity, c.error,
	c.id IN (SELECT e.certificate_id FROM scan_store ss
		JOIN reading rd ON rd.id = ss.reading_id
		JOIN manifest_entry e ON e.manifest_id = rd.manifest_id
		WHERE ss.scan_id = (SELECT max(id) FROM scan)) AS present,
	c.key_kind AS "key", c.key_bits, c.signature_hash
FROM certificate c LEFT JOIN identity i ON i.id = c.identity_id;

-- Not SELECT DISTINCT over a join: whoever asks for one certificate would pay
-- for sorting all.
CREATE VIEW v_history_certificate AS
SELECT s.id AS scan_id, c.sha256, c.sha1, i.spki_sha256, c.subject,
	c.issuer, c.name, c.serial, c.not_before, c.not_after, c.is_ca,
	c.self_signed, c.identity_id AS identity, c.error,
	c.key_kind AS "key", c.key_bits, c.signature_hash
FROM scan s JOIN certificate c LEFT JOIN identity i ON i.id = c.identity_id
WHERE EXISTS (SELECT 1 FROM manifest_entry e
	JOIN reading rd ON rd.manifest_id = e.manifest_id
	JOIN scan_store ss ON ss.reading_id = rd.id
	WHERE e.certificate_id = c.id AND ss.scan_id = s.id);

-- The set is made once a statement and is a filter only: without the + SQLite
-- walks it for every row of whatever this view is joined with.
CREATE VIEW v_certificate AS
SELECT c.sha256, c.sha1, i.spki_sha256, c.subject, c.issuer, c.name,
	c.serial, c.not_before, c.not_after, c.is_ca, c.self_signed,
	c.identity_id AS identity, c.error,
	c.key_kind AS "key", c.key_bits, c.signature_hash
FROM certificate c LEFT JOIN identity i ON i.id = c.identity_id
WHERE +c.id IN (SELECT e.certificate_id FROM scan_store ss
	JOIN reading rd ON rd.id = ss.reading_id
	JOIN manifest_entry e ON e.manifest_id = rd.manifest_id
	WHERE ss.scan_id = (SELECT max(id) FROM scan));

CREATE VIEW v_history_problem AS
SELECT ss.scan_id, ss.store_id, p.path, p."offset", p.code, p.message,
	p.skipped
FROM scan_store ss
JOIN reading_problem p ON p.reading_id = ss.reading_id
UNION ALL
SELECT scan_id, NULL, path, NULL, code, message, skipped FROM scan_problem;

CREATE VIEW v_problem AS
SELECT store_id, path, "offset", code, message, skipped
FROM v_history_problem WHERE scan_id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_file AS
SELECT ss.scan_id, ss.store_id, f.path, f.real_path, f.size, f.mode, f.uid,
	f.user, f.modified, p.package, p.version, f.gid
FROM scan_store ss
JOIN reading_file f ON f.reading_id = ss.reading_id
JOIN scan s ON s.id = ss.scan_id
LEFT JOIN package_file p ON p.root_id = s.root_id AND p.path = f.real_path;

-- Not of v_history_file: where it is joined with LEFT JOIN SQLite would make that
-- of all scans first.
CREATE VIEW v_file AS
SELECT ss.store_id, f.path, f.real_path, f.size, f.mode, f.uid, f.user,
	f.modified, p.package, p.version, f.gid
FROM scan s
JOIN scan_store ss ON ss.scan_id = s.id
JOIN reading_file f ON f.reading_id = ss.reading_id
LEFT JOIN package_file p ON p.root_id = s.root_id AND p.path = f.real_path
WHERE s.id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_directory AS
SELECT s.id AS scan_id, d.path, d.mode, d.uid, d.gid, d.user
FROM scan s JOIN directory d ON d.directory_set_id = s.directory_set_id;

CREATE VIEW v_directory AS
SELECT path, mode, uid, gid, user
FROM v_history_directory WHERE scan_id = (SELECT max(id) FROM scan);
-- What not everybody may pass through: nobody else comes to what begins so.
CREATE VIEW v_closed_directory AS
SELECT path || '/' AS beneath, CASE WHEN (mode & 8) <> 0 THEN gid END AS gid
FROM v_directory WHERE (mode & 1) = 0;

CREATE VIEW v_history_party AS
SELECT s.id AS scan_id, p.party, p.type, p.instance, p.title, p.owner,
	p.model, p.own_list, p.is_system, p.partial_chain
FROM scan s JOIN composition_party p ON p.composition_id = s.composition_id;

CREATE VIEW v_party AS
SELECT party, type, instance, title, owner, model, own_list, is_system,
	partial_chain
FROM v_history_party WHERE scan_id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_party_store AS
SELECT s.id AS scan_id, c.party, c.store_id, c.role, st.kind, c.position
FROM scan s
JOIN composition_store c ON c.composition_id = s.composition_id
JOIN store st ON st.id = c.store_id;

CREATE VIEW v_party_store AS
SELECT party, store_id, role, kind, position
FROM v_history_party_store WHERE scan_id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_party_shadow AS
SELECT s.id AS scan_id, c.party, c.store_id, c.role, st.kind, c.position,
	c.instead
FROM scan s
JOIN composition_shadow c ON c.composition_id = s.composition_id
JOIN store st ON st.id = c.store_id;

CREATE VIEW v_party_shadow AS
SELECT party, store_id, role, kind, position, instead
FROM v_history_party_shadow WHERE scan_id = (SELECT max(id) FROM scan);

CREATE VIEW v_history_redirection AS
SELECT s.id AS scan_id, r.position, r.source, r.path, r.line, r.via, r.owner,
	r.program, r.section, r.name, r."option", r.value, r.effect, r.target,
	r.real_path, r.present, r.store_id, r.note, r.processes
FROM scan s
JOIN redirection r ON r.redirection_set_id = s.redirection_set_id;

CREATE VIEW v_redirection AS
SELECT position, source, path, line, via, owner, program, section, name,
	"option", value, effect, target, real_path, present, store_id, note,
	processes
FROM v_history_redirection WHERE scan_id = (SELECT max(id) FROM scan);

-- Which settings a party obeys.  data/redirections names programs by words of its
-- own, because a variable may be for a library and not for what is built on it:
-- SSL_CERT_FILE is Python's, and requests takes certifi all the same.  Variables
-- (in capitals) and what a unit says reach some processes only.
CREATE VIEW v_party_setting AS
SELECT p.party, r.position, r.source, r.path, r.name, r.effect, r.target,
	r.present, r.store_id,
	CASE WHEN r.source = 'file' AND (r.owner = '' OR r.owner = p.owner)
		AND r.name <> upper(r.name)
		AND replace(r.path, '/systemd/', '') = r.path
		AND replace(coalesce(r.via, ''), '/systemd/', '') =
			coalesce(r.via, '')
		THEN 1 ELSE 0 END AS always
FROM v_party p
JOIN v_redirection r
	ON replace(' ' || r.program || ' ', ' ' || CASE p.type
		WHEN 'python' THEN 'requests'
		WHEN 'pip-truststore' THEN 'pip'
		WHEN 'botocore' THEN 'aws'
		WHEN 'aws-cli' THEN 'aws'
		WHEN 'boto' THEN 'gcloud'
		WHEN 'electron-node' THEN 'node'
		ELSE p.type END || ' ', '') <> ' ' || r.program || ' '
WHERE r.effect IN ('replaces', 'adds') AND r.target IS NOT NULL
	AND (r.owner IN ('', p.owner) OR p.owner = '');

CREATE VIEW v_identity AS
SELECT i.id AS identity, c.sha256, c.subject, i.spki_sha256, i.name_sha256
FROM identity i JOIN certificate c ON c.identity_id = i.id;

-- One row for each certificate whose key verified the signature of another.
CREATE VIEW v_edge AS
SELECT child.sha256, child.identity_id AS identity,
	issuer.sha256 AS issuer_sha256, issuer.identity_id AS issuer_identity
FROM signature s
JOIN certificate child ON child.id = s.certificate_id
JOIN certificate issuer ON issuer.identity_id = s.identity_id
WHERE s.verified = 1;

CREATE VIEW v_anchor AS
SELECT pa.party, c.sha256, c.identity_id AS identity
FROM party_anchor_set pa
JOIN anchor_set_member m ON m.anchor_set_id = pa.anchor_set_id
JOIN certificate c ON c.id = m.certificate_id;

-- Thousands of parties may have one set of anchors: what depends on nothing else
-- is asked of the set.
CREATE VIEW v_party_anchor_set AS
SELECT party, anchor_set_id AS anchor_set FROM party_anchor_set;

CREATE VIEW v_anchor_set AS
SELECT m.anchor_set_id AS anchor_set, c.sha256, c.identity_id AS identity
FROM anchor_set_member m
JOIN certificate c ON c.id = m.certificate_id;

CREATE VIEW v_anchor_set_reach AS
SELECT r.anchor_set_id AS anchor_set, c.sha256, a.sha256 AS anchor_sha256,
	n.sha256 AS next_sha256, r.valid_from, r.valid_until
FROM reach r
JOIN certificate c ON c.id = r.certificate_id
JOIN certificate a ON a.id = r.anchor_id
JOIN certificate n ON n.id = r.next_id;

CREATE VIEW v_reach AS
SELECT c.sha256, pa.party, a.sha256 AS anchor_sha256, n.sha256 AS next_sha256,
	r.valid_from, r.valid_until
FROM party_anchor_set pa
JOIN reach r ON r.anchor_set_id = pa.anchor_set_id
JOIN certificate c ON c.id = r.certificate_id
JOIN certificate a ON a.id = r.anchor_id
JOIN certificate n ON n.id = r.next_id;

CREATE VIEW v_verdict AS
SELECT v.party, c.sha256, c.identity_id AS identity, v.accepted, v.reason,
	a.sha256 AS at_sha256, v.stops, v.stop_reason, v.good, v.good_until
FROM verdict v
JOIN certificate c ON c.id = v.certificate_id
LEFT JOIN certificate a ON a.id = v.at_id;

-- When what a party accepts now will be refused, in order.
CREATE VIEW v_timeline AS
SELECT v.stops AS time, v.party, c.sha256, c.name, v.stop_reason AS reason
FROM verdict v
JOIN certificate c ON c.id = v.certificate_id
WHERE v.stops IS NOT NULL
ORDER BY v.stops, v.party, c.sha256;

CREATE VIEW v_model AS
SELECT model, title, verified FROM path_model;

CREATE VIEW v_root_program AS
SELECT p.sha256, p.sha1, p.label, p.tls_from, p.tls_until, p.distrust_after,
	p.distrust_after_since, p.email_from, p.email_until, p.distrusted, c.identity_id AS identity
FROM root_program p LEFT JOIN certificate c ON c.sha256 = p.sha256;

-- Sets of parties that trust the web: those whose few anchors are their own
-- service's (a VPN, a cluster) are meant to have private ones.
CREATE VIEW v_web_anchor_set AS
SELECT t.anchor_set
FROM v_party p JOIN v_party_anchor_set t ON t.party = p.party
WHERE p.is_system = 1 OR p.own_list = 1
UNION
SELECT a.anchor_set
FROM v_anchor_set a JOIN v_root_program m ON m.sha256 = a.sha256
GROUP BY a.anchor_set HAVING count(*) >= 10;

-- What parties that trust the web trust and no public program ever had.  Nothing
-- where it is not known what those had.
CREATE VIEW v_private_anchor AS
SELECT DISTINCT a.sha256, a.identity
FROM v_run r
JOIN v_web_anchor_set w ON 1 = 1
JOIN v_anchor_set a ON a.anchor_set = w.anchor_set
JOIN v_known_certificate c ON c.sha256 = a.sha256 AND c.not_after > r.now
WHERE EXISTS (SELECT 1 FROM v_root_program)
	AND a.sha256 NOT IN (SELECT m.sha256 FROM v_root_program m)
	AND a.identity NOT IN (SELECT m.identity FROM v_root_program m
		WHERE m.identity IS NOT NULL);

-- Where they are, and where whoever added one put it, if that can be told, first.
CREATE VIEW v_private_anchor_place AS
SELECT y.sha256, y.store_id, y.location, y.label, y."offset", y."local",
	row_number() OVER (PARTITION BY y.sha256 ORDER BY CASE
			WHEN y."local" THEN 0
			WHEN substr(y.kind, 1, 7) = 'system-' THEN 1
			ELSE 2 END, y.path, y.kind, y.location,
		y."offset") AS place,
	-- Nobody adds to what is compiled in, or named by the JDK.
	max(CASE WHEN substr(y.format, 1, 4) = 'elf-' OR y.format = 'nssckbi'
			OR (length(y.label) > 6
				AND substr(y.label, length(y.label) - 5) = ' [jdk]')
		THEN 0 ELSE 1 END) OVER (PARTITION BY y.sha256) AS added
FROM (SELECT e.sha256, e.store_id, e.location, e.label, e."offset", s.kind,
		s.path, s.format, s.kind IN ('debian-local-ca', 'alpine-local-ca',
			'p11-kit-anchors', 'freebsd-local', 'clear-trusted') AS "local"
	-- CROSS: from these few, not from all entries.
	FROM v_private_anchor t
	CROSS JOIN v_entry e
	JOIN v_store s ON s.store_id = e.store_id
	WHERE e.sha256 = t.sha256 AND e.role IN ('anchor', 'source')) y;

-- The files that hold a trust anchor, or from which anchors are made, and whose
-- they are.
CREATE VIEW v_anchor_file AS
SELECT e.sha256, coalesce(f.real_path, e.location) AS path, min(e.kind) AS kind,
	f.package, f.user, f.modified
FROM v_entry e
LEFT JOIN v_file f ON f.store_id = e.store_id AND f.path = e.location
WHERE e.role IN ('anchor', 'source')
GROUP BY e.sha256, coalesce(f.real_path, e.location), f.package, f.user,
	f.modified;

-- Which party trusts which certificate for what, and where that lies.  For TLS
-- servers this is v_anchor; for the rest, what the stores say without what
-- narrower rules some clients have for TLS.
CREATE VIEW v_trusted AS
SELECT p.party, p.type, w.purpose, e.store_id, e.sha256, e.identity,
	e.location, e.label, e."offset"
FROM v_party p
JOIN v_party_store u ON u.party = p.party AND u.role = 'anchor'
JOIN v_entry e ON e.store_id = u.store_id AND e.role = 'anchor'
JOIN certificate c ON c.sha256 = e.sha256
JOIN identity i ON i.id = c.identity_id
JOIN (SELECT 'serverAuth' AS purpose UNION ALL SELECT 'clientAuth'
	UNION ALL SELECT 'codeSigning' UNION ALL SELECT 'emailProtection'
	UNION ALL SELECT 'timeStamping') w
	ON e.purposes = '' OR instr(e.purposes, w.purpose) > 0
WHERE CASE w.purpose WHEN 'serverAuth'
	THEN EXISTS (SELECT 1 FROM v_anchor a
		WHERE a.party = p.party AND a.sha256 = e.sha256)
	ELSE (c.self_signed = 1 OR p.partial_chain = 1)
		AND NOT EXISTS (SELECT 1 FROM v_entry d
			JOIN v_party_store du ON du.store_id = d.store_id
			WHERE d.sha256 = e.sha256 AND d.role = 'distrust'
				AND du.party = p.party
				AND (d.purposes = ''
					OR instr(d.purposes, w.purpose) > 0))
		AND NOT EXISTS (SELECT 1 FROM v_party_store du
			JOIN v_statement m ON m.store_id = du.store_id
			WHERE du.party = p.party AND m.role = 'distrust'
				AND (m.purposes = ''
					OR instr(m.purposes, w.purpose) > 0)
				AND (m.spki_sha256 = i.spki_sha256
					OR (m.serial = c.serial AND
						m.issuer_sha256 = c.issuer_sha256)))
	END;

CREATE VIEW v_policy AS
SELECT l.position, l.kind, l.party, l.purpose, l.sha256, l.spki_sha256,
	l.subject, l.comment, l.author, l.until, l.path, l.line,
	l.until IS NULL OR l.until > r.now AS applies
FROM policy_line l CROSS JOIN scan r
WHERE r.id = (SELECT max(id) FROM scan);

CREATE VIEW v_waiver AS
SELECT w.position, w.finding, w.rule, w.store, w.reason, w.author, w.until,
	w.path, w.line, w.matched, w.until > r.now AS applies
FROM waiver w CROSS JOIN scan r
WHERE r.id = (SELECT max(id) FROM scan);

CREATE VIEW v_list_date AS
SELECT ss.store_id, d.list_from, d.list_until, d.roots, d.missing, d.extra,
	d.behind, d.content
FROM scan_store ss
JOIN reading rd ON rd.id = ss.reading_id
JOIN list_date d ON d.manifest_id = rd.manifest_id
WHERE ss.scan_id = (SELECT max(id) FROM scan);

-- What the stores of this root held in earlier scans: one row for each entry
-- of each state that a store was in, with the newest of those scans.  (Grouped
-- by certificate it would have to be computed whole for every question.)
CREATE VIEW v_earlier_entry AS
SELECT st.kind, st.id AS store_id, st.path, c.sha256,
	c.identity_id AS identity, e.role, e.label, e.location,
	(SELECT max(ss.scan_id) FROM scan_store ss
	 WHERE ss.reading_id = rd.id
		AND ss.scan_id < (SELECT max(id) FROM scan)) AS scan_id
FROM store st
JOIN reading rd ON rd.store_id = st.id
JOIN manifest_entry e ON e.manifest_id = rd.manifest_id
JOIN certificate c ON c.id = e.certificate_id
WHERE st.root_id = (SELECT root_id FROM scan ORDER BY id DESC LIMIT 1)
	AND EXISTS (SELECT 1 FROM scan_store ss
		WHERE ss.reading_id = rd.id
			AND ss.scan_id < (SELECT max(id) FROM scan));

-- What relying parties trusted in earlier scans of this root: one row for each
-- anchor of each state that a store was in, and each party that composed it in
-- the newest of those scans.
CREATE VIEW v_earlier_anchor AS
SELECT s.id AS scan_id, s.now, p.party, p.is_system, st.id AS store_id,
	st.path, c.sha256, c.identity_id AS identity
FROM certificate c
JOIN manifest_entry e ON e.certificate_id = c.id
JOIN reading rd ON rd.manifest_id = e.manifest_id
JOIN store st ON st.id = rd.store_id
JOIN scan s ON s.id = (SELECT max(ss.scan_id) FROM scan_store ss
	WHERE ss.reading_id = rd.id
		AND ss.scan_id < (SELECT max(id) FROM scan))
JOIN composition_store cs ON cs.composition_id = s.composition_id
	AND cs.store_id = st.id
JOIN composition_party p ON p.composition_id = cs.composition_id
	AND p.party = cs.party
WHERE e.role = 'anchor' AND cs.role = 'anchor'
	AND st.root_id = (SELECT root_id FROM scan ORDER BY id DESC LIMIT 1);

-- SQLite chooses its plans by these numbers, and not by what is in the tables
-- when someone asks: how many rows an index has, and how many share its first
-- column, its first two and so on.  They describe a host with a few runtimes
-- and users; what matters is the order of magnitude.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('anchor_set_member', 'anchor_set_member', '1000 150 1'),
	('anchor_set_member', 'anchor_set_member_certificate', '1000 3 1'),
	('certificate', 'certificate_identity', '400 2'),
	('certificate', 'certificate_issuer', '400 2'),
	('certificate', 'sqlite_autoindex_certificate_1', '400 1'),
	('composition_party', 'composition_party', '100 20 1'),
	('composition_store', 'composition_store', '300 60 3 1 1'),
	('composition_store', 'composition_store_store', '300 60 2'),
	('composition_shadow', 'composition_shadow', '10 5 2 1 1'),
	('directory', 'directory', '400 100 1'),
	('identity', 'sqlite_autoindex_identity_1', '400 1 1'),
	('list_date', NULL, '40'),
	('manifest', 'sqlite_autoindex_manifest_1', '60 1'),
	('manifest_entry', 'manifest_entry', '6000 100 1'),
	('manifest_entry', 'manifest_entry_certificate', '6000 15 1'),
	('package_file', 'package_file', '500 500 1'),
	('policy_line', 'policy_line_sha256', '200 2'),
	('policy_line', 'policy_line_spki', '200 2'),
	('policy_line', 'policy_line_subject', '200 2'),
	('manifest_statement', 'manifest_statement', '20 4 1'),
	('party_anchor_set', 'party_anchor_set', '20 1'),
	('party_anchor_set', 'party_anchor_set_set', '20 3 1'),
	('reach', 'reach', '5000 700 2 1'),
	('reading', 'reading_manifest', '60 1'),
	('reading', 'reading_store', '60 2 1'),
	('reading_file', 'reading_file', '1000 20 1'),
	('reading_file', 'reading_file_path', '1000 3'),
	('reading_problem', 'reading_problem', '20 2 1'),
	('root', 'sqlite_autoindex_root_1', '2 1'),
	('root_program', 'root_program', '370 1'),
	('scan', NULL, '30'),
	('scan_problem', 'scan_problem', '10 2 1'),
	('scan_store', 'scan_store', '600 20 1'),
	('scan_store', 'scan_store_reading', '600 10 1'),
	('scan_store', 'scan_store_store', '600 30 1'),
	('signature', 'signature', '600 2 1'),
	('signature', 'signature_identity', '600 2 1'),
	('store', 'sqlite_autoindex_store_1', '20 20 2 1'),
	('waiver', NULL, '10'),
	('verdict', 'verdict', '50 5 1'),
	('verdict', 'verdict_certificate', '50 5 1');
ANALYZE sqlite_schema;

PRAGMA application_id = 1413763654;	-- "TDRF"
PRAGMA user_version = 3;
