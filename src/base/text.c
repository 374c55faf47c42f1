/* text.c -- comparing text, hex, UTF-8 (RFC 3629), text made fit for a terminal,
 * times (RFC 3339), numbers and words.
 *
 * Nothing here asks the locale or TZ: the same bytes give the same text on
 * every host.
 */
#include <errno.h>
#include <limits.h>
#include <inttypes.h>
#include <string.h>

#include "base/base.h"

int text_compare(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

bool text_same(const char *a, const char *b)
{
	return text_compare(a, b) == 0;
}

static const char hex_digits[] = "0123456789abcdef";

void hex_encode(const uint8_t *p, size_t n, char *ret)
{
	for (size_t i = 0; i < n; i++) {
		*ret++ = hex_digits[p[i] >> 4];
		*ret++ = hex_digits[p[i] & 15];
	}
	*ret = '\0';
}

/* One more than what a digit stands for; 0: it is none.  */
static const uint8_t hex_values[UCHAR_MAX + 1] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int hex_decode(const char *s, uint8_t *ret, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t digits = 0;

	while (digits / 2 < n && hex_values[p[digits]] != 0)
		digits++;
	if (digits / 2 < n || p[digits] != '\0')
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		ret[i] = (uint8_t)((hex_values[p[2 * i]] - 1) << 4 |
				   (hex_values[p[2 * i + 1]] - 1));
	return 0;
}

/* ---- UTF-8 -------------------------------------------------------------*/

/* The length of the character at P (N bytes, at least one), or 0 when these
 * bytes are none: truncated, overlong, a surrogate or past U+10FFFF.  */
static size_t utf8_decode(const uint8_t *p, size_t n, uint32_t *ret_char)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size;
	uint32_t c;

	if (p[0] < 0x80) {
		*ret_char = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	size = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (size > n)
		return 0;
	c = p[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_char = c;
	return size;
}

bool is_utf8(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	uint32_t c;
	size_t size;

	for (size_t i = 0; i < n; i += size) {
		size = utf8_decode(p + i, n - i, &c);
		if (size == 0 || c == 0)
			return false;
	}
	return true;
}

/* What a reader could not see, or what could move the text around it.  */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x00, 0x1f },			/* C0 controls */
	{ 0x7f, 0x9f },			/* DEL and C1 controls */
	{ 0xad, 0xad },			/* soft hyphen */
	{ 0x34f, 0x34f },		/* combining grapheme joiner */
	{ 0x61c, 0x61c },		/* Arabic letter mark */
	{ 0x115f, 0x1160 },		/* Hangul fillers */
	{ 0x17b4, 0x17b5 },		/* Khmer inherent vowels */
	{ 0x180b, 0x180f },		/* Mongolian selectors and separator */
	{ 0x200b, 0x200f },		/* zero width, direction marks */
	{ 0x2028, 0x202e },		/* separators, embeddings, overrides */
	{ 0x2060, 0x206f },		/* word joiner, isolates, old formats */
	{ 0x3164, 0x3164 },		/* Hangul filler */
	{ 0xfdd0, 0xfdef },		/* noncharacters */
	{ 0xfe00, 0xfe0f },		/* variation selectors */
	{ 0xfeff, 0xfeff },		/* byte order mark */
	{ 0xffa0, 0xffa0 },		/* halfwidth Hangul filler */
	{ 0xfff9, 0xfffb },		/* interlinear annotation */
	{ 0xe0000, 0xe007f },		/* tags */
	{ 0xe0100, 0xe01ef },		/* variation selectors */
};

static bool is_hidden(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return false;
	if ((c & 0xfffe) == 0xfffe)	/* the last two of every plane */
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

static void add_byte(struct buf *b, uint8_t byte)
{
	buf_addf(b, "\\x%02x", byte);
}

char *escape_text(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	AUTO(buf) struct buf b;
	size_t size, from = 0;
	uint32_t c;

	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < n; i += size) {
		size = utf8_decode(p + i, n - i, &c);
		if (size != 0 && c != '\\' && !is_hidden(c))
			continue;
		buf_add(&b, p + from, i - from);
		if (size == 0) {
			add_byte(&b, p[i]);
			size = 1;
		} else if (c == '\n') {
			buf_adds(&b, "\\n");
		} else if (c == '\\') {
			buf_adds(&b, "\\\\");
		} else if (c < 0x80) {
			add_byte(&b, (uint8_t)c);
		} else {
			buf_addf(&b, "\\u{%04" PRIx32 "}", c);
		}
		from = i + size;
	}
	buf_add(&b, p + from, n - from);
	return buf_take(&b);
}

char *utf8_text(const char *s, size_t n)
{
	const uint8_t *p = (const uint8_t *)s;
	AUTO(buf) struct buf b;
	size_t size, from = 0;
	uint32_t c;

	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < n; i += size) {
		size = utf8_decode(p + i, n - i, &c);
		if (size != 0 && c != 0)
			continue;
		buf_add(&b, p + from, i - from);
		add_byte(&b, p[i]);
		size = 1;
		from = i + 1;
	}
	buf_add(&b, p + from, n - from);
	return buf_take(&b);
}

/* ---- time --------------------------------------------------------------
 * The proleptic Gregorian calendar, counted from the year 0.  */

#define DAY		86400
#define DAYS_TO_1970	719528
#define YEAR_MAX	9999

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 0000-01-01 to the first of January of YEAR.  */
static int64_t days_before_year(unsigned year)
{
	return (int64_t)365 * year + (year + 3) / 4 - (year + 99) / 100 +
	       (year + 399) / 400;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Reads exactly N digits and then the character STOP (0: nothing more is
 * asked) and moves *S behind them.  */
static bool read_digits(const char **s, unsigned n, char stop, unsigned *ret)
{
	unsigned value = 0;

	for (unsigned i = 0; i < n; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (unsigned)(**s - '0');
	}
	if (stop != '\0') {
		if (**s != stop)
			return false;
		(*s)++;
	}
	*ret = value;
	return true;
}

/* "Z" or "+01:00" and the end of the text.  */
static bool read_offset(const char *s, int64_t *ret_seconds)
{
	unsigned hours, minutes;
	bool west = *s == '-';

	if ((*s == 'Z' || *s == 'z') && s[1] == '\0') {
		*ret_seconds = 0;
		return true;
	}
	if (*s != '+' && *s != '-')
		return false;
	s++;
	if (!read_digits(&s, 2, ':', &hours) ||
	    !read_digits(&s, 2, '\0', &minutes) || *s != '\0' ||
	    hours > 23 || minutes > 59)
		return false;
	*ret_seconds = ((int64_t)hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

static int parse_seconds(const char *s, int64_t *ret_time)
{
	bool before = *s == '-';
	uint64_t n;
	int r = number_parse(s + before, INT64_MAX, &n);

	if (r < 0)
		return -EINVAL;
	*ret_time = before ? -(int64_t)n : (int64_t)n;
	return 0;
}

int time_parse(const char *s, int64_t *ret_time)
{
	unsigned year, month, day, hour, minute, second;
	int64_t offset, days, t;

	if (*s == '@')
		return parse_seconds(s + 1, ret_time);
	if (!read_digits(&s, 4, '-', &year) ||
	    !read_digits(&s, 2, '-', &month) ||
	    !read_digits(&s, 2, '\0', &day))
		return -EINVAL;
	if (*s != 'T' && *s != 't' && *s != ' ')
		return -EINVAL;
	s++;
	if (!read_digits(&s, 2, ':', &hour) ||
	    !read_digits(&s, 2, ':', &minute) ||
	    !read_digits(&s, 2, '\0', &second))
		return -EINVAL;
	if (*s == '.') {
		if (s[1] < '0' || s[1] > '9')
			return -EINVAL;
		for (s++; *s >= '0' && *s <= '9'; s++)
			;
	}
	if (!read_offset(s, &offset))
		return -EINVAL;
	if (month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month) ||
	    hour > 23 || minute > 59 || second > 60)
		return -EINVAL;

	days = days_before_year(year) - DAYS_TO_1970 + day - 1;
	for (unsigned m = 1; m < month; m++)
		days += days_in_month(year, m);
	t = days * DAY + (int64_t)hour * 3600 + minute * 60 + second - offset;
	/* A leap second stands at the end of a UTC day, nowhere else.  */
	if (second == 60 && t % DAY != 0)
		return -EINVAL;
	*ret_time = t;
	return 0;
}

const char *time_format(int64_t t, char ret[TIME_SIZE])
{
	const int64_t first = -(int64_t)DAYS_TO_1970 * DAY;
	const int64_t last = (days_before_year(YEAR_MAX + 1) - DAYS_TO_1970) *
			     DAY - 1;
	unsigned year, month = 1, second;
	int64_t day;

	if (t < first)
		t = first;
	if (t > last)
		t = last;
	t -= first;
	day = t / DAY;
	second = (unsigned)(t % DAY);
	/* 400 years have 146097 days; the guess is off by one at most.  */
	year = (unsigned)(day * 400 / 146097);
	while (days_before_year(year + 1) <= day)
		year++;
	while (days_before_year(year) > day)
		year--;
	day -= days_before_year(year);
	for (; day >= days_in_month(year, month); month++)
		day -= days_in_month(year, month);
	snprintf(ret, TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000,
		 month, (unsigned)day % 31 + 1, second / 3600,
		 second / 60 % 60, second % 60);
	return ret;
}

/* ---- numbers and words -------------------------------------------------*/

int number_parse(const char *s, uint64_t max, uint64_t *ret_number)
{
	uint64_t n = 0;
	bool over = false;

	if (*s == '\0')
		return -EINVAL;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		over = over || __builtin_mul_overflow(n, 10, &n) ||
		       __builtin_add_overflow(n, *s - '0', &n) || n > max;
	}
	if (over)
		return -ERANGE;
	*ret_number = n;
	return 0;
}

bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	if (list == NULL || n == 0)
		return false;
	while (*list != '\0') {
		size_t m = strcspn(list, " ");

		if (m == n && memcmp(list, word, n) == 0)
			return true;
		list += m;
		list += strspn(list, " ");
	}
	return false;
}

void put_markup(FILE *f, const char *text, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		switch (text[k]) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(text[k], f);
		}
	}
}
