/* Functions that nothing here calls, because each has cut a string, guessed a length, hidden an error or asked a
 * shell. The Makefile includes this file before every other (-include), so that using one does not compile. The
 * system headers that declare them come first: a poisoned name may not even be declared. What to call instead:
 * buf_* for building text, struct reader for taking it apart, u256_parse() for numbers, time_* for dates, fork and
 * exec for programs, random_bytes() for randomness. */
#ifndef SETGOV_BASE_BAN_H
#define SETGOV_BASE_BAN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#undef alloca
#undef strdupa
#undef strndupa
#pragma GCC poison strcpy strcat strncpy strncat stpcpy stpncpy strdupa strndupa alloca
#pragma GCC poison sprintf vsprintf gets scanf sscanf fscanf
#pragma GCC poison strtok strtok_r atoi atol atoll atof
#pragma GCC poison asctime asctime_r ctime ctime_r gmtime localtime
#pragma GCC poison popen mktemp tmpnam tempnam rand srand srandom

#endif
