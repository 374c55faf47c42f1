/* java.c -- the bytes of java.io.DataOutput, and what the stores that are
 * written with it have in common: aliases and certificates (see java.h).
 */
#include <errno.h>

#include "read/java.h"
#include "read/label.h"

/* ---- bytes ---------------------------------------------------------------*/

int bytes_next(struct blob *in, uint64_t n, struct blob *ret_bytes)
{
	if (n > in->n)
		return -EAGAIN;
	*ret_bytes = (struct blob){ in->p, n };
	*in = (struct blob){ in->p + n, in->n - n };
	return 0;
}

int u8_next(struct blob *in, uint8_t *ret)
{
	struct blob b;

	if (bytes_next(in, 1, &b) < 0)
		return -EAGAIN;
	*ret = b.p[0];
	return 0;
}

int u16_next(struct blob *in, uint16_t *ret)
{
	struct blob b;

	if (bytes_next(in, 2, &b) < 0)
		return -EAGAIN;
	*ret = get_be16(b.p);
	return 0;
}

int u32_next(struct blob *in, uint32_t *ret)
{
	struct blob b;

	if (bytes_next(in, 4, &b) < 0)
		return -EAGAIN;
	*ret = get_be32(b.p);
	return 0;
}

int text_next(struct blob *in, struct blob *ret_text)
{
	struct blob rest = *in;
	uint16_t n;

	if (u16_next(&rest, &n) < 0 || bytes_next(&rest, n, ret_text) < 0)
		return -EAGAIN;
	*in = rest;
	return 0;
}

int block_next(struct blob *in, struct blob *ret_block)
{
	struct blob rest = *in;
	uint32_t n;

	if (u32_next(&rest, &n) < 0 || bytes_next(&rest, n, ret_block) < 0)
		return -EAGAIN;
	*in = rest;
	return 0;
}

/* ---- entries -------------------------------------------------------------*/

uint64_t java_offset_of(const struct java_input *in, const uint8_t *at)
{
	return in->decrypted ? in->where : (uint64_t)(at - in->file.p);
}

uint64_t java_offset(const struct java_input *in)
{
	return java_offset_of(in, in->rest.p);
}

void java_label(struct java_input *in, struct blob alias, uint64_t offset,
		struct buf *label, struct entry *e)
{
	if (label_from_java(alias, label) < 0)
		sink_skipped(in->out, PROBLEM_LIMIT, offset, "an alias longer "
			     "than LIMIT_LABEL_BYTES (1024); it is cut there");
	e->label = buf_str(label);
	e->label_n = label->n;
}

int java_certificate_next(struct java_input *in, struct entry *e)
{
	struct blob type = { NULL, 0 }, block;
	struct blob rest = in->rest;
	uint64_t offset;

	if (in->typed && text_next(&rest, &type) < 0)
		return -EAGAIN;
	if (block_next(&rest, &block) < 0)
		return -EAGAIN;
	offset = java_offset_of(in, block.p);
	in->rest = rest;
	if (in->typed && !blob_equal(type, (struct blob){
			(const uint8_t *)"X.509", 5 })) {
		sink_problem(in->out, PROBLEM_OPAQUE, offset,
			     "a certificate whose type is not X.509; it is not "
			     "read");
		return 0;
	}
	if (block.n > LIMIT_CERTIFICATE_BYTES) {
		sink_problem(in->out, PROBLEM_TOO_LARGE, offset,
			     "a certificate of %zu bytes, the limit is %u; it "
			     "is not read", block.n, LIMIT_CERTIFICATE_BYTES);
		return 0;
	}
	if (certificate_tlv(block, &e->der) < 0) {
		sink_problem(in->out, PROBLEM_CERTIFICATE, offset,
			     "what stands for a certificate does not decode; "
			     "Java refuses the whole file");
		return 0;
	}
	if (e->der.n < block.n)
		sink_skipped(in->out, PROBLEM_CERTIFICATE,
			     java_offset_of(in, block.p + e->der.n), "bytes "
			     "behind a certificate; they are passed over");
	e->offset = in->decrypted ? 0 : offset;
	return in->out->entry(in->out, e);
}
