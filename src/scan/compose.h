/* compose.h -- private to src/scan: which relying parties exist, and which
 * stores each composes.  */
#ifndef SCAN_COMPOSE_H
#define SCAN_COMPOSE_H

#include "scan/scan.h"

struct composition;
/* CATALOGUE must outlive it.  Free with composition_free().  */
struct composition *composition_new(const struct catalogue *catalogue);
void composition_free(struct composition *c);

/* A store of KIND was recorded; strings are copied.  IS_THERE: it is known to
 * exist, so that its party does.  */
void composition_store(struct composition *c, const char *kind,
		       const char *instance, const char *owner, int64_t store,
		       bool is_there);
/* A program of PARTY exists.  */
void composition_program(struct composition *c,
			 const struct party_definition *party,
			 const char *instance, const char *owner);
/* Composes every party that exists and records them all.  */
int composition_record(struct composition *c, struct inventory *i);

#endif
