/* inodes.c -- a set of files, by device and inode: what the stores of the
 * catalogue hold already is no find of a crawl, under whatever name.
 */
#include <stdlib.h>

#include "scan/store.h"

static size_t slot_of(const struct inodes *s, uint64_t dev, uint64_t ino)
{
	size_t slot = (size_t)((ino ^ (dev << 32)) *
			       UINT64_C(0x9e3779b97f4a7c15) >> 17);

	for (slot &= s->slots - 1; s->items[slot].used;
	     slot = (slot + 1) & (s->slots - 1))
		if (s->items[slot].dev == dev && s->items[slot].ino == ino)
			break;
	return slot;
}

bool inodes_has(const struct inodes *s, const struct file_id *id)
{
	return s->n > 0 && s->items[slot_of(s, id->dev, id->ino)].used;
}

void inodes_add(struct inodes *s, const struct file_id *id)
{
	struct inode *i;

	if (2 * (s->n + 1) > s->slots) {
		struct inodes old = *s;

		s->slots = old.slots > 0 ? 2 * old.slots : 1024;
		s->items = xcalloc(s->slots, sizeof(*s->items));
		for (size_t k = 0; k < old.slots; k++)
			if (old.items[k].used)
				s->items[slot_of(s, old.items[k].dev,
						 old.items[k].ino)] =
					old.items[k];
		free(old.items);
	}
	i = &s->items[slot_of(s, id->dev, id->ino)];
	if (!i->used)
		s->n++;
	*i = (struct inode){ .used = true, .dev = id->dev, .ino = id->ino };
}

void inodes_done(struct inodes *s)
{
	free(s->items);
	*s = (struct inodes){ .n = 0 };
}
