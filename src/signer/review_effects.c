#include "src/signer/review_effects.h"

#include <inttypes.h>

#include "src/base/text.h"
#include "src/base/time.h"

bool review_effects_of(struct arena *a, struct effects_said *out, const struct packet *p, struct err *e)
{
	const struct json *v = p->evidence != NULL ? json_find(p->evidence, "preview") : NULL;
	if (json_is_null(v))
		return false;
	return effects_said_read(a, out, v, e) || err_in(e, "evidence.preview");
}

static void add(struct buf *out, struct span v)
{
	if (v.p == NULL)
		buf_str(out, "no answer");
	else if (v.n == 0)
		buf_str(out, "(empty)");
	else
		buf_span(out, v);
}

static void value(struct paper *out, const struct value_said *v)
{
	struct buf b = {0};
	buf_span(&b, v->say);
	buf_str(&b, "\n  ");
	add(&b, v->before);
	if ((v->before.p == NULL) != (v->after.p == NULL) || !span_eq(v->before, v->after)) {
		buf_str(&b, "  ->  ");
		add(&b, v->after);
	}
	if (v->kind == EFFECT_WRONG && v->expect.p != NULL) {
		buf_str(&b, "  (meant: ");
		add(&b, v->expect);
		buf_byte(&b, ')');
	}
	paper_foreign(out, 4, NULL, buf_view(&b));
	buf_release(&b);
}

static void values(struct paper *out, const struct effects_said *s, enum effect_kind kind, enum style style)
{
	bool any = false;
	for (size_t i = 0; i < s->n_values; i++) {
		if (s->values[i].kind != kind)
			continue;
		if (!any)
			paper_line(out, style, 2, "%s", effect_kind_title(kind));
		any = true;
		value(out, &s->values[i]);
	}
}

static void texts(struct paper *out, const char *title, enum style style, struct texts_said t)
{
	if (t.n > 0)
		paper_line(out, style, 2, "%s", title);
	for (size_t i = 0; i < t.n; i++)
		paper_foreign(out, 4, NULL, t.v[i]);
}

static void slots(struct paper *out, const struct effects_said *s)
{
	if (s->n_slots > 0)
		paper_line(out, STYLE_TEXT, 2, "Storage that differs");
	for (size_t i = 0; i < s->n_slots; i++) {
		const struct slot_said *x = &s->slots[i];
		struct buf b = {0};
		if (x->name.p != NULL) {
			buf_span(&b, x->name);
		} else {
			buf_str(&b, "UNNAMED: ");
			buf_span(&b, x->at);
			buf_str(&b, " slot ");
			buf_span(&b, x->slot);
		}
		buf_str(&b, "\n  ");
		buf_span(&b, x->before);
		buf_str(&b, "\n  ->  ");
		buf_span(&b, x->after);
		paper_foreign(out, 4, NULL, buf_view(&b));
		buf_release(&b);
	}
}

static void head(struct paper *out, const struct effects_said *s)
{
	struct buf at = {0};
	time_format_minute(&at, s->block_time <= INT64_MAX / 1000 ? (int64_t)s->block_time : 0);
	paper_begin(out, 2, 4);
	paper_add(out, STYLE_TEXT, "Run in thought at block %" PRIu64 ", %s, by ", s->block, buf_cstr(&at));
	paper_add_foreign(out, s->endpoint);
	paper_add(out, STYLE_TEXT, ". Nothing of it was checked here.");
	paper_end(out);
	if (s->failed.p != NULL) {
		paper_line(out, STYLE_BAD, 2, "IT FAILS");
		paper_foreign(out, 4, NULL, s->failed);
	}
	if (s->clean)
		paper_line(out, STYLE_TEXT, 2, "What is intended changes, and nothing else of %" PRIu64 " values that "
			   "were read.", s->unchanged + s->n_values);
	buf_release(&at);
}

void review_effects_write(struct arena *a, struct paper *out, const struct packet *p, bool details)
{
	struct effects_said s;
	struct err e = {0};
	const bool there = review_effects_of(a, &s, p, &e);
	if (there) {
		paper_title(out, "The console says: what its node's simulation changed");
		head(out, &s);
		texts(out, "NOT TO BE DONE", STYLE_BAD, s.refusals);
		values(out, &s, EFFECT_WRONG, STYLE_BAD);
		values(out, &s, EFFECT_UNINTENDED, STYLE_BAD);
		values(out, &s, EFFECT_INTENDED, STYLE_TEXT);
	}
	if (there && details) {
		values(out, &s, EFFECT_ALONG, STYLE_TEXT);
		values(out, &s, EFFECT_SAME, STYLE_TEXT);
		slots(out, &s);
		texts(out, "Events", STYLE_TEXT, s.events);
		texts(out, "How it was run", STYLE_TEXT, s.how);
	}
	if (there)
		texts(out, "To know", STYLE_WARN, s.warnings);
	err_clear(&e);
}
