#include "harness/wire/tls_hello.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/client_hello.h"

namespace mqtts::wire {
namespace {

using namespace std::string_literals;

const std::string random_part(32, 'r');
const std::string session_part(32, 's');

ClientHello hello_of(std::vector<TlsVersion> versions) {
  return {.versions = std::move(versions),
          .suites = {0x1301, 0xC02F, 0x000A},
          .random = random_part + session_part + std::string(32, 'k')};
}

std::string length(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string record(char type, const std::string& contents) {
  return type + "\3\3"s + length(contents.size(), 2) + contents;
}
std::string message(char type, const std::string& body) { return type + length(body.size(), 3) + body; }

struct Answer {
  std::string version = "\3\3";
  std::string random = std::string(32, 'R');
  std::string session_id = {};
  std::string suite = "\xC0\x2F";
  std::string compression = "\0"s;
  std::string extensions = {};
};

std::string server_hello(const Answer& of) {
  auto body = of.version + of.random + length(of.session_id.size(), 1) + of.session_id + of.suite + of.compression;
  if (!of.extensions.empty()) body += length(of.extensions.size(), 2) + of.extensions;
  return record(22, message(2, body));
}

const std::string tls_1_3_extension = "\0\x2b\0\2\3\4"s;
const std::string renegotiation_extension = "\xff\1\0\1\0"s;
const std::string retry_random =
    "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2"
    "\xc8\xa8\x33\x9c"s;

Answer of_tls_1_3() { return {.session_id = session_part, .suite = "\x13\x01", .extensions = tls_1_3_extension}; }

HelloReply decode_answer(const std::string& bytes, const ClientHello& asked = hello_of({TlsVersion::tls_1_2})) {
  return decode_hello_reply(asked, std::span(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

bool is_garbled(const HelloReply& reply) { return std::holds_alternative<Garbled>(reply); }

std::string encoded(const ClientHello& hello) {
  const auto bytes = encode_client_hello(hello);
  return {bytes.begin(), bytes.end()};
}

TEST(ClientHelloBytes, hold_version_suites_name_and_random) {
  auto asked = hello_of({TlsVersion::tls_1_1});
  asked.server_name = "broker.example";
  const auto bytes = encoded(asked);
  EXPECT_EQ(bytes.substr(0, 3), "\x16\3\1"s);
  EXPECT_EQ(bytes.substr(9, 2), "\3\2"s);
  EXPECT_EQ(bytes.substr(11, 32), random_part);
  const auto read = test::read_client_hello(bytes);
  EXPECT_EQ(read.ciphers, "\x13\x01\xC0\x2F\0\x0A"s);
  ASSERT_FALSE(read.extensions.empty());
  EXPECT_EQ(read.extensions.front().second, "\0\x11\0\0\x0e"s + "broker.example");
  for (const auto& [type, contents] : read.extensions) {
    EXPECT_NE(type, 43U) << "supported_versions is of TLS 1.3";
    EXPECT_NE(type, 13U) << "signature_algorithms is of TLS 1.2";
  }
}

TEST(ClientHelloBytes, of_tls_1_3_say_so_in_an_extension) {
  const auto bytes = encoded(hello_of({TlsVersion::tls_1_3, TlsVersion::tls_1_2}));
  EXPECT_EQ(bytes.substr(9, 2), "\3\3"s);
  EXPECT_EQ(bytes.substr(43, 33), "\x20"s + session_part);
  const auto read = test::read_client_hello(bytes);
  EXPECT_EQ(std::ranges::count(read.extensions, std::pair(std::size_t{43}, "\4\3\4\3\3"s)), 1);
}

TEST(ClientHelloBytes, of_ssl_3_have_no_extensions) {
  auto asked = hello_of({TlsVersion::ssl_3});
  asked.extensions = false;
  const auto bytes = encoded(asked);
  EXPECT_EQ(bytes.substr(0, 3), "\x16\3\0"s);
  EXPECT_TRUE(bytes.ends_with("\0\x08\x13\x01\xC0\x2F\0\x0A\0\xFF\1\0"s)) << "with the signal of RFC 5746";
  EXPECT_TRUE(test::read_client_hello(bytes).extensions.empty());
}

TEST(HelloReply, tells_version_and_suite) {
  EXPECT_EQ(decode_answer(server_hello({})), HelloReply(ServerHello{TlsVersion::tls_1_2, 0xC02F, false, false}));
  EXPECT_EQ(decode_answer(server_hello({.version = "\3\1", .suite = "\0\x0A"s, .extensions = renegotiation_extension})),
            HelloReply(ServerHello{TlsVersion::tls_1_0, 0x000A, false, true}));
  const auto both = hello_of({TlsVersion::tls_1_3, TlsVersion::tls_1_2});
  EXPECT_EQ(decode_answer(server_hello(of_tls_1_3()), both),
            HelloReply(ServerHello{TlsVersion::tls_1_3, 0x1301, false, false}));
  EXPECT_EQ(decode_answer(server_hello({}), both), HelloReply(ServerHello{TlsVersion::tls_1_2, 0xC02F, false, false}));
  auto retry = of_tls_1_3();
  retry.random = retry_random;
  EXPECT_EQ(decode_answer(server_hello(retry), both),
            HelloReply(ServerHello{TlsVersion::tls_1_3, 0x1301, true, false}));
}

TEST(HelloReply, tells_a_fatal_alert_and_passes_over_a_warning) {
  EXPECT_EQ(decode_answer(record(21, "\2\x46")), HelloReply(FatalAlert{70}));
  const auto warning = record(21, "\1\x70");
  EXPECT_EQ(decode_answer(warning), HelloReply(NeedMore{}));
  EXPECT_EQ(decode_answer(warning + record(21, "\2\x28")), HelloReply(FatalAlert{40}));
  EXPECT_EQ(decode_answer(warning + server_hello({})),
            HelloReply(ServerHello{TlsVersion::tls_1_2, 0xC02F, false, false}));
}

TEST(HelloReply, may_come_in_pieces) {
  const auto whole = server_hello({});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(decode_answer(whole.substr(0, size)), HelloReply(NeedMore{})) << size;
  std::string pieces;
  for (const auto byte : whole.substr(5)) pieces += record(22, std::string(1, byte));
  EXPECT_EQ(decode_answer(pieces), decode_answer(whole));
  EXPECT_EQ(decode_answer(whole + "anything"), decode_answer(whole));
}

TEST(HelloReply, that_was_not_offered_is_garbled) {
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.suite = "\xC0\x30"}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.suite = "\0\xFF"s}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.compression = "\1"}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({}), hello_of({TlsVersion::tls_1_1}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.version = "\2\xff"}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.version = "\3\4"}), hello_of({TlsVersion::tls_1_3}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello(of_tls_1_3())))) << "TLS 1.3 was not offered";
  auto other_session = of_tls_1_3();
  other_session.session_id = std::string(32, 'x');
  EXPECT_TRUE(is_garbled(decode_answer(server_hello(other_session), hello_of({TlsVersion::tls_1_3}))));
  auto draft = of_tls_1_3();
  draft.extensions = "\0\x2b\0\2\x7f\x1c"s;
  EXPECT_TRUE(is_garbled(decode_answer(server_hello(draft), hello_of({TlsVersion::tls_1_3}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.random = retry_random}))));
}

TEST(HelloReply, that_is_malformed_is_garbled) {
  EXPECT_TRUE(is_garbled(decode_answer("HTTP/1.1 400 Bad Request\r\n\r\n")));
  EXPECT_TRUE(is_garbled(decode_answer("\x20\2\0\0\0"s)));
  EXPECT_TRUE(is_garbled(decode_answer("\x16\2\3\0\1\2"s)));
  EXPECT_TRUE(is_garbled(decode_answer(record(22, ""))));
  EXPECT_TRUE(is_garbled(decode_answer("\x16\3\3\x40\1"s)));
  EXPECT_TRUE(is_garbled(decode_answer(record(23, "data"))));
  EXPECT_TRUE(is_garbled(decode_answer(record(21, "\2"))));
  EXPECT_TRUE(is_garbled(decode_answer(record(21, "\3\x28"))));
  EXPECT_TRUE(is_garbled(decode_answer(record(22, message(11, "certificate")))));
  EXPECT_TRUE(is_garbled(decode_answer(record(22, "\2\x01\0\0"s))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.session_id = std::string(33, 's')}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.extensions = "\0\x17\0\1"s}))));
  EXPECT_TRUE(
      is_garbled(decode_answer(server_hello({.extensions = renegotiation_extension + renegotiation_extension}))));
  EXPECT_TRUE(is_garbled(decode_answer(server_hello({.extensions = "\xff\1\0\2\1x"s}))))
      << "nothing was negotiated before";
  EXPECT_TRUE(is_garbled(decode_answer(record(22, message(2, std::string(35, '\3'))))));
}

TEST(HelloReply, without_end_is_garbled) {
  std::string warnings;
  while (warnings.size() < longest_hello_reply) warnings += record(21, "\1\x70");
  EXPECT_TRUE(is_garbled(decode_answer(warnings)));
  EXPECT_EQ(decode_answer(warnings.substr(0, longest_hello_reply - 1)), HelloReply(NeedMore{}));
}

}  // namespace
}  // namespace mqtts::wire
