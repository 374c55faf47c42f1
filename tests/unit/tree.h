/* tree.h -- a small root on disk for one test, made of a table.  */
#ifndef TEST_TREE_H
#define TEST_TREE_H

#include "base/base.h"

struct tree_item {
	char type;		/* d directory, f file, l link, p FIFO, s file of
				 * TEXT (decimal) zeros, x directory closed to all */
	const char *path;	/* directories above it are made */
	const char *text;	/* content, target */
};

/* Makes the one tree there is; ITEMS end with type 0.  */
const struct root *tree_make(const struct tree_item *items);
void tree_remove(void);
/* PATH of the root as a path of the host; the caller frees.  */
char *tree_path(const char *path);

/* From here on permissions count: root becomes somebody else, others stay who
 * they are.  */
void be_ordinary(void);
void be_again(void);

/* For cmocka: cleans up after a test, also one that failed.  */
int tree_teardown(void **state);

#endif
