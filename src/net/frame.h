/* What setgov and setgov-net say to each other over a pipe: frames, each a decimal length, a newline, and that many
 * bytes. Knows no JSON and no network.
 *
 * A request is two frames: a header, {"url","timeoutMs","maxReplyBytes","retries"}, and the body to POST, verbatim.
 * An answer is two frames: a header and the body of the reply, verbatim. The header is
 * {"ok":true,"status":200,"tries":1} or {"ok":false,"kind":"tls-expired","text":"…","tries":1}, the latter with an
 * empty body. setgov-net answers requests in order until its input ends. */
#ifndef SETGOV_NET_FRAME_H
#define SETGOV_NET_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/attr.h"
#include "src/base/buf.h"
#include "src/base/err.h"

#define FRAME_HEADER_CAP ((size_t)16 * 1024)
#define FRAME_BODY_CAP ((size_t)2 * 1024 * 1024)          /* of a request: what nodes accept */
#define FRAME_REPLY_CAP ((size_t)64 * 1024 * 1024)        /* more than anybody may ask for */

/* What can go wrong between us and a node; the header's "kind". */
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
MUST_CHECK bool net_kind_find(enum net_kind *out, struct span name);

/* Blocking, whole, restarted after signals. `deadline_ms` is on the monotonic clock, negative = none; past it the
 * error is ERR_CHAIN "no answer in time". */
int64_t frame_clock_ms(void);
MUST_CHECK bool frame_write(int fd, struct span body, int64_t deadline_ms, struct err *e);
/* Appends to out. A length over `cap` is ERR_RANGE and nothing of the body is read. The input ending before the first
 * byte sets *eof and returns true; `eof` NULL makes that an error like every other early end: ERR_SYNTAX. */
MUST_CHECK bool frame_read(int fd, struct buf *out, size_t cap, int64_t deadline_ms, bool *eof, struct err *e);

#endif
