/* library.c -- dlopen(3) and dlsym(3): see library.h.
 *
 * Symbols of versions: dlsym(3) gives the default one, which is what the linker
 * would have taken of a library that is not older than its headers.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "library/library.h"

char *library_load(struct library *l)
{
	void *handle;

	if (l->loaded || l->soname == NULL) {
		l->loaded = true;
		return NULL;
	}
	handle = dlopen(l->soname, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return xasprintf(_("%s; install the package that has it"),
				 dlerror());
	for (size_t i = 0; i < l->n; i++) {
		void *address = dlsym(handle, l->symbols[i].name);

		if (address == NULL) {
			dlclose(handle);
			return xasprintf(_("%s has no %s: it is older than "
					   "what this program was built with"),
					 l->soname, l->symbols[i].name);
		}
		memcpy(l->symbols[i].place, &address, sizeof(address));
	}
	l->loaded = true;
	return NULL;
}

bool library_need(struct library *l)
{
	char *error;

	if (l->loaded)
		return false;
	error = library_load(l);
	if (error != NULL)
		die_aloud("%s", error);
	return true;
}
