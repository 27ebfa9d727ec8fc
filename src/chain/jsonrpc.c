#include "src/chain/jsonrpc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/frame.h"
#include "src/base/hex.h"
#include "src/base/text.h"

#define BODY_FULL ((size_t)1024 * 1024)       /* a request this long takes no further call */
#define BODY_CAP ((size_t)2 * 1024 * 1024)
#define HEADER_CAP ((size_t)16 * 1024)
#define PATH_CAP 4096

struct rpc {
	pid_t pid;                    /* 0: not running */
	int to, from;
	uint64_t next_id;
	unsigned timeout_ms, retries;
	int64_t until;                /* 0: no end */
	const uint8_t *one_by_one;    /* the url of an endpoint that takes no batches */
};

/* ---- the program ---- */

struct rpc *rpc_new(void)
{
	struct rpc *r = calloc(1, sizeof(*r));

	if (!r)
		die("out of memory");
	r->next_id = 1;
	r->timeout_ms = 20000;
	r->retries = 2;
	return r;
}

void rpc_set_patience(struct rpc *r, unsigned timeout_ms, unsigned retries)
{
	r->timeout_ms = timeout_ms;
	r->retries = retries;
}

void rpc_set_deadline(struct rpc *r, int64_t at_ms)
{
	r->until = at_ms;
}

/* Ends it at once: it holds nothing that could be lost. */
static void stop(struct rpc *r)
{
	if (r->pid == 0)
		return;
	close(r->to);
	close(r->from);
	kill(r->pid, SIGKILL);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	r->pid = 0;
}

void rpc_free(struct rpc *r)
{
	if (!r)
		return;
	stop(r);
	free(r);
}

/* Beside our own binary; SETGOV_NET names another program in its place (tests replay a transport). */
static bool find_program(char path[PATH_CAP], struct err *e)
{
	static const char name[] = "setgov-net";
	const char *given = getenv("SETGOV_NET");
	ssize_t n;
	char *slash;

	if (given && strlen(given) < PATH_CAP) {
		memcpy(path, given, strlen(given) + 1);
		return true;
	}
	n = readlink("/proc/self/exe", path, PATH_CAP - sizeof(name) - 1);
	if (n <= 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "cannot find setgov-net: %s", strerror(errno));
	path[n] = 0;
	slash = strrchr(path, '/');
	assert(slash);
	memcpy(slash + 1, name, sizeof(name));
	return true;
}

static int spawn(pid_t *pid, const char *path, int in, int out)
{
	const char *ca = getenv("SETGOV_CA");
	const char *const argv[] = { path, ca ? "--ca" : NULL, ca, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int rc;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawn(pid, path, &files, &attr, (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static bool start(struct rpc *r, struct err *e)
{
	char path[PATH_CAP];
	int in[2], out[2], rc;

	if (r->pid != 0)
		return true;
	if (!find_program(path, e))
		return false;
	if (pipe2(in, O_CLOEXEC) != 0)
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "no pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) != 0) {
		rc = errno;
		close(in[0]);
		close(in[1]);
		return err_set(e, ERR_IO, ERR_NO_OFFSET, "no pipe: %s", strerror(rc));
	}
	rc = spawn(&r->pid, path, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	r->to = in[1];
	r->from = out[0];
	if (rc == 0)
		return true;
	close(r->to);
	close(r->from);
	r->pid = 0;
	return err_set(e, ERR_IO, ERR_NO_OFFSET, "%s does not start: %s", path, strerror(rc));
}

/* ---- one exchange ---- */

/* All tries, the waits between them, and three seconds. */
static int64_t deadline(const struct rpc *r)
{
	const int64_t tries = (int64_t)r->retries + 1;
	const int64_t own = frame_clock_ms() + tries * (int64_t)r->timeout_ms + ((int64_t)250 << tries) + 3000;

	return r->until != 0 && r->until < own ? r->until : own;
}

/* What one try may take, so that setgov-net gives up before we do and can say why. */
static unsigned try_ms(const struct rpc *r)
{
	const int64_t left = (r->until - frame_clock_ms()) / ((int64_t)r->retries + 1);

	if (r->until == 0 || left >= (int64_t)r->timeout_ms)
		return r->timeout_ms;
	return left > 1 ? (unsigned)left : 1;
}

static void write_header(struct buf *out, struct arena *a, const struct rpc *r, const struct endpoint *ep)
{
	struct json *doc = json_object(a);

	json_set(doc, a, "url", json_text(a, ep->url));
	json_set(doc, a, "timeoutMs", json_u64(a, try_ms(r)));
	json_set(doc, a, "maxReplyBytes", json_u64(a, RPC_MAX_REPLY));
	json_set(doc, a, "retries", json_u64(a, r->retries));
	json_compact(out, doc);
}

static bool broken_pipe(struct err *e)
{
	if (e)
		e->code = ERR_CHAIN;
	return err_in(e, "setgov-net");
}

/* setgov-net is ours, but what it says came over a network: strict here too. */
static bool read_header(struct arena *a, struct span text, struct err *e)
{
	const struct json *doc = json_parse(a, text, e);
	struct span kind, words;
	bool ok;

	if (!doc || !json_get_bool(doc, "ok", &ok, e))
		return broken_pipe(e);
	if (ok)
		return true;
	if (!json_get_str(doc, "kind", &kind, e) || !json_get_str(doc, "text", &words, e))
		return broken_pipe(e);
	kind = rpc_words(a, kind);
	words = rpc_words(a, words);
	if (span_is(kind, "request"))
		return err_refuse(e, "URL", "%.*s", (int)words.n, (const char *)words.p);
	return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "%.*s: %.*s", (int)kind.n, (const char *)kind.p,
		       (int)words.n, (const char *)words.p);
}

static bool exchange_frames(struct rpc *r, struct span header, struct span body, struct buf *head,
			    struct buf *reply, struct err *e)
{
	const int64_t until = deadline(r);

	return frame_write(r->to, header, until, e) && frame_write(r->to, body, until, e) &&
	       frame_read(r->from, head, HEADER_CAP, until, NULL, e) &&
	       frame_read(r->from, reply, RPC_MAX_REPLY, until, NULL, e);
}

/* *reply lives in the arena. */
static bool exchange(struct rpc *r, struct arena *a, const struct endpoint *ep, struct span body,
		     struct span *reply, struct err *e)
{
	struct buf header = {0}, head = {0}, bytes = {0};
	bool ok;

	if (r->until != 0 && frame_clock_ms() >= r->until)
		return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "timeout: no time is left to ask");
	ok = start(r, e);
	write_header(&header, a, r, ep);
	if (ok && !exchange_frames(r, buf_view(&header), body, &head, &bytes, e)) {
		stop(r);              /* out of step: the next request gets a fresh one */
		ok = broken_pipe(e);
	}
	ok = ok && read_header(a, arena_copy(a, buf_view(&head)), e);
	if (ok)
		*reply = arena_copy(a, buf_view(&bytes));
	buf_release(&header);
	buf_release(&head);
	buf_release(&bytes);
	return ok;
}

/* ---- replies ---- */

struct span rpc_words(struct arena *a, struct span foreign)
{
	struct buf b = {0};
	struct span s = foreign;

	if (s.n > RPC_WORDS) {
		s.n = RPC_WORDS;
		while (s.n > 0 && (s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	text_safe(&b, s, false);
	if (s.n < foreign.n)
		buf_str(&b, "…");
	s = arena_copy(a, buf_view(&b));
	buf_release(&b);
	return s;
}

/* An integer without fraction or exponent, at most 18 digits. */
static bool read_code(const struct json *v, int64_t *out)
{
	const bool negative = v && v->text.n > 0 && v->text.p[0] == '-';
	int64_t value = 0;

	if (!v || v->type != JSON_NUMBER || v->text.n > 18)
		return false;
	for (size_t i = negative ? 1 : 0; i < v->text.n; i++) {
		if (v->text.p[i] < '0' || v->text.p[i] > '9')
			return false;
		value = value * 10 + (v->text.p[i] - '0');
	}
	*out = negative ? -value : value;
	return true;
}

/* Nodes put revert data into error.data as "0x…", as "Reverted 0x…", or one object deeper. */
static void read_data(struct arena *a, const struct json *v, struct rpc_call *call)
{
	static const char reverted[] = "Reverted ";
	struct buf bytes = {0};
	struct span text;

	if (v && v->type == JSON_OBJECT)
		v = json_find(v, "data");
	if (!v || v->type != JSON_STRING)
		return;
	text = v->text;
	if (span_starts(text, reverted))
		text = span_of(text.p + strlen(reverted), text.n - strlen(reverted));
	if (hex_decode(&bytes, text, NULL)) {
		call->has_data = true;
		call->data = arena_copy(a, buf_view(&bytes));
	}
	buf_release(&bytes);
}

static bool mentions(struct span text, const char *word)
{
	return text.n > 0 && memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* geth and most others: code 3, or "execution reverted" under another code; some name the EVM's exception
 * instead. */
static bool says_reverted(const struct rpc_call *call)
{
	static const char *const words[] = {
		"revert", "Revert", "VM execution error", "VM Exception", "invalid opcode", "EvmError", "EVM error",
		"BAD_INSTRUCTION", "invalid jump", "out of gas", "stack limit", "stack underflow",
	};

	if (call->error_code == 3 || call->has_data)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (mentions(call->error_text, words[i]))
			return true;
	}
	return false;
}

static bool read_error(struct arena *a, const struct json *v, struct rpc_call *call, struct err *e)
{
	const struct json *text = json_find(v, "message");

	if (v->type != JSON_OBJECT || !read_code(json_find(v, "code"), &call->error_code))
		return err_set(e, ERR_CHAIN, v->at,
			       "an error of JSON-RPC is an object with a number as its code") ||
		       err_in(e, "error");
	if (text && text->type == JSON_STRING)
		call->error_text = rpc_words(a, text->text);
	read_data(a, json_find(v, "data"), call);
	call->reverted = says_reverted(call);
	return true;
}

static bool read_version(const struct json *v, struct err *e)
{
	const struct json *version;

	if (v->type != JSON_OBJECT)
		return err_set(e, ERR_CHAIN, v->at, "an object was needed");
	version = json_find(v, "jsonrpc");
	if (!version || version->type != JSON_STRING || !span_is(version->text, "2.0"))
		return err_set(e, ERR_CHAIN, v->at, "jsonrpc is not \"2.0\"");
	return true;
}

/* Result or error, one of them. */
static bool read_outcome(struct arena *a, const struct json *v, struct rpc_call *call, struct err *e)
{
	const struct json *error = json_find(v, "error"), *result = json_find(v, "result");

	if (error && error->type == JSON_NULL)
		error = NULL;
	if (error && result && result->type == JSON_NULL)
		result = NULL;
	if (!error == !result)
		return err_set(e, ERR_CHAIN, v->at, "a reply has a result or an error, this one has %s",
			       error ? "both" : "neither");
	call->result = result;
	return result || read_error(a, error, call, e);
}

static bool is_answered(const struct rpc_call *call)
{
	return call->result || call->error_code != 0 || call->error_text.p;
}

static bool read_reply(struct arena *a, const struct json *v, uint64_t first, struct rpc_call *calls, size_t n,
		       struct err *e)
{
	const struct json *id;
	int64_t number = 0;
	struct rpc_call *call;

	if (!read_version(v, e))
		return false;
	id = json_find(v, "id");
	if (!read_code(id, &number) || number < 0 || (uint64_t)number < first || (uint64_t)number - first >= n)
		return err_set(e, ERR_CHAIN, id ? id->at : v->at, "a reply to a request that was not made");
	call = &calls[(uint64_t)number - first];
	if (is_answered(call))
		return err_set(e, ERR_CHAIN, id->at, "a second reply to the same request");
	if (!read_outcome(a, v, call, e))
		return err_in(e, "%s", call->method);
	if (!is_answered(call))       /* {"code":0} without a message */
		call->error_text = span_str("an error without words");
	return true;
}

/* One error object in place of the replies. */
static bool read_refusal(struct arena *a, const struct json *v, struct rpc_call *call, struct err *e)
{
	const struct json *error = json_find(v, "error");

	if (!read_version(v, e))
		return false;
	if (json_is_null(error) || !json_is_null(json_find(v, "id")))
		return err_set(e, ERR_CHAIN, v->at, "one object in place of a batch of replies");
	return read_error(a, error, call, e);
}

bool rpc_parse_reply(struct arena *a, struct span body, uint64_t first, struct rpc_call *calls, size_t n,
		     bool *refused, struct err *e)
{
	struct err bad = {0};
	const struct json *doc = json_parse(a, body, &bad);
	size_t i = 0;

	*refused = false;
	if (!doc) {
		err_set(e, ERR_CHAIN, bad.at, "the reply is not JSON: %s", buf_cstr(&bad.what));
		err_clear(&bad);
		return false;
	}
	if (doc->type == JSON_OBJECT && (n > 1 || json_is_null(json_find(doc, "id")))) {
		*refused = true;
		return read_refusal(a, doc, &calls[0], e);
	}
	if (doc->type == JSON_OBJECT)
		return read_reply(a, doc, first, calls, n, e);
	if (doc->type != JSON_ARRAY || n == 1)
		return err_set(e, ERR_CHAIN, doc->at, "the reply is not what was asked for: %s of replies",
			       n == 1 ? "an object in place" : "an array");
	for (const struct json *v = doc->first; v; v = v->next, i++) {
		if (!read_reply(a, v, first, calls, n, e))
			return err_in(e, "reply[%zu]", i);
	}
	for (i = 0; i < n; i++) {
		if (!is_answered(&calls[i]))
			return err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "no reply") ||
			       err_in(e, "%s", calls[i].method);
	}
	return true;
}

bool rpc_call_err(const struct rpc_call *call, const struct endpoint *ep, struct err *e)
{
	err_set(e, ERR_CHAIN, ERR_NO_OFFSET, "the node answers %" PRId64 ": %.*s", call->error_code,
		(int)call->error_text.n, (const char *)call->error_text.p);
	err_in(e, "%s", call->method);
	return err_in(e, "%.*s", (int)ep->name.n, (const char *)ep->name.p);
}

/* ---- batches ---- */

static void write_call(struct buf *out, const struct rpc_call *call, uint64_t id)
{
	buf_fmt(out, "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64 ",\"method\":\"%s\",\"params\":", id, call->method);
	if (call->params)
		json_compact(out, call->params);
	else
		buf_str(out, "[]");
	buf_byte(out, '}');
}

static void forget_answers(struct rpc_call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rpc_call asked = { .method = calls[i].method, .params = calls[i].params,
						.own_block = calls[i].own_block };

		calls[i] = asked;
	}
}

/* As many calls as fit one request; how many they are. One call goes without the brackets of a batch: every
 * node understands that. */
static size_t write_batch(struct buf *out, const struct rpc *r, const struct endpoint *ep,
			  const struct rpc_call *calls, size_t n)
{
	size_t i = 0;

	if (n == 1 || r->one_by_one == ep->url.p) {
		write_call(out, &calls[0], r->next_id);
		return 1;
	}
	for (; i < n && i < RPC_BATCH && out->n < BODY_FULL; i++) {
		buf_byte(out, i == 0 ? '[' : ',');
		write_call(out, &calls[i], r->next_id + i);
	}
	buf_byte(out, ']');
	if (i > 1)
		return i;
	buf_clear(out);
	write_call(out, &calls[0], r->next_id);
	return 1;
}

static bool ask_some(struct rpc *r, struct arena *a, const struct endpoint *ep, struct rpc_call *calls,
		     size_t n, size_t *asked, struct err *e)
{
	struct buf body = {0};
	struct span reply = {0};
	const uint64_t first = r->next_id;
	bool refused = false, ok;

	*asked = write_batch(&body, r, ep, calls, n);
	r->next_id += *asked;
	forget_answers(calls, *asked);
	if (body.n > BODY_CAP)
		ok = err_set(e, ERR_RANGE, ERR_NO_OFFSET, "%zu bytes for one request, at most %zu can be asked",
			     body.n, BODY_CAP);
	else
		ok = exchange(r, a, ep, buf_view(&body), &reply, e) &&
		     rpc_parse_reply(a, reply, first, calls, *asked, &refused, e);
	buf_release(&body);
	if (ok && refused && *asked > 1) {
		r->one_by_one = ep->url.p;
		*asked = 0;           /* the same calls again, singly */
	}
	return ok;
}

bool rpc_batch(struct rpc *r, struct arena *a, const struct endpoint *ep, struct rpc_call *calls, size_t n,
	       struct err *e)
{
	size_t asked = 0;

	for (size_t i = 0; i < n; i += asked) {
		if (!ask_some(r, a, ep, calls + i, n - i, &asked, e))
			return err_in(e, "%.*s", (int)ep->name.n, (const char *)ep->name.p);
	}
	return true;
}
