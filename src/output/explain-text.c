/* explain-text.c -- an explanation for people: the certificates of an identity,
 * where each lies and who signed it, and for each thing that a server may send
 * what the parties of this host make of it.
 *
 * Parties that answer alike now and until the same time are told together.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/explain.h"
#include "output/text.h"

#define FEW	4u			/* of something, without --verbose */

struct view {
	struct pen pen;
	const struct explanation *e;
	bool verbose;
	const char *branch;		/* "└─ " or what the locale has of it */
};

static const struct path_certificate *certificate(const struct view *v,
						  size_t number)
{
	return path_pool_get(v->e->world.pool, number);
}

static void put(struct view *v, enum ink ink, const char *first,
		const char *rest, char *text)
{
	pen_line(&v->pen, ink, first, rest, text);
	free(text);
}

static void gap(struct view *v)
{
	pen_line(&v->pen, INK_PLAIN, "", "", "");
}

static const char *day(int64_t t, char ret[TIME_SIZE])
{
	time_format(t, ret);
	ret[10] = '\0';
	return ret;
}

static char *name_of(const struct view *v, size_t number)
{
	return text_escaped(certificate(v, number)->certificate.name);
}

/* The common name of its issuer.  */
static char *issuer_of(const struct view *v, size_t number)
{
	const size_t issuer = path_pool_issuers(v->e->world.pool, number);

	return issuer != PATH_NONE ? name_of(v, issuer)
		: text_escaped(certificate(v, number)->certificate.issuer);
}

static void hash_of(const struct view *v, size_t number, char ret[13])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(certificate(v, number)->certificate.sha256, SHA256_SIZE,
		   hex);
	memcpy(ret, hex, 12);
	ret[12] = '\0';
}

/* "R3 (67add1166b02) by ISRG Root X1, until 2025-09-15".  */
static char *describe(const struct view *v, size_t number)
{
	const struct path_certificate *c = certificate(v, number);
	AUTO(str) char *name = name_of(v, number), *issuer = NULL;
	char hash[13], until[TIME_SIZE];

	if (c->imagined)
		return xstrdup(_("a certificate that it issues"));
	hash_of(v, number, hash);
	day(c->certificate.not_after, until);
	if (c->certificate.self_signed)
		return xasprintf(_("%s (%s), self-signed, until %s"), name,
				 hash, until);
	issuer = issuer_of(v, number);
	return xasprintf(_("%s (%s) by %s, until %s"), name, hash, issuer,
			 until);
}

/* ---- certificates ----------------------------------------------------------*/

static void put_copy(struct view *v, const struct world_copy *c)
{
	const bool apart = strcmp(c->location, c->store) != 0;
	const bool owned = c->owner != NULL && *c->owner != '\0';
	const char *role = translated(role_name(c->role));
	AUTO(str) char *at = text_escaped(c->location);
	AUTO(str) char *store = text_escaped(c->store);
	AUTO(str) char *owner = text_escaped(c->owner);

	AUTO(str) char *place = apart ?
		xasprintf(_("%s, read as %s"), at, store) : xstrdup(at);
	AUTO(str) char *what = owned ?
		xasprintf(_("%s, %s, of %s"), c->kind, role, owner) :
		xasprintf("%s, %s", c->kind, role);

	put(v, INK_PLAIN, "     ", "         ", xasprintf(c->read
		/* TRANSLATORS: a place and, in brackets, what is there */
		? "%s (%s)" : _("%s (%s), which nobody reads"), place, what));
}

/* Intermediates first: an anchor is expected to be in many stores, a cached
 * copy is what somebody forgot.  */
static int compare_copies(const void *a, const void *b)
{
	const struct world_copy *x = *(const struct world_copy *const *)a;
	const struct world_copy *y = *(const struct world_copy *const *)b;
	int d;

	if ((x->role == ROLE_INTERMEDIATE) != (y->role == ROLE_INTERMEDIATE))
		return x->role == ROLE_INTERMEDIATE ? -1 : 1;
	if (x->read != y->read)
		return x->read ? -1 : 1;
	d = strcmp(x->location, y->location);
	return d != 0 ? d : strcmp(x->kind, y->kind);
}

static void put_copies(struct view *v, size_t number)
{
	const struct path_world *w = &v->e->world;
	const struct world_copy **copies =
		xcalloc(w->n_copies + 1, sizeof(struct world_copy *));
	size_t n = 0;

	for (size_t k = 0; k < w->n_copies; k++)
		if (w->copies[k].certificate == number)
			copies[n++] = &w->copies[k];
	if (n > 0)
		qsort(copies, n, sizeof(struct world_copy *), compare_copies);
	else
		put(v, INK_DIM, "     ", "     ",
		    xstrdup(_("in no store of this host")));
	for (size_t k = 0; k < n; k++) {
		if (k == FEW && n > FEW + 1 && !v->verbose) {
			put(v, INK_DIM, "     ", "     ",
			    xasprintf(_("and in %zu more places; --verbose "
					"tells them"), n - FEW));
			break;
		}
		put_copy(v, copies[k]);
	}
	free(copies);
}

static void put_signers(struct view *v, size_t number)
{
	const struct path_pool *pool = v->e->world.pool;

	if (certificate(v, number)->certificate.self_signed)
		return;
	for (size_t i = path_pool_issuers(pool, number); i != PATH_NONE;
	     i = certificate(v, i)->same_subject) {
		AUTO(str) char *text = NULL;

		if (path_pool_signed((struct path_pool *)(uintptr_t)pool,
				     number, i) != 1)
			continue;
		text = describe(v, i);
		put(v, INK_DIM, "     ", "       ",
		    xasprintf(_("signed by %s"), text));
	}
}

static void put_certificates(struct view *v)
{
	const struct numbers *subjects = &v->e->subjects;

	for (size_t k = 0; k < subjects->n; k++) {
		const size_t number = subjects->items[k];
		const struct certificate *c =
			&certificate(v, number)->certificate;
		AUTO(str) char *text = describe(v, number);
		AUTO(str) char *first = xasprintf("  %zu  ", k + 1);
		const enum ink ink = v->e->now > c->not_after ? INK_MEDIUM
							      : INK_BOLD;

		put(v, ink, first, "     ",
		    xasprintf(v->e->now > c->not_after ? _("%s: expired") :
			      v->e->now < c->not_before ?
			      _("%s: not valid yet") : "%s", text));
		put_copies(v, number);
		put_signers(v, number);
	}
}

static void put_head(struct view *v, const struct explain_options *o)
{
	AUTO(str) char *what = text_escaped(o->what);
	char now[TIME_SIZE], key[2 * SHA256_SIZE + 1];

	pen_line(&v->pen, INK_BOLD, "", "", what);
	if (v->e->subjects.n > 0) {
		const struct certificate *c = &certificate(v,
				v->e->subjects.items[0])->certificate;
		AUTO(str) char *subject = text_escaped(c->subject);

		hex_encode(c->spki_sha256, SHA256_SIZE, key);
		put(v, INK_PLAIN, "  ", "  ",
		    xasprintf(_("subject %s"), subject));
		put(v, INK_DIM, "  ", "  ",
		    xasprintf(_("key %s, at %s"), key,
			      time_format(v->e->now, now)));
	}
	if (o->endpoint != NULL)
		put(v, INK_PLAIN, "  ", "  ", text_escaped(o->endpoint));
	gap(v);
	put_certificates(v);
}

/* ---- answers ---------------------------------------------------------------*/

static const struct explained_span *now_of(const struct explained_party *p)
{
	return &p->spans[p->now];
}

static bool told_alike(const struct explained_party *a,
		       const struct explained_party *b)
{
	const struct explained_span *x = now_of(a), *y = now_of(b);

	return x->until == y->until &&
	       x->answer.accepted == y->answer.accepted &&
	       x->answer.fault == y->answer.fault &&
	       x->answer.n == y->answer.n &&
	       memcmp(x->answer.path, y->answer.path,
		      x->answer.n * sizeof(*x->answer.path)) == 0;
}

/* "│   └─ name, and what is wrong with it".  */
static void put_path(struct view *v, const struct path_answer *a)
{
	for (size_t k = 0; k < a->n; k++) {
		AUTO(str) char *text = describe(v, a->path[k]);
		AUTO(str) char *first = xasprintf("      %*s%s", (int)(2 * k),
						  "", v->branch);
		AUTO(str) char *rest = xasprintf("      %*s", (int)(2 * k + 3),
						 "");
		const bool wrong = !a->accepted && k == a->at;

		put(v, wrong ? INK_HIGH : INK_PLAIN, first, rest,
		    wrong ? xasprintf(_("%s: %s"), text,
				      _(path_fault_text(a->fault))) :
			    xstrdup(text));
	}
}

static char *party_name(const struct world_party *p)
{
	AUTO(str) char *title = text_escaped(translated(p->title ? p->title : p->id));
	AUTO(str) char *id = text_escaped(p->id);

	return xasprintf("%s (%s)", title, id);
}

/* "java:/usr/lib/jvm/x" and "java:/usr/lib/jvm/y" */
static bool same_type(const struct world_party *a, const struct world_party *b)
{
	const size_t n = strcspn(a->id, ":");

	return n == strcspn(b->id, ":") && strncmp(a->id, b->id, n) == 0;
}

static void put_next(struct view *v, const struct explained_party *p)
{
	const struct explained_span *next;
	char until[TIME_SIZE];

	if (p->now + 1 == p->n_spans)
		return;
	next = &p->spans[p->now + 1];
	put(v, INK_DIM, "      ", "        ",
	    xasprintf(_("until %s; then %s"),
		      time_format(next->from, until),
		      next->answer.accepted ? _("accepted by another path")
			: _(path_fault_text(next->answer.fault))));
}

static void put_group(struct view *v, const struct explained_question *q,
		      size_t first, bool *told)
{
	const struct explained_party *p = &q->parties[first];
	const struct path_answer *a = &now_of(p)->answer;
	AUTO(buf) struct buf names, unverified;

	buf_init(&names, LIMIT_TEXT_BYTES);
	buf_init(&unverified, LIMIT_TEXT_BYTES);
	for (size_t k = first; k < v->e->world.n_parties; k++) {
		const struct world_party *party = &v->e->world.parties[k];
		AUTO(str) char *name = NULL;
		struct buf *to = party->model->verified != NULL ? &names
								: &unverified;
		size_t like = 0;

		if (q->parties[k].spans == NULL || told[k] ||
		    !told_alike(p, &q->parties[k]))
			continue;
		told[k] = true;
		/* They are in the order of their ids, so that those of one
		 * type follow each other.  */
		for (size_t x = k + 1; !v->verbose &&
		     x < v->e->world.n_parties; x++)
			if (same_type(party, &v->e->world.parties[x]) &&
			    q->parties[x].spans != NULL && !told[x] &&
			    told_alike(p, &q->parties[x])) {
				told[x] = true;
				like++;
			}
		name = party_name(party);
		buf_adds(to, to->n > 0 ? ", " : "");
		if (like > 0)
			buf_addf(to, ngettext("%s and %zu like it",
						  "%s and %zu like it", like),
				 name, like);
		else
			buf_adds(to, name);
	}
	if (unverified.n > 0) {
		buf_adds(&names, names.n > 0 ? "; " : "");
		buf_addf(&names, _("by models that were not compared with the "
				   "programs: %s"), buf_str(&unverified));
	}
	pen_begin(&v->pen, "    ", "      ");
	pen_word(&v->pen, a->accepted ? INK_GOOD : INK_HIGH,
		 a->accepted ? _("accepts:") : _("refuses:"));
	pen_words(&v->pen, INK_PLAIN, buf_str(&names));
	pen_end(&v->pen);
	put_path(v, a);
	put_next(v, p);
}

static void put_complete(struct view *v, const struct explained_question *q)
{
	const struct path_answer *a = &q->complete.answer;
	bool refused = false;

	for (size_t k = 0; k < v->e->world.n_parties; k++)
		refused = refused || (q->parties[k].spans != NULL &&
				      !now_of(&q->parties[k])->answer.accepted);
	if (!refused)
		return;
	if (a->accepted) {
		put(v, INK_BOLD, "    ", "      ", xstrdup(
			_("a good path is on this host:")));
		put_path(v, a);
	} else {
		put(v, INK_BOLD, "    ", "      ",
		    xasprintf(_("no good path is on this host: %s"),
			      _(path_fault_text(a->fault))));
	}
}

static void put_sent(struct view *v, const struct explained_question *q)
{
	AUTO(buf) struct buf text;

	buf_init(&text, LIMIT_TEXT_BYTES);
	gap(v);
	if (q->sent.n == 0) {
		put(v, INK_BOLD, "", "  ",
		    xstrdup(_("A server that sends nothing but its own "
			      "certificate:")));
		return;
	}
	for (size_t k = 0; k < q->sent.n; k++) {
		AUTO(str) char *one = describe(v, q->sent.items[k]);

		buf_addf(&text, "%s%s", k > 0 ? "; " : "", one);
	}
	put(v, INK_BOLD, "", "  ",
	    xasprintf(_("A server that sends %s:"), buf_str(&text)));
}

/* What whoever runs the server can do about it; not of what was imagined.  */
static void put_advice(struct view *v, const struct explained_question *q)
{
	if (certificate(v, q->peer)->imagined)
		return;
	if (q->missing != PATH_NONE) {
		AUTO(str) char *name = name_of(v, q->missing);
		AUTO(str) char *issuer = q->missing_issuer == PATH_NONE
			? text_escaped(certificate(v, q->missing)
					       ->certificate.issuer)
			: describe(v, q->missing_issuer);

		put(v, INK_MEDIUM, "    ", "      ",
		    xasprintf(_("missing: the server does not send the issuer "
				"of %s: %s"), name, issuer));
	}
	for (size_t k = 0; k < q->sent.n; k++) {
		AUTO(str) char *text = NULL;

		if (q->used[k])
			continue;
		text = describe(v, q->sent.items[k]);
		put(v, INK_MEDIUM, "    ", "      ",
		    xasprintf(_("too much: the server sends %s, which nobody "
				"here uses"), text));
	}
	if (!q->in_order)
		put(v, INK_MEDIUM, "    ", "      ", xstrdup(
			_("out of order: each certificate should be followed "
			  "by the one that signed it")));
}

static void put_question(struct view *v, const struct explained_question *q)
{
	const size_t n = v->e->world.n_parties;
	bool *told = xcalloc(n + 1, sizeof(*told));
	size_t unknown = 0;

	put_sent(v, q);
	/* those that refuse come first */
	for (int accepted = 0; accepted <= 1; accepted++)
		for (size_t k = 0; k < n; k++)
			if (q->parties[k].spans != NULL && !told[k] &&
			    now_of(&q->parties[k])->answer.accepted ==
				    (accepted == 1))
				put_group(v, q, k, told);
	for (size_t k = 0; k < n; k++)
		unknown += q->parties[k].spans == NULL &&
			   explanation_asks(v->e, &v->e->world.parties[k]);
	if (unknown > 0)
		put(v, INK_DIM, "    ", "      ",
		    xasprintf(ngettext("%zu party has no path model",
				       "%zu parties have no path model",
				       unknown), unknown));
	put_complete(v, q);
	put_advice(v, q);
	free(told);
}

static void view_init(struct view *v, const struct explanation *e,
		      const struct explain_options *o, FILE *f)
{
	*v = (struct view){ .e = e, .verbose = o->common->verbose };
	pen_init(&v->pen, f, o->common->width, o->common->color);
	v->branch = v->pen.utf8 ? "└─ " : "`- ";
}

int explain_text(const struct explanation *e, const struct explain_options *o,
		 FILE *f)
{
	struct view v;

	if (o->timeline)
		return explain_timeline(e, o, f);
	view_init(&v, e, o, f);
	put_head(&v, o);
	for (size_t k = 0; k < e->n_questions; k++)
		put_question(&v, &e->questions[k]);
	if (e->cut || e->world.cut) {
		gap(&v);
		put(&v, INK_MEDIUM, "", "  ", xstrdup(
			_("There are too many certificates of these names: not "
			  "all of them, or not all times, were looked at.")));
	}
	return ferror(f) ? -EIO : 0;
}

/* ---- timeline --------------------------------------------------------------*/

struct change {
	int64_t at;
	const struct explained_question *q;
	const struct explained_party *p;
	const struct explained_span *to;
};

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->q != y->q)
		return x->q < y->q ? -1 : 1;
	return (x->p > y->p) - (x->p < y->p);
}

/* Where an acceptance ends or begins; another path of the same verdict is no
 * change that anybody notices.  */
static void add_changes(const struct explained_question *q,
			const struct explained_party *p, struct change **list,
			size_t *n, size_t *cap)
{
	for (size_t k = 1; k < p->n_spans; k++) {
		if (p->spans[k].answer.accepted ==
		    p->spans[k - 1].answer.accepted)
			continue;
		grow(list, *n, cap, sizeof(**list));
		(*list)[(*n)++] = (struct change){ p->spans[k].from, q, p,
						   &p->spans[k] };
	}
}

int explain_timeline(const struct explanation *e,
		     const struct explain_options *o, FILE *f)
{
	struct change *changes = NULL;
	size_t n = 0, cap = 0;
	bool now_told = false;
	struct view v;
	char at[TIME_SIZE];

	view_init(&v, e, o, f);
	for (size_t k = 0; k < e->n_questions; k++)
		for (size_t p = 0; p < e->world.n_parties; p++)
			if (e->questions[k].parties[p].spans != NULL)
				add_changes(&e->questions[k],
					    &e->questions[k].parties[p],
					    &changes, &n, &cap);
	if (n > 0)
		qsort(changes, n, sizeof(*changes), compare_changes);
	for (size_t k = 0; k <= n; k++) {
		AUTO(str) char *about = NULL, *party = NULL;

		if (!now_told && (k == n || changes[k].at > e->now)) {
			put(&v, INK_BOLD, "", "", xasprintf(_("%s  now"),
				time_format(e->now, at)));
			now_told = true;
		}
		if (k == n)
			break;
		about = describe(&v, changes[k].q->about);
		party = party_name(changes[k].p->party);
		put(&v, changes[k].to->answer.accepted ? INK_GOOD : INK_HIGH,
		    "", "                      ",
		    xasprintf(changes[k].to->answer.accepted
			? _("%s  %s begins to accept %s")
			: _("%s  %s stops accepting %s: %s"),
			time_format(changes[k].at, at), party, about,
			_(path_fault_text(changes[k].to->answer.fault))));
	}
	free(changes);
	return ferror(f) ? -EIO : 0;
}
