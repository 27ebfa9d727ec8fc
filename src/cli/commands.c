/* The command table. */
#include <string.h>

#include "src/cli/cmd.h"

static const struct option init_options[] = {
	{ "--deployment", "FILE", "the deployment profile (contracts/deployments/README.md)", false },
	{ "--follow", "EXPORT", "read another machine's log from its export; again, to bring it up to date", false },
};
static const struct option look_options[] = {
	{ "--offline", NULL, "do not ask the chain", false },
};
static const struct option status_options[] = {
	{ "--offline", NULL, "do not ask the chain", false },
	{ "--timeout", "TIME", "how long the look at the chain may take (default: 10s)", false },
};
static const struct option alerts_options[] = {
	{ "--all", NULL, "also those that were cleared and acknowledged", false },
};
static const struct option alerts_look_options[] = {
	{ "--timeout", "TIME", "how long the look at the chain may take (default: 10s)", false },
	{ "--exit-code", NULL, "end with 1 while an alert waits for somebody to say that he has seen it", false },
};
static const struct option alerts_ack_options[] = {
	{ "--note", "T", "what is known of it, and what is done about it", false },
	{ "--ticket", "URL", "where it is followed up", false },
	{ "--until", "DAY", "not for good: to the end of this day, 2026-11-30, or before this time (UTC)", false },
};
static const struct option actions_options[] = {
	{ "--now", NULL, "what the contracts say now, as far as its arguments are given", false },
};
static const struct option draft_options[] = {
	{ "--title", "T", "one line that names the change", false },
	{ "--reason", "R", "why it is asked for, or taken back", false },
	{ "--ticket", "URL", "where it was asked for", false },
	{ "--category", "C", "standard, normal, emergency …", false },
	{ "--impact", "T", "what it touches", false },
	{ "--rollback", "T", "how to undo it", false },
	{ "--attach", "FILE", "a file that belongs to it: kept in the log by its digest", true },
	{ "--attach-private", "FILE", "the same, personal data: in no export, log erase takes it out", true },
	{ "--delay", "TIME", "the timelock's delay for this change: 48h (default: its minimum)", false },
	{ "--after", "CHANGE", "the change whose operation must be done first", false },
	{ "--edit", "CHANGE", "draft this one anew instead of making another", false },
};
static const struct option propose_options[] = {
	{ "--line", "N", "the log's line with the draft that was read; refused when it was drafted anew since", false },
};
static const struct option withdraw_options[] = {
	{ "--reason", "R", "why it is asked for, or taken back", false },
};
static const struct option preview_options[] = {
	{ "--all", NULL, "what does not change, too", false },
	{ "--queue", NULL, "every change that waits, in its order, each on top of those before it", false },
	{ "--step", "S", "execute (with schedule before it, where that is not done), or cancel", false },
	{ "--by", "WHO", "who makes the timelock's steps, an id or address (default: who has the role)", false },
};
static const struct option packet_options[] = {
	{ "--step", "S", "schedule, execute or cancel (default: the next one)", false },
	{ "-o", "FILE", "where to write (default: packets/CHANGE.STEP.json)", false },
	{ "--refresh", NULL, "take new evidence; the new packet supersedes the old one", false },
	{ "--lean", NULL, "the core alone, without evidence and lines", false },
	{ "--typed-data", NULL, "the EIP-712 document for other wallets instead", false },
};
static const struct option submit_options[] = {
	{ "--from", "KEYFILE", "the payer's keystore, by name to setgov-signer (home: HOME of HOME/keys/FILE)", false },
	{ "--passphrase-fd", "N", "where setgov-signer reads the payer's passphrase", false },
	{ "--print", NULL, "show the unsigned transaction instead of sending one", false },
	{ "--replace", NULL, "the same payer sends it again with a higher fee", false },
	{ "--max-fee", "AMOUNT", "per gas, all in: 30 gwei (default: chosen under the profile's caps)", false },
	{ "--max-priority", "AMOUNT", "per gas, for the block's maker", false },
	{ "--wait", "TIME", "how long to wait for the receipt (default: 60s)", false },
};
#define PRESENT(when) { "--present", "PERSON", "who is there" when ": an id from the profile's people", true }
static const struct option meeting_open_options[] = {
	{ "--title", "T", "what the meeting is called", false },
	PRESENT(""),
};
static const struct option meeting_decide_options[] = {
	{ "--note", "T", "what the minutes are to say about it", false },
	PRESENT(", when it is not whoever was there before"),
	{ "--packet", "DIGEST", "a packet that was read, or none; refused when others are on the table now", true },
};
static const struct option meeting_minutes_options[] = {
	{ "--close", NULL, "end the meeting; the minutes go into the log", false },
	{ "-o", "FILE", "where to write (default: standard output)", false },
};
static const struct option review_options[] = {
	{ "--outcome", "WORD", "good or problems", false },
	{ "--note", "T", "what was looked at, and found", false },
};
static const struct option report_options[] = {
	{ "--from", "DAY", "of a period: its first day, 2026-11-01, or a time (UTC)", false },
	{ "--to", "DAY", "of a period: its last day, or the time that it ends before", false },
	{ "--format", "F", "html, json, csv or markdown (default: by the ending of -o, or markdown)", false },
	{ "-o", "FILE", "where to write (default: standard output)", false },
	{ "--proofs", "FILE", "of a deployment: where the state proofs go", false },
	{ "--offline", NULL, "do not ask the chain", false },
};
static const struct option restore_options[] = {
	{ "--seen", "NOTE", "a checkpoint that somebody shows: of an export, a packet, a witness", true },
	{ "--lines", "FILE", "what a signer's journal kept of the log (setgov-signer journal --lines)", true },
	{ "--rpc", "URL", "the node whose chain the copy is held against (default: the profile's)", false },
	{ "--offline", NULL, "do not ask the chain what the copy does not explain", false },
};
static const struct option log_show_options[] = {
	{ "--full", NULL, "each line's bytes too", false },
};
static const struct option log_checkpoint_options[] = {
	{ "--cosigned", NULL, "sign nothing: the newest checkpoint that others vouch for, with their lines", false },
};
static const struct option log_keys_options[] = {
	{ "--note", NULL, "the note alone by which the newest one took over", false },
	{ "--lines", NULL, "the log's lines that changed the key, for setgov-signer cosign", false },
};
static const struct option log_succeed_options[] = {
	{ "--even-so", NULL, "though a key is here: the log was restored, and a later key went with its lines", false },
};
static const struct option log_cosign_options[] = {
	{ "--witness", "VKEY", "a witness's key, besides those of the profile's local part", true },
};
static const struct option log_export_options[] = {
	{ "--tiles", NULL, "as C2SP tiles for any static host; DIR is brought up to date", false },
};
static const struct option log_archive_options[] = {
	{ "--before", "DAY", "what is older than this day, 2026-11-01, or time (UTC)", false },
	{ "--keep", "MONTHS", "instead of what the policy says of each class (84), at least 12", false },
	{ "-o", "DIR", "the segment: written by the first person, read back by the second", false },
};
static const struct option log_erase_options[] = {
	{ "--reason", "T", "why; these words stay in the log", false },
};
static const struct option log_prove_options[] = {
	{ "--size", "N", "in the tree of the first N lines (default: the newest checkpoint's)", false },
	{ "-o", "FILE", "where to write: a C2SP tlog-proof, or a witness's request (default: standard output)", false },
};
static const struct option log_verify_options[] = {
	{ "--rpc", "URL", "the node whose chain the log is held against (default: the profile's)", false },
	{ "--offline", NULL, "do not ask the chain", false },
	{ "--chain", NULL, "leaves, chain, tree and newest checkpoint alone: a million lines in a second", false },
	{ "--archive", "DIR", "a segment of the log's archive: its blobs are checked there", true },
};
static const struct option audit_options[] = {
	{ "--rpc", "URL", "the auditor's own node; given twice, the two have to agree", true },
	{ "--vkey", "KEY", "the log key, from another channel than the export", false },
	{ "--from", "BLOCK", "count from this block on (default: 0)", false },
	{ "--to", "BLOCK", "count up to this block (default: the newest)", false },
	{ "--block-hash", "HASH", "of the last block, from another source than the node", false },
	{ "--headers", NULL, "read every block's header: an event that the node leaves out is in there", false },
	{ "--began", "BLOCK", "up to this block there was no log (default: what line 0 names)", false },
	{ "--seed", "N", "draw samples: the same seed draws the same", false },
};
static const struct option policy_adopt_options[] = {
	{"--expires", "TIME", "how long the offer holds: 14 days, never (default: 30 days)", false},
	{"--layout", "FILE", "of a list: a release's storage layout, as the compiler writes it; may be repeated", true},
	{"-o", "FILE", "where to write (default: packets/policy-DIGEST.adoption.json, releases-…)", false},
};
static const struct option policy_challenge_options[] = {
	{"-o", "FILE", "where to write the typed data (default: standard output)", false},
};
static const struct option policy_check_options[] = {
	{"--policy", "FILE", "this policy; default: the one in force", false},
	{"--step", "STEP", "of a change: as it is judged for this step", false},
	{"--packet", "FILE", "a packet", false},
	{"--to", "ADDR", "calldata to this contract", false},
	{"--delegatecall", NULL, "the calldata is meant for a delegatecall", false},
	{"--deployment", "FILE", "the profile of packet and calldata; default: the workspace's", false},
	{"--facts", "FILE", "facts that the console cannot find out, as in a packet's evidence", false},
};
static const struct option policy_options[] = {
	{"--deployment", "FILE", "the profile; default: the workspace's", false},
};
static const struct option policy_test_options[] = {
	{"--cases", "FILE", "the cases; default: X.cases.json beside X.json", false},
};
static const struct option decode_options[] = {
	{ "--to", "ADDR", "the target: calldata is read by the target's ABI, never by selector alone", false },
	{ "--deployment", "FILE", "whose contracts they are (default: the workspace's)", false },
};
static const struct option recover_options[] = {
	{ "--hash", "H", "the safeTxHash", false },
	{ "--signatures", "BLOB", "the blob given to execTransaction, as 0x hex", false },
};
static const struct option help_options[] = {
	{ "--man", NULL, "the manual page", false },
	{ "--completion", NULL, "bash completion", false },
};

#define OPTIONS(o) (o), ARRAY_LEN(o)
const struct command commands[] = {
	{"init", cmd_init, CMD_NET, "--deployment FILE | --follow EXPORT", 0, 0,
	 "make a workspace, or adopt a changed profile in one", OPTIONS(init_options)},
	{"status", cmd_status, CMD_LOG | CMD_NET, "", 0, 0,
	 "the deployment, the chain and the log, and what is not as it should be", OPTIONS(status_options)},
	{"alerts", cmd_alerts, CMD_LOG, "", 0, 0,
	 "what was found on chain that is not as it should be, and who has seen it", OPTIONS(alerts_options)},
	{"alerts look", cmd_alerts_look, CMD_APPEND | CMD_NET, "", 0, 0,
	 "look at the chain: what is found goes into the log once, and so does that it is gone",
	 OPTIONS(alerts_look_options)},
	{"alerts ack", cmd_alerts_ack, CMD_APPEND, "ALERT", 1, 1,
	 "say that you have seen an alert, and what is done about it", OPTIONS(alerts_ack_options)},
	{"actions", cmd_actions, CMD_LOG | CMD_NET, "[ACTION [name=value… --now]]", 0, -1,
	 "what can be drafted, and what one of them asks for", OPTIONS(actions_options)},
	{"draft", cmd_draft, CMD_APPEND | CMD_NET, "ACTION name=value… [+ ACTION …]", 0, -1,
	 "write a change down, in words and arguments", OPTIONS(draft_options)},
	{"propose", cmd_propose, CMD_APPEND | CMD_NET, "CHANGE", 1, 1,
	 "freeze a change: calls, delay, salt, operation id", OPTIONS(propose_options)},
	{"withdraw", cmd_withdraw, CMD_APPEND, "CHANGE", 1, 1, "take a change back before it is on chain",
	 OPTIONS(withdraw_options)},
	{"preview", cmd_preview, CMD_LOG | CMD_NET, "CHANGE | --queue", 0, 1,
	 "what a change would do: values before and after, by a node's simulation", OPTIONS(preview_options)},
	{"upgrade layout", cmd_upgrade_layout, CMD_NOTHING, "OLD NEW", 2, 2,
	 "compare two storage layouts (files that solc wrote): may NEW be the code behind OLD's values", NULL, 0},
	{"packet", cmd_packet, CMD_APPEND | CMD_NET, "CHANGE", 1, 1, "write the file that goes to the signers",
	 OPTIONS(packet_options)},
	{"collect", cmd_collect, CMD_APPEND, "FILE | DIRECTORY…", 1, -1,
	 "take in answers, packets, messages, signatures; of a DIRECTORY *.answer.json, *.sig …",
	 NULL, 0},
	{"submit", cmd_submit, CMD_APPEND | CMD_NET, "CHANGE STEP", 2, 2,
	 "send a step to the chain, once, and follow it", OPTIONS(submit_options)},
	{"changes", cmd_changes, CMD_LOG | CMD_NET, "", 0, 0, "all changes and their states",
	 OPTIONS(look_options)},
	{"show", cmd_show, CMD_LOG | CMD_NET, "CHANGE", 1, 1, "one change: sentences, calls, steps, signatures",
	 OPTIONS(look_options)},
	{"queue", cmd_queue, CMD_LOG | CMD_NET, "", 0, 0, "the steps that wait, by Safe nonce",
	 OPTIONS(look_options)},
	{"meeting open", cmd_meeting_open, CMD_APPEND, "[CHANGE…]", 0, -1,
	 "begin a meeting about these changes, or about all that are open", OPTIONS(meeting_open_options)},
	{"meeting decide", cmd_meeting_decide, CMD_APPEND, "CHANGE approved|rejected|deferred", 2, 2,
	 "note what the meeting decided about a change", OPTIONS(meeting_decide_options)},
	{"meeting minutes", cmd_meeting_minutes, CMD_LOG, "[MEETING]", 0, 1,
	 "what was said and decided, as Markdown", OPTIONS(meeting_minutes_options)},
	{"review", cmd_review, CMD_APPEND, "CHANGE", 1, 1,
	 "note that a change was looked at after it was done: an emergency needs it, by somebody else",
	 OPTIONS(review_options)},
	{"report", cmd_report, CMD_LOG | CMD_NET, "change CHANGE | period | meeting [MEETING] | deployment", 1, 2,
	 "what an auditor or a meeting asks for, with the log's own proofs", OPTIONS(report_options)},
	{"people", cmd_people, CMD_LOG, "", 0, 0, "who the ids in the log are", NULL, 0},
	{"people name", cmd_people_name, CMD_APPEND, "PERSON NAME", 2, 2,
	 "give an id a name: reports say it, no export has it, log erase takes it out", NULL, 0},
	{"backup", cmd_backup, CMD_APPEND, "DIR", 1, 1, "a verified copy of the log, its key and the profile", NULL, 0},
	{"restore", cmd_restore, CMD_NET, "DIR", 1, 1,
	 "go on from a backup; what was lost since is said in the log", OPTIONS(restore_options)},
	{"log show", cmd_log_show, CMD_LOG, "[SEQ | CHANGE]", 0, 1, "the change log's lines",
	 OPTIONS(log_show_options)},
	{"log verify", cmd_log_verify, CMD_NET, "", 0, 0, "compute the whole log again, and what its lines claim",
	 OPTIONS(log_verify_options)},
	{"log checkpoint", cmd_log_checkpoint, CMD_APPEND, "", 0, 0, "sign the log's size and root",
	 OPTIONS(log_checkpoint_options)},
	{"log keys", cmd_log_keys, CMD_LOG, "", 0, 0, "every key that the log has had, and from which line on it signs",
	 OPTIONS(log_keys_options)},
	{"log rotate-key", cmd_log_rotate_key, CMD_APPEND, "", 0, 0, "a new log key, which the old one vouches for",
	 NULL, 0},
	{"log succeed", cmd_log_succeed, CMD_LOG | CMD_NET, "[MESSAGE…]", 0, -1,
	 "the log key is lost: the note that owners sign for; with their messages, the new key goes on",
	 OPTIONS(log_succeed_options)},
	{"log cosign", cmd_log_cosign, CMD_APPEND, "FILE…", 1, -1,
	 "take in cosignatures on a checkpoint: owners' files, notes with witnesses' lines",
	 OPTIONS(log_cosign_options)},
	{"log prove", cmd_log_prove, CMD_LOG, "entry SEQ | consistency N M", 2, 3,
	 "that a line is in the log, or that it only grew, for any RFC 6962 tool", OPTIONS(log_prove_options)},
	{"log export", cmd_log_export, CMD_APPEND, "DIR", 1, 1, "the log as plain files, for an auditor",
	 OPTIONS(log_export_options)},
	{"log archive", cmd_log_archive, CMD_APPEND, "", 0, 0,
	 "put old blobs into a segment and out of the log: one person asks, the same by another does it",
	 OPTIONS(log_archive_options)},
	{"log erase", cmd_log_erase, CMD_APPEND, "BLOB", 1, 1,
	 "take a private blob's bytes out of the log: one person asks, the same by another does it",
	 OPTIONS(log_erase_options)},
	{"log rebuild", cmd_log_rebuild, CMD_LOG, "", 0, 0, "make the views anew", NULL, 0},
	{"audit", cmd_audit, CMD_NET, "EXPORT --rpc URL", 1, 1,
	 "an auditor's own recount: an export against a node of one's own, both ways", OPTIONS(audit_options)},
	{"hash safe-tx", cmd_hash_safe_tx, CMD_NOTHING, "FILE", 1, 1, "the hashes of a Safe transaction", NULL,
	 0},
	{"hash operation", cmd_hash_operation, CMD_NOTHING, "FILE", 1, 1, "the id of a timelock operation",
	 NULL, 0},
	{"hash typed-data", cmd_hash_typed_data, CMD_NOTHING, "FILE", 1, 1, "the hashes of an EIP-712 document",
	 NULL, 0},
	{"recover", cmd_recover, CMD_NOTHING, "--hash H --signatures BLOB", 0, 0,
	 "who signed: every signature of a blob", OPTIONS(recover_options)},
	{"decode", cmd_decode, CMD_NOTHING, "--to ADDR DATA", 1, 1, "calldata in words",
	 OPTIONS(decode_options)},
	{"policy adopt", cmd_policy_adopt, CMD_APPEND, "FILE", 1, 1,
	 "offer a policy or a list of releases to the owners, old against new; or write its adoption again",
	 OPTIONS(policy_adopt_options)},
	{"policy challenge", cmd_policy_challenge, CMD_LOG, "CHANGE ADDRESS", 2, 2,
	 "what the holder of an address signs to show its key, before the change gives it power",
	 OPTIONS(policy_challenge_options)},
	{"policy check", cmd_policy_check, CMD_NET, "CHANGE | --packet FILE | --to ADDR DATA", 0, 1,
	 "what a policy says of a change, a packet or calldata", OPTIONS(policy_check_options)},
	{"policy lint", cmd_policy_lint, CMD_NOTHING, "[FILE]", 0, 1,
	 "rules that can never match, contradict each other, or could hold up a cancel", OPTIONS(policy_options)},
	{"policy releases", cmd_policy_releases, CMD_NOTHING, "[FILE]", 0, 1,
	 "the list of code that may be installed, and its digest", NULL, 0},
	{"policy show", cmd_policy_show, CMD_NOTHING, "[FILE]", 0, 1, "a policy in sentences, and its digest", NULL, 0},
	{"policy test", cmd_policy_test, CMD_NOTHING, "[FILE]", 0, 1, "run the example cases beside a policy",
	 OPTIONS(policy_test_options)},
	{"help", cmd_help, CMD_NOTHING, "[COMMAND]", 0, 2, "this, or more about one command",
	 OPTIONS(help_options)},
};
const size_t n_commands = ARRAY_LEN(commands);

bool cmd_help(struct cli *cli, struct err *e)
{
	if (cli_flag(cli, "--man")) {
		help_man(&cli->text);
		return true;
	}
	if (cli_flag(cli, "--completion")) {
		help_completion(&cli->text);
		return true;
	}
	if (cli->n_args == 0) {
		help_overview(&cli->text);
		return true;
	}
	const char *name = cli->n_args == 2 ? arena_fmt(&cli->arena, "%s %s", cli->args[0], cli->args[1])
					    : cli->args[0];
	size_t found = 0;
	for (size_t i = 0; i < n_commands; i++) {
		const size_t len = strlen(name);
		if (strncmp(commands[i].name, name, len) != 0 ||
		    (commands[i].name[len] != '\0' && commands[i].name[len] != ' '))
			continue;
		if (found++ > 0)
			cli_text(cli, "\n");
		help_command(&cli->text, &commands[i]);
	}
	return found > 0 ||
	       err_set(e, ERR_USAGE, ERR_NO_OFFSET, "no command \"%s\"; setgov help lists them", name);
}
