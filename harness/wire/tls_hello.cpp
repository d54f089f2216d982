#include "harness/wire/tls_hello.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "harness/util/name_table.h"

namespace mqtts::wire {
namespace {

using namespace std::string_view_literals;

constexpr std::array version_names = {
    std::pair(TlsVersion::ssl_3, "SSLv3"sv), std::pair(TlsVersion::tls_1_0, "TLSv1"sv),
    std::pair(TlsVersion::tls_1_1, "TLSv1.1"sv), std::pair(TlsVersion::tls_1_2, "TLSv1.2"sv),
    std::pair(TlsVersion::tls_1_3, "TLSv1.3"sv)};

// RFC 8446 section 5.1.
constexpr std::size_t record_header = 5;
constexpr std::size_t longest_fragment = 16UL * 1024;
enum RecordType : unsigned char {
  alert_record = 21,
  handshake_record = 22
};
// RFC 8446 section 4.
constexpr unsigned char client_hello_type = 1;
constexpr unsigned char server_hello_type = 2;
constexpr std::size_t hello_message_header = 4;
constexpr std::size_t random_size = 32;
constexpr std::size_t longest_session_id = 32;

constexpr std::uint16_t renegotiation_signal = 0x00ff;  // RFC 5746 section 3.3: TLS_EMPTY_RENEGOTIATION_INFO_SCSV

// The registry "TLS ExtensionType Values".
enum Extension : std::uint16_t {
  server_name = 0,
  supported_groups = 10,
  ec_point_formats = 11,
  signature_algorithms = 13,
  encrypt_then_mac = 22,
  extended_master_secret = 23,
  supported_versions = 43,
  key_share = 51,
  renegotiation_info = 0xff01
};

// The registry "TLS Supported Groups": X25519 and the NIST curves first, then finite fields (RFC 7919), Brainpool (RFC
// 7027, RFC 8734), hybrids with ML-KEM, and the curves that RFC 8422 has retired.
constexpr std::uint16_t x25519 = 29;
constexpr auto groups = std::to_array<std::uint16_t>(
    {x25519, 23, 24, 25, 30, 256, 257, 258, 259, 260, 26, 27, 28, 31, 32, 33, 41, 0x11eb, 0x11ec, 0x11ed, 22,
     21,     20, 19, 18, 17, 16,  15,  14,  13,  12,  11, 10, 9,  8,  7,  6,  5,  4,      3,      2,      1});

// The registries "TLS SignatureScheme", "TLS SignatureAlgorithm" and "TLS HashAlgorithm": ECDSA, EdDSA, RSA-PSS, RSA,
// Brainpool, ML-DSA, DSA, and the same with SHA-224, SHA-1 and MD5.
constexpr auto signatures = std::to_array<std::uint16_t>(
    {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,
     0x0401, 0x0501, 0x0601, 0x081a, 0x081b, 0x081c, 0x0904, 0x0905, 0x0906, 0x0402, 0x0502,
     0x0602, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0103, 0x0101, 0x0102});

// SHA-256 of "HelloRetryRequest", which is that message's random (RFC 8446 section 4.1.3).
constexpr std::string_view retry_random(
    "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2"
    "\xc8\xa8\x33\x9c",
    random_size);

std::uint16_t number_of(TlsVersion version) { return static_cast<std::uint16_t>(version); }

class HelloWriter {
 public:
  void number(std::size_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) bytes_.push_back(static_cast<unsigned char>(value >> (8 * i)));
  }
  void text(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  // The contents after their length, of so many bytes.
  void vector(int length_bytes, const HelloWriter& contents) {
    number(contents.bytes_.size(), length_bytes);
    bytes_.insert(bytes_.end(), contents.bytes_.begin(), contents.bytes_.end());
  }
  template <class Numbers>
  void numbers(const Numbers& values) {
    for (const auto value : values) number(value, 2);
  }
  void extension(Extension type, const HelloWriter& contents = {}) {
    number(type, 2);
    vector(2, contents);
  }
  Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// A list after its length.
template <class Write>
HelloWriter listed(int length_bytes, const Write& write) {
  HelloWriter list;
  write(list);
  HelloWriter whole;
  whole.vector(length_bytes, list);
  return whole;
}

bool offers_tls_1_3(const ClientHello& hello) { return hello.versions.front() == TlsVersion::tls_1_3; }

// RFC 8446 section 4.1.2: TLS 1.3 is offered by an extension alone.
TlsVersion legacy_version_of(const ClientHello& hello) { return std::min(hello.versions.front(), TlsVersion::tls_1_2); }

std::string_view random_part(const ClientHello& hello, std::size_t which) {
  return std::string_view(hello.random).substr(which * random_size, random_size);
}

// RFC 8446 appendix D.4: a session id makes TLS 1.3 look like a resumed session to what stands between.
std::string_view session_id_of(const ClientHello& hello) {
  return offers_tls_1_3(hello) ? random_part(hello, 1) : std::string_view();
}

HelloWriter extensions_of(const ClientHello& hello) {
  HelloWriter all;
  if (!hello.server_name.empty())
    all.extension(server_name, listed(2, [&](HelloWriter& list) {
                    HelloWriter name;
                    name.text(hello.server_name);
                    list.number(0, 1);  // host_name
                    list.vector(2, name);
                  }));
  all.extension(supported_groups, listed(2, [](HelloWriter& list) { list.numbers(groups); }));
  all.extension(ec_point_formats, listed(1, [](HelloWriter& list) { list.number(0, 1); }));  // uncompressed
  if (legacy_version_of(hello) == TlsVersion::tls_1_2)
    all.extension(signature_algorithms, listed(2, [](HelloWriter& list) { list.numbers(signatures); }));
  all.extension(encrypt_then_mac);
  all.extension(extended_master_secret);
  all.extension(renegotiation_info, listed(1, [](HelloWriter&) {}));
  if (!offers_tls_1_3(hello)) return all;
  all.extension(supported_versions, listed(1, [&](HelloWriter& list) {
                  for (const auto version : hello.versions) list.number(number_of(version), 2);
                }));
  all.extension(key_share, listed(2, [&](HelloWriter& list) {
                  HelloWriter share;
                  share.text(random_part(hello, 2));  // any 32 bytes are a public key (RFC 7748 section 5)
                  list.number(x25519, 2);
                  list.vector(2, share);
                }));
  return all;
}

// Reads to the end of `bytes`; what is not there is read as 0, and `failed`.
class HelloReader {
 public:
  explicit HelloReader(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const auto byte : take(bytes)) value = value << 8 | byte;
    return value;
  }
  std::span<const unsigned char> take(std::size_t bytes) {
    failed_ |= bytes > bytes_.size();
    if (failed_) return {};
    const auto taken = bytes_.first(bytes);
    bytes_ = bytes_.subspan(bytes);
    return taken;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::span<const unsigned char> bytes_;
  bool failed_ = false;
};

bool equal(std::span<const unsigned char> bytes, std::string_view text) {
  return std::ranges::equal(bytes, text, {}, {}, [](char each) { return static_cast<unsigned char>(each); });
}

// What the extensions of a ServerHello say that matters here; none if they are not as the standards want them.
struct Extensions {
  std::optional<std::size_t> version;
  bool secure_renegotiation = false;
};

std::optional<Extensions> read_extensions(std::span<const unsigned char> bytes) {
  Extensions all;
  std::set<std::size_t> types;
  for (HelloReader reader(bytes); !reader.at_end();) {
    const auto type = reader.number(2);
    const auto contents = reader.take(reader.number(2));
    if (reader.failed() || !types.insert(type).second) return std::nullopt;
    if (type == supported_versions) {
      HelloReader version(contents);
      all.version = version.number(2);
      if (version.failed() || !version.at_end()) return std::nullopt;
    }
    if (type == renegotiation_info) {
      // RFC 5746 section 3.4: nothing was negotiated before.
      if (!equal(contents, "\0"sv)) return std::nullopt;
      all.secure_renegotiation = true;
    }
  }
  return all;
}

HelloReply decode_server_hello(const ClientHello& asked, std::span<const unsigned char> body) {
  HelloReader reader(body);
  const auto legacy = reader.number(2);
  const auto random = reader.take(random_size);
  const auto session_id = reader.take(reader.number(1));
  const auto suite = static_cast<std::uint16_t>(reader.number(2));
  const auto compression = reader.number(1);
  std::span<const unsigned char> rest;
  if (!reader.at_end()) rest = reader.take(reader.number(2));
  if (reader.failed() || !reader.at_end()) return Garbled{"a ServerHello of a wrong length"};
  if (session_id.size() > longest_session_id) return Garbled{"a ServerHello with a session id that is too long"};
  const auto extensions = read_extensions(rest);
  if (!extensions) return Garbled{"a ServerHello with malformed extensions"};
  if (extensions->version && (legacy != number_of(TlsVersion::tls_1_2) || !equal(session_id, session_id_of(asked))))
    return Garbled{"a ServerHello of TLS 1.3 that does not fit the ClientHello"};

  const auto version = extensions->version.value_or(legacy);
  const bool is_older = version >= number_of(TlsVersion::ssl_3) && version <= number_of(legacy_version_of(asked));
  const bool is_1_3 = version == number_of(TlsVersion::tls_1_3);
  const bool may_be = extensions->version ? is_1_3 && offers_tls_1_3(asked) : is_older;
  if (!may_be) return Garbled{"a ServerHello with a version that was not offered"};
  if (suite == renegotiation_signal || std::ranges::find(asked.suites, suite) == asked.suites.end() || compression != 0)
    return Garbled{"a ServerHello with a cipher suite or compression that was not offered"};
  const bool retry = equal(random, retry_random);
  if (retry && !is_1_3) return Garbled{"a HelloRetryRequest of an older version"};
  return ServerHello{static_cast<TlsVersion>(version), suite, retry, extensions->secure_renegotiation};
}

// One record whose header is there in full; none if it is not all there.
struct Record {
  unsigned char type = 0;
  std::span<const unsigned char> fragment;
};

// Puts together what the handshake protocol says (RFC 8446 section 5.1: a message may be spread over records).
HelloReply decode_records(const ClientHello& asked, std::span<const unsigned char> received) {
  Bytes messages;
  for (HelloReader reader(received);;) {
    const auto header = reader.take(record_header);
    if (header.size() < record_header) return NeedMore{};
    const std::size_t size = std::size_t{header[3]} << 8 | header[4];
    if (header[0] != alert_record && header[0] != handshake_record)
      return Garbled{"a record that is neither an alert nor of the handshake"};
    if (header[1] != 3 || header[2] > 4 || size == 0 || size > longest_fragment)
      return Garbled{"a record with a wrong version or length"};
    const auto fragment = reader.take(size);
    if (header[0] == alert_record && (size != 2 || !messages.empty())) return Garbled{"an alert of a wrong length"};
    if (fragment.size() < size) return NeedMore{};
    if (header[0] == alert_record) {
      const auto level = fragment[0];
      if (level != 1 && level != 2) return Garbled{"an alert of an unknown level"};
      if (level == 2) return FatalAlert{fragment[1]};
      continue;
    }
    messages.insert(messages.end(), fragment.begin(), fragment.end());
    if (messages[0] != server_hello_type) return Garbled{"a handshake that does not begin with a ServerHello"};
    if (messages.size() < hello_message_header) continue;
    const std::size_t length = std::size_t{messages[1]} << 16 | std::size_t{messages[2]} << 8 | messages[3];
    if (length > longest_fragment) return Garbled{"a ServerHello that is too long"};
    if (messages.size() >= hello_message_header + length)
      return decode_server_hello(asked, std::span(messages).subspan(hello_message_header, length));
  }
}

}  // namespace

std::string_view to_string(TlsVersion version) { return name_of(version_names, version); }

Bytes encode_client_hello(const ClientHello& hello) {
  const auto legacy = number_of(legacy_version_of(hello));
  HelloWriter body;
  body.number(legacy, 2);
  body.text(random_part(hello, 0));
  HelloWriter session_id;
  session_id.text(session_id_of(hello));
  body.vector(1, session_id);
  HelloWriter suites;
  suites.numbers(hello.suites);
  if (!hello.extensions) suites.number(renegotiation_signal, 2);
  body.vector(2, suites);
  body.number(1, 1);  // of the methods of compression
  body.number(0, 1);  // none
  if (hello.extensions) body.vector(2, extensions_of(hello));

  HelloWriter message;
  message.number(client_hello_type, 1);
  message.vector(3, body);
  HelloWriter record;
  record.number(handshake_record, 1);
  record.number(std::min(legacy, number_of(TlsVersion::tls_1_0)), 2);  // RFC 8446 section 5.1
  record.vector(2, message);
  return std::move(record).take();
}

HelloReply decode_hello_reply(const ClientHello& hello, std::span<const unsigned char> received) {
  if (received.size() > longest_hello_reply) received = received.first(longest_hello_reply);
  auto reply = decode_records(hello, received);
  if (std::holds_alternative<NeedMore>(reply) && received.size() == longest_hello_reply)
    return Garbled{"an answer that does not end"};
  return reply;
}

}  // namespace mqtts::wire
