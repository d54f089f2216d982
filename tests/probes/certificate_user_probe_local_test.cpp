// One user's certificate with another's name and password: whose account is it?
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "harness/util/error.h"
#include "tests/probes/raw_attempt.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/lab_material.h"
#include "tests/support/private_mosquitto.h"

namespace mqtts::probes {
namespace {

using ::testing::HasSubstr;

constexpr auto opened = "account.opened_by_other_certificate=true";
constexpr auto kept = "account.opened_by_other_certificate=false";

// ann and eve, each with a certificate of her own.
class CertificateUserLab {
 public:
  Client ann(std::uint16_t port, MqttVersion mqtt) const { return client(port, mqtt, "ann", ann_); }
  // Each with eve's name and password.
  Client intruder(std::uint16_t port, MqttVersion mqtt) const { return client(port, mqtt, "eve", ann_); }
  Client eve(std::uint16_t port, MqttVersion mqtt) const { return client(port, mqtt, "eve", eve_); }

  std::vector<std::string> lines(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"cafile " + material_.ca.file,
                                    "certfile " + material_.server.certificate.file,
                                    "keyfile " + material_.server.key.file,
                                    "require_certificate true",
                                    "allow_anonymous false",
                                    "password_file " + passwords_};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // Each user may use a topic of hers.
  std::string acl() const { return "acl_file " + acl_; }
  const Identity& server() const { return material_.server; }

 private:
  Client client(std::uint16_t port, MqttVersion mqtt, const std::string& user, const Identity& identity) const {
    auto made = test::plain_client(port, mqtt);
    made.tls = true;
    made.trust = material_.ca;
    made.identity = identity;
    made.user_name = user;
    made.password = "right";
    return made;
  }

  test::LabMaterial material_;
  const Identity ann_ = material_.signed_by_lab({.subject = "/CN=ann"});
  const Identity eve_ = material_.signed_by_lab({.subject = "/CN=eve"});
  const std::string passwords_ = test::write_password_file(material_.folder(), {{"ann", "right"}, {"eve", "right"}});
  const std::string acl_ =
      material_.folder().write("acl", "user ann\ntopic readwrite ann/#\nuser eve\ntopic readwrite eve/#\n");
};

const CertificateUserLab& certificate_user_lab() {
  static const CertificateUserLab lab;
  return lab;
}

enum class Holder {
  with_certificate,
  as_intruder
};

Result<Observation> try_on(std::uint16_t port, MqttVersion mqtt, Holder holder = Holder::with_certificate,
                           const std::string& password = "right") {
  const auto& lab = certificate_user_lab();
  auto intruder = lab.intruder(port, mqtt);
  auto eve = holder == Holder::with_certificate ? lab.eve(port, mqtt) : intruder;
  intruder.password = eve.password = password;
  return test::attempt_by("certificate_user", lab.ann(port, mqtt), {}, {{"intruder", intruder}, {"holder", eve}});
}

std::string why_missing(const Result<Observation>& seen) {
  if (seen) return "seen: " + test::facts_seen(seen) + test::story(seen);
  return seen.error().kind == ErrorKind::missing_material ? to_english(seen.error().what) : "another kind of error";
}

class CertificateUser : public test::BothVersions {};
INSTANTIATE_TEST_SUITE_P(both, CertificateUser, testing::Values(MqttVersion::v3_1_1, MqttVersion::v5_0),
                         test::name_of_version);

TEST_P(CertificateUser, opens_the_account_where_mosquitto_takes_the_name_of_connect) {
  const auto& lab = certificate_user_lab();
  const test::PrivateMosquitto broker(lab.lines({lab.acl()}));
  const auto seen = try_on(broker.port(), GetParam());
  EXPECT_EQ(test::facts_seen(seen), opened) << test::story(seen);
  EXPECT_EQ(test::facts_seen(try_on(broker.port(), GetParam(), Holder::as_intruder)), opened)
      << "what the owner may not is proof enough";
}

// CONNACK accepts in both cases.
TEST_P(CertificateUser, keeps_to_its_own_rights_where_mosquitto_takes_the_name_of_the_certificate) {
  const auto& lab = certificate_user_lab();
  const test::PrivateMosquitto broker(lab.lines({lab.acl(), "use_identity_as_username true"}));
  const auto seen = try_on(broker.port(), GetParam());
  EXPECT_EQ(test::facts_seen(seen), kept) << test::story(seen);
  EXPECT_THAT(why_missing(try_on(broker.port(), GetParam(), Holder::as_intruder)), HasSubstr("--other-cert"))
      << "nothing shows that the account may do more";
}

TEST_P(CertificateUser, is_not_judged_where_all_may_do_the_same) {
  const auto& lab = certificate_user_lab();
  for (const auto& more : {std::vector<std::string>{}, {"use_identity_as_username true"}}) {
    const test::PrivateMosquitto broker(lab.lines(more));
    EXPECT_THAT(why_missing(try_on(broker.port(), GetParam())), HasSubstr("may use other topics"));
  }
}

// A refusal is only for the certificate where the same name and password are let in otherwise.
TEST_P(CertificateUser, is_not_judged_by_a_wrong_password) {
  const auto& lab = certificate_user_lab();
  const test::PrivateMosquitto broker(lab.lines({lab.acl()}));
  EXPECT_THAT(why_missing(try_on(broker.port(), GetParam(), Holder::with_certificate, "wrong")),
              HasSubstr("cannot be told"));
}

TEST_P(CertificateUser, is_not_judged_where_no_certificate_is_asked_for) {
  const auto& lab = certificate_user_lab();
  auto lines = lab.lines({lab.acl()});
  lines[3] = "require_certificate false";
  const test::PrivateMosquitto broker(lines);
  EXPECT_THAT(why_missing(try_on(broker.port(), GetParam())), HasSubstr("asks for no client certificate"));
}

TEST_P(CertificateUser, needs_the_same_certificate) {
  const auto& lab = certificate_user_lab();
  auto eve = lab.eve(1, GetParam());
  EXPECT_THAT(why_missing(test::attempt_by("certificate_user", lab.ann(1, GetParam()), {}, {{"intruder", eve}})),
              HasSubstr("the same certificate"));
}

// What a broker of one's own answers to a login: the code of CONNACK.
using Answer = std::function<int(const std::string& user, const std::string& certified)>;

std::string name_in_certificate(test::Peer& peer) {
  const auto certificate =
      std::unique_ptr<X509, decltype(&X509_free)>(SSL_get1_peer_certificate(peer.ssl()), X509_free);
  std::string name(64, '\0');
  const auto size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                                              static_cast<int>(name.size()));
  name.resize(static_cast<std::size_t>(std::max(0, size)));
  return name;
}

// Of MQTT 3.1.1. Whoever is let in gets back what it publishes.
test::Script logs_in_by(const Answer& answer) {
  test::hostile::TlsServer server{.identity = certificate_user_lab().server()};
  server.admits = [](const X509&) { return true; };
  return test::hostile::behind_tls(server, [answer](test::Peer& peer) {
    const auto certified = name_in_certificate(peer);
    for (auto packet = peer.read_some(); !packet.empty(); packet = peer.read_some()) {
      const auto kind = packet[0] & 0xf0;
      if (kind == 0x10)
        peer.write(test::hostile::connack(answer(packet.find("eve") == std::string::npos ? "ann" : "eve", certified)));
      else if (kind == 0x80)
        peer.write(std::string{'\x90', 3, packet[2], packet[3], 0});
      else if (kind == 0x30)
        peer.write(packet);
      else if (kind == 0xc0)
        peer.write(std::string("\xd0\0", 2));
    }
  });
}

TEST(CertificateUserOfOwnBroker, is_refused_where_both_must_agree) {
  const test::HostileBroker broker(
      logs_in_by([](const std::string& user, const std::string& certified) { return user == certified ? 0 : 5; }));
  const auto seen = try_on(broker.port(), MqttVersion::v3_1_1);
  EXPECT_EQ(test::facts_seen(seen), kept) << test::story(seen);
  EXPECT_THAT(why_missing(try_on(broker.port(), MqttVersion::v3_1_1, Holder::as_intruder)), HasSubstr("--other-cert"));
}

// Busy, banned: no word about the certificate.
TEST(CertificateUserOfOwnBroker, is_not_judged_by_a_refusal_for_another_reason) {
  const test::HostileBroker broker(
      logs_in_by([](const std::string& user, const std::string& certified) { return user == certified ? 0 : 3; }));
  EXPECT_EQ(test::facts_seen(try_on(broker.port(), MqttVersion::v3_1_1)), "");
}

// The account is locked after the first wrong login, whatever its certificate.
TEST(CertificateUserOfOwnBroker, is_not_judged_where_the_account_is_locked_meanwhile) {
  const auto eves = std::make_shared<std::atomic<int>>(0);
  const test::HostileBroker broker(
      logs_in_by([eves](const std::string& user, const std::string&) { return user == "eve" && ++*eves > 1 ? 5 : 0; }));
  EXPECT_THAT(why_missing(try_on(broker.port(), MqttVersion::v3_1_1)), HasSubstr("cannot be told"));
}

TEST(CertificateUserOfOwnBroker, is_not_judged_where_the_answers_vary) {
  const auto intrusions = std::make_shared<std::atomic<int>>(0);
  const test::HostileBroker broker(logs_in_by([intrusions](const std::string& user, const std::string& certified) {
    return user != certified && ++*intrusions > 1 ? 5 : 0;
  }));
  EXPECT_EQ(test::facts_seen(try_on(broker.port(), MqttVersion::v3_1_1)), "");
}

}  // namespace
}  // namespace mqtts::probes
