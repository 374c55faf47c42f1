/* catalogue.c -- loads the files of data/stores, data/relying-parties and, with
 * settings.c, data/redirections.
 *
 * The schemas say what may stand where; here is checked what they cannot say:
 * that kinds and parties are unique, that what a party uses exists, and that
 * paths are patterns.  All files or none: a catalogue that lacks a part would
 * take stores for missing that are there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "locate/load.h"

#define STORES_SCHEMA	"stores.rng"
#define PARTIES_SCHEMA	"relying-party.rng"
#define SETTINGS_SCHEMA	"redirections.rng"
#define HASHES_MAX	(1u << 20)
#define SETS_DEEP	8u		/* sets whose paths begin with sets */

int refuse(struct loader *l, const char *where, const char *format, ...)
{
	AUTO(str) char *reason = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&reason, format, args) < 0)
		die(_("out of memory"));
	va_end(args);
	free(l->error);
	l->error = xasprintf("%s: %s", where, reason);
	return -EINVAL;
}

/* ---- stores --------------------------------------------------------------*/

void load_path(struct loader *l, enum path_of of, size_t owner,
	       const char *file, const xmlNode *node)
{
	grow(&l->written, l->n_written, &l->cap_written, sizeof(*l->written));
	l->written[l->n_written++] = (struct written){
		.of = of,
		.owner = owner,
		.text = xml_words(node),
		.where = xml_where(file, node),
	};
}

static void load_set(struct loader *l, const char *file, const xmlNode *node)
{
	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		struct set *s;

		if (!xml_is(n, "path"))
			continue;
		grow(&l->sets, l->n_sets, &l->cap_sets, sizeof(*l->sets));
		s = &l->sets[l->n_sets++];
		*s = (struct set){
			.name = xml_attribute(node, "name"),
			.path = xml_words(n),
			.where = xml_where(file, n),
		};
		s->name_bytes = strlen(s->name);
		s->path_bytes = strlen(s->path);
	}
}

/* Room for one more string and the NULL behind it; takes TEXT.  */
static void add_string(char ***list, size_t *n, size_t *cap, char *text)
{
	grow(list, *n + 1, cap, sizeof(**list));
	(*list)[(*n)++] = text;
	(*list)[*n] = NULL;
}

static int load_home(struct loader *l, const char *file, const xmlNode *node)
{
	AUTO(str) char *text = xml_words(node);
	AUTO(str) char *where = xml_where(file, node);
	const char *reason;

	if (text[0] != '/')
		return refuse(l, where, "home \"%s\": it must begin with /",
			      text);
	if (pattern_check(text, &reason) < 0)
		return refuse(l, where, "home \"%s\": %s", text, reason);
	add_string(&l->c->service_homes, &l->n_homes, &l->cap_homes,
		   TAKE(text));
	return 0;
}

static enum selection selection_of(const xmlNode *node, const char *files)
{
	AUTO(str) char *select = xml_attribute(node, "select");

	if (select == NULL)
		return files != NULL ? SELECT_NAMES : SELECT_FILE;
	return strcmp(select, "tree") == 0 ? SELECT_TREE : SELECT_HASHES;
}

static bool is_relative(const char *path)
{
	return path != NULL && path[0] != '/';
}

/* The first of the space-separated WORDS that is not in LIST, NULL: all are.
 * The caller frees.  */
static char *word_missing(const char *words, const char *list)
{
	while (words != NULL && *words != '\0') {
		AUTO(str) char *word = xstrndup(words, strcspn(words, " "));

		if (!has_word(list, word))
			return TAKE(word);
		words += strlen(word);
		words += *words == ' ';
	}
	return NULL;
}

static int load_store(struct loader *l, const char *file, const xmlNode *node)
{
	AUTO(str) char *at_least = xml_attribute(node, "at-least");
	AUTO(str) char *missing = NULL;
	struct catalogue *c = l->c;
	const struct store_definition *other;
	struct store_definition *d;

	grow(&c->stores, c->n_stores, &l->cap_stores, sizeof(*c->stores));
	d = &c->stores[c->n_stores];
	*d = (struct store_definition){
		.kind = xml_attribute(node, "kind"),
		.format = xml_attribute(node, "format"),
		.role = xml_attribute(node, "role"),
		.unmarked = xml_attribute(node, "unmarked"),
		.forces = xml_has_value(node, "forces", "yes"),
		.unused = xml_attribute(node, "unused"),
		.one = xml_attribute(node, "one"),
		.unsealed = xml_attribute(node, "unsealed"),
		.distrust = xml_attribute(node, "distrust"),
		.purposes = xml_attribute(node, "purposes"),
		.base = xml_attribute(node, "base"),
		.absolute = xml_has_value(node, "absolute", "yes"),
		.if_exists = xml_attribute(node, "if-exists"),
		.unless_exists = xml_attribute(node, "unless-exists"),
		.files = xml_attribute(node, "files"),
		.without = xml_attribute(node, "without"),
		.engine = xml_attribute(node, "engine"),
		.except = xml_attribute(node, "except"),
		.recipe = xml_attribute(node, "recipe"),
		.packaged = xml_attribute(node, "packaged"),
		.skips = xml_has_value(node, "skips", "yes"),
		.secret = xml_has_value(node, "secret", "yes"),
		.found = xml_has_value(node, "found", "yes"),
		.system = xml_attribute(node, "system"),
		.defined_in = xml_where(file, node),
		.paths = xcalloc(1, sizeof(*d->paths)),
		.written = xcalloc(1, sizeof(*d->written)),
	};
	d->selection = selection_of(node, d->files);
	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		if (xml_is(n, "title"))
			d->title = xml_words(n);
		else if (xml_is(n, "repair"))
			d->repair = xml_words(n);
		else if (xml_is(n, "path"))
			load_path(l, PATH_OF_STORE, c->n_stores, file, n);
	}
	other = catalogue_store(c, d->kind);
	c->n_stores++;		/* from here on it is freed with the others */

	if (other != NULL)
		return refuse(l, d->defined_in, "kind \"%s\" is defined in %s "
			      "already", d->kind, other->defined_in);
	missing = word_missing(d->unused, d->format);
	if (missing != NULL)
		return refuse(l, d->defined_in, "unused \"%s\" is no format of "
			      "this store", missing);
	for (const char *word = d->base; word != NULL;
	     word = strchr(word, ' ')) {
		word += *word == ' ';
		if (is_relative(word))
			return refuse(l, d->defined_in, "base \"%s\" must "
				      "begin with /", word);
	}
	if (is_relative(d->if_exists))
		return refuse(l, d->defined_in, "if-exists \"%s\" must begin "
			      "with /", d->if_exists);
	if (is_relative(d->unless_exists))
		return refuse(l, d->defined_in, "unless-exists \"%s\" must "
			      "begin with /", d->unless_exists);
	if (at_least != NULL &&
	    number_parse(at_least, INT64_MAX, &d->at_least) < 0)
		return refuse(l, d->defined_in, "at-least \"%s\" is no size",
			      at_least);
	return 0;
}

/* Adds the words of NODE to *LIST.  */
static void add_words(char **list, const xmlNode *node)
{
	AUTO(str) char *words = xml_words(node);
	char *all = xasprintf("%s%s%s", *list != NULL ? *list : "",
			      *list != NULL ? " " : "", words);

	free(*list);
	*list = all;
}

static int load_size(struct loader *l, const char *file, const xmlNode *node,
		     const char *name, uint64_t *ret_size)
{
	AUTO(str) char *text = xml_attribute(node, name);
	AUTO(str) char *where = NULL;

	if (text == NULL || number_parse(text, INT64_MAX, ret_size) == 0)
		return 0;
	where = xml_where(file, node);
	return refuse(l, where, "%s \"%s\" is no size", name, text);
}

/* Those of several files add up, and the last sizes count.  */
static int load_crawl(struct loader *l, const char *file, const xmlNode *node)
{
	struct crawl_words *c = &l->c->crawl;
	int e;

	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		if (xml_is(n, "likely"))
			add_words(&c->likely, n);
		else if (xml_is(n, "program"))
			add_words(&c->program, n);
		else if (xml_is(n, "never"))
			add_words(&c->never, n);
	}
	e = load_size(l, file, node, "least", &c->least);
	if (e == 0)
		e = load_size(l, file, node, "program-least",
			      &c->program_least);
	return e;
}

static int load_stores(struct loader *l, const char *file, const xmlNode *root)
{
	int e = 0;

	for (const xmlNode *n = root->children; n != NULL && e == 0;
	     n = n->next) {
		if (xml_is(n, "set"))
			load_set(l, file, n);
		else if (xml_is(n, "home"))
			e = load_home(l, file, n);
		else if (xml_is(n, "crawl"))
			e = load_crawl(l, file, n);
		else if (xml_is(n, "store"))
			e = load_store(l, file, n);
	}
	return e;
}

/* ---- relying parties -----------------------------------------------------*/

static void load_uses(struct party_definition *p, size_t *cap,
		      const xmlNode *node)
{
	grow(&p->uses, p->n_uses, cap, sizeof(*p->uses));
	p->uses[p->n_uses++] = (struct party_use){
		.kinds = xml_attribute(node, "kinds"),
		.as = xml_attribute(node, "as"),
		.own = xml_has_value(node, "own", "yes"),
		.unless = xml_attribute(node, "unless"),
		.only_if = xml_attribute(node, "if"),
	};
}

static void load_model(struct party_definition *p, size_t *cap,
		       const xmlNode *node)
{
	grow(&p->models, p->n_models, cap, sizeof(*p->models));
	p->models[p->n_models++] = (struct party_model){
		.when = xml_attribute(node, "when"), .model = xml_attribute(node, "is"),
	};
}

static int load_party(struct loader *l, const char *file, const xmlNode *node)
{
	struct catalogue *c = l->c;
	struct party_definition *p;
	size_t cap_uses = 0, cap_models = 0;

	grow(&c->parties, c->n_parties, &l->cap_parties, sizeof(*c->parties));
	p = &c->parties[c->n_parties];
	*p = (struct party_definition){
		.id = xml_attribute(node, "id"),
		.model = xml_attribute(node, "model"),
		.own_list = xml_has_value(node, "own-list", "yes"),
		.system = xml_has_value(node, "system", "yes"),
		.partial_chain = xml_has_value(node, "partial-chain", "yes"),
		.unless = xml_attribute(node, "unless"),
		.distrusts_keys = xml_has_value(node, "distrusts", "key"),
		.programs = xcalloc(1, sizeof(*p->programs)),
		.defined_in = xml_where(file, node),
	};
	for (const xmlNode *n = node->children; n != NULL; n = n->next) {
		if (xml_is(n, "title"))
			p->title = xml_words(n);
		else if (xml_is(n, "program"))
			load_path(l, PATH_OF_PARTY, c->n_parties, file, n);
		else if (xml_is(n, "model"))
			load_model(p, &cap_models, n);
		else if (xml_is(n, "uses"))
			load_uses(p, &cap_uses, n);
	}
	c->n_parties++;
	for (size_t i = 0; i + 1 < c->n_parties; i++)
		if (strcmp(c->parties[i].id, p->id) == 0)
			return refuse(l, p->defined_in, "relying party \"%s\" "
				      "is defined in %s already", p->id,
				      c->parties[i].defined_in);
	return 0;
}

static int load_parties(struct loader *l, const char *file, const xmlNode *root)
{
	int e = 0;

	for (const xmlNode *n = root->children; n != NULL && e == 0;
	     n = n->next)
		if (xml_is(n, "relying-party"))
			e = load_party(l, file, n);
	return e;
}

static int check_kinds(struct loader *l, const struct party_definition *p,
		       const char *kinds)
{
	while (kinds != NULL && *kinds != '\0') {
		size_t n = strcspn(kinds, " ");
		AUTO(str) char *kind = xstrndup(kinds, n);

		if (catalogue_store(l->c, kind) == NULL)
			return refuse(l, p->defined_in, "relying party \"%s\" "
				      "uses kind \"%s\", which no file of "
				      "stores defines", p->id, kind);
		kinds += n;
		kinds += *kinds == ' ';
	}
	return 0;
}

static bool has_party(const struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->n_parties; i++)
		if (strcmp(c->parties[i].id, id) == 0)
			return true;
	return false;
}

static int check_parties(struct loader *l)
{
	for (size_t i = 0; i < l->c->n_parties; i++) {
		const struct party_definition *p = &l->c->parties[i];

		for (size_t j = 0; j < p->n_uses; j++) {
			if (check_kinds(l, p, p->uses[j].kinds) < 0 ||
			    check_kinds(l, p, p->uses[j].unless) < 0 ||
			    check_kinds(l, p, p->uses[j].only_if) < 0)
				return -EINVAL;
		}
		if (p->unless != NULL && !has_party(l->c, p->unless))
			return refuse(l, p->defined_in, "relying party \"%s\" "
				      "gives way to \"%s\", which no file of "
				      "relying parties defines", p->id,
				      p->unless);
	}
	return 0;
}

/* ---- paths ---------------------------------------------------------------*/

/* Patterns while they are made; NULL behind the last.  A set that begins with sets
 * makes hundreds.  */
struct pattern_list {
	char **items;
	size_t n, cap;
};

/* The length of the name of the set that TEXT begins with, in braces and
 * perhaps behind a parenthesis; 0: with none.  */
static size_t set_name(const char *text, const char **ret_name)
{
	const char *name = text + (*text == '('), *close;

	if (*name != '{' || has_prefix(name, "{home}"))
		return 0;
	close = strchr(name, '}');
	if (close == NULL)
		return 0;
	*ret_name = name + 1;
	return (size_t)(close - name) - 1;
}

static int resolve(struct loader *l, const char *where, const char *text,
		   unsigned deep, struct pattern_list *list);

/* The same of TEXT with the path S in the place of the set it begins with.  */
static int resolve_member(struct loader *l, const char *where, const char *text,
			  const struct set *s, unsigned deep,
			  struct pattern_list *list)
{
	const bool open = *text == '(';
	const char *rest = text + open + s->name_bytes + strlen("{}");
	const size_t rest_bytes = strlen(rest);
	AUTO(str) char *path = xmalloc(open + s->path_bytes + rest_bytes + 1);

	path[0] = '(';
	memcpy(path + open, s->path, s->path_bytes);
	memcpy(path + open + s->path_bytes, rest, rest_bytes + 1);
	return resolve(l, where, path, deep + 1, list);
}

/* Appends to LIST the patterns that TEXT stands for: itself, or one for each
 * path of the set that it begins with, which may begin with a set, too.  */
static int resolve(struct loader *l, const char *where, const char *text,
		   unsigned deep, struct pattern_list *list)
{
	const char *name, *reason;
	size_t n = set_name(text, &name);
	bool known = false;

	if (n == 0) {
		if (pattern_check(text, &reason) < 0)
			return refuse(l, where, "path \"%s\": %s", text,
				      reason);
		add_string(&list->items, &list->n, &list->cap, xstrdup(text));
		return 0;
	}
	if (deep == SETS_DEEP)
		return refuse(l, where, "path \"%s\": more than %u sets that "
			      "begin with sets", text, SETS_DEEP);
	for (size_t i = 0; i < l->n_sets; i++) {
		const struct set *s = &l->sets[i];

		if (s->name_bytes != n || memcmp(s->name, name, n) != 0)
			continue;
		known = true;
		if (resolve_member(l, where, text, s, deep, list) < 0)
			return -EINVAL;
	}
	if (!known)
		return refuse(l, where, "path \"%s\": no set is called "
			      "\"%.*s\"", text, (int)n, name);
	return 0;
}

/* What TEXT stands for, behind what *LIST has.  */
static int resolve_all(struct loader *l, const char *where, const char *text,
		       char ***list)
{
	struct pattern_list all = { .items = *list };
	int e;

	while (all.items[all.n] != NULL)
		all.n++;
	all.cap = all.n + 1;
	e = resolve(l, where, text, 0, &all);
	*list = all.items;
	return e;
}

/* Behind the others that D was written with; takes TEXT.  */
static void add_written(struct store_definition *d, char *text)
{
	size_t n = 0, cap;

	while (d->written[n] != NULL)
		n++;
	cap = n + 1;
	add_string(&d->written, &n, &cap, text);
}

static int resolve_written(struct loader *l, const struct written *w)
{
	if (w->of == PATH_OF_PARTY)
		return resolve_all(l, w->where, w->text,
				   &l->c->parties[w->owner].programs);
	if (w->of == PATH_OF_SETTINGS)
		return resolve_all(l, w->where, w->text,
				   &l->c->setting_files[w->owner].paths);
	add_written(&l->c->stores[w->owner], xstrdup(w->text));
	return resolve_all(l, w->where, w->text, &l->c->stores[w->owner].paths);
}

/* A set that no path uses is to be right, too: with something behind it, for
 * {home} alone is no pattern.  */
static int check_set(struct loader *l, const struct set *s)
{
	AUTO(names) char **paths = xcalloc(1, sizeof(*paths));
	AUTO(str) char *whole = xasprintf("%s/any", s->path);

	return resolve_all(l, s->where, whole, &paths);
}

/* ---- all -----------------------------------------------------------------*/

static const char *const directories[] = {
	"stores", "relying-parties", "redirections",
};

int catalogue_state(const char *config_dir, struct catalogue_state *ret_state)
{
	AUTO(buf) struct buf b;
	int64_t changed_ns = 0;

	buf_init(&b, SIZE_MAX / 2);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO(names) char **paths = NULL;
		size_t n;
		int e = data_files(config_dir, directories[i], ".xml", &paths,
				   &n);

		if (e < 0)
			return e;
		for (size_t k = 0; k < n; k++) {
			struct file_id id;
			struct stat st;

			if (stat(paths[k], &st) < 0)
				return -errno;
			id = file_id_of(&st);
			buf_addf(&b, "%s %ju %ju %jd %jd %jd\n", paths[k],
				 (uintmax_t)id.dev, (uintmax_t)id.ino,
				 (intmax_t)id.size, (intmax_t)id.mtime_ns,
				 (intmax_t)id.ctime_ns);
			if (id.ctime_ns > changed_ns)
				changed_ns = id.ctime_ns;
		}
	}
	ret_state->changed_ns = changed_ns;
	hash_sha256((struct blob){ (const uint8_t *)buf_str(&b), b.n },
		    ret_state->sha256);
	return 0;
}

typedef int load_fn(struct loader *l, const char *file, const xmlNode *root);

static int load_file(struct loader *l, const char *path, const char *schema,
		     load_fn *load, struct buf *hashes)
{
	const char *slash = strrchr(path, '/');
	struct xml_bytes bytes;
	xmlDoc *doc;
	int e;

	e = xml_load_known(path, schema, &doc, &bytes, &l->error);
	if (e < 0)
		return e;
	e = load(l, path, xml_root(doc));
	auto_document(&doc);
	if (e < 0)
		return e;
	e = buf_add(hashes, slash, strlen(slash) + 1);
	if (e == 0)
		e = buf_add(hashes, bytes.sha256, sizeof(bytes.sha256));
	if (e < 0)
		l->error = xasprintf("%s: %s", path, error_words(e));
	return e;
}

static int load_directory(struct loader *l, const char *config_dir,
			  const char *subdir, const char *schema, load_fn *load,
			  struct buf *hashes)
{
	AUTO(names) char **paths = NULL;
	size_t n;
	int e = data_files(config_dir, subdir, ".xml", &paths, &n);

	if (e < 0) {
		l->error = data_files_failed(config_dir, subdir, e);
		return e;
	}
	for (size_t i = 0; i < n && e == 0; i++)
		e = load_file(l, paths[i], schema, load, hashes);
	return e;
}

static int load_all(struct loader *l, const char *config_dir)
{
	AUTO(buf) struct buf hashes;
	int e;

	buf_init(&hashes, HASHES_MAX);
	/* Files that change from here on are seen by the next who asks.  */
	if (catalogue_state(config_dir, &l->c->state) < 0)
		l->c->state.changed_ns = INT64_MAX;
	e = load_directory(l, config_dir, directories[0], STORES_SCHEMA,
			   load_stores, &hashes);
	if (e == 0)
		e = load_directory(l, config_dir, directories[1],
				   PARTIES_SCHEMA, load_parties, &hashes);
	if (e == 0)
		e = load_directory(l, config_dir, directories[2],
				   SETTINGS_SCHEMA, load_settings, &hashes);
	for (size_t i = 0; i < l->n_sets && e == 0; i++)
		e = check_set(l, &l->sets[i]);
	for (size_t i = 0; i < l->n_written && e == 0; i++)
		e = resolve_written(l, &l->written[i]);
	if (e == 0)
		e = check_parties(l);
	if (e == 0)
		e = check_settings(l);
	if (e == 0)
		hash_sha256((struct blob){ (const uint8_t *)hashes.p, hashes.n },
			    l->c->sha256);
	return e;
}

static void loader_done(struct loader *l)
{
	for (size_t i = 0; i < l->n_written; i++) {
		free(l->written[i].text);
		free(l->written[i].where);
	}
	free(l->written);
	for (size_t i = 0; i < l->n_sets; i++) {
		free(l->sets[i].name);
		free(l->sets[i].path);
		free(l->sets[i].where);
	}
	free(l->sets);
}

int catalogue_load(const char *config_dir, struct catalogue **ret_catalogue,
		   char **ret_error)
{
	struct loader l = { .c = xcalloc(1, sizeof(*l.c)) };
	int e;

	l.c->service_homes = xcalloc(1, sizeof(*l.c->service_homes));
	l.cap_homes = 1;
	e = load_all(&l, config_dir);
	loader_done(&l);
	if (e < 0) {
		catalogue_free(l.c);
		*ret_error = l.error;
		return e;
	}
	*ret_catalogue = l.c;
	return 0;
}

static void store_done(struct store_definition *d)
{
	free(d->kind);
	free(d->title);
	free(d->format);
	free(d->role);
	free(d->unmarked);
	free(d->unused);
	free(d->one);
	free(d->unsealed);
	free(d->distrust);
	free(d->purposes);
	free(d->base);
	free(d->if_exists);
	free(d->unless_exists);
	free(d->files);
	free(d->without);
	free(d->engine);
	free(d->except);
	free(d->recipe);
	free(d->repair);
	free(d->packaged);
	free(d->system);
	free(d->defined_in);
	names_free(d->paths);
	names_free(d->written);
}

static void party_done(struct party_definition *p)
{
	free(p->id);
	free(p->title);
	for (size_t i = 0; i < p->n_models; i++) {
		free(p->models[i].when);
		free(p->models[i].model);
	}
	free(p->models);
	free(p->model);
	free(p->unless);
	free(p->defined_in);
	names_free(p->programs);
	for (size_t i = 0; i < p->n_uses; i++) {
		free(p->uses[i].kinds);
		free(p->uses[i].as);
		free(p->uses[i].unless);
		free(p->uses[i].only_if);
	}
	free(p->uses);
}

void catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_stores; i++)
		store_done(&c->stores[i]);
	for (size_t i = 0; i < c->n_parties; i++)
		party_done(&c->parties[i]);
	settings_done(c);
	free(c->stores);
	free(c->parties);
	names_free(c->service_homes);
	free(c->crawl.likely);
	free(c->crawl.program);
	free(c->crawl.never);
	free(c);
}

const struct store_definition *catalogue_store(const struct catalogue *c,
					       const char *kind)
{
	for (size_t i = 0; i < c->n_stores; i++)
		if (strcmp(c->stores[i].kind, kind) == 0)
			return &c->stores[i];
	return NULL;
}
