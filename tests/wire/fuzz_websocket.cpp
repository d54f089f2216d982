// What a server may answer to an upgrade and send in frames: anything. Neither reader may crash or ask for more than
// its limit, and bytes that come in two parts must mean what they mean at once.
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/wire/websocket.h"

namespace {

using namespace mqtts::wire;

void try_upgrade(std::string_view whole) {
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  const auto decoded = decode_upgrade(whole, key);
  if (std::holds_alternative<NeedMore>(decoded) && whole.size() >= longest_upgrade_answer) std::abort();
  const auto half = decode_upgrade(whole.substr(0, whole.size() / 2), key);
  if (!std::holds_alternative<NeedMore>(half) && !(half == decoded)) std::abort();
}

// The data of all frames, and after them the kind of what ended them.
std::string data_of(std::span<const unsigned char> whole, std::size_t first_part) {
  FrameDecoder decoder;
  std::string data;
  std::size_t shown = first_part;
  for (std::size_t taken = 0;;) {
    const auto event = decoder.next(whole.subspan(taken, shown - taken));
    if (event.consumed > shown - taken) std::abort();
    taken += event.consumed;
    data.append(event.payload.begin(), event.payload.end());
    switch (event.kind) {
      case FrameEvent::Kind::data:
      case FrameEvent::Kind::ping:
      case FrameEvent::Kind::pong:
        if (event.consumed == 0) std::abort();
        continue;
      case FrameEvent::Kind::close: return data + "close";
      case FrameEvent::Kind::garbled: return data + event.why;
      case FrameEvent::Kind::need_more: break;
    }
    if (shown == whole.size()) return data;
    shown = whole.size();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try_upgrade({reinterpret_cast<const char*>(data), size});
  const std::span<const unsigned char> whole(data, size);
  if (data_of(whole, size) != data_of(whole, size / 2)) std::abort();
  return 0;
}
