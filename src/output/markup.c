/* markup.c -- how reports are written as XML, by libxml2's writer.
 *
 * XML 1.0 has no way to say a control character, and a viewer of reports may be
 * fooled by a bidirectional one: text is written as people see it (base/text.c).
 */
#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>

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
	struct markup *x = xcalloc(1, sizeof(*x));
	xmlOutputBuffer *out = xmlOutputBufferCreateIO(write_bytes,
						       close_nothing, x, NULL);

	x->f = f;
	x->writer = out != NULL ? xmlNewTextWriter(out) : NULL;
	if (x->writer == NULL)
		die("%s", error_words(-ENOMEM));
	note(x, xmlTextWriterSetIndent(x->writer, 1));
	note(x, xmlTextWriterSetIndentString(x->writer, U("  ")));
	note(x, xmlTextWriterStartDocument(x->writer, NULL, "UTF-8", NULL));
	return x;
}

void markup_open(struct markup *x, const char *name)
{
	note(x, xmlTextWriterStartElement(x->writer, U(name)));
}

void markup_attribute(struct markup *x, const char *name, const char *value)
{
	AUTO(str) char *text = shown(value);

	if (value != NULL)
		note(x, xmlTextWriterWriteAttribute(x->writer, U(name),
						    U(text)));
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
	note(x, xmlTextWriterWriteString(x->writer, U(text)));
}

void markup_line_break(struct markup *x)
{
	note(x, xmlTextWriterWriteRaw(x->writer, U("\n")));
}

void markup_close(struct markup *x)
{
	note(x, xmlTextWriterEndElement(x->writer));
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
	FILE *f = x->f;
	bool failed;

	note(x, xmlTextWriterEndDocument(x->writer));
	xmlFreeTextWriter(x->writer);	/* writes out what is left */
	failed = x->failed;
	free(x);
	if (fflush(f) != 0)
		return -errno;
	return failed || ferror(f) ? -EIO : 0;
}
