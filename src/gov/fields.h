/* Members that several of this folder's formats have, read strictly. */
#ifndef SETGOV_GOV_FIELDS_H
#define SETGOV_GOV_FIELDS_H

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"

/* The string member `name`: "0x" and an even number of hex digits. The bytes live in the arena. */
MUST_CHECK bool json_get_bytes(struct arena *a, const struct json *object, const char *name, struct span *out,
			       struct err *e);
/* The same for a value that is not a member; names nothing. */
MUST_CHECK bool json_as_bytes(struct arena *a, const struct json *v, struct span *out, struct err *e);
/* Moves an offset inside the text of the string `v` to where it stands in the document. Returns false. */
bool err_in_string(struct err *e, const struct json *v);

#endif
