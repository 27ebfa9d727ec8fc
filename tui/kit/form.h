/* Typing: one line (struct edit), and forms of several fields. No terminal in here: keys come in, rows on paper come
 * out. What is typed is plain text; secrets are not typed into these. */
#ifndef SETGOV_TUI_KIT_FORM_H
#define SETGOV_TUI_KIT_FORM_H

#include "tui/kit/key.h"
#include "tui/kit/paper.h"

struct edit {
	struct buf text;              /* UTF-8, one line */
	size_t at;                    /* byte offset of the cursor, on a character */
	size_t max;                   /* bytes, 0: EDIT_MAX */
};
#define EDIT_MAX ((size_t)4096)

/* A combining mark belongs to the character before it: the cursor never stands between them, they go together, and a
 * mark with nothing before it is not taken. So the text is always plain (text_is_plain()). */
void edit_release(struct edit *d);
void edit_set(struct edit *d, struct span text);              /* cursor behind it; what is not plain text is dropped */
/* Text, Backspace, Delete, Left, Right, Home, End, Ctrl-A/E/B/F/D/H/K/U/W. False: not a key of its. */
bool edit_key(struct edit *d, uint32_t key);
/* Writes it in STYLE_FIELD from where the open line stands, wrapping like everything on paper but keeping every blank;
 * `focused` puts the paper's cursor there, with a place to type behind the text. */
void edit_draw(struct paper *p, const struct edit *d, bool focused);

enum field_kind { FIELD_TEXT, FIELD_CHOICE };
struct field {
	const char *name;             /* "perTx": how it is stored */
	const char *label;            /* "most in one transaction" */
	const char *hint;             /* "amount: 0.05 ether"; NULL: none */
	const char *beside;           /* what is so now: "now 0.001 ether (block 57)"; NULL: not known */
	const char *suggestion;       /* shown when the text is empty: the default; NULL: none */
	bool required;
	enum field_kind kind;
	const char *const *choices;   /* CHOICE: a NULL-ended list; typed text searches it, Left and Right turn it */
	bool fixed;                   /* nothing to choose: shown, and the focus goes past it unless all are so */
	bool passes_on;               /* CHOICE: typing that fits none of them, or a '/', goes to the next field */
	struct edit edit;
	struct buf typed;             /* CHOICE: what was typed to search; `edit` holds what that, or turning, chose */
	const char *before;           /* CHOICE: what was chosen before anything was typed, or NULL */
	struct buf trouble;           /* what is wrong with it, in one sentence; empty: nothing. Goes when it changes */
};

struct form {
	struct field *fields;
	size_t n, focus;
};
/* Fields are calloc'd by form_init, their strings borrowed: they must outlive the form. */
void form_init(struct form *f, size_t n);
void form_release(struct form *f);
struct field *form_field(const struct form *f, const char *name);     /* NULL: no such */
struct span form_value(const struct form *f, const char *name);       /* its text; empty when no such */
enum form_answer { FORM_IGNORED, FORM_MOVED, FORM_CHANGED, FORM_DONE };
/* Up, Down, Tab, Shift-Tab move between fields, and are FORM_IGNORED at the ends; Enter goes to the next one and is
 * FORM_DONE on the last (or without any field). FORM_CHANGED: a field's text is another.
 * Leaving a CHOICE takes the one choice that what was typed can mean (then FORM_CHANGED, too), or says in `trouble`
 * that there is none or are several. FORM_DONE promises that each CHOICE is one of its choices or empty: a form with
 * another goes to that field instead. What a CHOICE passes on is FORM_CHANGED, and the choice is the one it was before.
 * Whether a required field is filled in is the caller's to judge. */
enum form_answer form_key(struct form *f, uint32_t key);
/* Each field is the item with its number, counted from `first_item`. A focused CHOICE lists FORM_CHOICES of those that
 * match, and says how many more there are. */
#define FORM_CHOICES ((size_t)6)
void form_draw(struct paper *p, const struct form *f, uint32_t first_item);

#endif
