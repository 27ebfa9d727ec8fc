/* A test that is its own setgov-net: replies from a script instead of a network. The test's main() begins with
 *     if (transport_asked())
 *             return transport_main();
 *
 * A script is a JSON array of rules. The first rule that fits a call answers it: {"method"} alone fits any params,
 * {"params"} must then be the same, {"url"} too, and a rule with "once":true is used up. The answer is "result" or
 * "error". A rule {"body":"…"} answers a whole request with these bytes, whatever was asked ("$ID" in it is the first
 * id), and {"header":"…"} puts that in place of setgov-net's header. {"die":true} ends the transport. A call that
 * nothing fits gets -32601. */
#ifndef SETGOV_TESTS_SUPPORT_TRANSPORT_H
#define SETGOV_TESTS_SUPPORT_TRANSPORT_H

#include <stdbool.h>

bool transport_asked(void);
int transport_main(void);
/* From the next batch of a fresh struct rpc on, this script answers. */
void transport_play(const char *rules);
/* The same from a file under tests/vectors. */
void transport_play_vector(const char *path);

#endif
