#include "src/net/post.h"

#include <assert.h>
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "src/base/time.h"

#define KIND_NAME(id, name) name,
static const char *const kind_names[] = { NET_KINDS(KIND_NAME) };
_Static_assert(ARRAY_LEN(kind_names) == NET_KIND_COUNT, "every kind has a name");

const char *net_kind_name(enum net_kind k)
{
	assert((size_t)k < ARRAY_LEN(kind_names));
	return kind_names[k];
}

struct poster {
	CURL *curl;
	struct curl_slist *headers;
	const char *ca_file;
};

/* One try, as the callbacks see it. */
struct attempt {
	struct post_answer *out;
	size_t cap;
	bool loopback_only;
	bool too_large;
	bool left_machine;            /* an http url led to an address elsewhere */
};

void post_answer_release(struct post_answer *a)
{
	buf_release(&a->text);
	buf_release(&a->body);
	memset(a, 0, sizeof(*a));
}

static void must(CURLcode rc, const char *what)
{
	if (rc != CURLE_OK)
		die("libcurl refuses %s: %s", what, curl_easy_strerror(rc));
}
#define SET(curl, option, value) must(curl_easy_setopt((curl), (option), (value)), #option)

/* ---- what libcurl calls ---- */

static size_t take_body(char *p, size_t size, size_t n, void *user)
{
	struct attempt *t = user;
	const size_t bytes = size * n;

	if (bytes > t->cap - t->out->body.n) {
		t->too_large = true;
		return 0;
	}
	buf_add(&t->out->body, p, bytes);
	return bytes;
}

static bool is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
	if (sa->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
	return false;
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct attempt *t = user;

	(void)purpose;
	if (t->loopback_only && !is_loopback(&address->addr)) {
		t->left_machine = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- the url ---- */

static bool host_is_loopback(const char *host)
{
	struct in_addr v4;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

static const char *judge_parts(CURLU *u, bool *loopback_only)
{
	char *scheme = NULL, *host = NULL;
	const char *bad = NULL;

	if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		bad = "the url has no scheme or no host";
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		bad = "the url is neither https nor http";
	else if (strcmp(scheme, "http") == 0 && !host_is_loopback(host))
		bad = "plain http is for this machine only (127.0.0.0/8, ::1, localhost): use https";
	else
		*loopback_only = strcmp(scheme, "http") == 0;
	curl_free(scheme);
	curl_free(host);
	return bad;
}

/* NULL when it is one we ask, else why not. */
static const char *judge_url(const char *url, bool *loopback_only)
{
	CURLU *u = curl_url();
	const char *bad;

	if (!u)
		die("out of memory");
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		bad = "the url is not one";
	else
		bad = judge_parts(u, loopback_only);
	curl_url_cleanup(u);
	return bad;
}

/* ---- what went wrong ---- */

static void fail(struct post_answer *out, enum net_kind kind, const char *fmt, ...) PRINTF(3, 4);
static void fail(struct post_answer *out, enum net_kind kind, const char *fmt, ...)
{
	va_list ap;

	out->ok = false;
	out->kind = kind;
	buf_clear(&out->text);
	va_start(ap, fmt);
	buf_vfmt(&out->text, fmt, ap);
	va_end(ap);
}

/* The numbers are X509_V_ERR_*: OpenSSL's, and stable. The library checks the name after the chain and before it notes
 * the result, which then still is its initial 1. */
static void fail_certificate(CURL *curl, struct post_answer *out)
{
	long code = 0;

	curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &code);
	switch (code) {
	case 0: case 1: case 62: case 64:
		fail(out, NET_TLS_NAME, "the certificate is for another name");
		break;
	case 9:
		fail(out, NET_TLS_EXPIRED, "the certificate is not valid yet (or this machine's clock is behind)");
		break;
	case 10:
		fail(out, NET_TLS_EXPIRED, "the certificate has expired (or this machine's clock is ahead)");
		break;
	case 18: case 19:
		fail(out, NET_TLS_CA, "the certificate signs itself: its authority is not trusted here");
		break;
	case 2: case 20: case 21: case 24: case 27: case 79:
		fail(out, NET_TLS_CA, "the certificate's authority is not trusted here");
		break;
	case 23:
		fail(out, NET_TLS_CA, "the certificate has been revoked");
		break;
	default:
		fail(out, NET_TLS_CA, "the certificate does not verify (code %ld)", code);
	}
}

/* CURLcode has a hundred values; the rest are worded by the library, in words that hold no url. */
static void fail_transfer(struct poster *p, CURLcode rc, const struct attempt *t, unsigned timeout_ms)
{
	struct post_answer *out = t->out;

	if (t->left_machine)
		fail(out, NET_REQUEST, "plain http is for this machine only, and this name leads to another");
	else if (t->too_large || rc == CURLE_FILESIZE_EXCEEDED)
		fail(out, NET_TOO_LARGE, "the reply is larger than %zu bytes", t->cap);
	else if (rc == CURLE_OPERATION_TIMEDOUT)
		fail(out, NET_TIMEOUT, "no whole reply within %u ms (%zu bytes came)", timeout_ms, out->body.n);
	else if (rc == CURLE_COULDNT_RESOLVE_HOST)
		fail(out, NET_RESOLVE, "no address is known for its name");
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		fail_certificate(p->curl, out);
	else if (rc == CURLE_SSL_CACERT_BADFILE)
		fail(out, NET_TLS_CA, "the file of trusted authorities cannot be read");
	else if (rc == CURLE_SSL_CONNECT_ERROR)
		fail(out, NET_TLS, "the TLS handshake failed: is this an https server?");
	else if (rc == CURLE_PARTIAL_FILE || out->body.n > 0)
		fail(out, NET_TRUNCATED, "the connection broke after %zu bytes of the reply", out->body.n);
	else if (rc == CURLE_GOT_NOTHING)
		fail(out, NET_CONNECT, "the connection was closed without a reply");
	else if (rc == CURLE_COULDNT_CONNECT)
		fail(out, NET_CONNECT, "nobody answers there");
	else if (rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_WEIRD_SERVER_REPLY)
		fail(out, NET_HTTP_STATUS, "the reply is not HTTP");
	else
		fail(out, NET_CONNECT, "the connection broke (%s)", curl_easy_strerror(rc));
}

static void fail_status(struct post_answer *out)
{
	const long s = out->status;

	if (s >= 300 && s < 400)
		fail(out, NET_HTTP_STATUS, "HTTP %ld: a redirect, and redirects are not followed", s);
	else if (s == 401 || s == 403)
		fail(out, NET_HTTP_STATUS, "HTTP %ld: the node does not let us in", s);
	else if (s == 429)
		fail(out, NET_HTTP_STATUS, "HTTP 429: the node says that we ask too often");
	else if (s >= 500)
		fail(out, NET_HTTP_STATUS, "HTTP %ld: the node is in trouble", s);
	else
		fail(out, NET_HTTP_STATUS, "HTTP %ld instead of 200", s);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* First and last byte only: whoever asked parses it. */
static bool looks_like_json(struct span s)
{
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	return s.n >= 2 && ((s.p[0] == '{' && s.p[s.n - 1] == '}') || (s.p[0] == '[' && s.p[s.n - 1] == ']'));
}

/* ---- asking ---- */

struct poster *poster_new(const char *ca_file)
{
	struct poster *p = calloc(1, sizeof(*p));

	if (!p || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die("libcurl does not start");
	p->ca_file = ca_file;
	p->curl = curl_easy_init();
	p->headers = curl_slist_append(NULL, "content-type: application/json");
	p->headers = curl_slist_append(p->headers, "accept: application/json");
	p->headers = curl_slist_append(p->headers, "expect:");
	if (!p->curl || !p->headers)
		die("libcurl does not start");
	return p;
}

void poster_free(struct poster *p)
{
	if (!p)
		return;
	curl_slist_free_all(p->headers);
	curl_easy_cleanup(p->curl);
	curl_global_cleanup();
	free(p);
}

static void set_safety(struct poster *p)
{
	SET(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(p->curl, CURLOPT_FOLLOWLOCATION, 0L);
	SET(p->curl, CURLOPT_PROXY, "");
	SET(p->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(p->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(p->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(p->curl, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(p->curl, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(p->curl, CURLOPT_NOSIGNAL, 1L);
	if (p->ca_file) {             /* besides the system's, which are in a directory of their own */
		SET(p->curl, CURLOPT_CAINFO, p->ca_file);
		SET(p->curl, CURLOPT_CAPATH, "/etc/ssl/certs");
	}
}

static void set_request(struct poster *p, const struct post_request *q, struct attempt *t)
{
	SET(p->curl, CURLOPT_URL, q->url);
	SET(p->curl, CURLOPT_HTTPHEADER, p->headers);
	SET(p->curl, CURLOPT_POST, 1L);
	SET(p->curl, CURLOPT_POSTFIELDS, q->body.p ? (const char *)q->body.p : "");
	SET(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
	SET(p->curl, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	SET(p->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)q->timeout_ms);
	SET(p->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)q->max_reply);
	SET(p->curl, CURLOPT_WRITEFUNCTION, take_body);
	SET(p->curl, CURLOPT_WRITEDATA, t);
	SET(p->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(p->curl, CURLOPT_OPENSOCKETDATA, t);
}

static void post_once(struct poster *p, const struct post_request *q, bool loopback_only, struct post_answer *out)
{
	struct attempt t = { .out = out, .cap = q->max_reply, .loopback_only = loopback_only };
	CURLcode rc;

	buf_clear(&out->body);
	out->status = 0;
	curl_easy_reset(p->curl);
	set_safety(p);
	set_request(p, q, &t);
	rc = curl_easy_perform(p->curl);
	curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &out->status);
	if (rc != CURLE_OK)
		fail_transfer(p, rc, &t, q->timeout_ms);
	else if (out->status != 200)
		fail_status(out);
	else if (!looks_like_json(buf_view(&out->body)))
		fail(out, NET_NOT_JSON, "the reply (%zu bytes) is not JSON", out->body.n);
	else
		out->ok = true;
	if (!out->ok)
		buf_clear(&out->body);
}

/* Another try may end better. A certificate or a redirect will not have changed. */
static bool may_pass(const struct post_answer *a)
{
	switch (a->kind) {
	case NET_RESOLVE: case NET_CONNECT: case NET_TIMEOUT: case NET_TRUNCATED:
		return true;
	case NET_HTTP_STATUS:
		return a->status == 429 || (a->status >= 502 && a->status <= 504);
	case NET_REQUEST: case NET_TLS_CA: case NET_TLS_NAME: case NET_TLS_EXPIRED: case NET_TLS: case NET_TOO_LARGE:
	case NET_NOT_JSON: case NET_KIND_COUNT:
		return false;
	}
	return false;
}

/* 200, 400, 800 … ms and up to a quarter more, so that many clients do not come back together. */
static void back_off(unsigned try)
{
	uint8_t dice = 0;
	unsigned ms = 200u << try;
	struct timespec t;

	random_bytes(&dice, 1);
	ms += ms * dice / 1024;
	t.tv_sec = ms / 1000;
	t.tv_nsec = (long)(ms % 1000) * 1000000;
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

void post(struct poster *p, const struct post_request *q, struct post_answer *out)
{
	bool loopback_only = false;
	const char *bad = judge_url(q->url, &loopback_only);

	if (bad) {
		fail(out, NET_REQUEST, "%s", bad);
		return;
	}
	for (out->tries = 1;; out->tries++) {
		post_once(p, q, loopback_only, out);
		if (out->ok || out->tries > q->retries || !may_pass(out))
			return;
		back_off(out->tries - 1);
	}
}
