/* libxml2.h -- what this program uses of libxml2: see library.h.
 *
 * xmlFree() is not in the list: all memory of libxml2's is malloc(3)'s.
 */
#ifndef LIBXML2_H
#define LIBXML2_H

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlmemory.h>
#include <libxml/xmlwriter.h>

#include "library/library.h"

#define LIBXML2(X) \
	X(xmlCtxtReadMemory) \
	X(xmlDocGetRootElement) \
	X(xmlFreeDoc) \
	X(xmlFreeParserCtxt) \
	X(xmlFreeTextWriter) \
	X(xmlGetLineNo) \
	X(xmlGetNoNsProp) \
	X(xmlMemSetup) \
	X(xmlNewParserCtxt) \
	X(xmlNewTextWriter) \
	X(xmlNodeGetContent) \
	X(xmlOutputBufferCreateIO) \
	X(xmlRelaxNGFree) \
	X(xmlRelaxNGFreeParserCtxt) \
	X(xmlRelaxNGFreeValidCtxt) \
	X(xmlRelaxNGNewDocParserCtxt) \
	X(xmlRelaxNGNewValidCtxt) \
	X(xmlRelaxNGParse) \
	X(xmlRelaxNGSetParserStructuredErrors) \
	X(xmlRelaxNGSetValidStructuredErrors) \
	X(xmlRelaxNGValidateDoc) \
	X(xmlStopParser) \
	X(xmlTextWriterEndDocument) \
	X(xmlTextWriterEndElement) \
	X(xmlTextWriterSetIndent) \
	X(xmlTextWriterSetIndentString) \
	X(xmlTextWriterStartDocument) \
	X(xmlTextWriterStartElement) \
	X(xmlTextWriterWriteAttribute) \
	X(xmlTextWriterWriteRaw) \
	X(xmlTextWriterWriteString)

struct libxml2 {
	LIBXML2(LIBRARY_MEMBER)
};

/* Dies when it cannot be loaded.  */
const struct libxml2 *libxml2(void);

#endif
