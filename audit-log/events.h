/* <log>.chain.db: the events of the Safe and the timelock that were read already, so that a second look reads only what
 * is new. A node's word, and disposable: what does not fit, or cannot be read, is dropped without a word and read
 * again.
 * Where no file can be written it lives in memory. It lies where this user keeps state, not in the workspace: a false
 * mark in it would hide an operation that the log does not know, and nobody but its owner is to write one.
 *
 * Marks say how far was read: a block and its hash. A mark whose hash the chain no longer has is dropped, and with it
 * every event behind the mark before. */
#ifndef SETGOV_AUDIT_LOG_EVENTS_H
#define SETGOV_AUDIT_LOG_EVENTS_H

#include "src/gov/event.h"

#define EVENTS_MAX ((size_t)200000)                /* of one deployment */
#define EVENT_DATA_MAX ((size_t)256 << 10)
#define EVENTS_BYTES_MAX ((size_t)128 << 20)       /* their data, together */

struct events;
struct events_mark { uint64_t block; struct hash32 hash; };

/* Opens the file at path. What it remembers of another deployment, or from another first block on, is forgotten. */
struct events *events_open(const char *path, const struct hash32 *deployment, uint64_t first_block);
void events_release(struct events *s);             /* NULL is fine */

/* The newest mark; false: nothing was read yet. */
bool events_mark(struct events *s, struct events_mark *out);
/* Drops the newest mark and the events behind the one before. */
MUST_CHECK bool events_drop_mark(struct events *s, struct err *e);
/* Events behind the newest mark `since` (NULL: there was none), up to this one, which becomes the newest. All of it or
 * nothing: nothing, and no error, when another process has moved the newest mark meanwhile. ERR_RANGE when they are
 * more than is kept. */
MUST_CHECK bool events_add(struct events *s, const struct events_mark *since, const struct chain_event *v, size_t n,
			   const struct events_mark *upto, struct err *e);
/* All of them, in the chain's order; in the arena. */
MUST_CHECK bool events_all(struct events *s, struct arena *a, struct chain_event **out, size_t *n, struct err *e);

#endif
