#include "reports/describe.h"

#include <gtest/gtest.h>

namespace mqtts::reports {
namespace {

TEST(Describe, tells_who_refused_and_with_which_code) {
  const struct {
    Observation seen;
    const char* english;
    const char* french;
  } rows[] = {
      {{.outcome = Outcome::accepted, .by = By::broker}, "accepted", "connexion acceptée"},
      {{.outcome = Outcome::refused, .by = By::mqtt, .code = 5, .reason = "not_authorized"},
       "refused by the broker at MQTT: not_authorized (5)",
       "refus du broker au niveau MQTT : not_authorized (5)"},
      {{.outcome = Outcome::refused, .by = By::tls_peer, .code = 116, .reason = "certificate_required"},
       "refused by the peer's TLS alert 116 certificate_required",
       "refus par l'alerte TLS 116 certificate_required du pair"},
      {{.outcome = Outcome::refused, .by = By::tls_self, .reason = "hostname_mismatch"},
       "refused by our own TLS: hostname_mismatch",
       "refus par notre propre TLS : hostname_mismatch"},
      {{.outcome = Outcome::refused, .by = By::network, .reason = "connection_refused"},
       "nothing listens there: connection_refused",
       "rien n'écoute à cet endroit : connection_refused"},
      {{.outcome = Outcome::refused, .by = By::network, .reason = "host_unreachable"},
       "not reachable: host_unreachable",
       "injoignable : host_unreachable"},
      {{.outcome = Outcome::closed, .by = By::broker},
       "connection closed without a code",
       "connexion fermée sans code"},
      {{.outcome = Outcome::denied, .by = By::broker},
       "connected, but the action was not carried out",
       "connecté, mais l'action n'a pas été exécutée"},
      {{.outcome = Outcome::timeout, .by = By::network}, "no answer in time", "aucune réponse dans le délai"},
      {{.outcome = Outcome::garbled, .by = By::broker},
       "an answer that is not the protocol",
       "une réponse étrangère au protocole"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Translator(Lang::en)(describe(row.seen)), row.english);
    EXPECT_EQ(Translator(Lang::fr)(describe(row.seen)), row.french);
  }
}

TEST(Describe, says_something_of_every_pair_of_outcome_and_layer) {
  for (const auto outcome :
       {Outcome::accepted, Outcome::refused, Outcome::closed, Outcome::denied, Outcome::timeout, Outcome::garbled}) {
    for (const auto by : {By::broker, By::mqtt, By::tls_peer, By::tls_self, By::network}) {
      EXPECT_FALSE(describe(Observation{.outcome = outcome, .by = by}).empty());
      EXPECT_FALSE(describe(Observation{.outcome = outcome, .by = by, .code = 7, .reason = "r"}).empty());
      EXPECT_FALSE(describe(Expected{outcome, by, {}}).empty());
      EXPECT_FALSE(describe(Expected{outcome, by, {"r"}}).empty());
    }
  }
}

TEST(Describe, names_every_reason_and_every_alternative_that_is_expected) {
  const std::vector<Expected> wanted = {{Outcome::refused, By::mqtt, {"not_authorized", "banned"}},
                                        {Outcome::closed, By::broker, {}}};
  EXPECT_EQ(describe(wanted, Translator(Lang::en)),
            "refused by the broker at MQTT: not_authorized / banned or connection closed without a code");
  EXPECT_EQ(describe({wanted[1]}, Translator(Lang::en)), "connection closed without a code");
  EXPECT_EQ(describe({}, Translator(Lang::en)), "");
}

TEST(Describe, keeps_a_code_without_a_name) {
  EXPECT_EQ(to_english(describe(Observation{.outcome = Outcome::refused, .by = By::mqtt, .code = 9})),
            "refused by the broker at MQTT: 9");
}

}  // namespace
}  // namespace mqtts::reports
