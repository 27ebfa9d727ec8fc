#include "audit-log/verify_state.h"

#include <stdarg.h>

static const char *const codes[] = {
#define C(id, name, means) name,
	FINDING_CODES(C)
#undef C
};

const char *finding_code_name(enum finding_code c)
{
	return codes[c];
}

void verify_find(struct verifier *v, enum finding_code code, uint64_t seq, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	if (v->report->n_findings == VERIFY_MAX_FINDINGS) {
		v->report->more++;
		return;
	}
	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	v->findings[v->report->n_findings++] = (struct finding){ code, seq, arena_str(v->arena, buf_view(&text)) };
	buf_release(&text);
}

void verify_find_error(struct verifier *v, enum finding_code code, uint64_t seq, const char *what, struct err *inner)
{
	struct buf text = {0};

	err_format(inner, &text);
	verify_find(v, code, seq, "%s%s", what, buf_cstr(&text));
	buf_release(&text);
	err_clear(inner);
}

void verify_checked(struct verifier *v, bool done, const char *what, const char *text)
{
	if (v->report->n_checks == MAX_CHECKS)
		BUG("more checks than MAX_CHECKS");
	v->checks[v->report->n_checks++] = (struct verify_check){ what, done, text };
}
