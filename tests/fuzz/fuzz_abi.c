/* A type, a newline, and bytes. What is accepted encodes back to the same bytes and comes back from its own text; what
 * is refused says at which byte. */
#include <string.h>

#include "src/evm/abi.h"
#include "tests/fuzz/target.h"

static void decoded(struct arena *a, const struct abi_value *v, struct span data)
{
	struct buf out = {0};
	struct abi_value again;

	abi_encode(&out, v);
	DEMAND(span_eq(buf_view(&out), data));
	buf_clear(&out);
	abi_value_format(&out, v);
	DEMAND(abi_value_from_text(a, &again, v->type, buf_view(&out), NULL));
	DEMAND(abi_value_eq(v, &again));
	buf_release(&out);
}

static void decode(struct arena *a, const struct abi_type *t, struct span data)
{
	struct abi_value v;
	struct err e = {0};

	if (abi_decode(a, &v, t, data, &e))
		decoded(a, &v, data);
	else
		DEMAND(e.at <= data.n);
	err_clear(&e);
}

/* The bytes as an argument that somebody typed. */
static void typed(struct arena *a, const struct abi_type *t, struct span text)
{
	struct abi_value v, again;
	struct buf out = {0};

	if (!abi_value_from_text(a, &v, t, text, NULL))
		return;
	abi_value_format(&out, &v);
	DEMAND(abi_value_from_text(a, &again, t, buf_view(&out), NULL));
	DEMAND(abi_value_eq(&v, &again));
	buf_release(&out);
}

static const struct abi_type *type(struct arena *a, struct span text)
{
	struct err e = {0};
	const struct abi_type *t = abi_type_parse(a, text, &e);
	struct buf out = {0};

	if (t) {
		abi_type_format(&out, t);
		DEMAND(span_eq(buf_view(&out), text));
	} else {
		DEMAND(e.at <= text.n || text.n > 16384);
	}
	buf_release(&out);
	err_clear(&e);
	return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *line = n ? memchr(data, '\n', n) : NULL;
	const size_t first = line ? (size_t)(line - data) : n;
	struct arena a = {0};
	const struct abi_type *t = type(&a, span_of(data, first));

	if (t && line) {
		const struct span rest = span_of(line + 1, n - first - 1);

		typed(&a, t, rest);
		if (t->kind == ABI_TUPLE)
			decode(&a, t, rest);
	}
	arena_release(&a);
	return 0;
}
