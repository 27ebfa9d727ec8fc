#include "src/net/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/err.h"

/* <linux/landlock.h> of Debian 12 knows versions 1 to 3 only; the numbers are the kernel's and do not change. */
#define LANDLOCK_CREATE 444
#define LANDLOCK_ADD 445
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_VERSION_FLAG 1u
#define RULE_PATH_BENEATH 1
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_VERSION_1 (((UINT64_C(1) << 13) - 1))       /* execute … make_sym */
#define FS_REFER (UINT64_C(1) << 13)                   /* from version 2 */
#define FS_TRUNCATE (UINT64_C(1) << 14)                /* from version 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15)               /* from version 5 */
#define NET_BIND_TCP (UINT64_C(1) << 0)                /* from version 4 */
#define SCOPE_ABSTRACT_UNIX (UINT64_C(1) << 0)         /* from version 6 */
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

struct ruleset {
	uint64_t fs, net, scoped;
};

struct __attribute__((packed)) path_rule {
	uint64_t access;
	int32_t fd;
};

/* CA certificates; what the resolver and its modules (libnss_*.so, opened when the first name is looked up) read;
 * OpenSSL's own configuration. */
static const char *const readable[] = {
	"/etc/ssl", "/usr/lib/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
	"/etc/pki/tls", "/etc/pki/ca-trust", "/etc/ca-certificates",
	"/etc/resolv.conf", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/run/nscd",
	"/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
	"/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64",
	"/dev/urandom", "/dev/random", "/dev/null",
};

void confine_process(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		die("setgov-net cannot confine itself: %s", strerror(errno));
	/* http_proxy, SSL_CERT_FILE, OPENSSL_CONF, HOSTALIASES, …: nobody steers this program from outside. */
	if (clearenv() != 0)
		die("setgov-net cannot clear its environment");
	syscall(SYS_close_range, 3u, ~0u, 0u);
}

static struct ruleset rules_of(long version)
{
	struct ruleset r = { .fs = FS_VERSION_1, .net = 0, .scoped = 0 };

	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 4)
		r.net |= NET_BIND_TCP;
	if (version >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (version >= 6)
		r.scoped |= SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return r;
}

static size_t ruleset_size(long version)
{
	return version >= 6 ? 24 : version >= 4 ? 16 : 8;
}

/* A path that is not there needs no rule. */
static void allow_read(int ruleset, const char *path)
{
	struct path_rule rule = { .access = FS_READ_FILE, .fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;

	if (rule.fd < 0)
		return;
	if (fstat(rule.fd, &st) == 0 && S_ISDIR(st.st_mode))
		rule.access |= FS_READ_DIR;
	if (syscall(LANDLOCK_ADD, ruleset, RULE_PATH_BENEATH, &rule, 0u) != 0)
		die("Landlock does not take a rule for %s: %s", path, strerror(errno));
	close(rule.fd);
}

bool confine_files(const char *ca_file)
{
	const long version = syscall(LANDLOCK_CREATE, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);
	struct ruleset rules;
	int fd;

	if (version < 1)
		return false;
	rules = rules_of(version);
	fd = (int)syscall(LANDLOCK_CREATE, &rules, ruleset_size(version), 0u);
	if (fd < 0)
		die("Landlock cannot make a ruleset: %s", strerror(errno));
	for (size_t i = 0; i < ARRAY_LEN(readable); i++)
		allow_read(fd, readable[i]);
	if (ca_file)
		allow_read(fd, ca_file);
	if (syscall(LANDLOCK_RESTRICT, fd, 0u) != 0)
		die("Landlock does not close: %s", strerror(errno));
	close(fd);
	return true;
}
