// Minted client certificates that are wrong in one point each: Mosquitto answers each with its own alert.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/pki/minted_materials.h"
#include "harness/wire/probe_connection.h"
#include "tests/support/must.h"
#include "tests/support/private_mosquitto.h"
#include "tests/support/temporary_folder.h"

namespace mqtts {
namespace {

using test::must;

MaterialsSpec zoo() {
  constexpr auto ec = KeyType::ec_p256;
  const auto client = [](const std::string& issuer) {
    return CertificateSpec{
        .issuer = issuer, .subject = "/CN=client", .key_of = "client", .extended_usage = {"clientAuth"}};
  };
  MaterialsSpec spec;
  spec.authorities = {{"root", {.subject = "/CN=Root", .key = ec}},
                      {"issuing", {.subject = "/CN=Issuing", .key = KeyType::ec_p384, .issuer = "root"}},
                      {"clients", {.subject = "/CN=Clients", .key = ec}},
                      {"same-name", {.subject = "", .key = ec, .like = "clients"}}};
  spec.certificates = {{"server",
                        {.issuer = "issuing",
                         .subject = "/CN=other",
                         .key = KeyType::ed25519,
                         .names = {"IP:127.0.0.1"},
                         .extended_usage = {"serverAuth"},
                         .usage = {"digitalSignature"}}},
                       {"client", {.issuer = "clients", .subject = "/CN=client", .key = ec}}};
  for (const auto* name : {"good", "expired", "early", "of-a-server", "revoked"})
    spec.certificates[name] = client("clients");
  spec.certificates["expired"].begins_in_days = -30;
  spec.certificates["expired"].days = 10;
  spec.certificates["early"].begins_in_days = 2;
  spec.certificates["of-a-server"].extended_usage = {"serverAuth"};
  spec.certificates["revoked"].is_revoked = true;
  spec.certificates["impostor"] = client("same-name");
  spec.certificates["alone"] = client("");
  return spec;
}

std::string alert_of(const Result<wire::ConnectionFacts>& seen) {
  if (!seen) return to_english(seen.error().what);
  return std::string(to_string(seen->outcome)) + (seen->code ? " " + std::to_string(*seen->code) : "");
}

class MintedClients : public testing::TestWithParam<const char*> {
 protected:
  std::vector<std::string> broker_lines(int list_days) {
    const auto server = must(materials_.certificate("server"));
    return {"cafile " + must(materials_.authority("clients")).certificate.file,
            "certfile " + server.certificate.file,
            "keyfile " + server.key.file,
            "crlfile " + folder_.write("crl" + std::to_string(list_days),
                                       must(materials_.revocation_list("clients", list_days)).text),
            "require_certificate true",
            "allow_anonymous true"};
  }
  std::string answer(const test::PrivateMosquitto& broker, const char* certificate) {
    const Client client{.address = "127.0.0.1",
                        .port = broker.port(),
                        .name = "127.0.0.1",
                        .tls = true,
                        .trust = must(materials_.authority("root")).certificate,
                        .identity = must(materials_.certificate(certificate))};
    return alert_of(wire::probe_connection(client, Deadline::in(std::chrono::seconds(10))));
  }

  test::TemporaryFolder folder_;
  test::TemporaryFolder materials_folder_;
  pki::MintedMaterials materials_{zoo(), materials_folder_.path(), {}};
};

TEST_P(MintedClients, are_refused_each_for_its_own_reason) {
  const test::PrivateMosquitto broker(broker_lines(30), test::cap_tls(folder_, GetParam()));
  EXPECT_EQ(answer(broker, "good"), "accepted");
  EXPECT_EQ(answer(broker, "expired"), "refused 45");
  EXPECT_EQ(answer(broker, "early"), "refused 42");
  EXPECT_EQ(answer(broker, "of-a-server"), "refused 43");
  EXPECT_EQ(answer(broker, "revoked"), "refused 44");
  EXPECT_EQ(answer(broker, "alone"), "refused 48");
  EXPECT_EQ(answer(broker, "impostor"), "refused 51");
  EXPECT_EQ(answer(broker, "good"), "accepted");
}

TEST_P(MintedClients, are_all_refused_once_the_next_revocation_list_is_due) {
  const test::PrivateMosquitto broker(broker_lines(-1), test::cap_tls(folder_, GetParam()));
  EXPECT_EQ(answer(broker, "good"), "refused 45");
}

INSTANTIATE_TEST_SUITE_P(tls, MintedClients, testing::Values("TLSv1.2", "TLSv1.3"),
                         [](const auto& of) { return std::string(of.param) == "TLSv1.2" ? "tls_1_2" : "tls_1_3"; });

}  // namespace
}  // namespace mqtts
