/* cyclonedx.c -- what a host holds as a CycloneDX inventory of cryptography (a
 * CBOM, ECMA-424): each certificate once, with where each copy of it lies.
 *
 * A tree in the order that the XML schema wants: the JSON is that tree, and
 * cyclonedx-xml.c makes the other form of it.  Version 1.6 unless the command
 * line asks for 1.7, which few consumers know yet.  1.7 calls a certificate's
 * fingerprint one that excludes the signature, which no tool computes: the
 * SHA-256 of its DER is where it has always been, too, in the hashes.
 *
 * Words are shown ones (base/text.c), so that both forms say the same.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/assets.h"
#include "output/cyclonedx.h"
#include "output/machine.h"
#include "read/read.h"

#define OCCURRENCES	1000u		/* of one certificate */

static void put_text(json_t *o, const char *key, const char *s)
{
	if (s != NULL && *s != '\0')
		json_put(o, key, json_shown(s));
}

static void put_time(json_t *o, const char *key, int64_t t)
{
	char text[TIME_SIZE];

	json_put(o, key, json_string(time_format(t, text)));
}

static json_t *hash(const char *algorithm, const char *hex)
{
	json_t *o = json_object();

	json_put(o, "alg", json_string(algorithm));
	json_put(o, "content", json_string(hex));
	return o;
}

static void property(json_t *list, const char *name, const char *value)
{
	AUTO(str) char *full = xasprintf("trustdrift:%s", name);
	json_t *o;

	if (value == NULL || *value == '\0')
		return;
	o = json_object();
	json_put(o, "name", json_string(full));
	json_put(o, "value", json_shown(value));
	json_append(list, o);
}

static void number_property(json_t *list, const char *name, int64_t n)
{
	AUTO(str) char *text = xasprintf("%" PRId64, n);

	property(list, name, text);
}

/* ---- certificates ----------------------------------------------------------*/

static json_t *certificate_properties(const struct asset *c)
{
	json_t *list = json_array();
	AUTO(buf) struct buf roles;

	buf_init(&roles, SIZE_MAX);
	for (enum role r = ROLE_ANCHOR; r <= ROLE_UNKNOWN; r++)
		if (asset_has_role(c, role_name(r)))
			buf_addf(&roles, "%s%s", roles.n > 0 ? " " : "",
				 role_name(r));
	property(list, "roles", buf_str(&roles));
	if (c->decoded) {
		property(list, "ca", c->is_ca ? "true" : "false");
		property(list, "self-signed", c->self_signed ? "true"
							     : "false");
		property(list, "key", c->key);
		if (c->key_bits > 0)
			number_property(list, "key-bits", c->key_bits);
		property(list, "signature-hash", c->signature_hash);
	} else {
		property(list, "undecoded", "true");
	}
	if (c->n > OCCURRENCES)
		number_property(list, "occurrences-left-out",
				(int64_t)(c->n - OCCURRENCES));
	return list;
}

/* What the place means there: "role anchor; store java-cacerts /opt/a/cacerts;
 * purposes serverAuth".  */
static json_t *occurrence(const struct asset_place *p)
{
	AUTO(str) char *path = shown(p->store->path);
	AUTO(str) char *owner = shown(p->store->owner);
	AUTO(buf) struct buf b;
	json_t *o = json_object();

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "role %s; store %s %s", p->role, p->store->kind, path);
	if (*owner != '\0')
		buf_addf(&b, "; user %s", owner);
	if (*p->purposes != '\0')
		buf_addf(&b, "; purposes %s", p->purposes);
	json_put(o, "location", json_shown(*p->location != '\0' ? p->location
							: p->store->path));
	if (p->offset > 0)
		json_put(o, "offset", json_integer(p->offset));
	put_text(o, "symbol", p->label);
	json_put(o, "additionalContext", json_string(buf_str(&b)));
	return o;
}

static json_t *evidence(const struct asset *c)
{
	json_t *o = json_object(), *list = json_array();

	for (size_t i = 0; i < c->n && i < OCCURRENCES; i++)
		json_append(list, occurrence(&c->places[i]));
	json_put(o, "occurrences", list);
	return o;
}

/* What 1.7 has besides.  */
static void put_state(json_t *o, const struct asset *c, int64_t now)
{
	json_t *list = json_array(), *state = json_object();

	json_put(o, "fingerprint", hash("SHA-256", c->sha256));
	json_put(state, "state", json_string(
		now < c->not_before ? "pre-activation" :
		now < c->not_after ? "active" : "deactivated"));
	json_append(list, state);
	json_put(o, "certificateState", list);
}

static json_t *crypto(const struct asset *c, bool is_17, int64_t now)
{
	json_t *o = json_object(), *p = json_object();

	if (c->decoded) {
		if (is_17)
			put_text(p, "serialNumber", c->serial);
		put_text(p, "subjectName", c->subject);
		put_text(p, "issuerName", c->issuer);
		put_time(p, "notValidBefore", c->not_before);
		put_time(p, "notValidAfter", c->not_after);
	}
	json_put(p, "certificateFormat", json_string("X.509"));
	if (is_17 && c->decoded)
		put_state(p, c, now);
	json_put(o, "assetType", json_string("certificate"));
	json_put(o, "certificateProperties", p);
	return o;
}

static json_t *component(const struct asset *c, bool is_17, int64_t now)
{
	AUTO(str) char *ref = xasprintf("certificate:%s", c->sha256);
	json_t *o = json_object(), *hashes = json_array();

	json_put(o, "type", json_string("cryptographic-asset"));
	json_put(o, "bom-ref", json_string(ref));
	json_put(o, "name", json_shown(*c->name != '\0' ? c->name
							: c->sha256));
	if (*c->sha1 != '\0')
		json_append(hashes, hash("SHA-1", c->sha1));
	json_append(hashes, hash("SHA-256", c->sha256));
	json_put(o, "hashes", hashes);
	json_put(o, "properties", certificate_properties(c));
	if (c->n > 0)
		json_put(o, "evidence", evidence(c));
	json_put(o, "cryptoProperties", crypto(c, is_17, now));
	return o;
}

/* ---- the document ----------------------------------------------------------*/

/* A UUID of version 8 (RFC 9562) made of what the document is about: the same
 * look at the same host has the same one.  */
static char *serial_number(const struct report *r, const struct assets *a)
{
	AUTO(buf) struct buf b;
	uint8_t h[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	buf_init(&b, SIZE_MAX);
	buf_addf(&b, "%s\n%s\n%" PRId64 "\n", r->host_name != NULL ?
		 r->host_name : "", r->root != NULL ? r->root : "", r->now);
	for (size_t i = 0; a != NULL && i < a->n; i++)
		buf_addf(&b, "%s %zu\n", a->items[i].sha256, a->items[i].n);
	hash_sha256((struct blob){ (const uint8_t *)b.p, b.n }, h);
	h[6] = 0x80 | (h[6] & 0x0f);
	h[8] = 0x80 | (h[8] & 0x3f);
	hex_encode(h, 16, hex);
	return xasprintf("urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
			 hex + 12, hex + 16, hex + 20);
}

static json_t *tools(const struct report *r)
{
	json_t *o = json_object(), *list = json_array(), *self = json_object();

	json_put(self, "type", json_string("application"));
	json_put(self, "name", json_string("trustdrift"));
	put_text(self, "version", r->tool);
	json_append(list, self);
	json_put(o, "components", list);
	return o;
}

static json_t *host(const struct report *r)
{
	json_t *o = json_object();

	json_put(o, "type", json_string("operating-system"));
	json_put(o, "bom-ref", json_string("host"));
	json_put(o, "name", json_shown(r->host_name != NULL ? r->host_name
							    : "unknown"));
	put_text(o, "version", r->host_os);
	return o;
}

static json_t *metadata(const struct report *r)
{
	json_t *o = json_object(), *list = json_array();
	json_t *phase = json_object(), *properties = json_array();

	put_time(o, "timestamp", r->now);
	json_put(phase, "phase", json_string("operations"));
	json_append(list, phase);
	json_put(o, "lifecycles", list);
	json_put(o, "tools", tools(r));
	json_put(o, "component", host(r));
	property(properties, "root", r->root);
	property(properties, "incomplete", r->incomplete ? "true" : "false");
	json_put(o, "properties", properties);
	return o;
}

json_t *cyclonedx_tree(const struct report *r, const struct output_options *o)
{
	AUTO(str) char *serial = serial_number(r, o->assets);
	json_t *bom = json_object(), *list = json_array();

	json_put(bom, "$schema", json_string(o->cyclonedx_17 ?
		"http://cyclonedx.org/schema/bom-1.7.schema.json" :
		"http://cyclonedx.org/schema/bom-1.6.schema.json"));
	json_put(bom, "bomFormat", json_string("CycloneDX"));
	json_put(bom, "specVersion", json_string(o->cyclonedx_17 ? "1.7"
								 : "1.6"));
	json_put(bom, "serialNumber", json_string(serial));
	json_put(bom, "version", json_integer(1));
	json_put(bom, "metadata", metadata(r));
	for (size_t i = 0; o->assets != NULL && i < o->assets->n; i++)
		json_append(list, component(&o->assets->items[i],
					    o->cyclonedx_17, r->now));
	json_put(bom, "components", list);
	return bom;
}

int cyclonedx_write(const struct report *r, const struct output_options *o,
		    FILE *f)
{
	return json_finish(cyclonedx_tree(r, o), f);
}
