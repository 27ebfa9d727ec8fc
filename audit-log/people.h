/* Who the ids in lines are. A line has an id and nothing else; role and address are those of the profile that the log
 * had adopted by then, and the name is in a private blob that a line person.named names (FORMAT.md, section 17): it is
 * in no export, and two people can have it erased. Every such line is read, whatever a view says. */
#ifndef SETGOV_AUDIT_LOG_PEOPLE_H
#define SETGOV_AUDIT_LOG_PEOPLE_H

#include "audit-log/workspace.h"

#define PERSON_NAME_MAX ((size_t)200)         /* bytes */

struct people_profile {
	uint64_t seq;                 /* of the line that adopted it */
	const struct deployment *d;   /* NULL: its blob cannot be read */
};
struct people_name {
	uint64_t seq;
	struct unix_time time;
	struct span person;
	struct hash32 blob;
	struct span name;             /* empty: it is not here, and `missing` says why */
	const char *missing;          /* "name erased, line 45", "name withheld from this copy of the log" */
};
struct people {
	struct people_profile *profiles;      /* as adopted; the first is the one that the log was opened with */
	size_t n_profiles;
	struct people_name *names;            /* as given */
	size_t n_names;
};
MUST_CHECK bool people_look(struct workspace *ws, struct arena *a, struct people *out, struct err *e);

/* The person of the profile that was in force at this line; NULL: not in it, or it cannot be read. */
const struct person *people_at(const struct people *p, struct span id, uint64_t seq);
const struct person *people_by_address(const struct people *p, const struct addr *at, uint64_t seq);
/* The name that was given by then, or, where none had been, the first one given later; NULL: none. */
const struct people_name *people_name_at(const struct people *p, struct span id, uint64_t seq);
/* "Ada Example", "no name in the log", "name erased, line 45". */
struct span people_name_words(const struct people *p, struct span id, uint64_t seq);
/* "owner of the Safe", "in the profile, no owner", or why there is no role to tell. */
const char *people_role_words(const struct people *p, struct span id, uint64_t seq);
/* Both: "owner of the Safe: Ada Example", the role first, for a name may say anything. Of an id that no profile has,
 * what it is instead; nothing for no id. */
void people_who(struct buf *out, const struct people *p, struct span id, uint64_t seq);

/* What the blob of a name holds: canonical JSON, with 32 random bytes, or digests could be tried until one fits. */
void person_name_write(struct buf *out, struct span name);
/* Borrows from the arena. ERR_SYNTAX, ERR_RANGE naming the member. */
MUST_CHECK bool person_name_parse(struct arena *a, struct span *name, struct span text, struct err *e);

#endif
