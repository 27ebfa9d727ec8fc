/* setgov hash safe-tx|operation|typed-data FILE: the hashes of what a file says, without workspace or network.
 */
#include "src/cli/cmd.h"
#include "src/evm/eip712.h"
#include "src/gov/safe.h"
#include "src/gov/timelock.h"

#define INPUT_MAX ((size_t)16 << 20)

/* The document, and the text it was read from for errors that point into it. */
static const struct json *read_document(struct cli *cli, struct span *text, struct err *e)
{
	if (!cli_read(cli, text, cli->args[0], INPUT_MAX, e))
		return NULL;
	return json_parse(&cli->arena, *text, e);
}

static void add_hash(struct cli *cli, const char *name, const struct hash32 *h)
{
	struct buf hex = {0};

	buf_0xhex(&hex, SPAN_HASH(h));
	cli_text(cli, "%-12s %s\n", name, buf_cstr(&hex));
	json_set(cli->result, &cli->arena, name, json_0x(&cli->arena, SPAN_HASH(h)));
	buf_release(&hex);
}

bool cmd_hash_safe_tx(struct cli *cli, struct err *e)
{
	struct span text = {0};
	const struct json *doc = read_document(cli, &text, e);
	enum safe_scheme scheme;
	struct safe_hashes hashes;
	struct safe_tx tx;
	struct u256 chain_id;
	struct addr safe;

	if (doc == NULL || !safe_tx_from_json(&cli->arena, &tx, &scheme, &chain_id, &safe, doc, e))
		return json_err_file(e, cli->args[0], text);
	safe_hash(&hashes, scheme, &chain_id, &safe, &tx);
	cli->result = json_object(&cli->arena);
	add_hash(cli, "domainHash", &hashes.domain);
	add_hash(cli, "messageHash", &hashes.message);
	add_hash(cli, "safeTxHash", &hashes.tx);
	return true;
}

bool cmd_hash_operation(struct cli *cli, struct err *e)
{
	struct span text = {0};
	const struct json *doc = read_document(cli, &text, e);
	struct operation op;
	struct hash32 id;

	if (doc == NULL || !operation_from_json(&cli->arena, &op, doc, e))
		return json_err_file(e, cli->args[0], text);
	timelock_id(&id, &op);
	cli->result = json_object(&cli->arena);
	add_hash(cli, "id", &id);
	return true;
}

bool cmd_hash_typed_data(struct cli *cli, struct err *e)
{
	struct span text = {0};
	const struct json *json = read_document(cli, &text, e);
	const struct eip712 *doc = json != NULL ? eip712_from_json(&cli->arena, json, e) : NULL;
	struct hash32 h;

	if (doc == NULL)
		return json_err_file(e, cli->args[0], text);
	cli->result = json_object(&cli->arena);
	eip712_domain_hash(doc, &h);
	add_hash(cli, "domainHash", &h);
	if (eip712_has_message(doc)) {
		eip712_message_hash(doc, &h);
		add_hash(cli, "messageHash", &h);
	} else {
		json_set(cli->result, &cli->arena, "messageHash", json_null(&cli->arena));
	}
	eip712_digest(doc, &h);
	add_hash(cli, "hash", &h);
	return true;
}
