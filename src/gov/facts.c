#include "src/gov/facts.h"

#include <string.h>

#include "src/base/text.h"

#define FACTS_MAX 65536               /* in one packet */

const char *fact_source_name(enum fact_source s)
{
	return s == FACT_PROVEN ? "proven" : "claimed";
}

static int by_name(struct span a, struct span b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* Where the name stands, or would. */
static size_t place_of(const struct facts *f, struct span name)
{
	size_t low = 0, high = f->n;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		if (by_name(f->v[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct fact *facts_find(const struct facts *f, struct span name)
{
	const size_t i = place_of(f, name);
	return i < f->n && span_eq(f->v[i].name, name) ? &f->v[i] : NULL;
}

void facts_add(struct arena *a, struct facts *f, const char *name, const struct json *value, enum fact_source source,
	       uint64_t block)
{
	const struct span key = arena_copy(a, span_str(name));
	const size_t i = place_of(f, key);
	if (i == f->n || !span_eq(f->v[i].name, key)) {
		ARENA_GROW(a, f->v, f->n, f->cap);
		memmove(f->v + i + 1, f->v + i, (f->n - i) * sizeof(*f->v));
		f->n++;
	}
	f->v[i] = (struct fact){ key, value, source, block, 0 };
}

void facts_prove(struct arena *a, struct facts *f, const char *name, const struct json *value, uint64_t block,
		 uint64_t time)
{
	facts_add(a, f, name, value, FACT_PROVEN, block);
	f->v[place_of(f, span_str(name))].time = time;
}

struct json *facts_to_json(struct arena *a, const struct facts *f)
{
	struct json *array = json_array(a);
	for (size_t i = 0; i < f->n; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "block", json_u64(a, f->v[i].block));
		json_set(o, a, "name", json_text(a, f->v[i].name));
		json_set(o, a, "source", json_str(a, fact_source_name(f->v[i].source)));
		if (f->v[i].time > 0)
			json_set(o, a, "time", json_u64(a, f->v[i].time));
		json_set(o, a, "value", json_copy(a, f->v[i].value));
		json_push(array, o);
	}
	return array;
}

static bool read_fact(struct arena *a, struct facts *out, const struct json *o, uint64_t block, struct err *e)
{
	static const char *const names[] = { "block", "name", "source", "time", "value", NULL };
	struct span name, source;
	uint64_t time;
	if (!json_only(o, names, e) || !json_get_str(o, "name", &name, e) || !json_get_str(o, "source", &source, e) ||
	    (json_find(o, "block") != NULL && !json_get_u64(o, "block", &block, e)) ||
	    (json_find(o, "time") != NULL && !json_get_u64(o, "time", &time, e)))
		return false;
	if (!span_is(source, "claimed") && !span_is(source, "proven"))
		return err_set(e, ERR_UNKNOWN, json_find(o, "source")->at, "needed claimed or proven") ||
		       err_in(e, "source");
	if (name.n == 0 || memchr(name.p, 0, name.n) != NULL)
		return err_set(e, ERR_RANGE, json_find(o, "name")->at, "not a name") || err_in(e, "name");
	if (json_find(o, "value") == NULL)
		return err_set(e, ERR_MISSING, o->at, "missing") || err_in(e, "value");
	if (facts_find(out, name) != NULL)
		return err_set(e, ERR_MISMATCH, json_find(o, "name")->at, "two facts are called %.*s", text_shown(name),
			       (const char *)name.p) || err_in(e, "name");
	facts_add(a, out, arena_str(a, name), json_find(o, "value"), FACT_CLAIMED, block);
	return true;
}

bool facts_from_json(struct arena *a, struct facts *out, const struct json *array, uint64_t block, struct err *e)
{
	size_t i = 0;
	*out = (struct facts){0};
	if (array->type != JSON_ARRAY)
		return err_set(e, ERR_SYNTAX, array->at, "needed an array of facts");
	if (array->n > FACTS_MAX)
		return err_set(e, ERR_RANGE, array->at, "at most %d facts, found %zu", FACTS_MAX, array->n);
	for (const struct json *o = array->first; o != NULL; o = o->next, i++)
		if (o->type != JSON_OBJECT)
			return err_set(e, ERR_SYNTAX, o->at, "needed an object") || err_in(e, "[%zu]", i);
		else if (!read_fact(a, out, o, block, e))
			return err_in(e, "[%zu]", i);
	return true;
}
