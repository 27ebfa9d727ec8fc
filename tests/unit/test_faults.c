/* A log whose process is killed, whose machine loses power, whose disk is full or does not sync, at every single write:
 * what was committed is there, what is there verifies, and the log goes on. */
#include "tests/support/check.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit-log/erase.h"
#include "audit-log/keys.h"
#include "audit-log/verify.h"
#include "src/base/fs.h"
#include "src/base/time.h"
#include "src/crypto/hash.h"
#include "tests/support/faults.h"
#include "tests/support/logs.h"

#define TRANSACTIONS 5u
#define POWER_CUTS 3u                 /* for each write: what is left is drawn anew */

/* What the child reports after each commit that log_commit() said was good. */
struct acknowledged {
	uint64_t size;
	struct hash32 leaf;
};

struct place {
	struct arena a;
	const char *base, *dir, *after, *memories, *remember;
	unsigned times;
};

#define SECRET "somebody's name and where she lives"

static void copy_file(struct arena *a, const char *from, const char *to, const char *name)
{
	struct buf b = {0};
	struct err e = {0};

	assert_ok(fs_read(&b, arena_fmt(a, "%s/%s", from, name), 64u << 20, &e) &&
		  fs_write(arena_fmt(a, "%s/%s", to, name), buf_view(&b), 0600, &e), &e);
	buf_release(&b);
}

static void remove_log(struct arena *a, const char *dir)
{
	static const char *const names[] = { "log.db", "log.db-wal", "log.db-shm", "log.key", "log.key.next" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(arena_fmt(a, "%s/%s", dir, names[i]));
}

static bool erase_as(struct log *l, const char *who, const struct hash32 *blob, struct err *e)
{
	const struct erasing what = { blob, span_str(who), span_str("claimed"), span_str("she asked for it") };
	struct arena a = {0};
	struct erased r;
	const bool ok = log_erase(l, &a, &r, &what, e);

	arena_release(&a);
	return ok;
}

/* A log with a private blob, and p1 has asked for its end. */
static void ask_for_the_end(const struct place *p)
{
	struct log *l = test_log_create(p->base, NULL);
	struct hash32 secret;
	struct err e = {0};

	assert_ok(log_begin(l, &e) && log_add_blob(l, span_str(SECRET), BLOB_PRIVATE, &secret, &e) &&
		  log_commit(l, &e) && erase_as(l, "p1", &secret, &e), &e);
	log_release(l);
}

static void set_up(struct place *p)
{
	*p = (struct place){0};
	p->base = temporary_directory(&p->a);
	p->dir = temporary_directory(&p->a);
	p->after = temporary_directory(&p->a);
	p->memories = temporary_directory(&p->a);
	ask_for_the_end(p);
}

/* As it was before the first write; nothing is remembered. */
static void begin_anew(struct place *p)
{
	remove_log(&p->a, p->dir);
	remove_log(&p->a, p->after);
	copy_file(&p->a, p->base, p->dir, "log.db");
	copy_file(&p->a, p->base, p->dir, "log.key");
	copy_file(&p->a, p->base, p->after, "log.key");
	p->remember = arena_fmt(&p->a, "%s/%u", p->memories, p->times++);
	assert_true(fs_mkdirs(p->remember, 0700, NULL));
}

static bool add_lines(struct log *l, unsigned i, struct err *e)
{
	struct arena a = {0};
	struct line one = test_line(&a, "change.drafted", "SC-1", "first"), two = test_line(&a, "note", NULL, "second");
	struct hash32 digest;
	bool ok = log_begin(l, e) && log_add_line(l, &one, e) &&
		  log_add_blob(l, span_str(arena_fmt(&a, "blob %u", i)), BLOB_PUBLIC, &digest, e) &&
		  log_add_line(l, &two, e) && (i % 2 == 0 || log_add_checkpoint(l, NULL, e)) && log_commit(l, e);

	log_abort(l);
	arena_release(&a);
	return ok;
}

#define CHANGES_KEY 2u                /* this one of the transactions */
#define ERASES 3u

/* One transaction: two lines, a blob, and a checkpoint every other time; one of them changes the log key, one takes a
 * blob's bytes out. */
static bool transact(struct log *l, unsigned i, struct err *e)
{
	struct hash32 secret;

	sha256(&secret, span_str(SECRET));
	if (i == ERASES)
		return erase_as(l, "p2", &secret, e);
	if (i == CHANGES_KEY)
		return log_rotate_key(l, span_str("p1"), span_str("claimed"), e);
	return add_lines(l, i, e);
}

/* In the child. Says each commit on fd; how many writes there were at the end. */
static void live(const struct place *p, struct faults *f, int fd)
{
	const struct log_options options = { p->remember };
	struct err e = {0};
	struct log *l = log_open(p->dir, LOG_APPEND, &options, &e);
	uint64_t counted;

	for (unsigned i = 0; l && i < TRANSACTIONS && transact(l, i, &e); i++) {
		const struct acknowledged ack = { log_size(l), log_last_leaf(l) };

		if (write(fd, &ack, sizeof(ack)) != sizeof(ack))
			_exit(3);
	}
	log_release(l);
	counted = faults_counted(f);
	_exit(e.code || write(fd, &counted, sizeof(counted)) != sizeof(counted) ? 3 : 0);
}

/* True while the child was struck. *last: the newest commit that it was told was good. */
static bool run_child(const struct place *p, enum fault_kind kind, uint64_t n, uint64_t seed, struct acknowledged *last,
		      uint64_t *counted)
{
	struct acknowledged ack;
	int fds[2], status = 0;
	pid_t child;
	ssize_t got;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		live(p, faults_new(kind, n, seed, p->after), fds[1]);
	close(fds[1]);
	*last = (struct acknowledged){0};
	while ((got = read(fds[0], &ack, sizeof(ack))) == sizeof(ack))
		*last = ack;
	if (got == sizeof(*counted))
		memcpy(counted, &ack, sizeof(*counted));
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

static bool file_has(struct arena *a, const char *dir, const char *name, const char *bytes)
{
	struct buf b = {0};
	const bool has = fs_read(&b, arena_fmt(a, "%s/%s", dir, name), 64u << 20, NULL) &&
			 memmem(b.p, b.n, bytes, strlen(bytes)) != NULL;

	buf_release(&b);
	return has;
}

/* Where the line is, the bytes are nowhere; where it is not, they are all there. */
static void judge_secret(struct arena *a, const char *dir, const char *when)
{
	struct hash32 secret;
	struct buf bytes = {0};
	const bool said = file_has(a, dir, "log.db", "\"kind\":\"blob.erased\"");
	struct log *l = log_open(dir, LOG_READ, NULL, NULL);

	sha256(&secret, span_str(SECRET));
	assert_non_null(l);
	if (log_blob(l, &secret, &bytes, NULL, NULL) == said)
		fail_msg("%s: half erased", when);
	log_release(l);
	if (said && (file_has(a, dir, "log.db", SECRET) || file_has(a, dir, "log.db-wal", SECRET)))
		fail_msg("%s: a file still has the bytes", when);
	buf_release(&bytes);
}

/* Nothing committed is lost, everything there is whole, and a writer goes on where it was. */
static void judge(const struct place *p, const char *dir, const struct acknowledged *last, const char *when)
{
	struct buf findings = {0};
	struct hash32 leaf;
	struct buf raw = {0};
	struct err e = {0};
	struct arena a = {0};
	struct log *l;

	test_log_findings(&findings, dir, p->remember);
	if (findings.n)
		fail_msg("%s: %s", when, buf_cstr(&findings));
	l = test_log_open(dir, p->remember);
	if (log_size(l) < last->size)
		fail_msg("%s: %u lines were committed, %u are there", when, (unsigned)last->size,
			 (unsigned)log_size(l));
	if (last->size) {
		assert_ok(log_line(l, last->size - 1, &raw, &e), &e);
		line_leaf(&leaf, buf_view(&raw));
		assert_true(hash32_eq(&leaf, &last->leaf));
	}
	assert_ok(transact(l, 1, &e), &e);
	log_release(l);
	judge_secret(&a, dir, when);
	test_log_findings(&findings, dir, p->remember);
	if (findings.n)
		fail_msg("%s, and one transaction more: %s", when, buf_cstr(&findings));
	buf_release(&raw);
	buf_release(&findings);
	arena_release(&a);
}

/* The key's files do not go through SQLite: each was synced before it took its name. */
static void keep_keys(struct place *p)
{
	copy_file(&p->a, p->dir, p->after, "log.key");
	if (fs_exists(arena_fmt(&p->a, "%s/log.key.next", p->dir)))
		copy_file(&p->a, p->dir, p->after, "log.key.next");
}

static uint64_t strike_at_every_write(enum fault_kind kind, unsigned times)
{
	struct acknowledged last;
	uint64_t n = 0, counted = 0;
	bool struck = true;
	struct place p;

	set_up(&p);
	for (; struck; n++)
		for (unsigned i = 0; i < times; i++) {
			begin_anew(&p);
			struck = run_child(&p, kind, n, n * times + i, &last, &counted);
			if (kind == FAULT_POWER && struck) {
				unlink(arena_fmt(&p.a, "%s/log.db-shm", p.after));
				keep_keys(&p);
			}
			judge(&p, kind == FAULT_POWER && struck ? p.after : p.dir, &last,
			      arena_fmt(&p.a, "struck at write %u, draw %u", (unsigned)n, i));
		}
	arena_release(&p.a);
	assert_int_equal(n, counted + 1);
	return counted;
}

static void killed_at_every_write_it_loses_nothing(void **state)
{
	(void)state;
	assert_true(strike_at_every_write(FAULT_KILL, 1) > 50);
}

static void without_power_at_every_write_it_loses_nothing(void **state)
{
	(void)state;
	assert_true(strike_at_every_write(FAULT_POWER, POWER_CUTS) > 50);
}

/* A disk that fails is said so, what was said to be good is there, and after it is healed the log goes on. */
static void fail_at_every_write(enum fault_kind kind, const char *words)
{
	unsigned failures = 0;
	struct place p;

	set_up(&p);
	for (uint64_t n = 0;; n++) {
		const struct log_options options = { NULL };
		struct acknowledged last = {0};
		struct faults *f;
		struct err e = {0};
		struct log *l;
		bool enough;

		begin_anew(&p);
		f = faults_new(kind, n, 0, NULL);
		l = log_open(p.dir, LOG_APPEND, &options, &e);
		for (unsigned i = 0; l && i < TRANSACTIONS && transact(l, i, &e); i++)
			last = (struct acknowledged){ log_size(l), log_last_leaf(l) };
		enough = e.code == 0 && faults_counted(f) <= n;
		if (e.code) {
			struct buf text = {0};

			failures++;
			err_format(&e, &text);
			if (!strstr(buf_cstr(&text), words))
				fail_msg("write %u: %s", (unsigned)n, buf_cstr(&text));
			buf_release(&text);
		}
		err_clear(&e);
		faults_heal(f);
		log_release(l);
		faults_release(f);
		judge(&p, p.dir, &last, arena_fmt(&p.a, "failing from write %u on", (unsigned)n));
		if (enough)
			break;
	}
	assert_true(failures > 20);
	arena_release(&p.a);
}

static void a_full_disk_is_said_and_loses_nothing(void **state)
{
	(void)state;
	fail_at_every_write(FAULT_FULL, "full");
}

static void a_disk_that_does_not_sync_is_said_and_loses_nothing(void **state)
{
	(void)state;
	fail_at_every_write(FAULT_SYNC, "disk I/O error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_write_it_loses_nothing),
		cmocka_unit_test(without_power_at_every_write_it_loses_nothing),
		cmocka_unit_test(a_full_disk_is_said_and_loses_nothing),
		cmocka_unit_test(a_disk_that_does_not_sync_is_said_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
