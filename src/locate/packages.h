/* packages.h -- private to src/locate: one search through the package managers'
 * databases.
 */
#ifndef LOCATE_PACKAGES_H
#define LOCATE_PACKAGES_H

#include "locate/locate.h"

struct package_search;

const struct root *search_root(const struct package_search *s);

/* A package has the file PATH, N bytes, absolute in the root.  VERSION NULL:
 * comes later, see search_version().  Whoever is found first keeps it.  */
void search_file(struct package_search *s, const char *path, size_t n,
		 const char *package, const char *version);
/* The version of a package that was found without.  */
void search_version(struct package_search *s, const char *package,
		    const char *version);
/* Calls FN for the last component of every path that is looked for, each
 * once.  */
typedef int basename_fn(const char *name, void *data);
int search_each_basename(struct package_search *s, basename_fn *fn,
			 void *data);
/* PATH, of a database, could not be read: MESSAGE says why and is taken.  */
void search_problem(struct package_search *s, const char *path, char *message);

/* One for each manager: reads its database, if there is one.  */
typedef void manager_fn(struct package_search *s);
manager_fn dpkg_search, rpm_search, apk_search, pacman_search;

/* What package_files() was asked.  */
struct package_listing {
	const struct root *root;
	const char *name, *architecture;
	package_file_fn *fn;
	package_problem_fn *problem;
	void *data;
};
void dpkg_list(struct package_listing *l);
void rpm_list(struct package_listing *l);

/* rpm keeps the header of each package in one of three containers; these two
 * call FN with each header and stop at its first negative return.  -EINVAL: not
 * such a database, or damaged.  */
typedef int header_fn(struct blob header, void *data);
int rpm_ndb_each(struct blob db, header_fn *fn, void *data);
int rpm_bdb_each(struct blob db, header_fn *fn, void *data);

#endif
