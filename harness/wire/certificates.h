// Server certificates: check of the name, names of errors, description for reports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509.h>

#include "harness/model/observation.h"

namespace mqtts::wire {

// `error`: X509_V_OK or an X509_V_ERR_* number; `match`: how the name was found.
struct NameCheck {
  int error = 0;
  std::string match;  // "subjectAltName", "commonName", or empty
};

// Checks that `leaf` names `name`, a DNS name or an IP address. Only its subjectAltName counts if that has a DNS name
// or an IP address (RFC 6125 section 6.4.4); otherwise its CN counts, as for Paho and Mosquitto's clients.
NameCheck check_name(X509& leaf, const std::string& name);

// Returns true if it has a subjectAltName with a DNS name or an IP address, or one that cannot be read; an e-mail address
// or a URI identifies no server.
bool has_alternative_server_names(const X509& leaf);

// Returns true for a numeric IPv4 or IPv6 address.
bool is_ip_address(const std::string& name);

// "certificate_has_expired" for X509_V_ERR_CERT_HAS_EXPIRED; "verify_error_<number>" for an error without a name here.
std::string verify_error_name(int error);

// Returns the chain as sent, leaf first, 16 at most; cuts a name after 500 bytes and appends "...".
std::vector<PeerCertificate> describe(const STACK_OF(X509) * chain);

}  // namespace mqtts::wire
