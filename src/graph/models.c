/* models.c -- the table of path models.  */
#include <string.h>

#include "graph/path.h"

#define MODEL(name)	extern const struct path_model model_##name;
#include "graph/models.def"
#undef MODEL

const struct path_model *const path_models[] = {
#define MODEL(name)	&model_##name,
#include "graph/models.def"
#undef MODEL
	NULL
};

const struct path_model *path_model_find(const char *id)
{
	for (size_t i = 0; path_models[i] != NULL; i++)
		if (strcmp(path_models[i]->id, id) == 0)
			return path_models[i];
	return NULL;
}
