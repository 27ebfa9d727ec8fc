/* What can be picked while composing: actions of the catalogue, and addresses of the profile. */
#include <string.h>

#include "src/base/text.h"
#include "src/evm/address.h"
#include "tui/console/compose.h"

/* Every word of the search stands in the text. */
static bool has_all_words(struct span search, struct span text)
{
	size_t i = 0;
	while (i < search.n) {
		size_t n = 0;
		while (i < search.n && search.p[i] == ' ')
			i++;
		while (i + n < search.n && search.p[i + n] != ' ')
			n++;
		bool found = n == 0;
		for (size_t at = 0; !found && at + n <= text.n; at++)
			found = strncasecmp((const char *)text.p + at, (const char *)search.p + i, n) == 0;
		if (!found)
			return false;
		i += n;
	}
	return true;
}

static bool action_matches(struct span search, const struct action_def *d)
{
	struct buf text = {0};
	size_t n;
	const struct action_arg *args = action_args(d, &n);
	buf_span(&text, action_name(d));
	buf_byte(&text, ' ');
	buf_span(&text, action_title(d));
	for (size_t i = 0; i < n; i++) {
		buf_byte(&text, ' ');
		buf_span(&text, args[i].ask);
	}
	const bool found = has_all_words(search, buf_view(&text));
	buf_release(&text);
	return found;
}

bool compose_pick_row(const struct compose *c, const struct pinned *pin, size_t i, const struct action_def **out)
{
	for (size_t k = 0; k < catalogue_size(pin->catalogue); k++) {
		*out = catalogue_at(pin->catalogue, k);
		if (action_matches(buf_view(&c->search.text), *out) && i-- == 0)
			return true;
	}
	return false;
}

static bool book_at(const struct pinned *pin, size_t i, struct book_row *out)
{
	const struct deployment *d = pin->deployment;
	if (i < d->n_contracts) {
		*out = (struct book_row){ .name = d->contracts[i].name, .what = "contract",
					  .address = d->contracts[i].address };
		return true;
	}
	i -= d->n_contracts;
	if (i < d->n_people)
		*out = (struct book_row){ .name = d->people[i].id,
					  .what = d->people[i].owner ? "owner" : "person",
					  .address = d->people[i].address };
	return i < d->n_people;
}

bool compose_book_row(const struct compose *c, const struct pinned *pin, size_t i, struct book_row *out)
{
	for (size_t k = 0; book_at(pin, k, out); k++) {
		struct buf text = {0};
		addr_format(&text, &out->address);
		memcpy(out->text, buf_cstr(&text), sizeof(out->text));
		buf_fmt(&text, " %.*s %s", text_shown(out->name), (const char *)out->name.p, out->what);
		const bool found = has_all_words(buf_view(&c->search.text), buf_view(&text));
		buf_release(&text);
		if (found && i-- == 0)
			return true;
	}
	return false;
}

bool compose_book_find(const struct pinned *pin, struct span name, struct addr *out)
{
	struct book_row row;
	for (size_t k = 0; book_at(pin, k, &row); k++)
		if (span_eq(row.name, name)) {
			*out = row.address;
			return true;
		}
	return false;
}
