/* The contract ABI: types, values, and the strict encoding between values and bytes; and the JSON that compilers
 * write about a contract. What a call means is src/gov/explain.h's business.
 *
 * Spec: Solidity documentation, "Contract ABI Specification". Types: uint<M>, int<M>, address, bool, bytes<M>, bytes,
 * string, function, T[], T[k] with k of at least 1, and tuples of these, at most ABI_MAX_DEPTH deep. An empty tuple is
 * the arguments of a function without any, and never inside another type. fixed<M>x<N> is not supported: no compiler
 * emits it. Nothing is aliased: "uint" is refused, uint256 is its name.
 *
 * The encoding is taken in its canonical form alone: heads, then tails in the order of their heads, each offset
 * exactly where the previous tail ended, padding zero, strings UTF-8 without NUL, nothing after the end. So for every
 * accepted input abi_encode(abi_decode(x)) == x, and two readers cannot see two meanings. The chain is laxer than
 * that; bytes it would run and we refuse must be shown raw. */
#ifndef SETGOV_EVM_ABI_H
#define SETGOV_EVM_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/u256.h"
#include "src/crypto/sig.h"

#define ABI_MAX_DEPTH 32u         /* nested [] and () in one type */
#define ABI_MAX_HEAD 0x1000000u   /* bytes a static type may take: uint256[524288] */

enum abi_kind {
	ABI_UINT, ABI_INT, ABI_ADDRESS, ABI_BOOL,     /* value in .word */
	ABI_FIXED_BYTES, ABI_FUNCTION,                /* bytes<M>, 24 bytes: value in .bytes */
	ABI_BYTES, ABI_STRING,                        /* value in .bytes */
	ABI_LIST, ABI_ARRAY, ABI_TUPLE,               /* T[], T[k], (T, …): values in .items */
};

struct abi_type;

struct abi_field {
	const char *name;                /* "" when it has none */
	const struct abi_type *type;
	bool indexed;                    /* event inputs only */
};

struct abi_type {
	enum abi_kind kind;
	unsigned bits;                   /* UINT, INT: 8..256 */
	size_t count;                    /* FIXED_BYTES: bytes; ARRAY: elements; TUPLE: fields */
	const struct abi_type *elem;     /* LIST, ARRAY */
	const struct abi_field *fields;  /* TUPLE */
	bool dynamic;                    /* encoded as an offset in the head and a tail */
	size_t size;                     /* bytes in the head: 32 when dynamic */
};

struct abi_value {
	const struct abi_type *type;
	struct u256 word;                /* UINT; INT in two's complement over 256 bits; BOOL 0 or 1; ADDRESS */
	struct span bytes;               /* borrowed from what was decoded */
	struct abi_value *items;         /* n of them */
	size_t n;
};

/* Types that are needed by name. */
extern const struct abi_type abi_uint256, abi_address_type, abi_bool_type, abi_bytes32, abi_bytes_type, abi_string_type;

/* ---- types ---- */

/* "(uint256,bytes)[2][]", without spaces or names. NULL with ERR_SYNTAX at the byte, or ERR_RANGE. */
MUST_CHECK const struct abi_type *abi_type_parse(struct arena *a, struct span text, struct err *e);
/* One elementary type by name ("uint8", "bytes32", "string"); false, *out untouched, when it is not one. */
bool abi_type_atom(struct abi_type *out, struct span name);
/* A tuple of the members of a JSON array of {name, type, components?, internalType?, indexed?}. */
MUST_CHECK const struct abi_type *abi_type_from_json(struct arena *a, const struct json *params, struct err *e);
/* Canonical text, as in a signature: "(uint256,bytes)[2][]". */
void abi_type_format(struct buf *out, const struct abi_type *t);
/* Field of a tuple by name; SIZE_MAX when there is none. */
size_t abi_field_index(const struct abi_type *tuple, const char *name);

/* ---- values ---- */

/* Each asserts that the type fits the value. Nothing is copied. */
struct abi_value abi_word(const struct abi_type *t, const struct u256 *v);      /* UINT, INT, BOOL */
struct abi_value abi_address(const struct abi_type *t, const struct addr *v);
struct abi_value abi_bytes(const struct abi_type *t, struct span v);            /* all that live in .bytes */
struct abi_value abi_items(const struct abi_type *t, struct abi_value *items, size_t n);
struct addr abi_as_addr(const struct abi_value *v);                             /* ADDRESS */
bool abi_value_eq(const struct abi_value *a, const struct abi_value *b);

/* *out is a tuple whose bytes are borrowed from `data`. Errors name the argument and the byte of `data`:
 * "args[1], byte 32: uint8 holds 8 bits, found 9". ERR_SYNTAX, ERR_RANGE. No input makes it allocate more than a
 * small multiple of data.n. */
MUST_CHECK bool abi_decode(struct arena *a, struct abi_value *out, const struct abi_type *tuple, struct span data,
			   struct err *e);
void abi_encode(struct buf *out, const struct abi_value *v);

/* What a person types for an argument: "12", "0x0c" (uint), "-5" (int), "true", "0x…" (address, bytes), any text for a
 * string, and JSON for arrays and tuples. */
MUST_CHECK bool abi_value_from_text(struct arena *a, struct abi_value *out, const struct abi_type *t, struct span text,
				    struct err *e);
/* The same from JSON: integers are numbers or strings (decimal or 0x), bool is true or false, address, bytes and
 * string are strings, arrays are arrays, a tuple is an array, or an object with exactly its field names.
 * e->at is the byte in the document. */
MUST_CHECK bool abi_value_from_json(struct arena *a, struct abi_value *out, const struct abi_type *t,
				    const struct json *v, struct err *e);
/* abi_value_from_text() of this gives the value back. A string is its own text: pass it through text_safe() before
 * a screen. Integers are decimal, addresses EIP-55, the composite ones compact JSON. */
void abi_value_format(struct buf *out, const struct abi_value *v);
/* Integers as decimal strings; a tuple as an object when all its fields have names of their own, else an array. */
struct json *abi_value_json(struct arena *a, const struct abi_value *v);

/* ---- contracts ---- */

/* A name as Solidity takes it: letters, digits, _ and $, not starting with a digit. */
bool abi_is_identifier(struct span s);

struct abi_function {             /* also an error that a contract reverts with */
	const char *name;
	struct span signature;           /* "transfer(address,uint256)" */
	uint8_t selector[4];
	const struct abi_type *inputs, *outputs;       /* tuples; an error has no outputs */
	bool payable, view;              /* view: changes nothing (view or pure) */
};

struct abi_event {
	const char *name;
	struct span signature;
	struct hash32 topic;             /* keccak256(signature) */
	const struct abi_type *inputs;
	bool anonymous;
};

struct abi {
	const struct abi_function *functions;
	size_t n_functions;
	const struct abi_event *events;
	size_t n_events;
	const struct abi_function *errors;
	size_t n_errors;
};

/* `array` is the JSON ABI as compilers write it: of an ABI file of ours, the member "abi". Overloads are fine; two
 * functions or two errors with one selector, or two events with one topic, are not: ERR_MISMATCH. */
MUST_CHECK const struct abi *abi_parse(struct arena *a, const struct json *array, struct err *e);
/* A function from its signature alone, "transfer(address,uint256)": no names, no outputs. */
MUST_CHECK const struct abi_function *abi_function_parse(struct arena *a, struct span signature, struct err *e);

/* NULL when there is none. */
const struct abi_function *abi_find_selector(const struct abi *abi, const uint8_t selector[4]);
const struct abi_function *abi_find_signature(const struct abi *abi, struct span signature);
const struct abi_function *abi_find_name(const struct abi *abi, const char *name);   /* NULL too when overloaded */
const struct abi_function *abi_find_error(const struct abi *abi, const uint8_t selector[4]);
const struct abi_event *abi_find_event(const struct abi *abi, const struct hash32 *topic);
const struct abi_event *abi_find_event_name(const struct abi *abi, const char *name);

/* Selector, then arguments. A wrong or cut selector is ERR_MISMATCH or ERR_SYNTAX; in errors about arguments, bytes
 * count from the first argument, after the selector. Works for a revert's data too. */
MUST_CHECK bool abi_calldata_decode(struct arena *a, struct abi_value *out, const struct abi_function *f,
				    struct span calldata, struct err *e);
void abi_calldata_encode(struct buf *out, const struct abi_function *f, const struct abi_value *tuple);
/* A log's topics (topic 0 included unless anonymous) and data, both borrowed, into one value per input, in order. An
 * indexed input that is not a single word is known by its hash only: its value has the type abi_bytes32. Errors name
 * "topics[i]", or "args[i]" where i counts the inputs that are not indexed. */
MUST_CHECK bool abi_event_decode(struct arena *a, struct abi_value *out, const struct abi_event *ev,
				 const struct hash32 topics[], size_t n_topics, struct span data, struct err *e);
/* True when input i is indexed and has no single word: the value is a hash. */
bool abi_event_hashed(const struct abi_event *ev, size_t i);

#endif
