/* cmd-preview.c -- preview: what a change of the stores would do, before
 * anybody makes it.
 *
 * The root is scanned and judged in memory, as check does it.  Then that scan is
 * made once more with the change in it (scan_again()) and judged again, with the
 * first one as its history: a root that goes is one that was there before.  What
 * the two judgements do not share is the preview.  Neither the root nor an
 * inventory file is written to.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "graph/graph.h"
#include "locate/locate.h"
#include "scan/scan.h"

/* The certificates of one FILE.  */
struct certificates {
	struct blob *items;		/* DER, each allocated */
	size_t n, cap;
};

/* What parties answer of one scan, sorted by party, question and certificate.  */
struct answer {
	char *party, *title, *sha256, *name, *reason;
	char *sent;			/* fingerprints of what the server sends;
					 * NULL: not asked with that */
	bool accepted;
};
struct verdicts {
	struct answer *items;
	size_t n, cap;
};

struct preview_run {
	const struct options *o;
	const struct preview_output *output;
	struct pack pack;
	struct root root;
	struct inventory *inventory;
	char *history;			/* why there is none */
	const struct upgrade_package *packages;
	size_t n_packages;
	struct upgrade *upgrade;	/* what they make of the root, NULL: nothing */
	bool silent;			/* nothing is said of nothing */
	int new_severity;		/* the highest that would appear, else -1 */
	struct scan_change *all;	/* that of the upgrade, and then ... */
	struct scan_change *changes;	/* one for each of o->changes */
	int64_t *sources;		/* what lists were made of before */
	struct certificates *files;	/* likewise; empty for fingerprints */
	int64_t scan_before, scan_after;
	struct report before, after;
	struct verdicts was, will;
};

static void verdicts_done(struct verdicts *v)
{
	for (size_t k = 0; k < v->n; k++) {
		free(v->items[k].party);
		free(v->items[k].title);
		free(v->items[k].sha256);
		free(v->items[k].name);
		free(v->items[k].reason);
		free(v->items[k].sent);
	}
	free(v->items);
}

static void auto_preview_run(struct preview_run *p)
{
	for (size_t k = 0; k < p->o->n_changes; k++) {
		for (size_t n = 0; n < p->files[k].n; n++)
			free((void *)p->files[k].items[n].p);
		free(p->files[k].items);
	}
	free(p->files);
	free(p->all);
	free(p->sources);
	free(p->history);
	report_done(&p->before);
	report_done(&p->after);
	verdicts_done(&p->was);
	verdicts_done(&p->will);
	auto_inventory(&p->inventory);
	upgrade_free(p->upgrade);
	root_done(&p->root);
	auto_pack(&p->pack);
}

static void auto_preview(struct preview *p)
{
	preview_done(p);
}

/* ---- files -----------------------------------------------------------------*/

struct file_sink {
	struct sink sink;		/* first: readers see only this */
	struct certificates *certificates;
	char *error;			/* the first; NULL: none */
};

static void keep_error(struct file_sink *s, uint64_t offset, const char *why)
{
	if (s->error == NULL)
		s->error = xasprintf(_("byte %" PRIu64 ": %s"), offset, why);
}

static int take_certificate(struct sink *sink, const struct entry *e)
{
	struct file_sink *s = (struct file_sink *)sink;
	struct certificates *all = s->certificates;
	AUTO(certificate) struct certificate c = { .decoded = false };

	if (e->der.n == 0 || e->der.n > LIMIT_CERTIFICATE_BYTES ||
	    all->n >= LIMIT_STORE_ENTRIES) {
		keep_error(s, e->offset, e->der.n == 0 ?
			   _("no certificate") : _("past a limit"));
		return -E2BIG;
	}
	x509_decode(e->der, &c);
	if (!c.decoded) {
		keep_error(s, e->offset, c.error);
		return 0;
	}
	grow(&all->items, all->n, &all->cap, sizeof(*all->items));
	all->items[all->n++] = (struct blob){
		xmemdup(e->der.p, e->der.n), e->der.n };
	return 0;
}

static int take_reference(struct sink *sink, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	(void)name, (void)n, (void)role;
	keep_error((struct file_sink *)sink, offset, _("no certificate"));
	return 0;
}

static void take_problem(struct sink *sink, const struct problem *p)
{
	if (!p->skipped)
		keep_error((struct file_sink *)sink, p->offset, p->message);
}

static void take_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

/* Whoever adds or replaces a list knows what is in it: a file that cannot be
 * read completely is refused.  */
static int read_certificates(const char *path, struct certificates *ret)
{
	static const char *const formats[] = { "pem", "der", "pkcs7" };
	AUTO(str) char *name = escape_text(path, strlen(path));
	AUTO(str) char *text = NULL, *error = NULL;
	struct file_sink sink = {
		.sink = { take_certificate, take_reference, take_problem,
			  take_done },
		.certificates = ret };
	struct input in = { .data = { .n = 0 } };
	const struct reader *reader = NULL;
	int r = file_slurp(path, LIMIT_FILE_BYTES, &text, &in.data.n);

	if (r < 0) {
		log_error("%s: %s", name, error_words(r));
		return STATUS_FAILURE;
	}
	in.data.p = (const uint8_t *)text;
	for (size_t k = 0; k < ARRAY_SIZE(formats) && in.data.n > 0; k++) {
		reader = reader_find(formats[k]);
		if (reader != NULL && reader->sniff(in.data))
			break;
		reader = NULL;
	}
	if (reader != NULL)
		reader->read(&in, &sink.sink);
	error = sink.error != NULL ? escape_text(sink.error,
						 strlen(sink.error)) : NULL;
	free(sink.error);
	if (error != NULL) {
		log_error("%s: %s", name, error);
		return STATUS_FAILURE;
	}
	if (ret->n == 0) {
		log_error(_("%s: there is no certificate in it (PEM, DER or PKCS #7)"),
			  name);
		return STATUS_FAILURE;
	}
	return -1;
}

/* ---- fingerprints ----------------------------------------------------------*/

struct matches {
	char sha256[2 * SHA256_SIZE + 1];	/* the first that is present */
	struct buf *present;			/* all of these, for people */
	size_t n_present, n_known;
};

static int take_match(int n, const char *const *names,
		      const char *const *values, const bool *numeric,
		      void *data)
{
	struct matches *m = data;

	(void)n, (void)names, (void)numeric;
	m->n_known++;
	if (strcmp(values[1], "1") != 0)
		return 0;
	if (m->n_present++ == 0)
		snprintf(m->sha256, sizeof(m->sha256), "%s", values[0]);
	buf_addf(m->present, " %s", values[0]);
	return 0;
}

/* The digits of S, lower case, without colons; the caller frees.  */
static char *digits_of(const char *s)
{
	char *digits = xstrdup(s), *to = digits;

	for (; *s != '\0'; s++)
		if (*s != ':')
			*to++ = *s >= 'A' && *s <= 'F' ? *s - 'A' + 'a' : *s;
	*to = '\0';
	return digits;
}

/* Which certificate of the scan is meant.  */
static int find_fingerprint(struct preview_run *p, const char *s,
			    uint8_t ret_sha256[SHA256_SIZE])
{
	AUTO(str) char *digits = digits_of(s);
	AUTO(str) char *command = own_command(p->o);
	AUTO(str) char *sql = xasprintf(
		"SELECT sha256, present FROM v_known_certificate"
		" WHERE sha256 LIKE '%s%%' OR sha1 LIKE '%s%%'"
		" ORDER BY sha256", digits, digits);
	AUTO(buf) struct buf present;
	struct matches m = { .present = &present };
	int status;

	buf_init(&present, LIMIT_TEXT_BYTES);
	status = select_rows(p->inventory, sql, take_match, &m);
	if (status >= 0)
		return status;
	if (m.n_present > 1) {
		log_error(_("'%s' is the beginning of %zu fingerprints:%s"), s,
			  m.n_present, buf_str(&present));
		return EX_USAGE;
	}
	if (m.n_present == 0) {
		log_error(m.n_known > 0 ?
			_("no store holds the certificate '%s', which is only known (see %s show certificates)") :
			_("no store holds a certificate with the fingerprint '%s' (see %s show certificates)"),
			  s, command);
		return EX_USAGE;
	}
	return hex_decode(m.sha256, ret_sha256, SHA256_SIZE) == 0 ? -1 :
	       STATUS_FAILURE;
}

/* ---- the change ------------------------------------------------------------*/

/* What needs no scan to be known.  */
static int read_changes(struct preview_run *p)
{
	static const struct {
		enum option_id option;
		enum scan_change_kind kind;
	} kinds[] = {
		{ OPTION_SET_BUNDLE, CHANGE_SET },
		{ OPTION_REMOVE, CHANGE_REMOVE },
		{ OPTION_DISTRUST, CHANGE_DISTRUST },
		{ OPTION_ADD, CHANGE_ADD },
	};
	int status = -1;

	for (size_t k = 0; status < 0 && k < p->o->n_changes; k++) {
		const struct named_change *named = &p->o->changes[k];

		for (size_t n = 0; n < ARRAY_SIZE(kinds); n++)
			if (kinds[n].option == named->option)
				p->changes[k].kind = kinds[n].kind;
		if (named->option != OPTION_SET_BUNDLE &&
		    named->option != OPTION_ADD)
			continue;
		status = read_certificates(named->value, &p->files[k]);
		p->changes[k].certificates = p->files[k].items;
		p->changes[k].n_certificates = p->files[k].n;
		p->changes[k].name = named->value;
	}
	return status;
}

static int find_fingerprints(struct preview_run *p)
{
	int status = -1;

	for (size_t k = 0; status < 0 && k < p->o->n_changes; k++)
		if (p->changes[k].n_certificates == 0)
			status = find_fingerprint(p, p->o->changes[k].value,
						  p->changes[k].sha256);
	return status;
}

static int nothing_there(const struct preview_run *p)
{
	AUTO(str) char *command = own_command(p->o);

	if (p->o->in == NULL || strcmp(p->o->in, "system") == 0) {
		log_error(_("there is no store here that the system's updater makes (see %s show stores)"),
			  command);
		return STATUS_FAILURE;
	}
	AUTO(str) char *path = escape_text(p->o->in, strlen(p->o->in));

	log_error(_("--in: there is no store with the path '%s' (see %s show stores)"),
		  path, command);
	return EX_USAGE;
}

/* A certificate that is somewhere, and not where it is to be changed.  */
static int check_changes(const struct preview_run *p)
{
	for (size_t k = 0; k < p->o->n_changes; k++) {
		const struct scan_change *c = &p->changes[k];

		if (c->entries > 0 || c->n_certificates > 0)
			continue;
		if (c->kind == CHANGE_DISTRUST)
			log_error(_("--distrust: nothing trusts '%s' as an anchor there"),
				  p->o->changes[k].value);
		else
			log_error(_("--remove: '%s' is not there, or only distrusted"),
				  p->o->changes[k].value);
		return EX_USAGE;
	}
	return -1;
}

/* A scan of the root as the packages leave it.  What the system's updater makes is
 * as it was there; who follows it has the scan that is made of this one.  */
static int scan_upgraded(struct preview_run *p, int64_t *ret_scan)
{
	struct scan_result scan;
	int r, status;

	status = scan_more(p->o, upgrade_root(p->upgrade), p->inventory,
			   p->pack.catalogue, &scan);
	if (status >= 0)
		return status;
	*ret_scan = scan.scan;
	r = scan_sources(p->inventory, p->pack.catalogue, &p->sources,
			 &p->all->n_before);
	p->all->before = p->sources;
	if (r == 0)
		r = inventory_commit(p->inventory);
	return r < 0 ? inventory_failed(p->inventory, r,
		_("the change could not be made in memory")) : -1;
}

/* The scan with the change in it; the transaction stays open.  */
static int scan_changed(struct preview_run *p)
{
	const size_t first = p->upgrade != NULL ? 0 : 1;
	int64_t upgraded = 0;
	const bool system = p->o->in != NULL &&
			    strcmp(p->o->in, "system") == 0;
	struct scan_again request = {
		.catalogue = p->pack.catalogue, .readings = p->o->readings,
		.now = p->o->at,
		.changes = p->all + first,
		.n_changes = p->o->n_changes + 1 - first,
		.where = system ? NULL : p->o->in, .system_only = system,
	};
	bool needs_stores = p->o->in != NULL;
	int r, status;

	for (size_t k = 0; k < p->o->n_changes; k++)
		needs_stores |= p->changes[k].n_certificates > 0;
	r = inventory_commit(p->inventory);
	if (r == 0 && p->upgrade != NULL) {
		status = scan_upgraded(p, &upgraded);
		if (status >= 0)
			return status;
	}
	if (r == 0)
		r = scan_again(p->inventory, &request, &p->scan_after);
	/* It is no history: nobody was there.  */
	if (r == 0 && p->upgrade != NULL)
		r = inventory_forget(p->inventory, upgraded);
	if (r < 0)
		return inventory_failed(p->inventory, r,
			_("the change could not be made in memory"));
	status = needs_stores && !request.has_stores ? nothing_there(p) :
		 check_changes(p);
	return status >= 0 ? status : link_scan(p->o, p->inventory);
}

/* ---- what it does ----------------------------------------------------------*/

static void add_answer(struct verdicts *v, const struct answer *a)
{
	grow(&v->items, v->n, &v->cap, sizeof(*v->items));
	v->items[v->n++] = (struct answer){
		.party = xstrdup(a->party),
		.title = a->title ? xstrdup(a->title) : NULL,
		.sha256 = a->sha256 ? xstrdup(a->sha256) : NULL,
		.name = a->name ? xstrdup(a->name) : NULL,
		.reason = xstrdup(a->reason),
		.sent = a->sent ? xstrdup(a->sent) : NULL,
		.accepted = a->accepted,
	};
}

static int compare_optional(const char *a, const char *b)
{
	return a == NULL || b == NULL ? (a != NULL) - (b != NULL)
				      : strcmp(a, b);
}

static int compare_answers(const void *x, const void *y)
{
	const struct answer *a = x, *b = y;
	int d = strcmp(a->party, b->party);

	if (d == 0)
		d = compare_optional(a->sent, b->sent);
	return d != 0 ? d : compare_optional(a->sha256, b->sha256);
}

static const char verdicts_sql[] =
	"SELECT v.party, p.title, v.sha256, c.name, v.reason, v.accepted"
	" FROM v_verdict v JOIN v_party p ON p.party = v.party"
	" JOIN v_known_certificate c ON c.sha256 = v.sha256"
	" ORDER BY v.party, v.sha256";

static int take_verdict(int n, const char *const *names,
			const char *const *values, const bool *numeric,
			void *data)
{
	const struct answer a = {
		.party = (char *)(uintptr_t)values[0],
		.title = (char *)(uintptr_t)values[1],
		.sha256 = (char *)(uintptr_t)values[2],
		.name = (char *)(uintptr_t)values[3],
		.reason = (char *)(uintptr_t)values[4],
		.accepted = strcmp(values[5], "1") == 0,
	};

	(void)n, (void)names, (void)numeric;
	add_answer(data, &a);
	return 0;
}

/* What is sent tells one question from another: a change may bring a party, or one
 * more certificate of an authority that a server may send.  The caller frees.  */
static char *what_is_sent(const struct explanation *e,
			  const struct explained_question *q)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	for (size_t k = 0; k < q->sent.n; k++) {
		char hex[2 * SHA256_SIZE + 1];

		hex_encode(path_pool_get(e->world.pool, q->sent.items[k])
				   ->certificate.sha256, SHA256_SIZE, hex);
		buf_adds(&b, hex);
	}
	return buf_take(&b);
}

/* What was asked about, of every party and for everything that may be sent.  */
static int take_explained(struct preview_run *p, int64_t at,
			  struct verdicts *to)
{
	AUTO(explanation) struct explanation e = { .host = NULL };
	int status = explain_what(p->o, p->inventory, at, &e);

	if (status >= 0)
		return status;
	for (size_t k = 0; k < e.n_questions; k++) {
		AUTO(str) char *sent = what_is_sent(&e, &e.questions[k]);

		for (size_t n = 0; n < e.world.n_parties; n++) {
			const struct explained_party *party =
				&e.questions[k].parties[n];
			const struct path_answer *a;

			if (party->spans == NULL)
				continue;
			a = &party->spans[party->now].answer;
			add_answer(to, &(struct answer){
				.party = party->party->id,
				.title = party->party->title,
				.name = p->o->arguments[0],
				.reason = (char *)(uintptr_t)
					path_fault_name(a->fault),
				.sent = sent, .accepted = a->accepted });
		}
	}
	if (to->n > 0)
		qsort(to->items, to->n, sizeof(*to->items), compare_answers);
	return -1;
}

/* Judges the newest scan, which is that of RET_REPORT then, and asks the parties
 * at AT.  */
static int judge(struct preview_run *p, int64_t at, struct report *ret_report,
		 struct verdicts *ret_verdicts)
{
	int status = pack_judge(p->o, p->inventory, &p->pack,
				p->output->machine, ret_report);

	if (status < 0)
		ret_report->scan = 0;	/* it is nobody's to ask for */
	if (status < 0 && p->o->n_arguments > 0)
		status = take_explained(p, at, ret_verdicts);
	else if (status < 0)
		status = select_rows(p->inventory, verdicts_sql, take_verdict,
				     ret_verdicts);
	return status;
}

static void say_change(const struct answer *was, const struct answer *will,
		       struct preview *v)
{
	const struct preview_verdict *last =
		v->n_verdicts > 0 ? &v->verdicts[v->n_verdicts - 1] : NULL;

	/* Whatever it is that the server sends, it is one line.  */
	if (last != NULL && was->sent != NULL &&
	    strcmp(last->party, was->party) == 0 &&
	    strcmp(last->before, was->reason) == 0 &&
	    strcmp(last->after, will->reason) == 0)
		return;
	preview_add_verdict(v, &(struct preview_verdict){
		.party = xstrdup(was->party),
		.title = was->title ? xstrdup(was->title) : NULL,
		.sha256 = was->sha256 ? xstrdup(was->sha256) : NULL,
		.name = was->name ? xstrdup(was->name) : NULL,
		.accepted_before = was->accepted,
		.accepted_after = will->accepted,
		.before = xstrdup(was->reason), .after = xstrdup(will->reason),
	});
}

/* What both have and answer differently: a party or an authority of only one has
 * nothing to be compared with.  */
static void compare_verdicts(const struct preview_run *p, struct preview *v)
{
	const struct verdicts *was = &p->was, *will = &p->will;

	for (size_t a = 0, b = 0; a < was->n && b < will->n;) {
		const int d = compare_answers(&was->items[a], &will->items[b]);

		if (d == 0 && was->items[a].accepted != will->items[b].accepted)
			say_change(&was->items[a], &will->items[b], v);
		a += d <= 0;
		b += d >= 0;
	}
}

static int write_preview(struct preview_run *p, const struct preview *v)
{
	AUTO(str) char *command = own_command(p->o);
	const struct output_options options = report_options(p->o, command,
							     p->history);
	struct out out;

	/* The preview for people says it itself.  */
	if (p->history != NULL && p->output->machine)
		log_warning("%s", p->history);
	out_begin(p->o, &out);
	return out_end(&out, p->output->write(v, &options, out.f), 0644);
}

static int compare(struct preview_run *p)
{
	AUTO(preview) struct preview v = { .before = NULL };
	int status;

	preview_compare(&p->before, &p->after, &v);
	compare_verdicts(p, &v);
	status = list_changes(p->inventory, p->scan_before, p->scan_after, &v);
	p->new_severity = -1;
	for (size_t k = 0; k < v.n_appear; k++)
		if (v.appear[k]->status == FINDING_FOUND &&
		    (int)v.appear[k]->severity > p->new_severity)
			p->new_severity = (int)v.appear[k]->severity;
	if (p->silent && v.n_appear + v.n_disappear + v.n_differ +
			 v.n_verdicts + v.n_changes + v.n_moves == 0)
		return status < 0 ? STATUS_OK : status;
	if (status < 0)
		status = write_preview(p, &v);
	if (status >= 0)
		return status;
	return v.n_appear + v.n_disappear + v.n_differ + v.n_verdicts > 0 ?
	       STATUS_DIFFERENT : STATUS_OK;
}

static int run(struct preview_run *p)
{
	struct scan_result scan;
	int status = read_changes(p);

	if (status < 0)
		status = pack_load(p->o, &p->pack);
	if (status < 0)
		status = open_root(p->o->root, &p->root);
	if (status < 0 && p->n_packages > 0)
		status = upgrade_prepare(p->o, &p->root, p->pack.catalogue,
					 p->packages, p->n_packages,
					 &p->upgrade);
	if (status < 0 && p->silent && p->upgrade == NULL)
		return STATUS_OK;
	if (status < 0)
		status = open_inventory(p->o, INVENTORY_MEMORY, &p->inventory,
					&p->history);
	if (status < 0)
		status = record_scan(p->o, &p->root, p->inventory,
				     p->pack.catalogue, &scan);
	if (status >= 0)
		return status;
	p->scan_before = scan.scan;
	status = judge(p, p->o->now, &p->before, &p->was);
	if (status < 0)
		status = find_fingerprints(p);
	if (status < 0)
		status = scan_changed(p);
	if (status < 0)
		status = judge(p, p->o->at, &p->after, &p->will);
	if (status < 0)
		status = compare(p);
	progress(p->o, NULL);
	inventory_rollback(p->inventory);
	return status;
}

static int run_packages(const struct options *o,
			const struct upgrade_package *packages, size_t n,
			bool silent, int *ret_new)
{
	AUTO(preview_run) struct preview_run p = {
		.o = o, .root = { .fd = -1 },
		.output = preview_output_find(o->format),
		.packages = packages, .n_packages = n, .silent = silent,
		.all = xcalloc(o->n_changes + 1, sizeof(*p.all)),
		.files = xcalloc(o->n_changes, sizeof(*p.files)),
		.new_severity = -1,
	};
	int status;

	p.all[0].kind = CHANGE_UPDATE;
	p.changes = p.all + 1;
	status = run(&p);
	if (ret_new != NULL)
		*ret_new = p.new_severity;
	return status;
}

int preview_packages(const struct options *o,
		     const struct upgrade_package *packages, size_t n,
		     int *ret_new)
{
	return run_packages(o, packages, n, true, ret_new);
}

/* Packages among the arguments; what is left is asked about.  */
int preview_command(const struct options *o)
{
	struct upgrade_package *packages = xcalloc((size_t)o->n_arguments,
						   sizeof(*packages));
	char **rest = xcalloc((size_t)o->n_arguments + 1, sizeof(*rest));
	struct options own = *o;
	size_t n = 0, bundles = 0;
	int status;

	own.arguments = rest;
	own.n_arguments = 0;
	for (int k = 0; k < o->n_arguments; k++)
		if (is_package_name(o->arguments[k]))
			packages[n++].file = o->arguments[k];
		else
			rest[own.n_arguments++] = o->arguments[k];
	for (size_t k = 0; k < o->n_changes; k++)
		bundles += o->changes[k].option == OPTION_SET_BUNDLE;
	if (own.n_arguments > 2)
		status = usage_error(o->command, _("one argument too many:"),
				     rest[2], NULL);
	else if (n > LIMIT_PACKAGES)
		status = usage_error(o->command, _("too many packages"), NULL,
				     NULL);
	else if (bundles > 1)
		status = usage_error(o->command,
			_("--set-bundle: there is one system's list"), NULL,
			NULL);
	else if (n == 0 && o->n_changes == 0 && !(o->given & BIT(OPTION_AT)))
		status = usage_error(o->command,
			_("which change? a package (.deb or .rpm), --remove, --distrust, --add, --set-bundle, or --at for the time alone"),
			NULL, NULL);
	else
		status = run_packages(&own, packages, n, false, NULL);
	free(packages);
	free(rest);
	return status;
}
