# Reads the layer table, then C sources; prints for each source the archives its program needs, as make variables:
#     libs_tests/unit/test_abi.c := src_base src_crypto src_evm
# A source needs the folder of each header it includes and what that folder may include (never more: a test of one
# floor builds while the floors above it do not compile).
function need(folder,    i, n, below) {
	libs[folder] = 1
	n = split(allowed[folder], below, " ")
	for (i = 1; i <= n; i++)
		libs[below[i]] = 1
}
function finish(    f, line) {
	if (source == "")
		return
	need("src/base")
	f = source
	sub("/[^/]*$", "", f)
	if (f in allowed)
		need(f)
	line = ""
	for (f = 1; f <= folders; f++)
		if (order[f] in libs)
			line = line " " order[f]
	gsub("/", "_", line)
	print "libs_" source " :=" line
	delete libs
}
FNR == 1 {
	table = (NR == FNR)
	if (!table) {
		finish()
		source = FILENAME
	}
}
table && /^[a-z][^*]*:/ {
	colon = index($0, ":")
	folder = substr($0, 1, colon - 1)
	order[++folders] = folder
	allowed[folder] = substr($0, colon + 1)
}
!table && /^#include "/ {
	split($0, quoted, "\"")
	header = quoted[2]
	sub("/[^/]*$", "", header)
	if (header in allowed && header != "tests")
		need(header)
}
END { finish() }
