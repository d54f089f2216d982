#include "harness/model/reasons.h"

#include <gtest/gtest.h>

namespace mqtts {
namespace {

TEST(Reasons, alert_116_has_its_rfc_8446_name) { EXPECT_EQ(tls_alert_name(116), "certificate_required"); }

TEST(Reasons, not_authorized_is_5_before_mqtt_5_and_0x87_after) {
  EXPECT_EQ(mqtt_reason_name(MqttVersion::v3_1_1, 5), "not_authorized");
  EXPECT_EQ(mqtt_reason_name(MqttVersion::v5_0, 0x87), "not_authorized");
}

TEST(Reasons, an_unknown_number_keeps_its_number) {
  EXPECT_EQ(tls_alert_name(250), "alert_250");
  EXPECT_EQ(mqtt_reason_name(MqttVersion::v3_1_1, 0x87), "code_135");
}

TEST(Reasons, knows_its_own_names_only) {
  EXPECT_TRUE(is_known_reason("unknown_ca"));
  EXPECT_TRUE(is_known_reason("self_signed_certificate_in_chain"));
  EXPECT_FALSE(is_known_reason("unknown_CA"));
}

}  // namespace
}  // namespace mqtts
