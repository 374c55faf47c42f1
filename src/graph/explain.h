/* explain.h -- who would build which path, and until when: every relying party's
 * answer to each question about a certificate, with the times at which it
 * changes.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "graph/world.h"

/* From `from` on, before `until`, the answer is this one.  */
struct explained_span {
	int64_t from, until;		/* INT64_MIN, INT64_MAX: no bound */
	struct path_answer answer;
};

struct explained_party {
	const struct world_party *party;
	struct explained_span *spans;	/* in order, without gaps; NULL: the
					 * party has no model, or is not asked */
	size_t n_spans;
	size_t now;			/* which of them now is in */
	size_t like;			/* the first party with the same spans, by
					 * its index; itself when it is that */
};

/* What is shown to the parties.  */
struct explained_question {
	size_t peer;
	size_t about;			/* the certificate that it is about: the
					 * peer, or the authority of an imagined
					 * one */
	struct numbers sent;
	struct explained_party *parties;	/* n_parties of the world */
	/* Of what was sent: */
	bool *used;			/* ... by any party on its path; one for
					 * each of `sent` */
	bool in_order;			/* each was signed by the next */
	size_t missing;			/* what lacks its issuer for some party;
					 * PATH_NONE: nothing */
	size_t missing_issuer;		/* ... and which that is, if it is known,
					 * else PATH_NONE */
	struct explained_span complete;	/* of the search that tries everything,
					 * over all anchors of all parties */
};

struct explanation {
	struct path_world world;
	int64_t now;
	const char *host;		/* NULL: not checked; borrowed, or that
					 * of own_host */
	char *own_host;			/* NULL, or freed with the rest */
	char *endpoint;			/* the address and protocol of the server
					 * that was asked; NULL: none; likewise */
	size_t endpoint_sent;		/* how many certificates it sent */
	const char *party;		/* only this one, or those of this type;
					 * NULL: all; borrowed */
	struct numbers subjects;	/* what was asked about */
	struct explained_question *questions;
	size_t n_questions, cap_questions;
	bool cut;			/* more than LIMIT_CHANGES times */
};

void explanation_init(struct explanation *e, unsigned purpose);
void explanation_done(struct explanation *e);
void auto_explanation(struct explanation *e);
/* Adds a question; SENT is taken over.  */
void explanation_ask(struct explanation *e, size_t about, size_t peer,
		     struct numbers *sent);
/* Answers all of them.  */
void explanation_answer(struct explanation *e);
/* Is PARTY one of those that are asked?  */
bool explanation_asks(const struct explanation *e,
		      const struct world_party *party);

#endif
