#include "harness/brokers/mosquitto_versions.h"

#include <gtest/gtest.h>

namespace mqtts::brokers {
namespace {

TEST(broker_version, is_found_in_what_mosquitto_says) {
  // The first lines of `mosquitto -h` of these versions.
  EXPECT_EQ(broker_version_from("mosquitto version 1.6.9\n\nmosquitto is an MQTT v3.1.1 broker.\n"),
            (BrokerVersion{1, 6, 9, "1.6.9"}));
  EXPECT_EQ(broker_version_from("mosquitto version 2.0.11\n\nmosquitto is an MQTT v5.0/v3.1.1/v3.1 broker.\n"),
            (BrokerVersion{2, 0, 11, "2.0.11"}));
  EXPECT_EQ(broker_version_from("mosquitto version 2.1.0rc3"), (BrokerVersion{2, 1, 0, "2.1.0rc3"}));
  EXPECT_EQ(broker_version_from("mosquitto version 1.6\n"), (BrokerVersion{1, 6, 0, "1.6"}));
  EXPECT_EQ(broker_version_from("1764020000: mosquitto version 2.1.2 starting\n"), (BrokerVersion{2, 1, 2, "2.1.2"}));
}

TEST(broker_version, is_not_found_where_there_is_none) {
  for (const auto* words :
       {"", "sh: 1: mosquitto: not found\n", "mosquitto version ", "mosquitto version 2", "mosquitto version two.0.1",
        "mosquitto version 2.", "mosquitto version 2.0.", "mosquitto version 2.0x", "mosquitto version -2.0.1",
        "mosquitto version 2.0.11\x1b[31m", "mosquitto version 99999999999.0.1",
        "mosquitto version 2.0.11-and-many-words-more-than-fit"})
    EXPECT_FALSE(broker_version_from(words)) << words;
}

struct Known {
  BrokerVersion version;
  std::string_view dialect;
  PasswordHash hash;
};

TEST(dialect, is_that_of_the_version) {
  for (const auto& known :
       {Known{{1, 6, 0, "1.6"}, "1.6", PasswordHash::sha512}, Known{{1, 6, 15, "1.6.15"}, "1.6", PasswordHash::sha512},
        Known{{2, 0, 0, "2.0.0"}, "2.0", PasswordHash::pbkdf2_sha512},
        Known{{2, 0, 22, "2.0.22"}, "2.0", PasswordHash::pbkdf2_sha512},
        Known{{2, 1, 2, "2.1.2"}, "2.1", PasswordHash::pbkdf2_sha512}}) {
    const auto choice = dialect_of(known.version);
    EXPECT_EQ(choice.dialect.name, known.dialect);
    EXPECT_EQ(choice.dialect.password_hash, known.hash) << known.version.text;
    EXPECT_TRUE(choice.doubt.empty()) << known.version.text;
  }
}

TEST(dialect, of_what_is_not_known_is_the_nearest_and_says_so) {
  const auto newer = dialect_of(BrokerVersion{3, 0, 0, "3.0.0"});
  EXPECT_EQ(newer.dialect.name, "2.1");
  EXPECT_EQ(to_english(newer.doubt), "Mosquitto 3.0.0 is not a version that we know; it is taken for a Mosquitto 2.1");
  EXPECT_EQ(dialect_of(BrokerVersion{2, 2, 0, "2.2.0"}).dialect.name, "2.1");
  const auto older = dialect_of(BrokerVersion{1, 4, 15, "1.4.15"});
  EXPECT_EQ(older.dialect.password_hash, PasswordHash::sha512);
  EXPECT_FALSE(older.doubt.empty());
  EXPECT_EQ(dialect_of(BrokerVersion{1, 7, 0, "1.7.0"}).dialect.name, "1.6");
  const auto none = dialect_of(std::nullopt);
  EXPECT_EQ(none.dialect.password_hash, PasswordHash::pbkdf2_sha512);
  EXPECT_EQ(to_english(none.doubt), "the broker's version could not be learnt; it is taken for a Mosquitto 2.1");
}

}  // namespace
}  // namespace mqtts::brokers
