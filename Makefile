# make            the programs, into build/
# make deps       what they need from Debian 12 (apt) and npm: installs only what is missing
# make check      every test there is; ends with "N passed, N failed"
# make help       every target

# ---- settings: each may be given on the command line -------------------------------------------------------------
BUILD   ?= build
PREFIX  ?= /usr/local
FLAVOUR ?= plain
SECONDS ?= 60

# plain: what is installed. asan: the same under AddressSanitizer and UBSan. libfuzzer: clang, coverage-guided.
CC_plain     := gcc
CC_asan      := gcc
CC_libfuzzer := clang
O_plain      := $(BUILD)
O_asan       := $(BUILD)/asan
O_libfuzzer  := $(BUILD)/libfuzzer
FLAGS_plain  := -O2 -Werror -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection \
	-fcf-protection
FLAGS_asan   := -O1 -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_libfuzzer := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LINK_plain   := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
LINK_asan    := -fsanitize=address,undefined -Wl,--as-needed
LINK_libfuzzer := -fsanitize=address,undefined
SIGNER_plain := -static-pie -Wl,-z,relro,-z,now,-z,noexecstack
SIGNER_asan  := $(LINK_asan)

CC       := $(CC_$(FLAVOUR))
O        := $(O_$(FLAVOUR))
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wformat=2 -Wswitch-enum -Wmissing-prototypes
CFLAGS   := -std=c11 -D_GNU_SOURCE -g $(WARNINGS) $(FLAGS_$(FLAVOUR)) $(EXTRA_CFLAGS)
CPPFLAGS := -I. -I$(BUILD) -include src/base/ban.h -ffile-prefix-map=$(CURDIR)=. -MMD -MP
LDFLAGS  := $(LINK_$(FLAVOUR))
export LC_ALL := C.UTF-8
export TZ := UTC

# ---- sources: by wildcard, one archive per folder ----------------------------------------------------------------
FOLDERS := src/base src/crypto src/evm src/proof src/gov src/policy audit-log src/chain src/report \
	tui/kit tui/console src/cli src/signer src/net
MAINS   := $(wildcard src/cli/main.c src/signer/main.c src/net/main.c)
UNIT    := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ    := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
BENCH   := $(patsubst tests/bench/%.c,%,$(sort $(wildcard tests/bench/bench_*.c)))
TOOLS   := make_packet make_report kit_demo big_log log_speed
ENTRIES := $(MAINS) $(TOOLS:%=tests/support/%.c) $(UNIT:%=tests/unit/%.c) $(FUZZ:%=tests/fuzz/%.c) $(BENCH:%=tests/bench/%.c)

CRYPTO_LIBS := -lsecp256k1 -lnettle -lsodium
SETGOV_LIBS := $(CRYPTO_LIBS) -lsqlite3 -lutf8proc -lncursesw -ltinfo
SIGNER_LIBS := $(CRYPTO_LIBS) -lseccomp -lutf8proc -lncursesw -ltinfo
NET_LIBS    := -lcurl -lseccomp -lutf8proc
TEST_LIBS   := $(SETGOV_LIBS) -lseccomp -lcurl -lcmocka -lm

# A program is built when its main is there.
PROGRAMS := $(patsubst src/cli/main.c,$(O)/setgov,$(patsubst src/signer/main.c,$(O)/setgov-signer,$(patsubst \
	src/net/main.c,$(O)/setgov-net,$(MAINS))))

.PHONY: again all deps lint asan units fuzz fuzzers bench demo demo-node check check-airgap vectors pictures install clean help
.DELETE_ON_ERROR:
.SECONDARY:
.SECONDEXPANSION:

all: $(PROGRAMS)

# libs_<source> := the archives it links, from its includes and the table of floors.
ifeq ($(filter clean help lint deps,$(MAKECMDGOALS)),)
-include $(BUILD)/links.mk
endif
$(BUILD)/links.mk: tests/support/layers tests/support/links.awk $(ENTRIES)
	@mkdir -p $(@D)
	@awk -f tests/support/links.awk $(filter-out %.awk,$^) >$@.tmp && mv $@.tmp $@

# ---- how each kind of file is made (V=1 shows the commands) ------------------------------------------------------
Q     := $(if $(V),,@)
say    = $(if $(V),@:,@echo '  $(1) $(2)')

# The catalogue and ABIs are compiled in: gov includes "gen/embedded.inc", the rows of an array of
# { const char *path; const uint8_t *bytes; size_t n; }. The bytes are followed by a zero that does not count.
EMBEDDED := $(sort $(wildcard contracts/catalogue.json contracts/layouts.json contracts/abi/*.json))
$(BUILD)/gen/embedded.inc: tests/support/embed.sh $(EMBEDDED) $(wildcard contracts/abi)
	@mkdir -p $(@D)
	$(call say,embed,$(words $(EMBEDDED)) files)
	$(Q)tests/support/embed.sh $(EMBEDDED) >$@.tmp && mv $@.tmp $@
$(patsubst %.c,$(O)/obj/%.o,$(wildcard src/gov/*.c)): | $(BUILD)/gen/embedded.inc
# So are the style and the program of a report's page, into report_html.c.
PAGE := $(addprefix src/report/,page.css hash.js owner.js step.js verify.js)
$(BUILD)/gen/page.inc: tests/support/embed.sh $(PAGE)
	@mkdir -p $(@D)
	$(Q)tests/support/embed.sh $(PAGE) >$@.tmp && mv $@.tmp $@
$(O)/obj/src/report/report_html.o: $(BUILD)/gen/page.inc

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

define archive
$(O)/lib/$(subst /,_,$(1)).a: $(patsubst %.c,$(O)/obj/%.o,$(filter-out $(MAINS),$(sort $(wildcard $(1)/*.c)))) \
		$(wildcard $(1))
	@mkdir -p $$(@D)
	@rm -f $$@ && ar rcsD $$@ $$(filter %.o,$$^)
endef
$(foreach f,$(FOLDERS) tests/support,$(eval $(call archive,$(f))))

libs  = $(patsubst %,$(O)/lib/%.a,$(libs_$(1)))
define link
	$(call say,link,$@)
	$(Q)$(CC) $(CFLAGS) $(1) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(2)
endef

$(O)/setgov: $(O)/obj/src/cli/main.o $$(call libs,src/cli/main.c)
	$(call link,$(LDFLAGS),$(SETGOV_LIBS))
$(O)/setgov-net: $(O)/obj/src/net/main.o $$(call libs,src/net/main.c)
	$(call link,$(LDFLAGS),$(NET_LIBS))
$(O)/setgov-signer.unstripped: $(O)/obj/src/signer/main.o $$(call libs,src/signer/main.c)
	$(call link,$(SIGNER_$(FLAVOUR)) -Wl$(comma)-Map=$(O)/setgov-signer.map,-Wl$(comma)--start-group \
		$(SIGNER_LIBS) -Wl$(comma)--end-group)
$(O)/setgov-signer: $(O)/setgov-signer.unstripped
	strip -o $@ $<
comma := ,

$(O)/tests/unit/%: $(O)/obj/tests/unit/%.o $$(call libs,tests/unit/$$*.c) $(O)/lib/tests_support.a
	@mkdir -p $(@D)
	$(call link,$(LDFLAGS),$(TEST_LIBS))
$(TOOLS:%=$(O)/tests/support/%): $(O)/tests/support/%: $(O)/obj/tests/support/%.o $$(call libs,tests/support/$$*.c) \
		$(O)/lib/tests_support.a
	@mkdir -p $(@D)
	$(call link,$(LDFLAGS),$(TEST_LIBS))
$(O)/tests/bench/%: $(O)/obj/tests/bench/%.o $$(call libs,tests/bench/$$*.c)
	@mkdir -p $(@D)
	$(call link,$(LDFLAGS),$(TEST_LIBS))
FUZZ_MAIN_plain := $(O)/obj/tests/fuzz/replay.o
FUZZ_MAIN_asan  := $(O)/obj/tests/fuzz/replay.o
$(O)/tests/fuzz/%: $(O)/obj/tests/fuzz/%.o $(FUZZ_MAIN_$(FLAVOUR)) $$(call libs,tests/fuzz/$$*.c)
	@mkdir -p $(@D)
	$(call link,$(LDFLAGS) $(if $(FUZZ_MAIN_$(FLAVOUR)),,-fsanitize=fuzzer),$(TEST_LIBS))

-include $(wildcard $(patsubst %.c,$(O)/obj/%.d,$(ENTRIES) tests/fuzz/replay.c $(wildcard $(addsuffix /*.c, \
	$(FOLDERS) tests/support))))

# ---- dependencies ------------------------------------------------------------------------------------------------
# The stamp makes the second run instant; the script itself installs only what is not there.
deps: $(BUILD)/deps.stamp
$(BUILD)/deps.stamp: tests/support/deps.sh $(wildcard contracts/package-lock.json) \
		$(if $(wildcard contracts/package-lock.json),$(if $(wildcard contracts/node_modules/.package-lock.json),,again))
	@mkdir -p $(@D)
	tests/support/deps.sh
	@touch $@

again:

# ---- tests -------------------------------------------------------------------------------------------------------
units: $(UNIT:%=$(O)/tests/unit/%)
fuzzers: $(FUZZ:%=$(O)/tests/fuzz/%)
asan:
	@$(MAKE) --no-print-directory FLAVOUR=asan units fuzzers

check: deps
	@BUILD=$(BUILD) MAKE="$(MAKE)" tests/support/check.sh

lint:
	@tests/support/lint.sh

# The signer has no network: no such symbol (nm, not nm -D), object file (link map) or system call number (code).
check-airgap: $(BUILD)/setgov-signer.unstripped
	@tests/support/airgap.sh $< $(BUILD)/setgov-signer.map

# Coverage-guided fuzzing of every target, or FUZZ=json alone, SECONDS each. What it finds is left in build/found/. Then
# every bit of a small log's file.
fuzz:
	@$(MAKE) --no-print-directory FLAVOUR=libfuzzer fuzzers
	@BUILD=$(BUILD) SECONDS_EACH=$(SECONDS) tests/support/fuzz.sh $(FUZZ)
	@$(MAKE) --no-print-directory $(BUILD)/tests/unit/test_bytes
	EVERY_BIT=1 $(BUILD)/tests/unit/test_bytes

bench: $(BENCH:%=$(O)/tests/bench/%) $(BUILD)/bench/pair $(BUILD)/bench/pty_drive $(O)/tests/support/big_log $(O)/tests/support/log_speed all deps
	@status=0; for b in $(BENCH:%=$(O)/tests/bench/%); do $$b || status=1; done; \
		tests/bench/bench.sh $(BUILD) || status=1; tests/bench/console.sh $(BUILD) || status=1; \
		tests/bench/log.sh $(BUILD) || status=1; exit $$status
$(BUILD)/bench/pair $(BUILD)/bench/pty_drive: $(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARNINGS) -Werror $< -o $@

# Other projects' vector files, run from DIR and not kept here: make vectors DIR=…
vectors:
	@test -d "$(DIR)" || { echo "make vectors DIR=<folder of other projects' vector files>" >&2; exit 2; }
	@SETGOV_VECTORS="$(abspath $(DIR))" BUILD=$(BUILD) MAKE="$(MAKE)" tests/support/check.sh plain

demo: all deps
	docs/demo.sh
demo-node: deps
	@test -e $(BUILD)/demo/node/state.json || { echo "make demo first: it makes the chain that this brings back" >&2; exit 2; }
	contracts/devnet.sh resume $(BUILD)/demo/node
	@cp $(BUILD)/demo/node/rpc-url $(BUILD)/demo/rpc-url

# The README's pictures anew, from the screens of a fresh demo.
pictures: demo
	docs/pictures.sh

# ---- installing --------------------------------------------------------------------------------------------------
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(BUILD)/setgov help --man >$(DESTDIR)$(PREFIX)/share/man/man1/setgov.1
	$(BUILD)/setgov help --completion >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/setgov

clean:
	rm -rf $(BUILD)

help:
	@echo 'all            build/setgov, build/setgov-net, build/setgov-signer (BUILD=dir builds elsewhere)'
	@echo 'deps           install what is missing from Debian 12 and npm'
	@echo 'check          all tests: unit, sanitizers, fuzz corpora, lint, air gap, end to end'
	@echo 'units lint asan fuzzers check-airgap    parts of it; build/tests/unit/test_X builds one test'
	@echo 'fuzz           coverage-guided, SECONDS=60 each; FUZZ=fuzz_json for one (needs clang)'
	@echo 'vectors        DIR=… runs other projects'"'"' vector files'
	@echo 'bench          measurements'
	@echo 'demo           one change from draft to proof on a local chain'
	@echo 'demo-node      the same chain again, after a reboot'
	@echo 'pictures       the pictures of the README anew, from real screens of the demo'
	@echo 'install        PREFIX=/usr/local, DESTDIR='
	@echo 'clean          remove build/'
