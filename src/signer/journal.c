#include "src/signer/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/fs.h"

#define JOURNAL_MAX ((size_t)256 << 20)

static struct line *next_line(struct journal *j)
{
	ARENA_GROW(&j->arena, j->lines, j->n, j->cap);
	return &j->lines[j->n];
}

static bool take_line(struct journal *j, struct span raw, struct err *e)
{
	struct line *l = next_line(j);
	if (!line_parse(&j->arena, l, raw, e)) {
		err_in(e, "line %zu", j->n);
		if (e != NULL) {
			e->code = ERR_REFUSED;
			e->refusal = "JOURNAL";
		}
		return false;
	}
	if (l->seq != j->n || !hash32_eq(&l->prev, &j->head))
		return err_refuse(e, "JOURNAL",
				  "line %zu does not follow the one before: the journal was changed", j->n);
	line_leaf(&j->head, raw);
	j->n++;
	return true;
}

/* Lines that were not taken yet; what has no newline is j->torn. */
static bool take_lines(struct journal *j, struct span all, struct err *e)
{
	size_t start = j->bytes;
	for (size_t i = start; i < all.n; i++) {
		if (all.p[i] != '\n')
			continue;
		if (!take_line(j, span_of(all.p + start, i - start), e))
			return err_file(e, j->path, j->n + 1);
		start = i + 1;
		j->bytes = start;
	}
	j->torn = all.n - start;
	return true;
}

bool journal_open(struct journal *j, const char *home, struct err *e)
{
	struct buf text = {0};
	*j = (struct journal){0};
	j->path = arena_fmt(&j->arena, "%s/journal.jsonl", home);
	if (!fs_exists(j->path))
		return true;
	const bool ok = fs_read(&text, j->path, JOURNAL_MAX, e) &&
			take_lines(j, arena_copy(&j->arena, buf_view(&text)), e);
	buf_release(&text);
	return ok;
}

void journal_release(struct journal *j)
{
	arena_release(&j->arena);
	*j = (struct journal){0};
}

static bool failed(const struct journal *j, const char *doing, struct err *e)
{
	err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot %s: %s", doing, strerror(errno));
	return err_file(e, j->path, 0);
}

/* What another run wrote meanwhile; it may not have touched what we read. */
static bool catch_up(struct journal *j, int fd, struct err *e)
{
	struct buf text = {0};
	struct stat st;
	if (fstat(fd, &st) != 0)
		return failed(j, "stat", e);
	if ((size_t)st.st_size == j->bytes + j->torn)
		return true;
	if ((size_t)st.st_size < j->bytes)
		return err_refuse(e, "JOURNAL", "became shorter while it was open") || err_file(e, j->path, 0);
	const bool ok = fs_read(&text, j->path, JOURNAL_MAX, e) &&
			take_lines(j, arena_copy(&j->arena, buf_view(&text)), e);
	buf_release(&text);
	return ok;
}

static bool append(struct journal *j, const char *kind, struct span change, const struct json *body,
		   struct err *e)
{
	struct buf raw = {0};
	struct line l = {
		.seq = j->n, .prev = j->head, .time = time_now(), .kind = span_str(kind), .change = change,
		.actor = span_str("signer"), .auth = span_str("os-user"), .body = body,
	};
	random_bytes(l.id, sizeof(l.id));
	bool ok = line_write(&raw, &l, e);
	if (ok) {
		buf_byte(&raw, '\n');
		ok = fs_append(j->path, buf_view(&raw), 0600, e);
	}
	if (ok) {
		ok = take_line(j, arena_copy(&j->arena, span_of(raw.p, raw.n - 1)), e);
		j->bytes += raw.n;
	}
	buf_release(&raw);
	return ok;
}

/* The first line, or the one that says what was cut off. */
static bool begin(struct journal *j, int fd, struct err *e)
{
	struct json *body = json_object(&j->arena);
	if (j->torn > 0) {
		json_set(body, &j->arena, "bytes", json_u64(&j->arena, j->torn));
		if (ftruncate(fd, (off_t)j->bytes) != 0 || fsync(fd) != 0)
			return failed(j, "mend", e);
		j->torn = 0;
		if (j->n > 0)
			return append(j, "journal.mended", span_of(NULL, 0), body, e);
		body = json_object(&j->arena);
	}
	if (j->n > 0)
		return true;
	json_set(body, &j->arena, "format", json_str(&j->arena, "setgov-journal/1"));
	return append(j, "journal.opened", span_of(NULL, 0), body, e);
}

bool journal_add(struct journal *j, const char *kind, struct span change, const struct json *body,
		 struct err *e)
{
	if (!fs_exists(j->path) && !fs_append(j->path, span_of(NULL, 0), 0600, e))
		return false;
	const int fd = open(j->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return failed(j, "open", e);
	bool ok = flock(fd, LOCK_EX) == 0 || failed(j, "lock", e);
	ok = ok && catch_up(j, fd, e) && begin(j, fd, e) && append(j, kind, change, body, e);
	close(fd);
	return ok;
}
