#include "src/signer/hearing.h"

#include "src/base/hex.h"
#include "src/crypto/words.h"

static struct span word_at(struct span phrase, size_t i)
{
	size_t start = 0;
	for (size_t k = 0; k <= phrase.n; k++)
		if (k == phrase.n || phrase.p[k] == ' ') {
			if (i-- == 0)
				return span_of(phrase.p + start, k - start);
			start = k + 1;
		}
	return span_of(NULL, 0);
}

static bool is_expected(const char *expect, const struct hash32 *digest, const char *what, struct err *e)
{
	struct hash32 given;
	if (!hex_bare(given.b, sizeof(given.b), span_str(expect), e))
		return err_in(e, "--expect");
	return hash32_eq(&given, digest) ||
	       err_refuse(e, "EXPECT", "--expect names another %s than this file is", what);
}

static bool heard(struct signer *s, struct span phrase, const char *what, struct err *e)
{
	struct buf first = {0}, last = {0};
	bool ok = terminal_page(&s->terminal, buf_view(&s->text), e);
	terminal_say(&s->terminal,
		     "\nRead the phrase from another source than this file and this screen: from another "
		     "owner, over the phone.\n");
	ok = ok && terminal_ask(&s->terminal, "Its first word, as they say it: ", &first, e) &&
	     terminal_ask(&s->terminal, "Its last word:                  ", &last, e);
	if (ok && (!span_eq(buf_view(&first), word_at(phrase, 0)) ||
		   !span_eq(buf_view(&last), word_at(phrase, WORDS_IN_PHRASE - 1))))
		ok = err_refuse(e, "PHRASE", "these are not the words of this %s's phrase: do not trust the file, "
				"call somebody", what);
	buf_release(&first);
	buf_release(&last);
	return ok;
}

static bool somebody_is_there(struct signer *s, const char *digest_name, struct err *e)
{
	return terminal_is_there(&s->terminal) ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "nobody is at a terminal: scripts give --expect %s", digest_name);
}

bool hearing_confirm(struct signer *s, const struct hash32 *digest, const char *what, const char *digest_name,
		     struct err *e)
{
	const char *expect = signer_option(s, "--expect");
	struct buf phrase = {0};
	if (expect != NULL)
		return is_expected(expect, digest, what, e);
	if (!somebody_is_there(s, digest_name, e))
		return false;
	words_phrase(&phrase, digest);
	const bool ok = heard(s, buf_view(&phrase), what, e);
	if (ok)
		buf_clear(&s->text);
	buf_release(&phrase);
	return ok;
}

bool hearing_agree(struct signer *s, const struct hash32 *digest, const char *what, const char *digest_name,
		   struct err *e)
{
	const char *expect = signer_option(s, "--expect");
	struct buf word = {0};
	if (expect != NULL)
		return is_expected(expect, digest, what, e);
	if (!somebody_is_there(s, digest_name, e) || !terminal_page(&s->terminal, buf_view(&s->text), e))
		return false;
	bool ok = terminal_ask(&s->terminal, "\nType yes to pin it: ", &word, e);
	if (ok && !span_is(buf_view(&word), "yes"))
		ok = err_refuse(e, "STOPPED", "nothing was pinned");
	buf_release(&word);
	if (ok)
		buf_clear(&s->text);
	return ok;
}
