/* ansible.c -- the plan as a file of tasks for Ansible, for include_tasks or
 * import_tasks.  The script itself is in it: what tasks would say again in
 * other words could only differ from what was reviewed and tested.
 *
 * A script changes nothing with --dry-run, and says in its last line how much
 * it would do.  So the first task of a finding runs so even in check mode, and
 * the second only where there is something to do and this is no check.
 *
 * Surprising: text of YAML that came from elsewhere is tagged !unsafe, since
 * Ansible expands {{ }} in every string, and stands in double quotes in ASCII
 * (YAML 1.2.2, 7.3.1, whose escapes include those of JSON).
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fix/plan.h"

/* S as a YAML scalar that Ansible takes as it is.  */
static void put_scalar(struct buf *out, const char *s)
{
	AUTO(str) char *valid = utf8_text(s, strlen(s));
	json_t *string = json_string(valid);
	AUTO(str) char *written = string == NULL ? NULL :
		json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);

	json_decref(string);
	if (written == NULL)
		die("out of memory");
	buf_addf(out, "!unsafe %s", written);
}

static void put_comment(struct buf *out, const char *what, const char *value)
{
	AUTO(str) char *line = whole_line(value);

	buf_addf(out, "#   %-11s %s\n", what, line);
}

static void put_header(const struct plan *p, struct buf *out)
{
	char now[TIME_SIZE];

	buf_adds(out,
		"---\n"
		"# Tasks that repair what an audit by trustdrift found; the script that does\n"
		"# it is among them, please read it first.  In a play for the host that was\n"
		"# audited, as root:\n"
		"#\n"
		"#   - ansible.builtin.include_tasks: THIS-FILE\n"
		"#\n"
		"# With --check nothing is changed, and --diff shows what would be.  The file\n"
		"# names what it found when it was written: on another host, or after a change,\n"
		"# steps are skipped, and the tasks fail unless trustdrift_skips_allowed is\n"
		"# true.  Passwords of key stores: TRUSTDRIFT_STOREPASS in `environment`.\n"
		"#\n");
	put_comment(out, "written by", p->info->tool);
	put_comment(out, "host", p->info->host_name);
	put_comment(out, "root", p->info->root);
	put_comment(out, "audit of", time_format(p->info->now, now));
	put_comment(out, "made by", p->info->command);
	if (p->n_unfixable != 0)
		buf_adds(out, "#\n# Not fixable here:\n");
	for (size_t i = 0; i < p->n_unfixable; i++) {
		const struct unfixable *u = &p->unfixable[i];
		AUTO(str) char *what = about(u->finding, u->location, u->name);
		AUTO(str) char *reason = whole_line(u->reason);

		buf_addf(out, "#   %s  %s: %s\n", u->finding->id, what, reason);
	}
	buf_adds(out, "\n");
}

/* Is F one of the findings of a step before step I, or before J in it?  */
static bool is_earlier(const struct plan *p, size_t i, size_t j)
{
	const struct finding *f = p->steps[i].findings[j];

	for (size_t k = 0; k <= i; k++)
		for (size_t l = 0; l < (k < i ? p->steps[k].n_findings : j);
		     l++)
			if (p->steps[k].findings[l] == f)
				return true;
	return false;
}

/* A line for each finding that has a step, in the order of the steps.  */
static void put_findings(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct step *s = &p->steps[i];

		for (size_t j = 0; j < s->n_findings; j++) {
			/* A folded one stands for all its certificates.  */
			bool folded = s->findings[j]->n_members > 0;
			AUTO(str) char *what = about(s->findings[j],
				folded ? NULL : s->location,
				folded ? NULL : s->name);
			AUTO(str) char *title = xasprintf("%s: %s",
				s->recipe->title, what);

			if (is_earlier(p, i, j))
				continue;
			buf_addf(out, "      - id: '%s'\n        title: ",
				 s->findings[j]->id);
			put_scalar(out, title);
			buf_adds(out, "\n");
		}
	}
}

/* The script as a literal block (YAML 1.2.2, 8.1.2).  It is UTF-8 of printable
 * characters, tabs and newlines, and ends with one.  */
static int put_script(const struct plan *p, const char *indent,
		      struct buf *out)
{
	AUTO(buf) struct buf script;
	const char *line;
	int e;

	buf_init(&script, SIZE_MAX);
	e = script_from_plan(p, &script);
	if (e < 0)
		return e;
	buf_adds(out, "!unsafe |\n");
	for (line = buf_str(&script); *line != '\0';) {
		const char *end = strchr(line, '\n');

		if (end != line)
			buf_adds(out, indent);
		buf_add(out, line, (size_t)(end + 1 - line));
		line = end + 1;
	}
	return 0;
}

static const char before_script[] =
"- name: Repair what trustdrift found\n"
"  vars:\n"
"    trustdrift_findings:\n";

static const char first_tasks[] =
"  block:\n"
"    - name: Make a private directory\n"
"      ansible.builtin.tempfile:\n"
"        state: directory\n"
"        prefix: trustdrift-\n"
"      register: trustdrift_directory\n"
"      check_mode: false\n"
"      changed_when: false\n"
"    - name: Put the script there\n"
"      ansible.builtin.copy:\n"
"        dest: '{{ trustdrift_directory.path }}/fix.sh'\n"
"        mode: '0600'\n"
"        content: ";

static const char last_tasks[] =
"      check_mode: false\n"
"      changed_when: false\n"
"      diff: false\n"
"    - name: See what there is to do\n"
"      ansible.builtin.command:\n"
"        argv: [sh, '{{ trustdrift_directory.path }}/fix.sh', --dry-run,\n"
"               --only, '{{ item.id }}']\n"
"      loop: '{{ trustdrift_findings }}'\n"
"      loop_control:\n"
"        label: '{{ item.title }}'\n"
"      register: trustdrift_seen\n"
"      check_mode: false\n"
"      changed_when: >-\n"
"        ansible_check_mode and ' 0 would be done,' not in trustdrift_seen.stdout\n"
"      failed_when: >-\n"
"        trustdrift_seen.rc not in [0, 2] or\n"
"        (' 0 skipped,' not in trustdrift_seen.stdout and\n"
"        not trustdrift_skips_allowed | default(false) | bool)\n"
"    - name: Show what there is to do\n"
"      ansible.builtin.debug:\n"
"        msg: '{{ item.stdout_lines }}'\n"
"      loop: '{{ trustdrift_seen.results }}'\n"
"      loop_control:\n"
"        label: '{{ item.item.title }}'\n"
"      when: >-\n"
"        ansible_diff_mode and ' 0 would be done,' not in item.stdout\n"
"    - name: Do it\n"
"      ansible.builtin.command:\n"
"        argv: [sh, '{{ trustdrift_directory.path }}/fix.sh', --yes,\n"
"               --only, '{{ item.item.id }}']\n"
"      loop: '{{ trustdrift_seen.results }}'\n"
"      loop_control:\n"
"        label: '{{ item.item.title }}'\n"
"      when: >-\n"
"        not ansible_check_mode and ' 0 would be done,' not in item.stdout\n"
"      register: trustdrift_done\n"
"      changed_when: >-\n"
"        'what was replaced is kept in' in trustdrift_done.stdout\n"
"      failed_when: >-\n"
"        trustdrift_done.rc not in [0, 2] or\n"
"        (trustdrift_done.rc == 2 and\n"
"        not trustdrift_skips_allowed | default(false) | bool)\n"
"  always:\n"
"    - name: Remove the directory\n"
"      ansible.builtin.file:\n"
"        path: '{{ trustdrift_directory.path }}'\n"
"        state: absent\n"
"      when: trustdrift_directory.path is defined\n"
"      check_mode: false\n"
"      changed_when: false\n"
"      diff: false\n";

int ansible_from_plan(const struct plan *p, struct buf *out)
{
	int e;

	put_header(p, out);
	if (p->n_steps == 0) {
		buf_adds(out, "[]\n");
		return out->truncated ? -E2BIG : 0;
	}
	buf_adds(out, before_script);
	put_findings(p, out);
	buf_adds(out, first_tasks);
	e = put_script(p, "          ", out);
	if (e < 0)
		return e;
	buf_adds(out, last_tasks);
	return out->truncated ? -E2BIG : 0;
}
