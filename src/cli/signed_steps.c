#include "src/cli/signed_steps.h"

void signed_steps_add(struct signed_steps *s, struct arena *a, struct span change, enum step_kind kind)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].kind == kind && span_eq(s->v[i].change, change))
			return;
	ARENA_GROW(a, s->v, s->n, s->cap);
	s->v[s->n++] = (struct signed_step){ arena_copy(a, change), kind };
}

bool signed_steps_say(const struct signed_steps *s, struct cli *cli, struct err *e)
{
	const unsigned long long needed = cli->ws->deployment.threshold;
	for (size_t i = 0; i < s->n; i++) {
		const char *id = arena_str(&cli->arena, s->v[i].change), *step = step_name(s->v[i].kind);
		struct change change;
		if (!workspace_look(cli->ws, &cli->arena, id, &change, e))
			return false;
		const size_t n = change.steps[s->v[i].kind].n_signatures;
		cli_text(cli, "%s %s: %zu of %llu signatures\n", id, step, n, needed);
		if (n >= needed)
			cli_text(cli, "Next: setgov submit %s %s --from KEYFILE\n", id, step);
	}
	return true;
}
