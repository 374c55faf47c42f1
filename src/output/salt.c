/* salt.c -- the line that Salt's cmd.run takes with `stateful: True`:
 * changed=yes or no, a comment, and more words for the changes, split like the
 * words of a shell.  Nothing of it comes from a certificate or a file's name.
 *
 * Any exit status but 0 is a failure of the state for Salt, so that findings,
 * which are a change, give none (outputs.c).
 */
#include <errno.h>

#include "output/machine.h"

int salt_write(const struct report *r, const struct output_options *o, FILE *f)
{
	struct tally t;

	tally_count(r, o, &t);
	fprintf(f, "changed=%s comment='%zu findings to act on in %zu stores%s'"
		" high=%zu medium=%zu low=%zu info=%zu unknown=%zu waived=%zu"
		" incomplete=%s\n", t.counting > 0 ? "yes" : "no", t.counting,
		r->stores, r->incomplete ? ", incomplete" : "",
		t.found[SEVERITY_HIGH], t.found[SEVERITY_MEDIUM],
		t.found[SEVERITY_LOW], t.found[SEVERITY_INFO], t.unknown,
		t.waived, r->incomplete ? "yes" : "no");
	if (fflush(f) != 0)
		return -errno;
	return ferror(f) ? -EIO : 0;
}

int salt_status(const struct report *r, const struct output_options *o)
{
	enum { FINDINGS = 2, INCOMPLETE = 4 };	/* as trustdrift(1) has them */

	(void)r;
	if (o->status & INCOMPLETE && o->status < 8)
		return INCOMPLETE;
	return o->status == FINDINGS ? 0 : o->status;
}
