#include "audit-log/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/cosignatures.h"
#include "audit-log/holes.h"
#include "audit-log/keys.h"
#include "audit-log/log.h"
#include "audit-log/removals.h"
#include "audit-log/segment.h"
#include "audit-log/verify_chain.h"
#include "audit-log/verify_deep.h"
#include "audit-log/views.h"
#include "audit-log/withheld.h"
#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/crypto/hash.h"
#include "src/evm/address.h"

static const struct { const char *name, *means; } codes[] = {
#define C(id, name, means) { name, means },
	FINDING_CODES(C)
#undef C
};

const char *finding_code_name(enum finding_code c)
{
	return codes[c].name;
}

const char *finding_code_means(enum finding_code c)
{
	return codes[c].means;
}

#define MAX_HOLES 8u
#define MAX_ERASED_NAMED 8u
#define MAX_ARCHIVES 64u
#define MAX_CHECKS (26 + MAX_HOLES + MAX_ARCHIVES)

struct known_blob {
	struct hash32 digest;
	uint64_t row;
	enum blob_class class;
};

/* What a log.archived took out of the log. */
struct archive {
	const struct removal *done;
	struct segment list;          /* as the log keeps it */
	bool known;                   /* it does, and two people agreed */
	const char *dir;              /* where the segment is; NULL: it was not given */
	size_t emptied;
};

/* A line names a blob that is not there. Whether something excuses that is known when all lines were read. */
struct absent_blob {
	uint64_t seq;
	struct hash32 digest;
	const char *member;
};

/* Lines that came back without their blobs (log.restored). */
struct refilled {
	uint64_t from, to;
};

struct verifier {
	struct arena *arena;
	struct verify_report *report;
	struct store *store;
	struct finding *findings;
	struct verify_check checks[MAX_CHECKS];

	struct known_blob *known;     /* blobs that hash to their names, sorted */
	size_t n_known, cap_known;
	struct known_blob *emptied;   /* rows whose bytes were taken out, sorted */
	size_t n_emptied, cap_emptied;
	struct removals removals;
	struct archive *archives;     /* each log.archived, and the segment that was given for it */
	size_t n_archives;
	const struct verify_options *options;
	struct absent_blob *absent;
	size_t n_absent, cap_absent;
	struct refilled *refilled;
	size_t n_refilled, cap_refilled;
	struct deep *deep;            /* VERIFY_ALL */

	struct frontier tree;         /* over the lines seen */
	struct hash32 prev;           /* leaf of the last one */
	struct unix_time time;
	bool have_time;
	bool tree_lost;               /* a gap that the nodes could not bridge */
	struct arena scratch;         /* one line */
	struct log_keys keys;         /* n 0: line 0 names none */
	struct log_profiles profiles;
	struct span handover;         /* the checkpoint by which the key is changed, until its line comes; or empty */
	uint64_t handover_row;
	uint64_t believed;            /* keys that owners vouch for, unjudged: the quick way */

	struct store_scan *nodes;
	struct store_row node;
	bool have_node;
	uint64_t nodes_seen;
	struct store_scan *checkpoints;
	struct store_row checkpoint;
	bool have_checkpoint;
	uint64_t last_checkpoint_size;
	struct withheld withheld;     /* of a follower: what its export left out */
	uint64_t not_here[N_WITHHELD];
	uint64_t cosignatures;        /* judged */
	uint64_t holes;               /* log.restored lines after which something is missing, or may be */
	const char *hole_words[MAX_HOLES];
};

/* ---- saying things ---------------------------------------------------------------------------------------------- */

static void find(struct verifier *v, enum finding_code code, uint64_t seq, const char *fmt, ...) PRINTF(4, 5);

static void find(struct verifier *v, enum finding_code code, uint64_t seq, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	if (v->report->n_findings == VERIFY_MAX_FINDINGS) {
		v->report->more++;
		return;
	}
	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	v->findings[v->report->n_findings++] = (struct finding){ code, seq, arena_str(v->arena, buf_view(&text)) };
	buf_release(&text);
}

static void find_error(struct verifier *v, enum finding_code code, uint64_t seq, const char *what, struct err *inner)
{
	struct buf text = {0};

	err_format(inner, &text);
	find(v, code, seq, "%s%s", what, buf_cstr(&text));
	buf_release(&text);
	err_clear(inner);
}

static void checked(struct verifier *v, bool done, const char *what, const char *text)
{
	if (v->report->n_checks == MAX_CHECKS)
		BUG("more checks than MAX_CHECKS");
	v->checks[v->report->n_checks++] = (struct verify_check){ what, done, text };
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static void file_finding(void *ctx, const char *text)
{
	find(ctx, FINDING_FILE, FINDING_NO_SEQ, "%s", text);
}

static void schema_finding(void *ctx, const char *text)
{
	find(ctx, FINDING_SCHEMA, FINDING_NO_SEQ, "%s", text);
}

static void check_schema(struct verifier *v)
{
	struct err inner = {0};

	if (store_check_schema(v->store, schema_finding, v, &inner)) {
		checked(v, true, "schema", "compared with the built-in text");
	} else {
		find_error(v, FINDING_SCHEMA, FINDING_NO_SEQ, "", &inner);
		checked(v, false, "schema", "could not be read");
	}
}

static void check_file(struct verifier *v)
{
	struct err inner = {0};
	const bool whole = store_check_integrity(v->store, file_finding, v, &inner);

	if (!whole)
		find_error(v, FINDING_FILE, FINDING_NO_SEQ, "", &inner);
	checked(v, whole, "file structure", whole ? "SQLite's integrity_check" : "integrity_check could not finish");
	check_schema(v);
}
/* ---- blobs ------------------------------------------------------------------------------------------------------ */

static int by_digest(const void *a, const void *b)
{
	const struct known_blob *one = a, *other = b;

	return memcmp(&one->digest, &other->digest, sizeof(one->digest));
}

/* `v`, or a larger one, where item number n fits. */
static void *room_for(void *v, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 256;
	v = reallocarray(v, *cap, size);
	if (!v)
		die("out of memory");
	return v;
}

static void keep_digest(struct verifier *v, const struct store_row *row)
{
	const struct known_blob one = { row->hash, row->i, row->class };

	if (log_blob_is_emptied(&row->hash, row->bytes.n)) {
		v->emptied = room_for(v->emptied, v->n_emptied, &v->cap_emptied, sizeof(*v->emptied));
		v->emptied[v->n_emptied++] = one;
		return;
	}
	v->known = room_for(v->known, v->n_known, &v->cap_known, sizeof(*v->known));
	v->known[v->n_known++] = one;
}

static const struct known_blob *find_digest(const struct known_blob *v, size_t n, const struct hash32 *digest)
{
	const struct known_blob key = { .digest = *digest };

	return n ? bsearch(&key, v, n, sizeof(key), by_digest) : NULL;
}

static const struct known_blob *known_blob(const struct verifier *v, const struct hash32 *digest)
{
	return find_digest(v->known, v->n_known, digest);
}

static void check_blob(struct verifier *v, const struct store_row *row, uint64_t expected)
{
	struct hash32 computed;

	if (row->i != expected)
		find(v, FINDING_BLOB_MISSING, FINDING_NO_SEQ, "blob row %" PRIu64 " is not there", expected);
	sha256(&computed, row->bytes);
	if (!row->hash_ok || (!hash32_eq(&computed, &row->hash) && !log_blob_is_emptied(&row->hash, row->bytes.n)))
		find(v, FINDING_BLOB_DIGEST, FINDING_NO_SEQ,
		     "blob row %" PRIu64 ": its bytes do not hash to its name", row->i);
	else
		keep_digest(v, row);
}

static void check_blobs(struct verifier *v)
{
	struct err inner = {0};
	struct store_scan *scan = store_scan_new(v->store, STORE_BLOBS, 0, UINT64_MAX, true, &inner);
	enum store_step step = STORE_ERROR;
	struct store_row row;
	uint64_t next = 0;

	while (scan && (step = store_scan_step(scan, &row, &inner)) == STORE_ROW) {
		check_blob(v, &row, next);
		next = row.i + 1;
		v->report->blobs++;
	}
	store_scan_free(scan);
	if (v->n_known)
		qsort(v->known, v->n_known, sizeof(*v->known), by_digest);
	if (v->n_emptied)
		qsort(v->emptied, v->n_emptied, sizeof(*v->emptied), by_digest);
	if (step == STORE_ERROR)
		find_error(v, FINDING_FILE, FINDING_NO_SEQ, "blobs cannot be read: ", &inner);
	checked(v, step == STORE_DONE, "blobs", arena_fmt(v->arena, "%zu re-hashed", v->n_known));
}

/* A manifest is its maker's word: it excuses what an export may lack, and not the record itself. */
static bool left_out(struct verifier *v, const struct hash32 *digest, const struct blob_name *name)
{
	const struct withheld_blob *w = name->may_stay ? withheld_find(&v->withheld, digest) : NULL;

	if (w)
		v->not_here[w->why]++;
	return w != NULL;
}

static void need_blob(void *ctx, const struct line *l, const struct hash32 *h, const struct blob_name *name)
{
	struct verifier *v = ctx;

	if (known_blob(v, h) || find_digest(v->emptied, v->n_emptied, h) /* judge_emptied() */ || left_out(v, h, name))
		return;
	v->absent = room_for(v->absent, v->n_absent, &v->cap_absent, sizeof(*v->absent));
	v->absent[v->n_absent++] = (struct absent_blob){ l->seq, *h, name->member };
}

static void note_refilled(struct verifier *v, const struct line *l)
{
	uint64_t last, n;

	if (!line_kind_is(l, "log.restored") || !json_get_u64(l->body, "last", &last, NULL) ||
	    !json_get_u64(l->body, "refilled", &n, NULL) || !n || last >= l->seq || n > last)
		return;
	v->refilled = room_for(v->refilled, v->n_refilled, &v->cap_refilled, sizeof(*v->refilled));
	v->refilled[v->n_refilled++] = (struct refilled){ last - n + 1, last };
}

static bool came_back(const struct verifier *v, uint64_t seq)
{
	for (size_t i = 0; i < v->n_refilled; i++)
		if (seq >= v->refilled[i].from && seq <= v->refilled[i].to)
			return true;
	return false;
}

/* ---- blobs whose bytes were taken out --------------------------------------------------------------------------- */

static void take_removal(struct verifier *v, const struct line *l)
{
	struct err inner = {0};

	v->removals.a = v->arena;
	if (!removals_take(&v->removals, l, &inner))
		find_error(v, FINDING_BLOB_EMPTIED, l->seq, "", &inner);
}

static const char *hex_of(struct verifier *v, const struct hash32 *digest)
{
	struct buf hex = {0};
	const char *s;

	buf_hex(&hex, SPAN_HASH(digest));
	s = arena_str(v->arena, buf_view(&hex));
	buf_release(&hex);
	return s;
}

/* What lines say was erased is gone, and two people said so. A copy from before it has the bytes again. */
static void judge_erasure(struct verifier *v, const struct removal *done)
{
	const struct known_blob *there = known_blob(v, &done->what);
	struct err inner = {0};

	if (!removals_agreed(&v->removals, done, &inner))
		find_error(v, FINDING_BLOB_EMPTIED, done->seq, "", &inner);
	if (there && there->class == BLOB_PRIVATE)
		find(v, FINDING_BLOB_EMPTIED, done->seq, "blob %s was erased, says the line, and its bytes are here: "
		     "setgov log erase takes them out again", hex_of(v, &done->what));
}

static bool was_erased(struct verifier *v, const struct known_blob *row)
{
	const struct removal *done = removals_find(&v->removals, REMOVAL_ERASE, true, &row->digest);

	return row->class == BLOB_PRIVATE && done && removals_agreed(&v->removals, done, NULL);
}

static struct archive *archive_of(struct verifier *v, const struct known_blob *row)
{
	for (size_t i = 0; row->class == BLOB_PUBLIC && i < v->n_archives; i++)
		if (v->archives[i].known && segment_find(&v->archives[i].list, &row->digest))
			return &v->archives[i];
	return NULL;
}

static void add_erased(struct verifier *v, struct buf *words, const struct known_blob *row)
{
	const struct removal *done = removals_find(&v->removals, REMOVAL_ERASE, true, &row->digest);
	const struct removal *asked = removals_find(&v->removals, REMOVAL_ERASE, false, &row->digest);

	buf_fmt(words, "; %s by %s and %s (lines %" PRIu64 " and %" PRIu64 ")", hex_of(v, &row->digest), asked->actor,
		done->actor, done->asked, done->seq);
}

static void say_erased(struct verifier *v, size_t n, struct buf *words)
{
	if (n > MAX_ERASED_NAMED)
		buf_fmt(words, "; and %zu more", n - MAX_ERASED_NAMED);
	if (n)
		checked(v, true, "erased blobs", arena_fmt(v->arena, "%zu, each by two people, as they said who they "
							   "were%s", n, buf_cstr(words)));
}

static void judge_rows_emptied(struct verifier *v)
{
	struct buf words = {0};
	size_t erased = 0;

	for (size_t i = 0; i < v->n_emptied; i++) {
		const struct known_blob *row = &v->emptied[i];
		struct archive *archive = archive_of(v, row);

		if (archive)
			archive->emptied++;
		else if (!was_erased(v, row))
			find(v, FINDING_BLOB_EMPTIED, FINDING_NO_SEQ, "blob row %" PRIu64 ", %s, has no bytes any "
			     "more, and no two people's lines say so", row->row, hex_of(v, &row->digest));
		else if (++erased <= MAX_ERASED_NAMED)
			add_erased(v, &words, row);
	}
	say_erased(v, erased, &words);
	buf_release(&words);
}

/* ---- the archive ------------------------------------------------------------------------------------------------ */

static bool read_list(struct verifier *v, struct archive *x)
{
	const struct known_blob *known = known_blob(v, &x->done->what);
	struct buf text = {0};
	struct hash32 found;
	enum blob_class class;
	const bool ok = known && store_blob(v->store, known->row, &found, &class, &text, NULL) &&
			segment_parse(v->arena, &x->list, buf_view(&text), NULL);

	buf_release(&text);
	return ok;
}

static void take_archive(struct verifier *v, const struct removal *done)
{
	struct archive *x = &v->archives[v->n_archives++];
	struct err inner = {0};

	*x = (struct archive){ .done = done };
	x->known = removals_agreed(&v->removals, done, &inner);
	if (!x->known)
		find_error(v, FINDING_BLOB_EMPTIED, done->seq, "", &inner);
	x->known = x->known && read_list(v, x);
}

/* A segment is known by the digest of its list: one whose list was changed is nobody's. */
static void match_segment(struct verifier *v, const char *dir)
{
	struct err inner = {0};
	struct hash32 digest;
	struct span text;
	bool ours = false;

	if (!segment_read(v->arena, &text, &digest, dir, &inner)) {
		find_error(v, FINDING_SEGMENT, FINDING_NO_SEQ, "", &inner);
		return;
	}
	for (size_t i = 0; i < v->n_archives; i++)
		if (hash32_eq(&v->archives[i].done->what, &digest)) {
			v->archives[i].dir = dir;
			ours = true;
		}
	if (!ours)
		find(v, FINDING_SEGMENT, FINDING_NO_SEQ, "%s: no log.archived names a segment with this list: it was "
		     "changed, or is another log's", dir);
}

static void find_archives(struct verifier *v)
{
	v->archives = ARENA_ARRAY(v->arena, struct archive, v->removals.n + 1);
	for (size_t i = 0; i < v->removals.n; i++)
		if (v->removals.v[i].done && v->removals.v[i].kind == REMOVAL_ARCHIVE)
			take_archive(v, &v->removals.v[i]);
	for (size_t i = 0; v->options && i < v->options->n_archives; i++)
		match_segment(v, v->options->archives[i]);
}

/* A follower lacks what was archived before it followed: the list in the log says so, not the manifest. */
static bool was_archived(struct verifier *v, const struct hash32 *digest)
{
	const struct known_blob key = { .digest = *digest, .class = BLOB_PUBLIC };

	return withheld_find(&v->withheld, digest) && archive_of(v, &key);
}

static void judge_absent(struct verifier *v)
{
	size_t excused = 0;

	for (size_t i = 0; i < v->n_absent; i++) {
		const struct absent_blob *b = &v->absent[i];
		struct buf hex = {0};

		if (was_archived(v, &b->digest)) {
			v->not_here[WITHHELD_ARCHIVED]++;
			continue;
		}
		if (came_back(v, b->seq)) {
			excused++;
			continue;
		}
		buf_hex(&hex, SPAN_HASH(&b->digest));
		find(v, FINDING_BLOB_MISSING, b->seq, "body.%s names blob %s, which is not there or is damaged",
		     b->member, buf_cstr(&hex));
		buf_release(&hex);
	}
	if (excused)
		checked(v, false, "blobs lost with a machine",
			arena_fmt(v->arena, "%zu, of lines that came back from signers' journals", excused));
}

static void judge_emptied(struct verifier *v)
{
	for (size_t i = 0; i < v->removals.n; i++)
		if (v->removals.v[i].done && v->removals.v[i].kind == REMOVAL_ERASE)
			judge_erasure(v, &v->removals.v[i]);
	judge_rows_emptied(v);
}

static void check_archive(struct verifier *v, struct log *l, const struct archive *x)
{
	struct err inner = {0};
	struct segment s;

	if (x->dir && l && !segment_check(l, v->arena, &s, x->dir, &inner))
		find_error(v, FINDING_SEGMENT, x->done->seq, "", &inner);
	if (x->dir && l)
		checked(v, true, "archived blobs", arena_fmt(v->arena, "%zu of segment %s, and its tiles", x->list.n,
							     x->done->name));
	else if (x->dir)
		checked(v, false, "archived blobs", arena_fmt(v->arena, "of segment %s: the log cannot be opened that "
							      "its tiles are held against", x->done->name));
	else if (x->emptied)
		checked(v, false, "archived blobs", arena_fmt(v->arena, "%zu, and what rests on them: they are in "
			"segment %s (its list has the SHA-256 %s), --archive DIR says where", x->emptied,
			x->done->name, hex_of(v, &x->done->what)));
}

/* Held against the log as others open it. */
static void check_archives(struct verifier *v, const char *dir)
{
	struct log *l = v->n_archives ? log_open(dir, LOG_READ, NULL, NULL) : NULL;

	for (size_t i = 0; i < v->n_archives && i < MAX_ARCHIVES; i++)
		check_archive(v, l, &v->archives[i]);
	if (v->n_archives > MAX_ARCHIVES)
		checked(v, false, "archived blobs", arena_fmt(v->arena, "of %zu segments more", v->n_archives -
							      MAX_ARCHIVES));
	log_release(l);
}

static void check_blobs_of(struct verifier *v, const struct line *l)
{
	note_refilled(v, l);
	take_removal(v, l);
	blob_names(l, need_blob, v);
}

/* ---- checkpoints, which the walk over the lines passes by ------------------------------------------------------ */

static void next_checkpoint(struct verifier *v)
{
	struct err inner = {0};
	const uint64_t expected = v->report->checkpoints;
	enum store_step step;

	if (!v->checkpoints)
		return;
	step = store_scan_step(v->checkpoints, &v->checkpoint, &inner);
	v->have_checkpoint = step == STORE_ROW;
	if (step == STORE_ERROR)
		find_error(v, FINDING_FILE, FINDING_NO_SEQ, "checkpoints cannot be read: ", &inner);
	if (!v->have_checkpoint)
		return;
	if (v->checkpoint.i != expected)
		find(v, FINDING_CHECKPOINT_FORM, FINDING_NO_SEQ, "checkpoint row %" PRIu64 " is not there", expected);
	v->report->checkpoints = v->checkpoint.i < UINT64_MAX ? v->checkpoint.i + 1 : expected;
}

static void judge_signature(struct verifier *v, const struct note *n, const struct checkpoint *c, uint64_t seq)
{
	const uint64_t row = v->checkpoint.i;
	struct err inner = {0};

	if (!v->keys.n)
		find(v, FINDING_CHECKPOINT_SIGNATURE, seq,
		     "checkpoint %" PRIu64 " cannot be verified: line 0 names no key", row);
	else if (!note_verify(n, &log_keys_at(&v->keys, c->head.size)->key, &inner))
		find_error(v, FINDING_CHECKPOINT_SIGNATURE, seq, "", &inner);
	else if (!span_eq(c->origin, log_keys_now(&v->keys)->key.name))
		find(v, FINDING_CHECKPOINT_FORM, seq, "checkpoint %" PRIu64 " is of another log", row);
}

/* One by which the key is changed: the line that comes next says so, with the same note, and whoever vouches for the
 * new key is judged there. */
static void judge_handover(struct verifier *v, struct span note, uint64_t seq)
{
	if (v->handover.n)
		find(v, FINDING_LOG_KEY, seq, "checkpoint %" PRIu64 " changes the log key, and so does the one before",
		     v->checkpoint.i);
	v->handover = arena_copy(v->arena, note);
	v->handover_row = v->checkpoint.i;
}

static void judge_root(struct verifier *v, const struct checkpoint *c, uint64_t seq)
{
	const uint64_t row = v->checkpoint.i, size = v->checkpoint.size;
	struct hash32 root;

	frontier_root(&v->tree, &root);
	if (c && v->tree.size == size && !hash32_eq(&root, &c->head.root) && !v->tree_lost)
		find(v, FINDING_CHECKPOINT_ROOT, seq,
		     "checkpoint %" PRIu64 " was signed over another history than the first %" PRIu64 " lines", row,
		     size);
	else if (v->tree.size < size)
		find(v, FINDING_CHECKPOINT_ROOT, seq,
		     "checkpoint %" PRIu64 " is over %" PRIu64 " lines, the log has %" PRIu64 ": it was cut off", row,
		     size, v->tree.size);
}

static void judge_checkpoint(struct verifier *v)
{
	const uint64_t row = v->checkpoint.i, size = v->checkpoint.size;
	const uint64_t seq = size ? size - 1 : FINDING_NO_SEQ;
	struct err inner = {0};
	struct arena a = {0};
	struct checkpoint c = {0};
	struct note n;
	const bool formed = note_parse(&a, &n, v->checkpoint.bytes, &inner) && checkpoint_parse(&c, n.text, &inner);

	if (!formed)
		find_error(v, FINDING_CHECKPOINT_FORM, seq, "", &inner);
	else if (c.head.size != size || size < v->last_checkpoint_size)
		find(v, FINDING_CHECKPOINT_FORM, seq,
		     "checkpoint %" PRIu64 " is kept under size %" PRIu64 ", says %" PRIu64
		     ", after one over %" PRIu64,
		     row, size, c.head.size, v->last_checkpoint_size);
	else if (handover_is(&c))
		judge_handover(v, v->checkpoint.bytes, seq);
	else
		judge_signature(v, &n, &c, seq);
	judge_root(v, formed ? &c : NULL, seq);
	v->last_checkpoint_size = size;
	err_clear(&inner);
	arena_release(&a);
}

static void judge_checkpoints_at(struct verifier *v, bool all)
{
	while (v->have_checkpoint && (all || v->checkpoint.size <= v->tree.size)) {
		judge_checkpoint(v);
		next_checkpoint(v);
	}
}

/* ---- the tree, beside the lines -------------------------------------------------------------------------------- */

static void next_node(struct verifier *v)
{
	struct err inner = {0};
	enum store_step step;

	if (!v->nodes)
		return;
	step = store_scan_step(v->nodes, &v->node, &inner);
	v->have_node = step == STORE_ROW;
	if (step == STORE_ERROR)
		find_error(v, FINDING_FILE, FINDING_NO_SEQ, "tree nodes cannot be read: ", &inner);
}

/* The leaf that the tree has at the place where the walk is; false when it has none. */
static bool leaf_in_tree(const struct verifier *v, struct hash32 *out)
{
	if (!v->have_node || !v->node.hash_ok || v->node.i != merkle_count(v->tree.size))
		return false;
	*out = v->node.hash;
	return true;
}

static void check_node(struct verifier *v, uint64_t seq, uint64_t index, const struct hash32 *computed)
{
	if (!v->have_node || v->node.i > index) {
		find(v, FINDING_NODE_MISSING, seq, "tree node %" PRIu64 " is not there", index);
		return;
	}
	v->nodes_seen++;
	if (!v->node.hash_ok || !hash32_eq(&v->node.hash, computed))
		find(v, FINDING_NODE, seq, "tree node %" PRIu64 " is not the hash of what it covers", index);
	next_node(v);
}

static void add_leaf(struct verifier *v, const struct hash32 *leaf)
{
	const uint64_t seq = v->tree.size, first = merkle_count(seq);
	struct hash32 kept[MERKLE_LEVELS];
	const size_t n = frontier_add(&v->tree, leaf, kept);

	for (size_t i = 0; i < n && !v->tree_lost; i++)
		check_node(v, seq, first + i, &kept[i]);
	v->prev = *leaf;
	judge_checkpoints_at(v, false);
}

/* Lines that are gone leave their leaves in the tree, which is how the walk goes on behind them. */
static void bridge_gap(struct verifier *v, uint64_t to)
{
	const uint64_t from = v->tree.size;
	struct hash32 leaf;

	if (to - from == 1)
		find(v, FINDING_LINE_MISSING, from, "line %" PRIu64 " is not there", from);
	else
		find(v, FINDING_LINE_MISSING, from, "lines %" PRIu64 " to %" PRIu64 " are not there", from, to - 1);
	while (v->tree.size < to && !v->tree_lost) {
		if (leaf_in_tree(v, &leaf))
			add_leaf(v, &leaf);
		else
			v->tree_lost = true;
	}
	v->have_time = false;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

/* The bytes, the leaf beside them and the leaf in the tree should be one; where two of three agree the third is
 * wrong. */
static struct hash32 judge_leaf(struct verifier *v, const struct store_row *row)
{
	struct hash32 computed, in_tree;
	const bool have = leaf_in_tree(v, &in_tree);

	line_leaf(&computed, row->bytes);
	if (row->hash_ok && hash32_eq(&computed, &row->hash))
		return computed;
	if (have && hash32_eq(&computed, &in_tree)) {
		find(v, FINDING_LINE_LEAF, row->i,
		     "the leaf stored beside line %" PRIu64 " was changed, the line was not", row->i);
		return computed;
	}
	find(v, FINDING_LINE_LEAF, row->i, "line %" PRIu64 " does not hash to its leaf: it was changed", row->i);
	return have && row->hash_ok && hash32_eq(&row->hash, &in_tree) ? in_tree : computed;
}

static void judge_opening(struct verifier *v, const struct line *l)
{
	struct err inner = {0};
	struct span format;

	v->keys = (struct log_keys){ .a = v->arena };
	if (!line_kind_is(l, "log.opened")) {
		find(v, FINDING_OPENING, l->seq, "line 0 is a %.*s", (int)l->kind.n, (const char *)l->kind.p);
	} else if (!json_get_str(l->body, "format", &format, &inner) || !log_keys_open(&v->keys, l, &inner)) {
		find_error(v, FINDING_OPENING, l->seq, "", &inner);
	} else if (!span_is(format, "setgov-log/1")) {
		find(v, FINDING_OPENING, l->seq, "line 0 opens another format");
		v->keys.n = 0;
	} else {
		v->report->vkey = arena_str(v->arena, log_keys_now(&v->keys)->vkey);
	}
}

/* The deployment that the first `size` lines adopted last; NULL: its profile is not there, or is none, which is said
 * elsewhere. */
static const struct deployment *deployment_at(void *ctx, uint64_t size)
{
	struct verifier *v = ctx;
	const struct hash32 profile = log_profiles_at(&v->profiles, size);
	const struct known_blob *known = known_blob(v, &profile);
	struct deployment *d = ARENA_NEW(v->arena, struct deployment);
	struct buf text = {0};
	struct hash32 found;
	enum blob_class class;
	const bool ok = known && store_blob(v->store, known->row, &found, &class, &text, NULL) &&
			deployment_parse_identity(v->arena, d, arena_copy(v->arena, buf_view(&text)), NULL);

	buf_release(&text);
	return ok ? d : NULL;
}

static bool read_stored_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	return store_node(ctx, index, out, e);
}

static bool root_at(void *ctx, uint64_t size, struct hash32 *out, struct err *e)
{
	const struct verifier *v = ctx;
	const struct merkle_nodes nodes = { read_stored_node, v->store };

	return merkle_root(out, size, &nodes, e);
}

/* The line by which the key is changed, and the checkpoint just before it. From here on the new key signs. */
static void judge_new_key(struct verifier *v, const struct line *l)
{
	const struct tree_head before = frontier_head(&v->tree);
	const struct log_past past = { root_at, deployment_at, v };
	struct err inner = {0};
	struct span note;

	if (!log_keys_take(&v->keys, l, &before, &past, &inner))
		find_error(v, FINDING_LOG_KEY, l->seq, "", &inner);
	else if (log_keys_now(&v->keys)->believed)
		find(v, FINDING_LOG_KEY, l->seq, "owners vouch for the new key, and the profile that says who they are "
		     "is not there");
	else if (!v->handover.n || !json_get_str(l->body, "note", &note, NULL) || !span_eq(note, v->handover))
		find(v, FINDING_LOG_KEY, l->seq,
		     "the note by which the key is changed is not the checkpoint before it");
	v->report->vkey = arena_str(v->arena, log_keys_now(&v->keys)->vkey);
	v->handover = span_of(NULL, 0);
}

static void judge_keys(struct verifier *v, const struct line *l)
{
	if (log_keys_changes(l) && v->keys.n) {
		judge_new_key(v, l);
	} else if (v->handover.n) {
		find(v, FINDING_LOG_KEY, l->seq, "checkpoint %" PRIu64 " changes the log key, and the line after it "
		     "does not say so", v->handover_row);
		v->handover = span_of(NULL, 0);
	}
}

/* The clock's own line: from the time of the line before it to its own, which is earlier. */
static bool clock_line_is_true(const struct verifier *v, const struct line *l)
{
	struct span from, to;
	struct unix_time before, after;

	return json_get_str(l->body, "from", &from, NULL) && time_parse(&before, from, NULL) &&
	       json_get_str(l->body, "to", &to, NULL) && time_parse(&after, to, NULL) && after.ms == l->time.ms &&
	       after.ms < before.ms && (!v->have_time || before.ms == v->time.ms);
}

static void judge_time(struct verifier *v, const struct line *l)
{
	if (line_kind_is(l, "clock.stepped-back") && !clock_line_is_true(v, l))
		find(v, FINDING_LINE_TIME, l->seq, "line %" PRIu64 " does not say from when to when the clock stepped "
		     "back", l->seq);
	if (v->have_time && l->time.ms < v->time.ms && !line_kind_is(l, "clock.stepped-back"))
		find(v, FINDING_LINE_TIME, l->seq, "line %" PRIu64 " is earlier than the one before it", l->seq);
	v->time = l->time;
	v->have_time = true;
}

/* Lines that are gone were somebody's record: no check of those that are here covers them. */
static void judge_restored(struct verifier *v, const struct line *l)
{
	struct err inner = {0};
	struct log_hole hole;

	if (!log_hole_read(&v->scratch, &hole, l, &inner)) {
		find_error(v, FINDING_RESTORED, l->seq, "", &inner);
		return;
	}
	if (!log_hole_is_open(&hole))
		return;
	v->holes++;
	if (v->holes <= MAX_HOLES)
		v->hole_words[v->holes - 1] = arena_fmt(v->arena, "line %" PRIu64 ": %s", l->seq,
							log_hole_words(&v->scratch, &hole));
}

/* `prev` is the leaf of the line before, as judged. False: it cannot be read. */
static bool judge_line(struct verifier *v, const struct store_row *row, struct line *l)
{
	struct err inner = {0};

	arena_release(&v->scratch);
	if (!line_parse(&v->scratch, l, row->bytes, &inner)) {
		find_error(v, FINDING_LINE_FORM, row->i, "", &inner);
		return false;
	}
	if (l->seq != row->i)
		find(v, FINDING_LINE_SEQ, row->i, "line %" PRIu64 " says it is %" PRIu64, row->i, l->seq);
	if (!v->tree_lost && !hash32_eq(&l->prev, &v->prev))
		find(v, FINDING_LINE_PREV, row->i, "line %" PRIu64 " does not continue the line before it", row->i);
	if (row->i == 0)
		judge_opening(v, l);
	else
		judge_keys(v, l);
	log_profiles_take(&v->profiles, v->arena, l);
	judge_time(v, l);
	check_blobs_of(v, l);
	if (line_kind_is(l, "log.restored"))
		judge_restored(v, l);
	return true;
}

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
	return root_at(v, c.head.size, &root, e) &&
	       log_cosignature_holds(&c, &root, log_keys_now(&v->keys)->key.name, d, e) &&
	       (c.witness || owns(d, c.key, e));
}

static void judge_cosignature(struct verifier *v, const struct line *l)
{
	struct err inner = {0};

	if (!cosignature_holds(v, l, &inner))
		find_error(v, FINDING_COSIGNATURE, l->seq, "", &inner);
	v->cosignatures++;
}

/* What it says, now that it has its place in the tree. */
static void judge_words(struct verifier *v, const struct line *l)
{
	struct hash32 root;

	if (v->keys.n && line_kind_is(l, "checkpoint.cosigned"))
		judge_cosignature(v, l);
	if (v->keys.n && (l->seq == 0 || log_keys_changes(l)))
		deep_set_key(v->deep, v->report->vkey);
	if (!v->tree_lost && line_kind_is(l, "change.proposed")) {
		frontier_root(&v->tree, &root);
		deep_line(v->deep, l, &root);
	} else {
		deep_line(v->deep, l, NULL);
	}
}

static void judge_row(struct verifier *v, const struct store_row *row)
{
	struct hash32 leaf;
	struct line l;
	bool readable;

	if (row->i > v->tree.size && !v->tree_lost)
		bridge_gap(v, row->i);
	leaf = judge_leaf(v, row);
	readable = judge_line(v, row, &l);
	if (v->tree_lost)
		v->prev = leaf;
	else
		add_leaf(v, &leaf);
	if (v->deep && readable)
		judge_words(v, &l);
}

/* What is left of nodes and checkpoints when the lines have ended: a tail that was cut off shows here, unless they were
 * cut off with it. */
static void judge_the_rest(struct verifier *v)
{
	if (v->tree_lost)
		return;
	if (v->have_node)
		find(v, FINDING_NODE_MISSING, FINDING_NO_SEQ, "the tree goes on after the last line: node %" PRIu64
		     " belongs to no line", v->node.i);
	judge_checkpoints_at(v, true);
	if (v->handover.n)
		find(v, FINDING_LOG_KEY, FINDING_NO_SEQ, "checkpoint %" PRIu64 " changes the log key, and there is no "
		     "line that says so", v->handover_row);
}

/* Whoever can write the file can append to it, key or no key: without a signature over them, lines are anybody's. */
static void say_what_is_unsigned(struct verifier *v, uint64_t signed_lines, uint64_t lines)
{
	if (signed_lines < lines)
		checked(v, false, "lines after the newest checkpoint",
			arena_fmt(v->arena, "%" PRIu64 " to %" PRIu64 ": nothing in the file vouches for them",
				  signed_lines, lines - 1));
}

static void say_what_was_left_out(struct verifier *v)
{
	const uint64_t *n = v->not_here;
	const uint64_t all = n[WITHHELD_BEARER] + n[WITHHELD_PRIVATE] + n[WITHHELD_ERASED] + n[WITHHELD_ARCHIVED];

	if (all)
		checked(v, false, "blobs that the export withheld",
			arena_fmt(v->arena, "%" PRIu64 ": %" PRIu64 " signatures that anybody could use, %" PRIu64
				  " of personal data, %" PRIu64 " erased, %" PRIu64 " archived", all,
				  n[WITHHELD_BEARER], n[WITHHELD_PRIVATE], n[WITHHELD_ERASED],
				  n[WITHHELD_ARCHIVED]));
}

static void say_holes(struct verifier *v)
{
	for (size_t i = 0; i < v->holes && i < MAX_HOLES; i++)
		checked(v, false, "lines that were lost", i + 1 < MAX_HOLES || v->holes <= MAX_HOLES ? v->hole_words[i]
			: arena_fmt(v->arena, "%s; and %" PRIu64 " more like this", v->hole_words[i],
				    v->holes - MAX_HOLES));
}

static void say_what_was_walked(struct verifier *v, uint64_t lines, bool whole)
{
	struct arena *a = v->arena;

	checked(v, whole, "lines", arena_fmt(a, "%" PRIu64 ": form, seq, leaf, chain, time", lines));
	checked(v, whole && !v->tree_lost, "tree", v->tree_lost ? "lost behind a gap"
	       : arena_fmt(a, "%" PRIu64 " nodes recomputed", v->nodes_seen));
	checked(v, whole && v->keys.n && !v->tree_lost && v->report->checkpoints, "checkpoints",
		!v->keys.n ? "no key in line 0" : !v->report->checkpoints ? "there is none"
		: arena_fmt(a, "%" PRIu64 " signatures and roots", v->report->checkpoints));
	say_what_is_unsigned(v, v->last_checkpoint_size, v->tree.size);
	say_what_was_left_out(v);
	say_holes(v);
}

static void check_lines(struct verifier *v)
{
	struct err inner = {0};
	struct store_scan *scan = store_scan_new(v->store, STORE_LINES, 0, UINT64_MAX, true, &inner);
	enum store_step step = STORE_ERROR;
	struct store_row row;
	uint64_t lines = 0;

	v->nodes = store_scan_new(v->store, STORE_NODES, 0, UINT64_MAX, true, NULL);
	v->checkpoints = store_scan_new(v->store, STORE_CHECKPOINTS, 0, UINT64_MAX, true, NULL);
	next_node(v);
	next_checkpoint(v);
	for (; scan && (step = store_scan_step(scan, &row, &inner)) == STORE_ROW; lines++)
		judge_row(v, &row);
	if (step == STORE_ERROR)
		find_error(v, FINDING_FILE, v->tree.size, "lines cannot be read: ", &inner);
	else if (!lines)
		find(v, FINDING_OPENING, FINDING_NO_SEQ, "the log has no lines");
	else
		judge_the_rest(v);
	find_archives(v);
	judge_absent(v);
	judge_emptied(v);
	say_what_was_walked(v, lines, step == STORE_DONE && v->nodes && v->checkpoints);
	store_scan_free(scan);
	store_scan_free(v->nodes);
	store_scan_free(v->checkpoints);
	v->report->head = frontier_head(&v->tree);
}

/* ---- what lines say ---------------------------------------------------------------------------------------------- */

static void deep_find(void *ctx, enum finding_code code, uint64_t seq, const char *text)
{
	find(ctx, code, seq, "%s", text);
}

static bool deep_blob(void *ctx, const struct hash32 *digest, struct buf *out)
{
	struct verifier *v = ctx;
	const struct known_blob *known = known_blob(v, digest);
	struct hash32 found;
	enum blob_class class;

	if (known)
		return store_blob(v->store, known->row, &found, &class, out, NULL);
	for (size_t i = 0; v->options && i < v->options->n_archives; i++)
		if (segment_blob(out, v->options->archives[i], digest, NULL))
			return true;
	return false;
}

static bool deep_read_line(void *ctx, uint64_t seq, struct buf *out)
{
	struct verifier *v = ctx;
	struct hash32 leaf;

	return store_line(v->store, seq, &leaf, out, NULL);
}

static void begin_deep(struct verifier *v)
{
	const struct deep_walk walk = { v, deep_find, deep_blob, deep_read_line };

	v->deep = deep_new(&walk);
}

static void say_deep(struct verifier *v)
{
	struct arena *a = v->arena;
	struct deep_counts n;

	if (!v->deep) {
		checked(v, false, "signatures and hashes inside lines", "not part of this check");
		return;
	}
	n = deep_counts(v->deep);
	checked(v, true, "profiles", arena_fmt(a, "%" PRIu64 " adopted, each what its line says", n.profiles));
	checked(v, true, "salts and operation ids",
		arena_fmt(a, "%" PRIu64 " computed from their proposals", n.operations));
	checked(v, true, "packets",
		arena_fmt(a, "%" PRIu64 " cores, %" PRIu64 " safeTxHashes computed", n.packets, n.hashes));
	if (n.foreign)
		checked(v, false, "calls of packets",
			arena_fmt(a, "%" PRIu64 " are under another catalogue or other ABIs than this program's: "
				  "their actions were not compiled", n.foreign));
	checked(v, true, "owners' signatures", arena_fmt(a, "%" PRIu64 " recovered", n.signatures));
	checked(v, true, "policies",
		arena_fmt(a, "%" PRIu64 " adoptions, %" PRIu64 " owners' signatures for them", n.adoptions,
			  n.endorsements));
	checked(v, true, "raw transactions", arena_fmt(a, "%" PRIu64 " hashes and senders, %" PRIu64 " receipts",
		n.transactions, n.receipts));
	checked(v, true, "verdicts", arena_fmt(a, "%" PRIu64 " judged again, by the policy and the facts of their time",
					       n.verdicts));
	if (n.foreign_verdicts)
		checked(v, false, "verdicts under another catalogue",
			arena_fmt(a, "%" PRIu64 ", whose actions this program does not know", n.foreign_verdicts));
	checked(v, true, "cosignatures", arena_fmt(a, "%" PRIu64 " judged again", v->cosignatures));
}

/* ---- outside ---------------------------------------------------------------------------------------------------- */

static void check_remembered(struct verifier *v, const char *dir, const char *remember)
{
	static const char what[] = "checkpoint remembered on this machine";
	const struct log_options options = { .remember = remember };
	struct err inner = {0};
	struct log *l;

	if (!remember) {
		checked(v, false, what, "no place to look was given");
		return;
	}
	l = log_open(dir, LOG_READ, &options, &inner);
	if (!l) {
		checked(v, false, what, "the log cannot be opened");
	} else if (!log_check_remembered(l, &inner)) {
		find_error(v, FINDING_REMEMBERED, FINDING_NO_SEQ, "", &inner);
		checked(v, true, what, "compared");
	} else {
		const bool there = log_is_remembered(l);

		checked(v, there, what, there ? "compared" : "there is none");
	}
	err_clear(&inner);
	log_release(l);
}

static void views_finding(void *ctx, const char *text)
{
	find(ctx, FINDING_VIEWS, FINDING_NO_SEQ, "%s", text);
}

static void check_views(struct verifier *v, const char *dir)
{
	static const char what[] = "views";
	struct err inner = {0};
	struct log *l = log_open(dir, LOG_READ, NULL, &inner);
	bool compared = false;

	if (!l || !views_compare(l, &compared, views_finding, v, &inner))
		checked(v, false, what, "the lines cannot be read that they would be made from");
	else
		checked(v, compared, what, compared ? "made anew and compared, row by row"
			: "there is no views.db of this log and version; it is made when it is needed");
	err_clear(&inner);
	log_release(l);
}

/* ---- the quick way ---------------------------------------------------------------------------------------------- */

/* A checkpoint vouches for all before it: the newest is enough, where nothing is to be named. Opening the log follows
 * its keys from line 0, each as the one before it vouches for it. */
static bool quick_checkpoint(struct verifier *v, const char *dir, uint64_t *size)
{
	struct log *l = log_open(dir, LOG_READ, NULL, NULL);
	struct tree_head head;
	struct hash32 root;
	const bool ok = l && log_newest_checkpoint(l, NULL, &head, NULL) && log_root_at(l, head.size, &root, NULL) &&
			hash32_eq(&root, &head.root) &&
			store_count(v->store, STORE_CHECKPOINTS, &v->report->checkpoints, NULL);

	if (ok) {
		*size = head.size;
		v->report->vkey = arena_str(v->arena, log_keys_now(log_keys(l))->vkey);
		for (size_t i = 0; i < log_keys(l)->n; i++)
			v->believed += log_keys(l)->v[i].believed;
	}
	log_release(l);
	return ok;
}

static bool quick_walk(struct verifier *v, const char *dir, const char *path)
{
	struct chain_walk walk = {0};
	uint64_t lines = 0, size = 0;

	if (!store_count(v->store, STORE_LINES, &lines, NULL) || !verify_chain(&walk, path, lines, NULL) ||
	    !walk.whole || !quick_checkpoint(v, dir, &size))
		return false;
	v->report->head = walk.head;
	checked(v, true, "lines", arena_fmt(v->arena, "%" PRIu64 ": seq, leaf, chain, time", lines));
	checked(v, true, "tree", arena_fmt(v->arena, "%" PRIu64 " nodes recomputed", walk.nodes));
	checked(v, true, "newest checkpoint", "its signature and its root");
	say_what_is_unsigned(v, size, lines);
	if (v->believed)
		checked(v, false, "owners' word for new log keys", "not part of this check");
	checked(v, false, "older checkpoints, form of lines, lines lost before a restore, blobs, file structure",
		"not part of this check");
	return true;
}

static void slow_walk(struct verifier *v)
{
	check_file(v);
	check_blobs(v);
	check_lines(v);
}

/* What the quick walk stumbles over the slow one names. */
static void walk(struct verifier *v, const char *dir, const char *path, enum verify_depth depth)
{
	if (depth != VERIFY_CHAIN) {
		slow_walk(v);
		return;
	}
	check_schema(v);
	if (!v->report->n_findings && quick_walk(v, dir, path))
		return;
	v->report->n_findings = v->report->n_checks = 0;
	v->report->checkpoints = 0;
	v->holes = 0;
	v->keys.n = 0;
	v->profiles.n = 0;
	slow_walk(v);
	if (!v->report->n_findings)
		find(v, FINDING_FILE, FINDING_NO_SEQ,
		     "the quick walk found something that the slow one did not: verify again without --chain");
}

/* Only a follower, which has no key, may lack what its export left out. */
static void read_withheld(struct verifier *v, const char *dir)
{
	char *key = fs_join(dir, "log.key"), *path = fs_join(dir, MANIFEST);
	struct err inner = {0};
	struct buf text = {0};

	if (!fs_exists(key) && fs_exists(path) &&
	    !(fs_read(&text, path, WITHHELD_MANIFEST_MAX, &inner) &&
	      withheld_read(v->arena, &v->withheld, buf_view(&text), &inner)))
		find_error(v, FINDING_FILE, FINDING_NO_SEQ, "the manifest that the follower keeps: ", &inner);
	buf_release(&text);
	free(key);
	free(path);
}

bool log_verify(struct arena *a, struct verify_report *out, const char *dir, const struct verify_options *o,
		struct err *e)
{
	struct verifier v = { .arena = a, .report = out, .options = o };
	char *path = fs_join(dir, "log.db");
	bool ok = false;

	*out = (struct verify_report){0};
	v.findings = ARENA_ARRAY(a, struct finding, VERIFY_MAX_FINDINGS);
	v.store = store_open(path, STORE_EXAMINE, e);
	if (v.store && store_read_begin(v.store, e)) {
		struct verify_check *checks;

		if (o && o->depth == VERIFY_ALL)
			begin_deep(&v);
		read_withheld(&v, dir);
		walk(&v, dir, path, o ? o->depth : VERIFY_LINES);
		store_read_end(v.store);
		check_archives(&v, dir);
		check_remembered(&v, dir, o ? o->remember : NULL);
		say_deep(&v);
		if (v.deep)
			check_views(&v, dir);
		checks = ARENA_ARRAY(a, struct verify_check, out->n_checks);
		memcpy(checks, v.checks, out->n_checks * sizeof(*checks));
		out->checks = checks;
		out->findings = v.findings;
		ok = true;
	}
	store_release(v.store);
	arena_release(&v.scratch);
	free(v.known);
	free(v.emptied);
	free(v.absent);
	free(v.refilled);
	deep_free(v.deep);
	free(path);
	return ok;
}
