#include <string.h>

#include "src/base/text.h"
#include "tui/kit/form.h"

void edit_release(struct edit *d)
{
	buf_release(&d->text);
	*d = (struct edit){0};
}

/* A character that sits on the one before it. */
static bool is_mark(uint32_t c)
{
	struct buf text = {0};
	bool mark;

	if (c < 0x80)
		return false;
	text_encode(&text, c);
	mark = !text_is_plain(buf_view(&text), false);
	buf_release(&text);
	return mark;
}

static size_t decode_at(const struct edit *d, size_t at, uint32_t *c)
{
	return text_decode(span_of(d->text.p + at, d->text.n - at), c);
}

/* Where the character behind `at` ends, with its marks. */
static size_t after(const struct edit *d, size_t at)
{
	uint32_t c = 0;

	if (at >= d->text.n)
		return d->text.n;
	at += decode_at(d, at, &c);
	while (at < d->text.n) {
		const size_t n = decode_at(d, at, &c);

		if (!is_mark(c))
			break;
		at += n;
	}
	return at;
}

/* Where the character before `at` begins. */
static size_t before(const struct edit *d, size_t at)
{
	uint32_t c = 0;

	do {
		while (at > 0 && (d->text.p[--at] & 0xc0) == 0x80)
			;
		if (at < d->text.n)
			decode_at(d, at, &c);
	} while (at > 0 && is_mark(c));
	return at;
}

static size_t word_before(const struct edit *d)
{
	size_t at = d->at;

	while (at > 0 && d->text.p[at - 1] == ' ')
		at--;
	while (at > 0 && d->text.p[at - 1] != ' ')
		at--;
	return at;
}

/* Takes out what lies between, and leaves the cursor there. */
static void erase(struct edit *d, size_t from, size_t to)
{
	struct buf *t = &d->text;

	if (from < to) {
		memmove(t->p + from, t->p + to, t->n - to);
		t->n -= to - from;
		t->p[t->n] = 0;
	}
	d->at = from;
}

static void insert(struct edit *d, uint32_t c)
{
	const size_t max = d->max ? d->max : EDIT_MAX, was = d->text.n;
	struct buf bytes = {0};

	text_encode(&bytes, c);
	if (was <= max && bytes.n <= max - was && !(d->at == 0 && is_mark(c))) {
		buf_span(&d->text, buf_view(&bytes));
		memmove(d->text.p + d->at + bytes.n, d->text.p + d->at, was - d->at);
		memcpy(d->text.p + d->at, bytes.p, bytes.n);
		d->at += bytes.n;
	}
	buf_release(&bytes);
}

void edit_set(struct edit *d, struct span text)
{
	buf_clear(&d->text);
	d->at = 0;
	while (text.n) {
		uint32_t c = 0;
		const size_t n = text_decode(text, &c);
		const size_t skip = n ? n : 1;

		if (n && key_is_text(c))
			insert(d, c);
		text = span_of(text.p + skip, text.n - skip);
	}
}

static bool move_key(struct edit *d, uint32_t key)
{
	switch (key) {
	case K_LEFT: case K_CTRL('b'):
		d->at = before(d, d->at);
		return true;
	case K_RIGHT: case K_CTRL('f'):
		d->at = after(d, d->at);
		return true;
	case K_HOME: case K_CTRL('a'):
		d->at = 0;
		return true;
	case K_END: case K_CTRL('e'):
		d->at = d->text.n;
		return true;
	default:
		return false;
	}
}

static bool erase_key(struct edit *d, uint32_t key)
{
	switch (key) {
	case K_BACKSPACE: case K_CTRL('h'):
		erase(d, before(d, d->at), d->at);
		return true;
	case K_DELETE: case K_CTRL('d'):
		erase(d, d->at, after(d, d->at));
		return true;
	case K_CTRL('k'):
		erase(d, d->at, d->text.n);
		return true;
	case K_CTRL('u'):
		erase(d, 0, d->at);
		return true;
	case K_CTRL('w'):
		erase(d, word_before(d), d->at);
		return true;
	default:
		return false;
	}
}

bool edit_key(struct edit *d, uint32_t key)
{
	if (move_key(d, key) || erase_key(d, key))
		return true;
	if (!key_is_text(key))
		return false;
	insert(d, key);
	return true;
}

void edit_draw(struct paper *p, const struct edit *d, bool focused)
{
	const bool keep = p->keep;

	p->keep = true;
	paper_add_safe(p, STYLE_FIELD, span_of(d->text.p, d->at));
	p->cursor_next = focused;
	if (d->at < d->text.n)
		paper_add_safe(p, STYLE_FIELD, span_of(d->text.p + d->at, d->text.n - d->at));
	if (focused || d->text.n == 0)
		paper_add(p, STYLE_FIELD, " ");
	p->keep = keep;
}
