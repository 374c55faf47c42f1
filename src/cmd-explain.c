/* cmd-explain.c -- explain: who would build which path from a certificate of the
 * inventory, a file or a server to an anchor, and who would fail.
 *
 * What is asked about is looked for as a file, a server, a fingerprint, and a
 * name, in this order.  An authority's certificate is asked about by one that it
 * would issue: that is where its copies and cross-signed forms matter.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "endpoint/endpoint.h"
#include "locate/locate.h"
#include "output/explain.h"
#include "scan/scan.h"

#define LEAST_DIGITS	8u	/* of a fingerprint's beginning */
#define WIDEST		120u
#define NARROWEST	40u

static void auto_root(struct root *r)
{
	root_done(r);
}

const char *explain_format(size_t i)
{
	return explain_outputs[i].name;
}

/* ---- what is asked about ---------------------------------------------------*/

static bool is_authority(const struct explanation *e, size_t number)
{
	return path_pool_get(e->world.pool, number)->certificate.is_ca;
}

static int file_failed(const char *path, const char *why)
{
	AUTO(str) char *name = escape_text(path, strlen(path));

	log_error("%s: %s", name, why);
	return STATUS_FAILURE;
}

/* The certificates of FILE, in order, into NUMBERS.  */
static int read_file(struct explanation *e, const char *path,
		     struct numbers *numbers)
{
	AUTO(str) char *text = NULL;
	struct pem_block block;
	uint64_t at = 0;
	struct blob in;
	size_t n, number;
	int r = file_slurp(path, LIMIT_SENT_BYTES, &text, &n);

	if (r == -EFBIG)
		return file_failed(path, _("larger than any chain that a "
					   "server sends (LIMIT_SENT_BYTES)"));
	if (r < 0)
		return file_failed(path, strerror(-r));
	in = (struct blob){ (const uint8_t *)text, n };
	while (pem_next(in, &at, &block) == 1) {
		AUTO(str) char *error = NULL, *why = NULL;

		if (block.der == NULL)
			why = xasprintf(_("offset %ju: %s"),
					(uintmax_t)block.begin, block.error);
		else if (numbers->n == LIMIT_SENT_CERTIFICATES)
			why = xasprintf(_("more than %u certificates"),
					LIMIT_SENT_CERTIFICATES);
		else if (path_world_add(&e->world, (struct blob){ block.der,
				   block.der_n }, &number, &error) < 0)
			why = xasprintf(_("offset %ju: %s"),
					(uintmax_t)block.begin, error);
		free(block.der);
		if (why != NULL)
			return file_failed(path, why);
		numbers_add(numbers, number);
	}
	if (numbers->n == 0 && certificate_tlv(in, &in) == 0 &&
	    path_world_add(&e->world, in, &number, NULL) == 0)
		numbers_add(numbers, number);
	return numbers->n > 0 ? -1
		: file_failed(path, _("holds no certificate, neither PEM nor "
				      "DER"));
}

/* Hex digits of WHAT in RET, colons and blanks left out; false when it is no
 * beginning of a fingerprint.  */
static bool is_fingerprint(const char *what, char ret[2 * SHA256_SIZE + 1])
{
	size_t n = 0;

	for (; *what != '\0'; what++) {
		if (*what == ':' || *what == ' ')
			continue;
		if (!isxdigit((unsigned char)*what) || n == 2 * SHA256_SIZE)
			return false;
		ret[n++] = (char)tolower((unsigned char)*what);
	}
	ret[n] = '\0';
	return n >= LEAST_DIGITS;
}

struct found {
	struct explanation *e;
	struct numbers *numbers;
};

static int take_known(const uint8_t sha256[SHA256_SIZE], struct blob der,
		      void *data)
{
	struct found *f = data;
	size_t number;

	(void)sha256;
	if (f->numbers->n < LIMIT_WORLD_CERTIFICATES &&
	    path_world_add(&f->e->world, der, &number, NULL) == 0)
		numbers_add(f->numbers, number);
	return 0;
}

static int say_several(const struct explanation *e, const struct numbers *n,
		       const char *what)
{
	AUTO(str) char *name = escape_text(what, strlen(what));

	log_error(_("%s is the name of several identities; name one by its "
		    "fingerprint:"), name);
	for (size_t k = 0; k < n->n; k++) {
		const struct certificate *c = &path_pool_get(e->world.pool,
						n->items[k])->certificate;
		AUTO(str) char *subject = escape_text(c->subject,
						      strlen(c->subject));
		char hex[2 * SHA256_SIZE + 1];

		hex_encode(c->sha256, SHA256_SIZE, hex);
		log_error("  %s  %s", hex, subject);
	}
	return STATUS_FAILURE;
}

static int look_up(const struct options *o, struct explanation *e,
		   struct inventory *i, const char *what, struct numbers *numbers)
{
	struct found found = { e, numbers };
	char hex[2 * SHA256_SIZE + 1];
	AUTO(str) char *name = NULL;
	int r = 0;

	if (is_fingerprint(what, hex))
		r = inventory_known(i, hex, take_known, &found);
	if (r == 0 && numbers->n == 0)
		r = inventory_called(i, what, take_known, &found);
	if (r < 0)
		return inventory_failed(i, r, _("the inventory could not be "
						"asked"));
	if (numbers->n == 0) {
		AUTO(str) char *command = own_command(o);

		name = escape_text(what, strlen(what));
		log_error(_("%s: no file, and no certificate that was ever "
			    "scanned has that fingerprint or name; see %s show "
			    "certificates"), name, command);
		return STATUS_FAILURE;
	}
	for (size_t k = 1; k < numbers->n; k++)
		if (!path_pool_same_identity(e->world.pool, numbers->items[0],
					     numbers->items[k]))
			return say_several(e, numbers, what);
	return -1;
}

/* ---- a server --------------------------------------------------------------*/

/* -1, or the exit status; the certificates are in NUMBERS then.  */
static int ask_server(const struct options *o, const struct endpoint *endpoint,
		      struct explanation *e, struct numbers *numbers)
{
	const struct endpoint_options options = {
		.seconds = o->timeout, .server_name = o->hostname,
	};
	AUTO(endpoint_answer) struct endpoint_answer answer = { .n = 0 };
	AUTO(str) char *error = NULL, *address = NULL;

	if (endpoint_fetch(endpoint, &options, &answer, &error) < 0) {
		log_error("%s", error);
		return STATUS_FAILURE;
	}
	for (size_t k = 0; k < answer.n; k++) {
		AUTO(str) char *why = NULL;
		size_t number;

		if (path_world_add(&e->world, answer.certificates[k], &number,
				   &why) == 0) {
			numbers_add(numbers, number);
			continue;
		}
		if (k == 0) {
			log_error(_("%s: the server's own certificate cannot "
				    "be read: %s"), o->arguments[0], why);
			return STATUS_FAILURE;
		}
		log_warning(_("%s: the certificate at place %zu cannot be "
			      "read and is left out: %s"), o->arguments[0],
			    k + 1, why);
	}
	address = escape_text(answer.address, strlen(answer.address));
	if (answer.name[0] != '\0')
		e->own_host = xstrdup(answer.name);
	e->host = e->own_host;
	e->endpoint = xasprintf("%s, %s", address, answer.protocol);
	e->endpoint_sent = answer.n;
	return -1;
}

/* ---- the inventory ---------------------------------------------------------*/

/* The newest scan; where there is none, one is made that is not kept.  */
static int open_scan(const struct options *o, struct inventory **ret_inventory)
{
	AUTO(str) char *path = NULL;
	AUTO(root) struct root root = { .path = NULL };
	struct catalogue *catalogue = NULL;
	struct scan_result result;
	int status = inventory_path(o, &path);

	if (status >= 0)
		return status;
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return open_newest(o, ret_inventory);
	status = load_catalogue(o, &catalogue);
	if (status < 0)
		status = open_root(o->root, &root);
	if (status < 0) {
		AUTO(str) char *history = NULL;

		status = open_inventory(o, INVENTORY_MEMORY, ret_inventory,
					&history);
	}
	if (status < 0)
		status = record_scan(o, &root, *ret_inventory, catalogue,
				     &result);
	if (catalogue != NULL)
		catalogue_free(catalogue);
	return status;
}

/* ---- questions -------------------------------------------------------------*/

/* All certificates of the identity of NUMBER that the world knows.  */
static void gather_identity(struct explanation *e, size_t number)
{
	for (size_t k = 0; k < path_pool_count(e->world.pool); k++)
		if (!path_pool_get(e->world.pool, k)->imagined &&
		    path_pool_same_identity(e->world.pool, k, number))
			numbers_add(&e->subjects, k);
}

/* GIVEN: what a server sent or a file holds, the first of it the subject.  What a
 * server shows is its own certificate, whatever its basicConstraints say, as those
 * of `openssl req -x509` do; so is that of a file for which a host is named.  */
static void ask_given(struct explanation *e, const struct numbers *given)
{
	const size_t first = given->items[0];
	struct numbers sent = { .n = 0 };
	const bool authority = e->endpoint == NULL && e->host == NULL &&
		is_authority(e, first);

	for (size_t k = authority ? 0 : 1; k < given->n; k++)
		numbers_add(&sent, given->items[k]);
	explanation_ask(e, first, authority
			? path_world_add_imagined(&e->world, first) : first, &sent);
	if (authority)
		gather_identity(e, first);
	else
		numbers_add(&e->subjects, first);
}

/* An authority: what a server below it sends may be any of its certificates, or
 * nothing.  A self-signed one is not sent.  */
static void ask_authority(struct explanation *e, const struct numbers *asked,
			  const struct numbers *extra)
{
	const size_t peer = path_world_add_imagined(&e->world, asked->items[0]);
	const struct numbers *subjects = &e->subjects;
	struct numbers sent = { .n = 0 };

	for (size_t k = 0; k < asked->n; k++) {
		if (path_pool_get(e->world.pool, asked->items[k])
			    ->certificate.self_signed && extra->n == 0)
			continue;
		numbers_add(&sent, asked->items[k]);
		for (size_t x = 0; x < extra->n; x++)
			numbers_add(&sent, extra->items[x]);
		explanation_ask(e, asked->items[k], peer, &sent);
	}
	if (extra->n == 0)
		explanation_ask(e, subjects->items[0], peer, &sent);
}

static int load(struct explanation *e, struct inventory *i)
{
	const int r = path_world_load(&e->world, i);

	return r == 0 ? -1
		: inventory_failed(i, r, _("the inventory could not be "
					   "asked"));
}

/* Names have slashes, too: one that is no file here is looked up, and who looks
 * says that it is neither.  */
static bool looks_like_path(const char *what)
{
	return what[0] == '/' || has_prefix(what, "./") ||
	       has_prefix(what, "../");
}

static int ask_all(const struct options *o, struct explanation *e,
		   struct inventory *i)
{
	const char *what = o->arguments[0];
	struct numbers given = { .n = 0 }, extra = { .n = 0 };
	AUTO(endpoint) struct endpoint endpoint = { .host = NULL };
	bool file = access(what, F_OK) == 0, shown = file;
	int status;

	if (!file && endpoint_parse(what, &endpoint) == 0) {
		shown = true;
		status = ask_server(o, &endpoint, e, &given);
	} else if (file || looks_like_path(what)) {
		shown = true;
		status = read_file(e, what, &given);
	} else {
		status = look_up(o, e, i, what, &given);
	}
	if (status < 0 && o->n_arguments > 1)
		status = read_file(e, o->arguments[1],
				   shown ? &given : &extra);
	if (status < 0)
		status = load(e, i);
	if (status < 0 && shown) {
		ask_given(e, &given);
	} else if (status < 0 && !is_authority(e, given.items[0])) {
		numbers_add(&e->subjects, given.items[0]);
		explanation_ask(e, given.items[0], given.items[0], &extra);
	} else if (status < 0) {
		gather_identity(e, given.items[0]);
		ask_authority(e, &given, &extra);
	}
	numbers_done(&given);
	numbers_done(&extra);
	return status;
}

/* A party that nobody has is a mistake, and no answer.  */
static int no_such_party(const struct options *o)
{
	AUTO(str) char *name = escape_text(o->party, strlen(o->party));
	AUTO(str) char *command = own_command(o);

	log_error(_("there is no relying party \"%s\" in the newest scan: see "
		    "%s show parties"), name, command);
	return STATUS_FAILURE;
}

static int check_party(const struct options *o, const struct explanation *e)
{
	if (o->party == NULL)
		return -1;
	for (size_t k = 0; k < e->world.n_parties; k++)
		if (explanation_asks(e, &e->world.parties[k]))
			return -1;
	return no_such_party(o);
}

static int write_out(const struct options *o, const struct explanation *e)
{
	const struct explain_output *output = explain_output_find(o->format);
	const unsigned width = terminal_width(o, WIDEST);
	const struct output_options common = {
		.color = use_color(o), .verbose = o->verbose,
		.width = width > WIDEST ? WIDEST :
			 width < NARROWEST ? NARROWEST : width,
	};
	struct explain_options options = {
		.common = &common, .what = o->arguments[0],
		.timeline = o->timeline,
	};
	AUTO(str) char *endpoint = NULL;
	struct out out;
	int r;

	out_begin(o, &out);
	if (output->machine)
		setlocale(LC_MESSAGES, "C");
	if (e->endpoint != NULL)
		endpoint = xasprintf(ngettext("%zu certificate from %s",
					      "%zu certificates from %s",
					      e->endpoint_sent),
				     e->endpoint_sent, e->endpoint);
	options.endpoint = endpoint;
	r = output->write(e, &options, out.f);
	setlocale(LC_MESSAGES, "");
	if (r == -ENOENT) {
		out_cancel(&out);
		log_error(_("Graphviz is not installed: no program dot; use "
			    "--format dot and draw it elsewhere"));
		return STATUS_FAILURE;
	}
	return out_end(&out, r, 0644);
}

int explain_what(const struct options *o, struct inventory *i, int64_t now,
		 struct explanation *e)
{
	int status;

	explanation_init(e, o->purpose != 0 ? o->purpose
					    : PURPOSE_SERVER_AUTH);
	path_pool_use(e->world.pool, o->readings);
	e->now = now;
	e->host = o->hostname;
	e->party = o->party;
	status = ask_all(o, e, i);
	if (status < 0)
		status = check_party(o, e);
	if (status < 0)
		explanation_answer(e);
	/* What was answered without a worker to ask is no answer.  */
	if (status < 0 && path_pool_failed(e->world.pool) < 0) {
		log_error("%s", readings_error(o->readings));
		status = STATUS_FAILURE;
	}
	return status;
}

/* ---- nothing is named: what the scan knows will happen ---------------------*/

static int fill_timeline(const struct options *o, struct table *t, void *data)
{
	static const char *const times[] = { "time", NULL };
	char *sql = sqlite3_mprintf("SELECT time, party, name, reason, sha256"
		" FROM v_timeline WHERE %Q IS NULL OR party = %Q OR party IN"
		" (SELECT p.party FROM v_party p WHERE p.type = %Q)",
		o->party, o->party, o->party);
	int status = fill_from(data, sql, times, t);

	sqlite3_free(sql);
	return status;
}

static int count_parties(int n, const char *const *names,
			 const char *const *values, const bool *numeric,
			 void *data)
{
	(void)n, (void)names, (void)values, (void)numeric;
	++*(size_t *)data;
	return 0;
}

static int write_timeline(const struct options *o, struct inventory *i)
{
	enum table_format format;
	size_t parties = 0;
	char *sql;
	int status;

	if (table_format_from_name(o->format, &format) < 0)
		return usage_error(o->command, _("without a certificate there is no format"),
				   o->format, NULL);
	if (o->party == NULL)
		return print_table(o, fill_timeline, i);
	sql = sqlite3_mprintf("SELECT party FROM v_party"
			      " WHERE party = %Q OR type = %Q",
			      o->party, o->party);
	status = select_rows(i, sql, count_parties, &parties);
	sqlite3_free(sql);
	if (status >= 0)
		return status;
	return parties == 0 ? no_such_party(o)
			    : print_table(o, fill_timeline, i);
}

int explain_command(const struct options *o)
{
	AUTO(inventory) struct inventory *i = NULL;
	AUTO(explanation) struct explanation e = { .host = NULL };
	int status;

	if (o->n_arguments == 0 && !o->timeline)
		return usage_error(o->command, _("explain what?"), NULL, NULL);
	status = open_scan(o, &i);
	if (status < 0 && o->n_arguments == 0)
		return write_timeline(o, i);
	if (status < 0)
		status = explain_what(o, i, o->now, &e);
	if (status < 0)
		status = write_out(o, &e);
	return status >= 0 ? status : STATUS_OK;
}
