#include "src/gov/snapshot.h"

#include <string.h>

#include "src/base/text.h"
#include "src/evm/address.h"

#define FORMAT "setgov-snapshot/1"
#define LARGEST ((UINT64_C(1) << 53) - 1)     /* what a JSON number holds */

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
		return "critical";
	case SEVERITY_WARNING:
		return "warning";
	}
	BUG("severity %d", (int)s);
}

bool severity_parse(enum severity *out, struct span name, struct err *e)
{
	for (int s = SEVERITY_CRITICAL; s <= SEVERITY_WARNING; s++)
		if (span_is(name, severity_name((enum severity)s))) {
			*out = (enum severity)s;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, ERR_NO_OFFSET, "a severity is critical or warning");
}

/* ---- writing ---- */

/* A chain may say any 64 bits; beyond the largest it does not matter any more how large. */
static struct json *number(struct arena *a, uint64_t n)
{
	return json_u64(a, n < LARGEST ? n : LARGEST);
}

static struct json *number_or_null(struct arena *a, bool has, uint64_t n)
{
	return has ? number(a, n) : json_null(a);
}

static struct json *text_or_null(struct arena *a, struct span s)
{
	return s.n > 0 ? json_text(a, s) : json_null(a);
}

static struct json *addr_or_null(struct arena *a, bool has, const struct addr *at)
{
	return has ? json_addr(a, at) : json_null(a);
}

static struct json *addrs_json(struct arena *a, const struct addr *v, size_t n)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < n; i++)
		json_push(list, json_addr(a, &v[i]));
	return list;
}

static struct json *endpoints_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_endpoints; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "name", json_text(a, s->endpoints[i].name));
		json_set(o, a, "ok", json_bool(a, s->endpoints[i].ok));
		json_set(o, a, "words", json_text(a, s->endpoints[i].words));
		json_push(list, o);
	}
	return list;
}

static struct json *roles_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_roles; i++) {
		const struct snapshot_role *r = &s->roles[i];
		struct json *o = json_object(a);
		json_set(o, a, "account", json_addr(a, &r->account));
		json_set(o, a, "proposer", json_bool(a, r->proposer));
		json_set(o, a, "executor", json_bool(a, r->executor));
		json_set(o, a, "canceller", json_bool(a, r->canceller));
		json_set(o, a, "admin", json_bool(a, r->admin));
		json_push(list, o);
	}
	return list;
}

static struct json *contracts_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_contracts; i++) {
		const struct snapshot_contract *c = &s->contracts[i];
		struct json *o = json_object(a);
		json_set(o, a, "name", json_text(a, c->name));
		json_set(o, a, "address", json_addr(a, &c->address));
		json_set(o, a, "code", json_bool(a, c->has_code));
		json_set(o, a, "implementation", addr_or_null(a, c->has_implementation, &c->implementation));
		json_set(o, a, "owner", addr_or_null(a, c->has_owner, &c->owner));
		json_push(list, o);
	}
	return list;
}

static struct json *balances_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_balances; i++) {
		struct json *o = json_object(a);
		json_set(o, a, "person", json_text(a, s->balances[i].person));
		json_set(o, a, "address", json_addr(a, &s->balances[i].address));
		json_set(o, a, "wei", json_u256(a, &s->balances[i].wei));
		json_push(list, o);
	}
	return list;
}

static struct json *scheduled_json(struct arena *a, const struct snapshot_operation *op)
{
	struct json *o = json_object(a), *sentences = json_array(a);
	for (size_t i = 0; i < op->n_sentences; i++)
		json_push(sentences, json_str(a, op->sentences[i]));
	json_set(o, a, "block", number(a, op->block));
	json_set(o, a, "tx", json_0x(a, SPAN_HASH(&op->tx)));
	json_set(o, a, "predecessor", json_0x(a, SPAN_HASH(&op->predecessor)));
	json_set(o, a, "salt", json_0x(a, SPAN_HASH(&op->salt)));
	json_set(o, a, "delay", number(a, op->delay));
	json_set(o, a, "sentences", sentences);
	return o;
}

static struct json *operations_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_operations; i++) {
		const struct snapshot_operation *op = &s->operations[i];
		struct json *o = json_object(a);
		json_set(o, a, "id", json_0x(a, SPAN_HASH(&op->id)));
		json_set(o, a, "change", text_or_null(a, op->change));
		json_set(o, a, "timestamp", number(a, op->timestamp));
		json_set(o, a, "scheduled", op->known_block ? scheduled_json(a, op) : json_null(a));
		json_push(list, o);
	}
	return list;
}

static struct json *foreign_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_foreign; i++) {
		const struct snapshot_foreign_tx *f = &s->foreign[i];
		struct json *o = json_object(a);
		json_set(o, a, "safeTxHash", json_0x(a, SPAN_HASH(&f->safe_tx_hash)));
		json_set(o, a, "tx", json_0x(a, SPAN_HASH(&f->tx)));
		json_set(o, a, "block", number(a, f->block));
		json_set(o, a, "ok", json_bool(a, f->ok));
		json_push(list, o);
	}
	return list;
}

struct json *finding_event_json(struct arena *a, const struct finding_event *ev)
{
	struct json *o = json_object(a);
	json_set(o, a, "block", number(a, ev->block));
	json_set(o, a, "index", number(a, ev->index));
	json_set(o, a, "tx", json_0x(a, SPAN_HASH(&ev->tx)));
	return o;
}

static struct json *findings_json(struct arena *a, const struct snapshot *s)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < s->n_findings; i++) {
		struct json *o = json_object(a);
		const struct snapshot_finding *f = &s->findings[i];
		json_set(o, a, "code", json_text(a, f->code));
		json_set(o, a, "severity", json_str(a, severity_name(f->severity)));
		json_set(o, a, "subject", json_text(a, f->subject));
		json_set(o, a, "words", json_text(a, f->words));
		json_set(o, a, "found", json_text(a, f->found));
		json_set(o, a, "expected", json_text(a, f->expected));
		json_set(o, a, "event", f->has_event ? finding_event_json(a, &f->event) : json_null(a));
		json_set(o, a, "alert", text_or_null(a, f->alert));
		json_set(o, a, "acknowledged", json_bool(a, f->acknowledged));
		json_push(list, o);
	}
	return list;
}

static void block_members(struct json *o, struct arena *a, const struct snapshot *s)
{
	json_set(o, a, "block", number(a, s->block));
	json_set(o, a, "blockHash", json_0x(a, SPAN_HASH(&s->block_hash)));
	json_set(o, a, "blockTime", number(a, s->block_time));
	json_set(o, a, "safeHead", number_or_null(a, s->has_safe_head, s->safe_head));
	json_set(o, a, "finalized", number_or_null(a, s->has_finalized, s->finalized));
}

static void safe_members(struct json *o, struct arena *a, const struct snapshot *s)
{
	json_set(o, a, "safeNonce", number(a, s->safe_nonce));
	json_set(o, a, "threshold", number(a, s->threshold));
	json_set(o, a, "owners", addrs_json(a, s->owners, s->n_owners));
	json_set(o, a, "safeVersion", json_text(a, s->safe_version));
	json_set(o, a, "singleton", json_addr(a, &s->singleton));
	json_set(o, a, "guard", json_addr(a, &s->guard));
	json_set(o, a, "fallbackHandler", json_addr(a, &s->fallback_handler));
	json_set(o, a, "modules", s->modules_known ? addrs_json(a, s->modules, s->n_modules) : json_null(a));
}

struct json *snapshot_to_json(struct arena *a, const struct snapshot *s)
{
	struct json *o = json_object(a);
	struct buf taken = {0};
	time_format(&taken, s->taken);
	json_set(o, a, "format", json_str(a, FORMAT));
	json_set(o, a, "taken", json_text(a, buf_view(&taken)));
	json_set(o, a, "online", json_bool(a, s->online));
	json_set(o, a, "trouble", text_or_null(a, s->trouble));
	json_set(o, a, "endpoints", endpoints_json(a, s));
	buf_release(&taken);
	if (!s->online)
		return o;
	block_members(o, a, s);
	safe_members(o, a, s);
	json_set(o, a, "minDelay", number(a, s->min_delay));
	json_set(o, a, "roles", roles_json(a, s));
	json_set(o, a, "contracts", contracts_json(a, s));
	json_set(o, a, "balances", balances_json(a, s));
	json_set(o, a, "operations", operations_json(a, s));
	json_set(o, a, "eventsKnown", json_bool(a, s->events_known));
	json_set(o, a, "eventsTrouble", text_or_null(a, s->events_trouble));
	json_set(o, a, "eventsFrom", number(a, s->events_from));
	json_set(o, a, "foreign", foreign_json(a, s));
	json_set(o, a, "findings", findings_json(a, s));
	return o;
}

/* ---- reading ---- */

/* Whatever is shown later is plain now. */
static bool get_words(const struct json *o, const char *name, struct span *out, struct err *e)
{
	if (!json_get_str(o, name, out, e))
		return false;
	return text_is_plain(*out, false) ||
	       err_set(e, ERR_SYNTAX, json_find(o, name)->at, "needed plain text on one line") ||
	       err_in(e, "%s", name);
}

/* Present, and null: *is_null. */
static bool get_nullable(const struct json *o, const char *name, bool *is_null, struct err *e)
{
	const struct json *v = json_find(o, name);
	*is_null = v != NULL && v->type == JSON_NULL;
	return v != NULL || err_set(e, ERR_MISSING, o->at, "missing") || err_in(e, "%s", name);
}

static bool get_words_or_null(const struct json *o, const char *name, struct span *out, struct err *e)
{
	bool is_null;
	*out = span_str("");
	if (!get_nullable(o, name, &is_null, e) || (!is_null && !get_words(o, name, out, e)))
		return false;
	return is_null || out->n > 0 ||
	       err_set(e, ERR_SYNTAX, json_find(o, name)->at, "needed words, or null") || err_in(e, "%s", name);
}

static bool get_number_or_null(const struct json *o, const char *name, bool *has, uint64_t *out, struct err *e)
{
	bool is_null;
	if (!get_nullable(o, name, &is_null, e))
		return false;
	*has = !is_null;
	return is_null || json_get_u64(o, name, out, e);
}

static bool get_addr_or_null(const struct json *o, const char *name, bool *has, struct addr *out, struct err *e)
{
	bool is_null;
	if (!get_nullable(o, name, &is_null, e))
		return false;
	*has = !is_null;
	return is_null || json_get_addr(o, name, out, e);
}

/* One element of a list of objects: `v` has passed json_only(). */
typedef bool element_fn(struct arena *a, const struct json *v, void *out, struct err *e);

static bool get_list(struct arena *a, const struct json *o, const char *name, const char *const members[],
		     element_fn *fn, size_t size, void *out, size_t *n, struct err *e)
{
	const struct json *list;
	uint8_t *items;
	size_t i = 0;
	if (!json_get(o, name, JSON_ARRAY, &list, e))
		return false;
	items = arena_alloc(a, list->n + 1, size);
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		bool ok = v->type == JSON_OBJECT || err_set(e, ERR_SYNTAX, v->at, "needed an object");
		ok = ok && json_only(v, members, e) && fn(a, v, items + i * size, e);
		if (!ok)
			return err_in(e, "[%zu]", i) || err_in(e, "%s", name);
	}
	memcpy(out, &items, sizeof(items));
	*n = list->n;
	return true;
}

static bool get_addrs(struct arena *a, const struct json *o, const char *name, struct addr **out, size_t *n,
		      struct err *e)
{
	const struct json *list;
	size_t i = 0;
	if (!json_get(o, name, JSON_ARRAY, &list, e))
		return false;
	*out = ARENA_ARRAY(a, struct addr, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		const bool ok = v->type == JSON_STRING ||
				err_set(e, ERR_SYNTAX, v->at, "needed an address");
		if (!ok || !addr_parse_checksummed(&(*out)[i], v->text, e)) {
			if (e != NULL)
				e->at = v->at;
			return err_in(e, "[%zu]", i) || err_in(e, "%s", name);
		}
	}
	*n = list->n;
	return true;
}

static bool read_endpoint(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_endpoint *p = out;
	(void)a;
	return get_words(v, "name", &p->name, e) && json_get_bool(v, "ok", &p->ok, e) &&
	       get_words(v, "words", &p->words, e);
}

static bool read_role(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_role *r = out;
	(void)a;
	return json_get_addr(v, "account", &r->account, e) && json_get_bool(v, "proposer", &r->proposer, e) &&
	       json_get_bool(v, "executor", &r->executor, e) &&
	       json_get_bool(v, "canceller", &r->canceller, e) && json_get_bool(v, "admin", &r->admin, e);
}

static bool read_contract(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_contract *c = out;
	(void)a;
	return get_words(v, "name", &c->name, e) && json_get_addr(v, "address", &c->address, e) &&
	       json_get_bool(v, "code", &c->has_code, e) &&
	       get_addr_or_null(v, "implementation", &c->has_implementation, &c->implementation, e) &&
	       get_addr_or_null(v, "owner", &c->has_owner, &c->owner, e);
}

static bool read_balance(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_balance *b = out;
	(void)a;
	return get_words(v, "person", &b->person, e) && json_get_addr(v, "address", &b->address, e) &&
	       json_get_u256(v, "wei", &b->wei, e);
}

static bool read_sentences(struct arena *a, const struct json *o, struct snapshot_operation *op, struct err *e)
{
	const struct json *list;
	size_t i = 0;
	if (!json_get(o, "sentences", JSON_ARRAY, &list, e))
		return false;
	op->sentences = ARENA_ARRAY(a, const char *, list->n + 1);
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		if (v->type != JSON_STRING || !text_is_plain(v->text, false))
			return err_set(e, ERR_SYNTAX, v->at, "needed plain text on one line") ||
			       err_in(e, "sentences[%zu]", i);
		op->sentences[i] = arena_str(a, v->text);
	}
	op->n_sentences = list->n;
	return true;
}

static bool read_scheduled(struct arena *a, const struct json *v, struct snapshot_operation *op, struct err *e)
{
	static const char *const names[] = { "block", "tx", "predecessor", "salt", "delay", "sentences", NULL };
	return json_only(v, names, e) && json_get_u64(v, "block", &op->block, e) &&
	       json_get_hash(v, "tx", &op->tx, e) && json_get_hash(v, "predecessor", &op->predecessor, e) &&
	       json_get_hash(v, "salt", &op->salt, e) && json_get_u64(v, "delay", &op->delay, e) &&
	       read_sentences(a, v, op, e);
}

static bool read_operation(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_operation *op = out;
	const struct json *scheduled;
	bool is_null;
	if (!json_get_hash(v, "id", &op->id, e) || !get_words_or_null(v, "change", &op->change, e) ||
	    !json_get_u64(v, "timestamp", &op->timestamp, e) || !get_nullable(v, "scheduled", &is_null, e))
		return false;
	op->known_block = !is_null;
	if (is_null)
		return true;
	return json_get(v, "scheduled", JSON_OBJECT, &scheduled, e) &&
	       (read_scheduled(a, scheduled, op, e) || err_in(e, "scheduled"));
}

static bool read_foreign(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_foreign_tx *f = out;
	(void)a;
	return json_get_hash(v, "safeTxHash", &f->safe_tx_hash, e) && json_get_hash(v, "tx", &f->tx, e) &&
	       json_get_u64(v, "block", &f->block, e) && json_get_bool(v, "ok", &f->ok, e);
}

bool finding_event_read(const struct json *o, const char *name, bool *has, struct finding_event *out, struct err *e)
{
	static const char *const names[] = { "block", "index", "tx", NULL };
	const struct json *v;
	bool is_null;
	*has = false;
	if (!get_nullable(o, name, &is_null, e) || (!is_null && !json_get(o, name, JSON_OBJECT, &v, e)))
		return false;
	*has = !is_null;
	return is_null || (json_only(v, names, e) && json_get_u64(v, "block", &out->block, e) &&
			   json_get_u64(v, "index", &out->index, e) && json_get_hash(v, "tx", &out->tx, e)) ||
	       err_in(e, "%s", name);
}

static bool read_severity(const struct json *v, enum severity *out, struct err *e)
{
	struct span name;
	return json_get_str(v, "severity", &name, e) && (severity_parse(out, name, e) || err_in(e, "severity"));
}

static bool read_finding(struct arena *a, const struct json *v, void *out, struct err *e)
{
	struct snapshot_finding *f = out;
	(void)a;
	return get_words(v, "code", &f->code, e) && read_severity(v, &f->severity, e) &&
	       get_words(v, "subject", &f->subject, e) && get_words(v, "words", &f->words, e) &&
	       get_words(v, "found", &f->found, e) && get_words(v, "expected", &f->expected, e) &&
	       finding_event_read(v, "event", &f->has_event, &f->event, e) &&
	       get_words_or_null(v, "alert", &f->alert, e) && json_get_bool(v, "acknowledged", &f->acknowledged, e);
}

static bool read_block(const struct json *o, struct snapshot *s, struct err *e)
{
	return json_get_u64(o, "block", &s->block, e) && json_get_hash(o, "blockHash", &s->block_hash, e) &&
	       json_get_u64(o, "blockTime", &s->block_time, e) &&
	       get_number_or_null(o, "safeHead", &s->has_safe_head, &s->safe_head, e) &&
	       get_number_or_null(o, "finalized", &s->has_finalized, &s->finalized, e);
}

static bool read_safe(struct arena *a, const struct json *o, struct snapshot *s, struct err *e)
{
	bool is_null;
	if (!json_get_u64(o, "safeNonce", &s->safe_nonce, e) ||
	    !json_get_u64(o, "threshold", &s->threshold, e) ||
	    !get_addrs(a, o, "owners", &s->owners, &s->n_owners, e) ||
	    !get_words(o, "safeVersion", &s->safe_version, e) ||
	    !json_get_addr(o, "singleton", &s->singleton, e) || !json_get_addr(o, "guard", &s->guard, e) ||
	    !json_get_addr(o, "fallbackHandler", &s->fallback_handler, e) ||
	    !get_nullable(o, "modules", &is_null, e))
		return false;
	s->modules_known = !is_null;
	return is_null || get_addrs(a, o, "modules", &s->modules, &s->n_modules, e);
}

static bool read_lists(struct arena *a, const struct json *o, struct snapshot *s, struct err *e)
{
	static const char *const role[] = { "account", "proposer", "executor", "canceller", "admin", NULL };
	static const char *const contract[] = { "name", "address", "code", "implementation", "owner", NULL };
	static const char *const balance[] = { "person", "address", "wei", NULL };
	static const char *const operation[] = { "id", "change", "timestamp", "scheduled", NULL };
	static const char *const foreign[] = { "safeTxHash", "tx", "block", "ok", NULL };
	static const char *const finding[] = { "code", "severity", "subject", "words", "found", "expected", "event",
					       "alert", "acknowledged", NULL };
	return get_list(a, o, "roles", role, read_role, sizeof(*s->roles), &s->roles, &s->n_roles, e) &&
	       get_list(a, o, "contracts", contract, read_contract, sizeof(*s->contracts), &s->contracts,
			&s->n_contracts, e) &&
	       get_list(a, o, "balances", balance, read_balance, sizeof(*s->balances), &s->balances,
			&s->n_balances, e) &&
	       get_list(a, o, "operations", operation, read_operation, sizeof(*s->operations), &s->operations,
			&s->n_operations, e) &&
	       get_list(a, o, "foreign", foreign, read_foreign, sizeof(*s->foreign), &s->foreign, &s->n_foreign,
			e) &&
	       get_list(a, o, "findings", finding, read_finding, sizeof(*s->findings), &s->findings,
			&s->n_findings, e);
}

static bool read_online(struct arena *a, const struct json *o, struct snapshot *s, struct err *e)
{
	return read_block(o, s, e) && read_safe(a, o, s, e) && json_get_u64(o, "minDelay", &s->min_delay, e) &&
	       json_get_bool(o, "eventsKnown", &s->events_known, e) &&
	       get_words_or_null(o, "eventsTrouble", &s->events_trouble, e) &&
	       json_get_u64(o, "eventsFrom", &s->events_from, e) && read_lists(a, o, s, e);
}

static bool read_head(struct arena *a, const struct json *o, struct snapshot *s, struct err *e)
{
	static const char *const endpoint[] = { "name", "ok", "words", NULL };
	struct span format, taken;
	if (!json_get_str(o, "format", &format, e))
		return false;
	if (!span_is(format, FORMAT))
		return err_set(e, ERR_UNKNOWN, json_find(o, "format")->at, "needed " FORMAT) ||
		       err_in(e, "format");
	if (!json_get_str(o, "taken", &taken, e))
		return false;
	if (!time_parse(&s->taken, taken, e)) {
		if (e != NULL)
			e->at = json_find(o, "taken")->at;
		return err_in(e, "taken");
	}
	return json_get_bool(o, "online", &s->online, e) &&
	       get_words_or_null(o, "trouble", &s->trouble, e) &&
	       get_list(a, o, "endpoints", endpoint, read_endpoint, sizeof(*s->endpoints), &s->endpoints,
			&s->n_endpoints, e);
}

bool snapshot_from_json(struct arena *a, struct snapshot *out, struct span text, struct err *e)
{
	/* The first row is of the log, which `setgov status` puts in front. */
	static const char *const always[] = { "class", "deployment", "name", "size", "root", "holes",
					      "format", "taken", "online", "trouble", "endpoints", NULL };
	static const char *const online[] = { "class", "deployment", "name", "size", "root", "holes",
					      "format", "taken", "online", "trouble", "endpoints",
					      "block", "blockHash", "blockTime", "safeHead", "finalized",
					      "safeNonce", "threshold", "owners", "safeVersion", "singleton",
					      "guard", "fallbackHandler", "modules", "minDelay", "roles",
					      "contracts", "balances", "operations", "eventsKnown",
					      "eventsTrouble", "eventsFrom", "foreign", "findings", NULL };
	const struct json *o;
	*out = (struct snapshot){0};
	if (text.n > SNAPSHOT_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%zu bytes, at most %zu are taken", text.n,
			       SNAPSHOT_MAX);
	o = json_parse(a, text, e);
	if (o == NULL)
		return false;
	if (o->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, o->at, "needed an object");
	if (!read_head(a, o, out, e) || !json_only(o, out->online ? online : always, e))
		return false;
	return !out->online || read_online(a, o, out, e);
}

bool snapshot_operation_at(const struct snapshot *s, const struct hash32 *id, uint64_t *timestamp)
{
	for (size_t i = 0; i < s->n_operations; i++)
		if (hash32_eq(&s->operations[i].id, id)) {
			*timestamp = s->operations[i].timestamp;
			return true;
		}
	return false;
}
