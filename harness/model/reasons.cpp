#include "harness/model/reasons.h"

#include <algorithm>
#include <array>

namespace mqtts {
namespace {

struct NamedNumber {
  int number;
  std::string_view name;
};

constexpr NamedNumber alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

constexpr NamedNumber connack_codes[] = {
    {1, "unsupported_protocol_version"},
    {2, "client_identifier_not_valid"},
    {3, "server_unavailable"},
    {4, "bad_user_name_or_password"},
    {5, "not_authorized"},
};

constexpr NamedNumber reason_codes[] = {
    {0x80, "unspecified_error"},
    {0x81, "malformed_packet"},
    {0x82, "protocol_error"},
    {0x83, "implementation_specific_error"},
    {0x84, "unsupported_protocol_version"},
    {0x85, "client_identifier_not_valid"},
    {0x86, "bad_user_name_or_password"},
    {0x87, "not_authorized"},
    {0x88, "server_unavailable"},
    {0x89, "server_busy"},
    {0x8a, "banned"},
    {0x8b, "server_shutting_down"},
    {0x8c, "bad_authentication_method"},
    {0x8d, "keep_alive_timeout"},
    {0x8e, "session_taken_over"},
    {0x8f, "topic_filter_invalid"},
    {0x90, "topic_name_invalid"},
    {0x91, "packet_identifier_in_use"},
    {0x92, "packet_identifier_not_found"},
    {0x93, "receive_maximum_exceeded"},
    {0x94, "topic_alias_invalid"},
    {0x95, "packet_too_large"},
    {0x96, "message_rate_too_high"},
    {0x97, "quota_exceeded"},
    {0x98, "administrative_action"},
    {0x99, "payload_format_invalid"},
    {0x9a, "retain_not_supported"},
    {0x9b, "qos_not_supported"},
    {0x9c, "use_another_server"},
    {0x9d, "server_moved"},
    {0x9e, "shared_subscriptions_not_supported"},
    {0x9f, "connection_rate_exceeded"},
    {0xa0, "maximum_connect_time"},
    {0xa1, "subscription_identifiers_not_supported"},
    {0xa2, "wildcard_subscriptions_not_supported"},
};

// X509_V_ERR_* by name.
constexpr std::string_view certificate_reasons[] = {
    "unable_to_get_local_issuer_certificate",
    "unable_to_verify_leaf_signature",
    "self_signed_certificate",
    "self_signed_certificate_in_chain",
    "certificate_has_expired",
    "certificate_not_yet_valid",
    "certificate_signature_failure",
    "certificate_revoked",
    "invalid_purpose",
    "invalid_ca_certificate",
    "certificate_key_too_weak",
    "ca_key_too_weak",
    "signature_digest_too_weak",
    "hostname_mismatch",
    "ip_address_mismatch",
};

// errno by name.
constexpr std::string_view network_reasons[] = {
    "connection_refused",
    "host_unreachable",
    "network_unreachable",
    "timed_out",
};

template <std::size_t n>
std::string name_in(const NamedNumber (&table)[n], int number, std::string_view otherwise) {
  const auto row = std::ranges::find(table, number, &NamedNumber::number);
  return row == std::end(table) ? std::string(otherwise) + std::to_string(number) : std::string(row->name);
}

}  // namespace

std::string tls_alert_name(int number) { return name_in(alerts, number, "alert_"); }

std::string mqtt_reason_name(MqttVersion version, int code) {
  return version == MqttVersion::v5_0 ? name_in(reason_codes, code, "code_") : name_in(connack_codes, code, "code_");
}

const std::vector<Reason>& known_reasons() {
  static const std::vector<Reason> all = [] {
    std::vector<Reason> rows;
    for (const auto& [number, name] : alerts) rows.push_back({name, ReasonSource::tls_alert, number});
    for (const auto& [number, name] : connack_codes) rows.push_back({name, ReasonSource::mqtt_3_1_1, number});
    for (const auto& [number, name] : reason_codes) rows.push_back({name, ReasonSource::mqtt_5_0, number});
    for (const auto name : certificate_reasons) rows.push_back({name, ReasonSource::certificate, std::nullopt});
    for (const auto name : network_reasons) rows.push_back({name, ReasonSource::network, std::nullopt});
    return rows;
  }();
  return all;
}

bool is_known_reason(std::string_view name) {
  return std::ranges::find(known_reasons(), name, &Reason::name) != known_reasons().end();
}

}  // namespace mqtts
