#include "src/report/seal.h"

#include "src/report/report_html.h"

bool report_seal(struct arena *a, struct report *r, struct log *l, struct evidence_limits limits, struct line *made,
		 struct json *body, struct err *e)
{
	struct hash32 digest;
	/* The first checkpoint is over every line of the report, so that the second changes nothing that is shown. */
	if (!log_checkpoint(l, NULL, e) || !report_evidence(a, r, l, limits, e))
		return false;
	report_html_digest(&digest, r);
	json_set(body, a, "html", json_bare(a, SPAN_HASH(&digest)));
	made->body = body;
	return log_append(l, made, e) && log_checkpoint(l, NULL, e) &&
	       report_evidence_made(a, r, l, limits, made->seq, e);
}
