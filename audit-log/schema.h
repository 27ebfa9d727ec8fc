/* The whole schema of log.db, in the order it is created and in the bytes that sqlite_schema then holds: store_check.c
 * makes it from here, and compares every file that is opened with it. FORMAT.md quotes it; a test compares the two. */
#ifndef SETGOV_AUDIT_LOG_SCHEMA_H
#define SETGOV_AUDIT_LOG_SCHEMA_H

#define SCHEMA_APPLICATION_ID 0x5347304c      /* "SG0L" */
#define SCHEMA_VERSION 1

/*        type       name                   on table       text */
#define SCHEMA(S) \
	S("table",   "lines",               "lines", \
	  "CREATE TABLE lines (\n" \
	  "  seq INTEGER PRIMARY KEY CHECK (seq >= 0),\n" \
	  "  leaf BLOB NOT NULL CHECK (length(leaf) = 32),\n" \
	  "  line TEXT NOT NULL CHECK (length(line) BETWEEN 1 AND 65535)\n" \
	  ") STRICT") \
	S("table",   "nodes",               "nodes", \
	  "CREATE TABLE nodes (\n" \
	  "  i INTEGER PRIMARY KEY CHECK (i >= 0),\n" \
	  "  hash BLOB NOT NULL CHECK (length(hash) = 32)\n" \
	  ") STRICT") \
	S("table",   "checkpoints",         "checkpoints", \
	  "CREATE TABLE checkpoints (\n" \
	  "  i INTEGER PRIMARY KEY CHECK (i >= 0),\n" \
	  "  size INTEGER NOT NULL CHECK (size >= 0),\n" \
	  "  note TEXT NOT NULL\n" \
	  ") STRICT") \
	S("table",   "blobs",               "blobs", \
	  "CREATE TABLE blobs (\n" \
	  "  i INTEGER PRIMARY KEY CHECK (i >= 0),\n" \
	  "  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),\n" \
	  "  class TEXT NOT NULL CHECK (class IN ('public', 'bearer', 'private')),\n" \
	  "  bytes BLOB NOT NULL\n" \
	  ") STRICT") \
	SCHEMA_TRIGGERS(S, "lines", "seq") \
	SCHEMA_TRIGGERS(S, "nodes", "i") \
	SCHEMA_TRIGGERS(S, "checkpoints", "i") \
	SCHEMA_IN_ORDER(S, "blobs", "i") \
	S("trigger", "blobs_only_emptied",  "blobs", \
	  "CREATE TRIGGER blobs_only_emptied BEFORE UPDATE ON blobs\n" \
	  "WHEN NEW.i IS NOT OLD.i OR NEW.sha256 IS NOT OLD.sha256 OR NEW.class IS NOT OLD.class\n" \
	  "  OR OLD.class = 'bearer' OR length(NEW.bytes) <> 0\n" \
	  "BEGIN SELECT RAISE(ABORT, 'blobs are never changed, only emptied'); END") \
	SCHEMA_NOT_DELETED(S, "blobs")

#define SCHEMA_TRIGGERS(S, table, key) \
	SCHEMA_IN_ORDER(S, table, key) \
	S("trigger", table "_not_updated",  table, \
	  "CREATE TRIGGER " table "_not_updated BEFORE UPDATE ON " table "\n" \
	  "BEGIN SELECT RAISE(ABORT, '" table " are never changed'); END") \
	SCHEMA_NOT_DELETED(S, table)

/* INSERT OR REPLACE deletes a row without firing its delete trigger: hence the order trigger. */
#define SCHEMA_IN_ORDER(S, table, key) \
	S("trigger", table "_in_order",     table, \
	  "CREATE TRIGGER " table "_in_order BEFORE INSERT ON " table "\n" \
	  "WHEN NEW." key " IS NOT (SELECT coalesce(max(" key ") + 1, 0) FROM " table ")\n" \
	  "BEGIN SELECT RAISE(ABORT, '" table " are appended in order'); END")

#define SCHEMA_NOT_DELETED(S, table) \
	S("trigger", table "_not_deleted",  table, \
	  "CREATE TRIGGER " table "_not_deleted BEFORE DELETE ON " table "\n" \
	  "BEGIN SELECT RAISE(ABORT, '" table " are never removed'); END")

#endif
