#include "harness/model/facts.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/model/observation.h"

namespace mqtts {
namespace {

TEST(Facts, compare_only_what_can_be_compared) {
  using Texts = std::vector<std::string>;
  struct Row {
    Comparison comparison;
    FactValue seen, wanted;
    bool holds;
  };
  const Row rows[] = {
      {Comparison::equals, true, true, true},
      {Comparison::equals, true, false, false},
      {Comparison::equals, std::string("1"), 1.0, false},
      {Comparison::one_of, std::string("a"), Texts{"a", "b"}, true},
      {Comparison::one_of, std::string("c"), Texts{"a", "b"}, false},
      {Comparison::one_of, 1.0, Texts{"1"}, false},
      {Comparison::contains, Texts{"a", "b"}, std::string("a"), true},
      {Comparison::contains, std::string("abc"), std::string("b"), true},
      {Comparison::contains, std::string("abc"), std::string("d"), false},
      {Comparison::contains, 12.0, std::string("1"), false},
      {Comparison::at_least, 3.0, 3.0, true},
      {Comparison::at_least, 2.9, 3.0, false},
      {Comparison::at_most, 3.0, 3.0, true},
      {Comparison::at_most, 3.1, 3.0, false},
      {Comparison::at_least, std::string("9"), 3.0, false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(holds(row.comparison, row.seen, row.wanted), row.holds)
        << to_string(row.comparison) << " " << to_text(row.seen) << " " << to_text(row.wanted);
}

TEST(Facts, of_a_connection_leave_out_what_was_not_seen) {
  Observation seen{.outcome = Outcome::refused, .by = By::network};
  EXPECT_EQ(facts_of(seen).size(), 2U);
  seen.tls = TlsFacts{.version = "TLSv1.3", .chain = {{.subject = "CN=b"}}};
  seen.facts["delivery.received"] = false;
  const auto facts = facts_of(seen);
  EXPECT_EQ(std::get<std::string>(facts.at("tls.version")), "TLSv1.3");
  EXPECT_EQ(std::get<std::string>(facts.at("certificate.subject")), "CN=b");
  EXPECT_FALSE(std::get<bool>(facts.at("delivery.received")));
  EXPECT_FALSE(facts.contains("certificate.verified"));
}

TEST(Facts, of_every_connection_are_those_that_plans_may_name) {
  Observation seen{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"};
  seen.tls = TlsFacts{.version = "TLSv1.3",
                      .cipher = "c",
                      .certificate_in_time = true,
                      .verified = "ok",
                      .name_match = "subjectAltName",
                      .chain = {{.subject = "s", .issuer = "i", .not_before = "b", .not_after = "a"}}};
  // What wire/certificate_facts.h may say of a certificate.
  seen.tls->certificate = {{"certificate.dates_valid", true},
                           {"certificate.days_left", 1.0},
                           {"certificate.days_until_valid", 1.0},
                           {"certificate.key_type", "rsa"},
                           {"certificate.key_bits", 2048.0},
                           {"certificate.strength_bits", 112.0},
                           {"certificate.signature", "sha256WithRSAEncryption"},
                           {"certificate.signature_digest_bits", 256.0},
                           {"certificate.signature_weak", false},
                           {"certificate.serves", true},
                           {"certificate.is_ca", false},
                           {"certificate.name_valid", true},
                           {"certificate.name_in", "subjectAltName"},
                           {"certificate.names", std::vector<std::string>{"broker.example"}}};
  seen.facts = {{"client.foreign_certificate", true}};
  const auto facts = facts_of(seen);
  EXPECT_EQ(facts.size(), connection_facts().size());
  for (const auto& [name, type] : connection_facts()) {
    ASSERT_TRUE(facts.contains(name)) << name;
    EXPECT_TRUE(can_hold(Comparison::equals, type, facts.find(name)->second)) << name;
  }
}

TEST(Layers, go_as_far_as_the_client_surely_got) {
  EXPECT_EQ(layer_of({.outcome = Outcome::accepted, .by = By::broker}), Layer::action);
  EXPECT_EQ(layer_of({.outcome = Outcome::denied, .by = By::broker}), Layer::mqtt);
  EXPECT_EQ(layer_of({.outcome = Outcome::refused, .by = By::mqtt}), Layer::tls);
  EXPECT_EQ(layer_of({.outcome = Outcome::refused, .by = By::tls_peer}), Layer::network);
  EXPECT_EQ(layer_of({.outcome = Outcome::refused, .by = By::network}), Layer::none);
  EXPECT_EQ(barrier_of({Outcome::denied, By::mqtt, {}}), Layer::action);
}

}  // namespace
}  // namespace mqtts
