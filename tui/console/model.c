#include "tui/console/model.h"

#include <string.h>

#include "src/crypto/words.h"
#include "src/evm/address.h"
#include "src/gov/units.h"
#include "src/proof/note.h"

void model_release(struct model *m)
{
	arena_release(&m->snapshot_arena);
	arena_release(&m->trouble_arena);
	arena_release(&m->queue_arena);
	arena_release(&m->change.arena);
	arena_release(&m->log.arena);
	arena_release(&m->line.arena);
	arena_release(&m->meeting.arena);
	for (size_t i = 0; i < N_ADOPTABLES; i++)
		arena_release(&m->adopted[i].arena);
	arena_release(&m->logged.arena);
	arena_release(&m->present_arena);
	arena_release(&m->mounts_arena);
}

void model_forget(struct model *m)
{
	const struct model kept = {
		.commands = m->commands, .n_commands = m->n_commands, .now = m->now, .offline = m->offline,
		.demo = m->demo,
	};
	model_release(m);
	*m = kept;
}

bool model_chain_is_slow(const struct model *m)
{
	return m->asking == ASK_RUNNING && m->now.ms - m->asked.ms >= 5000;
}

uint64_t model_chain_time(const struct model *m)
{
	const int64_t passed = (m->now.ms - m->snapshot.taken.ms) / 1000;
	if (!m->snapshot.online)
		return 0;
	return m->snapshot.block_time + (uint64_t)(passed > 0 ? passed : 0);
}

struct chain_facts model_facts(const struct model *m, const struct change *c)
{
	struct chain_facts f = {0};
	if (!m->snapshot.online)
		return f;
	f.known = true;
	f.safe_nonce = m->snapshot.safe_nonce;
	f.threshold = m->snapshot.threshold;
	f.block_time = m->snapshot.block_time;
	if (c->proposed && c->proposal.route == ROUTE_TIMELOCK)
		f.known = snapshot_operation_at(&m->snapshot, &c->operation, &f.operation_timestamp) ||
			  c->withdrawn || c->verified;
	return f;
}

void model_wei(struct buf *out, const struct u256 *wei)
{
	wei_format(out, wei);
}

void model_address(struct buf *out, const struct addr *at)
{
	addr_format(out, at);
}

void model_log_key(struct buf *out, const struct model *m)
{
	note_key_format(out, log_key(m->ws->log));
}

size_t model_agenda_find(const struct model *m, const char *change)
{
	size_t i = 0;
	while (i < m->meeting.n_agenda && strcmp(m->meeting.agenda[i].change, change) != 0)
		i++;
	return i;
}

void model_phrase(struct arena *a, const char *word[WORDS_IN_PHRASE], const struct hash32 *packet)
{
	struct buf b = {0};
	words_phrase(&b, packet);
	char *text = arena_str(a, buf_view(&b));
	for (size_t i = 0; i < WORDS_IN_PHRASE; i++) {
		word[i] = text;
		text += strcspn(text, " ");
		if (*text == ' ')
			*text++ = '\0';
	}
	buf_release(&b);
}

/* An operation of nobody's that still can run, or of nobody's that did: both are news. */
static bool is_alarm(const struct snapshot_operation *o)
{
	return o->change.n == 0 && o->timestamp != 0;
}

size_t model_alarms(const struct model *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->snapshot.n_operations; i++)
		n += is_alarm(&m->snapshot.operations[i]);
	return n + m->snapshot.n_foreign;
}

void model_alarm(const struct model *m, size_t i, const struct snapshot_operation **op,
		 const struct snapshot_foreign_tx **tx)
{
	*op = NULL;
	*tx = NULL;
	for (size_t k = 0; k < m->snapshot.n_operations; k++)
		if (is_alarm(&m->snapshot.operations[k]) && i-- == 0) {
			*op = &m->snapshot.operations[k];
			return;
		}
	if (i < m->snapshot.n_foreign)
		*tx = &m->snapshot.foreign[i];
}

size_t model_log_count(const struct model *m)
{
	return m->log.filtered ? m->log.only.n : (size_t)m->log.size;
}
