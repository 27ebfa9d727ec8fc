/* setgov recover --hash H --signatures BLOB: what each signature of a Safe's blob is, and whose. */
#include "src/base/hex.h"
#include "src/cli/cmd.h"
#include "src/evm/address.h"
#include "src/gov/safe.h"

static bool get_option(const struct cli *cli, const char *name, struct span *out, struct err *e)
{
	const char *value = cli_option(cli, name);

	if (value == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "recover needs %s", name);
	*out = span_str(value);
	return true;
}

static void add_signature(struct cli *cli, const struct safe_signature *s)
{
	struct arena *a = &cli->arena;
	struct json *o = json_object(a);
	struct buf signer = {0};

	addr_format(&signer, &s->signer);
	cli_text(cli, "%3u  %-12s  %s\n", s->v, safe_signature_type_name(s->type), buf_cstr(&signer));
	json_set(o, a, "v", json_u64(a, s->v));
	json_set(o, a, "type", json_str(a, safe_signature_type_name(s->type)));
	json_set(o, a, "signer", json_addr(a, &s->signer));
	json_push(cli->result, o);
	buf_release(&signer);
}

static bool recover(struct cli *cli, struct span blob, const struct hash32 *hash, struct err *e)
{
	const struct safe_signature *v = NULL;
	size_t n = 0;

	if (!safe_signatures_parse(&cli->arena, &v, &n, blob, hash, e))
		return err_in(e, "--signatures");
	cli->result = json_array(&cli->arena);
	for (size_t i = 0; i < n; i++)
		add_signature(cli, &v[i]);
	return true;
}

bool cmd_recover(struct cli *cli, struct err *e)
{
	struct span hash_text, blob_text;
	struct buf blob = {0};
	struct hash32 hash;
	bool ok;

	if (!get_option(cli, "--hash", &hash_text, e) || !get_option(cli, "--signatures", &blob_text, e))
		return false;
	if (!hex_fixed(hash.b, sizeof(hash.b), hash_text, e))
		return err_in(e, "--hash");
	ok = hex_decode(&blob, blob_text, e) ? recover(cli, buf_view(&blob), &hash, e)
					     : err_in(e, "--signatures");
	buf_release(&blob);
	return ok;
}
