/* setgov-signer: the only program that holds a key. This file can be read from top to bottom; it says in which
 * order the protections come and why, and then hands over to the verbs.
 *
 *  1. harden      no core dump, no debugger, no new privileges: before a single byte of anybody's is read
 *  2. look        which interfaces are up, whether the machine swaps: /sys and /proc are out of sight later
 *  3. arguments   from the table below
 *  4. inputs      every file that the command line names is read whole, as bytes. Nothing is parsed yet: a
 * parser with a hole must be inside the sandbox when it meets a hostile file
 *  5. terminal    opened by us, so that a passphrase goes through nobody's pipe; a full screen needs terminfo and the
 * environment, which are gone later
 *  6. sandbox     the state directory and the answer's directory (to choose packets: what sandbox.h says) are
 * all that is left of the file system; no
 * system call for a network, a program or a thread is left at all (sandbox.c)
 *  7. the verb    parses, judges, shows, asks, unlocks, signs, writes. The journal's line is on disk before an
 * answer is
 *
 * Read next: session.c, which is step 7; then review.c, and src/gov/packet_check.c, which decides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/text.h"
#include "src/gov/packet.h"
#include "src/signer/browse.h"
#include "src/signer/sandbox.h"
#include "src/signer/signer.h"
#include "tui/kit/charset.h"
#include "tui/kit/term.h"

struct option {
	const char *name, *value;     /* value NULL: a flag */
	const char *of;               /* the verbs that take it, or NULL: all */
	const char *help;
	enum {
		PLAIN,
		READS = 1,            /* names a file to be read before the sandbox */
		WRITES = 2,           /* names one to be written inside it */
		READS_BACK = 4,       /* and read again there */
		REPEATS = 8,          /* may be given more than once */
	} how;
};
static const struct option options[] = {
	{"--home", "DIR", NULL, "keys, pins, journal (else $SETGOV_SIGNER_HOME, else ~/.setgov-signer)", PLAIN},
	{"--json", NULL, NULL, "one JSON document on standard output", PLAIN},
	{"--plain", NULL, NULL, "line by line, no full screen", PLAIN},
	{"--class", "CLASS", "new import", "production, test or rehearsal", PLAIN},
	{"--copy", "FILE", "new", "where the second copy goes", WRITES | READS_BACK},
	{"--light", NULL, "new", "a weaker seal, for tests and rehearsals", PLAIN},
	{"--passphrase-fd", "N", "new import sign cosign succeed adopt-policy adopt-releases attest sign-tx",
	 "read the passphrase there, one line", PLAIN},
	{"--expect", "HASH", "trust trust-policy trust-releases adopt-policy adopt-releases sign cosign succeed",
	 "deployment id; digest of policy or list; each safeTxHash, or the root, as others read it", REPEATS},
	{"--for", "ID", "trust-policy trust-releases", "the deployment, where several are pinned", PLAIN},
	{"--block-hash", "HASH", "review sign load", "of the block that state proofs are about, from another source",
	 PLAIN},
	{"--compared", "WHO", "sign load", "signer, own or nobody", PLAIN},
	{"--key", "ADDRESS", "sign load decline cosign succeed adopt-policy adopt-releases sign-tx", "which key",
	 PLAIN},
	{"-o", "FILE", "sign decline cosign succeed adopt-policy adopt-releases attest",
	 "where the answer goes (default: beside the packet)", WRITES},
	{"--log-lines", "FILE", "cosign succeed", "the log's lines that changed its key: setgov log keys --lines",
	 READS},
	{"--reason", "TEXT", "decline", "why", PLAIN},
	{"--verify", NULL, "journal", "say only whether it is whole, and its head", PLAIN},
	{"--lines", NULL, "journal", "the change log's lines it keeps, for setgov restore --lines", PLAIN},
	{"--step", "STEP", "sign-tx", "schedule, execute or cancel", PLAIN},
	{"--nonce", "N", "sign-tx", "the payer's", PLAIN},
	{"--gas", "N", "sign-tx", "the limit", PLAIN},
	{"--max-fee", "WEI", "sign-tx", "per gas, all in", PLAIN},
	{"--max-priority", "WEI", "sign-tx", "per gas, for the block's maker", PLAIN},
	{"--direct", NULL, "sign-tx", "the payer holds the timelock's role and calls it himself", PLAIN},
	{"--key-file", "FILE", "sign-tx", "the payer's keystore", READS},
};

struct verb {
	const char *name, *args, *help;
	size_t min_args, max_args;
	bool reads, beside;           /* its arguments are files; it writes beside them */
	bool screen;                  /* it has a full screen */
	bool (*run)(struct signer *, struct err *);
};
static const struct verb verbs[] = {
	{"new", "--copy FILE", "make a key, and read its second copy back", 0, 0, false, false, false, verb_new},
	{"import", "FILE", "take in a keystore file", 1, 1, true, false, false, verb_import},
	{"address", "", "the keys on this machine", 0, 0, false, false, false, verb_address},
	{"trust", "FILE", "pin a deployment profile", 1, 1, true, false, false, verb_trust},
	{"trust-policy", "FILE", "pin a policy for packets to be judged by, or an adoption's", 1, 1, true, false,
	 false, verb_trust_policy},
	{"adopt-policy", "ADOPTION", "sign that a policy takes the place of the pinned one", 1, 1, true, true, false,
	 verb_adopt_policy},
	{"trust-releases", "FILE", "pin the list of code that may be installed, or an adoption's", 1, 1, true, false,
	 false, verb_trust_releases},
	{"adopt-releases", "ADOPTION", "sign that a list of releases takes the place of the pinned one", 1, 1, true,
	 true, false, verb_adopt_releases},
	{"load", "[DIR...]", "choose packets below /media, /mnt, here, or in DIR", 0, 16, false, false, true,
	 verb_load},
	{"review", "PACKET|ADOPTION", "what it will do; no key needed", 1, 1, true, false, true, verb_review},
	{"sign", "PACKET...", "read, confirm, sign", 1, 64, true, true, true, verb_sign},
	{"decline", "PACKET --reason TEXT", "say no", 1, 1, true, true, false, verb_decline},
	{"cosign", "NOTE", "vouch for a checkpoint of the log: moves nothing on chain", 1, 1, true, true, false,
	 verb_cosign},
	{"succeed", "NOTE", "the log's key is lost: vouch for a new one", 1, 1, true, true, false, verb_succeed},
	{"attest", "CHALLENGE", "show to have a key that a change gives power to", 1, 1, true, true, false,
	 verb_attest},
	{"sign-tx", "PACKET --step S ...", "the outer transaction, with a payer's key", 1, 1, true, false, false,
	 verb_sign_tx},
	{"journal", "", "what this machine pinned, signed, refused", 0, 0, false, false, false, verb_journal},
	{"selftest", "", "known answers, locked memory, sandbox", 0, 0, false, false, false, verb_selftest},
	{"sandbox-probe", "", "enter the sandbox, try a socket, be killed", 0, 0, false, false, false,
	 verb_sandbox_probe},
};

static void help(struct buf *out)
{
	buf_str(out, "setgov-signer: reads packets, signs them or says no; has no network\n\n");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		buf_fmt(out, "  %-14s %-24s %s\n", verbs[i].name, verbs[i].args, verbs[i].help);
	buf_str(out, "\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct option *o = &options[i];
		buf_fmt(out, "  %-16s %-8s %s%s%s\n", o->name, o->value != NULL ? o->value : "",
			o->of != NULL ? o->of : "", o->of != NULL ? ": " : "", o->help);
	}
	buf_str(out, "\nexit status: 0 done, 1 refused, 2 usage, 3 bad input, 4 the outside world\n");
}

/* ---- arguments ---- */

static const struct option *option_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, word) == 0)
			return &options[i];
	return NULL;
}

static const struct verb *verb_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

static bool takes(const struct option *o, const struct verb *v)
{
	const size_t n = strlen(v->name);
	for (const char *p = o->of; p != NULL; p = strchr(p, ' '), p += p != NULL)
		if (strcspn(p, " ") == n && strncmp(p, v->name, n) == 0)
			return true;
	return o->of == NULL;
}

static bool parse_option(struct signer *s, char **argv, int *i, struct err *e)
{
	const struct option *o = option_of(argv[*i]);
	if (o == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "no option %s; setgov-signer alone lists them",
			       argv[*i]);
	if (signer_flag(s, o->name) && (o->how & REPEATS) == 0)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s is given twice", o->name);
	if (o->value != NULL && argv[*i + 1] == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s needs a value: %s", o->name, o->value);
	s->given[s->n_given++] = (struct given){ o->name, o->value != NULL ? argv[++*i] : NULL };
	return true;
}

static bool check_arguments(const struct signer *s, const struct verb *verb, struct err *e)
{
	if (s->n_args < verb->min_args || s->n_args > verb->max_args)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "usage: setgov-signer %s %s", verb->name,
			       verb->args);
	for (size_t i = 0; i < s->n_given; i++)
		if (!takes(option_of(s->given[i].name), verb))
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "%s takes no %s", verb->name,
				       s->given[i].name);
	return true;
}

static bool at_a_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* *verb NULL: help was asked for. */
static bool parse(struct signer *s, int argc, char **argv, const struct verb **verb, struct err *e)
{
	*verb = NULL;
	s->args = ARENA_ARRAY(&s->arena, const char *, (size_t)argc + 1);
	s->given = ARENA_ARRAY(&s->arena, struct given, (size_t)argc + 1);
	for (int i = 1; i < argc; i++)
		if (!text_is_utf8(span_str(argv[i])))
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "argument %d is not UTF-8", i);
	if (argc < 2 && at_a_terminal())
		*verb = verb_of("load");
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return true;
	for (int i = 1; i < argc; i++) {
		const bool option = argv[i][0] == '-' && argv[i][1] != '\0';
		if (option && !parse_option(s, argv, &i, e))
			return false;
		else if (!option && *verb != NULL)
			s->args[s->n_args++] = argv[i];
		else if (!option && (*verb = verb_of(argv[i])) == NULL)
			return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				       "no verb \"%s\"; setgov-signer alone lists them", argv[i]);
	}
	s->json = signer_flag(s, "--json");
	if (*verb == NULL && at_a_terminal() && !s->json)        /* options alone: --home DIR */
		*verb = verb_of("load");
	return *verb != NULL ? check_arguments(s, *verb, e)
			     : err_set(e, ERR_USAGE, ERR_NO_OFFSET,
				       "what is to be done? setgov-signer alone lists it");
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
		if ((option_of(s->given[i].name)->how & READS) != 0 && !read_input(s, s->given[i].value, e))
			return false;
	return true;
}

/* ---- the door ---- */

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
	s->home_dir = arena_str(&s->arena, span_str(s->home_dir));
	if (!text_is_utf8(span_str(s->home_dir)))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the name of the signer's directory is not UTF-8");
	return home_make(s->home_dir, e);
}

/* An answer goes where -o says, or beside its packet; from there nothing can be read but a second copy of a
 * key. */
static bool enter(struct signer *s, const struct verb *verb, struct err *e)
{
	struct sandbox_dir *dirs = ARENA_ARRAY(&s->arena, struct sandbox_dir, s->n_given + s->n_args + s->n_roots + 1);
	size_t n = 0;
	dirs[n++] = (struct sandbox_dir){ s->home_dir, true };
	for (size_t i = 0; i < s->n_given; i++) {
		const struct option *o = option_of(s->given[i].name);
		if ((o->how & WRITES) != 0)
			dirs[n++] = (struct sandbox_dir){ signer_directory_of(s, s->given[i].value),
							  (o->how & READS_BACK) != 0 };
	}
	for (size_t i = 0; i < s->n_roots; i++)
		dirs[n++] = (struct sandbox_dir){ s->roots[i].path, true };
	for (size_t i = 0; verb->beside && signer_option(s, "-o") == NULL && i < s->n_args; i++)
		dirs[n++] = (struct sandbox_dir){ signer_directory_of(s, s->args[i]), false };
	return sandbox_enter(dirs, n, &s->landlocked, e);
}

/* Curses parses descriptions of terminals before the sandbox closes: it gets those of the system, and none that whoever
 * set the environment, or wrote into the home directory, would have it read. */
static void use_system_terminfo(void)
{
	if (unsetenv("TERMINFO") != 0 || unsetenv("TERMCAP") != 0 || unsetenv("HOME") != 0 ||
	    setenv("TERMINFO_DIRS", "/etc/terminfo:/lib/terminfo:/usr/share/terminfo", 1) != 0)
		die("cannot change the environment");
}

/* A person with a terminal that can do it gets the full screen; curses needs the environment, and files that are out of
 * sight later. A terminal that cannot is spoken to line by line. */
static void open_terminal(struct signer *s, const struct verb *verb)
{
	static const char *const lines[] = { "--plain", "--json", "--expect", "--passphrase-fd" };
	bool full = verb->screen && at_a_terminal();
	struct err no = {0};
	terminal_open(&s->terminal);
	if (!terminal_is_there(&s->terminal))
		return;
	s->ascii = !charset_is_utf8();
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		full = full && !signer_flag(s, lines[i]);
	if (full) {
		use_system_terminfo();
		s->screen = term_curses_open(s->terminal.fd, &no);
	}
	err_clear(&no);
}

static bool run(struct signer *s, const struct verb *verb, struct err *e)
{
	int keep[1];
	if (!find_home(s, e) || !signer_passphrase_fd(s, &keep[0], e))
		return false;
	sandbox_close_others(keep, 1);
	if (!read_inputs(s, verb, e))
		return false;
	open_terminal(s, verb);
	if (verb->run == verb_load)
		s->n_roots = browse_roots(&s->arena, &s->roots, s->args, s->n_args);
	if (clearenv() != 0)
		die("cannot clear the environment");
	if (!enter(s, verb, e) || !journal_open(&s->journal, s->home_dir, e) ||
	    !home_open(&s->home, s->home_dir, e))
		return false;
	keys_check(s);
	pins_check(s);
	policies_check(s);
	releases_check(s);
	return verb->run(s, e);
}

/* ---- what comes out ---- */

static struct json *error_json(struct arena *a, const struct err *e)
{
	struct json *o = json_object(a);
	struct buf what = {0};
	text_safe(&what, buf_view(&e->what), false);
	if (e->refusal != NULL)
		json_set(o, a, "code", json_str(a, e->refusal));
	if (e->file.n > 0)
		json_set(o, a, "file", json_text(a, buf_view(&e->file)));
	if (e->field.n > 0)
		json_set(o, a, "field", json_text(a, buf_view(&e->field)));
	if (e->at != ERR_NO_OFFSET)
		json_set(o, a, "byte", json_u64(a, e->at));
	json_set(o, a, "what", json_text(a, buf_view(&what)));
	buf_release(&what);
	return o;
}

static void print(struct signer *s, const struct err *e)
{
	if (s->json && err_is_set(e)) {
		if (s->result == NULL || s->result->type != JSON_OBJECT)
			s->result = json_object(&s->arena);
		json_set(s->result, &s->arena, "error", error_json(&s->arena, e));
	}
	if (s->json && s->result != NULL) {
		buf_clear(&s->text);
		json_pretty(&s->text, s->result);
		buf_byte(&s->text, '\n');
	}
	fwrite(s->text.p, 1, s->text.n, stdout);
	if (fflush(stdout) != 0)
		die("cannot write to standard output");
}

static void print_error(const struct err *e)
{
	struct buf words = {0}, safe = {0};
	err_format(e, &words);
	text_safe(&safe, buf_view(&words), false);
	fprintf(stderr, "setgov-signer: %s\n", buf_cstr(&safe));
	buf_release(&words);
	buf_release(&safe);
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
	term_close(s.screen);
	print(&s, &e);
	if (!ok)
		print_error(&e);
	const int status = ok ? 0 : err_exit_status(&e);
	err_clear(&e);
	buf_release(&s.text);
	home_release(&s.home);
	journal_release(&s.journal);
	arena_release(&s.arena);
	return status;
}
