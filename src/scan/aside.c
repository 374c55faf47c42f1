/* aside.c -- what an entry is for in its store, and what is in a file and yet
 * not used by the program whose store it is: .NET lists a certificate in PEM
 * among its roots and builds no chain with it, and takes one certificate of a
 * PKCS#12 and no other.  The catalogue says so of a store, with the words of
 * struct store_definition; such an entry is recorded as a source.
 */
#include <string.h>

#include "scan/store.h"

size_t file_one(const struct store_definition *d, const struct seen_file *f)
{
	size_t one = 0;
	bool has_key = false;

	if (d->one == NULL)
		return SIZE_MAX;
	if (strcmp(d->one, "first") == 0)
		return 0;
	for (size_t k = 0; k < f->n_entries; k++) {
		if (has_key && !f->entries[k].private_key)
			continue;
		one = k;
		has_key = f->entries[k].private_key;
	}
	return one;
}

/* The role of entry K, which would be ROLE, for what may be set aside.  */
static enum role role_aside(const struct store_definition *d,
			    const struct seen_file *f, size_t k, size_t one,
			    enum role role)
{
	const struct file_entry *e = &f->entries[k];

	if (one != SIZE_MAX && k != one)
		return ROLE_SOURCE;
	if (f->reader == NULL)
		return role;
	if (d->unused != NULL && has_word(d->unused, f->reader->name))
		return ROLE_SOURCE;
	if (d->unsealed != NULL && f->reader->caps & READS_SEALS &&
	    e->seal != SEAL_OPEN)
		return role_from_name(d->unsealed);
	if (d->distrust != NULL && role == ROLE_DISTRUST)
		return role_from_name(d->distrust);
	return role;
}

/* What E says, or a reference to its file in ROLE, and the catalogue.  */
static enum role role_said(const struct store_definition *d,
			   const struct seen_file *f,
			   const struct file_entry *e, enum role role)
{
	if (role == ROLE_NONE)
		role = e->role;
	/* What a key is for stays that; it is nothing to distrust.  */
	if (e->names && role == ROLE_ANCHOR)
		return role;
	if (d->forces)
		return role_from_name(d->role);
	/* What is not there can be distrusted and nothing else.  */
	if (role != ROLE_NONE || e->names)
		return role;
	return role_from_name(!e->marked && d->unmarked && f->reader &&
			      f->reader->caps & READS_MARKS ? d->unmarked
							    : d->role);
}

enum role final_role(const struct store_definition *d,
		     const struct seen_file *f, size_t k, size_t one,
		     enum role role)
{
	return role_aside(d, f, k, one, role_said(d, f, &f->entries[k], role));
}

const char *aside_doubt(const struct store_definition *d,
			const struct seen_file *f)
{
	if (f->reader == NULL || f->n_entries == 0 ||
	    (d->unused != NULL && has_word(d->unused, f->reader->name)))
		return NULL;
	if (d->unsealed != NULL && f->reader->caps & READS_SEALS &&
	    f->entries[0].seal == SEAL_NONE)
		return "has no MAC: programs with OpenSSL 3 take it, those "
		       "with OpenSSL 1.1 do not; write it again with one";
	if (d->one != NULL && strcmp(d->one, "last") == 0 && f->n_entries > 1 &&
	    !f->entries[file_one(d, f)].private_key)
		return "one certificate of the file is taken: with OpenSSL 1.1 "
		       "the last, with OpenSSL 3 the first; put each into a "
		       "file of its own";
	return NULL;
}
