/* setgov-signer: the only program that holds a key. This file can be read from top to bottom; it says in which
 * order the protections come and why, and then hands over to the verbs.
 *
 *  1. harden      no core dump, no debugger, no new privileges: before a single byte of anybody's is read
 *  2. look        which interfaces are up, whether the machine swaps: /sys and /proc are out of sight later
 *  3. arguments   from the table below
 *  4. inputs      every file that the command line names is read whole, as bytes. Nothing is parsed yet: a
 * parser with a hole must be inside the sandbox when it meets a hostile file
 *  5. terminal    opened by us, so that a passphrase goes through nobody's pipe
 *  6. sandbox     the state directory and the answer's directory are all that is left of the file system; no
 * system call for a network, a program or a thread is left at all (sandbox.c)
 *  7. the verb    parses, judges, shows, asks, unlocks, signs, writes. The journal's line is on disk before an
 * answer is
 *
 * Read next: verb_sign.c, which is step 7; then review.c, and src/gov/packet_check.c, which decides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/crypto/keystore.h"
#include "src/gov/packet.h"
#include "src/signer/sandbox.h"
#include "src/signer/signer.h"

struct option {
	const char *name, *value;     /* value NULL: a flag */
	const char *help;
	bool reads, writes;           /* names a file to be read before, or written inside, the sandbox */
};
static const struct option options[] = {
	{"--home", "DIR", "keys, pins and journal (default: $SETGOV_SIGNER_HOME, then ~/.setgov-signer)", false,
	 false},
	{"--json", NULL, "one JSON document on standard output", false, false},
	{"--plain", NULL, "line by line (there is nothing else yet)", false, false},
	{"--class", "CLASS", "new, import: production, test or rehearsal", false, false},
	{"--copy", "FILE", "new: where the second copy goes", false, true},
	{"--light", NULL, "new: a weaker seal, for tests and rehearsals", false, false},
	{"--passphrase-fd", "N", "read the passphrase from this descriptor, one line", false, false},
	{"--expect", "HASH", "trust: the deployment id; sign: the safeTxHash, as somebody else read it", false,
	 false},
	{"--compared", "WHO", "sign: signer, own or nobody", false, false},
	{"--key", "ADDRESS", "which key", false, false},
	{"-o", "FILE", "where the answer goes (default: beside the packet)", false, true},
	{"--reason", "TEXT", "decline: why", false, false},
	{"--step", "STEP", "sign-tx: schedule, execute or cancel", false, false},
	{"--nonce", "N", "sign-tx: the payer's", false, false},
	{"--gas", "N", "sign-tx: the limit", false, false},
	{"--max-fee", "WEI", "sign-tx: per gas, all in", false, false},
	{"--max-priority", "WEI", "sign-tx: per gas, for the block's maker", false, false},
	{"--direct", NULL, "sign-tx: the payer holds the timelock's role and calls it himself", false, false},
	{"--key-file", "FILE", "sign-tx: the payer's keystore", true, false},
};

struct verb {
	const char *name, *args, *help;
	size_t min_args, max_args;
	bool reads, beside;           /* its arguments are files; it writes beside the first */
	bool (*run)(struct signer *, struct err *);
};
static const struct verb verbs[] = {
	{"new", "--copy FILE", "make a key, and read its second copy back", 0, 0, false, false, verb_new},
	{"import", "FILE", "take in a keystore file", 1, 1, true, false, verb_import},
	{"address", "", "the keys on this machine", 0, 0, false, false, verb_address},
	{"trust", "FILE", "pin a deployment profile", 1, 1, true, false, verb_trust},
	{"review", "PACKET", "what a packet will do; no key needed", 1, 1, true, false, verb_review},
	{"sign", "PACKET…", "read, confirm, sign", 1, 64, true, true, verb_sign},
	{"decline", "PACKET --reason TEXT", "say no", 1, 1, true, true, verb_decline},
	{"sign-tx", "PACKET --step S …", "the outer transaction, with a payer's key", 1, 1, true, false,
	 verb_sign_tx},
	{"journal", "", "what this machine pinned, signed, refused", 0, 0, false, false, verb_journal},
	{"selftest", "", "known answers, locked memory, sandbox", 0, 0, false, false, verb_selftest},
	{"sandbox-probe", "", "enter the sandbox, try a socket, be killed", 0, 0, false, false,
	 verb_sandbox_probe},
};

static void help(struct buf *out)
{
	buf_str(out, "setgov-signer: reads packets, signs them or says no; has no network\n\n");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		buf_fmt(out, "  %-14s %-24s %s\n", verbs[i].name, verbs[i].args, verbs[i].help);
	buf_str(out, "\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		buf_fmt(out, "  %-16s %-10s %s\n", options[i].name,
			options[i].value != NULL ? options[i].value : "", options[i].help);
	buf_str(out, "\nexit status: 0 done, 1 refused, 2 usage, 3 bad input, 4 the outside world\n");
}

/* ---- arguments ---- */

static const struct given *given_of(const struct signer *s, const char *name)
{
	for (size_t i = s->n_given; i-- > 0;)
		if (strcmp(s->given[i].name, name) == 0)
			return &s->given[i];
	return NULL;
}

const char *signer_option(const struct signer *s, const char *name)
{
	const struct given *g = given_of(s, name);
	return g != NULL ? g->value : NULL;
}

bool signer_flag(const struct signer *s, const char *name)
{
	return given_of(s, name) != NULL;
}

static const struct option *option_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, word) == 0)
			return &options[i];
	return NULL;
}

static bool parse(struct signer *s, int argc, char **argv, const struct verb **verb, struct err *e)
{
	*verb = NULL;
	s->args = ARENA_ARRAY(&s->arena, const char *, (size_t)argc + 1);
	s->given = ARENA_ARRAY(&s->arena, struct given, (size_t)argc + 1);
	for (int i = 1; i < argc; i++) {
		const struct option *o = argv[i][0] == '-' && argv[i][1] != '\0' ? option_of(argv[i]) : NULL;
		if (o == NULL && argv[i][0] == '-' && argv[i][1] != '\0')
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				       "no option %s; setgov-signer alone lists them", argv[i]);
		if (o != NULL && given_of(s, o->name) != NULL)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s is given twice", o->name);
		if (o != NULL && o->value != NULL && i + 1 == argc)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s needs a value: %s", o->name, o->value);
		if (o != NULL) {
			s->given[s->n_given++] = (struct given){ o->name, o->value != NULL ? argv[++i] : NULL };
			continue;
		}
		if (*verb != NULL) {
			s->args[s->n_args++] = argv[i];
			continue;
		}
		for (size_t k = 0; k < ARRAY_LEN(verbs); k++)
			if (strcmp(verbs[k].name, argv[i]) == 0)
				*verb = &verbs[k];
		if (*verb == NULL)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				       "no verb \"%s\"; setgov-signer alone lists them", argv[i]);
	}
	if (*verb != NULL && (s->n_args < (*verb)->min_args || s->n_args > (*verb)->max_args))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "usage: setgov-signer %s %s", (*verb)->name,
			       (*verb)->args);
	s->json = signer_flag(s, "--json");
	return true;
}

/* ---- inputs, as bytes ---- */

static bool read_input(struct signer *s, const char *path, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, PACKET_MAX, e);
	if (ok)
		s->inputs[s->n_inputs++] = (struct input){ path, arena_copy(&s->arena, buf_view(&b)) };
	buf_release(&b);
	return ok;
}

static bool read_inputs(struct signer *s, const struct verb *verb, struct err *e)
{
	s->inputs = ARENA_ARRAY(&s->arena, struct input, s->n_args + s->n_given + 1);
	for (size_t i = 0; verb->reads && i < s->n_args; i++)
		if (!read_input(s, s->args[i], e))
			return false;
	for (size_t i = 0; i < s->n_given; i++)
		if (option_of(s->given[i].name)->reads && !read_input(s, s->given[i].value, e))
			return false;
	return true;
}

bool signer_input(const struct signer *s, const char *path, struct span *out, struct err *e)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		if (strcmp(s->inputs[i].path, path) == 0) {
			*out = s->inputs[i].bytes;
			return true;
		}
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "%s was not read", path);
}

/* ---- secrets ---- */

struct secret *signer_passphrase(const struct signer *s, const char *question, struct err *e)
{
	const char *fd = signer_option(s, "--passphrase-fd");
	struct u256 v;
	uint64_t n;
	if (fd == NULL)
		return terminal_passphrase(&s->terminal, question, e);
	if (!u256_parse(&v, span_str(fd), e) || !u256_fits_u64(&v, &n) || n > 1023) {
		err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--passphrase-fd needs a descriptor");
		return NULL;
	}
	return terminal_passphrase_fd((int)n, e);
}

struct secret *signer_unlock(struct signer *s, const char *path, struct span file, struct secret *passphrase,
			     const struct addr *expect, struct err *e)
{
	struct secret *key = NULL;
	struct addr found;
	const struct json *doc = json_parse(&s->arena, file, e);
	if (doc == NULL || !keystore_open(&key, &found, NULL, doc, passphrase, e)) {
		err_file(e, path, 0);
		return NULL;
	}
	if (expect == NULL || addr_eq(&found, expect))
		return key;
	secret_free(key);
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the file opens to another key than it is named for");
	err_file(e, path, 0);
	return NULL;
}

bool signer_keystore(struct signer *s, const struct key_file *k, struct span *file, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, k->path, KEYSTORE_FILE_MAX, e);
	if (ok)
		*file = arena_copy(&s->arena, buf_view(&b));
	buf_release(&b);
	return ok;
}

/* ---- the door ---- */

static const char *directory_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	return slash == path ? "/" : arena_fmt(a, "%.*s", (int)(slash - path), path);
}

static bool find_home(struct signer *s, struct err *e)
{
	const char *given = signer_option(s, "--home"), *env = getenv("SETGOV_SIGNER_HOME"),
		   *home = getenv("HOME");
	if (given != NULL)
		s->home_dir = given;
	else if (env != NULL && env[0] != '\0')
		s->home_dir = env;
	else if (home != NULL && home[0] == '/')
		s->home_dir = arena_fmt(&s->arena, "%s/.setgov-signer", home);
	else
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "where are the keys? --home DIR");
	return home_make(s->home_dir, e);
}

static bool enter(struct signer *s, const struct verb *verb, struct err *e)
{
	const char *writable[ARRAY_LEN(options) + 64 + 1];
	size_t n = 0;
	writable[n++] = s->home_dir;
	for (size_t i = 0; i < s->n_given; i++)
		if (option_of(s->given[i].name)->writes)
			writable[n++] = directory_of(&s->arena, s->given[i].value);
	for (size_t i = 0; verb->beside && signer_option(s, "-o") == NULL && i < s->n_args; i++)
		writable[n++] = directory_of(&s->arena, s->args[i]);
	return sandbox_enter(writable, n, &s->landlocked, e);
}

static bool prepare(struct signer *s, const struct verb *verb, struct err *e)
{
	for (size_t i = 0; i < s->n_given; i++)
		if (s->given[i].value != NULL && !text_is_utf8(span_str(s->given[i].value)))
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s is not UTF-8", s->given[i].name);
	for (size_t i = 0; i < s->n_args; i++)
		if (!text_is_utf8(span_str(s->args[i])))
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "an argument is not UTF-8");
	return find_home(s, e) && read_inputs(s, verb, e);
}

static bool run(struct signer *s, const struct verb *verb, struct err *e)
{
	if (!prepare(s, verb, e))
		return false;
	terminal_open(&s->terminal);
	return enter(s, verb, e) && journal_open(&s->journal, s->home_dir, e) &&
	       home_open(&s->home, s->home_dir, e) && verb->run(s, e);
}

static void print(struct signer *s, bool ok)
{
	if (s->json && s->result != NULL && ok) {
		buf_clear(&s->text);
		json_pretty(&s->text, s->result);
		buf_byte(&s->text, '\n');
	}
	fwrite(s->text.p, 1, s->text.n, stdout);
	if (fflush(stdout) != 0)
		die("cannot write to standard output");
}

int main(int argc, char **argv)
{
	struct signer s = { .terminal = { .fd = -1 } };
	const struct verb *verb = NULL;
	struct err e = {0};
	bool ok = sandbox_harden(&e);
	s.interface = sandbox_interface_up(&s.arena);
	s.swap = sandbox_has_swap();
	ok = ok && parse(&s, argc, argv, &verb, &e);
	if (ok && verb == NULL)
		help(&s.text);
	else if (ok)
		ok = run(&s, verb, &e);
	print(&s, ok);
	const int status = ok ? 0 : err_exit_status(&e);
	if (!ok) {
		struct buf words = {0};
		err_format(&e, &words);
		fprintf(stderr, "setgov-signer: %s\n", buf_cstr(&words));
		buf_release(&words);
	}
	err_clear(&e);
	buf_release(&s.text);
	home_release(&s.home);
	journal_release(&s.journal);
	arena_release(&s.arena);
	return status;
}
