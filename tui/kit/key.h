/* Keys: what a person pressed, as one number each, with names for help texts and tests. */
#ifndef SETGOV_TUI_KIT_KEY_H
#define SETGOV_TUI_KIT_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/buf.h"

/* A Unicode character is itself; these lie above them. Control characters other than those named here are
 * K_CTRL('a') …; Enter, Tab, Esc and Backspace have one value each, whichever byte the terminal sends. */
#define KEYS(K) /* id     name */ \
	K(ENTER,     "Enter") \
	K(ESC,       "Esc") \
	K(TAB,       "Tab") \
	K(BACKTAB,   "Shift-Tab") \
	K(BACKSPACE, "Backspace") \
	K(DELETE,    "Delete") \
	K(UP,        "Up") \
	K(DOWN,      "Down") \
	K(LEFT,      "Left") \
	K(RIGHT,     "Right") \
	K(HOME,      "Home") \
	K(END,       "End") \
	K(PAGE_UP,   "PgUp") \
	K(PAGE_DOWN, "PgDn") \
	K(F1,        "F1") \
	K(RESIZE,    "(resize)") \
	K(HANGUP,    "(hangup)")            /* the terminal went away, or we are asked to end */
enum {
	K_NONE = 0,
	K_FIRST = 0x110000,
#define K(id, name) K_##id,
	KEYS(K)
#undef K
	K_END_OF_KEYS
};
#define K_CTRL(c) ((uint32_t)(c) & 0x1f)

/* "Enter", "Ctrl-C", "Space", "q", "é"; "(key 9B)" for what nobody means to press. */
void key_name(struct buf *out, uint32_t key);
/* The inverse, for scripts and --plain: names without regard to ASCII case, a single character as it is. Ctrl-I,
 * Ctrl-M, Ctrl-J and Ctrl-[ are the keys that a terminal takes them for. */
MUST_CHECK bool key_parse(uint32_t *key, struct span name);
/* A character that can be typed into a field: text_safe() shows it as it is (a combining mark: on another). */
bool key_is_text(uint32_t key);

#endif
