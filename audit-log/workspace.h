/* A workspace: one directory with a log, a profile and this machine's view of them. What commands and console share:
 * opening it, folding changes out of the log, writing lines in the actor's name.
 *
 *     deployment.json              the profile; its identity part must be the newest one that the log adopted
 *     log.db, log.key, views.db    audit-log/log.h
 *     packets/                     what `packet` writes when no -o says otherwise */
#ifndef SETGOV_AUDIT_LOG_WORKSPACE_H
#define SETGOV_AUDIT_LOG_WORKSPACE_H

#include "audit-log/append.h"
#include "audit-log/views.h"
#include "src/gov/catalogue.h"
#include "src/gov/change.h"

#define PROFILE_MAX ((size_t)1 << 20)
#define LOCAL_ACTOR "console"         /* when --as names nobody */

struct folded;

struct workspace {
	struct arena arena;
	const char *dir;
	const char *remember;         /* where checkpoints are remembered outside the log's directory */
	struct log *log;
	struct views *views;
	struct folded *folded;        /* workspace_fold() */
	struct deployment deployment;
	struct pinned pin;
	const char *warning;          /* only looked at: it is not the log that this machine remembers; or NULL */
	struct span actor, auth;      /* --as: claimed; otherwise whoever runs this, as the system knows him */
};

/* ERR_MISSING when there is none; ERR_REFUSED "DEPLOYMENT" when deployment.json is not what the log adopted
 * last. */
MUST_CHECK bool workspace_open(struct workspace *ws, const char *dir, bool append, const char *as,
			       struct err *e);
void workspace_release(struct workspace *ws);
/* How many lines workspace_open() would read before it returns (views_behind); 0 also where there is no workspace. */
uint64_t workspace_behind(const char *dir);
/* $XDG_STATE_HOME/setgov, or ~/.local/state/setgov; made when absent. */
MUST_CHECK bool workspace_state_dir(struct arena *a, const char **out, struct err *e);
/* deployment.json of a directory, whole. */
MUST_CHECK bool workspace_profile(struct arena *a, struct span *text, const char *path, struct err *e);

/* One change, folded from all of its lines in the trusted file (log_each_of_change), each re-read and re-hashed; or
 * what a fold of several made of them. ERR_MISSING. */
MUST_CHECK bool workspace_change(struct workspace *ws, struct arena *a, const char *id, struct change *out,
				 struct err *e);
/* The same for showing: found through the views, still re-hashed. */
MUST_CHECK bool workspace_look(struct workspace *ws, struct arena *a, const char *id, struct change *out,
			       struct err *e);
struct changes {
	struct change *v;
	size_t n;
};
/* All of them, oldest first, from the trusted file. Its lines are read, re-hashed and folded once: a second call adds
 * those that came since. Lives as long as the workspace; the next call may move the changes and add to them. */
MUST_CHECK bool workspace_fold(struct workspace *ws, const struct changes **out, struct err *e);
/* The same of at least those that are not executed, as their own lines say: all that can still hold a nonce, wait for a
 * signature or be on an agenda. No line of the others is read but the one that says so, and no view has a say in which
 * they are (census.h). */
MUST_CHECK bool workspace_unfinished(struct workspace *ws, const struct changes **out, struct err *e);

/* A line in the actor's name, ready for log_add_line(). `change` may be empty. */
struct line workspace_line(const struct workspace *ws, const char *kind, struct span change,
			   const struct json *body);
/* One line, committed. */
MUST_CHECK bool workspace_append(struct workspace *ws, const char *kind, struct span change,
				 const struct json *body, struct err *e);

#endif
