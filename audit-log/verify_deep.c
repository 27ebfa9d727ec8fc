#include "audit-log/verify_deep_state.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct deep *deep_new(const struct deep_walk *walk)
{
	struct deep *d = calloc(1, sizeof(*d));

	if (!d)
		die("out of memory");
	d->walk = *walk;
	d->policies = adoption_lines_new(walk);
	d->alerts = alert_lines_new(walk);
	return d;
}

void deep_free(struct deep *d)
{
	if (!d)
		return;
	arena_release(&d->profile);
	adoption_lines_free(d->policies);
	alert_lines_free(d->alerts);
	for (size_t i = 0; i < d->cap; i++)
		for (int k = 0; k < N_STEPS; k++)
			free(d->changes[i].steps[k].said);
	free(d->changes);
	arena_release(&d->keys);
	free(d);
}

void deep_set_key(struct deep *d, const char *vkey)
{
	d->vkey = arena_str(&d->keys, span_str(vkey));
}

struct deep_counts deep_counts(const struct deep *d)
{
	struct deep_counts n = d->counts;

	n.adoptions = adoption_lines_adopted(d->policies);
	n.endorsements = adoption_lines_signed(d->policies);
	n.alerts = alert_lines_raised(d->alerts);
	return n;
}

/* ---- saying things ----------------------------------------------------------------------------------------------- */

void deep_find(struct judging *j, enum finding_code code, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	j->d->walk.find(j->d->walk.ctx, code, j->l->seq, buf_cstr(&text));
	buf_release(&text);
}

void deep_find_error(struct judging *j, enum finding_code code, const char *what, struct err *inner)
{
	struct buf text = {0};

	err_format(inner, &text);
	deep_find(j, code, "%s%s", what, buf_cstr(&text));
	buf_release(&text);
	err_clear(inner);
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static size_t slot_of(const struct deep_change *v, size_t cap, struct span id)
{
	uint64_t h = 14695981039346656037u;
	size_t at;

	for (size_t i = 0; i < id.n; i++)
		h = (h ^ id.p[i]) * 1099511628211u;
	at = (size_t)h & (cap - 1);
	while (v[at].id[0] && !span_is(id, v[at].id))
		at = (at + 1) & (cap - 1);
	return at;
}

static void make_room(struct deep *d)
{
	const size_t cap = d->cap ? 2 * d->cap : 64;
	struct deep_change *v = calloc(cap, sizeof(*v));

	if (!v)
		die("out of memory");
	for (size_t i = 0; i < d->cap; i++)
		if (d->changes[i].id[0])
			v[slot_of(v, cap, span_str(d->changes[i].id))] = d->changes[i];
	free(d->changes);
	d->changes = v;
	d->cap = cap;
}

static struct deep_change *change_of(struct deep *d, struct span id)
{
	struct deep_change *c;

	if (!id.n || id.n >= sizeof(c->id))
		return NULL;
	if (2 * (d->n + 1) > d->cap)
		make_room(d);
	c = &d->changes[slot_of(d->changes, d->cap, id)];
	if (!c->id[0]) {
		memcpy(c->id, id.p, id.n);
		d->n++;
	}
	return c;
}

struct deep_step *deep_step_of(struct judging *j, enum finding_code code, enum step_kind *kind)
{
	struct err inner = {0};
	struct span name;

	if (!j->change || !json_get_str(j->l->body, "step", &name, &inner) || !step_parse(kind, name, &inner)) {
		deep_find_error(j, code, j->change ? "body.step: " : "a step of no change", &inner);
		return NULL;
	}
	return &j->change->steps[*kind];
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

void deep_line(struct deep *d, const struct line *l, const struct hash32 *root)
{
	static const struct {
		const char *kind;
		void (*judge)(struct judging *j);
	} kinds[] = {
		{ "log.opened", deep_profile },        { "deployment.adopted", deep_profile },
		{ "change.proposed", deep_proposal },  { "operation.planned", deep_operation },
		{ "step.packed", deep_packed },        { "signature.added", deep_signature },
		{ "submit.intended", deep_submission }, { "step.mined", deep_receipt },
		{ "step.failed", deep_receipt },       { "policy.judged", deep_judged },
		{ "block.vouched", deep_vouched },
	};
	struct judging j = { .d = d, .l = l, .root = root };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (line_kind_is(l, kinds[i].kind)) {
			j.change = change_of(d, l->change);
			kinds[i].judge(&j);
			break;
		}
	adoption_lines_judge(d->policies, l, d->have_deployment ? &d->deployment : NULL);
	alert_lines_judge(d->alerts, l);
	arena_release(&j.a);
}
