/* Packets: what is accepted is written and read again with the same digest and contents; what is refused has a
 * place. What is accepted is checked against a pinned profile under which its digests are taken for good, so that
 * the checks behind them are reached too. */
#include "src/gov/packet.h"
#include "tests/fuzz/target.h"

/* The profile of the corpus: tests/support/packets.c. */
static const char profile[] =
	"{\"format\":\"setgov-deployment/1\",\"identity\":{\"name\":\"sample\",\"class\":\"test\",\"chainId\":84532999,"
	"\"genesisHash\":\"0x0000000000000000000000000000000000000000000000000000000000000007\","
	"\"safe\":\"0x7070707070707070707070707070707070707070\",\"safeVersion\":\"1.4.1\",\"threshold\":2,"
	"\"timelock\":\"0x7171717171717171717171717171717171717171\",\"contracts\":{"
	"\"registry\":{\"abi\":\"SetRegistry\",\"address\":\"0x7272727272727272727272727272727272727272\"},"
	"\"paymaster\":{\"abi\":\"SetPaymaster\",\"address\":\"0x7373737373737373737373737373737373737373\"},"
	"\"timelock\":{\"abi\":\"SetTimelock\",\"address\":\"0x7171717171717171717171717171717171717171\"},"
	"\"safe\":{\"abi\":\"Safe\",\"address\":\"0x7070707070707070707070707070707070707070\"}},\"people\":["
	"{\"id\":\"p1\",\"address\":\"0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1\",\"owner\":true},"
	"{\"id\":\"p2\",\"address\":\"0x5050A4F4b3f9338C3472dcC01A87C76A144b3c9c\",\"owner\":true}],"
	"\"feeCaps\":{\"maxFeePerGas\":\"200 gwei\",\"maxPriorityFeePerGas\":\"5 gwei\",\"gas\":2000000}},"
	"\"local\":{\"endpoints\":[]}}";

static void check_round_trip(struct arena *a, const struct packet *p)
{
	struct buf once = {0}, twice = {0};
	struct packet again;

	packet_write(a, &once, p);
	demand(packet_parse(a, &again, buf_view(&once), NULL) && hash32_eq(&again.digest, &p->digest),
	       "a written packet is another packet");
	packet_write(a, &twice, &again);
	demand(span_eq(buf_view(&once), buf_view(&twice)), "a packet is written in two ways");
	buf_release(&once);
	buf_release(&twice);
}

static void check_truth(struct arena *a, struct packet *p)
{
	struct checked_packet checked;
	struct deployment d;
	struct pinned pin;
	struct err e = {0};

	demand(deployment_parse(a, &d, span_str(profile), NULL) && pinned_builtin(a, &pin, &d, NULL), "no pins");
	d.id = p->core.deployment;
	pin.catalogue_digest = p->core.catalogue;
	pin.abi_digest = p->core.abi;
	if (packet_check(a, &checked, p, &pin, &e))
		demand(checked.n_sentences != 0 && checked.n_steps == p->core.n_steps && checked.phrase != NULL,
		       "a checked packet says nothing");
	else
		demand(e.code == ERR_REFUSED && e.refusal != NULL && e.what.n != 0, "refused without a code");
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct packet p;
	struct err e = {0};

	if (packet_parse(&a, &p, span_of(data, n), &e)) {
		check_round_trip(&a, &p);
		check_truth(&a, &p);
	} else {
		demand(e.at <= n || n > PACKET_MAX, "a refused packet has no place");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
