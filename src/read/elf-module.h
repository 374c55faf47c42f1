/* elf-module.h -- private to nssckbi.c: an ELF module as it is in memory when it
 * is loaded at address 0, without running any of it.
 */
#ifndef ELF_MODULE_H
#define ELF_MODULE_H

#include "read/elf-image.h"

#define MODULE_SEGMENTS	32u

struct module {
	uint8_t *p;		/* the file, relocations applied */
	size_t n;
	struct elf_image image;	/* of P */
	unsigned word;		/* bytes of a pointer and of an unsigned long */
	struct elf_segment segments[MODULE_SEGMENTS];	/* those loaded */
	size_t n_segments;
};

/* -EAGAIN: the file ends before what its headers promise; -EINVAL: they are
 * none, or name too many segments, or the same bytes for several.  */
int module_open(struct blob data, struct module *ret_module);
void module_close(struct module *m);

/* The SIZE (at most 8) bytes at P, which are in the module, as a number.  */
uint64_t module_number(const struct module *m, const uint8_t *p, unsigned size);
/* SIZE bytes at ADDRESS, NULL when they are not in the file.  */
const uint8_t *module_at(const struct module *m, uint64_t address,
			 uint64_t size);

#endif
