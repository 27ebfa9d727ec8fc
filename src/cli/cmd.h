/* The commands, one file each for a subject; what they do and take is in the table (commands.c). */
#ifndef SETGOV_CLI_CMD_H
#define SETGOV_CLI_CMD_H

#include "src/cli/command.h"
#include "audit-log/workspace.h"

bool cmd_init(struct cli *cli, struct err *e);
bool cmd_help(struct cli *cli, struct err *e);
bool cmd_status(struct cli *cli, struct err *e);
bool cmd_alerts(struct cli *cli, struct err *e);
bool cmd_alerts_look(struct cli *cli, struct err *e);
bool cmd_alerts_ack(struct cli *cli, struct err *e);
bool cmd_changes(struct cli *cli, struct err *e);
bool cmd_show(struct cli *cli, struct err *e);
bool cmd_queue(struct cli *cli, struct err *e);
bool cmd_actions(struct cli *cli, struct err *e);
bool cmd_draft(struct cli *cli, struct err *e);
bool cmd_propose(struct cli *cli, struct err *e);
bool cmd_withdraw(struct cli *cli, struct err *e);
bool cmd_upgrade_layout(struct cli *cli, struct err *e);
bool cmd_preview(struct cli *cli, struct err *e);
bool cmd_packet(struct cli *cli, struct err *e);
bool cmd_collect(struct cli *cli, struct err *e);
bool cmd_submit(struct cli *cli, struct err *e);
bool cmd_meeting_open(struct cli *cli, struct err *e);
bool cmd_meeting_decide(struct cli *cli, struct err *e);
bool cmd_meeting_minutes(struct cli *cli, struct err *e);
bool cmd_review(struct cli *cli, struct err *e);
bool cmd_report(struct cli *cli, struct err *e);
bool cmd_people(struct cli *cli, struct err *e);
bool cmd_people_name(struct cli *cli, struct err *e);
bool cmd_backup(struct cli *cli, struct err *e);
bool cmd_restore(struct cli *cli, struct err *e);
bool cmd_log_show(struct cli *cli, struct err *e);
bool cmd_log_verify(struct cli *cli, struct err *e);
bool cmd_log_checkpoint(struct cli *cli, struct err *e);
bool cmd_log_cosign(struct cli *cli, struct err *e);
bool cmd_log_keys(struct cli *cli, struct err *e);
bool cmd_log_rotate_key(struct cli *cli, struct err *e);
bool cmd_log_succeed(struct cli *cli, struct err *e);
bool cmd_log_prove(struct cli *cli, struct err *e);
bool cmd_log_export(struct cli *cli, struct err *e);
bool cmd_log_archive(struct cli *cli, struct err *e);
bool cmd_log_erase(struct cli *cli, struct err *e);
bool cmd_log_rebuild(struct cli *cli, struct err *e);
bool cmd_audit(struct cli *cli, struct err *e);
bool cmd_hash_safe_tx(struct cli *cli, struct err *e);
bool cmd_hash_operation(struct cli *cli, struct err *e);
bool cmd_hash_typed_data(struct cli *cli, struct err *e);
bool cmd_recover(struct cli *cli, struct err *e);
bool cmd_decode(struct cli *cli, struct err *e);
bool cmd_policy_adopt(struct cli *cli, struct err *e);
bool cmd_policy_challenge(struct cli *cli, struct err *e);
bool cmd_policy_check(struct cli *cli, struct err *e);
bool cmd_policy_lint(struct cli *cli, struct err *e);
bool cmd_policy_releases(struct cli *cli, struct err *e);
bool cmd_policy_show(struct cli *cli, struct err *e);
bool cmd_policy_test(struct cli *cli, struct err *e);

#endif
