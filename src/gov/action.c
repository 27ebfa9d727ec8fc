/* Actions: from arguments that are filled in to calls, sentences and reads, as the catalogue says. */
#include "src/base/hex.h"
#include "src/evm/address.h"
#include "src/gov/explain.h"
#include "src/gov/filled.h"
#include "src/gov/timelock.h"

/* ---- expressions ---- */

/* The canonical text of "$arg", or the literal. */
static struct span expression(const struct filled *f, struct span s)
{
	return s.n > 0 && s.p[0] == '$' ? filled_value(f, span_of(s.p + 1, s.n - 1)) : s;
}

/* The same as the ABI wants it: roles as their hash, contracts as their address. */
static struct span abi_text(const struct filled *f, struct span s)
{
	const struct span value = expression(f, s);
	const struct arg_def *arg =
		s.n > 0 && s.p[0] == '$' ? action_arg_def(f->d, span_of(s.p + 1, s.n - 1)) : NULL;
	struct buf b = {0};
	if (arg != NULL && arg->arg.type == ARG_ROLE) {
		buf_0xhex(&b, SPAN_HASH(&timelock_role_named(value)->hash));
		return filled_text(f->a, &b);
	}
	if (arg != NULL && arg->arg.type == ARG_CONTRACT) {
		addr_format(&b, &deployment_contract(f->p->deployment, value)->address);
		return filled_text(f->a, &b);
	}
	return value;
}

/* ---- targets ---- */

struct targets {
	const struct contract **v;
	size_t n;
};

static bool find_targets(const struct filled *f, const struct call_def *c, struct targets *out, struct err *e)
{
	const struct deployment *d = f->p->deployment;
	const struct contract *one = NULL;
	out->v = ARENA_ARRAY(f->a, const struct contract *, d->n_contracts + 1);
	out->n = 0;
	if (span_is(c->on, "each")) {
		for (size_t i = 0; i < d->n_contracts; i++) {
			const struct abi *abi = pinned_abi_named(f->p, d->contracts[i].abi);
			if (abi != NULL && abi_find_signature(abi, c->function) != NULL)
				out->v[out->n++] = &d->contracts[i];
		}
		return out->n > 0 || err_set(e, ERR_MISSING, ERR_NO_OFFSET,
					     "no contract of the profile has %.*s", SHOWN(c->function));
	}
	if (span_is(c->on, "safe"))
		one = deployment_contract_at(d, &d->safe);
	else if (span_is(c->on, "timelock"))
		one = deployment_contract_at(d, &d->timelock);
	else
		one = deployment_contract(d, expression(f, c->on));
	if (one == NULL)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the profile has no such contract");
	out->v[out->n++] = one;
	return true;
}

/* ---- calls ---- */

static bool build_calldata(const struct filled *f, const struct call_def *c, const struct contract *target,
			   struct buf *out, const struct abi_function **used, struct err *e)
{
	const struct abi *abi = pinned_abi_named(f->p, target->abi);
	const struct abi_function *fn = abi != NULL ? abi_find_signature(abi, c->function) : NULL;
	const size_t n = c->args != NULL ? c->args->n : 0;
	size_t i = 0;
	if (fn == NULL || fn->inputs->count != n)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "%.*s (%.*s) has no %.*s", SHOWN(target->name),
			       SHOWN(target->abi), SHOWN(c->function));
	struct abi_value *items = ARENA_ARRAY(f->a, struct abi_value, n + 1);
	for (const struct json *v = n > 0 ? c->args->first : NULL; v != NULL; v = v->next, i++)
		if (!abi_value_from_text(f->a, &items[i], fn->inputs->fields[i].type, abi_text(f, v->text), e))
			return err_in(e, "%s", fn->inputs->fields[i].name);
	const struct abi_value tuple = abi_items(fn->inputs, items, n);
	abi_calldata_encode(out, fn, &tuple);
	*used = fn;
	return true;
}

static bool build_call(const struct filled *f, const struct call_def *c, const struct contract *target,
		       struct call *out, struct err *e)
{
	const struct abi_function *fn;
	struct buf data = {0};
	bool ok = true;
	*out = (struct call){ .to = target->address };
	if (c->raw.n > 0)
		ok = hex_decode(&data, expression(f, c->raw), e);
	else if (c->function.n > 0)
		ok = build_calldata(f, c, target, &data, &fn, e);
	ok = ok && (c->value.n == 0 || u256_parse(&out->value, expression(f, c->value), e));
	out->data = arena_copy(f->a, buf_view(&data));
	buf_release(&data);
	return ok;
}

struct call_list {
	struct call *v;
	size_t n, cap;
};

static void add_call(struct arena *a, struct call_list *l, const struct call *c)
{
	ARENA_GROW(a, l->v, l->n, l->cap);
	l->v[l->n++] = *c;
}

static bool compile(const struct filled *f, struct call_list *out, struct err *e)
{
	for (size_t i = 0; i < f->d->n_calls; i++) {
		struct targets t;
		if (!find_targets(f, &f->d->calls[i], &t, e))
			return false;
		for (size_t k = 0; k < t.n; k++) {
			struct call call;
			if (!build_call(f, &f->d->calls[i], t.v[k], &call, e))
				return false;
			add_call(f->a, out, &call);
		}
	}
	return true;
}

/* What raw calldata does has to be known, even if nobody may sign it yet. */
static bool check_raw(const struct filled *f, struct err *e)
{
	struct call_list l = {0};
	struct explained_call x;
	if (!span_is(f->d->name, "call.raw"))
		return true;
	return compile(f, &l, e) && explain_call(f->a, &x, f->p, &l.v[0], e);
}

bool action_read(struct arena *a, struct json **action, const struct pinned *p, struct span name,
		 const struct span *pairs, size_t n_pairs, struct err *e)
{
	struct filled f = { .a = a, .p = p, .d = catalogue_find(p->catalogue, name), .typed = true };
	if (f.d == NULL)
		return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "the catalogue has no such action");
	return filled_read(&f, action, pairs, n_pairs, e) && check_raw(&f, e);
}

bool action_read_arg(struct arena *a, struct span *canonical, const struct pinned *p, const struct action_def *d,
		     size_t i, struct span text, struct err *e)
{
	const struct filled f = { .a = a, .p = p, .d = d, .typed = true };
	if (!text_is_utf8(text))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8");
	return filled_read_arg(&f, i, text, canonical, e);
}

bool action_compile(struct arena *a, struct calls *out, const struct pinned *p, const struct json *action,
		    struct err *e)
{
	struct filled f;
	struct call_list l = {0};
	if (!filled_load(&f, a, p, action, e) || !compile(&f, &l, e) || !check_raw(&f, e))
		return false;
	*out = (struct calls){ l.v, l.n };
	return true;
}

bool actions_compile(struct arena *a, struct calls *out, bool *direct, const struct pinned *p,
		     const struct json *actions, struct err *e)
{
	struct call_list all = {0};
	size_t i = 0;
	if (actions->type != JSON_ARRAY || actions->n == 0)
		return err_set(e, ERR_MISSING, actions->at, "a change has at least one action");
	for (const struct json *v = actions->first; v != NULL; v = v->next, i++) {
		struct filled f;
		if (!filled_load(&f, a, p, v, e) || !compile(&f, &all, e) || !check_raw(&f, e))
			return err_in(e, "[%zu]", i);
		if (i > 0 && f.d->direct != *direct)
			return err_set(e, ERR_MISMATCH, v->at,
				       "direct and timelock actions do not mix in one change") ||
			       err_in(e, "[%zu]", i);
		*direct = f.d->direct;
	}
	if (*direct && all.n != 1)
		return err_set(e, ERR_RANGE, actions->at,
			       "a direct change has exactly one call, these make %zu", all.n);
	*out = (struct calls){ all.v, all.n };
	return true;
}

uint64_t actions_rejected_nonce(const struct json *actions)
{
	uint64_t nonce = UINT64_MAX;
	for (const struct json *v = actions->first; v != NULL; v = v->next) {
		struct span name;
		struct u256 n;
		if (json_get_str(v, "action", &name, NULL) && span_is(name, "safe.reject") &&
		    json_get_u256(json_find(v, "args"), "nonce", &n, NULL))
			u256_fits_u64(&n, &nonce);
	}
	return nonce;
}

bool action_is_raw(const struct json *action)
{
	struct span name;
	return json_get_str(action, "action", &name, NULL) && span_is(name, "call.raw");
}

/* ---- sentences ---- */

static void say_address(const struct filled *f, struct buf *out, struct span text)
{
	struct addr at;
	buf_span(out, text);
	const char *label = addr_parse(&at, text, NULL) ? deployment_label(f->a, f->p->deployment, &at) : NULL;
	if (label != NULL)
		buf_fmt(out, " (%s)", label);
}

static void say_contract(const struct filled *f, struct buf *out, struct span name)
{
	buf_span(out, name);
	buf_str(out, " (");
	addr_format(out, &deployment_contract(f->p->deployment, name)->address);
	buf_byte(out, ')');
}

/* In quotes, and no quote inside can end them: what somebody calls a tier is never part of the sentence. */
static void say_text(struct buf *out, struct span text)
{
	struct buf quoted = {0};
	json_quote(&quoted, text);
	text_safe(out, buf_view(&quoted), false);
	buf_release(&quoted);
}

static void say_value(const struct filled *f, struct buf *out, const struct arg_def *arg, struct span value)
{
	struct u256 v;
	switch (arg->arg.type) {
	case ARG_ADDRESS:
		say_address(f, out, value);
		return;
	case ARG_ETHER:
	case ARG_DURATION:
		if (u256_parse(&v, value, NULL))
			filled_put_number(out, arg, &v);
		return;
	case ARG_CONTRACT:
		say_contract(f, out, value);
		return;
	case ARG_TEXT:
		say_text(out, value);
		return;
	case ARG_BOOL:
	case ARG_UINT:
	case ARG_BYTES:
	case ARG_HASH:
	case ARG_ROLE:
		text_safe(out, value, false);
		return;
	}
}

/* Does something call this contract? The calls were compiled before, so their targets are there. */
static bool is_called(const struct filled *f, const struct contract *c)
{
	for (size_t i = 0; i < f->d->n_calls; i++) {
		struct targets t;
		if (!find_targets(f, &f->d->calls[i], &t, NULL))
			continue;
		for (size_t k = 0; k < t.n; k++)
			if (t.v[k] == c)
				return true;
	}
	return false;
}

/* "attestation (0x…), payments (0x…) and registry (0x…)" */
static void say_contracts(const struct filled *f, struct buf *out)
{
	const struct deployment *d = f->p->deployment;
	size_t n = 0, said = 0;
	for (size_t i = 0; i < d->n_contracts; i++)
		n += is_called(f, &d->contracts[i]);
	for (size_t i = 0; i < d->n_contracts; i++) {
		if (!is_called(f, &d->contracts[i]))
			continue;
		if (said > 0)
			buf_str(out, said + 1 == n ? " and " : ", ");
		say_contract(f, out, d->contracts[i].name);
		said++;
	}
}

static bool is_yes(const struct arg_def *arg, struct span value)
{
	struct addr at;
	if (arg->arg.type == ARG_BOOL)
		return span_is(value, "true");
	if (arg->arg.type == ARG_BYTES)
		return !span_is(value, "0x");
	return addr_parse(&at, value, NULL) && !addr_is_zero(&at);
}

static void say_sentence(const struct filled *f, struct buf *out, struct span t);

static void say_hole(const struct filled *f, struct buf *out, struct span inside)
{
	struct hole h;
	if (!hole_parse(&h, inside))
		BUG("a sentence that the catalogue checked cannot be read");
	const struct arg_def *arg = action_arg_def(f->d, h.name);
	if (arg == NULL)
		say_contracts(f, out);
	else if (f->some && filled_value(f, h.name).p == NULL)
		buf_span(out, h.name);           /* not filled in yet */
	else if (!h.choice)
		say_value(f, out, arg, filled_value(f, h.name));
	else
		say_sentence(f, out, is_yes(arg, filled_value(f, h.name)) ? h.yes : h.no);
}

static void say_sentence(const struct filled *f, struct buf *out, struct span t)
{
	while (t.n > 0) {
		struct span piece;
		bool hole;
		if (!sentence_take(&t, &piece, &hole))
			BUG("a sentence that the catalogue checked cannot be read");
		if (hole)
			say_hole(f, out, piece);
		else
			buf_span(out, piece);
	}
}

bool action_say(struct arena *a, struct buf *out, const struct pinned *p, const struct json *action,
		struct err *e)
{
	struct filled f;
	struct call_list l = {0};
	if (!filled_load(&f, a, p, action, e) || !compile(&f, &l, e))
		return false;
	say_sentence(&f, out, f.d->say);
	return true;
}

bool action_deescalates(struct arena *a, const struct pinned *p, const struct json *action)
{
	struct filled f;
	if (!filled_load(&f, a, p, action, NULL))
		return false;
	return f.d->deescalates ||
	       (f.d->deescalates_arg.n > 0 && span_eq(filled_value(&f, f.d->deescalates_arg), f.d->deescalates_is));
}

/* ---- undo and reads ---- */

const struct json *action_undo(struct arena *a, const struct pinned *p, const struct json *action)
{
	struct filled f;
	struct json *out;
	struct span name;
	const struct json *args;
	size_t n = 0;
	if (!filled_load(&f, a, p, action, NULL) || f.d->undo == NULL ||
	    !json_get_str(f.d->undo, "action", &name, NULL) ||
	    !json_get(f.d->undo, "args", JSON_OBJECT, &args, NULL))
		return NULL;
	struct span *pairs = ARENA_ARRAY(a, struct span, args->n + 1);
	for (const struct json *v = args->first; v != NULL; v = v->next) {
		struct buf b = {0};
		struct span value = expression(&f, v->text);
		if (v->text.n > 1 && v->text.p[0] == '!') {      /* "!$on": the other one */
			value = expression(&f, span_of(v->text.p + 1, v->text.n - 1));
			value = span_str(span_is(value, "true") ? "false" : "true");
		}
		buf_span(&b, v->name);
		buf_byte(&b, '=');
		buf_span(&b, value);
		pairs[n++] = filled_text(a, &b);
	}
	struct filled back = { .a = a, .p = p, .d = catalogue_find(p->catalogue, name) };
	return back.d != NULL && filled_read(&back, &out, pairs, n, NULL) && check_raw(&back, NULL) ? out : NULL;
}

static bool find_output(const struct read_def *r, struct action_read_back *out, struct err *e)
{
	const struct abi_type *outputs = out->getter->outputs;
	out->output = r->field.n == 0 && outputs->count == 1 ? 0 : SIZE_MAX;
	for (size_t i = 0; r->field.n > 0 && i < outputs->count; i++)
		if (span_is(r->field, outputs->fields[i].name))
			out->output = i;
	return r->field.n == 0 || out->output != SIZE_MAX ||
	       err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "%s gives no %.*s", out->getter->name, SHOWN(r->field));
}

bool action_read_text(struct arena *a, struct buf *out, const struct action_read_back *r, struct span output,
		      struct err *e)
{
	struct abi_value tuple;
	if (!abi_decode(a, &tuple, r->getter->outputs, output, e))
		return err_in(e, "%.*s", SHOWN(r->getter->signature));
	abi_value_format(out, r->output != SIZE_MAX ? &tuple.items[r->output] : &tuple);
	return true;
}

/* "$arg", and nothing else: arg. */
static struct span argument_of(struct span s)
{
	return s.n > 1 && s.p[0] == '$' ? span_of(s.p + 1, s.n - 1) : span_str("");
}

static bool has_value(const struct filled *f, struct span s)
{
	return argument_of(s).n == 0 || !f->some || filled_value(f, argument_of(s)).p != NULL;
}

/* Its target and its own arguments are there. */
static bool can_be_read(const struct filled *f, const struct call_def *c)
{
	bool all = has_value(f, c->on);
	for (const struct json *v = c->args != NULL ? c->args->first : NULL; all && v != NULL; v = v->next)
		all = has_value(f, v->text);
	return all;
}

static bool build_read(const struct filled *f, const struct read_def *r, const struct contract *target,
		       struct action_read_back *out, struct err *e)
{
	struct buf data = {0}, say = {0};
	bool ok = build_calldata(f, &r->call, target, &data, &out->getter, e) && find_output(r, out, e);
	if (ok) {
		buf_span(&say, target->name);
		buf_str(&say, ": ");
		say_sentence(f, &say, r->say);
		out->at = target->address;
		out->contract = target->name;
		out->calldata = arena_copy(f->a, buf_view(&data));
		out->expect = r->expect.n > 0 && has_value(f, r->expect) ? abi_text(f, r->expect) : span_str("");
		out->arg = argument_of(r->expect);
		out->say = arena_copy(f->a, buf_view(&say));
	}
	buf_release(&data);
	buf_release(&say);
	return ok;
}

static bool build_reads(const struct filled *f, const struct action_read_back **out, size_t *n, struct err *e)
{
	const size_t cap = f->d->n_reads * (f->p->deployment->n_contracts + 1) + 1;
	struct action_read_back *v = ARENA_ARRAY(f->a, struct action_read_back, cap);
	*n = 0;
	for (size_t i = 0; i < f->d->n_reads; i++) {
		struct targets t;
		if (!can_be_read(f, &f->d->reads[i].call))
			continue;
		if (!find_targets(f, &f->d->reads[i].call, &t, e))
			return false;
		for (size_t k = 0; k < t.n; k++)
			if (!build_read(f, &f->d->reads[i], t.v[k], &v[(*n)++], e))
				return false;
	}
	*out = v;
	return true;
}

bool action_reads(struct arena *a, const struct action_read_back **out, size_t *n, const struct pinned *p,
		  const struct json *action, struct err *e)
{
	struct filled f;
	return filled_load(&f, a, p, action, e) && build_reads(&f, out, n, e);
}

bool action_reads_so_far(struct arena *a, const struct action_read_back **out, size_t *n, const struct pinned *p,
			 const struct action_def *d, const struct span *pairs, size_t n_pairs, struct bad_pair *bad,
			 size_t *n_bad, struct err *e)
{
	struct filled f = { .a = a, .p = p, .d = d, .typed = true };
	filled_some(&f, pairs, n_pairs, bad, n_bad);
	return build_reads(&f, out, n, e);
}

/* ---- about an action ---- */

const char *action_deescalates_when(struct arena *a, const struct action_def *d)
{
	if (d->deescalates)
		return "always";
	if (d->deescalates_arg.n == 0)
		return NULL;
	return arena_fmt(a, "when %.*s is %.*s", SHOWN(d->deescalates_arg), SHOWN(d->deescalates_is));
}

struct span action_undo_name(const struct action_def *d)
{
	struct span name;
	return d->undo != NULL && json_get_str(d->undo, "action", &name, NULL) ? name : span_str("");
}
