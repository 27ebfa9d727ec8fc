/* setgov-net: asks nodes what setgov wants to know. The only program here that links libcurl, and it holds nothing: no
 * log, no key, and, where the kernel has Landlock, no file but CA certificates and what name resolution reads.
 *
 * It answers requests from its input, in order, until that ends. All are frames (src/base/frame.h).
 *   request: {"url","timeoutMs","maxReplyBytes","retries"}, then the body to POST, verbatim;
 *   answer:  {"ok":true,"status":200,"tries":1}, then the reply's body, verbatim; or
 *            {"ok":false,"kind":"tls-expired","text":"…","status":0,"tries":1}, then an empty body.
 * Options: --ca FILE trusts the authorities in it besides the system's; --confined says whether Landlock holds. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/arena.h"
#include "src/base/frame.h"
#include "src/base/fs.h"
#include "src/base/json.h"
#include "src/net/confine.h"
#include "src/net/post.h"

#define HEADER_CAP ((size_t)16 * 1024)

/* The header's members within their caps; q->body is the caller's. */
static bool read_header(struct arena *a, struct post_request *q, struct span text, struct err *e)
{
	static const char *const members[] = { "url", "timeoutMs", "maxReplyBytes", "retries", NULL };
	const struct json *doc = json_parse(a, text, e);
	struct span url;
	uint64_t timeout, cap, retries;

	if (!doc || !json_only(doc, members, e) || !json_get_str(doc, "url", &url, e) ||
	    !json_get_u64(doc, "timeoutMs", &timeout, e) || !json_get_u64(doc, "maxReplyBytes", &cap, e) ||
	    !json_get_u64(doc, "retries", &retries, e))
		return false;
	if (url.n > POST_MAX_URL || memchr(url.p, 0, url.n))
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a url has at most %d bytes and no NUL", POST_MAX_URL);
	if (timeout < 1 || timeout > POST_MAX_TIMEOUT || cap < 1 || cap > POST_MAX_REPLY || retries > POST_MAX_RETRIES)
		return err_set(e, ERR_RANGE, ERR_NO_OFFSET, "timeoutMs, maxReplyBytes or retries is out of bounds");
	q->url = arena_str(a, url);
	q->timeout_ms = (unsigned)timeout;
	q->max_reply = (size_t)cap;
	q->retries = (unsigned)retries;
	return true;
}

static bool write_answer(struct arena *a, const struct post_answer *answer, struct err *e)
{
	struct json *doc = json_object(a);
	struct buf head = {0};
	bool ok;

	json_set(doc, a, "ok", json_bool(a, answer->ok));
	if (!answer->ok) {
		json_set(doc, a, "kind", json_str(a, net_kind_name(answer->kind)));
		json_set(doc, a, "text", json_text(a, buf_view(&answer->text)));
	}
	json_set(doc, a, "status", json_u64(a, (uint64_t)answer->status));
	json_set(doc, a, "tries", json_u64(a, answer->tries));
	json_compact(&head, doc);
	ok = frame_write(STDOUT_FILENO, buf_view(&head), -1, e) &&
	     frame_write(STDOUT_FILENO, buf_view(&answer->body), -1, e);
	buf_release(&head);
	return ok;
}

static bool answer_one(struct poster *p, struct span header, struct span body, struct err *e)
{
	struct arena a = {0};
	struct post_answer answer = {0};
	struct post_request q = { .body = body };
	struct err bad = {0};
	bool ok;

	if (read_header(&a, &q, header, &bad)) {
		post(p, &q, &answer);
	} else {
		answer.kind = NET_REQUEST;
		err_format(&bad, &answer.text);
	}
	ok = write_answer(&a, &answer, e);
	err_clear(&bad);
	post_answer_release(&answer);
	arena_release(&a);
	return ok;
}

static bool serve(struct poster *p, struct err *e)
{
	struct buf header = {0}, body = {0};
	bool ok = true, eof = false;

	while (ok) {
		buf_clear(&header);
		buf_clear(&body);
		ok = frame_read(STDIN_FILENO, &header, HEADER_CAP, -1, &eof, e);
		if (!ok || eof)
			break;
		ok = frame_read(STDIN_FILENO, &body, POST_MAX_BODY, -1, NULL, e) &&
		     answer_one(p, buf_view(&header), buf_view(&body), e);
	}
	buf_release(&header);
	buf_release(&body);
	return ok;
}

static int usage(void)
{
	fputs("usage: setgov-net [--ca FILE] [--confined]   (setgov starts it)\n", stderr);
	return 2;
}

/* Tried, not believed: the password file is the one file every system has and this program never needs. */
static const char *confined_words(bool confined)
{
	const int fd = confined ? open("/etc/passwd", O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0)
		close(fd);
	return !confined ? "no Landlock in this kernel" : fd >= 0 ? "open" : "confined";
}

int main(int argc, char **argv)
{
	const char *ca_file = NULL;
	bool ask_confined = false, confined;
	struct poster *p;
	struct err e = {0};
	int status = 0;

	confine_process();
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc)
			ca_file = argv[++i];
		else if (strcmp(argv[i], "--confined") == 0)
			ask_confined = true;
		else
			return usage();
	}
	if (ca_file && !fs_exists(ca_file))
		die("%s: no such file of authorities", ca_file);
	p = poster_new(ca_file);
	confined = confine_files(ca_file);
	if (ask_confined)
		puts(confined_words(confined));
	else if (!serve(p, &e)) {
		struct buf text = {0};

		err_format(&e, &text);
		fprintf(stderr, "setgov-net: %s\n", buf_cstr(&text));
		buf_release(&text);
		status = err_exit_status(&e);
	}
	err_clear(&e);
	poster_free(p);
	return status;
}
