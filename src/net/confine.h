/* Takes from setgov-net what it does not need: core dumps, other processes' looks into it, its environment and
 * inherited files, and, where the kernel has Landlock, every file but CA certificates and what name resolution
 * reads, every write, and listening sockets. */
#ifndef SETGOV_NET_CONFINE_H
#define SETGOV_NET_CONFINE_H

#include <stdbool.h>

/* Everything but Landlock. First thing in main(). */
void confine_process(void);
/* False when the kernel has no Landlock; any other failure ends the process. `ca_file` may be NULL. */
bool confine_files(const char *ca_file);

#endif
