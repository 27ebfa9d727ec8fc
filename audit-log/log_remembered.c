#include "audit-log/log_state.h"

#include <inttypes.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/crypto/hash.h"

char *log_state_path(const struct log *l, const char *dir, const char *ending)
{
	struct buf name = {0};
	struct hash32 h;
	char *path;

	sha256(&h, log_origin(l));
	buf_hex(&name, SPAN_HASH(&h));
	buf_str(&name, ending);
	path = fs_join(dir, buf_cstr(&name));
	buf_release(&name);
	return path;
}

/* By the key that signs at its size. */
static bool open_under_its_key(struct log *l, struct arena *a, struct span bytes, struct checkpoint *out,
			       struct err *e)
{
	const struct note_key *key;
	struct note n;

	if (!note_parse(a, &n, bytes, e) || !checkpoint_parse(out, n.text, e))
		return false;
	key = log_key_at(l, out->head.size);
	if (note_is_signed_under(&n, key))
		return checkpoint_open(a, out, bytes, key, e);
	return err_refuse(e, "LOG-FORKED", "this machine remembers a log of this name with another key%s",
			  out->head.size <= log_size(l) ? ""
			  : ", and more lines: it is another log, or a copy from before its key was changed");
}

static bool open_remembered(struct log *l, struct span bytes, struct tree_head *out, struct err *e)
{
	struct arena a = {0};
	struct checkpoint c;
	struct err inner = {0};
	struct buf text = {0};
	const bool ok = open_under_its_key(l, &a, bytes, &c, &inner);

	if (ok) {
		*out = c.head;
	} else if (inner.code == ERR_REFUSED) {
		if (e) {
			err_clear(e);
			*e = inner;
			inner = (struct err){0};
		}
		err_file(e, l->remember, 0);
	} else {
		err_format(&inner, &text);
		err_refuse(e, "LOG-REMEMBERED", "what this machine remembers of the log cannot be read: %s",
			   buf_cstr(&text));
		err_file(e, l->remember, 0);
	}
	buf_release(&text);
	err_clear(&inner);
	arena_release(&a);
	return ok;
}

bool log_read_remembered(struct log *l, struct tree_head *out, bool *found, struct err *e)
{
	struct buf bytes = {0};
	struct err inner = {0};
	bool ok = true;

	*found = false;
	if (!l->remember)
		return true;
	if (fs_read(&bytes, l->remember, NOTE_MAX_BYTES, &inner)) {
		ok = open_remembered(l, buf_view(&bytes), out, e);
		*found = ok;
	} else if (inner.code != ERR_MISSING) {
		struct buf text = {0};

		err_format(&inner, &text);
		ok = err_refuse(e, "LOG-REMEMBERED", "what this machine remembers of the log cannot be read: %s",
				buf_cstr(&text));
		buf_release(&text);
	}
	err_clear(&inner);
	buf_release(&bytes);
	return ok;
}

bool log_check_remembered(struct log *l, struct err *e)
{
	struct tree_head then;
	struct hash32 root;
	struct buf a = {0}, b = {0};
	bool found;

	if (!log_read_remembered(l, &then, &found, e))
		return false;
	if (!found)
		return true;
	l->remembered = then.size;
	if (then.size > log_size(l)) {
		err_refuse(e, "LOG-SHORT", "the log has %" PRIu64 " lines, this machine has seen %" PRIu64
			   ": it was cut off, or it is an older copy", log_size(l), then.size);
		return err_file(e, l->dir, 0);
	}
	if (!log_root_at(l, then.size, &root, e))
		return false;
	if (hash32_eq(&root, &then.root))
		return true;
	buf_hex(&a, SPAN_HASH(&root));
	buf_hex(&b, SPAN_HASH(&then.root));
	err_refuse(e, "LOG-FORKED", "the root over the first %" PRIu64 " lines is %s, this machine remembers %s: "
		   "the history was rewritten, or this is another log", then.size, buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
	return err_file(e, l->dir, 0);
}

bool log_is_remembered(const struct log *l)
{
	return l->remembered > 0;
}
