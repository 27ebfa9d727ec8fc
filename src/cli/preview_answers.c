#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/time.h"
#include "src/chain/revert.h"
#include "src/cli/onchain.h"
#include "src/cli/preview_parts.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/upgrade.h"

#define MAX_WARNINGS 64u

static void warn(struct previewing *x, struct effects *out, const char *fmt, va_list ap)
{
	struct buf b = {0}, safe = {0};
	if (out->warnings == NULL)
		out->warnings = ARENA_ARRAY(x->a, const char *, MAX_WARNINGS);
	if (out->n_warnings == MAX_WARNINGS)
		return;
	buf_vfmt(&b, fmt, ap);
	text_safe(&safe, buf_view(&b), false);
	out->warnings[out->n_warnings++] = arena_str(x->a, buf_view(&safe));
	buf_release(&b);
	buf_release(&safe);
}

void preview_warn(struct previewing *x, struct preview_run *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	warn(x, r->out, fmt, ap);
	va_end(ap);
}

void preview_warn_all(struct previewing *x, const char *fmt, ...)
{
	for (size_t i = 0; i < x->n_runs; i++) {
		va_list ap;
		va_start(ap, fmt);
		warn(x, x->runs[i].out, fmt, ap);
		va_end(ap);
	}
}

static struct span made(struct arena *a, struct buf *b)
{
	const struct span out = arena_copy(a, buf_view(b));
	buf_release(b);
	return out;
}

/* ---- what the answers mean ---- */

static void revert_of(struct previewing *x, struct buf *out, struct span revert)
{
	size_t n;
	const struct abi **abis = onchain_abis(x->ws, x->a, &n);
	revert_words(out, revert, abis, n);
}

/* "schedule: ExpectedPause()"; NULL: it ran. The Safe says no more than GS013 where a call of its own fails: the same
 * call without the Safe says why. */
static const char *why_not(struct previewing *x, size_t turn)
{
	const struct preview_turn *t = &x->turns[turn];
	const struct preview_call *c = preview_result(x, turn), *plain = preview_plain_result(x, turn);
	struct buf b = {0};
	if (c->ok)
		return NULL;
	buf_fmt(&b, "%s: ", step_name(t->step));
	if (t->by_safe && plain->ok) {
		buf_str(&b, "the Safe itself refuses (its guard, or how it is set up): ");
		revert_of(x, &b, c->output);
	} else {
		revert_of(x, &b, t->by_safe && plain->output.n > 0 ? plain->output : c->output);
	}
	return arena_str(x->a, made(x->a, &b));
}

static void say_outcome(struct previewing *x, struct preview_run *r)
{
	r->out->how = ARENA_ARRAY(x->a, const char *, x->n_turns);
	r->out->ran = true;
	for (size_t i = 0; i < x->n_turns; i++) {
		const struct preview_turn *t = &x->turns[i];
		const char *why;
		if (t->run != r)
			continue;
		r->out->how[r->out->n_how++] = arena_fmt(x->a, "%s by %s", step_name(t->step), t->who);
		why = why_not(x, i);
		if (why == NULL || !r->out->ran)
			continue;
		r->out->ran = false;
		r->out->failed = why;
	}
}

static bool decode(struct previewing *x, const struct preview_ask *q, const struct preview_call *c, struct abi_value *v)
{
	return c->ok && c->output.n > 0 && abi_decode(x->a, v, q->getter->outputs, c->output, NULL);
}

static struct span text_of(struct previewing *x, const struct abi_value *v)
{
	struct buf b = {0};
	abi_value_format(&b, v);
	return made(x->a, &b);
}

/* A getter that gives one struct gives its members, as far as anybody who reads is concerned. */
static const struct abi_type *parts_of(const struct abi_function *getter)
{
	const struct abi_type *out = getter->outputs;
	return out->count == 1 && out->fields[0].type->kind == ABI_TUPLE ? out->fields[0].type : out;
}

static const struct abi_value *part(const struct abi_function *getter, const struct abi_value *outputs, size_t i)
{
	return parts_of(getter) == getter->outputs ? &outputs->items[i] : &outputs->items[0].items[i];
}

static const char *ask_name(struct previewing *x, const struct preview_ask *q, size_t output)
{
	const struct abi_type *parts = parts_of(q->getter);
	struct buf b = {0};
	struct abi_value args;
	buf_span(&b, q->contract->name);
	buf_fmt(&b, ".%s(", q->getter->name);
	if (abi_calldata_decode(x->a, &args, q->getter, q->calldata, NULL))
		for (size_t i = 0; i < args.n; i++) {
			buf_str(&b, i ? ", " : "");
			abi_value_format(&b, &args.items[i]);
		}
	buf_byte(&b, ')');
	if (parts->count > 1) {
		const char *field = parts->fields[output].name;
		if (field[0] != '\0')
			buf_fmt(&b, ".%s", field);
		else
			buf_fmt(&b, "[%zu]", output);
	}
	return arena_str(x->a, made(x->a, &b));
}

static struct span args_of(const struct preview_ask *q)
{
	return span_of(q->calldata.p + 4, q->calldata.n - 4);
}

static struct span read_text(struct previewing *x, const struct action_read_back *r, const struct preview_call *c)
{
	struct buf b = {0};
	if (!c->ok || !action_read_text(x->a, &b, r, c->output, NULL)) {
		buf_release(&b);
		return (struct span){NULL, 0};
	}
	return made(x->a, &b);
}

static const char *meant_name(struct previewing *x, const struct contract *c, struct span say)
{
	const char *prefix = arena_fmt(x->a, "%.*s:", text_shown(c->name), (const char *)c->name.p);
	return span_starts(say, prefix) ? arena_str(x->a, say)
					: arena_fmt(x->a, "%s %.*s", prefix, text_shown(say), (const char *)say.p);
}

/* Whether the change gives this contract other code. */
static bool is_replaced(const struct previewing *x, const struct preview_run *r, const struct contract *c)
{
	size_t n;
	const struct upgrade *v = upgrades_of(x->a, &n, r->proposal.calls, &x->ws->deployment);
	for (size_t i = 0; i < n; i++)
		if (v[i].proxy == c)
			return true;
	return false;
}

/* What an action just shows it may change; but new code has to answer as the old did, who controls it above all. */
static bool is_meant(const struct previewing *x, const struct preview_run *r, const struct action_read_back *read,
		     const struct contract *c)
{
	return read->expect.n > 0 || !is_replaced(x, r, c);
}

static void meant_row(struct previewing *x, struct preview_run *r, size_t i)
{
	const struct action_read_back *read = r->reads[i];
	const size_t at = r->read_ask[i];
	const struct preview_ask *q = &x->asks[at];
	struct effect *row = &r->out->v[r->out->n++];
	struct span say = read->say;
	*row = (struct effect){ .contract = q->contract, .getter = q->getter->signature, .args = args_of(q),
				.meant = is_meant(x, r, read, q->contract), .expect = read->expect };
	row->wei = read_cut_in_wei(&say);      /* shown in the unit that reads best */
	row->name = meant_name(x, q->contract, say);
	row->before = read_text(x, read, preview_answer(x, r->turn, at, false));
	row->after = read_text(x, read, preview_answer(x, r->turn, at, true));
}

/* An action's own value is not told twice. */
static bool is_read(const struct preview_run *r, size_t at, size_t output)
{
	for (size_t i = 0; i < r->n_reads; i++)
		if (r->read_ask[i] == at && (r->reads[i]->output == SIZE_MAX || r->reads[i]->output == output))
			return true;
	return false;
}

static bool is_one_more(struct span before, struct span after)
{
	const struct u256 one = u256_from_u64(1);
	struct u256 x, y, next;
	return u256_parse(&x, before, NULL) && u256_parse(&y, after, NULL) && u256_add(&next, &x, &one) &&
	       u256_cmp(&next, &y) == 0;
}

/* What running a step moves by itself: the Safe's nonce, and what the timelock says of the operation. */
static bool is_of_the_step(const struct previewing *x, const struct preview_run *r, const struct preview_ask *q,
			   const struct effect *row)
{
	const struct deployment *d = &x->ws->deployment;
	if (addr_eq(&q->contract->address, &d->safe))
		return x->turns[r->turn].by_safe && span_is(q->getter->signature, "nonce()") &&
		       is_one_more(row->before, row->after);
	return r->proposal.route == ROUTE_TIMELOCK && addr_eq(&q->contract->address, &d->timelock) &&
	       span_eq(row->args, SPAN_HASH(&r->operation_id));
}

static void other_rows(struct previewing *x, struct preview_run *r, size_t at)
{
	const struct preview_ask *q = &x->asks[at];
	const struct abi_type *parts = parts_of(q->getter);
	struct abi_value before, after;
	const bool was = decode(x, q, preview_answer(x, r->turn, at, false), &before);
	const bool is = decode(x, q, preview_answer(x, r->turn, at, true), &after);
	if (!was && !is)
		return;
	for (size_t i = 0; i < parts->count; i++) {
		struct effect *row = &r->out->v[r->out->n];
		if (is_read(r, at, parts == q->getter->outputs ? i : 0))
			continue;
		*row = (struct effect){ .contract = q->contract, .getter = q->getter->signature, .args = args_of(q) };
		row->name = ask_name(x, q, i);
		row->field = parts->count > 1 ? span_str(parts->fields[i].name) : (struct span){NULL, 0};
		if (was)
			row->before = text_of(x, part(q->getter, &before, i));
		if (is)
			row->after = text_of(x, part(q->getter, &after, i));
		row->of_step = is_of_the_step(x, r, q, row);
		row->wei = catalogue_reads_wei(x->ws->pin.catalogue, q->contract->abi, row->getter, row->field);
		r->out->n++;
	}
}

static struct span span_of_text(struct previewing *x, const char *text)
{
	return span_str(arena_str(x->a, span_str(text)));
}

/* A cancel means one thing: the operation is not there any more. */
static void cancelled_row(struct previewing *x, struct preview_run *r)
{
	const struct contract *timelock = deployment_contract_at(&x->ws->deployment, &x->ws->deployment.timelock);
	for (size_t i = 0; i < x->n_asks; i++) {
		const struct preview_ask *q = &x->asks[i];
		struct effect *row = &r->out->v[r->out->n];
		struct abi_value before, after;
		if (q->contract != timelock || !span_is(q->getter->signature, "isOperation(bytes32)") ||
		    !span_eq(args_of(q), SPAN_HASH(&r->operation_id)) ||
		    !decode(x, q, preview_answer(x, r->turn, i, false), &before) ||
		    !decode(x, q, preview_answer(x, r->turn, i, true), &after))
			continue;
		*row = (struct effect){ .contract = timelock, .getter = q->getter->signature, .args = args_of(q),
					.meant = true, .expect = span_of_text(x, "false") };
		row->name = arena_fmt(x->a, "%.*s: the operation of %s is scheduled", text_shown(timelock->name),
				      (const char *)timelock->name.p, r->out->change);
		row->before = text_of(x, &before.items[0]);
		row->after = text_of(x, &after.items[0]);
		r->out->n++;
		return;
	}
}

static void rows(struct previewing *x, struct preview_run *r)
{
	size_t max = r->n_reads + 1;
	for (size_t i = 0; i < x->n_asks; i++)
		max += parts_of(x->asks[i].getter)->count;
	r->out->v = ARENA_ARRAY(x->a, struct effect, max + 1);
	for (size_t i = 0; i < r->n_reads; i++)
		meant_row(x, r, i);
	if (r->last == STEP_CANCEL)
		cancelled_row(x, r);
	for (size_t i = 0; i < x->n_asks; i++)
		other_rows(x, r, i);
}

/* ---- events ---- */

/* A value that could be what the event speaks of: it changed, or it is kept under something that the event names. */
static bool may_be_meant(const struct effect *row, const struct contract *c, const struct chain_log *log)
{
	if (row->contract != c || row->after.p == NULL)
		return false;
	if (!span_eq(row->before, row->after))
		return true;
	for (size_t i = 1; i < log->topic_count; i++)
		if (span_eq(row->args, SPAN_HASH(&log->topics[i])))
			return true;
	return false;
}

static struct u256 low_bits(const struct u256 *v, unsigned bits)
{
	const struct u256 high = u256_shift_left(v, 256 - bits);
	uint8_t be[32], low[32] = {0};
	u256_to_be(be, &high);
	memcpy(low + 32 - bits / 8, be, bits / 8);
	return u256_from_be(low);
}

static const struct effect *row_that_says(const struct preview_run *r, const struct contract *c,
					  const struct chain_log *log, const struct u256 *stored)
{
	struct buf text = {0};
	const struct effect *found = NULL;
	u256_format(&text, stored);
	for (size_t i = 0; found == NULL && i < r->out->n; i++)
		if (may_be_meant(&r->out->v[i], c, log) && span_eq(r->out->v[i].after, buf_view(&text)))
			found = &r->out->v[i];
	buf_release(&text);
	return found;
}

/* Some setters keep fewer bits than they announce. What is there in full was kept, whatever else happens to be its low
 * bits: those of a round amount are zero, and so is a lot. */
static void check_truncation(struct previewing *x, struct preview_run *r, const struct contract *c,
			     const struct abi_event *ev, const struct chain_log *log, const struct u256 *said)
{
	static const unsigned kept[] = { 128, 96, 64, 40, 32, 16, 8 };
	if (row_that_says(r, c, log, said) != NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(kept); k++) {
		const struct u256 stored = low_bits(said, kept[k]);
		const struct effect *row = row_that_says(r, c, log, &stored);
		struct buf text = {0};
		if (row == NULL || u256_bit_length(said) <= kept[k])
			continue;
		u256_format(&text, said);
		preview_warn(x, r, "TRUNCATED: event %s says %s, %s is %.*s: the contract keeps at most %u bits",
			     ev->name, buf_cstr(&text), row->name, text_shown(row->after),
			     (const char *)row->after.p, kept[k]);
		buf_release(&text);
		return;
	}
}

static void known_event_text(struct previewing *x, struct preview_run *r, struct buf *out, const struct contract *c,
			     const struct abi_event *ev, const struct chain_log *log, const struct abi_value *v)
{
	buf_span(out, c->name);
	buf_fmt(out, " %s(", ev->name);
	for (size_t i = 0; i < v->n; i++) {
		buf_fmt(out, "%s%s ", i ? ", " : "", ev->inputs->fields[i].name);
		abi_value_format(out, &v->items[i]);
		if (v->items[i].type->kind == ABI_UINT)
			check_truncation(x, r, c, ev, log, &v->items[i].word);
	}
	buf_byte(out, ')');
}

static const char *event_text(struct previewing *x, struct preview_run *r, const struct chain_log *log)
{
	const struct contract *c = deployment_contract_at(&x->ws->deployment, &log->address);
	const struct abi *abi = c != NULL ? pinned_abi(&x->ws->pin, &log->address) : NULL;
	const struct abi_event *ev =
		abi != NULL && log->topic_count > 0 ? abi_find_event(abi, &log->topics[0]) : NULL;
	struct buf b = {0}, safe = {0};
	struct abi_value v;
	if (ev != NULL && abi_event_decode(x->a, &v, ev, log->topics, log->topic_count, log->data, NULL)) {
		known_event_text(x, r, &b, c, ev, log, &v);
	} else {
		buf_str(&b, "UNKNOWN event of ");
		addr_format(&b, &log->address);
		for (size_t i = 0; i < log->topic_count; i++) {
			buf_byte(&b, ' ');
			buf_0xhex(&b, SPAN_HASH(&log->topics[i]));
		}
	}
	text_safe(&safe, buf_view(&b), false);
	buf_release(&b);
	return arena_str(x->a, made(x->a, &safe));
}

/* They tell what is known: the calls that were made, and that the Safe made them. */
static bool is_bookkeeping(const struct previewing *x, const struct chain_log *log)
{
	static const char *const of_timelock[] = { "CallExecuted(bytes32,uint256,address,uint256,bytes)", NULL };
	static const char *const of_safe[] = {
		"ExecutionSuccess(bytes32,uint256)",
		"SafeMultiSigTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes,"
		"bytes)",
		NULL };
	const struct deployment *d = &x->ws->deployment;
	const char *const *v = addr_eq(&log->address, &d->timelock) ? of_timelock :
			       addr_eq(&log->address, &d->safe) ? of_safe : of_safe + 2;
	for (; log->topic_count > 0 && *v != NULL; v++) {
		struct hash32 topic;
		keccak256(&topic, span_str(*v));
		if (hash32_eq(&log->topics[0], &topic))
			return true;
	}
	return false;
}

static void events(struct previewing *x, struct preview_run *r)
{
	const struct preview_call *run = preview_result(x, r->turn);
	r->out->events = ARENA_ARRAY(x->a, const char *, run->n_logs + 1);
	for (size_t i = 0; i < run->n_logs; i++)
		if (!is_bookkeeping(x, &run->logs[i]))
			r->out->events[r->out->n_events++] = event_text(x, r, &run->logs[i]);
}

/* ---- storage ---- */

/* That the operation is done now goes without saying. */
static bool is_the_operation(const struct previewing *x, const struct preview_run *r, const struct preview_change *c)
{
	const struct hash32 slot = preview_timestamp_slot(&r->operation_id);
	return r->proposal.route == ROUTE_TIMELOCK && r->last != STEP_CANCEL &&
	       addr_eq(&c->at, &x->ws->deployment.timelock) && hash32_eq(&c->slot, &slot);
}

static void slot_row(struct previewing *x, struct preview_run *r, const struct preview_change *c,
		     const struct slot_list *names)
{
	const struct deployment *d = &x->ws->deployment;
	struct effect_slot s = { .contract = deployment_contract_at(d, &c->at), .at = c->at, .slot = c->slot,
				 .before = c->before, .after = c->after };
	const struct named_slot *name;
	size_t i = 0;
	bool any = false;
	if (is_the_operation(x, r, c))
		return;
	while ((name = slots_at(names, &i, &c->at, &c->slot)) != NULL) {
		struct buf was = {0}, is = {0};
		slot_say(x->a, &was, name, d, &c->before);
		slot_say(x->a, &is, name, d, &c->after);
		s.name = name->name;
		s.was = made(x->a, &was);
		s.is = made(x->a, &is);
		if (!span_eq(s.was, s.is)) {
			r->out->slots[r->out->n_slots++] = s;
			any = true;
		}
	}
	s.name = NULL;
	if (!any)
		r->out->slots[r->out->n_slots++] = s;
}

static void storage(struct previewing *x, struct preview_run *r)
{
	struct slot_list names = { .a = x->a };
	const struct hash32 *keys;
	size_t n, unnamed = 0;
	if (!x->p.trace)
		return;
	if (x->p.no_trace.n > 0)
		preview_warn(x, r, "storage was not compared: %.*s", text_shown(x->p.no_trace),
			     (const char *)x->p.no_trace.p);
	keys = known_words(&x->known, x->a, &n);
	slots_known(&names, &x->ws->pin, keys, n);
	r->out->slots = ARENA_ARRAY(x->a, struct effect_slot, 4 * x->p.n_changes + 1);
	for (size_t i = 0; i < x->p.n_changes; i++)
		slot_row(x, r, &x->p.changes[i], &names);
	for (size_t i = 0; i < r->out->n_slots; i++)
		unnamed += r->out->slots[i].name == NULL;
	if (unnamed > 0)
		preview_warn(x, r, "%zu storage slot%s that nobody here has a name for differ%s: see UNNAMED", unnamed,
			     unnamed == 1 ? "" : "s", unnamed == 1 ? "s" : "");
}

static void codes(struct previewing *x, struct preview_run *r)
{
	for (size_t i = 0; i < x->p.n_targets; i++) {
		struct buf at = {0};
		bool mine = false;
		for (size_t k = 0; k < r->proposal.calls.n; k++)
			mine |= addr_eq(&r->proposal.calls.v[k].to, &x->p.targets[i]);
		addr_format(&at, &x->p.targets[i]);
		if (mine && !x->p.has_code[i])
			preview_warn(x, r, "NO CODE at %s: a call there succeeds and does nothing", buf_cstr(&at));
		buf_release(&at);
	}
}

/* What the second and later simulations were to read, when a node gave only the first. */
static void unread(struct previewing *x, struct preview_run *r)
{
	for (size_t i = 1; i + 1 < x->p.n_sims; i++)
		if (x->p.sims[i].no_answer.n > 0)
			preview_warn(x, r, "up to %zu values were not read: %.*s", x->per_sim,
				     text_shown(x->p.sims[i].no_answer), (const char *)x->p.sims[i].no_answer.p);
}

void preview_answers(struct previewing *x, struct preview_run *r)
{
	r->out->endpoint = x->p.endpoint;
	say_outcome(x, r);
	codes(x, r);
	unread(x, r);
	rows(x, r);
	effects_judge(r->out, &x->ws->pin);
	events(x, r);
	storage(x, r);
}
