#include "src/cli/audit_parts.h"

#include <stdarg.h>

#include "src/base/text.h"
#include "src/evm/address.h"

void audit_push(struct audit *t, struct audit_events *where, const struct audit_event *what)
{
	ARENA_GROW(t->a, where->v, where->n, where->cap);
	where->v[where->n++] = *what;
}

void audit_note(struct audit *t, struct audit_facts *where, enum audit_verdict verdict, const char *fmt, ...)
{
	struct buf b = {0};
	va_list args;
	va_start(args, fmt);
	buf_vfmt(&b, fmt, args);
	va_end(args);
	ARENA_GROW(t->a, where->v, where->n, where->cap);
	where->v[where->n++] = (struct audit_fact){ verdict, arena_str(t->a, buf_view(&b)) };
	buf_release(&b);
}

void audit_not_checked(struct audit *t, const char *what, struct err *e)
{
	audit_note(t, &t->unchecked, AUDIT_LOOK, "%s: %s", what, text_safe_err(t->a, e));
	err_clear(e);
}

const char *audit_addresses(const struct audit *t, const struct addr *v, size_t n)
{
	struct buf b = {0};
	for (size_t i = 0; i < n; i++) {
		const char *label = addr_is_zero(&v[i]) ? "nobody, or anybody"
							: deployment_label(t->a, &t->x.deployment, &v[i]);
		buf_str(&b, i > 0 ? ", " : "");
		addr_format(&b, &v[i]);
		if (label != NULL)
			buf_fmt(&b, " (%s)", label);
	}
	const char *out = arena_str(t->a, buf_view(&b));
	buf_release(&b);
	return out;
}

void audit_pin(struct audit *t, const struct block *b)
{
	t->chain.pin = *b;
}
