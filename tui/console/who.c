#include "tui/console/who.h"

#include "src/crypto/words.h"
#include "src/evm/address.h"

void who_add(struct paper *p, const struct model *m, const struct addr *at)
{
	struct arena a = {0};
	struct buf b = {0};
	const char *label = m->ws != NULL ? deployment_label(&a, &m->ws->deployment, at) : NULL;
	addr_format(&b, at);
	if (label != NULL)
		paper_add(p, STYLE_LABEL, "%s ", label);
	paper_add(p, STYLE_HASH, "%s", buf_cstr(&b));
	buf_release(&b);
	arena_release(&a);
}

void who_hash(struct paper *p, size_t indent, const char *name, const struct hash32 *h)
{
	struct buf b = {0};
	buf_0xhex(&b, SPAN_HASH(h));
	paper_line(p, STYLE_DIM, indent, "%s", name);
	paper_line(p, STYLE_HASH, indent + 2, "%s", buf_cstr(&b));
	buf_release(&b);
}

void who_phrase(struct paper *p, size_t indent, const struct hash32 *packet)
{
	struct buf b = {0};
	words_phrase(&b, packet);
	paper_line(p, STYLE_DIM, indent, "phrase");
	paper_line(p, STYLE_HASH, indent + 2, "%s", buf_cstr(&b));
	buf_release(&b);
}
