#include "reports/terminal_style.h"

#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

// SGR parameters (ECMA-48 section 8.3.117).
std::string_view escape_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::strong: return "\x1b[1m";
    case Tone::faint: return "\x1b[2m";
    case Tone::good: return "\x1b[36m";
    case Tone::bad: return "\x1b[1;31m";
    case Tone::warning: return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string Ink::operator()(Tone tone, std::string_view text) const {
  auto shown = plain_line(text);
  const auto escape = escape_of(tone);
  if (!style_.color || escape.empty() || shown.empty()) return shown;
  return std::string(escape) + shown + "\x1b[0m";
}

std::string_view Ink::sign(Verdict verdict) const {
  switch (verdict) {
    case Verdict::pass: return style_.unicode ? "✔" : "+";
    case Verdict::fail: return style_.unicode ? "✖" : "x";
    case Verdict::error: return "!";
    case Verdict::skip: return style_.unicode ? "–" : "-";
  }
  return "?";
}

Tone Ink::tone(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return Tone::good;
    case Verdict::fail: return Tone::bad;
    case Verdict::error: return Tone::warning;
    case Verdict::skip: return Tone::faint;
  }
  return Tone::plain;
}

}  // namespace mqtts::reports
