/* markup.c -- how reports are written as XML, by libxml2's writer.
 *
 * XML 1.0 has no way to say a control character, and a viewer of reports may be
 * fooled by a bidirectional one: text is written as people see it (base/text.c).
 */
#include <errno.h>
#include <stdlib.h>

#include "library/libxml2.h"
#include "output/machine.h"

struct markup {
	xmlTextWriter *writer;
	FILE *f;
	bool failed;
};

#define U(s)	((const xmlChar *)(s))

/* Told an error, libxml2 would tell it on stderr, too.  */
static int write_bytes(void *context, const char *p, int n)
{
	struct markup *x = context;

	if (n > 0 && fwrite(p, 1, (size_t)n, x->f) != (size_t)n)
		x->failed = true;
	return n;
}

static int close_nothing(void *context)
{
	(void)context;
	return 0;
}

static void note(struct markup *x, int r)
{
	x->failed = x->failed || r < 0;
}

struct markup *markup_begin(FILE *f)
{
	const struct libxml2 *lib = libxml2();
	struct markup *x = xcalloc(1, sizeof(*x));
	xmlOutputBuffer *out = lib->xmlOutputBufferCreateIO(write_bytes,
		close_nothing, x, NULL);

	x->f = f;
	x->writer = out != NULL ? lib->xmlNewTextWriter(out) : NULL;
	if (x->writer == NULL)
		die("%s", error_words(-ENOMEM));
	note(x, lib->xmlTextWriterSetIndent(x->writer, 1));
	note(x, lib->xmlTextWriterSetIndentString(x->writer, U("  ")));
	note(x, lib->xmlTextWriterStartDocument(x->writer, NULL, "UTF-8",
						NULL));
	return x;
}

void markup_open(struct markup *x, const char *name)
{
	note(x, libxml2()->xmlTextWriterStartElement(x->writer, U(name)));
}

void markup_attribute(struct markup *x, const char *name, const char *value)
{
	AUTO(str) char *text = shown(value);

	if (value != NULL)
		note(x, libxml2()->xmlTextWriterWriteAttribute(x->writer,
						U(name), U(text)));
}

void markup_number(struct markup *x, const char *name, size_t value)
{
	AUTO(str) char *text = xasprintf("%zu", value);

	markup_attribute(x, name, text);
}

void markup_words(struct markup *x, const char *s)
{
	AUTO(str) char *text = shown(s);

	markup_shown(x, text);
}

void markup_shown(struct markup *x, const char *text)
{
	note(x, libxml2()->xmlTextWriterWriteString(x->writer, U(text)));
}

void markup_line_break(struct markup *x)
{
	note(x, libxml2()->xmlTextWriterWriteRaw(x->writer, U("\n")));
}

void markup_close(struct markup *x)
{
	note(x, libxml2()->xmlTextWriterEndElement(x->writer));
}

void markup_element(struct markup *x, const char *name, const char *text)
{
	if (text == NULL)
		return;
	markup_open(x, name);
	markup_words(x, text);
	markup_close(x);
}

int markup_end(struct markup *x)
{
	const struct libxml2 *lib = libxml2();
	FILE *f = x->f;
	bool failed;

	note(x, lib->xmlTextWriterEndDocument(x->writer));
	lib->xmlFreeTextWriter(x->writer);	/* writes out what is left */
	failed = x->failed;
	free(x);
	if (fflush(f) != 0)
		return -errno;
	return failed || ferror(f) ? -EIO : 0;
}
