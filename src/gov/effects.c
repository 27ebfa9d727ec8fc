#include "src/gov/effects.h"

#include <inttypes.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/base/u256.h"
#include "src/evm/address.h"
#include "src/gov/units.h"

/* ---- kinds ---- */

static const struct kind_def {
	const char *name, *title;
} kinds[] = {
	[EFFECT_INTENDED] = { "intended", "Changed as intended" },
	[EFFECT_WRONG] = { "wrong", "NOT WHAT THE CHANGE SAYS" },
	[EFFECT_UNINTENDED] = { "unintended", "CHANGED AND NOT INTENDED" },
	[EFFECT_ALONG] = { "along", "Changed along with that" },
	[EFFECT_SAME] = { "same", "Did not change" },
};

const char *effect_kind_title(enum effect_kind k)
{
	return kinds[k].title;
}

bool effect_kind_parse(enum effect_kind *out, struct span name, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!span_is(name, kinds[i].name))
			continue;
		*out = (enum effect_kind)i;
		return true;
	}
	return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "no such kind");
}

/* ---- judging ---- */

static bool same_text(struct span a, struct span b)
{
	return (a.p == NULL) == (b.p == NULL) && span_eq(a, b);
}

static bool changed(const struct effect *e)
{
	return !same_text(e->before, e->after);
}

/* hasRole(role, who) and canPropose(who) are about the same. */
static bool ends_with(struct span args, struct span last)
{
	return last.n <= args.n && (last.n > 0 || args.n == 0) &&
	       span_eq(span_of(args.p + args.n - last.n, last.n), last);
}

/* The same values through another getter of the same thing: with the same arguments, or with none. */
static bool is_explained(const struct effect *e)
{
	return (e->kind == EFFECT_INTENDED || e->kind == EFFECT_ALONG) && changed(e);
}

static bool is_another_view(const struct effect *of, const struct effect *e)
{
	/* Without arguments "true" and "false" say too little to be the same thing. */
	if (e->args.n == 0 && (span_is(e->after, "true") || span_is(e->after, "false")))
		return false;
	return is_explained(of) && of->contract == e->contract && of->before.p != NULL &&
	       same_text(of->before, e->before) && same_text(of->after, e->after) && ends_with(of->args, e->args);
}

/* A count of what a getter lists (contracts/layouts.json: "follows"). */
static bool follows_from(const struct effect *of, const struct effect *e, const struct pinned *p)
{
	return of->kind == EFFECT_INTENDED && changed(of) && of->contract == e->contract &&
	       slot_follows(p, e->contract, e->getter, of->getter);
}

/* What a list has at the key that its counter gave away: "tiers(2)" where nextTierId() was 2 and is 3. */
static bool is_new_entry(const struct effect *of, const struct effect *e, const struct pinned *p)
{
	uint8_t key[32];
	struct u256 n;

	if (of->kind != EFFECT_INTENDED || !changed(of) || of->contract != e->contract ||
	    !slot_is_entry(p, e->contract, e->getter, of->getter) || !u256_parse(&n, of->before, NULL))
		return false;
	u256_to_be(key, &n);
	return span_eq(e->args, span_of(key, sizeof(key)));
}

static bool goes_along(const struct effects *all, const struct effect *e, const struct pinned *p)
{
	for (size_t i = 0; i < all->n; i++) {
		if (&all->v[i] != e && (is_another_view(&all->v[i], e) || follows_from(&all->v[i], e, p) ||
					 is_new_entry(&all->v[i], e, p)))
			return true;
	}
	return false;
}

static enum effect_kind judge_meant(const struct effect *e)
{
	if (e->after.p == NULL || (e->expect.n > 0 && !span_eq(e->expect, e->after)))
		return EFFECT_WRONG;
	return changed(e) ? EFFECT_INTENDED : EFFECT_SAME;
}

void effects_judge(struct effects *e, const struct pinned *p)
{
	for (size_t i = 0; i < e->n; i++)
		e->v[i].kind = e->v[i].meant	? judge_meant(&e->v[i])
			       : !changed(&e->v[i])	? EFFECT_SAME
			       : e->v[i].of_step	? EFFECT_ALONG
							: EFFECT_UNINTENDED;
	for (bool more = true; more;) {        /* what goes along may be followed by others */
		more = false;
		for (size_t i = 0; i < e->n; i++) {
			if (e->v[i].kind != EFFECT_UNINTENDED || e->v[i].after.p == NULL || !goes_along(e, &e->v[i], p))
				continue;
			e->v[i].kind = EFFECT_ALONG;
			more = true;
		}
	}
}

static size_t count(const struct effects *e, enum effect_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += e->v[i].kind == kind;
	return n;
}

bool effects_are_clean(const struct effects *e)
{
	return e->ran && e->n_refusals == 0 && count(e, EFFECT_WRONG) == 0 &&
	       count(e, EFFECT_UNINTENDED) == 0;
}

/* ---- words ---- */

/* An amount as people read it, exact; whatever is no number stays as it is. */
static struct span shown(struct buf *room, const struct effect *e, struct span v)
{
	struct u256 wei;

	if (!e->wei || v.p == NULL || !u256_parse(&wei, v, NULL))
		return v;
	buf_clear(room);
	wei_format(room, &wei);
	return buf_view(room);
}

static void put_value(struct buf *out, struct span v)
{
	if (v.p == NULL)
		buf_str(out, "no answer");
	else if (v.n == 0)
		buf_str(out, "(empty)");
	else
		text_safe(out, v, false);
}

static void put_effect(struct buf *out, const struct effect *e)
{
	struct buf room = {0};

	buf_fmt(out, "  %s\n    ", e->name);
	put_value(out, shown(&room, e, e->before));
	if (changed(e)) {
		buf_str(out, "  ->  ");
		put_value(out, shown(&room, e, e->after));
	}
	if (e->kind == EFFECT_WRONG && e->expect.n > 0) {
		buf_str(out, "  (meant: ");
		put_value(out, shown(&room, e, e->expect));
		buf_byte(out, ')');
	}
	buf_byte(out, '\n');
	buf_release(&room);
}

static void put_kind(struct buf *out, const struct effects *e, enum effect_kind kind)
{
	if (count(e, kind) == 0)
		return;
	buf_fmt(out, "%s\n", effect_kind_title(kind));
	for (size_t i = 0; i < e->n; i++) {
		if (e->v[i].kind == kind)
			put_effect(out, &e->v[i]);
	}
}

static void put_slot(struct buf *out, const struct effect_slot *s)
{
	if (s->name != NULL) {
		buf_fmt(out, "  %s\n    ", s->name);
		put_value(out, s->was);
		buf_str(out, "  ->  ");
		put_value(out, s->is);
		buf_byte(out, '\n');
		return;
	}
	buf_str(out, "  UNNAMED: ");
	if (s->contract != NULL)
		buf_span(out, s->contract->name);
	else
		addr_format(out, &s->at);
	buf_str(out, " slot ");
	buf_0xhex(out, SPAN_HASH(&s->slot));
	buf_str(out, "\n    ");
	buf_0xhex(out, SPAN_HASH(&s->before));
	buf_str(out, "\n    ->  ");
	buf_0xhex(out, SPAN_HASH(&s->after));
	buf_byte(out, '\n');
}

static void put_list(struct buf *out, const char *title, const char *const *v, size_t n)
{
	if (n > 0)
		buf_fmt(out, "%s\n", title);
	for (size_t i = 0; i < n; i++)
		buf_fmt(out, "  %s\n", v[i]);
}

static void put_head(struct buf *out, const struct effects *e)
{
	buf_fmt(out, "%s, run in thought at block %" PRIu64 " (", e->change, e->block);
	time_format_minute(out, (int64_t)e->block_time);
	buf_str(out, ") by ");
	text_safe(out, e->endpoint, false);
	buf_str(out, ": the node's word\n");
	for (size_t i = 0; i < e->n_how; i++)
		buf_fmt(out, "  %s\n", e->how[i]);
	if (!e->ran)
		buf_fmt(out, "IT FAILS: %s\n", e->failed);
}

void effects_format(struct buf *out, const struct effects *e, bool all)
{
	put_head(out, e);
	put_list(out, "NOT TO BE DONE", e->refusals, e->n_refusals);
	put_kind(out, e, EFFECT_WRONG);
	put_kind(out, e, EFFECT_UNINTENDED);
	put_kind(out, e, EFFECT_INTENDED);
	put_kind(out, e, EFFECT_ALONG);
	if (all)
		put_kind(out, e, EFFECT_SAME);
	else if (count(e, EFFECT_SAME) > 0)
		buf_fmt(out, "Did not change: %zu values that were read before and after (--all shows them)\n",
			count(e, EFFECT_SAME));
	if (e->n_slots > 0)
		buf_str(out, "Storage that differs\n");
	else if (!e->slots_compared)
		buf_fmt(out, "Storage is compared for a change by itself: setgov preview %s\n", e->change);
	for (size_t i = 0; i < e->n_slots; i++)
		put_slot(out, &e->slots[i]);
	put_list(out, "Events", e->events, e->n_events);
	put_list(out, "To know", e->warnings, e->n_warnings);
}

/* ---- JSON ---- */

/* Text from contracts may be anything: made safe, as the page shows it. */
static struct json *text_or_null(struct arena *a, struct span s)
{
	struct buf b = {0};
	struct json *out;

	if (s.p == NULL)
		return json_null(a);
	text_safe(&b, s, false);
	out = json_text(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct json *effect_json(struct arena *a, const struct effect *e)
{
	struct json *o = json_object(a);
	struct buf room = {0};

	json_set(o, a, "after", text_or_null(a, shown(&room, e, e->after)));
	json_set(o, a, "before", text_or_null(a, shown(&room, e, e->before)));
	json_set(o, a, "contract", json_text(a, e->contract->name));
	json_set(o, a, "expect", e->expect.n > 0 ? text_or_null(a, shown(&room, e, e->expect))
							: json_null(a));
	json_set(o, a, "getter", json_text(a, e->getter));
	json_set(o, a, "kind", json_str(a, kinds[e->kind].name));
	json_set(o, a, "say", json_str(a, e->name));
	buf_release(&room);
	return o;
}

static struct json *slot_json(struct arena *a, const struct effect_slot *s)
{
	struct json *o = json_object(a);

	json_set(o, a, "after", json_0x(a, SPAN_HASH(&s->after)));
	json_set(o, a, "at", json_addr(a, &s->at));
	json_set(o, a, "before", json_0x(a, SPAN_HASH(&s->before)));
	json_set(o, a, "name", s->name != NULL ? json_str(a, s->name) : json_null(a));
	json_set(o, a, "slot", json_0x(a, SPAN_HASH(&s->slot)));
	return o;
}

static struct json *texts_json(struct arena *a, const char *const *v, size_t n)
{
	struct json *list = json_array(a);

	for (size_t i = 0; i < n; i++)
		json_push(list, json_str(a, v[i]));
	return list;
}

static struct json *block_json(struct arena *a, const struct effects *e)
{
	struct json *o = json_object(a);

	json_set(o, a, "hash", json_0x(a, SPAN_HASH(&e->block_hash)));
	json_set(o, a, "number", json_u64(a, e->block));
	json_set(o, a, "time", json_u64(a, e->block_time));
	return o;
}

/* What did not change is counted, not listed: a packet carries this. */
struct json *effects_to_json(struct arena *a, const struct effects *e)
{
	struct json *o = json_object(a), *values = json_array(a), *slots = json_array(a);

	for (size_t i = 0; i < e->n; i++) {
		if (e->v[i].kind != EFFECT_SAME || e->v[i].meant)
			json_push(values, effect_json(a, &e->v[i]));
	}
	for (size_t i = 0; i < e->n_slots; i++)
		json_push(slots, slot_json(a, &e->slots[i]));
	json_set(o, a, "block", block_json(a, e));
	json_set(o, a, "change", json_str(a, e->change));
	json_set(o, a, "clean", json_bool(a, effects_are_clean(e)));
	json_set(o, a, "endpoint", text_or_null(a, e->endpoint));
	json_set(o, a, "events", texts_json(a, e->events, e->n_events));
	json_set(o, a, "failed", e->ran ? json_null(a) : json_str(a, e->failed));
	json_set(o, a, "format", json_str(a, "setgov-preview/1"));
	json_set(o, a, "how", texts_json(a, e->how, e->n_how));
	json_set(o, a, "refusals", texts_json(a, e->refusals, e->n_refusals));
	json_set(o, a, "storage", slots);
	json_set(o, a, "unchanged", json_u64(a, count(e, EFFECT_SAME)));
	json_set(o, a, "values", values);
	json_set(o, a, "warnings", texts_json(a, e->warnings, e->n_warnings));
	return o;
}
