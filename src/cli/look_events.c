#include "src/cli/look_events.h"

#include <inttypes.h>
#include <stdlib.h>

#include "audit-log/events.h"
#include "src/cli/chain_events.h"

#define CHUNK 20000u                  /* blocks that are read and remembered together */

/* ---- what was read before ---- */

/* Is the chain still the one that was read? */
static bool holds(struct chain *c, const struct events_mark *m, bool *yes, struct err *e)
{
	struct block b;
	*yes = false;
	if (m->block > c->pin.number)
		return true;
	if (m->block == c->pin.number) {
		*yes = hash32_eq(&m->hash, &c->pin.hash);
		return true;
	}
	if (!chain_block(c, m->block, &b, e))
		return false;
	*yes = hash32_eq(&m->hash, &b.hash);
	return true;
}

/* The newest mark that the chain still has; *any false: none. */
static bool agreed_mark(struct events *s, struct chain *c, struct events_mark *m, bool *any, struct err *e)
{
	bool yes = false;
	while ((*any = events_mark(s, m))) {
		if (!holds(c, m, &yes, e))
			return false;
		if (yes)
			return true;
		if (!events_drop_mark(s, e))
			return false;
	}
	return true;
}

/* ---- reading on ---- */

static bool end_of(struct chain *c, uint64_t number, struct events_mark *out, struct err *e)
{
	struct block b = c->pin;
	if (number != c->pin.number && !chain_block(c, number, &b, e))
		return false;
	*out = (struct events_mark){ number, b.hash };
	return true;
}

/* Logs are asked by number: they are believed when the last block is the same before and after. */
static bool still_there(struct chain *c, const struct events_mark *m, struct err *e)
{
	struct block b;
	if (!chain_block(c, m->block, &b, e))
		return false;
	return hash32_eq(&b.hash, &m->hash) ||
	       err_refuse(e, "REORG", "block %" PRIu64 " was replaced while events were being read: try again",
			  m->block);
}

static bool read_chunk(const struct workspace *ws, struct events *s, struct chain *c,
		       const struct events_mark *since, uint64_t from, struct err *e)
{
	const struct addr at[] = { ws->deployment.timelock, ws->deployment.safe };
	const uint64_t to = c->pin.number - from < CHUNK ? c->pin.number : from + CHUNK - 1;
	struct hash32 topics[N_EVENT_KINDS];
	struct arena a = {0};
	struct chain_log *logs;
	struct events_mark end;
	size_t n;
	event_topics(topics);
	const bool ok = end_of(c, to, &end, e) &&
			chain_logs(c, &a, at, ARRAY_LEN(at), topics, N_EVENT_KINDS, from, to, &logs, &n, e) &&
			still_there(c, &end, e) && events_add(s, since, chain_events_of(&a, logs, n), n, &end, e);
	arena_release(&a);
	return ok;
}

static bool catch_up(const struct workspace *ws, struct events *s, struct chain *c, struct err *e)
{
	struct events_mark m;
	bool any;
	if (!agreed_mark(s, c, &m, &any, e))
		return false;
	for (uint64_t from = any ? m.block + 1 : ws->deployment.first_block; from <= c->pin.number;
	     from = m.block + 1) {
		if (!read_chunk(ws, s, c, any ? &m : NULL, from, e))
			return false;
		any = events_mark(s, &m);
		if (!any)
			return err_set(e, ERR_IO, ERR_NO_OFFSET, "what was read is lost again: look once more");
	}
	return true;
}

bool look_events(const struct workspace *ws, struct chain *c, struct arena *a, struct events_told *told,
		 struct err *e)
{
	const struct deployment *d = &ws->deployment;
	char *path = log_state_path(ws->log, ws->remember, ".chain.db");
	struct events *s = events_open(path, &d->id, d->first_block);
	struct chain_event *v = NULL;
	size_t n = 0;
	bool ok = catch_up(ws, s, c, e);
	if (!events_all(s, a, &v, &n, ok ? e : NULL)) {
		ok = false;
		n = 0;
	}
	events_release(s);
	free(path);
	events_tell(a, told, &d->timelock, &d->safe, v, n);
	return ok;
}
