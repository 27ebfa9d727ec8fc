/* What is made of what was typed: trouble at each field, sentence, calls, and what speaks against saving. */
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/units.h"
#include "tui/console/compose.h"

#define DELAY_MAX (UINT64_C(3650) * 86400)     /* what `setgov draft` takes */

/* ---- one field ---- */

/* Says where the eye has to go, and never what the right letter would be: whoever mistyped an address has to look it
 * up again. */
static void address_trouble(struct buf *out, struct span text, const struct err *e)
{
	if (e->code == ERR_MISMATCH)
		buf_fmt(out, "the checksum (EIP-55) does not fit, first at character %zu: mistyped? Copy it anew "
			"from where it came from", e->at + 1);
	else if (text.n < 2 || text.p[0] != '0' || text.p[1] != 'x')
		buf_str(out, "needed 0x and 40 digits, or a name of the address book (Ctrl-O)");
	else if (e->at != ERR_NO_OFFSET)
		buf_fmt(out, "needed a hex digit (0-9, a-f) as character %zu", e->at + 1);
	else
		buf_span(out, buf_view(&e->what));
}

/* Of an argument or a word: as the error says it, with the byte counted from one. */
static void say_trouble(struct buf *out, const struct err *e)
{
	struct buf safe = {0};
	text_safe(&safe, buf_view(&e->what), false);
	if (e->at != ERR_NO_OFFSET)
		buf_fmt(out, "character %zu: ", e->at + 1);
	buf_span(out, buf_view(&safe));
	buf_release(&safe);
}

/* In the unit that people type it in. */
static void put_value(struct buf *out, enum action_arg_type type, struct span text)
{
	struct u256 v;
	uint64_t seconds;
	if (type == ARG_ETHER && u256_parse(&v, text, NULL))
		wei_format(out, &v);
	else if (type == ARG_DURATION && u256_parse(&v, text, NULL) && u256_fits_u64(&v, &seconds))
		duration_format(out, seconds);
	else
		text_safe(out, text, false);
}

/* "now …", and what an address is called; both lines of what stands beside a field. */
static const char *beside(struct compose *c, const struct pinned *pin, const struct composed *x, size_t i,
			  struct span canonical)
{
	struct buf b = {0};
	struct addr at;
	const char *label = NULL;
	for (const struct json *row = c->now != NULL ? c->now->first : NULL; row != NULL; row = row->next) {
		struct span arg, now;
		if (json_get_str(row, "arg", &arg, NULL) && span_eq(arg, x->args[i].name) &&
		    json_get_str(row, "now", &now, NULL)) {
			buf_str(&b, "now ");
			put_value(&b, x->args[i].type, now);
			break;
		}
	}
	if (x->args[i].type == ARG_ADDRESS && canonical.n > 0 && addr_parse(&at, canonical, NULL)) {
		label = deployment_label(&c->judged, pin->deployment, &at);
		if (!span_eq(canonical, buf_view(&x->form.fields[i].edit.text)))
			buf_fmt(&b, "%swith its checksum: %.*s", b.n > 0 ? "; " : "", text_shown(canonical),
				(const char *)canonical.p);
		buf_fmt(&b, "%s%s", b.n > 0 ? "; " : "",
			label != NULL ? label : "not in the address book of this profile");
	}
	const char *out = b.n > 0 ? arena_str(&c->judged, buf_view(&b)) : NULL;
	buf_release(&b);
	return out;
}

static bool is_empty_and_needed(const struct composed *x, size_t i)
{
	return x->form.fields[i].edit.text.n == 0 && x->form.fields[i].required;
}

/* False: it is not there yet, or wrong. */
static bool judge_field(struct compose *c, const struct pinned *pin, struct composed *x, size_t i)
{
	struct field *f = &x->form.fields[i];
	struct span text = buf_view(&f->edit.text), canonical = {0};
	struct err e = {0};
	struct addr at;
	struct buf address = {0};
	bool ok = true;
	buf_clear(&f->trouble);
	if (x->args[i].type == ARG_ADDRESS && compose_book_find(pin, text, &at)) {
		addr_format(&address, &at);
		text = arena_copy(&c->judged, buf_view(&address));
	}
	buf_release(&address);
	if (text.n > 0) {
		ok = action_read_arg(&c->judged, &canonical, pin, x->def, i, text, &e);
		if (!ok && x->args[i].type == ARG_ADDRESS && e.code != ERR_RANGE)
			address_trouble(&f->trouble, text, &e);
		else if (!ok)
			say_trouble(&f->trouble, &e);
	} else if (is_empty_and_needed(x, i)) {
		ok = false;
		if (x->left[i])
			buf_fmt(&f->trouble, "this is needed: %s", f->label);
	}
	f->beside = beside(c, pin, x, i, canonical);
	err_clear(&e);
	return ok;
}

/* ---- one action ---- */

static struct span pair_of(struct compose *c, const struct pinned *pin, const struct field *f,
			   enum action_arg_type type)
{
	struct buf b = {0};
	struct addr at;
	buf_fmt(&b, "%s=", f->name);
	if (type == ARG_ADDRESS && compose_book_find(pin, buf_view(&f->edit.text), &at))
		addr_format(&b, &at);
	else
		buf_span(&b, buf_view(&f->edit.text));
	const struct span out = arena_copy(&c->judged, buf_view(&b));
	buf_release(&b);
	return out;
}

/* Where an error about several arguments belongs: at the field it names, or at the second of a pair ("old and new:
 * why"). */
static struct field *field_of(const struct composed *x, const struct err *e)
{
	struct field *f = form_field(&x->form, buf_cstr(&e->field));
	for (size_t i = 0; f == NULL && i < x->form.n; i++) {
		struct buf pair = {0};
		buf_fmt(&pair, " and %s: ", x->form.fields[i].name);
		if (strstr(buf_cstr(&e->what), buf_cstr(&pair)) != NULL)
			f = &x->form.fields[i];
		buf_release(&pair);
	}
	return f;
}

static bool read_action(struct compose *c, const struct pinned *pin, struct composed *x, struct err *e)
{
	struct span *pairs = ARENA_ARRAY(&c->judged, struct span, x->form.n + 1);
	struct json *action;
	size_t n = 0;
	for (size_t i = 0; i < x->form.n; i++)
		if (x->form.fields[i].edit.text.n > 0)
			pairs[n++] = pair_of(c, pin, &x->form.fields[i], x->args[i].type);
	if (!action_read(&c->judged, &action, pin, action_name(x->def), pairs, n, e))
		return false;
	x->action = action;
	return true;
}

static void write_call(struct compose *c, struct composed_call *out, const struct call *call)
{
	struct buf to = {0}, value = {0}, data = {0};
	addr_format(&to, &call->to);
	buf_0xhex(&data, call->data);
	wei_format(&value, &call->value);
	out->to = arena_str(&c->judged, buf_view(&to));
	out->data = arena_str(&c->judged, buf_view(&data));
	out->value = u256_is_zero(&call->value) ? NULL : arena_str(&c->judged, buf_view(&value));
	buf_release(&to);
	buf_release(&value);
	buf_release(&data);
}

static void explain_calls(struct compose *c, const struct pinned *pin, struct composed *x, struct calls calls)
{
	struct err e = {0};
	x->calls = ARENA_ARRAY(&c->judged, struct composed_call, calls.n + 1);
	x->n_calls = calls.n;
	for (size_t i = 0; i < calls.n; i++) {
		struct explained_call *call = ARENA_NEW(&c->judged, struct explained_call);
		write_call(c, &x->calls[i], &calls.v[i]);
		if (explain_call(&c->judged, call, pin, &calls.v[i], &e))
			x->calls[i].explained = call;
		else
			x->calls[i].trouble = text_safe_err(&c->judged, &e);
		err_clear(&e);
	}
}

static void say_action(struct compose *c, const struct pinned *pin, struct composed *x)
{
	struct buf sentence = {0};
	struct calls calls;
	struct err e = {0};
	x->good = action_say(&c->judged, &sentence, pin, x->action, &e) &&
		  action_compile(&c->judged, &calls, pin, x->action, &e);
	if (x->good) {
		x->sentence = arena_str(&c->judged, buf_view(&sentence));
		explain_calls(c, pin, x, calls);
	} else {
		x->waits = text_safe_err(&c->judged, &e);
	}
	err_clear(&e);
	buf_release(&sentence);
}

/* The argument that the chain fills, when nobody has typed one. */
static const struct action_arg *left_to_chain(const struct composed *x)
{
	for (size_t i = 0; i < x->form.n; i++)
		if (x->args[i].from_chain.n > 0 && x->form.fields[i].edit.text.n == 0)
			return &x->args[i];
	return NULL;
}

static void judge_action(struct compose *c, const struct pinned *pin, struct composed *x)
{
	size_t wrong = 0;
	struct err e = {0};
	x->good = false;
	x->action = NULL;
	x->sentence = x->waits = NULL;
	x->n_calls = 0;
	for (size_t i = 0; i < x->form.n; i++)
		wrong += !judge_field(c, pin, x, i);
	const struct action_arg *chain = left_to_chain(x);
	if (wrong > 0) {
		x->waits = arena_fmt(&c->judged, "%zu of %zu arguments %s still to be filled in or put right", wrong,
				     x->form.n, wrong == 1 ? "is" : "are");
	} else if (chain != NULL) {
		x->good = true;
		x->waits = arena_fmt(&c->judged, "%.*s (%.*s) is read from the chain when it is saved: sentence and "
				     "calldata follow then", text_shown(chain->name), (const char *)chain->name.p,
				     text_shown(chain->ask), (const char *)chain->ask.p);
	} else if (read_action(c, pin, x, &e)) {
		say_action(c, pin, x);
	} else {
		struct field *f = field_of(x, &e);
		if (f != NULL)
			say_trouble(&f->trouble, &e);
		x->waits = text_safe_err(&c->judged, &e);
	}
	err_clear(&e);
}

/* ---- all of them ---- */

static const char *mixed(const struct compose *c)
{
	size_t direct = 0;
	for (size_t i = 0; i < c->n; i++)
		direct += action_is_direct(c->actions[i]->def);
	if (direct > 0 && direct < c->n)
		return "Direct actions and timelock actions do not mix in one change: make two.";
	if (direct > 1)
		return "A direct change has exactly one call: make a change for each action.";
	return NULL;
}

/* Of the command line that it takes, behind "setgov". */
static size_t count_words(const struct compose *c)
{
	size_t n = 1 + 2 * N_CHANGE_WORDS + 2;
	for (size_t i = 0; i < c->n; i++)
		n += 2 + c->actions[i]->form.n;
	return n;
}

static void judge_together(struct compose *c, const struct pinned *pin)
{
	struct json *all = json_array(&c->judged);
	struct calls calls;
	struct err e = {0};
	bool direct;
	c->complaint = mixed(c);
	if (c->complaint == NULL && count_words(c) > EFFECT_WORDS_MAX)
		c->complaint = "More actions than one change can be drafted with here: make two.";
	for (size_t i = 0; i < c->n; i++) {
		if (c->actions[i]->action == NULL)
			return;                        /* it says so itself */
		json_push(all, json_copy(&c->judged, c->actions[i]->action));
	}
	if (c->complaint == NULL && c->n > 0 && !actions_compile(&c->judged, &calls, &direct, pin, all, &e))
		c->complaint = text_safe_err(&c->judged, &e);
	err_clear(&e);
}

/* ---- title, reason … ---- */

static void judge_delay(const struct compose *c, struct field *f)
{
	const struct span text = buf_view(&f->edit.text);
	struct err e = {0};
	uint64_t seconds;
	if (text.n == 0)
		return;
	if (c->direct)
		buf_str(&f->trouble, "a direct change has no delay: leave it empty");
	else if (!duration_parse(&seconds, text, &e))
		say_trouble(&f->trouble, &e);
	else if (seconds > DELAY_MAX)
		buf_str(&f->trouble, "at most ten years");
	err_clear(&e);
}

static void judge_after(const struct compose *c, const struct model *m, struct field *f)
{
	const struct span text = buf_view(&f->edit.text);
	if (text.n == 0)
		return;
	if (c->direct) {
		buf_str(&f->trouble, "a direct change waits for no other: leave it empty");
		return;
	}
	if (span_is(text, c->edits)) {
		buf_str(&f->trouble, "a change cannot wait for itself");
		return;
	}
	for (size_t i = 0; i < m->changes.n; i++)
		if (span_is(text, m->changes.row[i].c.id))
			return;
	buf_str(&f->trouble, "needed a change of this log, like SC-6");
}

static void judge_words(struct compose *c, const struct model *m)
{
	c->words_good = true;
	for (size_t i = 0; i < c->words.n; i++) {
		struct field *f = &c->words.fields[i];
		buf_clear(&f->trouble);
		if (i == WORD_DELAY)
			judge_delay(c, f);
		else if (i == WORD_AFTER)
			judge_after(c, m, f);
		else if (f->required && f->edit.text.n == 0 && c->words_left[i])
			buf_str(&f->trouble, "this is needed");
		c->words_good = c->words_good && f->trouble.n == 0 && !(f->required && f->edit.text.n == 0);
	}
}

void compose_judge(struct compose *c, const struct model *m)
{
	const struct pinned *pin = &m->ws->pin;
	arena_release(&c->judged);
	c->direct = c->n > 0;
	for (size_t i = 0; i < c->n; i++) {
		judge_action(c, pin, c->actions[i]);
		c->direct = c->direct && action_is_direct(c->actions[i]->def);
	}
	judge_together(c, pin);
	judge_words(c, m);
}

bool compose_ready(const struct compose *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->actions[i]->good)
			return false;
	return c->n > 0 && c->words_good && c->complaint == NULL;
}
