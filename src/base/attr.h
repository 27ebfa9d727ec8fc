/* Function attributes that the whole tree uses. */
#ifndef SETGOV_BASE_ATTR_H
#define SETGOV_BASE_ATTR_H

/* The result says whether the call worked: ignoring it does not compile. */
#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
