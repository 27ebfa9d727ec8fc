/* init --follow: a workspace that reads somebody else's log, made from an export and brought up to date from later
 * ones. */
#ifndef SETGOV_CLI_FOLLOWING_H
#define SETGOV_CLI_FOLLOWING_H

#include "src/cli/command.h"

MUST_CHECK bool following_init(struct cli *cli, const char *export, struct err *e);

#endif
