/* A disk that fails on purpose, under SQLite: a VFS around the usual one that counts what changes files (writes, syncs,
 * truncations) and does something at the n-th. Tests only; becomes SQLite's default until faults_release().
 *
 * After a power cut the files have what was synced, and of the rest any part: each later write is there, missing, or
 * there for its first sectors of 512 bytes alone. That directories forget names is not modelled. */
#ifndef SETGOV_TESTS_SUPPORT_FAULTS_H
#define SETGOV_TESTS_SUPPORT_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_KILL,                   /* the process ends by SIGKILL, before the n-th */
	FAULT_POWER,                  /* the same, and what is left of each file is written to `after` first */
	FAULT_FULL,                   /* SQLITE_FULL for every write from the n-th on */
	FAULT_SYNC,                   /* SQLITE_IOERR_FSYNC for every sync from the n-th change on */
};
struct faults;
/* `after`: an existing directory, for FAULT_POWER. */
struct faults *faults_new(enum fault_kind kind, uint64_t n, uint64_t seed, const char *after);
/* How many changes there were. */
uint64_t faults_counted(const struct faults *f);
void faults_heal(struct faults *f);            /* from now on nothing fails */
void faults_release(struct faults *f);

#endif
