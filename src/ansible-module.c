/* ansible-module.c -- the program as a module of Ansible, trustdrift_audit: a check
 * (or, when that is asked for, an audit) whose answer is that of the format ansible.
 *
 * Ansible takes a file of its library that is no text for a module as it is, copies
 * it to the host and runs it with one argument: a file of JSON with the task's
 * options, and with its own, whose names begin with _ansible_ (ansible-core 2.14,
 * executor/module_common.py and plugins/action/__init__.py).  That file, by its
 * absolute path, is how such a call is known: no command has a slash in it.
 *
 * What was copied is the program of the controller, far from the data that it is
 * to judge by.  So it only hands the file on to the program that is installed on
 * the host, which is of one version with its data.
 *
 * Whatever goes wrong is an answer, too: the module's exit status is not looked at,
 * and what it says on standard error is not shown.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"

#define MODULE_NAME	"trustdrift_audit"
#define RESERVED	"_ansible_"
#define PROGRAM		BINDIR "/trustdrift"
/* What this has been handed on to, so that it is not handed on for ever.  */
#define HANDED_ON	"TRUSTDRIFT_MODULE"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_RECORD, KIND_PROGRAM };

/* The options of a task; what their values may be, the options of the command
 * line know.  */
static const struct {
	const char *name, *option;	/* option NULL: not one of those */
	enum kind kind;
} module_options[] = {
	{ "root", "root", KIND_TEXT },
	{ "db", "db", KIND_TEXT },
	{ "config", "config", KIND_TEXT },
	{ "now", "now", KIND_TEXT },
	{ "fail_on", "fail-on", KIND_TEXT },
	{ "baseline", "baseline", KIND_TEXT },
	{ "warn_days", "warn-days", KIND_NUMBER },
	{ "wait", "wait", KIND_NUMBER },
	{ "isolation", "isolation", KIND_TEXT },
	{ "processes", "processes", KIND_FLAG },
	{ "record", NULL, KIND_RECORD },
	{ "program", NULL, KIND_PROGRAM },
};

struct module {
	/* The command line that stands for the task.  */
	char *argv[ARRAY_SIZE(module_options) + 4];
	int argc;
	const char *program;
	bool record;
};
static struct module module;

/* ---- what is asked ----------------------------------------------------------*/

static bool is_named(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash != NULL ? slash + 1 : program, MODULE_NAME) == 0;
}

static bool has_reserved(const json_t *args)
{
	void *i = json_object_iter((json_t *)(uintptr_t)args);

	for (; i != NULL; i = json_object_iter_next((json_t *)(uintptr_t)args, i))
		if (has_prefix(json_object_iter_key(i), RESERVED))
			return true;
	return false;
}

/* The object in the file PATH; NULL, and why.  */
static json_t *read_args(const char *path, char **ret_why)
{
	AUTO(str) char *text = NULL;
	json_error_t error;
	json_t *args;
	size_t n;
	int r = file_slurp(path, LIMIT_MODULE_BYTES, &text, &n);

	if (r < 0) {
		*ret_why = xstrdup(error_words(r));
		return NULL;
	}
	args = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (args == NULL || !json_is_object(args)) {
		*ret_why = args == NULL ? escape_text(error.text,
						      strlen(error.text))
					: xstrdup(_("not an object of JSON"));
		json_decref(args);
		return NULL;
	}
	return args;
}

/* Numbers and truth come as such, or as the text that a template made.  */
static bool take_flag(const json_t *value, bool *ret_flag)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };
	const char *s = json_string_value(value);

	if (json_is_boolean(value)) {
		*ret_flag = json_is_true(value);
		return true;
	}
	for (size_t i = 0; s != NULL && i < ARRAY_SIZE(yes); i++) {
		if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0) {
			*ret_flag = strcasecmp(s, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static void add_word(char *word)
{
	module.argv[module.argc++] = word;
}

/* Option I of the task is VALUE.  */
static bool take_value(size_t i, const json_t *value)
{
	const char *name = module_options[i].name;
	const char *option = module_options[i].option;
	const char *s = json_string_value(value);
	bool flag = false;

	switch (module_options[i].kind) {
	case KIND_FLAG:
	case KIND_RECORD:
		if (!take_flag(value, &flag)) {
			log_error(_("%s: neither true nor false"), name);
			return false;
		}
		if (module_options[i].kind == KIND_RECORD)
			module.record = flag;
		else if (flag)
			add_word(xasprintf("--%s", option));
		return true;
	case KIND_NUMBER:
		if (json_is_integer(value)) {
			add_word(xasprintf("--%s=%" JSON_INTEGER_FORMAT, option,
					   json_integer_value(value)));
			return true;
		}
		break;
	case KIND_TEXT:
		break;
	case KIND_PROGRAM:
		if (s == NULL || *s != '/') {
			log_error(_("%s: no absolute path"), name);
			return false;
		}
		module.program = xstrdup(s);
		return true;
	}
	if (s == NULL) {
		log_error(_("%s: no text"), name);
		return false;
	}
	add_word(xasprintf("--%s=%s", option, s));
	return true;
}

static void unknown_option(const char *key)
{
	AUTO(str) char *name = escape_text(key, strlen(key));
	const char *words[ARRAY_SIZE(module_options) + 1] = { NULL };
	const char *meant;
	AUTO(buf) struct buf all;

	buf_init(&all, LIMIT_TEXT_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(module_options); i++) {
		words[i] = module_options[i].name;
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	meant = closest_word(key, words);
	if (meant != NULL)
		log_error(_("unknown option '%s'; did you mean '%s'? (there are %s)"),
			  name, meant, buf_str(&all));
	else
		log_error(_("unknown option '%s' (there are %s)"), name,
			  buf_str(&all));
}

static bool take_option(const char *key, const json_t *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_options); i++)
		if (strcmp(module_options[i].name, key) == 0)
			/* `default(omit)` leaves it out; null is the same */
			return json_is_null(value) || take_value(i, value);
	if (has_prefix(key, RESERVED))
		return true;
	unknown_option(key);
	return false;
}

/* Makes the command line of ARGS.  */
static bool take_all(json_t *args)
{
	const char *key;
	json_t *value;

	module.program = PROGRAM;
	add_word(xstrdup("trustdrift"));
	add_word(NULL);			/* the command, when it is known */
	json_object_foreach(args, key, value)
		if (!take_option(key, value))
			return false;
	if (json_is_true(json_object_get(args, RESERVED "check_mode")))
		module.record = false;
	module.argv[1] = xstrdup(module.record ? "audit" : "check");
	add_word(xstrdup("--quiet"));
	add_word(xstrdup("--format=ansible"));
	return true;
}

/* ---- who does it ------------------------------------------------------------*/

/* Has the program that is running been handed the file, or is it that program?  */
static bool is_program(void)
{
	const char *before = getenv(HANDED_ON);
	struct stat own, other;

	if (before != NULL && strcmp(before, module.program) == 0)
		return true;
	return stat("/proc/self/exe", &own) == 0 &&
	       stat(module.program, &other) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

static bool hand_on(char *file)
{
	AUTO(str) char *name = escape_text(module.program,
					   strlen(module.program));
	char *words[] = { (char *)(uintptr_t)module.program, file, NULL };

	if (is_program())
		return true;
	setenv(HANDED_ON, module.program, 1);
	execv(module.program, words);
	log_error(_("%s: %s: trustdrift has to be installed on the host; the option 'program' says where"),
		  name, strerror(errno));
	return false;
}

/* ---- the module -------------------------------------------------------------*/

bool module_begin(int *argc, char ***argv, int *ret_status)
{
	AUTO(str) char *why = NULL;
	json_t *args;
	bool done;

	*ret_status = -1;
	if (*argc != 2 || (*argv)[1][0] != '/')
		return false;
	args = read_args((*argv)[1], &why);
	if (args == NULL || !has_reserved(args)) {
		json_decref(args);
		if (!is_named((*argv)[0]))
			return false;
		log_error(_("the options of the task cannot be read: %s"),
			  why != NULL ? why : _("they are not Ansible's"));
		*ret_status = EX_USAGE;
		return true;
	}
	done = take_all(args) && hand_on((*argv)[1]);
	json_decref(args);
	*ret_status = done ? -1 : EX_USAGE;
	*argc = module.argc;
	*argv = module.argv;
	return true;
}

int module_end(int status)
{
	const bool is_verdict = status == STATUS_OK ||
		(status & ~(STATUS_FINDINGS | STATUS_INCOMPLETE)) == 0;

	if (!is_verdict)
		ansible_failed(*log_last_error() != '\0' ? log_last_error() :
			       "there is no verdict", status, stdout);
	return status;
}
