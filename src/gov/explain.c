#include "src/gov/explain.h"

#include <assert.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/evm/address.h"
#include "src/gov/catalogue_def.h"
#include "src/gov/timelock.h"
#include "src/gov/units.h"

#define MAX_NESTING 4                 /* a Safe in a timelock in a Safe … is nobody's change */

static bool explain_at(struct arena *a, struct explained_call *out, const struct pinned *p,
		       const struct call *c, unsigned depth, struct err *e);

static const char *address_text(struct arena *a, const struct addr *at)
{
	struct buf b = {0};
	addr_format(&b, at);
	const char *s = arena_str(a, buf_view(&b));
	buf_release(&b);
	return s;
}

/* A refusal names what was refused and keeps the byte that the decoder pointed at. */
static bool refuse_calldata(struct err *e)
{
	if (e != NULL) {
		e->code = ERR_REFUSED;
		e->refusal = "CALLDATA";
	}
	return false;
}

/* ---- one argument ---- */

static const char *role_label(struct span word)
{
	const struct timelock_role *role = timelock_role_of(word);
	return role != NULL ? role->constant : NULL;
}

static const char *seconds_label(struct arena *a, const struct u256 *v)
{
	uint64_t seconds;
	struct buf b = {0};
	if (!u256_fits_u64(v, &seconds))
		return NULL;
	duration_format(&b, seconds);
	const char *s = arena_str(a, buf_view(&b));
	buf_release(&b);
	return s;
}

static bool name_has(const char *name, const char *part)
{
	return strcasestr(name, part) != NULL;
}

static const char *wei_label(struct arena *a, const struct u256 *v)
{
	struct buf b = {0};
	wei_format(&b, v);
	const char *s = arena_str(a, buf_view(&b));
	buf_release(&b);
	return s;
}

static const char *address_label(struct arena *a, const struct pinned *p, const struct abi_value *v)
{
	const struct addr at = abi_as_addr(v);
	return addr_is_zero(&at) ? "the zero address" : deployment_label(a, p->deployment, &at);
}

/* "registry, paymaster"; NULL unless the profile knows every one. */
static const char *addresses_label(struct arena *a, const struct pinned *p, const struct abi_value *v)
{
	const char *out = NULL;
	for (size_t i = 0; i < v->n; i++) {
		const char *one = address_label(a, p, &v->items[i]);
		if (one == NULL)
			return NULL;
		out = out == NULL ? one : arena_fmt(a, "%s, %s", out, one);
	}
	return out;
}

/* The catalogue knows the units of what its actions pass: wei or seconds. */
static const char *number_label(struct arena *a, const struct pinned *p, struct span function, size_t i,
				const char *name, const struct u256 *v)
{
	const struct arg_def *arg = catalogue_parameter(p->catalogue, function, i);
	if (arg != NULL && arg->arg.type == ARG_ETHER)
		return wei_label(a, v);
	if ((arg != NULL && arg->arg.type == ARG_DURATION) || name_has(name, "delay"))
		return seconds_label(a, v);
	return NULL;
}

/* What a person needs beside the value: whose address it is, which role, how much, how long. */
static const char *label_of(struct arena *a, const struct pinned *p, struct span function, size_t i,
			    const char *name, const struct abi_value *v)
{
	const struct abi_type *t = v->type;
	if (t->kind == ABI_ADDRESS)
		return address_label(a, p, v);
	if ((t->kind == ABI_LIST || t->kind == ABI_ARRAY) && t->elem->kind == ABI_ADDRESS)
		return addresses_label(a, p, v);
	if (t->kind == ABI_FIXED_BYTES && t->count == 32 && name_has(name, "role"))
		return role_label(v->bytes);
	return t->kind == ABI_UINT ? number_label(a, p, function, i, name, &v->word) : NULL;
}

/* Whole, and safe to show; a string stands in quotes, so that it cannot pass for something else. */
static const char *value_text(struct arena *a, const struct abi_value *v)
{
	struct buf text = {0}, safe = {0};
	abi_value_format(&text, v);
	if (v->type->kind == ABI_STRING)
		json_quote(&safe, buf_view(&text));
	else
		buf_span(&safe, buf_view(&text));
	buf_clear(&text);
	text_safe(&text, buf_view(&safe), false);
	const char *s = arena_str(a, buf_view(&text));
	buf_release(&text);
	buf_release(&safe);
	return s;
}

static void explain_args(struct arena *a, struct explained_call *out, const struct pinned *p,
			 const struct abi_value *tuple)
{
	struct explained_arg *args = ARENA_ARRAY(a, struct explained_arg, tuple->n);
	for (size_t i = 0; i < tuple->n; i++) {
		const struct abi_field *f = &tuple->type->fields[i];
		struct buf type = {0};
		abi_type_format(&type, f->type);
		args[i].name = f->name[0] != '\0' ? f->name : arena_fmt(a, "argument %zu", i);
		args[i].type = arena_str(a, buf_view(&type));
		args[i].text = value_text(a, &tuple->items[i]);
		args[i].label = label_of(a, p, out->function, i, f->name, &tuple->items[i]);
		buf_release(&type);
	}
	out->args = args;
	out->n_args = tuple->n;
}

/* ---- calls inside ---- */

static bool explain_inner(struct arena *a, struct explained_call *out, const struct pinned *p,
			  struct calls inner, unsigned depth, struct err *e)
{
	struct explained_call *v = ARENA_ARRAY(a, struct explained_call, inner.n);
	if (depth >= MAX_NESTING)
		return err_refuse(e, "CALLDATA", "calls inside calls more than %d deep", MAX_NESTING);
	for (size_t i = 0; i < inner.n; i++)
		if (!explain_at(a, &v[i], p, &inner.v[i], depth + 1, e))
			return err_in(e, "inner[%zu]", i);
	out->inner = v;
	out->n_inner = inner.n;
	return true;
}

static bool is_timelock(const struct pinned *p, const struct addr *to)
{
	return addr_eq(to, &p->deployment->timelock);
}

static bool explain_timelock(struct arena *a, struct explained_call *out, const struct pinned *p,
			     const struct call *c, unsigned depth, struct err *e)
{
	struct timelock_call t;
	struct err why = {0};
	if (!timelock_parse(a, &t, c->data, &why)) {
		const bool other = why.code == ERR_UNKNOWN;      /* updateDelay, grantRole …: nothing inside */
		if (!other)
			err_refuse(e, "CALLDATA", "%s", buf_cstr(&why.what));
		if (!other && e != NULL)
			buf_str(&e->field, buf_cstr(&why.field));
		err_clear(&why);
		return other;
	}
	return t.function == TIMELOCK_CANCEL || explain_inner(a, out, p, t.operation.calls, depth, e);
}

/* execTransaction(to, value, data, operation, …): the Safe's own wrapping. */
static bool explain_exec(struct arena *a, struct explained_call *out, const struct pinned *p,
			 const struct abi_value *args, unsigned depth, struct err *e)
{
	struct call *inner = ARENA_NEW(a, struct call);
	if (!u256_is_zero(&args->items[3].word))
		return err_refuse(e, "DELEGATECALL",
				  "operation is not 0: the Safe would run foreign code as itself");
	inner->to = abi_as_addr(&args->items[0]);
	inner->value = args->items[1].word;
	inner->data = args->items[2].bytes;
	return explain_inner(a, out, p, (struct calls){ inner, 1 }, depth, e);
}

/* ---- one call ---- */

/* A call without data does something only where it is known what: to the Safe itself it spends a nonce and no
 * more. */
static bool explain_empty(struct explained_call *out, const struct pinned *p, const struct call *c,
			  struct err *e)
{
	if (!addr_eq(&c->to, &p->deployment->safe) || !u256_is_zero(&c->value))
		return err_refuse(e, "SELECTOR", "no calldata, so no function");
	out->function = span_str("");
	return true;
}

static bool explain_at(struct arena *a, struct explained_call *out, const struct pinned *p,
		       const struct call *c, unsigned depth, struct err *e)
{
	const struct contract *contract = deployment_contract_at(p->deployment, &c->to);
	const struct abi *abi = pinned_abi(p, &c->to);
	struct abi_value args;
	*out = (struct explained_call){ .to = c->to, .value = c->value };
	if (contract == NULL || abi == NULL)
		return err_refuse(e, "TARGET", "%s is no contract of this deployment", address_text(a, &c->to));
	out->contract = arena_str(a, contract->name);
	if (c->data.n == 0)
		return explain_empty(out, p, c, e);
	if (c->data.n < 4)
		return err_refuse(e, "CALLDATA", "needed 4 bytes of selector, found %zu", c->data.n);
	const struct abi_function *f = abi_find_selector(abi, c->data.p);
	if (f == NULL)
		return err_refuse(e, "SELECTOR", "0x%02x%02x%02x%02x is no function of %s (%s)", c->data.p[0],
				  c->data.p[1], c->data.p[2], c->data.p[3], out->contract,
				  arena_str(a, contract->abi));
	if (!u256_is_zero(&c->value) && !f->payable)
		return err_refuse(e, "CALLDATA", "%s takes no value and is sent some",
				  arena_str(a, f->signature));
	if (!abi_calldata_decode(a, &args, f, c->data, e)) {
		err_in(e, "%s", f->name);
		return refuse_calldata(e);
	}
	out->function = f->signature;
	explain_args(a, out, p, &args);
	if (is_timelock(p, &c->to))
		return explain_timelock(a, out, p, c, depth, e);
	if (addr_eq(&c->to, &p->deployment->safe) && strcmp(f->name, "execTransaction") == 0)
		return explain_exec(a, out, p, &args, depth, e);
	return true;
}

bool explain_call(struct arena *a, struct explained_call *out, const struct pinned *p, const struct call *c,
		  struct err *e)
{
	return explain_at(a, out, p, c, 0, e);
}

/* ---- showing ---- */

static size_t widest_name(const struct explained_call *c)
{
	size_t w = 0;
	for (size_t i = 0; i < c->n_args; i++)
		w = strlen(c->args[i].name) > w ? strlen(c->args[i].name) : w;
	return w;
}

void explain_format(struct buf *out, const struct explained_call *c, size_t indent)
{
	const size_t width = widest_name(c);
	buf_fmt(out, "%*s%s ", (int)indent, "", c->contract);
	addr_format(out, &c->to);
	if (c->function.n > 0)
		buf_fmt(out, " %.*s\n", text_shown(c->function), (const char *)c->function.p);
	else
		buf_str(out, " no data: nothing happens\n");
	for (size_t i = 0; i < c->n_args; i++) {
		const struct explained_arg *arg = &c->args[i];
		buf_fmt(out, "%*s%-*s  %s", (int)indent + 4, "", (int)width, arg->name, arg->text);
		if (arg->label != NULL)
			buf_fmt(out, " (%s)", arg->label);
		buf_byte(out, '\n');
	}
	if (!u256_is_zero(&c->value)) {
		buf_fmt(out, "%*ssends ", (int)indent + 4, "");
		wei_format(out, &c->value);
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < c->n_inner; i++)
		explain_format(out, &c->inner[i], indent + 4);
}

void explain_line(struct buf *out, const struct explained_call *c)
{
	buf_fmt(out, "%s ", c->contract);
	addr_format(out, &c->to);
	if (c->function.n > 0)
		buf_fmt(out, " %.*s", text_shown(c->function), (const char *)c->function.p);
	else
		buf_str(out, " no data: nothing happens");
	for (size_t i = 0; i < c->n_args; i++) {
		const struct explained_arg *arg = &c->args[i];
		buf_fmt(out, "%s %s = %s", i > 0 ? ";" : ":", arg->name, arg->text);
		if (arg->label != NULL)
			buf_fmt(out, " (%s)", arg->label);
	}
	if (!u256_is_zero(&c->value)) {
		buf_str(out, "; sends ");
		wei_format(out, &c->value);
	}
	for (size_t i = 0; i < c->n_inner; i++) {
		buf_str(out, " [");
		explain_line(out, &c->inner[i]);
		buf_byte(out, ']');
	}
}

struct json *explain_to_json(struct arena *a, const struct explained_call *c)
{
	struct json *o = json_object(a), *args = json_array(a), *inner = json_array(a);
	for (size_t i = 0; i < c->n_args; i++) {
		struct json *x = json_object(a);
		json_set(x, a, "name", json_str(a, c->args[i].name));
		json_set(x, a, "type", json_str(a, c->args[i].type));
		json_set(x, a, "value", json_str(a, c->args[i].text));
		json_set(x, a, "label",
			 c->args[i].label != NULL ? json_str(a, c->args[i].label) : json_null(a));
		json_push(args, x);
	}
	for (size_t i = 0; i < c->n_inner; i++)
		json_push(inner, explain_to_json(a, &c->inner[i]));
	json_set(o, a, "contract", json_str(a, c->contract));
	json_set(o, a, "to", json_addr(a, &c->to));
	json_set(o, a, "value", json_u256(a, &c->value));
	json_set(o, a, "function", json_text(a, c->function));
	json_set(o, a, "args", args);
	json_set(o, a, "inner", inner);
	return o;
}
