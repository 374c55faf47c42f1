/* path-pool.c -- certificates, each once, and which key signed which.
 *
 * A signature is dear (65 to 750 µs) and a search asks for the same pair again
 * and again, so what was verified is kept.  Lookups are by hash tables: an
 * inventory may have a hundred thousand certificates.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/path.h"

struct pair {
	size_t child, issuer;
	int verified;
};

struct table {			/* open addressing; 0 is free, else 1 + index */
	size_t *slots;
	size_t size, used;	/* size is a power of two */
};

struct path_pool {
	struct path_certificate *certificates;
	size_t n, cap;
	struct pair *pairs;
	size_t n_pairs, cap_pairs;
	struct table by_sha256, by_subject, by_pair;
	size_t steps;
	struct readings *readings;	/* NULL: none */
	int failed;			/* see path_pool_failed() */
	size_t *last_of_subject;	/* where the next of that subject goes */
	size_t cap_last;
};

struct path_pool *path_pool_new(void)
{
	return xcalloc(1, sizeof(struct path_pool));
}

void path_pool_use(struct path_pool *p, struct readings *readings)
{
	p->readings = readings;
}

int path_pool_failed(const struct path_pool *p)
{
	return p->failed;
}

void path_pool_free(struct path_pool *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++) {
		struct certificate *c = &p->certificates[i].certificate;

		free((void *)(uintptr_t)c->der.p);
		x509_done(c);
	}
	free(p->certificates);
	free(p->pairs);
	free(p->by_sha256.slots);
	free(p->by_subject.slots);
	free(p->by_pair.slots);
	free(p->last_of_subject);
	free(p);
}

void auto_path_pool(struct path_pool **p)
{
	path_pool_free(*p);
}

/* ---- tables ----------------------------------------------------------------
 * KEYS of certificates are hashes already: any eight bytes of them will do.  */

static uint64_t key_hash(const uint8_t sha256[SHA256_SIZE])
{
	return get_be64(sha256);
}

static uint64_t pair_hash(size_t child, size_t issuer)
{
	uint64_t h = (uint64_t)child * UINT64_C(0x9e3779b97f4a7c15) ^ issuer;

	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

typedef bool same_fn(const struct path_pool *p, size_t index, const void *key);

/* The slot that has KEY, or the free one where it belongs.  */
static size_t *slot_find(const struct path_pool *p, const struct table *t,
			 uint64_t hash, same_fn *same, const void *key)
{
	size_t i = (size_t)hash & (t->size - 1);

	while (t->slots[i] != 0 && !same(p, t->slots[i] - 1, key))
		i = (i + 1) & (t->size - 1);
	return &t->slots[i];
}

typedef uint64_t hash_fn(const struct path_pool *p, size_t index);

/* Room for one more.  */
static void table_grow(const struct path_pool *p, struct table *t,
		       hash_fn *hash)
{
	struct table larger;

	if (t->size != 0 && t->used < t->size / 2)
		return;
	larger = (struct table){ .size = t->size == 0 ? 64 : 2 * t->size,
				 .used = t->used };
	larger.slots = xcalloc(larger.size, sizeof(*larger.slots));
	for (size_t i = 0; i < t->size; i++) {
		size_t k;

		if (t->slots[i] == 0)
			continue;
		k = (size_t)hash(p, t->slots[i] - 1) & (larger.size - 1);
		while (larger.slots[k] != 0)
			k = (k + 1) & (larger.size - 1);
		larger.slots[k] = t->slots[i];
	}
	free(t->slots);
	*t = larger;
}

static bool same_sha256(const struct path_pool *p, size_t i, const void *key)
{
	return memcmp(p->certificates[i].certificate.sha256, key,
		      SHA256_SIZE) == 0;
}

static uint64_t hash_of_sha256(const struct path_pool *p, size_t i)
{
	return key_hash(p->certificates[i].certificate.sha256);
}

static bool same_subject(const struct path_pool *p, size_t i, const void *key)
{
	return memcmp(p->certificates[i].certificate.subject_sha256, key,
		      SHA256_SIZE) == 0;
}

static uint64_t hash_of_subject(const struct path_pool *p, size_t i)
{
	return key_hash(p->certificates[i].certificate.subject_sha256);
}

static bool same_pair(const struct path_pool *p, size_t i, const void *key)
{
	const struct pair *pair = key;

	return p->pairs[i].child == pair->child &&
	       p->pairs[i].issuer == pair->issuer;
}

static uint64_t hash_of_pair(const struct path_pool *p, size_t i)
{
	return pair_hash(p->pairs[i].child, p->pairs[i].issuer);
}

/* ---- certificates ----------------------------------------------------------*/

size_t path_pool_count(const struct path_pool *p)
{
	return p->n;
}

const struct path_certificate *path_pool_get(const struct path_pool *p,
					     size_t number)
{
	return &p->certificates[number];
}

size_t path_pool_find(const struct path_pool *p,
		      const uint8_t sha256[SHA256_SIZE])
{
	const size_t *slot;

	if (p->by_sha256.size == 0)
		return PATH_NONE;
	slot = slot_find(p, &p->by_sha256, key_hash(sha256), same_sha256,
			 sha256);
	return *slot == 0 ? PATH_NONE : *slot - 1;
}

static size_t first_of_subject(const struct path_pool *p,
			       const uint8_t subject[SHA256_SIZE])
{
	const size_t *slot;

	if (p->by_subject.size == 0)
		return PATH_NONE;
	slot = slot_find(p, &p->by_subject, key_hash(subject), same_subject,
			 subject);
	return *slot == 0 ? PATH_NONE : *slot - 1;
}

/* Puts the newest certificate into the tables.  */
static void pool_index(struct path_pool *p)
{
	const struct certificate *c = &p->certificates[p->n - 1].certificate;
	const size_t number = p->n - 1;
	size_t first, *slot;

	slot = slot_find(p, &p->by_sha256, key_hash(c->sha256), same_sha256,
			 c->sha256);
	*slot = number + 1;
	p->by_sha256.used++;
	first = first_of_subject(p, c->subject_sha256);
	if (first == PATH_NONE) {
		slot = slot_find(p, &p->by_subject, key_hash(c->subject_sha256),
				 same_subject, c->subject_sha256);
		*slot = number + 1;
		p->by_subject.used++;
		first = number;
	} else {
		p->certificates[p->last_of_subject[first]].same_subject =
			number;
	}
	p->last_of_subject[first] = number;
}

int path_pool_add(struct path_pool *p, struct blob der, size_t *ret_number,
		  char **ret_error)
{
	struct path_certificate c = { .same_subject = PATH_NONE };
	uint8_t sha256[SHA256_SIZE];
	struct blob copy;
	size_t number;
	int r;

	hash_sha256(der, sha256);
	number = path_pool_find(p, sha256);
	if (number != PATH_NONE) {
		*ret_number = number;
		return 0;
	}
	copy = (struct blob){ xmemdup(der.p, der.n), der.n };
	r = readings_decode(p->readings, copy, sha256, false, &c.certificate);
	if (r < 0) {
		free((void *)(uintptr_t)copy.p);
		p->failed = r;
		if (ret_error != NULL)
			*ret_error = xstrdup(readings_error(p->readings));
		return r;
	}
	if (!c.certificate.decoded ||
	    extensions_read_all(copy, &c.extensions) < 0) {
		if (ret_error != NULL)
			*ret_error = c.certificate.error != NULL
				? xstrdup(c.certificate.error)
				: xstrdup("not a certificate of RFC 5280 4.1");
		x509_done(&c.certificate);
		free((void *)(uintptr_t)copy.p);
		return -EINVAL;
	}
	c.self_issued = memcmp(c.certificate.subject_sha256,
			       c.certificate.issuer_sha256, SHA256_SIZE) == 0;
	grow(&p->certificates, p->n, &p->cap, sizeof(*p->certificates));
	grow(&p->last_of_subject, p->n, &p->cap_last,
	     sizeof(*p->last_of_subject));
	table_grow(p, &p->by_sha256, hash_of_sha256);
	table_grow(p, &p->by_subject, hash_of_subject);
	p->certificates[p->n++] = c;
	pool_index(p);
	*ret_number = p->n - 1;
	return 0;
}

/* SEQUENCE { anyPolicy }: whatever is demanded is there.  */
static const uint8_t any_policy[] = { 0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0 };

/* Into the tables it does not come: nothing looks for it.  */
size_t path_pool_imagine(struct path_pool *p, size_t issuer)
{
	const struct path_certificate *by = &p->certificates[issuer];
	struct path_certificate c = {
		.certificate = {
			.decoded = true,
			.subject = xstrdup(""),
			.issuer = xstrdup(by->certificate.subject),
			.name = xstrdup("..."),
			.serial = xstrdup("0"),
			.not_before = INT64_MIN, .not_after = INT64_MAX,
		},
		.extensions = {
			.version_3 = true, .path_length = -1,
			.require_explicit = -1, .inhibit_mapping = -1,
			.inhibit_any_skip = -1,
			.policies = true,
			.policy_list = { any_policy, sizeof(any_policy) },
			/* as every CA writes it: its own key's identifier */
			.has_authority_key_id = by->extensions.has_key_id,
			.authority_key_id = by->extensions.key_id,
			.key = KEY_EC, .key_bits = 256,
			.hash = HASH_KIND_SHA2,
		},
		.imagined = true, .imagined_by = issuer,
		.same_subject = PATH_NONE,
	};
	const size_t number = p->n;

	memcpy(c.certificate.issuer_sha256, by->certificate.subject_sha256,
	       SHA256_SIZE);
	grow(&p->certificates, p->n, &p->cap, sizeof(*p->certificates));
	grow(&p->last_of_subject, p->n, &p->cap_last,
	     sizeof(*p->last_of_subject));
	p->certificates[p->n++] = c;
	return number;
}

size_t path_pool_issuers(const struct path_pool *p, size_t number)
{
	return first_of_subject(p,
			p->certificates[number].certificate.issuer_sha256);
}

/* ---- signatures ------------------------------------------------------------*/

/* The slot of the pair, made when it is new; *ret_new says that.  */
static struct pair *pair_of(struct path_pool *p, size_t child, size_t issuer,
			    bool *ret_new)
{
	const struct pair key = { .child = child, .issuer = issuer };
	size_t *slot;

	table_grow(p, &p->by_pair, hash_of_pair);
	slot = slot_find(p, &p->by_pair, pair_hash(child, issuer), same_pair,
			 &key);
	*ret_new = *slot == 0;
	if (*ret_new) {
		grow(&p->pairs, p->n_pairs, &p->cap_pairs, sizeof(*p->pairs));
		p->pairs[p->n_pairs++] = key;
		*slot = p->n_pairs;
		p->by_pair.used++;
	}
	return &p->pairs[*slot - 1];
}

int path_pool_signed(struct path_pool *p, size_t child, size_t issuer)
{
	struct pair *pair;
	bool is_new;

	if (child == issuer)
		return p->certificates[child].certificate.self_signed;
	if (p->certificates[child].imagined)
		return memcmp(p->certificates[issuer].certificate.spki_sha256,
			      p->certificates[p->certificates[child].imagined_by]
				      .certificate.spki_sha256,
			      SHA256_SIZE) == 0;
	pair = pair_of(p, child, issuer, &is_new);
	if (is_new)
		pair->verified = readings_verify(p->readings,
			p->certificates[child].certificate.der,
			p->certificates[issuer].certificate.der);
	if (is_new && pair->verified < 0 && pair->verified != -EINVAL &&
	    pair->verified != -ENOTSUP)
		p->failed = pair->verified;
	return pair->verified;
}

bool path_pool_step(struct path_pool *p)
{
	return p->steps < LIMIT_POOL_STEPS && ++p->steps > 0;
}

bool path_pool_same_identity(const struct path_pool *p, size_t a, size_t b)
{
	const struct certificate *x = &p->certificates[a].certificate;
	const struct certificate *y = &p->certificates[b].certificate;

	return memcmp(x->subject_sha256, y->subject_sha256, SHA256_SIZE) == 0 &&
	       memcmp(x->spki_sha256, y->spki_sha256, SHA256_SIZE) == 0;
}
