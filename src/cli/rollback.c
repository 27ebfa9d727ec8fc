#include "src/cli/rollback.h"

#include "audit-log/census.h"
#include "src/chain/upgrade.h"
#include "src/evm/address.h"
#include "src/gov/restored.h"
#include "src/gov/upgrade.h"

/* Its id says in which series names go on. */
static bool take_restored(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct line_peek peek;
	(void)leaf;
	if (!line_peek(&peek, raw))
		return err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "line %llu is not a line", (unsigned long long)seq);
	restored_series(ctx, peek.id);
	return true;
}

/* The log's own lines say which names are taken, and that it goes on from a backup: of what was lost since, some may be
 * taken that no line here has. Called inside the transaction that takes the next one. */
bool draft_next_id(struct workspace *ws, struct arena *a, const char **id, struct err *e)
{
	static const char *const kinds[] = { "log.restored" };
	char series[SERIES_SIZE] = CHANGE_SERIES;
	const struct census *census;
	uint64_t last = 0;
	if (!log_each_of_kinds(ws->log, kinds, ARRAY_LEN(kinds), take_restored, series, e) ||
	    !census_of(ws->log, &census, e))
		return false;
	for (size_t i = 0; i < census->changes.n; i++) {
		const uint64_t n = series_number(census->changes.v[i].name);
		last = n > last ? n : last;
	}
	*id = arena_fmt(a, "%s-%llu", series, (unsigned long long)last + 1);
	return true;
}

/* ---- the way back ---- */

#define TITLE_MAX 3000u               /* bytes that leave room for ours */

static const char *pair(struct arena *a, const char *name, const struct addr *at)
{
	struct buf b = {0};
	addr_format(&b, at);
	const char *text = arena_fmt(a, "%s=%s", name, buf_cstr(&b));
	buf_release(&b);
	return text;
}

static bool put_back(const struct workspace *ws, struct arena *a, struct json **out, const struct upgrade *u,
		     struct err *e)
{
	const struct span pairs[] = { span_str(pair(a, "contract", &u->proxy->address)),
				      span_str(pair(a, "implementation", &u->current)) };
	return action_read(a, out, &ws->pin, span_str("contract.upgrade"), pairs, ARRAY_LEN(pairs), e);
}

/* What was replaced first comes back last: of a contract that is upgraded twice at once, only the first was there. */
bool rollback_plan(const struct workspace *ws, struct chain *c, struct arena *a, const struct change *change,
		   const struct proposal *p, struct rollback *out, struct err *e)
{
	struct json *actions = json_array(a), *previous = json_object(a);
	size_t n;
	struct upgrade *v = upgrades_of(a, &n, p->calls, &ws->deployment);
	*out = (struct rollback){0};
	if (change->rollback_of.n > 0)
		return true;
	if (!chain_upgrades(c, a, v, n, e))
		return false;
	while (n-- > 0) {
		const char *name = arena_str(a, v[n].proxy->name);
		struct json *action;
		if (addr_is_zero(&v[n].current) || json_find(previous, name) != NULL)
			continue;
		if (!put_back(ws, a, &action, &v[n], e))
			return false;
		json_push(actions, action);
		json_set(previous, a, name, json_addr(a, &v[n].current));
	}
	if (actions->n > 0)
		*out = (struct rollback){ actions, previous };
	return true;
}

static bool link_line(struct workspace *ws, struct arena *a, const char *change, const struct rollback *r,
		      const char *rollback, const char *of, struct err *e)
{
	struct json *body = json_object(a);
	json_set(body, a, "previous", json_copy(a, r->previous));
	json_set(body, a, "rollback", rollback != NULL ? json_str(a, rollback) : json_null(a));
	json_set(body, a, "rollbackOf", of != NULL ? json_str(a, of) : json_null(a));
	struct line l = workspace_line(ws, "upgrade.linked", span_str(change), body);
	return log_add_line(ws->log, &l, e);
}

bool rollback_draft(struct workspace *ws, struct arena *a, const char *change, const struct proposal *p,
		    const struct rollback *r, const char **id, struct err *e)
{
	struct proposal back = { .actions = r->actions, .attachments = json_array(a), .delay = p->delay,
				 .deployment = p->deployment, .ticket = p->ticket, .category = p->category };
	*id = NULL;
	if (r->actions == NULL)
		return true;
	back.title = p->title.n > TITLE_MAX ? span_str(arena_fmt(a, "Roll back %s", change))
		     : span_str(arena_fmt(a, "Roll back %s: %.*s", change, (int)p->title.n, (const char *)p->title.p));
	back.reason = span_str(arena_fmt(a, "The way back from %s: the code that was there before it", change));
	back.impact = span_str(arena_fmt(a, "As before %s", change));
	back.rollback = span_str(change);
	if (!draft_next_id(ws, a, id, e))
		return false;
	struct line l = workspace_line(ws, "change.drafted", span_str(*id), proposal_to_json(a, &back, false));
	return log_add_line(ws->log, &l, e) && link_line(ws, a, *id, r, NULL, change, e) &&
	       link_line(ws, a, change, r, *id, NULL, e);
}
