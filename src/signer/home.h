/* The signer's directory: keys, the class each was made for, and pinned deployments.
 *
 *     keys/0x….json    a keystore V3            keys/0x….class    production, test or rehearsal
 *     pins/<id>.json   the identity part of a profile, canonical: its name is its SHA-256
 *     pins/<id>.policy the policy pinned for that deployment, canonical; the journal has its digest
 *     pins/<id>.replaced  the one whose place it took
 *     pins/<id>.releases   the list of releases, likewise
 *     journal.jsonl    journal.h */
#ifndef SETGOV_SIGNER_HOME_H
#define SETGOV_SIGNER_HOME_H

#include "src/base/arena.h"
#include "src/base/err.h"
#include "src/policy/adoptable.h"

struct key_file {
	struct addr address;
	enum deployment_class class;
	const char *path;
	bool finished;                /* the journal knows it, and for this class (keys_check) */
};
struct pin {
	struct deployment deployment;
	const char *path;
	const struct policy *policy;  /* pinned for it, or NULL */
	const struct policy *replaced;        /* whose place that one took by the owners' signatures; NULL: none */
	const struct releases *releases;      /* pinned for it, or NULL */
	bool policy_lost;             /* the journal pinned one, and it is not here: nothing is signed */
	bool releases_lost;           /* likewise: what goes by a list is refused, and no list is adopted */
};
struct home {
	struct arena arena;
	const char *dir;
	struct key_file *keys;
	size_t n_keys;
	struct pin *pins;
	size_t n_pins;
};

/* Makes the directories (0700) that are missing. Needs no files but those below `dir`. */
MUST_CHECK bool home_make(const char *dir, struct err *e);
/* Reads everything. A pin that is not what its name says is ERR_REFUSED "PIN"; a key without its class
 * ERR_REFUSED "KEY". */
MUST_CHECK bool home_open(struct home *h, const char *dir, struct err *e);
void home_release(struct home *h);

const struct key_file *home_key(const struct home *h, const struct addr *a);          /* NULL: no such */
const struct pin *home_pin(const struct home *h, const struct hash32 *id);
/* An owner of any pinned deployment: such a key signs no transaction. */
bool home_is_any_owner(const struct home *h, const struct addr *a);

/* ERR_REFUSED "EXISTS"; an unfinished one is replaced. The caller adds the journal's line. */
MUST_CHECK bool home_add_key(struct home *h, const struct addr *a, enum deployment_class class,
			     struct span keystore, struct err *e);
/* Takes back a key that was not finished: its second copy could not be read. */
void home_remove_key(struct home *h, const struct addr *a);
MUST_CHECK bool home_add_pin(struct home *h, const struct deployment *d, const struct pin *replaces,
			     struct err *e);

/* Beside the pin: in the place of what was there of its kind. */
MUST_CHECK bool home_add_adopted(struct home *h, const struct hash32 *deployment, const struct adoptable *x,
				 struct err *e);
MUST_CHECK bool home_keep_replaced(struct home *h, const struct hash32 *deployment, const struct policy *p,
				   struct err *e);

MUST_CHECK bool class_parse(enum deployment_class *out, struct span text, struct err *e);

#endif
