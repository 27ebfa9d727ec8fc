/* Moving about and searching, in a list and on a page. */
#include "src/base/text.h"
#include "tui/console/step.h"

static const struct view *here(const struct act *x)
{
	return view_of(state_place(x->s)->view);
}

static size_t count_here(const struct act *x)
{
	const struct seen seen = { x->m, x->s };
	return here(x)->count != NULL ? here(x)->count(&seen) : 0;
}

/* ---- moving in a list ---- */

static void list_to(struct act *x, size_t i)
{
	const size_t n = count_here(x);
	state_place(x->s)->at.cursor = i < n ? i : n > 0 ? n - 1 : 0;
}

static size_t list_page(const struct act *x)
{
	const size_t rows = x->s->body_rows / (x->s->compact ? 1 : 3);
	return rows > 1 ? rows - 1 : 1;
}

/* ---- moving on a page: from item to item while they are in sight, by rows where the next one is not ---- */

static void page_scroll(struct act *x, size_t top)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	const size_t last = paper->rows > x->s->body_rows ? paper->rows - x->s->body_rows : 0;
	p->at.top = top < last ? top : last;
}

/* The focus stays in sight: the first item of the window takes it when its own has left. */
static void focus_in_sight(struct act *x)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	size_t first, end;
	if (paper_find(paper, p->item, &first, &end) && end > p->at.top && first < p->at.top + x->s->body_rows)
		return;
	for (size_t row = p->at.top; row < paper->rows && row < p->at.top + x->s->body_rows; row++)
		if (paper->row[row].item != PAPER_NO_ITEM) {
			p->item = paper->row[row].item;
			return;
		}
}

static void page_move(struct act *x, bool down)
{
	struct place *p = state_place(x->s);
	const struct paper *paper = &x->s->body;
	const uint32_t next = down ? paper_next_item(paper, p->item) : paper_previous_item(paper, p->item);
	const size_t top = p->at.top, rows = x->s->body_rows;
	size_t first, end;
	if (next != p->item && paper_find(paper, next, &first, &end) && first < top + rows + 1 && end + 1 > top) {
		p->item = next;
		scroll_show(&p->at, first, end, rows);
		return;
	}
	if (down)
		page_scroll(x, top + 1);
	else
		page_scroll(x, top > 0 ? top - 1 : 0);
	focus_in_sight(x);
}

static void page_to(struct act *x, size_t top)
{
	page_scroll(x, top);
	focus_in_sight(x);
}

void act_up(struct act *x)
{
	struct place *p = state_place(x->s);
	if (here(x)->count == NULL)
		page_move(x, false);
	else if (p->at.cursor > 0)
		p->at.cursor--;
}

void act_down(struct act *x)
{
	if (here(x)->count == NULL)
		page_move(x, true);
	else
		list_to(x, state_place(x->s)->at.cursor + 1);
}

void act_page_up(struct act *x)
{
	struct place *p = state_place(x->s);
	const size_t rows = x->s->body_rows, n = list_page(x);
	if (here(x)->count == NULL)
		page_to(x, p->at.top > rows ? p->at.top - rows : 0);
	else
		list_to(x, p->at.cursor > n ? p->at.cursor - n : 0);
}

void act_page_down(struct act *x)
{
	struct place *p = state_place(x->s);
	if (here(x)->count == NULL)
		page_to(x, p->at.top + x->s->body_rows);
	else
		list_to(x, p->at.cursor + list_page(x));
}

void act_home(struct act *x)
{
	if (here(x)->count == NULL)
		page_to(x, 0);
	else
		list_to(x, 0);
}

void act_end(struct act *x)
{
	if (here(x)->count == NULL)
		page_to(x, SIZE_MAX / 2);
	else
		list_to(x, SIZE_MAX / 2);
}

/* ---- searching ---- */

static bool item_matches(const struct act *x, size_t i, struct span text)
{
	const struct seen seen = { x->m, x->s };
	struct paper p;
	if (here(x)->matches != NULL)
		return here(x)->matches(&seen, i, text);
	paper_init(&p, 200, x->s->ascii);
	here(x)->item(&seen, i, &p);
	const bool found = paper_search(&p, 0, text) != SIZE_MAX;
	paper_release(&p);
	return found;
}

static bool search_list(struct act *x, struct span text, bool again, bool down)
{
	struct place *p = state_place(x->s);
	const size_t n = count_here(x);
	for (size_t k = again ? 1 : 0; k < n + (again ? 1 : 0); k++) {
		const size_t i = down ? (p->at.cursor + k) % n : (p->at.cursor + n - k % n) % n;
		if (item_matches(x, i, text)) {
			p->at.cursor = i;
			return true;
		}
	}
	return false;
}

static bool search_page(struct act *x, struct span text, bool again, bool down)
{
	const struct paper *paper = &x->s->body;
	struct place *p = state_place(x->s);
	size_t found = SIZE_MAX;
	if (down) {
		found = paper_search(paper, p->at.top + (again ? 1 : 0), text);
		if (found == SIZE_MAX)
			found = paper_search(paper, 0, text);
	} else {
		size_t row = paper_search(paper, 0, text);
		while (row != SIZE_MAX && (row < p->at.top || found == SIZE_MAX)) {
			found = row;
			row = paper_search(paper, row + 1, text);
		}
	}
	if (found == SIZE_MAX)
		return false;
	page_scroll(x, found);
	if (paper->row[found].item != PAPER_NO_ITEM)
		p->item = paper->row[found].item;
	return true;
}

static void search(struct act *x, bool again, bool down)
{
	const struct span text = buf_view(&x->s->search.text);
	if (text.n == 0) {
		state_say(x->s, STYLE_DIM, "Nothing is looked for: / begins a search.");
		return;
	}
	if (here(x)->count != NULL ? !search_list(x, text, again, down) : !search_page(x, text, again, down))
		state_say(x->s, STYLE_WARN, "\"%.*s\" is not in this view.", text_shown(text), (const char *)text.p);
}

void act_search(struct act *x)
{
	x->s->mode = MODE_SEARCH;
	edit_set(&x->s->search, span_of(NULL, 0));
}

void act_search_next(struct act *x)
{
	search(x, true, true);
}

void act_search_previous(struct act *x)
{
	search(x, true, false);
}

void step_search_key(struct act *x, uint32_t key)
{
	if (key == K_ENTER || key == K_ESC)
		x->s->mode = MODE_VIEW;
	else if (edit_key(&x->s->search, key) && x->s->search.text.n > 0)
		search(x, false, true);
}
