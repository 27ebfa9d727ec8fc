/* pty_drive [OPTION…] KEY… -- PROGRAM ARG…: how quick a full-screen program is, as a person at a terminal has it.
 * Starts the program on a real pseudo-terminal, notes when its first byte and its first whole frame arrive, then
 * presses the keys one at a time, each after the answer to the one before has come to rest, and prints median, p99 and
 * maximum of the time from a key to the first and to the last byte of its answer, and the program's peak resident
 * memory.
 *
 *   --size 80x24        the terminal (TERM is xterm-256color)
 *   --until TEXT        the first frame is whole once this was written
 *   --starts N          starts, for the first frame's median (1)
 *   --repeat N          the keys so many times (1)
 *   --quit KEY          what ends the program (q)
 *   --each              a line for each key too
 *   --name NAME         what it is called in the result
 *   --frame-max MS, --key-max MS, --rss-max KIB      what is allowed: median, p99, peak
 *
 * A KEY is a name (Up Down Left Right Home End PgUp PgDn Enter Tab BackTab Esc Backspace Delete Space), C-x, or text
 * that is sent as it stands. A frame is whole, and an answer over, when nothing has come for QUIET_MS; that wait is in
 * no time. A key that nothing answers for PATIENCE_MS is silent, and in no time either; what comes after that is late,
 * and a failure. Text is looked for in what is written, without escape sequences: choose one word.
 *
 * Exit status 1 when something is not met, 2 when nothing could be measured. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 10
#define PATIENCE_MS 1000              /* for an answer to a key */
#define START_MS 30000                /* for the first frame */
#define TEXT_MAX 65536                /* what is kept of the text that was written */

struct key { const char *name, *bytes; };

struct run {
	const char *name, *until, *quit;
	struct winsize size;
	size_t repeat, starts;
	bool each;
	double frame_max, key_max;    /* milliseconds; 0: whatever it takes */
	long rss_max;                 /* KiB; 0: whatever it takes */
	char **keys, **program;
	size_t n_keys;
};

enum escape { TEXT, AFTER_ESC, CSI, OSC, SKIP_ONE };

struct terminal {
	int fd;
	pid_t child;
	double started;
	char text[TEXT_MAX + 1];      /* the last of it, without escape sequences */
	size_t n;
	enum escape state;
};

struct times { double *v; size_t n; };

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void __attribute__((noreturn, format(printf, 1, 2))) give_up(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("pty_drive: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

/* ---- keys: what xterm-256color's terminfo says, in application mode ---- */

static const char *bytes_of(const char *name, char *room)
{
	static const struct key keys[] = {
		{ "Up", "\033OA" },      { "Down", "\033OB" },    { "Right", "\033OC" },  { "Left", "\033OD" },
		{ "Home", "\033OH" },    { "End", "\033OF" },     { "PgUp", "\033[5~" },  { "PgDn", "\033[6~" },
		{ "Delete", "\033[3~" }, { "BackTab", "\033[Z" }, { "Enter", "\r" },      { "Tab", "\t" },
		{ "Esc", "\033" },       { "Backspace", "\177" }, { "Space", " " },
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(name, keys[i].name) == 0)
			return keys[i].bytes;
	if (strncmp(name, "C-", 2) == 0 && name[2] != '\0' && name[3] == '\0') {
		room[0] = (char)(name[2] & 0x1f);
		room[1] = '\0';
		return room;
	}
	return name;
}

/* ---- the terminal ---- */

static void keep(struct terminal *t, char c)
{
	if (t->n == TEXT_MAX) {
		memmove(t->text, t->text + TEXT_MAX / 2, TEXT_MAX / 2);
		t->n = TEXT_MAX / 2;
	}
	t->text[t->n++] = c;
	t->text[t->n] = '\0';
}

static void take(struct terminal *t, char c)
{
	switch (t->state) {
	case TEXT:
		if (c == '\033')
			t->state = AFTER_ESC;
		else if ((unsigned char)c >= ' ')
			keep(t, c);
		break;
	case AFTER_ESC:
		t->state = c == '[' ? CSI : c == ']' ? OSC : strchr("()*+#%", c) != NULL ? SKIP_ONE : TEXT;
		break;
	case CSI:
		if (c >= '@' && c <= '~')
			t->state = TEXT;
		break;
	case OSC:
		if (c == '\a' || c == '\\')
			t->state = TEXT;
		break;
	case SKIP_ONE:
		t->state = TEXT;
		break;
	}
}

/* Reads what is there within `wait` milliseconds; false: nothing, or the program has gone (*gone). */
static bool hear(struct terminal *t, int wait, bool *gone)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	char bytes[65536];
	if (poll(&p, 1, wait) <= 0)
		return false;
	const ssize_t n = read(t->fd, bytes, sizeof(bytes));
	*gone = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
	for (ssize_t i = 0; i < n; i++)
		take(t, bytes[i]);
	return n > 0;
}

static const char *tail(const struct terminal *t)
{
	return t->text + (t->n > 400 ? t->n - 400 : 0);
}

/* When the first and the last byte came, once nothing has come for QUIET_MS; false: nothing came in `wait`. */
static bool hear_out(struct terminal *t, int wait, double *first, double *last)
{
	bool gone = false;
	if (!hear(t, wait, &gone)) {
		if (gone)
			give_up("the program has ended; the last it wrote: %s", tail(t));
		return false;
	}
	*first = *last = now_ms();
	while (hear(t, QUIET_MS, &gone))
		*last = now_ms();
	return true;
}

static void start(struct terminal *t, const struct run *r)
{
	*t = (struct terminal){ .started = now_ms() };
	t->child = forkpty(&t->fd, NULL, NULL, &r->size);
	if (t->child == 0) {
		setenv("TERM", "xterm-256color", 1);
		unsetenv("LINES");
		unsetenv("COLUMNS");
		execvp(r->program[0], r->program);
		_exit(127);
	}
	if (t->child < 0)
		give_up("no pseudo-terminal: %s", strerror(errno));
}

static void first_frame(struct terminal *t, const struct run *r, double *byte, double *frame)
{
	const double until = t->started + START_MS;
	double first, last;
	*byte = 0;
	do {
		if (!hear_out(t, START_MS, &first, &last) || last > until)
			give_up("no frame with \"%s\" in %d s; the last it wrote: %s", r->until, START_MS / 1000,
				tail(t));
		if (*byte == 0)
			*byte = first - t->started;
	} while (strstr(t->text, r->until) == NULL);
	*frame = last - t->started;
}

static void send_key(const struct terminal *t, const char *name)
{
	char room[2];
	const char *bytes = bytes_of(name, room);
	const size_t n = strlen(bytes);
	if (write(t->fd, bytes, n) != (ssize_t)n)
		give_up("key %s cannot be sent: %s", name, strerror(errno));
}

static long peak_kib(pid_t child)
{
	char path[64], line[256];
	long kib = -1;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	if (kib < 0)
		give_up("%s does not say VmHWM", path);
	return kib;
}

/* The program's own key, then the loss of its terminal, then the end. */
static void stop(struct terminal *t, const struct run *r)
{
	const double until = now_ms() + 2000;
	bool gone = false;
	send_key(t, r->quit);
	while (!gone && now_ms() < until)
		hear(t, 50, &gone);
	close(t->fd);
	for (int i = 0; i < 200; i++) {
		if (waitpid(t->child, NULL, WNOHANG) == t->child)
			return;
		usleep(10000);
	}
	kill(t->child, SIGKILL);
	waitpid(t->child, NULL, 0);
}

/* ---- measuring ---- */

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void sort(struct times *t)
{
	if (t->n > 0)
		qsort(t->v, t->n, sizeof(*t->v), by_value);
}

/* Sorted; the smallest that at least this share is not above. */
static double share(const struct times *t, double part)
{
	size_t i = (size_t)(part * (double)t->n);
	if ((double)i < part * (double)t->n)
		i++;
	return t->n == 0 ? 0 : t->v[i > 0 ? i - 1 : 0];
}

static struct times room_for(size_t n)
{
	struct times t = { calloc(n > 0 ? n : 1, sizeof(double)), 0 };
	if (t.v == NULL)
		give_up("out of memory");
	return t;
}

/* Ends a line of the result. */
static bool verdict(double found, double allowed)
{
	if (allowed > 0)
		printf(" (allowed %g)%s", allowed, found <= allowed ? "" : "  NOT MET");
	printf("\n");
	return allowed <= 0 || found <= allowed;
}

static bool starts(struct terminal *t, const struct run *r)
{
	struct times byte = room_for(r->starts), frame = room_for(r->starts);
	for (size_t i = 0; i < r->starts; i++) {
		if (i > 0)
			stop(t, r);
		start(t, r);
		first_frame(t, r, &byte.v[i], &frame.v[i]);
		byte.n = frame.n = i + 1;
	}
	sort(&byte);
	sort(&frame);
	printf("%-28s first byte %.1f ms, first frame %.1f ms, at most %.1f", r->name, share(&byte, .5),
	       share(&frame, .5), share(&frame, 1));
	const bool ok = verdict(share(&frame, .5), r->frame_max);
	free(byte.v);
	free(frame.v);
	return ok;
}

struct keys_times {
	struct times first, last;
	struct times *each;           /* last, by key */
	size_t silent, late;
	bool waiting;                 /* for an answer that may still come */
};

static void press(struct terminal *t, const struct run *r, size_t key, struct keys_times *k)
{
	double first, last;
	if (hear_out(t, 0, &first, &last) && k->waiting)
		k->late++;
	const double pressed = now_ms();
	send_key(t, r->keys[key]);
	k->waiting = !hear_out(t, PATIENCE_MS, &first, &last);
	if (k->waiting) {
		k->silent++;
		return;
	}
	k->first.v[k->first.n++] = first - pressed;
	k->last.v[k->last.n++] = last - pressed;
	k->each[key].v[k->each[key].n++] = last - pressed;
}

static void say_each(const struct run *r, struct keys_times *k)
{
	for (size_t i = 0; i < r->n_keys && r->each; i++) {
		sort(&k->each[i]);
		printf("    %-10s median %6.2f ms, at most %6.2f\n", r->keys[i], share(&k->each[i], .5),
		       share(&k->each[i], 1));
	}
}

static struct keys_times press_all(struct terminal *t, const struct run *r)
{
	const size_t n = r->repeat * r->n_keys;
	struct keys_times k = { .first = room_for(n), .last = room_for(n) };
	k.each = calloc(r->n_keys + 1, sizeof(*k.each));
	if (k.each == NULL)
		give_up("out of memory");
	for (size_t i = 0; i < r->n_keys; i++)
		k.each[i] = room_for(r->repeat);
	for (size_t i = 0; i < n; i++)
		press(t, r, i % r->n_keys, &k);
	sort(&k.first);
	sort(&k.last);
	return k;
}

static void release(struct keys_times *k, const struct run *r)
{
	for (size_t i = 0; i < r->n_keys; i++)
		free(k->each[i].v);
	free(k->each);
	free(k->first.v);
	free(k->last.v);
}

static bool keys(struct terminal *t, const struct run *r)
{
	struct keys_times k = press_all(t, r);
	printf("%-28s %zu keys to first byte: median %.2f ms, p99 %.2f, max %.2f; %zu silent, %zu late\n", r->name,
	       k.first.n, share(&k.first, .5), share(&k.first, .99), share(&k.first, 1), k.silent, k.late);
	printf("%-28s %zu keys to last byte: median %.2f ms, p99 %.2f, max %.2f", r->name, k.last.n,
	       share(&k.last, .5), share(&k.last, .99), share(&k.last, 1));
	bool ok = verdict(share(&k.last, .99), r->key_max);
	say_each(r, &k);
	if (r->key_max > 0 && (k.late > 0 || k.last.n < k.silent)) {
		printf("    %s  NOT MET\n", k.late > 0 ? "answers came late" : "most keys were not answered");
		ok = false;
	}
	release(&k, r);
	return ok;
}

/* ---- the command line ---- */

static double number(const char *text)
{
	char *end;
	const double v = text != NULL ? strtod(text, &end) : -1;
	if (v <= 0 || *end != '\0')
		give_up("needed a number above 0, found %s", text != NULL ? text : "nothing");
	return v;
}

static void read_size(struct winsize *size, const char *text)
{
	char *end = NULL;
	const unsigned long columns = text != NULL ? strtoul(text, &end, 10) : 0;
	const unsigned long rows = end != NULL && *end == 'x' ? strtoul(end + 1, &end, 10) : 0;
	if (columns == 0 || columns > 1000 || rows == 0 || rows > 1000 || *end != '\0')
		give_up("--size needs columns and rows, like 80x24");
	size->ws_col = (unsigned short)columns;
	size->ws_row = (unsigned short)rows;
}

/* True when it was an option; its value is argv[1]. */
static bool option(struct run *r, char **argv)
{
	static const char *const names[] = { "--size", "--until", "--repeat", "--starts", "--quit", "--name",
					     "--frame-max", "--key-max", "--rss-max" };
	size_t i = 0;
	while (i < sizeof(names) / sizeof(names[0]) && strcmp(argv[0], names[i]) != 0)
		i++;
	if (i < 6 && argv[1] == NULL)
		give_up("%s needs a value", argv[0]);
	switch (i) {
	case 0: read_size(&r->size, argv[1]); return true;
	case 1: r->until = argv[1]; return true;
	case 2: r->repeat = (size_t)number(argv[1]); return true;
	case 3: r->starts = (size_t)number(argv[1]); return true;
	case 4: r->quit = argv[1]; return true;
	case 5: r->name = argv[1]; return true;
	case 6: r->frame_max = number(argv[1]); return true;
	case 7: r->key_max = number(argv[1]); return true;
	case 8: r->rss_max = (long)number(argv[1]); return true;
	default: return false;
	}
}

int main(int argc, char **argv)
{
	struct run r = { .until = "", .quit = "q", .size = { .ws_row = 24, .ws_col = 80 }, .repeat = 1,
			 .starts = 1 };
	int i = 1;
	for (; i < argc && strncmp(argv[i], "--", 2) == 0 && argv[i][2] != '\0'; i++) {
		if (strcmp(argv[i], "--each") == 0)
			r.each = true;
		else if (option(&r, argv + i))
			i++;
		else
			give_up("no option %s", argv[i]);
	}
	for (r.keys = argv + i; i < argc && strcmp(argv[i], "--") != 0; i++)
		r.n_keys++;
	if (i + 1 >= argc)
		give_up("usage: pty_drive [OPTION…] KEY… -- PROGRAM ARG…");
	r.program = argv + i + 1;
	r.name = r.name != NULL ? r.name : r.program[0];
	struct terminal *t = calloc(1, sizeof(*t));
	if (t == NULL)
		give_up("out of memory");
	bool ok = starts(t, &r);
	ok = (r.n_keys == 0 || keys(t, &r)) && ok;
	const long peak = peak_kib(t->child);
	printf("%-28s peak resident %ld KiB", r.name, peak);
	ok = verdict((double)peak, (double)r.rss_max) && ok;
	stop(t, &r);
	free(t);
	return ok ? 0 : 1;
}
