#include <chrono>
#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/brokers/drivers.h"
#include "harness/plan/schemas.h"
#include "harness/util/run_program.h"
#include "harness/util/shell_quote.h"
#include "tests/reports/temporary_folder.h"

namespace mqtts::brokers {
namespace {

using ::testing::ElementsAre;

TEST(Drivers, are_found_by_name_and_known_to_the_schema) {
  const auto schema = nlohmann::json::parse(plan::profile_schema());
  const auto& driver_key = schema.at("properties").at("driver");
  EXPECT_EQ(driver_key.at("enum").get<std::vector<std::string>>(), driver_names());
  EXPECT_EQ(driver_key.at("default"), driver_names().front());
  for (const auto* driver : drivers()) EXPECT_EQ(find_driver(driver->name()), driver);
  EXPECT_EQ(find_driver("nonsense"), nullptr);
  EXPECT_EQ(find_driver(""), nullptr);
}

TEST(Drivers, are_chosen_by_the_profile) {
  EXPECT_EQ(&driver_of({}), drivers().front());
  EXPECT_EQ(driver_of({.driver = "mosquitto"}).name(), "mosquitto");
  EXPECT_THROW(driver_of({.driver = "nonsense"}), std::logic_error);
}

// Runs the functions of a driver's script by this machine's sh.
class DriverScript {
 public:
  explicit DriverScript(const BrokerDriver& driver) : driver_(driver) {}

  // What `commands` print, and "status N" where that is not 0.
  std::string run(const std::string& commands, const std::string& input = {}) const {
    const auto fed = folder_.path() / "input";
    const auto script = folder_.path() / "script";
    std::ofstream(fed) << input;
    std::ofstream(script) << driver_.script() << "name=mosquitto conf=/etc/m.conf\n" << commands << '\n';
    const auto output =
        run_local({"sh", "-c", ". ./script <input"}, folder_.path(), Deadline::in(std::chrono::seconds(20)));
    if (!output) throw std::runtime_error(to_english(output.error().what));
    EXPECT_EQ(output->err, "") << commands;
    return output->status == 0 ? output->out : output->out + "status " + std::to_string(output->status);
  }

  // True if `command` is, where these variables are set.
  bool is_true(const std::string& command, const std::string& cmd, const std::string& lines) const {
    return run("cmd=" + shell_quoted(cmd) + "\nlines=" + shell_quoted(lines) + "\n" + command +
               " && echo yes || echo no") == "yes\n";
  }

  std::filesystem::path folder() const { return folder_.path(); }

 private:
  const BrokerDriver& driver_;
  reports::TemporaryFolder folder_;
};

TEST(DriverScripts, define_every_function_that_they_must_and_do_nothing_by_themselves) {
  for (const auto* driver : drivers()) {
    const DriverScript script(*driver);
    EXPECT_EQ(script.run(""), "") << driver->name();
    for (const auto function : script_functions)
      EXPECT_EQ(script.run("case $(type " + std::string(function) + ") in *function*) echo yes ;; esac"), "yes\n")
          << driver->name() << " " << function;
  }
}

class MosquittoDriver : public ::testing::Test {
 protected:
  static const BrokerDriver& driver() { return *find_driver("mosquitto"); }
  DriverScript script{driver()};
};

TEST_F(MosquittoDriver, finds_the_version_and_writes_the_accounts_for_it) {
  const auto hash_for = [](const std::optional<BrokerVersion>& version) {
    const auto [files, doubt] = driver().files_for(version);
    return files->account_file({{"u", "secret"}}).value().substr(0, 5) + (doubt.text.empty() ? "" : " doubt");
  };
  EXPECT_EQ(hash_for(driver().version_in("mosquitto version 1.6.9\n")), "u:$6$");
  EXPECT_EQ(hash_for(driver().version_in("mosquitto version 2.0.11\n")), "u:$7$");
  EXPECT_EQ(hash_for(driver().version_in("RabbitMQ version 2.0.11\n")), "u:$7$ doubt");
  EXPECT_FALSE(driver().files_for({}).files->account_file({{"a:b", "secret"}}));
}

TEST_F(MosquittoDriver, writes_a_configuration_and_knows_the_ports_of_its_listeners) {
  const auto files = driver().files_for({}).files;
  const auto all = files->configuration({"listener 1883", "# listener 5", "listener 8883 127.0.0.1",
                                         "listener 0 /run/socket", "listener_x 9", "log_type all"});
  EXPECT_EQ(all.text,
            "listener 1883\n# listener 5\nlistener 8883 127.0.0.1\nlistener 0 /run/socket\nlistener_x 9\n"
            "log_type all\n");
  EXPECT_THAT(all.ports, ElementsAre(1883, 8883));
  EXPECT_EQ(files->configuration({}).text, "");
}

TEST_F(MosquittoDriver, knows_what_its_directives_are_about) {
  EXPECT_EQ(driver().role_of("certfile"), FileRole::own_certificate);
  EXPECT_EQ(driver().role_of("cafile"), FileRole::authorities);
  EXPECT_EQ(driver().role_of("crlfile"), FileRole::revocation_list);
  EXPECT_EQ(driver().role_of("keyfile"), FileRole::private_key);
  EXPECT_EQ(driver().role_of("password_file"), FileRole::accounts);
  EXPECT_EQ(driver().port_of("listener", "8883 0.0.0.0"), 8883);
  EXPECT_EQ(driver().port_of("port", "1884"), 1884);
  EXPECT_EQ(driver().port_of("listener", "0 /run/socket"), 0);
  EXPECT_FALSE(driver().port_of("user", "1883"));
  EXPECT_TRUE(driver().includes_files("include_dir /etc/mosquitto/conf.d"));
  EXPECT_FALSE(driver().includes_files("user mosquitto"));
}

TEST_F(MosquittoDriver, tells_by_its_command_line_what_it_was_told_to_read) {
  EXPECT_TRUE(script.is_true("broker_names_conf", "/usr/sbin/mosquitto-c/etc/m.conf-d", ""));
  EXPECT_FALSE(script.is_true("broker_names_conf", "/usr/sbin/mosquitto-c/etc/other.conf", ""));
  EXPECT_FALSE(script.is_true("broker_names_conf", "/usr/sbin/mosquitto", ""));
}

TEST_F(MosquittoDriver, has_loaded_its_configuration_once_its_log_says_so) {
  const std::string cmd = "mosquitto-c/etc/m.conf";
  const std::string starting = "1: mosquitto version 2.0.11 starting\n1: Config loaded from /etc/m.conf.\n";
  const std::string running = "1: mosquitto version 2.0.11 running\n";
  EXPECT_TRUE(script.is_true("broker_loaded", cmd, starting + running));
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, starting));
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, running));
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, ""));
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, "1: Config loaded from /etc/other.conf.\n" + running));
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, "1: Config loaded from /etc/m.conf.old.\n" + running));
  for (const auto* version : {"1.5.7", "1.6", "1.6.9", "1.6.10"}) {
    const auto first = "1: mosquitto version " + std::string(version) + " starting\n";
    EXPECT_TRUE(script.is_true("broker_loaded", cmd, first)) << version;
    EXPECT_FALSE(script.is_true("broker_loaded", "mosquitto-c/etc/other.conf", first)) << version;
  }
  EXPECT_FALSE(script.is_true("broker_loaded", cmd, "1: mosquitto version 1.6.11 starting\n"));
}

TEST_F(MosquittoDriver, tells_in_its_log_which_ports_it_has_opened) {
  const std::string lines = "1: Opening ipv4 listen socket on port 18831.\n1: Opening ipv6 listen socket on port 88.\n";
  EXPECT_TRUE(script.is_true("broker_opened 18831", "", lines));
  EXPECT_TRUE(script.is_true("broker_opened 88", "", lines));
  EXPECT_FALSE(script.is_true("broker_opened 1883", "", lines));
}

TEST_F(MosquittoDriver, tells_starts_and_errors_in_its_log) {
  EXPECT_EQ(
      script.run("broker_events",
                 "1: mosquitto version 2.0.11 starting\n1: Config loaded from /etc/m.conf.\n"
                 "2: Error: Unable to open pid file.\n3: mosquitto version 2.0.11 starting\n"
                 "3: mosquitto version 2.0.11 running\n4: New connection from ::1\n"
                 "5: mosquitto version 2.0.11 terminating\nError: Invalid bridge configuration.\n"),
      "start\nerror Error: Unable to open pid file.\nstart\nup\nup\nerror Error: Invalid bridge configuration.\n");
  EXPECT_EQ(script.run("broker_events"), "");
}

TEST_F(MosquittoDriver, tells_the_version_of_a_program) {
  const auto program = script.folder() / "program";
  std::ofstream(program) << "#!/bin/sh\necho 'mosquitto version 2.0.11'\necho 'version none'\nexit 3\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  EXPECT_EQ(script.run("broker_version ./program"), "2.0.11\n");
  EXPECT_EQ(script.run("broker_version true"), "");
}

TEST_F(MosquittoDriver, includes_the_files_of_folders) {
  std::filesystem::create_directories(script.folder() / "a b");
  std::ofstream(script.folder() / "a b" / "two.conf") << "";
  std::ofstream(script.folder() / "a b" / "one.conf") << "";
  std::ofstream(script.folder() / "a b" / "none.txt") << "";
  std::ofstream(script.folder() / "a b" / ".hidden.conf") << "";
  EXPECT_EQ(script.run("broker_includes", "listener 1883\n  include_dir  a b\n#include_dir c\ninclude_dir none\n"),
            "a b/one.conf\na b/two.conf\na b/.hidden.conf\nnone/*.conf\n");
}

TEST_F(MosquittoDriver, tells_no_line_that_may_hold_a_secret) {
  const std::string configuration =
      "  listener 1883\nremote_password hunter2\nuser me\npassword_file /p w\nusername x\n#user root\nport\nuser you\n";
  const std::string told = "listener 1883\nuser me\npassword_file /p w\nport\nuser you\n";
  EXPECT_EQ(script.run("broker_public_lines", configuration), told);
  EXPECT_EQ(script.run("broker_runs_as", told), "you\n");
  EXPECT_EQ(script.run("broker_runs_as", "listener 1883\n"), "");
}

// The roles of the C++ half and of the sh half are the same.
TEST_F(MosquittoDriver, names_files_alike_in_both_of_its_halves) {
  for (const std::string directive :
       {"certfile", "cafile", "crlfile", "keyfile", "password_file", "acl_file", "psk_file", "capath", "include_dir",
        "listener", "port", "user", "bind_address"}) {
    const bool names_pem = script.is_true("broker_names_pem " + directive, "", "");
    const auto role = driver().role_of(directive);
    EXPECT_EQ(names_pem,
              role == FileRole::own_certificate || role == FileRole::authorities || role == FileRole::revocation_list)
        << directive;
    EXPECT_EQ(script.is_true("broker_names_accounts " + directive, "", ""), role == FileRole::accounts) << directive;
    EXPECT_EQ(script.is_true("broker_names_file " + directive, "", ""), directive.ends_with("file")) << directive;
  }
}

TEST_F(MosquittoDriver, names_the_accounts_of_a_file_and_adds_one) {
  EXPECT_EQ(script.run("broker_account_names", "a:$7$x\nb c:$6$y\nno account\n:\n"), "a\nb c\n\n");
  EXPECT_THAT(driver().command_to_add_account("/p w", "u"), ElementsAre("mosquitto_passwd", "/p w", "u"));
}

TEST_F(MosquittoDriver, names_the_files_of_each_kind) {
  const std::string lines =
      "keyfile /k\n  cafile  /ca two\ncafile /ca\npassword_file /p\ncapath /folder\ncafile /ca\nremote_password /no\n";
  const auto files = [&](const std::string& kind) {
    return script.run("lines=" + shell_quoted(lines) + "\nbroker_files " + kind);
  };
  EXPECT_EQ(files("accounts"), "/p\n");
  EXPECT_EQ(files("authorities"), "/ca\n/ca two\n");
  EXPECT_EQ(files("all"), "/ca\n/ca two\n/folder\n/k\n/p\n");
}

TEST_F(MosquittoDriver, finds_the_hashes_of_a_password_file) {
  EXPECT_EQ(script.run("broker_password_hashes", "u:$7$101$c2FsdA==$aGFzaA==\nv:plain\n#x\nw:$6$a$b\n"),
            "$7$101$c2FsdA==$aGFzaA==\n$6$a$b\n");
}

TEST_F(MosquittoDriver, tells_the_lines_of_a_configuration_without_what_may_be_a_secret) {
  const auto& words = driver().words();
  const auto told = [&](const std::string& lines) {
    return script.run("broker_numbered_lines " + shell_quoted(words.told) + " " + shell_quoted(words.known), lines);
  };
  EXPECT_EQ(
      told("# a\n\nlistener  8883 127.0.0.1 \n  remote_password hunter2\npersistence true\nhunter2 "
           "x\nrequire_certificate true\n"
           "-----BEGIN PRIVATE KEY-----\nport\n"),
      "3 listener 8883 127.0.0.1\n4 remote_password ***\n5 persistence ***\n6 ?\n7 require_certificate true\n8 ?\n"
      "9 port\n");
  EXPECT_EQ(told("plugin_opt_config_file /d.json\nplugin_opt_password hunter2\nbridge_psk 00ff\nlistenerx 1\n"),
            "1 plugin_opt_config_file /d.json\n2 plugin_opt_password ***\n3 bridge_psk ***\n4 ?\n");
  EXPECT_EQ(told(""), "");
}

TEST_F(MosquittoDriver, knows_which_files_are_the_brokers_own) {
  const std::string lines =
      "1 keyfile /k\n2 bridge_keyfile /b k\n3 password_file /p\n4 psk_file /s\n5 plugin_opt_config_file /d\n6 certfile "
      "/c\n"
      "7 cafile /ca\n8 acl_file /a\n";
  EXPECT_EQ(script.run("broker_secret_files", lines), "accounts /p\ndynamic /d\nkey /b k\nkey /k\nshared /s\n");
  EXPECT_EQ(script.run("broker_certificate_files", lines), "/c\n/ca\n/k\n");
  EXPECT_EQ(script.run("broker_rule_files", lines), "/a\n");
}

TEST_F(MosquittoDriver, tells_how_passwords_are_hashed_and_no_hash) {
  EXPECT_EQ(script.run("broker_hash_schemes accounts",
                       "u:$7$101$c2FsdA==$aGFzaA==\n#x\n\nv w:$6$c2FsdA==$aGFzaA==\n"
                       "a:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA\nb:hunter2\nc:$9$aGFzaA\nno colon\n"),
            "pbkdf2-sha512 101 u\nsha512 - v w\nargon2id m=47104,t=1,p=1 a\nplain - b\nother - c\nother - ?\n");
  EXPECT_EQ(script.run("broker_hash_schemes dynamic",
                       "{\"clients\":[{\"username\":\"a\",\"iterations\":101},{\"iterations\" : 210000}]}"),
            "pbkdf2-sha512 101 ?\npbkdf2-sha512 210000 ?\n");
  EXPECT_EQ(script.run("broker_hash_schemes shared", "u:00ff\n"), "");
}

TEST_F(MosquittoDriver, counts_what_its_log_tells_of_logins) {
  EXPECT_EQ(script.run("broker_counts_logins",
                       "1: New connection from 127.0.0.1:1 on port 1883.\n"
                       "1: New client connected from 127.0.0.1:1 as x (p2, c1, k60, u'a').\n"
                       "2: New client connected from 127.0.0.1:2 as y (p2, c1, k60).\n"
                       "3: Client <unknown> disconnected, not authorised.\n"
                       "4: OpenSSL Error[0]: error:1417C0C7\n"),
            "logins 2\nrefusals 2\n");
  EXPECT_EQ(script.run("broker_counts_logins", "1: Client x disconnected.\n"), "");
  EXPECT_EQ(script.run("broker_is_verbose && echo yes", "mosquitto\n-c\n/m.conf\n-v\n"), "yes\n");
  EXPECT_EQ(script.run("broker_is_verbose && echo yes || true", "mosquitto\n-c\n/-v/m.conf\n"), "");
}

}  // namespace
}  // namespace mqtts::brokers
