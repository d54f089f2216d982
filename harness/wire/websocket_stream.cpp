#include "harness/wire/websocket_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/util/digest.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::wire {
namespace {

constexpr int most_empty_frames = 100;  // control frames and those without payload, in one read
constexpr std::size_t key_size = 16;
constexpr std::size_t mask_size = 4;

std::string host_of(const Client& client) {
  const bool v6 = client.name.find(':') != std::string::npos;
  return (v6 ? "[" + client.name + "]" : client.name) + ":" + std::to_string(client.port);
}

std::span<const unsigned char> bytes_of(const std::string& text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string close_detail(std::span<const unsigned char> payload) {
  std::string detail = "the peer closed the WebSocket";
  if (payload.size() >= 2) detail += " with status " + std::to_string(payload[0] << 8 | payload[1]);
  return detail;
}

}  // namespace

Result<Step> WebSocketStream::upgrade(const Client& client, const Deadline& deadline) {
  const auto key = to_base64(random_bytes(key_size));
  const auto request = encode_upgrade({host_of(client), client.websocket_path, key, client.origin});
  if (!request) return tl::make_unexpected(request.error());
  below_.write(bytes_of(*request), deadline);
  std::string answer;
  for (;;) {
    std::array<unsigned char, 4096> buffer{};
    auto step = below_.read(buffer, deadline);
    if (step.outcome != StepOutcome::done) return step;
    answer.append(reinterpret_cast<const char*>(buffer.data()), step.bytes);
    const auto decoded = decode_upgrade(answer, key);
    if (const auto* bad = std::get_if<Garbled>(&decoded))
      return Step{.outcome = StepOutcome::garbled, .detail = bad->why};
    if (const auto* refused = std::get_if<NotUpgraded>(&decoded)) {
      status_ = refused->status;
      return Step{.outcome = StepOutcome::closed,
                  .detail = "the WebSocket upgrade was answered with HTTP status " + std::to_string(refused->status)};
    }
    if (const auto* upgraded = std::get_if<Upgraded>(&decoded)) {
      const auto rest = bytes_of(answer).subspan(upgraded->size);
      received_.assign(rest.begin(), rest.end());
      return Step{.outcome = StepOutcome::done};
    }
  }
}

Step WebSocketStream::read(std::span<unsigned char> buffer, const Deadline& deadline) {
  for (int empty_frames = 0; data_.empty(); ++empty_frames) {
    if (empty_frames > most_empty_frames)
      return {.outcome = StepOutcome::garbled, .detail = "the peer sends WebSocket frames without end"};
    if (auto step = receive(deadline); step.outcome != StepOutcome::done) return step;
  }
  const auto size = std::min(buffer.size(), data_.size());
  const auto end = data_.begin() + static_cast<std::ptrdiff_t>(size);
  std::copy(data_.begin(), end, buffer.begin());
  data_.erase(data_.begin(), end);
  return {.outcome = StepOutcome::done, .bytes = size};
}

// Takes one frame, or a part of one.
Step WebSocketStream::receive(const Deadline& deadline) {
  for (;;) {
    const auto event = decoder_.next(received_);
    const Bytes payload(event.payload.begin(), event.payload.end());
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(event.consumed));
    switch (event.kind) {
      case FrameEvent::Kind::need_more: break;
      case FrameEvent::Kind::data: data_ = payload; return {.outcome = StepOutcome::done};
      case FrameEvent::Kind::ping: send(Opcode::pong, payload, deadline); return {.outcome = StepOutcome::done};
      case FrameEvent::Kind::pong: return {.outcome = StepOutcome::done};
      case FrameEvent::Kind::close: return {.outcome = StepOutcome::closed, .detail = close_detail(payload)};
      case FrameEvent::Kind::garbled: return {.outcome = StepOutcome::garbled, .detail = event.why};
    }
    std::array<unsigned char, 4096> buffer{};
    auto step = below_.read(buffer, deadline);
    if (step.outcome != StepOutcome::done) return step;
    received_.insert(received_.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(step.bytes));
  }
}

void WebSocketStream::send(Opcode opcode, std::span<const unsigned char> payload, const Deadline& deadline) {
  const auto mask = random_bytes(mask_size);
  below_.write(encode_frame(opcode, payload, bytes_of(mask).first<mask_size>()), deadline);
}

void WebSocketStream::write(std::span<const unsigned char> bytes, const Deadline& deadline) {
  send(Opcode::binary, bytes, deadline);
}

void WebSocketStream::finish(const Deadline& deadline) {
  constexpr std::array<unsigned char, 2> normal = {0x03, 0xe8};  // RFC 6455 section 7.4.1
  send(Opcode::close, normal, deadline);
  below_.finish(deadline);
}

}  // namespace mqtts::wire
