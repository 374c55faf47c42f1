/* test-inventory-graph.c -- what the graph is given and what becomes of its
 * answers: pairs, anchor sets, and when nothing has to be computed.
 */
#include "inventory-fixture.h"

/* ---- signatures ------------------------------------------------------------*/

/* What was asked, as "child<-issuer " by the names in fake DERs, and what to
 * answer to questions about certain children.  */
struct asked {
	char said[4096];
	const char *special;
	int answer;
};

static int answer(struct blob child, struct blob issuer, void *data)
{
	struct asked *a = data;
	size_t n = strlen(a->said);

	snprintf(a->said + n, sizeof(a->said) - n, "%.*s<-%.*s ",
		 (int)strcspn((const char *)child.p, "/"), child.p,
		 (int)strcspn((const char *)issuer.p, "<"), issuer.p);
	if (a->special != NULL &&
	    strncmp((const char *)child.p, a->special,
		    strlen(a->special)) == 0)
		return a->answer;
	return 1;
}

static void check_asked(struct inventory *i, size_t limit, const char *want,
			size_t left)
{
	struct asked a = { .said = "" };
	size_t checked = 4711, got_left = 4711;

	assert_int_equal(inventory_check_signatures(i, answer, &a, limit,
						    &checked, &got_left), 0);
	assert_string_equal(a.said, want);
	assert_int_equal(got_left, left);
}

static void test_pairs(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);

	(void)state;
	begin(i);
	fake(i, (struct fake){ .name = "Root", .key = "old", .key_id = "o" });
	fake(i, (struct fake){ .name = "Root", .key = "new", .key_id = "n" });
	fake(i, (struct fake){ .name = "Sub", .key = "s", .issuer = "Root",
			       .issuer_key_id = "n" });
	fake(i, (struct fake){ .name = "Lost", .key = "l", .issuer = "Gone" });
	fake(i, (struct fake){ .name = "Leaf", .key = "f", .issuer = "Sub" });
	fake(i, (struct fake){ .name = "Bad", .key = "b", .broken = true });

	/* Roots are their own issuers, which is known, and so nobody else's
	 * work.  Identifiers that differ put a pair last.  */
	check_asked(i, 100, "Sub<-Root/new Leaf<-Sub/s Sub<-Root/old ", 0);
	check_asked(i, 100, "", 0);
	commit(i);

	/* Only what is new is asked; a certificate that was known as an orphan
	 * gets its issuer.  */
	begin(i);
	check_asked(i, 100, "", 0);
	fake(i, (struct fake){ .name = "Gone", .key = "g" });
	check_asked(i, 100, "Lost<-Gone/g ", 0);
	/* Another certificate of a known identity is no new issuer.  */
	fake(i, (struct fake){ .name = "Sub", .key = "s", .issuer = "Root",
			       .from = 77 });
	check_asked(i, 100, "Sub<-Root/old Sub<-Root/new ", 0);
	commit(i);
	check_rows(i, "SELECT count(*) FROM signature WHERE verified = 1",
		   "9");
}

static void test_pairs_past_the_limit(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);

	(void)state;
	begin(i);
	fake(i, (struct fake){ .name = "R", .key = "1", .key_id = "x" });
	fake(i, (struct fake){ .name = "R", .key = "2", .key_id = "y" });
	fake(i, (struct fake){ .name = "A", .key = "a", .issuer = "R",
			       .issuer_key_id = "x" });
	fake(i, (struct fake){ .name = "B", .key = "b", .issuer = "R",
			       .issuer_key_id = "y" });
	check_asked(i, 1, "A<-R/1 ", 3);
	check_asked(i, 0, "", 3);
	commit(i);
	begin(i);
	check_asked(i, 2, "B<-R/2 A<-R/2 ", 1);
	check_asked(i, 2, "B<-R/1 ", 0);
	check_asked(i, 2, "", 0);
	commit(i);
}

/* Many keys under one name: the first are tried, and it is said.  */
static void test_flooded_name(void **state)
{
	enum { MANY = LIMIT_ISSUER_KEYS + 20 };
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct asked a = { .said = "" };
	size_t checked = 0, left = 0;
	char key[16];

	(void)state;
	begin(i);
	fake(i, (struct fake){ .name = "Leaf", .key = "l", .issuer = "R" });
	for (int k = 0; k < MANY; k++) {
		snprintf(key, sizeof(key), "k%d", k);
		fake(i, (struct fake){ .name = "R", .key = key });
	}
	fake(i, (struct fake){ .name = "Other", .key = "o", .issuer = "Leaf" });
	assert_int_equal(inventory_check_signatures(i, answer, &a, 1000,
						    &checked, &left), 0);
	assert_int_equal(checked, LIMIT_ISSUER_KEYS + 1);
	assert_int_equal(left, 1);
	assert_non_null(strstr(a.said, "Other<-Leaf/l"));
	/* It does not go away by asking again.  */
	a.said[0] = '\0';
	assert_int_equal(inventory_check_signatures(i, answer, &a, 1000,
						    &checked, &left), 0);
	assert_int_equal(checked, 0);
	assert_int_equal(left, 1);
	commit(i);
}

static void test_answers(void **state)
{
	static const struct { int answer, verified; } cases[] = {
		{ 1, 1 }, { 0, 0 }, { -EINVAL, -1 }, { -ENOTSUP, -1 },
	};
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct asked a = { .special = "Child" };
	size_t k, checked, left;

	(void)state;
	begin(i);
	fake(i, (struct fake){ .name = "R", .key = "r" });
	for (k = 0; k < ARRAY_SIZE(cases); k++) {
		AUTO(str) char *sql = NULL;
		int64_t id = fake(i, (struct fake){ .name = "Child",
			.key = "c", .issuer = "R", .from = (int64_t)k });

		a.answer = cases[k].answer;
		assert_int_equal(inventory_check_signatures(i, answer, &a, 9,
							    &checked, &left),
				 0);
		assert_int_equal(checked, 1);
		sql = xasprintf("SELECT verified FROM signature "
				"WHERE certificate_id = %lld", (long long)id);
		assert_int_equal(number(i, sql), cases[k].verified);
	}
	assert_int_equal(number(i, "SELECT count(*) FROM v_edge"), 2);

	/* Any other error stops, and the pair stays to be asked.  */
	fake(i, (struct fake){ .name = "Child", .key = "c", .issuer = "R",
			       .from = 99 });
	a.answer = -ECANCELED;
	checked = left = 4711;
	assert_int_equal(inventory_check_signatures(i, answer, &a, 9, &checked,
						    &left), -ECANCELED);
	assert_int_equal(checked + left, 2 * 4711);
	a.answer = 1;
	assert_int_equal(inventory_check_signatures(i, answer, &a, 9, &checked,
						    &left), 0);
	assert_int_equal(checked, 1);
	commit(i);
}

/* ---- what the graph is given -----------------------------------------------*/

/* The composition of the test in one line a party: stores used as anchors,
 * then as intermediates.  */
struct use {
	const char *party;
	bool partial, keys;
	int64_t anchors[4];
	int64_t intermediates[2];
};

static void compose(struct inventory *i, const struct use *uses, size_t n)
{
	struct composed_party parties[8] = { 0 };
	struct composed_store stores[8][6];
	size_t k, s;

	for (k = 0; k < n; k++) {
		parties[k] = (struct composed_party){
			.party = uses[k].party, .type = "t", .instance = "/",
			.title = "T", .owner = "", .model = "m",
			.partial_chain = uses[k].partial,
			.distrusts_keys = uses[k].keys,
			.stores = stores[k] };
		for (s = 0; s < 4; s++) {
			if (uses[k].anchors[s] != 0)
				stores[k][parties[k].n_stores++] =
					(struct composed_store){
					uses[k].anchors[s], ROLE_ANCHOR };
			if (s < 2 && uses[k].intermediates[s] != 0)
				stores[k][parties[k].n_stores++] =
					(struct composed_store){
					uses[k].intermediates[s],
					ROLE_INTERMEDIATE };
		}
	}
	assert_int_equal(inventory_compose(i, parties, n), 0);
}


static void test_anchor_sets(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct graph_input in;
	struct stored_entry e[8];
	int64_t a, b, c, x, broken, system, java, mixed;
	size_t k, s;

	(void)state;
	begin(i);
	a = fake(i, (struct fake){ .name = "A", .key = "a" });
	b = fake(i, (struct fake){ .name = "B", .key = "b" });
	c = fake(i, (struct fake){ .name = "C", .key = "c" });
	x = fake(i, (struct fake){ .name = "X", .key = "x", .issuer = "A" });
	broken = fake(i, (struct fake){ .name = "Y", .key = "y",
					.broken = true });

	e[0] = entry_of(b, ROLE_ANCHOR);
	e[1] = entry_of(a, ROLE_ANCHOR);
	e[2] = entry_of(broken, ROLE_ANCHOR);
	e[3] = entry_of(x, ROLE_ANCHOR);
	e[4] = e[1];
	system = record(i, "system", "/system", NULL, e, 5);

	/* The same anchors by other means: for TLS servers, among others.  */
	e[0].purposes = PURPOSE_SERVER_AUTH | PURPOSE_CODE_SIGNING;
	e[1].purposes = PURPOSE_SERVER_AUTH;
	e[2] = entry_of(c, ROLE_ANCHOR);
	e[2].purposes = PURPOSE_CODE_SIGNING | PURPOSE_CLIENT_AUTH;
	java = record(i, "java", "/java", NULL, e, 3);

	/* Anchors, distrust and chain material in one store.  */
	e[0] = entry_of(c, ROLE_ANCHOR);
	e[1] = entry_of(a, ROLE_DISTRUST);
	e[2] = entry_of(x, ROLE_INTERMEDIATE);
	e[3] = entry_of(b, ROLE_DISTRUST);
	e[3].purposes = PURPOSE_EMAIL_PROTECTION;
	e[4] = entry_of(x, ROLE_SOURCE);
	mixed = record(i, "mixed", "/mixed", NULL, e, 5);

	compose(i, (struct use[]){
		{ .party = "both", .anchors = { system, mixed } },
		{ .party = "java", .anchors = { java } },
		{ .party = "mixed", .anchors = { mixed } },
		{ .party = "none", .intermediates = { system } },
		{ .party = "partial", .partial = true, .anchors = { system } },
		{ .party = "system", .anchors = { system } },
		{ .party = "wary", .anchors = { system },
		  .intermediates = { mixed } },
		{ .party = "zero" },
	}, 8);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	assert_int_equal(in.now, 1000);
	assert_int_equal(in.n_certificates, 4);
	for (k = 1; k < in.n_certificates; k++)
		assert_true(in.certificates[k - 1].id < in.certificates[k].id);
	/* {b,c} both, {a,b} java and system, {c}, {}, {a,b,x}, {b}.  */
	assert_int_equal(in.n_sets, 6);
	assert_int_equal(in.first[0], 0);
	assert_int_equal(in.first[in.n_sets], 2 + 2 + 1 + 0 + 3 + 1);
	for (s = 0; s < in.n_sets; s++)
		for (k = in.first[s] + 1; k < in.first[s + 1]; k++)
			assert_true(in.anchors[k - 1] < in.anchors[k]);
	graph_input_done(&in);
	assert_int_equal(inventory_store_reach(i, NULL, 0, true), 0);
	commit(i);
	assert_int_equal(number(i, "SELECT count(DISTINCT anchor_set_id) "
				"FROM party_anchor_set"), 6);
	assert_int_equal(number(i, "SELECT count(*) FROM party_anchor_set"), 8);
	check_rows(i, "SELECT a.party, c.name FROM v_anchor a "
		   "JOIN v_certificate c USING (sha256) ORDER BY 1, 2",
		   "both|B\nboth|C\njava|A\njava|B\nmixed|C\n"
		   "partial|A\npartial|B\npartial|X\nsystem|A\nsystem|B\n"
		   "wary|B");
}

/* Two tokens, as p11-kit composes them, and as others would.  */
static void test_distrusted_keys(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct entry_names serial_f = { .issuer = "F", .serial = "01" };
	struct entry_names other_serial = { .issuer = "A", .serial = "02" };
	struct entry_names key_d = { .by_key = true };
	struct entry_names key_g = { .by_key = true }, key_e = { .by_key = true };
	struct entry_names key_h = { .by_key = true };
	struct stored_entry e[12];
	struct graph_input in;
	int64_t anchors, own, blocked, said;

	(void)state;
	begin(i);
	hash_of("F", serial_f.issuer_sha256);
	hash_of("A", other_serial.issuer_sha256);
	hash_of("d", key_d.spki_sha256);
	hash_of("e", key_e.spki_sha256);
	hash_of("g", key_g.spki_sha256);
	hash_of("h", key_h.spki_sha256);

	/* The distribution's token.  */
	e[0] = entry_of(fake(i, (struct fake){ .name = "A", .key = "a" }),
			ROLE_ANCHOR);
	e[1] = entry_of(fake(i, (struct fake){ .name = "A crossed",
			.key = "a", .issuer = "B" }), ROLE_ANCHOR);
	e[2] = entry_of(fake(i, (struct fake){ .name = "B", .key = "b" }),
			ROLE_ANCHOR);
	e[3] = entry_of(fake(i, (struct fake){ .name = "C", .key = "c" }),
			ROLE_ANCHOR);
	e[4] = entry_of(fake(i, (struct fake){ .name = "D", .key = "d" }),
			ROLE_ANCHOR);
	e[5] = entry_of(fake(i, (struct fake){ .name = "E", .key = "e" }),
			ROLE_ANCHOR);
	e[6] = entry_of(fake(i, (struct fake){ .name = "F", .key = "f" }),
			ROLE_ANCHOR);
	e[7] = entry_of(fake(i, (struct fake){ .name = "G", .key = "g" }),
			ROLE_ANCHOR);
	e[8] = entry_of(fake(i, (struct fake){ .name = "H", .key = "h" }),
			ROLE_ANCHOR);
	e[8].purposes = PURPOSE_CODE_SIGNING;
	e[9] = entry_of(fake(i, (struct fake){ .name = "Leaf", .key = "l",
			.issuer = "B", .leaf = true }), ROLE_ANCHOR);
	anchors = record_of(i, "anchors", "/usr/anchors", "/usr", NULL, e, 10);

	/* Purposes for keys, of that token and of another.  */
	e[0] = (struct stored_entry){ .names = &key_d, .role = ROLE_ANCHOR,
		.location = "/usr/d", .purposes = PURPOSE_EMAIL_PROTECTION };
	e[1] = (struct stored_entry){ .names = &key_h, .role = ROLE_ANCHOR,
		.location = "/usr/h", .purposes = PURPOSES_ALL };
	said = record_of(i, "token", "/usr", "/usr", NULL, e, 2);

	/* The administrator's: the same certificate for less.  */
	e[0] = entry_of(fake(i, (struct fake){ .name = "C", .key = "c" }),
			ROLE_ANCHOR);
	e[0].purposes = PURPOSE_EMAIL_PROTECTION;
	e[1] = (struct stored_entry){ .names = &key_e, .role = ROLE_ANCHOR,
		.location = "/etc/e", .purposes = PURPOSE_EMAIL_PROTECTION };
	own = record_of(i, "anchors", "/etc/anchors", "/etc", NULL, e, 2);

	e[0] = entry_of(fake(i, (struct fake){ .name = "A", .key = "a" }),
			ROLE_DISTRUST);
	e[1] = (struct stored_entry){ .names = &serial_f,
		.role = ROLE_DISTRUST, .location = "/etc/f" };
	e[2] = (struct stored_entry){ .names = &other_serial,
		.role = ROLE_DISTRUST, .location = "/etc/f" };
	e[3] = (struct stored_entry){ .names = &key_g,
		.role = ROLE_DISTRUST, .location = "/etc/g" };
	e[4] = (struct stored_entry){ .names = &key_d,
		.role = ROLE_DISTRUST, .location = "/etc/g",
		.purposes = PURPOSE_CODE_SIGNING };
	blocked = record_of(i, "blocklist", "/etc/blocklist", "/etc", NULL, e,
			    5);

	compose(i, (struct use[]){
		{ .party = "certificates", .partial = true,
		  .anchors = { anchors, said, own, blocked } },
		{ .party = "keys", .partial = true, .keys = true,
		  .anchors = { anchors, said, own, blocked } },
		{ .party = "own", .partial = true, .keys = true,
		  .anchors = { anchors, said } },
	}, 3);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	graph_input_done(&in);
	assert_int_equal(inventory_store_reach(i, NULL, 0, true), 0);
	commit(i);
	check_rows(i, "SELECT c.name FROM v_anchor a JOIN v_certificate c "
		   "USING (sha256) WHERE a.party = 'certificates' ORDER BY 1",
		   "A crossed\nB\nC\nD\nE\nLeaf");
	check_rows(i, "SELECT c.name FROM v_anchor a JOIN v_certificate c "
		   "USING (sha256) WHERE a.party = 'keys' ORDER BY 1",
		   "B\nE\nH");
	check_rows(i, "SELECT c.name FROM v_anchor a JOIN v_certificate c "
		   "USING (sha256) WHERE a.party = 'own' ORDER BY 1",
		   "A\nA crossed\nB\nC\nE\nF\nG\nH");
	check_rows(i, "SELECT role, purposes, issuer, serial, location, "
		   "spki_sha256 IS NULL, kind FROM v_statement "
		   "ORDER BY location, serial, purposes",
		   "anchor|emailProtection|NULL|NULL|/etc/e|0|anchors\n"
		   "distrust||F|01|/etc/f|1|blocklist\n"
		   "distrust||A|02|/etc/f|1|blocklist\n"
		   "distrust||NULL|NULL|/etc/g|0|blocklist\n"
		   "distrust|codeSigning|NULL|NULL|/etc/g|0|blocklist\n"
		   "anchor|emailProtection|NULL|NULL|/usr/d|0|token\n"
		   "anchor|serverAuth clientAuth codeSigning emailProtection "
		   "timeStamping other|NULL|NULL|/usr/h|0|token");
	check_rows(i, "SELECT path, entries FROM v_store ORDER BY path",
		   "/etc/anchors|1\n/etc/blocklist|1\n/usr|0\n"
		   "/usr/anchors|10");
}

static void test_certificates_and_edges(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct asked a = { .said = "" };
	struct stored_entry e[3];
	struct graph_input in;
	size_t n;

	(void)state;
	/* A scan in which Sub's root was there, and one without it.  */
	begin(i);
	e[0] = entry_of(fake(i, (struct fake){ .name = "Leaf", .key = "l",
			.issuer = "Sub", .leaf = true, .from = 3,
			.until = 4 }), ROLE_END_ENTITY);
	e[1] = entry_of(fake(i, (struct fake){ .name = "Sub", .key = "s",
			.issuer = "Root" }), ROLE_SOURCE);
	e[2] = entry_of(fake(i, (struct fake){ .name = "Root", .key = "r" }),
			ROLE_DISTRUST);
	record(i, "pem", "/s", NULL, e, 3);
	assert_int_equal(inventory_check_signatures(i, answer, &a, 9, &n, &n),
			 0);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	assert_int_equal(in.n_certificates, 3);
	assert_int_equal(in.n_edges, 3);	/* one of them Root's own */
	assert_int_equal(in.n_sets, 0);
	graph_input_done(&in);
	commit(i);

	begin(i);
	record(i, "pem", "/s", NULL, e, 2);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	assert_int_equal(in.n_certificates, 2);
	assert_int_equal(in.certificates[0].id, e[0].certificate);
	assert_int_equal(in.certificates[0].not_before, 3);
	assert_int_equal(in.certificates[0].not_after, 4);
	assert_false(in.certificates[0].is_ca);
	assert_false(in.certificates[0].self_signed);
	assert_true(in.certificates[1].is_ca);
	assert_int_equal(in.n_edges, 1);
	assert_int_equal(in.edges[0].certificate, e[0].certificate);
	assert_int_equal(in.edges[0].issuer, in.certificates[1].identity);
	graph_input_done(&in);
	commit(i);

	/* Rules still see who signed what went away.  */
	check_rows(i, "SELECT c.name, k.name, k.present FROM v_edge e "
		   "JOIN v_known_certificate c ON c.sha256 = e.sha256 "
		   "JOIN v_known_certificate k ON k.sha256 = e.issuer_sha256 "
		   "ORDER BY 1", "Leaf|Sub|1\nRoot|Root|0\nSub|Root|0");
}

/* ---- when there is nothing to do -------------------------------------------*/

/* A scan with the parties and stores of every other, at NOW; is there
 * something to compute?  If so, one row of reachability is stored.  */
static bool is_computed(struct inventory *i, int64_t now, const char *name,
			const char *party, bool keep)
{
	struct stored_entry e;
	struct graph_input in;
	struct reach reach = { .valid_until = 7 };
	struct asked a = { .said = "" };
	int64_t store;
	size_t n;
	int r;

	begin_at(i, "/", now, 1);
	e = entry_of(fake(i, (struct fake){ .name = name, .key = "k",
			.from = 100, .until = 200 }), ROLE_ANCHOR);
	store = record(i, "pem", "/s", NULL, &e, 1);
	compose(i, (struct use[]){ { .party = party, .anchors = { store } } },
		1);
	assert_int_equal(inventory_check_signatures(i, answer, &a, 9, &n, &n),
			 0);
	r = inventory_graph_input(i, &in);
	if (r == 0) {
		graph_input_done(&in);
		reach.certificate = reach.anchor = reach.next = e.certificate;
		assert_int_equal(inventory_store_reach(i, &reach, 1, true), 0);
	} else {
		assert_int_equal(r, -EALREADY);
		assert_int_equal(inventory_store_reach(i, &reach, 1, true), -EINVAL);
	}
	if (keep)
		commit(i);
	else
		inventory_rollback(i);
	if (keep)
		check_rows(i, "SELECT party, valid_until FROM v_reach",
			   party[0] == 'p' ? "p|7" : "q|7");
	return r == 0;
}

static void test_nothing_changed(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry e;
	struct graph_input in;

	(void)state;
	assert_true(is_computed(i, 150, "A", "p", true));
	assert_false(is_computed(i, 150, "A", "p", true));
	/* not_before <= now < not_after is what a certificate's state is.  */
	assert_false(is_computed(i, 100, "A", "p", true));
	assert_false(is_computed(i, 199, "A", "p", true));
	assert_true(is_computed(i, 200, "A", "p", true));
	assert_false(is_computed(i, 5000, "A", "p", true));
	assert_true(is_computed(i, 99, "A", "p", true));
	assert_false(is_computed(i, 0, "A", "p", true));
	assert_true(is_computed(i, 100, "A", "p", true));

	/* Another party, another certificate, and back.  */
	assert_true(is_computed(i, 150, "A", "q", true));
	assert_true(is_computed(i, 150, "B", "q", true));
	assert_true(is_computed(i, 150, "A", "q", true));
	assert_true(is_computed(i, 150, "A", "p", true));

	/* What was rolled back does not count.  */
	assert_true(is_computed(i, 150, "B", "p", false));
	assert_false(is_computed(i, 150, "A", "p", true));
	assert_true(is_computed(i, 150, "B", "p", true));

	/* A scan that nobody computed anything for has nothing.  */
	begin(i);
	e = entry_of(fake(i, (struct fake){ .name = "B", .key = "k",
			.from = 100, .until = 200 }), ROLE_ANCHOR);
	record(i, "pem", "/s", NULL, &e, 1);
	commit(i);
	check_rows(i, "SELECT (SELECT count(*) FROM v_reach), "
		   "(SELECT count(*) FROM v_anchor)", "0|0");
	assert_true(is_computed(i, 150, "B", "p", true));

	/* Nor has one whose computation broke off.  */
	begin(i);
	record(i, "pem", "/s", NULL, &e, 1);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	graph_input_done(&in);
	commit(i);
	check_rows(i, "SELECT count(*) FROM v_anchor", "0");
	assert_true(is_computed(i, 150, "B", "p", true));
}

/* An edge that is verified later changes what is reached.  */
static void test_new_edge(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct asked a = { .said = "" };
	struct stored_entry e[2];
	struct graph_input in;
	int want, scan;
	size_t n;

	(void)state;
	for (scan = 0; scan < 4; scan++) {
		begin(i);
		e[0] = entry_of(fake(i, (struct fake){ .name = "R",
				.key = "r" }), ROLE_ANCHOR);
		e[1] = entry_of(fake(i, (struct fake){ .name = "S",
				.key = "s", .issuer = "R" }),
				ROLE_INTERMEDIATE);
		record(i, "pem", "/s", NULL, e, 2);
		/* The first scan has no time for it, the third does.  */
		assert_int_equal(inventory_check_signatures(i, answer, &a,
				scan < 2 ? 0 : 9, &n, &n), 0);
		want = scan % 2 == 0 ? 0 : -EALREADY;
		assert_int_equal(inventory_graph_input(i, &in), want);
		if (want == 0) {
			assert_int_equal(in.n_edges, scan == 0 ? 1 : 2);
			graph_input_done(&in);
			assert_int_equal(inventory_store_reach(i, NULL, 0, true), 0);
		}
		commit(i);
	}
}

static void test_reach(void **state)
{
	AUTO(inventory) struct inventory *i = open_ok(NULL, INVENTORY_MEMORY);
	struct stored_entry e[2];
	struct graph_input in;
	struct reach reach[3];
	int64_t store;

	(void)state;
	begin(i);
	e[0] = entry_of(fake(i, (struct fake){ .name = "R", .key = "r" }),
			ROLE_ANCHOR);
	e[1] = entry_of(fake(i, (struct fake){ .name = "S", .key = "s",
			.issuer = "R" }), ROLE_INTERMEDIATE);
	store = record(i, "pem", "/s", NULL, e, 2);
	compose(i, (struct use[]){
		{ .party = "p", .anchors = { store } },
		{ .party = "q", .anchors = { store } },
		{ .party = "r" },
	}, 3);
	assert_int_equal(inventory_graph_input(i, &in), 0);
	assert_int_equal(in.n_sets, 2);
	graph_input_done(&in);
	reach[0] = (struct reach){ 0, e[0].certificate, e[0].certificate,
		e[0].certificate, 1, 9 };
	reach[1] = (struct reach){ 0, e[1].certificate, e[0].certificate,
		e[0].certificate, 2, 8 };
	assert_int_equal(inventory_store_reach(i, reach, 2, true), 0);
	reach[2] = reach[1];
	assert_int_equal(inventory_store_reach(i, reach, 3, true), -EEXIST);
	assert_int_equal(inventory_store_reach(i, reach, 2, true), 0);
	commit(i);
	check_rows(i, "SELECT c.name, r.party, a.name, n.name, r.valid_from, "
		   "r.valid_until FROM v_reach r "
		   "JOIN v_certificate c ON c.sha256 = r.sha256 "
		   "JOIN v_certificate a ON a.sha256 = r.anchor_sha256 "
		   "JOIN v_certificate n ON n.sha256 = r.next_sha256 "
		   "ORDER BY 1, 2",
		   "R|p|R|R|1|9\nR|q|R|R|1|9\nS|p|R|R|2|8\nS|q|R|R|2|8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_pairs_past_the_limit),
		cmocka_unit_test(test_flooded_name),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_anchor_sets),
		cmocka_unit_test(test_distrusted_keys),
		cmocka_unit_test(test_certificates_and_edges),
		cmocka_unit_test(test_nothing_changed),
		cmocka_unit_test(test_new_edge),
		cmocka_unit_test(test_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
