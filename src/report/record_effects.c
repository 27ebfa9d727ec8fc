/* The change record: what it does, what it was expected to change, and what really changed. */
#include "src/report/record.h"

#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/units.h"

/* ---- what it does ----------------------------------------------------------------------------------------------- */

void record_actions(struct record *x)
{
	static const char *const columns[] = { "action", "sentence", "risk" };
	const struct proposal *p = story_words(&x->s);
	const struct pinned *pin = &x->src->ws->pin;
	struct rows t = ROWS_BEGIN(x->a, x->r, "actions", "What it does", columns);
	for (const struct json *v = p->actions != NULL ? p->actions->first : NULL; v != NULL; v = v->next) {
		struct buf b = {0};
		struct err why = {0};
		struct span name = span_str("");
		const bool named = json_get_str(v, "action", &name, NULL);
		const struct action_def *d = named ? catalogue_find(pin->catalogue, name) : NULL;
		if (!action_say(x->a, &b, pin, v, &why)) {
			buf_clear(&b);
			buf_fmt(&b, "(not readable under this catalogue: %s)", text_safe_err(x->a, &why));
		}
		rows_next(&t);
		rows_put(&t, "action", name);
		rows_put(&t, "sentence", buf_view(&b));
		rows_str(&t, "risk", d != NULL ? action_risk_name(action_risk_of(d)) : "not known");
		rows_rest_on(&t, record_words_seq(&x->s));
		buf_release(&b);
		err_clear(&why);
	}
}

void record_calls(struct record *x)
{
	static const char *const columns[] = { "contract", "to", "value", "decoded_call", "calldata", "calldata_hash" };
	const struct calls *v = &x->s.c.proposal.calls;
	struct rows t = ROWS_BEGIN(x->a, x->r, "calls", "The calls, frozen when it was proposed", columns);
	for (size_t i = 0; x->s.c.proposed && i < v->n; i++) {
		struct explained_call call;
		struct buf b = {0}, hex = {0};
		struct err why = {0};
		struct hash32 digest;
		const char *label = deployment_label(x->a, &x->src->ws->deployment, &v->v[i].to);
		if (explain_call(x->a, &call, &x->src->ws->pin, &v->v[i], &why))
			explain_line(&b, &call);
		else
			buf_fmt(&b, "not readable: %s", text_safe_err(x->a, &why));
		sha256(&digest, v->v[i].data);
		buf_0xhex(&hex, v->v[i].data);
		rows_next(&t);
		rows_str(&t, "contract", label != NULL ? label : "");
		rows_addr(&t, "to", &v->v[i].to);
		rows_put(&t, "decoded_call", buf_view(&b));
		rows_put(&t, "calldata", buf_view(&hex));
		rows_bare(&t, "calldata_hash", &digest);
		rows_rest_on(&t, x->s.c.proposed_seq);
		buf_clear(&b);
		wei_format(&b, &v->v[i].value);
		rows_put(&t, "value", buf_view(&b));
		buf_release(&b);
		buf_release(&hex);
		err_clear(&why);
	}
}

/* ---- effects ---------------------------------------------------------------------------------------------------- */

/* An amount in the unit that reads best, as the console has it; whatever is no number stays as it is. */
static void put_value(struct rows *t, const char *column, struct span value, bool wei)
{
	struct u256 amount;
	struct buf b = {0};
	if (wei && u256_parse(&amount, value, NULL))
		wei_format(&b, &amount);
	else
		buf_span(&b, value);
	rows_put(t, column, buf_view(&b));
	buf_release(&b);
}

static void preview_rows(struct rows *t, const struct line *packed, const struct json *preview)
{
	const struct json *values = json_find(preview, "values");
	for (const struct json *v = values != NULL ? values->first : NULL; v != NULL; v = v->next) {
		rows_next(t);
		rows_put(t, "step", line_text(packed, "step"));
		rows_put(t, "contract", record_text(v, "contract"));
		rows_put(t, "getter", record_text(v, "getter"));
		rows_put(t, "say", record_text(v, "say"));
		rows_put(t, "before", record_text(v, "before"));
		rows_put(t, "after", record_text(v, "after"));
		rows_put(t, "kind", record_text(v, "kind"));
		rows_rest_on(t, packed->seq);
		if (span_is(record_text(v, "kind"), "wrong") || span_is(record_text(v, "kind"), "unintended"))
			rows_mark(t, REPORT_FINDING);
	}
}

/* Where the node could not simulate there are only the getters, as they were before. */
static void before_rows(struct rows *t, const struct line *packed, const struct json *reads)
{
	for (const struct json *v = reads != NULL ? reads->first : NULL; v != NULL; v = v->next) {
		struct span say = record_text(v, "say");
		const bool wei = read_cut_in_wei(&say);
		rows_next(t);
		rows_put(t, "step", line_text(packed, "step"));
		rows_put(t, "contract", record_text(v, "contract"));
		rows_put(t, "getter", record_text(v, "getter"));
		rows_put(t, "say", say);
		put_value(t, "before", record_text(v, "before"), wei);
		put_value(t, "after", record_text(v, "expect"), wei);
		rows_str(t, "kind", "not simulated");
		rows_rest_on(t, packed->seq);
	}
}

void record_effects(struct record *x)
{
	static const char *const columns[] = { "step", "contract", "getter", "say", "before", "after", "kind" };
	struct rows t = ROWS_BEGIN(x->a, x->r, "effect_preview", "What it was expected to change", columns);
	t.s->text = "From the evidence of each step's newest packet: the console's word, as the signers had it. The "
		    "kind says: intended, what the change is for; along, what changes with that; unintended or wrong, "
		    "what nobody asked for.";
	for (int k = 0; k < N_STEPS; k++) {
		const struct line *packed = x->s.steps[k].packed;
		const struct json *evidence = packed == NULL ? NULL
			: story_blob(x->a, x->src, packed->body, "evidence");
		const struct json *preview = evidence != NULL ? json_find(evidence, "preview") : NULL;
		if (!json_is_null(preview))
			preview_rows(&t, packed, preview);
		else if (evidence != NULL)
			before_rows(&t, packed, json_find(evidence, "reads"));
	}
}

/* What the i-th value that was read back is, in the catalogue's words: the line keeps them in the actions' order. Empty
 * where this catalogue has another getter in that place. */
static struct span said_of_read(struct record *x, const struct json *read, size_t i)
{
	const struct json *list = story_words(&x->s)->actions;
	for (const struct json *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n;
		if (!action_reads(x->a, &reads, &n, &x->src->ws->pin, v, NULL))
			return span_str("");
		if (i < n && span_eq(reads[i].contract, record_text(read, "contract")) &&
		    span_eq(reads[i].getter->signature, record_text(read, "getter")))
			return reads[i].say;
		if (i < n)
			break;
		i -= n;
	}
	return span_str("");
}

void record_read_back(struct record *x)
{
	static const char *const columns[] = { "contract", "getter", "say", "expected", "found", "block" };
	const struct line *l = x->s.verified;
	const struct json *reads = l != NULL ? json_find(l->body, "reads") : NULL;
	struct rows t = ROWS_BEGIN(x->a, x->r, "effect_read_back", "What really changed, read back", columns);
	uint64_t block;
	size_t n = 0;
	for (const struct json *v = reads != NULL ? reads->first : NULL; v != NULL; v = v->next) {
		const struct json *expect = json_find(v, "expect"), *found = json_find(v, "found");
		struct span say = said_of_read(x, v, n++);
		const bool wei = read_cut_in_wei(&say);
		rows_next(&t);
		rows_put(&t, "contract", record_text(v, "contract"));
		rows_put(&t, "getter", record_text(v, "getter"));
		rows_put(&t, "say", say);
		put_value(&t, "expected", json_is_null(expect) ? span_str("nothing: shown to be looked at")
							       : record_text(v, "expect"), wei);
		put_value(&t, "found", json_is_null(found) ? span_str("no answer") : record_text(v, "found"), wei);
		if (json_get_u64(l->body, "block", &block, NULL))
			rows_u64(&t, "block", block);
		rows_rest_on(&t, l->seq);
		if (!json_is_null(expect))
			rows_mark(&t, !json_is_null(found) && json_same(expect, found) ? REPORT_AS_IT_SHOULD
										      : REPORT_FINDING);
	}
}
