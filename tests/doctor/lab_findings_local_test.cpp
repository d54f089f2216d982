// Doctor on a finished lab with one mistake in it: it is found, and what doctor tells to do mends it.
#include <algorithm>

#include "harness/doctor/collect_facts.h"
#include "harness/doctor/findings.h"
#include "tests/pki/support.h"
#include "tests/remote/embedded.h"

namespace mqtts::doctor {

using remote::write_file;
using test::soon;
namespace {

using namespace std::chrono_literals;

struct Lab {
  pki::Party ca = pki::authority("/C=FR/CN=Lab CA");
  pki::Party other_ca = pki::authority("/CN=Other CA");
  std::string server_name = "/CN=127.0.0.1";
  bool server_is_of_other_ca = false;
  bool client_is_of_other_ca = false;
  bool key_is_another = false;
  bool key_is_public = false;
  bool ca_is_local = false;
  std::vector<std::string> accounts = {"userclient", "userbroker"};
};

struct Mistake {
  std::string name;
  std::function<void(Lab&)> make;
  std::string id;  // of the finding
  State state{};
  bool fix_is_a_command = true;
};

class FinishedLab : public remote::OnEmbeddedHost, public testing::WithParamInterface<Mistake> {
 protected:
  std::string in_home(const std::string& name) const { return target.broker.home + "/" + name; }

  void put(const std::string& name, const std::string& content, int mode) const {
    write_file(in_home(name), content);
    std::filesystem::permissions(in_home(name), static_cast<std::filesystem::perms>(mode));
  }

  void set_up(const Lab& lab) {
    const auto& of_server = lab.server_is_of_other_ca ? lab.other_ca : lab.ca;
    const auto& of_client = lab.client_is_of_other_ca ? lab.other_ca : lab.ca;
    const auto server = pki::signed_by(of_server, {.subject = lab.server_name});
    const auto client = pki::signed_by(of_client, {.subject = "/CN=userclient"});
    put("ca.crt", pki::to_pem(*lab.ca.certificate), 0644);
    put("ca.key", pki::to_pem(*lab.ca.key), 0600);
    put("server.crt", pki::to_pem(*server.certificate), 0644);
    put("server.key", pki::to_pem(lab.key_is_another ? *client.key : *server.key), lab.key_is_public ? 0644 : 0600);
    put("client.crt", pki::to_pem(*client.certificate), 0644);
    put("client.key", pki::to_pem(*client.key), 0600);
    std::string accounts;
    for (const auto& name : lab.accounts) accounts += name + ":$7$101$c2FsdA==$aGFzaA==\n";
    put("accounts", accounts, 0600);
    write_file(target.broker.configuration_path,
               configuration(fmt::format("{}\nlistener {}\ncafile {}\ncertfile {}\nkeyfile {}\npassword_file {}",
                                         plain_listener(), target.broker.tls_listener, in_home("ca.crt"),
                                         in_home("server.crt"), in_home("server.key"), in_home("accounts"))));
    target.materials = {
        .ca = "host:" + in_home("ca.crt"),
        .ca_key = "host:" + in_home("ca.key"),
        .identities = {{"userclient", {"host:" + in_home("client.crt"), "host:" + in_home("client.key")}}},
        .accounts = {{"userclient", {.password_file = "host:" + in_home("pw")}},
                     {"userbroker", {.password_file = "host:" + in_home("pw")}}}};
  }

  void start() { on_host(target.broker.start_command); }

  void on_host(std::string line) {
    // It would ask for the password.
    if (const auto at = line.find("mosquitto_passwd /"); at != std::string::npos)
      line.insert(line.find(" &&", at), " secret").insert(at + 17, "-b ");
    auto shell = opener()(soon());
    ASSERT_TRUE(shell);
    const auto ran = (*shell)->run(line, soon());
    ASSERT_TRUE(ran && ran->status == 0) << line << "\n" << (ran ? ran->out + ran->err : "");
  }

  Findings look() const { return findings(target, observe(target, 5s, soon())); }

  static std::vector<Finding> troubles(const Findings& all) {
    std::vector<Finding> found;
    for (const auto& each : all)
      for (const auto* id : {"chain", "certificate-name", "key-fits", "client-certificate", "accounts", "key-mode"})
        if (each.id == id && each.state != State::fine) found.push_back(each);
    return found;
  }

  static std::string told(const std::vector<Finding>& all) {
    std::string lines;
    for (const auto& each : all)
      lines += each.id + ": " + to_english(each.sentence) + " / " + to_english(each.fix) + "\n";
    return lines;
  }
};

const std::vector<Mistake> mistakes = {
    {"signed_by_another_ca", [](Lab& lab) { lab.server_is_of_other_ca = true; }, "chain", State::broken},
    {"one_subject_with_its_ca",
     [](Lab& lab) {
       lab.ca = pki::authority("/CN=127.0.0.1");
       lab.server_is_of_other_ca = true;
       lab.other_ca = pki::authority("/CN=127.0.0.1");
     },
     "chain", State::broken},
    {"named_for_another_host", [](Lab& lab) { lab.server_name = "/CN=broker.example"; }, "certificate-name",
     State::broken},
    {"made_for_another_key", [](Lab& lab) { lab.key_is_another = true; }, "key-fits", State::broken},
    {"client_signed_by_another_ca", [](Lab& lab) { lab.client_is_of_other_ca = true; }, "client-certificate",
     State::broken, false},
    {"reader_not_in_the_accounts", [](Lab& lab) { lab.accounts.pop_back(); }, "accounts", State::broken},
    {"client_not_in_the_accounts", [](Lab& lab) { lab.accounts.erase(lab.accounts.begin()); }, "accounts",
     State::broken},
    {"key_that_all_may_read", [](Lab& lab) { lab.key_is_public = true; }, "key-mode", State::warning},
};

TEST_P(FinishedLab, with_a_mistake_is_mended_by_what_doctor_tells) {
  const auto& mistake = GetParam();
  Lab lab;
  mistake.make(lab);
  set_up(lab);
  if (!lab.key_is_another) start();
  const auto found = troubles(look());
  ASSERT_EQ(found.size(), 1u) << told(found);
  EXPECT_EQ(found[0].id, mistake.id) << told(found);
  EXPECT_EQ(found[0].state, mistake.state) << told(found);
  ASSERT_EQ(found[0].fix.args.contains("command"), mistake.fix_is_a_command) << told(found);
  if (!mistake.fix_is_a_command) return;
  on_host(found[0].fix.args.at("command"));
  const auto left = troubles(look());
  EXPECT_TRUE(left.empty()) << told(left);
  EXPECT_TRUE(our_broker_runs()) << told(found);
}

INSTANTIATE_TEST_SUITE_P(Doctor, FinishedLab, testing::ValuesIn(mistakes),
                         [](const auto& each) { return each.param.name; });

using SoundLab = FinishedLab;

TEST_F(SoundLab, has_no_trouble_and_its_keys_stay_on_the_host) {
  const Lab lab;
  set_up(lab);
  start();
  const auto all = look();
  EXPECT_TRUE(troubles(all).empty()) << told(troubles(all));
  for (const auto* id : {"chain", "certificate-name", "key-fits", "client-certificate", "accounts"})
    EXPECT_NE(std::ranges::find(all, id, &Finding::id), all.end()) << id;
  const auto seen = observe(target, 5s, soon());
  for (const auto& file : seen.facts->given) {
    EXPECT_EQ(file.pem.find("PRIVATE"), std::string::npos);
    EXPECT_EQ(file.pem.empty() && file.public_key.empty(), file.missing) << file.path;
  }
}

TEST_F(SoundLab, that_gives_no_ca_is_compared_with_the_brokers_own_and_doubted_only) {
  Lab lab;
  lab.server_is_of_other_ca = true;
  set_up(lab);
  target.materials = {};
  const auto found = troubles(look());
  ASSERT_EQ(found.size(), 1u) << told(found);
  EXPECT_EQ(found[0].id, "chain");
  EXPECT_EQ(found[0].state, State::warning) << "another CA may sign the broker's certificate than its clients'";
}

TEST_F(SoundLab, whose_configuration_names_a_wrong_file_is_told_so_and_nothing_is_overwritten) {
  for (const auto& [wrong_certificate, wrong_key] :
       {std::pair("ca.crt", "server.key"), {"client.crt", "client.key"}, {"server.crt", "ca.key"}}) {
    set_up(Lab{});
    auto text = remote::read_file(target.broker.configuration_path);
    const auto replace = [&text](const std::string& old, const std::string& with) {
      text.replace(text.find(old), old.size(), with);
    };
    replace("certfile " + in_home("server.crt"), "certfile " + in_home(wrong_certificate));
    replace("keyfile " + in_home("server.key"), "keyfile " + in_home(wrong_key));
    write_file(target.broker.configuration_path, text);
    bool is_named = false;
    for (const auto& each : look()) {
      is_named = is_named || each.id == "wrong-file";
      EXPECT_EQ(to_english(each.fix).find("-out"), std::string::npos) << to_english(each.fix);
    }
    EXPECT_TRUE(is_named) << wrong_certificate << ' ' << wrong_key;
  }
}

TEST_F(SoundLab, keeps_its_certificate_where_the_fix_fails) {
  Lab lab;
  lab.server_name = "/CN=broker.example";
  set_up(lab);
  const auto before = remote::read_file(in_home("server.crt"));
  const auto found = troubles(look());
  ASSERT_EQ(found.size(), 1u) << told(found);
  put("ca.key", pki::to_pem(*lab.other_ca.key), 0600);
  auto shell = opener()(soon());
  ASSERT_TRUE(shell);
  EXPECT_NE((*shell)->run(found[0].fix.args.at("command"), soon()).value().status, 0);
  EXPECT_EQ(remote::read_file(in_home("server.crt")), before);
  for (const auto& each : troubles(look()))
    EXPECT_EQ(to_english(each.fix).find("-out"), std::string::npos) << "that key is not the CA's";
}

TEST(OfTheSystem, are_files_that_other_programs_rely_on) {
  for (const auto* file : {"/etc/shadow", "/etc/passwd", "/proc/kmsg", "/etc/ssl/certs/ca.pem", "/dev/null"})
    EXPECT_TRUE(is_of_the_system(file)) << file;
  for (const auto* file : {"/etc/mosquitto/passwd", "/dev/shm/passwd", "/home/v/server.key"})
    EXPECT_FALSE(is_of_the_system(file)) << file;
}

TEST_F(SoundLab, whose_ca_is_here_is_told_to_sign_here) {
  Lab lab;
  lab.server_is_of_other_ca = true;
  set_up(lab);
  const pki::TemporaryFolder folder;
  target.materials.ca = folder.write("ca.crt", pki::to_pem(*lab.ca.certificate));
  target.materials.ca_key = folder.write("ca.key", pki::to_pem(*lab.ca.key));
  std::filesystem::permissions(target.materials.ca_key, static_cast<std::filesystem::perms>(0644));
  const auto found = troubles(look());
  ASSERT_EQ(found.size(), 2u) << told(found);
  EXPECT_EQ(found[0].id, "chain");
  EXPECT_FALSE(found[0].fix.args.contains("command")) << "no key of another machine is named there";
  EXPECT_EQ(found[1].id, "key-mode");
  EXPECT_EQ(pki::run_shell(found[1].fix.args.at("command")).exit_code, 0);
  EXPECT_EQ(troubles(look()).size(), 1u);
}

}  // namespace
}  // namespace mqtts::doctor
