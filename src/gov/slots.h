/* Storage slots that have names: where a contract keeps what a getter says, from contracts/layouts.json, which is
 * compiled in (docs/catalogue.md has its format). So a proven word can be read as a value, and a storage difference
 * be given a name. Pure; what a word is comes from proven.h or from a node's trace. */
#ifndef SETGOV_GOV_SLOTS_H
#define SETGOV_GOV_SLOTS_H

#include "src/gov/catalogue.h"

struct slot_rules;                /* parsed; lives as long as its arena */

MUST_CHECK const struct slot_rules *slot_rules_parse(struct arena *a, struct span text, struct err *e);

enum slot_kind { SLOT_NUMBER, SLOT_ADDRESS, SLOT_FLAG, SLOT_LISTED, SLOT_SECONDS, SLOT_TIME, SLOT_TEXT };

struct named_slot {
	struct addr at;
	struct hash32 slot;
	unsigned offset, size;        /* bytes of the word, from its least significant end */
	enum slot_kind kind;
	const char *name;             /* "registry.authorizedSequencers(0x…)", or in words */
	struct span getter, field;    /* which says the same; "(…)" when there is none */
};

struct slot_list {
	struct arena *a;
	struct named_slot *v;
	size_t n, cap;
};

/* What decides about a change: the Safe, the timelock (`operation` may be NULL), the code and owner of every contract
 * that its calls reach, and what its actions read back. Without the Safe's lists of owners and modules, whose slots
 * depend on who is in them: slot_listed() names one of those. */
MUST_CHECK bool slots_deciding(struct slot_list *out, const struct pinned *p, const struct json *actions,
			       struct calls calls, const struct hash32 *operation, struct err *e);
/* What a report of the whole deployment proves: of every contract what decides, ERC-1967's admin of every proxy, the
 * timelock's roles of each of `holders`, and whether each of `members` is an owner of the Safe, or a module. */
struct slots_about { const struct addr *holders, *members; size_t n_holders, n_members; };
void slots_governing(struct slot_list *out, const struct pinned *p, const struct slots_about *q);
/* The slot behind a getter of a contract of the profile, "(guard)" or "hasRole(bytes32,address)"; `keys`: its
 * arguments, a word each. False: no rule says. */
bool slot_behind(struct hash32 *slot, const struct pinned *p, const struct addr *at, const char *getter,
		 const struct hash32 *keys);
/* ERC-1967: who may change the code of a proxy that asks nobody else. */
#define SLOT_PROXY_ADMIN "(admin)"
/* Every slot of a contract of the profile that its rules can name without arguments or with arguments out of `keys`. */
void slots_known(struct slot_list *out, const struct pinned *p, const struct hash32 *keys, size_t n_keys);
/* The one behind `getter` of this contract with these arguments; false: nobody knows where it lies. */
bool slot_of(struct slot_list *one, const struct pinned *p, const struct contract *c, struct span getter,
	     const struct hash32 *keys, size_t n_keys);
/* What a slot's part of this word is, as a word of its own. */
struct hash32 slot_value(const struct named_slot *s, const struct hash32 *word);
/* The Safe's list of owners, or of modules: the slot that says who comes after `member`. */
void slot_listed(struct hash32 *slot, bool modules, const struct addr *member);
#define SLOT_SENTINEL ((struct addr){ .b = { [19] = 1 } })

/* `getter` counts what `of` lists, is computed from it, or shows it among others: it changes when that does. */
bool slot_follows(const struct pinned *p, const struct contract *c, struct span getter, struct span of);
/* `getter` gives the entries of a list, and `next` the key under which the next one will be. */
bool slot_is_entry(const struct pinned *p, const struct contract *c, struct span getter, struct span next);

/* The next named value in this word, from index *i on; NULL at the end. One word may hold several. */
const struct named_slot *slots_at(const struct slot_list *list, size_t *i, const struct addr *at,
				  const struct hash32 *slot);
/* The slots behind what an action reads back. None: nobody knows where it lies. */
void slots_of_read(struct slot_list *out, const struct pinned *p, const struct action_read_back *b);
/* The value in a word as abi_value_format() writes what the getter says. False: it is not in this word alone. */
bool slot_text(struct buf *out, const struct named_slot *s, const struct hash32 *word);
/* The same with what it means where that is not plain. */
void slot_say(struct arena *a, struct buf *out, const struct named_slot *s, const struct deployment *d,
	      const struct hash32 *word);

#endif
