/* notify.c -- tells the system's log what changed: systemd's journal, which takes
 * the fields one by one, or else whoever listens on /dev/log.
 *
 * Changes only: a finding that is there every day is told on the first, and a line
 * for each run says that it took place.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"
#define SYSLOG_SOCKET	"/dev/log"

struct way {
	enum notify notify;
	const char *socket;
};

static int tell_journal(int fd, const struct notice *n)
{
	AUTO(buf) struct buf b;
	int r;

	buf_init(&b, SIZE_MAX);
	notice_native(n, &b);
	r = datagram_send(fd, (struct blob){ (const uint8_t *)b.p, b.n });
	/* As sd_journal_sendv() does; the kernel says either.  */
	if (r == -EMSGSIZE || r == -ENOBUFS)
		r = datagram_send_sealed(fd, (struct blob){
				(const uint8_t *)b.p, b.n });
	return r;
}

static int tell_syslog(int fd, const struct notice *n)
{
	AUTO(buf) struct buf b;

	buf_init(&b, SIZE_MAX);
	/* When it is said, whatever time the verdict is of.  */
	notice_syslog(n, time(NULL), (long)getpid(), &b);
	return datagram_send(fd, (struct blob){ (const uint8_t *)b.p, b.n });
}

static int tell(const struct way *way, const struct notices *all)
{
	AUTO(fd) int fd = -1;
	int r = datagram_open(way->socket, &fd);

	for (size_t i = 0; r == 0 && i < all->n; i++)
		r = way->notify == NOTIFY_JOURNAL ?
			tell_journal(fd, &all->items[i]) :
			tell_syslog(fd, &all->items[i]);
	return r;
}

void notify_log(const struct options *o, const struct judged *j,
		const struct report_facts *facts)
{
	const struct output_options options = {
		.fail_on = o->fail_on, .critical = o->critical,
		.baseline = facts->baseline, .earlier = facts->earlier,
		.status = facts->status,
	};
	struct way way = { o->notify, o->notify_socket };
	AUTO(notices) struct notices all = { .items = NULL };
	int r;

	if (o->notify == NOTIFY_NOBODY)
		return;
	if (way.notify == NOTIFY_AUTO)
		way.notify = access(JOURNAL_SOCKET, F_OK) == 0 ?
			     NOTIFY_JOURNAL : NOTIFY_SYSLOG;
	if (way.socket == NULL)
		way.socket = way.notify == NOTIFY_JOURNAL ? JOURNAL_SOCKET
							  : SYSLOG_SOCKET;
	notices_make(j->has_programs ? &j->programs : &j->people, &options,
		     &all);
	r = tell(&way, &all);
	if (r < 0 && o->notify == NOTIFY_AUTO &&
	    way.notify == NOTIFY_JOURNAL) {
		way = (struct way){ NOTIFY_SYSLOG, SYSLOG_SOCKET };
		r = tell(&way, &all);
	}
	if (r < 0)
		log_warning(_("the system's log was not told what changed: %s: %s"),
			    way.socket, strerror(-r));
}
