/* label.h -- private to readers: names in encodings of Java, ASN.1 and Windows,
 * as UTF-8.
 */
#ifndef LABEL_H
#define LABEL_H

#include "base/base.h"

/* All append to *OUT.  Half of a surrogate pair, and bytes that are no
 * character, become U+FFFD.  -E2BIG: the buffer's limit was met; what was
 * appended ends with a whole character.  */

/* BMPString (X.680), which in practice is UTF-16 in network order.  An odd
 * byte at the end is dropped.  */
int label_from_bmp(struct blob bmp, struct buf *out);

/* "Modified UTF-8" (java.io.DataInput): UTF-16 units each written like a
 * character, and NUL as C0 80.  */
int label_from_java(struct blob text, struct buf *out);

/* UTF-16 in the order of Windows, up to a NUL.  An odd byte is dropped.  */
int label_from_windows(struct blob text, struct buf *out);

#endif
