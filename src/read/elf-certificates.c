/* elf-certificates.c -- certificates compiled into a program in PEM or in DER,
 * for programs that went from one to the other (Bun with 1.4), or have some in
 * each.  See elf-pem.c and elf-der.c.
 */
#include "read/elf-image.h"

static int elf_certificates_read(const struct input *in, struct sink *out)
{
	const struct elf_pattern both[] = { elf_pem, elf_der };
	struct elf_der_state state = { .seen = NULL };
	int r;

	if (!elf_report(in->data, out))
		return 0;
	r = elf_search(both, ARRAY_SIZE(both), in->data, out, &state);
	return elf_der_finish(&state, r, out);
}

const struct reader elf_certificates_reader = {
	.name = "elf-certificates",
	.title = N_("certificates compiled into a program, PEM or DER"),
	.caps = READS_MANY | READS_LARGE | READS_OTHERS,
	.sniff = elf_sniff,
	.read = elf_certificates_read,
};
