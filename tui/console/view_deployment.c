/* What the profile expects against what the chain says, line by line: ✓ as it should be, ! to be looked at. */
#include "src/base/text.h"
#include "tui/console/view.h"
#include "src/base/when.h"
#include "tui/console/who.h"

#define AT 20                         /* where values begin */

static const struct deployment *profile(const struct seen *x)
{
	return &x->m->ws->deployment;
}

static const struct snapshot *chain(const struct seen *x)
{
	return &x->m->snapshot;
}

static void begin(struct paper *p, const char *name)
{
	paper_begin(p, 2, AT);
	paper_add(p, STYLE_DIM, "%s", name);
	paper_to(p, AT);
}

/* "✓ words" or "! words", behind what is on the open line. */
static void mark(struct paper *p, bool good, const char *yes, const char *no)
{
	paper_add(p, good ? STYLE_GOOD : STYLE_BAD, "%s %s", good ? " ✓" : " !", good ? yes : no);
}

static void not_asked(const struct seen *x, struct paper *p)
{
	if (!chain(x)->online)
		paper_add(p, STYLE_DIM, "  chain: not asked");
}

static void account(const struct seen *x, struct paper *p, const struct addr *at)
{
	if (addr_is_zero(at))
		paper_add(p, STYLE_TEXT, "none");
	else
		who_add(p, x->m, at);
}

/* ---- which chain ---- */

static void identity(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	paper_title(p, "Deployment");
	begin(p, "name");
	paper_add_foreign(p, d->name);
	paper_end(p);
	begin(p, "class");
	paper_add(p, d->class == CLASS_PRODUCTION ? STYLE_PRODUCTION : STYLE_TITLE, "%s",
		  deployment_class_name(d->class));
	paper_end(p);
	begin(p, "chain id");
	paper_add(p, STYLE_TEXT, "%llu", (unsigned long long)d->chain_id);
	if (chain(x)->online)
		mark(p, true, "so say the nodes", "");
	not_asked(x, p);
	paper_end(p);
	who_hash(p, 2, chain(x)->online ? "genesis block ✓ so say the nodes" : "genesis block", &d->genesis);
	who_hash(p, 2, "deployment id: what a signer pins", &d->id);
	who_phrase(p, 2, &d->id);
}

static void block_row(const struct seen *x, struct paper *p, const char *name, bool has, uint64_t block)
{
	const struct snapshot *s = chain(x);
	begin(p, name);
	if (has)
		paper_add(p, STYLE_TEXT, "%llu", (unsigned long long)block);
	else
		paper_add(p, STYLE_WARN, "! the node does not say");
	if (has && block < s->block)
		paper_add(p, STYLE_DIM, "  %llu behind the newest", (unsigned long long)(s->block - block));
	paper_end(p);
}

static void blocks(const struct seen *x, struct paper *p)
{
	const struct snapshot *s = chain(x);
	struct buf b = {0};
	paper_title(p, "The chain");
	if (!s->online) {
		paper_line(p, STYLE_WARN, 2, x->m->offline ? "! not asked: o begins to ask again" :
			   "! not seen yet: u asks now");
		if (s->trouble.n > 0) {
			paper_begin(p, 2, 4);
			paper_add_foreign(p, s->trouble);
			paper_end(p);
		}
		return;
	}
	when_format(&b, s->taken.ms / 1000, x->m->now.ms / 1000);
	paper_pair(p, 2, AT, "looked", STYLE_TEXT, "%s", buf_cstr(&b));
	buf_clear(&b);
	when_format(&b, (int64_t)s->block_time, x->m->now.ms / 1000);
	paper_pair(p, 2, AT, "newest block", STYLE_TEXT, "%llu  %s", (unsigned long long)s->block, buf_cstr(&b));
	block_row(x, p, "safe block", s->has_safe_head, s->safe_head);
	block_row(x, p, "finalized block", s->has_finalized, s->finalized);
	who_hash(p, 2, "hash of the newest block", &s->block_hash);
	buf_release(&b);
}

static const struct snapshot_endpoint *endpoint_named(const struct snapshot *s, struct span name)
{
	for (size_t i = 0; i < s->n_endpoints; i++)
		if (span_eq(s->endpoints[i].name, name))
			return &s->endpoints[i];
	return NULL;
}

/* Scheme and host: what else stands in a URL may be a key to the node, and this page is shown on a wall. */
static void without_key(struct paper *p, struct span url)
{
	size_t from = 0, end;
	while (from + 3 < url.n && memcmp(url.p + from, "://", 3) != 0)
		from++;
	from = from + 3 < url.n ? from + 3 : 0;
	for (end = from; end < url.n && url.p[end] != '/' && url.p[end] != '?'; end++)
		if (url.p[end] == '@') {                 /* whoever is named before it */
			paper_add_foreign(p, span_of(url.p, from));
			paper_add(p, STYLE_DIM, "…@");
			without_key(p, span_of(url.p + end + 1, url.n - end - 1));
			return;
		}
	paper_add_foreign(p, span_of(url.p, end));
	if (end + 1 < url.n)
		paper_add(p, STYLE_DIM, "/…");
}

static void endpoints(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	paper_title(p, d->n_endpoints == 1 ? "Endpoint: one alone can lie; two or more are compared" : "Endpoints");
	for (size_t i = 0; i < d->n_endpoints; i++) {
		const struct snapshot_endpoint *e = endpoint_named(chain(x), d->endpoints[i].name);
		paper_begin(p, 2, AT);
		paper_add_foreign(p, d->endpoints[i].name);
		paper_to(p, AT);
		without_key(p, d->endpoints[i].url);
		if (e == NULL)
			paper_add(p, STYLE_DIM, "  not asked");
		else
			mark(p, e->ok, "answers", "");
		if (e != NULL && !e->ok)
			paper_add_foreign(p, e->words);
		paper_end(p);
	}
	if (d->n_endpoints == 0)
		paper_line(p, STYLE_WARN, 2, "! the profile names none: the chain cannot be asked");
}

/* ---- the Safe ---- */

static bool on_chain(const struct snapshot *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n_owners; i++)
		if (addr_eq(&s->owners[i], at))
			return true;
	return false;
}

/* Narrower than the others, so that all of it is one row on 80 columns. */
static void begin_owner(struct paper *p)
{
	paper_begin(p, 2, 8);
	paper_add(p, STYLE_DIM, "owner ");
}

static void owners(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	const struct snapshot *s = chain(x);
	for (size_t i = 0; i < d->n_people; i++) {
		const bool both = on_chain(s, &d->people[i].address);
		if (!d->people[i].owner)
			continue;
		begin_owner(p);
		who_add(p, x->m, &d->people[i].address);
		if (s->online)
			mark(p, both, "in profile and on chain", "PROFILE ONLY: not an owner on chain");
		not_asked(x, p);
		paper_end(p);
	}
	for (size_t i = 0; i < s->n_owners; i++) {
		if (deployment_is_owner(d, &s->owners[i]))
			continue;
		begin_owner(p);
		who_add(p, x->m, &s->owners[i]);
		mark(p, false, "", "ON CHAIN ONLY: not in the profile");
		paper_end(p);
	}
}

static void modules(const struct seen *x, struct paper *p)
{
	const struct snapshot *s = chain(x);
	begin(p, "modules");
	if (!s->modules_known)
		paper_add(p, STYLE_BAD, "! cannot be listed");
	else if (s->n_modules == 0)
		paper_add(p, STYLE_GOOD, "none ✓");
	for (size_t i = 0; i < s->n_modules; i++) {
		if (i > 0)
			begin(p, "");
		who_add(p, x->m, &s->modules[i]);
		mark(p, false, "", "moves the Safe without signatures");
		if (i + 1 < s->n_modules)
			paper_end(p);
	}
	paper_end(p);
}

static bool expected_guard(const struct seen *x)
{
	return addr_is_zero(&chain(x)->guard) || deployment_contract_at(profile(x), &chain(x)->guard) != NULL;
}

static bool has_finding(const struct snapshot *s, const char *code)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (span_is(s->findings[i].code, code))
			return true;
	return false;
}

static void safe_on_chain(const struct seen *x, struct paper *p)
{
	const struct snapshot *s = chain(x);
	begin(p, "singleton");
	account(x, p, &s->singleton);
	if (has_finding(s, "SINGLETON"))
		mark(p, false, "", "not what the profile's version says: a (alerts) has the words");
	paper_end(p);
	begin(p, "threshold");
	paper_add(p, STYLE_TEXT, "%llu of %zu", (unsigned long long)s->threshold, s->n_owners);
	if (s->threshold < 2 && s->n_owners > 1)
		mark(p, false, "", "one signature alone moves the Safe");
	else if (has_finding(s, "THRESHOLD"))
		mark(p, false, "", "not what the profile says: a (alerts) has the words");
	paper_end(p);
	begin(p, "nonce");
	paper_add(p, STYLE_TEXT, "%llu, the next one to run", (unsigned long long)s->safe_nonce);
	paper_end(p);
	begin(p, "guard");
	account(x, p, &s->guard);
	mark(p, expected_guard(x), addr_is_zero(&s->guard) ? "" : "in the profile",
	     "not in the profile: it can hold up every transaction");
	paper_end(p);
	modules(x, p);
	begin(p, "fallback handler");
	account(x, p, &s->fallback_handler);
	paper_end(p);
}

static void safe(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	const struct snapshot *s = chain(x);
	paper_title(p, "The Safe");
	begin(p, "address");
	who_add(p, x->m, &d->safe);
	not_asked(x, p);
	paper_end(p);
	begin(p, "version");
	paper_add_foreign(p, d->safe_version);
	if (s->online && span_eq(s->safe_version, d->safe_version)) {
		mark(p, true, "in the profile and on chain", "");
	} else if (s->online) {
		mark(p, false, "", "on chain it says ");
		paper_add_foreign(p, s->safe_version);
	}
	paper_end(p);
	if (s->online)
		safe_on_chain(x, p);
	owners(x, p);
}

/* ---- the timelock ---- */

static bool has_role(const struct snapshot_role *r)
{
	return r->proposer || r->executor || r->canceller || r->admin;
}

static void role_names(const struct snapshot_role *r, struct paper *p)
{
	const struct { bool has; const char *name; } all[] = {
		{ r->proposer, "proposer" }, { r->executor, "executor" }, { r->canceller, "canceller" },
		{ r->admin, "admin" },
	};
	for (size_t i = 0, n = 0; i < ARRAY_LEN(all); i++)
		if (all[i].has)
			paper_add(p, STYLE_TITLE, "%s%s", n++ > 0 ? ", " : "", all[i].name);
	if (!has_role(r))
		paper_add(p, STYLE_TITLE, "none");
}

static void role(const struct seen *x, const struct snapshot_role *r, struct paper *p)
{
	const struct deployment *d = profile(x);
	const bool ours = addr_eq(&r->account, &d->safe), open = addr_is_zero(&r->account);
	const bool known = ours || addr_eq(&r->account, &d->timelock) || deployment_person_at(d, &r->account) != NULL ||
			   deployment_contract_at(d, &r->account) != NULL;
	if (!has_role(r) && !ours)
		return;
	begin(p, "role");
	if (open)
		paper_add(p, STYLE_LABEL, "ANYBODY (the zero address) ");
	who_add(p, x->m, &r->account);
	paper_add(p, STYLE_TEXT, ": ");
	role_names(r, p);
	if (ours)
		mark(p, r->proposer && r->canceller, "it may propose and cancel",
		     "it should be proposer and canceller");
	else if (!known)
		mark(p, false, "", open ? "so everyone has it" : "not in the profile");
	paper_end(p);
}

static void timelock(const struct seen *x, struct paper *p)
{
	const struct snapshot *s = chain(x);
	struct buf b = {0};
	paper_title(p, "The timelock");
	begin(p, "address");
	who_add(p, x->m, &profile(x)->timelock);
	not_asked(x, p);
	paper_end(p);
	if (!s->online)
		return;
	when_span(&b, s->min_delay);
	begin(p, "least delay");
	paper_add(p, STYLE_TEXT, "%s (%llu s)", buf_cstr(&b), (unsigned long long)s->min_delay);
	if (s->min_delay == 0)
		mark(p, false, "", "what is scheduled can run at once");
	paper_end(p);
	for (size_t i = 0; i < s->n_roles; i++)
		role(x, &s->roles[i], p);
	if (s->n_roles == 0)
		paper_line(p, STYLE_WARN, 2, "! roles were not read");
	buf_release(&b);
}

/* ---- the contracts ---- */

static const struct snapshot_contract *contract_at(const struct snapshot *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n_contracts; i++)
		if (addr_eq(&s->contracts[i].address, at))
			return &s->contracts[i];
	return NULL;
}

static void contract_on_chain(const struct seen *x, const struct snapshot_contract *c, struct paper *p)
{
	const struct deployment *d = profile(x);
	const bool governs = addr_eq(&c->address, &d->safe) || addr_eq(&c->address, &d->timelock);
	paper_begin(p, 4, AT);
	paper_add(p, STYLE_DIM, "code");
	mark(p, c->has_code, "there", "NONE");
	paper_end(p);
	if (c->has_implementation) {
		paper_begin(p, 4, AT);
		paper_add(p, STYLE_DIM, "runs the code at ");
		account(x, p, &c->implementation);
		paper_end(p);
	}
	if (!c->has_owner)
		return;
	paper_begin(p, 4, AT);
	paper_add(p, STYLE_DIM, "owner ");
	account(x, p, &c->owner);
	if (!governs)
		mark(p, addr_eq(&c->owner, &d->timelock), "the timelock", "not the timelock");
	paper_end(p);
}

static void contracts(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	paper_title(p, "Contracts");
	for (size_t i = 0; i < d->n_contracts; i++) {
		const struct snapshot_contract *c = contract_at(chain(x), &d->contracts[i].address);
		paper_begin(p, 2, 4);
		who_add(p, x->m, &d->contracts[i].address);
		paper_add(p, STYLE_DIM, "  spoken to as ");
		paper_add_foreign(p, d->contracts[i].abi);
		if (c == NULL)
			paper_add(p, STYLE_DIM, "  chain: not asked");
		paper_end(p);
		if (c != NULL)
			contract_on_chain(x, c, p);
	}
}

/* ---- people and the log ---- */

static const struct snapshot_balance *balance_of(const struct snapshot *s, const struct addr *at)
{
	for (size_t i = 0; i < s->n_balances; i++)
		if (addr_eq(&s->balances[i].address, at))
			return &s->balances[i];
	return NULL;
}

static void people(const struct seen *x, struct paper *p)
{
	const struct deployment *d = profile(x);
	size_t n = 0;
	paper_title(p, "People who are no owners: they propose, and pay for gas");
	for (size_t i = 0; i < d->n_people; i++) {
		const struct snapshot_balance *has = balance_of(chain(x), &d->people[i].address);
		struct buf b = {0};
		if (d->people[i].owner)
			continue;
		n++;
		paper_begin(p, 2, 4);
		who_add(p, x->m, &d->people[i].address);
		if (has != NULL) {
			model_wei(&b, &has->wei);
			paper_add(p, STYLE_TEXT, "  has %s", buf_cstr(&b));
			if (u256_is_zero(&has->wei))
				mark(p, false, "", "cannot pay for gas");
		}
		not_asked(x, p);
		paper_end(p);
		buf_release(&b);
	}
	if (n == 0)
		paper_line(p, STYLE_DIM, 2, "the profile names none");
}

static void log_part(const struct seen *x, struct paper *p)
{
	const struct workspace *ws = x->m->ws;
	struct buf b = {0};
	paper_title(p, "The log");
	paper_pair(p, 2, AT, "size", STYLE_TEXT, "%llu lines", (unsigned long long)x->m->head.size);
	who_hash(p, 2, "root over all of them", &x->m->head.root);
	model_log_key(&b, x->m);
	begin(p, "origin and key");
	paper_add_foreign(p, buf_view(&b));
	paper_end(p);
	begin(p, "remembered");
	paper_add(p, STYLE_TEXT, ws->warning == NULL ? "yes" : "no");
	if (ws->warning == NULL) {
		mark(p, true, "it goes on from what this machine has seen of it", "");
	} else {
		mark(p, false, "", "NOT THE LOG THAT THIS MACHINE REMEMBERS: ");
		paper_add_foreign(p, span_str(ws->warning));
	}
	paper_end(p);
	begin(p, "workspace");
	paper_add_foreign(p, span_str(ws->dir));
	paper_end(p);
	buf_release(&b);
}

/* ---- what owners adopt ---- */

static void in_force(const struct model_adopted *x, struct paper *p)
{
	begin(p, "in force");
	paper_add(p, STYLE_TITLE, "%s", x->name);
	if (x->adopted)
		paper_add(p, STYLE_GOOD, "  ✓ adopted, line %llu of the log, signed by %s",
			  (unsigned long long)x->line, x->by);
	else
		paper_add(p, STYLE_WARN, "  ! NOT ADOPTED: no owner has signed it");
	paper_end(p);
	who_hash(p, 2, "digest", &x->current->digest);
	if (x->differs)
		paper_line(p, STYLE_BAD, 2, "! %s is another %s: what goes by one is refused while it is there",
			   x->file, x->called);
}

static void waiting(const struct seen *x, const struct waiting_offer *w, struct paper *p)
{
	struct buf b = {0};
	begin(p, "offered");
	paper_add(p, STYLE_TITLE, "%s", w->name);
	paper_add(p, STYLE_WARN, "  %zu of %zu owners have signed: %s", w->n, w->needs, w->by);
	paper_end(p);
	begin(p, "");
	if (w->expires > 0)
		when_format(&b, (int64_t)w->expires, x->m->now.ms / 1000);
	paper_add(p, STYLE_DIM, "line %llu of the log; lapses %s", (unsigned long long)w->line,
		  w->expires > 0 ? buf_cstr(&b) : "never");
	paper_end(p);
	buf_release(&b);
}

/* False: there is nothing to say, and the queue says so. */
static bool adopted(const struct model_adopted *m, const char *title, struct paper *p)
{
	if (m->current == NULL && m->n_waiting == 0 && m->trouble == NULL)
		return false;
	paper_title(p, "%s", title);
	if (m->trouble != NULL)
		paper_line(p, STYLE_BAD, 2, "! it cannot be read: %s", m->trouble);
	if (m->current != NULL)
		in_force(m, p);
	return true;
}

/* What changes is too long for this page: `command` has it. */
static void all_waiting(const struct seen *x, const struct model_adopted *m, const char *command, struct paper *p)
{
	for (size_t i = 0; i < m->n_waiting; i++)
		waiting(x, &m->waiting[i], p);
	if (m->n_waiting > 0)
		paper_line(p, STYLE_DIM, 2, ":%s has old and new", command);
}

static void policy(const struct seen *x, struct paper *p)
{
	const struct model_adopted *m = &x->m->adopted[ADOPT_POLICY];
	if (adopted(m, "Policy", p))
		all_waiting(x, m, "policy show", p);
}

/* ---- what may be installed ---- */

static void one_release(const struct release *r, struct paper *p)
{
	paper_begin(p, 2, AT);
	paper_add_safe(p, STYLE_LABEL, r->contract);
	paper_add(p, STYLE_TEXT, " ");
	paper_add_safe(p, STYLE_LABEL, r->version);
	if (r->has_audit)
		paper_add(p, STYLE_GOOD, "  ✓ names an audit report");
	else if (r->exception.n > 0)
		paper_add(p, STYLE_WARN, "  ! not audited, excepted: ");
	else
		paper_add(p, STYLE_BAD, "  ! NOT AUDITED");
	if (!r->has_audit)
		paper_add_foreign(p, r->exception);
	paper_end(p);
	who_hash(p, 4, "code", &r->code_hash);
	if (r->has_audit)
		who_hash(p, 4, "audit report", &r->audit);
}

static void releases(const struct seen *x, struct paper *p)
{
	const struct model_adopted *m = &x->m->adopted[ADOPT_RELEASES];
	if (!adopted(m, "Releases: the code that may be installed", p))
		return;
	if (m->current != NULL)
		who_phrase(p, 2, &m->current->digest);
	for (size_t i = 0; m->current != NULL && i < m->current->releases->n; i++)
		one_release(&m->current->releases->v[i], p);
	all_waiting(x, m, "policy releases", p);
}

static void page(const struct seen *x, struct paper *p)
{
	if (x->m->ws == NULL) {
		paper_line(p, STYLE_DIM, 0, "There is no workspace yet.");
		return;
	}
	identity(x, p);
	policy(x, p);
	releases(x, p);
	blocks(x, p);
	endpoints(x, p);
	safe(x, p);
	timelock(x, p);
	contracts(x, p);
	people(x, p);
	log_part(x, p);
}

const struct view deployment_view = { .page = page };
