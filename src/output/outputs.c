/* outputs.c -- the formats of a report.  A row here is the whole registration. */
#include <string.h>

#include "output/output.h"

const struct output outputs[] = {
	{ "text", N_("for people"), "txt", false, false, text_write, NULL },
	{ "json", N_("for programs: trustdrift/findings, version 1"), "json",
	  true, false, json_write, NULL },
	{ "html", N_("one page to look at, which needs nothing else"), "html",
	  false, true, html_write, NULL },
	{ "jsonl", N_("JSON Lines: each finding and problem as an object on a line of its own"),
	  "jsonl", true, false, jsonl_write, NULL },
	{ "nagios", N_("for Nagios and Icinga: a plug-in's line, with its exit statuses"),
	  "nagios", true, true, nagios_write, nagios_status },
	{ "prometheus", N_("for the textfile collector of Prometheus' node exporter"),
	  "prom", true, true, prometheus_write, NULL },
	{ "junit", N_("JUnit XML, for Jenkins, GitLab and other CI: a test case for each rule"),
	  "xml", true, false, junit_write, NULL },
	{ "sarif", N_("SARIF 2.1.0, for code scanning"), "sarif", true, false,
	  sarif_write, NULL },
	{ "cyclonedx", N_("CycloneDX 1.6, JSON: the certificates of the host, and where each copy lies"),
	  "json", true, true, cyclonedx_write, NULL },
	{ "cyclonedx-xml", N_("the same as XML"), "xml", true, true,
	  cyclonedx_xml_write, NULL },
	{ "ansible", N_("for Ansible: what the module trustdrift_audit answers"),
	  "json", true, false, ansible_write, NULL },
	{ "salt", N_("for cmd.run of Salt, with stateful: True"), "txt", true, false,
	  salt_write, salt_status },
	{ "dot", N_("the findings as a graph, for Graphviz"), "dot", true, false,
	  dot_write, NULL },
	{ "xccdf", N_("results of XCCDF 1.2, for OpenSCAP"), "xml", true, false,
	  xccdf_write, NULL },
	{ "changes", N_("for people, what changed since the audit before: nothing at all if nothing did"),
	  "txt", false, false, changes_write, NULL, true },
	{ "journal", N_("what changed, in systemd's Journal Export Format"),
	  "export", true, false, journal_write, NULL, true },
	{ NULL, NULL, NULL, false, false, NULL, NULL },
};

const struct output *output_find(const char *name)
{
	for (const struct output *o = outputs; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

const struct preview_output preview_outputs[] = {
	{ "text", false, preview_text_write },
	{ "json", true, preview_json_write },
	{ "short", false, preview_short_write },
	{ NULL, false, NULL },
};

const struct preview_output *preview_output_find(const char *name)
{
	const struct preview_output *o;

	for (o = preview_outputs; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}
