#include "audit-log/blob_names.h"

#include "src/base/hex.h"

static const struct blob_name names[] = {
#define B(kind, member, class, may_stay) { kind, member, class, may_stay },
	BLOB_NAMES(B)
#undef B
};

static void name_one(const struct line *l, const struct json *digest, const struct blob_name *n, blob_name_fn *fn,
		     void *ctx)
{
	struct hash32 h;

	if (digest && digest->type == JSON_STRING && hex_bare(h.b, 32, digest->text, NULL))
		fn(ctx, l, &h, n);
}

void blob_names(const struct line *l, blob_name_fn *fn, void *ctx)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct json *v = line_kind_is(l, names[i].kind) ? json_find(l->body, names[i].member) : NULL;

		if (v && v->type == JSON_ARRAY)
			for (const struct json *one = v->first; one; one = one->next)
				name_one(l, json_find(one, "sha256"), &names[i], fn, ctx);
		else
			name_one(l, v, &names[i], fn, ctx);
	}
}
