#include "reports/html/capture.h"

#include <algorithm>
#include <cctype>
#include <string>

#include <fmt/format.h>

namespace mqtts::reports {
namespace {

// Only a file that this program may have written beside the page is linked: results may come from anybody.
bool is_beside(const std::string& file) {
  return file.starts_with("captures/") && file.find("..") == std::string::npos &&
         std::ranges::all_of(file, [](unsigned char letter) {
           return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.' || letter == '/';
         });
}

void add_headings(Node table, const HtmlWriter& writer) {
  auto row = add(add(table, "thead"), "tr");
  for (const auto& heading : {msg("No."), msg("Time"), msg("Direction"), msg("Protocol"), msg("Info")})
    writer.say(set(add(row, "th"), "scope", "col"), heading);
}

void add_packet(Node body, const PacketLine& packet, const HtmlWriter& writer) {
  auto row = add(body, "tr");
  writer.say(add(row, "td", "number"), std::to_string(packet.number));
  // As Wireshark writes it, with a dot in every language.
  writer.say(add(row, "td", "number"), fmt::format("{:.6f}", packet.seconds));
  writer.say(add(row, "td"),
             packet.direction == Direction::to_broker ? msg("client → broker") : msg("broker → client"));
  writer.say(add(row, "td"), packet.protocol);
  auto info = add(row, "td");
  writer.say(info, packet.summary);
  if (!packet.inside.empty()) writer.say(add(info, "p", "faint"), msg("decrypted: {what}", {{"what", packet.inside}}));
}

}  // namespace

void add_capture(Node parent, const Capture& capture, const HtmlWriter& writer) {
  auto folded = add(parent, "details", "more");
  writer.say(add(folded, "summary"), msg("The traffic, as Wireshark shows it"));
  auto box = set(set(add(folded, "div", "packets"), "tabindex", "0"), "role", "group");
  set(box, "aria-label", writer(msg("The traffic, as Wireshark shows it")));
  auto table = add(box, "table");
  add_headings(table, writer);
  auto body = add(table, "tbody");
  for (const auto& packet : capture.first) add_packet(body, packet, writer);
  auto line = add(folded, "p", "faint");
  writer.say(line, msg_n(capture.packets, "{count} packet in all, to open with Wireshark:",
                         "{count} packets in all, to open with Wireshark:"));
  line.append_child(pugi::node_pcdata).set_value(" ");
  if (is_beside(capture.file)) line = set(add(line, "a"), "href", capture.file);
  writer.code(line, capture.file);
}

}  // namespace mqtts::reports
