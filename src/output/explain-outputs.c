/* explain-outputs.c -- the formats of explain.  */
#include <string.h>

#include "output/explain.h"

const struct explain_output explain_outputs[] = {
	{ "text", N_("trees for people"), false, explain_text },
	{ "json", N_("one object"), true, explain_json },
	{ "dot", N_("the graph, for Graphviz"), true, explain_dot },
	{ "svg", N_("the graph, drawn by Graphviz"), true, explain_svg },
	{ NULL, NULL, false, NULL },
};

const struct explain_output *explain_output_find(const char *name)
{
	for (size_t i = 0; explain_outputs[i].name != NULL; i++)
		if (strcmp(explain_outputs[i].name, name) == 0)
			return &explain_outputs[i];
	return NULL;
}
