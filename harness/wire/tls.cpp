#include "harness/wire/tls.h"

#include <algorithm>
#include <array>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "harness/util/openssl.h"
#include "harness/wire/certificate_facts.h"
#include "harness/wire/certificates.h"

namespace mqtts::wire {
namespace {

constexpr auto shortest_grace = std::chrono::milliseconds(60);
// Limits of one connection: a handshake takes a few kB (OpenSSL reads at most 100 kB of certificates) and a CONNACK
// less than longest_first_packet. Without them a peer could send tickets, new keys or new handshakes until the
// deadline.
constexpr std::size_t most_bytes = 256UL * 1024;
constexpr int most_tls_messages = 100;  // of the handshake and after it, from the peer; a handshake has some ten
constexpr int alert_size = 2;           // level, description
constexpr int fatal = 2;                // RFC 8446 section 6
constexpr int header_size = 3;          // of a record: type, and major and minor version
// A Certificate message without certificates: 4 bytes of header, an empty context (TLS 1.3) and list.
constexpr std::size_t empty_certificate_message = 8;
constexpr std::size_t message_header = 4;

// Of TLS 1.3, instead of Certificate if both sides share a compression (RFC 8879 section 4), which OpenSSL has from 3.2
// on: after the header of 4 bytes the algorithm (2), and the uncompressed size (3).
constexpr unsigned char compressed_certificate = 25;
bool holds_a_certificate(std::span<const unsigned char> message) {
  if (message.size() < 9) return false;
  const auto size = std::size_t{message[6]} << 16 | std::size_t{message[7]} << 8 | message[8];
  return size + message_header > empty_certificate_message;
}

// Returns true for alerts of ours against invalid bytes of the peer; the others refuse what it proposes.
bool means_garbled(int alert) {
  constexpr std::array nonsense = {SSL_AD_UNEXPECTED_MESSAGE, SSL_AD_BAD_RECORD_MAC, SSL_AD_DECRYPTION_FAILED,
                                   SSL_AD_RECORD_OVERFLOW,    SSL_AD_DECODE_ERROR,   SSL_AD_DECRYPT_ERROR,
                                   SSL_AD_ILLEGAL_PARAMETER};
  return std::ranges::find(nonsense, alert) != nonsense.end();
}

}  // namespace

struct TlsStream::State {
  State(SSL_CTX& context, const Client& for_client, Socket connected)
      : client(for_client), socket(std::move(connected)), ssl(SSL_new(&context)) {}

  const Client& client;
  Socket socket;
  SslPtr ssl;
  BIO* incoming = nullptr;  // owned by ssl
  BIO* outgoing = nullptr;  // owned by ssl
  std::array<unsigned char, header_size> first_bytes{};
  int first_count = 0;       // of first_bytes; until all are there the protocol is unknown
  std::size_t received = 0;  // bytes
  int messages = 0;          // of the handshake protocol, received
  bool hello_seen = false;
  int hellos = 0;  // ServerHellos
  bool refused_renegotiation = false;
  bool ticket_seen = false;
  std::optional<int> alert_received;
  std::optional<int> alert_sent;
  int verify_error = X509_V_OK;
  Clock::duration handshake_took{};
  TlsFacts facts;

  static void on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL*, void* state);

  void verify(X509_STORE_CTX* store);
  bool looks_like_tls(std::span<const unsigned char> bytes);
  void flush(const Deadline& deadline);
  Step receive(const Deadline& deadline);
  Step ended(int ssl_error);
  // Runs an OpenSSL call until it succeeds or the connection ends.
  template <class Call>
  Step run(const Call& call, const Deadline& deadline);
};

namespace {

// Before its own Finished, a client of TLS 1.3 has verified the server's signature and Finished (RFC 8446 section 4.4);
// one of TLS 1.2 has verified the signature of ServerKeyExchange, which the exchange of a key by RSA lacks (RFC 5246
// section 7.4.3).
bool proves_key_before_finished(const SSL* ssl) {
  if (SSL_version(ssl) >= TLS1_3_VERSION) return true;
  const SSL_CIPHER* cipher = SSL_get_pending_cipher(ssl);
  const int exchange = cipher == nullptr ? NID_undef : SSL_CIPHER_get_kx_nid(cipher);
  return exchange == NID_kx_ecdhe || exchange == NID_kx_dhe;
}

bool is_in_time(const X509* certificate) {
  return certificate != nullptr && X509_cmp_current_time(X509_get0_notBefore(certificate)) == -1 &&
         X509_cmp_current_time(X509_get0_notAfter(certificate)) == 1;
}

}  // namespace

void TlsStream::State::on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL* ssl, void* of) {
  auto& state = *static_cast<State*>(of);
  const auto* byte = static_cast<const unsigned char*>(bytes);
  if (auto* record = state.socket.record(); record != nullptr && (type == SSL3_RT_ALERT || type == SSL3_RT_HANDSHAKE))
    record->decrypted(sent != 0 ? Direction::to_broker : Direction::to_client, static_cast<TlsContent>(type),
                      {byte, size});
  if (type == SSL3_RT_ALERT && size == alert_size && byte[0] == fatal)
    (sent ? state.alert_sent : state.alert_received) = byte[1];
  if (type == SSL3_RT_ALERT && size == alert_size && !sent && byte[1] == SSL_AD_NO_RENEGOTIATION)
    state.refused_renegotiation = true;
  if (type != SSL3_RT_HANDSHAKE || size == 0) return;
  if (!sent) ++state.messages;
  const auto sent_certificate = [&](bool is_one) {
    state.facts.certificate_sent = is_one;
    if (is_one) state.facts.certificate_in_time = is_in_time(SSL_get_certificate(ssl));
  };
  switch (byte[0]) {
    case SSL3_MT_SERVER_HELLO:
      state.hello_seen = true;
      ++state.hellos;
      break;
    case SSL3_MT_CERTIFICATE_REQUEST: state.facts.certificate_requested = true; break;
    case SSL3_MT_NEWSESSION_TICKET: state.ticket_seen = true; break;
    case SSL3_MT_CERTIFICATE:
      if (sent) sent_certificate(size > empty_certificate_message);
      break;
    case compressed_certificate:
      if (sent) sent_certificate(holds_a_certificate({byte, size}));
      break;
    case SSL3_MT_FINISHED:
      if (sent && proves_key_before_finished(ssl)) state.facts.key_proven = true;
      break;
    default: break;
  }
}

void TlsStream::State::verify(X509_STORE_CTX* store) {
  facts.chain = describe(X509_STORE_CTX_get0_untrusted(store));
  facts.certificate = certificate_facts(X509_STORE_CTX_get0_untrusted(store), client.name);
  if (!client.trust) return;
  if (X509_verify_cert(store) != 1) {
    verify_error = X509_STORE_CTX_get_error(store);
    // A failure without an error code is out of memory, or an invalid chain.
    if (verify_error == X509_V_OK) verify_error = X509_V_ERR_UNSPECIFIED;
  } else {
    const auto name = check_name(*X509_STORE_CTX_get0_cert(store), client.name);
    if (!client.any_server_name) verify_error = name.error;
    facts.name_match = name.match;
  }
  facts.verified = verify_error_name(verify_error);
}

void TlsStream::on_key(const SSL* ssl, const char* line) {
  const auto* state = static_cast<State*>(SSL_get_app_data(ssl));
  if (state != nullptr && state->socket.record() != nullptr) state->socket.record()->key(line);
}

int TlsStream::on_verify(X509_STORE_CTX* store, void*) {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& state = *static_cast<State*>(SSL_get_app_data(ssl));
  state.verify(store);
  X509_STORE_CTX_set_error(store, state.verify_error);
  return state.verify_error == X509_V_OK ? 1 : 0;
}

// RFC 8446 section 5.1: a type from 20 to 24, and version 3.0 to 3.4.
bool TlsStream::State::looks_like_tls(std::span<const unsigned char> bytes) {
  for (const auto byte : bytes) {
    if (first_count == header_size) return true;
    const bool fits = first_count == 0   ? byte >= SSL3_RT_CHANGE_CIPHER_SPEC && byte <= 24
                      : first_count == 1 ? byte == SSL3_VERSION_MAJOR
                                         : byte <= 4;
    if (!fits) return false;
    first_bytes[static_cast<std::size_t>(first_count++)] = byte;
  }
  return true;
}

void TlsStream::State::flush(const Deadline& deadline) {
  unsigned char* bytes = nullptr;
  const auto size = BIO_get_mem_data(outgoing, &bytes);
  if (size <= 0) return;
  write_all(socket, {bytes, static_cast<std::size_t>(size)}, deadline);
  BIO_reset(outgoing);
}

Step TlsStream::State::receive(const Deadline& deadline) {
  std::array<unsigned char, 16UL * 1024> buffer{};
  auto step = step_of(read_some(socket, buffer, deadline));
  if (step.outcome != StepOutcome::done) return step;
  received += step.bytes;
  if (received > most_bytes || messages > most_tls_messages)
    return {.outcome = StepOutcome::garbled, .detail = "the peer sends without end"};
  const auto bytes = std::span(buffer).first(step.bytes);
  if (!looks_like_tls(bytes)) return {.outcome = StepOutcome::garbled, .detail = "the peer does not speak TLS"};
  BIO_write(incoming, bytes.data(), static_cast<int>(bytes.size()));
  return step;
}

Step TlsStream::State::ended(int ssl_error) {
  // OpenSSL answers an invalid record with the alert protocol_version.
  const bool no_record = ERR_GET_REASON(ERR_peek_error()) == SSL_R_WRONG_VERSION_NUMBER;
  auto detail = openssl_reasons();
  if (alert_received) return {.outcome = StepOutcome::alert_received, .alert = alert_received, .detail = detail};
  if (ssl_error == SSL_ERROR_ZERO_RETURN)
    return {.outcome = StepOutcome::closed, .detail = "the peer closed the connection with close_notify"};
  if (verify_error != X509_V_OK)
    return {.outcome = StepOutcome::self_refused,
            .alert = alert_sent,
            .verify_error = verify_error,
            .detail = X509_verify_cert_error_string(verify_error)};
  const bool garbled = no_record || (alert_sent && means_garbled(*alert_sent));
  return {.outcome = garbled ? StepOutcome::garbled : StepOutcome::self_refused, .alert = alert_sent, .detail = detail};
}

template <class Call>
Step TlsStream::State::run(const Call& call, const Deadline& deadline) {
  for (;;) {
    ERR_clear_error();
    const int result = call();
    const int error = SSL_get_error(ssl.get(), result);
    flush(deadline);
    if (result > 0) return {.outcome = StepOutcome::done, .bytes = static_cast<std::size_t>(result)};
    if (error != SSL_ERROR_WANT_READ) return ended(error);
    if (auto step = receive(deadline); step.outcome != StepOutcome::done) return step;
  }
}

TlsStream::TlsStream(SSL_CTX& context, const Client& client, TlsOffer offer, Socket socket)
    : state_(std::make_unique<State>(context, client, std::move(socket))) {
  auto& state = *state_;
  BioPtr incoming(BIO_new(BIO_s_mem()));
  BioPtr outgoing(BIO_new(BIO_s_mem()));
  if (!state.ssl || !incoming || !outgoing) throw std::bad_alloc();
  state.incoming = incoming.get();
  state.outgoing = outgoing.get();
  BIO_set_mem_eof_return(state.incoming, -1);  // empty means "not yet", never the end
  SSL_set_bio(state.ssl.get(), incoming.release(), outgoing.release());
  SSL_set_app_data(state.ssl.get(), &state);
  SSL_set_msg_callback(state.ssl.get(), State::on_message);
  SSL_set_msg_callback_arg(state.ssl.get(), &state);
  // Set even without trust: the callback records the chain.
  SSL_set_verify(state.ssl.get(), SSL_VERIFY_PEER, nullptr);
  // RFC 6066 section 3: an address is no server name. (SSL_set_tlsext_host_name is this call behind a C cast.)
  if (offer == TlsOffer::system_default || !is_ip_address(client.name))
    SSL_ctrl(state.ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(client.name.c_str()));
}

TlsStream::~TlsStream() = default;

Step TlsStream::handshake(const Deadline& deadline) {
  const auto start = Clock::now();
  auto step = state_->run([&] { return SSL_connect(state_->ssl.get()); }, deadline);
  state_->handshake_took = Clock::now() - start;
  if (step.outcome == StepOutcome::done) state_->facts.key_proven = true;
  // No cipher that we offer works without a certificate; if one ever does, the server is not trusted.
  if (step.outcome == StepOutcome::done && state_->client.trust && state_->facts.verified != "ok")
    return {.outcome = StepOutcome::self_refused, .detail = "the server showed no certificate"};
  return step;
}

Step TlsStream::await_verdict(const Deadline& deadline) {
  auto& state = *state_;
  if (SSL_version(state.ssl.get()) < TLS1_3_VERSION) return {.outcome = StepOutcome::done};
  const auto grace = deadline.within(std::max<Clock::duration>(shortest_grace, state.handshake_took));
  for (;;) {
    unsigned char byte = 0;
    ERR_clear_error();
    const int result = SSL_peek(state.ssl.get(), &byte, 1);
    const int error = SSL_get_error(state.ssl.get(), result);
    state.flush(deadline);
    if (result > 0 || state.ticket_seen) return {.outcome = StepOutcome::done};
    if (error != SSL_ERROR_WANT_READ) return state.ended(error);
    auto step = state.receive(grace);
    if (step.outcome == StepOutcome::timed_out && !deadline.passed()) return {.outcome = StepOutcome::done};
    if (step.outcome != StepOutcome::done) return step;
  }
}

Step TlsStream::renegotiate(const Deadline& deadline) {
  auto& state = *state_;
  const int before = state.hellos;
  ERR_clear_error();
  if (SSL_renegotiate(state.ssl.get()) != 1) return {.outcome = StepOutcome::self_refused, .detail = openssl_reasons()};
  auto step = state.run([&] { return SSL_do_handshake(state.ssl.get()); }, deadline);
  if (state.hellos > before) return {.outcome = StepOutcome::done};
  if (state.refused_renegotiation)
    return {.outcome = StepOutcome::alert_received, .alert = SSL_AD_NO_RENEGOTIATION, .detail = step.detail};
  // Where OpenSSL has something else to read first, it puts the handshake off.
  if (step.outcome == StepOutcome::done)
    return {.outcome = StepOutcome::self_refused, .detail = "the second handshake did not begin"};
  return step;
}

Step TlsStream::read(std::span<unsigned char> buffer, const Deadline& deadline) {
  auto step = state_->run([&] { return SSL_read(state_->ssl.get(), buffer.data(), static_cast<int>(buffer.size())); },
                          deadline);
  if (auto* record = state_->socket.record(); record != nullptr && step.outcome == StepOutcome::done)
    record->decrypted(Direction::to_client, TlsContent::application_data, buffer.first(step.bytes));
  return step;
}

void TlsStream::write(std::span<const unsigned char> bytes, const Deadline& deadline) {
  if (auto* record = state_->socket.record(); record != nullptr)
    record->decrypted(Direction::to_broker, TlsContent::application_data, bytes);
  ERR_clear_error();
  SSL_write(state_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
  state_->flush(deadline);
}

void TlsStream::finish(const Deadline& deadline) {
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  state_->flush(deadline);
}

TlsFacts TlsStream::facts() const {
  auto facts = state_->facts;
  if (!facts.key_proven) facts.certificate = weaknesses_in(facts.certificate);
  if (!state_->hello_seen) return facts;
  const SSL* ssl = state_->ssl.get();
  facts.version = SSL_get_version(ssl);
  const SSL_CIPHER* cipher =
      SSL_get_current_cipher(ssl) != nullptr ? SSL_get_current_cipher(ssl) : SSL_get_pending_cipher(ssl);
  if (cipher != nullptr) facts.cipher = SSL_CIPHER_standard_name(cipher);
  return facts;
}

}  // namespace mqtts::wire
