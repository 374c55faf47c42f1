/* pen.c -- filled lines for people: words, columns, colours.
 *
 * Widths are those of wcwidth(), so East Asian names and combining marks line
 * up where the locale knows them; elsewhere a character is a column.
 */
#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "output/output.h"

static const char *const inks[] = {
	[INK_PLAIN] = "",
	[INK_BOLD] = "\033[1m",
	[INK_DIM] = "\033[2m",
	[INK_HIGH] = "\033[1;31m",
	[INK_MEDIUM] = "\033[1;33m",
	[INK_LOW] = "\033[36m",
	[INK_INFO] = "\033[34m",
	[INK_GOOD] = "\033[32m",
};

/* Decodes the character at S, which is valid UTF-8 and not its end.  */
static size_t next_character(const char *s, wchar_t *ret_char)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t size = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = size == 1 ? p[0] : p[0] & (0x7fu >> size);

	/* Stops at a NUL even where the promise of UTF-8 was broken.  */
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			size = i;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	*ret_char = (wchar_t)c;
	return size;
}

static size_t character_columns(wchar_t c)
{
	int n = wcwidth(c);

	return n < 0 ? 1 : (size_t)n;
}

size_t text_columns(const char *s)
{
	size_t n = 0;
	wchar_t c;

	while (*s != '\0') {
		s += next_character(s, &c);
		n += character_columns(c);
	}
	return n;
}

size_t text_fit(const char *s, size_t n)
{
	size_t bytes = 0, used = 0;
	wchar_t c;

	while (s[bytes] != '\0') {
		size_t size = next_character(s + bytes, &c);

		used += character_columns(c);
		if (used > n && bytes > 0)
			break;
		bytes += size;
	}
	return bytes;
}

void pen_init(struct pen *p, FILE *f, unsigned width, bool color)
{
	*p = (struct pen){
		.f = f, .width = width, .color = color,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
}

static void set_ink(struct pen *p, enum ink ink)
{
	if (!p->color || ink == p->ink)
		return;
	if (p->ink != INK_PLAIN)
		fputs("\033[0m", p->f);
	fputs(inks[ink], p->f);
	p->ink = ink;
}

void pen_begin(struct pen *p, const char *first, const char *rest)
{
	fputs(first, p->f);
	p->column = p->least = text_columns(first);
	p->next = 0;
	p->rest = rest;
}

static void next_line(struct pen *p)
{
	set_ink(p, INK_PLAIN);
	putc('\n', p->f);
	fputs(p->rest, p->f);
	p->column = p->least = text_columns(p->rest);
	p->next = 0;
}

/* Goes to where a word of so many columns begins.  */
static void next_word(struct pen *p, enum ink ink, size_t columns)
{
	size_t start = p->column + 1;

	if (p->next > start)
		start = p->next;
	if (start + columns > p->width) {
		next_line(p);
		return;
	}
	if (ink != p->ink || p->next != 0)
		set_ink(p, INK_PLAIN);
	for (; p->column < start; p->column++)
		putc(' ', p->f);
	p->next = 0;
}

/* The bytes of S for a line with ROOM columns: behind the last slash in them,
 * if that leaves no great gap, else as many as fit.  A blank goes to the next
 * line, where it can be seen.  */
static size_t cut(const char *s, size_t room)
{
	size_t fit = text_fit(s, room);

	for (size_t i = fit; i > fit / 2; i--)
		if (s[i - 1] == '/')
			return i;
	while (fit > 1 && s[fit - 1] == ' ')
		fit--;
	return fit;
}

/* One word of N bytes; one that is wider than a whole line is cut.  */
static void put_word(struct pen *p, enum ink ink, const char *word, size_t n)
{
	AUTO(str) char *copy = xstrndup(word, n);
	const char *s = copy;
	size_t columns = text_columns(s), room, part;

	if (p->column > p->least)
		next_word(p, ink, columns);
	set_ink(p, ink);
	for (;;) {
		room = p->width > p->column ? p->width - p->column : 1;
		if (columns <= room)
			break;
		part = cut(s, room);
		fwrite(s, 1, part, p->f);
		s += part;
		if (*s == '\0') {	/* a character wider than the line */
			p->column = p->width;
			return;
		}
		columns = text_columns(s);
		next_line(p);
		set_ink(p, ink);
	}
	fputs(s, p->f);
	p->column += columns;
}

void pen_words(struct pen *p, enum ink ink, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (n > 0)
			put_word(p, ink, text, n);
		text += n;
		text += strspn(text, " ");
	}
}

void pen_word(struct pen *p, enum ink ink, const char *text)
{
	if (*text != '\0')
		put_word(p, ink, text, strlen(text));
}

void pen_code(struct pen *p, enum ink ink, const char *text)
{
	size_t columns = text_columns(text);

	if (p->column > p->least)
		next_word(p, ink, columns);
	set_ink(p, ink);
	fputs(text, p->f);
	p->column += columns;
}

void pen_column(struct pen *p, size_t column)
{
	p->next = column;
}

void pen_end(struct pen *p)
{
	set_ink(p, INK_PLAIN);
	putc('\n', p->f);
	p->column = p->least = p->next = 0;
	p->rest = "";
}

void pen_line(struct pen *p, enum ink ink, const char *first, const char *rest,
	      const char *text)
{
	pen_begin(p, first, rest);
	pen_words(p, ink, text);
	pen_end(p);
}
