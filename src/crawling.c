/* crawling.c -- a crawl as its user sees it: the directories that the command line
 * names, progress on the terminal, and Ctrl-C, which ends the crawl and keeps what
 * it found.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "locate/locate.h"

static volatile sig_atomic_t stop;

/* A second one ends the program, as ever.  */
static void on_signal(int number)
{
	stop = 1;
	signal(number, SIG_DFL);
}

struct crawling {
	struct crawl_options options;
	const struct options *o;
	char **starts;
	int64_t begin;			/* monotonic_ns() */
	bool catching;
	void (*before)(int);		/* what SIGINT did */
};

static void show(const struct crawl_progress *p, void *data)
{
	const struct crawling *c = data;
	AUTO(str) char *line = NULL, *path = NULL;
	const double seconds = (double)(monotonic_ns() - c->begin) /
			       NS_PER_SECOND;

	path = p->path != NULL ? escape_text(p->path, strlen(p->path)) :
	       xstrdup("");
	line = xasprintf(_("crawling: %zu names in %zu directories, %zu found, %.0f names/s %.*s"),
			 p->names, p->directories, p->found,
			 seconds > 0 ? (double)p->names / seconds : 0.0,
			 40, path);
	progress(c->o, line);
}

/* /proc and its like, whose files nobody ever wrote.  What cannot be known is told by
 * the crawl.  */
static bool holds_no_files(const struct root *root, const char *path)
{
	AUTO(mounts) struct mounts mounts = { .n = 0 };
	AUTO(str) char *whole = strcmp(root->path, "/") == 0 ? xstrdup(path) :
				xasprintf("%s%s", root->path,
					  path[1] != '\0' ? path : "");
	const struct mount *m = mounts_read(&mounts) < 0 ? NULL :
				mounts_of(&mounts, whole);

	return m != NULL && m->kind == MOUNT_PSEUDO;
}

/* DIR as an absolute path inside of the root, without links; the caller frees.
 * Says why there is none.  */
static char *find_start(const struct options *o, const struct root *root,
			const char *directory)
{
	struct file_id id;
	char *path = NULL;
	int r = 0;

	if (strcmp(root->path, "/") == 0) {
		path = realpath(directory, NULL);
		r = path == NULL ? -errno : 0;
	} else if (directory[0] == '/') {
		r = file_real_path(root, directory, &path);
	} else {
		usage_error(o->command,
			    _("with --root, a directory to crawl begins with /, in the root"),
			    directory, NULL);
		return NULL;
	}
	if (r == 0)
		r = file_stat(root, path, &id);
	if (r == 0 && !S_ISDIR(id.mode))
		r = -ENOTDIR;
	if (r == 0 && holds_no_files(root, path))
		r = -EPSEUDO;
	if (r < 0) {
		AUTO(str) char *name = escape_text(directory,
						   strlen(directory));

		log_error(_("%s: cannot be crawled: %s"), name, error_words(r));
		free(path);
		return NULL;
	}
	return path;
}

int crawling_begin(const struct options *o, const struct root *root,
		   struct crawling **ret_crawling)
{
	struct crawling *c;

	*ret_crawling = NULL;
	if (!o->crawl)
		return -1;
	c = xcalloc(1, sizeof(*c));
	c->o = o;
	c->starts = xcalloc((size_t)o->n_arguments + 1, sizeof(*c->starts));
	for (int k = 0; k < o->n_arguments; k++) {
		c->starts[k] = find_start(o, root, o->arguments[k]);
		if (c->starts[k] == NULL) {
			crawling_end(c, false);
			return EX_USAGE;
		}
	}
	c->options = (struct crawl_options){
		.starts = c->starts, .all = o->crawl_all,
		.names_only = o->crawl_names, .strict = o->strict,
		.stop = &stop, .progress = show, .data = c };
	c->begin = monotonic_ns();
	c->before = signal(SIGINT, on_signal);
	c->catching = c->before != SIG_IGN && c->before != SIG_ERR;
	if (c->before == SIG_IGN)	/* nohup, or a shell's background */
		signal(SIGINT, SIG_IGN);
	*ret_crawling = c;
	return -1;
}

const struct crawl_options *crawling_options(const struct crawling *c)
{
	return c != NULL ? &c->options : NULL;
}

void crawling_end(struct crawling *c, bool stopped)
{
	if (c == NULL)
		return;
	/* SIG_DFL is NULL, too.  */
	if (c->catching)
		signal(SIGINT, c->before);
	if (stop && !stopped)
		raise(SIGINT);
	names_free(c->starts);
	free(c);
}
