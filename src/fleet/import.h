/* import.h -- between reading.c, which takes bundles apart, and import.c, which puts
 * them into the database.  Private to src/fleet.
 */
#ifndef FLEET_IMPORT_H
#define FLEET_IMPORT_H

#include "fleet/object.h"

enum { LIST_STORES, LIST_PARTIES, LIST_FINDINGS, LISTS };

/* A bundle's head and end.  */
struct host {
	char *file;		/* for messages */
	char *name, *root, *os, *tool;	/* os: NULL when it is not known */
	int64_t scan, now, made;
	uint8_t lists[LISTS][SHA256_SIZE];
	bool audited;		/* it has a list of findings */
};

struct fleet {
	struct server *server;
	struct readings *readings;
	struct lines seen;		/* lines that were taken; -1: in vain */
	/* By kind and key: a row's id, and in the upper half its weight; -1 - k: it is
	 * waiting[k]; 0: it is not there, or cannot be.  */
	struct lines ids[KINDS];
	struct object *waiting;
	size_t n_waiting, cap_waiting, bytes;
	struct host *hosts;
	size_t n_hosts, cap_hosts;
	struct fleet_counts counts;
	const struct fleet_request *request;	/* of hosts that wait */
};

void host_done(struct host *h);

/* They take what they are given, and may flush: negative errno as fleet_flush().  N is
 * how many bytes the line has.  */
int fleet_take(struct fleet *f, struct object *o, size_t n);
int fleet_take_host(struct fleet *f, struct host *h);
/* One more bundle is refused, see refused_fn.  */
void fleet_refuse(struct fleet *f, const char *file, const char *host,
		  size_t line, const char *why);

#endif
