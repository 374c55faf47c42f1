/* managed.c -- policies of Chromium and its kin, JSON in /etc/chromium/policies
 * and its like (https://chromeenterprise.google/policies/: CACertificates,
 * CACertificatesWithConstraints, CADistrustedCertificates,
 * CAHintCertificates): certificates in DER and base64.
 *
 * Several files may be in the directory; of a policy that is in two of them
 * the last file's counts, which a reader of one file does not see.
 *
 * What Chromium does not understand it ignores, element by element.  White
 * space in base64 is such a thing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "read/json.h"

#define CONSTRAINED	"CACertificatesWithConstraints"
#define PLATFORM	"CAPlatformIntegrationEnabled"

static const struct {
	const char *name;
	enum role role;
} policies[] = {
	{ "CACertificates", ROLE_ANCHOR },
	{ CONSTRAINED, ROLE_ANCHOR },
	{ "CADistrustedCertificates", ROLE_DISTRUST },
	{ "CAHintCertificates", ROLE_INTERMEDIATE },
};

/* The other browser's policies are an object in an object.  */
static bool managed_sniff(struct blob data)
{
	return json_sniff(data) &&
	       memmem(data.p, data.n, "\"policies\"", 10) == NULL;
}

/* The certificate that STRING holds; the caller frees ret_der->p.
 * -EINVAL: it does not.  */
static int certificate_decode(const json_t *string, struct blob *ret_der)
{
	const char *text = json_string_value(string);
	const size_t n = json_string_length(string);
	struct base64_decode_ctx context;
	struct blob der;
	size_t decoded = BASE64_DECODE_LENGTH(n);
	uint8_t *p;

	if (n % 4 != 0 || text[strcspn(text, " \t\r\n\v\f")] != '\0')
		return -EINVAL;
	p = xmalloc(decoded + 1);
	base64_decode_init(&context);
	if (base64_decode_update(&context, &decoded, p, n, text) &&
	    base64_decode_final(&context) &&
	    certificate_tlv((struct blob){ p, decoded }, &der) == 0 &&
	    der.n == decoded && der.n <= LIMIT_CERTIFICATE_BYTES) {
		*ret_der = der;
		return 0;
	}
	free(p);
	return -EINVAL;
}

/* Appends the texts of LIST, if it is one.  */
static void names_add(const json_t *list, struct buf *label)
{
	const json_t *name;
	size_t i;

	json_array_foreach(list, i, name) {
		if (json_is_string(name)) {
			AUTO(str) char *text = escape_text(
				json_string_value(name),
				json_string_length(name));

			buf_addf(label, " %s", text);
		}
	}
}

/* What an element of CACertificatesWithConstraints is limited to, into LABEL.
 * Its certificate; NULL: Chromium ignores the element.  */
static const json_t *constrained_read(const json_t *element, struct buf *label)
{
	const json_t *constraints = json_object_get(element, "constraints");
	const json_t *names = json_object_get(constraints,
					      "permitted_dns_names");
	const json_t *networks = json_object_get(constraints,
						 "permitted_cidrs");

	if (json_array_size(names) == 0 && json_array_size(networks) == 0)
		return NULL;
	buf_adds(label, " only for");
	names_add(names, label);
	names_add(networks, label);
	return json_object_get(element, "certificate");
}

static int element_read(const char *policy, enum role role, size_t i,
			const json_t *element, struct sink *out)
{
	AUTO(buf) struct buf label;
	struct entry e = {
		.role = role,
		.purposes = role == ROLE_INTERMEDIATE ? 0 : PURPOSE_SERVER_AUTH,
	};
	int r;

	buf_init(&label, LIMIT_LABEL_BYTES);
	buf_addf(&label, "%s[%zu]", policy, i);
	if (strcmp(policy, CONSTRAINED) == 0)
		element = constrained_read(element, &label);
	if (!json_is_string(element) ||
	    certificate_decode(element, &e.der) < 0) {
		sink_skipped(out, PROBLEM_CERTIFICATE, 0, "%s[%zu] is not what "
			     "this policy is made of, so Chromium ignores it",
			     policy, i);
		return 0;
	}
	if (label.truncated)
		sink_skipped(out, PROBLEM_LIMIT, 0, "%s[%zu] is limited to "
			     "more names than a label shows", policy, i);
	e.label = buf_str(&label);
	e.label_n = label.n;
	r = out->entry(out, &e);
	free((void *)e.der.p);
	return r;
}

static int policy_read(const char *policy, enum role role, const json_t *list,
		       struct sink *out)
{
	const json_t *element;
	size_t i;
	int r = 0;

	if (!json_is_array(list)) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "%s is no list, so "
			     "Chromium ignores it", policy);
		return 0;
	}
	json_array_foreach(list, i, element) {
		r = element_read(policy, role, i, element, out);
		if (r < 0)
			break;
	}
	return r;
}

static int managed_read(const struct input *input, struct sink *out)
{
	json_t *root = json_object_read(input->data, JSON_WITH_COMMENTS, out);
	int r = 0;

	if (root == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(policies) && r == 0; i++) {
		const json_t *list = json_object_get(root, policies[i].name);

		if (list != NULL)
			r = policy_read(policies[i].name, policies[i].role,
					list, out);
	}
	if (r == 0 && json_is_false(json_object_get(root, PLATFORM)))
		sink_skipped(out, PROBLEM_FORMAT, 0,
			     PLATFORM " is false: the NSS " "database counts for NSS programs, and not for " "this browser");
	json_decref(root);
	return r;
}

const struct reader managed_reader = {
	.name = "chrome-policies",
	.title = N_("Chromium's policies (JSON)"),
	.caps = READS_LABELS | READS_MANY | READS_TRUST,
	.sniff = managed_sniff,
	.read = managed_read,
};
