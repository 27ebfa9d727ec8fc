#include "src/signer/answer_file.h"

#include <string.h>
#include <sys/stat.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"

struct answer answer_about(const struct signer *s, const struct reviewed *r, size_t i)
{
	const struct packet_core *core = &r->packet.core;
	return (struct answer){
		.deployment = core->deployment,
		.packet_digest = r->packet.digest,
		.step = core->steps[i].step,
		.safe_tx_hash = core->steps[i].safe_tx_hash,
		.has_journal_head = true,
		.journal_head = s->journal.head,
	};
}

static const char *answer_path(struct signer *s, const struct reviewed *r, const struct answer *ans)
{
	const char *given = signer_option(s, "-o");
	const size_t n = strlen(r->path);
	const size_t stem = n > 5 && strcmp(r->path + n - 5, ".json") == 0 ? n - 5 : n;
	struct buf who = {0};
	if (given != NULL)
		return given;
	const struct person *p = ans->has_owner && r->pin != NULL
					 ? deployment_person_at(&r->pin->deployment, &ans->owner)
					 : NULL;
	if (p != NULL)
		buf_span(&who, p->id);
	else
		buf_str(&who, "nobody");
	const char *path = arena_fmt(&s->arena, "%.*s.%s.%s.answer.json", (int)stem, r->path,
				     step_name(ans->step), buf_cstr(&who));
	buf_release(&who);
	return path;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* An answer takes nobody's place but an older answer's: not a key's, not the journal's, not the packet's,
 * however the path leads there. */
static bool spares_ours(struct signer *s, const struct reviewed *r, const char *path, struct err *e)
{
	static const char *const ours[] = {"", "/keys", "/pins"};
	const char *slash = strrchr(path, '/');
	const char *dir = slash == NULL ? "." : arena_fmt(&s->arena, "%.*s/", (int)(slash - path), path);
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (same_file(dir, arena_fmt(&s->arena, "%s%s", s->home_dir, ours[i])))
			return err_refuse(
				e, "HOME",
				"an answer does not go where the keys and the journal are: -o says where");
	return !same_file(path, r->path) || err_refuse(e, "EXISTS", "the answer would replace the packet");
}

bool answer_file_write(struct signer *s, const struct reviewed *r, const struct answer *ans, struct err *e)
{
	const char *path = answer_path(s, r, ans);
	struct buf b = {0};
	struct hash32 digest;
	answer_write(&s->arena, &b, ans);
	sha256(&digest, buf_view(&b));
	const bool ok = spares_ours(s, r, path, e) && fs_write(path, buf_view(&b), 0644, e);
	buf_release(&b);
	if (!ok)
		return false;
	buf_str(&s->text, "Answer written to ");
	text_safe(&s->text, span_str(path), false);
	buf_str(&s->text, "\n  digest ");
	buf_hex(&s->text, SPAN_HASH(&digest));
	buf_byte(&s->text, '\n');
	struct json *o = json_object(&s->arena);
	json_set(o, &s->arena, "file", json_str(&s->arena, path));
	json_set(o, &s->arena, "digest", json_bare(&s->arena, SPAN_HASH(&digest)));
	json_set(o, &s->arena, "step", json_str(&s->arena, step_name(ans->step)));
	json_set(o, &s->arena, "kind", json_str(&s->arena, ans->kind == ANSWER_SIGNATURE ? "signature" :
						ans->kind == ANSWER_REFUSAL ? "refusal" : "decline"));
	json_push(s->answers, o);
	return true;
}
