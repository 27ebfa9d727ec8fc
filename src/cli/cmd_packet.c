/* packet: a step of a proposed change, at a nonce of the Safe, as one file to carry to a signer. The same core
 * is written again for as long as it can be signed; a new one takes a line in the log. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/cli/cmd.h"
#include "src/cli/judging.h"
#include "src/cli/onchain.h"
#include "src/cli/packing.h"
#include "src/cli/previewing.h"
#include "src/cli/planning.h"
#include "src/crypto/hash.h"
#include "src/crypto/words.h"
#include "src/gov/packet.h"

struct packing {
	struct cli *cli;
	struct change change;
	enum step_kind step;
	struct chain chain;
	struct chain_facts facts;     /* about this change */
	struct changes asked;         /* about whose operations the chain was asked, … */
	struct chain_facts *all_facts;        /* … what it said of each, and of a change without one */
	struct safe_tx tx;
	struct safe_hashes hashes;
	struct json *evidence;
	struct judgements judged;     /* what let it be packed */
	bool synced;                  /* the file system that it is on has nothing left to write */
};

/* By default the step that can be sent next: signing an execute ahead would hold a nonce for the whole delay.
 */
static bool pick_step(struct packing *p, struct err *e)
{
	const char *name = cli_option(p->cli, "--step");
	const struct change *c = &p->change;
	if (name != NULL)
		return step_parse(&p->step, span_str(name), e) || err_in(e, "--step");
	p->step = c->proposal.route == ROUTE_DIRECT || c->steps[STEP_SCHEDULE].mined ? STEP_EXECUTE
										     : STEP_SCHEDULE;
	if (p->step == STEP_EXECUTE && change_state_of(c, &p->facts) == CHANGE_SCHEDULED)
		return err_refuse(e, "WAITING",
				  "the operation is still waiting; --step execute packs it ahead, "
				  "--step cancel stops it");
	return true;
}

/* A packet that the signer would refuse anyway is not written. */
static bool may_pack(const struct packing *p, struct err *e)
{
	const struct change *c = &p->change;
	const struct pinned *pin = &p->cli->ws->pin;
	const struct step *s = &c->steps[p->step];
	if (!c->proposed)
		return err_refuse(e, "NOT-PROPOSED", "%s is only drafted: setgov propose %s", p->cli->args[0],
				  p->cli->args[0]);
	if (c->withdrawn && p->step != STEP_CANCEL)
		return err_refuse(e, "WITHDRAWN", "%s was withdrawn", p->cli->args[0]);
	if (s->mined)
		return err_refuse(e, "MINED", "%s of %s is mined in block %llu", step_name(p->step),
				  p->cli->args[0], (unsigned long long)s->block);
	if (!hash32_eq(&c->proposal.deployment, &pin->deployment->id))
		return err_refuse(e, "DEPLOYMENT",
				  "%s was proposed for another deployment profile: propose it anew",
				  p->cli->args[0]);
	if (!hash32_eq(&c->proposal.catalogue, &pin->catalogue_digest) ||
	    !hash32_eq(&c->proposal.abi, &pin->abi_digest))
		return err_refuse(e, "CATALOGUE", "%s was proposed under another catalogue: propose it anew",
				  p->cli->args[0]);
	return true;
}

/* The chain's facts about the i-th change; one that came since we asked has no operation on chain yet. */
static const struct chain_facts *facts_of(const struct packing *p, const struct changes *all, size_t i)
{
	const struct changes *asked = &p->asked;
	size_t at = i;
	if (at >= asked->n || !span_eq(asked->v[at].id, all->v[i].id))
		for (at = 0; at < asked->n && !span_eq(asked->v[at].id, all->v[i].id);)
			at++;
	return &p->all_facts[at];
}

/* An open step, of which the packed line is later than `after`, holds this nonce; our own does not count. */
static bool nonce_is_held(const struct packing *p, const struct changes *all, uint64_t nonce, uint64_t after)
{
	for (size_t i = 0; i < all->n; i++)
		for (int s = 0; s < N_STEPS; s++) {
			const struct step *step = &all->v[i].steps[s];
			const bool self = span_eq(all->v[i].id, p->change.id) && (enum step_kind)s == p->step;
			if (!self && step->nonce == nonce && step->packed_seq >= after &&
			    step_is_open(&all->v[i], (enum step_kind)s, facts_of(p, all, i)))
				return true;
		}
	return false;
}

/* The lowest nonce, from the Safe's own up, that no open step holds. A cancel takes the Safe's own and
 * displaces its holder; a rejection has named its nonce. */
static bool pick_nonce(struct packing *p, const struct changes *all, uint64_t *nonce, struct err *e)
{
	*nonce = p->facts.safe_nonce;
	if (p->change.proposal.has_nonce) {
		*nonce = p->change.proposal.nonce;
		if (*nonce < p->facts.safe_nonce)
			return err_refuse(e, "NONCE", "the Safe is at nonce %llu: %llu is spent",
					  (unsigned long long)p->facts.safe_nonce, (unsigned long long)*nonce);
		return true;
	}
	while (p->step != STEP_CANCEL && nonce_is_held(p, all, *nonce, 0))
		++*nonce;
	return true;
}

static bool build_tx(struct packing *p, uint64_t nonce, struct err *e)
{
	const struct deployment *d = &p->cli->ws->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);
	if (!change_step_tx(&p->cli->arena, &p->tx, d, &p->change.proposal, &p->change.root, p->step, nonce, e))
		return false;
	safe_hash(&p->hashes, SAFE_CURRENT, &chain_id, &d->safe, &p->tx);
	return true;
}

/* The core for this nonce, from the log alone but for the evidence's digest. */
static bool build_core(struct packing *p, uint64_t nonce, const struct hash32 *evidence, struct buf *out,
		       struct err *e)
{
	struct workspace *ws = p->cli->ws;
	struct arena *a = &p->cli->arena;
	const struct change *c = &p->change;
	struct merkle_path path = {0};
	struct hash32 root;
	struct buf line = {0}, note = {0}, vkey = {0};
	const struct packet_step step = { p->step, nonce, p->hashes.tx };
	bool ok = log_line(ws->log, c->proposed_seq, &line, e) && log_root_at(ws->log, c->size, &root, e) &&
		  log_path(ws->log, c->proposed_seq, c->size, &path, e) &&
		  log_checkpoint_at(ws->log, c->size, &note, e);
	if (ok) {
		note_key_format(&vkey, log_key_at(ws->log, c->size));
		const struct packet_core core = {
			.deployment = ws->deployment.id,
			.catalogue = ws->pin.catalogue_digest,
			.abi = ws->pin.abi_digest,
			.has_policy = c->proposal.has_policy,
			.policy = c->proposal.policy,
			.has_evidence = true,
			.evidence = *evidence,
			.change = c->id,
			.proposal = buf_view(&line),
			.size = c->size,
			.root = root,
			.path = path.hash,
			.n_path = path.n,
			.checkpoint = buf_view(&note),
			.log_key = buf_view(&vkey),
			.steps = &step,
			.n_steps = 1,
		};
		packet_core_write(a, out, &core);
	}
	buf_release(&line);
	buf_release(&note);
	buf_release(&vkey);
	return ok;
}

static bool log_packed(struct packing *p, uint64_t nonce, struct span core, struct hash32 *digest,
		       struct err *e)
{
	struct workspace *ws = p->cli->ws;
	struct arena *a = &p->cli->arena;
	const struct step *old = &p->change.steps[p->step];
	struct buf evidence = {0};
	struct hash32 evidence_blob;
	json_canonical(&evidence, p->evidence);
	bool ok = log_add_blob(ws->log, core, BLOB_PUBLIC, digest, e) &&
		  log_add_blob(ws->log, buf_view(&evidence), BLOB_PUBLIC, &evidence_blob, e);
	buf_release(&evidence);
	if (!ok)
		return false;
	struct json *body = json_object(a);
	json_set(body, a, "core", json_bare(a, SPAN_HASH(digest)));
	json_set(body, a, "evidence", json_bare(a, SPAN_HASH(&evidence_blob)));
	json_set(body, a, "nonce", json_u64(a, nonce));
	json_set(body, a, "packet", json_bare(a, SPAN_HASH(digest)));
	json_set(body, a, "safeTxHash", json_0x(a, SPAN_HASH(&p->hashes.tx)));
	json_set(body, a, "step", json_str(a, step_name(p->step)));
	json_set(body, a, "supersedes", old->packed ? json_bare(a, SPAN_HASH(&old->packet)) : json_null(a));
	struct line l = workspace_line(ws, "step.packed", p->change.id, body);
	return log_add_line(ws->log, &l, e);
}

/* A new nonce leaves the signatures for the old one behind: whose they were, and whether they can still do
 * something. */
static void say_dead(struct packing *p, const struct step *before)
{
	const struct deployment *d = &p->cli->ws->deployment;
	const struct step *now = &p->change.steps[p->step];
	if (!before->packed || before->nonce == now->nonce || before->n_signatures == 0)
		return;
	cli_text(p->cli, "Signatures for nonce %llu, by", (unsigned long long)before->nonce);
	for (size_t i = 0; i < before->n_signatures; i++) {
		const struct person *who = deployment_person_at(d, &before->signatures[i].owner);
		cli_text(p->cli, " %s", who != NULL ? arena_str(&p->cli->arena, who->id) : "a former owner");
	}
	cli_text(
		p->cli,
		before->nonce < p->facts.safe_nonce
			? ", are dead: the Safe's nonce has passed them.\n"
			: ", LIVE until the Safe's nonce passes them: with enough of them anyone can execute it.\n");
}

/* True when the packet that the log made last can still be signed. */
static bool stands(const struct packing *p, const struct changes *all)
{
	const struct step *s = &p->change.steps[p->step];
	if (!s->packed || !step_is_open(&p->change, p->step, &p->facts) ||
	    nonce_is_held(p, all, s->nonce, s->packed_seq))           /* a cancel or a rejection took it */
		return false;
	return p->step != STEP_CANCEL || s->nonce == p->facts.safe_nonce;
}

/* What is refused is logged too. */
static bool keep_refused(struct packing *p)
{
	struct err why = {0};
	if (!judging_keep(p->cli->ws, &p->cli->arena, &p->change, p->step, &p->judged, &why))
		cli_say(p->cli, "the verdict could not be logged: %s", buf_cstr(&why.what));
	err_clear(&why);
	return false;
}

/* Under two policies (the one it was proposed under and the one in force) the packet has what both ask for. They find
 * the same, but that one may look further back: its history comes last, and stays. */
static void put_judged(struct packing *p)
{
	const struct judgement *v = p->judged.v;
	const size_t n = p->judged.n;
	const bool first_is_longer = n == 2 && policy_looks_back(v[0].verdict.policy) >
						       policy_looks_back(v[1].verdict.policy);
	for (size_t i = 0; i < n; i++)
		judging_into_evidence(&p->cli->arena, p->evidence, &v[first_is_longer ? n - 1 - i : i].facts);
}

/* Under a policy the packet carries what it was judged by, for the signers to judge again. What has failed is not
 * handed to them; what time or signatures can still fulfil is. */
static bool ask_policy(struct packing *p, struct err *e)
{
	struct arena *a = &p->cli->arena;
	if (!judging_step(p->cli->ws, &p->chain, a, &p->change, p->step, false, NULL, &p->judged, e))
		return err_is_set(e) && e->code == ERR_REFUSED ? keep_refused(p) : false;
	put_judged(p);
	return true;
}

/* A node that cannot prove is no reason not to pack: the packet says less then. */
static void add_proofs(struct packing *p)
{
	struct err e = {0};
	struct json *proofs;
	if (onchain_proofs(p->cli->ws, &p->chain, &p->cli->arena, &p->change, &proofs, &e)) {
		json_set(p->evidence, &p->cli->arena, "proofs", proofs);
	} else {
		struct buf words = {0};
		err_format(&e, &words);
		cli_say(p->cli, "without state proofs: %s", buf_cstr(&words));
		buf_release(&words);
	}
	err_clear(&e);
}

#define PREVIEW_MAX ((size_t)256 << 10)

/* What the console's node says it would do. Signers read it as the console's word. */
static void add_preview(struct packing *p)
{
	struct err e = {0};
	struct effects effects;
	struct buf words = {0};
	const struct previewing_how how = { .cancel = p->step == STEP_CANCEL };
	if (previewing_run(p->cli->ws, &p->chain, &p->cli->arena, &p->change, &how, &effects, &e)) {
		struct json *v = effects_to_json(&p->cli->arena, &effects);
		json_canonical(&words, v);
		if (words.n <= PREVIEW_MAX)
			json_set(p->evidence, &p->cli->arena, "preview", v);
		else
			cli_say(p->cli, "without a preview: it takes %zu bytes", words.n);
	} else {
		err_format(&e, &words);
		cli_say(p->cli, "without a preview: %s", buf_cstr(&words));
	}
	buf_release(&words);
	err_clear(&e);
}

/* Takes the nonce and writes the line in one transaction, over the log as it is then. */
static bool pack(struct packing *p, struct err *e)
{
	struct workspace *ws = p->cli->ws;
	struct arena *a = &p->cli->arena;
	const struct changes *all;
	struct hash32 evidence, digest;
	struct buf text = {0};
	uint64_t nonce = 0;
	if (!onchain_evidence(ws, &p->chain, a, &p->change, &p->evidence, e))
		return false;
	add_proofs(p);
	add_preview(p);
	if (!ask_policy(p, e) || !log_begin(ws->log, e))
		return false;
	json_canonical(&text, p->evidence);
	sha256(&evidence, buf_view(&text));
	buf_clear(&text);
	bool ok = workspace_unfinished(ws, &all, e) &&
		  workspace_change(ws, a, p->cli->args[0], &p->change, e) && may_pack(p, e);
	const struct step *s = &p->change.steps[p->step];
	if (ok && stands(p, all))
		nonce = s->nonce;
	else
		ok = ok && pick_nonce(p, all, &nonce, e);
	ok = ok && build_tx(p, nonce, e) && build_core(p, nonce, &evidence, &text, e);
	ok = ok && judging_log_step(ws, a, &p->change, p->step, &p->judged, e) &&
	     log_packed(p, nonce, buf_view(&text), &digest, e) && log_commit(ws->log, e);
	if (!ok)
		log_abort(ws->log);
	buf_release(&text);
	return ok && workspace_change(ws, a, p->cli->args[0], &p->change, e);
}

/* The file itself is fsynced; a stick may be pulled out when its file system has written all the rest, too. */
static bool sync_file(struct packing *p, const char *path, struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	p->synced = fd >= 0 && syncfs(fd) == 0;
	const int why = errno;
	if (fd >= 0)
		close(fd);
	if (p->synced)
		return true;
	err_set(e, ERR_IO, ERR_NO_OFFSET, "written, but not synced: %s", strerror(why));
	return err_file(e, path, 0);
}

static bool write_out(struct packing *p, const struct packet *packet, const char **path, struct err *e)
{
	struct cli *cli = p->cli;
	struct buf b = {0};
	*path = cli_option(cli, "-o");
	if (*path == NULL) {
		const char *dir = arena_fmt(&cli->arena, "%s/packets", cli->dir);
		if (!fs_mkdirs(dir, 0700, e))
			return false;
		*path = arena_fmt(&cli->arena, "%s/%s.%s.json", dir, cli->args[0], step_name(p->step));
	}
	packet_write(&cli->arena, &b, packet);
	const bool ok = fs_write(*path, buf_view(&b), 0644, e);
	buf_release(&b);
	return ok && sync_file(p, *path, e);
}

/* The document that other wallets sign. */
static bool typed_data(struct packing *p, struct err *e)
{
	const struct deployment *d = &p->cli->ws->deployment;
	const struct u256 chain_id = u256_from_u64(d->chain_id);
	const char *path = cli_option(p->cli, "-o");
	struct buf b = {0};
	bool ok = true;
	safe_typed_data(&b, &chain_id, &d->safe, &p->tx);
	buf_byte(&b, '\n');
	if (path != NULL)
		ok = fs_write(path, buf_view(&b), 0644, e);
	else
		cli_text(p->cli, "%s", buf_cstr(&b));
	buf_release(&b);
	return ok;
}

static void say(struct packing *p, const struct packet *packet, const char *path)
{
	struct cli *cli = p->cli;
	struct arena *a = &cli->arena;
	const struct step *s = &p->change.steps[p->step];
	struct buf phrase = {0};
	words_phrase(&phrase, &packet->digest);
	cli_text(cli, "%s, step %s, at nonce %llu of the Safe: %s\n", cli->args[0], step_name(p->step),
		 (unsigned long long)s->nonce, path);
	cli_text(cli, "Phrase      %s\nsafeTxHash  0x", buf_cstr(&phrase));
	buf_hex(&cli->text, SPAN_HASH(&s->safe_tx_hash));
	cli_text(cli,
		 "\nSignatures  %zu of %llu\nNext: setgov-signer sign on each signer's machine, then setgov "
		 "collect FILE…\n",
		 s->n_signatures, (unsigned long long)p->facts.threshold);
	if (p->synced)
		cli_text(cli, cli_option(cli, "-o") != NULL ? "Written and synced: the stick can be removed.\n"
							     : "Written and synced.\n");
	cli->result = json_object(a);
	json_set(cli->result, a, "change", json_str(a, cli->args[0]));
	json_set(cli->result, a, "step", json_str(a, step_name(p->step)));
	json_set(cli->result, a, "nonce", json_u64(a, s->nonce));
	json_set(cli->result, a, "safeTxHash", json_0x(a, SPAN_HASH(&s->safe_tx_hash)));
	json_set(cli->result, a, "packet", json_bare(a, SPAN_HASH(&packet->digest)));
	json_set(cli->result, a, "phrase", json_text(a, buf_view(&phrase)));
	json_set(cli->result, a, "file", json_str(a, path));
	json_set(cli->result, a, "synced", json_bool(a, p->synced));
	buf_release(&phrase);
}

static bool ask_chain(struct packing *p, const struct changes *all, struct err *e)
{
	if (!onchain_open(p->cli->ws, &p->chain, e) ||
	    !onchain_facts_all(p->cli->ws, &p->chain, &p->cli->arena, all, &p->all_facts, e))
		return false;
	p->asked = *all;
	for (size_t i = 0; i < all->n; i++)
		if (span_eq(all->v[i].id, p->change.id)) {
			p->facts = p->all_facts[i];
			return true;
		}
	return onchain_facts(p->cli->ws, &p->chain, &p->change, &p->facts, e);
}

static bool run(struct packing *p, struct err *e)
{
	struct packet packet;
	const struct changes *all;
	const char *path;
	if (!planning_mend(p->cli->ws, &p->cli->arena, p->cli->args[0], e) ||
	    !workspace_unfinished(p->cli->ws, &all, e) ||
	    !workspace_change(p->cli->ws, &p->cli->arena, p->cli->args[0], &p->change, e) ||
	    !ask_chain(p, all, e) || !pick_step(p, e) || !may_pack(p, e))
		return false;
	const struct step before = p->change.steps[p->step];
	if (stands(p, all) && !cli_flag(p->cli, "--refresh")) {
		if (!build_tx(p, p->change.steps[p->step].nonce, e))
			return false;
	} else if (!pack(p, e)) {
		return false;
	}
	if (cli_flag(p->cli, "--typed-data"))
		return typed_data(p, e);
	if (!packing_packet(p->cli->ws, &p->cli->arena, &p->change, p->step, cli_flag(p->cli, "--lean"),
			    &packet, e) ||
	    !write_out(p, &packet, &path, e))
		return false;
	say(p, &packet, path);
	say_dead(p, &before);
	return views_catch_up(p->cli->ws->views, e);
}

bool cmd_packet(struct cli *cli, struct err *e)
{
	struct packing p = { .cli = cli };
	const bool ok = run(&p, e);
	chain_release(&p.chain);
	return ok;
}
