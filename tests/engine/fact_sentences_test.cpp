#include "harness/engine/fact_sentences.h"

#include <gtest/gtest.h>

namespace mqtts::engine {
namespace {

using Texts = std::vector<std::string>;

std::string told(std::string_view fact, const FactValue& seen, Demand demand, const FactValue& wanted) {
  return to_english(sentence_of(fact, seen, demand, wanted));
}

TEST(FactSentences, tell_what_was_seen_and_not_what_was_demanded) {
  EXPECT_EQ(told("tls.server_preference", true, Demand::met, true), "the broker chooses the cipher suite");
  EXPECT_EQ(told("tls.server_preference", true, Demand::contradicted, false), "the broker chooses the cipher suite");
  EXPECT_EQ(told("tls.server_preference", false, Demand::contradicted, true),
            "the client chooses the cipher suite, and not the broker");
}

TEST(FactSentences, tell_what_is_in_a_list) {
  EXPECT_EQ(told("tls.old_versions", Texts{}, Demand::met, Texts{}), "no version of TLS below 1.2 is accepted");
  EXPECT_EQ(told("tls.old_versions", Texts{"TLSv1", "TLSv1.1"}, Demand::contradicted, Texts{}),
            "the listener accepts TLSv1, TLSv1.1");
}

TEST(FactSentences, tell_what_is_demanded_of_a_number_that_is_too_small) {
  EXPECT_EQ(told("certificate.strength_bits", 128.0, Demand::met, 112.0),
            "the weakest key that the server sent has a strength of 128 bits");
  EXPECT_EQ(told("certificate.strength_bits", 80.0, Demand::contradicted, 112.0),
            "the weakest key that the server sent has a strength of 80 bits, and 112 are demanded");
}

TEST(FactSentences, are_not_there_for_every_fact) {
  EXPECT_TRUE(sentence_of("tls.version", "TLSv1.3", Demand::met, "TLSv1.3").empty());
}

}  // namespace
}  // namespace mqtts::engine
