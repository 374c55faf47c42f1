/* xml.c -- reads the XML files that come with the program or from its
 * administrator, and holds them against their schemas (XML 1.0, RELAX NG).
 *
 * They are configuration, not scanned input, and yet nothing in them may
 * reach out: a document type declaration ends the reading, so there are no
 * entities to expand and no external subset to fetch.  libxml2 prints nothing
 * by itself; the first of its complaints is the one that is handed on, since
 * the later ones follow from it.
 *
 * To hold a file against its schema costs more than to read it, and what comes
 * with the program is the same at each start.  The build writes down the hashes of
 * its data files (shipped.def), which the tests hold against their schemas: a
 * file that is one of these byte for byte, and was made for the schema that is
 * asked for, is valid.  Any other, and one of these that was changed, is validated.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "library/libxml2.h"
#include "locate/locate.h"

#if LIBXML_VERSION >= 21200
typedef const xmlError xml_complaint;
#else
typedef xmlError xml_complaint;
#endif

/* The first complaint.  */
struct complaint {
	const char *path;
	char *text;		/* NULL: there was none */
};

static void complain(void *data, xml_complaint *e)
{
	struct complaint *c = data;
	const char *message = e->message != NULL ? e->message : "unknown error";
	const xmlNode *node = e->node;
	size_t n = strcspn(message, "\n");

	if (c->text != NULL || e->level < XML_ERR_ERROR)
		return;
	while (n > 0 && message[n - 1] == ' ')
		n--;
	/* "Expecting an element, got nothing": where?  */
	if (node != NULL && node->type == XML_ELEMENT_NODE)
		c->text = xasprintf("%s:%d: <%s>: %.*s", c->path, e->line,
				    (const char *)node->name, (int)n, message);
	else
		c->text = xasprintf("%s:%d: %.*s", c->path, e->line, (int)n,
				    message);
}

static int complaint_take(struct complaint *c, const char *otherwise,
			  char **ret_error)
{
	*ret_error = c->text != NULL
			     ? TAKE(c->text)
			     : xasprintf("%s:1: %s", c->path, otherwise);
	return -EINVAL;
}

/* ---- parsing -------------------------------------------------------------*/

/* The parser hands its functions the context itself, which is why the
 * complaint hangs on that.  */
static void complain_parser(void *data, xml_complaint *e)
{
	const xmlParserCtxt *context = data;

	complain(context->_private, e);
}

static void refuse_doctype(void *data, const xmlChar *name,
			   const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *context = data;
	struct complaint *c = context->_private;

	(void)name;
	(void)external;
	(void)system;
	if (c->text == NULL)
		c->text = xasprintf("%s:%d: a document type declaration has no "
				    "place here", c->path,
				    context->input != NULL
					    ? context->input->line : 1);
	libxml2()->xmlStopParser(context);
}

static int parse(const char *path, xmlDoc **ret_doc,
		 uint8_t ret_sha256[SHA256_SIZE], char **ret_error)
{
	const struct libxml2 *lib = libxml2();
	const int options = XML_PARSE_NONET | XML_PARSE_NOCDATA |
			    XML_PARSE_BIG_LINES;
	struct complaint c = { .path = path };
	AUTO(str) char *text = NULL;
	AUTO(document) xmlDoc *doc = NULL;
	xmlParserCtxt *context;
	size_t n;
	int e = file_slurp(path, LIMIT_DATA_FILE_BYTES, &text, &n);

	if (e < 0) {
		*ret_error = xasprintf("%s: %s", path, error_words(e));
		return e;
	}
	context = lib->xmlNewParserCtxt();
	if (context == NULL)
		die(_("out of memory"));
	context->_private = &c;
	context->sax->serror = complain_parser;
	context->sax->internalSubset = refuse_doctype;
	doc = lib->xmlCtxtReadMemory(context, text, (int)n, path, NULL,
				     options);
	lib->xmlFreeParserCtxt(context);
	if (doc == NULL || c.text != NULL)
		return complaint_take(&c, "not well-formed", ret_error);
	hash_sha256((struct blob){ (const uint8_t *)text, n }, ret_sha256);
	*ret_doc = TAKE(doc);
	return 0;
}

/* ---- schemas -------------------------------------------------------------*/

/* Compiled schemas; there are as many as kinds of data files.  */
static struct schema {
	struct schema *next;
	char *name;
	xmlRelaxNG *compiled;
} *schemas;

void xml_done(void)
{
	while (schemas != NULL) {
		struct schema *next = schemas->next;

		libxml2()->xmlRelaxNGFree(schemas->compiled);
		free(schemas->name);
		free(schemas);
		schemas = next;
	}
}

static int schema_compile(const char *path, xmlRelaxNG **ret_compiled,
			  char **ret_error)
{
	const struct libxml2 *lib = libxml2();
	struct complaint c = { .path = path };
	AUTO(document) xmlDoc *doc = NULL;
	xmlRelaxNGParserCtxt *parser;
	uint8_t sha256[SHA256_SIZE];
	xmlRelaxNG *compiled;
	int e = parse(path, &doc, sha256, ret_error);

	if (e < 0)
		return e;
	parser = lib->xmlRelaxNGNewDocParserCtxt(doc);
	if (parser == NULL)
		die(_("out of memory"));
	lib->xmlRelaxNGSetParserStructuredErrors(parser, complain, &c);
	compiled = lib->xmlRelaxNGParse(parser);
	lib->xmlRelaxNGFreeParserCtxt(parser);
	if (compiled == NULL)
		return complaint_take(&c, "no RELAX NG schema", ret_error);
	free(c.text);
	*ret_compiled = compiled;
	return 0;
}

static int schema_get(const char *name, xmlRelaxNG **ret_compiled,
		      char **ret_error)
{
	AUTO(str) char *path = NULL;
	xmlRelaxNG *compiled = NULL;
	struct schema *s;
	int e;

	for (s = schemas; s != NULL; s = s->next) {
		if (strcmp(s->name, name) == 0) {
			*ret_compiled = s->compiled;
			return 0;
		}
	}
	path = xasprintf("%s/schema/%s", data_dir(), name);
	e = schema_compile(path, &compiled, ret_error);
	if (e < 0)
		return e;
	s = xcalloc(1, sizeof(*s));
	s->name = xstrdup(name);
	s->compiled = compiled;
	s->next = schemas;
	schemas = s;
	*ret_compiled = compiled;
	return 0;
}

static int validate(xmlRelaxNG *schema, xmlDoc *doc, const char *path,
		    char **ret_error)
{
	const struct libxml2 *lib = libxml2();
	struct complaint c = { .path = path };
	xmlRelaxNGValidCtxt *v = lib->xmlRelaxNGNewValidCtxt(schema);
	int r;

	if (v == NULL)
		die(_("out of memory"));
	lib->xmlRelaxNGSetValidStructuredErrors(v, complain, &c);
	r = lib->xmlRelaxNGValidateDoc(v, doc);
	lib->xmlRelaxNGFreeValidCtxt(v);
	if (r != 0)
		return complaint_take(&c, "not valid", ret_error);
	free(c.text);
	return 0;
}

/* Was a file of these bytes there when the program was built, for SCHEMA?  */
static bool is_shipped(const uint8_t sha256[SHA256_SIZE], const char *schema)
{
	static const struct {
		const char *sha256, *schema;
	} shipped[] = {
#define SHIPPED(sha256, schema) { sha256, schema },
#include "locate/shipped.def"
#undef SHIPPED
		{ "", "" },	/* the build may have found no sha256sum */
	};
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(sha256, SHA256_SIZE, hex);
	for (size_t i = 0; i < ARRAY_SIZE(shipped); i++)
		if (strcmp(shipped[i].sha256, hex) == 0 &&
		    strcmp(shipped[i].schema, schema) == 0)
			return true;
	return false;
}

int xml_load_known(const char *path, const char *schema, xmlDoc **ret_doc,
		   struct xml_bytes *ret_bytes, char **ret_error)
{
	AUTO(document) xmlDoc *doc = NULL;
	struct xml_bytes bytes;
	xmlRelaxNG *compiled = NULL;
	int e = parse(path, &doc, bytes.sha256, ret_error);

	bytes.shipped = e == 0 && is_shipped(bytes.sha256, schema);
	if (e == 0 && !bytes.shipped) {
		e = schema_get(schema, &compiled, ret_error);
		if (e == 0)
			e = validate(compiled, doc, path, ret_error);
	}
	if (e < 0)
		return e;
	*ret_doc = TAKE(doc);
	*ret_bytes = bytes;
	return 0;
}

int xml_load(const char *path, const char *schema, xmlDoc **ret_doc,
	     char **ret_error)
{
	struct xml_bytes bytes;

	return xml_load_known(path, schema, ret_doc, &bytes, ret_error);
}
