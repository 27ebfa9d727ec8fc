/* The answer a signer writes: read strictly, written in one way. */
#include "src/evm/address.h"
#include "src/gov/fields.h"
#include "src/gov/packet.h"

#define FORMAT "setgov-answer/1"
#define ANSWER_MAX 65536u             /* bytes of an answer file */
#define CODE_MAX 32u
#define TEXT_MAX 4096u

/* ---- writing ---- */

static struct json *signature_json(struct arena *a, const struct sig *s)
{
	uint8_t bytes[65];

	sig_to_bytes(bytes, s);
	return json_0x(a, span_of(bytes, sizeof(bytes)));
}

static struct json *refusal_json(struct arena *a, const struct answer *ans)
{
	struct json *o = json_object(a);

	if (ans->kind == ANSWER_REFUSAL)
		json_set(o, a, "code", json_text(a, ans->code));
	json_set(o, a, "text", json_text(a, ans->text));
	return o;
}

static void set_kind(struct arena *a, struct json *o, const struct answer *ans)
{
	switch (ans->kind) {
	case ANSWER_SIGNATURE:
		json_set(o, a, "signature", signature_json(a, &ans->sig));
		break;
	case ANSWER_REFUSAL:
		json_set(o, a, "refusal", refusal_json(a, ans));
		break;
	case ANSWER_DECLINE:
		json_set(o, a, "decline", refusal_json(a, ans));
		break;
	}
}

void answer_write(struct arena *a, struct buf *out, const struct answer *ans)
{
	struct json *o = json_object(a);

	json_set(o, a, "format", json_str(a, FORMAT));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&ans->deployment)));
	json_set(o, a, "packetDigest", json_bare(a, SPAN_HASH(&ans->packet_digest)));
	json_set(o, a, "step", json_str(a, step_name(ans->step)));
	json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&ans->safe_tx_hash)));
	json_set(o, a, "owner", ans->has_owner ? json_addr(a, &ans->owner) : json_null(a));
	set_kind(a, o, ans);
	if (ans->has_block_hash)
		json_set(o, a, "blockHash", json_0x(a, SPAN_HASH(&ans->block_hash)));
	json_set(o, a, "compared", ans->compared.n != 0 ? json_text(a, ans->compared) : json_null(a));
	json_set(o, a, "journalHead",
		 ans->has_journal_head ? json_bare(a, SPAN_HASH(&ans->journal_head)) : json_null(a));
	json_canonical(out, o);
	buf_byte(out, '\n');
}

/* ---- reading ---- */

static bool get_format(const struct json *o, struct err *e)
{
	struct span format;

	if (!json_get_str(o, "format", &format, e))
		return false;
	if (span_is(format, FORMAT))
		return true;
	err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed " FORMAT);
	return err_in(e, "format");
}

static bool get_step(const struct json *o, enum step_kind *out, struct err *e)
{
	struct span name;

	if (!json_get_str(o, "step", &name, e))
		return false;
	return step_parse(out, name, e) || err_in_string(e, json_find(o, "step")) || err_in(e, "step");
}

static bool is_null_member(const struct json *o, const char *name)
{
	const struct json *v = json_find(o, name);

	return v != NULL && v->type == JSON_NULL;
}

static bool get_text(const struct json *o, const char *name, size_t most, struct span *out, struct err *e)
{
	if (!json_get_str(o, name, out, e))
		return false;
	if (out->n != 0 && out->n <= most)
		return true;
	err_set(e, ERR_RANGE, json_find(o, name)->at, "needed 1 to %zu bytes, found %zu", most, out->n);
	return err_in(e, "%s", name);
}

static bool get_signature(struct arena *a, const struct json *o, struct answer *out, struct err *e)
{
	struct span bytes;

	out->kind = ANSWER_SIGNATURE;
	if (!json_get_bytes(a, o, "signature", &bytes, e))
		return false;
	if (!sig_from_bytes(&out->sig, bytes, e)) {
		if (e != NULL)
			e->at = json_find(o, "signature")->at;
		return err_in(e, "signature");
	}
	if (out->has_owner)
		return true;
	err_set(e, ERR_MISSING, json_find(o, "owner")->at, "a signature is somebody's, found null");
	return err_in(e, "owner");
}

static bool get_refusal(const struct json *o, struct answer *out, struct err *e)
{
	static const char *const members[] = { "code", "text", NULL };
	const struct json *v;

	out->kind = ANSWER_REFUSAL;
	if (!json_get(o, "refusal", JSON_OBJECT, &v, e))
		return false;
	return (json_only(v, members, e) && get_text(v, "code", CODE_MAX, &out->code, e) &&
		get_text(v, "text", TEXT_MAX, &out->text, e)) || err_in(e, "refusal");
}

static bool get_decline(const struct json *o, struct answer *out, struct err *e)
{
	static const char *const members[] = { "text", NULL };
	const struct json *v;

	out->kind = ANSWER_DECLINE;
	if (!json_get(o, "decline", JSON_OBJECT, &v, e))
		return false;
	return (json_only(v, members, e) && get_text(v, "text", TEXT_MAX, &out->text, e)) ||
	       err_in(e, "decline");
}

static bool get_kind(struct arena *a, const struct json *o, struct answer *out, struct err *e)
{
	const bool signature = json_find(o, "signature") != NULL, refusal = json_find(o, "refusal") != NULL,
		   decline = json_find(o, "decline") != NULL;

	if (signature + refusal + decline != 1)
		return err_set(e, ERR_SYNTAX, o->at, "needed one of signature, refusal and decline, found %d",
			       signature + refusal + decline);
	if (signature)
		return get_signature(a, o, out, e);
	return refusal ? get_refusal(o, out, e) : get_decline(o, out, e);
}

static bool get_compared(const struct json *o, struct span *out, struct err *e)
{
	if (is_null_member(o, "compared"))
		return true;
	if (!json_get_str(o, "compared", out, e))
		return false;
	if (span_is(*out, "signer") || span_is(*out, "own") || span_is(*out, "nobody"))
		return true;
	err_set(e, ERR_UNKNOWN, json_find(o, "compared")->at, "needed signer, own, nobody or null");
	return err_in(e, "compared");
}

/* Only whoever signed by it has one to say. */
static bool get_block_hash(const struct json *o, struct answer *out, struct err *e)
{
	const struct json *v = json_find(o, "blockHash");

	out->has_block_hash = v != NULL;
	if (v == NULL || out->kind == ANSWER_SIGNATURE)
		return v == NULL || json_get_hash(o, "blockHash", &out->block_hash, e);
	err_set(e, ERR_MISMATCH, v->at, "only a signature goes with a block's hash");
	return err_in(e, "blockHash");
}

static bool from_json(struct arena *a, struct answer *out, const struct json *o, struct err *e)
{
	static const char *const members[] = {"blockHash", "compared",	   "decline",	 "deployment",
					      "format",	   "journalHead",  "owner",	 "packetDigest",
					      "refusal",   "safeTxHash",   "signature",	 "step",
					      NULL};

	if (!json_only(o, members, e) || !get_format(o, e))
		return false;
	out->has_owner = !is_null_member(o, "owner");
	out->has_journal_head = !is_null_member(o, "journalHead");
	return json_get_bare_hash(o, "deployment", &out->deployment, e) &&
	       json_get_bare_hash(o, "packetDigest", &out->packet_digest, e) && get_step(o, &out->step, e) &&
	       json_get_hash(o, "safeTxHash", &out->safe_tx_hash, e) &&
	       (!out->has_owner || json_get_addr(o, "owner", &out->owner, e)) && get_kind(a, o, out, e) &&
	       get_block_hash(o, out, e) &&
	       get_compared(o, &out->compared, e) &&
	       (!out->has_journal_head || json_get_bare_hash(o, "journalHead", &out->journal_head, e));
}

/* One answer is one run of bytes: the line may lack its newline, nothing else. */
static bool is_canonical(struct arena *a, const struct answer *ans, struct span text, struct err *e)
{
	struct buf b = {0};
	size_t same = 0;
	bool ok;

	answer_write(a, &b, ans);
	while (same < b.n && same < text.n && b.p[same] == text.p[same])
		same++;
	ok = same == text.n && same + 1 >= b.n;
	if (!ok)
		err_set(e, ERR_SYNTAX, same, "not canonical JSON on one line");
	buf_release(&b);
	return ok;
}

bool answer_parse(struct arena *a, struct answer *out, struct span text, struct err *e)
{
	const struct json *doc;

	*out = (struct answer){0};
	if (text.n > ANSWER_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "an answer has at most %u bytes, found %zu",
			       ANSWER_MAX, text.n);
	doc = json_parse(a, text, e);
	return doc != NULL && from_json(a, out, doc, e) && is_canonical(a, out, text, e);
}
