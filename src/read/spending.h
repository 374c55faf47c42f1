/* spending.h -- how much time the files of each user may take in one scan.
 *
 * A file has its limits, and so has a user: thousands of key stores that take half a
 * second each, as anybody can make them, would keep a scan from ever ending.  So
 * would users whom somebody makes up (subuid(5)), which is why all of them have one
 * together, too.  Root's files, and those of whoever runs this, may take what they
 * take.
 *
 * It is looked at before some files of a user are handed over, each of which has its
 * own limits: a user gets a little more than is said here.
 */
#ifndef READ_SPENDING_H
#define READ_SPENDING_H

#include <stdbool.h>
#include <stdint.h>

struct spending;
struct spending *spending_new(void);
void spending_free(struct spending *s);		/* NULL is allowed */

/* Seconds of processor time and by the clock that one user's files get; all users
 * together LIMIT_USERS_TIMES that.  At first LIMIT_USER_CPU and LIMIT_USER_WALL.  */
void spending_limit(struct spending *s, unsigned cpu, unsigned wall);

/* Another scan begins.  */
void spending_forget(struct spending *s);
/* May no more files of UID be read?  */
bool spending_is_over(const struct spending *s, uint32_t uid);
/* Those of UID have taken so many nanoseconds more.  */
void spending_add(struct spending *s, uint32_t uid, int64_t cpu, int64_t wall);
/* Why a file of UID was not read; the caller frees.  */
char *spending_reason(const struct spending *s, uint32_t uid);

#endif
