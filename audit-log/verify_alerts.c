#include "audit-log/verify_alerts.h"

#include <stdlib.h>

#include "src/gov/alert.h"

struct alert_lines {
	struct deep_walk walk;
	struct arena arena;
	struct alert_log m;
};

struct alert_lines *alert_lines_new(const struct deep_walk *walk)
{
	struct alert_lines *p = calloc(1, sizeof(*p));

	if (!p)
		die("out of memory");
	p->walk = *walk;
	return p;
}

void alert_lines_free(struct alert_lines *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	free(p);
}

uint64_t alert_lines_raised(const struct alert_lines *p)
{
	return p->m.n;
}

/* Of an alert only what tells it from others is kept: the line goes away. */
static void keep_least(struct alert_lines *p, struct logged_alert *x)
{
	struct snapshot_finding *f = &x->finding;

	*f = (struct snapshot_finding){ .code = arena_copy(&p->arena, f->code),
					.subject = arena_copy(&p->arena, f->subject),
					.has_event = f->has_event, .event = f->event };
	x->id = arena_copy(&p->arena, x->id);
	x->change = x->by = span_str("");
}

static void forget_ack(struct alert_log *m, const struct line *l)
{
	struct span id = span_str("");
	struct logged_alert *x = json_get_str(l->body, "alert", &id, NULL) ? alert_log_find(m, id) : NULL;

	if (x)
		x->n_acks = 0;
}

static enum finding_code code_of(enum alert_fault fault)
{
	switch (fault) {
	case ALERT_FAULT_FORM:
		return FINDING_ALERT_FORM;
	case ALERT_FAULT_ID:
		return FINDING_ALERT_ID;
	case ALERT_FAULT_UNKNOWN:
		return FINDING_ALERT_UNKNOWN;
	case ALERT_FAULT_TWICE:
		return FINDING_ALERT_TWICE;
	}
	BUG("fault %d", (int)fault);
}

void alert_lines_judge(struct alert_lines *p, const struct line *l)
{
	const size_t before = p->m.n;
	enum alert_fault fault = ALERT_FAULT_FORM;
	struct err inner = {0};
	struct buf text = {0};

	if (!alert_line_is(l->kind))
		return;
	if (alert_log_apply(&p->arena, &p->m, l, &fault, &inner)) {
		if (p->m.n > before)
			keep_least(p, &p->m.v[before]);
		forget_ack(&p->m, l);
		return;
	}
	err_format(&inner, &text);
	p->walk.find(p->walk.ctx, code_of(fault), l->seq, buf_cstr(&text));
	buf_release(&text);
	err_clear(&inner);
}
