/* Amounts as people type and read them. */
#ifndef SETGOV_GOV_UNITS_H
#define SETGOV_GOV_UNITS_H

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/u256.h"

/* "0.05 ether", "20 gwei", "1500 wei", "1000000000000000000" (no unit = wei). Refuses digits below one wei,
 * signs and exponents. */
MUST_CHECK bool wei_parse(struct u256 *out, struct span text, struct err *e);
/* "0.05 ether" from 0.001 ether up; below that whichever of ether and gwei is the shorter number, "0.0005 ether" but
 * "200 gwei"; below one gwei "1500 wei". Exact: never rounded. */
void wei_format(struct buf *out, const struct u256 *wei);
/* What is paid, next to balances in ether: "0.000196253293495836 ether" from one gwei up, exact too. */
void wei_format_ether(struct buf *out, const struct u256 *wei);

#endif
