/* conf.c -- /etc/ca-certificates.conf of Debian and its kin: which files below
 * /usr/share/ca-certificates go into the system store (ca-certificates
 * sbin/update-ca-certificates, update-ca-certificates(8)).
 *
 * A line is a file's name; with `!` before it the file is deselected, which
 * is an administrator's distrust; `#` begins a comment.  The script is the
 * specification, and what it does with a line is what its sed and the shell's
 * `read` do:
 *
 *   - `#` and `!` count in the first column only, after which spaces and tabs
 *     around a name are taken away, and a backslash before a character too;
 *   - a carriage return stays part of the name, which then names no file;
 *   - a last line without its line feed is passed over.
 *
 * Names are handed on as the script sees them, so that what it does not find
 * dangles here as well.
 */
#include <string.h>

#include "read/read.h"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Text without a PEM block.  This is no mark of the format but the lack of
 * others', so only a file that the catalogue declares comes here.  */
static bool conf_sniff(struct blob data)
{
	size_t i;

	for (i = 0; i < data.n; i++)
		if (data.p[i] < ' ' && !is_blank(data.p[i]) &&
		    data.p[i] != '\n' && data.p[i] != '\r')
			return false;
	return data.n > 0 && !memmem(data.p, data.n, "-----BEGIN ", 11);
}

/* The script's own loop gives up nothing when a line is bad, so its other
 * lines are as certain as before.  */
static int line_read(struct blob line, uint64_t offset, struct sink *out)
{
	char name[LIMIT_PATH_BYTES];
	enum role role = ROLE_SOURCE;
	size_t i, n = 0, kept = 0;

	if (line.n == 0 || line.p[0] == '#')
		return 0;
	i = 0;
	if (line.p[0] == '!') {
		role = ROLE_DISTRUST;
		i++;
	}
	while (i < line.n && is_blank(line.p[i]))
		i++;
	for (; i < line.n; i++) {
		bool escaped = line.p[i] == '\\';

		if (escaped && ++i == line.n) {
			sink_problem(out, PROBLEM_MALFORMED, offset,
				     "a backslash joins this line with the "
				     "next; write the name on one line");
			return 0;
		}
		if (line.p[i] == '\0') {
			sink_problem(out, PROBLEM_MALFORMED, offset,
				     "a NUL byte in the name; remove it");
			return 0;
		}
		if (n == sizeof(name)) {
			sink_problem(out, PROBLEM_LIMIT, offset,
				     "the name is longer than "
				     "LIMIT_PATH_BYTES (%u)", LIMIT_PATH_BYTES);
			return 0;
		}
		name[n++] = (char)line.p[i];
		if (escaped || !is_blank(line.p[i]))
			kept = n;
	}
	if (kept == 0)
		return 0;
	return out->reference(out, name, kept, role, offset);
}

static int conf_read(const struct input *input, struct sink *out)
{
	const struct blob data = input->data;
	bool carriage_return = false;
	uint64_t offset = 0;
	struct blob line;
	size_t next;
	int r;

	if (data.n == 0)
		sink_problem(out, PROBLEM_TRUNCATED, 0,
			     "the file is empty, so update-ca-certificates "
			     "would take every certificate out; run "
			     "dpkg-reconfigure ca-certificates");
	for (; offset < data.n; offset = next) {
		const uint8_t *start = data.p + offset, *lf;

		lf = memchr(start, '\n', data.n - offset);
		if (!lf) {
			if (*start != '#')
				sink_skipped(out, PROBLEM_TRUNCATED, offset,
					     "the last line has no line feed, "
					     "so update-ca-certificates passes "
					     "over it; add one");
			return 0;
		}
		line = (struct blob){ start, (size_t)(lf - start) };
		next = (size_t)(lf - data.p) + 1;
		if (line.n > 0 && lf[-1] == '\r' && *start != '#' &&
		    !carriage_return) {
			carriage_return = true;
			sink_skipped(out, PROBLEM_MALFORMED, offset, "lines "
				     "end in a carriage return, which "
				     "update-ca-certificates takes as part of "
				     "the name and finds no file; remove the "
				     "carriage returns");
		}
		r = line_read(line, offset, out);
		if (r < 0)
			return r;
	}
	return 0;
}

const struct reader conf_reader = {
	.name = "ca-certificates-conf",
	.title = N_("ca-certificates.conf of Debian"),
	.caps = READS_MANY | READS_TRUST,
	.sniff = conf_sniff,
	.read = conf_read,
};
