#include "tui/console/half_typed.h"

#include <string.h>

#include "src/base/json.h"
#include "src/proof/line.h"
#include "tui/kit/form.h"

#define FORMAT "setgov-compose/1"

const char *const change_word_names[N_CHANGE_WORDS] = {
#define W(id, name) name,
	CHANGE_WORDS(W)
#undef W
};

/* ---- writing ---- */

static struct json *args_json(struct arena *a, const struct half_action *action)
{
	struct json *o = json_object(a);
	for (size_t i = 0; i < action->n_args; i++)
		json_set(o, a, arena_str(a, action->args[i].name), json_text(a, action->args[i].text));
	return o;
}

static struct json *actions_json(struct arena *a, const struct half_typed *h)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < h->n_actions; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "action", json_text(a, h->actions[i].name));
		json_set(o, a, "args", args_json(a, &h->actions[i]));
		json_push(list, o);
	}
	return list;
}

static struct json *holder_json(struct arena *a, const struct half_typed *h)
{
	struct json *o = json_object(a);
	json_set(o, a, "actor", json_text(a, h->actor));
	json_set(o, a, "host", json_text(a, h->host));
	json_set(o, a, "pid", json_u64(a, h->pid));
	return o;
}

void half_typed_write(struct buf *out, const struct half_typed *h)
{
	struct arena a = {0};
	struct json *o = json_object(&a), *words = json_object(&a);
	struct buf time = {0};
	time_format(&time, h->time);
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		json_set(words, &a, change_word_names[i], json_text(&a, h->words[i]));
	json_set(o, &a, "actions", actions_json(&a, h));
	json_set(o, &a, "edits", json_text(&a, h->edits));
	json_set(o, &a, "format", json_str(&a, FORMAT));
	json_set(o, &a, "holder", holder_json(&a, h));
	json_set(o, &a, "time", json_text(&a, buf_view(&time)));
	json_set(o, &a, "words", words);
	json_canonical(out, o);
	buf_release(&time);
	arena_release(&a);
}

/* ---- reading ---- */

/* What can stand in a field: one line, no control characters, no longer than a field. */
static bool get_typed(const struct json *object, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(object, name, out, e))
		return false;
	const size_t at = json_find(object, name)->at;
	if (out->n > EDIT_MAX)
		return err_set(e, ERR_RANGE, at, "at most %zu bytes, found %zu", EDIT_MAX, out->n) ||
		       err_in(e, "%s", name);
	for (size_t i = 0; i < out->n; i++)
		if (out->p[i] < 0x20 || out->p[i] == 0x7f)
			return err_set(e, ERR_SYNTAX, at, "needed one line of text, found byte 0x%02x", out->p[i]) ||
			       err_in(e, "%s", name);
	return true;
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", s.p[i]) == NULL ||
		    s.p[i] == '\0')
			return false;
	return s.n > 0 && s.n <= 64;
}

static bool read_args(struct arena *a, struct half_action *out, const struct json *args, struct err *e)
{
	if (args->n > HALF_ARGS_MAX)
		return err_set(e, ERR_RANGE, args->at, "at most %u arguments, found %zu", HALF_ARGS_MAX, args->n);
	out->args = ARENA_ARRAY(a, struct half_arg, args->n + 1);
	for (const struct json *v = args->first; v != NULL; v = v->next) {
		struct half_arg *arg = &out->args[out->n_args];
		if (!is_name(v->name))
			return err_set(e, ERR_SYNTAX, v->at, "the name of an argument is letters and digits");
		arg->name = v->name;
		if (!get_typed(args, arena_str(a, v->name), &arg->text, e))
			return false;
		out->n_args++;
	}
	return true;
}

static bool read_action(struct arena *a, struct half_action *out, const struct json *v, struct err *e)
{
	static const char *const members[] = { "action", "args", NULL };
	const struct json *args;
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, members, e) || !json_get_str(v, "action", &out->name, e) ||
	    !json_get(v, "args", JSON_OBJECT, &args, e))
		return false;
	if (!is_name(out->name))
		return err_set(e, ERR_SYNTAX, json_find(v, "action")->at, "needed the name of an action") ||
		       err_in(e, "action");
	return read_args(a, out, args, e) || err_in(e, "args");
}

static bool read_actions(struct arena *a, struct half_typed *out, const struct json *list, struct err *e)
{
	if (list->n > HALF_ACTIONS_MAX)
		return err_set(e, ERR_RANGE, list->at, "at most %u actions, found %zu", HALF_ACTIONS_MAX, list->n);
	out->actions = ARENA_ARRAY(a, struct half_action, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (!read_action(a, &out->actions[out->n_actions], v, e))
			return err_in(e, "[%zu]", out->n_actions);
		out->n_actions++;
	}
	return true;
}

static bool read_holder(struct half_typed *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "actor", "host", "pid", NULL };
	const struct json *o;
	if (!json_get(doc, "holder", JSON_OBJECT, &o, e))
		return false;
	if (!json_only(o, members, e) || !get_typed(o, "actor", &out->actor, e) ||
	    !get_typed(o, "host", &out->host, e) || !json_get_u64(o, "pid", &out->pid, e))
		return err_in(e, "holder");
	return true;
}

static bool read_words(struct half_typed *out, const struct json *doc, struct err *e)
{
	const char *members[N_CHANGE_WORDS + 1];
	const struct json *o;
	memcpy(members, change_word_names, sizeof(change_word_names));
	members[N_CHANGE_WORDS] = NULL;
	if (!json_get(doc, "words", JSON_OBJECT, &o, e))
		return false;
	if (!json_only(o, members, e))
		return err_in(e, "words");
	for (int i = 0; i < N_CHANGE_WORDS; i++)
		if (!get_typed(o, change_word_names[i], &out->words[i], e))
			return err_in(e, "words");
	return true;
}

static bool read_head(struct half_typed *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "actions", "edits", "format", "holder", "time", "words", NULL };
	struct span format, time;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!json_only(doc, members, e) || !json_get_str(doc, "format", &format, e))
		return false;
	if (!span_is(format, FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed \"" FORMAT "\"") ||
		       err_in(e, "format");
	if (!get_typed(doc, "edits", &out->edits, e) || !json_get_str(doc, "time", &time, e))
		return false;
	if (out->edits.n > 0 && !line_change_is_valid(out->edits))
		return err_set(e, ERR_SYNTAX, json_find(doc, "edits")->at, "needed a change like SC-7") ||
		       err_in(e, "edits");
	if (time_parse(&out->time, time, e))
		return true;
	if (e != NULL)
		e->at = json_find(doc, "time")->at;
	return err_in(e, "time");
}

/* One spelling for each content. */
static bool is_canonical(const struct half_typed *h, struct span text, struct err *e)
{
	struct buf again = {0};
	size_t i = 0;
	half_typed_write(&again, h);
	while (i < again.n && i < text.n && again.p[i] == text.p[i])
		i++;
	const bool same = again.n == text.n && i == text.n;
	buf_release(&again);
	return same || err_set(e, ERR_SYNTAX, i, "not canonical JSON");
}

bool half_typed_read(struct arena *a, struct half_typed *out, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e), *actions;
	*out = (struct half_typed){0};
	if (doc == NULL || !read_head(out, doc, e) || !read_holder(out, doc, e) || !read_words(out, doc, e) ||
	    !json_get(doc, "actions", JSON_ARRAY, &actions, e))
		return false;
	if (!read_actions(a, out, actions, e))
		return err_in(e, "actions");
	return is_canonical(out, text, e);
}
