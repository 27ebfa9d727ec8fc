/* Catalogues, and through them actions: a catalogue that is read can say, compile and undo its actions without ever
 * finding that it should not have been read. The input is a catalogue; its actions are filled with plausible values. */
#include "src/gov/catalogue.h"
#include "tests/fuzz/target.h"

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
	"\"feeCaps\":{\"maxFeePerGas\":\"200 gwei\",\"maxPriorityFeePerGas\":\"5 gwei\",\"gas\":2000000}}}";

static const char *value_for(enum action_arg_type type, size_t i)
{
	static const char *const addresses[] = { "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1",
						 "0x8181818181818181818181818181818181818181" };

	switch (type) {
	case ARG_ADDRESS: return addresses[i % 2];
	case ARG_BOOL: return i % 2 ? "true" : "false";
	case ARG_UINT: return "2";
	case ARG_ETHER: return "0.05 ether";
	case ARG_DURATION: return "24h";
	case ARG_TEXT: return "a \"name\" {x}";
	case ARG_BYTES: return "0x8456cb59";
	case ARG_HASH: return "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
	case ARG_ROLE: return "executor";
	case ARG_CONTRACT: return "registry";
	}
	return "";
}

static void check_action(struct arena *a, const struct pinned *p, const struct json *action)
{
	const struct action_read_back *reads;
	const struct json *undo;
	struct calls calls, again;
	struct buf say = {0};
	size_t n;

	if (!action_compile(a, &calls, p, action, NULL))
		return;                              /* a function that no ABI has */
	demand(action_compile(a, &again, p, action, NULL) && calls_eq(calls, again),
	       "an action compiles in two ways");
	demand(action_say(a, &say, p, action, NULL), "an action that compiles says nothing");
	(void)action_deescalates(a, p, action);
	undo = action_undo(a, p, action);
	demand(undo == NULL || json_find(undo, "action") != NULL, "an undo is no action");
	(void)!action_reads(a, &reads, &n, p, action, NULL);
	buf_release(&say);
}

static void check_definition(struct arena *a, const struct pinned *p, const struct action_def *d)
{
	size_t n;
	const struct action_arg *args = action_args(d, &n);
	struct span *pairs = ARENA_ARRAY(a, struct span, n);
	struct json *action;
	struct err e = {0};

	for (size_t i = 0; i < n; i++)
		pairs[i] = span_str(arena_fmt(a, "%.*s=%s", (int)args[i].name.n, (const char *)args[i].name.p,
					      value_for(args[i].type, i)));
	if (action_read(a, &action, p, action_name(d), pairs, n, &e))
		check_action(a, p, action);
	else
		demand(e.what.n > 0, "refused without a reason");
	err_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct deployment d;
	struct pinned p;
	struct err e = {0};
	const struct catalogue *c = catalogue_parse(&a, span_of(data, n), &e);

	if (c != NULL) {
		demand(deployment_parse(&a, &d, span_str(profile), NULL) && pinned_builtin(&a, &p, &d, NULL),
		       "no pins");
		p.catalogue = c;
		for (size_t i = 0; i < catalogue_size(c); i++)
			check_definition(&a, &p, catalogue_at(c, i));
	} else {
		demand(e.code != ERR_NONE && e.what.n > 0 && e.at <= n, "refused without a place or a reason");
	}
	err_clear(&e);
	arena_release(&a);
	return 0;
}
