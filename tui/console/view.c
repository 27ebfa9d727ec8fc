#include "tui/console/view.h"

#include "src/base/err.h"

const struct view *view_of(enum view_id id)
{
	switch (id) {
#define V(id, title, shape) case VIEW_##id: return &shape##_view;
	VIEWS(V)
#undef V
	case N_VIEWS: break;
	}
	BUG("no such view");
}

const char *view_title(enum view_id id)
{
	static const char *const titles[] = {
#define V(id, title, shape) title,
		VIEWS(V)
#undef V
	};
	return titles[id];
}
