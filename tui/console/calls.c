#include "tui/console/calls.h"

#include "src/base/text.h"
#include "src/evm/address.h"
#include "src/gov/units.h"

static void function(const struct explained_call *c, size_t indent, struct paper *p)
{
	paper_begin(p, indent, indent + 2);
	if (c->function.n > 0)
		paper_add_span(p, STYLE_TEXT, c->function);
	else
		paper_add(p, STYLE_TEXT, "no data: nothing happens");
	paper_end(p);
}

static void sends(const char *value, size_t indent, struct paper *p)
{
	if (value != NULL)
		paper_line(p, STYLE_WARN, indent, "sends %s", value);
}

static void args(const struct explained_call *c, size_t indent, struct paper *p)
{
	for (size_t i = 0; i < c->n_args; i++) {
		const struct explained_arg *arg = &c->args[i];
		paper_begin(p, indent, indent + 2);
		paper_add(p, STYLE_DIM, "%s = ", arg->name);
		paper_add_safe(p, STYLE_HASH, span_str(arg->text));
		if (arg->label != NULL)
			paper_add(p, STYLE_LABEL, " (%s)", arg->label);
		paper_end(p);
	}
}

static void inner(const struct explained_call *c, size_t indent, struct paper *p)
{
	struct buf b = {0};
	addr_format(&b, &c->to);
	paper_begin(p, indent, indent + 2);
	paper_add(p, STYLE_TEXT, "in it: ");
	paper_add(p, STYLE_LABEL, "%s ", c->contract);
	paper_add(p, STYLE_HASH, "%s", buf_cstr(&b));
	paper_end(p);
	function(c, indent + 2, p);
	args(c, indent + 4, p);
	if (!u256_is_zero(&c->value)) {
		buf_clear(&b);
		wei_format(&b, &c->value);
		sends(buf_cstr(&b), indent + 2, p);
	}
	for (size_t i = 0; i < c->n_inner; i++)
		inner(&c->inner[i], indent + 2, p);
	buf_release(&b);
}

static void calldata(const char *data, struct paper *p)
{
	if (data == NULL)
		return;
	paper_begin(p, 4, 6);
	paper_add(p, STYLE_DIM, "calldata ");
	paper_add(p, STYLE_HASH, "%s", data);
	paper_end(p);
}

void calls_draw(const struct shown_call *c, struct paper *p)
{
	const struct explained_call *e = c->explained;
	paper_begin(p, 2, 4);
	paper_add(p, STYLE_DIM, "%zu. ", c->number);
	if (c->label != NULL)
		paper_add(p, STYLE_LABEL, "%s ", c->label);
	paper_add(p, STYLE_HASH, "%s", c->to);
	paper_end(p);
	if (e == NULL) {
		paper_line(p, STYLE_BAD, 4, "! NOT READABLE: %s", c->trouble != NULL ? c->trouble : "");
	} else {
		function(e, 4, p);
		args(e, 6, p);
	}
	for (size_t i = 0; e != NULL && i < e->n_inner; i++)
		inner(&e->inner[i], 6, p);
	sends(c->value, 4, p);
	calldata(c->data, p);
}
