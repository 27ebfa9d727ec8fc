# Reads the layer table and the table of globals, then C files; prints "file:line: what is wrong" for each fault.
# Line-based and simple on purpose: it looks for habits, the compiler looks for the rest.
function fault(text) {
	print FILENAME ":" FNR ": " text
}
function words(text, set,    n, i, list) {
	n = split(text, list, " ")
	for (i = 1; i <= n; i++)
		set[list[i]] = 1
}
# "tui/console/view_*" matches what starts so.
function matches(text, pattern) {
	if (pattern ~ /\*$/)
		return index(text, substr(pattern, 1, length(pattern) - 1)) == 1
	return text == pattern
}
function folder_of(path) {
	if (path ~ /^tests\//)
		return "tests"
	sub(/\/[^\/]*$/, "", path)
	return path
}
function row_of(path,    i) {
	for (i = 1; i <= wildcards; i++)
		if (matches(path, wildcard[i]))
			return wildcard[i]
	return folder_of(path)
}
function check_own_include(header,    row, target, may, known) {
	if (header ~ /^gen\//)
		return                         # made by the Makefile
	row = row_of(FILENAME)
	target = folder_of(header)
	if (header !~ /\//) {
		fault("\"" header "\": say the path from the top of the repository")
		return
	}
	if (!(row in allowed)) {
		fault(row " is not in the table of floors (tests/support/layers)")
		return
	}
	words(allowed[row], may)
	if (target != folder_of(FILENAME) && !(target in may))
		fault(row " may not include " target " (" header ")")
	else if (row ~ /\*$/ && !(target in may))
		fault(row " may not include " header)
	delete may
}
function check_system_include(header,    i, k, n, list, ok) {
	for (i = 1; i <= guarded; i++) {
		if (!matches(header, guarded_header[i]))
			continue
		n = split(guarded_users[i], list, " ")
		ok = 0
		for (k = 1; k <= n; k++)
			if (matches(FILENAME, list[k]))
				ok = 1
		if (!ok)
			fault("only " (n ? guarded_users[i] : "nobody") " may include <" header ">")
	}
}
function columns(line,    n, i) {
	gsub(/[\200-\277]/, "", line)
	n = split(line, part, "\t")
	width = 0
	for (i = 1; i <= n; i++) {
		width += length(part[i])
		if (i < n)
			width += 8 - width % 8
	}
	return width
}
# Without comments and without what is between quotes.
function code_of(line) {
	gsub(/\\["'\\]/, "", line)
	gsub(/"[^"]*"/, "\"\"", line)
	gsub(/'[^']*'/, "' '", line)
	gsub(/\/\*[^*]*\*\//, "", line)
	if (in_comment) {
		if (line !~ /\*\//)
			return ""
		sub(/^.*\*\//, "", line)
		in_comment = 0
	}
	if (line ~ /\/\*/) {
		in_comment = 1
		sub(/\/\*.*/, "", line)
	}
	return line
}
# A variable at file scope, or a static one in a function, that can change.
function check_global(code,    name) {
	if (FILENAME !~ /\.c$/ || FILENAME ~ /^tests\// || code ~ /sig_atomic_t/)
		return
	if (code !~ /^[a-z_]/ && code !~ /^\t+static /)
		return
	if (code ~ /^(__extension__ )?typedef/ || code ~ /^[a-z_]+:/ || code !~ /[;=]/)
		return
	if (code ~ /^(static const )?(struct|enum|union) ([a-z0-9_]+ )?\{/ || code ~ /^(struct|enum|union) [a-z0-9_]+;/)
		return
	name = code
	if (code ~ /\(\*[a-z_]/) {                     # a function pointer: void (*x[N])(void)
		if (code !~ /^(static )?[a-z0-9_ \*]*\(\*[a-z0-9_]+(\[[A-Za-z0-9_]*\])?\)\(/)
			return
		sub(/^[^(]*\(\*/, "", name)
	} else {
		sub(/ *[=;].*/, "", name)
		if (name ~ /\(/)
			return                 # a function
		if (name ~ /(^|[ \t])const[ \t]/ && (name !~ /\*/ || name ~ /\* *const /))
			return
		if (name !~ /[ \*]/)
			return                 # an assignment
		sub(/\[.*/, "", name)
		sub(/^.*[ \*]/, "", name)
	}
	sub(/[^a-z0-9_].*/, "", name)
	if (!((FILENAME " " name) in global))
		fault("global state: " name " can change; pass it, or make it const")
}
function guard_name(path) {
	sub(/^src\//, "", path)
	path = toupper(path)
	gsub(/[^A-Z0-9]/, "_", path)
	return "SETGOV_" path
}
function end_of_file() {
	if (file ~ /\.h$/ && !guard_seen)
		print file ":1: header guard " guard_name(file) " is missing"
	if (file && blank_end)
		print file ":" last ": blank line at the end"
}
BEGIN {
	banned = "(^|[^A-Za-z0-9_.>])(strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|sscanf|strtok|strtok_r|" \
		"atoi|atol|atoll|atof|alloca|popen|system|mktemp|tmpnam|tempnam|rand|random|srand|srandom|setjmp|longjmp|" \
		"asctime|ctime|gmtime|localtime)\\("
}
FNR == 1 {
	files++
	if (files > 2)
		end_of_file()
	file = FILENAME
	in_comment = guard_seen = 0
}
files == 1 && /^[a-z<].*:/ {
	at = match($0, /:( |$)/)
	left = substr($0, 1, at - 1)
	if (left ~ /^</) {
		guarded_header[++guarded] = substr(left, 2, length(left) - 2)
		guarded_users[guarded] = substr($0, at + 1)
		gsub(/^ +/, "", guarded_users[guarded])
	} else {
		allowed[left] = substr($0, at + 1)
		if (left ~ /\*$/)
			wildcard[++wildcards] = left
	}
}
files == 2 && /^[a-z]/ { global[$1 " " $2] = 1 }
files > 2 {
	last = FNR
	blank_end = ($0 == "")
	if ($0 ~ /^#include "/) {
		split($0, quoted, "\"")
		check_own_include(quoted[2])
	} else if ($0 ~ /^# *include *</) {
		header = $0
		sub(/^[^<]*</, "", header)
		sub(/>.*/, "", header)
		check_system_include(header)
	}
	if ($0 == "#ifndef " guard_name(FILENAME))
		guard_seen = 1
	if ($0 ~ /^        /)
		fault("indented with spaces")
	if (columns($0) > 120 && $0 !~ /https?:/)
		fault("wider than 120 columns")
	code = code_of($0)
	if (code ~ banned && FILENAME !~ /ban\.h$/)
		fault("a banned call (src/base/ban.h says what to use instead)")
	check_global(code)
}
END { end_of_file() }
