// Completions, as bash, zsh and fish offer them. A shell that is not installed skips its tests.
#include <cstdlib>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/program.h"

namespace mqtts::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

std::string lines(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& each : all) text += each + "\n";
  return text;
}

class Completion : public ::testing::Test {
 protected:
  void use(const std::string& shell) {
    if (run({"/usr/bin/env", shell, "-c", ":"}).code != 0) GTEST_SKIP() << "there is no " << shell;
    const auto script = run({harness(), "completion", shell});
    ASSERT_EQ(script.code, 0) << script.err;
    write(folder / "_mqtts-harness", script.out);
    fs::create_directory(folder / "scenarios");
    write(folder / "scenarios/mqtts-lab.json", read(lab_plan()));
    write(folder / "mine.json", "{}");
  }
  Ended run(std::vector<std::string> arguments) const {
    const auto path = fs::path(harness()).parent_path().string() + ":" + std::getenv("PATH");
    return Program(std::move(arguments), folder.path(),
                   {{"PATH", path}, {"HOME", folder.path().string()}, {"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}})
        .end();
  }

  Folder folder;
};

class Bash : public Completion {
 protected:
  void SetUp() override { use("bash"); }
  // The words offered for the last of these, which bash splits at '=' and ':'.
  std::string offers(const std::string& words) const {
    const auto ended = run({"/usr/bin/env", "bash", "-c",
                            ". ./_mqtts-harness; COMP_WORDS=(" + words +
                                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _mqtts_harness; "
                                "[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\""});
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }
};

TEST_F(Bash, offers_values) {
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --stage ''"), lines({"open", "tls", "password", "client-certificate"}));
  EXPECT_EQ(offers("mqtts-harness list --json mqtts-lab --check wrong"), lines({"wrong-password-rejected"}));
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --report j"), lines({"json", "junit"}));
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --report = ju"), lines({"junit"}));
  EXPECT_EQ(offers("mqtts-harness run --lang ''"), lines({"en", "fr"}));
  EXPECT_EQ(offers("mqtts-harness run --color ''"), lines({"auto", "always", "never"}));
  EXPECT_EQ(offers("mqtts-harness run --progress n"), lines({"never"}));
  EXPECT_EQ(offers("mqtts-harness run --profile mosquitto-b"), lines({"mosquitto-bare"}));
  EXPECT_EQ(offers("mqtts-harness run --target ssh"), lines({"ssh://"}));
  EXPECT_EQ(offers("mqtts-harness run m"), lines({"mqtts-lab", "mqtts-lab-acl", "mqtts-strict", "mqtts-lab-dynsec", "mine.json"}));
  EXPECT_EQ(offers("mqtts-harness completion ''"), lines({"bash", "zsh", "fish"}));
  EXPECT_EQ(offers("mqtts-harness lab ''"), lines({"up", "status", "down"}));
  EXPECT_EQ(offers("mqtts-harness run --errors"), lines({"--errors-as-failures"}));
}

TEST_F(Bash, offers_what_an_audit_takes) {
  EXPECT_EQ(offers("mqtts-harness audit ''"), lines({"mqtts://", "mqtt://", "wss://", "ws://"}));
  EXPECT_EQ(offers("mqtts-harness audit --stage ses"), lines({"session"}));
  EXPECT_EQ(offers("mqtts-harness audit mqtts://broker --check wrong"), lines({"wrong-password-rejected"}));
  EXPECT_EQ(offers("mqtts-harness audit --fail-on ''"), lines({"critical", "high", "medium", "low", "info"}));
  EXPECT_EQ(offers("mqtts-harness audit --ca mine"), lines({"mine.json"})) << "any file";
  EXPECT_EQ(offers("mqtts-harness explain session-"), lines({"session-theft-blocked"}));
}

TEST_F(Bash, offers_nothing_where_there_is_no_plan) {
  EXPECT_EQ(offers("mqtts-harness run --stage ''"), "");
  EXPECT_EQ(offers("mqtts-harness run mine.json --stage ''"), "");
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --timeout ''"), "");
}

// What a plan says is read as no command.
TEST_F(Bash, runs_nothing_that_a_plan_says) {
  write(folder / "evil.json", R"json({
    "schema": "mqtts-harness/plan/v1", "name": "p", "title": { "en": "P" }, "listeners": { "plain": { "port": 1883 } },
    "stages": [ { "id": "s", "title": { "en": "S" }, "checks": [
      { "id": "one", "title": { "en": "1" }, "tags": ["$(touch ran)", "good"], "client": { "listener": "plain" },
        "expect": "accepted" } ] } ] })json");
  EXPECT_EQ(offers("mqtts-harness run evil.json --tag ''"), lines({"good"}));
  EXPECT_FALSE(fs::exists(folder / "ran"));
}

class Fish : public Completion {
 protected:
  void SetUp() override { use("fish"); }
  // Each with the option's description behind a tab.
  std::string offers(const std::string& line) const {
    const auto ended = run({"/usr/bin/env", "fish", "-c", "source ./_mqtts-harness; complete -C '" + line + "'"});
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }
};

TEST_F(Fish, offers_values) {
  const auto offers = [this](const std::string& line) {
    static const std::regex description("\t[^\n]*");
    return std::regex_replace(this->offers(line), description, "");
  };
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --stage "), lines({"client-certificate", "open", "password", "tls"}));
  EXPECT_EQ(offers("mqtts-harness list mqtts-lab --check wrong"), lines({"wrong-password-rejected"}));
  EXPECT_EQ(offers("mqtts-harness run mqtts-lab --report j"), lines({"json", "junit"}));
  EXPECT_EQ(offers("mqtts-harness run --lang "), lines({"en", "fr"}));
  EXPECT_EQ(offers("mqtts-harness run mqtts-l"), lines({"mqtts-lab", "mqtts-lab-acl", "mqtts-lab-dynsec"}));
  EXPECT_THAT(offers("mqtts-harness run m"), HasSubstr("mine.json"));
  EXPECT_EQ(offers("mqtts-harness schema r"), lines({"results", "roster"}));
}

TEST_F(Fish, shows_descriptions_whole) {
  EXPECT_THAT(offers("mqtts-harness run --targ"), HasSubstr("`container[:IMAGE]`"));
  EXPECT_THAT(offers("mqtts-harness list --vars"), HasSubstr("{\"topic\": \"a/b\"}"));
  EXPECT_THAT(offers("mqtts-harness run --chec"), HasSubstr("as '*-rejected'"));
  EXPECT_THAT(offers("mqtts-harness wat"), HasSubstr("again and again"));
}

class Zsh : public Completion {
 protected:
  void SetUp() override {
    use("zsh");
    if (IsSkipped() || HasFatalFailure()) return;
    // A line is completed by a key, and what has become of it is kept, in an interactive shell on a terminal of its
    // own.
    write(folder / "ask.zsh", R"sh(zmodload zsh/zpty
zpty shell "TERM=xterm zsh -f -i"
zpty -w shell 'PROMPT=; fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; LISTMAX=10000; COLUMNS=400
complete-it() { zle $WIDGET_IS; print -r -- "$BUFFER" >after }
zle -N complete-it; bindkey "^T" complete-it; print ready'
zpty -r shell seen '*ready*ready*'
zpty -w shell "WIDGET_IS=$1; print set"
zpty -r shell seen '*set*set*'
zpty -w -n shell "$2"$'\x14'
while [[ ! -s after ]] do zpty -r -t shell seen; sleep 0.05; done
[[ -z $3 ]] || { zpty -r shell seen "*$3*"; print -r -- "$seen" }
zpty -d shell
)sh");
  }
  std::string completed(const std::string& line) const {
    fs::remove(folder / "after");
    run({"/usr/bin/env", "timeout", "20", "zsh", "-f", "ask.zsh", "complete-word", line});
    return read(folder / "after");
  }
  // What it lists, up to this text.
  std::string listed(const std::string& line, const std::string& last) const {
    fs::remove(folder / "after");
    return run({"/usr/bin/env", "timeout", "20", "zsh", "-f", "ask.zsh", "list-choices", line, last}).out;
  }
};

TEST_F(Zsh, completes_values) {
  EXPECT_EQ(completed("mqtts-harness run mqtts-lab --stage cl"),
            "mqtts-harness run mqtts-lab --stage client-certificate \n");
  EXPECT_EQ(completed("mqtts-harness list mqtts-lab --check=wrong"),
            "mqtts-harness list mqtts-lab --check=wrong-password-rejected \n");
  EXPECT_EQ(completed("mqtts-harness run mqtts-lab --report ju"), "mqtts-harness run mqtts-lab --report junit \n");
  EXPECT_EQ(completed("mqtts-harness run mqtts-s"), "mqtts-harness run mqtts-strict \n");
  EXPECT_EQ(completed("mqtts-harness run min"), "mqtts-harness run mine.json \n");
  EXPECT_EQ(completed("mqtts-harness run --lang f"), "mqtts-harness run --lang fr \n");
  EXPECT_EQ(completed("mqtts-harness run --target ss"), "mqtts-harness run --target ssh://\n");
  EXPECT_EQ(completed("mqtts-harness lab st"), "mqtts-harness lab status \n");
}

TEST_F(Zsh, shows_descriptions_whole) {
  const auto seen = listed("mqtts-harness run --t", "--timeout ");
  EXPECT_THAT(seen, HasSubstr("`container[:IMAGE]`"));
  EXPECT_THAT(seen, Not(HasSubstr("\\[")));
}

}  // namespace
}  // namespace mqtts::e2e
