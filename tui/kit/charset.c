#include "tui/kit/charset.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <strings.h>

static bool name_says_utf8(void)
{
	static const char *const from[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *name = NULL;
	for (size_t i = 0; i < sizeof(from) / sizeof(*from) && (name == NULL || *name == '\0'); i++)
		name = getenv(from[i]);
	return name != NULL && (strcasestr(name, ".utf-8") != NULL || strcasestr(name, ".utf8") != NULL);
}

bool charset_is_utf8(void)
{
	if (setlocale(LC_CTYPE, "") == NULL && name_says_utf8())
		setlocale(LC_CTYPE, "C.UTF-8");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
