#include "src/gov/layout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/u256.h"
#include "src/crypto/hash.h"

#define MAX_VARIABLES 4096u           /* of a contract, of a struct */
#define MAX_TYPES 4096u
#define MAX_MEMBERS 16384u             /* of all structs together */
#define MAX_DEPTH 64u
#define MAX_NUMBER (UINT64_C(1) << 58) /* of slots and sizes: sums of their bytes cannot wrap */
#define SHOWN(s) text_shown(s), (const char *)(s).p

struct layout_type {
	struct span id, label, encoding, key, value, base;
	uint64_t bytes;
	struct layout_variable *members;
	size_t n_members;
};

struct layout_variable {
	struct span label, type_id;
	uint64_t slot;
	unsigned offset;
	const struct layout_type *type;
};

struct layout {
	struct layout_type *types;
	size_t n_types;
	struct layout_variable *variables;
	size_t n;
	size_t n_members;             /* of all its structs */
};

/* ---- reading ---- */

static const struct layout_type *type_of(const struct layout *l, struct span id)
{
	for (size_t i = 0; i < l->n_types; i++) {
		if (span_eq(l->types[i].id, id))
			return &l->types[i];
	}
	return NULL;
}

static bool get_number(const struct json *o, const char *name, uint64_t *out, struct err *e)
{
	struct u256 v;

	if (!json_get_u256(o, name, &v, e))
		return false;
	return (u256_fits_u64(&v, out) && *out < MAX_NUMBER) ||
	       err_set(e, ERR_RANGE, json_find(o, name)->at, "2^58 or more: no storage that can be compared") ||
	       err_in(e, "%s", name);
}

static bool read_variable(const struct layout *l, struct layout_variable *out, const struct json *o, struct err *e)
{
	uint64_t offset;

	if (!json_get_str(o, "label", &out->label, e) || !json_get_str(o, "type", &out->type_id, e) ||
	    !get_number(o, "slot", &out->slot, e) ||
	    !json_get_u64(o, "offset", &offset, e))
		return false;
	out->offset = (unsigned)(offset & 31);
	out->type = type_of(l, out->type_id);
	if (offset > 31)
		return err_set(e, ERR_RANGE, json_find(o, "offset")->at, "a slot has 32 bytes") || err_in(e, "offset");
	if (out->type == NULL)
		return err_set(e, ERR_UNKNOWN, json_find(o, "type")->at, "no such type") || err_in(e, "type");
	return true;
}

/* Byte position of a variable's first byte, and behind its last. */
static uint64_t first_byte(const struct layout_variable *v)
{
	return v->slot * 32 + v->offset;
}

static uint64_t end_byte(const struct layout_variable *v)
{
	return first_byte(v) + v->type->bytes;
}

/* The compiler writes them as they lie: one that lies in another is not from it. */
static bool read_variables(struct arena *a, const struct layout *l, struct layout_variable **out, size_t *n,
			   const struct json *list, struct err *e)
{
	if (list->n > MAX_VARIABLES)
		return err_set(e, ERR_RANGE, list->at, "at most %u, found %zu", MAX_VARIABLES, list->n);
	*out = ARENA_ARRAY(a, struct layout_variable, list->n + 1);
	*n = 0;
	for (const struct json *v = list->first; v; v = v->next, ++*n) {
		struct layout_variable *x = &(*out)[*n];

		if (!read_variable(l, x, v, e))
			return err_in(e, "[%zu]", *n);
		if (*n > 0 && first_byte(x) < end_byte(x - 1))
			return err_set(e, ERR_RANGE, v->at, "lies in the one before it") || err_in(e, "[%zu]", *n);
	}
	return true;
}

static bool maybe_str(const struct json *o, const char *name, struct span *out, struct err *e)
{
	return json_find(o, name) == NULL || json_get_str(o, name, out, e);
}

static bool read_type(struct layout_type *t, const struct json *o, struct err *e)
{
	t->id = o->name;
	return json_get_str(o, "label", &t->label, e) && json_get_str(o, "encoding", &t->encoding, e) &&
	       get_number(o, "numberOfBytes", &t->bytes, e) && maybe_str(o, "key", &t->key, e) &&
	       maybe_str(o, "value", &t->value, e) && maybe_str(o, "base", &t->base, e);
}

/* Types name each other: first all of them, then the members. */
static bool read_types(struct arena *a, struct layout *l, const struct json *types, struct err *e)
{
	if (json_is_null(types))
		return true;               /* a contract without storage */
	if (types->n > MAX_TYPES)
		return err_set(e, ERR_RANGE, types->at, "at most %u, found %zu", MAX_TYPES, types->n) ||
		       err_in(e, "types");
	l->types = ARENA_ARRAY(a, struct layout_type, types->n + 1);
	for (const struct json *o = types->first; o; o = o->next) {
		if (!read_type(&l->types[l->n_types++], o, e))
			return err_in(e, "types.%.*s", SHOWN(o->name));
	}
	struct layout_type *t = l->types;
	for (const struct json *o = types->first; o; o = o->next, t++) {
		const struct json *members = json_find(o, "members");

		if (members == NULL)
			continue;
		l->n_members += members->n;
		if (l->n_members > MAX_MEMBERS)
			return err_set(e, ERR_RANGE, members->at, "at most %u members of structs", MAX_MEMBERS) ||
			       err_in(e, "types.%.*s.members", SHOWN(t->id));
		if (!read_variables(a, l, &t->members, &t->n_members, members, e))
			return err_in(e, "types.%.*s.members", SHOWN(t->id));
	}
	return true;
}

const struct layout *layout_parse(struct arena *a, const struct json *doc, struct err *e)
{
	struct layout *l = ARENA_NEW(a, struct layout);
	const struct json *inside = json_find(doc, "storageLayout"), *list;

	if (inside)
		doc = inside;
	if (!json_get(doc, "storage", JSON_ARRAY, &list, e) || !read_types(a, l, json_find(doc, "types"), e))
		return NULL;
	if (!read_variables(a, l, &l->variables, &l->n, list, e)) {
		err_in(e, "storage");
		return NULL;
	}
	return l;
}

bool layout_digest(struct hash32 *out, const struct json *doc, struct err *e)
{
	const struct json *inside = json_find(doc, "storageLayout");
	struct buf b = {0};

	if (inside)
		doc = inside;
	if (!json_is_canonical(doc, e))
		return false;
	json_canonical(&b, doc);
	sha256(out, buf_view(&b));
	buf_release(&b);
	return true;
}

/* ---- findings ---- */

/* Two types that were compared once: what a struct is to another it is wherever they stand, also within themselves. */
struct pair {
	const struct layout_type *now;
	const char *where;
	bool in_mapping, same;
	struct pair *next;
};

struct comparing {
	struct arena *a;
	struct layout_findings *out;
	const struct layout *old, *now;
	struct pair **pairs;          /* by the number of the old type */
	size_t cap;
};

const char *layout_kind_name(enum layout_kind k)
{
	switch (k) {
	case LAYOUT_MOVED: return "MOVED";
	case LAYOUT_RETYPED: return "RETYPED";
	case LAYOUT_REPLACED: return "REPLACED";
	case LAYOUT_REMOVED: return "REMOVED";
	case LAYOUT_INSERTED: return "INSERTED";
	case LAYOUT_REPACKED: return "REPACKED";
	case LAYOUT_GAP: return "GAP";
	case LAYOUT_UNSEEN: return "UNSEEN";
	case LAYOUT_STRUCT: return "STRUCT";
	case LAYOUT_RENAMED: return "RENAMED";
	case LAYOUT_INHERITANCE: return "INHERITANCE";
	case LAYOUT_APPENDED: return "APPENDED";
	}
	return "";
}

static PRINTF(3, 4) void find(struct comparing *c, enum layout_kind kind, const char *fmt, ...)
{
	struct layout_findings *o = c->out;
	struct buf b = {0}, safe = {0};
	va_list ap;

	ARENA_GROW(c->a, o->v, o->n, c->cap);
	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	text_safe(&safe, buf_view(&b), false);
	o->v[o->n] = (struct layout_finding){ kind, kind < LAYOUT_RENAMED, arena_str(c->a, buf_view(&safe)) };
	o->n_breaking += o->v[o->n++].breaks;
	buf_release(&b);
	buf_release(&safe);
}

/* ---- types ---- */

static bool compare_types(struct comparing *c, const char *where, const struct layout_type *x,
			  const struct layout_type *y, bool in_mapping, unsigned depth);

/* An address by another name: both are 20 bytes that nobody interprets. */
static bool is_address(const struct layout_type *t)
{
	return t->bytes == 20 && (span_starts(t->label, "contract ") || span_starts(t->label, "address"));
}

static void retyped(struct comparing *c, const char *where, const struct layout_type *x, const struct layout_type *y)
{
	find(c, LAYOUT_RETYPED, "%s was %.*s, is %.*s", where, SHOWN(x->label), SHOWN(y->label));
}

static const struct layout_variable *named(const struct layout_variable *v, size_t n, struct span label)
{
	for (size_t i = 0; i < n; i++) {
		if (span_eq(v[i].label, label))
			return &v[i];
	}
	return NULL;
}

static const struct layout_variable *placed(const struct layout_variable *v, size_t n, uint64_t slot, unsigned offset)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].slot == slot && v[i].offset == offset)
			return &v[i];
	}
	return NULL;
}

static bool compare_members(struct comparing *c, const char *where, const struct layout_type *x,
			    const struct layout_type *y, bool in_mapping, unsigned depth)
{
	bool same = true;

	for (size_t i = 0; i < x->n_members; i++) {
		const struct layout_variable *m = &x->members[i];
		const struct layout_variable *n = named(y->members, y->n_members, m->label);
		const char *at = arena_fmt(c->a, "%s, member %.*s", where, SHOWN(m->label));

		if (n == NULL) {
			find(c, LAYOUT_REMOVED, "%s is not there any more", at);
			same = false;
		} else if (n->slot != m->slot || n->offset != m->offset) {
			find(c, LAYOUT_MOVED, "%s was in slot %" PRIu64 " at byte %u of the struct, is in slot %" PRIu64
			     " at byte %u", at, m->slot, m->offset, n->slot, n->offset);
			same = false;
		} else {
			same &= compare_types(c, at, m->type, n->type, in_mapping, depth + 1);
		}
	}
	for (size_t i = 0; i < y->n_members && same; i++) {
		if (named(x->members, x->n_members, y->members[i].label) != NULL)
			continue;
		if (!in_mapping || i < x->n_members)
			find(c, LAYOUT_STRUCT, "%s has a new member %.*s: a struct may grow only at its end, as a "
			     "mapping's value", where, SHOWN(y->members[i].label));
		else
			find(c, LAYOUT_APPENDED, "%s, new member %.*s", where, SHOWN(y->members[i].label));
	}
	return same;
}

static bool compare_mappings(struct comparing *c, const char *where, const struct layout_type *x,
			     const struct layout_type *y, unsigned depth)
{
	const struct layout_type *kx = type_of(c->old, x->key), *ky = type_of(c->now, y->key);
	const struct layout_type *vx = type_of(c->old, x->value), *vy = type_of(c->now, y->value);

	if (!kx || !ky || !vx || !vy || (!span_eq(kx->label, ky->label) && !(is_address(kx) && is_address(ky)))) {
		retyped(c, where, x, y);
		return false;
	}
	return compare_types(c, arena_fmt(c->a, "%s, its values", where), vx, vy, true, depth + 1);
}

/* "40" of "struct C.S[2][40]"; nothing of a dynamic array. */
static struct span array_length(const struct layout_type *t)
{
	size_t at = t->label.n;

	while (at > 0 && t->label.p[at - 1] != '[')
		at--;
	return at > 0 ? span_of(t->label.p + at, t->label.n - at - 1) : span_of(t->label.p, 0);
}

static bool is_longer(const struct layout_type *x, const struct layout_type *y)
{
	const struct span m = array_length(x), n = array_length(y);

	return m.n != n.n ? m.n > n.n : m.n > 0 && memcmp(m.p, n.p, m.n) > 0;
}

/* "uint256[40]": the elements have to be the same, and as many; more only where nothing can lie behind them. */
static bool compare_arrays(struct comparing *c, const char *where, const struct layout_type *x,
			   const struct layout_type *y, bool in_mapping, unsigned depth)
{
	const struct layout_type *bx = type_of(c->old, x->base), *by = type_of(c->now, y->base);

	if (!bx || !by || x->bytes > y->bytes || is_longer(x, y) ||
	    (!in_mapping && (x->bytes != y->bytes || is_longer(y, x)))) {
		retyped(c, where, x, y);
		return false;
	}
	return compare_types(c, arena_fmt(c->a, "%s, its elements", where), bx, by, false, depth + 1);
}

static bool compare_inside(struct comparing *c, const char *where, const struct layout_type *x,
			   const struct layout_type *y, bool in_mapping, unsigned depth)
{
	if (depth > MAX_DEPTH) {
		find(c, LAYOUT_UNSEEN, "%s is nested deeper than %u: nothing in it was compared", where, MAX_DEPTH);
		return false;
	}
	if (span_is(x->encoding, "mapping"))
		return compare_mappings(c, where, x, y, depth);
	if (x->base.n > 0)
		return compare_arrays(c, where, x, y, in_mapping, depth);
	return compare_members(c, where, x, y, in_mapping, depth);
}

static struct pair *pair_of(struct pair *p, const struct layout_type *now, bool in_mapping)
{
	while (p != NULL && (p->now != now || p->in_mapping != in_mapping))
		p = p->next;
	return p;
}

/* Once each: structs that hold mappings to themselves have no end, and such as share others have too many. While a pair
 * is compared it counts as the same: what differs is found where it is. */
static bool compare_pair(struct comparing *c, const char *where, const struct layout_type *x,
			 const struct layout_type *y, bool in_mapping, unsigned depth)
{
	struct pair **first = &c->pairs[x - c->old->types], *p = pair_of(*first, y, in_mapping);

	if (p == NULL) {
		p = ARENA_NEW(c->a, struct pair);
		*p = (struct pair){ .now = y, .where = where, .in_mapping = in_mapping, .same = true, .next = *first };
		*first = p;
		p->same = compare_inside(c, where, x, y, in_mapping, depth);
	} else if (!p->same) {
		find(c, LAYOUT_STRUCT, "%s differs as %s does", where, p->where);
	}
	return p->same;
}

static bool compare_types(struct comparing *c, const char *where, const struct layout_type *x,
			  const struct layout_type *y, bool in_mapping, unsigned depth)
{
	if (!span_eq(x->encoding, y->encoding) || (x->n_members > 0) != (y->n_members > 0) ||
	    (x->base.n > 0) != (y->base.n > 0)) {
		retyped(c, where, x, y);
		return false;
	}
	if (span_is(x->encoding, "mapping") || x->base.n > 0 || x->n_members > 0)
		return compare_pair(c, where, x, y, in_mapping, depth);
	if (x->bytes == y->bytes && (span_eq(x->label, y->label) || (is_address(x) && is_address(y))))
		return true;
	retyped(c, where, x, y);
	return false;
}

/* ---- variables ---- */

static uint64_t end_slot(const struct layout_variable *v)
{
	return v->slot + (v->offset + v->type->bytes + 31) / 32;
}

static bool is_gap(const struct layout_variable *v)
{
	return v->type->base.n > 0 && (span_starts(v->label, "__gap") || span_starts(v->label, "_gap"));
}

/* The gap has to end where it ended, whatever took its first slots. */
static void compare_gap(struct comparing *c, const struct layout_variable *gap)
{
	for (size_t i = 0; i < c->now->n; i++) {
		const struct layout_variable *v = &c->now->variables[i];

		if (v->slot >= gap->slot && v->slot < end_slot(gap) && end_slot(v) > end_slot(gap))
			find(c, LAYOUT_GAP, "%.*s (slots %" PRIu64 " to %" PRIu64 ") ended before slot %" PRIu64
			     "; %.*s now lies over that end: shorten the gap by what the new variables take",
			     SHOWN(gap->label), gap->slot, end_slot(gap) - 1, end_slot(gap), SHOWN(v->label));
	}
	for (size_t i = 0; i < c->now->n; i++) {
		const struct layout_variable *v = &c->now->variables[i];

		if (is_gap(v) && v->slot >= gap->slot && v->slot < end_slot(gap) && end_slot(v) < end_slot(gap))
			find(c, LAYOUT_GAP, "%.*s ends before slot %" PRIu64 ", ended before slot %" PRIu64
			     ": it shrank by more than the new variables take", SHOWN(gap->label), end_slot(v),
			     end_slot(gap));
	}
}

static void compare_variable(struct comparing *c, const struct layout_variable *v)
{
	const struct layout_variable *there = placed(c->now->variables, c->now->n, v->slot, v->offset);
	const struct layout_variable *same = named(c->now->variables, c->now->n, v->label);
	const char *label = arena_str(c->a, v->label);

	if (there != NULL && span_eq(there->label, v->label)) {
		compare_types(c, label, v->type, there->type, false, 0);
	} else if (same != NULL) {
		find(c, LAYOUT_MOVED, "%s was in slot %" PRIu64 " at byte %u, is in slot %" PRIu64 " at byte %u", label,
		     v->slot, v->offset, same->slot, same->offset);
	} else if (there == NULL) {
		find(c, LAYOUT_REMOVED, "%s (slot %" PRIu64 ", byte %u) is not there any more", label, v->slot,
		     v->offset);
	} else if (span_eq(there->type->label, v->type->label) && !is_gap(there)) {
		find(c, LAYOUT_RENAMED, "%s is called %.*s: make sure that it means the same", label,
		     SHOWN(there->label));
		compare_types(c, label, v->type, there->type, false, 0);
	} else {
		find(c, LAYOUT_REPLACED, "where %s was (%.*s, slot %" PRIu64 "), there is %.*s (%.*s)", label,
		     SHOWN(v->type->label), v->slot, SHOWN(there->label), SHOWN(there->type->label));
	}
}

static bool within_old_gap(const struct layout *old, const struct layout_variable *v)
{
	for (size_t i = 0; i < old->n; i++) {
		if (is_gap(&old->variables[i]) && v->slot >= old->variables[i].slot &&
		    end_slot(v) <= end_slot(&old->variables[i]))
			return true;
	}
	return false;
}

/* A variable that the old layout does not have. */
static void judge_new(struct comparing *c, const struct layout_variable *v)
{
	uint64_t last = 0;
	bool shares = false;

	for (size_t i = 0; i < c->old->n; i++) {
		const struct layout_variable *o = &c->old->variables[i];

		if (end_byte(o) > last)
			last = end_byte(o);
		shares |= o->slot == v->slot && !is_gap(o);
	}
	if (within_old_gap(c->old, v) || first_byte(v) >= last)
		find(c, LAYOUT_APPENDED, "%.*s (%.*s, slot %" PRIu64 ") is new", SHOWN(v->label), SHOWN(v->type->label),
		     v->slot);
	else if (shares && placed(c->old->variables, c->old->n, v->slot, v->offset) == NULL)
		find(c, LAYOUT_REPACKED, "%.*s is new in slot %" PRIu64 " at byte %u, between old variables",
		     SHOWN(v->label), v->slot, v->offset);
	else
		find(c, LAYOUT_INSERTED, "%.*s is new in slot %" PRIu64 ", before old variables", SHOWN(v->label),
		     v->slot);
}

static size_t count_named(const struct layout *l, struct span label)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += span_eq(l->variables[i].label, label);
	return n;
}

/* Private variables of several contracts may have one name. */
static bool is_new(const struct comparing *c, const struct layout_variable *v)
{
	const struct layout_variable *there = placed(c->old->variables, c->old->n, v->slot, v->offset);

	return (there == NULL || !span_eq(there->label, v->label)) &&
	       count_named(c->old, v->label) < count_named(c->now, v->label);
}

static bool takes_an_old_place(const struct comparing *c, const struct layout_variable *v)
{
	const struct layout_variable *o = placed(c->old->variables, c->old->n, v->slot, v->offset);

	return o != NULL && !is_gap(o) && named(c->now->variables, c->now->n, o->label) == NULL;
}

/* What came before another now comes after it; solc does not say which contract declared what. */
static void compare_order(struct comparing *c)
{
	for (size_t i = 0; i + 1 < c->old->n; i++) {
		const struct layout_variable *x = &c->old->variables[i], *y = x + 1, *nx, *ny;

		nx = named(c->now->variables, c->now->n, x->label);
		ny = named(c->now->variables, c->now->n, y->label);
		if (is_gap(x) || is_gap(y) || nx == NULL || ny == NULL || nx == ny || first_byte(nx) < first_byte(ny))
			continue;
		find(c, LAYOUT_INHERITANCE, "%.*s comes after %.*s now: declarations, or the contracts that are "
		     "inherited, are in another order", SHOWN(x->label), SHOWN(y->label));
		return;
	}
}

void layout_compare(struct arena *a, struct layout_findings *out, const struct layout *old, const struct layout *now)
{
	struct comparing c = { .a = a, .out = out, .old = old, .now = now,
			       .pairs = ARENA_ARRAY(a, struct pair *, old->n_types + 1) };

	*out = (struct layout_findings){0};
	if (old->n == 0 && now->n == 0)
		find(&c, LAYOUT_UNSEEN, "the compiler lists no variable, neither of the old code nor of the new: what "
		     "is kept in namespaces (ERC-7201) or by assembly was not compared");
	for (size_t i = 0; i < old->n; i++) {
		if (is_gap(&old->variables[i]))
			compare_gap(&c, &old->variables[i]);
		else
			compare_variable(&c, &old->variables[i]);
	}
	compare_order(&c);
	for (size_t i = 0; i < now->n; i++) {
		const struct layout_variable *v = &now->variables[i];

		if (!is_gap(v) && is_new(&c, v) && !takes_an_old_place(&c, v))
			judge_new(&c, v);
	}
}
