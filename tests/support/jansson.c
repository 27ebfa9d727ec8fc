#include "tests/support/jansson.h"

#include <dlfcn.h>
#include <jansson.h>
#include <string.h>

#include "src/base/err.h"

struct functions {
	json_t *(*loadb)(const char *, size_t, size_t, json_error_t *);
	char *(*dumps)(const json_t *, size_t);
	void (*del)(json_t *);
};

/* ISO C has no conversion from void * to a function; POSIX promises that these bytes are one. */
static void find(void *library, const char *name, void *out)
{
	void *f = library ? dlsym(library, name) : NULL;

	if (!f)
		die("libjansson.so.4: %s", dlerror());
	memcpy(out, &f, sizeof(f));
}

static struct functions jansson(void)
{
	void *library = dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);
	struct functions f;

	find(library, "json_loadb", &f.loadb);
	find(library, "json_dumps", &f.dumps);
	find(library, "json_delete", &f.del);
	return f;
}

enum verdict jansson_verdict(struct span text)
{
	const struct functions f = jansson();
	json_error_t error;
	json_t *v = f.loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (v) {
		f.del(v);
		return ACCEPTED;
	}
	return json_error_code(&error) == json_error_numeric_overflow ? NO_VERDICT : REFUSED;
}

char *jansson_rewrite(struct span text)
{
	const struct functions f = jansson();
	json_t *v = f.loadb((const char *)text.p, text.n, JSON_DECODE_ANY, NULL);
	char *out = NULL;

	if (v) {
		out = f.dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
		f.del(v);
	}
	return out;
}
