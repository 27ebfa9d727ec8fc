#include "src/cli/planning.h"

bool planning_add(struct workspace *ws, struct arena *a, struct span change, const struct proposal *p,
		  const struct tree_head *head, struct hash32 *operation, struct err *e)
{
	const struct operation op = proposal_operation(p, &head->root);
	struct json *body = json_object(a);
	timelock_id(operation, &op);
	json_set(body, a, "operation", json_0x(a, SPAN_HASH(operation)));
	json_set(body, a, "salt", json_0x(a, SPAN_HASH(&head->root)));
	json_set(body, a, "size", json_u64(a, head->size));
	struct line planned = workspace_line(ws, "operation.planned", change, body);
	return log_add_line(ws->log, &planned, e);
}

static bool is_planned(const struct change *c)
{
	return !c->proposed || c->proposal.route != ROUTE_TIMELOCK || !hash32_is_zero(&c->operation);
}

bool planning_mend(struct workspace *ws, struct arena *a, const char *change, struct err *e)
{
	struct change c;
	struct hash32 operation;
	if (!workspace_change(ws, a, change, &c, e))
		return false;
	if (is_planned(&c))
		return true;
	if (!log_begin(ws->log, e))
		return false;
	bool ok = workspace_change(ws, a, change, &c, e);
	if (ok && !is_planned(&c)) {
		struct tree_head head = { .size = c.size };
		ok = log_root_at(ws->log, c.size, &head.root, e) &&
		     planning_add(ws, a, c.id, &c.proposal, &head, &operation, e);
	}
	ok = ok && log_commit(ws->log, e);
	if (!ok)
		log_abort(ws->log);
	return ok;
}
