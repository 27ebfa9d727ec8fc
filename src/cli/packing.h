/* The packet of a step as the log has it: its core and evidence from their blobs, with the signatures collected
 * so far and the lines that the owners have not seen. Reads the log and nothing else. */
#ifndef SETGOV_CLI_PACKING_H
#define SETGOV_CLI_PACKING_H

#include "audit-log/workspace.h"
#include "src/gov/packet.h"

/* `step` has been packed. `lean`: the core and the signatures alone. Everything lives in the arena; out->core
 * is left empty: this is for packet_write(). */
MUST_CHECK bool packing_packet(struct workspace *ws, struct arena *a, const struct change *change,
			       enum step_kind step, bool lean, struct packet *out, struct err *e);
/* The signatures collected for a step, re-hashed. */
MUST_CHECK bool packing_signatures(struct workspace *ws, struct arena *a, const struct step *step,
				   struct owner_signature **out, struct err *e);

#endif
