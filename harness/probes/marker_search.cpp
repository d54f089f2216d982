#include "harness/probes/marker_search.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "harness/util/digest.h"

namespace mqtts::probes {
namespace {

// The digits of base64 that only the marker decides, where that many bytes come before it.
std::string base64_behind(std::string_view marker, std::size_t before) {
  constexpr std::size_t bits_of_digit = 6;
  const auto text = to_base64(std::string(before, '\0') + std::string(marker));
  const auto first = (before * 8 + bits_of_digit - 1) / bits_of_digit;
  const auto end = (before + marker.size()) * 8 / bits_of_digit;
  return text.substr(first, end - first);
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string for_urls(std::string base64) {
  std::ranges::replace(base64, '+', '-');
  std::ranges::replace(base64, '/', '_');
  return base64;
}

// Of ASCII, which is what our own markers are.
std::string utf_16(std::string_view text, bool is_little_endian) {
  std::string wide;
  for (const char letter : text) wide += is_little_endian ? std::string{letter, '\0'} : std::string{'\0', letter};
  return wide;
}

constexpr unsigned char application_data = 23;
constexpr std::size_t record_head = 5;
constexpr unsigned char major_version = 3;

}  // namespace

std::vector<std::string> forms_of(std::string_view marker) {
  std::vector<std::string> forms = {std::string(marker),  std::string(marker.rbegin(), marker.rend()),
                                    to_hex(marker),       upper(to_hex(marker)),
                                    utf_16(marker, true), utf_16(marker, false)};
  for (const std::size_t before : {0, 1, 2}) {
    forms.push_back(base64_behind(marker, before));
    forms.push_back(for_urls(forms.back()));
  }
  std::erase_if(forms, [](const std::string& form) { return form.size() < shortest_marker; });
  std::ranges::sort(forms);
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  return forms;
}

bool holds_marker(std::span<const unsigned char> bytes, std::string_view marker) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::ranges::any_of(forms_of(marker),
                             [&](const std::string& form) { return text.find(form) != std::string_view::npos; });
}

std::vector<unsigned char> application_data_of(std::span<const unsigned char> bytes) {
  std::vector<unsigned char> data;
  while (bytes.size() > record_head && bytes[1] == major_version) {
    const auto size = std::min(bytes.size() - record_head, std::size_t{bytes[3]} << 8 | bytes[4]);
    const auto payload = bytes.subspan(record_head, size);
    if (bytes[0] == application_data) data.insert(data.end(), payload.begin(), payload.end());
    bytes = bytes.subspan(record_head + size);
  }
  data.insert(data.end(), bytes.begin(), bytes.end());
  return data;
}

std::vector<unsigned char> frames_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const auto head = std::ranges::search(bytes, end_of_head);
  bytes = bytes.subspan(static_cast<std::size_t>(std::distance(bytes.begin(), head.end())));
  std::vector<unsigned char> data;
  constexpr std::size_t shortest_header = 2;
  while (bytes.size() >= shortest_header) {
    const bool is_masked = (bytes[1] & 0x80) != 0;
    std::size_t size = bytes[1] & 0x7fU;
    std::size_t at = shortest_header;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    const std::size_t header = at + more + (is_masked ? 4 : 0);
    if (bytes.size() < header) break;
    if (more != 0) size = 0;
    for (std::size_t i = 0; i < more; ++i) size = size << 8 | bytes[at++];
    size = std::min(size, bytes.size() - header);
    for (std::size_t i = 0; i < size; ++i)
      data.push_back(static_cast<unsigned char>(bytes[header + i] ^ (is_masked ? bytes[header - 4 + i % 4] : 0)));
    bytes = bytes.subspan(header + size);
  }
  return data;
}

}  // namespace mqtts::probes
