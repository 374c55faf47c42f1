/* cyclonedx.h -- private to the two forms of CycloneDX.  */
#ifndef OUTPUT_CYCLONEDX_H
#define OUTPUT_CYCLONEDX_H

#include <jansson.h>

#include "output/output.h"

/* The document; all strings in it are shown ones.  The caller's.  */
json_t *cyclonedx_tree(const struct report *r, const struct output_options *o);

#endif
