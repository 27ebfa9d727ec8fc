/* How new code is judged: the kinds "code", where it goes by the list of releases, and "upgrade". What the chain and a
 * node's simulation say comes as facts; what follows from them is said here, each reason by itself. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "src/base/hex.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/upgrade.h"
#include "src/policy/asking.h"

#define SHOWN(s) text_shown(s), (const char *)(s).p

bool know_releases(struct asking *q)
{
	struct court *c = q->court;
	bool proven;
	const struct json *v = know_word(q, "releases", &proven);
	if (v == NULL)
		return false;
	if (c->has_releases)
		return true;
	c->has_releases = releases_from_json(c->a, &c->releases, v, NULL);
	if (!c->has_releases)
		answer(q, VERDICT_FAILED, "the fact releases is no list of releases");
	return c->has_releases;
}

static bool is_hash(const struct json *v, struct hash32 *out)
{
	return v->type == JSON_STRING && hex_fixed(out->b, 32, v->text, NULL);
}

/* ---- listed code ---- */

static const char *release_text(struct asking *q, const struct release *x)
{
	return arena_fmt(q->court->a, "%.*s %.*s", SHOWN(x->contract), SHOWN(x->version));
}

/* The compiler orders the same sources differently from one day to the next, and immutables differ with every address:
 * what the metadata says tells an honest mistake from a stranger. */
static void judge_unlisted(struct asking *q, struct span at, const struct contract *c, const struct json *code)
{
	bool proven;
	const char *name = arena_fmt(q->court->a, "metadata.%.*s", (int)at.n, (const char *)at.p);
	const struct json *v = know_word(q, name, &proven);
	struct hash32 hash;
	const struct release *x;
	if (v == NULL)
		return;
	x = c != NULL && is_hash(v, &hash) ? releases_metadata(&q->court->releases, c->abi, &hash) : NULL;
	if (x != NULL)
		answer(q, VERDICT_FAILED, "the code at %.*s has the metadata of %s, and another code hash, %.*s: the "
		       "same sources, built in another way or for another address", SHOWN(at), release_text(q, x),
		       SHOWN(code->text));
	else
		answer(q, VERDICT_FAILED, "the code at %.*s is of no listed release: code hash %.*s, metadata %.*s",
		       SHOWN(at), SHOWN(code->text), SHOWN(v->type == JSON_STRING ? v->text : span_str("none")));
}

void judge_release(struct asking *q, struct span at, const struct contract *c)
{
	const struct json *code = know(q, arena_fmt(q->court->a, "code-hash.%.*s", (int)at.n, (const char *)at.p));
	struct hash32 hash;
	const struct release *x;
	if (code == NULL)
		return;
	if (!is_hash(code, &hash)) {
		answer(q, VERDICT_FAILED, "there is no code at %.*s", SHOWN(at));
		return;
	}
	if (!know_releases(q))
		return;
	x = releases_code(&q->court->releases, &hash);
	if (x == NULL)
		judge_unlisted(q, at, c, code);
	else if (c != NULL && !span_eq(x->contract, c->abi))
		answer(q, VERDICT_FAILED, "the code at %.*s is %s, and %.*s is a %.*s", SHOWN(at), release_text(q, x),
		       SHOWN(c->name), SHOWN(c->abi));
	else
		answer(q, VERDICT_PASSED, "the code at %.*s is %s", SHOWN(at), release_text(q, x));
}

/* ---- upgrades ---- */

struct upgrading {
	struct asking *q;
	const struct upgrade *u;
	const char *at, *name;        /* of the new code; of the contract */
	struct buf against, beside;   /* every reason; what else is worth to be said */
};

static void fails(struct upgrading *x, const char *fmt, ...) PRINTF(2, 3);

static void fails(struct upgrading *x, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_str(&x->against, x->against.n > 0 ? "; " : "");
	buf_vfmt(&x->against, fmt, ap);
	va_end(ap);
}

/* NULL: not known, and that is one more reason. */
static const struct json *ask_fact(struct upgrading *x, const char *name)
{
	const struct json *v = know(x->q, name);
	if (v == NULL && strstr(buf_cstr(&x->against), x->q->text) == NULL)
		fails(x, "%s", x->q->text);
	return v;
}

static const struct json *ask_about(struct upgrading *x, const char *what)
{
	return ask_fact(x, arena_fmt(x->q->court->a, "%s.%s", what, x->at));
}

static const struct json *ask_action(struct upgrading *x, const char *what)
{
	return ask_fact(x, arena_fmt(x->q->court->a, "action[%zu].%s", x->q->concerned[0], what));
}

static const struct json *ask_current(struct upgrading *x)
{
	return ask_fact(x, arena_fmt(x->q->court->a, "implementation.%s", x->name));
}

static bool there_is_code(struct upgrading *x)
{
	const struct json *v = ask_about(x, "code-hash");
	struct hash32 hash;
	if (v == NULL)
		return false;
	if (!is_hash(v, &hash))
		fails(x, "NO CODE at %s: it cannot be %s's new code", x->at, x->name);
	return is_hash(v, &hash);
}

static void check_uups(struct upgrading *x)
{
	const struct json *v = ask_about(x, "uuid");
	struct hash32 uuid;
	if (v != NULL && !(is_hash(v, &uuid) && hash32_eq(&uuid, &upgrade_slot_implementation)))
		fails(x, "NOT UUPS: proxiableUUID() of %s does not answer with the ERC-1967 slot", x->at);
}

static void check_changed(struct upgrading *x)
{
	const struct json *v = ask_current(x);
	struct addr now;
	if (v == NULL)
		return;
	if (v->type != JSON_STRING || !addr_parse(&now, v->text, NULL))
		fails(x, "the fact implementation.%s is not an address", x->name);
	else if (addr_eq(&now, &x->u->implementation))
		fails(x, "SAME CODE: %s has the code at %s already", x->name, x->at);
}

static void check_initialised(struct upgrading *x)
{
	const struct json *v = ask_about(x, "initialized");
	struct u256 times;
	if (v == NULL)
		return;
	if (v->type != JSON_STRING || !u256_parse(&times, v->text, NULL) || u256_is_zero(&times))
		fails(x, "UNINITIALISED: whoever calls initialize() of %s first controls that code: its constructor "
		      "has to lock it", x->at);
}

/* Texts that the console found: each is safe to show, and all of them are. */
static void put_list(struct upgrading *x, const struct json *o, const char *member, const char *title)
{
	const struct json *list = o->type == JSON_OBJECT ? json_find(o, member) : NULL;
	struct buf b = {0};
	if (list == NULL || list->type != JSON_ARRAY) {
		fails(x, "the facts do not say %s", member);
		return;
	}
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		buf_str(&b, v != list->first ? ", " : "");
		if (v->type == JSON_STRING && v->text.n > 0)
			text_safe(&b, v->text, false);
		else
			buf_str(&b, "what is no text");
	}
	if (list->n > 0)
		fails(x, "%s: %s", title, buf_cstr(&b));
	buf_release(&b);
}

/* Its getters answer after it as they did before. */
static void check_contract(struct upgrading *x)
{
	const struct json *v = ask_fact(x, "preview");
	if (v != NULL)
		put_list(x, v, "lost", "ANOTHER CONTRACT: no answer any more from");
}

static void check_preview(struct upgrading *x)
{
	const struct json *v = ask_fact(x, "preview"), *failed;
	if (v == NULL)
		return;
	failed = v->type == JSON_OBJECT ? json_find(v, "failed") : NULL;
	if (failed == NULL)
		fails(x, "the facts do not say failed");
	else if (failed->type == JSON_STRING)
		fails(x, "IT FAILS: %.*s", SHOWN(failed->text));
	else if (failed->type != JSON_NULL)
		fails(x, "IT FAILS: with what is no text");
	put_list(x, v, "unintended", "CHANGED AND NOT INTENDED");
	put_list(x, v, "wrong", "NOT AS MEANT");
}

static void check_layout(struct upgrading *x)
{
	const struct json *v = ask_action(x, "layout"), *from, *to;
	if (v == NULL)
		return;
	from = v->type == JSON_OBJECT ? json_find(v, "from") : NULL;
	to = v->type == JSON_OBJECT ? json_find(v, "to") : NULL;
	if (json_is_null(from))
		fails(x, "LAYOUT: the code of %s now is of no listed release: nothing says how it stores", x->name);
	if (json_is_null(to))
		fails(x, "LAYOUT: the code at %s is of no listed release: nothing says how it stores", x->at);
	if (json_is_null(from) || json_is_null(to))
		return;
	put_list(x, v, "missing", "LAYOUT: not in the log (setgov policy adopt FILE --layout FILE)");
	put_list(x, v, "breaks", "LAYOUT NOT COMPATIBLE");
}

static void check_audit(struct upgrading *x)
{
	const struct json *code = ask_about(x, "code-hash");
	const struct release *r;
	struct hash32 hash;
	if (code == NULL || !is_hash(code, &hash))
		return;
	if (!know_releases(x->q)) {
		fails(x, "%s", x->q->text);
		return;
	}
	r = releases_code(&x->q->court->releases, &hash);
	if (r == NULL) {
		fails(x, "NO AUDIT: the code at %s is of no listed release", x->at);
	} else if (r->has_audit) {
		buf_str(&x->beside, ", audit report ");
		buf_hex(&x->beside, SPAN_HASH(&r->audit));
	} else if (r->exception.n > 0) {
		buf_fmt(&x->beside, ", NO AUDIT REPORT, because %.*s", SHOWN(r->exception));
	} else {
		fails(x, "NO AUDIT: the list of releases has no report about %s, and no exception",
		      release_text(x->q, r));
	}
}

/* Back to the code that is there now; or it is itself the way back. */
static void check_rollback(struct upgrading *x)
{
	const struct json *v = ask_action(x, "rollback"), *now = ask_current(x);
	struct span of, to, change = {0};
	if (v == NULL || now == NULL)
		return;
	if (v->type == JSON_OBJECT && json_get_str(v, "of", &of, NULL)) {
		buf_fmt(&x->beside, ", the rollback of %.*s", SHOWN(of));
		return;
	}
	if (v->type != JSON_OBJECT || !json_get_str(v, "implementation", &to, NULL)) {
		fails(x, "NO ROLLBACK is drafted");
		return;
	}
	if (!json_get_str(v, "change", &change, NULL))
		change = span_of(NULL, 0);     /* null: it is drafted when this is proposed */
	if (now->type != JSON_STRING || !span_eq(now->text, to))
		fails(x, "NO ROLLBACK: %.*s goes back to %.*s, and the code now is at %.*s", SHOWN(change), SHOWN(to),
		      SHOWN(now->text));
	else if (change.n > 0)
		buf_fmt(&x->beside, ", rollback %.*s to %.*s", SHOWN(change), SHOWN(to));
	else
		buf_fmt(&x->beside, ", a rollback to %.*s is drafted with it", SHOWN(to));
}

static const struct { const char *word; void (*check)(struct upgrading *x); } checks[] = {
	{ "uups", check_uups },         { "changed", check_changed },     { "initialised", check_initialised },
	{ "contract", check_contract }, { "layout", check_layout },       { "audit", check_audit },
	{ "rollback", check_rollback }, { "preview", check_preview },
};

static bool is_asked(const struct rule *r, const char *word)
{
	for (size_t i = 0; i < r->checks.n; i++)
		if (span_is(r->checks.v[i], word))
			return true;
	return false;
}

static void check_one(struct upgrading *x)
{
	struct buf at = {0};
	addr_format(&at, &x->u->implementation);
	x->at = arena_str(x->q->court->a, buf_view(&at));
	x->name = arena_str(x->q->court->a, x->u->proxy->name);
	buf_release(&at);
	if (!there_is_code(x))
		return;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (is_asked(x->q->rule, checks[i].word))
			checks[i].check(x);
}

void judge_upgrade(struct asking *q)
{
	const struct subject *s = q->court->subject;
	struct upgrading x = { .q = q };
	size_t n;
	const struct upgrade *v = upgrades_of(q->court->a, &n, s->units[q->concerned[0]].calls, s->pin->deployment);
	for (size_t i = 0; i < n; i++) {
		x.u = &v[i];
		check_one(&x);
	}
	if (x.against.n > 0)
		answer(q, VERDICT_FAILED, "%s", buf_cstr(&x.against));
	else if (n == 0)
		answer(q, VERDICT_PASSED, "replaces no code");
	else
		answer(q, VERDICT_PASSED, "fit to be the code of %s%s", x.name, buf_cstr(&x.beside));
	buf_release(&x.against);
	buf_release(&x.beside);
}
