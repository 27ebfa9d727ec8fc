#include "src/gov/deployment.h"

#include <string.h>

#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"
#include "src/gov/fields.h"
#include "src/gov/units.h"

#define CONTRACTS_MAX 256u
#define PEOPLE_MAX 256u
#define ENDPOINTS_MAX 8u
#define NAME_MAX_BYTES 128u
#define URL_MAX_BYTES 2048u
#define GAS_MIN 21000u

/* For "%.*s". */
#define SHOWN(s) text_shown(s), (const char *)(s).p

/* ---- names ---- */

static bool is_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.n > 0 && s.n <= 32;
}

const char *deployment_class_name(enum deployment_class c)
{
	switch (c) {
	case CLASS_PRODUCTION: return "production";
	case CLASS_TEST: return "test";
	case CLASS_REHEARSAL: return "rehearsal";
	}
	BUG("class %d", (int)c);
}

static bool read_class(const struct json *o, enum deployment_class *out, struct err *e)
{
	struct span s;
	if (!json_get_str(o, "class", &s, e))
		return false;
	for (int c = CLASS_PRODUCTION; c <= CLASS_REHEARSAL; c++)
		if (span_is(s, deployment_class_name((enum deployment_class)c))) {
			*out = (enum deployment_class)c;
			return true;
		}
	return err_set(e, ERR_UNKNOWN, json_find(o, "class")->at, "needed production, test or rehearsal") ||
	       err_in(e, "class");
}

/* An error about a member that is there, at its place. */
static bool at_member(const struct json *o, const char *name, enum err_code code, const char *what,
		      struct err *e)
{
	err_set(e, code, json_find(o, name)->at, "%s", what);
	return err_in(e, "%s", name);
}

/* Addresses of a profile are read by people on two machines: only the checksummed form. */
static bool get_address(const struct json *o, const char *name, struct addr *out, struct err *e)
{
	struct span s;
	if (!json_get_str(o, name, &s, e))
		return false;
	if (!addr_parse_checksummed(out, s, e)) {
		err_in_string(e, json_find(o, name));
		return err_in(e, "%s", name);
	}
	return !addr_is_zero(out) || err_set(e, ERR_RANGE, json_find(o, name)->at, "the zero address") ||
	       err_in(e, "%s", name);
}

/* ---- contracts ---- */

static bool is_abi_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return s.n > 0 && s.n <= 64;
}

static bool read_contract(const struct json *v, struct contract *out, struct err *e)
{
	static const char *const names[] = { "abi", "address", NULL };
	out->name = v->name;
	if (!is_id(v->name))
		return err_set(e, ERR_SYNTAX, v->at, "a contract's name is of a to z, 0 to 9 and -");
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, names, e) || !json_get_str(v, "abi", &out->abi, e) ||
	    !get_address(v, "address", &out->address, e))
		return false;
	return is_abi_name(out->abi) || err_set(e, ERR_SYNTAX, json_find(v, "abi")->at,
						"an ABI's name is of letters and digits") || err_in(e, "abi");
}

static int compare_spans(struct span a, struct span b)
{
	const int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/* The order of a batch follows from names, not from how a file happens to be written. */
static void sort_by_name(struct contract *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && compare_spans(v[k].name, v[k - 1].name) < 0; k--) {
			const struct contract t = v[k];
			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

static bool read_contracts(struct arena *a, struct deployment *d, const struct json *list, struct err *e)
{
	struct contract *v = ARENA_ARRAY(a, struct contract, list->n + 1);
	size_t i = 0;
	if (list->n > CONTRACTS_MAX)
		return err_set(e, ERR_RANGE, list->at, "more than %u contracts", CONTRACTS_MAX);
	for (const struct json *x = list->first; x != NULL; x = x->next, i++) {
		bool ok = read_contract(x, &v[i], e);
		for (size_t k = 0; ok && k < i; k++)
			if (addr_eq(&v[k].address, &v[i].address))
				ok = err_set(e, ERR_MISMATCH, x->at, "the same address as %.*s",
					     SHOWN(v[k].name));
		if (!ok)
			return err_in(e, "%.*s", SHOWN(x->name));
	}
	sort_by_name(v, list->n);
	d->contracts = v;
	d->n_contracts = list->n;
	return true;
}

/* The Safe and the timelock are called too: both are listed, with the same addresses, and calls to them are
 * decoded by these ABIs. */
static bool check_listed(const struct deployment *d, const struct addr *at, const char *name, const char *abi,
			 const struct json *list, struct err *e)
{
	const struct contract *c = deployment_contract_at(d, at);
	if (c == NULL)
		return err_set(e, ERR_MISSING, list->at, "the %s has to be listed here too, with its address",
			       name);
	return span_is(c->abi, abi) || err_set(e, ERR_MISMATCH, list->at, "the %s has the ABI %s", name, abi) ||
	       err_in(e, "%.*s.abi", SHOWN(c->name));
}

/* ---- people ---- */

static bool read_person(const struct json *v, struct person *out, struct err *e)
{
	static const char *const names[] = { "id", "address", "owner", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, names, e) || !json_get_str(v, "id", &out->id, e) ||
	    !get_address(v, "address", &out->address, e) || !json_get_bool(v, "owner", &out->owner, e))
		return false;
	return is_id(out->id) || err_set(e, ERR_SYNTAX, json_find(v, "id")->at,
					 "a person's id is of a to z, 0 to 9 and -") || err_in(e, "id");
}

static bool read_people(struct arena *a, struct deployment *d, const struct json *list, struct err *e)
{
	struct person *v = ARENA_ARRAY(a, struct person, list->n + 1);
	size_t i = 0, owners = 0;
	if (list->n > PEOPLE_MAX)
		return err_set(e, ERR_RANGE, list->at, "more than %u people", PEOPLE_MAX);
	for (const struct json *x = list->first; x != NULL; x = x->next, i++) {
		bool ok = read_person(x, &v[i], e);
		for (size_t k = 0; ok && k < i; k++)
			if (span_eq(v[k].id, v[i].id) || addr_eq(&v[k].address, &v[i].address))
				ok = err_set(e, ERR_MISMATCH, x->at, "the same %s as [%zu]",
					     span_eq(v[k].id, v[i].id) ? "id" : "address", k);
		if (ok && deployment_contract_at(d, &v[i].address) != NULL)
			ok = err_set(e, ERR_MISMATCH, x->at, "the same address as a contract");
		if (!ok)
			return err_in(e, "[%zu]", i);
		owners += v[i].owner;
	}
	if (owners == 0)
		return err_set(e, ERR_MISSING, list->at, "nobody is an owner of the Safe");
	d->people = v;
	d->n_people = list->n;
	return true;
}

/* ---- the rest ---- */

static bool get_wei(const struct json *o, const char *name, struct u256 *out, struct err *e)
{
	struct span s;
	if (!json_get_str(o, name, &s, e))
		return false;
	if (wei_parse(out, s, e))
		return true;
	err_in_string(e, json_find(o, name));
	return err_in(e, "%s", name);
}

static bool read_caps(const struct json *o, struct fee_caps *out, struct err *e)
{
	static const char *const names[] = { "maxFeePerGas", "maxPriorityFeePerGas", "gas", NULL };
	if (!json_only(o, names, e) || !get_wei(o, "maxFeePerGas", &out->max_fee, e) ||
	    !get_wei(o, "maxPriorityFeePerGas", &out->max_priority, e) || !json_get_u64(o, "gas", &out->gas, e))
		return false;
	if (u256_cmp(&out->max_priority, &out->max_fee) > 0)
		return at_member(o, "maxPriorityFeePerGas", ERR_RANGE, "more than maxFeePerGas", e);
	return out->gas >= GAS_MIN || at_member(o, "gas", ERR_RANGE, "no transaction takes less than 21000", e);
}

static bool get_chain_id(const struct json *o, uint64_t *out, struct err *e)
{
	return json_get_u64(o, "chainId", out, e) &&
	       (*out > 0 || at_member(o, "chainId", ERR_RANGE, "no chain has the id 0", e));
}

/* As a node writes it: one hash, one text, one deployment id. */
static bool get_genesis(const struct json *o, struct hash32 *out, struct err *e)
{
	struct span s;
	if (!json_get_hash(o, "genesisHash", out, e) || !json_get_str(o, "genesisHash", &s, e))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return at_member(o, "genesisHash", ERR_SYNTAX, "needed lower case", e);
	return !hash32_is_zero(out) || at_member(o, "genesisHash", ERR_RANGE, "no block has the hash 0", e);
}

/* N.N.N, perhaps with "+L2". */
static bool get_version(const struct json *o, struct span *out, struct err *e)
{
	size_t n, dots = 0, digits = 0;
	if (!json_get_str(o, "safeVersion", out, e))
		return false;
	n = out->n > 3 && memcmp(out->p + out->n - 3, "+L2", 3) == 0 ? out->n - 3 : out->n;
	for (size_t i = 0; i < n && digits <= 3; i++) {
		const bool digit = out->p[i] >= '0' && out->p[i] <= '9', dot = out->p[i] == '.' && digits > 0;
		dots += dot;
		digits = digit ? digits + 1 : dot ? 0 : SIZE_MAX;
	}
	return (dots == 2 && digits > 0 && digits <= 3) ||
	       at_member(o, "safeVersion", ERR_SYNTAX, "needed a version such as 1.4.1", e);
}

/* The owners' word counts by what the Safe itself asks for, so it is pinned with them. */
static bool get_threshold(const struct json *o, const struct deployment *d, uint64_t *out, struct err *e)
{
	const size_t owners = deployment_owners(d);
	if (!json_get_u64(o, "threshold", out, e))
		return false;
	return (*out >= 1 && *out <= owners) ||
	       err_set(e, ERR_RANGE, json_find(o, "threshold")->at, "needed 1 to %zu, as many as there are owners",
		       owners) || err_in(e, "threshold");
}

static bool read_name(const struct json *o, struct span *out, struct err *e)
{
	if (!json_get_str(o, "name", out, e))
		return false;
	if (out->n > 0 && out->n <= NAME_MAX_BYTES && text_is_plain(*out, false))
		return true;
	return err_set(e, ERR_SYNTAX, json_find(o, "name")->at, "needed 1 to %u bytes of plain text",
		       NAME_MAX_BYTES) || err_in(e, "name");
}

static bool read_identity(struct arena *a, struct deployment *d, const struct json *o, struct err *e)
{
	static const char *const names[] = { "name", "class", "chainId", "genesisHash", "safe", "safeVersion",
					     "threshold", "timelock", "contracts", "people", "feeCaps", NULL };
	const struct json *contracts, *people, *caps;
	struct buf text = {0};
	if (!json_only(o, names, e) || !json_is_canonical(o, e) || !read_name(o, &d->name, e) ||
	    !read_class(o, &d->class, e) || !get_chain_id(o, &d->chain_id, e) ||
	    !get_genesis(o, &d->genesis, e) || !get_address(o, "safe", &d->safe, e) ||
	    !get_version(o, &d->safe_version, e) || !get_address(o, "timelock", &d->timelock, e) ||
	    !json_get(o, "contracts", JSON_OBJECT, &contracts, e) ||
	    !json_get(o, "people", JSON_ARRAY, &people, e) || !json_get(o, "feeCaps", JSON_OBJECT, &caps, e))
		return false;
	if (!read_contracts(a, d, contracts, e) || !check_listed(d, &d->safe, "Safe", "Safe", contracts, e) ||
	    !check_listed(d, &d->timelock, "timelock", "SetTimelock", contracts, e))
		return err_in(e, "contracts");
	if (!read_people(a, d, people, e))
		return err_in(e, "people");
	if (!get_threshold(o, d, &d->threshold, e))
		return false;
	if (!read_caps(caps, &d->caps, e))
		return err_in(e, "feeCaps");
	d->identity = o;
	json_canonical(&text, o);
	sha256(&d->id, buf_view(&text));
	buf_release(&text);
	return true;
}

/* Whether http:// stays on this machine is setgov-net's business. An error never quotes a URL: it may hold a
 * key. */
static bool is_url(struct span s)
{
	const size_t host = span_starts(s, "https://") ? 8 : 7;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return (span_starts(s, "https://") || span_starts(s, "http://")) && s.n > host && s.p[host] != '/' &&
	       s.n <= URL_MAX_BYTES;
}

static bool read_endpoint(const struct json *v, struct endpoint *out, struct err *e)
{
	static const char *const names[] = { "name", "url", NULL };
	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, v->at, "needed an object");
	if (!json_only(v, names, e) || !json_get_str(v, "name", &out->name, e) ||
	    !json_get_str(v, "url", &out->url, e))
		return false;
	if (!is_id(out->name))
		return err_set(e, ERR_SYNTAX, json_find(v, "name")->at,
			       "an endpoint's name is of a to z, 0 to 9 and -") || err_in(e, "name");
	return is_url(out->url) ||
	       at_member(v, "url", ERR_SYNTAX, "needed https://, or http:// to this machine", e);
}

static bool read_endpoints(struct arena *a, struct deployment *d, const struct json *list, struct err *e)
{
	struct endpoint *v = ARENA_ARRAY(a, struct endpoint, list->n + 1);
	size_t i = 0;
	if (list->n > ENDPOINTS_MAX)
		return err_set(e, ERR_RANGE, list->at, "more than %u endpoints", ENDPOINTS_MAX);
	for (const struct json *x = list->first; x != NULL; x = x->next, i++) {
		bool ok = read_endpoint(x, &v[i], e);
		for (size_t k = 0; ok && k < i; k++)
			if (span_eq(v[k].name, v[i].name))
				ok = err_set(e, ERR_MISMATCH, x->at, "the same name as [%zu]", k);
		if (!ok)
			return err_in(e, "[%zu]", i);
	}
	d->endpoints = v;
	d->n_endpoints = list->n;
	return true;
}

#define MAX_WITNESSES 64u

static bool read_witness(struct arena *a, struct note_key *out, const struct json *v, struct err *e)
{
	if (v->type != JSON_STRING)
		return err_set(e, ERR_SYNTAX, v->at, "needed a witness's key, as text");
	if (!note_key_parse(a, out, v->text, e)) {
		if (e != NULL)
			e->at = v->at;
		return false;
	}
	return out->type == NOTE_COSIGNATURE ||
	       err_set(e, ERR_UNKNOWN, v->at, "a witness's key has type 0x04, found 0x%02x", out->type);
}

static bool read_witnesses(struct arena *a, struct deployment *d, const struct json *list, struct err *e)
{
	struct note_key *v = ARENA_ARRAY(a, struct note_key, list->n + 1);
	size_t i = 0;
	if (list->n > MAX_WITNESSES)
		return err_set(e, ERR_RANGE, list->at, "needed at most %u, found %zu", MAX_WITNESSES, list->n);
	for (const struct json *x = list->first; x != NULL; x = x->next, i++)
		if (!read_witness(a, &v[i], x, e))
			return err_in(e, "[%zu]", i);
	d->witnesses = v;
	d->n_witnesses = list->n;
	return true;
}

static bool read_local(struct arena *a, struct deployment *d, const struct json *local, struct err *e)
{
	const struct json *endpoints, *witnesses;
	if (json_find(local, "witnesses") != NULL &&
	    !(json_get(local, "witnesses", JSON_ARRAY, &witnesses, e) &&
	      (read_witnesses(a, d, witnesses, e) || err_in(e, "witnesses"))))
		return false;
	if (json_find(local, "firstBlock") != NULL && !json_get_u64(local, "firstBlock", &d->first_block, e))
		return false;
	if (json_find(local, "endpoints") == NULL)
		return true;
	return json_get(local, "endpoints", JSON_ARRAY, &endpoints, e) &&
	       (read_endpoints(a, d, endpoints, e) || err_in(e, "endpoints"));
}

/* ---- documents ---- */

bool deployment_parse(struct arena *a, struct deployment *out, struct span text, struct err *e)
{
	static const char *const names[] = { "format", "identity", "local", NULL };
	const struct json *doc = json_parse(a, text, e), *identity, *local;
	struct span format;
	*out = (struct deployment){0};
	if (doc == NULL)
		return false;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!json_only(doc, names, e) || !json_get_str(doc, "format", &format, e))
		return false;
	if (!span_is(format, "setgov-deployment/1"))
		return err_set(e, ERR_UNKNOWN, json_find(doc, "format")->at, "needed setgov-deployment/1") ||
		       err_in(e, "format");
	if (!json_get(doc, "identity", JSON_OBJECT, &identity, e))
		return false;
	if (!read_identity(a, out, identity, e))
		return err_in(e, "identity");
	if (json_find(doc, "local") == NULL)
		return true;
	if (!json_get(doc, "local", JSON_OBJECT, &local, e))
		return false;
	return read_local(a, out, local, e) || err_in(e, "local");
}

bool deployment_parse_identity(struct arena *a, struct deployment *out, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e);
	struct buf canonical = {0};
	*out = (struct deployment){0};
	if (doc == NULL)
		return false;
	if (doc->type != JSON_OBJECT)
		return err_set(e, ERR_SYNTAX, doc->at, "needed an object");
	if (!read_identity(a, out, doc, e))
		return false;
	json_canonical(&canonical, doc);
	const bool same = span_eq(buf_view(&canonical), text);
	buf_release(&canonical);
	return same || err_set(e, ERR_SYNTAX, 0, "not canonical JSON");
}

/* ---- finding ---- */

const struct contract *deployment_contract(const struct deployment *d, struct span name)
{
	for (size_t i = 0; i < d->n_contracts; i++)
		if (span_eq(d->contracts[i].name, name))
			return &d->contracts[i];
	return NULL;
}

const struct contract *deployment_contract_at(const struct deployment *d, const struct addr *at)
{
	for (size_t i = 0; i < d->n_contracts; i++)
		if (addr_eq(&d->contracts[i].address, at))
			return &d->contracts[i];
	return NULL;
}

const struct person *deployment_person(const struct deployment *d, struct span id)
{
	for (size_t i = 0; i < d->n_people; i++)
		if (span_eq(d->people[i].id, id))
			return &d->people[i];
	return NULL;
}

const struct person *deployment_person_at(const struct deployment *d, const struct addr *at)
{
	for (size_t i = 0; i < d->n_people; i++)
		if (addr_eq(&d->people[i].address, at))
			return &d->people[i];
	return NULL;
}

bool deployment_is_owner(const struct deployment *d, const struct addr *a)
{
	const struct person *p = deployment_person_at(d, a);
	return p != NULL && p->owner;
}

size_t deployment_owners(const struct deployment *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_people; i++)
		n += d->people[i].owner;
	return n;
}

void deployment_log_name(struct buf *out, const struct deployment *d)
{
	buf_fmt(out, "setgov/%llu/", (unsigned long long)d->chain_id);
	buf_hex(out, span_of(d->safe.b, sizeof(d->safe.b)));
	buf_byte(out, '/');
}

bool deployment_names_log(const struct deployment *d, struct span origin)
{
	struct buf start = {0};
	deployment_log_name(&start, d);
	const bool does = span_starts(origin, buf_cstr(&start));
	buf_release(&start);
	return does;
}

const char *deployment_label(struct arena *a, const struct deployment *d, const struct addr *at)
{
	const struct contract *c = deployment_contract_at(d, at);
	const struct person *p = deployment_person_at(d, at);
	if (addr_eq(at, &d->safe))
		return "this Safe";
	if (addr_eq(at, &d->timelock))
		return "the timelock";
	if (c != NULL)
		return arena_str(a, c->name);
	return p != NULL ? arena_str(a, p->id) : NULL;
}

void deployment_banner(struct buf *out, const struct deployment *d)
{
	const char *class = deployment_class_name(d->class);
	buf_fmt(out, "CHAIN %llu · ", (unsigned long long)d->chain_id);
	for (size_t i = 0; class[i] != '\0'; i++)
		buf_byte(out, (uint8_t)(class[i] - 'a' + 'A'));
	buf_str(out, " · ");
	text_safe(out, d->name, false);
}
