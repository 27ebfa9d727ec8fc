#include "src/cli/cosigning.h"

#include <string.h>

#include "audit-log/cosignatures.h"
#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/cosignature.h"

bool cosigning_is_note(const struct log *log, struct span file)
{
	const struct span origin = log_origin(log);
	return file.n > origin.n && file.p[origin.n] == '\n' && span_eq(span_of(file.p, origin.n), origin);
}

/* Whoever vouches for more lines than there are, or for others, has seen something that is not here any more. */
static bool is_ours(struct log *log, struct span origin, const struct tree_head *head, struct err *why, struct err *e)
{
	struct hash32 root;
	if (!span_eq(origin, log_origin(log)))
		return err_refuse(why, "LOG-OTHER", "it is about another log");
	if (head->size > log_size(log))
		return err_refuse(why, "LOG-SHORT", "it vouches for %llu lines, the log has %llu: the log was cut off, "
				  "or is an older copy", (unsigned long long)head->size,
				  (unsigned long long)log_size(log));
	if (!log_root_at(log, head->size, &root, e))
		return false;
	return hash32_eq(&root, &head->root) ||
	       err_refuse(why, "LOG-FORK", "at %llu lines it vouches for another root than the log has: the log was "
			  "rewritten, or there are two", (unsigned long long)head->size);
}

static bool is_known(struct log *log, struct arena *a, bool witness, struct span key, uint64_t size, bool *known,
		     struct err *e)
{
	struct log_cosignatures all;
	*known = false;
	if (!log_cosignatures(log, a, &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++)
		*known |= all.v[i].witness == witness && all.v[i].head.size == size && span_eq(all.v[i].key, key);
	return true;
}

static struct json *body_of(struct arena *a, bool witness, struct span key, const struct tree_head *head,
			    struct span signature)
{
	struct json *body = json_object(a);
	json_set(body, a, "by", json_str(a, witness ? "witness" : "owner"));
	json_set(body, a, "key", json_text(a, key));
	json_set(body, a, "root", json_bare(a, SPAN_HASH(&head->root)));
	json_set(body, a, "signature", json_bare(a, signature));
	json_set(body, a, "size", json_u64(a, head->size));
	return body;
}

/* ---- owners ---- */

static bool add_owner(struct workspace *ws, struct arena *a, const struct cosignature *c, struct cosigned *out,
		      struct err *e)
{
	const struct person *who = deployment_person_at(&ws->deployment, &c->owner);
	struct buf address = {0};
	uint8_t bytes[65];
	bool known = false;
	addr_format(&address, &c->owner);
	const struct span key = arena_copy(a, buf_view(&address));
	buf_release(&address);
	if (!is_known(ws->log, a, false, key, c->head.size, &known, e))
		return false;
	out->size = c->head.size;
	out->words = arena_fmt(a, "%.*s %s for the first %llu lines of the log", (int)who->id.n,
			       (const char *)who->id.p, known ? "is known to vouch" : "vouches",
			       (unsigned long long)c->head.size);
	out->known += known;
	out->added += !known;
	if (known)
		return true;
	sig_to_bytes(bytes, &c->sig);
	struct line l = workspace_line(ws, "checkpoint.cosigned", span_of(NULL, 0),
				       body_of(a, false, key, &c->head, span_of(bytes, sizeof(bytes))));
	l.actor = who->id;
	l.auth = span_str("signature");
	return log_add_line(ws->log, &l, e);
}

bool cosigning_owner(struct workspace *ws, struct arena *a, struct span file, struct cosigned *out, struct err *why,
		     struct err *e)
{
	struct cosignature c;
	return cosignature_parse(a, &c, file, why) && cosignature_check(&c, &ws->deployment, why) &&
	       is_ours(ws->log, c.origin, &c.head, why, e) && add_owner(ws, a, &c, out, e);
}

/* ---- witnesses ---- */

static bool add_witness(struct workspace *ws, struct arena *a, const struct note *n, const struct tree_head *head,
			const struct note_key *key, struct cosigned *out, struct err *why, struct err *e)
{
	struct buf vkey = {0};
	uint64_t time = 0;
	size_t at = 0;
	bool known = false;
	if (!note_cosigned(n, key, &at, &time, why))
		return false;
	if (time >> 53 != 0)
		return err_refuse(why, "WITNESS", "a time that no clock has");
	note_key_format(&vkey, key);
	const struct span text = arena_copy(a, buf_view(&vkey));
	buf_release(&vkey);
	if (!is_known(ws->log, a, true, text, head->size, &known, e))
		return false;
	out->known += known;
	out->added += !known;
	if (known)
		return true;
	struct json *body = body_of(a, true, text, head, n->signatures[at].bytes);
	json_set(body, a, "time", json_u64(a, time));
	struct line l = workspace_line(ws, "checkpoint.cosigned", span_of(NULL, 0), body);
	return log_add_line(ws->log, &l, e);
}

bool cosigning_note(struct workspace *ws, struct arena *a, struct span file, const struct witnesses *w,
		    struct cosigned *out, struct err *why, struct err *e)
{
	struct checkpoint c;
	struct note n;
	size_t found = 0;
	if (!note_parse(a, &n, file, why) || !checkpoint_parse(&c, n.text, why) ||
	    !is_ours(ws->log, c.origin, &c.head, why, e))
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (note_is_signed_under(&n, &w->v[i])) {
			if (!add_witness(ws, a, &n, &c.head, &w->v[i], out, why, e))
				return false;
			found++;
		}
	if (found == 0)
		return err_refuse(why, "WITNESS", "no line below the note is by a witness that is known here: the "
				  "profile's local part names them, or log cosign --witness VKEY");
	out->size = c.head.size;
	out->words = arena_fmt(a, "%zu witness%s for the first %llu lines of the log, %zu of them known before", found,
			       found == 1 ? " vouches" : "es vouch", (unsigned long long)c.head.size, out->known);
	return true;
}
