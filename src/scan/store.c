/* store.c -- reads one store: its files through the readers, their entries and
 * problems into the inventory.
 *
 * Before anything is opened the store's signature is taken: a hash over the
 * catalogue and the names, inodes, sizes and times of its files.  A store whose
 * signature is the one of the newest earlier scan is recorded as it was.  A
 * directory's own times would not do: rewriting a file in place does not touch
 * them.  A signature that holds a time younger than RACY_NS before the scan is
 * not kept, for the file may change again without a visible trace (git's
 * "racily clean" entries are the same thing).
 *
 * A file reached by two names (Debian's JDKs all link to one cacerts; a hash
 * link and its .pem) is read once a scan and recorded under every name.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

#define LEAST_PAGE	512	/* bytes, of a database of SQLite */

/* A name that belongs to the store.  */
struct member {
	char *path;
	struct file_id id;
	int error;
	enum role role;			/* said by a reference, else ROLE_NONE */
	char *companion;		/* the file beside it that a reader wants to
					 * see too, NULL: none */
	struct file_id companion_id;
	char *real_path, *user;		/* once it was read; NULL: was not */
};

/* Everything about the store that is being read.  */
struct store_pass {
	struct pass *pass;
	const struct place *place;
	struct member *members;
	size_t n_members, cap_members;
	struct stored_entry *entries;
	size_t n_entries, cap_entries;
	struct stored_problem *problems;
	size_t n_problems, cap_problems;
	size_t problems_left_out;
	const struct reader *reader;	/* of the first file that had one */
	int error;			/* of the inventory, ends the scan */
	char *engine;			/* NULL: not known */
	bool passing;			/* what stood in the way may be gone next
					 * time, and no file shows it */
};

/* ---- problems ----------------------------------------------------------------*/

/* MESSAGE is taken over.  */
static void add_problem(struct store_pass *s, const char *path, bool has_offset,
			uint64_t offset, enum problem_code code, bool skipped,
			char *message)
{
	if (s->place->definition->secret && code != PROBLEM_LIMIT &&
	    code != PROBLEM_CHANGED) {
		free(message);
		return;
	}
	if (s->n_problems >= LIMIT_STORE_PROBLEMS) {
		s->problems_left_out++;
		free(message);
		return;
	}
	grow(&s->problems, s->n_problems, &s->cap_problems,
	     sizeof(*s->problems));
	s->problems[s->n_problems++] = (struct stored_problem){
		.path = path, .has_offset = has_offset, .offset = offset,
		.code = code, .message = message, .skipped = skipped };
}

/* Is ERROR nothing that is in a file, its name, its kind, its permissions?  */
static bool is_passing(int error)
{
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENOTREG:
	case EPSEUDO:
	case EFBIG:
	case E2BIG:
	case EACCES:
	case EPERM:
	case ENAMETOOLONG:
		return false;
	default:
		return true;
	}
}

/* Why the system did not let us look at PATH.  */
static void add_errno(struct store_pass *s, const char *path, int error)
{
	bool skips = s->place->definition->skips;

	s->passing |= is_passing(error);
	trouble_told(path);
	switch (-error) {
	case ENOENT:
	case ENOTDIR:
		add_problem(s, path, false, 0, PROBLEM_DANGLING, skips,
			    xstrdup("leads to nothing: remove the link, or put "
				    "back what it pointed to"));
		break;
	case ELOOP:
		add_problem(s, path, false, 0, PROBLEM_DANGLING, skips,
			    xstrdup("a loop of symbolic links: remove it"));
		break;
	case ENOTREG:
		add_problem(s, path, false, 0, PROBLEM_NOT_REGULAR, false,
			    xstrdup("not a regular file, so it was not opened: "
				    "see what put it there"));
		break;
	case EPSEUDO:
		add_problem(s, path, false, 0, PROBLEM_NOT_REGULAR, false,
			    xstrdup("an interface of the kernel's, so it was not "
				    "read: see what names it"));
		break;
	case EFBIG:
		add_problem(s, path, false, 0, PROBLEM_TOO_LARGE, false,
			    xasprintf("larger than %u bytes: not read",
				      LIMIT_FILE_BYTES));
		break;
	case E2BIG:
		add_problem(s, path, false, 0, PROBLEM_LIMIT, false,
			    xasprintf("more than %u names, or more than %u "
				      "directories deep: not looked through",
				      LIMIT_DIRECTORY_NAMES, LIMIT_TREE_DEPTH));
		break;
	case EAGAIN:
	case ESTALE:
		add_problem(s, path, false, 0, PROBLEM_CHANGED, false,
			    xstrdup("was replaced while it was read: scan "
				    "again"));
		break;
	case ETIMEDOUT:
		add_problem(s, path, false, 0, PROBLEM_UNREADABLE, false,
			    xstrdup("its file system does not answer: see what "
				    "became of its server, or unmount it"));
		break;
	case EACCES:
	case EPERM:
		add_problem(s, path, false, 0, PROBLEM_UNREADABLE, false,
			    xstrdup("permission denied: run as its owner or as "
				    "root"));
		break;
	default:
		add_problem(s, path, false, 0, PROBLEM_UNREADABLE, false,
			    xstrdup(strerror(-error)));
	}
}

/* ---- one file --------------------------------------------------------------------*/

static void take_entry(struct store_pass *s, const struct member *m,
		       const struct seen_file *f, size_t k, size_t one)
{
	const struct store_definition *d = s->place->definition;
	const struct file_entry *e = &f->entries[k];
	enum role role = final_role(d, f, k, one, m->role);
	unsigned purposes = e->purposes;

	if (e->names && d->found)	/* nobody heeds it */
		return;
	if (e->names && role == ROLE_NONE) {
		add_problem(s, m->path, true, e->offset, PROBLEM_FORMAT, true,
			    xstrdup("names a certificate and neither has it "
				    "nor distrusts it"));
		return;
	}
	if (d->forces && !(e->names && role == ROLE_ANCHOR))
		purposes = 0;
	if (purposes == 0 && d->purposes)
		purposes = purposes_from_words(d->purposes);
	grow(&s->entries, s->n_entries, &s->cap_entries, sizeof(*s->entries));
	s->entries[s->n_entries++] = (struct stored_entry){
		.certificate = e->certificate, .names = entry_names_copy(e->names),
		.role = role, .label = e->label ? xstrdup(e->label) : NULL,
		.location = m->path, .offset = e->offset,
		.purposes = purposes, .private_key = e->private_key,
		.distrust_after = e->distrust_after };
}

/* What a file holds becomes what the store holds under this name.  */
static void take_file(struct store_pass *s, const struct member *m,
		      const struct seen_file *f)
{
	const struct store_definition *d = s->place->definition;
	const size_t one = file_one(d, f);
	const char *doubt = aside_doubt(d, f);
	size_t k;

	s->passing |= f->passing;
	if (!s->reader)
		s->reader = f->reader;
	if (doubt)
		add_problem(s, m->path, false, 0, PROBLEM_FORMAT, false,
			    xstrdup(doubt));
	for (k = 0; k < f->n_entries; k++) {
		if (s->n_entries >= LIMIT_STORE_ENTRIES) {
			add_problem(s, m->path, false, 0, PROBLEM_LIMIT, false,
				    xasprintf("the store has more than %u "
					      "entries: the rest was left out",
					      LIMIT_STORE_ENTRIES));
			break;
		}
		take_entry(s, m, f, k, one);
	}
	for (k = 0; k < f->n_problems; k++) {
		const struct file_problem *p = &f->problems[k];
		bool theirs = p->code == PROBLEM_FORMAT ||
			p->code == PROBLEM_TRUNCATED ||
			p->code == PROBLEM_MALFORMED ||
			p->code == PROBLEM_OPAQUE ||
			p->code == PROBLEM_CERTIFICATE;

		add_problem(s, m->path, true, p->offset, p->code,
			    p->skipped || (d->skips && theirs),
			    xstrdup(p->message));
	}
	if (!d->secret)
		s->problems_left_out += f->problems_left_out;
}

/* Where the file of M really is and whose it is.  */
static void look_up_member(struct store_pass *s, struct member *m)
{
	const struct pass *pass = s->pass;

	if (m->error < 0 || !S_ISREG(m->id.mode))
		return;
	if (file_real_path(pass->options->root, m->path, &m->real_path) < 0) {
		m->real_path = xstrdup(m->path);
		s->passing = true;	/* it was there a moment ago */
	}
	m->user = homes_user(pass->homes, m->id.uid);
}

/* What M has, which was read as F.  */
static void take_member(struct store_pass *s, const struct member *m,
			const struct wanted_file *f)
{
	const struct seen_file *seen;

	if (f->companion_error < 0)
		add_errno(s, m->companion, f->companion_error);
	if (f->error < 0) {
		add_errno(s, m->path, f->error);
		return;
	}
	seen = &s->pass->seen[f->seen];
	if (seen->engine != NULL && s->engine == NULL)
		s->engine = xstrdup(seen->engine);
	take_file(s, m, seen);
}

/* Reads N members, no more than are handed over at once.  */
static void scan_members(struct store_pass *s, struct member *members, size_t n)
{
	struct wanted_file files[LIMIT_WIRE_FILES], *f = files;
	size_t n_files = 0;

	for (size_t k = 0; k < n; k++) {
		const struct member *m = &members[k];

		if (m->error == 0 && S_ISREG(m->id.mode))
			files[n_files++] = (struct wanted_file){
				.path = m->path, .id = &m->id,
				.companion = m->companion };
	}
	s->error = files_read(s->pass, s->place->definition, files, n_files);
	for (size_t k = 0; k < n && s->error == 0; k++) {
		struct member *m = &members[k];

		if (m->error < 0)
			add_errno(s, m->path, m->error);
		else if (!S_ISREG(m->id.mode))
			add_errno(s, m->path, -ENOTREG);
		else
			take_member(s, m, f++);
		look_up_member(s, m);
	}
}

/* The caller frees what is returned; it borrows from the members.  */
static struct stored_file *list_files(const struct store_pass *s, size_t *ret_n)
{
	struct stored_file *files = xcalloc(s->n_members + 1, sizeof(*files));
	size_t n = 0;

	for (size_t k = 0; k < s->n_members; k++) {
		const struct member *m = &s->members[k];

		if (m->user == NULL)
			continue;
		files[n++] = (struct stored_file){
			.path = m->path, .real_path = m->real_path,
			.size = (uint64_t)m->id.size, .mode = m->id.mode,
			.uid = m->id.uid, .gid = m->id.gid, .user = m->user,
			.modified = m->id.mtime_ns / INT64_C(1000000000) };
	}
	*ret_n = n;
	return files;
}

/* ---- the members ---------------------------------------------------------------*/

/* The file that one of the catalogue's readers wants to see beside PATH: a
 * database's other half.  The caller frees; NULL: none of them, or there is no
 * such file.  */
static char *find_companion(const struct store_pass *s, const char *path,
			    struct file_id *ret_id)
{
	const struct reader *const *r;

	for (r = readers; *r; r++) {
		const char *tail = (*r)->companion.for_ending;
		AUTO(str) char *beside = NULL;

		if (tail == NULL || !has_suffix(path, tail) ||
		    !has_word(s->place->definition->format, (*r)->name))
			continue;
		beside = xasprintf("%.*s%s", (int)(strlen(path) - strlen(tail)),
				   path, (*r)->companion.ending);
		if (file_stat(s->pass->options->root, beside, ret_id) == 0)
			return TAKE(beside);
	}
	return NULL;
}

static void add_member(struct store_pass *s, char *path,
		       const struct file_id *id, int error, enum role role)
{
	struct file_id companion_id = { 0 };
	char *companion = error == 0 ? find_companion(s, path, &companion_id)
				     : NULL;

	grow(&s->members, s->n_members, &s->cap_members, sizeof(*s->members));
	s->members[s->n_members++] = (struct member){
		.path = path, .id = *id, .error = error, .role = role,
		.companion = companion, .companion_id = companion_id };
}

static int list_member(const struct store_file *file, void *data)
{
	struct store_pass *s = data;

	if (s->n_members >= LIMIT_DIRECTORY_NAMES)
		return -E2BIG;
	add_member(s, xstrdup(file->path), &file->id, file->error, ROLE_NONE);
	return 0;
}

struct reference_sink {
	struct sink sink;
	struct store_pass *store;
	const char *path;		/* of the file that names others */
};

/* The file that a reference means: NAME in the first directory that has one, or
 * NAME itself where the catalogue lets it be absolute.  The caller frees.
 * *ret_error is what file_stat() says of it.  */
static char *reference_find(const struct store_pass *s, const char *name,
			    size_t n, struct file_id *ret_id, int *ret_error)
{
	const struct store_definition *d = s->place->definition;
	const char *word = d->base, *end;
	char *path = NULL;

	*ret_error = -ENOENT;
	if (d->absolute && n > 0 && name[0] == '/') {
		path = xstrndup(name, n);
		*ret_error = file_stat(s->pass->options->root, path, ret_id);
		return path;
	}
	for (; *word != '\0'; word = *end != '\0' ? end + 1 : end) {
		end = strchrnul(word, ' ');
		free(path);
		path = xasprintf("%.*s/%.*s", (int)(end - word), word, (int)n,
				 name);
		*ret_error = file_stat(s->pass->options->root, path, ret_id);
		if (*ret_error != -ENOENT && *ret_error != -ENOTDIR)
			break;
	}
	return path;
}

static int reference_take(struct sink *sink, const char *name, size_t n,
			  enum role role, uint64_t offset)
{
	struct reference_sink *r = (struct reference_sink *)sink;
	struct store_pass *s = r->store;
	struct file_id id = { 0 };
	char *path;
	int error;

	if (s->n_members >= LIMIT_DIRECTORY_NAMES) {
		add_problem(s, r->path, true, offset, PROBLEM_LIMIT, false,
			    xasprintf("more than %u lines: the rest was left "
				      "out", LIMIT_DIRECTORY_NAMES));
		return -E2BIG;
	}
	if (memchr(name, '\0', n) || n > LIMIT_PATH_BYTES) {
		add_problem(s, r->path, true, offset, PROBLEM_MALFORMED, true,
			    xstrdup("not a file name"));
		return 0;
	}
	path = reference_find(s, name, n, &id, &error);
	if (error == -ENOENT || error == -ENOTDIR) {
		/* A deselected name that is gone says nothing.  A selected one
		 * the owner's updater warns of and passes over.  */
		if (role != ROLE_DISTRUST)
			add_problem(s, r->path, true, offset, PROBLEM_DANGLING,
				    true, xasprintf("names %s, which does not "
						    "exist", path));
		free(path);
		return 0;
	}
	add_member(s, path, &id, error, role);
	return 0;
}

static void reference_problem(struct sink *sink, const struct problem *p)
{
	struct reference_sink *r = (struct reference_sink *)sink;

	add_problem(r->store, r->path, true, p->offset, p->code, p->skipped,
		    xstrdup(p->message));
}

static int reference_entry(struct sink *sink, const struct entry *e)
{
	struct reference_sink *r = (struct reference_sink *)sink;

	add_problem(r->store, r->path, true, e->offset, PROBLEM_FORMAT, false,
		    xstrdup("a certificate where names of files were expected"));
	return 0;
}

static void reference_done(struct sink *sink, uint64_t offset)
{
	(void)sink, (void)offset;
}

static void reference_forget(struct sink *sink)
{
	(void)sink;	/* what was named is looked for once more: no harm */
}

/* Lines that only root of this very host writes are no more dangerous than our
 * own configuration: for them, at every scan, no worker is started.  */
static bool is_administrators(const struct store_pass *s,
			      const struct file_id *id)
{
	return id->uid == 0 && !(id->mode & (S_IWGRP | S_IWOTH)) &&
	       root_is_host(s->pass->options->root);
}

/* The files that a list such as ca-certificates.conf names are its members.
 * It is read at every scan: only so it is known which files to look at.  */
static void list_references(struct store_pass *s)
{
	const struct place *p = s->place;
	const struct read_request request = {
		.formats = p->definition->format, .limit = LIMIT_FILE_BYTES,
		.is_list = true };
	struct reference_sink sink = {
		.sink = { reference_entry, reference_take, reference_problem,
			  reference_done },
		.store = s, .path = p->path };
	struct read_file file = {
		.companion_fd = -1, .sink = &sink.sink,
		.forget = reference_forget };
	AUTO(fd) int fd = -1;
	AUTO(str) char *died = NULL;
	int r;

	r = file_open(s->pass->options->root, p->path, LIMIT_FILE_BYTES, &fd,
		      &file.id);
	if (r < 0) {
		add_errno(s, p->path, r);
		return;
	}
	file.fd = fd;
	s->error = files_run(s->pass, is_administrators(s, &file.id),
			     &request, &file, 1);
	died = file.died;
	if (file.error < 0)
		add_errno(s, p->path, file.error);
	s->passing |= died != NULL && !file.exhausted;
	if (died != NULL)
		add_problem(s, p->path, true, file.died_offset,
			    file.left_out ? PROBLEM_LIMIT : PROBLEM_READER_DIED,
			    false, TAKE(died));
	else if (file.reader == NULL && file.size > 0)
		add_problem(s, p->path, false, 0, PROBLEM_FORMAT, false,
			    xasprintf("not in the format expected here (%s)",
				      p->definition->format));
	s->reader = file.reader;
}

static void look_for_journal(struct store_pass *s, const char *database,
			     const char *ending)
{
	AUTO(str) char *path = xasprintf("%s%s", database, ending);
	struct file_id id;

	if (file_stat(s->pass->options->root, path, &id) == 0 && id.size > 0)
		add_problem(s, s->place->path, false, 0, PROBLEM_CHANGED, false,
			    xasprintf("its last changes lie in the file ending in "
				      "%s and are not seen: close the program that "
				      "has it open, and scan again", ending));
}

/* What SQLite has not merged into a database yet lies beside it: beside the file
 * itself, where a link leads to it, and with older versions of SQLite beside the
 * link.  A database is made of whole pages, of 512 bytes at least
 * (sqlite.org/fileformat2.html), but SQLite takes one with bytes behind them, too;
 * most files that a crawl finds are none.  */
static void look_for_journals(struct store_pass *s)
{
	static const char *const endings[] = { "-journal", "-wal" };
	const struct place *p = s->place;
	AUTO(str) char *real = NULL;
	const struct reader *const *r;
	bool is_sqlite = false;

	if (p->id.size < LEAST_PAGE ||
	    (p->definition->found && p->id.size % LEAST_PAGE != 0))
		return;
	for (r = readers; *r; r++)
		is_sqlite |= (*r)->caps & READS_SQLITE &&
			has_word(p->definition->format, (*r)->name);
	if (is_sqlite &&
	    (file_real_path(s->pass->options->root, p->path, &real) < 0 ||
	     strcmp(real, p->path) == 0)) {
		free(real);
		real = NULL;
	}
	for (size_t k = 0; is_sqlite && k < ARRAY_SIZE(endings); k++) {
		look_for_journal(s, p->path, endings[k]);
		if (real != NULL)
			look_for_journal(s, real, endings[k]);
	}
}

static void list_members(struct store_pass *s)
{
	const struct place *p = s->place;
	int r;

	if (p->error == -ENOTDIR) {
		add_problem(s, p->path, false, 0, PROBLEM_NOT_REGULAR,
			    p->definition->skips,
			    xstrdup("not a directory, as it has to be: see "
				    "what put it there"));
	} else if (p->error < 0) {
		add_errno(s, p->path, p->error);
	} else if (p->definition->base) {
		list_references(s);
	} else if (p->definition->selection == SELECT_FILE) {
		add_member(s, xstrdup(p->path), &p->id, 0, ROLE_NONE);
		look_for_journals(s);
	} else {
		r = place_files(s->pass->options->root, p, list_member, s);
		if (r < 0)
			add_errno(s, p->path, r);
	}
}

/* ---- signature ------------------------------------------------------------------*/

static void sign_number(struct buf *b, uint64_t number)
{
	buf_add(b, &number, sizeof(number));
}

static void sign_string(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

static void sign_file(struct buf *b, const struct file_id *id)
{
	sign_number(b, id->dev);
	sign_number(b, id->ino);
	sign_number(b, (uint64_t)id->size);
	sign_number(b, (uint64_t)id->mtime_ns);
	sign_number(b, (uint64_t)id->ctime_ns);
	sign_number(b, id->mode);
}

/* What its owner is called is recorded with the file, and changes without it.
 * Most members have the same.  */
static void sign_user(struct buf *b, const struct homes *homes, uint32_t uid,
		      const uint32_t *before)
{
	AUTO(str) char *user = NULL;

	if (before != NULL && *before == uid)
		return;
	user = homes_user(homes, uid);
	sign_string(b, user);
}

/* False when the state of a file is too young to be relied on.  */
static bool take_signature(const struct store_pass *s,
			   uint8_t ret_signature[SHA256_SIZE])
{
	int64_t young = s->pass->made * INT64_C(1000000000) - RACY_NS;
	const uint32_t *uid = NULL;
	struct buf b;
	bool settled = true;
	size_t k;

	buf_init(&b, SIZE_MAX / 2);
	buf_add(&b, s->pass->options->catalogue->sha256, SHA256_SIZE);
	sign_string(&b, s->place->definition->kind);
	sign_string(&b, s->place->real_path ? s->place->real_path : "");
	sign_string(&b, s->place->instance);
	sign_number(&b, (uint64_t)-s->place->error);
	/* What a list's own lines were found to be.  */
	sign_number(&b, s->n_problems);
	for (k = 0; k < s->n_problems; k++)
		sign_string(&b, s->problems[k].message);
	for (k = 0; k < s->n_members; k++) {
		const struct member *m = &s->members[k];

		sign_string(&b, m->path);
		sign_number(&b, (uint64_t)-m->error);
		sign_number(&b, m->role);
		sign_file(&b, &m->id);
		if (m->error == 0)
			sign_user(&b, s->pass->homes, m->id.uid, uid);
		uid = m->error == 0 ? &m->id.uid : NULL;
		settled &= !file_is_young(&m->id, young);
		if (m->companion == NULL)
			continue;
		sign_string(&b, m->companion);
		sign_file(&b, &m->companion_id);
		settled &= !file_is_young(&m->companion_id, young);
	}
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n },
		    ret_signature);
	buf_done(&b);
	return settled;
}

/* ---- the store ------------------------------------------------------------------*/

static void member_done(struct member *m)
{
	free(m->path);
	free(m->companion);
	free(m->real_path);
	free(m->user);
}

static void store_pass_done(struct store_pass *s)
{
	size_t k;

	for (k = 0; k < s->n_entries; k++) {
		free((char *)s->entries[k].label);
		entry_names_free((struct entry_names *)s->entries[k].names);
	}
	for (k = 0; k < s->n_problems; k++)
		free((char *)s->problems[k].message);
	for (k = 0; k < s->n_members; k++)
		member_done(&s->members[k]);
	free(s->entries);
	free(s->problems);
	free(s->members);
	free(s->engine);
}

static int read_members(struct store_pass *s)
{
	for (size_t k = 0; k < s->n_members && s->error == 0;
	     k += LIMIT_WIRE_FILES) {
		const size_t left = s->n_members - k;

		scan_members(s, &s->members[k], left < LIMIT_WIRE_FILES ?
			     left : LIMIT_WIRE_FILES);
	}
	return s->error;
}

/* Is what a crawl found no store after all?  Damage in what a reader knows is
 * one, and so is what nobody may read.  What went or was replaced meanwhile is
 * for the next crawl.  */
static bool is_nothing(const struct store_pass *s)
{
	if (!s->place->definition->found || s->n_entries > 0)
		return false;
	for (size_t k = 0; k < s->n_problems; k++)
		if (s->reader != NULL ||
		    (s->problems[k].code != PROBLEM_FORMAT &&
		     s->problems[k].code != PROBLEM_CHANGED &&
		     s->problems[k].code != PROBLEM_DANGLING))
			return false;
	return true;
}

/* Was nothing seen of it?  */
static bool was_lost(const struct store_pass *s)
{
	for (size_t k = 0; k < s->n_problems; k++)
		if (s->problems[k].code != PROBLEM_FORMAT)
			return true;
	return s->passing;
}

/* In the place of the last where there is no room.  */
static void say_left_out(struct store_pass *s)
{
	if (s->problems_left_out == 0)
		return;
	if (s->n_problems >= LIMIT_STORE_PROBLEMS) {
		free((char *)s->problems[--s->n_problems].message);
		s->problems_left_out++;
	}
	add_problem(s, s->place->path, false, 0, PROBLEM_LIMIT, false,
		    xasprintf("%zu more problems than the %zu that are kept",
			      s->problems_left_out, s->n_problems));
}

static int store_record(struct store_pass *s, int64_t store,
			struct store_info *info, const uint8_t *signature)
{
	struct stored_file *files;
	int r;

	say_left_out(s);
	if (s->reader)
		info->format = s->reader->name;
	info->engine = s->engine;
	info->files = files = list_files(s, &info->n_files);
	r = inventory_record(s->pass->inventory, store, info, signature,
			     s->entries, s->n_entries,
			     s->problems, s->n_problems);
	free(files);
	return r;
}

/* What a crawl need not look at any more.  */
static void keep_inodes(const struct store_pass *s)
{
	for (size_t k = 0; k < s->n_members; k++) {
		const struct member *m = &s->members[k];

		if (m->error == 0)
			inodes_add(&s->pass->inodes, &m->id);
		if (m->companion != NULL)
			inodes_add(&s->pass->inodes, &m->companion_id);
	}
}

/* Reads what is there and records it; *ret_store is 0 when it is no store.  */
static int scan_anew(struct store_pass *s, struct store_info *info,
		     const uint8_t *signature, int64_t *ret_store)
{
	int r = read_members(s);

	if (r == 0 && is_nothing(s)) {
		*ret_store = was_lost(s) ? -1 : 0;
		return 0;
	}
	if (r == 0)
		r = inventory_store(s->pass->inventory, info->kind, info->path,
				    ret_store);
	/* What could not be read this time is tried again: a signature would
	 * keep the hole until somebody changes the file.  */
	if (r == 0)
		r = store_record(s, *ret_store, info,
				 s->passing ? NULL : signature);
	return r;
}

int store_scan(struct pass *pass, const struct place *place, int64_t *ret_store)
{
	const struct store_definition *d = place->definition;
	struct store_pass s = { .pass = pass, .place = place };
	struct store_info info = {
		.kind = d->kind, .path = place->path, .format = d->format,
		.real_path = place->real_path, .owner = place->owner,
		.instance = place->instance, .recipe = d->recipe,
		.repair = d->repair };
	uint8_t signature[SHA256_SIZE];
	bool settled, anew;
	int r;

	list_members(&s);
	if (s.error < 0) {
		store_pass_done(&s);
		return s.error;
	}
	settled = take_signature(&s, signature);
	/* A crawl finds too much for that.  */
	anew = pass->options->reread || (pass->options->anew && !d->found);
	r = settled && !anew ?
	    inventory_find_store(pass->inventory, d->kind, place->path,
				 ret_store) : -ENOENT;
	if (r == 0)
		r = inventory_reuse(pass->inventory, *ret_store, &info,
				    signature);
	if (r == 0)
		pass->result.reused++;
	else if (r == -ENOENT)
		r = scan_anew(&s, &info, settled ? signature : NULL, ret_store);
	/* What has to be read again the next time, whatever is looked at.  */
	if (!settled || s.passing)
		looks_forget(pass->root.looks);
	if (r == 0 && *ret_store > 0) {
		pass->result.stores++;
		keep_inodes(&s);
	}
	store_pass_done(&s);
	return r;
}
