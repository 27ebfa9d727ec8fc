/* Tiles and bundles, against those that golang.org/x/mod makes of the same entries (tests/vectors/tlog.json). */
#include "tests/support/check.h"

#include "src/crypto/hash.h"
#include "src/proof/tile.h"

static struct span str(const struct json *v, const char *name)
{
	struct span s;

	assert_true(json_get_str(v, name, &s, NULL));
	return s;
}

static void paths_are_those_of_the_specification(void **state)
{
	static const struct { bool entries; unsigned level; uint64_t n; unsigned width; const char *path; } paths[] = {
		{ false, 0, 0, 256, "tile/0/000" },
		{ false, 1, 1234067, 256, "tile/1/x001/x234/067" },
		{ false, 0, 273, 112, "tile/0/273.p/112" },
		{ false, 0, 999, 1, "tile/0/999.p/1" },
		{ false, 0, 1000000, 255, "tile/0/x001/x000/000.p/255" },
		{ true, 0, 1000, 256, "tile/entries/x001/000" },
		{ true, 0, 3, 232, "tile/entries/003.p/232" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct buf path = {0};

		if (paths[i].entries)
			tile_entries_path(&path, paths[i].n, paths[i].width);
		else
			tile_path(&path, paths[i].level, paths[i].n, paths[i].width);
		assert_buf_str(&path, paths[i].path);
		buf_release(&path);
	}
}

/* The nodes of a tree over "entry-0", "entry-1", … */
static bool read_node(void *ctx, struct hash32 *out, uint64_t index, struct err *e)
{
	const struct buf *nodes = ctx;

	(void)e;
	assert_true(index < nodes->n / 32);
	memcpy(out->b, nodes->p + 32 * index, 32);
	return true;
}

static void grow(struct buf *nodes, struct frontier *f, uint64_t size)
{
	while (f->size < size) {
		struct hash32 leaf, kept[MERKLE_LEVELS];
		struct buf entry = {0};

		buf_fmt(&entry, "entry-%llu", (unsigned long long)f->size);
		merkle_leaf(&leaf, buf_view(&entry));
		buf_add(nodes, kept, 32 * frontier_add(f, &leaf, kept));
		buf_release(&entry);
	}
}

static void check_file(struct span bytes, const struct json *want, const struct buf *path)
{
	struct hash32 digest;
	struct buf hex = {0};
	uint64_t length;

	assert_true(span_eq(buf_view(path), str(want, "path")));
	assert_true(json_get_u64(want, "bytes", &length, NULL));
	assert_int_equal(bytes.n, length);
	sha256(&digest, bytes);
	buf_hex(&hex, SPAN_HASH(&digest));
	assert_true(span_eq(buf_view(&hex), str(want, "sha256")));
	buf_release(&hex);
}

static const struct json *find_path(const struct json *list, const struct buf *path)
{
	for (const struct json *t = list->first; t; t = t->next)
		if (span_eq(str(t, "path"), buf_view(path)))
			return t;
	return NULL;
}

/* Every tile that a tree of this size has and that is among the vectors, which leave some of the largest tree out. */
static size_t check_tiles(const struct buf *nodes, uint64_t size, const struct json *list)
{
	const struct merkle_nodes read = { read_node, (void *)(uintptr_t)nodes };
	struct err e = {0};
	size_t n = 0;

	for (unsigned level = 0; level < TILE_LEVELS; level++)
		for (uint64_t i = 0; tile_width(tile_hashes(size, level), i); i++) {
			const unsigned width = tile_width(tile_hashes(size, level), i);
			struct buf bytes = {0}, path = {0};
			const struct json *want;

			assert_ok(tile_make(&bytes, level, i, width, &read, &e), &e);
			tile_path(&path, level, i, width);
			want = find_path(list, &path);
			if (want)
				check_file(buf_view(&bytes), want, &path);
			n += want != NULL;
			buf_release(&bytes);
			buf_release(&path);
		}
	return n;
}

static void tiles_are_those_of_other_hands(void **state)
{
	static const struct { uint64_t size; size_t tiles; } trees[] = {
		{ 1, 1 }, { 16, 1 }, { 255, 1 }, { 256, 2 }, { 257, 3 }, { 1000, 5 }, { 70000, 7 },
	};
	struct arena a = {0};
	const struct json *all = json_find(json_vector(&a, "tlog.json"), "tiles_height8");
	struct buf nodes = {0};
	struct frontier f = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		const char *name = arena_fmt(&a, "%llu", (unsigned long long)trees[i].size);
		const struct json *list = json_find(json_find(all, name), "tiles");

		grow(&nodes, &f, trees[i].size);
		assert_int_equal(check_tiles(&nodes, trees[i].size, list), trees[i].tiles);
	}
	buf_release(&nodes);
	arena_release(&a);
}

static void a_full_tile_has_the_root_that_the_level_above_says(void **state)
{
	struct buf nodes = {0}, bytes = {0};
	const struct merkle_nodes read = { read_node, &nodes };
	struct frontier f = {0};
	struct hash32 root;

	(void)state;
	grow(&nodes, &f, 600);
	assert_true(tile_make(&bytes, 0, 1, TILE_WIDTH, &read, NULL));
	tile_root(&root, buf_view(&bytes));
	assert_memory_equal(root.b, nodes.p + 32 * merkle_index(8, 1), 32);
	bytes.p[5000] ^= 1;
	tile_root(&root, buf_view(&bytes));
	assert_memory_not_equal(root.b, nodes.p + 32 * merkle_index(8, 1), 32);
	buf_release(&nodes);
	buf_release(&bytes);
}

static void bundles_are_those_of_other_hands(void **state)
{
	static const struct { uint64_t n; unsigned width; } bundles[] = { { 0, 3 }, { 0, 16 }, { 0, 256 }, { 3, 232 } };
	struct arena a = {0};
	const struct json *want = json_find(json_vector(&a, "tlog.json"), "entry_bundles")->first;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bundles); i++, want = want->next) {
		struct buf bytes = {0}, path = {0};
		struct reader r;
		struct span entry;

		for (uint64_t k = 0; k < bundles[i].width; k++)
			tile_bundle_add(&bytes, span_str(arena_fmt(&a, "entry-%llu",
							 (unsigned long long)(256 * bundles[i].n + k))));
		tile_entries_path(&path, bundles[i].n, bundles[i].width);
		check_file(buf_view(&bytes), want, &path);
		r = reader_of(buf_view(&bytes));
		for (uint64_t k = 0; k < bundles[i].width; k++)
			assert_true(tile_bundle_next(&r, &entry, NULL));
		assert_int_equal(reader_left(&r), 0);
		buf_release(&bytes);
		buf_release(&path);
	}
	assert_null(want);
	arena_release(&a);
}

static void a_bundle_that_is_cut_off_names_the_byte(void **state)
{
	struct reader r = reader_of(span_of("\0\3abc\0\4abc", 10));
	struct span entry;
	struct err e = {0};

	(void)state;
	assert_ok(tile_bundle_next(&r, &entry, &e), &e);
	assert_span_str(entry, "abc");
	assert_false(tile_bundle_next(&r, &entry, &e));
	assert_err(&e, ERR_SYNTAX, "byte 7: needed 4 bytes, found 3");
	err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_those_of_the_specification),
		cmocka_unit_test(tiles_are_those_of_other_hands),
		cmocka_unit_test(a_full_tile_has_the_root_that_the_level_above_says),
		cmocka_unit_test(bundles_are_those_of_other_hands),
		cmocka_unit_test(a_bundle_that_is_cut_off_names_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
