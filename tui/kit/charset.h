/* Which characters the terminal of this process can show. */
#ifndef SETGOV_TUI_KIT_CHARSET_H
#define SETGOV_TUI_KIT_CHARSET_H

#include <stdbool.h>

/* Takes LC_CTYPE from the environment (opens files: before a sandbox) and says whether it is UTF-8. A locale that is
 * not installed here but says UTF-8 by its name (ssh carries names over) is taken as C.UTF-8. */
bool charset_is_utf8(void);

#endif
