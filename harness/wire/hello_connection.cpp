#include "harness/wire/hello_connection.h"

#include <array>
#include <span>
#include <utility>
#include <variant>

#include "harness/model/reasons.h"
#include "harness/wire/certificates.h"
#include "harness/wire/random_bytes.h"
#include "harness/wire/stream.h"
#include "harness/wire/tcp.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t random_bytes_of_a_hello = 96;

HelloAnswer answer_of(const Step& step) {
  if (step.outcome == StepOutcome::timed_out) return {Outcome::timeout, By::network, {}, "no_answer", step.detail, {}};
  return {Outcome::closed, By::broker, {}, {}, step.detail, {}};
}

HelloAnswer answer_of(const TcpConnection& tcp) {
  const auto outcome = tcp.outcome == TcpOutcome::timed_out ? Outcome::timeout : Outcome::refused;
  return {outcome, By::network, {}, tcp.reason, {}, {}};
}

HelloAnswer receive_answer(PlainStream& stream, const ClientHello& hello, const Deadline& deadline) {
  Bytes received;
  for (;;) {
    std::array<unsigned char, 4096> buffer{};
    const auto step = stream.read(buffer, deadline);
    if (step.outcome != StepOutcome::done) return answer_of(step);
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(step.bytes));
    const auto reply = decode_hello_reply(hello, received);
    if (const auto* alert = std::get_if<FatalAlert>(&reply))
      return {Outcome::refused, By::tls_peer, alert->number, tls_alert_name(alert->number), {}, {}};
    if (const auto* garbled = std::get_if<Garbled>(&reply))
      return {Outcome::garbled, By::broker, {}, {}, garbled->why, {}};
    if (const auto* answer = std::get_if<ServerHello>(&reply))
      return {Outcome::accepted, By::broker, {}, {}, {}, *answer};
  }
}

}  // namespace

Result<HelloAnswer> say_hello(const Client& client, ClientHello hello, const Deadline& deadline) {
  if (!is_ip_address(client.name)) hello.server_name = client.name;
  hello.random = random_bytes(random_bytes_of_a_hello);
  auto tcp = connect_tcp(client, deadline);
  if (!tcp) return tl::make_unexpected(tcp.error());
  if (tcp->outcome != TcpOutcome::connected) return answer_of(*tcp);
  PlainStream stream(std::move(tcp->socket));
  stream.write(encode_client_hello(hello), deadline);
  auto answer = receive_answer(stream, hello, deadline);
  if (answer.outcome == Outcome::timeout && deadline.stopped())
    return failure(ErrorKind::interrupted, msg("Stopped while probing {address} port {port}",
                                               {{"address", client.address}, {"port", std::to_string(client.port)}}));
  return answer;
}

}  // namespace mqtts::wire
