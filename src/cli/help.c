/* Help, the man page and completion: from the command table, and of the console from its table of keys. */
#include <string.h>

#include "src/base/text.h"
#include "src/cli/command.h"
#include "tui/console/keys.h"

static void options_help(struct buf *out, const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const size_t before = out->n;
		buf_fmt(out, "  %s%s%s", o[i].name, o[i].value != NULL ? " " : "",
			o[i].value != NULL ? o[i].value : "");
		const size_t used = text_width(span_of(out->p + before, out->n - before));
		buf_fmt(out, "%*s  %s\n", (int)(used < 24 ? 24 - used : 0), "", o[i].help);
	}
}

void help_overview(struct buf *out)
{
	buf_str(out, "setgov: build, understand, agree on, sign, push through, watch and prove changes made "
		     "with admin keys\n\n");
	for (size_t i = 0; i < n_commands; i++) {
		const struct command *c = &commands[i];
		const size_t before = out->n;
		buf_fmt(out, "  %s%s%s", c->name, c->args[0] != '\0' ? " " : "", c->args);
		const size_t used = text_width(span_of(out->p + before, out->n - before));
		if (used > 44)
			buf_fmt(out, "\n%*s  %s\n", 44, "", c->help);
		else
			buf_fmt(out, "%*s  %s\n", (int)(44 - used), "", c->help);
	}
	buf_str(out, "\nwith any of them:\n");
	options_help(out, common_options, n_common_options);
	buf_str(out,
		"\nexit status: 0 done, 1 refused, 2 usage, 3 bad input, 4 the outside world\n"
		"setgov help COMMAND tells more about one. Keys that move the chain live in setgov-signer.\n");
}

void help_command(struct buf *out, const struct command *c)
{
	buf_fmt(out, "setgov %s%s%s\n  %s\n", c->name, c->args[0] != '\0' ? " " : "", c->args, c->help);
	if (c->n_options > 0)
		buf_str(out, "\noptions:\n");
	options_help(out, c->options, c->n_options);
	buf_str(out, "\nwith any command:\n");
	options_help(out, common_options, n_common_options);
}

static void man_options(struct buf *out, const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_str(out, ".TP\n.B ");
		text_roff(out, o[i].name);
		if (o[i].value != NULL) {
			buf_str(out, " \\fI");
			text_roff(out, o[i].value);
			buf_str(out, "\\fR");
		}
		buf_str(out, "\n");
		text_roff(out, o[i].help);
		buf_str(out, "\n");
	}
}

void help_man(struct buf *out)
{
	buf_str(out, ".TH SETGOV 1\n.SH NAME\nsetgov \\- governance console for a Safe and a timelock\n.SH "
		     "SYNOPSIS\n.B setgov\n"
		     ".I command\n[arguments] [options]\n.SH COMMANDS\n"
		     "Without one, on a terminal, setgov opens the console: see KEYS.\n");
	for (size_t i = 0; i < n_commands; i++) {
		buf_str(out, ".SS setgov ");
		text_roff(out, commands[i].name);
		buf_str(out, " ");
		text_roff(out, commands[i].args);
		buf_str(out, "\n");
		text_roff(out, commands[i].help);
		buf_str(out, ".\n");
		man_options(out, commands[i].options, commands[i].n_options);
	}
	buf_str(out, ".SH OPTIONS\n");
	man_options(out, common_options, n_common_options);
	keys_man(out);
	buf_str(out, ".SH EXIT STATUS\n0 done, 1 refused, 2 usage, 3 bad input, 4 the outside world.\n"
		     ".SH SEE ALSO\n.BR setgov\\-signer (1)\n");
}

void help_completion(struct buf *out)
{
	buf_str(out, "_setgov() {\n\tlocal words=\"");
	for (size_t i = 0; i < n_commands; i++)
		buf_fmt(out, "%s%.*s", i > 0 ? " " : "", (int)strcspn(commands[i].name, " "), commands[i].name);
	buf_str(out, "\"\n\tif [ \"$COMP_CWORD\" -gt 1 ]; then\n\t\tcase \"${COMP_WORDS[1]}\" in\n");
	for (size_t i = 0; i < n_commands; i++) {
		const struct command *c = &commands[i];
		if (strchr(c->name, ' ') != NULL)
			continue;
		buf_fmt(out, "\t\t%s) words=\"", c->name);
		for (size_t k = 0; k < c->n_options; k++)
			buf_fmt(out, "%s ", c->options[k].name);
		for (size_t k = 0; k < n_common_options; k++)
			buf_fmt(out, "%s ", common_options[k].name);
		buf_str(out, "\" ;;\n");
	}
	buf_str(out, "\t\tesac\n\tfi\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
		     "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "
		     "\"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
		     "complete -F _setgov setgov\n");
}
