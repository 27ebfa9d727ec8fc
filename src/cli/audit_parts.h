/* Inside `setgov audit`: what its parts share. Each part finds, says nothing, and leaves what it found here;
 * cmd_audit.c says it. */
#ifndef SETGOV_CLI_AUDIT_PARTS_H
#define SETGOV_CLI_AUDIT_PARTS_H

#include "src/cli/command.h"
#include "src/cli/export_read.h"
#include "src/cli/recount.h"

struct counts { size_t chain, before, both, chain_only, log_only; };

/* An event or a line that the other side does not have. */
struct audit_event {
	enum population population;
	uint64_t block;
	struct hash32 tx;
	const char *words;
	bool in_log;                  /* it is a line */
};
struct audit_events { struct audit_event *v; size_t n, cap; };

/* Something that is or is not as it should be. */
enum audit_verdict { AUDIT_OK, AUDIT_LOOK, AUDIT_DIFFERS };
struct audit_fact { enum audit_verdict verdict; const char *words; };
struct audit_facts { struct audit_fact *v; size_t n, cap; };

struct audit_contract {               /* of any profile that the log adopted */
	struct addr at;
	uint64_t began;               /* up to this block there was no log, or it was not in it */
};

struct audit {
	struct cli *cli;
	struct arena *a;
	struct export_read x;
	struct chain chain;
	uint64_t from, to;
	struct block end;             /* block `to` */
	bool end_given;               /* its hash is the auditor's own */
	struct audit_contract *contracts;
	size_t n_contracts;
	uint64_t began;               /* the log's first line is younger than this block */
	const char *began_by;         /* whose word that is */
	struct hash32 topics[RECOUNT_EVENTS];
	const struct chain_log *logs;
	size_t n_logs;
	const struct export_step **by_tx;     /* the log's steps, by transaction */
	const struct chain_log **by_log;      /* the chain's events, by transaction */
	bool *taken;                  /* of each of them: some call of the log's explains it */
	struct counts counts[N_POPULATIONS];
	struct audit_events differences, before;
	struct audit_facts files;     /* what the export shows */
	struct audit_facts anchors;   /* roots that the chain has seen */
	struct audit_facts opening;   /* the profile, when the log began */
	struct audit_facts counters;  /* what cannot be left out */
	struct audit_facts unchecked;
};

void audit_push(struct audit *t, struct audit_events *where, const struct audit_event *what);
/* printf-like. */
void audit_note(struct audit *t, struct audit_facts *where, enum audit_verdict verdict, const char *fmt, ...)
	PRINTF(4, 5);
/* *e in words, as a thing that was not checked; cleared. */
void audit_not_checked(struct audit *t, const char *what, struct err *e);
/* "0x… (p3), 0x…" */
const char *audit_addresses(const struct audit *t, const struct addr *v, size_t n);
/* What is read from here on is read at this block. */
void audit_pin(struct audit *t, const struct block *b);

/* ---- the export itself (audit_files.c) ---- */

void audit_files(struct audit *t);

/* ---- where the log begins (audit_begin.c) ---- */

/* Contracts of all profiles, and since when they are watched. */
MUST_CHECK bool audit_begin(struct audit *t, struct err *e);
/* What the profile of line 0 claims, against the chain when the log began. */
void audit_opening(struct audit *t);

/* ---- events (audit_match.c) ---- */

/* Every event against the steps, every step against the events, and the salts. */
void audit_match(struct audit *t);

/* ---- what a node cannot leave out (audit_prove.c) ---- */

/* State, proven, against the events that a node gave and the lines of the log: the Safe's count of its transactions,
 * what the timelock keeps of each operation, and everything whose last event says what it is. */
void audit_count(struct audit *t);

/* ---- what the headers say (audit_headers.c) ---- */

/* With --headers: no event of the blocks was left out. */
void audit_headers(struct audit *t);

#endif
