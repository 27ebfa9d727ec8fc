#include "src/signer/home.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fs.h"
#include "src/base/hex.h"
#include "src/evm/address.h"

#define PIN_MAX ((size_t)1 << 20)
#define NAMES_MAX 4096u

bool class_parse(enum deployment_class *out, struct span text, struct err *e)
{
	for (int c = CLASS_PRODUCTION; c <= CLASS_REHEARSAL; c++)
		if (span_is(text, deployment_class_name((enum deployment_class)c))) {
			*out = (enum deployment_class)c;
			return true;
		}
	return err_set(e, ERR_USAGE, ERR_NO_OFFSET, "a class is production, test or rehearsal");
}

bool home_make(const char *dir, struct err *e)
{
	struct arena a = {0};
	const bool ok = fs_mkdirs(dir, 0700, e) && fs_mkdirs(arena_fmt(&a, "%s/keys", dir), 0700, e) &&
			fs_mkdirs(arena_fmt(&a, "%s/pins", dir), 0700, e);
	arena_release(&a);
	return ok;
}

/* Each name in dir that ends so, without the ending. */
static bool each_file(struct home *h, const char *sub, const char *ending,
		      bool (*fn)(struct home *, const char *, struct err *), struct err *e)
{
	const char *path = arena_fmt(&h->arena, "%s/%s", h->dir, sub);
	DIR *d = opendir(path);
	const struct dirent *entry;
	size_t n = 0;
	bool ok = true;
	if (d == NULL)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %s", path, strerror(errno));
	while (ok && (entry = readdir(d)) != NULL) {
		const size_t len = strlen(entry->d_name), end = strlen(ending);
		if (entry->d_name[0] == '.' || len <= end || strcmp(entry->d_name + len - end, ending) != 0)
			continue;
		ok = n++ < NAMES_MAX
			     ? fn(h, arena_fmt(&h->arena, "%.*s", (int)(len - end), entry->d_name), e)
			     : err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%s: more than %u files", path, NAMES_MAX);
	}
	closedir(d);
	return ok;
}

static bool read_file(struct home *h, const char *path, struct span *out, struct err *e)
{
	struct buf b = {0};
	const bool ok = fs_read(&b, path, PIN_MAX, e);
	if (ok)
		*out = arena_copy(&h->arena, buf_view(&b));
	buf_release(&b);
	return ok;
}

static bool read_key(struct home *h, const char *name, struct err *e)
{
	struct key_file k = { .path = arena_fmt(&h->arena, "%s/keys/%s.json", h->dir, name) };
	struct span class;
	if (!addr_parse(&k.address, span_str(name), NULL))
		return true;                  /* somebody's copy: no name of a key, and none of ours */
	if (!read_file(h, arena_fmt(&h->arena, "%s/keys/%s.class", h->dir, name), &class, e) ||
	    !class_parse(&k.class,
			 span_of(class.p, class.n > 0 && class.p[class.n - 1] == '\n' ? class.n - 1 : class.n),
			 e))
		return err_refuse(e, "KEY", "nobody knows for which class the key %s was made", name);
	struct key_file *v = ARENA_ARRAY(&h->arena, struct key_file, h->n_keys + 1);
	if (h->n_keys > 0)
		memcpy(v, h->keys, h->n_keys * sizeof(*v));
	v[h->n_keys++] = k;
	h->keys = v;
	return true;
}

static bool read_pin(struct home *h, const char *name, struct err *e)
{
	struct pin p = { .path = arena_fmt(&h->arena, "%s/pins/%s.json", h->dir, name) };
	struct span text;
	struct hash32 id;
	if (!read_file(h, p.path, &text, e))
		return false;
	if (!deployment_parse_identity(&h->arena, &p.deployment, text, e) ||
	    !hex_bare(id.b, sizeof(id.b), span_str(name), e) || !hash32_eq(&id, &p.deployment.id)) {
		err_clear(e);
		return err_refuse(e, "PIN", "%s is not what was pinned under that name", p.path);
	}
	struct pin *v = ARENA_ARRAY(&h->arena, struct pin, h->n_pins + 1);
	if (h->n_pins > 0)
		memcpy(v, h->pins, h->n_pins * sizeof(*v));
	v[h->n_pins++] = p;
	h->pins = v;
	return true;
}

/* A policy of a deployment that is not pinned any more is nobody's. */
static bool read_policy_as(struct home *h, const char *name, bool replaced, struct err *e)
{
	const char *path = arena_fmt(&h->arena, "%s/pins/%s%s", h->dir, name, replaced ? ".replaced" : ".policy");
	struct policy *p = ARENA_NEW(&h->arena, struct policy);
	struct span text;
	struct hash32 id;
	if (!hex_bare(id.b, sizeof(id.b), span_str(name), NULL))
		return true;
	if (!read_file(h, path, &text, e) || !policy_parse(&h->arena, p, text, e))
		return err_file(e, path, 0);
	for (size_t i = 0; i < h->n_pins; i++)
		if (hash32_eq(&h->pins[i].deployment.id, &id))
			*(replaced ? &h->pins[i].replaced : &h->pins[i].policy) = p;
	return true;
}

static bool read_policy(struct home *h, const char *name, struct err *e)
{
	return read_policy_as(h, name, false, e);
}

static bool read_replaced(struct home *h, const char *name, struct err *e)
{
	return read_policy_as(h, name, true, e);
}

static bool read_releases(struct home *h, const char *name, struct err *e)
{
	const char *path = arena_fmt(&h->arena, "%s/pins/%s.releases", h->dir, name);
	struct releases *r = ARENA_NEW(&h->arena, struct releases);
	struct span text;
	struct hash32 id;
	if (!hex_bare(id.b, sizeof(id.b), span_str(name), NULL))
		return true;
	if (!read_file(h, path, &text, e) || !releases_parse(&h->arena, r, text, e))
		return err_file(e, path, 0);
	for (size_t i = 0; i < h->n_pins; i++)
		if (hash32_eq(&h->pins[i].deployment.id, &id))
			h->pins[i].releases = r;
	return true;
}

bool home_open(struct home *h, const char *dir, struct err *e)
{
	*h = (struct home){ .dir = dir };
	return each_file(h, "keys", ".json", read_key, e) && each_file(h, "pins", ".json", read_pin, e) &&
	       each_file(h, "pins", ".policy", read_policy, e) &&
	       each_file(h, "pins", ".replaced", read_replaced, e) &&
	       each_file(h, "pins", ".releases", read_releases, e);
}

void home_release(struct home *h)
{
	arena_release(&h->arena);
	*h = (struct home){0};
}

const struct key_file *home_key(const struct home *h, const struct addr *a)
{
	for (size_t i = 0; i < h->n_keys; i++)
		if (addr_eq(&h->keys[i].address, a))
			return &h->keys[i];
	return NULL;
}

const struct pin *home_pin(const struct home *h, const struct hash32 *id)
{
	for (size_t i = 0; i < h->n_pins; i++)
		if (hash32_eq(&h->pins[i].deployment.id, id))
			return &h->pins[i];
	return NULL;
}

bool home_is_any_owner(const struct home *h, const struct addr *a)
{
	for (size_t i = 0; i < h->n_pins; i++)
		if (deployment_is_owner(&h->pins[i].deployment, a))
			return true;
	return false;
}

static const char *key_path(struct home *h, const struct addr *a, const char *ending)
{
	struct buf b = {0};
	addr_format(&b, a);
	const char *path = arena_fmt(&h->arena, "%s/keys/%s%s", h->dir, buf_cstr(&b), ending);
	buf_release(&b);
	return path;
}

bool home_add_key(struct home *h, const struct addr *a, enum deployment_class class, struct span keystore,
		  struct err *e)
{
	const char *text = arena_fmt(&h->arena, "%s\n", deployment_class_name(class));
	const struct key_file *there = home_key(h, a);
	if (there != NULL && there->finished)
		return err_refuse(e, "EXISTS", "this key is here already");
	if (there != NULL)
		home_remove_key(h, a);
	/* The class first: a key without one is not used. */
	return fs_write(key_path(h, a, ".class"), span_str(text), 0600, e) &&
	       fs_create(key_path(h, a, ".json"), keystore, 0600, e);
}

void home_remove_key(struct home *h, const struct addr *a)
{
	unlink(key_path(h, a, ".json"));
	unlink(key_path(h, a, ".class"));
}

bool home_add_pin(struct home *h, const struct deployment *d, const struct pin *replaces, struct err *e)
{
	struct buf name = {0}, text = {0};
	buf_hex(&name, SPAN_HASH(&d->id));
	json_canonical(&text, d->identity);
	const bool ok = fs_write(arena_fmt(&h->arena, "%s/pins/%s.json", h->dir, buf_cstr(&name)),
				 buf_view(&text), 0600, e);
	buf_release(&name);
	buf_release(&text);
	if (ok && replaces != NULL && unlink(replaces->path) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s: %s", replaces->path, strerror(errno));
	return ok;
}

static bool add_beside_pin(struct home *h, const struct hash32 *deployment, const char *ending, const struct json *doc,
			   struct err *e)
{
	struct buf name = {0}, text = {0};
	buf_hex(&name, SPAN_HASH(deployment));
	json_canonical(&text, doc);
	const bool ok = fs_write(arena_fmt(&h->arena, "%s/pins/%s%s", h->dir, buf_cstr(&name), ending), buf_view(&text),
				 0600, e);
	buf_release(&name);
	buf_release(&text);
	return ok;
}

bool home_add_adopted(struct home *h, const struct hash32 *deployment, const struct adoptable *x, struct err *e)
{
	return add_beside_pin(h, deployment, arena_fmt(&h->arena, ".%s", adoptable_word(x->kind)), x->doc, e);
}

bool home_keep_replaced(struct home *h, const struct hash32 *deployment, const struct policy *p, struct err *e)
{
	return add_beside_pin(h, deployment, ".replaced", p->doc, e);
}
