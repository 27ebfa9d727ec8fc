/* Whose signature counts under a checkpoint of the log, size by size: line 0 names the first key, each line
 * log.key-rotated the one that takes over with the old one's word for it, each line log.key-succeeded the one that as
 * many owners as the Safe asks for put in the place of a lost one (audit-log/FORMAT.md, section 5). Whoever reads a log
 * follows them from line 0 on; whoever only has the first key's word follows the same lines. */
#ifndef SETGOV_GOV_LOG_KEYS_H
#define SETGOV_GOV_LOG_KEYS_H

#include "src/gov/message.h"
#include "src/proof/handover.h"
#include "src/proof/line.h"

struct log_reign {
	struct note_key key;
	struct span vkey, note;       /* note: by which it took over; empty for the first */
	bool succeeded;               /* by the owners' word */
	bool believed;                /* and nobody counted them: whose owners they would be was not known */
	uint64_t line;                /* that names it: checkpoints over more lines than that are its own */
};
struct log_keys {                     /* {0} and an arena to begin with */
	struct arena *a;
	struct log_reign *v;          /* oldest first */
	size_t n, cap;
};

/* One more, as a hand-over that somebody else has judged says it. */
void log_keys_add(struct log_keys *k, const struct handover *h, struct span note);
void log_keys_copy(struct log_keys *k, const struct log_reign *r);
/* Which profile the lines adopted, and where. */
struct log_profile {
	uint64_t seq;
	struct hash32 profile;
};
struct log_profiles {
	struct log_profile *v;
	size_t n, cap;
};
/* A line that adopts one; others change nothing. What names none adopts one that nobody has: zeros. */
void log_profiles_take(struct log_profiles *p, struct arena *a, const struct line *l);
/* The one adopted last within the first `size` lines; zeros. */
struct hash32 log_profiles_at(const struct log_profiles *p, uint64_t size);
/* Line 0: body.logKey, which has to be of the log that body.origin names. */
MUST_CHECK bool log_keys_open(struct log_keys *k, const struct line *opening, struct err *e);
/* A log that is being made. */
void log_keys_begin(struct log_keys *k, const struct note_key *first);
/* The lines before, for whoever has them: the root over the first `size`, and the deployment that they adopted last;
 * NULL: its profile is not there. */
struct log_past {
	bool (*root)(void *ctx, uint64_t size, struct hash32 *out, struct err *e);
	const struct deployment *(*deployment)(void *ctx, uint64_t size);
	const struct log_profiles *profiles;  /* all that were adopted; or the one that the line rests on, proven */
	void *ctx;
};
/* A line that changes the key; others change nothing. `before` is the head over the lines before it. Owners are those
 * that the lines under the old key's last checkpoint name, which a succession carries: what came after it nobody
 * signed, so whoever can write the file could have named himself there. Where their profile is not there their
 * signatures are believed, and the reign says so. ERR_MISMATCH (of other lines, another log, the same key again,
 * another profile than the one adopted last there), ERR_CRYPTO (a key has not signed), ERR_REFUSED "OWNERS" (too few),
 * and what message_count() says. */
MUST_CHECK bool log_keys_take(struct log_keys *k, const struct line *l, const struct tree_head *before,
			      const struct log_past *past, struct err *e);
/* Of a line that was taken with the one profile that it rests on: is that the newest of all that there were before the
 * line, and under its checkpoint? */
MUST_CHECK bool log_keys_rest_on_newest(const struct line *l, const struct log_profiles *p, struct err *e);
/* The same by the line's words alone, for whoever does not have the lines before. The owners may go
 * back: to a key that is known, whose followers, lost with lines that nobody has any more, are then forgotten. */
MUST_CHECK bool log_keys_follow(struct log_keys *k, const struct line *l, const struct deployment *d, struct err *e);
/* The other way: the line by which the oldest key that is known took over names the one before it, in words that the
 * known key itself signed. */
MUST_CHECK bool log_keys_precede(struct log_keys *k, const struct line *l, struct err *e);
bool log_keys_changes(const struct line *l);                  /* by its kind */
/* The key that signs checkpoints over `size` lines. */
const struct log_reign *log_keys_at(const struct log_keys *k, uint64_t size);
const struct log_reign *log_keys_now(const struct log_keys *k);
/* One of them, by the text of its vkey; NULL. */
const struct log_reign *log_keys_named(const struct log_keys *k, struct span vkey);
/* LogSuccession over a hand-over, and how many owners it takes: the Safe's threshold, as the profile has it. */
struct message log_succession(const struct handover *h);
size_t log_succession_needs(const struct deployment *d);
/* At least `needs` different owners have signed it, and nobody else. ERR_REFUSED "OWNERS", or what message_count()
 * says. */
MUST_CHECK bool log_succession_counts(const struct handover *h, const struct deployment *d, size_t needs,
				      const struct message_signature *v, size_t n, struct err *e);

#endif
