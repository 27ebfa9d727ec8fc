#include "audit-log/verify_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit-log/keys.h"
#include "audit-log/log.h"
#include "audit-log/verify_chain.h"
#include "audit-log/views.h"
#include "src/base/fs.h"

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static void file_finding(void *ctx, const char *text)
{
	verify_find(ctx, FINDING_FILE, FINDING_NO_SEQ, "%s", text);
}

static void schema_finding(void *ctx, const char *text)
{
	verify_find(ctx, FINDING_SCHEMA, FINDING_NO_SEQ, "%s", text);
}

static void check_schema(struct verifier *v)
{
	struct err inner = {0};

	if (store_check_schema(v->store, schema_finding, v, &inner)) {
		verify_checked(v, true, "schema", "compared with the built-in text");
	} else {
		verify_find_error(v, FINDING_SCHEMA, FINDING_NO_SEQ, "", &inner);
		verify_checked(v, false, "schema", "could not be read");
	}
}

static void check_file(struct verifier *v)
{
	struct err inner = {0};
	const bool whole = store_check_integrity(v->store, file_finding, v, &inner);

	if (!whole)
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "", &inner);
	verify_checked(v, whole, "file structure",
		       whole ? "SQLite's integrity_check" : "integrity_check could not finish");
	check_schema(v);
}

/* ---- what lines say ---------------------------------------------------------------------------------------------- */

static void lend_find(void *ctx, enum finding_code code, uint64_t seq, const char *text)
{
	verify_find(ctx, code, seq, "%s", text);
}

static bool lend_blob(void *ctx, const struct hash32 *digest, struct buf *out)
{
	struct verifier *v = ctx;

	if (verify_blob(v, digest, out))
		return true;
	for (size_t i = 0; v->options && i < v->options->n_archives; i++)
		if (segment_blob(out, v->options->archives[i], digest, NULL))
			return true;
	return false;
}

static bool lend_line(void *ctx, uint64_t seq, struct buf *out)
{
	struct verifier *v = ctx;
	struct hash32 leaf;

	return store_line(v->store, seq, &leaf, out, NULL);
}

static void begin_deep(struct verifier *v)
{
	const struct deep_walk walk = { v, lend_find, lend_blob, lend_line };

	v->deep = deep_new(&walk);
}

static void say_deep(struct verifier *v)
{
	struct arena *a = v->arena;
	struct deep_counts n;

	if (!v->deep) {
		verify_checked(v, false, "signatures and hashes inside lines", "not part of this check");
		return;
	}
	n = deep_counts(v->deep);
	verify_checked(v, true, "profiles", arena_fmt(a, "%" PRIu64 " adopted, each what its line says", n.profiles));
	verify_checked(v, true, "salts and operation ids",
		       arena_fmt(a, "%" PRIu64 " computed from their proposals", n.operations));
	verify_checked(v, true, "packets",
		       arena_fmt(a, "%" PRIu64 " cores, %" PRIu64 " safeTxHashes computed", n.packets, n.hashes));
	if (n.foreign)
		verify_checked(v, false, "calls of packets",
			       arena_fmt(a, "%" PRIu64 " are under another catalogue or other ABIs than this "
					 "program's: their actions were not compiled", n.foreign));
	verify_checked(v, true, "owners' signatures", arena_fmt(a, "%" PRIu64 " recovered", n.signatures));
	verify_checked(v, true, "policies, releases",
		       arena_fmt(a, "%" PRIu64 " adoptions, %" PRIu64 " owners' signatures for them", n.adoptions,
				 n.endorsements));
	verify_checked(v, true, "raw transactions", arena_fmt(a, "%" PRIu64 " hashes and senders, %" PRIu64 " receipts",
		       n.transactions, n.receipts));
	verify_checked(v, true, "verdicts",
		       arena_fmt(a, "%" PRIu64 " judged again, by the policy and the facts of their time", n.verdicts));
	if (n.foreign_verdicts)
		verify_checked(v, false, "verdicts under another catalogue",
			       arena_fmt(a, "%" PRIu64 ", whose actions this program does not know",
					 n.foreign_verdicts));
	verify_checked(v, true, "alerts",
		       arena_fmt(a, "%" PRIu64 " raised, each with what is said of it later", n.alerts));
	verify_checked(v, true, "cosignatures", arena_fmt(a, "%" PRIu64 " judged again", v->cosignatures));
}

/* ---- outside ----------------------------------------------------------------------------------------------------- */

static void check_remembered(struct verifier *v, const char *dir, const char *remember)
{
	static const char what[] = "checkpoint remembered on this machine";
	const struct log_options options = { .remember = remember };
	struct err inner = {0};
	struct log *l;

	if (!remember) {
		verify_checked(v, false, what, "no place to look was given");
		return;
	}
	l = log_open(dir, LOG_READ, &options, &inner);
	if (!l) {
		verify_checked(v, false, what, "the log cannot be opened");
	} else if (!log_check_remembered(l, &inner)) {
		verify_find_error(v, FINDING_REMEMBERED, FINDING_NO_SEQ, "", &inner);
		verify_checked(v, true, what, "compared");
	} else {
		const bool there = log_is_remembered(l);

		verify_checked(v, there, what, there ? "compared" : "there is none");
	}
	err_clear(&inner);
	log_release(l);
}

static void views_finding(void *ctx, const char *text)
{
	verify_find(ctx, FINDING_VIEWS, FINDING_NO_SEQ, "%s", text);
}

static void check_views(struct verifier *v, const char *dir)
{
	static const char what[] = "views";
	struct err inner = {0};
	struct log *l = log_open(dir, LOG_READ, NULL, &inner);
	bool compared = false;

	if (!l || !views_compare(l, &compared, views_finding, v, &inner))
		verify_checked(v, false, what, "the lines cannot be read that they would be made from");
	else
		verify_checked(v, compared, what, compared ? "made anew and compared, row by row"
			       : "there is no views.db of this log and version; it is made when it is needed");
	err_clear(&inner);
	log_release(l);
}

/* ---- the quick way ----------------------------------------------------------------------------------------------- */

/* A checkpoint vouches for all before it: the newest is enough, where nothing is to be named. Opening the log follows
 * its keys from line 0, each as the one before it, or enough owners, vouch for it. */
static bool quick_checkpoint(struct verifier *v, const char *dir, uint64_t *size)
{
	struct log *l = log_open(dir, LOG_READ, NULL, NULL);
	struct tree_head head;
	struct hash32 root;
	const bool ok = l && log_newest_checkpoint(l, NULL, &head, NULL) && log_root_at(l, head.size, &root, NULL) &&
			hash32_eq(&root, &head.root) &&
			log_check_successions(l, NULL) &&
			store_count(v->store, STORE_CHECKPOINTS, &v->report->checkpoints, NULL);

	if (ok) {
		*size = head.size;
		v->report->vkey = arena_str(v->arena, log_keys_now(log_keys(l))->vkey);
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
	verify_checked(v, true, "lines", arena_fmt(v->arena, "%" PRIu64 ": seq, leaf, chain, time", lines));
	verify_checked(v, true, "tree", arena_fmt(v->arena, "%" PRIu64 " nodes recomputed", walk.nodes));
	verify_checked(v, true, "newest checkpoint", "its signature and its root");
	verify_say_unsigned(v, size, lines);
	verify_checked(v, false, "older checkpoints, form of lines, lines lost before a restore, blobs, file structure",
		       "not part of this check");
	return true;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void slow_walk(struct verifier *v)
{
	check_file(v);
	verify_blobs(v);
	verify_lines(v);
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
		verify_find(v, FINDING_FILE, FINDING_NO_SEQ,
			    "the quick walk found something that the slow one did not: verify again without --chain");
}

/* Only a follower, which has no key, may lack what its export left out. *manifest is empty where there is none, or none
 * that can be read. */
static void read_withheld(struct verifier *v, const char *dir, struct buf *manifest)
{
	char *key = fs_join(dir, "log.key"), *path = fs_join(dir, MANIFEST);
	struct err inner = {0};

	if (!fs_exists(key) && fs_exists(path) &&
	    !(fs_read(manifest, path, WITHHELD_MANIFEST_MAX, &inner) &&
	      withheld_read(v->arena, &v->withheld, buf_view(manifest), &inner))) {
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "the manifest that the follower keeps: ", &inner);
		buf_clear(manifest);
	}
	free(key);
	free(path);
}

/* It is of an export of this log, and under a checkpoint of its. */
static void check_manifest(struct verifier *v, struct span manifest)
{
	struct tree_head head = {0};
	struct err inner = {0};
	bool ok;

	if (!manifest.n || !v->keys.n)
		return;
	ok = manifest_size(v->arena, manifest, &head.size, &inner) &&
	     (head.size <= v->report->head.size ||
	      err_set(&inner, ERR_MISMATCH, ERR_NO_OFFSET, "size: there are not so many lines")) &&
	     verify_root_at(v, head.size, &head.root, &inner) &&
	     manifest_is_under(v->arena, manifest, &head, &log_keys_at(&v->keys, head.size)->key, &inner);
	if (!ok)
		verify_find_error(v, FINDING_FILE, FINDING_NO_SEQ, "the manifest that the follower keeps: ", &inner);
}

bool log_verify(struct arena *a, struct verify_report *out, const char *dir, const struct verify_options *o,
		struct err *e)
{
	struct verifier v = { .arena = a, .report = out, .options = o };
	char *path = fs_join(dir, "log.db");
	struct buf manifest = {0};
	bool ok = false;

	*out = (struct verify_report){0};
	v.findings = ARENA_ARRAY(a, struct finding, VERIFY_MAX_FINDINGS);
	v.store = store_open(path, STORE_EXAMINE, e);
	if (v.store && store_read_begin(v.store, e)) {
		struct verify_check *checks;

		if (o && o->depth == VERIFY_ALL)
			begin_deep(&v);
		read_withheld(&v, dir, &manifest);
		walk(&v, dir, path, o ? o->depth : VERIFY_LINES);
		check_manifest(&v, buf_view(&manifest));
		store_read_end(v.store);
		verify_archives(&v, dir);
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
	buf_release(&manifest);
	arena_release(&v.scratch);
	free(v.known);
	free(v.emptied);
	free(v.absent);
	free(v.refilled);
	deep_free(v.deep);
	free(path);
	return ok;
}
