/* worker.c -- processes that do one kind of work inside a sandbox, and the nursery
 * that forks them.
 *
 * A worker is to have nothing of the program's: not the inventory's pages, not
 * what was decrypted, no descriptor.  So it is not forked by the program, but by
 * a process that was, before there was anything: the nursery.  It reads nothing
 * that came from outside, keeps the program's user because it gives its
 * children another, and forks nobody until it is asked, so that a scan that
 * finds nothing changed costs one process that sleeps.
 *
 * Nobody outlives the program: the kernel kills the nursery when the program
 * ends, however it does, and the workers when the nursery does.  Ctrl-C reaches
 * the whole group of processes; it is the program's to decide what that means.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

#define PLACES		64u
#define REAP_FIRST_NS	100000L		/* a tenth of a millisecond, and then ... */
#define REAP_LAST_NS	10000000L	/* ... twice as long each time */
#define REAP_TIMES	500u		/* five seconds for a process to go */
#define HELLO		0u	/* the type of a worker's first message */

enum request { REQUEST_START, REQUEST_KILL, REQUEST_WAIT };

struct ask {
	int32_t request, pid;
	uint32_t place;
};
struct answer {
	int32_t error, pid, status;
};

struct nursery {
	pid_t pid;
	int fd;
	struct worker_place *places;
	bool taken[PLACES];
};

static struct worker_place *own_place;

struct worker_place *worker_place(void)
{
	static struct worker_place nowhere;	/* when this is no worker */

	return own_place != NULL ? own_place : &nowhere;
}

/* ---- inside a worker -------------------------------------------------------*/

static void say_hello(struct channel *c, const struct sandbox_state *s)
{
	struct buf *b = channel_begin(c, HELLO);

	for (size_t k = 0; k < SANDBOX_PARTS; k++)
		wire_put_i64(b, s->parts[k]);
	channel_end(c);
	if (channel_send(c, NULL, 0) < 0)
		_exit(EXIT_FAILURE);
}

static void get_hello(struct wire *w, struct sandbox_state *ret_state)
{
	for (size_t k = 0; k < SANDBOX_PARTS; k++)
		ret_state->parts[k] = (int)wire_get_i64(w, -4095,
							SANDBOX_NOT_ASKED);
}

static void __attribute__((noreturn))
be_worker(const struct worker_kind *kind, int fd, struct worker_place *place)
{
	struct sandbox_state state;
	struct channel channel;

	die_quietly(WORKER_NO_MEMORY);
	own_place = place;
	/* Not the default, which would wake a handler of the program's.  */
	signal(SIGTERM, SIG_DFL);
	memory_in_huge_pages();
	sandbox_enter_reader(fd, &state);
	channel_init(&channel, state.parts[SANDBOX_DESCRIPTORS] == 0 ?
		     SANDBOX_SOCKET : fd, 0);
	say_hello(&channel, &state);
	kind->work(&channel);
	_exit(WORKER_DONE);
}

/* ---- the nursery -----------------------------------------------------------*/

static int send_answer(int fd, struct answer a, int worker)
{
	union {
		char buffer[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .buffer = { 0 } };
	struct iovec iov = { &a, sizeof(a) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t sent;

	if (worker >= 0) {
		struct cmsghdr *h;

		m.msg_control = control.buffer;
		m.msg_controllen = sizeof(control.buffer);
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &worker, sizeof(worker));
	}
	do
		sent = sendmsg(fd, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* *ret_worker: the program's end of its channel.  */
static struct answer make_worker(const struct worker_kind *kind, int control,
				 struct worker_place *place, int *ret_worker)
{
	struct answer a = { .error = 0 };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return (struct answer){ .error = -errno };
	a.pid = fork();
	if (a.pid == 0) {
		close(control);
		close(pair[0]);
		be_worker(kind, pair[1], place);
	}
	if (a.pid < 0)
		a.error = -errno;
	close(pair[1]);
	if (a.error < 0)
		close(pair[0]);
	else
		*ret_worker = pair[0];
	return a;
}

/* A process that a file system holds does not even die: it is left to init.  */
static struct answer reap(pid_t pid, bool force)
{
	struct timespec pause = { .tv_nsec = REAP_FIRST_NS };
	int status;

	if (force)
		kill(pid, SIGKILL);
	for (unsigned k = 0; k < REAP_TIMES; k++) {
		pid_t r = waitpid(pid, &status, WNOHANG);

		if (r == pid)
			return (struct answer){ .pid = pid, .status = status };
		if (r < 0)
			return (struct answer){ .pid = pid, .error = -errno };
		if (k == REAP_TIMES / 2)
			kill(pid, SIGKILL);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < REAP_LAST_NS)
			pause.tv_nsec *= 2;
	}
	return (struct answer){ .pid = pid, .error = -ETIMEDOUT };
}

static bool hear_ask(int fd, struct ask *ret_ask)
{
	ssize_t n;

	do
		n = recv(fd, ret_ask, sizeof(*ret_ask), 0);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*ret_ask);
}

static void __attribute__((noreturn))
be_nursery(const struct worker_kind *kind, int fd, pid_t program,
	   struct worker_place *places)
{
	bool prepared = false;
	struct ask ask;

	die_quietly(WORKER_NO_MEMORY);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != program)
		_exit(EXIT_FAILURE);
	while (hear_ask(fd, &ask)) {
		struct answer answer;
		int worker = -1;

		if (ask.request == REQUEST_START) {
			if (!prepared && kind->prepare != NULL)
				kind->prepare();
			prepared = true;
			answer = make_worker(kind, fd,
					     &places[ask.place % PLACES],
					     &worker);
		} else {
			answer = reap(ask.pid, ask.request == REQUEST_KILL);
		}
		if (send_answer(fd, answer, worker) < 0)
			break;
		auto_fd(&worker);
	}
	_exit(EXIT_SUCCESS);
}

int nursery_open(const struct worker_kind *kind, struct nursery **ret_nursery)
{
	const size_t size = PLACES * sizeof(struct worker_place);
	const pid_t program = getpid();
	struct nursery *n;
	void *places;
	int pair[2];
	pid_t pid;

	places = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (places == MAP_FAILED)
		return -errno;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		int e = -errno;

		munmap(places, size);
		return e;
	}
	/* A process that is forked has what is not written yet, too.  */
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		be_nursery(kind, pair[1], program, places);
	}
	close(pair[1]);
	if (pid < 0) {
		int e = -errno;

		close(pair[0]);
		munmap(places, size);
		return e;
	}
	n = xcalloc(1, sizeof(*n));
	*n = (struct nursery){ .pid = pid, .fd = pair[0], .places = places };
	*ret_nursery = n;
	return 0;
}

void nursery_close(struct nursery *n)
{
	if (n == NULL)
		return;
	close(n->fd);		/* it ends, and with it its workers */
	while (waitpid(n->pid, NULL, 0) < 0 && errno == EINTR)
		;
	munmap(n->places, PLACES * sizeof(struct worker_place));
	free(n);
}

/* ---- the program's side ----------------------------------------------------*/

/* The nursery closes its end only when it ends.  */
static int nursery_error(int error)
{
	return error == EPIPE || error == ECONNRESET ? -ESRCH : -error;
}

static int ask_nursery(struct nursery *n, struct ask ask,
		       struct answer *ret_answer, int *ret_fd)
{
	union {
		char buffer[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { ret_answer, sizeof(*ret_answer) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buffer,
		.msg_controllen = sizeof(control.buffer),
	};
	const struct cmsghdr *h;
	ssize_t got;

	do
		got = send(n->fd, &ask, sizeof(ask), MSG_NOSIGNAL);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return nursery_error(errno);
	do
		got = recvmsg(n->fd, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(*ret_answer))
		return got < 0 ? nursery_error(errno) : -ESRCH;
	h = CMSG_FIRSTHDR(&m);
	if (h != NULL && ret_fd != NULL)
		memcpy(ret_fd, CMSG_DATA(h), sizeof(*ret_fd));
	return ret_answer->error;
}

static int take_place(struct nursery *n, uint32_t *ret_place)
{
	for (uint32_t k = 0; k < PLACES; k++) {
		if (n->taken[k])
			continue;
		n->taken[k] = true;
		atomic_store(&n->places[k].offset, 0);
		*ret_place = k;
		return 0;
	}
	return -EMFILE;
}

static int hear_hello(struct worker *w)
{
	struct wire message;
	unsigned type;
	int r = channel_receive(&w->channel, &type, &message);

	if (r < 0)
		return r;
	get_hello(&message, &w->sandbox);
	return type == HELLO ? wire_end(&message) : -EBADMSG;
}

int worker_start(struct nursery *n, struct worker **ret_worker)
{
	struct answer answer = { .error = 0 };
	struct worker *w;
	uint32_t place;
	int fd = -1, r = take_place(n, &place);

	if (r < 0)
		return r;
	r = ask_nursery(n, (struct ask){ REQUEST_START, 0, place }, &answer,
			&fd);
	if (r < 0) {
		n->taken[place] = false;
		return r;
	}
	w = xcalloc(1, sizeof(*w));
	w->pid = answer.pid;
	w->nursery = n;
	w->place = &n->places[place];
	channel_init(&w->channel, fd, w->pid);
	r = hear_hello(w);
	if (r < 0) {
		worker_stop(w, true, NULL);
		return r;
	}
	*ret_worker = w;
	return 0;
}

bool worker_is_old(const struct worker *w)
{
	return channel_cpu_time(&w->channel) / 1000000000 > LIMIT_WORKER_LIFE;
}

void worker_stop(struct worker *w, bool force, struct worker_end *ret_end)
{
	struct answer a = { .error = 0 };
	struct worker_end end = { .status = WORKER_LOST };
	int r;

	channel_done(&w->channel);
	r = ask_nursery(w->nursery,
			(struct ask){ force ? REQUEST_KILL : REQUEST_WAIT,
				      w->pid, 0 }, &a, NULL);
	/* One that is lost keeps its place: it may still write there.  */
	if (r == 0) {
		w->nursery->taken[w->place - w->nursery->places] = false;
		end.signal = WIFSIGNALED(a.status) ? WTERMSIG(a.status) : 0;
		end.status = WIFEXITED(a.status) ? WEXITSTATUS(a.status) : 0;
	}
	if (ret_end != NULL)
		*ret_end = end;
	free(w);
}

/* ---- what may go wrong ---------------------------------------------------------*/

static volatile sig_atomic_t guarded;

static void end_guarded(int signal_number)
{
	(void)signal_number;
	kill((pid_t)guarded, SIGKILL);
}

int guarded_run(int (*fn)(const void *data), const void *data, unsigned seconds,
		struct worker_end *ret_end)
{
	const struct sigaction end = { .sa_handler = end_guarded };
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		status = fn(data);
		fflush(NULL);
		_exit(status);
	}
	if (pid < 0)
		return -errno;
	guarded = pid;
	sigaction(SIGALRM, &end, NULL);
	alarm(seconds);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	alarm(0);
	*ret_end = (struct worker_end){
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0 };
	return 0;
}
