#include "src/cli/previewing.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/chain/preview.h"
#include "src/chain/revert.h"
#include "src/chain/upgrade.h"
#include "src/cli/known.h"
#include "src/cli/onchain.h"
#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"

#define MAX_ASKS 250u                 /* twice in one block, each at least 21000 gas */
#define MAX_WARNINGS 64u

/* One question, asked before and after. */
struct ask {
	const struct contract *contract;
	const struct abi_function *getter;
	struct span calldata;
};

struct previewing {
	const struct workspace *ws;
	struct chain *chain;
	struct arena *a;
	const struct change *change;
	struct proposal proposal;             /* with calls, delay and predecessor */
	struct operation operation;           /* route timelock */
	struct hash32 operation_id;
	struct chain_operation state;         /* of it, and of its predecessor */
	const struct contract **touched;      /* each once */
	size_t n_touched;
	struct known known;
	struct ask *asks;
	size_t n_asks;
	const struct action_read_back **reads;    /* all actions' */
	size_t *read_ask;                         /* which of the asks each is */
	size_t n_reads;
	struct preview p;
	struct effects *out;
};

static PRINTF(2, 3) void warn(struct previewing *x, const char *fmt, ...)
{
	struct buf b = {0}, safe = {0};
	va_list ap;
	if (x->out->n_warnings == MAX_WARNINGS)
		return;
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	text_safe(&safe, buf_view(&b), false);
	x->out->warnings[x->out->n_warnings++] = arena_str(x->a, buf_view(&safe));
	buf_release(&b);
	buf_release(&safe);
}

/* ---- what will run ---- */

/* A draft has no calls, salt or id yet: it is previewed as it would be proposed now. */
static bool compile(struct previewing *x, struct err *e)
{
	bool direct;
	x->proposal = x->change->proposed ? x->change->proposal : x->change->draft;
	if (!x->change->proposed) {
		if (!actions_compile(x->a, &x->proposal.calls, &direct, &x->ws->pin, x->proposal.actions, e))
			return false;
		x->proposal.route = direct ? ROUTE_DIRECT : ROUTE_TIMELOCK;
	}
	if (x->proposal.route == ROUTE_DIRECT)
		return true;
	if (x->proposal.delay == 0 &&
	    !chain_min_delay(x->chain, &x->ws->deployment.timelock, &x->proposal.delay, e))
		return false;
	x->operation = proposal_operation(&x->proposal, &x->change->root);
	timelock_id(&x->operation_id, &x->operation);
	x->state.id = x->operation_id;
	return chain_operations(x->chain, &x->ws->deployment.timelock, &x->state, 1, e);
}

static struct span made(struct arena *a, struct buf *b)
{
	const struct span out = arena_copy(a, buf_view(b));
	buf_release(b);
	return out;
}

static struct preview_call from_safe(const struct previewing *x, enum step_kind step)
{
	const struct deployment *d = &x->ws->deployment;
	struct preview_call c = { .from = d->safe, .to = d->timelock };
	struct buf data = {0};
	if (x->proposal.route == ROUTE_DIRECT) {
		c.to = x->proposal.calls.v[0].to;
		c.value = x->proposal.calls.v[0].value;
		c.data = x->proposal.calls.v[0].data;
		return c;
	}
	if (step == STEP_SCHEDULE)
		timelock_schedule(&data, &x->operation, x->proposal.delay);
	else
		timelock_execute(&data, &x->operation);
	if (step == STEP_EXECUTE && !calls_value(&c.value, x->proposal.calls, NULL))
		c.value = u256_from_u64(0);
	c.data = made(x->a, &data);
	return c;
}

static void touch(struct previewing *x, const struct addr *at)
{
	const struct contract *c = deployment_contract_at(&x->ws->deployment, at);
	for (size_t i = 0; i < x->n_touched; i++)
		if (x->touched[i] == c)
			return;
	if (c != NULL)
		x->touched[x->n_touched++] = c;
}

/* ---- what is asked ---- */

/* The same question once. SIZE_MAX: there are too many. */
static size_t ask(struct previewing *x, const struct contract *c, const struct abi_function *f, struct span calldata)
{
	for (size_t i = 0; i < x->n_asks; i++)
		if (x->asks[i].contract == c && span_eq(x->asks[i].calldata, calldata))
			return i;
	if (x->n_asks == MAX_ASKS)
		return SIZE_MAX;
	x->asks[x->n_asks] = (struct ask){ c, f, calldata };
	return x->n_asks++;
}

static bool ask_reads(struct previewing *x, struct err *e)
{
	size_t cap = 0;
	for (const struct json *v = x->proposal.actions->first; v != NULL; v = v->next) {
		const struct action_read_back *reads;
		size_t n = 0;
		if (!action_is_raw(v) && !action_reads(x->a, &reads, &n, &x->ws->pin, v, e))
			return false;
		const struct action_read_back **more =
			ARENA_ARRAY(x->a, const struct action_read_back *, x->n_reads + n + 1);
		size_t *more_asks = ARENA_ARRAY(x->a, size_t, x->n_reads + n + 1);
		if (x->n_reads > 0) {
			memcpy(more, x->reads, x->n_reads * sizeof(*more));
			memcpy(more_asks, x->read_ask, x->n_reads * sizeof(*more_asks));
		}
		x->reads = more;
		x->read_ask = more_asks;
		for (size_t i = 0; i < n; i++) {
			const struct contract *c = deployment_contract_at(&x->ws->deployment, &reads[i].at);
			const size_t at = c != NULL ? ask(x, c, reads[i].getter, reads[i].calldata) : SIZE_MAX;
			if (at == SIZE_MAX)
				continue;
			more[x->n_reads] = &reads[i];
			more_asks[x->n_reads++] = at;
		}
		cap += n;
	}
	if (x->n_reads < cap)
		warn(x, "%zu values of the actions were not asked for: too many at once", cap - x->n_reads);
	return true;
}

/* True when all of its parameters are of kinds we know values of. */
static bool can_ask(const struct previewing *x, const struct abi_function *f)
{
	const struct abi_field *in = f->inputs->fields;
	if (!f->view || f->outputs->count == 0 || f->inputs->count > 2)
		return false;
	if (f->inputs->count == 2 && (in[0].type->kind != ABI_FIXED_BYTES || in[1].type->kind != ABI_ADDRESS))
		return false;                 /* of pairs only who has which role */
	for (size_t i = 0; i < f->inputs->count; i++) {
		size_t n;
		known_of(&x->known, f->inputs->fields[i].type, &n);
		if (n == 0)
			return false;
	}
	return true;
}

static void ask_words(struct previewing *x, const struct contract *c, const struct abi_function *f,
		      const struct hash32 *first, const struct hash32 *second, size_t *left_out)
{
	struct buf b = {0};
	buf_add(&b, f->selector, 4);
	if (first != NULL)
		buf_span(&b, SPAN_HASH(first));
	if (second != NULL)
		buf_span(&b, SPAN_HASH(second));
	*left_out += ask(x, c, f, made(x->a, &b)) == SIZE_MAX;
}

static void ask_function(struct previewing *x, const struct contract *c, const struct abi_function *f, size_t *left_out)
{
	size_t n[2] = {0};
	const struct hash32 *v[2] = {0};
	for (size_t i = 0; i < f->inputs->count; i++)
		v[i] = known_of(&x->known, f->inputs->fields[i].type, &n[i]);
	if (f->inputs->count == 0)
		ask_words(x, c, f, NULL, NULL, left_out);
	for (size_t i = 0; i < n[0]; i++) {
		if (f->inputs->count == 1)
			ask_words(x, c, f, &v[0][i], NULL, left_out);
		for (size_t k = 0; k < n[1]; k++)
			ask_words(x, c, f, &v[0][i], &v[1][k], left_out);
	}
}

/* Getters without arguments first: there may be more than can be asked. */
static void ask_others(struct previewing *x)
{
	size_t left_out = 0;
	for (size_t inputs = 0; inputs <= 2; inputs++)
		for (size_t i = 0; i < x->n_touched; i++) {
			const struct abi *abi = pinned_abi(&x->ws->pin, &x->touched[i]->address);
			for (size_t k = 0; abi != NULL && k < abi->n_functions; k++)
				if (abi->functions[k].inputs->count == inputs && can_ask(x, &abi->functions[k]))
					ask_function(x, x->touched[i], &abi->functions[k], &left_out);
		}
	if (left_out > 0)
		warn(x, "%zu more values of these contracts were not looked at: too many at once", left_out);
}

/* Who and what the contracts' own events speak of. */
static void learn(struct previewing *x)
{
	struct addr *at = ARENA_ARRAY(x->a, struct addr, x->n_touched + 1);
	struct chain_log *logs;
	struct err e = {0};
	size_t n;
	for (const struct json *v = x->proposal.actions->first; v != NULL; v = v->next)
		known_action(&x->known, v);
	known_deployment(&x->known, &x->ws->deployment);
	for (size_t i = 0; i < x->n_touched; i++) {
		at[i] = x->touched[i]->address;
		if (addr_eq(&at[i], &x->ws->deployment.timelock))
			known_roles(&x->known);
	}
	if (!chain_logs(x->chain, x->a, at, x->n_touched, NULL, 0, x->ws->deployment.first_block, x->chain->pin.number,
			&logs, &n, &e)) {
		struct buf words = {0};
		err_format(&e, &words);
		warn(x, "what the contracts' events speak of was not looked at: %s", buf_cstr(&words));
		buf_release(&words);
		n = 0;
	}
	err_clear(&e);
	for (size_t i = n; i-- > 0;) {
		const struct abi *abi = pinned_abi(&x->ws->pin, &logs[i].address);
		if (abi != NULL)
			known_event(&x->known, x->a, abi, &logs[i]);
	}
	if (x->known.cut)
		warn(x, "the contracts' events speak of more than was asked about");
}

/* ---- the question to the node ---- */

static struct preview_slot timestamp_slot(const struct previewing *x, const struct hash32 *operation, uint64_t value)
{
	struct preview_slot s = { .at = x->ws->deployment.timelock };
	struct hash32 pair[2] = { *operation };
	pair[1].b[31] = 1;                           /* mapping _timestamps of TimelockController 5.0 */
	keccak256(&s.slot, span_of(pair[0].b, sizeof(pair)));
	for (int i = 0; i < 8; i++)
		s.word.b[31 - i] = (uint8_t)(value >> 8 * i);
	return s;
}

static void assume(struct previewing *x)
{
	struct preview_slot *v = ARENA_ARRAY(x->a, struct preview_slot, 2);
	const bool waits = !hash32_is_zero(&x->proposal.predecessor);
	x->p.traced = from_safe(x, STEP_EXECUTE);
	x->p.traced_assumed = v;
	if (x->proposal.route == ROUTE_DIRECT)
		return;
	if (waits) {
		v[0] = timestamp_slot(x, &x->proposal.predecessor, 1);
		x->p.assumed = v;
		x->p.n_assumed = 1;
		warn(x, "it is taken for done, without its effects, what this change waits for: %.*s",
		     text_shown(x->proposal.after), (const char *)x->proposal.after.p);
	}
	v[waits] = timestamp_slot(x, &x->operation_id, 2);
	x->p.n_traced_assumed = 1 + (size_t)waits;
}

static void fill_block(struct previewing *x, struct preview_block *b)
{
	b->n = 2 * x->n_asks + 1;
	b->calls = ARENA_ARRAY(x->a, struct preview_call, b->n);
	for (size_t i = 0; i < x->n_asks; i++) {
		b->calls[i].to = x->asks[i].contract->address;
		b->calls[i].data = x->asks[i].calldata;
		b->calls[x->n_asks + 1 + i] = b->calls[i];
	}
	b->calls[x->n_asks] = from_safe(x, STEP_EXECUTE);
}

/* Schedule if it is not, then what was asked, the execution, and what was asked again, in one block after the delay. */
static void plan(struct previewing *x)
{
	const bool schedule = x->proposal.route == ROUTE_TIMELOCK && x->state.state == TIMELOCK_UNSET;
	struct preview_block *b = ARENA_ARRAY(x->a, struct preview_block, 2);
	uint64_t now = x->chain->pin.time + 1;
	x->p.blocks = b;
	if (schedule) {
		b->time = now;
		b->n = 1;
		b->calls = ARENA_ARRAY(x->a, struct preview_call, 1);
		b->calls[0] = from_safe(x, STEP_SCHEDULE);
		now += x->proposal.delay + 1;
		b++;
		x->p.n_blocks++;
	}
	b->time = x->state.ready_at > now ? x->state.ready_at : now;
	x->p.n_blocks++;
	fill_block(x, b);
	assume(x);
	x->p.traced_time = b->time;
}

/* ---- what the answers mean ---- */

static const char *why(struct previewing *x, const char *step, const struct preview_call *c)
{
	struct buf b = {0};
	size_t n;
	const struct abi **abis = onchain_abis(x->ws, x->a, &n);
	buf_fmt(&b, "%s: ", step);
	revert_words(&b, c->output, abis, n);
	return arena_str(x->a, made(x->a, &b));
}

static const struct preview_block *last_block(const struct previewing *x)
{
	return &x->p.blocks[x->p.n_blocks - 1];
}

static void say_outcome(struct previewing *x)
{
	const struct preview_call *run = &last_block(x)->calls[x->n_asks];
	x->out->ran = false;
	if (x->p.n_blocks == 2 && !x->p.blocks[0].calls[0].ok)
		x->out->failed = why(x, "schedule", &x->p.blocks[0].calls[0]);
	else if (!run->ok)
		x->out->failed = why(x, "execute", run);
	else
		x->out->ran = true;
}

static bool decode(struct previewing *x, const struct ask *q, const struct preview_call *c, struct abi_value *v)
{
	return c->ok && c->output.n > 0 && abi_decode(x->a, v, q->getter->outputs, c->output, NULL);
}

static struct span text_of(struct previewing *x, const struct abi_value *v)
{
	struct buf b = {0};
	abi_value_format(&b, v);
	return made(x->a, &b);
}

static const char *ask_name(struct previewing *x, const struct ask *q, size_t output)
{
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
	if (q->getter->outputs->count > 1) {
		const char *field = q->getter->outputs->fields[output].name;
		if (field[0] != '\0')
			buf_fmt(&b, ".%s", field);
		else
			buf_fmt(&b, "[%zu]", output);
	}
	return arena_str(x->a, made(x->a, &b));
}

static struct span args_of(const struct ask *q)
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

static void meant_row(struct previewing *x, size_t i)
{
	const struct action_read_back *r = x->reads[i];
	const size_t at = x->read_ask[i];
	const struct ask *q = &x->asks[at];
	const struct preview_call *calls = last_block(x)->calls;
	struct effect *row = &x->out->v[x->out->n++];
	*row = (struct effect){ .contract = q->contract, .getter = q->getter->signature, .args = args_of(q),
				.meant = true, .expect = r->expect };
	row->name = arena_fmt(x->a, "%.*s: %.*s", text_shown(q->contract->name), (const char *)q->contract->name.p,
			      text_shown(r->say), (const char *)r->say.p);
	if (span_starts(r->say, arena_fmt(x->a, "%.*s:", text_shown(q->contract->name),
					  (const char *)q->contract->name.p)))
		row->name = arena_str(x->a, r->say);
	row->before = read_text(x, r, &calls[at]);
	row->after = read_text(x, r, &calls[x->n_asks + 1 + at]);
}

/* An action's own value is not told twice. */
static bool is_read(const struct previewing *x, size_t at, size_t output)
{
	for (size_t i = 0; i < x->n_reads; i++)
		if (x->read_ask[i] == at && (x->reads[i]->output == SIZE_MAX || x->reads[i]->output == output))
			return true;
	return false;
}

static void other_rows(struct previewing *x, size_t at)
{
	const struct ask *q = &x->asks[at];
	const struct preview_call *calls = last_block(x)->calls;
	struct abi_value before, after;
	const bool was = decode(x, q, &calls[at], &before), is = decode(x, q, &calls[x->n_asks + 1 + at], &after);
	if (!was && !is)
		return;
	for (size_t i = 0; i < q->getter->outputs->count; i++) {
		struct effect *row = &x->out->v[x->out->n];
		if (is_read(x, at, i))
			continue;
		*row = (struct effect){ .contract = q->contract, .getter = q->getter->signature, .args = args_of(q) };
		row->name = ask_name(x, q, i);
		row->field = q->getter->outputs->count > 1 ? span_str(q->getter->outputs->fields[i].name)
							   : (struct span){NULL, 0};
		if (was)
			row->before = text_of(x, &before.items[i]);
		if (is)
			row->after = text_of(x, &after.items[i]);
		x->out->n++;
	}
}

static void rows(struct previewing *x)
{
	size_t max = x->n_reads;
	for (size_t i = 0; i < x->n_asks; i++)
		max += x->asks[i].getter->outputs->count;
	x->out->v = ARENA_ARRAY(x->a, struct effect, max + 1);
	for (size_t i = 0; i < x->n_reads; i++)
		meant_row(x, i);
	for (size_t i = 0; i < x->n_asks; i++)
		other_rows(x, i);
}

/* ---- events ---- */

/* Some setters keep fewer bits than they announce. */
static void check_truncation(struct previewing *x, const struct contract *c, const char *event, const struct u256 *said)
{
	static const unsigned kept[] = { 8, 16, 32, 64, 128 };
	for (size_t k = 0; k < ARRAY_LEN(kept); k++) {
		const struct u256 high = u256_shift_left(said, 256 - kept[k]);
		uint8_t be[32], low[32] = {0};
		struct buf text = {0};
		if (u256_bit_length(said) <= kept[k])
			continue;
		u256_to_be(be, &high);
		memcpy(low + 32 - kept[k] / 8, be, kept[k] / 8);
		const struct u256 stored = u256_from_be(low);
		u256_format(&text, &stored);
		for (size_t i = 0; i < x->out->n; i++) {
			const struct effect *row = &x->out->v[i];
			if (row->contract != c || span_eq(row->before, row->after) ||
			    !span_eq(row->after, buf_view(&text)))
				continue;
			buf_clear(&text);
			u256_format(&text, said);
			warn(x, "TRUNCATED: event %s says %s, %s is %.*s: the contract keeps %u bits", event,
			     buf_cstr(&text), row->name, text_shown(row->after), (const char *)row->after.p, kept[k]);
			break;
		}
		buf_release(&text);
	}
}

static const char *event_text(struct previewing *x, const struct chain_log *log)
{
	const struct contract *c = deployment_contract_at(&x->ws->deployment, &log->address);
	const struct abi *abi = c != NULL ? pinned_abi(&x->ws->pin, &log->address) : NULL;
	const struct abi_event *ev =
		abi != NULL && log->topic_count > 0 ? abi_find_event(abi, &log->topics[0]) : NULL;
	struct buf b = {0}, safe = {0};
	struct abi_value v;
	if (ev != NULL && abi_event_decode(x->a, &v, ev, log->topics, log->topic_count, log->data, NULL)) {
		buf_span(&b, c->name);
		buf_fmt(&b, " %s(", ev->name);
		for (size_t i = 0; i < v.n; i++) {
			buf_fmt(&b, "%s%s ", i ? ", " : "", ev->inputs->fields[i].name);
			abi_value_format(&b, &v.items[i]);
			if (v.items[i].type->kind == ABI_UINT)
				check_truncation(x, c, ev->name, &v.items[i].word);
		}
		buf_byte(&b, ')');
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

/* CallExecuted tells what is known: the calls that were made. */
static bool is_bookkeeping(const struct previewing *x, const struct chain_log *log)
{
	struct hash32 topic;
	keccak256(&topic, span_str("CallExecuted(bytes32,uint256,address,uint256,bytes)"));
	return addr_eq(&log->address, &x->ws->deployment.timelock) && log->topic_count > 0 &&
	       hash32_eq(&log->topics[0], &topic);
}

static void events(struct previewing *x)
{
	const struct preview_call *run = &last_block(x)->calls[x->n_asks];
	x->out->events = ARENA_ARRAY(x->a, const char *, run->n_logs + 1);
	for (size_t i = 0; i < run->n_logs; i++)
		if (!is_bookkeeping(x, &run->logs[i]))
			x->out->events[x->out->n_events++] = event_text(x, &run->logs[i]);
}

/* ---- storage ---- */

static void slot_row(struct previewing *x, const struct preview_change *c, const struct slot_list *names)
{
	const struct deployment *d = &x->ws->deployment;
	const struct preview_slot own = timestamp_slot(x, &x->operation_id, 1);
	struct effect_slot s = { .contract = deployment_contract_at(d, &c->at), .at = c->at, .slot = c->slot,
				 .before = c->before, .after = c->after };
	const struct named_slot *name;
	size_t i = 0;
	bool any = false;
	if (x->proposal.route == ROUTE_TIMELOCK && addr_eq(&own.at, &c->at) && hash32_eq(&own.slot, &c->slot))
		return;                       /* that it is done now */
	while ((name = slots_at(names, &i, &c->at, &c->slot)) != NULL) {
		struct buf was = {0}, is = {0};
		slot_say(x->a, &was, name, d, &c->before);
		slot_say(x->a, &is, name, d, &c->after);
		s.name = name->name;
		s.was = made(x->a, &was);
		s.is = made(x->a, &is);
		if (!span_eq(s.was, s.is)) {
			x->out->slots[x->out->n_slots++] = s;
			any = true;
		}
	}
	s.name = NULL;
	if (!any)
		x->out->slots[x->out->n_slots++] = s;
}

static void storage(struct previewing *x)
{
	struct slot_list names = { .a = x->a };
	const struct hash32 *keys;
	size_t n, unnamed = 0;
	if (x->p.no_trace.n > 0)
		warn(x, "storage was not compared: %.*s", text_shown(x->p.no_trace), (const char *)x->p.no_trace.p);
	keys = known_words(&x->known, x->a, &n);
	slots_known(&names, &x->ws->pin, keys, n);
	x->out->slots = ARENA_ARRAY(x->a, struct effect_slot, 4 * x->p.n_changes + 1);
	for (size_t i = 0; i < x->p.n_changes; i++)
		slot_row(x, &x->p.changes[i], &names);
	for (size_t i = 0; i < x->out->n_slots; i++)
		unnamed += x->out->slots[i].name == NULL;
	if (unnamed > 0)
		warn(x, "%zu storage slot%s that nobody here has a name for differ%s: see UNNAMED", unnamed,
		     unnamed == 1 ? "" : "s", unnamed == 1 ? "s" : "");
}

static void codes(struct previewing *x)
{
	for (size_t i = 0; i < x->p.n_targets; i++) {
		struct buf at = {0};
		addr_format(&at, &x->p.targets[i]);
		if (!x->p.has_code[i])
			warn(x, "NO CODE at %s: a call there succeeds and does nothing", buf_cstr(&at));
		buf_release(&at);
	}
}

/* ---- upgrades ---- */

static bool upgrades(struct previewing *x, struct err *e)
{
	size_t n;
	struct upgrade *v = upgrades_of(x->a, &n, x->proposal.calls, &x->ws->deployment);
	x->out->refusals = ARENA_ARRAY(x->a, const char *, 5 * n + 1);
	for (size_t i = 0; i < n; i++) {
		struct upgrade_findings f;
		if (!chain_upgrade(x->chain, x->a, &v[i], e))
			return false;
		upgrade_judge(x->a, &f, &v[i]);
		for (size_t k = 0; k < f.n; k++)
			x->out->refusals[x->out->n_refusals++] = f.refusals[k];
		if (f.code_hash != NULL)
			warn(x, "the new code of %.*s: %s", text_shown(v[i].proxy->name),
			     (const char *)v[i].proxy->name.p, f.code_hash);
	}
	return true;
}

/* ---- all of it ---- */

static bool prepare(struct previewing *x, struct err *e)
{
	struct addr *targets;
	if (!compile(x, e))
		return false;
	if (x->proposal.route == ROUTE_TIMELOCK && x->state.state == TIMELOCK_DONE)
		return err_refuse(e, "DONE", "the operation has been executed: there is nothing to preview");
	x->touched = ARENA_ARRAY(x->a, const struct contract *, x->proposal.calls.n + 1);
	targets = ARENA_ARRAY(x->a, struct addr, x->proposal.calls.n + 1);
	for (size_t i = 0; i < x->proposal.calls.n; i++) {
		touch(x, &x->proposal.calls.v[i].to);
		targets[i] = x->proposal.calls.v[i].to;
	}
	x->p.targets = targets;
	x->p.n_targets = x->proposal.calls.n;
	x->asks = ARENA_ARRAY(x->a, struct ask, MAX_ASKS);
	learn(x);
	if (!ask_reads(x, e))
		return false;
	ask_others(x);
	plan(x);
	return true;
}

bool previewing_run(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		    struct effects *out, struct err *e)
{
	struct previewing x = { .ws = ws, .chain = c, .a = a, .change = change, .out = out };
	*out = (struct effects){ .change = arena_str(a, change->id), .block = c->pin.number, .block_time = c->pin.time,
				 .block_hash = c->pin.hash };
	out->warnings = ARENA_ARRAY(a, const char *, MAX_WARNINGS);
	if (!prepare(&x, e) || !upgrades(&x, e) || !preview_run(c, a, &x.p, e))
		return false;
	out->endpoint = x.p.endpoint;
	say_outcome(&x);
	codes(&x);
	rows(&x);
	effects_judge(out, &ws->pin);
	events(&x);
	storage(&x);
	return true;
}
