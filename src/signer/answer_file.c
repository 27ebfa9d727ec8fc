#include "src/signer/answer_file.h"

#include <string.h>
#include <sys/stat.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"

#define ENDING ".answer.json"

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

/* Does the packet's name say the step already: "SC-7.schedule.json"? */
static bool names_step(struct span stem, const char *step)
{
	const size_t n = strlen(step);
	for (size_t i = stem.n; i > n && stem.p[i - 1] != '/'; i--) {
		const uint8_t *p = stem.p + i - n;
		const bool ends = i == stem.n || stem.p[i] == '.';
		if (ends && p[-1] == '.' && memcmp(p, step, n) == 0)
			return true;
	}
	return false;
}

static struct span without(struct span path, const char *ending)
{
	const size_t n = strlen(ending);
	if (path.n > n && memcmp(path.p + path.n - n, ending, n) == 0)
		path.n -= n;
	return path;
}

static const char *answer_path(struct signer *s, const struct reviewed *r, const struct answer *ans)
{
	const struct span stem = without(span_str(r->path), ".json");
	struct buf path = {0};
	const struct person *p = ans->has_owner && r->pin != NULL
					 ? deployment_person_at(&r->pin->deployment, &ans->owner)
					 : NULL;
	buf_span(&path, stem);
	if (!names_step(stem, step_name(ans->step)))
		buf_fmt(&path, ".%s", step_name(ans->step));
	buf_byte(&path, '.');
	buf_span(&path, p != NULL ? p->id : span_str("nobody"));
	buf_str(&path, ENDING);
	const char *out = arena_str(&s->arena, buf_view(&path));
	buf_release(&path);
	return out;
}

static bool written_now(const struct signer *s, const char *path)
{
	for (const struct json *o = s->answers->first; o != NULL; o = o->next) {
		struct span file;
		if (json_get_str(o, "file", &file, NULL) && span_is(file, path))
			return true;
	}
	return false;
}

/* What -o names may replace an answer of another day, that was the wish; never one of this run. What nobody named
 * replaces nothing: a refusal, and the no that follows it, both travel back. */
static const char *free_path(struct signer *s, const struct reviewed *r, const struct answer *ans)
{
	const char *given = signer_option(s, "-o");
	if (given != NULL && !written_now(s, given))
		return given;
	const char *first = given != NULL ? given : answer_path(s, r, ans), *path = first;
	const struct span stem = without(span_str(first), ENDING);
	for (unsigned n = 2; fs_exists(path); n++)
		path = arena_fmt(&s->arena, "%.*s.%u" ENDING, (int)stem.n, (const char *)stem.p, n);
	return path;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* An answer takes nobody's place but that of an older answer that -o names: not a key's, not the journal's, not the
 * packet's, however the path leads there. */
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
	const char *path = free_path(s, r, ans);
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
