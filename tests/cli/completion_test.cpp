#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/sandbox.hpp"

// The completion scripts in the shells they are for. What there is to complete is said by a stand-in, so that nothing
// here depends on how fast a process starts; what matview says itself is tried in names_test.cpp.

using namespace matview::test;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

const fs::path k_completions = MATVIEW_COMPLETIONS;

struct Script {
  std::string shell;
  std::string file;
};
const std::vector<Script> k_scripts{{"bash", "matview.bash"}, {"zsh", "_matview"}, {"fish", "matview.fish"}};

// Answers as `matview __complete KIND … -- WORD` does, and notes how it was called.
constexpr const char* k_stand_in = R"sh(#!/bin/sh
echo "$*" >>"$HOME/calls"
for word; do :; done
plus=
case $word in +*) plus=+ ;; esac
case "$1 $2 $word" in
  '__complete profile '*) printf 'local\tlocal\nwarehouse\tlocal\n' ;;
  '__complete job '*) printf '01HZAA\tdaily, running\n01HZBB\tdaily, failed\n02HZCC\torders, running\n' ;;
  '__complete tag '*) printf 'nightly\t3 views\nnorth\t1 view\nweekly\t2 views\n' ;;
  '__complete '*:*) printf "${plus}warehouse:orders\t\n${plus}warehouse:oranges\t\n" ;;
  '__complete '*) printf "${plus}sales_by_day\t\n${plus}sales by hour\t\n${plus}orders\t\n${plus}warehouse:\tlocal\n" ;;
esac
)sh";

/// A folder with a program `matview` that knows some names, and notes how it was called.
class Shell {
 public:
  explicit Shell(std::string name) : name_(std::move(name)) {
    const auto program = box_.directory().write("bin/matview", k_stand_in);
    fs::permissions(program, fs::perms::owner_all);
  }

  /// False, with a message, where that shell is not on this machine.
  bool installed() const {
    const bool found = fs::exists("/usr/bin/" + name_) || fs::exists("/bin/" + name_);
    if (!found) MESSAGE(name_, " is not installed: its completion is not tried");
    return found;
  }

  Command command(std::vector<std::string> arguments) const {
    auto command = box_.command(std::move(arguments));
    command.program = fs::exists("/usr/bin/" + name_) ? "/usr/bin/" + name_ : "/bin/" + name_;
    command.environment["PATH"] = (box_.directory().path() / "bin").string() + ":/usr/bin:/bin";
    command.environment["LC_ALL"] = "C.UTF-8";
    command.environment["TERM"] = "xterm";
    return command;
  }

  /// The shell with a person before it.
  Command interactive(std::vector<std::string> arguments) const {
    auto shell = command(std::move(arguments));
    shell.terminal = true;
    return shell;
  }

  /// How `matview` was called for names.
  std::string calls() const { return fs::exists(box_.home() / "calls") ? read_file(box_.home() / "calls") : ""; }

  const Sandbox& box() const { return box_; }

 private:
  std::string name_;
  Sandbox box_;
};

Lines lines_of(const std::string& text) {
  Lines lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// What bash would offer at the end of `line`.
Lines bash_offers(const Shell& shell, const std::string& line) {
  const auto outcome = run(shell.command({"--norc", "--noprofile", "-c",
                                          "compopt() { :; }; source \"$1\"; COMP_LINE=$2 COMP_POINT=${#2}; "
                                          "COMP_WORDS=(matview); _matview; printf '%s\\n' \"${COMPREPLY[@]}\"",
                                          "bash", (k_completions / "matview.bash").string(), line}));
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.err == "");
  return lines_of(outcome.out == "\n" ? "" : outcome.out);
}

/// What fish would offer, without the descriptions.
Lines fish_offers(const Shell& shell, const std::string& line) {
  const auto outcome =
      run(shell.command({"--no-config", "-c", "source $argv[1]; complete -C $argv[2] | string replace -r '\\t.*' ''",
                         (k_completions / "matview.fish").string(), line}));
  CHECK(outcome.err == "");
  return lines_of(outcome.out);
}

/// A zsh at a terminal, completion on, with a key that shows the line and empties it.
class Zsh {
 public:
  explicit Zsh(const Shell& shell) : process_(shell.interactive({"-f", "-i"})) {
    process_.type("PS1='ready> '; fpath=('" + k_completions.string() + "' $fpath)\r");
    process_.type("autoload -Uz compinit; compinit -D -u; unsetopt auto_menu list_beep\r");
    process_.type("show() { print -r -- \"<$BUFFER>\"; zle kill-whole-line }; zle -N show; bindkey '^T' show\r");
    process_.type("print -r -- set\"\"up-done\r");
    REQUIRE(process_.wait_for("setup-done"));
  }

  /// True if Tab makes `typed` into `completed`.
  bool completes(const std::string& typed, const std::string& completed) {
    process_.type(typed + "\t\x14");
    return process_.wait_for("<" + completed + ">");
  }

 private:
  Process process_;
};

}  // namespace

TEST_CASE("the scripts in the source tree are what the program prints") {
  for (const auto& [shell, file] : k_scripts) {
    const auto printed = Sandbox().run({"completion", shell});
    REQUIRE(printed.exit_code == 0);
    CHECK(printed.err == "");
    INFO("to bring it up to date: matview completion ", shell, " >completions/", file);
    CHECK((read_file(k_completions / file) == printed.out));
  }
}

TEST_CASE("a shell that has no script is a usage error with the nearest") {
  const auto outcome = Sandbox().run({"completion", "bsh"});
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out == "");
  CHECK(outcome.err == "error: there is no completion for 'bsh'\nhint: did you mean 'bash'?\n");
  CHECK(Sandbox().run({"completion"}).exit_code == 2);
}

TEST_CASE("bash offers commands, options, values and names") {
  const Shell shell("bash");
  if (!shell.installed()) return;
  CHECK(bash_offers(shell, "matview refr") == Lines{"refresh"});
  CHECK(bash_offers(shell, "matview -P dev create --qu") == Lines{"--query", "--query-file", "--query-id", "--quiet"});
  CHECK(bash_offers(shell, "matview list -o j") == Lines{"json", "jsonl"});
  CHECK(bash_offers(shell, "matview list --output=js") == Lines{"json", "jsonl"});
  CHECK(bash_offers(shell, "matview list --fields name,refresh_m") == Lines{"name,refresh_mode"});
  CHECK(bash_offers(shell, "matview completion ") == Lines{"bash", "fish", "zsh"});
  CHECK(bash_offers(shell, "matview profile ") == Lines{"list", "show", "use"});
  CHECK(bash_offers(shell, "matview help exit") == Lines{"exit-codes"});
  CHECK(bash_offers(shell, "matview create --query 'SELECT --").empty());
  CHECK(shell.calls() == "");
  CHECK(bash_offers(shell, "matview refresh -- --").empty());

  CHECK(bash_offers(shell, "matview show sal") == Lines{"sales\\ by\\ hour", "sales_by_day"});
  CHECK(bash_offers(shell, "matview show sales\\ b") == Lines{"sales\\ by\\ hour"});
  CHECK(bash_offers(shell, "matview show \"sales b") == Lines{"sales by hour"});
  CHECK(bash_offers(shell, "matview refresh +ord") == Lines{"+orders"});
  CHECK(bash_offers(shell, "matview refresh ware") == Lines{"warehouse:"});
  CHECK(bash_offers(shell, "matview refresh +warehouse:orde") == Lines{"orders"});
  CHECK(bash_offers(shell, "matview show warehouse:ord") == Lines{"orders"});  // bash replaces what follows the colon
  CHECK(bash_offers(shell, "matview show 'warehouse:ord") == Lines{"warehouse:orders"});
  CHECK(bash_offers(shell, "matview refresh --tag n") == Lines{"nightly", "north"});
  CHECK(bash_offers(shell, "matview create x --tag=we") == Lines{"weekly"});
  CHECK(bash_offers(shell, "matview -P ware") == Lines{"warehouse"});
  CHECK(bash_offers(shell, "matview wait 01HZ") == Lines{"01HZAA", "01HZBB"});
  CHECK(bash_offers(shell, "matview cancel 02") == Lines{"02HZCC"});
  CHECK(bash_offers(shell, "matview status --job 02") == Lines{"02HZCC"});
}

TEST_CASE("names are asked for the profile that the line chooses") {
  const Shell shell("bash");
  if (!shell.installed()) return;
  bash_offers(shell, "matview --config x.toml refresh -P warehouse ord");
  CHECK(shell.calls() == "__complete selector --config x.toml -P warehouse -- ord\n");
}

TEST_CASE("bash completes at a terminal, behind other commands too") {
  const Shell shell("bash");
  if (!shell.installed()) return;
  Process bash(shell.interactive({"--norc", "--noprofile", "-i"}));
  bash.type(
      "bind 'set enable-bracketed-paste off'; bind -x '\"\\C-t\": printf \"<%s>\\n\" \"$READLINE_LINE\"; "
      "READLINE_LINE='\n");
  bash.type("source '" + (k_completions / "matview.bash").string() + "'; echo set\"\"up-done\n");
  REQUIRE(bash.wait_for("setup-done"));
  bash.type("true && TZ=UTC matview refr\t\x14");
  CHECK(bash.wait_for("<true && TZ=UTC matview refresh >"));
  bash.type("matview show ware\t\x14");
  CHECK(bash.wait_for("<matview show warehouse:>"));
  bash.type("matview show warehouse:ord\t\x14");
  CHECK(bash.wait_for("<matview show warehouse:orders >"));
  bash.type("matview list --output=cs\t\x14");
  CHECK(bash.wait_for("<matview list --output=csv >"));
}

TEST_CASE("fish offers commands, options, values and names") {
  const Shell shell("fish");
  if (!shell.installed()) return;
  CHECK(fish_offers(shell, "matview refr") == Lines{"refresh"});
  CHECK(fish_offers(shell, "matview -P dev create --query") == Lines{"--query", "--query-file", "--query-id"});
  CHECK(fish_offers(shell, "matview list -o j") == Lines{"json", "jsonl"});
  CHECK(fish_offers(shell, "matview list --output=js") == Lines{"--output=json", "--output=jsonl"});
  CHECK(fish_offers(shell, "matview list --fields name,refresh_m") == Lines{"name,refresh_mode"});
  CHECK(fish_offers(shell, "matview completion ") == Lines{"bash", "fish", "zsh"});
  CHECK(fish_offers(shell, "matview profile ") == Lines{"list", "show", "use"});
  CHECK(shell.calls() == "");

  CHECK(fish_offers(shell, "matview show sal") == Lines{"sales by hour", "sales_by_day"});
  CHECK(fish_offers(shell, "matview -P warehouse refresh +ord") == Lines{"+orders"});
  CHECK(fish_offers(shell, "matview show warehouse:orde") == Lines{"warehouse:orders"});
  CHECK(fish_offers(shell, "matview wait 01HZ") == Lines{"01HZAA", "01HZBB"});
  CHECK(fish_offers(shell, "matview status --tag=no") == Lines{"--tag=north"});
  CHECK(shell.calls() ==
        "__complete view -- sal\n__complete selector -P warehouse -- +ord\n__complete view -- warehouse:orde\n"
        "__complete job -- 01HZ\n__complete tag -- no\n");
}

TEST_CASE("zsh completes commands, options, values and names at a terminal") {
  const Shell shell("zsh");
  if (!shell.installed()) return;
  Zsh zsh(shell);
  CHECK(zsh.completes("matview refr", "matview refresh "));
  CHECK(zsh.completes("matview -P dev create --query-f", "matview -P dev create --query-file="));
  CHECK(zsh.completes("matview create --wit", "matview create --with-data "));
  CHECK(zsh.completes("matview list -o cs", "matview list -o csv "));
  CHECK(zsh.completes("matview list --output=wi", "matview list --output=wide "));
  CHECK(zsh.completes("matview profile us", "matview profile use "));
  CHECK(zsh.completes("matview completion fi", "matview completion fish "));
  CHECK(shell.calls() == "");
  CHECK(zsh.completes("matview show sales\\ b", "matview show sales\\ by\\ hour "));
  CHECK(zsh.completes("matview profile show ware", "matview profile show warehouse "));
  CHECK(zsh.completes("matview -P warehouse refresh +ord", "matview -P warehouse refresh +orders "));
  CHECK(zsh.completes("matview cancel 02", "matview cancel 02HZCC "));
  CHECK(zsh.completes("matview show ware", "matview show warehouse:"));
  CHECK(zsh.completes("matview show warehouse:orde", "matview show warehouse:orders "));
  CHECK(zsh.completes("matview refresh --tag nig", "matview refresh --tag nightly "));
  CHECK(
      shell.calls().starts_with("__complete view -- sales b\n__complete profile -- ware\n"
                                "__complete selector -P warehouse -- +ord\n__complete job -- 02\n"));
}
