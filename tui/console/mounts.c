#include "tui/console/mounts.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/base/text.h"

#define MOUNTS_FILE_MAX ((size_t)1 << 20)

static struct span until(struct span *rest, uint8_t end)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != end)
		n++;
	const struct span out = span_of(rest->p, n);
	*rest = n < rest->n ? span_of(rest->p + n + 1, rest->n - n - 1) : span_of(NULL, 0);
	return out;
}

static bool is_octal(uint8_t c)
{
	return c >= '0' && c <= '7';
}

/* "\040" is how the kernel writes a blank. */
static void unescape(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && s.n - i > 3 && is_octal(s.p[i + 1]) && is_octal(s.p[i + 2]) &&
		    is_octal(s.p[i + 3])) {
			buf_byte(out, (uint8_t)((s.p[i + 1] - '0') << 6 | (s.p[i + 2] - '0') << 3 |
						(s.p[i + 3] - '0')));
			i += 3;
		} else {
			buf_byte(out, s.p[i]);
		}
	}
}

static bool is_removable(struct span dir)
{
	static const struct { const char *const below; size_t deep; } roots[] = {
		{ "/media/", 2 }, { "/run/media/", 2 }, { "/mnt/", 1 },       /* /media/anna/BLUE; /mnt/stick */
	};
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		const size_t n = strlen(roots[i].below);
		size_t deep = 1;
		if (!span_starts(dir, roots[i].below))
			continue;
		for (size_t k = n; k < dir.n; k++)
			deep += dir.p[k] == '/';
		return deep <= roots[i].deep;
	}
	return span_is(dir, "/mnt");
}

static void take(struct arena *a, struct mounts *out, struct span dir)
{
	if (!is_removable(dir))
		return;
	if (out->n == MOUNTS_MAX || !text_is_plain(dir, false))
		out->left_out++;
	else
		out->dir[out->n++] = arena_str(a, dir);
}

void mounts_parse(struct arena *a, struct mounts *out, struct span text)
{
	struct buf dir = {0};
	*out = (struct mounts){ .dir = ARENA_ARRAY(a, const char *, MOUNTS_MAX) };
	while (text.n > 0) {
		struct span line = until(&text, '\n');
		until(&line, ' ');
		buf_clear(&dir);
		unescape(&dir, until(&line, ' '));
		take(a, out, buf_view(&dir));
	}
	buf_release(&dir);
}

void mounts_read(struct arena *a, struct mounts *out)
{
	struct buf text = {0};
	const int fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC);
	uint8_t chunk[4096];
	ssize_t got = 0;
	while (fd >= 0 && text.n < MOUNTS_FILE_MAX && (got = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&text, chunk, (size_t)got);
	if (fd >= 0)
		close(fd);
	mounts_parse(a, out, buf_view(&text));
	buf_release(&text);
}
