/* new, import, address: keys come in, each for one class, and a new one is not finished until its second copy
 * was read. */
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/crypto/keystore.h"
#include "src/evm/address.h"
#include "src/signer/signer.h"

static bool ask_class(struct signer *s, enum deployment_class *out, struct err *e)
{
	const char *given = signer_option(s, "--class");
	struct buf line = {0};
	if (given != NULL)
		return class_parse(out, span_str(given), e);
	if (!terminal_is_there(&s->terminal))
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "for which class is this key? --class production, test or rehearsal");
	const bool ok = terminal_ask(&s->terminal,
				     "For which class is this key (production, test, rehearsal)? ", &line, e) &&
			class_parse(out, buf_view(&line), e);
	buf_release(&line);
	return ok;
}

static void say_key(struct signer *s, const struct addr *a, enum deployment_class class, const char *what)
{
	struct json *o = json_object(&s->arena);
	addr_format(&s->text, a);
	buf_fmt(&s->text, "  %s%s%s\n", deployment_class_name(class), what[0] != '\0' ? "  " : "", what);
	json_set(o, &s->arena, "address", json_addr(&s->arena, a));
	json_set(o, &s->arena, "class", json_str(&s->arena, deployment_class_name(class)));
	if (s->result != NULL && s->result->type == JSON_ARRAY)
		json_push(s->result, o);
	else
		s->result = o;
}

static bool log_key(struct signer *s, const char *kind, const struct addr *a, enum deployment_class class,
		    struct err *e)
{
	struct json *body = json_object(&s->arena);
	json_set(body, &s->arena, "address", json_addr(&s->arena, a));
	json_set(body, &s->arena, "class", json_str(&s->arena, deployment_class_name(class)));
	return journal_add(&s->journal, kind, span_of(NULL, 0), body, e);
}

/* Asked twice: a passphrase with a typing error is a key that is gone. */
static struct secret *new_passphrase(struct signer *s, struct err *e)
{
	struct secret *one = signer_passphrase(s, "Passphrase for the new key: ", e);
	if (one == NULL || signer_option(s, "--passphrase-fd") != NULL)
		return one;
	struct secret *two = terminal_passphrase(&s->terminal, "The same again: ", e);
	const bool same = two != NULL && secret_size(one) == secret_size(two) &&
			  bytes_equal_ct(secret_bytes(one), secret_bytes(two), secret_size(one));
	if (two != NULL && !same)
		err_set(e, ERR_USAGE, ERR_NO_OFFSET, "the two passphrases differ");
	secret_free(two);
	if (same)
		return one;
	secret_free(one);
	return NULL;
}

void keys_check(struct signer *s)
{
	for (size_t i = 0; i < s->journal.n; i++) {
		const struct line *l = &s->journal.lines[i];
		struct addr a;
		struct span class;
		if ((!line_kind_is(l, "key.made") && !line_kind_is(l, "key.imported")) ||
		    !json_get_addr(l->body, "address", &a, NULL) ||
		    !json_get_str(l->body, "class", &class, NULL))
			continue;
		for (size_t k = 0; k < s->home.n_keys; k++)
			if (addr_eq(&s->home.keys[k].address, &a))
				s->home.keys[k].finished =
					span_is(class, deployment_class_name(s->home.keys[k].class));
	}
}

/* The second copy is read back from where it lies and opened: only then is the key worth sending anything to.
 */
static bool check_copy(struct signer *s, const char *path, struct secret *passphrase,
		       const struct addr *address, struct err *e)
{
	struct buf b = {0};
	struct secret *key = NULL;
	bool ok = fs_read(&b, path, KEYSTORE_FILE_MAX, e);
	if (ok) {
		key = signer_unlock(s, path, arena_copy(&s->arena, buf_view(&b)), passphrase, address, e);
		ok = key != NULL;
	}
	secret_free(key);
	buf_release(&b);
	return ok;
}

static bool store(struct signer *s, const struct addr *address, enum deployment_class class, struct span file,
		  struct secret *passphrase, struct err *e)
{
	const char *copy = signer_option(s, "--copy");
	if (!home_add_key(&s->home, address, class, file, e))
		return false;
	const bool copied = fs_create(copy, file, 0600, e);
	if (copied && check_copy(s, copy, passphrase, address, e) && log_key(s, "key.made", address, class, e))
		return true;
	home_remove_key(&s->home, address);
	if (copied)
		unlink(copy);
	return false;
}

/* From here to the end the key exists only in locked memory and in sealed files. */
static bool make_key(struct signer *s, enum deployment_class class, struct secret *passphrase,
		     struct addr *address, struct err *e)
{
	const struct keystore_cost *cost = signer_flag(s, "--light") ? &KEYSTORE_LIGHT : &KEYSTORE_STANDARD;
	struct secret *key = secret_new(32, e);
	struct buf file = {0};
	bool ok = key != NULL;
	do {
		if (ok)
			random_bytes(secret_bytes(key), 32);
	} while (ok && !sig_key_address(address, secret_bytes(key), NULL)); /* once in 2^128 it is no key */
	ok = ok && keystore_write(&file, key, passphrase, cost, e);
	secret_free(key);
	ok = ok && store(s, address, class, buf_view(&file), passphrase, e);
	buf_release(&file);
	return ok;
}

bool verb_new(struct signer *s, struct err *e)
{
	enum deployment_class class;
	struct addr address = {{0}};
	if (signer_option(s, "--copy") == NULL)
		return err_set(e, ERR_USAGE, ERR_NO_OFFSET,
			       "where does the second copy go? --copy FILE, on another medium than this one");
	if (!ask_class(s, &class, e))
		return false;
	if (signer_flag(s, "--light") && class == CLASS_PRODUCTION)
		return err_refuse(e, "LIGHT", "a production key is sealed at full strength");
	struct secret *passphrase = new_passphrase(s, e);
	if (passphrase == NULL)
		return false;
	const bool ok = make_key(s, class, passphrase, &address, e);
	secret_free(passphrase);
	if (!ok)
		return false;
	say_key(s, &address, class, "made; its second copy was read back");
	return true;
}

bool verb_import(struct signer *s, struct err *e)
{
	enum deployment_class class;
	struct span file;
	struct addr address;
	if (!signer_input(s, s->args[0], &file, e))
		return false;
	if (file.n > KEYSTORE_FILE_MAX)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "larger than %d bytes", KEYSTORE_FILE_MAX) ||
		       err_file(e, s->args[0], 0);
	if (!ask_class(s, &class, e))
		return false;
	struct secret *passphrase = signer_passphrase(s, "Passphrase of the file: ", e);
	if (passphrase == NULL)
		return false;
	struct secret *key = signer_unlock(s, s->args[0], file, passphrase, NULL, e);
	bool ok = key != NULL && sig_key_address(&address, secret_bytes(key), e);
	secret_free(key);
	secret_free(passphrase);
	if (!ok || !home_add_key(&s->home, &address, class, file, e))
		return false;
	ok = log_key(s, "key.imported", &address, class, e);
	if (ok)
		say_key(s, &address, class, "imported");
	else
		home_remove_key(&s->home, &address);
	return ok;
}

bool verb_address(struct signer *s, struct err *e)
{
	s->result = json_array(&s->arena);
	for (size_t i = 0; i < s->home.n_keys; i++)
		say_key(s, &s->home.keys[i].address, s->home.keys[i].class,
			s->home.keys[i].finished
				? ""
				: "NOT FINISHED: the journal does not know it; it signs nothing");
	return s->home.n_keys > 0 ||
	       err_set(e, ERR_MISSING, ERR_NO_OFFSET, "there is no key here: setgov-signer new makes one");
}
