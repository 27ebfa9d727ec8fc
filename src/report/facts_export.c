/* The end of every report. */
#include <string.h>

#include "audit-log/holes.h"
#include "src/base/text.h"
#include "src/report/facts.h"
#include "src/report/rows.h"

/* A restored log is whole by itself, and yet not all that happened. */
static void gaps(struct arena *a, struct report *r, const struct report_source *src)
{
	static const char *const columns[] = { "time", "after_seq", "missing_lines", "words" };
	struct log_holes all;
	struct err why = {0};
	struct rows t = ROWS_BEGIN(a, r, "gaps", "Gaps in the record: where a restored log goes on", columns);
	if (!log_holes(src->ws->log, a, &all, &why)) {
		rows_next(&t);
		rows_fmt(&t, "words", "cannot be read: %s", text_safe_err(a, &why));
		rows_mark(&t, REPORT_FINDING);
		err_clear(&why);
		return;
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct log_hole *h = &all.v[i];
		rows_next(&t);
		rows_time(&t, "time", h->time);
		rows_u64(&t, "after_seq", h->last);
		if (h->known)
			rows_u64(&t, "missing_lines", h->missing);
		else
			rows_str(&t, "missing_lines", "not known");
		rows_str(&t, "words", log_hole_words(a, h));
		rows_rest_on(&t, h->seq);
		/* That nothing is lost is the word of whoever showed a checkpoint, and he may have shown an old one. */
		rows_mark(&t, log_hole_is_open(h) ? REPORT_FINDING : REPORT_LOOK);
	}
}

/* Verdicts are of the policies in the log; this is what lies beside it now. */
static void policy_fact(struct rows *t, const struct report_source *src)
{
	struct buf digest = {0};
	if (src->policy_trouble != NULL) {
		rows_fact_fmt(t, "policy_now", "cannot be read: %s", src->policy_trouble);
		rows_mark(t, REPORT_FINDING);
		return;
	}
	if (src->policy != NULL)
		buf_hex(&digest, SPAN_HASH(&src->policy->digest));
	rows_fact_fmt(t, "policy_now", "%.*s%s%s", src->policy != NULL ? text_shown(src->policy->name) : 4,
		      src->policy != NULL ? (const char *)src->policy->name.p : "none",
		      src->policy != NULL ? ", digest " : "", buf_cstr(&digest));
	buf_release(&digest);
}

/* Which lines of the log it is about. */
static const char *filter(struct arena *a, const struct report *r)
{
	switch (r->kind) {
	case REPORT_CHANGE:
		return arena_fmt(a, "every line of the change %s, and those they rest on", r->subject);
	case REPORT_PERIOD:
		return "every line with a time in the period, and every change with such a line, whole";
	case REPORT_MEETING:
		return "the changes on the agenda, and the lines about the meeting";
	case REPORT_DEPLOYMENT:
		return "the deployment as the chain has it, and the lines that tell of its people and profile";
	case N_REPORT_KINDS:
		break;
	}
	BUG("report kind %d", (int)r->kind);
}

static void exported(struct arena *a, struct report *r, const struct report_source *src)
{
	const struct snapshot *k = src->look;
	const struct tree_head head = log_head(src->ws->log);
	struct rows t = rows_begin_facts(a, r, "export", "This report");
	t.s->text = report_marks_mean();
	rows_fact(&t, "exporter_id", src->ws->actor);
	rows_fact(&t, "exporter", span_str(""));
	rows_who(&t, "value", src, src->ws->actor, head.size);
	rows_fact(&t, "auth_method", src->ws->auth);
	rows_fact(&t, "tool", span_str(src->tool));
	rows_fact(&t, "time", span_str(""));
	rows_time(&t, "value", r->made);
	rows_fact_fmt(&t, "time_source", "this machine's clock; %s",
		      src->clock != NULL ? src->clock : "whether it is synchronised was not asked");
	rows_fact(&t, "filter", span_str(filter(a, r)));
	policy_fact(&t, src);
	rows_fact_fmt(&t, "log_lines", "%llu", (unsigned long long)head.size);
	rows_fact(&t, "lines_shown", span_str(""));
	rows_fact(&t, "lines_withheld", span_str(""));
	if (k != NULL && k->online) {
		rows_fact_fmt(&t, "chain", "asked at block %llu", (unsigned long long)k->block);
		rows_fact(&t, "chain_block_hash", span_str(""));
		rows_0x(&t, "value", &k->block_hash);
	} else {
		rows_fact_fmt(&t, "chain", "not asked: %.*s", k != NULL ? (int)k->trouble.n : 0,
			      k != NULL ? (const char *)k->trouble.p : "");
		rows_mark(&t, REPORT_LOOK);
	}
}

/* ---- who is who ------------------------------------------------------------------------------------------------- */

struct known {
	struct span id, name;
	const char *role;
	struct addr at;
};

/* What is known of a person from this line on; false: as before. */
static bool learn(struct known *k, const struct people *p, uint64_t seq)
{
	const struct person *x = people_at(p, k->id, seq);
	const struct known now = { k->id, people_name_words(p, k->id, seq), people_role_words(p, k->id, seq),
				   x != NULL ? x->address : k->at };
	const bool same = span_eq(now.name, k->name) && strcmp(now.role, k->role) == 0 && addr_eq(&now.at, &k->at);
	if (x == NULL && k->role[0] == '\0')
		return false;                 /* nobody had heard of him */
	*k = now;
	return !same;
}

static void person_rows(struct rows *t, const struct report_source *src, struct span id)
{
	const struct people *p = src->people;
	struct known k = { .id = id, .name = span_str(""), .role = "" };
	for (size_t i = 0, n = 0; i < p->n_profiles || n < p->n_names;) {
		const bool name = i == p->n_profiles || (n < p->n_names && p->names[n].seq < p->profiles[i].seq);
		const uint64_t seq = name ? p->names[n++].seq : p->profiles[i++].seq;
		const struct people_name *given = people_name_at(p, id, seq);
		if (!learn(&k, p, seq))
			continue;
		rows_next(t);
		rows_put(t, "id", id);
		rows_put(t, "name", k.name);
		rows_str(t, "role", k.role);
		rows_addr(t, "address", &k.at);
		rows_u64(t, "from_line", seq);
		rows_rest_on(t, seq);
		if (given != NULL)
			rows_rest_on(t, given->seq);
	}
}

static bool is_listed(const struct people *p, size_t profile, struct span id)
{
	for (size_t i = 0; i < profile; i++)
		if (p->profiles[i].d != NULL && deployment_person(p->profiles[i].d, id) != NULL)
			return true;
	return false;
}

static void people(struct arena *a, struct report *r, const struct report_source *src)
{
	static const char *const columns[] = { "id", "name", "role", "address", "from_line" };
	const struct people *p = src->people;
	struct rows t = ROWS_BEGIN(a, r, "people", "Who is who", columns);
	t.s->text = "Lines have ids alone. Role and address are those of the deployment profile in force from that "
		    "line on. Names were given to the log by whoever ran this console; they are kept apart from its "
		    "lines so that they can be erased.";
	for (size_t i = 0; p != NULL && i < p->n_profiles; i++) {
		const struct deployment *d = p->profiles[i].d;
		for (size_t k = 0; d != NULL && k < d->n_people; k++)
			if (!is_listed(p, i, d->people[k].id))
				person_rows(&t, src, d->people[k].id);
	}
}

void facts_export(struct arena *a, struct report *r, const struct report_source *src)
{
	people(a, r, src);
	gaps(a, r, src);
	exported(a, r, src);
}

static struct report_section *find_section(struct report *r, const char *id)
{
	for (struct report_section *s = r->first; s != NULL; s = s->next)
		if (strcmp(s->id, id) == 0)
			return s;
	BUG("a report has no section %s", id);
}

void facts_shown(struct arena *a, struct report *r)
{
	struct report_section *s = find_section(r, "export");
	size_t shown = 0;
	for (const struct report_line *l = r->evidence.first; l != NULL; l = l->next)
		shown += l->withheld == NULL;
	for (struct report_row *row = s->first; row != NULL; row = row->next) {
		const bool is_shown = strcmp(row->cells[0], "lines_shown") == 0;
		if (is_shown || strcmp(row->cells[0], "lines_withheld") == 0)
			report_set(a, s, row, "value",
				   span_str(arena_fmt(a, "%zu", is_shown ? shown : r->evidence.n - shown)));
	}
}
