#include "tests/support/transport.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/frame.h"
#include "src/base/fs.h"
#include "src/base/json.h"

#define SCRIPT "SETGOV_TEST_TRANSPORT"

bool transport_asked(void)
{
	return getenv(SCRIPT) != NULL;
}

static struct arena played;

void transport_play(const char *rules)
{
	char self[4096];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *name = arena_fmt(&played, "/tmp/setgov-transport-%d.json", (int)getpid());

	if (n <= 0 || !fs_write(name, span_str(rules), 0600, NULL))
		die("cannot write %s", name);
	self[n] = 0;
	setenv("SETGOV_NET", self, 1);
	setenv(SCRIPT, name, 1);
	arena_release(&played);
}

void transport_play_vector(const char *path)
{
	struct buf text = {0};
	char *name = arena_fmt(&played, "tests/vectors/%s", path);

	if (!fs_read(&text, name, 16u << 20, NULL))
		die("cannot read %s", name);
	transport_play(buf_cstr(&text));
	buf_release(&text);
}

/* ---- the other side ---- */

struct script {
	struct arena arena;
	const struct json *rules[4096];   /* NULL: used up */
	size_t n;
};

static void load(struct script *s)
{
	struct buf text = {0};
	const struct json *doc;
	const char *name = getenv(SCRIPT);

	if (!fs_read(&text, name, 16u << 20, NULL))
		die("cannot read %s", name);
	doc = json_parse(&s->arena, arena_copy(&s->arena, buf_view(&text)), NULL);
	buf_release(&text);
	if (!doc || doc->type != JSON_ARRAY || doc->n > 4096)
		die("%s is no script", name);
	for (const struct json *r = doc->first; r; r = r->next)
		s->rules[s->n++] = r;
	unlink(name);
}

static bool is_text(const struct json *v, struct span s)
{
	return v && v->type == JSON_STRING && span_eq(v->text, s);
}

static const struct json *take(struct script *s, size_t i)
{
	const struct json *rule = s->rules[i], *once = json_find(rule, "once");

	if (once && once->type == JSON_TRUE)
		s->rules[i] = NULL;
	return rule;
}

static bool has_url(const struct json *rule, struct span url)
{
	const struct json *wanted = json_find(rule, "url");

	return !wanted || is_text(wanted, url);
}

static const struct json *whole_rule(struct script *s, struct span url)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct json *r = s->rules[i];

		if (r && has_url(r, url) && (json_find(r, "body") || json_find(r, "header") || json_find(r, "die")))
			return take(s, i);
	}
	return NULL;
}

static const struct json *call_rule(struct script *s, struct span url, const struct json *call)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct json *r = s->rules[i], *params = r ? json_find(r, "params") : NULL;

		if (r && has_url(r, url) && json_find(r, "method") &&
		    is_text(json_find(r, "method"), json_find(call, "method")->text) &&
		    (!params || json_same(params, json_find(call, "params"))))
			return take(s, i);
	}
	return NULL;
}

static void answer_call(struct script *s, struct buf *out, struct span url, const struct json *call)
{
	const struct json *rule = call_rule(s, url, call);
	const struct json *result = json_find(rule, "result"), *error = json_find(rule, "error");

	buf_str(out, "{\"jsonrpc\":\"2.0\",\"id\":");
	json_compact(out, json_find(call, "id"));
	if (result) {
		buf_str(out, ",\"result\":");
		json_compact(out, result);
	} else if (error) {
		buf_str(out, ",\"error\":");
		json_compact(out, error);
	} else {
		buf_str(out, ",\"error\":{\"code\":-32601,\"message\":\"Method not found\"}");
	}
	buf_byte(out, '}');
}

static void answer_batch(struct script *s, struct buf *out, struct span url, const struct json *calls)
{
	if (calls->type != JSON_ARRAY) {
		answer_call(s, out, url, calls);
		return;
	}
	for (const struct json *c = calls->first; c; c = c->next) {
		buf_byte(out, c == calls->first ? '[' : ',');
		answer_call(s, out, url, c);
	}
	buf_byte(out, ']');
}

/* "$ID" becomes the id of the first call. */
static void answer_whole(struct buf *out, struct span body, const struct json *calls)
{
	const struct json *first = calls->type == JSON_ARRAY ? calls->first : calls;

	for (size_t i = 0; i < body.n; i++) {
		if (span_starts(span_of(body.p + i, body.n - i), "$ID")) {
			json_compact(out, json_find(first, "id"));
			i += 2;
		} else {
			buf_byte(out, body.p[i]);
		}
	}
}

static bool serve_one(struct script *s, struct span header, struct span body)
{
	struct arena a = {0};
	const struct json *head = json_parse(&a, header, NULL), *calls = json_parse(&a, body, NULL), *rule;
	struct span url = json_find(head, "url")->text, head_out = span_str("{\"ok\":true,\"status\":200,\"tries\":1}");
	struct buf out = {0};
	bool ok;

	rule = whole_rule(s, url);
	if (rule && json_find(rule, "die"))
		_exit(9);
	if (rule && json_find(rule, "header"))
		head_out = json_find(rule, "header")->text;
	if (rule && json_find(rule, "body"))
		answer_whole(&out, json_find(rule, "body")->text, calls);
	else if (!rule)
		answer_batch(s, &out, url, calls);
	ok = frame_write(1, head_out, -1, NULL) && frame_write(1, buf_view(&out), -1, NULL);
	buf_release(&out);
	arena_release(&a);
	return ok;
}

int transport_main(void)
{
	struct script s = {0};
	struct buf header = {0}, body = {0};
	bool eof = false;

	load(&s);
	while (frame_read(0, &header, 1u << 20, -1, &eof, NULL) && !eof &&
	       frame_read(0, &body, 1u << 24, -1, NULL, NULL) && serve_one(&s, buf_view(&header), buf_view(&body))) {
		buf_clear(&header);
		buf_clear(&body);
	}
	buf_release(&header);
	buf_release(&body);
	arena_release(&s.arena);
	return 0;
}
