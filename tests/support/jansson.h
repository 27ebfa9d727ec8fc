/* jansson's opinion about a document: another implementation to hold our JSON against. Loaded at run time, because both
 * libraries call things json_object() and one program cannot hold two. */
#ifndef SETGOV_TESTS_SUPPORT_JANSSON_H
#define SETGOV_TESTS_SUPPORT_JANSSON_H

#include "src/base/buf.h"

enum verdict { ACCEPTED, REFUSED, NO_VERDICT };

/* NO_VERDICT: what it says is not about syntax (a number it cannot hold). */
enum verdict jansson_verdict(struct span text);
/* The same document as jansson writes it, names sorted: malloc'd, NULL when it does not read it. */
char *jansson_rewrite(struct span text);

#endif
