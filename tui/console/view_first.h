/* The items of the first run's page. */
#ifndef SETGOV_TUI_CONSOLE_VIEW_FIRST_H
#define SETGOV_TUI_CONSOLE_VIEW_FIRST_H

enum { FIRST_DEMO, FIRST_INIT, FIRST_VERIFY };

#endif
