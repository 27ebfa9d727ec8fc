/* What a newcomer sees: no workspace, and three ways on. */
#include "tui/console/model.h"
#include "tui/console/view.h"
#include "tui/console/view_first.h"

static void way(struct paper *p, uint32_t item, const char *key, const char *what, const char *words)
{
	paper_item(p, PAPER_NO_ITEM);
	paper_blank(p);
	paper_item(p, item);
	paper_begin(p, 2, 5);
	paper_add(p, STYLE_KEY, "%s", key);
	paper_add(p, STYLE_TITLE, "  %s", what);
	paper_end(p);
	paper_line(p, STYLE_TEXT, 5, "%s", words);
}

static void page(const struct seen *x, struct paper *p)
{
	paper_line(p, STYLE_TEXT, 0, "setgov is where the holders of a chain's admin keys build a change, read it, "
		   "sign it offline, send it through the timelock, and prove afterwards what happened.");
	paper_line(p, STYLE_TEXT, 0, "A workspace keeps all of that. There is none in this directory. Press a key:");
	way(p, FIRST_DEMO, "e", "explore the demo",
	    "A sequencer key that was rotated on a chain of its own, with five signers; all keys are toys.");
	if (x->m->demo != NULL)
		paper_line(p, STYLE_DIM, 5, "%s", x->m->demo);
	else
		paper_line(p, STYLE_WARN, 5, "not here yet: make demo, in setgov's own directory, makes it");
	way(p, FIRST_INIT, "i", "make a workspace from a profile",
	    "The profile is a file that says which chain, Safe, timelock, contracts and owners it is about.");
	way(p, FIRST_VERIFY, "v", "check a log",
	    "Recomputes every hash of a log, and says what was not checked.");
	paper_item(p, PAPER_NO_ITEM);
	paper_blank(p);
	paper_line(p, STYLE_DIM, 0, "? explains keys and words, Q leaves.");
}

const struct view first_view = { .page = page };
