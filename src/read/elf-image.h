/* elf-image.h -- what the readers of programs share: the ELF headers, and the
 * search for what is compiled in.  Private to src/read.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include "read/read.h"

/* Is DATA an ELF file, however short?  */
bool elf_sniff(struct blob data);

/* The head of an ELF file (System V gABI chapter 4) and its program headers,
 * which lie in the file as a whole.  */
struct elf_image {
	struct blob data;
	bool wide, big;		/* ELFCLASS64, ELFDATA2MSB */
	uint64_t segments;	/* offset of the program headers */
	unsigned segment_size, n_segments;
};
/* -EAGAIN: the file ends before what the headers promise; -EINVAL: they are
 * none.  *ret_image is set only at 0, and then every segment that is loaded
 * lies in the file.  */
int elf_open(struct blob data, struct elf_image *ret_image);

/* The SIZE bytes at OFFSET as a number; the caller has checked that they are
 * there.  */
uint64_t elf_number(const struct elf_image *e, uint64_t offset, unsigned size);

/* The segment with this index.  */
#define ELF_LOAD	1
struct elf_segment {
	uint64_t type, offset, address, size;	/* size: in the file */
};
struct elf_segment elf_segment(const struct elf_image *e, unsigned index);

/* Says what is wrong with DATA as a program.  False: it is none, there is
 * nothing to look for.  */
bool elf_report(struct blob data, struct sink *out);

/* One thing to look for.  */
struct elf_pattern {
	/* It begins with these bytes; N 0: `find` knows how.  */
	const void *needle;
	size_t n;
	/* The first place from FROM on, before TO, where it may begin; TO:
	 * none.  May look past TO.  */
	uint64_t (*find)(struct blob data, uint64_t from, uint64_t to);
	/* Reads it there; *ret_next, which is behind OFFSET, is where the next
	 * one may begin.  Looks at nothing more than LIMIT_TEXT_BYTES in front
	 * of OFFSET.  0, or what the sink returned.  */
	int (*take)(struct blob data, uint64_t offset, struct sink *out,
		    void *state, uint64_t *ret_next);
};
/* Looks for all N_PATTERNS (at most ELF_PATTERNS) in one pass over DATA and
 * tells the sink of pages that are done with.  What is found of different
 * patterns comes in no order.  */
#define ELF_PATTERNS	5
int elf_search(const struct elf_pattern *patterns, size_t n_patterns,
	       struct blob data, struct sink *out, void *state);

/* A certificate in PEM, as a C string: elf-pem.c.  */
extern const struct elf_pattern elf_pem;

/* Authorities' certificates in DER: elf-der.c.  The state is this, zeroed
 * before the search.  */
struct elf_der_state {
	uint8_t (*seen)[SHA256_SIZE];	/* hash table of those given to the
					 * sink, zeros where it is free */
	size_t n, size;
	size_t others;			/* certificates of no authority */
	uint64_t first_other;
};
extern const struct elf_pattern elf_der;
/* After the search, which gave R: says what was passed over, unless the sink
 * is full, and empties the state.  Returns R.  */
int elf_der_finish(struct elf_der_state *s, int r, struct sink *out);

#endif
