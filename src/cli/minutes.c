#include "src/cli/minutes.h"

#include <string.h>

#include "src/base/text.h"
#include "src/crypto/words.h"
#include "src/evm/address.h"

struct id_list minutes_items(struct arena *a, const struct meeting *m)
{
	struct id_list items = {0};
	for (size_t i = 0; i < m->agenda.n; i++)
		id_list_add(a, &items, m->agenda.v[i]);
	for (size_t i = 0; i < m->n_decisions; i++)
		id_list_add(a, &items, m->decisions[i].change);
	return items;
}

const struct change *minutes_change(const struct changes *all, struct span id, struct err *e)
{
	for (size_t i = 0; i < all->n; i++)
		if (span_eq(all->v[i].id, id))
			return &all->v[i];
	err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the log has no change %.*s, which a meeting speaks of", text_shown(id),
		(const char *)id.p);
	return NULL;
}

static const struct proposal *words_of(const struct change *c)
{
	return c->proposed ? &c->proposal : &c->draft;
}

const char **minutes_sentences(const struct workspace *ws, struct arena *a, const struct change *c, size_t *n)
{
	const struct json *actions = words_of(c)->actions;
	const char **out = ARENA_ARRAY(a, const char *, (actions != NULL ? actions->n : 0) + 1);
	struct err e = {0};
	*n = 0;
	for (const struct json *x = actions != NULL ? actions->first : NULL; x != NULL; x = x->next) {
		struct buf b = {0};
		if (!action_say(a, &b, &ws->pin, x, &e)) {
			buf_clear(&b);
			buf_fmt(&b, "(not readable under this catalogue: %s)", buf_cstr(&e.what));
		}
		out[(*n)++] = arena_str(a, buf_view(&b));
		buf_release(&b);
	}
	err_clear(&e);
	return out;
}

const char *minutes_phrase(struct arena *a, const struct hash32 *packet)
{
	struct buf b = {0};
	words_phrase(&b, packet);
	const char *out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* ---- Markdown ---- */

void minutes_text(struct buf *out, struct span text)
{
	struct buf safe = {0};
	size_t digits = 0;
	text_safe(&safe, text, false);
	while (digits < safe.n && safe.p[digits] >= '0' && safe.p[digits] <= '9')
		digits++;
	for (size_t i = 0; i < safe.n; i++) {
		const char c = (char)safe.p[i];
		const bool starts = i == 0 ? strchr("-+=", c) != NULL : i == digits && (c == '.' || c == ')');
		if (c != '\0' && (starts || strchr("\\`*_[]<>#|~&!", c) != NULL))
			buf_byte(out, '\\');
		buf_byte(out, safe.p[i]);
	}
	buf_release(&safe);
}

/* A text of several lines, each quoted. */
static void md_quote(struct buf *out, struct span text)
{
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		const size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
		buf_str(out, "> ");
		minutes_text(out, span_of(text.p, n));
		buf_byte(out, '\n');
		text = span_of(text.p + n + (end != NULL), text.n - n - (end != NULL));
	}
}

static void people(const struct workspace *ws, struct buf *out, const struct id_list *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		const struct person *p = deployment_person(&ws->deployment, ids->v[i]);
		buf_str(out, i > 0 ? ", " : "");
		minutes_text(out, ids->v[i]);
		if (p != NULL) {
			buf_str(out, p->owner ? " (owner, `" : " (`");
			addr_format(out, &p->address);
			buf_str(out, "`)");
		}
	}
	buf_str(out, ids->n > 0 ? "\n" : "nobody was noted\n");
}

static void head(const struct workspace *ws, struct buf *out, const struct meeting *m)
{
	const struct tree_head log = log_head(ws->log);
	buf_fmt(out, "# Minutes of %.*s", text_shown(m->id), (const char *)m->id.p);
	if (m->title.n > 0) {
		buf_str(out, ": ");
		minutes_text(out, m->title);
	}
	buf_str(out, "\n\n- Deployment: ");
	struct buf banner = {0};
	deployment_banner(&banner, &ws->deployment);
	minutes_text(out, buf_view(&banner));
	buf_release(&banner);
	buf_str(out, "\n- Opened: ");
	time_format(out, m->opened_at);
	buf_fmt(out, ", line %llu of the log\n- Present: ", (unsigned long long)m->opened_seq);
	people(ws, out, &m->present);
	buf_str(out, "- Log: `");
	buf_span(out, log_origin(ws->log));
	buf_fmt(out, "`, %llu lines, root `", (unsigned long long)log.size);
	buf_hex(out, SPAN_HASH(&log.root));
	buf_str(out, "`\n");
}

static void step_line(struct buf *out, struct arena *a, const struct tabled_step *s)
{
	buf_fmt(out, "- `%s` at nonce %llu: **%s**\n  packet `", step_name(s->step), (unsigned long long)s->nonce,
		minutes_phrase(a, &s->packet));
	buf_hex(out, SPAN_HASH(&s->packet));
	buf_str(out, "`, safeTxHash `");
	buf_0xhex(out, SPAN_HASH(&s->safe_tx_hash));
	buf_str(out, "`\n");
}

static void steps(struct buf *out, struct arena *a, const struct tabled_step *v, size_t n)
{
	buf_str(out, n > 0 ? "\nOn the table, with the phrase of each packet:\n\n" : "\nNo packet was on the table.\n");
	for (size_t i = 0; i < n; i++)
		step_line(out, a, &v[i]);
}

static void decision(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting_decision *d,
		     const struct meeting_decision *last)
{
	steps(out, a, d->steps, d->n_steps);
	buf_fmt(out, "\n%s: **%s** (line %llu, ", d == last ? "Decision" : "Earlier decision, replaced below",
		decision_name(d->decision), (unsigned long long)d->seq);
	time_format(out, d->time);
	buf_str(out, ")  \nPresent: ");
	people(ws, out, &d->present);
	if (d->note.n > 0) {
		buf_byte(out, '\n');
		md_quote(out, d->note);
	}
}

static void decisions(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting *m,
		      const struct change *c)
{
	const struct meeting_decision *last = meeting_decision_on(m, c->id);
	struct tabled_step table[N_STEPS];
	for (size_t i = 0; i < m->n_decisions; i++)
		if (span_eq(m->decisions[i].change, c->id))
			decision(ws, a, out, &m->decisions[i], last);
	if (last != NULL)
		return;
	const size_t n = meeting_table(c, table);
	steps(out, a, table, n);
	buf_str(out, "\nNo decision.\n");
}

static void item(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting *m,
		 const struct change *c)
{
	const struct chain_facts offline = {0};
	size_t n;
	const char **sentences = minutes_sentences(ws, a, c, &n);
	buf_fmt(out, "\n## %.*s: ", text_shown(c->id), (const char *)c->id.p);
	minutes_text(out, words_of(c)->title);
	buf_fmt(out, "\n\nState by the log: %s%s\n\n", change_state_name(change_state_of(c, &offline)),
		id_list_has(&m->agenda, c->id) ? "" : ". Was not on the agenda");
	for (size_t i = 0; i < n; i++) {
		buf_str(out, "- ");
		minutes_text(out, span_str(sentences[i]));
		buf_byte(out, '\n');
	}
	if (words_of(c)->reason.n > 0) {
		buf_str(out, "\nReason that was given:\n\n");
		md_quote(out, words_of(c)->reason);
	}
	decisions(ws, a, out, m, c);
}

/* The changes of these items, or NULL. */
static const struct change **changes_of(struct arena *a, const struct id_list *items, const struct changes *all,
					struct err *e)
{
	const struct change **out = ARENA_ARRAY(a, const struct change *, items->n + 1);
	for (size_t i = 0; i < items->n; i++)
		if ((out[i] = minutes_change(all, items->v[i], e)) == NULL)
			return NULL;
	return out;
}

bool minutes_write(const struct workspace *ws, struct arena *a, struct buf *out, const struct meeting *m,
		   const struct changes *all, struct err *e)
{
	const struct id_list items = minutes_items(a, m);
	const struct change **about = changes_of(a, &items, all, e);
	if (about == NULL)
		return false;
	head(ws, out, m);
	buf_str(out, items.n > 0 ? "\n## Agenda\n\n" : "\nThe agenda was empty.\n");
	for (size_t i = 0; i < items.n; i++) {
		const struct meeting_decision *d = meeting_decision_on(m, items.v[i]);
		buf_fmt(out, "%zu. %.*s: ", i + 1, text_shown(items.v[i]), (const char *)items.v[i].p);
		minutes_text(out, words_of(about[i])->title);
		buf_fmt(out, ": %s\n", d != NULL ? decision_name(d->decision) : "no decision");
	}
	for (size_t i = 0; i < items.n; i++)
		item(ws, a, out, m, about[i]);
	buf_str(out, "\nA phrase is the first 88 bits of its packet's digest as words: whoever has the packet can\n"
		     "compute it. A decision signs nothing and stops nothing.\n");
	return true;
}
