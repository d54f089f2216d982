// Standard names for numeric codes. Both tables are our own: OpenSSL 3.0 lacks alert 116, and MQTT 3.1.1 describes its
// codes in prose only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts {

enum class MqttVersion {
  v3_1_1,
  v5_0
};

// RFC 8446 section 6 (RFC 5246 section 7.2 for retired alerts): 116 is "certificate_required". An unknown number
// becomes "alert_<number>".
std::string tls_alert_name(int number);

// MQTT 3.1.1 section 3.2.2.3 or MQTT 5.0 section 2.4, as snake_case: 5 and 0x87 are both "not_authorized",
// 4 and 0x86 both "bad_user_name_or_password". An unknown number becomes "code_<number>".
std::string mqtt_reason_name(MqttVersion version, int code);

enum class ReasonSource {
  tls_alert,
  mqtt_3_1_1,   // CONNACK
  mqtt_5_0,     // CONNACK, SUBACK, PUBACK, DISCONNECT
  certificate,  // our own side, of the server's certificate
  network
};

struct Reason {
  std::string_view name;
  ReasonSource source{};
  std::optional<int> number;
};

// The reasons that a plan may name, by source and number; a name of two sources or numbers is there for each.
const std::vector<Reason>& known_reasons();

// Returns true if an observation can have this reason; the plan loader checks reasons with it.
bool is_known_reason(std::string_view name);

}  // namespace mqtts
