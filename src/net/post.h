/* One HTTP POST of a JSON-RPC body, and the whole reply or the reason there is none. The only user of libcurl.
 *
 * https to anybody whose certificate verifies; http to this machine only (127.0.0.0/8, ::1, localhost), checked
 * against the address that is connected to, not only the one that was written. No redirects, no proxies, no
 * compression, no cookies, HTTP/1.1. No word of an answer names the url: a url may hold an access key. */
#ifndef SETGOV_NET_POST_H
#define SETGOV_NET_POST_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"

/* What can go wrong between us and a node. The names are part of the pipe's format (main.c). */
#define NET_KINDS(K) \
	K(REQUEST, "request")           /* we were asked for something we do not do */ \
	K(RESOLVE, "resolve")           /* no address for the host's name */ \
	K(CONNECT, "connect")           /* nobody listens, or the connection broke before an answer */ \
	K(TIMEOUT, "timeout") \
	K(TLS_CA, "tls-ca")             /* the certificate is not from an authority we trust */ \
	K(TLS_NAME, "tls-name")         /* the certificate is for another name */ \
	K(TLS_EXPIRED, "tls-expired")   /* expired, or not valid yet */ \
	K(TLS, "tls")                   /* anything else about TLS */ \
	K(HTTP_STATUS, "http-status")   /* not 200, redirects included */ \
	K(TOO_LARGE, "too-large") \
	K(TRUNCATED, "truncated")       /* the connection broke inside the answer */ \
	K(NOT_JSON, "not-json")
#define NET_KIND_ID(id, name) NET_##id,
enum net_kind { NET_KINDS(NET_KIND_ID) NET_KIND_COUNT };
const char *net_kind_name(enum net_kind k);

#define POST_MAX_URL 2048
#define POST_MAX_BODY ((size_t)2 * 1024 * 1024)        /* what nodes accept */
#define POST_MAX_REPLY ((size_t)64 * 1024 * 1024)
#define POST_MAX_TIMEOUT 120000
#define POST_MAX_RETRIES 5

struct post_request {
	const char *url;
	unsigned timeout_ms;          /* for one try, from name resolution to the last byte */
	size_t max_reply;             /* bytes */
	unsigned retries;             /* after resolve, connect, timeout, truncated, HTTP 429, 502, 503, 504 */
	struct span body;
};

struct post_answer {                  /* {0} before, post_answer_release() after */
	bool ok;
	enum net_kind kind;           /* !ok */
	struct buf text;              /* !ok: one clause for people */
	long status;                  /* HTTP, 0 when there was none */
	unsigned tries;
	struct buf body;              /* ok: what came, and it begins and ends like a JSON object or array */
};
void post_answer_release(struct post_answer *a);

struct poster;                        /* keeps connections open between posts */
/* `ca_file` (NULL: none): authorities trusted besides the system's. Before confine(). */
struct poster *poster_new(const char *ca_file);
void poster_free(struct poster *p);
void post(struct poster *p, const struct post_request *q, struct post_answer *out);

#endif
