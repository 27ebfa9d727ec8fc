#include "src/signer/signer.h"

#include <string.h>

#include "src/base/fs.h"
#include "src/crypto/keystore.h"

static const struct given *given_of(const struct signer *s, const char *name)
{
	for (size_t i = s->n_given; i-- > 0;)
		if (strcmp(s->given[i].name, name) == 0)
			return &s->given[i];
	return NULL;
}

const char *signer_next(const struct signer *s, const char *name, size_t *i)
{
	while (*i < s->n_given)
		if (strcmp(s->given[(*i)++].name, name) == 0)
			return s->given[*i - 1].value;
	return NULL;
}

const char *signer_option(const struct signer *s, const char *name)
{
	const struct given *g = given_of(s, name);
	return g != NULL ? g->value : NULL;
}

bool signer_flag(const struct signer *s, const char *name)
{
	return given_of(s, name) != NULL;
}

bool signer_input(const struct signer *s, const char *path, struct span *out, struct err *e)
{
	for (size_t i = 0; i < s->n_inputs; i++)
		if (strcmp(s->inputs[i].path, path) == 0) {
			*out = s->inputs[i].bytes;
			return true;
		}
	return err_set(e, ERR_MISSING, ERR_NO_OFFSET, "%s was not read", path);
}

const char *signer_directory_of(struct signer *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return ".";
	return slash == path ? "/" : arena_fmt(&s->arena, "%.*s", (int)(slash - path), path);
}

/* ---- secrets ---- */

bool signer_passphrase_fd(const struct signer *s, int *out, struct err *e)
{
	const char *text = signer_option(s, "--passphrase-fd");
	struct u256 v;
	uint64_t n;
	*out = -1;
	if (text == NULL)
		return true;
	if (!u256_parse(&v, span_str(text), e) || !u256_fits_u64(&v, &n) || n > 1023)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "--passphrase-fd needs a descriptor");
	*out = (int)n;
	return true;
}

struct secret *signer_passphrase(const struct signer *s, const char *question, struct err *e)
{
	int fd;
	if (!signer_passphrase_fd(s, &fd, e))
		return NULL;
	return fd < 0 ? terminal_passphrase(&s->terminal, question, e) : terminal_passphrase_fd(fd, e);
}

struct secret *signer_unlock(struct signer *s, const char *path, struct span file, struct secret *passphrase,
			     const struct addr *expect, struct err *e)
{
	struct secret *key = NULL;
	struct addr found;
	const struct json *doc = json_parse(&s->arena, file, e);
	if (doc == NULL || !keystore_open(&key, &found, NULL, doc, passphrase, e)) {
		err_file(e, path, 0);
		return NULL;
	}
	if (expect == NULL || addr_eq(&found, expect))
		return key;
	secret_free(key);
	err_set(e, ERR_MISMATCH, ERR_NO_OFFSET, "the file opens to another key than it is named for");
	err_file(e, path, 0);
	return NULL;
}

bool signer_keystore(struct signer *s, const struct key_file *k, struct span *file, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, k->path, KEYSTORE_FILE_MAX, e);
	if (ok)
		*file = arena_copy(&s->arena, buf_view(&b));
	buf_release(&b);
	return ok;
}

bool signer_may_serve(const struct signer *s, enum deployment_class class, struct err *e)
{
	return class != CLASS_PRODUCTION || s->landlocked ||
	       err_refuse(e, "SANDBOX", "this kernel has no Landlock: a production deployment is not served here");
}

bool signer_may_use_keys(const struct signer *s, enum deployment_class class, struct err *e)
{
	if (!signer_may_serve(s, class, e))
		return false;
	return class != CLASS_PRODUCTION || s->interface == NULL ||
	       err_refuse(e, "ONLINE", "the network interface %s is up: an owner's key is not used on a machine "
			  "with a network", s->interface);
}
