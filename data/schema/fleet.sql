-- The database of a fleet, version 1 (PostgreSQL; src/fleet).
--
-- What is equal on many hosts is one row, that is known by the SHA-256 of the line
-- of a bundle that it came in (trustdrift-fleet(5)).  A host is a row with three
-- lists, and a list is an array of numbers, not a row for each store of each host.
-- Rows are written by `trustdrift import` alone, which sees that what a row
-- refers to is there; they are never changed, but for those of hosts.
--
-- Tables are private; the v_* views are documented in trustdrift-fleet(5).  Hashes in
-- them are lower-case hex, times are seconds since 1970.
BEGIN;
CREATE SCHEMA trustdrift;
CREATE TABLE trustdrift.version (number integer NOT NULL);
INSERT INTO trustdrift.version VALUES (1);

CREATE TABLE trustdrift.certificate (
	id integer PRIMARY KEY,
	sha256 bytea NOT NULL UNIQUE,
	sha1 text, spki_sha256 text,
	subject text, issuer text, name text, serial text,
	not_before bigint, not_after bigint,
	is_ca integer, self_signed integer,
	"key" text, key_bits integer, signature_hash text,
	error text,			-- why it does not decode
	der bytea			-- NULL: only its hash is known
);
CREATE INDEX ON trustdrift.certificate (encode(sha256, 'hex'));

-- Element k of each array is about entry k; an array of one element, but of
-- certificates, is about all.
CREATE TABLE trustdrift.manifest (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	certificates integer[] NOT NULL,
	roles text[] NOT NULL, labels text[] NOT NULL,
	locations text[] NOT NULL, purposes text[] NOT NULL,
	offsets bigint[] NOT NULL, private_keys integer[] NOT NULL,
	distrust_after bigint[] NOT NULL,
	statements json NOT NULL
);

CREATE TABLE trustdrift.anchor_set (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	certificates integer[] NOT NULL
);

CREATE TABLE trustdrift.store (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	manifest_id integer NOT NULL,
	kind text NOT NULL, path text NOT NULL,
	format text NOT NULL, real_path text, owner text NOT NULL,
	instance text NOT NULL, engine text,
	entries bigint NOT NULL, certificates bigint NOT NULL,
	problems bigint NOT NULL, unread bigint NOT NULL,
	problem_list json NOT NULL
);
CREATE INDEX ON trustdrift.store (manifest_id);

CREATE TABLE trustdrift.party (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	anchor_set_id integer,		-- NULL: it has none
	party text NOT NULL, type text NOT NULL, title text NOT NULL,
	owner text NOT NULL, model text NOT NULL, instance text NOT NULL,
	is_system integer NOT NULL
);
CREATE INDEX ON trustdrift.party (anchor_set_id);

CREATE TABLE trustdrift.finding (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	finding text NOT NULL,		-- the id that waivers name
	rule text NOT NULL, severity text NOT NULL, status text NOT NULL,
	title text, message text,
	store_kind text, store_path text, party text,
	sha256 text, name text,		-- of the certificate
	document json NOT NULL		-- all of it, as in --format json
);
CREATE INDEX ON trustdrift.finding (rule);

CREATE TABLE trustdrift.store_list (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	stores integer[] NOT NULL,
	problem_list json NOT NULL	-- that belong to no store
);
CREATE TABLE trustdrift.party_list (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	parties integer[] NOT NULL
);
CREATE TABLE trustdrift.finding_list (
	id integer PRIMARY KEY,
	line bytea NOT NULL UNIQUE,
	findings integer[] NOT NULL
);

CREATE TABLE trustdrift.host (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL, root text NOT NULL,
	os text, tool text NOT NULL,
	scan_id bigint NOT NULL, now bigint NOT NULL, made bigint NOT NULL,
	store_list_id integer NOT NULL,
	party_list_id integer NOT NULL,
	finding_list_id integer,	-- NULL: it was scanned and not audited
	imported bigint NOT NULL,	-- when its newest bundle was
	changed bigint NOT NULL,	-- ... and the newest one that differed
	UNIQUE (name, root)
);

-- ---- views -----------------------------------------------------------------------
-- Arrays have no indexes: a fleet has few of those that hold certificates, and for the
-- lists of hosts one would take longer to keep than it takes to look through them.

CREATE VIEW trustdrift.v_host AS
SELECT h.name AS host, h.root, h.os, h.tool, h.scan_id, h.now, h.made,
	h.imported, h.changed, cardinality(s.stores) AS stores,
	cardinality(p.parties) AS parties, cardinality(f.findings) AS findings
FROM trustdrift.host h
JOIN trustdrift.store_list s ON s.id = h.store_list_id
JOIN trustdrift.party_list p ON p.id = h.party_list_id
LEFT JOIN trustdrift.finding_list f ON f.id = h.finding_list_id;

CREATE VIEW trustdrift.v_store AS
SELECT h.name AS host, h.root, s.id AS store_id, s.kind, s.format, s.path,
	s.real_path, s.owner, s.instance, s.engine, s.entries, s.certificates,
	s.problems, s.unread
FROM trustdrift.store s
JOIN (SELECT id, unnest(stores) AS store_id FROM trustdrift.store_list) l
	ON l.store_id = s.id
JOIN trustdrift.host h ON h.store_list_id = l.id;

CREATE VIEW trustdrift.v_certificate AS
SELECT encode(sha256, 'hex') AS sha256, sha1, spki_sha256, subject, issuer,
	name, serial, not_before, not_after, is_ca, self_signed, "key",
	key_bits, signature_hash, error, der
FROM trustdrift.certificate;

CREATE VIEW trustdrift.v_entry AS
SELECT h.name AS host, h.root, s.id AS store_id, s.kind, s.path,
	encode(c.sha256, 'hex') AS sha256, c.name,
	CASE cardinality(m.roles) WHEN 1 THEN m.roles[1] ELSE e.role END
		AS role,
	CASE cardinality(m.labels) WHEN 1 THEN m.labels[1] ELSE e.label END
		AS label,
	CASE cardinality(m.locations) WHEN 1 THEN m.locations[1]
		ELSE e.location END AS location,
	CASE cardinality(m.offsets) WHEN 1 THEN m.offsets[1]
		ELSE e."offset" END AS "offset",
	CASE cardinality(m.purposes) WHEN 1 THEN m.purposes[1]
		ELSE e.purposes END AS purposes,
	CASE cardinality(m.private_keys) WHEN 1 THEN m.private_keys[1]
		ELSE e.private_key END AS private_key,
	CASE cardinality(m.distrust_after) WHEN 1 THEN m.distrust_after[1]
		ELSE e.distrust_after END AS distrust_after
FROM trustdrift.manifest m
CROSS JOIN LATERAL unnest(m.certificates, m.roles, m.labels, m.locations, m.offsets,
	m.purposes, m.private_keys, m.distrust_after)
	AS e (certificate_id, role, label, location, "offset", purposes,
		private_key, distrust_after)
JOIN trustdrift.certificate c ON c.id = e.certificate_id
JOIN trustdrift.store s ON s.manifest_id = m.id
JOIN (SELECT id, unnest(stores) AS store_id FROM trustdrift.store_list) l
	ON l.store_id = s.id
JOIN trustdrift.host h ON h.store_list_id = l.id;

CREATE VIEW trustdrift.v_party AS
SELECT h.name AS host, h.root, p.party, p.type, p.title, p.owner, p.model,
	p.instance, p.is_system
FROM trustdrift.party p
JOIN (SELECT id, unnest(parties) AS party_id FROM trustdrift.party_list) l
	ON l.party_id = p.id
JOIN trustdrift.host h ON h.party_list_id = l.id;

-- Whom a relying party trusts for servers (as in trustdrift-inventory(5)).
CREATE VIEW trustdrift.v_anchor AS
SELECT h.name AS host, h.root, p.party, p.type, p.title,
	encode(c.sha256, 'hex') AS sha256, c.name
FROM (SELECT id, unnest(certificates) AS certificate_id
	FROM trustdrift.anchor_set) a
JOIN trustdrift.certificate c ON c.id = a.certificate_id
JOIN trustdrift.party p ON p.anchor_set_id = a.id
JOIN (SELECT id, unnest(parties) AS party_id FROM trustdrift.party_list) l
	ON l.party_id = p.id
JOIN trustdrift.host h ON h.party_list_id = l.id;

CREATE VIEW trustdrift.v_finding AS
SELECT h.name AS host, h.root, f.finding, f.rule, f.severity, f.status, f.title,
	f.message, f.store_kind, f.store_path, f.party, f.sha256, f.name,
	f.document
FROM trustdrift.finding f
JOIN (SELECT id, unnest(findings) AS finding_id FROM trustdrift.finding_list) l
	ON l.finding_id = f.id
JOIN trustdrift.host h ON h.finding_list_id = l.id;

CREATE VIEW trustdrift.v_problem AS
SELECT h.name AS host, h.root, s.kind, s.path AS store, e->>'path' AS path,
	(e->>'offset')::bigint AS "offset", e->>'code' AS code,
	e->>'message' AS message, (e->>'skipped')::integer AS skipped
FROM trustdrift.store s
JOIN (SELECT id, unnest(stores) AS store_id FROM trustdrift.store_list) l
	ON l.store_id = s.id
JOIN trustdrift.host h ON h.store_list_id = l.id
CROSS JOIN LATERAL json_array_elements(s.problem_list) e
WHERE s.problems > 0
UNION ALL
SELECT h.name, h.root, NULL, NULL, e->>'path', (e->>'offset')::bigint,
	e->>'code', e->>'message', (e->>'skipped')::integer
FROM trustdrift.store_list l
JOIN trustdrift.host h ON h.store_list_id = l.id
CROSS JOIN LATERAL json_array_elements(l.problem_list) e;

-- ---- what no host has any more ------------------------------------------------------
-- Deletes it; the answer is how many rows.  Imports wait.
CREATE FUNCTION trustdrift.prune() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	deleted bigint := 0;
	n bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('trustdrift'));
	DELETE FROM trustdrift.store_list t
	WHERE NOT EXISTS (SELECT FROM (SELECT store_list_id AS id
		FROM trustdrift.host) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.party_list t
	WHERE NOT EXISTS (SELECT FROM (SELECT party_list_id AS id
		FROM trustdrift.host) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.finding_list t
	WHERE NOT EXISTS (SELECT FROM (SELECT finding_list_id AS id
		FROM trustdrift.host) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.store t
	WHERE NOT EXISTS (SELECT FROM (SELECT unnest(stores) AS id
		FROM trustdrift.store_list) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.party t
	WHERE NOT EXISTS (SELECT FROM (SELECT unnest(parties) AS id
		FROM trustdrift.party_list) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.finding t
	WHERE NOT EXISTS (SELECT FROM (SELECT unnest(findings) AS id
		FROM trustdrift.finding_list) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.manifest t
	WHERE NOT EXISTS (SELECT FROM (SELECT manifest_id AS id
		FROM trustdrift.store) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.anchor_set t
	WHERE NOT EXISTS (SELECT FROM (SELECT anchor_set_id AS id
		FROM trustdrift.party) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	DELETE FROM trustdrift.certificate t
	WHERE NOT EXISTS (SELECT FROM (SELECT unnest(certificates) AS id
		FROM trustdrift.manifest
		UNION SELECT unnest(certificates) FROM trustdrift.anchor_set) u WHERE u.id = t.id);
	GET DIAGNOSTICS n = ROW_COUNT; deleted := deleted + n;
	RETURN deleted;
END $$;
COMMIT;
