/* seen.c -- the files that were read in this scan, by device and inode: a file
 * that has several names is read once.
 */
#include <stdlib.h>
#include <string.h>

#include "scan/store.h"

/* What is remembered; then it begins anew.  Names of one file lie beside each other
 * mostly, and one that was forgotten is read again.  */
#define MAX_SEEN	200000
#define MAX_ENTRIES	50000		/* 4 MB */

void seen_forget(struct seen_file *f)
{
	size_t k;

	for (k = 0; k < f->n_entries; k++) {
		free(f->entries[k].label);
		entry_names_free(f->entries[k].names);
	}
	for (k = 0; k < f->n_problems; k++)
		free(f->problems[k].message);
	f->n_entries = f->n_problems = f->problems_left_out = 0;
	f->passing = false;
}

static void seen_file_done(struct seen_file *f)
{
	seen_forget(f);
	free(f->entries);
	free(f->problems);
	free(f->engine);
}

void pass_done(struct pass *pass)
{
	size_t k;

	for (k = 0; k < pass->n_seen; k++)
		seen_file_done(&pass->seen[k]);
	free(pass->seen);
	free(pass->seen_index);
	pass->seen = NULL;
	pass->seen_index = NULL;
	pass->n_seen = pass->cap_seen = pass->seen_slots = 0;
	pass->n_counted = pass->seen_entries = 0;
}

static size_t seen_slot(const struct pass *pass, uint64_t dev, uint64_t ino,
			const char *format)
{
	size_t mask = pass->seen_slots - 1;
	size_t slot = (size_t)((ino ^ (dev << 32)) * 0x9e3779b97f4a7c15u >> 17);

	for (slot &= mask; pass->seen_index[slot]; slot = (slot + 1) & mask) {
		const struct seen_file *f =
			&pass->seen[pass->seen_index[slot] - 1];

		if (f->dev == dev && f->ino == ino &&
		    strcmp(f->format, format) == 0)
			break;
	}
	return slot;
}

void seen_reserve(struct pass *pass, size_t n)
{
	for (; pass->n_counted < pass->n_seen; pass->n_counted++)
		pass->seen_entries += pass->seen[pass->n_counted].n_entries;
	if (pass->n_seen + n > MAX_SEEN || pass->seen_entries > MAX_ENTRIES)
		pass_done(pass);
}

size_t seen_get(struct pass *pass, const struct file_id *id,
		const char *format, bool *ret_new)
{
	size_t slot, k;

	if (2 * (pass->n_seen + 1) > pass->seen_slots) {
		size_t *old = pass->seen_index;

		pass->seen_slots = pass->seen_slots ? 2 * pass->seen_slots : 512;
		pass->seen_index = xcalloc(pass->seen_slots, sizeof(size_t));
		for (k = 0; k < pass->n_seen; k++)
			pass->seen_index[seen_slot(pass, pass->seen[k].dev,
				pass->seen[k].ino, pass->seen[k].format)] = k + 1;
		free(old);
	}
	slot = seen_slot(pass, id->dev, id->ino, format);
	*ret_new = pass->seen_index[slot] == 0;
	if (*ret_new) {
		grow(&pass->seen, pass->n_seen, &pass->cap_seen,
		     sizeof(*pass->seen));
		pass->seen[pass->n_seen] = (struct seen_file){
			.dev = id->dev, .ino = id->ino, .format = format };
		pass->seen_index[slot] = ++pass->n_seen;
	}
	return pass->seen_index[slot] - 1;
}
