/* upgrade layout: whether new code finds the stored values where the old code put them, from what the compiler says. */
#include "src/cli/cmd.h"
#include "src/gov/layout.h"

#define LAYOUT_FILE_MAX ((size_t)64 << 20)    /* a compiler's whole output */

static const struct layout *read_layout(struct cli *cli, const char *path, struct err *e)
{
	struct span text;
	const struct json *doc;
	const struct layout *l = NULL;
	if (!cli_read(cli, &text, path, LAYOUT_FILE_MAX, e))
		return NULL;
	doc = json_parse(&cli->arena, text, e);
	if (doc != NULL)
		l = layout_parse(&cli->arena, doc, e);
	if (l == NULL)
		json_err_file(e, path, text);
	return l;
}

static struct json *finding_json(struct arena *a, const struct layout_finding *f)
{
	struct json *o = json_object(a);
	json_set(o, a, "breaks", json_bool(a, f->breaks));
	json_set(o, a, "kind", json_str(a, layout_kind_name(f->kind)));
	json_set(o, a, "text", json_str(a, f->text));
	return o;
}

bool cmd_upgrade_layout(struct cli *cli, struct err *e)
{
	const struct layout *old = read_layout(cli, cli->args[0], e);
	const struct layout *now = old != NULL ? read_layout(cli, cli->args[1], e) : NULL;
	struct layout_findings f;
	if (now == NULL)
		return false;
	layout_compare(&cli->arena, &f, old, now);
	cli->result = json_array(&cli->arena);
	for (size_t i = 0; i < f.n; i++) {
		cli_text(cli, "%-11s %s\n", layout_kind_name(f.v[i].kind), f.v[i].text);
		json_push(cli->result, finding_json(&cli->arena, &f.v[i]));
	}
	cli_text(cli, f.n_breaking > 0 ? "NOT COMPATIBLE: %zu findings break stored values.\n"
				       : "Compatible, as far as the compiler lists storage (%zu findings break it).\n",
		 f.n_breaking);
	cli->status = f.n_breaking > 0 ? 1 : 0;
	return true;
}
