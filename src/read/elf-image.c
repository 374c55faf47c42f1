/* elf-image.c -- what the readers of programs share.  The ELF headers (System
 * V gABI chapter 4) tell whether the file is whole; what is compiled in is
 * found by its content, not by symbols or sections, because released programs
 * are stripped, and in the whole file, because some have a part of themselves
 * behind what the headers describe.
 *
 * Programs are 20 to 300 MB, mostly machine code.  All that is looked for is
 * looked for in a window that stays in the processor's cache, then comes the
 * next, and the sink hears now and then that the pages behind are done with.
 */
#include <errno.h>
#include <string.h>

#include "read/elf-image.h"

#define WINDOW		(256u << 10)
#define DROP_EVERY	(4u << 20)

static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F' };

bool elf_sniff(struct blob data)
{
	return data.n >= sizeof(magic) &&
	       memcmp(data.p, magic, sizeof(magic)) == 0;
}

/* ---- the headers ---------------------------------------------------------*/

uint64_t elf_number(const struct elf_image *e, uint64_t offset, unsigned size)
{
	const uint8_t *p = e->data.p + offset;
	uint64_t v = 0;

	for (unsigned i = 0; i < size; i++)
		v = v << 8 | p[e->big ? i : size - 1 - i];
	return v;
}

static bool fits(struct blob data, uint64_t offset, uint64_t size)
{
	return offset <= data.n && size <= data.n - offset;
}

struct elf_segment elf_segment(const struct elf_image *e, unsigned index)
{
	const uint64_t at = e->segments + (uint64_t)index * e->segment_size;
	const unsigned n = e->wide ? 8 : 4;

	return (struct elf_segment){
		.type = elf_number(e, at, 4),
		.offset = elf_number(e, at + (e->wide ? 8 : 4), n),
		.address = elf_number(e, at + (e->wide ? 16 : 8), n),
		.size = elf_number(e, at + (e->wide ? 32 : 16), n),
	};
}

int elf_open(struct blob data, struct elf_image *ret_image)
{
	struct elf_image e = { .data = data };

	if (data.n < 6)
		return -EAGAIN;
	if (data.p[4] < 1 || data.p[4] > 2 || data.p[5] < 1 || data.p[5] > 2)
		return -EINVAL;
	e.wide = data.p[4] == 2;
	e.big = data.p[5] == 2;
	if (data.n < (e.wide ? 64 : 52))
		return -EAGAIN;
	e.segments = elf_number(&e, e.wide ? 32 : 28, e.wide ? 8 : 4);
	e.segment_size = (unsigned)elf_number(&e, e.wide ? 54 : 42, 2);
	e.n_segments = (unsigned)elf_number(&e, e.wide ? 56 : 44, 2);
	if (e.n_segments > 0 && e.segment_size < (e.wide ? 56 : 32))
		return -EINVAL;
	if (!fits(data, e.segments, (uint64_t)e.segment_size * e.n_segments))
		return -EAGAIN;
	for (unsigned i = 0; i < e.n_segments; i++) {
		const struct elf_segment s = elf_segment(&e, i);

		if (s.type == ELF_LOAD && !fits(data, s.offset, s.size))
			return -EAGAIN;
	}
	*ret_image = e;
	return 0;
}

bool elf_report(struct blob data, struct sink *out)
{
	struct elf_image e;
	int r;

	if (!elf_sniff(data)) {
		sink_problem(out, PROBLEM_FORMAT, 0, "not an ELF file");
		return false;
	}
	r = elf_open(data, &e);
	if (r == -EAGAIN)
		sink_problem(out, PROBLEM_TRUNCATED, data.n,
			     "the program ends before what its ELF headers "
			     "promise, so certificates may be missing from "
			     "it; install it again");
	else if (r < 0)
		sink_problem(out, PROBLEM_MALFORMED, 0,
			     "the ELF headers are damaged; install the "
			     "program again");
	return true;
}

/* ---- the search ----------------------------------------------------------*/

static uint64_t find(const struct elf_pattern *p, struct blob data,
		     uint64_t from, uint64_t to)
{
	uint64_t size = to - from + p->n - 1;	/* it may straddle TO */
	const uint8_t *at;

	if (p->n == 0)
		return p->find(data, from, to);
	if (size > data.n - from)
		size = data.n - from;
	at = memmem(data.p + from, size, p->needle, p->n);
	return at != NULL ? (uint64_t)(at - data.p) : to;
}

/* *POS is where to go on, which may be past END already.  */
static int window_search(const struct elf_pattern *p, struct blob data,
			 uint64_t end, struct sink *out, void *state,
			 uint64_t *pos)
{
	int r;

	while (*pos < end) {
		const uint64_t at = find(p, data, *pos, end);

		if (at >= end) {
			*pos = end;
			break;
		}
		r = p->take(data, at, out, state, pos);
		if (r < 0)
			return r;
	}
	return 0;
}

int elf_search(const struct elf_pattern *patterns, size_t n_patterns,
	       struct blob data, struct sink *out, void *state)
{
	uint64_t pos[ELF_PATTERNS] = { 0 }, end = 0, done = 0;
	int r;

	while (end < data.n) {
		end = data.n - end > WINDOW ? end + WINDOW : data.n;
		for (size_t i = 0; i < n_patterns; i++) {
			r = window_search(&patterns[i], data, end, out, state,
					  &pos[i]);
			if (r < 0)
				return r;
		}
		if (end - done >= DROP_EVERY) {
			done = end - LIMIT_TEXT_BYTES;
			out->done(out, done);
		}
	}
	return 0;
}
