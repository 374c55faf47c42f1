/* elf-module.c -- an ELF file as the dynamic linker would lay it out at address 0
 * (System V gABI chapter 5), so that pointers in its data can be followed.
 *
 * Pointers are relocated when a module is loaded.  Where the machine's ABI has
 * relocations without addend (DT_REL), or they are packed (DT_RELR), the value
 * is already in its place; with DT_RELA it stands in the table.  All those
 * that refer to no symbol are taken, which is what makes this independent of
 * the machine: their result is the addend.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read/elf-module.h"

#define SEGMENT_DYNAMIC	2

enum tag {
	TAG_END = 0,
	TAG_RELA = 7,
	TAG_RELA_SIZE = 8,
	TAG_RELA_ENTRY = 9,
};

uint64_t module_number(const struct module *m, const uint8_t *p, unsigned size)
{
	return elf_number(&m->image, (uint64_t)(p - m->p), size);
}

/* Where SIZE bytes at ADDRESS are in the file; NULL: they are not.  */
static uint8_t *place(const struct module *m, uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < m->n_segments; i++) {
		const struct elf_segment *s = &m->segments[i];
		const uint64_t in = address - s->address;

		if (address >= s->address && in <= s->size &&
		    size <= s->size - in)
			return m->p + s->offset + in;
	}
	return NULL;
}

const uint8_t *module_at(const struct module *m, uint64_t address,
			 uint64_t size)
{
	return place(m, address, size);
}

/* ---- relocations ---------------------------------------------------------*/

static void relocation_apply(struct module *m, const uint8_t *p)
{
	const uint64_t address = module_number(m, p, m->word);
	const uint64_t info = module_number(m, p + m->word, m->word);
	uint8_t *to = place(m, address, m->word);

	if (to != NULL && info >> (m->image.wide ? 32 : 8) == 0)
		memmove(to, p + 2 * (size_t)m->word, m->word);
}

/* DYNAMIC lies in the file.  */
static void relocate(struct module *m, const struct elf_segment *dynamic)
{
	const unsigned w = m->word;
	uint64_t table = 0, size = 0, step = 3 * (uint64_t)w, tag = TAG_RELA;

	for (uint64_t at = 0; tag != TAG_END && 2 * w <= dynamic->size - at;
	     at += 2 * w) {
		const uint8_t *p = m->p + dynamic->offset + at;
		const uint64_t value = module_number(m, p + w, w);

		tag = module_number(m, p, w);
		if (tag == TAG_RELA)
			table = value;
		else if (tag == TAG_RELA_SIZE)
			size = value;
		else if (tag == TAG_RELA_ENTRY)
			step = value;
	}
	if (step < 3 * (uint64_t)w || place(m, table, size) == NULL)
		return;
	for (uint64_t at = 0; at < size && step <= size - at; at += step)
		relocation_apply(m, place(m, table + at, step));
}

/* ---- the file ------------------------------------------------------------*/

static int segments_read(struct module *m)
{
	struct elf_segment dynamic = { .size = 0 };
	uint64_t loaded = 0;

	for (unsigned i = 0; i < m->image.n_segments; i++) {
		const struct elf_segment s = elf_segment(&m->image, i);

		if (s.type == SEGMENT_DYNAMIC) {
			if (s.offset > m->n || s.size > m->n - s.offset)
				return -EAGAIN;
			dynamic = s;
		} else if (s.type == ELF_LOAD) {
			/* The same bytes again cost no file size, but time.  */
			loaded += s.size;
			if (m->n_segments == MODULE_SEGMENTS ||
			    loaded > 2 * (uint64_t)m->n)
				return -EINVAL;
			m->segments[m->n_segments++] = s;
		}
	}
	relocate(m, &dynamic);
	return 0;
}

int module_open(struct blob data, struct module *ret_module)
{
	struct module m = { .n = data.n };
	int r;

	m.p = xmemdup(data.p, data.n);
	r = elf_open((struct blob){ m.p, m.n }, &m.image);
	if (r == 0) {
		m.word = m.image.wide ? 8 : 4;
		r = segments_read(&m);
	}
	if (r < 0) {
		free(m.p);
		return r;
	}
	*ret_module = m;
	return 0;
}

void module_close(struct module *m)
{
	free(m->p);
}
