#include "src/report/html_picture.h"

#include <string.h>

#include "src/base/text.h"
#include "src/report/html_text.h"

#define WIDTH 720
#define BAR_WIDTH 520                  /* what is right of it is for the number */
#define LABEL_COLUMNS 88
#define TEXT_HEIGHT 17
#define BAR_HEIGHT 12
#define GAP 9

struct bar {
	const char *label;
	int64_t from, to;                  /* BARS: from is 0 */
	const char *words;                 /* what stands at its end, in the arena */
	bool open;
};

struct picture {
	struct bar *bars;
	size_t n, rows;
	int64_t min, max;
};

/* ---- what the cells say ----------------------------------------------------------------------------------------- */

/* "12" or "12.5", in thousandths. */
static bool read_number(const char *text, int64_t *out)
{
	int64_t v = 0;
	size_t i = 0, fraction = 0;
	for (; text[i] >= '0' && text[i] <= '9' && i < 15; i++)
		v = v * 10 + (text[i] - '0');
	if (i == 0)
		return false;
	v *= 1000;
	if (text[i] == '.')
		for (int64_t unit = 100; text[i + 1] >= '0' && text[i + 1] <= '9'; i++, fraction++, unit /= 10)
			v += unit * (text[i + 1] - '0');
	if (text[i] == '.' || fraction > 3)
		return false;
	*out = v;
	return text[i + (fraction > 0)] == '\0';
}

static bool read_value(const char *text, int64_t *out)
{
	uint64_t seconds;
	if (read_number(text, out))
		return true;
	if (!duration_parse(&seconds, span_str(text), NULL) || seconds > UINT64_C(1) << 40)
		return false;
	*out = (int64_t)seconds * 1000;
	return true;
}

/* As time_format() or time_format_minute() writes it. */
static bool read_time(const char *text, int64_t *out)
{
	char full[] = "2026-11-23T10:15:00.000Z";
	struct unix_time t;
	if (strlen(text) == strlen("2026-11-23 10:15 UTC") && strcmp(text + 16, " UTC") == 0) {
		memcpy(full, text, 10);
		memcpy(full + 11, text + 11, 5);
		text = full;
	}
	if (!time_parse(&t, span_str(text), NULL))
		return false;
	*out = t.ms;
	return true;
}

static void words_of_span(struct arena *a, struct bar *bar)
{
	struct buf words = {0};
	duration_format(&words, (uint64_t)(bar->to - bar->from) / 1000);
	buf_str(&words, bar->open ? ", open" : "");
	bar->words = arena_str(a, buf_view(&words));
	buf_release(&words);
}

static bool read_bar(struct arena *a, struct bar *bar, const struct report_section *s, const struct report_row *row,
		     struct unix_time now)
{
	*bar = (struct bar){.label = row->cells[s->label], .words = row->cells[s->value]};
	if (s->picture == PICTURE_BARS)
		return read_value(row->cells[s->value], &bar->to);
	bar->open = row->cells[s->until][0] == '\0';
	bar->to = now.ms;
	if (!read_time(row->cells[s->value], &bar->from) ||
	    (!bar->open && !read_time(row->cells[s->until], &bar->to)) || bar->to < bar->from)
		return false;
	words_of_span(a, bar);
	return true;
}

static struct picture read_picture(struct arena *a, const struct report_section *s, struct unix_time now)
{
	struct picture p = {.bars = ARENA_ARRAY(a, struct bar, s->n + 1)};
	for (const struct report_row *row = s->first; row != NULL && p.n < PICTURE_MAX_ROWS; row = row->next) {
		struct bar *bar = &p.bars[p.n];
		if (!read_bar(a, bar, s, row, now))
			continue;
		if (s->picture == PICTURE_SPANS && (p.n == 0 || bar->from < p.min))
			p.min = bar->from;
		if (p.n == 0 || bar->to > p.max)
			p.max = bar->to;
		p.n++;
	}
	p.rows = s->n;
	return p;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

/* Where a value is on the axis, whole pixels; what is not nothing is seen. */
static int64_t place(const struct picture *p, int64_t v)
{
	const int64_t all = p->max - p->min;
	return all <= 0 ? 0 : (int64_t)((long double)(v - p->min) * BAR_WIDTH / (long double)all);
}

static void put_words(struct buf *out, int64_t x, int64_t y, const char *anchor, struct span text)
{
	buf_fmt(out, "<text x=\"%lld\" y=\"%lld\"%s>", (long long)x, (long long)y, anchor);
	html_plain(out, text);
	buf_str(out, "</text>");
}

/* Words wrapped, a line below the other; *y is below the last. Nothing is cut: the picture grows. */
static void put_label(struct buf *out, const char *label, int64_t *y)
{
	struct buf wrapped = {0};
	struct span left;
	text_wrap(&wrapped, span_str(label), LABEL_COLUMNS, 0);
	left = buf_view(&wrapped);
	do {
		const uint8_t *end = left.n > 0 ? memchr(left.p, '\n', left.n) : NULL;
		const size_t n = end != NULL ? (size_t)(end - left.p) : left.n;
		*y += TEXT_HEIGHT;
		put_words(out, 0, *y - 4, "", span_of(left.p, n));
		left = end != NULL ? span_of(end + 1, left.n - n - 1) : span_of(NULL, 0);
	} while (left.n > 0);
	buf_release(&wrapped);
}

static void put_bar(struct buf *out, const struct picture *p, const struct bar *bar, int64_t *y)
{
	const int64_t from = place(p, bar->from), to = place(p, bar->to);
	const int64_t width = to - from > 1 ? to - from : 1;
	put_label(out, bar->label, y);
	buf_fmt(out, "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%d\"></rect>",
		bar->open ? "open" : "bar", (long long)from, (long long)*y, (long long)width, BAR_HEIGHT);
	put_words(out, from + width + 6, *y + BAR_HEIGHT - 1, "", span_str(bar->words));
	*y += BAR_HEIGHT + GAP;
}

static void put_axis(struct buf *out, const struct picture *p, int64_t *y)
{
	struct buf from = {0}, to = {0};
	time_format_minute(&from, p->min / 1000);
	time_format_minute(&to, p->max / 1000);
	buf_fmt(out, "<line class=\"axis\" x1=\"0\" y1=\"%lld\" x2=\"%d\" y2=\"%lld\"></line>", (long long)*y,
		BAR_WIDTH, (long long)*y);
	*y += TEXT_HEIGHT;
	put_words(out, 0, *y - 2, "", buf_view(&from));
	put_words(out, BAR_WIDTH, *y - 2, " text-anchor=\"end\"", buf_view(&to));
	buf_release(&from);
	buf_release(&to);
}

/* All that is drawn, in words. */
static void put_description(struct buf *out, const struct picture *p)
{
	struct buf words = {0};
	buf_fmt(&words, "%zu bars. ", p->n);
	for (size_t i = 0; i < p->n; i++)
		buf_fmt(&words, "%s: %s. ", p->bars[i].label, p->bars[i].words);
	buf_str(&words, "The table that follows has the same.");
	html_plain(out, buf_view(&words));
	buf_release(&words);
}

static void put_figure(struct buf *out, const struct report_section *s, const struct picture *p, unsigned number)
{
	struct buf drawn = {0};
	int64_t y = 0;
	for (size_t i = 0; i < p->n; i++)
		put_bar(&drawn, p, &p->bars[i], &y);
	if (s->picture == PICTURE_SPANS)
		put_axis(&drawn, p, &y);
	buf_fmt(out, "<figure><svg role=\"img\" aria-labelledby=\"t%u d%u\" viewBox=\"0 0 %d %lld\">", number, number,
		WIDTH, (long long)y);
	buf_fmt(out, "<title id=\"t%u\">", number);
	html_plain(out, span_str(s->title));
	buf_fmt(out, "</title><desc id=\"d%u\">", number);
	put_description(out, p);
	buf_str(out, "</desc>");
	buf_span(out, buf_view(&drawn));
	buf_str(out, "</svg>");
	if (p->n < p->rows)
		buf_fmt(out, "<figcaption>%zu of %zu rows are drawn; the table has all.</figcaption>", p->n, p->rows);
	buf_str(out, "</figure>\n");
	buf_release(&drawn);
}

void html_picture(struct buf *out, const struct report_section *s, struct unix_time now, unsigned number)
{
	struct arena a = {0};
	const struct picture p = read_picture(&a, s, now);
	if (p.n > 0)
		put_figure(out, s, &p, number);
	arena_release(&a);
}
