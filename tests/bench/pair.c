/* pair RUNS LIMIT NAME -- A… -- B…: runs two commands in turn, as whole processes, and prints their medians and
 * the ratio B / A pair by pair. Exit status 1 when the median ratio is below LIMIT (A is to be at least LIMIT
 * times as fast). `pair RUNS - NAME -- A…` measures one command: median time and largest peak memory in KiB.
 * Output of what runs is dropped; a run that fails ends the measurement: a fast failure is no speed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct run {
	double ms;
	long peak_kib;
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct run run_once(char **argv)
{
	struct rusage usage;
	int status = 0;
	const double start = now_ms();
	const pid_t child = fork();
	if (child == 0) {
		const int null = open("/dev/null", O_WRONLY);
		if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
			execvp(argv[0], argv);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench: %s failed (status %d)\n", argv[0],
			WIFEXITED(status) ? WEXITSTATUS(status) : -1);
		exit(2);
	}
	return (struct run){ now_ms() - start, usage.ru_maxrss };
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static char **split(char **argv)
{
	while (*argv != NULL && strcmp(*argv, "--") != 0)
		argv++;
	if (*argv == NULL)
		return NULL;
	*argv = NULL;
	return argv + 1;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fprintf(stderr, "usage: pair RUNS LIMIT|- NAME -- A… [-- B…]\n");
		return 2;
	}
	const size_t runs = strtoul(argv[1], NULL, 10);
	char **a = split(argv + 4), **b = a != NULL ? split(a) : NULL;
	double *ta = calloc(runs, sizeof(*ta)), *tb = calloc(runs, sizeof(*tb)),
	       *ratio = calloc(runs, sizeof(*ratio));
	long peak = 0;
	if (runs == 0 || a == NULL || ta == NULL || tb == NULL || ratio == NULL)
		return 2;
	run_once(a);
	if (b != NULL)
		run_once(b);
	for (size_t i = 0; i < runs; i++) {
		const struct run ra = run_once(a);
		ta[i] = ra.ms;
		peak = ra.peak_kib > peak ? ra.peak_kib : peak;
		if (b != NULL)
			tb[i] = run_once(b).ms;
		ratio[i] = tb[i] / ta[i];
	}
	if (b == NULL) {
		printf("%-44s %8.2f ms, peak %ld KiB\n", argv[3], median(ta, runs), peak);
		return 0;
	}
	const double limit = strtod(argv[2], NULL), found = median(ratio, runs);
	printf("%-44s %8.2f ms against %8.2f ms: %6.1f times (needed %g)%s\n", argv[3], median(ta, runs),
	       median(tb, runs), found, limit, found >= limit ? "" : "  NOT MET");
	return found >= limit ? 0 : 1;
}
