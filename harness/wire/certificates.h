// Is this server the one we trust? First the chain, then the name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509.h>

#include "harness/model/observation.h"

namespace mqtts::wire {

// An X509_V_ERR_* number, X509_V_OK if all is well, and how the name was found.
struct NameCheck {
  int error = 0;
  std::string match;  // "subjectAltName", "commonName", or empty
};

// Does `leaf` name `name`, a DNS name or an IP address? Only its subjectAltName counts if that has a DNS name or an IP
// address (RFC 6125 section 6.4.4); where it has none of these, its CN is asked, as Paho and Mosquitto's clients do.
NameCheck check_name(X509& leaf, const std::string& name);

// True for an IPv4 or IPv6 address in numbers.
bool is_ip_address(const std::string& name);

// "certificate_has_expired" for X509_V_ERR_CERT_HAS_EXPIRED; "verify_error_<number>" for what has no name here.
std::string verify_error_name(int error);

// The chain as the peer sent it, leaf first, 16 at most; a name of more than 500 bytes is cut there, and ends in "...".
std::vector<PeerCertificate> describe(const STACK_OF(X509) * chain);

}  // namespace mqtts::wire
