/* main() for a fuzz target in ordinary builds: feeds it each file of each argument (a file or a directory) and says
 * how many there were. What the target thinks of an input it says by aborting. */
#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "src/base/buf.h"
#include "src/base/err.h"
#include "src/base/fs.h"
#include "tests/fuzz/target.h"

#define INPUT_CAP (16u << 20)

/* A copy of exactly its size, so that a sanitizer sees one byte too many. */
static void replay_file(const char *path)
{
	struct buf in = {0};
	struct err e = {0};
	uint8_t *exact;

	if (!fs_read(&in, path, INPUT_CAP, &e)) {
		struct buf text = {0};

		err_format(&e, &text);
		die("%s", buf_cstr(&text));
	}
	exact = malloc(in.n ? in.n : 1);
	if (!exact)
		die("out of memory");
	for (size_t i = 0; i < in.n; i++)
		exact[i] = in.p[i];
	LLVMFuzzerTestOneInput(exact, in.n);
	free(exact);
	buf_release(&in);
}

static size_t replay(const char *path)
{
	size_t n = 0;
	struct stat st;
	struct dirent *entry;
	DIR *dir;

	if (stat(path, &st) != 0)
		die("%s: no such file", path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path);
		return 1;
	}
	dir = opendir(path);
	if (!dir)
		die("%s: cannot be read", path);
	while ((entry = readdir(dir))) {
		char *file;

		if (entry->d_name[0] == '.')
			continue;
		file = fs_join(path, entry->d_name);
		n += replay(file);
		free(file);
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%zu inputs replayed\n", n);
	return 0;
}
