#include "tui/console/effect.h"

#include <string.h>

struct effect *effects_add(struct effects *fx, enum effect_kind kind, const char *what)
{
	if (fx->n == EFFECTS_MAX)
		BUG("one step has too many effects");
	struct effect *e = &fx->v[fx->n++];
	*e = (struct effect){ .kind = kind, .what = arena_str(&fx->arena, span_str(what)) };
	return e;
}

void effect_word(struct effects *fx, struct effect *e, const char *word)
{
	if (e->words == NULL)
		e->words = ARENA_ARRAY(&fx->arena, const char *, EFFECT_WORDS_MAX + 1);
	if (e->n_words < EFFECT_WORDS_MAX)
		e->words[e->n_words++] = arena_str(&fx->arena, span_str(word));
	else
		e->too_long = true;
}

void effect_fmt(struct effects *fx, struct effect *e, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	effect_word(fx, e, buf_cstr(&b));
	buf_release(&b);
}

void effect_words(struct effects *fx, struct effect *e, const char *const words[])
{
	for (; *words != NULL; words++)
		effect_word(fx, e, *words);
}

void effect_option(struct effects *fx, struct effect *e, const char *name, struct span value)
{
	if (value.n == 0)
		return;
	effect_word(fx, e, name);
	effect_fmt(fx, e, "%.*s", (int)value.n, (const char *)value.p);
}
