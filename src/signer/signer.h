/* One run of setgov-signer: what main() has ready when a verb runs, inside the sandbox. */
#ifndef SETGOV_SIGNER_SIGNER_H
#define SETGOV_SIGNER_SIGNER_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/signer/home.h"
#include "src/signer/journal.h"
#include "src/signer/terminal.h"

struct given {
	const char *name, *value;     /* value NULL: a flag */
};

/* A file that the command line names, read whole before the sandbox closed; not yet looked at. */
struct input {
	const char *path;
	struct span bytes;
};

struct root;
struct term;

struct signer {
	struct arena arena;
	const char **args;
	size_t n_args;
	struct given *given;
	size_t n_given;
	struct input *inputs; /* one for each argument, and one for each option that names a file to read */
	size_t n_inputs;
	const char *home_dir;
	struct home home;
	struct journal journal;
	struct terminal terminal;
	struct term *screen;          /* NULL: line by line */
	struct root *roots;           /* load: where packets are looked for */
	size_t n_roots;
	bool json, landlocked, swap;
	bool ascii;                   /* the terminal shows nothing else */
	const char *block_hash;       /* typed for the packet on the desk, instead of --block-hash; or NULL */
	const char *interface;        /* one that is up and is not loopback, or NULL */
	struct buf text;              /* result for people */
	struct json *result;          /* for --json */
	struct json *answers;         /* sign, decline: "answers" in it */
};

const char *signer_option(const struct signer *s, const char *name);      /* NULL: not given */
bool signer_flag(const struct signer *s, const char *name);
/* The values of an option that may repeat, one a call; NULL at the end. *i starts at 0. */
const char *signer_next(const struct signer *s, const char *name, size_t *i);
MUST_CHECK bool signer_input(const struct signer *s, const char *path, struct span *out, struct err *e);
/* --passphrase-fd; -1 when it is not given. */
MUST_CHECK bool signer_passphrase_fd(const struct signer *s, int *out, struct err *e);
/* From --passphrase-fd, or asked for on the terminal. */
MUST_CHECK struct secret *signer_passphrase(const struct signer *s, const char *question, struct err *e);
/* Opens one of our keystores (or a file read before). The caller frees the key. */
MUST_CHECK struct secret *signer_unlock(struct signer *s, const char *path, struct span file,
					struct secret *passphrase, const struct addr *expect, struct err *e);
MUST_CHECK bool signer_keystore(struct signer *s, const struct key_file *k, struct span *file, struct err *e);

/* A deployment of this class may be served on this kernel at all: ERR_REFUSED "SANDBOX" for production. */
MUST_CHECK bool signer_may_serve(const struct signer *s, enum deployment_class class, struct err *e);
/* A key of this class, an owner's or a new one, may be used on this machine: ERR_REFUSED "SANDBOX" or "ONLINE" for
 * production. */
MUST_CHECK bool signer_may_use_keys(const struct signer *s, enum deployment_class class, struct err *e);

/* Of a file; "." when its path names none. */
const char *signer_directory_of(struct signer *s, const char *path);

/* A key that the journal does not know, or knows for another class, is not finished, or was put here by
 * somebody else. */
void keys_check(struct signer *s);
void pins_check(struct signer *s);
/* A pinned policy counts while the journal has its digest; one that the journal has and the directory has not, or has
 * in other bytes, is lost, and its deployment signs nothing. */
void policies_check(struct signer *s);
/* A pinned list of releases counts while the journal has its digest; otherwise there is none, and what goes by a list
 * is refused; one that the journal has and the directory has not is lost, and no other is adopted in its place. */
void releases_check(struct signer *s);

/* The verbs: main.c has their table. */
bool verb_new(struct signer *s, struct err *e);
bool verb_import(struct signer *s, struct err *e);
bool verb_address(struct signer *s, struct err *e);
bool verb_trust(struct signer *s, struct err *e);
bool verb_trust_policy(struct signer *s, struct err *e);
bool verb_trust_releases(struct signer *s, struct err *e);
bool verb_load(struct signer *s, struct err *e);
bool verb_review(struct signer *s, struct err *e);
bool verb_sign(struct signer *s, struct err *e);
bool verb_decline(struct signer *s, struct err *e);
bool verb_adopt_policy(struct signer *s, struct err *e);
bool verb_adopt_releases(struct signer *s, struct err *e);
bool verb_attest(struct signer *s, struct err *e);
bool verb_cosign(struct signer *s, struct err *e);
bool verb_succeed(struct signer *s, struct err *e);
bool verb_sign_tx(struct signer *s, struct err *e);
bool verb_journal(struct signer *s, struct err *e);
bool verb_selftest(struct signer *s, struct err *e);
bool verb_sandbox_probe(struct signer *s, struct err *e);

#endif
