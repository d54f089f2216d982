// What the rules claim, shown by a running Mosquitto.
#include <gmock/gmock.h>

#include "harness/brokers/mosquitto_lint.h"
#include "harness/util/run_program.h"
#include "harness/wire/probe_connection.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"
#include "tests/support/must.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::brokers {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class LintedMosquitto : public ::testing::Test {
 protected:
  // The rules that are broken by lines after "listener PORT".
  static std::vector<std::string> rules_in(const std::vector<std::string>& lines, const std::string& included = {}) {
    WrittenConfiguration written{
        .files = {{"/m.conf", {{1, "listener", "8883 127.0.0.1"}}}}, .acl_rules = {}, .version = {}};
    int number = 1;
    const auto add = [](ConfigurationText& file, int at, const std::string& line) {
      const auto space = std::min(line.find(' '), line.size());
      file.lines.push_back({at, line.substr(0, space), line.substr(std::min(space + 1, line.size()))});
    };
    for (const auto& line : lines) add(written.files[0], ++number, line);
    if (!included.empty()) {
      written.files.push_back({included.substr(0, included.find(' ')), {}});
      add(written.files[1], 1, included.substr(included.find(' ') + 1));
    }
    std::vector<std::string> rules;
    for (const auto& finding : review_mosquitto(written).findings) rules.emplace_back(finding.rule);
    return rules;
  }

  // Whether somebody without a name, a password or TLS is let in.
  static bool lets_strangers_in(std::uint16_t port) {
    const auto facts =
        test::must(wire::probe_connection({.address = "127.0.0.1", .port = port, .name = "127.0.0.1"}, test::soon()));
    return facts.outcome == Outcome::accepted;
  }

  // What a Mosquitto says that does not start.
  static std::string failure_of(const std::string& lines) {
    const test::TemporaryFolder folder;
    const auto path = folder.write("m.conf", lines);
    return test::must(run_local({"/usr/sbin/mosquitto", "-c", path}, path.substr(0, path.rfind('/')), test::soon()))
        .err;
  }

  test::LabMaterial material;
};

TEST_F(LintedMosquitto, is_open_by_the_last_allow_anonymous) {
  const std::vector<std::string> lines = {"allow_anonymous false",
                                          "listener " + std::to_string(test::closed_port()) + " 127.0.0.1",
                                          "allow_anonymous true"};
  EXPECT_THAT(rules_in(lines), Contains("anonymous-last-wins"));
  EXPECT_TRUE(lets_strangers_in(test::PrivateMosquitto(lines).port()));
}

TEST_F(LintedMosquitto, speaks_clear_text_with_a_cafile_alone) {
  const std::vector<std::string> lines = {"cafile " + material.ca.file, "allow_anonymous true"};
  EXPECT_THAT(rules_in(lines), Contains("cafile-alone"));
  EXPECT_TRUE(lets_strangers_in(test::PrivateMosquitto(lines).port()));
}

TEST_F(LintedMosquitto, speaks_clear_text_with_tls_options_in_another_file) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("tls.conf", "certfile " + material.server.certificate.file + "\nkeyfile " +
                                                 material.server.key.file + "\nbind_address 127.0.0.1\nport " +
                                                 std::to_string(test::closed_port()) + "\n");
  const std::vector<std::string> lines = {"allow_anonymous true", "include_dir " + path.substr(0, path.rfind('/'))};
  EXPECT_THAT(rules_in(lines, path + " certfile /c"), Contains("option-in-other-file"));
  EXPECT_TRUE(lets_strangers_in(test::PrivateMosquitto(lines).port()));
}

TEST_F(LintedMosquitto, speaks_clear_text_with_shared_keys_and_no_hint) {
  const test::TemporaryFolder folder;
  const std::vector<std::string> lines = {"psk_file " + folder.write("psk", "u:00ff\n"), "allow_anonymous true"};
  EXPECT_THAT(rules_in(lines), Contains("psk-without-hint"));
  EXPECT_TRUE(lets_strangers_in(test::PrivateMosquitto(lines).port()));
}

TEST_F(LintedMosquitto, asks_nobody_for_a_certificate_by_a_cafile) {
  const std::vector<std::string> lines = {"cafile " + material.ca.file, "certfile " + material.server.certificate.file,
                                          "keyfile " + material.server.key.file, "allow_anonymous true"};
  EXPECT_THAT(rules_in(lines), Contains("certificate-not-required"));
  const test::PrivateMosquitto broker(lines);
  const auto facts = test::must(wire::probe_connection(
      {.address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1", .tls = true, .trust = material.ca},
      test::soon()));
  EXPECT_EQ(facts.outcome, Outcome::accepted);
  EXPECT_FALSE(facts.tls->certificate_requested);
}

TEST_F(LintedMosquitto, does_not_start_with_lines_that_it_refuses) {
  const std::vector<std::string> late = {"allow_anonymous false", "per_listener_settings true"};
  EXPECT_THAT(rules_in(late), Contains("per-listener-settings-late"));
  EXPECT_THAT(failure_of(late[0] + "\n" + late[1] + "\n"), HasSubstr("per_listener_settings must be set before"));
  EXPECT_THAT(failure_of("alow_anonymous true\n"), HasSubstr("Unknown configuration variable"));
}

TEST_F(LintedMosquitto, keeps_logins_out_of_its_log_if_it_is_told_to) {
  for (const auto* setting : {"connection_messages false", "connection_messages true"}) {
    const test::PrivateMosquitto broker({setting, "allow_anonymous true"});
    EXPECT_TRUE(lets_strangers_in(broker.port()));
    EXPECT_EQ(broker.log().find("New client connected") == std::string::npos,
              setting == std::string("connection_messages false"));
  }
}

}  // namespace
}  // namespace mqtts::brokers
