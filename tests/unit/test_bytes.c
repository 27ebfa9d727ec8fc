/* Every byte of a small log's file, changed one at a time: verify finds it, or all that the log hands out is as it was.
 * EVERY_BIT=1 changes each bit instead of one of each byte (make fuzz does). */
#include "tests/support/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-log/keys.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "tests/support/logs.h"

#define WORKERS 2u
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 16u                    /* a check takes ten times as long there */
#else
#define STRIDE 1u
#endif

/* Everything that a reader of the log gets, one after the other. */
struct handed_out {
	struct buf all;
};

static bool take_line(void *ctx, uint64_t seq, const struct hash32 *leaf, struct span raw, struct err *e)
{
	struct handed_out *h = ctx;

	(void)seq;
	(void)e;
	buf_span(&h->all, SPAN_HASH(leaf));
	buf_span(&h->all, raw);
	return true;
}

static bool take_blob(void *ctx, const struct blob_row *row, struct err *e)
{
	struct handed_out *h = ctx;

	(void)e;
	buf_span(&h->all, SPAN_HASH(&row->digest));
	buf_byte(&h->all, (uint8_t)row->class);
	return true;
}

/* False: the log does not even open, or something in it cannot be read. */
static bool hand_out(struct handed_out *h, const char *dir)
{
	struct log *l = log_open(dir, LOG_READ, NULL, NULL);
	bool ok = l && log_each(l, 0, UINT64_MAX, take_line, h, NULL) && log_each_blob(l, 0, take_blob, h, NULL);

	for (uint64_t size = 0; ok && size <= log_size(l); size++) {
		struct hash32 root;

		ok = log_root_at(l, size, &root, NULL);
		buf_span(&h->all, SPAN_HASH(&root));
		if (ok && !log_checkpoint_at(l, size, &h->all, NULL))
			buf_byte(&h->all, '-');
	}
	for (uint64_t row = 0; ok && row < 2; row++) {
		struct hash32 digest;
		enum blob_class class;

		ok = log_blob_row(l, row, &digest, &class, &h->all, NULL);
	}
	log_release(l);
	return ok;
}

/* A log of 5 lines, two blobs, two keys and four checkpoints, one of which changes the key, with nothing left in its
 * WAL. */
static void make(const char *dir)
{
	struct log *l = test_log_create(dir, NULL);
	struct hash32 digest;
	struct err e = {0};

	test_log_grow(l, 3);
	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str("a signature"), BLOB_BEARER, &digest, &e) &&
		  log_commit(l, &e), &e);
	test_log_grow(l, 4);
	assert_ok(log_rotate_key(l, span_str("p1"), span_str("claimed"), &e), &e);
	assert_ok(log_checkpoint(l, NULL, &e), &e);
	log_release(l);
}

static bool finds(const char *dir, enum verify_depth depth)
{
	const struct verify_options options = { .depth = depth };
	struct verify_report r;
	struct arena a = {0};
	const bool found = !log_verify(&a, &r, dir, &options, NULL) || r.n_findings;

	arena_release(&a);
	return found;
}

struct changing {
	const char *dir, *path;
	struct handed_out good;
	uint8_t *bytes;
	size_t n;
	uint64_t found, harmless;
};

static void judge(struct changing *c, size_t at, unsigned bit)
{
	struct handed_out now = {0};
	const uint8_t changed = c->bytes[at] ^ (uint8_t)(1u << bit);
	const int fd = open(c->path, O_WRONLY | O_CLOEXEC);

	if (pwrite(fd, &changed, 1, (off_t)at) != 1)
		_exit(2);
	if (finds(c->dir, VERIFY_LINES)) {
		c->found++;
	} else if (at % 8 == 0 && finds(c->dir, VERIFY_CHAIN)) {
		fprintf(stderr, "byte %zu, bit %u: --chain finds what a whole check does not\n", at, bit);
		_exit(1);
	} else if (!hand_out(&now, c->dir) || !span_eq(buf_view(&now.all), buf_view(&c->good.all))) {
		fprintf(stderr, "byte %zu, bit %u: not found, and not harmless\n", at, bit);
		_exit(1);
	} else {
		c->harmless++;
	}
	if (pwrite(fd, &c->bytes[at], 1, (off_t)at) != 1)
		_exit(2);
	close(fd);
	buf_release(&now.all);
}

/* Its share of the bytes, in a copy of its own. */
static void work(const char *from, unsigned worker, int out)
{
	const bool every_bit = getenv("EVERY_BIT") != NULL;
	struct arena a = {0};
	struct changing c = { .dir = arena_fmt(&a, "%s/%u", from, worker) };
	struct buf db = {0};

	c.path = arena_fmt(&a, "%s/log.db", c.dir);
	if (!fs_read(&db, arena_fmt(&a, "%s/log.db", from), 1u << 20, NULL) || !fs_mkdirs(c.dir, 0700, NULL) ||
	    !fs_write(c.path, buf_view(&db), 0600, NULL) || !hand_out(&c.good, c.dir))
		_exit(2);
	c.bytes = db.p;
	c.n = db.n;
	for (size_t at = worker * STRIDE; at < c.n; at += WORKERS * STRIDE)
		for (unsigned bit = every_bit ? 0 : at % 8; bit < (every_bit ? 8 : at % 8 + 1); bit++)
			judge(&c, at, bit);
	if (write(out, &c.found, 8) != 8 || write(out, &c.harmless, 8) != 8)
		_exit(2);
	_exit(0);
}

static void a_changed_byte_is_found_or_harmless(void **state)
{
	uint64_t found = 0, harmless = 0, counts[2];
	struct arena a = {0};
	const char *dir = temporary_directory(&a);
	int fds[2];

	(void)state;
	make(dir);
	assert_int_equal(pipe(fds), 0);
	for (unsigned i = 0; i < WORKERS; i++) {
		const pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			work(dir, i, fds[1]);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_int_equal(read(fds[0], counts, sizeof(counts)), sizeof(counts));
		found += counts[0];
		harmless += counts[1];
	}
	print_message("%u changes found, %u harmless\n", (unsigned)found, (unsigned)harmless);
	assert_true(found > 1000 / STRIDE && harmless > 1000 / STRIDE);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_changed_byte_is_found_or_harmless) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
