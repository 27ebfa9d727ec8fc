#include "tui/kit/key.h"

#include "src/base/text.h"

static const struct {
	uint32_t key;
	const char *name;
} names[] = {
#define K(id, name) {K_##id, name},
	KEYS(K)
#undef K
	{' ', "Space"},
};

/* What terminals send for Tab, Enter and Esc has a letter, too; the key has one value. */
static const struct {
	uint32_t ctrl, key;
} same[] = {
	{K_CTRL('i'), K_TAB}, {K_CTRL('m'), K_ENTER}, {K_CTRL('j'), K_ENTER}, {K_CTRL('['), K_ESC},
};

void key_name(struct buf *out, uint32_t key)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].key == key) {
			buf_str(out, names[i].name);
			return;
		}
	}
	if (key != K_NONE && key < 0x20)
		buf_fmt(out, "Ctrl-%c", (int)(key | 0x40));
	else if (key_is_text(key))
		text_encode(out, key);
	else
		buf_fmt(out, "(key %X)", (unsigned)key);
}

static uint8_t ascii_upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c & ~0x20u) : c;
}

static bool same_name(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_upper(a.p[i]) != ascii_upper(b.p[i]))
			return false;
	return true;
}

static bool parse_ctrl(uint32_t *key, uint8_t c)
{
	c = ascii_upper(c);
	if (c < 'A' || c > '_')
		return false;
	*key = K_CTRL(c);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (same[i].ctrl == *key)
			*key = same[i].key;
	return true;
}

bool key_parse(uint32_t *key, struct span name)
{
	uint32_t c;

	if (name.n && text_decode(name, &c) == name.n && key_is_text(c)) {
		*key = c;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (same_name(name, span_str(names[i].name))) {
			*key = names[i].key;
			return true;
		}
	}
	return name.n == 6 && same_name(span_of(name.p, 5), span_str("Ctrl-")) && parse_ctrl(key, name.p[5]);
}

bool key_is_text(uint32_t key)
{
	struct buf text = {0};
	bool plain;

	if (key < 0x80)
		return key >= 0x20 && key < 0x7f;
	if (key > 0x10ffff || (key >= 0xd800 && key <= 0xdfff))
		return false;
	buf_byte(&text, 'a');                  /* a combining mark can be typed, on something */
	text_encode(&text, key);
	plain = text_is_plain(buf_view(&text), false);
	buf_release(&text);
	return plain;
}
