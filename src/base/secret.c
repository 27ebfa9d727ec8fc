#include "src/base/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "src/base/err.h"

/* The bytes end where the guard page behind them begins, so that reading one too many is a fault. */
struct secret {
	uint8_t *map;                 /* guard page, pages, guard page */
	size_t map_n;
	uint8_t *bytes;
	size_t n;                     /* as asked for, or shrunk */
	size_t locked;                /* bytes of the pages between the guards */
};

static bool cannot_lock(size_t n, struct err *e)
{
	const int why = errno;
	struct rlimit limit = {0, 0};

	getrlimit(RLIMIT_MEMLOCK, &limit);
	return err_set(e, ERR_IO, ERR_NO_OFFSET,
		       "cannot lock %zu bytes of memory for a secret (%s): the limit RLIMIT_MEMLOCK is %llu bytes; "
		       "raise it with `ulimit -l`, or `memlock` in /etc/security/limits.conf",
		       n, strerror(why), (unsigned long long)limit.rlim_cur);
}

static bool protect(struct secret *s, size_t page, struct err *e)
{
	uint8_t *inner = s->map + page;

	if (mprotect(inner, s->locked, PROT_READ | PROT_WRITE) != 0 || mlock(inner, s->locked) != 0)
		return cannot_lock(s->locked, e);
	if (madvise(inner, s->locked, MADV_DONTDUMP) != 0 || madvise(inner, s->locked, MADV_WIPEONFORK) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET,
			       "cannot keep a secret out of core dumps and forks: %s (needs Linux 4.14)",
			       strerror(errno));
	return true;
}

struct secret *secret_new(size_t n, struct err *e)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct secret *s;

	if (n > SIZE_MAX / 4)
		BUG("a secret of %zu bytes", n);
	s = calloc(1, sizeof(*s));
	if (!s)
		die("out of memory");
	s->n = n;
	s->locked = n ? (n + page - 1) / page * page : page;
	s->map_n = s->locked + 2 * page;
	s->map = mmap(NULL, s->map_n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->map == MAP_FAILED)
		die("out of memory: %zu bytes", s->map_n);
	if (!protect(s, page, e)) {
		munmap(s->map, s->map_n);
		free(s);
		return NULL;
	}
	s->bytes = s->map + page + s->locked - n;
	return s;
}

uint8_t *secret_bytes(struct secret *s)
{
	return s->bytes;
}

size_t secret_size(const struct secret *s)
{
	return s->n;
}

void secret_shrink(struct secret *s, size_t n)
{
	if (n > s->n)
		BUG("a secret of %zu bytes cannot shrink to %zu", s->n, n);
	explicit_bzero(s->bytes + n, s->n - n);
	s->n = n;
}

void secret_free(struct secret *s)
{
	if (!s)
		return;
	explicit_bzero(s->map + (s->map_n - s->locked) / 2, s->locked);
	munmap(s->map, s->map_n);
	explicit_bzero(s, sizeof(*s));
	free(s);
}
