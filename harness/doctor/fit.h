// Whether certificates and keys fit together, from their PEM texts, which may be anything. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mqtts::doctor {

enum class Use {
  server,
  client
};

// Verifies the first certificate of `pem`, with the others of it as its chain, against those in `authorities`, as a
// peer does that trusts these alone (RFC 5280 section 6). X509_V_OK or an X509_V_ERR_* number; none if one of the
// texts holds no certificate. `now`: seconds since 1970.
std::optional<int> verify(const std::string& pem, const std::string& authorities, Use use, std::int64_t now);

// True if the first certificates of both have the same subject.
bool have_same_subject(const std::string& pem, const std::string& other);

// True if the first certificate of `pem` is for this host, as wire::check_name has it, and if there is none.
bool names(const std::string& pem, const std::string& host);

// Whether `public_key` is that of the first certificate of `pem`; none if one of the two cannot be read.
std::optional<bool> is_key_of(const std::string& public_key, const std::string& pem);

// PEM of the public half of the first private key in `pem`; empty if none can be read.
std::string public_half(const std::string& pem);

}  // namespace mqtts::doctor
