/* A log that goes on from a backup, as its line log.restored tells it (audit-log/FORMAT.md, section 11): after which
 * line, and how many lines somebody had seen before. Pure; what the log makes of all such lines is holes.h's. */
#ifndef SETGOV_GOV_RESTORED_H
#define SETGOV_GOV_RESTORED_H

#include "src/proof/line.h"

struct restored_line {
	uint64_t seq;                 /* its own */
	uint64_t last;                /* the line it goes on after */
	bool known;                   /* a checkpoint was shown */
	uint64_t seen, missing;       /* over so many lines, and so many of them are not there */
};
/* ERR_MISMATCH where it contradicts itself or the line before it. */
MUST_CHECK bool restored_read(struct restored_line *out, const struct line *l, struct err *e);
/* Another root over so many lines than the log has is of the lines that are lost: no fork. */
bool restored_explains(const struct restored_line *r, uint64_t size);

#define CHANGE_SERIES "SC"
/* What names of changes begin with that are drafted behind a log.restored with this id: "SCKFQ", so that no name is
 * given again that a lost line gave. */
#define SERIES_SIZE sizeof("SCKFQ")
void restored_series(char out[SERIES_SIZE], const uint8_t id[16]);
/* The number in "SC-7" and "SCKFQ-8"; 0: not one of these names. */
uint64_t series_number(struct span id);

#endif
