#include "src/gov/timelock.h"

#include <assert.h>
#include <string.h>

#include "src/crypto/keccak.h"
#include "src/evm/abi.h"
#include "src/evm/address.h"
#include "src/gov/fields.h"

/* ---- roles ---- */

const struct timelock_role timelock_roles[N_TIMELOCK_ROLES] = {
	{"proposer", "PROPOSER_ROLE", {{0xb0, 0x9a, 0xa5, 0xae, 0xb3, 0x70, 0x2c, 0xfd, 0x50, 0xb6, 0xb6,
					0x2b, 0xc4, 0x53, 0x26, 0x04, 0x93, 0x8f, 0x21, 0x24, 0x8a, 0x27,
					0xa1, 0xd5, 0xca, 0x73, 0x60, 0x82, 0xb6, 0x81, 0x9c, 0xc1}}},
	{"executor", "EXECUTOR_ROLE", {{0xd8, 0xaa, 0x0f, 0x31, 0x94, 0x97, 0x1a, 0x2a, 0x11, 0x66, 0x79,
					0xf7, 0xc2, 0x09, 0x0f, 0x69, 0x39, 0xc8, 0xd4, 0xe0, 0x1a, 0x2a,
					0x8d, 0x7e, 0x41, 0xd5, 0x5e, 0x53, 0x51, 0x46, 0x9e, 0x63}}},
	{"canceller", "CANCELLER_ROLE", {{0xfd, 0x64, 0x3c, 0x72, 0x71, 0x0c, 0x63, 0xc0, 0x18, 0x02, 0x59,
					  0xab, 0xa6, 0xb2, 0xd0, 0x54, 0x51, 0xe3, 0x59, 0x1a, 0x24, 0xe5,
					  0x8b, 0x62, 0x23, 0x93, 0x78, 0x08, 0x57, 0x26, 0xf7, 0x83}}},
	{"admin", "DEFAULT_ADMIN_ROLE", {{0}}},
};

const struct timelock_role *timelock_role_named(struct span name)
{
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		if (span_is(name, timelock_roles[i].name))
			return &timelock_roles[i];
	return NULL;
}

const struct timelock_role *timelock_role_of(struct span hash)
{
	for (size_t i = 0; i < N_TIMELOCK_ROLES; i++)
		if (span_eq(hash, SPAN_HASH(&timelock_roles[i].hash)))
			return &timelock_roles[i];
	return NULL;
}

static const char *const signatures[] = {
	[TIMELOCK_SCHEDULE] = "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
	[TIMELOCK_SCHEDULE_BATCH] = "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
	[TIMELOCK_EXECUTE] = "execute(address,uint256,bytes,bytes32,bytes32)",
	[TIMELOCK_EXECUTE_BATCH] = "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)",
	[TIMELOCK_CANCEL] = "cancel(bytes32)",
};

static const struct abi_function *function(struct arena *a, enum timelock_function f)
{
	const struct abi_function *out = abi_function_parse(a, span_str(signatures[f]), NULL);

	if (out == NULL)
		BUG("cannot read %s", signatures[f]);
	return out;
}

/* ---- writing ---- */

/* Targets, values, payloads, predecessor, salt: the first five arguments, the same in hash, schedule and
 * execute. */
static void fill(struct arena *a, struct abi_value *args, const struct abi_type *tuple,
		 const struct operation *op)
{
	const struct abi_field *f = tuple->fields;
	const struct abi_type *to = f[0].type, *value = f[1].type, *data = f[2].type;
	const size_t n = op->calls.n;

	if (op->batch) {
		struct abi_value *v = ARENA_ARRAY(a, struct abi_value, 3 * n);

		for (size_t i = 0; i < n; i++) {
			v[i] = abi_address(to->elem, &op->calls.v[i].to);
			v[n + i] = abi_word(value->elem, &op->calls.v[i].value);
			v[2 * n + i] = abi_bytes(data->elem, op->calls.v[i].data);
		}
		args[0] = abi_items(to, v, n);
		args[1] = abi_items(value, v + n, n);
		args[2] = abi_items(data, v + 2 * n, n);
	} else {
		assert(n == 1);
		args[0] = abi_address(to, &op->calls.v[0].to);
		args[1] = abi_word(value, &op->calls.v[0].value);
		args[2] = abi_bytes(data, op->calls.v[0].data);
	}
	args[3] = abi_bytes(tuple->fields[3].type, SPAN_HASH(&op->predecessor));
	args[4] = abi_bytes(tuple->fields[4].type, SPAN_HASH(&op->salt));
}

void timelock_id(struct hash32 *out, const struct operation *op)
{
	struct arena a = {0};
	struct buf bytes = {0};
	const struct abi_type *tuple =
		function(&a, op->batch ? TIMELOCK_EXECUTE_BATCH : TIMELOCK_EXECUTE)->inputs;
	struct abi_value args[5], all;

	fill(&a, args, tuple, op);
	all = abi_items(tuple, args, ARRAY_LEN(args));
	abi_encode(&bytes, &all);
	keccak256(out, buf_view(&bytes));
	buf_release(&bytes);
	arena_release(&a);
}

void timelock_schedule(struct buf *calldata, const struct operation *op, uint64_t delay)
{
	struct arena a = {0};
	const struct abi_function *f = function(&a, op->batch ? TIMELOCK_SCHEDULE_BATCH : TIMELOCK_SCHEDULE);
	const struct u256 seconds = u256_from_u64(delay);
	struct abi_value args[6], all;

	fill(&a, args, f->inputs, op);
	args[5] = abi_word(f->inputs->fields[5].type, &seconds);
	all = abi_items(f->inputs, args, ARRAY_LEN(args));
	abi_calldata_encode(calldata, f, &all);
	arena_release(&a);
}

void timelock_execute(struct buf *calldata, const struct operation *op)
{
	struct arena a = {0};
	const struct abi_function *f = function(&a, op->batch ? TIMELOCK_EXECUTE_BATCH : TIMELOCK_EXECUTE);
	struct abi_value args[5], all;

	fill(&a, args, f->inputs, op);
	all = abi_items(f->inputs, args, ARRAY_LEN(args));
	abi_calldata_encode(calldata, f, &all);
	arena_release(&a);
}

void timelock_cancel(struct buf *calldata, const struct hash32 *id)
{
	struct arena a = {0};
	const struct abi_function *f = function(&a, TIMELOCK_CANCEL);
	struct abi_value arg = abi_bytes(f->inputs->fields[0].type, SPAN_HASH(id));
	const struct abi_value all = abi_items(f->inputs, &arg, 1);

	abi_calldata_encode(calldata, f, &all);
	arena_release(&a);
}

/* ---- reading ---- */

static struct hash32 as_hash(const struct abi_value *v)
{
	struct hash32 h;

	assert(v->bytes.n == sizeof(h.b));
	memcpy(h.b, v->bytes.p, sizeof(h.b));
	return h;
}

static bool same_length(const char *name, size_t found, size_t wanted, struct err *e)
{
	if (found == wanted)
		return true;
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "%zu targets need %zu, found %zu", wanted, wanted, found);
	return err_in(e, "%s", name);
}

static bool take_operation(struct arena *a, struct operation *op, const struct abi_value *args, bool batch,
			   struct err *e)
{
	const size_t n = batch ? args[0].n : 1;
	struct call *v;

	if (batch && (!same_length("values", args[1].n, n, e) || !same_length("payloads", args[2].n, n, e)))
		return false;
	v = ARENA_ARRAY(a, struct call, n);
	for (size_t i = 0; i < n; i++) {
		v[i].to = abi_as_addr(batch ? &args[0].items[i] : &args[0]);
		v[i].value = (batch ? &args[1].items[i] : &args[1])->word;
		v[i].data = (batch ? &args[2].items[i] : &args[2])->bytes;
	}
	*op = (struct operation){ { v, n }, batch, as_hash(&args[3]), as_hash(&args[4]) };
	return true;
}

static bool take_arguments(struct arena *a, struct timelock_call *out, const struct abi_value *all,
			   struct err *e)
{
	switch (out->function) {
	case TIMELOCK_SCHEDULE:
	case TIMELOCK_SCHEDULE_BATCH:
		out->delay = all->items[5].word;
		break;
	case TIMELOCK_EXECUTE:
	case TIMELOCK_EXECUTE_BATCH:
		break;
	case TIMELOCK_CANCEL:
		out->id = as_hash(&all->items[0]);
		return true;
	}
	if (!take_operation(a, &out->operation, all->items, out->function == TIMELOCK_SCHEDULE_BATCH ||
			    out->function == TIMELOCK_EXECUTE_BATCH, e))
		return false;
	timelock_id(&out->id, &out->operation);
	return true;
}

bool timelock_parse(struct arena *a, struct timelock_call *out, struct span data, struct err *e)
{
	if (data.n < 4)
		return err_set(e, ERR_SYNTAX, 0, "a selector is 4 bytes, found %zu", data.n);
	*out = (struct timelock_call){0};
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		const struct abi_function *f = function(a, (enum timelock_function)i);
		struct abi_value all;

		if (memcmp(f->selector, data.p, 4) != 0)
			continue;
		out->function = (enum timelock_function)i;
		return abi_calldata_decode(a, &all, f, data, e) && take_arguments(a, out, &all, e);
	}
	return err_set(e, ERR_UNKNOWN, 0, "selector 0x%02x%02x%02x%02x is none of the timelock's five calls",
		       data.p[0], data.p[1], data.p[2], data.p[3]);
}

enum timelock_state timelock_state_at(uint64_t timestamp, uint64_t block_time)
{
	if (timestamp == 0)
		return TIMELOCK_UNSET;
	if (timestamp == 1)
		return TIMELOCK_DONE;
	return timestamp > block_time ? TIMELOCK_WAITING : TIMELOCK_READY;
}

const char *timelock_state_name(enum timelock_state s)
{
	switch (s) {
	case TIMELOCK_UNSET:
		return "unset";
	case TIMELOCK_WAITING:
		return "waiting";
	case TIMELOCK_READY:
		return "ready";
	case TIMELOCK_DONE:
		return "done";
	}
	BUG("timelock state %d", (int)s);
}

/* ---- JSON ---- */

static bool single_from_json(struct arena *a, struct operation *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "target", "value", "data", "predecessor", "salt", NULL };
	struct call *c = ARENA_NEW(a, struct call);

	out->calls = (struct calls){ c, 1 };
	return json_only(doc, members, e) && json_get_addr(doc, "target", &c->to, e) &&
	       json_get_u256(doc, "value", &c->value, e) && json_get_bytes(a, doc, "data", &c->data, e);
}

/* The elements of an array have no names of their own: each is read as the member of an object made for it. */
static const struct json *as_member(struct arena *a, const struct json *v)
{
	struct json *o = json_object(a), *copy = ARENA_NEW(a, struct json);

	*copy = *v;
	copy->next = NULL;
	json_set(o, a, "v", copy);
	return o;
}

/* "targets.v" and "[3]" into "targets[3]". */
static bool in_element(struct err *e, const char *list, size_t i)
{
	if (e != NULL)
		buf_clear(&e->field);
	err_in(e, "[%zu]", i);
	return err_in(e, "%s", list);
}

static bool batch_from_json(struct arena *a, struct operation *out, const struct json *doc, struct err *e)
{
	static const char *const members[] = { "targets", "values", "payloads", "predecessor", "salt", NULL };
	const struct json *targets, *values, *payloads;
	struct call *c;

	if (!json_only(doc, members, e) || !json_get(doc, "targets", JSON_ARRAY, &targets, e) ||
	    !json_get(doc, "values", JSON_ARRAY, &values, e) ||
	    !json_get(doc, "payloads", JSON_ARRAY, &payloads, e) ||
	    !same_length("values", values->n, targets->n, e) ||
	    !same_length("payloads", payloads->n, targets->n, e))
		return false;
	c = ARENA_ARRAY(a, struct call, targets->n);
	out->batch = true;
	out->calls = (struct calls){ c, targets->n };
	const struct json *t = targets->first, *v = values->first, *p = payloads->first;
	for (size_t i = 0; i < targets->n; i++, t = t->next, v = v->next, p = p->next) {
		if (!json_get_addr(as_member(a, t), "v", &c[i].to, e))
			return in_element(e, "targets", i);
		if (!json_get_u256(as_member(a, v), "v", &c[i].value, e))
			return in_element(e, "values", i);
		if (!json_as_bytes(a, p, &c[i].data, e))
			return in_element(e, "payloads", i);
	}
	return true;
}

bool operation_from_json(struct arena *a, struct operation *out, const struct json *doc, struct err *e)
{
	*out = (struct operation){0};
	if (!(json_find(doc, "targets") != NULL ? batch_from_json(a, out, doc, e)
						: single_from_json(a, out, doc, e)))
		return false;
	return json_get_hash(doc, "predecessor", &out->predecessor, e) &&
	       json_get_hash(doc, "salt", &out->salt, e);
}
