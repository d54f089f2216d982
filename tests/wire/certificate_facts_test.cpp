#include "harness/wire/certificate_facts.h"

#include <functional>
#include <random>

#include <gtest/gtest.h>
#include <openssl/rsa.h>

#include "harness/pki/mint.h"

namespace mqtts::wire {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

const std::string broker = "broker.example";

struct Leaf {
  KeyPtr key = *pki::make_key(KeyType::ec_p256);
  pki::CertificateRequest request = {
      .subject = "/CN=leaf", .alternative_names = {broker}, .purposes = {pki::Purpose::server_authentication}};
  const EVP_MD* digest = EVP_sha256();
  std::string extension = {};  // openssl.cnf's basicConstraints
};

CertificatePtr signed_by_ca(const Leaf& leaf) {
  static const KeyPtr ca_key = KeyPtr(EVP_RSA_gen(2048));
  static const CertificatePtr ca = *pki::make_authority("/CN=ca", pki::valid_for(365), *ca_key);
  auto made = *pki::make_certificate(leaf.request, *leaf.key, {.certificate = *ca, .key = *ca_key});
  if (!leaf.extension.empty()) {
    const ExtensionPtr more(X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, leaf.extension.c_str()));
    X509_add_ext(made.get(), more.get(), -1);
  }
  X509_sign(made.get(), ca_key.get(), leaf.digest);
  return made;
}

Facts facts_in(const std::vector<X509*>& certificates, const std::string& name = broker) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (auto* each : certificates) sk_X509_push(chain, each);
  auto facts = certificate_facts(chain, name);
  sk_X509_free(chain);
  return facts;
}

const Facts good = {{"certificate.dates_valid", true},
                    {"certificate.days_left", 364.0},
                    {"certificate.key_type", "ec"},
                    {"certificate.key_bits", 256.0},
                    {"certificate.strength_bits", 128.0},
                    {"certificate.signature", "sha256WithRSAEncryption"},
                    {"certificate.signature_digest_bits", 256.0},
                    {"certificate.signature_weak", false},
                    {"certificate.serves", true},
                    {"certificate.is_ca", false},
                    {"certificate.name_valid", true},
                    {"certificate.name_in", "subjectAltName"},
                    {"certificate.names", Texts{broker}}};

struct Row {
  const char* what;
  std::function<void(Leaf&)> changed;
  Facts otherwise;  // than of the good one
  Texts weak;       // names of those that show the weakness
};

const Row rows[] = {
    {"good", [](Leaf&) {}, {}, {}},
    {"RSA 2048",
     [](Leaf& it) { it.key.reset(EVP_RSA_gen(2048)); },
     {{"certificate.key_type", "rsa"}, {"certificate.key_bits", 2048.0}, {"certificate.strength_bits", 112.0}},
     {}},
    {"RSA 1024",
     [](Leaf& it) { it.key.reset(EVP_RSA_gen(1024)); },
     {{"certificate.key_type", "rsa"}, {"certificate.key_bits", 1024.0}, {"certificate.strength_bits", 80.0}},
     {"certificate.strength_bits"}},
    {"Ed25519",
     [](Leaf& it) { it.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); },
     {{"certificate.key_type", "ed25519"}},
     {}},
    {"P-192",
     [](Leaf& it) { it.key.reset(EVP_EC_gen("prime192v1")); },
     {{"certificate.key_bits", 192.0}, {"certificate.strength_bits", 80.0}},
     {"certificate.strength_bits"}},
    {"SHA-1",
     [](Leaf& it) { it.digest = EVP_sha1(); },
     {{"certificate.signature", "sha1WithRSAEncryption"},
      {"certificate.signature_digest_bits", 160.0},
      {"certificate.signature_weak", true}},
     {"certificate.signature_digest_bits", "certificate.signature_weak"}},
    {"MD5",
     [](Leaf& it) { it.digest = EVP_md5(); },
     {{"certificate.signature", "md5WithRSAEncryption"},
      {"certificate.signature_digest_bits", 128.0},
      {"certificate.signature_weak", true}},
     {"certificate.signature_digest_bits", "certificate.signature_weak"}},
    {"expired an hour ago",
     [](Leaf& it) {
       it.request.validity = {-48h, -1h};
     },
     {{"certificate.dates_valid", false}, {"certificate.days_left", -1.0}},
     {"certificate.dates_valid", "certificate.days_left"}},
    {"valid for one hour more",
     [](Leaf& it) {
       it.request.validity = {-48h, 1h};
     },
     {{"certificate.days_left", 0.0}},
     {}},
    {"not yet valid",
     [](Leaf& it) {
       it.request.validity = {1h, 49h};
     },
     {{"certificate.dates_valid", false}, {"certificate.days_until_valid", 1.0}, {"certificate.days_left", 2.0}},
     {"certificate.dates_valid", "certificate.days_left", "certificate.days_until_valid"}},
    {"clientAuth only",
     [](Leaf& it) { it.request.purposes = {pki::Purpose::client_authentication}; },
     {{"certificate.serves", false}},
     {"certificate.serves"}},
    {"no extendedKeyUsage", [](Leaf& it) { it.request.purposes = {}; }, {}, {}},
    {"a CA's",
     [](Leaf& it) { it.extension = "critical,CA:TRUE"; },
     {{"certificate.is_ca", true}},
     {"certificate.is_ca"}},
    {"wrong name",
     [](Leaf& it) {
       it.request.alternative_names = {"other.example", "192.0.2.1", "::1"};
     },
     {{"certificate.name_valid", false}, {"certificate.names", Texts{"other.example", "192.0.2.1", "::1"}}},
     {"certificate.name_valid"}},
    {"CN only",
     [](Leaf& it) {
       it.request.alternative_names = {};
       it.request.subject = "/CN=" + broker;
     },
     {{"certificate.name_in", "commonName"}},
     {"certificate.name_in"}},
};

TEST(certificate_facts, tell_a_good_one_from_those_that_are_weak_in_one_point) {
  for (const auto& row : rows) {
    Leaf leaf;
    row.changed(leaf);
    auto wanted = row.otherwise;
    wanted.insert(good.begin(), good.end());
    const auto facts = facts_in({signed_by_ca(leaf).get()});
    for (const auto& [name, value] : wanted) {
      // RFC 5280's dates have no fraction of a second.
      if (name == "certificate.days_left" && value == FactValue(364.0)) continue;
      ASSERT_TRUE(facts.contains(name)) << row.what << " " << name;
      EXPECT_EQ(to_text(facts.find(name)->second), to_text(value)) << row.what << " " << name;
    }
    EXPECT_EQ(facts.size(), wanted.size()) << row.what;

    Texts weak;
    for (const auto& [name, value] : weaknesses_in(facts)) weak.push_back(name);
    EXPECT_EQ(weak, row.weak) << row.what;
  }
}

TEST(certificate_facts, ask_who_has_signed_an_intermediate_and_not_a_root) {
  const auto key = *pki::make_key(KeyType::ec_p256);
  const auto weak_key = KeyPtr(EVP_RSA_gen(1024));
  const auto root = *pki::make_authority("/CN=root", pki::valid_for(9), *weak_key);
  X509_sign(root.get(), weak_key.get(), EVP_sha1());
  const auto middle = *pki::make_certificate({.subject = "/CN=middle"}, *key, {*root, *weak_key});
  const auto leaf = *pki::make_certificate({.subject = "/CN=leaf"}, *key, {*middle, *key});

  auto facts = facts_in({leaf.get(), root.get(), middle.get()});
  EXPECT_EQ(facts.at("certificate.signature_weak"), FactValue(false));
  EXPECT_EQ(facts.at("certificate.strength_bits"), FactValue(80.0));
  EXPECT_EQ(facts_in({leaf.get(), middle.get()}).at("certificate.strength_bits"), FactValue(128.0));

  const CertificatePtr weak_middle(X509_dup(middle.get()));  // OpenSSL remembers how the first one was signed
  X509_sign(weak_middle.get(), weak_key.get(), EVP_sha1());
  facts = facts_in({leaf.get(), weak_middle.get()});
  EXPECT_EQ(facts.at("certificate.signature"), FactValue("ecdsa-with-SHA256"));
  EXPECT_EQ(facts.at("certificate.signature_weak"), FactValue(true));

  // One that has signed nothing in the chain is nobody's.
  const auto stray = *pki::make_certificate({.subject = "/CN=stray"}, *weak_key, {*root, *weak_key});
  X509_sign(stray.get(), weak_key.get(), EVP_sha1());
  EXPECT_EQ(facts_in({leaf.get(), stray.get()}).at("certificate.signature_weak"), FactValue(false));
}

TEST(certificate_facts, show_a_hostile_name_in_printable_letters) {
  Leaf leaf;
  leaf.request.alternative_names = {std::string("broker.example\x1b[2J\n") + std::string(400, 'a')};
  const auto facts = facts_in({signed_by_ca(leaf).get()});
  const auto names = std::get<Texts>(facts.at("certificate.names"));
  EXPECT_EQ(names.at(0).substr(0, 20), "broker.example?[2J?a");
  EXPECT_EQ(names.at(0).size(), 255U);
}

TEST(certificate_facts, of_no_certificate_are_none) { EXPECT_TRUE(facts_in({}).empty()); }

// Whatever bytes are wrong, there is an answer; the fuzzer beside this test goes on from here.
TEST(certificate_facts, survive_certificates_with_wrong_bytes) {
  const auto whole = signed_by_ca({});
  unsigned char* der = nullptr;
  const auto size = static_cast<std::size_t>(i2d_X509(whole.get(), &der));
  std::mt19937 random(1);
  int parsed = 0;
  for (int i = 0; i < 3000; ++i) {
    std::vector<unsigned char> bytes(der, der + size);
    for (int j = 0; j < 3; ++j) bytes.at(random() % size) = static_cast<unsigned char>(random());
    const unsigned char* at = bytes.data();
    const CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(size)));
    if (!certificate) continue;
    ++parsed;
    facts_in({certificate.get(), whole.get()});
  }
  OPENSSL_free(der);
  EXPECT_GT(parsed, 100);
}

}  // namespace
}  // namespace mqtts::wire
