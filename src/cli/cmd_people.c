/* people, people name: who the ids of the profile are. A name is personal data: the log's line has its digest, the
 * bytes are in no export and `log erase` takes them out. */
#include "audit-log/people.h"
#include "src/base/text.h"
#include "src/cli/cmd.h"
#include "src/evm/address.h"

static void say_person(struct cli *cli, const struct people *p, const struct person *who)
{
	struct arena *a = &cli->arena;
	const uint64_t now = log_size(cli->ws->log);
	const struct people_name *n = people_name_at(p, who->id, now);
	struct json *o = json_object(a);
	cli_text(cli, "%-8.*s ", text_shown(who->id), (const char *)who->id.p);
	addr_format(&cli->text, &who->address);
	cli_text(cli, "  %s  %s\n", who->owner ? "owner   " : "no owner",
		 text_safe_str(a, people_name_words(p, who->id, now), false));
	json_set(o, a, "address", json_addr(a, &who->address));
	json_set(o, a, "blob", n != NULL ? json_bare(a, SPAN_HASH(&n->blob)) : json_null(a));
	json_set(o, a, "id", json_text(a, who->id));
	json_set(o, a, "line", n != NULL ? json_u64(a, n->seq) : json_null(a));
	json_set(o, a, "name", n != NULL && n->missing == NULL ? json_text(a, n->name) : json_null(a));
	json_set(o, a, "owner", json_bool(a, who->owner));
	json_push(cli->result, o);
}

bool cmd_people(struct cli *cli, struct err *e)
{
	const struct deployment *d = &cli->ws->deployment;
	struct people p;
	if (!people_look(cli->ws, &cli->arena, &p, e))
		return false;
	cli->result = json_array(&cli->arena);
	for (size_t i = 0; i < d->n_people; i++)
		say_person(cli, &p, &d->people[i]);
	return true;
}

static bool read_name(struct span *out, const char *text, struct err *e)
{
	*out = span_str(text);
	if (!text_is_utf8(*out))
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "not UTF-8");
	else if (!text_is_plain(*out, false))
		err_set(e, ERR_SYNTAX, ERR_NO_OFFSET, "has characters that would be shown as escapes");
	else if (out->n == 0 || out->n > PERSON_NAME_MAX)
		err_set(e, ERR_RANGE, ERR_NO_OFFSET, "a name has 1 to %zu bytes, found %zu", PERSON_NAME_MAX, out->n);
	else
		return true;
	return err_in(e, "NAME");
}

bool cmd_people_name(struct cli *cli, struct err *e)
{
	struct arena *a = &cli->arena;
	struct log *log = cli->ws->log;
	const struct span person = span_str(cli->args[0]);
	struct span name;
	struct hash32 blob;
	struct buf text = {0};
	if (deployment_person(&cli->ws->deployment, person) == NULL)
		return err_refuse(e, "PERSON-UNKNOWN", "the profile has nobody with the id %s", cli->args[0]);
	if (!read_name(&name, cli->args[1], e))
		return false;
	person_name_write(&text, name);
	bool ok = log_begin(log, e) && log_add_blob(log, buf_view(&text), BLOB_PRIVATE, &blob, e);
	buf_release(&text);
	if (ok) {
		struct json *body = json_object(a);
		json_set(body, a, "name", json_bare(a, SPAN_HASH(&blob)));
		json_set(body, a, "person", json_text(a, person));
		struct line l = workspace_line(cli->ws, "person.named", span_of(NULL, 0), body);
		ok = log_add_line(log, &l, e) && log_commit(log, e);
		cli->result = body;
		json_set(body, a, "line", json_u64(a, l.seq));
	}
	log_abort(log);
	if (!ok)
		return false;
	cli_text(cli, "%s is %s from now on; the line has the digest alone. To erase the name, two people say\n"
		 "setgov log erase ", cli->args[0], text_safe_str(a, name, false));
	buf_hex(&cli->text, SPAN_HASH(&blob));
	cli_text(cli, " --as ID --reason T\n");
	return views_catch_up(cli->ws->views, e);
}
