#include "src/gov/effects_said.h"

/* Absent is not null: every member is there. */
static bool text_or_null(const struct json *o, const char *name, struct span *out, struct err *e)
{
	const struct json *v = json_find(o, name);

	*out = (struct span){NULL, 0};
	if (v != NULL && v->type == JSON_NULL)
		return true;
	if (!json_get_str(o, name, out, e))
		return false;
	if (out->p == NULL)
		*out = span_str("");
	return true;
}

static bool read_texts(struct arena *a, struct texts_said *out, const struct json *o, const char *name, struct err *e)
{
	const struct json *list;
	struct span *v;

	if (!json_get(o, name, JSON_ARRAY, &list, e))
		return false;
	v = ARENA_ARRAY(a, struct span, list->n + 1);
	out->v = v;
	for (const struct json *t = list->first; t != NULL; t = t->next) {
		if (t->type != JSON_STRING)
			return err_set(e, ERR_SYNTAX, t->at, "needed a string") || err_in(e, "%s[%zu]", name, out->n);
		v[out->n++] = t->text;
	}
	return true;
}

static bool read_value(struct value_said *v, const struct json *o, struct err *e)
{
	static const char *const members[] = { "after", "before", "contract", "expect", "getter", "kind", "say", NULL };
	struct span kind;

	if (!json_only(o, members, e) || !json_get_str(o, "say", &v->say, e) ||
	    !text_or_null(o, "before", &v->before, e) || !text_or_null(o, "after", &v->after, e) ||
	    !text_or_null(o, "expect", &v->expect, e) || !json_get_str(o, "kind", &kind, e))
		return false;
	return effect_kind_parse(&v->kind, kind, e) || err_in(e, "kind");
}

static bool read_slot(struct slot_said *s, const struct json *o, struct err *e)
{
	static const char *const members[] = { "after", "at", "before", "name", "slot", NULL };

	return json_only(o, members, e) && json_get_str(o, "at", &s->at, e) && json_get_str(o, "slot", &s->slot, e) &&
	       json_get_str(o, "before", &s->before, e) && json_get_str(o, "after", &s->after, e) &&
	       text_or_null(o, "name", &s->name, e);
}

static bool read_values(struct arena *a, struct effects_said *out, const struct json *doc, struct err *e)
{
	const struct json *list;
	struct value_said *v;

	if (!json_get(doc, "values", JSON_ARRAY, &list, e))
		return false;
	v = ARENA_ARRAY(a, struct value_said, list->n + 1);
	out->values = v;
	for (const struct json *o = list->first; o != NULL; o = o->next) {
		if (!read_value(&v[out->n_values], o, e))
			return err_in(e, "values[%zu]", out->n_values);
		out->n_values++;
	}
	return true;
}

static bool read_slots(struct arena *a, struct effects_said *out, const struct json *doc, struct err *e)
{
	const struct json *list;
	struct slot_said *v;

	if (!json_get(doc, "storage", JSON_ARRAY, &list, e))
		return false;
	v = ARENA_ARRAY(a, struct slot_said, list->n + 1);
	out->slots = v;
	for (const struct json *o = list->first; o != NULL; o = o->next) {
		if (!read_slot(&v[out->n_slots], o, e))
			return err_in(e, "storage[%zu]", out->n_slots);
		out->n_slots++;
	}
	return true;
}

static bool read_block(struct effects_said *out, const struct json *doc, struct err *e)
{
	const struct json *block;

	if (!json_get(doc, "block", JSON_OBJECT, &block, e))
		return false;
	return (json_get_u64(block, "number", &out->block, e) && json_get_u64(block, "time", &out->block_time, e) &&
		json_get_hash(block, "hash", &out->block_hash, e)) || err_in(e, "block");
}

/* What it tells decides; its own word has to say the same. */
static bool judge(struct effects_said *out, const struct json *doc, struct err *e)
{
	bool said;

	if (!json_get_bool(doc, "clean", &said, e))
		return false;
	out->clean = out->failed.p == NULL && out->refusals.n == 0;
	for (size_t i = 0; i < out->n_values; i++)
		out->clean &= out->values[i].kind != EFFECT_WRONG && out->values[i].kind != EFFECT_UNINTENDED;
	return said == out->clean ||
	       err_set(e, ERR_MISMATCH, json_find(doc, "clean")->at, "it says %s, its values say otherwise",
		       said ? "true" : "false") || err_in(e, "clean");
}

bool effects_said_read(struct arena *a, struct effects_said *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "block", "change", "clean", "endpoint", "events", "failed", "format",
					       "how", "refusals", "storage", "unchanged", "values", "warnings", NULL };
	struct span format;

	*out = (struct effects_said){0};
	if (!json_only(doc, members, e) || !json_get_str(doc, "format", &format, e))
		return false;
	if (!span_is(format, "setgov-preview/1"))
		return err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "this reads setgov-preview/1") ||
		       err_in(e, "format");
	return read_block(out, doc, e) && json_get_str(doc, "change", &out->change, e) &&
	       json_get_str(doc, "endpoint", &out->endpoint, e) && text_or_null(doc, "failed", &out->failed, e) &&
	       json_get_u64(doc, "unchanged", &out->unchanged, e) && read_values(a, out, doc, e) &&
	       read_slots(a, out, doc, e) && read_texts(a, &out->how, doc, "how", e) &&
	       read_texts(a, &out->events, doc, "events", e) && read_texts(a, &out->refusals, doc, "refusals", e) &&
	       read_texts(a, &out->warnings, doc, "warnings", e) && judge(out, doc, e);
}
