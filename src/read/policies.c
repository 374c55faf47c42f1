/* policies.c -- policies.json of Firefox, of which Certificates.Install names
 * files of certificates that Firefox adds as trusted CAs to each profile
 * (https://mozilla.github.io/policy-templates/, browser/components/
 * enterprisepolicies/Policies.sys.mjs).  A name without a slash in front is
 * looked for in directories that the catalogue has.
 *
 * What Firefox added stays in the profile's cert9.db when the policy is gone.
 * ImportEnterpriseRoots has no effect on Linux.
 */
#include <string.h>

#include "read/json.h"

#define MARK	"\"policies\""

static bool policies_sniff(struct blob data)
{
	return json_sniff(data) &&
	       memmem(data.p, data.n, MARK, strlen(MARK)) != NULL;
}

static int install_read(const json_t *install, struct sink *out)
{
	const json_t *name;
	size_t i;

	if (!json_is_array(install)) {
		sink_skipped(out, PROBLEM_FORMAT, 0, "Certificates.Install is "
			     "no list, so Firefox ignores it");
		return 0;
	}
	json_array_foreach(install, i, name) {
		int r;

		if (!json_is_string(name)) {
			sink_skipped(out, PROBLEM_FORMAT, 0, "number %zu of "
				     "Certificates.Install is no text, so "
				     "Firefox ignores it", i + 1);
			continue;
		}
		if (i == LIMIT_STORE_ENTRIES) {
			sink_problem(out, PROBLEM_LIMIT, 0, "more than %u files "
				     "to install; the rest is left out",
				     LIMIT_STORE_ENTRIES);
			return 0;
		}
		r = out->reference(out, json_string_value(name),
				   json_string_length(name), ROLE_NONE, 0);
		if (r < 0)
			return r;
	}
	return 0;
}

static int policies_read(const struct input *input, struct sink *out)
{
	json_t *root = json_object_read(input->data, JSON_PLAIN, out);
	const json_t *policies, *install;
	int r = 0;

	if (root == NULL)
		return 0;
	policies = json_object_get(root, "policies");
	install = json_object_get(json_object_get(policies, "Certificates"),
				  "Install");
	if (!json_is_object(policies))
		sink_skipped(out, PROBLEM_FORMAT, 0, "JSON without an object "
			     "\"policies\", so Firefox ignores it");
	else if (install != NULL)
		r = install_read(install, out);
	json_decref(root);
	return r;
}

const struct reader policies_reader = {
	.name = "firefox-policies",
	.title = N_("Firefox's policies (policies.json)"),
	.caps = READS_MANY,
	.sniff = policies_sniff,
	.read = policies_read,
};
