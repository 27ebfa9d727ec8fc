/* The form of a packet: reading it and writing it. Whether it is true is packet_check.c's business. */
#include "src/gov/packet.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/gov/fields.h"
#include "src/proof/merkle.h"
#include "src/proof/note.h"

#define FORMAT "setgov-packet/1"
#define CORE_FORMAT "setgov-core/1"
#define MAX_SIGNATURES 1024u          /* that come along */

/* ---- writing ---- */

static struct json *digest_or_null(struct arena *a, bool has, const struct hash32 *h)
{
	return has ? json_bare(a, SPAN_HASH(h)) : json_null(a);
}

static struct json *path_json(struct arena *a, const struct packet_core *core)
{
	struct json *array = json_array(a);

	for (size_t i = 0; i < core->n_path; i++)
		json_push(array, json_bare(a, SPAN_HASH(&core->path[i])));
	return array;
}

static struct json *steps_json(struct arena *a, const struct packet_core *core)
{
	struct json *array = json_array(a);

	for (size_t i = 0; i < core->n_steps; i++) {
		struct json *o = json_object(a);

		json_set(o, a, "step", json_str(a, step_name(core->steps[i].step)));
		json_set(o, a, "nonce", json_u64(a, core->steps[i].nonce));
		json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&core->steps[i].safe_tx_hash)));
		json_push(array, o);
	}
	return array;
}

void packet_core_write(struct arena *a, struct buf *canonical, const struct packet_core *core)
{
	struct json *o = json_object(a);

	json_set(o, a, "format", json_str(a, CORE_FORMAT));
	json_set(o, a, "deployment", json_bare(a, SPAN_HASH(&core->deployment)));
	json_set(o, a, "catalogue", json_bare(a, SPAN_HASH(&core->catalogue)));
	json_set(o, a, "abi", json_bare(a, SPAN_HASH(&core->abi)));
	json_set(o, a, "policy", digest_or_null(a, core->has_policy, &core->policy));
	json_set(o, a, "evidence", digest_or_null(a, core->has_evidence, &core->evidence));
	json_set(o, a, "change", json_text(a, core->change));
	json_set(o, a, "proposal", json_text(a, core->proposal));
	json_set(o, a, "size", json_u64(a, core->size));
	json_set(o, a, "root", json_bare(a, SPAN_HASH(&core->root)));
	json_set(o, a, "path", path_json(a, core));
	json_set(o, a, "checkpoint", json_text(a, core->checkpoint));
	json_set(o, a, "logKey", json_text(a, core->log_key));
	json_set(o, a, "steps", steps_json(a, core));
	json_canonical(canonical, o);
}

static struct json *signature_json(struct arena *a, const struct packet_signature *s)
{
	struct json *o = json_object(a);
	uint8_t bytes[65];

	sig_to_bytes(bytes, &s->by.sig);
	json_set(o, a, "step", json_str(a, step_name(s->step)));
	json_set(o, a, "owner", json_addr(a, &s->by.owner));
	json_set(o, a, "signature", json_0x(a, span_of(bytes, sizeof(bytes))));
	return o;
}

/* An array with one element a line. */
static void write_signatures(struct arena *a, struct buf *out, const struct packet *p)
{
	buf_str(out, "  \"signatures\": [");
	for (size_t i = 0; i < p->n_signatures; i++) {
		buf_str(out, i == 0 ? "\n    " : ",\n    ");
		json_compact(out, signature_json(a, &p->signatures[i]));
	}
	buf_str(out, p->n_signatures == 0 ? "],\n" : "\n  ],\n");
}

static void write_lines(struct buf *out, const struct packet *p)
{
	buf_str(out, "  \"lines\": [");
	for (size_t i = 0; i < p->n_lines; i++) {
		buf_str(out, i == 0 ? "\n    " : ",\n    ");
		json_quote(out, p->lines[i]);
	}
	buf_str(out, p->n_lines == 0 ? "]\n" : "\n  ]\n");
}

void packet_write(struct arena *a, struct buf *out, const struct packet *p)
{
	buf_str(out, "{\n  \"format\": \"" FORMAT "\",\n  \"core\": ");
	if (p->core_text.n != 0)
		buf_span(out, p->core_text);
	else
		packet_core_write(a, out, &p->core);
	buf_str(out, ",\n  \"evidence\": ");
	if (p->evidence != NULL)
		json_canonical(out, p->evidence);
	else
		buf_str(out, "null");
	buf_str(out, ",\n");
	write_signatures(a, out, p);
	write_lines(out, p);
	buf_str(out, "}\n");
}

/* ---- reading ---- */

static bool capped(const struct json *v, const char *name, size_t found, size_t least, size_t most,
		   struct err *e)
{
	if (found >= least && found <= most)
		return true;
	err_set(e, ERR_RANGE, v->at, "needed %zu to %zu, found %zu", least, most, found);
	return err_in(e, "%s", name);
}

static bool get_array(const struct json *o, const char *name, size_t least, size_t most,
		      const struct json **out, struct err *e)
{
	return json_get(o, name, JSON_ARRAY, out, e) && capped(*out, name, (*out)->n, least, most, e);
}

static bool get_text(const struct json *o, const char *name, size_t most, struct span *out, struct err *e)
{
	return json_get_str(o, name, out, e) && capped(json_find(o, name), name, out->n, 1, most, e);
}

static bool get_format(const struct json *o, const char *wanted, struct err *e)
{
	struct span format;

	if (!json_get_str(o, "format", &format, e))
		return false;
	if (span_is(format, wanted))
		return true;
	err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed %s", wanted);
	return err_in(e, "format");
}

static bool get_digest_or_null(const struct json *o, const char *name, bool *has, struct hash32 *out,
			       struct err *e)
{
	const struct json *v = json_find(o, name);

	*has = v == NULL || v->type != JSON_NULL;
	return !*has || json_get_bare_hash(o, name, out, e);
}

static bool get_step(const struct json *o, enum step_kind *out, struct err *e)
{
	struct span name;

	if (!json_get_str(o, "step", &name, e))
		return false;
	return step_parse(out, name, e) || err_in_string(e, json_find(o, "step")) || err_in(e, "step");
}

static bool hash_from_json(const struct json *v, struct hash32 *out, struct err *e)
{
	if (v->type != JSON_STRING)
		return err_set(e, ERR_SYNTAX, v->at, "needed a string of 64 hex digits");
	return hex_bare(out->b, sizeof(out->b), v->text, e) || err_in_string(e, v);
}

static bool get_path(struct arena *a, const struct json *o, struct packet_core *core, struct err *e)
{
	const struct json *array;
	struct hash32 *path;
	size_t i = 0;

	if (!get_array(o, "path", 0, MERKLE_LEVELS, &array, e))
		return false;
	path = ARENA_ARRAY(a, struct hash32, array->n);
	for (const struct json *v = array->first; v != NULL; v = v->next, i++)
		if (!hash_from_json(v, &path[i], e)) {
			err_in(e, "[%zu]", i);
			return err_in(e, "path");
		}
	core->path = path;
	core->n_path = array->n;
	return true;
}

static bool step_from_json(const struct json *v, struct packet_step *out, const struct packet_step *before,
			   struct err *e)
{
	static const char *const members[] = { "nonce", "safeTxHash", "step", NULL };

	if (!json_only(v, members, e) || !get_step(v, &out->step, e) ||
	    !json_get_u64(v, "nonce", &out->nonce, e) || !json_get_hash(v, "safeTxHash", &out->safe_tx_hash, e))
		return false;
	if (before != NULL && before->step >= out->step) {
		err_set(e, ERR_SYNTAX, json_find(v, "step")->at,
			"steps stand once each, in the order schedule, execute, cancel");
		return err_in(e, "step");
	}
	return true;
}

static bool get_steps(struct arena *a, const struct json *o, struct packet_core *core, struct err *e)
{
	const struct json *array;
	struct packet_step *steps;
	size_t i = 0;

	if (!get_array(o, "steps", 1, N_STEPS, &array, e))
		return false;
	steps = ARENA_ARRAY(a, struct packet_step, array->n);
	for (const struct json *v = array->first; v != NULL; v = v->next, i++)
		if (!step_from_json(v, &steps[i], i == 0 ? NULL : &steps[i - 1], e)) {
			err_in(e, "[%zu]", i);
			return err_in(e, "steps");
		}
	core->steps = steps;
	core->n_steps = array->n;
	return true;
}

static bool core_from_json(struct arena *a, struct packet_core *out, const struct json *o, struct err *e)
{
	static const char *const members[] = {"abi",	  "catalogue", "change", "checkpoint", "deployment",
					      "evidence", "format",    "logKey", "path",       "policy",
					      "proposal", "root",      "size",	 "steps",      NULL};

	return json_only(o, members, e) && get_format(o, CORE_FORMAT, e) &&
	       json_get_bare_hash(o, "deployment", &out->deployment, e) &&
	       json_get_bare_hash(o, "catalogue", &out->catalogue, e) &&
	       json_get_bare_hash(o, "abi", &out->abi, e) &&
	       get_digest_or_null(o, "policy", &out->has_policy, &out->policy, e) &&
	       get_digest_or_null(o, "evidence", &out->has_evidence, &out->evidence, e) &&
	       get_text(o, "change", 64, &out->change, e) &&
	       get_text(o, "proposal", LINE_MAX_BYTES, &out->proposal, e) &&
	       json_get_u64(o, "size", &out->size, e) && json_get_bare_hash(o, "root", &out->root, e) &&
	       get_path(a, o, out, e) && get_text(o, "checkpoint", NOTE_MAX_BYTES, &out->checkpoint, e) &&
	       get_text(o, "logKey", 512, &out->log_key, e) && get_steps(a, o, out, e);
}

/* The core's bytes are what is hashed: they have to be the only ones that say this. */
static bool core_is_canonical(struct arena *a, struct packet *out, struct span text, const struct json *core,
			      struct err *e)
{
	struct buf canonical = {0};
	const size_t left = text.n - core->at;
	size_t same = 0;
	bool ok;

	packet_core_write(a, &canonical, &out->core);
	while (same < canonical.n && same < left && canonical.p[same] == text.p[core->at + same])
		same++;
	ok = same == canonical.n;
	if (ok)
		out->core_text = span_of(text.p + core->at, canonical.n);
	else
		err_set(e, ERR_SYNTAX, core->at + same,
			"not canonical JSON: one line, no spaces, sorted members, lower-case digits");
	buf_release(&canonical);
	return ok;
}

static bool get_core(struct arena *a, struct packet *out, const struct json *doc, struct span text,
		     struct err *e)
{
	const struct json *core;

	if (!json_get(doc, "core", JSON_OBJECT, &core, e))
		return false;
	if (!core_from_json(a, &out->core, core, e) || !core_is_canonical(a, out, text, core, e))
		return err_in(e, "core");
	if (!capped(core, "core", out->core_text.n, 1, PACKET_CORE_MAX, e))
		return false;
	sha256(&out->digest, out->core_text);
	return true;
}

static bool evidence_is_named(const struct packet *p, const struct json *evidence, struct err *e)
{
	struct buf canonical = {0};
	struct hash32 computed;

	if (!p->core.has_evidence)
		return err_set(e, ERR_MISMATCH, evidence->at, "the core names none, found some");
	json_canonical(&canonical, evidence);
	sha256(&computed, buf_view(&canonical));
	buf_clear(&canonical);
	buf_hex(&canonical, SPAN_HASH(&computed));
	if (!hash32_eq(&computed, &p->core.evidence))
		err_set(e, ERR_MISMATCH, evidence->at, "the core names another digest, computed %s",
			buf_cstr(&canonical));
	buf_release(&canonical);
	return hash32_eq(&computed, &p->core.evidence);
}

static bool get_evidence(struct packet *out, const struct json *doc, struct err *e)
{
	const struct json *v = json_find(doc, "evidence");

	if (v != NULL && v->type == JSON_NULL)
		return true;
	if (!json_get(doc, "evidence", JSON_OBJECT, &v, e))
		return false;
	if (!json_is_canonical(v, e) || !evidence_is_named(out, v, e))
		return err_in(e, "evidence");
	out->evidence = v;
	return true;
}

static bool signature_from_json(struct arena *a, const struct json *v, struct packet_signature *out,
				struct err *e)
{
	static const char *const members[] = { "owner", "signature", "step", NULL };
	struct span bytes;

	if (!json_only(v, members, e) || !get_step(v, &out->step, e) ||
	    !json_get_addr(v, "owner", &out->by.owner, e) || !json_get_bytes(a, v, "signature", &bytes, e))
		return false;
	if (!sig_from_bytes(&out->by.sig, bytes, e)) {
		if (e != NULL)
			e->at = json_find(v, "signature")->at;
		return err_in(e, "signature");
	}
	return json_same(v, signature_json(a, out)) ||
	       err_set(e, ERR_SYNTAX, v->at, "an address is written in EIP-55, a signature in lower case");
}

static bool get_signatures(struct arena *a, struct packet *out, const struct json *doc, struct err *e)
{
	const struct json *array;
	struct packet_signature *sigs;
	size_t i = 0;

	if (!get_array(doc, "signatures", 0, MAX_SIGNATURES, &array, e))
		return false;
	sigs = ARENA_ARRAY(a, struct packet_signature, array->n);
	for (const struct json *v = array->first; v != NULL; v = v->next, i++)
		if (!signature_from_json(a, v, &sigs[i], e)) {
			err_in(e, "[%zu]", i);
			return err_in(e, "signatures");
		}
	out->signatures = sigs;
	out->n_signatures = array->n;
	return true;
}

static bool get_lines(struct arena *a, struct packet *out, const struct json *doc, struct err *e)
{
	const struct json *array;
	struct span *lines;
	size_t i = 0;

	if (!get_array(doc, "lines", 0, PACKET_MAX, &array, e))
		return false;
	lines = ARENA_ARRAY(a, struct span, array->n);
	for (const struct json *v = array->first; v != NULL; v = v->next, i++) {
		if (v->type != JSON_STRING || v->text.n > LINE_MAX_BYTES) {
			err_set(e, ERR_SYNTAX, v->at, "needed a string of at most %d bytes", LINE_MAX_BYTES);
			err_in(e, "[%zu]", i);
			return err_in(e, "lines");
		}
		lines[i] = v->text;
	}
	out->lines = lines;
	out->n_lines = array->n;
	return true;
}

bool packet_parse(struct arena *a, struct packet *out, struct span text, struct err *e)
{
	static const char *const members[] = { "core", "evidence", "format", "lines", "signatures", NULL };
	const struct json *doc;

	*out = (struct packet){0};
	if (text.n > PACKET_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a packet has at most %u bytes, found %zu",
			       PACKET_MAX, text.n);
	doc = json_parse(a, text, e);
	return doc != NULL && json_only(doc, members, e) && get_format(doc, FORMAT, e) &&
	       get_core(a, out, doc, text, e) && get_evidence(out, doc, e) && get_signatures(a, out, doc, e) &&
	       get_lines(a, out, doc, e);
}
