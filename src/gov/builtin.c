/* The compiled-in catalogue and ABIs: contracts/catalogue.json and contracts/abi, as bytes. */
#include <string.h>

#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/gov/catalogue.h"
#include "src/gov/slots.h"

static const struct embedded {
	const char *path;
	const uint8_t *bytes;
	size_t n;
} embedded[] = {
#include "gen/embedded.inc"
};

static bool is_catalogue(const struct embedded *f)
{
	return strcmp(f->path, "contracts/catalogue.json") == 0;
}

static bool is_layouts(const struct embedded *f)
{
	return strcmp(f->path, "contracts/layouts.json") == 0;
}

static void digest_of(struct hash32 *out, const struct json *v)
{
	struct buf b = {0};
	json_canonical(&b, v);
	sha256(out, buf_view(&b));
	buf_release(&b);
}

/* What is compiled in and cannot be read is our own mistake. */
static const struct json *parse(struct arena *a, const struct embedded *f)
{
	const struct json *doc = json_parse(a, span_of(f->bytes, f->n), NULL);
	if (doc == NULL)
		BUG("%s is not JSON", f->path);
	return doc;
}

static void read_abi(struct arena *a, const struct embedded *f, struct named_abi *out, struct json *all)
{
	struct err e = {0};
	const struct json *doc = parse(a, f), *array = json_find(doc, "abi");
	if (!json_get_str(doc, "name", &out->name, &e))
		BUG("%s has no name", f->path);
	out->abi = abi_parse(a, array, &e);
	if (out->abi == NULL)
		BUG("%s: %s: %s", f->path, buf_cstr(&e.field), buf_cstr(&e.what));
	json_set(all, a, arena_str(a, out->name), json_copy(a, array));
}

static bool check_profile(const struct pinned *p, struct err *e)
{
	const struct deployment *d = p->deployment;
	for (size_t i = 0; i < d->n_contracts; i++)
		if (pinned_abi_named(p, d->contracts[i].abi) == NULL)
			return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "nobody here has an ABI called \"%.*s\"",
				       text_shown(d->contracts[i].abi), (const char *)d->contracts[i].abi.p) ||
			       err_in(e, "identity.contracts.%.*s.abi", text_shown(d->contracts[i].name),
				      (const char *)d->contracts[i].name.p);
	return true;
}

static const struct slot_rules *read_layouts(struct arena *a, const struct embedded *f)
{
	struct err e = {0};
	const struct slot_rules *rules = slot_rules_parse(a, span_of(f->bytes, f->n), &e);
	if (rules == NULL)
		BUG("%s: %s: %s", f->path, buf_cstr(&e.field), buf_cstr(&e.what));
	return rules;
}

bool pinned_builtin(struct arena *a, struct pinned *out, const struct deployment *d, struct err *e)
{
	struct named_abi *abis = ARENA_ARRAY(a, struct named_abi, ARRAY_LEN(embedded));
	struct json *all = json_object(a);
	struct err why = {0};
	*out = (struct pinned){ .deployment = d, .abis = abis };
	for (size_t i = 0; i < ARRAY_LEN(embedded); i++) {
		if (is_layouts(&embedded[i])) {
			out->slots = read_layouts(a, &embedded[i]);
			continue;
		}
		if (!is_catalogue(&embedded[i])) {
			read_abi(a, &embedded[i], &abis[out->n_abis++], all);
			continue;
		}
		out->catalogue = catalogue_parse(a, span_of(embedded[i].bytes, embedded[i].n), &why);
		if (out->catalogue == NULL)
			BUG("contracts/catalogue.json: %s: %s", buf_cstr(&why.field), buf_cstr(&why.what));
		digest_of(&out->catalogue_digest, parse(a, &embedded[i]));
	}
	if (out->catalogue == NULL || out->slots == NULL)
		BUG("no catalogue, or no layouts, are compiled in");
	digest_of(&out->abi_digest, all);
	return check_profile(out, e);
}
