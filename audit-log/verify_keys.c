#include "audit-log/verify_state.h"

#include <inttypes.h>

#include "audit-log/cosignatures.h"
#include "audit-log/keys.h"
#include "src/evm/address.h"

/* The deployment that the first `size` lines adopted last; NULL: its profile is not there, or is none, which is said
 * elsewhere. */
static const struct deployment *deployment_at(void *ctx, uint64_t size)
{
	struct verifier *v = ctx;
	const struct hash32 profile = log_profiles_at(&v->profiles, size);
	struct deployment *d = ARENA_NEW(v->arena, struct deployment);
	struct buf text = {0};
	const bool ok = verify_blob(v, &profile, &text) &&
			deployment_parse_identity(v->arena, d, arena_copy(v->arena, buf_view(&text)), NULL);

	buf_release(&text);
	return ok ? d : NULL;
}

/* ---- the log key ------------------------------------------------------------------------------------------------- */

void verify_opening(struct verifier *v, const struct line *l)
{
	struct err inner = {0};
	struct span format;

	v->keys = (struct log_keys){ .a = v->arena };
	if (!line_kind_is(l, "log.opened")) {
		verify_find(v, FINDING_OPENING, l->seq, "line 0 is a %.*s", (int)l->kind.n, (const char *)l->kind.p);
	} else if (!json_get_str(l->body, "format", &format, &inner) || !log_keys_open(&v->keys, l, &inner)) {
		verify_find_error(v, FINDING_OPENING, l->seq, "", &inner);
	} else if (!span_is(format, "setgov-log/1")) {
		verify_find(v, FINDING_OPENING, l->seq, "line 0 opens another format");
		v->keys.n = 0;
	} else {
		v->report->vkey = arena_str(v->arena, log_keys_now(&v->keys)->vkey);
	}
}

/* The line by which the key is changed, and the checkpoint just before it. From here on the new key signs. */
static void judge_new_key(struct verifier *v, const struct line *l)
{
	const struct tree_head before = frontier_head(&v->tree);
	const struct log_past past = { verify_root_at, deployment_at, &v->profiles, v };
	struct err inner = {0};
	struct span note;

	if (!log_keys_take(&v->keys, l, &before, &past, &inner))
		verify_find_error(v, FINDING_LOG_KEY, l->seq, "", &inner);
	else if (log_keys_now(&v->keys)->believed)
		verify_find(v, FINDING_LOG_KEY, l->seq,
			    "owners vouch for the new key, and the profile that says who they are is not there");
	else if (!v->handover.n || !json_get_str(l->body, "note", &note, NULL) || !span_eq(note, v->handover))
		verify_find(v, FINDING_LOG_KEY, l->seq,
			    "the note by which the key is changed is not the checkpoint before it");
	v->report->vkey = arena_str(v->arena, log_keys_now(&v->keys)->vkey);
	v->handover = span_of(NULL, 0);
}

void verify_keys(struct verifier *v, const struct line *l)
{
	if (log_keys_changes(l) && v->keys.n) {
		judge_new_key(v, l);
	} else if (v->handover.n) {
		verify_find(v, FINDING_LOG_KEY, l->seq,
			    "checkpoint %" PRIu64 " changes the log key, and the line after it does not say so",
			    v->handover_row);
		v->handover = span_of(NULL, 0);
	}
}

/* ---- who vouches ------------------------------------------------------------------------------------------------- */

static bool owns(const struct deployment *d, struct span key, struct err *e)
{
	struct addr owner;

	return addr_parse(&owner, key, e) &&
	       (deployment_is_owner(d, &owner) ||
		err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "by nobody who was an owner then"));
}

static bool cosignature_holds(struct verifier *v, const struct line *l, struct err *e)
{
	const struct deployment *d = deployment_at(v, l->seq);
	struct log_cosignature c;
	struct hash32 root;

	if (!log_cosignature_read(&c, l, e))
		return false;
	if (c.head.size > l->seq)
		return err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "vouched for lines that came after it");
	if (!c.witness && !d)
		return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "the profile that says who owners are is not there");
	return verify_root_at(v, c.head.size, &root, e) &&
	       log_cosignature_holds(&c, &root, log_keys_now(&v->keys)->key.name, d, e) &&
	       (c.witness || owns(d, c.key, e));
}

void verify_cosignature(struct verifier *v, const struct line *l)
{
	struct err inner = {0};

	if (!cosignature_holds(v, l, &inner))
		verify_find_error(v, FINDING_COSIGNATURE, l->seq, "", &inner);
	v->cosignatures++;
}
